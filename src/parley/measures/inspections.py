"""Quotas of inspections and visits, and their board: how many, who took which, what is left for whom.

A place in a quota goes to the request that comes first in log order, and is given back from the moment on at which the
party asked refuses for a reason that its form allows; a refusal without such a reason gives nothing back. What goes on
after a refusal all the same, a later yes, a step or a report, takes the place again, be there one left or none. The
request that replaces an earlier one of its author, to the same party, has that one's place. A request takes a place in
every quota that counts its form, or in none. One that came too late stays on the board, with the request that had the
last place. A request counts in the year of its entry, in UTC: of the calendar, or from the day on which the years of
its quota begin.

A party that has not declared the number from which its quota follows can be asked all the same: else silence would pay.
Pure and in whole numbers. The result never depends on the order in which papers are given. Source: spec/measures.md.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from parley.crypto import Digest
from parley.errors import Malformed, Refused
from parley.measures.agreement import Agreement, Quota
from parley.measures.entry import FIRST_YEAR, LAST_YEAR
from parley.measures.following import Inspection, Objection, day_of, follow
from parley.measures.papers import Filed, in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """From which declared number a quota follows, in which paper."""

    declared: int
    paper: Digest
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A place that a request took; `given_back` is the refusal that gave it back."""

    inspection: Inspection
    given_back: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A request for which there was no place: none at all, or none for this party; `winner` had the last one."""

    inspection: Inspection
    code: str
    winner: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRow:
    """One quota of one party in a year, from its `first` to its `last` day, as it stands at the end of it, or now.

    `year` is the one in which it begins. `party` is the one asked where the quota is passive, the one asking where it
    is active. `number` is how many there are, None where that follows from a number that was not declared. `left_for`
    says for each party that may ask how many it can still take, None where nothing bounds it.
    """

    quota: str
    party: str
    year: int
    first: date
    last: date
    number: int | None
    basis: Basis | None
    taken: tuple[Taken, ...]
    late: tuple[Late, ...]
    left: int | None
    left_for: Mapping[str, int | None]


def quota_board(
    agreement: Agreement,
    papers: Iterable[Filed],
    year: int | date,
    objections: Iterable[Objection] = (),
    *,
    parties: Iterable[str] = (),
) -> tuple[QuotaRow, ...]:
    """Each quota of each of the `parties`, and of who sent or was sent a paper, in the agreement's order.

    The year of a quota is the one that begins in this calendar year, or the one in which a day lies. `objections` are
    words against reports that are no papers under the agreement.
    Raises: Malformed("inspection.year") for a year outside 1900 to 2200.
    """
    _check_year(year.year if isinstance(year, date) else year)
    filed = in_order(papers, agreement=agreement.id)
    board = _Board.of(agreement, filed, objections)
    everyone = sorted({*parties, *(party for paper in filed for party in (paper.sender, *paper.to))})
    return tuple(
        board.row(quota, party, year_of(quota, year) if isinstance(year, date) else year, everyone)
        for quota in agreement.quotas
        for party in everyone
    )


def closed_by(agreement: Agreement, board: Iterable[QuotaRow], on: date) -> tuple[QuotaRow, ...]:
    """The same board on a day: once the last day of an agreement is over, nobody can take a place any more."""
    if not agreement.ended(on):
        return tuple(board)
    return tuple(replace(row, left=0, left_for=dict.fromkeys(row.left_for, 0)) for row in board)


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Malformed("inspection.year", first=FIRST_YEAR, last=LAST_YEAR)


def year_of(quota: Quota, day: date) -> int:
    """In which calendar year the year of a quota begins in which a day lies."""
    return day.year if day >= _first(quota, day.year) else day.year - 1


def _first(quota: Quota, year: int) -> date:
    """The first day of a quota's year; one that begins on 29 February begins on the last of February."""
    if quota.year is None:
        return date(year, 1, 1)
    first = quota.year.begins
    return date(year, first.month, min(first.day, monthrange(year, first.month)[1]))


def _last(quota: Quota, year: int) -> date:
    return _first(quota, year + 1) - timedelta(days=1)


