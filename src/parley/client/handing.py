"""Handing over: a draft signed and sent as it was shown, a paper withdrawn."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from msgspec import structs

from parley.act import By, Deposit, Withdrawal
from parley.client.calling import called, handle_of
from parley.client.convening import join
from parley.client.kept_drafts import KIND, kept_draft, purpose_of, unanswered
from parley.client.references import find
from parley.client.session import Intent, Session
from parley.client.viewing import OUR_REF
from parley.client.views import Entered
from parley.crypto import Digest
from parley.errors import Refused
from parley.exchange import ANSWERED
from parley.paper import Paper


def send(session: Session, name: str) -> Entered:
    """Sign a draft and hand it over; our party joins the negotiation first where it has not."""
    kept = kept_draft(session, name)
    session.sync()
    assert kept.deposit.negotiation is not None  # noqa: S101 - act.py refuses a Deposit without one
    negotiation = session.negotiation(kept.deposit.negotiation)
    join(session, negotiation, unconfirmed=True)

    def build() -> Deposit:
        common = session.common(negotiation.id, session.keyring.signing, nonce=kept.deposit.nonce)
        by = By(party=session.party, keys=(session.keyring.signing.id,))
        return structs.replace(kept.deposit, after=common["after"], claimed_time=common["claimed_time"], by=by)

    entered = session.perform(purpose_of(name), build, about=handle_of(session, negotiation))
    if kept.our_ref:
        session.ledger.keep(OUR_REF, entered.digest, kept.our_ref.encode("utf-8"))
    session.ledger.forget(KIND, name)
    paper = session.paper(negotiation.id, Digest.from_text(entered.digest))
    return replace(entered, reference=called(session, session.negotiation(negotiation.id), paper))


def settle(session: Session) -> tuple[Entered, ...]:
    """Send whatever was signed here and never answered, the same bytes; papers first, by their drafts."""
    papers = [send(session, draft.id) for draft in unanswered(session)]
    return (*papers, *session.settle())


def withdrawal(session: Session, reference: str) -> Intent:
    """To take an own paper back before any receipt."""
    session.sync()
    negotiation, paper = find(session, reference, signing=True)
    if paper.act.by.party != session.party:
        raise Refused("withdrawal.not-the-sender")

    def build() -> Withdrawal:
        waiting = sorted(party for party in paper.outcomes if paper.is_open(party))
        if not waiting:  # nobody is left for whom it could end: say who was first
            _ended(paper)
        return Withdrawal(
            **session.common(negotiation.id, session.keyring.signing),
            deposit=paper.digest,
            recipients=tuple(waiting),
            release=None,
        )

    return Intent(purpose=f"withdrawal {paper.digest.hex()}", build=build, about=called(session, negotiation, paper))


def _ended(paper: Paper) -> NoReturn:
    """Raises: Refused, as the fold would, for a paper that every recipient has answered or that has ended."""
    outcomes = list(paper.outcomes.values())
    received = next((outcome for outcome in outcomes if outcome.state in ANSWERED), None)
    if received is not None:
        raise Refused("withdrawal.received", winner=received.winner("receipt"))
    raise Refused("paper.not-now", act="withdrawal", state="ended", winner=outcomes[0].winner("withdrawal"))
