"""State is a fold over acts: `admit(state, act, at) -> state`, or `Refused` with the reason and the act that won.

Everything else that anyone keeps about a negotiation is a cache of this fold. The act's signatures have been verified
by `statement.verify` before it comes here; here its powers, its place in its chain and the transition table decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from rpds import HashTrieMap

from parley import publication, register
from parley.act import (
    DEPOSITARY,
    Confirmation,
    Convene,
    Deposit,
    Enrol,
    Expiry,
    Fault,
    FullPowers,
    Genesis,
    Handover,
    Join,
    Notice,
    Opening,
    PaperAct,
    Receipt,
    Refusal,
    Revocation,
    Round,
    Withdrawal,
    named,
)
from parley.chain import Chain, Order
from parley.crypto import Digest, KeySetId, Nonce, VerifyingKey
from parley.errors import Refused
from parley.exchange import ANSWERED, OPEN, TABLE, TAKEN, Actor
from parley.paper import Done, Outcome, Paper
from parley.register import At, Register
from parley.statement import Signed
from parley.terms import terms_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiation:
    """Two or more parties, what they deposited, under which procedure."""

    id: Nonce
    convene: Convene
    convened: Done
    order: Order
    joined: HashTrieMap[str, Digest]
    papers: HashTrieMap[Digest, Paper] = field(default_factory=HashTrieMap)
    counts: HashTrieMap[str, int] = field(default_factory=HashTrieMap)

    def paper(self, digest: Digest) -> Paper:
        """A paper of this negotiation. Raises: Refused when there is none of that digest."""
        paper = self.papers.get(digest)
        if paper is None:
            raise Refused("paper.unknown")
        return paper

    def in_order(self) -> list[Paper]:
        """All papers in log order."""
        return sorted(self.papers.values(), key=lambda paper: paper.at.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that the acts so far amount to, as far as the reader has been shown them."""

    genesis: Signed
    registers: HashTrieMap[str, Register] = field(default_factory=HashTrieMap)
    negotiations: HashTrieMap[Nonce, Negotiation] = field(default_factory=HashTrieMap)

    def key(self, party: str, key_id: KeySetId) -> VerifyingKey | None:
        """The key with which a party may have signed: for `statement.verify`."""
        if party == DEPOSITARY:
            key = depositary_key(self.genesis)
            return key if key.id == key_id else None
        known = self.registers.get(party)
        return known.key(key_id) if known else None

    def papers(self) -> Iterator[tuple[Negotiation, Paper]]:
        for negotiation in self.negotiations.values():
            for paper in negotiation.in_order():
                yield negotiation, paper


def depositary_key(genesis: Signed) -> VerifyingKey:
    """The depositary's act key, from its genesis."""
    assert isinstance(genesis.act, Genesis)  # noqa: S101 - a World begins with one
    return VerifyingKey(genesis.act.act_keys)


def admit(world: World, signed: Signed, at: At) -> World:
    """Return the world with one act more, entered at this place of the log.

    Raises: Refused when the act is for another log, its powers do not reach, or it may not happen now.
    """
    act = signed.act
    if act.log != world.genesis.act.log:
        raise Refused("act.other-log", found=act.log)
    match act:
        case Genesis():
            raise Refused("genesis.second")
        case Enrol() | FullPowers() | Revocation():
            changed = register.admit(world.registers.get(act.by.party), signed, at)
            return replace(world, registers=world.registers.insert(act.by.party, changed))
        case Convene():
            negotiation = _convene(world, act, signed, at)
        case Join():
            negotiation = _join(world, act, signed, at)
        case Deposit():
            negotiation = _deposit(world, act, signed, at)
        case _:
            negotiation = _about_paper(world, signed, at)
    return replace(world, negotiations=world.negotiations.insert(negotiation.id, negotiation))


# --- procedure --------------------------------------------------------------------------------------------------


def _authorise(world: World, signed: Signed, at: At) -> None:
    known = world.registers.get(signed.act.by.party)
    register.powers_of(known, signed.act, at, depositary=depositary_key(world.genesis))


def _convene(world: World, act: Convene, signed: Signed, at: At) -> Negotiation:
    assert act.negotiation is not None  # noqa: S101 - act.py refuses a Convene without one
    if act.negotiation in world.negotiations:
        raise Refused("convene.taken", winner=world.negotiations[act.negotiation].convened.digest.hex())
    _authorise(world, signed, at)
    for party in act.parties:
        if party not in world.registers:
            raise Refused("register.not-enrolled", party=party)
    order = Order(chain=Chain.start(signed.envelope.payload))
    return Negotiation(
        id=act.negotiation,
        convene=act,
        convened=Done(digest=signed.digest, act=act, at=at),
        order=order.follow(signed.digest, after=act.after, keys=act.by.keys),
        joined=HashTrieMap({act.by.party: signed.digest}),
    )


