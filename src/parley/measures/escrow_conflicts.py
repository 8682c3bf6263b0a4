"""What cannot all be true of one declaration: papers that each verify, and together prove that it was made falsely.

A step alone does not show that the place it opens is the one in the index, nor an answer that its slot is not empty,
nor the totals that they contain what was opened. So what each showed is laid beside the others. What was shown of a
slot is true of every declaration that has the same slot: where it is proven what changed from one to the next, all
other slots of both are laid beside each other too. Source: spec/escrow.md.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from parley.measures.escrow_answers import Absent
from parley.measures.escrow_plan import Place, Plan

Conflict = Literal["absent_but_opened", "present_but_empty", "place_twice", "uid_twice", "above_totals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The place of a slot, its key, and the paper that showed it."""

    place: Place
    key: int
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The declaration before, the slots that are not as they were in it, and the paper that proves it."""

    before: Evidence
    changed: frozenset[int]
    reference: str


@dataclass(slots=True, kw_only=True, eq=False)
class Evidence:
    """What papers showed of one escrow, each verified by itself, whatever came before it.

    By slot: its `uids`, `places` and `counts`, each with the first paper that showed it, and the slots that a paper
    about changes showed to be `empty`. `there` are the slots that have an item, where one paper showed all of them.
    """

    uids: dict[int, tuple[str, str]] = field(default_factory=dict)
    places: dict[int, Where] = field(default_factory=dict)
    counts: dict[int, tuple[tuple[int, ...], str]] = field(default_factory=dict)
    empty: dict[int, str] = field(default_factory=dict)
    there: frozenset[int] = frozenset()
    existence_by: str | None = None
    absent: list[tuple[Absent, str]] = field(default_factory=list)
    totals: tuple[Mapping[str, int], str] | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Papers that cannot all be true: about a `place`, a `slot`, an id, or what is counted in a `category`.

    The first two, or more of them where much was counted, contradict; those in `through` prove that the slot they
    speak of is the same. `count` are all that the same papers contradict each other in, of which one is named.
    """

    conflict: Conflict
    papers: tuple[str, ...]
    through: tuple[str, ...] = ()
    place: Place | None = None
    slot: int | None = None
    uid: str | None = None
    category: str | None = None
    count: int = 1


def contradictions(declared: Sequence[tuple[Evidence, Plan]]) -> list[tuple[Contradiction, ...]]:
    """What contradicts itself, for each of these declarations: first what cannot be true of it, then what cannot be
    true of another, where a paper about this one is part of the proof.

    One for the same papers, however many items it is about: no reader's work or memory grows as their product.
    """
    neighbours = _neighbours([evidence for evidence, _ in declared])
    told: dict[Evidence, dict[_Same, Contradiction]] = {evidence: {} for evidence, _ in declared}
    elsewhere: list[tuple[Evidence, Contradiction]] = []
    for evidence, plan in declared:
        view = _View.of(_parts(evidence, neighbours))
        for found, sources in _grouped(_all(view, plan), view):
            told[evidence][_same(found)] = found
            elsewhere += [(view.parts[at].evidence, found) for at in sources if at]
    for evidence, found in elsewhere:
        told.get(evidence, {}).setdefault(_same(found), found)
    return [tuple(told[evidence].values()) for evidence, _ in declared]


_Same = tuple[Conflict, frozenset[str], str | None]


def _same(found: Contradiction) -> _Same:
    return found.conflict, frozenset(found.papers), found.category


# --- what is true of one declaration --------------------------------------------------------------------------------

_Neighbours = dict[Evidence, list[tuple[Evidence, Link]]]


def _neighbours(all_: Iterable[Evidence]) -> _Neighbours:
    """Each declaration with those that it is joined to by a proof of what changed, either way."""
    found: _Neighbours = {evidence: [] for evidence in all_}
    for evidence in list(found):
        if evidence.link is not None:
            found[evidence].append((evidence.link.before, evidence.link))
            found.setdefault(evidence.link.before, []).append((evidence, evidence.link))
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """What was shown of a declaration, but for the slots that are others in the one that is looked at."""

    evidence: Evidence
    crossed: frozenset[int] = frozenset()
    through: tuple[str, ...] = ()


def _parts(evidence: Evidence, neighbours: _Neighbours) -> list[_Part]:
    """The declaration itself first, then all that it is joined to, the nearer first."""
    found, seen = [_Part(evidence)], {evidence}
    for part in found:  # grows while it is gone through
        for other, link in neighbours[part.evidence]:
            if other not in seen:
                seen.add(other)
                found.append(_Part(other, part.crossed | link.changed, (*part.through, link.reference)))
    return found


