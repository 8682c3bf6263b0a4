"""What the entries amount to, in memory: the fold of all acts, the tree over all entries, the newest checkpoint.

It is a cache that can be deleted: at every start it is rebuilt from the acts, and compared with the last checkpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from parley import fold, statement
from parley.act import Act, Genesis
from parley.canonical import Time
from parley.chain import Chain, Entry
from parley.checkpoint import Checkpoint, TlogProof, open_checkpoint
from parley.depositary.keys import Keys
from parley.depositary.store import Row, Store
from parley.errors import ParleyError, Unavailable
from parley.fold import World
from parley.merkle import Tree, leaf_hash
from parley.note import Note, NoteKey
from parley.register import At
from parley.statement import Signed

DEPOSITARY_CHAIN = "depositary"


def register_chain(party: str) -> str:
    """How the store names the chain of a party's register."""
    return f"register/{party}"


def negotiation_chain(negotiation: bytes) -> str:
    """How the store names the chain of a negotiation."""
    return f"negotiation/{negotiation.hex()}"


def chain_name(act: Act) -> str:
    """The chain that an act belongs to."""
    if isinstance(act, Genesis):
        return DEPOSITARY_CHAIN
    return register_chain(act.by.party) if act.negotiation is None else negotiation_chain(act.negotiation)


def chain_before(world: World, signed: Signed) -> Chain:
    """The chain of an act as it stands before it."""
    act = signed.act
    if act.negotiation is None:
        register = world.registers.get(act.by.party)
        order = register.order if register else None
    else:
        negotiation = world.negotiations.get(act.negotiation)
        order = negotiation.order if negotiation else None
    return order.chain if order else Chain.start(signed.envelope.payload)


@dataclass(frozen=True, kw_only=True)
class View:
    """The state that has been published: everything in it is durable and under a signed checkpoint."""

    world: World
    size: int
    time: Time
    note: Note

    @cached_property
    def checkpoint(self) -> str:
        """The newest checkpoint as it is served."""
        return self.note.to_text()

    def here(self, now: Time) -> At:
        """The place at which the next entry would stand: what a requester's powers are asked for."""
        return At(index=self.size, time=Time(max(now, self.time)))


def prove(view: View, tree: Tree, index: int, entry: bytes) -> str:
    """The proof of an entry against the newest checkpoint, as tlog-proof text."""
    proof = TlogProof(index=index, path=tree.inclusion(index, view.size), note=view.note, extra=entry)
    return proof.to_text()


def rebuild(store: Store, keys: Keys) -> tuple[View, Tree]:
    """Fold all acts again, and compare the tree's root with the last checkpoint and both with our own keys.

    The signatures of the acts were verified when they were admitted; here their digests are recomputed, so that one
    flipped bit is found. Raises: Unavailable when anything differs, is missing, or belongs to another secret.
    """
    store.check()
    head = store.head()
    if not head.size:
        raise Unavailable("store.empty")
    tree = Tree()
    world, time = None, Time(0)
    for row in store.rows(0, head.size):
        signed, entry = _checked(row, tree.size)
        try:
            at = At(index=row.index, time=entry.time)
            world = fold.admit(world, signed, at) if world else World(genesis=signed)
        except ParleyError as error:
            raise Unavailable("store.damaged", index=row.index) from error
        tree.append(leaf_hash(row.entry))
        time = entry.time
    if world is None or tree.size != head.size:
        raise Unavailable("store.damaged", index=tree.size)
    return View(world=world, size=head.size, time=time, note=_check_head(world, tree, head.note, keys)), tree


def _checked(row: Row, index: int) -> tuple[Signed, Entry]:
    try:
        found, entry = statement.read(row.act), Entry.parse(row.entry)
    except ParleyError as error:
        raise Unavailable("store.damaged", index=index) from error
    if not found.digest == entry.act == row.digest or row.index != index:
        raise Unavailable("store.damaged", index=index)
    return Signed(act=found.act, envelope=found.envelope, digest=found.digest), entry


def _check_head(world: World, tree: Tree, note: str, keys: Keys) -> Note:
    genesis = world.genesis.act
    if not isinstance(genesis, Genesis) or genesis.act_keys != keys.act.verifying.public:
        raise Unavailable("secret.other-depositary")
    try:
        signed = open_checkpoint(note, [NoteKey.parse(key) for key in genesis.log_keys])
    except ParleyError as error:
        raise Unavailable("store.damaged-checkpoint") from error
    if signed.checkpoint != Checkpoint(origin=genesis.log, size=tree.size, root=tree.root()):
        raise Unavailable("store.damaged-checkpoint")
    return signed.note
