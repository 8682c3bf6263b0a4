"""Evidence from what is held: every act with a proof that is computed here, against the newest checkpoint read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from parley import evidence
from parley.act import Genesis, RegisterAct
from parley.checkpoint import TlogProof
from parley.client.known import chain_of
from parley.client.references import find
from parley.client.session import Session
from parley.errors import Unavailable
from parley.evidence import Evidence, Logged
from parley.fold import Negotiation
from parley.note import Note
from parley.paper import Paper
from parley.statement import Signed


def logged(session: Session, signed: Signed) -> Logged:
    """An act with the proof of its entry."""
    known = session.known
    if known.checkpoint is None:
        raise Unavailable("log.no-checkpoint")
    index = known.at(signed.digest)
    proof = TlogProof(
        index=index,
        path=known.tree.inclusion(index, known.checkpoint.checkpoint.size),
        note=known.checkpoint.note,
        extra=session.ledger.entry(index).encode(),
    )
    return Logged.of(signed, proof)


def evidence_of(session: Session, reference: str, kind: Literal["act", "history"]) -> bytes:
    """The evidence file of a paper: what became of it, or the whole negotiation it stands in."""
    negotiation, paper = find(session, reference, signing=False)
    chain, support = material(session, negotiation)
    return build(session, paper, chain, support, kind).encode()


def material(session: Session, negotiation: Negotiation) -> tuple[list[Logged], list[Logged]]:
    """Every act of a negotiation with its proof; and what supports it, the genesis and all registers."""
    acts = sorted(session.known.acts.values(), key=lambda signed: session.known.at(signed.digest))
    own = ("negotiation", negotiation.id.hex())
    chain = [logged(session, act) for act in acts if chain_of(act.act) == own]
    return chain, [logged(session, act) for act in acts if isinstance(act.act, Genesis | RegisterAct)]


def earlier(session: Session, paper: Paper) -> Note | None:
    """The newest checkpoint read before a paper was handed in, which bounds its time from below."""
    note = session.ledger.checkpoint_before(paper.at.index)
    return Note.parse(note) if note else None


def build(session: Session, paper: Paper, chain: Sequence[Logged], support: Sequence[Logged], kind: str) -> Evidence:
    if kind == "history":
        return evidence.history(chain, support=support)
    deposit = next(item for item in chain if item.signed.digest == paper.digest)
    return evidence.for_paper(deposit, chain, support=support, earlier=earlier(session, paper))
