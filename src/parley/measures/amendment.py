"""The half-yearly amendment of an escrow: a new commitment, and proof of exactly which slots are not as they were.

The proof computes both roots from the hashes of the slots that changed, old and new, and from the same nodes beside
them: so every other slot is the same, unopened. Each commitment has its steps anew. Source: spec/escrow.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from parley.canonical import Base64, Record
from parley.crypto import Digest
from parley.errors import Invalid, Malformed, Refused
from parley.measures.escrow import ORDER_TAG, Committed, Escrow, Placed, Version, order_of
from parley.measures.escrow_plan import Blind, Commitment, Item, Layer, Plan, Roots
from parley.measures.escrow_steps import Progress, check_roots, is_empty, read_item
from parley.measures.slot_tree import OpenedSlot, open_slot, root_of_some, siblings, slot_hash

_EXISTENCE: tuple[Layer, ...] = ("existence",)

Kind = Literal["added", "removed", "changed", "unused"]
"""What became of a slot: it got an item, lost it, its item is another or reads otherwise, or it stayed empty."""


class Changed(Record, frozen=True):
    """One slot before and after: with its existence shown on both sides, or with nothing but hashes."""

    after: OpenedSlot
    before: OpenedSlot


class Amendment(Record, frozen=True):
    """Both sets of roots, the slots that changed in ascending order, and the nodes beside them, each once."""

    after: Roots
    before: Roots
    changed: tuple[Changed, ...]
    siblings: tuple[Base64, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One slot that is not as it was; `kind` and the ids only where existence was shown."""

    slot: int
    kind: Kind | None
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Amended:
    """These slots changed and no other; of so many."""

    changes: tuple[Change, ...]
    slots: int


def amend(
    escrow: Escrow,
    *,
    put: Iterable[Item] = (),
    remove: Iterable[str] = (),
    blind: Blind,
    subject: Digest,
) -> Escrow:
    """The escrow of the next half-year: items put in the place of those of the same id or added, others removed.

    What did not change keeps its slot and its salts; what changed gets salts that hang on `blind` too, which is fresh
    random bytes: so another amendment of the same escrow has others. An item put that reads as before is no change.
    `subject` is that of the new deposit.
    Raises: Malformed("escrow.no-such-item"), Malformed("escrow.full") when no slot is left, Malformed("escrow.changes")
    when nothing changes or one id is put twice, or put and removed; Malformed("escrow.number") for a blind used before.
    """
    held = {placed.item.uid: placed for placed in escrow.items}
    new, gone = list(put), set(remove)
    uids = [item.uid for item in new]
    if len(set(uids)) != len(uids) or gone & set(uids):
        raise Malformed("escrow.changes")
    for uid in sorted(gone - set(held)):
        raise Malformed("escrow.no-such-item", uid=uid)
    touched = {held[uid].slot for uid in gone}
    placed = {each.slot: each for uid, each in held.items() if uid not in gone}
    # A slot that an item leaves now stays empty until the next amendment, so that a change is not two.
    full = placed.keys() | touched
    free = (slot for slot in order_of(ORDER_TAG, escrow.seed, escrow.plan.slots) if slot not in full)
    for item in sorted(new, key=lambda each: each.uid):
        old = held.get(item.uid)
        if old is not None and old.item == item:
            continue
        slot = old.slot if old is not None else next(free, None)
        if slot is None:
            raise Malformed("escrow.full", most=escrow.plan.slots)
        placed[slot] = Placed(item=item, slot=slot)
        touched.add(slot)
    if not touched:
        raise Malformed("escrow.changes")
    kept = (
        Version(blind=each.blind, slots=tuple(slot for slot in each.slots if slot not in touched))
        for each in escrow.versions
    )
    return Escrow(
        blind=blind,
        items=tuple(placed[slot] for slot in sorted(placed)),
        plan=escrow.plan,
        seed=escrow.seed,
        subject=subject,
        versions=(*(each for each in kept if each.slots), Version(blind=blind, slots=tuple(sorted(touched)))),
    )


def prove_amendment(before: Committed, after: Committed, *, show: bool) -> Amendment:
    """Prove which slots changed; `show` opens their existence on both sides, which is for after that step.

    Raises: Malformed("escrow.changes") unless `after` was amended from `before`.
    """
    if before.plan != after.plan or before.escrow.seed != after.escrow.seed:
        raise Malformed("escrow.changes")
    old, new = (side.escrow.version_of_slots() for side in (before, after))
    numbers = sorted(slot for slot in old.keys() | new.keys() if old.get(slot) != new.get(slot))
    if not numbers:
        raise Malformed("escrow.changes")
    layers = _EXISTENCE if show else ()
    return Amendment(
        after=after.roots,
        before=before.roots,
        changed=tuple(
            Changed(
                after=open_slot(number, after.leaves(number), layers),
                before=open_slot(number, before.leaves(number), layers),
            )
            for number in numbers
        ),
        siblings=siblings(after.levels, numbers),
    )


def verify_amendment(
    amendment: Amendment,
    *,
    before: Commitment,
    before_subject: Digest,
    after: Commitment,
    after_subject: Digest,
    progress: Progress,
) -> Amended:
    """Check that these slots changed and all others are the same, and return what became of each.

    Verifies: the roots of both; one plan; slots ascending, each different from before; both roots from the same nodes;
    existence shown only if `progress`, of the old commitment, has it open for all. Not: that the new index and totals
    say the same of what did not change; ask, and have items shown in the totals.
    Raises: Invalid("escrow.plan") for another plan, Invalid("escrow.commitment"), Invalid("escrow.root"),
    Invalid("escrow.unchanged") for a slot that is as it was, Refused("escrow.too-early"), Malformed for the form.
    """
    if before.plan != after.plan:
        raise Invalid("escrow.plan")
    plan = before.plan
    check_roots(amendment.before, before, subject=before_subject)
    check_roots(amendment.after, after, subject=after_subject)
    changed = amendment.changed
    if any(each.before.number != each.after.number for each in changed) or any(
        not a.before.number < b.before.number for a, b in pairwise(changed)
    ):
        raise Malformed("escrow.order")
    layers = _EXISTENCE if changed and changed[0].before.data else ()
    if layers and not progress.complete:
        raise Refused("escrow.too-early")
    old = {each.before.number: slot_hash(each.before, layers) for each in changed}
    new = {each.after.number: slot_hash(each.after, layers) for each in changed}
    for number in old:
        if old[number] == new[number]:
            raise Invalid("escrow.unchanged", slot=number)
    for hashes, roots in ((old, amendment.before), (new, amendment.after)):
        if root_of_some(hashes, amendment.siblings, plan.depth) != roots.items:
            raise Invalid("escrow.root")
    changes = tuple(_change(each, layers, plan) for each in changed)
    return Amended(changes=changes, slots=plan.slots)


def _change(changed: Changed, layers: Sequence[Layer], plan: Plan) -> Change:
    if not layers:
        return Change(slot=changed.before.number, kind=None, before=None, after=None)
    before, after = (
        None if is_empty(side) else read_item(side, layers, plan, None).uid for side in (changed.before, changed.after)
    )
    kind: Kind = "changed"
    if before is None or after is None:
        kind = "unused" if before == after else "added" if before is None else "removed"
    return Change(slot=changed.before.number, kind=kind, before=before, after=after)
