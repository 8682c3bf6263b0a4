"""What is known here: the tree over every entry read, and the world folded from every act verified.

Loading trusts the ledger, which only `sync` writes; `audit` trusts nothing and verifies all of it again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from parley import fold, register, statement
from parley.act import Act, Enrol, FullPowers, Genesis, Revocation
from parley.canonical import Time
from parley.chain import Chain, Entry
from parley.checkpoint import SignedCheckpoint, open_checkpoint
from parley.client.home import PartyFile
from parley.client.ledger import Held, Ledger
from parley.crypto import Digest, Nonce
from parley.errors import Invalid, Malformed, ParleyError
from parley.fold import Negotiation, World
from parley.merkle import Tree, leaf_hash
from parley.note import NoteKey
from parley.register import At
from parley.statement import Signed, Unverified


@dataclass
class Known:
    """The state of one home in memory: `places` is the index of each act, `last` that of each chain's last act.

    `numbers` are those that negotiations have among the ones of their handle, as far as they were asked for or kept.
    `by_enrolment` are the parties of whose registers only what is for all is served: they have joined nothing with us.
    """

    genesis: Signed
    keys: tuple[NoteKey, ...]
    tree: Tree
    world: World
    last_time: Time
    checkpoint: SignedCheckpoint | None = None
    places: dict[Digest, int] = field(default_factory=dict)
    acts: dict[Digest, Signed] = field(default_factory=dict)
    last: dict[tuple[str, str], int] = field(default_factory=dict)
    numbers: dict[Nonce, int] = field(default_factory=dict)
    by_enrolment: set[str] = field(default_factory=set)

    def at(self, digest: Digest) -> int:
        """The index of an act's entry. Raises: Invalid when it is not known here."""
        if digest not in self.places:
            raise Invalid("ledger.unknown-act")
        return self.places[digest]

    def next_place(self, now: Time) -> At:
        """Where an act of ours would come at the earliest: to ask what may be done."""
        return At(index=self.tree.size, time=Time(max(now, self.last_time)))

    def chains(self) -> dict[tuple[str, str], Chain]:
        """The chains known here, by kind and name as the depositary lists them."""
        chains = {
            ("register", party): found.order.chain
            for party, found in self.world.registers.items()
            if party not in self.by_enrolment
        }
        for name, negotiation in self.world.negotiations.items():
            chains["negotiation", name.hex()] = negotiation.order.chain
        return chains

    def chain(self, kind: str, name: str) -> Chain | None:
        """One chain by kind and name, None before its first act."""
        if kind == "register":
            found = self.world.registers.get(name)
            return found.order.chain if found and name not in self.by_enrolment else None
        negotiation = self.world.negotiations.get(Nonce.from_text(name))
        return negotiation.order.chain if negotiation else None

    def admit(self, signed: Signed, at: At) -> None:
        """Fold one act more."""
        party = signed.act.by.party
        if isinstance(signed.act, Enrol | FullPowers | Revocation) and party in self.by_enrolment:
            changed = register.admit_for_all(self.world.registers.get(party), signed, at)
            self.world = replace(self.world, registers=self.world.registers.insert(party, changed))
        else:
            self.world = fold.admit(self.world, signed, at)
        self.places[signed.digest] = at.index
        self.acts[signed.digest] = signed
        self.last[chain_of(signed.act)] = at.index

    def number(self, negotiation: Negotiation) -> int:
        """Which of the negotiations of its handle one is at this home: 1, 2, …"""
        if negotiation.id not in self.numbers:
            self.number_all()
        return self.numbers[negotiation.id]

    def number_all(self) -> None:
        """Give those without a number the next of their handle, in log order; what has one keeps it."""
        found, highest = self.world.negotiations, Counter[str]()
        for id_, number in self.numbers.items():
            if id_ in found:
                handle = found[id_].convene.handle
                highest[handle] = max(highest[handle], number)
        for each in sorted(found.values(), key=lambda each: each.convened.at.index):
            if each.id not in self.numbers:
                highest[each.convene.handle] += 1
                self.numbers[each.id] = highest[each.convene.handle]

    def forget_register(self, party: str) -> None:
        """Know nothing of a party's register: before it is read anew."""
        self.world = replace(self.world, registers=self.world.registers.remove(party))
        self.last.pop(("register", party), None)
        self.by_enrolment.discard(party)


