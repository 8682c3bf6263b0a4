"""Reading on: new entries, the checkpoint over them, and the acts of our chains, all verified before they are kept.

In this order, so that an act cannot be kept from us unseen: the checkpoint, then every entry it covers, then the acts.
After that no entry may bear the link that one of our chains would bear next. Acts beyond the checkpoint wait for the
next time. What fails in one chain stops that chain: the others are read and kept, and then it is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import NoReturn

from parley import statement
from parley.act import Convene
from parley.canonical import Time, encode
from parley.chain import Chain, Entry
from parley.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from parley.client import enrolments
from parley.client.alarm import sound
from parley.client.home import Home, PartyFile
from parley.client.known import BY_ENROLMENT, NUMBERS, Known, check_genesis, load, log_keys
from parley.client.ledger import Held, Ledger
from parley.client.ports import Clock
from parley.client.remote import Remote
from parley.crypto import Link, SigningKey
from parley.errors import Detail, Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.merkle import Tree, leaf_hash
from parley.note import Note, NoteKey
from parley.register import At
from parley.statement import Unverified
from parley.tiles import WIDTH, Tile, decode_bundle, format_tile

CLOCK_SECONDS = 300
"""How far our clock may be from the depositary's: beyond that nothing is signed."""


@dataclass
class Reader:
    """Reads on for one home. `known` is replaced as a whole, and only by what is in the ledger."""

    home: Home
    party: PartyFile
    ledger: Ledger
    remote: Remote
    clock: Clock
    known: Known | None = None
    _fresh: dict[int, Entry] = field(default_factory=dict)
    _stopped: dict[tuple[str, str], ParleyError | None] = field(default_factory=dict)

    def begin(self) -> Known:
        """What is known, from the ledger; for a new home, the genesis and the log up to now, from the depositary."""
        if self.known is None:
            if self.ledger.size == 0:
                self._read_beginning()
            with self.ledger.at_one_moment():
                self.known = load(self.ledger, self.party)
        return self.known

    def _read_beginning(self) -> None:
        genesis = check_genesis(statement.read(encode(self.remote.genesis().act)), self.party)
        signed = self._checkpoint(log_keys(genesis))
        entries = self._entries(0, signed.checkpoint.size)
        tree = Tree(leaf_hash(entry.encode()) for entry in entries)
        if not entries or tree.root() != signed.checkpoint.root or entries[0].act != genesis.digest:
            raise Invalid("log.entries")
        if entries[0].link != Chain.start(genesis.envelope.payload).link:
            raise Invalid("genesis.other")
        self._check_entries(entries, None)
        held = Held(index=0, digest=genesis.digest, envelope=genesis.data)
        self.ledger.add(entries=entries, first=0, size=signed.checkpoint.size, note=signed.note.encode(), acts=(held,))

    def run(self, key: SigningKey | None) -> int:
        """Read everything new, ask for the acts of our chains when there is a key to ask with; return how many came.

        Raises: Invalid("alarm.…") with the proof kept, Unavailable, Refused when the depositary does not know the key.
        When it is one chain that fails, everything else was read and kept before this is raised.
        """
        if self.known is not None and self.known.tree.size != self.ledger.size:
            self.known = None  # another program at this home has read on
        known = self.begin()
        try:
            return self._run(known, key)
        except BaseException:
            self.known = None  # the tree may be ahead of what was kept: start again from the ledger
            raise

    def _run(self, known: Known, key: SigningKey | None) -> int:
        signed = self._checkpoint(known.keys)
        first = known.tree.size
        entries = self._new_entries(known, signed)
        self._fresh, self._stopped = dict(enumerate(entries, first)), {}
        acts: list[Held] = []
        if key is not None:
            acts = self._chains(known, key, signed.checkpoint.size)
        self.ledger.add(entries=entries, first=first, size=signed.checkpoint.size, note=signed.note.encode(), acts=acts)
        for party in set(self.ledger.all_kept(BY_ENROLMENT)) - known.by_enrolment:
            self.ledger.forget(BY_ENROLMENT, party)
        self._keep_numbers(known)
        known.checkpoint = signed
        self._fresh = {}
        if key is not None:
            self._check_nothing_withheld(known)
        for error in filter(None, self._stopped.values()):
            raise error
        return len(acts)

    def _keep_numbers(self, known: Known) -> None:
        """What a negotiation is called here does not change when one is read later that stands earlier in the log."""
        known.number_all()
        kept = self.ledger.all_kept(NUMBERS)
        for id_, number in known.numbers.items():
            if id_.hex() not in kept:
                self.ledger.keep(NUMBERS, id_.hex(), b"%d" % number)

    # --- the log ------------------------------------------------------------------------------------------------

    def _checkpoint(self, keys: tuple[NoteKey, ...]) -> SignedCheckpoint:
        """The newest checkpoint, signed. Raises: Invalid("log.other") when it is not even said to be of our log."""
        data = self.remote.checkpoint()
        origin = Checkpoint.parse(Note.parse(data).text).origin  # before any key: none of ours is of another log
        if origin != self.party.log:
            raise Invalid("log.other", found=origin)
        return open_checkpoint(data, keys)

    def _new_entries(self, known: Known, signed: SignedCheckpoint) -> list[Entry]:
        """The entries that the checkpoint adds, appended to the known tree, which then has the checkpoint's root."""
        size, held = signed.checkpoint.size, known.tree.size
        if size <= held:
            if known.tree.root(size) != signed.checkpoint.root:
                self._fork(known, signed)
            if size < held:
                self._sound("older", known, {"served": signed.note.encode()}, held=held, served=size)
            return []
        entries = self._entries(held, size)
        for entry in entries:
            known.tree.append(leaf_hash(entry.encode()))
        if known.tree.root() != signed.checkpoint.root:
            self._fork(known, signed)
        self._check_entries(entries, known)
        return entries

    def _entries(self, first: int, size: int) -> list[Entry]:
        """Entries `first` to `size`, as served: that they are the log's is seen by the root over all of them."""
        found: list[Entry] = []
        for index in range(first // WIDTH, -(-size // WIDTH)):
            tile = Tile(level=None, index=index, width=min(WIDTH, size - index * WIDTH))
            bundle = decode_bundle(self.remote.tile(format_tile(tile)), tile.width)
            skipped = max(0, first - index * WIDTH)
            found += [Entry.parse(data) for data in bundle[skipped:]]
        return found

    def _check_entries(self, entries: list[Entry], known: Known | None) -> None:
        """Times never decrease, and no link occurs twice: an entry that breaks this convicts the depositary."""
        first = known.tree.size - len(entries) if known else 0
        last = known.last_time if known else Time(0)
        seen: dict[Link, int] = {}
        for index, entry in enumerate(entries, first):
            # What another program at this home read meanwhile, these very entries among it, is no second place.
            other = seen[entry.link] if entry.link in seen else self.ledger.entry_with(entry.link, below=first)
            if other is not None:
                self._sound("link-twice", known, {"entry": entry.encode()}, index=index, other=other)
            if entry.time < last:
                self._sound("time-backwards", known, {"entry": entry.encode()}, index=index)
            seen[entry.link], last = index, entry.time
        if known:
            known.last_time = last

    def _fork(self, known: Known, signed: SignedCheckpoint) -> NoReturn:
        self._sound(
            "forked", known, {"served": signed.note.encode()}, held=known.tree.size, served=signed.checkpoint.size
        )

    # --- the chains ---------------------------------------------------------------------------------------------

    def _listed(self, known: Known, key: SigningKey) -> list[tuple[str, str]]:
        """The chains that have grown: registers first, because they say who may sign in the negotiations.

        A chain that is listed as no longer than it is here is not asked for. If it is longer, the entry that bears its
        next link says so afterwards.
        """
        listed = []
        for each in self.remote.chains(key).chains:
            chain = known.chain(each.kind, each.id)
            by_enrolment = each.kind == "register" and each.id in known.by_enrolment
            if chain is None or by_enrolment or each.length > chain.length:
                listed.append((each.kind, each.id))
        return sorted(listed, key=lambda each: (each[0] != "register", each[1]))

    def _chains(self, known: Known, key: SigningKey, size: int) -> list[Held]:
        """All acts that are new to us: registers, then what is for all of those not served, then negotiations."""
        listed = self._listed(known, key)
        found: list[Held] = []
        for kind, name in listed:
            if kind == "register" and name in known.by_enrolment:
                self._join(known, key, name, size, found)
            elif kind == "register":
                self._follow(known, key, kind, name, size, found)
        for party in sorted(known.by_enrolment):
            self._enrol(known, key, party, size, found)
        for kind, name in listed:
            if kind != "register":
                self._follow(known, key, kind, name, size, found)
        return found

    def _join(self, known: Known, key: SigningKey, party: str, size: int, found: list[Held]) -> None:
        """The register of a party that has joined since: from now on it is served whole. All of it counts, or nothing.

        Half of it beside what was for all would leave a gap in what the ledger holds.
        """
        before, kept = known.world, len(found)
        known.forget_register(party)
        self._follow(known, key, "register", party, size, found)
        if ("register", party) in self._stopped:
            known.world = before
            known.by_enrolment.add(party)
            del found[kept:]

    def _enrol(self, known: Known, key: SigningKey, party: str, size: int, found: list[Held]) -> None:
        """What is for all of a party's register; when it does not hold, the party's register counts as not read."""
        before = known.world
        try:
            found += self._enrolments(known, key, party, size)
        except (Invalid, Malformed, Unavailable) as error:
            _check_of_one_chain(error)
            known.world = before
            self._stopped["register", party] = error

    def _enrolments(self, known: Known, key: SigningKey, party: str, size: int) -> list[Held]:
        """What is for all of the register of a party that has joined nothing with us, read anew, and kept."""
        if party in known.world.registers:
            known.forget_register(party)
        self.ledger.keep(BY_ENROLMENT, party, b"")
        known.by_enrolment.add(party)
        places = [
            (at, signed)
            for at, signed in enrolments.verify(self.remote.enrolments(key, party), party, known.keys)
            if at.index < size
        ]
        for at, signed in places:
            if (self._fresh.get(at.index) or self.ledger.entry(at.index)).act != signed.digest:
                self._sound("act-not-entered", known, {"act": signed.data}, index=at.index)
            known.admit(signed, at)
        return enrolments.held(places)

    def _follow(self, known: Known, key: SigningKey, kind: str, name: str, size: int, found: list[Held]) -> None:
        """Add the acts of one chain that are new to us and covered by the checkpoint; stop at one that fails."""
        try:
            while self._page(known, key, kind, name, size, found):
                pass
        except (Invalid, Malformed, Unavailable) as error:
            _check_of_one_chain(error)
            self._stopped[kind, name] = error

    def _page(self, known: Known, key: SigningKey, kind: str, name: str, size: int, found: list[Held]) -> bool:
        """One answer of the depositary; return whether there is more to ask for."""
        chain = known.chain(kind, name)
        page = self.remote.chain(key, kind, name, chain.length if chain else 0)
        for item in page.acts:
            if item.index >= size:
                return False
            read = statement.read(encode(item.act))
            for party in read.act.parties if isinstance(read.act, Convene) else ():
                if party not in known.world.registers and ("register", party) not in self._stopped:
                    self._enrol(known, key, party, size, found)
            if kind != "register" and ("register", read.act.by.party) in self._stopped:
                # Whether the act is good cannot be told before its party's register can be read.
                self._stopped[kind, name] = None
                return False
            found.append(self._take(known, kind, name, item.index, read))
        after = known.chain(kind, name)
        return bool(page.acts) and after is not None and after.length < page.length

    def _take(self, known: Known, kind: str, name: str, index: int, read: Unverified) -> Held:
        """Verify one act: its entry, its place in its chain, its signatures, and that the table allows it there."""
        envelope = encode(read.envelope)
        parts = {"act": envelope}
        entry = self._fresh.get(index) or self.ledger.entry(index)
        if entry.act != read.digest:
            self._sound("act-not-entered", known, parts, index=index)
        if name != (read.act.negotiation.hex() if read.act.negotiation else read.act.by.party):
            self._sound("act-of-another-chain", known, parts, index=index)
        chain = known.chain(kind, name) or Chain.start(read.envelope.payload)
        last = known.last.get((kind, name), -1)
        if entry.link != chain.link or index <= last:
            self._sound("act-outside-chain", known, parts, index=index)
        try:
            signed = statement.verify(read, partial(known.world.key, read.act.by.party))
            known.admit(signed, At(index=index, time=entry.time))
        except (Invalid, Malformed, Refused) as error:
            self._sound("act-not-allowed", known, parts, index=index, reason=error.code)
        return Held(index=index, digest=signed.digest, envelope=envelope)

    def _check_nothing_withheld(self, known: Known) -> None:
        """No entry under our checkpoint bears the link that one of our chains would bear next, unless it was stopped.

        What another program at this home has read beyond it comes with its acts when we read on.
        """
        for (kind, name), chain in known.chains().items():
            if (kind, name) in self._stopped:
                continue
            index = self.ledger.entry_with(chain.link, below=known.tree.size)
            if index is not None:
                parts = {"entry": self.ledger.entry(index).encode()}
                self._sound("act-withheld", known, parts, index=index, chain=kind, name=name)

    # --- alarms and clocks --------------------------------------------------------------------------------------

    def _sound(self, code: str, known: Known | None, parts: dict[str, bytes], **details: Detail) -> NoReturn:
        held = self.ledger.checkpoint()
        if held is not None and known is not None:
            parts = {"held": held, **parts}
        sound(self.home, code, now=self.clock(), parts=parts, **details)

    def check_clock(self) -> None:
        """Raises: Refused("clock.differs", seconds) when our clock is more than 300 s from the depositary's."""
        off = self.remote.seconds_off or 0
        if self.known is not None and self.known.last_time - self.clock() > 1000 * CLOCK_SECONDS:
            off = (self.clock() - self.known.last_time) // 1000
        if abs(off) > CLOCK_SECONDS:
            raise Refused("clock.differs", seconds=off)


def _check_of_one_chain(error: ParleyError) -> None:
    """Raises the error again when it is not one chain that failed, but the way to the depositary."""
    if isinstance(error, Unavailable) and error.code not in ("remote.long-answer", "remote.packed"):
        raise error
