"""Alarms as a person hears them, and the person's answer, without which nothing is signed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from parley.cli.session import Session
from parley.errors import Invalid, Malformed
from parley.words import explain, say

if TYPE_CHECKING:
    from parley.client import Delegation
    from parley.client.views import AlarmView


def alarm_lines(session: Session, alarms: Iterable[AlarmView]) -> list[str]:
    """What was heard and when, with the proof; and what to do while one is not answered."""
    lines, clocks, stopped = [], session.clocks(), False
    for alarm in alarms:
        heard = clocks.instant(alarm.time)
        if alarm.answered is not None:
            answered = clocks.instant(alarm.answered)
            lines.append(say("alarms.answered", time=heard, answered=answered, proof=alarm.proof))
            continue
        stopped = True
        what = explain(Invalid(alarm.code, **dict(alarm.details)), naming=session.the)
        lines.append(say("alarms.heard", what=what, time=heard, proof=alarm.proof))
    return [*lines, say("alarms.stopped")] if stopped else lines


def _have_typed(session: Session, digits: str) -> None:
    """Have the digits of an alarm typed; `--yes` does not stand for it. Raises: as `Session.asked_until`."""

    def read(typed: str) -> None:
        if typed.strip().casefold() != digits:
            raise Malformed("use.not-answered", expected=digits)

    session.asked_until(say("alarms.prompt", word=digits), read, missing="")


def answer(session: Session, delegation: Delegation, alarms: Iterable[AlarmView]) -> tuple[AlarmView, ...]:
    """Have the digits of each open alarm typed, oldest first, and write the answer down.

    No option stands for it: a person answers. Raises: Malformed for other digits, after which that alarm stays open.
    """
    waiting = sorted((alarm for alarm in alarms if alarm.answered is None), key=lambda alarm: alarm.time)
    if waiting:
        session.tell(say("alarms.answering"))
    for alarm in waiting:
        what = explain(Invalid(alarm.code, **dict(alarm.details)), naming=session.the)
        session.tell(say("alarms.heard", what=what, time=session.clocks().instant(alarm.time), proof=alarm.proof))
        _have_typed(session, alarm.digits)
        delegation.answer_alarm(alarm)
    if waiting:
        session.tell(say("alarms.done"))
    return delegation.alarms()
