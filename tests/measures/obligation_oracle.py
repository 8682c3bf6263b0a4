"""The same answers by the plainest way: for every question all papers and all steps are gone through.

It has no indexes, keeps nothing, and takes nothing from the fold but the names of the states and the calendar. It is
written for three measures of `obligation_build` and no others, the half-yearly one from 31 July 2021 on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date

from parley.canonical import Time
from parley.crypto import Digest
from parley.measures.agreement import Agreement
from parley.measures.clocks import day_of, end_of, shifted
from parley.measures.entry import Span
from parley.measures.obligation import State
from parley.measures.papers import Filed
from parley.measures.standing import Step

Question = tuple[str, Digest | date, str, str]
Answer = tuple[State, Time | None]

HOURS_48 = 48 * 3_600_000


class Oracle:
    """What is known at a moment."""

    def __init__(
        self, agreement: Agreement, parties: Sequence[str], papers: Iterable[Filed], steps: Iterable[Step], now: Time
    ) -> None:
        self.agreement, self.parties, self.now = agreement, parties, now
        self.papers = [each for each in papers if each.made <= now and not each.content.test]
        self.steps = sorted((each for each in steps if each.made <= now), key=lambda each: each.entry)
        self.steps = [each for each in self.steps if not self._undone(each)]
        self.adopted = self._adopted()

    def _undone(self, step: Step) -> bool:
        """Whoever adopts takes back what it suspended or denounced before."""
        first = next((each for each in self.steps if each.kind == "adoption" and each.sender == step.sender), None)
        away = step.kind in ("suspension", "counter_measure", "denunciation")
        return away and first is not None and (step.made, step.entry) < (first.made, first.entry)

    def _adopted(self) -> Time | None:
        firsts = [
            next((each.made for each in self.steps if each.kind == "adoption" and each.sender == party), None)
            for party in self.parties
        ]
        return None if None in firsts else max(each for each in firsts if each is not None)

    def answers(self) -> dict[Question, Answer]:
        found = {}
        for measure, begun, debtor, creditor, due, candidates, always in self._questions():
            answer = self._answer(measure, begun, debtor, creditor, due, candidates)
            if answer and (always or any(self._is_there(measure, debtor, begun))):
                found[measure, begun.digest if isinstance(begun, Filed) else begun, debtor, creditor] = (answer, due)
        return found

    # --- what could be owed -------------------------------------------------------------------------------------

    def _questions(
        self,
    ) -> Iterator[tuple[str, Filed | date, str, str, Time | None, list[tuple[Filed, Time | None]], bool]]:
        for debtor in self.parties:
            for creditor in self.parties:
                if debtor == creditor:
                    continue
                for paper in self.papers:
                    yield from self._by_paper(paper, debtor, creditor)
                yield from self._by_day(debtor, creditor)

    def _by_paper(self, paper: Filed, debtor: str, creditor: str) -> Iterator[tuple]:  # type: ignore[type-arg]
        items = paper.content.items
        over = items.get("troops", 0) >= 9000 or items.get("tanks", 0) >= 250
        if paper.content.form == "notice" and paper.sender == debtor and over:
            due = end_of(shifted(items["start"], Span(days=42), back=True), UTC)
            given = [(paper, paper.made)] if self._has(paper, creditor) else []
            yield "notify", paper, debtor, creditor, due, given, True
        if paper.content.form == "request" and paper.sender == creditor and debtor in paper.to:
            told = self._past(paper.informed.get(debtor))
            given = [
                (each, each.made)
                for each in self.papers
                if each.content.form == "reply"
                and each.answers == paper.digest
                and each.sender == debtor
                and self._has(each, creditor)
            ]
            yield "reply", paper, debtor, creditor, Time(told + HOURS_48) if told is not None else None, given, True

    def _by_day(self, debtor: str, creditor: str) -> Iterator[tuple]:  # type: ignore[type-arg]
        over = False
        for number in range(12):
            day = shifted(date(2021, 7, 31), Span(months=6 * number))
            due = end_of(shifted(day, Span(days=30)), UTC)
            given = [
                (each, self._past(each.received.get(creditor)))
                for each in self._is_there("half-yearly", debtor, day)
                if self._has(each, creditor)
            ]
            yield "half-yearly", day, debtor, creditor, due, given, not over
            over = over or due >= self.now

    def _is_there(self, measure: str, debtor: str, day: Filed | date) -> Iterator[Filed]:
        for each in self.papers:
            if measure == "half-yearly" and each.sender == debtor and each.content.items.get("day") == day:
                yield each

    def _past(self, moment: Time | None) -> Time | None:
        return moment if moment is not None and moment <= self.now else None

    def _has(self, paper: Filed, party: str) -> bool:
        times = (paper.informed.get(party), paper.received.get(party))
        return party in paper.to or any(self._past(each) is not None for each in times)

    # --- what became of it --------------------------------------------------------------------------------------

    def _answer(
        self,
        measure: str,
        begun: Filed | date,
        debtor: str,
        creditor: str,
        due: Time | None,
        given: list[tuple[Filed, Time | None]],
    ) -> State | None:
        counted = sorted(
            (due is not None and moment > due, self._against(paper.digest, measure, debtor, creditor), moment)
            for paper, moment in given
            if moment is not None
        )
        best = counted[0] if counted else None
        end = self._end(debtor, creditor)
        if not self._binds(begun, due, end):
            return State.VOLUNTARY if best else None
        if end is not None and self.now > end and (due is None or due > end) and not (best and best[2] <= end):
            return State.VOLUNTARY if best else State.EXPIRED
        away = self._away(measure, debtor, creditor, self.now if due is None else min(self.now, due))
        if away is not None and not (best and best[2] <= away.made):
            if best:
                return State.VOLUNTARY
            return State.SUSPENDED if away.kind == "suspension" else State.COUNTER_MEASURE
        if best:
            return State.CONTESTED if best[1] else State.MET_LATE if best[0] else State.MET
        return State.DUE if due is None or self.now <= due else State.MISSED

    def _binds(self, begun: Filed | date, due: Time | None, end: Time | None) -> bool:
        if self.adopted is None:
            return False
        if isinstance(begun, Filed):
            return self.adopted <= begun.made and (end is None or begun.made <= end)
        after = begun >= day_of(self.adopted, UTC) and (due is None or due >= self.adopted)
        return after and (end is None or begun <= day_of(end, UTC))

    def _end(self, one: str, other: str) -> Time | None:
        ends = [end_of(self.agreement.expires, UTC)] if self.agreement.expires else []
        for out in self.steps:
            if out.kind == "denunciation" and out.sender in (one, other):
                notice = self.agreement.notice
                end = end_of(shifted(day_of(out.made, UTC), notice), UTC) if notice else out.made
                if not any(self._backs(back, out) and back.cites and back.made <= end for back in self.steps):
                    ends.append(end)
        return min(ends, default=None)

    def _backs(self, back: Step, step: Step) -> bool:
        same = back.kind == "resumption" and back.sender == step.sender and back.entry > step.entry
        return same and back.cites in (None, step.digest)

    def _away(self, measure: str, debtor: str, creditor: str, moment: Time) -> Step | None:
        for step in self.steps:
            if step.kind in ("suspension", "counter_measure") and step.sender == debtor and step.made <= moment:
                back = [each for each in self.steps if self._backs(each, step) and each.made <= moment]
                if _means(step, measure, creditor) and not any(_means(each, measure, creditor) for each in back):
                    return step
        return None

    def _against(self, paper: Digest, measure: str, debtor: str, creditor: str) -> bool:
        for step in self.steps:
            if step.kind == "contesting" and step.sender == creditor and step.cites == paper:
                back = [each for each in self.steps if self._backs(each, step) and each.cites]
                if _means(step, measure, debtor) and not any(_means(each, measure, debtor) for each in back):
                    return True
        return False


def _means(step: Step, measure: str, party: str) -> bool:
    return measure in (step.measures or (measure,)) and party in (step.towards or (party,))
