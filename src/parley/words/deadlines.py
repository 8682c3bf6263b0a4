"""Deadlines as a file for a calendar program (RFC 5545): an event at each, in UTC, with alarms before it.

Such a file ends in telephones and in other people's clouds. So its summaries say in our own words who owes what kind of
paper to whom, and nothing in it is the text of a paper; each event is marked as private, and takes no time.

The name of an event is a function of what is owed, so that a later file changes it and adds no second one. What needs
no reminder any more stands in a later file as cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from parley import canonical
from parley.canonical import Time
from parley.crypto import sha256
from parley.measures.obligation import Obligation, State
from parley.measures.papers import Filed
from parley.words import say, term
from parley.words.clock import DAY, HOUR, Clocks
from parley.words.neutral import shown
from parley.words.obligations import began, why

if TYPE_CHECKING:
    from icalendar import Alarm, Event

Naming = Callable[[str], str]

OPEN = (State.DUE, State.MISSED)
ALARMS = (7 * DAY, DAY, 4 * HOUR)
"""How long before a deadline its alarms are; those that have passed are left out."""
_PRODUCT = "-//Parley//parley due//EN"
_LABEL = "parley/deadline/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What is owed under an agreement of a negotiation, both by their ids, and until when: the last millisecond."""

    negotiation: str
    agreement: str
    owed: Obligation
    until: Time

    @property
    def name(self) -> str:
        """32 digits, the same for the same obligation whatever became of it, and for no other one."""
        owed = self.owed
        begun = owed.begun.digest.hex() if isinstance(owed.begun, Filed) else owed.begun.isoformat()
        parts = [_LABEL, self.negotiation, self.agreement, owed.measure.id, owed.debtor, owed.creditor, begun]
        return sha256(canonical.encode(parts)).hex()[:32]


def calendar_file(deadlines: Iterable[Deadline], *, now: Time, naming: Naming, clocks: Clocks) -> bytes:
    """The file. What is due or missed is an event; whatever else became of an obligation, its event is cancelled."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    for each in deadlines:
        calendar.add_component(_event(each, now, naming, clocks))
    return bytes(calendar.to_ical())


def _event(deadline: Deadline, now: Time, naming: Naming, clocks: Clocks) -> Event:
    from icalendar import Event

    owed, open_ = deadline.owed, deadline.owed.state in OPEN
    summary = say(
        "deadlines.missed" if owed.state is State.MISSED else "deadlines.summary",
        kind=term("measure-kinds", owed.measure.kind),
        debtor=naming(owed.debtor),
        creditor=naming(owed.creditor),
        agreement=deadline.agreement,
        provision=shown(owed.provision),
    )
    event = Event()
    event.add("uid", deadline.name)
    event.add("dtstamp", _moment(now))
    event.add("last-modified", _moment(now))
    event.add("dtstart", _moment(deadline.until))
    event.add("summary", summary)
    event.add("description", "\n".join(_description(deadline, clocks)))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED" if open_ else "CANCELLED")
    for before in ALARMS if open_ else ():
        if deadline.until - before > now:
            event.add_component(_alarm(before, summary))
    return event


def _description(deadline: Deadline, clocks: Clocks) -> list[str]:
    owed = deadline.owed
    return [
        say("deadlines.until", time=clocks.instant(deadline.until)),
        say("deadlines.provision", provision=shown(owed.provision), agreement=deadline.agreement),
        say("deadlines.begun", what=began(owed)),
        say("deadlines.state", state=term("obligation-states", owed.state.value), why=why(owed, clocks)),
    ]


def _alarm(before: int, summary: str) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(milliseconds=-before))
    return alarm


def _moment(time: Time) -> datetime:
    """To the second, which is all that the format has: never after the time itself."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=time // 1000)
