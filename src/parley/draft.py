"""A draft file: an act on its way from hand to hand, with its sealed parts and the signatures so far, as one file.

    draft.json       {"acts": [envelopes, each with the signatures so far], "version": 1}
    shut/DIGEST      until all have signed: cover, header or title, as an age file to one's own party's reading key
    sealed/DIGEST    the payload; and, once all have signed, the others as they will be handed in

The archive is the one of `archive`, so a draft has one form. A part is named by the digest that an act gives it.
Whose turn it is, and whether anything in the acts is true, is not looked at here. Source: spec/draft.md.

Opens no file: what is read comes in pieces, what is written goes out in pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from parley.act import Act, Convene, Deposit, Join, Receipt, Refusal, capability_of
from parley.archive import ArchiveReader, Member, MemoryReader, Reader, write_archive
from parley.canonical import Record, decode, encode
from parley.crypto import Digest, KeySetId, Sha256, sha256
from parley.errors import Invalid, Malformed
from parley.statement import Envelope, Unfinished, read_unfinished, unsigned

MOST_ACTS = 512 * 1024
LARGEST_SHUT = 2 * 1024 * 1024
"""Bytes of `draft.json`, and of a small part with its second seal: a header names at most 256 readers."""

LARGEST_TITLE = 1 << 20
_SEALED, _SHUT = "sealed/", "shut/"


class _Contents(Record, frozen=True):
    acts: tuple[Envelope, ...]
    version: Literal[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A sealed part that an act names; `length` where the act tells it. `small` ones are shut until all have signed."""

    digest: Digest
    length: int | None
    small: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A part as it lies in a file: `shut` with its second seal, or as it is."""

    part: Part
    shut: bool

    @property
    def path(self) -> str:
        return (_SHUT if self.shut else _SEALED) + self.part.digest.hex()


def parts_of(act: Act) -> tuple[Part, ...]:
    """The sealed parts that must lie with the depositary before an act can be admitted, in the order of a file."""
    match act:
        case Deposit(cover=cover, header=header, payload=payload):
            named = ((cover, True), (header, True), (payload, False))
            return tuple(Part(digest=p.digest, length=p.length, small=small) for p, small in named if p is not None)
        case Convene(title=title):
            return (Part(digest=title, length=None, small=True),)
        case _:
            return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One act, or a join and the first act that needs it, signed or not. Verified: form and what fits together."""

    acts: tuple[Unfinished, ...]

    @property
    def act(self) -> Act:
        """The act that it is about: the last, where a join stands before it."""
        return self.acts[-1].act

    @property
    def signers(self) -> tuple[KeySetId, ...]:
        return self.acts[-1].signers

    @property
    def missing(self) -> tuple[KeySetId, ...]:
        return self.acts[-1].missing

    @property
    def shown(self) -> Digest:
        """What is signed, in one digest: whoever shows a draft and then signs it compares this."""
        return sha256(*(sha256(each.envelope.payload) for each in self.acts))

    @property
    def places(self) -> tuple[Place, ...]:
        """The parts as they lie in the file, in order."""
        parts = parts_of(self.act)
        return tuple(Place(part=part, shut=part.small and bool(self.missing)) for part in parts)

    def encode(self) -> bytes:
        """`draft.json`."""
        return encode(_Contents(acts=tuple(each.envelope for each in self.acts), version=1))


def draft_of(acts: Sequence[Act]) -> Draft:
    """A draft that nobody has signed. Raises: Malformed when the acts are not one thing to sign."""
    return _check(tuple(unsigned(act) for act in acts))


def _check(acts: tuple[Unfinished, ...]) -> Draft:
    """The acts as a draft, when they are of officers and go together; where there are two, a join is the first.

    Raises: Malformed.
    """
    if not 1 <= len(acts) <= 2 or any(capability_of(each.act) is None for each in acts):
        raise Malformed("draft.form")
    first, last = acts[0].act, acts[-1].act
    if len(acts) == 2 and not (isinstance(first, Join) and isinstance(last, Deposit | Receipt | Refusal)):
        raise Malformed("draft.form")
    if len({_together(each) for each in acts}) != 1:
        raise Malformed("draft.form")
    return Draft(acts=acts)


def _together(each: Unfinished) -> tuple[object, ...]:
    """What the acts of one draft have in common."""
    act = each.act
    return (act.by, act.log, act.negotiation, act.after, act.claimed_time, each.signers)


# --- writing ----------------------------------------------------------------------------------------------------


def write_draft(draft: Draft, content: Callable[[Place], tuple[int, Callable[[], Reader]]]) -> Iterator[bytes]:
    """Stream a draft file; `content` gives the size of each part as it lies in it, and how to read it.

    Raises: Malformed when a part has not its size; Unavailable when it cannot be read.
    """
    acts = draft.encode()
    members = [Member(path="draft.json", size=len(acts), open=lambda: MemoryReader(acts))]
    for place in draft.places:
        size, begin = content(place)
        members.append(Member(path=place.path, size=size, open=begin))
    return write_archive(members)


# --- reading ----------------------------------------------------------------------------------------------------

Take = Callable[[Place, Iterator[memoryview]], None]
"""Is given each part to read whole. What it was given counts only once `read_draft` returns."""


def read_draft(pieces: Iterable[bytes], take: Take) -> Draft:
    """Read a draft file forward, once, and refuse every byte that `write_draft` would not have written.

    Verified: the form of the acts, that the parts are those they name, the digest and length of parts that are not
    shut. Not: any signature, and nothing of what is shut.
    Raises: Malformed("draft.form"); Invalid("draft.part-changed").
    """
    archive = ArchiveReader(pieces)
    try:
        draft = _read_acts(archive.small_member("draft.json", most=MOST_ACTS))
        for place in draft.places:
            _read_part(archive, place, take)
        if archive.next_member() is not None:
            raise Malformed("draft.form")
        archive.finish()
    except Malformed as error:
        raise Malformed("draft.form") from error
    return draft


def _read_acts(data: bytes) -> Draft:
    contents = decode(data, _Contents)
    return _check(tuple(read_unfinished(envelope) for envelope in contents.acts))


def _read_part(archive: ArchiveReader, place: Place, take: Take) -> None:
    member, part = archive.next_member(), place.part
    if member is None or member.path != place.path:
        raise Malformed("draft.form")
    most = LARGEST_SHUT if place.shut else LARGEST_TITLE
    if member.size > most if place.shut or part.length is None else member.size != part.length:
        raise Malformed("draft.form")
    state = Sha256()
    content = _passing(archive.content(member), state)
    take(place, content)
    for _ in content:  # what was not taken is read over all the same
        pass
    if not place.shut and state.digest() != part.digest:
        raise Invalid("draft.part-changed")


def _passing(content: Iterator[memoryview], state: Sha256) -> Iterator[memoryview]:
    for piece in content:
        state.update(piece)
        yield piece
