"""What a file shows of registers and papers when it does not show everything.

An evidence file holds a few acts out of many; the fold would refuse nearly all of them for want of those before. Here
an act is refused only when nothing that the file leaves out could make it admissible: a paper's state with a recipient
is the set of states it may be in, and acts that are not shown are steps of the same table. So what is refused here,
the depositary should never have entered: it is the same judgement that convicts it (`conviction`).

What needs an act to be present, such as full powers, is asked for apart (`powers`): their absence convicts nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from rpds import HashTrieMap

from parley import fold, publication
from parley.act import (
    DEPOSITARY,
    Act,
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
    OpeningKind,
    PaperAct,
    Receipt,
    Refusal,
    Release,
    Revocation,
    Statement,
    Withdrawal,
    named,
)
from parley.chain import Chain, Order
from parley.crypto import Digest, Nonce, ReadingKey, VerifyingKey
from parley.errors import Refused
from parley.exchange import OPEN, TABLE, TAKEN, Actor, State
from parley.paper import Done, Outcome, Paper
from parley.register import At, Grant, ReadingTerm, Register, powers_of
from parley.statement import Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """Registers and papers as far as some acts show them. `places` is the first index of every act that is shown."""

    places: Mapping[Digest, int]
    genesis: Done | None = None
    registers: HashTrieMap[str, Register] = field(default_factory=HashTrieMap)
    convened: HashTrieMap[Nonce, Done] = field(default_factory=HashTrieMap)
    joined: HashTrieMap[tuple[Nonce, str], Digest] = field(default_factory=HashTrieMap)
    papers: HashTrieMap[Digest, SeenPaper] = field(default_factory=HashTrieMap)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPaper:
    """A paper of which not every act need be shown: with each recipient it is in one of the `possible` states.

    `paper` holds the acts shown; the states in it are one choice among the possible ones, and decide nothing.
    """

    paper: Paper
    possible: HashTrieMap[str, frozenset[State]]


def depositary_key(glimpse: Glimpse) -> VerifyingKey | None:
    """The depositary's act key, when its genesis is shown."""
    genesis = glimpse.genesis.act if glimpse.genesis else None
    return VerifyingKey(genesis.act_keys) if isinstance(genesis, Genesis) else None


def powers(glimpse: Glimpse, act: Act, at: At) -> tuple[Grant, ...]:
    """The full powers shown under which an act that is no root's was signed; none for acts of the depositary.

    Raises: Refused when the register shown does not give the powers: they may be missing from the file, have ended, be
    for something else, or be revoked by an act with a lower index.
    """
    known = glimpse.registers.get(act.by.party)
    return powers_of(known, act, at, depositary=depositary_key(glimpse))


def admit(glimpse: Glimpse, signed: Signed, at: At) -> Glimpse:
    """Return the glimpse with one act more; acts come in the order of their entries, their signatures verified.

    Raises: Refused when no acts beside those shown could have made this one admissible at this place of the log.
    """
    done = Done(digest=signed.digest, act=signed.act, at=at)
    _names_what_stands_before(glimpse, done)
    _not_revoked(glimpse, done)
    match signed.act:
        case Genesis():
            if glimpse.genesis is not None:
                raise Refused("genesis.second", winner=glimpse.genesis.digest.hex())
            return replace(glimpse, genesis=done)
        case Enrol() | FullPowers() | Revocation():
            changed = _register(glimpse.registers.get(signed.act.by.party), signed, done)
            return replace(glimpse, registers=glimpse.registers.insert(changed.party, changed)) if changed else glimpse
        case Convene():
            return _convene(glimpse, done)
        case Join() as act:
            return _join(_of_negotiation(glimpse, done), act, done)
        case Deposit() as act:
            return _deposit(_of_negotiation(glimpse, done), act, done)
        case _:
            return _about_paper(_of_negotiation(glimpse, done), done)


def _names_what_stands_before(glimpse: Glimpse, done: Done) -> None:
    if glimpse.places.get(done.digest, done.at.index) != done.at.index:
        raise Refused("chain.repeated", winner=done.digest.hex())
    for digest in named(done.act):
        if glimpse.places.get(digest, -1) >= done.at.index:
            raise Refused("chain.names-unknown")


