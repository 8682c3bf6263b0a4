"""The sealed parts of a paper that is held: they lie in this home alone, and the deposit names none of them.

They are sealed as any others, to our own reading key and to nobody else's. The home that made such a paper can open it;
another home of the same party has to be given the parts.
"""

from __future__ import annotations

from parley.act import Deposit, Sealed
from parley.canonical import Record, decode, encode
from parley.client.home import remove
from parley.client.session import Session
from parley.errors import Refused

KIND = "held"


class Parts(Record, frozen=True):
    """Where the three sealed parts of a paper lie."""

    cover: Sealed
    header: Sealed
    payload: Sealed


def keep(session: Session, name: str, parts: Parts) -> None:
    """Remember the parts of a held paper by its nonce in hexadecimal, before its deposit is signed."""
    session.ledger.keep(KIND, name, encode(parts))


def held_here(session: Session, act: Deposit) -> bool:
    """Whether this home has the parts of a paper of ours that is held."""
    return act.by.party == session.party and session.ledger.kept(KIND, act.nonce.hex()) is not None


def parts_of(session: Session, act: Deposit) -> Parts:
    """The parts that a deposit names, or those that lie here alone.

    Raises: Refused("paper.held") for what another party holds, Refused("paper.held-elsewhere") for what another home of
    ours does.
    """
    if act.header is not None and act.payload is not None and act.cover is not None:
        return Parts(cover=act.cover, header=act.header, payload=act.payload)
    kept = session.ledger.kept(KIND, act.nonce.hex())
    if act.by.party != session.party:
        raise Refused("paper.held")
    if kept is None:
        raise Refused("paper.held-elsewhere")
    return decode(kept, Parts)


def forget(session: Session, act: Deposit) -> None:
    """Remove the parts of a draft: those that its deposit names, and those that lie here alone."""
    named = (act.header, act.payload, act.cover)
    if act.opening.kind == "held" and held_here(session, act):
        parts = parts_of(session, act)
        named = (parts.header, parts.payload, parts.cover)
        session.ledger.forget(KIND, act.nonce.hex())
    for part in named:
        if part is not None:
            remove(session.home.sealed(part.digest))
