"""Who owes what to whom by when, under the agreements of a negotiation; and what is due of ours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parley.cli.agreements import tell_ended
from parley.cli.by_negotiation import parties_of, print_by_negotiation
from parley.cli.command import Word, command
from parley.cli.looking import from_what_is_held
from parley.cli.session import Session
from parley.errors import Malformed, Refused
from parley.words import LANGUAGE, LANGUAGES, say

if TYPE_CHECKING:
    from parley.canonical import Time
    from parley.client import Delegation
    from parley.client.underway import Running
    from parley.measures.agreement import Agreement
    from parley.measures.counting import LimitRow
    from parley.measures.obligation import Obligation

_WITHIN = re.compile(r"([1-9][0-9]{0,4})\s*(h|d|w)")
_HOURS = {"h": 1, "d": 24, "w": 168}

Owed = list[tuple["Running", "Obligation"]]


@command("obligations", data=True)
@click.argument("negotiation", metavar="[HANDLE]", required=False)
@click.option("--party")
@click.option("--page", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--year", type=int)
@click.option("--language", type=Word(LANGUAGES))
def obligations(
    session: Session,
    negotiation: str | None,
    party: str | None,
    page: Path | None,
    year: int | None,
    language: str | None,
) -> int:
    if page is not None:
        return _write_page(session, negotiation, page, party=party, year=year, language=language)
    if year is not None or language is not None:
        raise Malformed("obligations.page")
    found, several = _owed(session, negotiation, party, ended=True)
    _print(session, found, several=several)
    return 0


def _party_of(delegation: Delegation, negotiation: str | None, party: str | None) -> str | None:
    """The party that was named, by its short name or another. Raises: Malformed("obligations.party") for a stranger."""
    if party is None:
        return None
    parties = parties_of(delegation, negotiation)
    try:
        found = delegation.partner(party).party
    except Refused as refused:
        if refused.code != "party.unknown":
            raise
        found = party
    if found not in parties:
        raise Malformed("obligations.party", party=party[:80], parties=", ".join(parties))
    return found


def _is_of(owed: Obligation, party: str | None) -> bool:
    return party is None or party in (owed.debtor, owed.creditor)


def _write_page(
    session: Session, negotiation: str | None, file: Path, *, party: str | None, year: int | None, language: str | None
) -> int:
    """How things stand under all agreements, as one page; of obligations only those of one party, where it is named.

    Where there is no agreement, no file, and no success.
    """
    from dataclasses import replace

    from parley.cli.files import check_new, write_new
    from parley.words import speaking
    from parley.words.overview import Reader, overview_page

    check_new(file)
    with session.delegation() as delegation, from_what_is_held(session, delegation):
        delegation.sync()
        session.learn(delegation.partners())
        party = _party_of(delegation, negotiation, party)
        found = delegation.measures.overviews(negotiation, year)
    if found:
        reader = Reader(party=session.ours, naming=session.name, clocks=session.clocks(), now=session.now())
        kept = [
            (running.handle, replace(of, owed=tuple(owed for owed in of.owed if _is_of(owed, party))))
            for running, of in found
        ]
        with speaking(language or LANGUAGE):
            text = overview_page(kept, reader)
        write_new(file, text.encode("utf-8"), private=True)
    _say_written(session, [file] if found else [], none=say("obligations.none-on-page", file=file))
    return 0 if found else 3


def _say_written(session: Session, files: list[Path], *, none: str) -> None:
    """The files that were written, as data, and what to do with them; or why there are none."""
    if session.json:
        session.print_json("written", [str(file) for file in files])
    else:
        session.data([str(file) for file in files])
    session.tell([say("drawing.written", file=file) for file in files] or none)


@command("due", data=True)
@click.argument("negotiation", metavar="[HANDLE]", required=False)
@click.option("--within", metavar="TIME")
@click.option("--all", "everyone", is_flag=True)
@click.option("--ics", type=click.Path(path_type=Path), metavar="FILE")
def due(session: Session, negotiation: str | None, within: str | None, everyone: bool, ics: Path | None) -> int:
    from parley.cli.files import check_new

    span = _within(within)
    if ics is not None:
        check_new(ics)
    found, several = _owed(session, negotiation)
    now = session.now()
    wanted = [
        (running, owed)
        for running, owed in found
        if (everyone or owed.debtor == session.ours)
        and (span is None or owed.deadline is None or owed.deadline <= now + span)
    ]
    open_ = [(text, owed) for text, owed in wanted if owed.state.value in ("due", "missed")]
    if ics is None:
        coming = [each for each in open_ if span is None or each[1].state.value == "due"]
        if coming or session.json or not open_:
            _print(session, coming, several=several)
        if len(coming) < len(open_):
            again = " ".join(["parley due", *([negotiation] if negotiation else [])])
            session.tell(say("obligations.older", count=len(open_) - len(coming), command=again))
    else:
        _write_calendar(session, ics, wanted, now)
    return 1 if any(owed.state.value == "missed" and owed.debtor == session.ours for _, owed in open_) else 0


def _write_calendar(session: Session, file: Path, found: Owed, now: Time) -> None:
    """A file for a calendar program: what is due and missed; cancelled, what an earlier one may have reminded of."""
    from parley.cli.files import write_new
    from parley.words.deadlines import OPEN, Deadline, calendar_file

    deadlines = [
        Deadline(negotiation=running.negotiation.hex(), agreement=running.agreement.id, owed=owed, until=owed.deadline)
        for running, owed in found
        if owed.deadline is not None and (owed.state in OPEN or owed.deadline >= now)
    ]
    if deadlines:  # a calendar without an event is none
        write_new(file, calendar_file(deadlines, now=now, naming=session.name, clocks=session.clocks()), private=True)
    if session.json:
        session.print_json("written", [str(file)] if deadlines else [])
    elif deadlines:
        session.data(str(file))
    open_ = sum(each.owed.state in OPEN for each in deadlines)
    session.tell(say("deadlines.written", file=file, count=open_) if deadlines else say("deadlines.none"))
    unknown = sum(owed.deadline is None and owed.state in OPEN for _, owed in found)
    if unknown:
        session.tell(say("deadlines.unknown", count=unknown))


def _within(text: str | None) -> int | None:
    """Milliseconds of `48h`, `30d`, `2w`. Raises: Malformed("due.within")."""
    if text is None:
        return None
    match = _WITHIN.fullmatch(text.strip().casefold())
    if match is None:
        raise Malformed("due.within", text=text[:20])
    return int(match[1]) * _HOURS[match[2]] * 3_600_000


def _owed(
    session: Session, negotiation: str | None, party: str | None = None, *, ended: bool = False
) -> tuple[Owed, bool]:
    """Every obligation, or those of one party, under every agreement of a negotiation or of all, the first due first.

    With it, whether this home has several negotiations. With `ended` it is told which agreements are over.
    """
    with session.delegation() as delegation, from_what_is_held(session, delegation):
        delegation.sync()
        session.learn(delegation.partners())
        party = _party_of(delegation, negotiation, party)
        under = delegation.measures.obligations(negotiation)
        several = len(delegation.negotiations()) > 1
    if ended:
        tell_ended(session, [running.agreement for running, _ in under])
    found = [(running, owed) for running, all_ in under for owed in all_ if _is_of(owed, party)]
    found.sort(key=lambda each: (each[1].deadline is None, each[1].deadline or 0))
    return found, several


def _print(session: Session, found: Owed, *, several: bool) -> None:
    from parley.words.obligations import COLUMNS, as_value, row

    if session.json:
        values = [{"negotiation": of.handle} | as_value(owed, of.agreement.id) for of, owed in found]
        session.print_json("obligations", values)
        return
    if not found:
        session.tell(say("obligations.none"))
        return
    now, clocks = session.now(), session.clocks()
    rows = [(running.handle, row(owed, now=now, naming=session.name, clocks=clocks)) for running, owed in found]
    head = [say(f"obligations.{column}") for column in COLUMNS]
    print_by_negotiation(session, head, rows, several=several)


# --- limits ---------------------------------------------------------------------------------------------------------


@command("limits", data=True)
@click.argument("negotiation", metavar="[HANDLE]", required=False)
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE")
def limits(session: Session, negotiation: str | None, plot: Path | None) -> int:
    from parley.cli.files import check_new
    from parley.words.limits import COLUMNS as LIMIT_COLUMNS
    from parley.words.limits import as_values, rows

    if plot is not None:
        check_new(plot)
    with session.delegation() as delegation, from_what_is_held(session, delegation):
        delegation.sync()
        session.learn(delegation.partners())
        found = delegation.measures.limits(negotiation)
        several = len(delegation.negotiations()) > 1
    if plot is not None:
        return _write_plot(session, plot, [(running.agreement, found_) for running, found_ in found])
    if session.json:
        values = [
            {"negotiation": running.handle} | value
            for running, found_ in found
            for value in as_values(running.agreement, found_)
        ]
        session.print_json("limits", values)
        return 0
    lines = [
        (running.handle, *line)
        for running, found_ in found
        for line in rows(running.agreement, found_, naming=session.name)
    ]
    if not lines:
        session.tell(say("limits.none"))
        return 0
    head = [say(f"limits.{column}") for column in LIMIT_COLUMNS]
    beneath: dict[str, list[str]] = {}
    for handle, _, beside in lines:
        beneath.setdefault(handle, []).extend(beside)
    rows_ = [(handle, cells) for handle, cells, _ in lines]
    print_by_negotiation(session, head, rows_, several=several, beneath=beneath)
    return 0


def _write_plot(session: Session, file: Path, found: list[tuple[Agreement, tuple[LimitRow, ...]]]) -> int:
    """The drawing of what was declared; where nothing was, no file, and no success."""
    from parley.cli.files import write_new
    from parley.words.drawings import limits_drawing

    drawn = any(rows for _, rows in found)
    if drawn:
        write_new(file, limits_drawing(found, naming=session.name, alone=True).encode("utf-8"), private=True)
    _say_written(session, [file] if drawn else [], none=say("limits.none-drawn", file=file))
    return 0 if drawn else 3
