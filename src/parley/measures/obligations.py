"""Who owes what to whom by when: one fold over the papers under an agreement and the steps its parties took.

    state = Obligations.start(agreement, text, parties)
    state = state.with_paper(filed).with_step(step)        in any order, as they come in
    state.view(now)                                        every obligation, with its state and its reason

An obligation is between one debtor and one creditor. A paper that is addressed to twenty parties can be in time for
nineteen of them and late for one, and what one party suspends towards another leaves all other pairs as they are.

What counts at a moment is what had happened by then: papers and steps entered until `now`, notices and receipts until
`now`. So the same acts give the same view on both sides, in whatever order they came, and yesterday's view can be had
again. A test notice begins nothing and answers nothing.

The state is immutable and shares what did not change with the one before it: one more paper costs a few insertions into
persistent maps, however many there are. What an obligation came to is worked out when it is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, tzinfo
from itertools import takewhile

from rpds import HashTrieMap, List

from parley.canonical import Time
from parley.crypto import Digest
from parley.measures.agreement import Agreement, Measure
from parley.measures.clocks import days_of, deadline
from parley.measures.deciding import Case, decide, moment_of, reaches, start_of, until
from parley.measures.obligation import Obligation, Reason, Why
from parley.measures.papers import Filed
from parley.measures.standing import Standing, StandingAt, Step
from parley.measures.thresholds import applies

Key = tuple[Digest, str] | tuple[str, str, date]
"""Where papers are looked for: what they answer and their sender; or a measure, their sender, and the day named."""

_NONE: List[Digest] = List()
_FAR = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligations:
    """All that the papers and steps so far amount to under one text of an agreement.

    `parties` gives the clock of each party, for measures that are read by the debtor's own.
    """

    agreement: Agreement
    parties: Mapping[str, tzinfo]
    standing: Standing
    by_paper: Mapping[str, tuple[Measure, ...]]
    by_day: Mapping[str, tuple[Measure, ...]]
    papers: HashTrieMap[Digest, Filed] = field(default_factory=HashTrieMap)
    held: HashTrieMap[Key, List[Digest]] = field(default_factory=HashTrieMap)
    furthest: HashTrieMap[tuple[str, str], date] = field(default_factory=HashTrieMap)

    @classmethod
    def start(cls, agreement: Agreement, text: Digest, parties: Mapping[str, tzinfo]) -> Obligations:
        """Nothing done yet, under the agreement whose file has the digest `text`."""
        by_paper: dict[str, tuple[Measure, ...]] = {}
        by_day: dict[str, tuple[Measure, ...]] = {}
        for measure in agreement.measures:
            if measure.trigger.form is not None:
                by_paper[measure.trigger.form] = (*by_paper.get(measure.trigger.form, ()), measure)
            else:
                by_day[measure.form] = (*by_day.get(measure.form, ()), measure)
        standing = Standing(agreement=agreement, text=text, parties=tuple(parties))
        return cls(agreement=agreement, parties=parties, standing=standing, by_paper=by_paper, by_day=by_day)

    def with_step(self, step: Step) -> Obligations:
        """The same with one step more; one about another text, or by a stranger, changes nothing."""
        return replace(self, standing=self.standing.with_step(step))

    def with_paper(self, paper: Filed) -> Obligations:
        """The same with one paper more, or with the notices and receipts of a paper that it has already.

        A test, a paper under another agreement and one from a stranger change nothing. A paper that was taken back
        before anybody received it is for the caller to leave out.
        """
        content = paper.content
        if content.test or content.agreement != self.agreement.id or paper.sender not in self.parties:
            return self
        known = self.papers.get(paper.digest)
        if known is not None:
            return replace(self, papers=self.papers.insert(paper.digest, _joined(known, paper)))
        held, furthest = self.held, self.furthest
        if paper.answers is not None:
            held = _put(held, (paper.answers, paper.sender), paper.digest)
        for measure, day in self._days_named(paper):
            held = _put(held, (measure.id, paper.sender, day), paper.digest)
            last = furthest.get((measure.id, paper.sender), day)
            furthest = furthest.insert((measure.id, paper.sender), max(last, day))
        return replace(self, papers=self.papers.insert(paper.digest, paper), held=held, furthest=furthest)

    def _days_named(self, paper: Filed) -> Iterator[tuple[Measure, date]]:
        """The measures of the calendar for which a paper of this form may be given, and the day it says it is for."""
        for measure in self.by_day.get(paper.content.form, ()):
            day = paper.content.day(measure.period or "")
            if day is not None:
                yield measure, day

    # --- what is asked ------------------------------------------------------------------------------------------

    def view(self, now: Time, *, party: str | None = None, until: Time | None = None) -> tuple[Obligation, ...]:
        """All obligations at a moment, the first due first: of one party's only, or of everyone's.

        Of a period without an end, those are there that are over by `until`, `now` if it is not given, and the next;
        beyond these only those for which their debtor has given something already.
        """
        at = self.standing.at(now)
        horizon = now if until is None else max(now, until)
        return self._judged(at, self._cases(at, horizon), party)

    def about(self, digest: Digest, now: Time) -> tuple[Obligation, ...]:
        """The obligations that one paper began, and those that it was given for: what one more act has changed."""
        paper = self.papers.get(digest)
        if paper is None or paper.made > now:
            return ()
        at = self.standing.at(now)
        cases = list(self._begun_by(paper))
        asked = self.papers.get(paper.answers) if paper.answers else None
        if asked is not None and asked.made <= now:
            answered = [case for case in self._begun_by(asked) if case.measure.form == paper.content.form]
            cases += [replace(case, debtors=(paper.sender,)) for case in answered]
        for measure, day in self._days_named(paper):
            if day in self._calendar(measure, at):
                cases.append(Case(measure=measure, begun=day, debtors=(paper.sender,)))
        return self._judged(at, cases, None)

    def _judged(self, at: StandingAt, cases: Iterable[Case], party: str | None) -> tuple[Obligation, ...]:
        places = {measure.id: place for place, measure in enumerate(self.agreement.measures)}

        def order(owed: Obligation) -> tuple[int, int, int, str, str]:
            begun = owed.begun.entry if isinstance(owed.begun, Filed) else owed.begun.toordinal()
            due = _FAR if owed.deadline is None else owed.deadline
            return due, places[owed.measure.id], begun, owed.debtor, owed.creditor

        found = (
            self._judge(at, case, debtor, creditor) for case in cases for debtor, creditor in self._pairs(case, party)
        )
        return tuple(sorted((owed for owed in found if owed), key=order))

    # --- what began what ----------------------------------------------------------------------------------------

    def _cases(self, at: StandingAt, horizon: Time) -> Iterator[Case]:
        for paper in self.papers.values():
            if paper.made <= at.now:
                yield from self._begun_by(paper)
        for measures in self.by_day.values():
            for measure in measures:
                yield from self._begun_by_day(measure, at, horizon)

    def _begun_by(self, paper: Filed) -> Iterator[Case]:
        for measure in self.by_paper.get(paper.content.form, ()):
            name = measure.trigger.threshold
            threshold = self.agreement.threshold(name) if name else None
            if threshold is None or applies(threshold, paper.content).reached:
                yield Case(measure=measure, begun=paper)

    def _begun_by_day(self, measure: Measure, at: StandingAt, horizon: Time) -> Iterator[Case]:
        days = iter(self._calendar(measure, at))
        for day in days:
            yield Case(measure=measure, begun=day)
            if deadline(day, measure.due, UTC) >= horizon:
                break
        last = max((self.furthest.get((measure.id, party), date.min) for party in self.parties), default=date.min)
        for day in takewhile(lambda day: day <= last, days):
            debtors = tuple(party for party in self.parties if self._has_given((measure.id, party, day), at.now))
            if debtors:
                yield Case(measure=measure, begun=day, debtors=debtors)

    def _has_given(self, key: Key, now: Time) -> bool:
        return any(self.papers[digest].made <= now for digest in self.held.get(key, _NONE))

    def _calendar(self, measure: Measure, at: StandingAt) -> Iterable[date]:
        """The days that begin an obligation under a measure of the calendar."""
        trigger = measure.trigger
        if trigger.every is not None and trigger.first is not None:
            return days_of(trigger.first, trigger.every)
        day = (self.agreement.in_force or at.since) if trigger.in_force else trigger.on
        return () if day is None else (day,)

    def _pairs(self, case: Case, party: str | None) -> Iterator[tuple[str, str]]:
        """Debtor and creditor of each obligation that a case began; where a party is named, only those it is in."""
        everyone: Collection[str] = self.parties
        debtors = creditors = everyone
        if isinstance(case.begun, Filed):
            paper, measure = case.begun, case.measure
            sender: Collection[str] = (paper.sender,)
            debtors = sender if measure.party == "sender" else [to for to in paper.to if to != paper.sender]
            creditors = {"all": everyone, "sender": sender, "addressee": paper.to}[measure.to]
        for debtor in debtors:
            if debtor not in self.parties or (case.debtors is not None and debtor not in case.debtors):
                continue
            others = creditors if party in (None, debtor) else [each for each in creditors if each == party]
            for creditor in others:
                if creditor != debtor and creditor in self.parties:
                    yield debtor, creditor

    # --- what became of it --------------------------------------------------------------------------------------

    def _judge(self, at: StandingAt, case: Case, debtor: str, creditor: str) -> Obligation | None:
        """One obligation as it stands; None where none was owed and nothing was given."""
        measure = case.measure
        start = start_of(case, debtor, creditor, at.now)
        zone = UTC if measure.clock == "utc" else self.parties[debtor]
        due = None if start is None else deadline(start, measure.due, zone)
        given = self._given(at, case, debtor, creditor, due)
        decided = decide(at, case, debtor, creditor, due=due, given=given)
        if decided is None:
            return None
        state, reason = decided
        return Obligation(
            measure=measure,
            debtor=debtor,
            creditor=creditor,
            begun=case.begun,
            deadline=due,
            state=state,
            reason=reason,
        )

    def _given(self, at: StandingAt, case: Case, debtor: str, creditor: str, due: Time | None) -> Reason:
        """The paper that counts best: in time before late, then uncontested before contested, then the earlier.

        A creditor's word against an answer that came in time thus never makes its debtor late.
        """
        measure = case.measure
        best: tuple[tuple[bool, bool, Time, int], Filed, Step | None] | None = None
        waiting: Filed | None = None
        for paper in self._candidates(case, debtor):
            if paper.made > at.now or paper.content.form != measure.form or not reaches(paper, creditor, at.now):
                continue
            moment = until(at.now, moment_of(paper, measure.counts, creditor))
            if moment is None:
                waiting = paper if waiting is None or paper.entry < waiting.entry else waiting
                continue
            word = at.contested(paper.digest, creditor, measure.id, debtor)
            rank = (due is not None and moment > due, word is not None, moment, paper.entry)
            if best is None or rank < best[0]:
                best = (rank, paper, word)
        if best is not None:
            (late, _, moment, _), paper, word = best
            in_time, too_late = (Why.IN_TIME, Why.LATE) if word is None else (Why.CONTESTED_IN_TIME, Why.CONTESTED_LATE)
            return Reason(why=too_late if late else in_time, paper=paper, at=moment, step=word)
        if waiting is not None:
            return Reason(why=Why.NOT_COUNTED, paper=waiting)
        return Reason(why=Why.NO_START if due is None else Why.NOT_YET if at.now <= due else Why.NOTHING)

    def _candidates(self, case: Case, debtor: str) -> Iterator[Filed]:
        """The papers of a debtor among which the one is that was given for this: a notice that is owed is itself it."""
        if not isinstance(case.begun, Filed):
            key: Key = (case.measure.id, debtor, case.begun)
        elif case.begun.content.form == case.measure.form:
            yield case.begun
            return
        else:
            key = (case.begun.digest, debtor)
        for digest in self.held.get(key, _NONE):
            yield self.papers[digest]


def obligations(
    agreement: Agreement,
    parties: Mapping[str, tzinfo],
    papers: Iterable[Filed],
    steps: Iterable[Step],
    now: Time,
    *,
    text: Digest,
) -> tuple[Obligation, ...]:
    """All obligations under an agreement, whose file has the digest `text`, from nothing: see `Obligations.view`."""
    state = Obligations.start(agreement, text, parties)
    for paper in papers:
        state = state.with_paper(paper)
    for step in steps:
        state = state.with_step(step)
    return state.view(now)


def _put(held: HashTrieMap[Key, List[Digest]], key: Key, digest: Digest) -> HashTrieMap[Key, List[Digest]]:
    return held.insert(key, held.get(key, _NONE).push_front(digest))


def _joined(one: Filed, other: Filed) -> Filed:
    """The same paper with the notices and receipts of both, the earlier where both have one."""
    return replace(
        one,
        informed=_earlier(one.informed, other.informed),
        received=_earlier(one.received, other.received),
    )


def _earlier(one: Mapping[str, Time], other: Mapping[str, Time]) -> Mapping[str, Time]:
    return {
        party: min(times) for party in {**one, **other} if (times := [at[party] for at in (one, other) if party in at])
    }
