"""Prove: what became of every paper, files that show it to others, and whether all that is held here holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from parley.cli.command import Word, command
from parley.cli.looking import from_what_is_held
from parley.cli.screens import state_of
from parley.cli.session import Session
from parley.errors import Malformed, Refused
from parley.words import explain_code, say, term
from parley.words.clock import day, short_day
from parley.words.neutral import shown
from parley.words.table import pairs, table
from parley.words.telling import at, listed, provisions, what

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.canonical import Time
    from parley.client import Delegation
    from parley.client.views import AlarmView, Audited, NegotiationView, PaperView, RegisterRow
    from parley.crypto import Digest
    from parley.words.clock import Clocks

PATH = click.Path(path_type=Path)
REGISTER = (
    "reference", "paper", "negotiation", "direction", "from", "to", "what", "subject", "sender-number", "our-number",
    "sent", "deposited", "informed", "received", "outcome", "terms", "limit",
)  # fmt: skip
"""The columns of the register as CSV, keys of `register.` in the catalogue."""


# --- what became of papers --------------------------------------------------------------------------------------


@command("status", data=True)
@click.argument("handle", required=False)
@click.option("--clock", is_flag=True)
@click.option("--releases", is_flag=True)
def status(session: Session, handle: str | None, clock: bool, releases: bool) -> None:
    with session.delegation() as delegation:
        if clock:
            _clock(session, delegation)
            return
        with from_what_is_held(session, delegation):
            papers = delegation.status(handle)
        if releases:
            _releases(session, delegation, papers)
            return
        negotiations = delegation.negotiations() if handle is None else (delegation.negotiation(handle),)
    if session.json:
        session.print_json("status", {"negotiations": negotiations, "papers": papers})
        return
    if not negotiations:
        session.tell(say("status.nothing"))
    for negotiation in negotiations:
        session.prose(_heading(session, negotiation))
        own = [paper for paper in papers if paper.handle == negotiation.handle]
        head = [say(f"status.{column}") for column in ("paper", "from", "to", "what", "handed-in", "state")]
        session.data([*table(head, _status_rows(session, own), plain=session.lines_only, most=session.width), ""])


def _heading(session: Session, negotiation: NegotiationView) -> str:
    title = negotiation.title or say("negotiation.no-title")
    parties = listed(session.name(party) for party in negotiation.parties)
    missing = [session.name(party) for party in negotiation.parties if party not in negotiation.joined]
    line = say("status.heading", handle=negotiation.handle, title=title, parties=parties)
    return f"{line} {say('status.not-joined', parties=listed(missing))}" if missing else line


def _status_rows(session: Session, papers: list[PaperView]) -> list[list[str]]:
    rows = []
    alike = all(paper.called == paper.reference for paper in papers)
    for paper in papers:
        designation = what(role=paper.role, in_reply_to=paper.in_reply_to, standing=paper.standing)
        called = paper.called if alike else f"{paper.handle}/{paper.reference}"  # one form under one heading
        # A screen has room for the day; lines, and `show`, have the time on every clock.
        time = session.clocks(paper.sender).instant(paper.deposited)
        time = time if session.lines_only else short_day(paper.deposited)
        for delivery in paper.deliveries:
            state = state_of(delivery)
            if paper.replaced_by:
                state = say("status.replaced", state=state, reference=paper.replaced_by)
            names = [session.name(paper.sender), session.name(delivery.party)]
            rows.append([called, *names, designation, time, state])
    return rows


def _releases(session: Session, delegation: Delegation, papers: Sequence[PaperView]) -> None:
    """What was agreed to be shown of each paper, and whose agreement is still missing."""
    from parley.cli.screens import agreed_rows, sets_of

    found = []
    for paper in papers:
        for numbers, audience in sets_of(paper):
            leave = delegation.leave(paper.digest, provisions=numbers, audience=audience)
            found.append((paper, (numbers, audience), leave))
    if session.json:
        sets = [{"paper": each.reference, "provisions": own[0], "audience": own[1], "leave": leave}
                for each, own, leave in found]  # fmt: skip
        session.print_json("releases", sets)
        return
    if not found:
        session.tell(say("status.no-releases"))
    head = [say(f"status.{column}") for column in ("paper", "provisions", "shown-to", "stands")]
    rows = [row for paper, own, leave in found for row in agreed_rows(session, paper, [(own, leave)])]
    if rows:
        session.data(table(head, rows, plain=session.lines_only, most=session.width))


def _clock(session: Session, delegation: Delegation) -> None:
    try:
        seconds = delegation.front_page().clock_off
    except Refused as refused:
        if refused.code not in ("clock.differs", "clock.ahead"):
            raise
        seconds = int(refused.details.get("seconds", 0))
    if session.json:
        session.print_json("clock", {"machine": session.now(), "ahead_seconds": seconds})
        return
    machine = session.clocks().instant(session.now(), seconds=True)
    session.data([say("clock-command.machine", time=machine), say("clock-command.off", seconds=seconds)])


@command("register", data=True)
@click.argument("handle", required=False)
@click.option("--csv", "as_csv_", is_flag=True)
@click.option("-o", "--output", type=PATH, metavar="FILE")
def register(session: Session, handle: str | None, as_csv_: bool, output: Path | None) -> None:
    from parley.cli.files import check_new, write_new
    from parley.cli.output import as_csv

    if as_csv_ and session.json:
        raise Malformed("use.csv-or-json")
    if output is not None:
        check_new(output)
    with session.delegation() as delegation, from_what_is_held(session, delegation):
        rows = delegation.register(handle)
    if session.json:
        session.print_json("register", rows)
        return
    head = [say(f"register.{column}") for column in REGISTER]
    cells = [_register_row(session, row) for row in rows]
    if output is not None and output.suffix == ".html":
        write_new(output, _register_html(session, rows).encode("utf-8"))
    elif output is not None:
        write_new(output, as_csv(head, cells).encode("utf-8"))
    elif as_csv_:
        session.data(as_csv(head, cells).rstrip("\r\n").splitlines())
    else:
        session.data(table(head, cells, plain=True) if session.lines_only else _register_blocks(session, rows))
        return
    if output is not None:
        session.tell(say("register.written", file=output, count=len(rows)))


def _register_row(session: Session, row: RegisterRow) -> list[str]:
    """A paper with one recipient. Times are UTC, so that a spreadsheet sorts them."""
    paper, delivery = row.paper, row.delivery
    cover = paper.cover
    times = [delivery.sent, delivery.deposited, delivery.informed, delivery.received]
    return [
        paper.reference,
        paper.digest[:8],
        paper.handle,
        term("directions", row.direction),
        session.name(paper.sender),
        session.name(delivery.party),
        what(role=paper.role, in_reply_to=paper.in_reply_to, standing=paper.standing),
        shown(cover.subject) if cover else "",
        shown(cover.reference or "") if cover else "",
        shown(paper.our_ref or ""),
        *(time.to_text() if time is not None else "" for time in times),
        term("states", delivery.state),
        say(f"terms-taken.{delivery.terms_taken}") if delivery.terms_taken else "",
        paper.accept_by.to_text(),
    ]


def _register_blocks(session: Session, rows: tuple[RegisterRow, ...]) -> list[str]:
    """The register for a screen: a paper with one recipient in a few lines, and its four times on every clock."""
    from parley.words.table import wrap

    lines: list[str] = []
    for row in rows:
        paper, delivery = row.paper, row.delivery
        clocks = session.clocks(paper.sender, delivery.party)
        designation = what(role=paper.role, in_reply_to=paper.in_reply_to, standing=paper.standing)
        names = {"sender": session.name(paper.sender), "to": session.name(delivery.party)}
        head = say("register.head", reference=paper.called, what=designation, **names)
        cells = [
            ("subject", shown(paper.cover.subject) if paper.cover else ""),
            ("sender-number", shown(paper.cover.reference or "") if paper.cover else ""),
            ("our-number", shown(paper.our_ref or "")),
            ("sent", clocks.instant(delivery.sent)),
            ("deposited", clocks.instant(delivery.deposited)),
            ("informed", at(delivery.informed, clocks)),
            ("received", at(delivery.received, clocks)),
            ("outcome", state_of(delivery)),
            ("limit", clocks.instant(paper.accept_by)),
        ]
        found = [(say(f"register.{name}"), cell) for name, cell in cells if cell]
        lines += ["", *wrap(head, session.width), *pairs(found, plain=False, indent="  ", most=session.width)]
    return lines[1:]


def _register_html(session: Session, rows: tuple[RegisterRow, ...]) -> str:
    from parley.words.pages import register_page

    found = []
    for row in rows:
        paper, delivery = row.paper, row.delivery
        clocks = session.clocks(paper.sender, delivery.party)
        cells = {
            "reference": paper.called,
            "from": session.name(paper.sender),
            "to": session.name(delivery.party),
            "what": what(role=paper.role, in_reply_to=paper.in_reply_to, standing=paper.standing),
            "subject": shown(paper.cover.subject) if paper.cover else "",
            "sender-number": shown(paper.cover.reference or "") if paper.cover else "",
            "our-number": shown(paper.our_ref or ""),
        }
        times = {"deposited": delivery.deposited, "informed": delivery.informed, "received": delivery.received}
        cells |= {name: _clocks(time, clocks) for name, time in times.items()}
        found.append(cells | {"outcome": state_of(delivery)})
    columns = [name for name in _PAGE if name not in _SOMETIMES or any(cells[name] for cells in found)]
    head = [say(f"register.{column}") for column in columns]
    return register_page(session.the(session.ours), head, [[cells[name] for name in columns] for cells in found])


_PAGE = ("reference", "from", "to", "what", "subject", "sender-number", "our-number", "deposited", "informed",
         "received", "outcome")  # fmt: skip
_SOMETIMES = ("subject", "sender-number", "our-number")
"""Columns of the page that it has only where a paper says something there."""


def _clocks(time: Time | None, clocks: Clocks) -> str:
    """A time for a narrow column: the date, then a line for each clock."""
    if time is None:
        return say("telling.not-yet")
    return "\n".join([day(time), *(f"{hour} {place}" for place, hour in clocks.parts(time))])


# --- files that show it -----------------------------------------------------------------------------------------


@command("evidence", data=True)
@click.argument("reference", default="latest")
@click.option("-o", "--output", type=PATH, metavar="FILE", required=True)
@click.option("--history", is_flag=True)
def evidence(session: Session, reference: str, output: Path, history: bool) -> None:
    from parley.cli.files import check_new, write_new

    check_new(output)
    with session.delegation() as delegation, from_what_is_held(session, delegation):
        delegation.sync()  # a receipt that came since belongs into the file
        paper = delegation.show(reference, fetch=False)
        data = delegation.evidence(paper.digest, kind="history" if history else "act")
    shows = reveals(session, data)
    if not session.json:
        session.tell([say("meaning.evidence"), *(f"- {line}" for line in shows)])
    write_new(output, data)
    if session.json:
        session.print_json("evidence", {"file": output, "reference": paper.reference, "reveals": shows})
        return
    session.data(str(output))
    session.tell(say("evidence.written", file=output, reference=paper.called))
    silent = [session.the(each.party) for each in paper.deliveries if each.state == "waiting"]
    if silent:
        session.tell(say("evidence.no-answer", parties=listed(silent)))
    session.tell(say("ask.next", commands=f"parley verify {output} --trust FILE"))


def reveals(session: Session, data: bytes, *, only: Digest | None = None) -> list[str]:
    """What a file shows to whoever holds it, act by act; of an excerpt, first the words.

    With `only`, of the deposits this one alone is told: another in the file is what replaces it.
    """
    from collections import Counter

    from parley.act import Deposit
    from parley.evidence import parse

    found = parse(data)
    acts = [item.act for item in found.items if item.act is not None]
    numbers = [leaf.number for leaf in found.opening.leaves] if found.opening else []
    lines, whole = [], 0 in numbers
    if found.opening is not None:
        lines.append(
            say("evidence.whole")
            if whole
            else say("evidence.words", what=provisions(numbers), total=found.opening.total)
        )
    for item in found.items:
        act = item.act
        if isinstance(act, Deposit) and only in (None, item.digest):
            to = listed(session.the(recipient.party) for recipient in act.recipients)
            designation = what(role=act.role, in_reply_to=None, standing=act.standing)
            lines.append(say("evidence.deposit", what=designation, sender=session.the(act.by.party), to=to))
    kinds = Counter(term("acts", act.kind) for act in acts)
    lines.append(say("evidence.acts", acts=", ".join(f"{count} × {kind}" for kind, count in sorted(kinds.items()))))
    rest = "not-the-text" if found.opening is None else "not-the-cover" if whole else "not-the-rest"
    return [*lines, say("evidence.officers"), say(f"evidence.{rest}")]


@command("print", data=True)
@click.argument("reference", default="latest")
@click.option("-o", "--output", type=PATH, metavar="FILE")
@click.option("--format", "form", type=Word(("slip", "message")), default="slip")
@click.option("--under", metavar="NAME|FILE")
@click.option("--language")
def print_(
    session: Session, reference: str, output: Path | None, form: str, under: str | None, language: str | None
) -> None:
    if form == "message":
        from parley.cli.messages import print_message

        print_message(session, reference, output, under=under, language=language)
        return
    _print_slip(session, reference, output)


def _print_slip(session: Session, reference: str, output: Path | None) -> None:
    from parley.cli.files import check_new, write_new
    from parley.cli.slips import slip_of
    from parley.words.pages import slip_page

    with session.delegation() as delegation:
        paper = delegation.show(reference)
        session.learn(delegation.partners())
        numbers = {each.party: each.number for each in delegation.partners()}
        slip = slip_of(session, paper, numbers, log=delegation.me().log, now=session.now())
    target = check_new(output or Path(f"{paper.reference.rpartition('/')[2]}-slip.html"))
    write_new(target, slip_page(slip).encode("utf-8"))
    if session.json:
        session.print_json("slip", {"file": target, "reference": paper.reference})
        return
    session.data(str(target))
    session.tell(say("print.written", file=target))


# --- checking what is held here -------------------------------------------------------------------------------------


@command("audit", data=True)
@click.option("--answer", "answering", is_flag=True)
def audit(session: Session, answering: bool) -> int:
    from parley.cli.alarms import answer
    from parley.cli.progress import working

    if answering and (session.json or not session.terminal):
        raise Malformed("use.answer-in-person")
    with session.delegation() as delegation:
        with working(session, say("working.checking")):
            found = delegation.audit()
        alarms = delegation.alarms()
        if answering and found.bad is None:
            alarms = answer(session, delegation, alarms)
    _tell_audit(session, found, alarms)
    return 1 if found.bad is not None or any(alarm.answered is None for alarm in alarms) else 0


def _tell_audit(session: Session, found: Audited, alarms: tuple[AlarmView, ...]) -> None:
    from parley.cli.alarms import alarm_lines

    if session.json:
        session.print_json("audit", {"audited": found, "alarms": alarms})
        return
    counted = ("acts", "papers", "sealed", "negotiations", "entries")
    rows = [(say(f"audit.{name}"), str(getattr(found, name))) for name in counted]
    session.data(pairs(rows, plain=session.lines_only))
    session.tell(alarm_lines(session, alarms))
    if found.bad is None:
        session.tell(say("audit.good"))
    else:
        bad = found.bad
        where = bad.reference or (
            say("audit.entry", entry=bad.index) if bad.index is not None else say("audit.somewhere")
        )
        session.tell(say("audit.bad", where=where, what=explain_code(bad.code)))
