"""Registers: who a party is, which keys act for it, and which reading key papers are sealed to.

A register is a fold over the acts of a party's root. It keeps its history, so that the powers of a key can be asked
about any place in the log: a key has a power at entry j when its full powers have an index below j, the time of j
lies in their dates, and no revocation of it has an index below j.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rpds import HashTrieMap

from parley.act import DEPOSITARY, Act, Capability, Enrol, FullPowers, Revocation, capability_of
from parley.canonical import Time
from parley.chain import Chain, Order
from parley.crypto import Digest, KeySetId, ReadingKey, ReadingKeyId, VerifyingKey
from parley.errors import Malformed, Refused
from parley.statement import Signed


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class At:
    """A place in the log: the index of an entry, and its time."""

    index: int
    time: Time


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Full powers as they stand in the log."""

    act: Digest
    at: At
    key: VerifyingKey
    powers: FullPowers


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTerm:
    """A reading key and the entries between which papers may be sealed to it."""

    key: ReadingKey
    since: At
    until: At | None = None

    def current(self, at: At) -> bool:
        return self.since.index < at.index and (self.until is None or self.until.index >= at.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One party: its root, its names, its reading keys, the keys that act for it."""

    party: str
    root: VerifyingKey
    enrol: Enrol
    enrolled: Digest
    order: Order
    reading: tuple[ReadingTerm, ...]
    grants: HashTrieMap[KeySetId, tuple[Grant, ...]] = field(default_factory=HashTrieMap)
    revoked: HashTrieMap[KeySetId, At] = field(default_factory=HashTrieMap)

    def key(self, key_id: KeySetId) -> VerifyingKey | None:
        """The root or an empowered key by its id, whether or not it still has powers."""
        if key_id == self.root.id:
            return self.root
        grants = self.grants.get(key_id)
        return grants[0].key if grants else None

    def reading_key(self, at: At) -> ReadingKey | None:
        """The reading key that a paper entered at this place may be sealed to."""
        return next((term.key for term in reversed(self.reading) if term.current(at)), None)

    def reads(self, key_id: ReadingKeyId, at: At) -> bool:
        return any(term.key.id == key_id and term.current(at) for term in self.reading)

    def grant(self, key_id: KeySetId, capability: Capability, at: At) -> Grant:
        """The full powers under which a key has a capability at this place of the log.

        Raises: Refused, naming why: no powers, revoked, not yet or no longer, another capability.
        """
        grants = [grant for grant in self.grants.get(key_id, ()) if grant.at.index < at.index]
        if not grants:
            raise Refused("powers.none", party=self.party)
        revoked = self.revoked.get(key_id)
        if revoked is not None and revoked.index < at.index:
            raise Refused("powers.revoked", party=self.party)
        timely = [grant for grant in grants if grant.powers.since <= at.time <= grant.powers.until]
        if not timely:
            raise Refused("powers.dates", party=self.party, until=grants[-1].powers.until.to_text())
        for grant in reversed(timely):
            if capability in grant.powers.capabilities:
                return grant
        raise Refused("powers.capability", party=self.party, capability=capability)

    def authorise(self, keys: Iterable[KeySetId], capability: Capability, at: At) -> tuple[Grant, ...]:
        """The full powers of all the keys that signed one act. Raises: Refused, also when the powers ask for two."""
        grants = tuple(self.grant(key, capability, at) for key in keys)
        needed = max(grant.powers.needs for grant in grants)
        if len(grants) < needed:
            raise Refused("powers.second-officer", party=self.party)
        return grants


def powers_of(register: Register | None, act: Act, at: At, *, depositary: VerifyingKey | None) -> tuple[Grant, ...]:
    """The full powers under which an act that is no root's was signed; none for acts of the depositary, by its key.

    `register` is that of the party that signed and `depositary` the act key of the genesis, each as far as it is known.
    Raises: Refused when they do not give the powers, and for an act that only a root signs.
    """
    party = act.by.party
    if party == DEPOSITARY:
        if depositary is None or act.by.keys != (depositary.id,):
            raise Refused("powers.none", party=party)
        return ()
    if register is None:
        raise Refused("register.not-enrolled", party=party)
    capability = capability_of(act)
    if capability is None:
        raise Refused("powers.none", party=party)
    return register.authorise(act.by.keys, capability, at)


def admit(register: Register | None, signed: Signed, at: At) -> Register:
    """Return the register with one act more; the act's signatures have been verified by `statement.verify`.

    Raises: Refused when the party is enrolled under another root, is not enrolled, or the act does not fit its chain.
    """
    act = signed.act
    if isinstance(act, Enrol):
        return _enrol(register, act, signed, at)
    if register is None:
        raise Refused("register.not-enrolled", party=act.by.party)
    _by_root(register, signed)
    order = register.order.follow(signed.digest, after=act.after, keys=act.by.keys)
    match act:
        case FullPowers():
            return _empower(register, act, signed, at, order)
        case Revocation():
            return _revoke(register, act, at, order)
        case _:
            raise Refused("register.not-a-register-act")


def is_for_all(act: Act) -> bool:
    """Whether any enrolled party may read an act of a register: it says who the party is and how to seal to it."""
    return isinstance(act, Enrol) or (isinstance(act, Revocation) and act.reading_key is not None)


def admit_for_all(register: Register | None, signed: Signed, at: At) -> Register:
    """Return the register of which only the acts that are for all are shown, with one of them more.

    Not verified: its place in the chain, of which the acts between are not shown. Raises: as `admit`.
    """
    act = signed.act
    if register is None:
        return admit(None, signed, at)
    _by_root(register, signed)
    match act:
        case Enrol():
            return _read_anew(register, act, signed, ReadingTerm(key=_reading_key(act), since=at))
        case Revocation(key=None):
            return _revoke(register, act, at, register.order)
        case _:
            raise Refused("register.not-a-register-act")


def _by_root(register: Register, signed: Signed) -> None:
    if signed.act.by.keys != (register.root.id,):
        raise Refused("register.not-the-root", party=register.party, winner=register.enrolled.hex())


def _reading_key(act: Enrol) -> ReadingKey:
    """Raises: Refused("register.reading-key") for bytes that are no key: nobody could seal anything to the party."""
    try:
        return ReadingKey(act.reading_key)
    except Malformed as error:
        raise Refused("register.reading-key", party=act.by.party) from error


def _enrol(register: Register | None, act: Enrol, signed: Signed, at: At) -> Register:
    key = _reading_key(act)
    term = ReadingTerm(key=key, since=at)
    if register is None:
        order = Order(chain=Chain.start(signed.envelope.payload))
        order = order.follow(signed.digest, after=act.after, keys=act.by.keys)
        return Register(
            party=act.by.party,
            root=VerifyingKey(act.root),
            enrol=act,
            enrolled=signed.digest,
            order=order,
            reading=(term,),
        )
    _by_root(register, signed)
    order = register.order.follow(signed.digest, after=act.after, keys=act.by.keys)
    return replace(_read_anew(register, act, signed, term), order=order)


def _read_anew(register: Register, act: Enrol, signed: Signed, term: ReadingTerm) -> Register:
    ended = tuple(replace(old, until=term.since) if old.until is None else old for old in register.reading)
    if any(old.key.id == term.key.id for old in register.reading):
        raise Refused("register.reading-key-known", party=register.party)
    return replace(register, enrol=act, enrolled=signed.digest, reading=(*ended, term))


def _empower(register: Register, act: FullPowers, signed: Signed, at: At, order: Order) -> Register:
    key = VerifyingKey(act.key)
    if key.id == register.root.id or key.id in register.revoked:
        raise Refused("register.key-not-for-powers", party=register.party)
    grant = Grant(act=signed.digest, at=at, key=key, powers=act)
    grants = register.grants.insert(key.id, (*register.grants.get(key.id, ()), grant))
    return replace(register, order=order, grants=grants)


def _revoke(register: Register, act: Revocation, at: At, order: Order) -> Register:
    if act.key is not None:
        if act.key not in register.grants or act.key in register.revoked:
            raise Refused("register.nothing-to-revoke", party=register.party)
        return replace(register, order=order, revoked=register.revoked.insert(act.key, at))
    if not any(term.key.id == act.reading_key and term.until is None for term in register.reading):
        raise Refused("register.nothing-to-revoke", party=register.party)
    reading = tuple(replace(t, until=at) if t.key.id == act.reading_key else t for t in register.reading)
    return replace(register, order=order, reading=reading)
