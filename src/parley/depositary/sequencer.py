"""The one writer: puts acts into the log, a group at a time.

    pending acts ──> admit each by the fold ──> one transaction: entries, acts, signed checkpoint ──> publish ──> answer

Nothing is answered before the transaction is durable, and a refusal is given only then too, because it may name an act
of the same group as the one that came first. When the transaction fails, nothing of the group has happened. What a
crash can leave is therefore either the whole group or none of it; the answers that were lost are given again to
whoever sends the same bytes again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from parley import fold, statement
from parley.act import DEPOSITARY, Act, By, Convene, Enrol
from parley.canonical import Time
from parley.chain import Entry
from parley.checkpoint import Checkpoint, LogSigner
from parley.crypto import Digest, KeySetId, Link, Nonce, Rng
from parley.depositary.allowance import check_enrolments, check_unjoined
from parley.depositary.duties import Duties, Duty, Owed, opens_later, owed
from parley.depositary.journal import Journal, Now
from parley.depositary.keys import Keys
from parley.depositary.ledger import View, chain_before, chain_name, prove, rebuild
from parley.depositary.sealed import Named, check_held
from parley.depositary.store import Row, Store
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.fold import World
from parley.merkle import Tree, leaf_hash
from parley.register import At
from parley.statement import Signed
from parley.wire import CLOCK_AHEAD, Admitted

LARGEST_GROUP = 256
"""Acts in one transaction: beyond this a longer group saves little and keeps its first act waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A verified act that waits for the log, and the digest of the invitation code that came with it."""

    signed: Signed
    data: bytes
    invitation: Digest | None = None


Answer = Admitted | ParleyError
"""What became of a pending act: its entry with proof, or why not."""


@dataclass(slots=True, kw_only=True)
class _Group:
    """A group under way: what the world will be when its transaction is through.

    `places` and `nonces` hold what is asked of the log, and what the group itself enters.
    """

    world: World
    start: int
    time: Time
    rows: list[Row] = field(default_factory=list)
    acts: list[Signed] = field(default_factory=list)
    places: dict[Digest, int] = field(default_factory=dict)
    nonces: dict[tuple[KeySetId, Nonce], Digest] = field(default_factory=dict)
    used: list[Digest] = field(default_factory=list)

    @property
    def at(self) -> At:
        return At(index=self.start + len(self.rows), time=self.time)

    def copy(self) -> _Group:
        """The same group, to try several acts on that must be entered all or none."""
        return replace(
            self,
            rows=[*self.rows],
            acts=[*self.acts],
            places={**self.places},
            nonces={**self.nonces},
            used=[*self.used],
        )

    def enter(self, signed: Signed, data: bytes) -> int:
        """Admit an act by the fold and add its row. Raises: Refused, and the group is as it was."""
        at, chain = self.at, chain_before(self.world, signed)
        self.world = fold.admit(self.world, signed, at)
        nonces = tuple((key, signed.act.nonce) for key in signed.act.by.keys)
        self.rows.append(
            Row(
                index=at.index,
                entry=Entry(act=signed.digest, link=chain.link, time=at.time).encode(),
                digest=signed.digest,
                act=data,
                chain=chain_name(signed.act),
                number=chain.length,
                nonces=nonces,
            )
        )
        self.acts.append(signed)
        self.places[signed.digest] = at.index
        self.nonces |= dict.fromkeys(nonces, signed.digest)
        return at.index


class Sequencer:
    """Admits acts, one group after another; `process` may be called from any thread and runs one at a time."""

    def __init__(self, store: Store, keys: Keys, *, now: Now, rng: Rng, journal: Journal) -> None:
        """Rebuild everything from the store. Raises: Unavailable as `rebuild` does."""
        self._store, self._keys, self._now, self._rng, self._journal = store, keys, now, rng, journal
        self._lock = threading.Lock()
        self._doubtful = False
        self._failing = ""  # why the last group failed, if it did
        self._load()

    def _load(self) -> None:
        self.view, self.tree = rebuild(self._store, self._keys)
        self._signer = LogSigner(self.view.world.genesis.act.log, self._keys.log)
        self.duties, self.named = Duties(), Named()
        self.duties.find_again(self.view.world)
        self.named.fill(self.view.world)
        self._doubtful = False

    def prove(self, index: int) -> str:
        """The proof of an entry against the newest checkpoint. Raises: Unavailable when there is no such entry."""
        view = self.view
        found = self._store.entries(index, index + 1)
        if not found or index >= view.size:
            raise Unavailable("store.damaged", index=index)
        return prove(view, self.tree, index, found[0])

    def known(self, digest: Digest) -> Admitted | None:
        """The answer to an act that is in the log already, with a proof of now."""
        index = self._store.find(digest)
        if index is None or index >= self.view.size:
            return None
        return Admitted(index=index, proof=self.prove(index))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No group is under way while this is open."""
        with self._lock:
            yield

    # --- one group ------------------------------------------------------------------------------------------------

    def process(self, pending: Sequence[Pending]) -> list[Answer]:
        """Admit what can be admitted, do what is due, and answer in the order asked.

        Everything answered with Admitted is durable and under a signed checkpoint. An Unavailable among the answers
        stands for the whole group: nothing of it has happened.
        """
        with self._lock:
            try:
                if self._doubtful:
                    self._recover()
                answers = self._process(pending)
            except Unavailable as error:
                self._note_failure(error, len(pending))
                return [error for _ in pending]
            self._failing = ""
            return answers

    def _note_failure(self, error: Unavailable, acts: int) -> None:
        """Once for what fails again and again with nobody waiting: duties are tried twice a second."""
        if acts or error.code != self._failing:
            self._journal.note("group.failed", code=error.code, acts=acts, **error.details)
        self._failing = error.code

    def _process(self, pending: Sequence[Pending]) -> list[Answer]:
        time = Time(max(self._now(), self.view.time))
        group = self._begin(pending, time)
        duties = self.duties.take(time, LARGEST_GROUP)
        try:
            for duty in duties:
                group = self._fulfil(group, duty)
            outcomes = [self._admit(group, item) for item in pending]
            if group.rows:
                self._commit(group)
        except Unavailable:
            self.duties.add(*duties)
            raise
        if group.rows:
            self._publish(group)
        return [item if isinstance(item, ParleyError) else self._answer(group, item) for item in outcomes]

    def _begin(self, pending: Sequence[Pending], time: Time) -> _Group:
        """A group that knows which of these acts and nonces are in the log: two questions for all of them together."""
        acts = [item.signed for item in pending]
        nonces = {(key, signed.act.nonce) for signed in acts for key in signed.act.by.keys}
        return _Group(
            world=self.view.world,
            start=self.view.size,
            time=time,
            places=self._store.find_all({signed.digest for signed in acts}),
            nonces=self._store.find_nonces(nonces),
        )

    def _admit(self, group: _Group, pending: Pending) -> int | Refused:
        signed = pending.signed
        try:
            known = group.places.get(signed.digest)
            if known is not None:
                return known
            self._check_nonces(group, signed)
            spends = self._check(group, pending)
            index = group.enter(signed, pending.data)
            if spends is not None:
                group.used.append(spends)
            return index
        except Refused as refused:
            return refused
        except (Malformed, Invalid) as error:
            # Nobody's act may stop the writer, which writes for all: what the rules cannot read is not admitted.
            details = {name: value for name, value in error.details.items() if name != "winner"}
            return Refused(error.code, **details)  # type: ignore[arg-type]  # winner is none of these

    def _check_nonces(self, group: _Group, signed: Signed) -> None:
        for key in signed.act.by.keys:
            winner = group.nonces.get((key, signed.act.nonce))
            if winner is not None:
                raise Refused("act.nonce-used", winner=winner.hex())

    def _check(self, group: _Group, pending: Pending) -> Digest | None:
        """What the depositary asks beyond the fold: its clock, invitations, sealed parts held.

        Returns the invitation that the act will have spent when it is admitted. Raises: Refused.
        """
        act = pending.signed.act
        ahead = int(act.claimed_time) - int(group.time)
        if ahead > CLOCK_AHEAD * 1000:
            raise Refused("clock.ahead", seconds=ahead // 1000)
        if isinstance(act, Enrol):
            register = group.world.registers.get(act.by.party)
            if register is None or act.by.keys != (register.root.id,):
                # Alike for a party that is enrolled and one that is not: a stranger learns nothing of either.
                return self._check_invitation(group, act.by.party, pending.invitation)
            check_enrolments(register, group.time)
        if isinstance(act, Convene):
            if act.rules.witnesses:
                raise Refused("convene.witnesses")
            check_unjoined(group.world, act.by.party)
        check_held(self._store, act)
        return None

    def _check_invitation(self, group: _Group, party: str, code: Digest | None) -> Digest:
        if code is None:
            raise Refused("invitation.missing", party=party)
        invited = self._store.invitation(code)
        if invited is None or invited.party != party:
            raise Refused("invitation.unknown", party=party)
        if invited.used:
            raise Refused("invitation.used", party=party)
        if group.time > invited.until:
            raise Refused("invitation.lapsed", party=party, until=invited.until.to_text())
        return code

    # --- the depositary's own acts --------------------------------------------------------------------------------

    def _fulfil(self, group: _Group, duty: Duty) -> _Group:
        """The group with all the acts of a duty, or as it was: half a round handed over could never be completed."""
        later = opens_later(group.world, duty, group.time)
        if later is not None:
            self.duties.at(later, duty)
            return group
        changed = group.copy()
        try:
            for item in owed(group.world, duty, group.time):
                signed = self._sign(changed, duty.negotiation, item)
                changed.enter(signed, signed.data)
        except Refused as refused:  # overtaken, or not complete: the acts say so to everybody
            self._journal.note("duty.dropped", kind=duty.kind, code=refused.code)
            return group
        return changed

    def _sign(self, group: _Group, negotiation: Nonce, item: Owed) -> Signed:
        shape, members = item
        common: dict[str, Any] = {
            "after": Link(group.world.negotiations[negotiation].order.chain.link),
            "by": By(party=DEPOSITARY, keys=(self._keys.act.id,)),
            "claimed_time": group.time,
            "log": self._signer.name,
            "negotiation": negotiation,
            "nonce": Nonce(self._rng(16)),
        }
        act: Act = shape(**common, **members)
        return statement.sign(act, [self._keys.act])

    # --- durable, published, answered -----------------------------------------------------------------------------

    def _commit(self, group: _Group) -> None:
        self._doubtful = True  # until the transaction is known to be through, or known not to be
        for row in group.rows:
            self.tree.append(leaf_hash(row.entry))
        checkpoint = Checkpoint(origin=self._signer.name, size=self.tree.size, root=self.tree.root())
        self._note = self._signer.sign_checkpoint(checkpoint, max(1, int(group.time) // 1000))
        self._store.append(group.start, group.rows, self._note.to_text(), used=group.used)

    def _publish(self, group: _Group) -> None:
        self.view = View(world=group.world, size=group.start + len(group.rows), time=group.time, note=self._note)
        self._doubtful = False
        for signed in group.acts:
            self.duties.follow(signed.act, signed.digest)
            self.named.add(signed.act, signed.digest)
        self._journal.note("group.published", acts=len(group.rows), size=self.view.size)

    def _recover(self) -> None:
        """After a failed transaction: take what the store says. The ordinary way is the way of a start."""
        head = self._store.head()
        if head.size == self.view.size and head.note == self.view.checkpoint:
            self.tree = Tree(self.tree.leaf(index) for index in range(self.view.size))
            self._doubtful = False
        else:
            self._load()

    def _answer(self, group: _Group, index: int) -> Admitted:
        if index >= group.start:
            proof = prove(self.view, self.tree, index, group.rows[index - group.start].entry)
            return Admitted(index=index, proof=proof)
        return Admitted(index=index, proof=self.prove(index))
