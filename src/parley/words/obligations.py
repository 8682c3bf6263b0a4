"""Obligations in words: who owes what to whom by when, in which state, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from parley.canonical import Time
from parley.measures.obligation import Obligation
from parley.measures.papers import Filed
from parley.words import say, term
from parley.words.agreements import label
from parley.words.clock import DAY, HOUR, MINUTE, Clocks

Naming = Callable[[str], str]
COLUMNS = ("deadline", "left", "who", "what", "provision", "state", "why")


def row(owed: Obligation, *, now: Time, naming: Naming, clocks: Clocks) -> list[str]:
    """Deadline, what is left, who owes whom, what, by which provision, state and reason."""
    return [
        clocks.instant(owed.deadline) if owed.deadline is not None else say("obligations.no-deadline"),
        left(owed, now),
        say("obligations.pair", debtor=naming(owed.debtor), creditor=naming(owed.creditor)),
        label(owed.measure.title),
        owed.provision,
        state(owed),
        why(owed, clocks),
    ]


def state(owed: Obligation) -> str:
    """The state in a word or two; what is missed or late in capitals, so that no colour is needed."""
    return term("obligation-states", owed.state.value)


def left(owed: Obligation, now: Time) -> str:
    """`3 days`, `5 h`, `12 min` until the deadline; over it, by how much; nothing where all is done."""
    if owed.deadline is None or owed.state.value not in ("due", "missed"):
        return ""
    span = abs(owed.deadline - now)
    unit, count = ("days", span // DAY) if span >= 2 * DAY else ("hours", span // HOUR) if span >= 2 * HOUR else (
        "minutes", span // MINUTE
    )  # fmt: skip
    span_ = say(f"obligations.{unit}", count=count)
    return span_ if owed.deadline >= now else say("obligations.over", span=span_)


def began(owed: Obligation) -> str:
    """What began it: a paper by its reference, or a day."""
    return owed.begun.reference if isinstance(owed.begun, Filed) else owed.begun.isoformat()


def why(owed: Obligation, clocks: Clocks) -> str:
    """The reason of the state in a sentence."""
    reason = owed.reason
    values: dict[str, object] = {}
    if reason.paper is not None and reason.at is not None:
        values = {"paper": reason.paper.reference, "time": clocks.instant(reason.at)}
    elif reason.paper is not None:
        values = {"paper": reason.paper.reference}
    if reason.step is not None:
        values["step"] = reason.step.reference
    said = say(f"obligation-reasons.{reason.why.value}", **_wanted(reason.why.value, values))
    if reason.contested is not None:
        said += " " + say("obligations.contested-by", step=reason.contested.reference)
    if owed.unopened:
        said += " " + say("obligations.not-open", papers=", ".join(owed.unopened))
    return said


def _wanted(name: str, values: dict[str, object]) -> dict[str, object]:
    """Of the values those that the sentence of this reason names; one that is not there is a dash."""
    from parley.words import catalogue, places, spoken

    sentence = catalogue(spoken())[f"obligation-reasons.{name}"]
    assert isinstance(sentence, str)  # noqa: S101 - all of that table are
    return {place: values.get(place, "—") for place in places(sentence)}


def as_value(owed: Obligation, agreement: str) -> dict[str, Any]:
    """An obligation as data."""
    reason = owed.reason
    return {
        "agreement": agreement,
        "measure": owed.measure.id,
        "title": label(owed.measure.title),
        "provision": owed.provision,
        "debtor": owed.debtor,
        "creditor": owed.creditor,
        "begun": owed.begun.isoformat() if isinstance(owed.begun, date) else owed.begun.reference,
        "deadline": owed.deadline.to_text() if owed.deadline is not None else None,
        "state": owed.state.value,
        "why": reason.why.value,
        "paper": reason.paper.reference if reason.paper else None,
        "at": reason.at.to_text() if reason.at is not None else None,
        "step": reason.step.reference if reason.step else None,
        "contested": reason.contested.reference if reason.contested else None,
        "not_open": list(owed.unopened),
    }
