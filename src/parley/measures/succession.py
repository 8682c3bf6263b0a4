"""Which text of an agreement takes the place of which: from the files that parties handed over, and nothing else.

Papers name an agreement by its id, and so does an amendment: it is another text with the same id. A text counts once
every party has handed over its very bytes, and takes then the place of each text of that id that all had handed over
before. What one party hands over alone is a proposal, whatever paper it answers, and takes nobody's place.

Pure. The files may be given in any order; they are taken by their entry. Source: spec/measures.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from parley.canonical import Time
from parley.crypto import Digest
from parley.measures.standing import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A file of an agreement that one party handed over; `text` is its digest, `in_force` the day that it names."""

    reference: str
    digest: Digest
    sender: str
    entry: int
    made: Time
    text: Digest
    id: str
    in_force: date | None


def adopted_by_all(handed: Iterable[Handed], parties: Collection[str]) -> dict[Digest, int]:
    """The texts that every party handed over, each with the entry that completed it, the first complete first."""
    senders: dict[Digest, set[str]] = {}
    found: dict[Digest, int] = {}
    for each in _in_order(handed):
        by = senders.setdefault(each.text, set())
        by.add(each.sender)
        if parties and each.text not in found and by >= set(parties):
            found[each.text] = each.entry
    return found


def text_steps(handed: Iterable[Handed], parties: Collection[str]) -> tuple[Step, ...]:
    """What handing over these files does: adoptions, or amendments where the parties have a text of that id already.

    An amendment is one of every text that was complete before its own; so one file may be several steps.
    """
    every = _in_order(handed)
    complete = adopted_by_all(every, parties)
    ids = {each.text: each.id for each in every}
    return tuple(step for each in every for step in _steps(each, complete, ids))


def _steps(each: Handed, complete: Mapping[Digest, int], ids: Mapping[Digest, str]) -> Sequence[Step]:
    own = complete.get(each.text)
    before = [
        text
        for text, entry in complete.items()
        if ids[text] == each.id and text != each.text and (own is None or entry < own)
    ]
    adoption = Step(
        kind="adoption",
        reference=each.reference,
        digest=each.digest,
        agreement=each.text,
        sender=each.sender,
        entry=each.entry,
        made=each.made,
    )
    if not before:
        return [adoption]
    amending = replace(adoption, kind="amendment", agreement=before[0], becomes=each.text, in_force=each.in_force)
    return [replace(amending, agreement=text) for text in before]


def _in_order(handed: Iterable[Handed]) -> list[Handed]:
    return sorted(handed, key=lambda each: (each.entry, each.digest))