def check_request(
    agreement: Agreement,
    papers: Iterable[Filed],
    *,
    by: str,
    to: Sequence[str],
    form: str,
    on: date,
    replaces: Digest | None = None,
) -> None:
    """Whether a party may ask so on this day, before it signs; between now and its entry others may come first.

    One that `replaces` an earlier request of this party, which has a place, needs no other.

    Raises: Malformed("inspection.nobody") where no other party is asked; Malformed("inspection.no-quota") for a form
    that no quota counts; Refused("inspection.ended") after the agreement's last day;
    Refused("inspection.filled") and Refused("inspection.share") where no place is left.
    """
    asked = [party for party in dict.fromkeys(to) if party != by]
    if not asked:
        raise Malformed("inspection.nobody")
    if form not in {quota.form for quota in agreement.quotas}:
        raise Malformed("inspection.no-quota", form=form[:60])
    _check_year(on.year)
    if agreement.ended(on):
        raise Refused("inspection.ended", agreement=agreement.id, day=str(agreement.expires))
    board = _Board.of(agreement, in_order(papers, agreement=agreement.id))
    for party in asked:
        for place in board.places(form, asking=by, asked=party, on=on):
            if replaces is not None and (replaces, party) in place.taken.keys() - place.given_back.keys():
                continue
            code = place.closed(by, on)
            if code is not None:
                winner = place.winner(by, code)
                raise Refused(code, winner=winner.to_text() if winner else None, party=party, quota=place.quota.id)
            place.held[by] += 1


# --- paper by paper -----------------------------------------------------------------------------------------------


class _Declared(NamedTuple):
    """A declared number: from which day it goes, its place in the log, the day of its entry."""

    day: date
    entry: int
    made: date
    basis: Basis


_Key = tuple[Digest, str]
"""A request and the party asked: one paper may ask several, each of which counts."""


def _key(inspection: Inspection) -> _Key:
    return inspection.request, inspection.asked