def _not_revoked(glimpse: Glimpse, done: Done) -> None:
    register = glimpse.registers.get(done.act.by.party)
    for key in done.act.by.keys if register else ():
        revoked = register.revoked.get(key) if register else None
        if revoked is not None and revoked.index < done.at.index:
            raise Refused("powers.revoked", party=done.act.by.party)


# --- registers --------------------------------------------------------------------------------------------------


def _register(register: Register | None, signed: Signed, done: Done) -> Register | None:
    """The register with one act more; None while no enrolment is shown, since one may be left out.

    Whoever believes what such an act says must ask for the enrolment itself: here nothing shows whose root signed.
    """
    act = signed.act
    if register is None:
        if not isinstance(act, Enrol):
            return None
        return Register(
            party=act.by.party,
            root=VerifyingKey(act.root),
            enrol=act,
            enrolled=signed.digest,
            order=Order(chain=Chain.start(signed.envelope.payload)),
            reading=(ReadingTerm(key=ReadingKey(act.reading_key), since=done.at),),
        )
    if act.by.keys != (register.root.id,):
        raise Refused("register.not-the-root", party=register.party, winner=register.enrolled.hex())
    match act:
        case Enrol():
            return _read_anew(register, act, done)
        case FullPowers():
            return _empower(register, act, done)
        case Revocation(key=key) if key is not None:
            if key in register.revoked:
                raise Refused("register.nothing-to-revoke", party=register.party)
            return replace(register, revoked=register.revoked.insert(key, done.at))
        case _:
            return _end_reading(register, act, done)


def _read_anew(register: Register, act: Enrol, done: Done) -> Register:
    key = ReadingKey(act.reading_key)
    if any(term.key.id == key.id for term in register.reading):
        raise Refused("register.reading-key-known", party=register.party)
    ended = tuple(replace(term, until=done.at) if term.until is None else term for term in register.reading)
    return replace(register, reading=(*ended, ReadingTerm(key=key, since=done.at)))


def _empower(register: Register, act: FullPowers, done: Done) -> Register:
    key = VerifyingKey(act.key)
    if key.id == register.root.id or key.id in register.revoked:
        raise Refused("register.key-not-for-powers", party=register.party)
    grant = Grant(act=done.digest, at=done.at, key=key, powers=act)
    return replace(register, grants=register.grants.insert(key.id, (*register.grants.get(key.id, ()), grant)))


def _end_reading(register: Register, act: Act, done: Done) -> Register:
    ends = act.reading_key if isinstance(act, Revocation) else None
    if any(term.key.id == ends and term.until is not None for term in register.reading):
        raise Refused("register.nothing-to-revoke", party=register.party)
    reading = tuple(replace(term, until=done.at) if term.key.id == ends else term for term in register.reading)
    return replace(register, reading=reading)


# --- procedure --------------------------------------------------------------------------------------------------


def _convene(glimpse: Glimpse, done: Done) -> Glimpse:
    negotiation = done.act.negotiation
    assert negotiation is not None  # noqa: S101 - act.py refuses a Convene without one
    first = glimpse.convened.get(negotiation)
    if first is not None:
        raise Refused("convene.taken", winner=first.digest.hex())
    return replace(glimpse, convened=glimpse.convened.insert(negotiation, done))


def _of_negotiation(glimpse: Glimpse, done: Done) -> Glimpse:
    """Who acts in a negotiation is one of its parties, or the depositary; asked when its Convene is shown."""
    convened = glimpse.convened.get(done.act.negotiation) if done.act.negotiation else None
    parties = convened.act.parties if convened is not None and isinstance(convened.act, Convene) else None
    if parties is not None and done.act.by.party not in (DEPOSITARY, *parties):
        raise Refused("negotiation.unknown")
    return glimpse


def _join(glimpse: Glimpse, act: Join, done: Done) -> Glimpse:
    assert act.negotiation is not None  # noqa: S101 - act.py refuses a Join without one
    convened = glimpse.convened.get(act.negotiation)
    if convened is not None and convened.digest != act.convene:
        raise Refused("join.other-procedure", winner=convened.digest.hex())
    place = (act.negotiation, act.by.party)
    if place in glimpse.joined:
        raise Refused("join.already", winner=glimpse.joined[place].hex())
    return replace(glimpse, joined=glimpse.joined.insert(place, done.digest))