@dataclass(slots=True)
class _View:
    """All that is known of the slots of one declaration: by slot, the number of the nearest part that shows it."""

    parts: list[_Part]
    uids: dict[int, int] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, parts: list[_Part]) -> _View:
        view = cls(parts)
        for at, part in enumerate(parts):
            shown = part.evidence
            for slots, by_slot in ((shown.uids, view.uids), (shown.places, view.places), (shown.counts, view.counts)):
                for slot in slots:
                    if slot not in part.crossed:
                        by_slot.setdefault(slot, at)
        return view

    @property
    def own(self) -> Evidence:
        return self.parts[0].evidence

    def where(self, slot: int) -> Where:
        return self.parts[self.places[slot]].evidence.places[slot]

    def counted(self, slot: int) -> tuple[tuple[int, ...], str]:
        return self.parts[self.counts[slot]].evidence.counts[slot]

    def uid(self, slot: int) -> tuple[str, str]:
        return self.parts[self.uids[slot]].evidence.uids[slot]

    def empty(self, slot: int) -> tuple[int, str] | None:
        """The part and the paper that show a slot to be empty."""
        for at, part in enumerate(self.parts):
            if slot not in part.crossed:
                shown = part.evidence
                if slot in shown.empty:
                    return at, shown.empty[slot]
                if shown.existence_by is not None and slot not in shown.there:
                    return at, shown.existence_by
        return None


_Found = tuple[Contradiction, tuple[int, ...]]
"""A contradiction and the parts that it rests on."""


def _grouped(all_: Iterable[_Found], view: _View) -> Iterator[_Found]:
    """One for the same papers, with their number."""
    first: dict[tuple[Conflict, tuple[str, ...], str | None], _Found] = {}
    more: dict[tuple[Conflict, tuple[str, ...], str | None], int] = {}
    for found, sources in all_:
        key = (found.conflict, found.papers, found.category)
        first.setdefault(key, (found, sources))
        more[key] = more.get(key, 0) + found.count
    for key, (found, sources) in first.items():
        through = tuple(dict.fromkeys(reference for at in sorted(sources) for reference in view.parts[at].through))
        yield replace(found, count=more[key], through=through), sources


# --- what cannot be true of it --------------------------------------------------------------------------------------


def _all(view: _View, plan: Plan) -> Iterator[_Found]:
    yield from _absent_but_opened(view, plan)
    yield from _present_but_empty(view)
    yield from _place_twice(view)
    yield from _uid_twice(view)
    yield from _above_totals(view, plan)


def _absent_but_opened(view: _View, plan: Plan) -> Iterator[_Found]:
    """An answer of absence is about all keys of the stretch it shows, not only about the place asked for."""
    if not view.own.absent:
        return
    placed = sorted((view.where(slot).key, slot) for slot in view.places)
    for absent, reference in view.own.absent:
        low, high = bisect_left(placed, (absent.first, -1)), bisect_right(placed, (absent.last, plan.slots))
        if low == high:
            continue
        asked = bisect_left(placed, (plan.key(absent.place), -1))
        slot = placed[asked if low <= asked < high else low][1]
        where = view.where(slot)
        yield (
            Contradiction(
                conflict="absent_but_opened",
                papers=(reference, where.reference),
                place=where.place,
                slot=slot,
                count=high - low,
            ),
            (view.places[slot],),
        )


def _present_but_empty(view: _View) -> Iterator[_Found]:
    """A slot that is shown to be empty has no place, whatever an answer said, before or after."""
    for slot in view.places:
        empty = None if slot in view.uids else view.empty(slot)
        if empty is not None:
            where = view.where(slot)
            papers = (where.reference, empty[1])
            found = Contradiction(conflict="present_but_empty", papers=papers, place=where.place, slot=slot)
            yield found, (view.places[slot], empty[0])


def _place_twice(view: _View) -> Iterator[_Found]:
    """Each place has one item: no two slots may be shown to have the same, by whatever papers.

    One paper that shows it twice is refused as a whole, with that reason.
    """
    first: dict[int, int] = {}
    for slot in view.places:
        where = view.where(slot)
        other = first.setdefault(where.key, slot)
        papers = (view.where(other).reference, where.reference)
        if papers[0] != papers[1]:
            found = Contradiction(conflict="place_twice", papers=papers, place=where.place, slot=slot)
            yield found, (view.places[other], view.places[slot])


def _uid_twice(view: _View) -> Iterator[_Found]:
    """The same of ids: a slot that changed may not have the id of one that did not."""
    first: dict[str, int] = {}
    for slot in view.uids:
        uid, reference = view.uid(slot)
        other = first.setdefault(uid, slot)
        papers = (view.uid(other)[1], reference)
        if papers[0] != papers[1]:
            found = Contradiction(conflict="uid_twice", papers=papers, slot=slot, uid=uid)
            yield found, (view.uids[other], view.uids[slot])


def _above_totals(view: _View, plan: Plan) -> Iterator[_Found]:
    """What is opened may not add up to more than was declared in all."""
    if view.own.totals is None or not view.counts:
        return
    totals, reference = view.own.totals
    counted = [view.counted(slot) for slot in view.counts]
    papers = (reference, *dict.fromkeys(by for _, by in counted))
    for at, category in enumerate(plan.categories):
        if sum(counts[at] for counts, _ in counted) > totals[category]:
            found = Contradiction(conflict="above_totals", papers=papers, category=category)
            yield found, tuple(sorted(set(view.counts.values())))
