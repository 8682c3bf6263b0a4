"""What negotiations and papers are called at this home: `amber-heron`, `US-1`, `amber-heron/US-1`.

Whoever convenes chooses the handle, so a stranger can choose one that is in use. Of several negotiations of one handle
the first in the log has the plain one and the others a number: `amber-heron-2`. What a name meant at this home, it goes
on meaning: a negotiation that stands earlier in the log and is read later takes the next number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.crypto import Nonce
from parley.fold import Negotiation
from parley.paper import Paper

if TYPE_CHECKING:
    from parley.client.session import Session

IN_USE = ("setting", "negotiation")


def in_use(session: Session) -> Nonce | None:
    """The negotiation that is meant when no handle is given, if one was chosen."""
    kept = session.ledger.kept(*IN_USE)
    return Nonce(kept) if kept is not None else None


def use(session: Session, negotiation: Negotiation) -> None:
    session.ledger.keep(*IN_USE, negotiation.id)


def handle_of(session: Session, negotiation: Negotiation) -> str:
    """What a negotiation is called at this home: its handle, with a number when others had the same before it."""
    handle, number = negotiation.convene.handle, session.known.number(negotiation)
    return f"{handle}-{number}" if number > 1 else handle


def called(session: Session, negotiation: Negotiation, paper: Paper) -> str:
    """The shortest name that means this paper at this home: with the handle where the plain one would mean another."""
    party, chosen = paper.act.by.party, in_use(session)
    having = {
        each.id for each in session.known.world.negotiations.values() if each.counts.get(party, 0) >= paper.number
    }
    alone = chosen == negotiation.id if chosen in having else len(having) == 1
    return paper.reference if alone else full(session, negotiation, paper)


def full(session: Session, negotiation: Negotiation, paper: Paper) -> str:
    """The reference with the handle, which names one paper among all that are known at this home."""
    return f"{handle_of(session, negotiation)}/{paper.reference}"