# --- papers -----------------------------------------------------------------------------------------------------


def _deposit(glimpse: Glimpse, act: Deposit, done: Done) -> Glimpse:
    if done.at.time >= act.accept_by:
        raise Refused("deposit.limit-passed", limit=act.accept_by.to_text())
    convened = glimpse.convened.get(act.negotiation) if act.negotiation else None
    sealed_to = [(recipient.party, recipient.reading_key) for recipient in act.recipients]
    for party, key_id in [*sealed_to, (act.by.party, act.sender_reading_key)]:
        if convened is not None and isinstance(convened.act, Convene) and party not in convened.act.parties:
            raise Refused("deposit.not-a-party", party=party)
        register = glimpse.registers.get(party)
        for term in register.reading if register else ():
            if term.key.id == key_id and not term.current(done.at):
                raise Refused("deposit.reading-key", party=party)
    papers = _replace(glimpse, act, done.digest)
    answered = glimpse.papers.get(act.in_reply_to) if act.in_reply_to else None
    if answered is not None:
        _same_negotiation(answered.paper, act)
        if act.by.party not in (answered.paper.act.by.party, *answered.paper.outcomes):
            raise Refused("deposit.reply-to-strange-paper")
    paper = Paper.deposited(done.digest, act, done.at, number=0)
    waiting = HashTrieMap({recipient.party: frozenset({State.WAITING}) for recipient in act.recipients})
    return replace(glimpse, papers=papers.insert(done.digest, SeenPaper(paper=paper, possible=waiting)))


def _same_negotiation(paper: Paper, act: Act) -> None:
    if act.negotiation != paper.act.negotiation:
        raise Refused("paper.unknown")


def _replace(glimpse: Glimpse, act: Deposit, digest: Digest) -> HashTrieMap[Digest, SeenPaper]:
    old = glimpse.papers.get(act.replaces) if act.replaces else None
    if old is None:
        return glimpse.papers
    _same_negotiation(old.paper, act)
    if old.paper.act.by.party != act.by.party:
        raise Refused("deposit.replaces-strange-paper")
    if old.paper.replaced_by is not None:
        raise Refused("deposit.already-replaced", winner=old.paper.replaced_by.hex())
    return glimpse.papers.insert(old.paper.digest, replace(old, paper=replace(old.paper, replaced_by=digest)))


def _about_paper(glimpse: Glimpse, done: Done) -> Glimpse:
    act = done.act
    seen = glimpse.papers.get(act.deposit) if isinstance(act, PaperAct) and not isinstance(act, Deposit) else None
    if seen is None:
        return glimpse
    _same_negotiation(seen.paper, act)
    match act:
        case Notice(to=party) | Handover(to=party):
            fold.check_handover(seen.paper, done)
            seen = _step(seen, party, Actor.DEPOSITARY, done)
        case Receipt() | Refusal() | Confirmation() | Fault():
            fold.check_answer(seen.paper, done)
            seen = _step(seen, act.by.party, Actor.RECIPIENT, done)
        case Withdrawal(release=None):
            seen = _withdraw(seen, done)
        case Withdrawal():
            seen = _withdraw_release(seen, done)
        case Expiry(recipients=parties):
            if done.at.time <= seen.paper.act.accept_by:
                raise Refused("expiry.early", limit=seen.paper.act.accept_by.to_text())
            for party in parties:
                seen = _step(seen, party, Actor.DEPOSITARY, done)
        case _:
            seen = _publish(seen, done)
    return replace(glimpse, papers=glimpse.papers.insert(seen.paper.digest, seen))


@cache
def _reachable(opening: OpeningKind, states: frozenset[State]) -> frozenset[State]:
    """The states that acts which are not shown may have led to from one of `states`."""
    reached, waiting = set(states), list(states)
    while waiting:
        state = waiting.pop()
        for (kind, _, source, _), target in TABLE.items():
            if kind == opening and source is state and target not in reached:
                reached.add(target)
                waiting.append(target)
    return frozenset(reached)


