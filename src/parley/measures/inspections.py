"""Quotas of inspections and visits, and their board: how many, who took which, what is left for whom.

A place in a quota goes to the request that comes first in log order, and is given back from the moment on at which the
party asked refuses for a reason that its form allows; a refusal without such a reason gives nothing back. A request
takes a place in every quota that counts its form, or in none. One that came too late stays on the board, with the
request that had the last place. A request counts in the calendar year of its entry, in UTC.

A party that has not declared the number from which its quota follows can be asked all the same: else silence would pay.
Pure and in whole numbers. The result never depends on the order in which papers are given. Source: spec/measures.md.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

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
    """One quota of one party in a year, as it stands at the end of it, or now.

    `party` is the one asked where the quota is passive, the one asking where it is active. `number` is how many there
    are, None where that follows from a number that was not declared. `left_for` says for each party that may ask how
    many it can still take, None where nothing bounds it.
    """

    quota: str
    party: str
    year: int
    number: int | None
    basis: Basis | None
    taken: tuple[Taken, ...]
    late: tuple[Late, ...]
    left: int | None
    left_for: Mapping[str, int | None]


def quota_board(
    agreement: Agreement, papers: Iterable[Filed], year: int, objections: Iterable[Objection] = ()
) -> tuple[QuotaRow, ...]:
    """Each quota of each party that sent or was sent a paper, by the agreement's order and the party's id.

    `objections` are words against reports that are no papers under the agreement.
    Raises: Malformed("inspection.year") for a year outside 1900 to 2200.
    """
    filed = in_order(papers, agreement=agreement.id)
    board = _Board.of(agreement, filed, year, objections)
    parties = sorted({party for paper in filed for party in (paper.sender, *paper.to)})
    return tuple(board.row(quota, party, parties) for quota in agreement.quotas for party in parties)


def check_request(
    agreement: Agreement, papers: Iterable[Filed], *, by: str, to: Sequence[str], form: str, on: date
) -> None:
    """Whether a party may ask so on this day, before it signs; between now and its entry others may come first.

    Raises: Malformed("inspection.nobody") where no other party is asked; Malformed("inspection.no-quota") for a form
    that no quota counts; Refused("inspection.filled") and Refused("inspection.share") where no place is left.
    """
    asked = [party for party in dict.fromkeys(to) if party != by]
    if not asked:
        raise Malformed("inspection.nobody")
    if form not in {quota.form for quota in agreement.quotas}:
        raise Malformed("inspection.no-quota", form=form[:60])
    board = _Board.of(agreement, in_order(papers, agreement=agreement.id), on.year)
    for party in asked:
        for place in board.places(form, asking=by, asked=party):
            code = place.closed(by, on)
            if code is not None:
                winner = place.winner(by, code)
                raise Refused(code, winner=winner.to_text() if winner else None, party=party, quota=place.quota.id)
            place.held[by] += 1


# --- paper by paper -----------------------------------------------------------------------------------------------


_Key = tuple[Digest, str]
"""A request and the party asked: one paper may ask several, each of which counts."""


def _key(inspection: Inspection) -> _Key:
    return inspection.request, inspection.asked


@dataclass(slots=True, kw_only=True)
class _Place:
    """One quota of one party, as it is taken up: by whom how many are `held`, those given back not counted.

    `declared` is in order of the day from which a number goes.
    """

    quota: Quota
    declared: list[tuple[date, int, Basis]] = field(default_factory=list)
    taken: dict[_Key, Inspection] = field(default_factory=dict)
    given_back: dict[_Key, Digest] = field(default_factory=dict)
    held: Counter[str] = field(default_factory=Counter)
    late: list[Late] = field(default_factory=list)

    def basis(self, on: date) -> Basis | None:
        place = bisect_right(self.declared, on, key=lambda each: each[0])
        return self.declared[place - 1][2] if place else None

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

    def give_back(self, inspection: Inspection, refusal: Digest) -> None:
        if _key(inspection) in self.taken:
            self.given_back[_key(inspection)] = refusal
            self.held[inspection.asking] -= 1


def _left(number: int | None, taken: int) -> int | None:
    return None if number is None else max(0, number - taken)


@dataclass(slots=True, kw_only=True)
class _Board:
    """All quotas of an agreement in one year."""

    agreement: Agreement
    last: date
    found: dict[tuple[str, str], _Place] = field(default_factory=dict)

    @classmethod
    def of(
        cls, agreement: Agreement, filed: Sequence[Filed], year: int, objections: Iterable[Objection] = ()
    ) -> _Board:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Malformed("inspection.year", first=FIRST_YEAR, last=LAST_YEAR)
        board = cls(agreement=agreement, last=date(year, 12, 31))
        inspections, _ = follow(agreement, filed, objections)
        asked: dict[Digest, list[Inspection]] = {}
        back: dict[Digest, list[Inspection]] = {}
        for inspection in inspections:
            if inspection.day.year != year:
                continue
            asked.setdefault(inspection.request, []).append(inspection)
            if inspection.replies and (no := inspection.replies[0].declined) and no.allowed:
                back.setdefault(inspection.replies[0].paper, []).append(inspection)
        for paper in filed:
            if day_of(paper.made) <= board.last:
                board.declare(paper)
            for inspection in asked.get(paper.digest, ()):
                board.ask(inspection)
            for inspection in back.get(paper.digest, ()):
                for place in board.places(inspection.form, asking=inspection.asking, asked=inspection.asked):
                    place.give_back(inspection, paper.digest)
        return board

    def place(self, quota: Quota, party: str) -> _Place:
        return self.found.setdefault((quota.id, party), _Place(quota=quota))

    def places(self, form: str, *, asking: str, asked: str) -> list[_Place]:
        """Where a request takes a place: in each passive quota of the party asked, each active one of who asks."""
        return [
            self.place(quota, asked if quota.counted == "passive" else asking)
            for quota in self.agreement.quotas
            if quota.form == form
        ]

    def declare(self, paper: Filed) -> None:
        for quota in self.agreement.quotas:
            number = paper.content.count(quota.item or "") if quota.declared == paper.content.form else None
            day = paper.content.day(quota.as_of) if quota.as_of else day_of(paper.made)
            if number is not None and day is not None:
                basis = Basis(declared=number, paper=paper.digest, reference=paper.reference)
                insort(self.place(quota, paper.sender).declared, (day, paper.entry, basis), key=lambda each: each[:2])

    def ask(self, inspection: Inspection) -> None:
        """A place in every quota, or in none: then it is late in those that have none."""
        places = self.places(inspection.form, asking=inspection.asking, asked=inspection.asked)
        closed = [(place, place.closed(inspection.asking, inspection.day)) for place in places]
        for place, code in closed:
            if code is not None:
                winner = place.winner(inspection.asking, code)
                place.late.append(Late(inspection=inspection, code=code, winner=winner))
        if all(code is None for _, code in closed):
            for place in places:
                place.take(inspection)

    def row(self, quota: Quota, party: str, parties: Sequence[str]) -> QuotaRow:
        place = self.place(quota, party)
        asking = [each for each in parties if (each == party) == (quota.counted == "active")]
        return QuotaRow(
            quota=quota.id,
            party=party,
            year=self.last.year,
            number=place.number(self.last),
            basis=place.basis(self.last),
            taken=tuple(
                Taken(inspection=inspection, given_back=place.given_back.get(key))
                for key, inspection in place.taken.items()
            ),
            late=tuple(place.late),
            left=place.left(self.last),
            left_for={each: place.left_for(each, self.last) for each in asking},
        )
