"""Invented histories of an agreement between three parties: some ten papers and steps in a month.

A history is made of choices among a few possibilities, so that the same code serves a strategy of Hypothesis, which
makes a failing one small, and a seeded generator, which spreads evenly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from parley.canonical import Time
from parley.crypto import Digest
from parley.measures.agreement import Agreement
from parley.measures.content import Content
from parley.measures.papers import Filed
from parley.measures.standing import Step
from tests.measures.obligation_build import HALF_YEARLY, NOTICE, REPLY, TEXT, at, digest, under

Pick = Callable[[Sequence[Any]], Any]

PARTIES = ("de", "ru", "us")
MEASURES = ("notify", "reply", "half-yearly")
HOUR = 3_600_000
HEADS = ("", "", "expires = 2022-02-18\n", "notice = { days = 5 }\n", "expires = 2022-02-24\nnotice = { months = 1 }\n")
SINCE_2021 = HALF_YEARLY.replace("2011-08-31", "2021-07-31")
AGREEMENTS = [under(NOTICE, REPLY, SINCE_2021, head=head) for head in HEADS]
STARTS = (date(2022, 3, 23), date(2022, 4, 4))
DAYS = (date(2022, 1, 31), date(2022, 1, 31), date(2021, 7, 31), date(2022, 2, 1), date(2024, 7, 31))
FORMS = ("notice", "notice", "request", "request", "reply", "reply", "reply", "data", "data")
KINDS = ("suspension", "suspension", "counter_measure", "resumption", "contesting", "contesting", "contesting")
HOURS = range(0, 24 * 30, 12)
WHEN = (*range(0, 24 * 30, 36), *[24 * 31] * 5, *[24 * 100] * 5)
"""Moments at which the histories are looked at: most deadlines lie in the thirty days."""


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """An agreement and all that was done under it, in the order of the log."""

    agreement: Agreement
    papers: tuple[Filed, ...]
    steps: tuple[Step, ...]


def hour(number: int) -> Time:
    """An instant so many hours after the first of February."""
    return Time(at("2022-02-01") + number * HOUR)


def world(pick: Pick) -> World:
    """One history."""
    moments = sorted(pick(HOURS) for _ in range(pick(range(4, 17))))
    last = pick((-24, -24, -24, -24, 240))
    entry = 10 * sum(moment <= last for moment in moments) + 5
    steps = [_adoption("de", 1, -24), _adoption("ru", 2, -24), _adoption("us", entry, last)]
    papers: list[Filed] = []
    for number, moment in enumerate(moments, start=1):
        if number <= 3 or pick((True, True, False)):
            papers.append(_paper(pick, 10 * number, hour(moment), papers))
        else:
            steps.append(_step(pick, 10 * number, hour(moment), papers, steps))
    return World(agreement=pick(AGREEMENTS), papers=tuple(papers), steps=tuple(steps))


def _adoption(party: str, entry: int, made: int) -> Step:
    return Step(
        kind="adoption",
        reference=f"{party}-{entry}",
        digest=digest(f"adoption {party}"),
        agreement=TEXT,
        sender=party,
        entry=entry,
        made=hour(made),
    )


def _some(pick: Pick, of: Iterable[str]) -> tuple[str, ...]:
    return tuple(each for each in of if pick((True, False)))


def _paper(pick: Pick, number: int, made: Time, before: list[Filed]) -> Filed:
    form, sender = pick(FORMS), pick(PARTIES)
    others = tuple(party for party in PARTIES if party != sender)
    to = pick((others, others, others[:1], others[1:]))
    asked = pick([each for each in before if each.content.form == "request"] or [None])
    if form == "reply" and asked is not None and pick((True, True, True, False)):
        sender, to = pick(asked.to), (asked.sender,)
    items: dict[str, Any] = {
        "notice": {"start": pick(STARTS), "troops": pick((9000, 9000, 8999))},
        "request": {"what": "?"},
        "reply": {"what": "!"},
        "data": {"day": pick(DAYS)},
    }[form]
    return Filed(
        reference=f"{sender}-{number}",
        digest=digest(f"paper {number}"),
        sender=sender,
        to=to,
        entry=number,
        sent=made,
        made=made,
        informed=_times(pick, made, to),
        received=_times(pick, made, to),
        answers=asked.digest if asked is not None and form == "reply" else None,
        content=Content(agreement="invented", form=form, items=items, test=pick(range(12)) == 0),
    )


def _times(pick: Pick, made: Time, to: tuple[str, ...]) -> dict[str, Time]:
    """When each was informed, or signed: some later than others, some never, some who are not addressed."""
    waits = {party: pick((0, 0, 6, 24, 48, 240, None) if party in to else (None, None, None, 24)) for party in PARTIES}
    return {party: Time(made + wait * HOUR) for party, wait in waits.items() if wait is not None}


def _step(pick: Pick, number: int, made: Time, papers: list[Filed], before: list[Step]) -> Step:
    kind = pick((*KINDS * 2, "denunciation"))
    sender, cites = pick(PARTIES), None
    if kind == "contesting":
        sender, cites = _contested(pick, papers, before)
    elif kind == "resumption":
        cites = pick([None, *[each.digest for each in before if each.sender == sender]])
    elif kind == "counter_measure":
        cites = pick([each.digest for each in (*papers, *before)])
    whole = pick((True, True, False))
    return Step(
        kind=kind,
        reference=f"{sender}-{number}",
        digest=digest(f"step {number}"),
        agreement=TEXT,
        sender=sender,
        entry=number,
        made=made,
        measures=() if whole else _some(pick, MEASURES),
        towards=() if whole else _some(pick, PARTIES),
        cites=cites,
    )


def _contested(pick: Pick, papers: list[Filed], steps: list[Step]) -> tuple[str, Digest]:
    """Who contests which paper or step: mostly somebody whom it concerns."""
    answers = [(to, each.digest) for each in papers if each.content.form in ("reply", "data") for to in each.to]
    away = [each for each in steps if each.kind in ("suspension", "counter_measure")]
    said = [(party, each.digest) for each in away for party in PARTIES if party != each.sender]
    anyone = [(party, each.digest) for each in (*papers, *steps) for party in PARTIES]
    sender, cites = pick(pick([each for each in (answers, answers, said, said, anyone) if each]))
    return sender, cites
