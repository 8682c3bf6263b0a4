"""Three hands: prepare a paper to a file, sign what is in a file, send it. Any other act comes here by `--prepare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from parley.act import Convene, Deposit, Join, Role
from parley.cli.command import Word, command
from parley.cli.handover import check_file, replying, sending, sending_again, write_paper
from parley.cli.paper_options import paper_options
from parley.cli.particulars import split
from parley.cli.prepared import check_hands, say_reached
from parley.cli.session import Session
from parley.errors import Malformed, Refused
from parley.words import say
from parley.words.telling import listed

if TYPE_CHECKING:
    from parley.client import Delegation
    from parley.client.draft_view import Prepared
    from parley.client.views import Entered

PATH = click.Path(path_type=Path)


@command("prepare", data=True)
@click.argument("file", type=PATH, required=False)
@click.option("-o", "--output", type=PATH, metavar="FILE", required=True)
@click.option("--reply", metavar="REF")
@click.option("--to", multiple=True)
@click.option("--role", type=Word(get_args(Role)))
@click.option("--again", metavar="REF")
@click.option("--in-reply-to", metavar="REF")
@click.option("--negotiation", metavar="HANDLE")
@click.option("--officers", "signers", multiple=True, metavar="NAMES")
@paper_options
def prepare(
    session: Session,
    file: Path | None,
    output: Path,
    reply: str | None,
    to: tuple[str, ...],
    role: str | None,
    again: str | None,
    signers: tuple[str, ...],
    **options: Any,
) -> None:
    from parley.cli.files import check_new

    if reply is not None and (to or options["in_reply_to"]):
        raise Malformed("use.reply-or-to")
    if reply is not None and again is not None:
        raise Malformed("use.file-or-again")
    check_file(file, again, "prepare")
    check_new(output)
    with session.delegation() as delegation:
        check_hands(delegation, "deposit", output)
        if again is not None:
            making = sending_again(delegation, again, options)
        else:
            assert file is not None  # noqa: S101 - checked above, which mypy does not see
            if reply is not None:
                making = replying(session, delegation, reply, file, options, role=role)
            else:
                making = sending(session, delegation, file, to, role, options)
        write_paper(session, delegation, making, options, output, split(signers))


def show_file(session: Session, delegation: Delegation, file: Path) -> None:
    """Everything that would be signed, for who approves it: the screen before signing, then the whole text."""
    from parley.cli.act_screens import draft_file_screen, signer_lines
    from parley.cli.looking import document_lines
    from parley.cli.pager import page
    from parley.words.table import wrap

    delegation.work_offline()
    found = delegation.show_file(file)
    session.learn(delegation.partners())
    if session.json:
        session.print_json("prepared", found)
        return
    lines = []
    for line in draft_file_screen(session, found, session.now()):
        lines += [line] if line.startswith("  ") else wrap(line, session.width)
    if found.document is not None:
        lines += ["", *document_lines(session, found.document)]
    page(session, [*lines, ""])
    session.tell(signer_lines(found))
    say_reached(session, found)
    verb = "send" if found.complete else "sign"
    session.tell(say("ask.next", commands=f"parley {verb} {file}"))


@command("sign", data=True, asks=True)
@click.argument("file", type=PATH)
@click.option("--officers", "signers", multiple=True, metavar="NAMES")
@click.option("--unconfirmed", is_flag=True)
def sign_(session: Session, file: Path, signers: tuple[str, ...], unconfirmed: bool) -> None:
    from parley.cli.act_screens import draft_file_screen, signer_lines

    with session.delegation() as delegation:
        delegation.work_offline()
        found = delegation.show_file(file)
        session.learn(delegation.partners())
        session.tell(draft_file_screen(session, found, session.now()))
        _check_signer(found, named=bool(signers))
        signed_before = any(each.is_me and each.signed for each in found.signers)
        if not signed_before:
            delegation.check_not_stopped()
            _confirm(session, found)
            found = delegation.sign_file(file, found, officers=split(signers), unconfirmed=unconfirmed)
    if session.json:
        session.print_json("prepared", found)
        return
    session.tell(say("sign.before" if signed_before else "sign.done"))
    session.tell(signer_lines(found))
    say_reached(session, found)
    verb = "send" if found.complete else "sign"
    session.tell(say("ask.next", commands=f"parley {verb} {file}"))


def _check_signer(found: Prepared, *, named: bool) -> None:
    """Before anybody types anything. Raises: Refused("draft.not-a-signer")."""
    from parley.cli.screens import who

    if not named and not any(each.is_me for each in found.signers):
        raise Refused("draft.not-a-signer", names=listed(who(each.holder) for each in found.signers))


def _confirm(session: Session, found: Prepared) -> None:
    """Have typed what the ordinary command would have typed."""
    act = found.act
    match act:
        case Deposit(recipients=recipients):
            word = recipients[0].party
            session.confirm(say("ask.recipient", word=word), word, *session.also(word))
        case Convene(parties=parties):
            word = next(party for party in parties if party != session.ours)
            session.confirm(say("ask.sign-party", party=session.the(word), word=word), word, *session.also(word))
        case Join():
            session.confirm(say("ask.sign-negotiation", word=found.handle), found.handle)
        case _ if found.paper is not None:
            word = found.paper.called
            session.confirm(say("ask.sign-paper", word=word), word, f"{found.handle}/{word}")
        case _:
            session.confirm(say("ask.sign-negotiation", word=found.handle), found.handle)


@command("send", data=True)
@click.argument("file", type=PATH)
def send(session: Session, file: Path) -> None:
    from parley.cli.progress import working

    with session.delegation() as delegation, working(session, say("working.sending")):
        entered = delegation.send_file(file)
    _tell_sent(session, entered)


def _tell_sent(session: Session, entered: Entered) -> None:
    if session.json:
        session.print_json("entered", entered)
        return
    session.data(entered.reference)
    clocks = session.clocks(*session.zones)
    if entered.already:
        session.tell(say("entered.already", reference=entered.reference, time=clocks.instant(entered.time)))
    else:
        session.tell(say("send.done", reference=entered.reference, time=clocks.hours(entered.time, seconds=True)))