@dataclass(slots=True, kw_only=True)
class _Place:
    """One quota of one party in a year, as it is taken up: by whom how many are `held`, those given back not counted.

    `declared` is in order of the day from which a number goes; the year's last day bounds what counts of it, however
    much later somebody declares for a day of that year.
    """

    quota: Quota
    last: date
    declared: list[_Declared]
    taken: dict[_Key, Inspection] = field(default_factory=dict)
    given_back: dict[_Key, Digest] = field(default_factory=dict)
    held: Counter[str] = field(default_factory=Counter)
    late: list[Late] = field(default_factory=list)

    def basis(self, on: date) -> Basis | None:
        place = bisect_right(self.declared, on, key=lambda each: each.day)
        return next((each.basis for each in reversed(self.declared[:place]) if each.made <= self.last), None)

    def number(self, on: date) -> int | None:
        """How many there are on a day: fixed, or what was declared, divided and rounded up, with a most."""
        if self.quota.at_most is not None:
            return self.quota.at_most
        basis = self.basis(on)
        if basis is None or self.quota.divided_by is None:
            return None
        number = -(-basis.declared // self.quota.divided_by)
        return number if self.quota.most is None else min(number, self.quota.most)

    def share(self, on: date) -> int | None:
        """How many of them one asking party may take at most."""
        number = self.number(on)
        if self.quota.share_of is None or number is None:
            return self.quota.per_asking
        return max(1, number // self.quota.share_of)

    def left(self, on: date) -> int | None:
        return _left(self.number(on), self.held.total())

    def left_for(self, by: str, on: date) -> int | None:
        bounds = [self.left(on), _left(self.share(on), self.held[by])]
        return min((bound for bound in bounds if bound is not None), default=None)

    def closed(self, by: str, on: date) -> str | None:
        """Why there is no place for this party, None where there is one."""
        if self.left(on) == 0:
            return "inspection.filled"
        return "inspection.share" if self.left_for(by, on) == 0 else None

    def winner(self, by: str, code: str) -> Digest | None:
        """The request that has the last place, of this party where that is full."""
        for key, inspection in reversed(self.taken.items()):
            if key not in self.given_back and (code != "inspection.share" or inspection.asking == by):
                return inspection.request
        return None

    def take(self, inspection: Inspection) -> None:
        self.taken[_key(inspection)] = inspection
        self.held[inspection.asking] += 1

    def take_over(self, inspection: Inspection) -> bool:
        """Give a request the place of the earlier one of its author that it replaces; False where that has none."""
        before = (inspection.replaces, inspection.asked) if inspection.replaces else None
        held = self.taken.get(before) if before and before not in self.given_back else None
        if before is None or held is None or held.asking != inspection.asking:
            return False
        self.taken = {_key(inspection) if key == before else key: each for key, each in self.taken.items()}
        self.taken[_key(inspection)] = inspection
        return True

    def take_again(self, inspection: Inspection) -> None:
        if self.given_back.pop(_key(inspection), None) is not None:
            self.held[inspection.asking] += 1

    def give_back(self, inspection: Inspection, refusal: Digest) -> None:
        if _key(inspection) in self.taken and _key(inspection) not in self.given_back:
            self.given_back[_key(inspection)] = refusal
            self.held[inspection.asking] -= 1


def _left(number: int | None, taken: int) -> int | None:
    return None if number is None else max(0, number - taken)


@dataclass(slots=True, kw_only=True)
class _Board:
    """All quotas of an agreement, of each party and in each of their years."""

    agreement: Agreement
    found: dict[tuple[str, str, int], _Place] = field(default_factory=dict)
    declared: dict[tuple[str, str], list[_Declared]] = field(default_factory=dict)

    @classmethod
    def of(cls, agreement: Agreement, filed: Sequence[Filed], objections: Iterable[Objection] = ()) -> _Board:
        board = cls(agreement=agreement)
        inspections, _ = follow(agreement, filed, objections)
        asked: dict[Digest, list[Inspection]] = {}
        back: dict[Digest, list[Inspection]] = {}
        again: dict[Digest, list[Inspection]] = {}
        for inspection in inspections:
            asked.setdefault(inspection.request, []).append(inspection)
            if inspection.replies and (no := inspection.replies[0].declined) and no.allowed:
                back.setdefault(inspection.replies[0].paper, []).append(inspection)
                if inspection.went_on is not None:
                    again.setdefault(inspection.went_on.paper, []).append(inspection)
        for paper in filed:
            board.declare(paper)
            for inspection in asked.get(paper.digest, ()):
                board.ask(inspection)
            for inspection in back.get(paper.digest, ()):
                for place in board.places_of(inspection):
                    place.give_back(inspection, paper.digest)
            for inspection in again.get(paper.digest, ()):
                for place in board.places_of(inspection):
                    place.take_again(inspection)
        return board

    def place(self, quota: Quota, party: str, year: int) -> _Place:
        declared = self.declared.setdefault((quota.id, party), [])
        new = _Place(quota=quota, last=_last(quota, year), declared=declared)
        return self.found.setdefault((quota.id, party, year), new)

    def places(self, form: str, *, asking: str, asked: str, on: date) -> list[_Place]:
        """Where a request takes a place: in each passive quota of the party asked, each active one of who asks."""
        return [
            self.place(quota, asked if quota.counted == "passive" else asking, year_of(quota, on))
            for quota in self.agreement.quotas
            if quota.form == form
        ]

    def places_of(self, inspection: Inspection) -> list[_Place]:
        return self.places(inspection.form, asking=inspection.asking, asked=inspection.asked, on=inspection.day)

    def declare(self, paper: Filed) -> None:
        for quota in self.agreement.quotas:
            number = paper.content.count(quota.item or "") if quota.declared == paper.content.form else None
            made = day_of(paper.made)
            day = paper.content.day(quota.as_of) if quota.as_of else made
            if number is not None and day is not None:
                basis = Basis(declared=number, paper=paper.digest, reference=paper.reference)
                declared = self.declared.setdefault((quota.id, paper.sender), [])
                insort(declared, _Declared(day, paper.entry, made, basis), key=lambda each: each[:2])

    def ask(self, inspection: Inspection) -> None:
        """A place in every quota, or in none: then it is late in those that have none."""
        places = self.places_of(inspection)
        taken_over = [place.take_over(inspection) for place in places]
        if taken_over and all(taken_over):
            return
        closed = [(place, place.closed(inspection.asking, inspection.day)) for place in places]
        for place, code in closed:
            if code is not None:
                winner = place.winner(inspection.asking, code)
                place.late.append(Late(inspection=inspection, code=code, winner=winner))
        if all(code is None for _, code in closed):
            for place in places:
                place.take(inspection)

    def row(self, quota: Quota, party: str, year: int, parties: Sequence[str]) -> QuotaRow:
        place = self.place(quota, party, year)
        asking = [each for each in parties if (each == party) == (quota.counted == "active")]
        return QuotaRow(
            quota=quota.id,
            party=party,
            year=year,
            first=_first(quota, year),
            last=place.last,
            number=place.number(place.last),
            basis=place.basis(place.last),
            taken=tuple(
                Taken(inspection=inspection, given_back=place.given_back.get(key))
                for key, inspection in place.taken.items()
            ),
            late=tuple(place.late),
            left=place.left(place.last),
            left_for={each: place.left_for(each, place.last) for each in asking},
        )
