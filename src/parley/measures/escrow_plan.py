"""What is fixed and shown at the outset of an escrow: how places are named, what is counted, the steps, the slots.

An escrow keeps a whole declaration shut and opens it step by step. Its items lie in `slots`, of which there are more
than items, and nobody sees which are empty. Source: spec/escrow.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

from parley.canonical import MAX_INTEGER, Hex, Record, encode
from parley.crypto import Digest, sha256, tagged
from parley.errors import Malformed
from parley.wording import canonical_words, displayed

MIN_SLOTS, MAX_SLOTS = 16, 1 << 21
MAX_CATEGORIES, MAX_STEPS, MAX_NAME = 16, 16, 120
MAX_SIDE = 1 << 40
DEFAULT_QUESTIONS = 16
"""The places of four slots can be found with them."""
KEY = 16
NAME_SPACE = 1 << 8 * KEY

_PLAIN_LINE = re.compile("[!-~]+(?: [!-~]+)*")
"""Most of what is declared: one glance, as there may be millions."""
_LETTERS = ("A-Za-zªºÀ-ÖØ-öø-ɏḀ-ỿ", "Ͱ-Ͽἀ-῿", "Ѐ-ԯᲀ-᲏ⷠ-ⷿꙀ-ꚟ")
"""Latin, Greek and Cyrillic, of which many letters look alike."""
_MIXED = re.compile(
    "|".join(f"[{one}][\u0300-\u036f]*[{other}]" for one in _LETTERS for other in _LETTERS if one != other)
)

Layer = Literal["existence", "region", "place", "contents"]
LAYERS: tuple[Layer, ...] = ("existence", "region", "place", "contents")


def line_of(text: str) -> str:
    """Return a name as it is, when it is the only one that reads so but for its letters: plain blanks, one at a time.

    Raises: Malformed("escrow.blanks") for other blanks, or at an end; as `displayed` for what cannot be seen.
    """
    if len(text) <= MAX_NAME and _PLAIN_LINE.fullmatch(text):
        return text
    if canonical_words(displayed(text, most=MAX_NAME)) != text:
        raise Malformed("escrow.blanks")
    return text


class Seed(Hex, size=32):
    """The secret that every salt, order and cut of one escrow comes from. For one escrow and its amendments only."""


class Blind(Hex, size=32):
    """The secret that keeps a commitment from confirming guessed roots."""


class Salt(Hex, size=32):
    """What makes a hash say nothing about the little that it covers."""


class Key(Hex, size=KEY):
    """A place as a number, big-endian: places are asked for, and proved absent, in the order of their keys."""


class Cell(Record, frozen=True, gc=False):
    """A place on the grid, in its units: `east` and `north` are whole and count up in these directions."""

    east: int
    north: int


Place: TypeAlias = str | Cell


class Grid(Record, frozen=True):
    """The cells that are places of a declaration: `columns` eastward from `west`, `rows` northward from `south`.

    `unit` says in words what a cell is: its size, the projection, where 0 lies.
    """

    columns: int
    rows: int
    south: int
    unit: str
    west: int

    def __post_init__(self) -> None:
        line_of(self.unit)
        sides = 1 <= self.columns <= MAX_SIDE and 1 <= self.rows <= MAX_SIDE
        if not sides or abs(self.south) > MAX_SIDE or abs(self.west) > MAX_SIDE:
            raise Malformed("escrow.grid", most=MAX_SIDE)


class Step(Record, frozen=True):
    """One step: these layers are opened, of all items or of those that the other side names."""

    layers: tuple[Layer, ...]
    of: Literal["all", "named"]

    def __post_init__(self) -> None:
        if not self.layers or tuple(layer for layer in LAYERS if layer in self.layers) != self.layers:
            raise Malformed("escrow.layers")


class Plan(Record, frozen=True):
    """All that is public from the outset; `grid` is None where places are names. `categories` are what is counted.

    `questions` is how many places each party may ask about: each question lets it come nearer to what nobody opened.
    """

    algorithm: Literal["parley/escrow/v1"]
    categories: tuple[str, ...]
    grid: Grid | None
    questions: int
    slots: int
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not MIN_SLOTS <= self.slots <= MAX_SLOTS or self.slots & (self.slots - 1):
            raise Malformed("escrow.slots", least=MIN_SLOTS, most=MAX_SLOTS)
        if not 0 <= self.questions <= self.slots:
            raise Malformed("escrow.questions", most=self.slots)
        if not 1 <= len(self.categories) <= MAX_CATEGORIES or any(not a < b for a, b in pairwise(self.categories)):
            raise Malformed("escrow.categories", most=MAX_CATEGORIES)
        for name in self.categories:
            line_of(name)
        if self.space < self.slots:
            raise Malformed("escrow.grid-small", slots=self.slots)
        _check_steps(self.steps)

    @property
    def digest(self) -> Digest:
        """The digest that a commitment binds: categories, grid, questions, slots and the order of the steps."""
        return tagged("parley/escrow-plan/v1", encode(self))

    @property
    def space(self) -> int:
        """How many keys there are: 0 to `space` - 1."""
        return NAME_SPACE if self.grid is None else self.grid.columns * self.grid.rows

    @property
    def depth(self) -> int:
        """How many hashes a path has, in each of the three trees."""
        return self.slots.bit_length() - 1

    def key(self, place: Place) -> int:
        """A place as a number below `space`: of a name 16 bytes of its hash, of a cell its number row by row.

        Raises: Malformed("escrow.place") for a name where cells are meant, or a cell outside the grid; as `line_of`,
        Malformed("escrow.letters") for a name that mixes Latin, Greek and Cyrillic in a word, to be read as another.
        """
        if isinstance(place, str):
            if self.grid is not None or not place:
                raise Malformed("escrow.place")
            name = line_of(place).encode("utf-8")
            if not place.isascii() and _MIXED.search(place):
                raise Malformed("escrow.letters")
            return int.from_bytes(sha256(b"parley/escrow-key/v1\n", name)[:KEY], "big")
        if self.grid is None:
            raise Malformed("escrow.place")
        row, column = place.north - self.grid.south, place.east - self.grid.west
        if not (0 <= row < self.grid.rows and 0 <= column < self.grid.columns):
            raise Malformed("escrow.place")
        return row * self.grid.columns + column

    def layers_of(self, step: int) -> tuple[Layer, ...]:
        """The layers that step `step` opens, the first step being 1. Raises: Malformed("escrow.no-such-step")."""
        if not 1 <= step <= len(self.steps):
            raise Malformed("escrow.no-such-step", found=step, most=len(self.steps))
        return self.steps[step - 1].layers


def _check_steps(steps: Sequence[Step]) -> None:
    """Whether each step can be checked: who opens for all, or anything of an item, has shown or shows what exists."""
    if not 1 <= len(steps) <= MAX_STEPS:
        raise Malformed("escrow.steps-number", most=MAX_STEPS, found=len(steps))
    for_all: set[Layer] = set()
    named: set[Layer] = set()
    for number, step in enumerate(steps, start=1):
        layers = set(step.layers)
        if step.of == "all":
            known = "existence" in layers | for_all
            twice = layers & for_all
            for_all |= layers
        else:
            known = "existence" in layers | for_all | named
            twice = layers & (for_all | named)
            named |= layers
        if twice or not known:
            raise Malformed("escrow.steps", step=number)


class Item(Record, frozen=True, gc=False):
    """One site or asset: `counts` in the order of the plan's categories. An id that tells nothing is best."""

    counts: tuple[int, ...]
    place: Place
    region: str
    uid: str