def _negotiation(world: World, signed: Signed) -> Negotiation:
    act = signed.act
    negotiation = world.negotiations.get(act.negotiation) if act.negotiation else None
    if negotiation is None:
        raise Refused("negotiation.unknown")
    if act.by.party != DEPOSITARY and act.by.party not in negotiation.convene.parties:
        raise Refused("negotiation.unknown")
    return negotiation


def _join(world: World, act: Join, signed: Signed, at: At) -> Negotiation:
    negotiation = _negotiation(world, signed)
    _authorise(world, signed, at)
    if act.convene != negotiation.convened.digest:
        raise Refused("join.other-procedure", winner=negotiation.convened.digest.hex())
    if act.by.party in negotiation.joined:
        raise Refused("join.already", winner=negotiation.joined[act.by.party].hex())
    order = negotiation.order.follow(signed.digest, after=act.after, keys=act.by.keys, named=named(act))
    return replace(negotiation, order=order, joined=negotiation.joined.insert(act.by.party, signed.digest))


def _must_have_joined(negotiation: Negotiation, party: str) -> None:
    if party != DEPOSITARY and party not in negotiation.joined:
        raise Refused("join.first", party=party)


# --- papers -----------------------------------------------------------------------------------------------------


def _deposit(world: World, act: Deposit, signed: Signed, at: At) -> Negotiation:
    negotiation = _negotiation(world, signed)
    _authorise(world, signed, at)
    _must_have_joined(negotiation, act.by.party)
    if at.time >= act.accept_by:
        raise Refused("deposit.limit-passed", limit=act.accept_by.to_text())
    for party in [recipient.party for recipient in act.recipients]:
        if party not in negotiation.convene.parties:
            raise Refused("deposit.not-a-party", party=party)
    _check_reading_keys(world, act, at)
    papers = _replace(negotiation, act, signed.digest)
    if act.in_reply_to is not None:
        answered = negotiation.paper(act.in_reply_to)
        if act.by.party not in (answered.act.by.party, *answered.outcomes):
            raise Refused("deposit.reply-to-strange-paper")
    _check_once_in_round(negotiation, act)
    number = negotiation.counts.get(act.by.party, 0) + 1
    paper = Paper.deposited(signed.digest, act, at, number)
    return replace(
        negotiation,
        order=negotiation.order.follow(signed.digest, after=act.after, keys=act.by.keys, named=named(act)),
        papers=papers.insert(signed.digest, paper),
        counts=negotiation.counts.insert(act.by.party, number),
    )


def _check_reading_keys(world: World, act: Deposit, at: At) -> None:
    sealed_to = [(recipient.party, recipient.reading_key) for recipient in act.recipients]
    for party, key_id in [*sealed_to, (act.by.party, act.sender_reading_key)]:
        if not world.registers[party].reads(key_id, at):
            raise Refused("deposit.reading-key", party=party)


def _replace(negotiation: Negotiation, act: Deposit, digest: Digest) -> HashTrieMap[Digest, Paper]:
    if act.replaces is None:
        return negotiation.papers
    old = negotiation.paper(act.replaces)
    if old.act.by.party != act.by.party:
        raise Refused("deposit.replaces-strange-paper")
    if old.replaced_by is not None:
        raise Refused("deposit.already-replaced", winner=old.replaced_by.hex())
    return negotiation.papers.insert(act.replaces, replace(old, replaced_by=digest))


def _about_paper(world: World, signed: Signed, at: At) -> Negotiation:
    act = signed.act
    assert isinstance(act, PaperAct)  # noqa: S101 - the set of acts is closed, and `admit` has taken all others
    assert not isinstance(act, Deposit)  # noqa: S101 - the same
    negotiation = _negotiation(world, signed)
    paper = negotiation.paper(act.deposit)
    _authorise(world, signed, at)
    _must_have_joined(negotiation, act.by.party)
    order = negotiation.order.follow(signed.digest, after=act.after, keys=act.by.keys, named=named(act))
    done = Done(digest=signed.digest, act=act, at=at)
    changed = _change(negotiation, paper, done)
    return replace(negotiation, order=order, papers=negotiation.papers.insert(paper.digest, changed))


def _change(negotiation: Negotiation, paper: Paper, done: Done) -> Paper:
    match done.act:
        case Notice(to=party) | Handover(to=party):
            check_handover(paper, done)
            if paper.act.opening.kind == "together" and isinstance(done.act, Handover):
                _check_round(negotiation, paper)
            return _step(paper, party, Actor.DEPOSITARY, done)
        case Receipt() | Refusal() | Confirmation() | Fault():
            check_answer(paper, done)
            return _step(paper, done.act.by.party, Actor.RECIPIENT, done)
        case Withdrawal(release=None):
            return _withdraw(paper, done)
        case Withdrawal():
            return publication.withdraw_release(paper, done)
        case Expiry(recipients=parties):
            if done.at.time <= paper.act.accept_by:
                raise Refused("expiry.early", limit=paper.act.accept_by.to_text())
            for party in parties:
                paper = _step(paper, party, Actor.DEPOSITARY, done)
            return paper
        case _:  # a release or a statement
            return publication.publish(paper, done)


