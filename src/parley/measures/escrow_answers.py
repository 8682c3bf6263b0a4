"""Answers out of an escrow beside its steps: is this place in it, what are the totals, is this item in them.

Whoever asks for a place is answered whatever step has been reached: by the item's place, opened, or by proof that no
item stands there. Totals are shown without any item. Source: spec/escrow.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parley.canonical import Base64, Record, convert, decode_any
from parley.crypto import Digest
from parley.errors import Invalid, Malformed
from parley.measures.escrow import Committed
from parley.measures.escrow_plan import Cell, Commitment, Layer, Place, Plan, Roots, Salt
from parley.measures.escrow_steps import Progress, check_roots
from parley.measures.range_index import Lookup, check_lookup, look_up
from parley.measures.slot_tree import NOTHING, OpenedSlot, contents_shown, open_slot, root_of_some, siblings, slot_hash
from parley.measures.sum_tree import SumSibling, check_totals, climb_sums, counts_leaf, root_hash, sums_bytes

_PLACE: tuple[Layer, ...] = ("place",)


class Answer(Record, frozen=True):
    """The answer for one place: the way down to its key, and the slot with its place opened where an item is there."""

    item: OpenedSlot | None
    lookup: Lookup
    place: Place
    roots: Roots
    siblings: tuple[Base64, ...]


class Totals(Record, frozen=True):
    """The declared totals, in the order of the plan's categories, and what shows that they are the committed ones."""

    roots: Roots
    salt: Salt
    top: Digest
    totals: tuple[int, ...]


class Contained(Record, frozen=True):
    """The way from one slot's counts up to the totals; `place` is where they stand in the tree of sums."""

    path: tuple[SumSibling, ...]
    place: int
    roots: Roots
    salt: Salt
    total_salt: Salt


@dataclass(frozen=True, kw_only=True, slots=True)
class Absent:
    """No item of the declaration is at this place, nor at any key from `first` to `last`."""

    place: Place
    first: int
    last: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """An item of the declaration, in this slot, is at this place."""

    place: Place
    slot: int


def answer(committed: Committed, place: Place) -> Answer:
    """Answer whether a place is in the declaration. Raises: Malformed("escrow.place") for one that cannot be."""
    plan = committed.plan
    asked = plan.key(place)
    at = committed.index.range_of(asked)
    slot = committed.by_key[at]
    lookup = look_up(committed.index, committed.ranged(slot), at, asked, space=plan.space)
    there = committed.held[slot] is not None and committed.keys[slot] == asked
    return Answer(
        item=open_slot(slot, committed.leaves(slot), _PLACE) if there else None,
        lookup=lookup,
        place=place,
        roots=committed.roots,
        siblings=siblings(committed.levels, [slot]) if there else (),
    )


def verify_answer(
    answer: Answer, place: Place, progress: Progress, commitment: Commitment, *, subject: Digest
) -> Absent | Present:
    """Check the answer for the place that was asked for, and return it.

    Verifies: the roots; that the index has one way down for this place and this is it; where an item is there, that its
    slot opens to this very place and was not shown to be empty. One commitment cannot have both answers for a place.
    Not: that what stands at the place on the ground was declared, which is what was asked.
    Raises: Invalid("escrow.elsewhere") for the answer for another place, Invalid as `check_lookup` does,
    Invalid("escrow.unused") for an empty slot shown as an item, Malformed for the form.
    """
    plan = commitment.plan
    check_roots(answer.roots, commitment, subject=subject)
    asked = plan.key(place)
    if answer.place != place:
        raise Invalid("escrow.elsewhere")
    looked = check_lookup(answer.lookup, asked, space=plan.space, depth=plan.depth, root=answer.roots.index)
    if looked.slot is None:
        if answer.item is not None or answer.siblings:
            raise Malformed("escrow.lookup")
        return Absent(place=place, first=looked.first, last=looked.last)
    if answer.item is None:
        raise Malformed("escrow.lookup")
    if answer.item.number != looked.slot:
        raise Invalid("escrow.elsewhere")
    hashes = {answer.item.number: slot_hash(answer.item, _PLACE)}
    if root_of_some(hashes, answer.siblings, plan.depth) != answer.roots.items:
        raise Invalid("escrow.root")
    content = contents_shown(answer.item, _PLACE)["place"]
    if content == NOTHING or (progress.complete and looked.slot not in progress.uids):
        raise Invalid("escrow.unused", slot=looked.slot)
    value = decode_any(content)
    if (convert(value, Cell) if isinstance(value, dict) else value) != place:
        raise Invalid("escrow.elsewhere")
    return Present(place=place, slot=looked.slot)


def totals(committed: Committed) -> Totals:
    """Show the totals; shows nothing else."""
    return Totals(
        roots=committed.roots, salt=committed.total_salt, top=committed.sums.top, totals=committed.sums.totals
    )


def verify_totals(shown: Totals, commitment: Commitment, *, subject: Digest) -> dict[str, int]:
    """Return the declared total of each category.

    Verifies that these were fixed at commitment. Not that they are the sums: each item opened later has to be shown in
    them (`verify_contained`), so that they cannot be lower than what is ever opened. Raises: Invalid, Malformed.
    """
    check_roots(shown.roots, commitment, subject=subject)
    _check_width(shown.totals, commitment.plan)
    found = check_totals(shown.totals, salt=shown.salt, top=shown.top, root=shown.roots.totals)
    return dict(zip(commitment.plan.categories, found, strict=True))


def above(found: Mapping[str, int], limits: Mapping[str, int]) -> tuple[str, ...]:
    """The categories of which more is declared than a limit allows; a limit for what is not counted is not met.

    Raises: Malformed("escrow.category") for a limit of a category that the totals do not have.
    """
    for name in limits:
        if name not in found:
            raise Malformed("escrow.category", name=name)
    return tuple(name for name in sorted(limits) if found[name] > limits[name])


def contained(committed: Committed, uid: str) -> Contained:
    """Show that an item's counts are in the totals; for after they were opened. Raises: Malformed."""
    slot = committed.find(uid)
    place = committed.sum_place[slot]
    return Contained(
        path=committed.sums.path(place),
        place=place,
        roots=committed.roots,
        salt=committed.counts_salt(slot),
        total_salt=committed.total_salt,
    )


def verify_contained(
    shown: Contained, *, slot: int, counts: Sequence[int], commitment: Commitment, subject: Digest
) -> dict[str, int]:
    """Check that the counts of a slot, as a step showed them, are in the totals, and return the totals.

    Verifies exactly one sibling a level and that sums add up to the committed totals, all between 0 and 2^53-1; the
    leaf names its slot, so that no two items share one. Raises: Invalid("escrow.contents"), Malformed for the form.
    """
    plan = commitment.plan
    check_roots(shown.roots, commitment, subject=subject)
    if len(shown.path) != plan.depth:
        raise Malformed("escrow.proof-length", expected=plan.depth, found=len(shown.path))
    if not (0 <= shown.place < plan.slots and 0 <= slot < plan.slots):
        raise Malformed("escrow.number", most=plan.slots - 1)
    _check_width(counts, plan)
    leaf = counts_leaf(shown.salt, slot, sums_bytes(counts))
    top, sums = climb_sums(leaf, counts, shown.place, shown.path)
    if root_hash(shown.total_salt, sums, top) != shown.roots.totals:
        raise Invalid("escrow.contents", slot=slot)
    return dict(zip(plan.categories, sums, strict=True))


def _check_width(counts: Sequence[int], plan: Plan) -> None:
    if len(counts) != len(plan.categories):
        raise Malformed("escrow.sums")
