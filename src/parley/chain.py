"""Log entries, and the chains that acts form in secret.

Each negotiation, each party's register and the depositary's own acts are a chain. A chain's head is known to its
parties; a log entry shows only a link, the hash of the head before it. Strangers see how many acts there were and
when, never which belong together; a party knows which link must come next, and misses it when an act is kept back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rpds import HashTrieMap

from parley.canonical import Time
from parley.crypto import Digest, KeySetId, Link, tagged
from parley.errors import Malformed, Refused

ENTRY_SIZE = 73
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log: the digest of an act, the link of its chain there, and the depositary's time (UTC ms)."""

    act: Digest
    link: Link
    time: Time

    def encode(self) -> bytes:
        """0x01 || act digest (32) || link (32) || u64 big-endian milliseconds: 73 bytes."""
        return bytes((_VERSION,)) + self.act + self.link + int(self.time).to_bytes(8, "big")

    @classmethod
    def parse(cls, data: bytes) -> Entry:
        """Read an entry. Raises: Malformed for another length, another version, or a year past 9999."""
        if len(data) != ENTRY_SIZE:
            raise Malformed("entry.length", expected=ENTRY_SIZE, found=len(data))
        if data[0] != _VERSION:
            raise Malformed("entry.version", found=data[0])
        time = Time(int.from_bytes(data[65:], "big"))
        if time > _LAST_TIME:
            raise Malformed("entry.time")
        return cls(act=Digest(data[1:33]), link=Link(data[33:65]), time=time)


_LAST_TIME = Time.from_text("9999-12-31T23:59:59.999Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The head of a chain after `length` acts; `head` is secret to the chain's parties and the depositary."""

    head: Digest
    length: int

    @classmethod
    def start(cls, first_payload: bytes) -> Chain:
        """A chain before its first act, whose payload, known to the chain's parties alone, makes its head."""
        return cls(head=tagged("parley/chain/v1", first_payload), length=0)

    @property
    def link(self) -> Link:
        """The link that the next entry of this chain bears, and that stands `after` the acts so far."""
        return Link(tagged("parley/link/v1", self.head))

    def extend(self, act: Digest) -> Chain:
        return Chain(head=tagged("parley/head/v1", self.head, act), length=self.length + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The acts of one chain in their order, and how far each key has shown that it had seen them.

    An act may build on an older link than the newest, so that nobody can hold up another by acting first; but it must
    lie behind every act that it names, and a key never goes back behind what it has seen.
    """

    chain: Chain
    behind: HashTrieMap[Link, int] = field(default_factory=HashTrieMap)
    place: HashTrieMap[Digest, int] = field(default_factory=HashTrieMap)
    seen: HashTrieMap[KeySetId, int] = field(default_factory=HashTrieMap)

    def follow(
        self, digest: Digest, *, after: Link | None, keys: Iterable[KeySetId], named: Iterable[Digest] = ()
    ) -> Order:
        """Return the order with one act more.

        Raises: Refused when `after` is unknown here, lies before an act in `named` or before what one of `keys` has
        already seen, or is null in any but the first act; when `named` is not of this chain; when the act is known.
        """
        known = self._known(after)
        if digest in self.place:
            raise Refused("chain.repeated", winner=digest.hex())
        for act in named:
            place = self.place.get(act)
            if place is None:
                raise Refused("chain.names-unknown")
            if place > known:
                raise Refused("chain.names-unseen", winner=act.hex())
        seen = self.seen
        for key in keys:
            if seen.get(key, 0) > known:
                raise Refused("chain.goes-back")
            seen = seen.insert(key, known)
        chain = self.chain.extend(digest)
        return replace(
            self,
            chain=chain,
            behind=self.behind.insert(chain.link, chain.length),
            place=self.place.insert(digest, chain.length),
            seen=seen,
        )

    def _known(self, after: Link | None) -> int:
        if after is None:
            if self.chain.length:
                raise Refused("chain.not-first")
            return 0
        known = self.behind.get(after)
        if known is None:
            raise Refused("chain.unknown-after")
        return known
