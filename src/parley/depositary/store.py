"""The two ports on which a depositary stands: the entries with one compare-and-swap head, and the sealed parts.

Everything that is kept is immutable but the head: the size of the log and the checkpoint over it. To admit is to move
the head, once for a whole group of acts, in one transaction with all that belongs to them; two writers cannot both
move it from the same place. One suite of tests holds every store to what stands here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from parley.canonical import Time
from parley.crypto import Digest, KeySetId, Nonce
from parley.wire import LARGEST_PAGE_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How many entries there are, and the signed checkpoint over them; the empty note before the genesis."""

    size: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry as it is kept: its 73 bytes, the envelope of its act, its place in its chain, the nonces it uses."""

    index: int
    entry: bytes
    digest: Digest
    act: bytes
    chain: str
    number: int
    nonces: tuple[tuple[KeySetId, Nonce], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invitation as the depositary keeps it: without its code."""

    party: str
    name: str
    until: Time
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """That a party has brought all of a sealed part itself; `since` is when."""

    digest: Digest
    party: str
    length: int
    since: Time


def fitting(lengths: Sequence[int], most: int) -> int:
    """How many of these, from the first on, come to at most `most` together; one at least, when there is one."""
    total = 0
    for count, length in enumerate(lengths):
        total += length
        if count and total > most:
            return count
    return len(lengths)


class Store(ABC):
    """The entries, and the small things beside them. Methods may be called from any thread.

    Raises, every method: Unavailable when the disk is full, fails, or holds something else than was written.
    """

    @abstractmethod
    def head(self) -> Head:
        """The size of the log and its newest checkpoint."""

    @abstractmethod
    def append(self, expected: int, rows: Sequence[Row], note: str, *, used: Sequence[Digest] = ()) -> None:
        """Add rows and move the head from `expected`, durably, all or nothing; `used` are invitations now spent.

        Raises: Unavailable when the head is no longer at `expected`, or what is unique is there already.
        """

    @abstractmethod
    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """The rows from `start` to `stop` (excluded) in order, without their nonces; fewer when the log is shorter."""

    @abstractmethod
    def entries(self, start: int, stop: int) -> list[bytes]:
        """The entries alone, 73 bytes each, from `start` to `stop` (excluded); fewer when the log is shorter."""

    @abstractmethod
    def find(self, digest: Digest) -> int | None:
        """The index of an act by its digest."""

    @abstractmethod
    def find_all(self, digests: Collection[Digest]) -> dict[Digest, int]:
        """The indexes of those of these acts that are there."""

    @abstractmethod
    def find_nonces(self, nonces: Collection[tuple[KeySetId, Nonce]]) -> dict[tuple[KeySetId, Nonce], Digest]:
        """The acts in which keys have used nonces, for those of these that were used."""

    @abstractmethod
    def chain(self, chain: str, start: int, limit: int, most: int = LARGEST_PAGE_BYTES) -> list[tuple[int, bytes]]:
        """Index and envelope of the acts of a chain from its `start`-th on.

        At most `limit`, and at most `most` bytes of envelopes; but one act, however large it is.
        """

    @abstractmethod
    def invite(self, code: Digest, invited: Invited) -> None:
        """Keep an invitation under the digest of its code."""

    @abstractmethod
    def invitation(self, code: Digest) -> Invited | None:
        """The invitation whose code has this digest."""

    @abstractmethod
    def keybox(self, party: str) -> bytes | None:
        """What a party last put into its key box."""

    @abstractmethod
    def put_keybox(self, party: str, box: bytes) -> None:
        """Replace a party's key box, durably."""

    @abstractmethod
    def hold(self, holding: Holding) -> None:
        """Record, durably, that a party has brought a sealed part; a second time changes nothing."""

    @abstractmethod
    def holding(self, digest: Digest, party: str) -> Holding | None:
        """What is recorded of a party and a sealed part."""

    @abstractmethod
    def holdings(self, before: Time) -> list[Holding]:
        """All holdings recorded before a time."""

    @abstractmethod
    def let_go(self, digest: Digest, party: str) -> bool:
        """Forget a holding; returns whether another party still holds the same part."""

    @abstractmethod
    def check(self) -> None:
        """Compare what is kept twice, such as an index with its table. Raises: Unavailable when the two differ."""

    @abstractmethod
    def close(self) -> None:
        """Finish what is under way and let go of the file."""


class Blobs(ABC):
    """Sealed parts under their SHA-256, and uploads under way, each by its own party.

    An upload belongs to the party that brings it, so that nobody learns from an upload what is held already, or
    spoils another's. Raises, every method: Unavailable when the disk is full or fails.
    """

    @abstractmethod
    def length(self, digest: Digest) -> int | None:
        """The bytes of a part that is held in full."""

    @abstractmethod
    def offset(self, digest: Digest, party: str) -> int:
        """How many bytes of a party's upload have arrived."""

    @abstractmethod
    def write(self, digest: Digest, party: str, offset: int, piece: bytes) -> int:
        """Add a piece to an upload at its end; returns the new end.

        Raises: Refused when `offset` is not where the upload stands.
        """

    @abstractmethod
    def finish(self, digest: Digest, party: str) -> int:
        """Turn an upload into a held part, durably; returns its length.

        Raises: Malformed, and forgets the upload, when its bytes have another digest.
        """

    @abstractmethod
    def uploads(self) -> list[tuple[str, Digest, int]]:
        """Party, part and bytes so far of every upload under way."""

    @abstractmethod
    def free(self) -> int:
        """Bytes that there is still room for."""

    @abstractmethod
    def whole(self) -> list[tuple[Digest, str]]:
        """Uploads that have all their bytes and were not finished: by a crash just then. Reads every upload."""

    @abstractmethod
    def read(self, digest: Digest, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` to `stop` (excluded) in pieces. Raises: Unavailable when the part is not held."""

    @abstractmethod
    def delete(self, digest: Digest) -> None:
        """Remove a part that no act names."""

    @abstractmethod
    def all(self) -> Iterator[Digest]:
        """Every part held in full."""

    @abstractmethod
    def sweep(self, before: Time) -> int:
        """Remove uploads that nobody has added to since a time; returns how many."""
