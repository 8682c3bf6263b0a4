"""What a depositary does for whoever asks: one function an act or use. Knows nothing of HTTP.

Who may see what is decided here and in `sealed`: acts go to the parties of their negotiation, the register of a
party to those named in one that it has joined, and what is not for somebody is refused in the same words as what does
not exist.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import msgspec

from parley import statement
from parley.act import Capability, Genesis
from parley.canonical import Time, encode
from parley.crypto import Digest, KeySetId, Nonce, Rng, VerifyingKey, sha256
from parley.depositary.duties import to_inform
from parley.depositary.journal import Journal, Now
from parley.depositary.keys import Keys
from parley.depositary.ledger import View, negotiation_chain, register_chain
from parley.depositary.quota import Quota
from parley.depositary.sealed import LARGEST_TITLE, check_held, check_may_fetch, check_shape
from parley.depositary.seen import Seen
from parley.depositary.sequencer import Pending, Sequencer
from parley.depositary.store import Blobs, Holding, Store
from parley.errors import Malformed, Refused, Unavailable
from parley.register import At, is_for_all
from parley.request import Request, Requester, authority_of, verify_request
from parley.statement import NotAdmitted
from parley.tiles import Tile, encode_bundle, parse_tile, tile_bytes
from parley.wire import LARGEST_ENROLMENTS, LARGEST_PAGE, Admitted, ChainLength, Chains, InvitationCode

UPLOADERS: tuple[Capability, ...] = ("deposit", "manage", "carry")
FETCHERS: tuple[Capability, ...] = ("receive", "deposit", "read")
INFORMED: tuple[Capability, ...] = ("receive", "read")
ANY: tuple[Capability, ...] = ("carry", "deposit", "manage", "read", "receive", "release")
PAPERS_UNNAMED = 2
"""Papers of the largest size that a party may have brought without handing them over."""

RESERVE = 256 << 20
"""Bytes of the disk that uploads leave free: acts are admitted still when no paper can be brought any more."""

_EVER = Time(1 << 52)

UPLOAD_LIFE = 24 * 3600 * 1000
"""Milliseconds after which a part that no act names is swept away."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The signed answer to an act that is not admitted."""

    body: bytes


