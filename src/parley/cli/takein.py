"""Take in: signing for a paper, refusing it, and saying that it is not what was sealed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click

from parley.act import FaultReason, RefusalReason
from parley.cli.command import Word, command
from parley.cli.handover import exact, sign, tell_entered
from parley.cli.particulars import split
from parley.cli.prepared import check_hands, to_prepare, written
from parley.cli.session import Session
from parley.errors import Malformed, Refused
from parley.words import say, term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.act import Words
    from parley.client import Delegation
    from parley.client.views import PaperView, Received

PATH = click.Path(path_type=Path)


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
        return "under_reserve" if _key(typed) in _RESERVE else _accepting(typed, paper)
    return "under_reserve" if under_reserve else "accepted"


def _accepting(typed: str, paper: PaperView) -> Literal["accepted"]:
    if _KEYS.get(_key(typed)) != "accepted":
        raise Refused("use.not-now", reference=paper.called)
    return "accepted"


_KEYS = {
    **dict.fromkeys(("a", "accept", "accept the terms"), "accepted"),
    **dict.fromkeys(("r", "refuse"), "refuse"),
    **dict.fromkeys(("q", "not now", "quit"), "not-now"),
}
_RESERVE = dict.fromkeys(("n", "reserve", "under reserve", "terms under reserve"), "under_reserve")
"""The four keys of a receipt, and the words that people type in their place."""


def _key(typed: str) -> str:
    return " ".join(typed.replace("-", " ").split()).casefold()


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
    keys = _KEYS | (_RESERVE if may_reserve else {})
    session.tell("  " + say("receive.keys" if may_reserve else "receive.keys-required"))
    prompt = say("receive.prompt" if may_reserve else "receive.prompt-required")

    def read(typed: str) -> str:
        if (key := _key(typed)) not in keys:
            raise Malformed("use.key", keys=prompt.rstrip(":"))
        return keys[key]

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
        session.tell(say("receive.reserve" if own.terms_taken == "under_reserve" else "receive.accepted"))
    if session.json:
        return 0 if received.fault is None else 1
    if received.fault is not None:
        key = "receive.fault" if alone else "receive.fault-unsaid"
        session.tell(say(key, reason=term("fault-reasons", received.fault)))
        if not alone:
            session.tell(say("receive.by-two", reference=paper.called))
        return 1
    if not received.handed_over:
        waits = {"together": "receive.waits-round", "held": "receive.waits-held"}
        if paper.opens is not None and session.now() < paper.opens:
            session.tell(say("receive.waits-time", reference=paper.called, time=clocks.instant(paper.opens)))
        else:
            session.tell(say(waits.get(paper.opening, "receive.waits"), reference=paper.called))
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
