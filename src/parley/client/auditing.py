"""The audit: everything held is read again and checked again, as if none of it had been checked before. No network.

In this order: the file; each entry, its time and that its link is its own; the tree under every checkpoint ever seen;
the genesis; each act's bytes, its entry, its place in its chain, its signatures, and that it was admissible there; the
rows that nothing signs; sealed parts by their names. The first that does not hold is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from parley import statement
from parley.canonical import Time
from parley.chain import Chain, Entry
from parley.checkpoint import open_checkpoint
from parley.client.home import SEALED, Home, PartyFile
from parley.client.known import Known, by_enrolment, chain_of, check_genesis, in_folding_order, log_keys
from parley.client.ledger import Held, Ledger
from parley.client.views import Audited, BadAct
from parley.crypto import Link, Sha256
from parley.errors import Invalid, Malformed, ParleyError, Unavailable
from parley.fold import World
from parley.merkle import Tree, leaf_hash
from parley.register import At
from parley.statement import Unverified

What = Literal["act", "entry", "checkpoint", "ledger", "sealed"]
_CHUNK = 1 << 20


@dataclass
class _Audit:
    """One pass. `at` is what is being looked at: when something fails, that is the first bad thing."""

    home: Home
    party: PartyFile
    ledger: Ledger
    at: tuple[What, int | None] = ("ledger", None)
    entries: list[Entry] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    newest: Time | None = None
    sealed: int = 0
    acts: int = 0
    known: Known | None = None

    @contextmanager
    def looking(self, what: What, index: int | None = None) -> Iterator[None]:
        self.at = (what, index)
        yield

    def run(self) -> None:
        with self.looking("ledger"):
            self.ledger.check_file()
        self._entries()
        held = self.ledger.acts()
        with self.looking("act", 0):
            known = self._genesis(held)
        self._checkpoints(known)
        self._acts(known, held[1:])
        with self.looking("ledger"):
            for kind in self.ledger.kinds():
                self.ledger.all_kept(kind)
            for posted in self.ledger.outbox():
                if statement.read(posted.envelope).digest != posted.digest:
                    raise Malformed("ledger.damaged")
        with self.looking("sealed"):
            self._sealed()

    def _entries(self) -> None:
        links: dict[Link, int] = {}
        for index, data in enumerate(self.ledger.entries()):
            with self.looking("entry", index):
                entry = Entry.parse(data)
                if self.entries and entry.time < self.entries[-1].time:
                    raise Invalid("audit.time-backwards")
                if entry.link in links:
                    raise Invalid("audit.link-twice", other=links[entry.link])
                links[entry.link] = index
                self.entries.append(entry)
                self.tree.append(leaf_hash(data))

    def _genesis(self, held: list[Held]) -> Known:
        if not held or held[0].index != 0 or not self.entries:
            raise Malformed("ledger.damaged")
        genesis = check_genesis(self._read(held[0]), self.party)
        self.acts = 1
        return Known(
            genesis=genesis,
            keys=log_keys(genesis),
            tree=self.tree,
            world=World(genesis=genesis),
            last_time=self.entries[-1].time,
        )

    def _checkpoints(self, known: Known) -> None:
        for size, note in self.ledger.checkpoints():
            with self.looking("checkpoint", size):
                signed = open_checkpoint(note, known.keys)
                tree = signed.checkpoint
                if tree.origin != self.party.log or tree.size != size or self.tree.root(size) != tree.root:
                    raise Invalid("audit.checkpoint")
                self.newest = Time(1000 * signed.log_seconds)
        if not self.ledger.checkpoints() or self.ledger.checkpoints()[-1][0] != self.tree.size:
            self.at = ("checkpoint", self.tree.size)
            raise Invalid("audit.checkpoint")

    def _read(self, held: Held) -> Unverified:
        read = statement.read(held.envelope)
        if held.index >= len(self.entries) or self.entries[held.index].act != read.digest:
            raise Invalid("audit.other-act")
        return read

    def _acts(self, known: Known, held: list[Held]) -> None:
        read: list[tuple[Held, Unverified]] = []
        for each in held:
            with self.looking("act", each.index):
                read.append((each, self._read(each)))
        known.by_enrolment = by_enrolment(self.ledger, [unverified.act for _, unverified in read])
        for each, unverified in in_folding_order(read):
            with self.looking("act", each.index):
                self._act(known, each.index, unverified)
        self.known = known

    def _act(self, known: Known, index: int, read: Unverified) -> None:
        entry = self.entries[index]
        kind, name = chain_of(read.act)
        if kind == "negotiation" or name not in known.by_enrolment or name not in known.world.registers:
            chain = known.chain(kind, name) or Chain.start(read.envelope.payload)
            if entry.link != chain.link:
                raise Invalid("audit.outside-chain")
        known.admit(
            statement.verify(read, partial(known.world.key, read.act.by.party)), At(index=index, time=entry.time)
        )
        self.acts += 1

    def _sealed(self) -> None:
        """Every sealed part has the digest it is named by; parts half fetched have another kind of name."""
        for path in sorted(self.home.path(SEALED).glob("*")):
            if path.suffix or path.name.startswith("."):
                continue
            state = Sha256()
            try:
                with path.open("rb") as file:
                    while piece := file.read(_CHUNK):
                        state.update(piece)
            except OSError as error:
                raise Unavailable("home.unreadable", file=path.name) from error
            if state.digest().hex() != path.name:
                raise Invalid("audit.sealed", file=path.name[:8])
            self.sealed += 1

    def reference(self, index: int | None) -> str | None:
        """The paper that the act at an index deposited, as far as the audit came."""
        if self.known is None or index is None:
            return None
        for _, paper in self.known.world.papers():
            if paper.at.index == index:
                return paper.reference
        return None


def audit(home: Home, party: PartyFile, ledger: Ledger) -> Audited:
    """Check everything held. Raises: Unavailable when it cannot be read at all; what does not hold is in the answer."""
    pass_ = _Audit(home, party, ledger)
    bad: BadAct | None = None
    try:
        pass_.run()
    except Unavailable:
        raise
    except ParleyError as error:
        what, index = pass_.at
        bad = BadAct(
            what=what,
            reference=pass_.reference(index),
            index=index,
            code=error.code,
            details=tuple(sorted(error.details.items())),
        )
    world = pass_.known.world if pass_.known else None
    return Audited(
        entries=len(pass_.entries),
        acts=pass_.acts,
        negotiations=len(world.negotiations) if world else 0,
        papers=sum(1 for _ in world.papers()) if world else 0,
        sealed=pass_.sealed,
        checkpoint_time=pass_.newest,
        bad=bad,
    )
