"""What cannot all be true of one declaration: papers that each verify, and together prove that it was made falsely.

A step alone does not show that the place it opens is the one in the index, nor an answer that its slot is not empty,
nor the totals that they contain what was opened. So what each showed is laid beside the others. Source: spec/escrow.md.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from parley.measures.escrow_answers import Absent
from parley.measures.escrow_plan import Place, Plan

Conflict = Literal["absent_but_opened", "present_but_empty", "place_twice", "above_totals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The place of a slot, and the paper that opened it."""

    place: Place
    reference: str


@dataclass(slots=True, kw_only=True)
class Evidence:
    """What papers showed of one escrow, each verified by itself.

    `opened` by steps and `present` by answers, by slot; `there` are the slots that have an item once all was shown.
    """

    opened: dict[int, Where] = field(default_factory=dict)
    present: dict[int, Where] = field(default_factory=dict)
    absent: list[tuple[Absent, str]] = field(default_factory=list)
    there: frozenset[int] = frozenset()
    existence_by: str | None = None
    counts: dict[int, tuple[tuple[int, ...], str]] = field(default_factory=dict)
    totals: tuple[Mapping[str, int], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two papers that cannot both be true: about a `place`, a `slot`, or what is counted in a `category`."""

    conflict: Conflict
    papers: tuple[str, str]
    place: Place | None = None
    slot: int | None = None
    category: str | None = None


def contradictions(evidence: Evidence, plan: Plan) -> tuple[Contradiction, ...]:
    """Every contradiction that the papers prove together; one between an answer and each item it denies."""
    return tuple(
        found
        for kind in (_absent_but_opened, _present_but_empty, _place_twice, _above_totals)
        for found in kind(evidence, plan)
    )


def _absent_but_opened(evidence: Evidence, plan: Plan) -> Iterator[Contradiction]:
    """An answer of absence is about all keys of the stretch it shows, not only about the place asked for."""
    placed = sorted((plan.key(where.place), slot) for slot, where in evidence.opened.items())
    for absent, reference in evidence.absent:
        at = bisect_left(placed, (absent.first, -1))
        while at < len(placed) and placed[at][0] <= absent.last:
            slot = placed[at][1]
            where = evidence.opened[slot]
            papers = (reference, where.reference)
            yield Contradiction(conflict="absent_but_opened", papers=papers, place=where.place, slot=slot)
            at += 1


def _present_but_empty(evidence: Evidence, _: Plan) -> Iterator[Contradiction]:
    """Once all items are shown, a slot that is not among them is empty, whatever an earlier answer said."""
    if evidence.existence_by is None:
        return
    for slot, where in sorted(evidence.present.items()):
        if slot not in evidence.there:
            papers = (where.reference, evidence.existence_by)
            yield Contradiction(conflict="present_but_empty", papers=papers, place=where.place, slot=slot)


def _place_twice(evidence: Evidence, plan: Plan) -> Iterator[Contradiction]:
    """Each place has one item: no two slots may be shown to have the same, by whatever papers."""
    first: dict[int, tuple[int, Where]] = {}
    shown = [*sorted(evidence.present.items()), *sorted(evidence.opened.items())]
    for slot, where in shown:
        other, earlier = first.setdefault(plan.key(where.place), (slot, where))
        if other != slot:
            papers = (earlier.reference, where.reference)
            yield Contradiction(conflict="place_twice", papers=papers, place=where.place, slot=slot)


def _above_totals(evidence: Evidence, plan: Plan) -> Iterator[Contradiction]:
    """What is opened may not add up to more than was declared in all."""
    if evidence.totals is None or not evidence.counts:
        return
    totals, reference = evidence.totals
    last = list(evidence.counts.values())[-1][1]
    for at, category in enumerate(plan.categories):
        if sum(counts[at] for counts, _ in evidence.counts.values()) > totals[category]:
            yield Contradiction(conflict="above_totals", papers=(reference, last), category=category)
