"""The state of one obligation, from what was given for it and from how the agreement stands between its two parties."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date

from parley.canonical import Time
from parley.measures.agreement import Measure, Moment
from parley.measures.clocks import day_of, due_day
from parley.measures.obligation import Reason, State, Why
from parley.measures.papers import Filed
from parley.measures.standing import End, StandingAt

Decided = tuple[State, Reason]

GIVEN = {
    Why.IN_TIME: State.MET,
    Why.LATE: State.MET_LATE,
    Why.CONTESTED_IN_TIME: State.CONTESTED,
    Why.CONTESTED_LATE: State.CONTESTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What began obligations under one measure; `debtors` are those looked at, None for all that owe by it."""

    measure: Measure
    begun: Filed | date
    debtors: tuple[str, ...] | None = None


def start_of(case: Case, debtor: str, creditor: str, now: Time) -> date | Time | None:
    """What a deadline is counted from; None where that time has not come by `now`, or the paper leaves it out.

    The notice or receipt that counts is that of whoever got the paper: of the debtor, and of the creditor where the
    debtor sent it.
    """
    paper, of = case.begun, case.measure.due.of
    if not isinstance(paper, Filed):
        return paper
    reader = creditor if debtor == paper.sender else debtor
    match of:
        case "sent" | "made" | "informed" | "received":
            return until(now, moment_of(paper, of, reader))
        case _:
            value = paper.content.items.get(of)
            return value if isinstance(value, Time | date) else None


def moment_of(paper: Filed, which: Moment, reader: str) -> Time | None:
    """One of the four times of a paper; None where there is no notice to this reader, or no receipt."""
    match which:
        case "sent":
            return paper.sent
        case "made":
            return paper.made
        case "informed":
            return paper.informed.get(reader)
        case "received":
            return paper.received.get(reader)


def until(now: Time, moment: Time | None) -> Time | None:
    """A moment that has come; None for one that is still to come, or is not there."""
    return moment if moment is not None and moment <= now else None


def reaches(paper: Filed, party: str, now: Time) -> bool:
    """Whether a party is among those addressed, or has been informed of the paper, or has signed for it."""
    seen = (until(now, paper.informed.get(party)), until(now, paper.received.get(party)))
    return party in paper.to or seen != (None, None)


def decide(
    at: StandingAt, case: Case, debtor: str, creditor: str, *, due: Time | None, given: Reason
) -> Decided | None:
    """The state of an obligation and its reason; None where nothing was owed and nothing was given.

    In this order: what began while the agreement did not bind these two; what was left open when it ended; what the
    debtor suspended; what was given, and when.
    """
    end = _end(at, debtor, creditor)
    if _elsewhere(at, case):
        return None
    outside = _outside(at, case, due, end)
    if outside is not None:
        step = end.step if end and outside is not Why.NOT_IN_FORCE else None
        return (State.VOLUNTARY, replace(given, why=outside, step=step)) if given.at is not None else None
    left_open = end is not None and at.now > end.at and (due is None or due > end.at)
    if end and left_open and (given.at is None or given.at > end.at):
        state = State.EXPIRED if given.at is None else State.VOLUNTARY
        return state, replace(given, why=_ended(end), step=end.step)
    return _released(at, case, debtor, creditor, due, given) or _plain(at, due, given)


def _end(at: StandingAt, debtor: str, creditor: str) -> End | None:
    """When the agreement ends between the two, unless another text had taken its place by then."""
    end = at.end(debtor, creditor)
    return None if end and at.replaced is not None and at.replaced <= end.at else end


def _elsewhere(at: StandingAt, case: Case) -> bool:
    """Whether it belongs to another text: the one that this one succeeds, or the one that this was amended into."""
    begun = case.begun
    if isinstance(begun, Filed):
        early = at.bound is None or begun.made < at.bound
        late = at.replaced is not None and begun.made >= at.replaced
    else:
        first = _first(case.measure, begun)
        early = at.since is None or first < at.since
        late = at.replaced is not None and first >= day_of(at.replaced, UTC)
    return (at.succeeds and early) or late


def _first(measure: Measure, day: date) -> date:
    """The day from which something is owed: the one that began it, or the one it is due on where that is before."""
    return min(day, due_day(day, measure.due))


def _outside(at: StandingAt, case: Case, due: Time | None, end: End | None) -> Why | None:
    """Why the agreement did not bind when this began; None when it did.

    Nobody is held to a deadline that was over before the last party had adopted the agreement.
    """
    begun = case.begun
    if isinstance(begun, Filed):
        early = at.bound is None or begun.made < at.bound
        late = end is not None and begun.made > end.at
    else:
        first = _first(case.measure, begun)
        early = at.since is None or first < at.since or at.bound is None or (due is not None and due < at.bound)
        late = end is not None and first > day_of(end.at, UTC)
    if early:
        return Why.NOT_IN_FORCE
    return _ended(end) if end and late else None


def _ended(end: End) -> Why:
    return Why.ENDED if end.step is None else Why.DENOUNCED


def _released(
    at: StandingAt, case: Case, debtor: str, creditor: str, due: Time | None, given: Reason
) -> Decided | None:
    """What the debtor had suspended when it was due, or has suspended now; None where it has not, or gave it before."""
    measure = case.measure.id
    step = at.released(debtor, creditor, measure, at.now if due is None else min(at.now, due))
    if step is None or (given.at is not None and given.at <= step.made):
        return None
    against = at.contested(step.digest, creditor, measure, debtor)
    counter = step.kind == "counter_measure"
    reason = replace(given, why=Why.COUNTER_MEASURE if counter else Why.SUSPENSION, step=step, contested=against)
    if given.at is not None:
        return State.VOLUNTARY, reason
    return State.COUNTER_MEASURE if counter else State.SUSPENDED, reason


def _plain(at: StandingAt, due: Time | None, given: Reason) -> Decided:
    if given.why in GIVEN:
        return GIVEN[given.why], given
    return State.DUE if due is None or at.now <= due else State.MISSED, given