def item_of(plan: Plan, *, uid: str, region: str, place: Place, contents: Mapping[str, int]) -> Item:
    """An item from plain values; a category that `contents` does not name counts 0.

    Raises: Malformed("escrow.category") for one the plan does not have, and as `check_item` does.
    """
    unknown = sorted(set(contents) - set(plan.categories))
    if unknown:
        raise Malformed("escrow.category", name=unknown[0])
    counts = tuple(contents.get(name, 0) for name in plan.categories)
    item = Item(counts=counts, place=place, region=region, uid=uid)
    check_item(plan, item)
    return item


def check_item(plan: Plan, item: Item) -> int:
    """Return the key of an item that can stand in this plan.

    Raises: Malformed("escrow.item") without an id or region, Malformed("escrow.count"), Malformed("escrow.place").
    """
    for text in (item.uid, item.region):
        if not text:
            raise Malformed("escrow.item")
        line_of(text)
    if len(item.counts) != len(plan.categories) or not 0 <= min(item.counts) <= max(item.counts) <= MAX_INTEGER:
        raise Malformed("escrow.count", uid=item.uid)
    return plan.key(item.place)


class Commitment(Record, frozen=True):
    """The public side: what the first paper of an escrow holds, beside the words that go with it."""

    commitment: Digest
    plan: Plan


class Roots(Record, frozen=True):
    """What a commitment is made of; it comes with every opening and tells nothing by itself."""

    blind: Blind
    index: Digest
    items: Digest
    totals: Digest


def commitment_of(plan: Plan, roots: Roots, *, subject: Digest) -> Digest:
    """The 32 bytes that bind who deposits where, the plan and the three roots."""
    return tagged(
        "parley/escrow-commitment/v1", subject, roots.blind, plan.digest, roots.items, roots.index, roots.totals
    )
