"""Take in: what waits, what may be known of it, signing for it or refusing it, and reading it again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click

from parley.act import FaultReason, RefusalReason
from parley.cli.command import Word, command
from parley.cli.handover import exact, known, sign, tell_entered
from parley.cli.particulars import split
from parley.cli.prepared import check_hands, to_prepare, written
from parley.cli.session import Session
from parley.errors import Malformed, Refused
from parley.words import say, term
from parley.words.neutral import shown
from parley.words.table import pairs, table
from parley.words.telling import listed, provisions, what

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.act import Words
    from parley.client import Delegation
    from parley.client.views import PaperView, Reading, Received
    from parley.document import Document
    from parley.words.clock import Clocks

PATH = click.Path(path_type=Path)


# --- looking ----------------------------------------------------------------------------------------------------


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
        "refuse": "parley refuse {} --reason CODE",
        "read": "parley read {}",
        "withdraw": "parley withdraw {}",
        "again": "parley deposit --again {}",
        "fault": "parley fault {} --reason CODE",
    }
    return [form.format(paper.called) for act, form in forms.items() if act in paper.may]


# --- signing for it ---------------------------------------------------------------------------------------------


@command("receive", data=True, asks=True)
@click.argument("reference")
@click.option("--accept", is_flag=True)
@click.option("--under-reserve", is_flag=True)
@click.option("--our-ref")
@click.option("--unconfirmed", is_flag=True)
@to_prepare
def receive(
    session: Session,
    reference: str,
    accept: bool,
    under_reserve: bool,
    our_ref: str | None,
    unconfirmed: bool,
    draft_file: Path | None,
    signers: tuple[str, ...],
) -> int:
    from parley.cli.screens import receive_screen

    if accept and under_reserve:
        raise Malformed("use.accept-or-reserve")
    with session.delegation() as delegation:
        paper = exact(delegation, reference)
        session.learn(delegation.partners())
        if "receive" in paper.may or draft_file is not None:
            check_hands(delegation, "receive", draft_file)
        if draft_file is not None:
            terms = _terms_taken(session, paper, accept=accept, under_reserve=under_reserve)
            preparing = delegation.preparing(draft_file, split(signers))
            found = preparing.receive(paper.digest, terms=terms, our_ref=our_ref, unconfirmed=unconfirmed)
            written(session, found, draft_file)
            return 0
        if "receive" in paper.may:
            delegation.check_trusted(paper.sender, unconfirmed=unconfirmed)
            session.tell(receive_screen(session, paper, session.now()))
            taken = _choice(session, paper, accept=accept, under_reserve=under_reserve)
            if taken == "refuse":
                return _refuse_instead(session, delegation, paper)
        else:
            taken = "accepted"  # nothing will be signed: a colleague has, or the depositary says why not
        received = _sign(session, delegation, paper, taken, our_ref, unconfirmed)
        alone = delegation.alone("receive")
    return _tell_received(session, received, alone=alone)


def _terms_taken(
    session: Session, paper: PaperView, *, accept: bool, under_reserve: bool
) -> Literal["accepted", "under_reserve"]:
    """How a receipt that is prepared takes the terms; nothing is asked where there is nothing to choose."""
    if "receive" not in paper.may:
        return "accepted"  # what is prepared is a confirmation, or the reason why it cannot be said
    if under_reserve and paper.terms.force != "asked":
        raise Refused("receipt.terms-required")
    if not accept and not under_reserve and paper.terms.force == "asked":
        typed = session.question(say("receive.prepare-prompt"), missing="--accept or --under-reserve")
        return "under_reserve" if typed.strip().casefold() == "n" else _accepting(typed, paper)
    return "under_reserve" if under_reserve else "accepted"


def _accepting(typed: str, paper: PaperView) -> Literal["accepted"]:
    if typed.strip().casefold() != "a":
        raise Refused("use.not-now", reference=paper.called)
    return "accepted"


def _sign(
    session: Session, delegation: Delegation, paper: PaperView, taken: str, our_ref: str | None, unconfirmed: bool
) -> Received:
    from parley.cli.progress import working

    terms: Literal["accepted", "under_reserve"] = "under_reserve" if taken == "under_reserve" else "accepted"
    with working(session, say("working.fetching")):
        return delegation.receive(paper.digest, terms=terms, our_ref=our_ref, unconfirmed=unconfirmed)


def _choice(session: Session, paper: PaperView, *, accept: bool, under_reserve: bool) -> str:
    """What to do with the paper: by options, else by one of four keys. Raises: Refused for `not now`."""
    may_reserve = paper.terms.force == "asked"
    if under_reserve and not may_reserve:
        raise Refused("receipt.terms-required")
    if accept or under_reserve:
        chosen = "under_reserve" if under_reserve else "accepted"
        if not session.yes:
            sign(session, paper)
        return chosen
    keys = {"a": "accepted", "r": "refuse", "q": "not-now"} | ({"n": "under_reserve"} if may_reserve else {})
    session.tell("  " + say("receive.keys" if may_reserve else "receive.keys-required"))
    prompt = say("receive.prompt" if may_reserve else "receive.prompt-required")

    def read(typed: str) -> str:
        if typed.strip().casefold() not in keys:
            raise Malformed("use.key", keys=prompt.rstrip(":"))
        return keys[typed.strip().casefold()]

    chosen = session.asked_until(prompt, read, missing="--accept or --under-reserve, and --yes")
    if chosen == "not-now":
        raise Refused("use.not-now", reference=paper.called)
    return chosen


def _refuse_instead(session: Session, delegation: Delegation, paper: PaperView) -> int:
    reason = _reason(session)
    session.tell(say("meaning.refusal"))
    sign(session, paper)
    tell_entered(session, delegation.refuse(paper.digest, reason=reason), "refuse.done")  # type: ignore[arg-type]  # Word gave a reason
    return 0


def _reason(session: Session) -> str:
    choices = Word(get_args(RefusalReason))
    return session.asked_until(
        say("refuse.prompt", choices=", ".join(choices.written())), choices.typed, missing="--reason"
    )


def _tell_received(session: Session, received: Received, *, alone: bool) -> int:
    from parley.cli.screens import clocks_of, who

    paper, clocks = received.paper, clocks_of(session, received.paper)
    if session.json:
        session.print_json("received", received)
    elif received.already is not None:
        name = say("receive.you") if received.already.ours else who(received.already.holder)
        session.tell(say("receive.already", name=name, time=clocks.instant(received.already.time)))
    elif received.receipt is not None:
        session.tell(say("receive.signed", time=clocks.hours(received.receipt.time, seconds=True)))
        own = next(each for each in paper.deliveries if each.party == session.ours)
        if own.terms_taken == "under_reserve":
            session.tell(say("receive.reserve"))
    if session.json:
        return 0 if received.fault is None else 1
    if received.fault is not None:
        key = "receive.fault" if alone else "receive.fault-unsaid"
        session.tell(say(key, reason=term("fault-reasons", received.fault)))
        if not alone:
            session.tell(say("receive.by-two", reference=paper.called))
        return 1
    if not received.handed_over:
        session.tell(say("receive.waits", reference=paper.called))
        return 0
    if received.matches:
        session.tell(say("receive.matches"))
    if not alone and _unsaid(session, paper):
        session.tell(say("receive.by-two", reference=paper.called))
    session.tell(say("ask.next", commands=f"parley read {paper.called} · parley print {paper.called}"))
    return 0


def _unsaid(session: Session, paper: PaperView) -> bool:
    """Whether our party has not said yet that the paper is the sealed one."""
    return any(each.party == session.ours and each.state == "handed over" for each in paper.deliveries)


@command("refuse", data=True, asks=True)
@click.argument("reference")
@click.option("--reason", type=Word(get_args(RefusalReason)))
@click.option("--words", multiple=True, metavar="TEXT")
@to_prepare
def refuse(
    session: Session,
    reference: str,
    reason: str | None,
    words: tuple[str, ...],
    draft_file: Path | None,
    signers: tuple[str, ...],
) -> None:
    from parley.cli.act_screens import paper_head

    with session.delegation() as delegation:
        check_hands(delegation, "receive", draft_file)
        paper = exact(delegation, reference)
        session.learn(delegation.partners())
        delegation.check_open(paper.digest)
        session.tell(paper_head(session, paper))
        reason = reason or _reason(session)
        said = in_languages(words)
        if draft_file is not None:
            preparing = delegation.preparing(draft_file, split(signers))
            written(session, preparing.refuse(paper.digest, reason=reason, words=said), draft_file)  # type: ignore[arg-type]  # Word gave a reason
            return
        session.tell(say("meaning.refusal"))
        sign(session, paper)
        entered = delegation.refuse(paper.digest, reason=reason, words=said)  # type: ignore[arg-type]  # Word gave a reason
    tell_entered(session, entered, "refuse.done")


@command("fault", data=True, asks=True)
@click.argument("reference")
@click.option("--reason", type=Word(get_args(FaultReason)), required=True)
@to_prepare
def fault(session: Session, reference: str, reason: str, draft_file: Path | None, signers: tuple[str, ...]) -> None:
    from parley.cli.act_screens import paper_head

    with session.delegation() as delegation:
        check_hands(delegation, "receive", draft_file)
        paper = exact(delegation, reference)
        session.learn(delegation.partners())
        if draft_file is not None:
            preparing = delegation.preparing(draft_file, split(signers))
            written(session, preparing.fault(paper.digest, reason=reason), draft_file)  # type: ignore[arg-type]  # Word gave a reason
            return
        session.tell([*paper_head(session, paper), say("meaning.fault")])
        sign(session, paper)
        entered = delegation.fault(paper.digest, reason=reason)  # type: ignore[arg-type]  # Word gave a reason
    tell_entered(session, entered, "fault.done")


def in_languages(texts: Sequence[str]) -> tuple[Words, ...]:
    """Words as typed, `text` or `ru:text`, with their languages. Raises: Malformed for a language that is none."""
    import re

    from parley.act import Words

    found = []
    for text in texts:
        tagged = re.fullmatch(r"([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*):\s*(.+)", text, re.DOTALL)
        found.append(Words(language=tagged[1], text=tagged[2]) if tagged else Words(language="en", text=text))
    return tuple(found)


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