class Depositary:
    """One log, its store and its keys. Every method may be called from any thread."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        keys: Keys,
        *,
        now: Now,
        rng: Rng,
        journal: Journal,
        entering: Now | None = None,
        seen: Seen | None = None,
        reserve: int = RESERVE,
    ) -> None:
        """Start from what is stored; uploads leave `reserve` bytes of the disk free for acts.

        Acts are entered by the clock `entering`, which may refuse; by default by `now`. Without `seen` a restart
        forgets which requests were served.

        Raises: Unavailable when it does not fit together.
        """
        self._store, self._blobs, self._keys, self._now = store, blobs, keys, now
        self.journal = journal
        self.sequencer = Sequencer(store, keys, now=entering or now, rng=rng, journal=journal)
        genesis = self.view.world.genesis.act
        if not isinstance(genesis, Genesis):
            raise Unavailable("store.damaged", index=0)
        self.log, self.rules = genesis.log, genesis.rules
        self.authority = authority_of(genesis.log)
        self._seen = seen or Seen()
        self._uploads: set[tuple[Digest, str]] = set()
        self._uploads_lock = threading.Lock()
        for digest, party in blobs.whole():  # the last byte had come, and a crash with it
            self._finish(digest, party)
        self._reserve = reserve
        self._quota = Quota(PAPERS_UNNAMED * max(self.rules.largest_payload, LARGEST_TITLE))
        self._count()

    @property
    def view(self) -> View:
        return self.sequencer.view

    def _count(self) -> None:
        """Count anew what no act names."""
        named = self.sequencer.named.uses
        held = [(h.party, h.digest, h.length) for h in self._store.holdings(_EVER) if h.digest not in named]
        self._quota.fill([*held, *self._blobs.uploads()])

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()
        self._seen.close()

    def _here(self) -> At:
        return self.view.here(self._now())

    # --- the public log -------------------------------------------------------------------------------------------

    def genesis(self) -> bytes:
        """Entry 0 with its proof: a wire.Item."""
        return encode(_item(self.view.world.genesis.data, self.sequencer.prove(0)))

    def checkpoint(self) -> str:
        return self.view.checkpoint

    def tile(self, path: str) -> bytes:
        """A tile or an entry bundle by its path. Raises: Malformed, Refused when the log is not that long."""
        tile = parse_tile(path)
        size = self.view.size if tile.level is None else self.view.size >> (8 * tile.level)
        start = tile.index * 256
        if start + tile.width > size:
            raise Refused("tile.unknown")
        if tile.level is not None:
            return tile_bytes(self.sequencer.tree, Tile(level=tile.level, index=tile.index, width=tile.width))
        return encode_bundle(self._store.entries(start, start + tile.width))

    # --- acts -----------------------------------------------------------------------------------------------------

    def examine(self, data: bytes, code: InvitationCode | None = None) -> Pending | Admitted | Rejected:
        """Verify an act and the sealed parts that it brings, up to the point where only the sequencer can decide.

        Raises: Malformed for bytes that are no act, Invalid when a signature does not hold: neither gets a signed
        answer, for nobody is known to have asked.
        """
        unverified = statement.read(data)
        party, world = unverified.act.by.party, self.view.world
        signed = statement.verify(unverified, lambda key_id: world.key(party, key_id))
        try:
            check_held(self._store, signed.act)
            check_shape(self._blobs, signed.act, self.rules)
        except Refused as refused:
            return self.sequencer.known(signed.digest) or self.reject(signed.digest, refused)
        return Pending(signed=signed, data=data, invitation=sha256(code) if code else None)

    def reject(self, digest: Digest, refused: Refused) -> Rejected:
        """Sign the answer to a well-signed act that is not admitted."""
        self.journal.note("act.refused", code=refused.code)
        answer = NotAdmitted(
            act=digest,
            claimed_time=self._now(),
            log=self.log,
            reason=refused.code,
            winner=Digest.from_text(refused.winner) if refused.winner else None,
        )
        return Rejected(statement.sign_not_admitted(answer, self._keys.act))

    # --- who asks -------------------------------------------------------------------------------------------------

    def identify(self, request: Request, headers: Mapping[str, str]) -> Requester:
        """Return who signed a request, once. Raises: Malformed, Invalid, Unavailable; Refused for time or repeat."""
        now = self._now()
        return self._seen.admit(verify_request(request, headers, key_of=self._key_of, now=now), now=now)

    def _key_of(self, party: str, key_id: KeySetId) -> VerifyingKey | None:
        register = self.view.world.registers.get(party)
        return register.key(key_id) if register else None

    def _may(self, requester: Requester, capabilities: tuple[Capability, ...]) -> bool:
        """Whether a key has one of these capabilities now."""
        try:
            self._allow(requester, capabilities)
        except Refused:
            return False
        return True

    def _allow(self, requester: Requester, capabilities: tuple[Capability, ...], *, root: bool = False) -> None:
        """Refuse a key that has none of these capabilities now; `root` lets the party's root in as well."""
        register = self.view.world.registers[requester.party]
        if root and requester.key == register.root.id:
            return
        refusals = []
        for capability in capabilities:
            try:
                register.grant(requester.key, capability, self._here())
            except Refused as refused:
                refusals.append(refused)
            else:
                return
        raise refusals[0]

    # --- chains ---------------------------------------------------------------------------------------------------

    def party(self, requester: Requester, party: str, after: int) -> bytes:
        """What any enrolled party may read of a party's register, with proofs, but for the first: a wire.Items."""
        self._allow(requester, ANY, root=True)
        if party not in self.view.world.registers:
            raise Refused("party.unknown")
        found = list(islice(self._for_all(party), after, after + LARGEST_ENROLMENTS + 1))
        acts = [_item(data, self.sequencer.prove(index)) for index, data in found[:LARGEST_ENROLMENTS]]
        return encode({"acts": acts, "more": len(found) > LARGEST_ENROLMENTS})

    def _for_all(self, party: str) -> Iterator[tuple[int, bytes]]:
        """Index and envelope of the acts of a register that are for all, read a page at a time."""
        done, length = 0, self.view.world.registers[party].order.chain.length
        while done < length:
            page = self._store.chain(register_chain(party), done, min(LARGEST_PAGE, length - done))
            yield from (item for item in page if is_for_all(statement.read(item[1]).act))
            done += len(page)

    def chains(self, requester: Requester) -> bytes:
        """The chains that the requester may read: a wire.Chains."""
        self._allow(requester, ANY, root=True)
        world = self.view.world
        found = [
            ChainLength(id=id_.hex(), kind="negotiation", length=negotiation.order.chain.length)
            for id_, negotiation in world.negotiations.items()
            if requester.party in negotiation.convene.parties
        ]
        for party in self._partners(requester.party):
            length = world.registers[party].order.chain.length
            found.append(ChainLength(id=party, kind="register", length=length))
        return encode(Chains(chains=tuple(sorted(found, key=lambda chain: (chain.kind, chain.id)))))

    def _partners(self, party: str) -> set[str]:
        """Whose registers a party may read: its own, and those of who has joined a negotiation that names it.

        Who was only named has consented to nothing: its officers are not shown to whoever names it.
        """
        shared = [n.joined for n in self.view.world.negotiations.values() if party in n.convene.parties]
        return {party}.union(*shared)

    def register(self, requester: Requester, party: str, after: int) -> bytes:
        """A party's register, for itself and for those named in a negotiation it has joined: a wire.ChainPage."""
        self._allow(requester, ANY, root=True)
        if party not in self._partners(requester.party):
            raise Refused("party.unknown")
        page, _ = self._page(register_chain(party), self.view.world.registers[party].order.chain.length, after)
        return page

    def negotiation(self, requester: Requester, negotiation: Nonce, after: int, *, told: bool = True) -> bytes:
        """A negotiation, for the parties named in its Convene: a wire.ChainPage.

        A party is informed of a waiting paper when the page with the deposit goes to one of its keys that receives or
        reads papers: the notice follows with the next group. `told` is false when the page itself is not sent.
        """
        self._allow(requester, ANY, root=True)
        found = self.view.world.negotiations.get(negotiation)
        if found is None or requester.party not in found.convene.parties:
            raise Refused("negotiation.unknown")
        page, shown = self._page(negotiation_chain(negotiation), found.order.chain.length, after)
        if told and self._may(requester, INFORMED):
            self.sequencer.duties.add(*to_inform(found, requester.party, shown))
        return page

    def _page(self, chain: str, length: int, after: int) -> tuple[bytes, frozenset[int]]:
        """A wire.ChainPage, and the indexes of the acts in it."""
        found = self._store.chain(chain, after, min(LARGEST_PAGE, max(0, length - after)))
        acts = [{"act": msgspec.Raw(data), "index": index} for index, data in found]
        return encode({"acts": acts, "length": length}), frozenset(index for index, _ in found)

    # --- sealed parts ---------------------------------------------------------------------------------------------

    def upload_offset(self, requester: Requester, digest: Digest) -> int:
        """How much of its own upload of a part the requester has brought; all of it once it is held."""
        self._allow(requester, UPLOADERS)
        held = self._store.holding(digest, requester.party)
        return held.length if held else self._blobs.offset(digest, requester.party)

    def check_upload(self, requester: Requester, digest: Digest, total: int) -> Digest:
        """Return `digest` when a part of `total` bytes may be brought, asked before it is read. Raises: Refused."""
        self._allow(requester, UPLOADERS)
        if total > max(self.rules.largest_payload, LARGEST_TITLE):
            raise Refused("upload.too-large", most=self.rules.largest_payload)
        if self._store.holding(digest, requester.party) is None:
            left = total - self._blobs.offset(digest, requester.party)
            if self._blobs.free() < self._reserve + left:
                raise Unavailable("upload.no-room")
            self._quota.take(requester.party, digest, total, self.sequencer.named.uses)
        return digest

    def upload(self, requester: Requester, digest: Digest, piece: bytes, start: int, total: int) -> int:
        """Take a piece of a sealed part, `total` bytes long in all; returns how far the upload has come.

        Raises: Refused for a part beyond the rules, or a piece that is not the next; Malformed when the whole has
        another digest; Unavailable when the disk is full.
        """
        self.check_upload(requester, digest, total)
        with self._uploading(digest, requester.party):
            held = self._store.holding(digest, requester.party)
            if held is not None:
                return held.length
            end = self._blobs.write(digest, requester.party, start, piece)
            try:
                return self._finish(digest, requester.party) if end == total else end
            except Malformed:
                self._quota.give_back(requester.party, digest)
                raise

    def _finish(self, digest: Digest, party: str) -> int:
        """Take an upload that is whole for held; returns its length."""
        length = self._blobs.finish(digest, party)
        self._store.hold(Holding(digest=digest, party=party, length=length, since=self._now()))
        return length

    @contextmanager
    def _uploading(self, digest: Digest, party: str) -> Iterator[None]:
        """One piece of one upload at a time."""
        mark = (digest, party)
        with self._uploads_lock:
            if mark in self._uploads:
                raise Refused("upload.busy")
            self._uploads.add(mark)
        try:
            yield
        finally:
            with self._uploads_lock:
                self._uploads.discard(mark)

    def sealed(self, requester: Requester, digest: Digest) -> int:
        """The length of a sealed part that the requester may be served now. Raises: Refused."""
        self._allow(requester, FETCHERS)
        holding = self._store.holding(digest, requester.party)
        view = self.view
        check_may_fetch(view.world, self.sequencer.named, holding, digest, requester.party)
        length = self._blobs.length(digest)
        if length is None:
            raise Refused("sealed.unknown")
        return length

    def read(self, digest: Digest, start: int, stop: int) -> Iterator[bytes]:
        """The bytes of a part in pieces; `sealed` has been asked before."""
        return self._blobs.read(digest, start, stop)

    def sweep(self) -> int:
        """Remove parts and uploads older than a day that no act names; returns how many."""
        before = Time(self._now() - UPLOAD_LIFE)
        swept = self._blobs.sweep(before)
        with self.sequencer.paused():
            for holding in self._store.holdings(before):
                if holding.digest in self.sequencer.named.uses:
                    continue
                if not self._store.let_go(holding.digest, holding.party):
                    self._blobs.delete(holding.digest)
                swept += 1
        self._count()
        return swept

    # --- the key box ----------------------------------------------------------------------------------------------

    def keybox(self, requester: Requester) -> bytes:
        """What the requester's party last put into its key box. Raises: Refused when that is nothing."""
        self._allow(requester, ANY, root=True)
        box = self._store.keybox(requester.party)
        if box is None:
            raise Refused("keybox.empty")
        return box

    def put_keybox(self, requester: Requester, box: bytes) -> None:
        """Replace the key box of the requester's party."""
        self._allow(requester, ("read",), root=True)
        self._store.put_keybox(requester.party, box)


def _item(data: bytes, proof: str) -> dict[str, object]:
    return {"act": msgspec.Raw(data), "proof": proof}