def _before(seen: SeenPaper, party: str) -> frozenset[State]:
    """The states in which the paper may be with a recipient just before an act. Raises: Refused for no recipient."""
    possible = seen.possible.get(party)
    if possible is None:
        raise Refused("paper.not-a-recipient", party=party)
    return _reachable(seen.paper.act.opening.kind, possible)


def _step(seen: SeenPaper, party: str, actor: Actor, done: Done) -> SeenPaper:
    opening = seen.paper.act.opening.kind
    before = _before(seen, party)
    after = frozenset(
        TABLE[opening, actor, state, done.act.kind]
        for state in before
        if (opening, actor, state, done.act.kind) in TABLE
    )
    return _enter(seen, party, after, done)


def _enter(seen: SeenPaper, party: str, after: frozenset[State], done: Done, *, note: bool = True) -> SeenPaper:
    """Note the act and the states it leaves possible. Raises: Refused when there are none, naming who came first."""
    outcome = seen.paper.outcomes[party]
    if not after:
        winner = outcome.winner(done.act.kind)
        raise Refused("paper.not-now", act=done.act.kind, state=outcome.state.value, winner=winner)
    shown = min(after, key=lambda state: (state not in OPEN, state.value))
    noted = (*outcome.done, done) if note else outcome.done
    outcomes = seen.paper.outcomes.insert(party, Outcome(state=shown, done=noted))
    return replace(seen, paper=replace(seen.paper, outcomes=outcomes), possible=seen.possible.insert(party, after))


def _withdraw(seen: SeenPaper, done: Done) -> SeenPaper:
    if done.act.by.party != seen.paper.act.by.party:
        raise Refused("withdrawal.not-the-sender")
    if done.at.time > seen.paper.act.accept_by:
        raise Refused("paper.limit-passed", limit=seen.paper.act.accept_by.to_text())
    for party in sorted(seen.possible):
        waited = isinstance(done.act, Withdrawal) and party in done.act.recipients
        left = _before(seen, party) - TAKEN
        after = (frozenset({State.WITHDRAWN}) if left & OPEN else frozenset()) if waited else left - OPEN
        seen = _enter(seen, party, after, done, note=waited)
    return seen


def _publish(seen: SeenPaper, done: Done) -> SeenPaper:
    paper, act, party = seen.paper, done.act, done.act.by.party
    who = publication.actor(paper, party)
    if who is Actor.RECIPIENT:
        opening = paper.act.opening.kind
        legal = frozenset(s for s in _before(seen, party) if (opening, who, s, act.kind) in TABLE)
        if not legal:
            raise Refused("paper.not-now", act=act.kind, state=paper.outcomes[party].state.value)
        seen = replace(seen, possible=seen.possible.insert(party, legal))
    if isinstance(act, Statement):
        return replace(seen, paper=replace(paper, statements=(*paper.statements, done)))
    assert isinstance(act, Release)  # noqa: S101 - nothing else is published
    _may_release(paper, act, who)
    if act.until is not None and act.until < done.at.time:
        raise Refused("release.lapsed", until=act.until.to_text())
    publication.check_beside(paper, act, all_shown=False)
    return replace(seen, paper=replace(paper, releases=(*paper.releases, done)))


def _may_release(paper: Paper, act: Release, who: Actor) -> None:
    if publication.allowed(paper, act):
        return
    if who is Actor.OTHER:
        raise Refused("release.stranger", party=act.by.party)
    # A recipient whose receipt is not shown may have taken the terms under reserve, where they leave it that.
    reserve = who is Actor.RECIPIENT and paper.receipt(act.by.party) is None and paper.act.terms.force == "asked"
    if not act.one_sided and not reserve:
        raise Refused("release.terms")


def _withdraw_release(seen: SeenPaper, done: Done) -> SeenPaper:
    """As `publication.withdraw_release`, where the release and what joined it are shown."""
    paper, act = seen.paper, done.act
    digest = act.release if isinstance(act, Withdrawal) else None
    release = publication.release_of(paper, digest) if digest else None
    if digest is None or release is None:
        return seen
    if release.by.party != act.by.party:
        raise Refused("withdrawal.no-such-release")
    if digest in paper.withdrawn_releases:
        raise Refused("withdrawal.already")
    publication.check_not_complete(paper, digest)
    return replace(seen, paper=replace(paper, withdrawn_releases=(*paper.withdrawn_releases, digest)))
