"""The steps of an escrow: each opens the layers that were fixed for it, and comes when it is due, never before.

What others hold of an escrow is a `Progress`: the step it has come to and the items known so far. Verifying an opening
gives the next one. Source: spec/escrow.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from parley.canonical import MAX_INTEGER, Base64, Record, convert, decode_any
from parley.crypto import Digest, equal
from parley.errors import Invalid, Malformed, ParleyError, Refused
from parley.measures.escrow import Committed
from parley.measures.escrow_plan import (
    Cell,
    Commitment,
    Layer,
    Place,
    Plan,
    Roots,
    commitment_of,
    line_of,
)
from parley.measures.slot_tree import (
    NOTHING,
    OpenedSlot,
    content_of,
    contents_shown,
    open_slot,
    root_of_some,
    siblings,
    slot_hash,
)


class StepOpening(Record, frozen=True):
    """A step, or a part of one that is of items named: slots ascending, and the nodes beside them, each once."""

    roots: Roots
    siblings: tuple[Base64, ...]
    slots: tuple[OpenedSlot, ...]
    step: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What an opening showed of one item; None for what it did not show."""

    slot: int
    uid: str
    region: str | None = None
    place: Place | None = None
    counts: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far an escrow has come: steps opened, the ids known by slot, and whether these are all there are."""

    step: int = 0
    uids: Mapping[int, str] = field(default_factory=dict)
    complete: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a step proved, and how far the escrow has come with it."""

    step: int
    layers: tuple[Layer, ...]
    items: tuple[Shown, ...]
    progress: Progress


def open_step(committed: Committed, step: int, uids: Iterable[str] | None = None) -> StepOpening:
    """Open one step, of these items where it is of those named and of all otherwise.

    It does not know which steps were opened before: `verify_step` does. Raises: Malformed("escrow.no-such-step"),
    Malformed("escrow.named") when names are given or missing against the plan, Malformed("escrow.no-such-item").
    """
    plan = committed.plan
    layers = plan.layers_of(step)
    names = tuple(uids) if uids is not None else None
    if (plan.steps[step - 1].of == "named") != (names is not None):
        raise Malformed("escrow.named", step=step, **({"count": len(names)} if names is not None else {}))
    if names is not None:
        numbers: Sequence[int] = sorted({committed.find(uid) for uid in names})
    elif "existence" in layers:
        numbers = range(plan.slots)
    else:
        numbers = [placed.slot for placed in committed.escrow.items]
    empty: tuple[Layer, ...] = ("existence",)
    return StepOpening(
        roots=committed.roots,
        siblings=siblings(committed.levels, numbers) if numbers else (),
        slots=tuple(
            open_slot(number, committed.leaves(number), layers if committed.held[number] is not None else empty)
            for number in numbers
        ),
        step=step,
    )


def check_roots(roots: Roots, commitment: Commitment, *, subject: Digest) -> Roots:
    """Return the roots when they, the plan and the subject are the committed ones.

    `subject` is made from the deposit in hand (disclosure.subject_of). Raises: Invalid("escrow.commitment").
    """
    if not equal(commitment_of(commitment.plan, roots, subject=subject), commitment.commitment):
        raise Invalid("escrow.commitment")
    return roots


def verify_step(opening: StepOpening, progress: Progress, commitment: Commitment, *, subject: Digest) -> Opened:
    """Check that a step is due and opens what the plan says, all of it, and return what it shows.

    Verifies: the roots; the step after the last one, or the last once more where it is of items named; exactly the
    layers of that step; all slots, or all items known, where it is of all; the root over the slots; ids and places once
    each. Not: that what is declared is so, that a place shown is the one in the index (ask for it), that counts are in
    the totals (`verify_contained`).
    Raises: Refused("escrow.step-order"), Invalid("escrow.commitment"), Invalid("escrow.incomplete"),
    Invalid("escrow.unused") for an empty slot shown as an item, Invalid("escrow.root"), Malformed for the form.
    """
    plan = commitment.plan
    check_roots(opening.roots, commitment, subject=subject)
    _check_due(opening.step, progress, plan)
    layers = plan.layers_of(opening.step)
    numbers = _ascending(opening)
    if plan.steps[opening.step - 1].of == "all":
        wanted = range(plan.slots) if "existence" in layers else sorted(progress.uids)
        if numbers != list(wanted):
            raise Invalid("escrow.incomplete", expected=len(wanted), found=len(numbers))
    empty = {opened.number for opened in opening.slots if "existence" in layers and is_empty(opened)}
    _check_slots(opening, layers, empty, plan.depth)
    if empty and plan.steps[opening.step - 1].of == "named":
        raise Invalid("escrow.unused", slot=min(empty))
    items = tuple(
        read_item(opened, layers, plan, progress.uids.get(opened.number))
        for opened in opening.slots
        if opened.number not in empty
    )
    return Opened(step=opening.step, layers=layers, items=items, progress=_next(opening.step, items, progress, plan))


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaves:
    """What an opening shows whether its step is due or not: each layer of each slot that it could be read of.

    `empty` are the slots that it shows to have no item; `whole` says whether it shows of each slot whether it has one.
    """

    by_slot: Mapping[int, Mapping[Layer, Any]]
    empty: frozenset[int]
    whole: bool


