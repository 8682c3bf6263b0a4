"""Notices under an agreement: the form to fill in, what it begins, and handing it over."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.command import command
from parley.cli.handover import hand_over, known
from parley.cli.paper_options import notice_options
from parley.cli.particulars import addressed, limit_of
from parley.cli.prepared import check_hands
from parley.cli.session import Session, given
from parley.errors import Malformed
from parley.words import say

if TYPE_CHECKING:
    from parley.cli.handover import Making
    from parley.client import Delegation
    from parley.measures.agreement import Agreement
    from parley.measures.content import Content
    from parley.measures.standing_view import StandingView

PATH = click.Path(path_type=Path)


@command("notify", data=True, asks=True)
@click.argument("file", type=PATH, required=False)
@click.option("--blank", metavar="FORM")
@click.option("-o", "--output", type=PATH, metavar="FILE")
@click.option("--check", "checking", is_flag=True)
@notice_options
def notify(session: Session, file: Path | None, **options: Any) -> None:
    if (file is None) == (options["blank"] is None):
        raise Malformed("notice.file-or-blank")
    if file is None:
        _blank(session, options)
        return
    agreement, content, data = filled(session, file, options)
    if options["checking"]:
        _check(session, agreement, content, options["negotiation"])
        return
    hand_over_notice(session, agreement, content, data, options)


def hand_over_notice(
    session: Session, agreement: Agreement, content: Content, data: bytes, options: dict[str, Any]
) -> None:
    """Show a filled form as the paper it becomes, ask, and hand it over."""
    from parley.words.notices import late

    limit_of(options["accept_by"])
    with session.delegation() as delegation:
        check_hands(delegation, "deposit", options["draft_file"])
        session.learn(delegation.partners())
        handle = where(delegation, agreement, options)
        options = options | {"negotiation": handle}
        session.tell([*late(agreement, content, now=session.now(), zone=_zone(session), clocks=session.clocks())])
        making = _making(session, delegation, agreement, content, data, options)
        earlier = delegation.measures.given_before(content, agreement, handle, options["in_reply_to"])
        if earlier is not None and options.get("replaces") is None:
            session.tell(say("notify.given-before", reference=earlier))
        warn(session, agreement, delegation.measures.standings(agreement.id, handle), nobody=not content.test)
        hand_over(session, delegation, making, options)


def where(delegation: Delegation, agreement: Agreement, options: dict[str, Any]) -> str | None:
    """The negotiation that was named, or that of the paper that is answered, or the only one that has the agreement.

    None for the one in use: where several have it, or none.
    """
    if options["negotiation"] is not None:
        return str(options["negotiation"])
    if options["in_reply_to"] is not None:
        return known(delegation, options["in_reply_to"]).handle
    delegation.sync()
    having = {each.negotiation for each in delegation.measures.standings(agreement.id)}
    return having.pop() if len(having) == 1 else None


def _zone(session: Session) -> tzinfo:
    """Our own clock, where the home was opened and says which."""
    from parley.words.clock import zone_of

    return zone_of(session.zones.get(session.ours, "UTC"))


def _blank(session: Session, options: dict[str, Any]) -> None:
    from parley.cli.files import check_new, is_table, write_new
    from parley.cli.under import agreement_of
    from parley.measures.content import blank
    from parley.measures.declaration import blank_table, check_form
    from parley.words import spoken

    if options["under"] is None:
        raise Malformed("notice.under")
    agreement = agreement_of(session, options["under"], handle=options["negotiation"])
    form = agreement.form(options["blank"])
    if form is None:
        forms = ", ".join(each.id for each in agreement.forms)
        raise Malformed("notice.no-such-form", form=options["blank"][:60], forms=forms)
    table = options["output"] is not None and is_table(options["output"])
    if table:
        check_form(agreement, form)
    text = blank_table(form) if table else blank(agreement, form, options["language"] or spoken())
    if options["output"] is None:
        session.data(text.rstrip("\n").split("\n"))
        return
    write_new(check_new(options["output"]), text.encode("utf-8"))
    if session.json:
        session.print_json("written", [str(options["output"])])
        return
    session.data(str(options["output"]))
    if table:
        session.tell(say("notify.blank-table", file=options["output"], under=options["under"]))
    else:
        session.tell(say("notify.blank", file=options["output"]))


def filled(session: Session, file: Path, options: dict[str, Any]) -> tuple[Agreement, Content, bytes]:
    """The agreement that a filled form names, what it says, and the file to be sealed: as it is, or marked TEST."""
    from dataclasses import replace

    from parley.cli.files import inside, read_file
    from parley.cli.under import agreement_for
    from parley.measures.content import LARGEST, read_content, write_content
    from parley.measures.message import LARGEST as LARGEST_MESSAGE
    from parley.measures.message import treaty_of
    from parley.measures.notice_due import check_days

    data = read_file(file, most=LARGEST_MESSAGE)
    if (named := treaty_of(data)) is not None:
        data = _of_message(session, file, data, named, options)
    if len(data) > LARGEST:
        raise Malformed("notice.size", found=len(data), most=LARGEST)
    agreement = agreement_for(session, data, options["under"], handle=options["negotiation"])
    with inside(file):
        content = check_days(agreement, read_content(data, agreement))
    if options.get("test") and not content.test:
        content = replace(content, test=True)
        data = write_content(content)
    return agreement, content, data


def _of_message(session: Session, file: Path, data: bytes, named: str, options: dict[str, Any]) -> bytes:
    """The form that a message was printed from, as a file."""
    from parley.cli.files import inside
    from parley.cli.under import agreement_of
    from parley.measures.content import write_content
    from parley.measures.message import parse_message

    agreement = agreement_of(session, options["under"] or named, handle=options["negotiation"])
    with inside(file):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed("message.not-as-printed") from error
        return write_content(parse_message(text, agreement).content)


def _check(session: Session, agreement: Agreement, content: Content, handle: str | None) -> None:
    """What the form begins, by which of its numbers; signs and sends nothing."""
    from parley.cli.agreements import standings_here
    from parley.words.notices import checked, checked_value

    now, zone = session.now(), _zone(session)
    if session.json:
        session.print_json("check", checked_value(agreement, content, now=now, zone=zone))
        return
    session.prose(checked(agreement, content, now=now, zone=zone, clocks=session.clocks()))
    warn(session, agreement, standings_here(session, agreement.id, handle))
    session.tell(say("notify.checked"))


def warn(session: Session, agreement: Agreement, here: tuple[StandingView, ...], *, nobody: bool = False) -> None:
    """That the agreement has ended, is denounced, suspended or not in force, where it was handed over here.

    With `nobody` also that nobody handed it over.
    """
    from parley.cli.agreements import tell_ended
    from parley.words.standing import warned

    tell_ended(session, [agreement])
    for each in here:
        session.tell([*warned(each, naming=session.the, clocks=session.clocks())])
    if nobody and not here:
        session.tell(say("notify.nobody-adopted", name=agreement.id))


def _making(
    session: Session,
    delegation: Delegation,
    agreement: Agreement,
    content: Content,
    data: bytes,
    options: dict[str, Any],
) -> Making:
    """How the notice is made into a paper; what was named is checked first."""
    chosen = addressed(session, delegation, options)
    named = given({"handle": options["negotiation"], "in_reply_to": options["in_reply_to"]})
    measures = delegation.measures
    return lambda accept_by: measures.prepare_notice(data, content, agreement, accept_by=accept_by, **named, **chosen)
