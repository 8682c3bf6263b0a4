"""Look: what waits, what may be known of a paper before it is signed for, and what stands in it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parley.cli.command import command
from parley.cli.handover import known
from parley.cli.session import Session
from parley.errors import Malformed
from parley.words import say, term
from parley.words.neutral import shown
from parley.words.table import pairs, table
from parley.words.telling import listed, provisions, what

if TYPE_CHECKING:
    from parley.client import Delegation
    from parley.client.views import PaperView, Reading
    from parley.document import Document
    from parley.words.clock import Clocks

PATH = click.Path(path_type=Path)


@contextmanager
def from_what_is_held(session: Session, delegation: Delegation) -> Iterator[None]:
    """Look at what is held where the depositary cannot be reached, and say so afterwards, and as of when."""
    delegation.work_offline()
    yield
    if not delegation.reached:
        session.tell(say("looking.not-reached", time=session.clocks().instant(delegation.read_until)))


@command("inbox", data=True)
def inbox(session: Session) -> None:
    from parley.cli.progress import working

    with session.delegation() as delegation, working(session, say("working.fetching")):
        found = delegation.inbox()
    if session.json:
        session.print_json("inbox", found)
        return
    if not found.for_us and not found.to_join:
        session.tell(say("inbox.empty"))
    head = [say(f"inbox.{column}") for column in ("paper", "from", "what", "subject", "left")]
    if found.for_us:
        rows = [inbox_row(session, paper) for paper in found.for_us]
        session.data(table(head, rows, plain=session.lines_only, most=session.width))
        first = found.for_us[0].called
        session.tell(say("ask.next", commands=f"parley show {first} · parley receive {first}"))
    for negotiation in found.to_join:
        title = negotiation.title or say("negotiation.no-title")
        session.tell(say("inbox.to-join", handle=negotiation.handle, title=title))


def inbox_row(session: Session, paper: PaperView) -> list[str]:
    """A paper that waits for us, in one row: subject and precedence from its cover."""
    from parley.words.clock import left

    subject = shown(paper.cover.subject) if paper.cover else say("inbox.no-cover")
    if paper.cover and paper.cover.precedence != "routine":
        subject = f"{term('precedences', paper.cover.precedence)} {subject}"
    designation = what(role=paper.role, in_reply_to=paper.in_reply_to, standing=paper.standing)
    return [paper.called, session.name(paper.sender), designation, subject, left(session.now(), paper.accept_by)]


@command("show", data=True)
@click.argument("reference", default="latest")
def show(session: Session, reference: str) -> None:
    from parley.cli.screens import agreed_rows, sets_of

    with session.delegation() as delegation:
        if _is_file(reference):
            from parley.cli.three_hands import show_file

            show_file(session, delegation, Path(reference))
            return
        with from_what_is_held(session, delegation):
            paper = delegation.show(reference)
        leaves = [
            ((numbers, audience), delegation.leave(paper.digest, provisions=numbers, audience=audience))
            for numbers, audience in sets_of(paper)
        ]
    if session.json:
        session.print_json("paper", paper)
        return
    session.prose(show_lines(session, paper))
    for _, what_, whom, line in agreed_rows(session, paper, leaves):
        session.prose("  " + say("show.set", what=what_, audience=whom, says=line))
    if paper.may:
        session.tell(say("ask.next", commands=" · ".join(next_commands(paper))))


def _is_file(text: str) -> bool:
    """Whether a file is meant and not a paper: no name of a paper has a dot, or a folder before it."""
    return "." in text or text.count("/") > 1 or text.startswith("/")


def show_lines(session: Session, paper: PaperView) -> list[str]:
    """Everything that may be known of a paper without opening it."""
    from parley.cli.screens import clocks_of, delivery_rows, paper_rows

    clocks, plain = clocks_of(session, paper), session.lines_only
    lines = pairs(paper_rows(session, paper, session.now()), plain=plain, most=session.width)
    for delivery in paper.deliveries:
        lines += ["", say("show.delivery", party=session.name(delivery.party))]
        lines += pairs(delivery_rows(session, delivery, clocks), plain=plain, indent="  ", most=session.width)
    if paper.statements:
        lines += ["", say("show.statements")]
    for each in paper.statements:
        said = " / ".join(f"{shown(text)} ({shown(tag)})" for tag, text in each.words)
        kind, name = term("statements", each.kind), session.name(each.party)
        lines.append("  " + say("show.statement", name=name, kind=kind, time=clocks.instant(each.time), words=said))
    return lines + _release_lines(session, paper, clocks)


def _release_lines(session: Session, paper: PaperView, clocks: Clocks) -> list[str]:
    """Who agreed to what being shown to whom, with the digits by which it can be taken back."""
    lines = ["", say("show.releases")] if paper.releases else []
    for each in paper.releases:
        values = {
            "name": session.the(each.party),
            "what": provisions(each.provisions),
            "audience": listed(map(session.the, each.audience)) or say("telling.public"),
            "time": clocks.instant(each.time),
            "digits": each.digest[:8],
        }
        line = "  " + say("show.release", **values)
        line += f" {say('show.one-sided')}" if each.one_sided else ""
        lines.append(f"{line} {say('show.taken-back')}" if each.withdrawn else line)
    return lines


def next_commands(paper: PaperView) -> list[str]:
    """What can be done with a paper now, as commands to copy."""
    forms = {
        "receive": "parley receive {}",
        "refuse": "parley refuse {}",
        "read": "parley read {}",
        "withdraw": "parley withdraw {}",
        "again": "parley deposit --again {}",
        "fault": "parley fault {} --reason CODE",
    }
    return [form.format(paper.called) for act, form in forms.items() if act in paper.may]


# --- reading ----------------------------------------------------------------------------------------------------


@command("read", data=True)
@click.argument("reference", default="latest")
@click.option("-o", "--output", type=PATH, metavar="DIR")
@click.option("--original", is_flag=True)
def read(session: Session, reference: str, output: Path | None, original: bool) -> None:
    from parley.cli.files import make_folder
    from parley.cli.progress import working

    if original and output is None:
        raise Malformed("use.original-folder")
    with session.delegation() as delegation, working(session, say("working.fetching")):
        known(delegation, reference)
        if output is not None:
            make_folder(output)
            parts = {"text": not original, "attachments": not original, "original": True}
            written = delegation.extract(reference, output, **parts)
        else:
            reading = delegation.read(reference)
    if output is not None:
        if session.json:
            session.print_json("written", written)
        else:
            session.data([str(path) for path in written])
            session.tell(say("read.written"))
    elif session.json:
        session.print_json("reading", reading)
    else:
        from parley.cli.pager import page

        page(session, reading_lines(session, reading))


def reading_lines(session: Session, reading: Reading) -> list[str]:
    """A paper as text: what it is, its provisions one after another, and the files with it."""
    from parley.cli.files import size
    from parley.cli.screens import paper_line
    from parley.words.table import wrap

    document, most = reading.document, session.width
    lines = [paper_line(reading.paper), *wrap(shown(document.title), most), say("read.matches"), ""]
    lines += document_lines(session, document)
    files = [*reading.attachments, *([reading.original] if reading.original else [])]
    if files:
        lines += ["", say("read.files", reference=reading.paper.called)]
        lines += ["  " + say("screen.file", name=file.name, size=size(file.size)) for file in files]
    return lines


def document_lines(session: Session, document: Document) -> list[str]:
    """The provisions of a paper, one after another."""
    from parley.words.table import wrap

    lines, most = [], session.width
    for provision in document.provisions:
        words = shown(provision.words, lines=True)
        if provision.heading or not words:
            lines += ["", *wrap(shown(provision.name), most)]
        elif provision.label:
            words = f"{shown(provision.label)} {words}"
        if words:
            lines += wrap(words, most)
    return lines
