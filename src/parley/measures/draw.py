"""A draw of sites that no party can steer: each binds itself to a seed before any seed is known, and all seeds count.

    subject = SHA-256("parley/draw/v1"        LF canonical JSON of the terms of the draw)
    mixed   = SHA-256("parley/draw-mixed/v1"  LF subject, then for each party in order: u8 length, id, its seed)
    word_i  = the first 32 bits of SHA-256("parley/draw-word/v1" LF mixed u32_be(i)), i = 0, 1, 2, …

Of m items left, in their order, the next one drawn has the place given by the first b bits of the next word, where
b = bit length of m-1; a word that gives m or more is passed over. The item is taken out and the rest move up.

Pure: seeds come in as bytes. That each seed was bound by an earlier `held` deposit, and shown in one round with the
others, is for whoever calls this to have verified. Source: spec/draw.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Literal

from parley.canonical import Hex, Record, Time, encode
from parley.crypto import Digest, Nonce, sha256, tagged
from parley.errors import Malformed
from parley.terms import PartyId
from parley.wording import displayed

MAX_ITEMS = 100_000
MAX_NAME = 120
APART = 3_600_000
"""The least time between the three limits of a draw, in milliseconds."""
MIN_THROWS = 100
"""Throws of a die with six sides that make 256 bits: 100 of them have 258."""

Consequence = Literal["others_choose", "all_count", "void"]
"""What follows when a party did not show its seed: the others choose in its place, every item counts as drawn, or the
draw is void. Never a draw from the seeds that are there: the last to show its seed would choose between two results."""


class Seed(Hex, size=32):
    """What one party puts into a draw: 32 random bytes."""


class DrawTerms(Record, frozen=True):
    """What is drawn, fixed before any seed: of which list, without which items, how many, by whom, until when.

    `items` and `excluded` are names in ascending order, each once; `excluded` (visited of late, quota used) are in the
    list and cannot be drawn. `id` is random, so that no two draws have the same subject. `bind_by`, `show_by` and
    `sign_by` are UTC milliseconds, an hour or more apart: who acts in the last moment of one leaves the others time.
    """

    algorithm: Literal["parley/draw/v1"]
    bind_by: Time
    excluded: tuple[str, ...]
    id: Nonce
    if_not_shown: Consequence
    items: tuple[str, ...]
    parties: tuple[PartyId, ...]
    show_by: Time
    sign_by: Time
    take: int

    def __post_init__(self) -> None:
        if not 1 <= len(self.items) <= MAX_ITEMS:
            raise Malformed("draw.items", found=len(self.items), most=MAX_ITEMS)
        for name in self.items:
            displayed(name, most=MAX_NAME)
        for names in (self.items, self.excluded, self.parties):
            if any(not a < b for a, b in pairwise(names)):
                raise Malformed("draw.order")
        if len(self.parties) < 2:
            raise Malformed("draw.parties")
        if not (self.bind_by + APART <= self.show_by and self.show_by + APART <= self.sign_by):
            raise Malformed("draw.times")
        if not set(self.excluded) <= set(self.items):
            raise Malformed("draw.excluded")
        if not 1 <= self.take <= len(self.items) - len(self.excluded):
            raise Malformed("draw.take", found=self.take, most=len(self.items) - len(self.excluded))

    @property
    def subject(self) -> Digest:
        """The digest that each party's seed is bound to."""
        return tagged("parley/draw/v1", encode(self))


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """The items drawn, in the order in which they were drawn."""

    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NotDrawn:
    """Nothing was drawn: these parties showed no seed that counts, and what the terms say follows."""

    missing: tuple[PartyId, ...]
    consequence: Consequence


def seed_from_dice(throws: str) -> Seed:
    """The seed from throws of a die with six sides, written as digits 1 to 6; spaces and line ends do not count.

    Verifies only that there are at least a hundred: whether the die was thrown, nobody can see.
    Raises: Malformed("draw.dice"), Malformed("draw.dice-few").
    """
    digits = "".join(throws.split())
    if not set(digits) <= set("123456"):
        raise Malformed("draw.dice")
    if len(digits) < MIN_THROWS:
        raise Malformed("draw.dice-few", found=len(digits), least=MIN_THROWS)
    return Seed(tagged("parley/draw-dice/v1", digits.encode("ascii")))


def draw(terms: DrawTerms, seeds: Mapping[PartyId, Seed]) -> Drawn | NotDrawn:
    """What the seeds of all parties draw, or what follows from one that is missing; a stranger's seed is ignored."""
    missing = tuple(party for party in terms.parties if party not in seeds)
    if missing:
        return NotDrawn(missing=missing, consequence=terms.if_not_shown)
    excluded = set(terms.excluded)
    left = [name for name in terms.items if name not in excluded]
    words = _words(_mixed(terms, seeds))
    return Drawn(items=tuple(left.pop(_place(words, len(left))) for _ in range(terms.take)))


def _mixed(terms: DrawTerms, seeds: Mapping[PartyId, Seed]) -> Digest:
    named = (bytes([len(party)]) + party.encode("ascii") + seeds[party] for party in terms.parties)
    return tagged("parley/draw-mixed/v1", terms.subject, *named)


def _words(mixed: Digest) -> Iterator[int]:
    for i in count():
        yield int.from_bytes(sha256(b"parley/draw-word/v1\n", mixed, i.to_bytes(4, "big"))[:4], "big")


def _place(words: Iterator[int], left: int) -> int:
    """A place below `left`, each equally likely: a word that would favour the first places is passed over."""
    bits = (left - 1).bit_length()
    return next(place for word in words if (place := word >> (32 - bits)) < left)