def _step(paper: Paper, party: str, actor: Actor, done: Done) -> Paper:
    outcome = paper.outcomes.get(party)
    if outcome is None:
        raise Refused("paper.not-a-recipient", party=party)
    target = TABLE.get((paper.act.opening.kind, actor, outcome.state, done.act.kind))
    if target is None:
        winner = outcome.winner(done.act.kind)
        raise Refused("paper.not-now", act=done.act.kind, state=outcome.state.value, winner=winner)
    changed = Outcome(state=target, done=(*outcome.done, done))
    return replace(paper, outcomes=paper.outcomes.insert(party, changed))


def check_answer(paper: Paper, done: Done) -> None:
    """Compare a recipient's act with the deposit: in time, the same paper, terms it may take so. Raises: Refused."""
    act, deposit = done.act, paper.act
    if isinstance(act, Receipt | Refusal) and paper.is_open(act.by.party) and done.at.time > deposit.accept_by:
        raise Refused("paper.limit-passed", limit=deposit.accept_by.to_text())
    if not isinstance(act, Receipt):
        return
    payload = deposit.payload.digest if deposit.payload else None
    if (act.role, act.in_reply_to, act.payload) != (deposit.role, deposit.in_reply_to, payload):
        raise Refused("receipt.other-paper")
    if act.terms != terms_digest(deposit.terms):
        raise Refused("receipt.other-terms")
    if act.terms_taken == "under_reserve" and deposit.terms.force == "required":
        raise Refused("receipt.terms-required")


def _withdraw(paper: Paper, done: Done) -> Paper:
    if done.act.by.party != paper.act.by.party:
        raise Refused("withdrawal.not-the-sender")
    received = [o for o in paper.outcomes.values() if o.state in TAKEN]
    if received:
        raise Refused("withdrawal.received", winner=received[0].winner("receipt"))
    if done.at.time > paper.act.accept_by:
        raise Refused("paper.limit-passed", limit=paper.act.accept_by.to_text())
    waiting = sorted(party for party, outcome in paper.outcomes.items() if outcome.state in OPEN)
    if not waiting:
        ends = [outcome.decided for outcome in paper.outcomes.values() if outcome.decided]
        last = max(ends, key=lambda item: item.at.index)
        raise Refused("paper.not-now", act="withdrawal", state="ended", winner=last.digest.hex())
    if not isinstance(done.act, Withdrawal) or list(done.act.recipients) != waiting:
        raise Refused("withdrawal.recipients")
    for party in waiting:
        paper = _step(paper, party, Actor.SENDER, done)
    return paper


def check_handover(paper: Paper, done: Done) -> None:
    """Compare a handover with the deposit: its header, once to each, and not before its time. Raises: Refused."""
    if not isinstance(done.act, Handover):
        return
    if paper.act.header is None or done.act.header != paper.act.header.digest:
        raise Refused("handover.other-header")
    outcome = paper.outcomes.get(done.act.to)
    given = outcome.find(Handover) if outcome else None
    if given is not None:
        raise Refused("handover.already", party=done.act.to, winner=given.digest.hex())
    opening = paper.act.opening
    if opening.kind == "not_before" and opening.time is not None and done.at.time < opening.time:
        raise Refused("handover.early", until=opening.time.to_text())


def _check_round(negotiation: Negotiation, paper: Paper) -> None:
    if not round_complete(negotiation, paper.act.opening):
        raise Refused("handover.round-incomplete")


def _check_once_in_round(negotiation: Negotiation, act: Deposit) -> None:
    """A party has one paper in a round: with two, nobody could say which opens, and it would open for nobody."""
    for paper in in_round(negotiation, act.opening.round):
        if paper.act.by.party == act.by.party:
            raise Refused("deposit.round-twice", winner=paper.digest.hex())


def in_round(negotiation: Negotiation, meeting: Round | None) -> list[Paper]:
    """The papers of a round that were not taken back; none without a round."""
    if meeting is None:
        return []
    return [p for p in negotiation.papers.values() if p.act.opening.round == meeting and not p.taken_back]


def round_complete(negotiation: Negotiation, opening: Opening) -> bool:
    """Each party of the round has one paper with this very round, and all the others have receipted it in time."""
    papers = in_round(negotiation, opening.round)
    if opening.round is None or sorted(p.act.by.party for p in papers) != list(opening.round.parties):
        return False
    return all(outcome.state in ANSWERED for p in papers for outcome in p.outcomes.values())