def chain_of(act: Act) -> tuple[str, str]:
    """The chain an act belongs to, by kind and name."""
    return ("negotiation", act.negotiation.hex()) if act.negotiation else ("register", act.by.party)


def log_keys(genesis: Signed) -> tuple[NoteKey, ...]:
    """The keys that sign the log's checkpoints, from the genesis: those in it that are of another log are not."""
    assert isinstance(genesis.act, Genesis)  # noqa: S101 - `check_genesis` lets nothing else through
    return tuple(key for key in map(NoteKey.parse, genesis.act.log_keys) if key.name == genesis.act.log)


def check_genesis(unverified: Unverified, party: PartyFile) -> Signed:
    """Return the genesis when it is the one this home was founded under. Raises: Invalid("genesis.other")."""
    if unverified.digest != party.genesis or not isinstance(unverified.act, Genesis) or unverified.act.log != party.log:
        raise Invalid("genesis.other")
    return statement.verify(unverified, lambda _: None)


def in_folding_order(held: list[tuple[Held, Unverified]]) -> list[tuple[Held, Unverified]]:
    """Registers first, then negotiations, each in log order: powers must be known before what they empower."""
    return sorted(held, key=lambda pair: (not isinstance(pair[1].act, Enrol | FullPowers | Revocation), pair[0].index))


BY_ENROLMENT = "by-enrolment"
"""The kind under which the ledger keeps whose register is not served to us."""

NUMBERS = "handle-number"
"""The kind under which the ledger keeps the number of a negotiation among those of its handle."""


def by_enrolment(ledger: Ledger, acts: list[Act]) -> set[str]:
    """Whose registers the ledger holds only as far as they are for all; one held whole meanwhile is not among them."""
    whole = {act.by.party for act in acts if act.negotiation is None and not register.is_for_all(act)}
    return set(ledger.all_kept(BY_ENROLMENT)) - whole


def _numbers(ledger: Ledger) -> dict[Nonce, int]:
    try:
        return {Nonce.from_text(name): int(value) for name, value in ledger.all_kept(NUMBERS).items()}
    except ValueError as error:
        raise Malformed("ledger.damaged") from error


def load(ledger: Ledger, party: PartyFile) -> Known:
    """Rebuild what is known from the ledger.

    Verified: the genesis, and that each act is the one of its entry. Raises: Malformed("ledger.damaged", index).
    """
    tree, last = Tree(), Time(0)
    entries: list[Entry] = []
    for data in ledger.entries():
        entry = _entry(data, len(entries))
        entries.append(entry)
        tree.append(leaf_hash(data))
        last = entry.time
    acts = [(held, _read(held, entries)) for held in ledger.acts()]
    if not acts or acts[0][0].index != 0:
        raise Malformed("ledger.damaged", index=0)
    genesis = check_genesis(acts[0][1], party)
    known = Known(
        genesis=genesis,
        keys=log_keys(genesis),
        tree=tree,
        world=World(genesis=genesis),
        last_time=last,
        places={genesis.digest: 0},
        acts={genesis.digest: genesis},
        numbers=_numbers(ledger),
        by_enrolment=by_enrolment(ledger, [read.act for _, read in acts]),
    )
    for held, read in in_folding_order(acts[1:]):
        signed = Signed(act=read.act, envelope=read.envelope, digest=read.digest)
        try:
            known.admit(signed, At(index=held.index, time=entries[held.index].time))
        except ParleyError as error:
            raise Malformed("ledger.damaged", index=held.index) from error
    note = ledger.checkpoint()
    known.checkpoint = open_checkpoint(note, known.keys) if note else None
    return known


def _entry(data: bytes, index: int) -> Entry:
    try:
        return Entry.parse(data)
    except Malformed as error:
        raise Malformed("ledger.damaged", index=index) from error


def _read(held: Held, entries: list[Entry]) -> Unverified:
    try:
        read = statement.read(held.envelope)
    except Malformed as error:
        raise Malformed("ledger.damaged", index=held.index) from error
    if held.index >= len(entries) or entries[held.index].act != read.digest or held.digest != read.digest:
        raise Malformed("ledger.damaged", index=held.index)
    return read