def read_leaves(opening: StepOpening, commitment: Commitment, *, subject: Digest) -> Leaves:
    """What is proven by an opening alone, whatever came before it and whoever has seen that.

    Verifies: the roots, that the slots are of them with exactly the layers of that step. Not: that the step is due, or
    that it shows all it should. Raises: Invalid("escrow.commitment"), Invalid("escrow.root"), Malformed for the form.
    """
    plan = commitment.plan
    check_roots(opening.roots, commitment, subject=subject)
    layers = plan.layers_of(opening.step)
    numbers = _ascending(opening)
    empty = {opened.number for opened in opening.slots if "existence" in layers and is_empty(opened)}
    _check_slots(opening, layers, empty, plan.depth)
    found = {opened.number: _readable(opened, layers, plan) for opened in opening.slots if opened.number not in empty}
    whole = "existence" in layers and len(numbers) == plan.slots
    return Leaves(by_slot=found, empty=frozenset(empty), whole=whole)


def _readable(opened: OpenedSlot, layers: tuple[Layer, ...], plan: Plan) -> dict[Layer, Any]:
    """Each layer by itself: one that does not read takes nothing from what the others show."""
    found: dict[Layer, Any] = {}
    for layer, data in contents_shown(opened, layers).items():
        with suppress(ParleyError):
            found[layer] = _read(layer, data, plan, opened.number)
    return found


def _ascending(opening: StepOpening) -> list[int]:
    """The numbers of the slots shown, each once. Raises: Malformed("escrow.order")."""
    numbers = [opened.number for opened in opening.slots]
    if any(not a < b for a, b in pairwise(numbers)):
        raise Malformed("escrow.order")
    return numbers


def _check_due(step: int, progress: Progress, plan: Plan) -> None:
    due = progress.step + 1
    again = progress.step > 0 and plan.steps[progress.step - 1].of == "named" and step == progress.step
    if step != due and not again:
        raise Refused("escrow.step-order", found=step, expected=due)


def is_empty(opened: OpenedSlot) -> bool:
    """Whether a slot says that no item is in it."""
    return bool(opened.data) and content_of("existence", opened.data[0], slot=opened.number) == NOTHING


def _check_slots(opening: StepOpening, layers: tuple[Layer, ...], empty: set[int], depth: int) -> None:
    if not opening.slots:
        if opening.siblings:
            raise Malformed("escrow.proof-length", expected=0, found=len(opening.siblings))
        return
    only: tuple[Layer, ...] = ("existence",)
    hashes = {opened.number: slot_hash(opened, only if opened.number in empty else layers) for opened in opening.slots}
    if root_of_some(hashes, opening.siblings, depth) != opening.roots.items:
        raise Invalid("escrow.root")


def read_item(opened: OpenedSlot, layers: Sequence[Layer], plan: Plan, uid: str | None) -> Shown:
    """What the layers shown of a slot say, the hash of which is known to be the committed one; `uid` if it is known.

    Raises: Invalid("escrow.unused") when no item is known or shown to be in it, Malformed("escrow.leaf").
    """
    contents = contents_shown(opened, layers)
    if NOTHING in contents.values():
        raise Invalid("escrow.unused", slot=opened.number)
    read = {layer: _read(layer, content, plan, opened.number) for layer, content in contents.items()}
    found = read.get("existence", uid)
    if found is None:
        raise Invalid("escrow.unused", slot=opened.number)
    return Shown(
        slot=opened.number,
        uid=found,
        region=read.get("region"),
        place=read.get("place"),
        counts=read.get("contents"),
    )


def _read(layer: Layer, content: bytes, plan: Plan, slot: int) -> Any:
    """One layer's value, in the form that the plan gives it."""
    value = decode_any(content)
    if layer == "place":
        place: Place = convert(value, Cell) if isinstance(value, dict) else convert(value, str)
        plan.key(place)
        return place
    if layer == "contents":
        counts = convert(value, tuple[int, ...])
        if len(counts) != len(plan.categories) or any(not 0 <= count <= MAX_INTEGER for count in counts):
            raise Malformed("escrow.leaf", slot=slot)
        return counts
    text = line_of(convert(value, str))
    if not text:
        raise Malformed("escrow.leaf", slot=slot)
    return text


def _next(step: int, items: Sequence[Shown], progress: Progress, plan: Plan) -> Progress:
    """How far the escrow has come with these items. Raises: Malformed when an id or a place stands twice."""
    places: set[int] = set()
    for item in items:
        key = None if item.place is None else plan.key(item.place)
        if key in places:
            raise Malformed("escrow.place-twice", uid=item.uid)
        places |= set() if key is None else {key}
    if "existence" not in plan.layers_of(step):
        return replace(progress, step=step)
    uids = {**progress.uids, **{item.slot: item.uid for item in items}}
    if len(set(uids.values())) != len(uids):
        twice = next(uid for uid, times in Counter(uids.values()).items() if times > 1)
        raise Malformed("escrow.uid-twice", uid=twice)
    return Progress(step=step, uids=uids, complete=progress.complete or plan.steps[step - 1].of == "all")
