"""Hand over: negotiations, papers to others, and taking back what nobody has signed for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from parley.act import Role
from parley.cli.command import Word, command
from parley.cli.paper_options import paper_options
from parley.cli.particulars import (
    DEFAULT_LANGUAGE,
    asked,
    asked_of_file,
    asked_terms,
    known_terms,
    limit_of,
    opening_of,
    recipients,
    split,
    terms_of,
)
from parley.cli.prepared import check_hands, to_prepare, written
from parley.cli.session import Session, given
from parley.errors import Malformed, Refused
from parley.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from parley.canonical import Time
    from parley.client import Delegation
    from parley.client.views import Draft, Entered, NegotiationView, PaperView

    Making = Callable[[Time | str | None], Draft]

PATH = click.Path(path_type=Path)


# --- negotiations -----------------------------------------------------------------------------------------------


@command("convene", data=True, asks=True)
@click.argument("title")
@click.option("--with", "others", multiple=True, required=True)
@click.option("--handle")
@click.option("--accept-days", "--answer-days", "answer_days", type=click.IntRange(1, 3650), default=10, metavar="DAYS")
@click.option("--holiday", "holidays", multiple=True, metavar="DATE")
@click.option("--terms")
@click.option("--unconfirmed", is_flag=True)
@to_prepare
def convene(
    session: Session,
    title: str,
    others: tuple[str, ...],
    handle: str | None,
    answer_days: int,
    holidays: tuple[str, ...],
    terms: str | None,
    unconfirmed: bool,
    draft_file: Path | None,
    signers: tuple[str, ...],
) -> None:
    from parley.cli.act_screens import convening

    with session.delegation() as delegation:
        check_hands(delegation, "manage", draft_file)
        parties = [delegation.partner(other) for other in split(others)]
        session.learn(parties)
        ids = [partner.party for partner in parties]
        delegation.check_convening(title, ids, handle=handle, unconfirmed=unconfirmed)
        settings: dict[str, Any] = {
            "handle": handle,
            "answer_days": answer_days,
            "non_working": sorted(set(split(holidays))),
            "terms": terms_of(terms, delegation, (session.ours, *ids)) if terms else None,
            "unconfirmed": unconfirmed,
        }
        if draft_file is not None:
            written(
                session, delegation.preparing(draft_file, split(signers)).convene(title, ids, **settings), draft_file
            )
            return
        session.tell(convening(session, title, ids))
        prompt = say("ask.sign-party", party=session.the(ids[0]), word=ids[0])
        session.confirm(prompt, ids[0], *session.also(ids[0]))
        found = delegation.convene(title, ids, **settings)
    _tell_negotiation(session, found, "convene.done")


@command("join", data=True, asks=True)
@click.argument("handle")
@click.option("--unconfirmed", is_flag=True)
@to_prepare
def join(session: Session, handle: str, unconfirmed: bool, draft_file: Path | None, signers: tuple[str, ...]) -> None:
    from parley.cli.act_screens import procedure

    with session.delegation() as delegation:
        check_hands(delegation, "manage", draft_file)
        delegation.inbox()  # reads on, and opens the titles of negotiations that are new
        found = delegation.negotiation(handle)
        if found.we_joined:
            _tell_negotiation(session, found, "join.already")
            return
        delegation.check_trusted(found.convened_by, unconfirmed=unconfirmed)
        if draft_file is not None:
            preparing = delegation.preparing(draft_file, split(signers))
            written(session, preparing.join(handle, unconfirmed=unconfirmed), draft_file)
            return
        session.tell(procedure(session, found))
        session.confirm(say("ask.sign-negotiation", word=found.handle), found.handle)
        found = delegation.join(handle, unconfirmed=unconfirmed)
    _tell_negotiation(session, found, "join.done")


def _tell_negotiation(session: Session, found: NegotiationView, key: str) -> None:
    if session.json:
        session.print_json("negotiation", found)
        return
    title = found.title or say("negotiation.no-title")
    session.tell(say(key, handle=found.handle, title=title))


# --- papers -----------------------------------------------------------------------------------------------------


@command("deposit", data=True, asks=True)
@click.argument("file", type=PATH, required=False)
@click.option("--to", multiple=True)
@click.option("--role", type=Word(get_args(Role)))
@click.option("--again", metavar="REF")
@click.option("--in-reply-to", metavar="REF")
@click.option("--negotiation", metavar="HANDLE")
@to_prepare
@paper_options
def deposit(
    session: Session, file: Path | None, to: tuple[str, ...], role: str | None, again: str | None, **options: Any
) -> None:
    check_file(file, again, "deposit")
    limit_of(options["accept_by"])
    with session.delegation() as delegation:
        check_hands(delegation, "deposit", options["draft_file"])
        if again is not None:
            making = sending_again(delegation, again, options)
        else:
            assert file is not None  # noqa: S101 - checked above, which mypy does not see
            making = sending(session, delegation, file, to, role, options)
        hand_over(session, delegation, making, options)


def check_file(file: Path | None, again: str | None, name: str) -> None:
    """Raises: Malformed when neither a file nor an earlier paper is named, or both."""
    if (file is None) == (again is None):
        raise Malformed("use.needs-file", command=name) if file is None else Malformed("use.file-or-again")


def sending_again(delegation: Delegation, reference: str, options: dict[str, Any]) -> Making:
    """How a paper that ended without a receipt is made once more."""
    unconfirmed: bool = options["unconfirmed"]
    return lambda accept_by: delegation.prepare_again(reference, accept_by=accept_by, unconfirmed=unconfirmed)


def sending(
    session: Session,
    delegation: Delegation,
    file: Path,
    to: tuple[str, ...],
    role: str | None,
    options: dict[str, Any],
) -> Making:
    """How a paper that opens a matter is made; what no option says is asked for."""
    source, chosen = _source(file), _settings(session, options)
    if role == "response" and options["in_reply_to"] is None:
        raise Malformed("act.response-to-nothing")
    parties = recipients(session, delegation, to, options)
    chosen |= given({"in_reply_to": options["in_reply_to"], "handle": options["negotiation"]})
    handle = options["negotiation"]
    if handle is None and options["in_reply_to"] is not None:
        handle = known(delegation, options["in_reply_to"]).handle
    terms = known_terms(session, delegation, options | {"negotiation": handle}, parties)
    chosen |= {"to": parties, "role": role or asked(session, "role", get_args(Role))}
    chosen["terms"] = terms or asked_terms(session, delegation, options, parties)
    chosen |= asked_of_file(session, source, options)
    return lambda accept_by: delegation.prepare(source, accept_by=accept_by, **chosen)


@command("reply", data=True, asks=True)
@click.argument("reference")
@click.argument("file", type=PATH)
@to_prepare
@paper_options
def reply(session: Session, reference: str, file: Path, **options: Any) -> None:
    with session.delegation() as delegation:
        check_hands(delegation, "deposit", options["draft_file"])
        limit_of(options["accept_by"])
        hand_over(session, delegation, replying(session, delegation, reference, file, options), options)


def replying(
    session: Session,
    delegation: Delegation,
    reference: str,
    file: Path,
    options: dict[str, Any],
    *,
    role: str | None = None,
) -> Making:
    """How a paper that answers one is made."""
    source, chosen = _source(file), _settings(session, options) | given({"role": role})
    answered = known(delegation, reference)
    if answered.ours:
        raise Refused("reply.to-ourselves", reference=answered.called)
    session.learn(delegation.partners())
    named = options | {"in_reply_to": answered.digest, "negotiation": answered.handle}
    to = recipients(session, delegation, (answered.sender,), named)
    chosen["terms"] = known_terms(session, delegation, named, to) or asked_terms(session, delegation, options, to)
    chosen |= asked_of_file(session, source, options)
    return lambda accept_by: delegation.prepare_reply(answered.digest, source, accept_by=accept_by, **chosen)


def _source(file: Path) -> Path:
    from parley.cli.files import check_source

    return check_source(file)


def _settings(session: Session, options: dict[str, Any]) -> dict[str, Any]:
    """What `prepare` wants of the options that any paper has."""
    from parley.cli.files import check_source, language_files
    from parley.client.wish import check_language

    opening = opening_of(session, options["opening"], options["opens_at"])
    language = check_language(options["language"] or DEFAULT_LANGUAGE)
    attach = tuple(check_source(path) for path in options["attach"])
    original = check_source(options["original"]) if options["original"] else None
    return {
        "standing": options["standing"],
        "language": language,
        "language_status": options["language_status"],
        "force": "required" if options["required"] else "asked",
        "opens": opening,
        "precedence": options["precedence"],
    } | given(
        {
            "info": split(options["info"]),
            "replaces": options["replaces"],
            "title": options["title"],
            "subject": options["subject"],
            "our_ref": options["our_ref"],
            "pages": options["pages"],
            "shown_by_us": split(options["shown_to"]),
            "may_show": split(options["may_show"]),
            "note": options["because"],
            "attach": attach,
            "original": original,
            "prevails": options["prevails"],
            "clean": options["clean"],
            "changes": options["changes"],
            "with_language": language_files(options["with_language"]),
            "unconfirmed": options["unconfirmed"],
        }
    )


def write_paper(
    session: Session,
    delegation: Delegation,
    making: Making,
    options: dict[str, Any],
    file: Path,
    signers: Sequence[str],
) -> None:
    """Make the paper and write it to a draft file."""
    draft = _sealed_draft(session, delegation, making, options)
    session.learn(delegation.partners())
    written(session, delegation.preparing(file, signers).deposit(draft), file, removed=draft.removed)


def _sealed_draft(session: Session, delegation: Delegation, prepare: Making, options: dict[str, Any]) -> Draft:
    """Make the paper, on the next working day where that was asked for."""
    from parley.cli.progress import working

    with working(session, say("working.sealing")):
        draft = prepare(limit_of(options["accept_by"]))
        if draft.limit_non_working and draft.next_working is not None and options["working_day"]:
            delegation.discard(draft.id)
            draft = prepare(draft.next_working)
    return draft


def hand_over(session: Session, delegation: Delegation, prepare: Making, options: dict[str, Any]) -> Entered | None:
    """Show exactly what would be signed, have the recipient's id typed, send. What is not sent is not kept.

    Returns the paper as it was entered; None where it was written to a draft file.
    """
    entered = handed_over(session, delegation, prepare, options)
    if entered is not None and session.json:
        session.print_json("entered", entered)
    return entered


def handed_over(session: Session, delegation: Delegation, prepare: Making, options: dict[str, Any]) -> Entered | None:
    """As `hand_over`, but that its caller prints the JSON."""
    from parley.cli.progress import working
    from parley.cli.screens import draft_screen
    from parley.cli.unanswered import finished_before, others_waiting

    if options["draft_file"] is not None:
        write_paper(session, delegation, prepare, options, options["draft_file"], split(options["signers"]))
        return None
    draft = _sealed_draft(session, delegation, prepare, options)
    session.learn(delegation.partners())
    earlier = finished_before(session, delegation, draft, limit_chosen=options["accept_by"] is not None)
    if earlier is not None:
        return earlier
    screen = draft_screen(session, draft, session.now(), options.get("does", ()))
    session.tell([*screen, *others_waiting(session, delegation)])
    try:
        recipient = draft.recipients[0].party
        session.confirm(say("ask.recipient", word=recipient), recipient, *session.also(recipient))
    except (Malformed, click.Abort):
        delegation.discard(draft.id)
        raise
    with working(session, say("working.sending")):
        entered = delegation.send(draft)
    if session.json:
        return entered
    clocks = session.clocks(*(partner.party for partner in draft.recipients))
    session.data(entered.reference)
    session.tell(say("deposit.done", reference=entered.reference, time=clocks.hours(entered.time, seconds=True)))
    session.tell(say("ask.next", commands=f"parley show {entered.reference} · parley print {entered.reference}"))
    return entered


@command("withdraw", data=True, asks=True)
@click.argument("reference")
@to_prepare
def withdraw(session: Session, reference: str, draft_file: Path | None, signers: tuple[str, ...]) -> None:
    from parley.cli.act_screens import paper_head

    with session.delegation() as delegation:
        check_hands(delegation, "deposit", draft_file)
        paper = exact(delegation, reference)
        session.learn(delegation.partners())
        if "withdraw" not in paper.may:
            raise _not_to_withdraw(paper)
        if draft_file is not None:
            written(session, delegation.preparing(draft_file, split(signers)).withdraw(paper.digest), draft_file)
            return
        session.tell([*paper_head(session, paper), say("meaning.withdrawal")])
        sign(session, paper)
        entered = delegation.withdraw(paper.digest)
    tell_entered(session, entered, "withdraw.done")
    if not session.json:
        session.tell(_instead(paper))


def _instead(paper: PaperView) -> str:
    """How another paper takes the place of one that was taken back."""
    if paper.opening == "together":
        return say("withdraw.then-declare", reference=paper.called)
    to = ",".join(each.party for each in paper.deliveries if each.capacity == "to")
    return say("withdraw.then", reference=paper.called, to=to, role=paper.role.replace("_", "-"))


def _not_to_withdraw(paper: PaperView) -> Refused:
    """Why a paper cannot be taken back, before anything is shown for signing."""
    if not paper.ours:
        return Refused("withdrawal.not-the-sender")
    last = paper.deliveries[-1]
    if any(each.received is not None or each.state == "made available" for each in paper.deliveries):
        return Refused("withdrawal.received", reference=paper.called)
    if last.ended is None:
        return Refused("paper.limit-passed", reference=paper.called, limit=paper.accept_by.to_text())
    return Refused("withdrawal.ended", reference=paper.called, state=last.state, time=last.ended.to_text())


def known(delegation: Delegation, reference: str) -> PaperView:
    """A paper from what is held; when it is not there, the depositary is asked what is new."""
    try:
        return delegation.show(reference, fetch=False)
    except Refused as refused:
        if refused.code not in ("reference.unknown", "negotiation.none", "negotiation.unknown-handle"):
            raise
    return delegation.show(reference)


def exact(delegation: Delegation, reference: str) -> PaperView:
    """The paper that a signing command is about: by its own reference, never `latest`."""
    from parley.client.references import is_latest

    if is_latest(reference):
        raise Refused("reference.latest")
    return delegation.show(reference)


def sign(session: Session, paper: PaperView) -> None:
    """Have the paper's reference typed before something about it is signed; with or without the negotiation."""
    session.confirm(say("ask.sign-paper", word=paper.called), paper.called, f"{paper.handle}/{paper.reference}")


def tell_entered(session: Session, entered: Entered, key: str) -> None:
    """That an act is in the log, and when."""
    if session.json:
        session.print_json("entered", entered)
        return
    if entered.already:
        session.tell(say("entered.already", reference=entered.reference, time=session.clocks().instant(entered.time)))
        return
    clocks = session.clocks(*session.zones)
    session.tell(say(key, reference=entered.reference, time=clocks.hours(entered.time, seconds=True)))
