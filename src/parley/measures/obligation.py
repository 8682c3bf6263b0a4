"""An obligation as it stands at a moment: who owes what to whom by when, what began it, its state, and why that one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date
from enum import StrEnum

from parley.canonical import Time
from parley.measures.agreement import Measure
from parley.measures.clocks import day_of
from parley.measures.papers import Filed
from parley.measures.standing import Step


class State(StrEnum):
    """What became of an obligation, between one debtor and one creditor."""

    DUE = "due"
    MET = "met"
    MET_LATE = "met-late"
    MISSED = "missed"
    CONTESTED = "contested"
    SUSPENDED = "suspended"
    COUNTER_MEASURE = "counter-measure"
    EXPIRED = "expired"
    VOLUNTARY = "voluntary"


class Why(StrEnum):
    """Why an obligation is in its state: what the members of a `Reason` are there for."""

    IN_TIME = "in-time"
    LATE = "late"
    NOT_YET = "not-yet"
    """Nothing has been given, and there is time."""
    NO_START = "no-start"
    """The time from which its deadline is counted has not come: nobody was informed yet, or nobody signed yet."""
    NOT_COUNTED = "not-counted"
    """A paper has been given, and the time of it that counts has not come: the creditor was not informed, or has not
    signed. Whether there is time left the state says."""
    NOTHING = "nothing"
    """Nothing had been given by the deadline, or since."""
    CONTESTED_IN_TIME = "contested-in-time"
    CONTESTED_LATE = "contested-late"
    SUSPENSION = "suspension"
    COUNTER_MEASURE = "counter-measure"
    NOT_IN_FORCE = "not-in-force"
    ENDED = "ended"
    """By the last day in the agreement's own text."""
    DENOUNCED = "denounced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """The reason of a state.

    `paper` is what was given for the obligation, `at` the time of it that counts, None where that has not come. `step`
    is the suspension, counter-measure or denunciation that decides, or the creditor's word against the paper;
    `contested` the creditor's word against that suspension or counter-measure.
    """

    why: Why
    paper: Filed | None = None
    at: Time | None = None
    step: Step | None = None
    contested: Step | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One thing owed by one party to one other under one measure.

    `begun` is the paper that began it, or the day of a date, of a period or of the entry into force. `deadline` is the
    last millisecond in time, None while the time from which it is counted has not come, or where the paper that began
    it leaves that time out. `unopened` are papers that may have been given for it and are not open to whoever looks.
    """

    measure: Measure
    debtor: str
    creditor: str
    begun: Filed | date
    deadline: Time | None
    state: State
    reason: Reason
    unopened: tuple[str, ...] = ()

    def in_year(self, year: int) -> bool:
        """Whether it is due in a calendar year, in UTC, or nobody knows when yet."""
        return self.deadline is None or day_of(self.deadline, UTC).year == year

    @property
    def provision(self) -> str:
        """The place of the agreement's text by which it is owed."""
        return self.measure.provision


def in_due_order(owed: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """The first due first, those without a deadline last; of one deadline as they were given."""
    return tuple(sorted(owed, key=lambda each: (each.deadline is None, each.deadline or 0)))
