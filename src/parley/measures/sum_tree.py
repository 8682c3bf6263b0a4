"""A tree of sums over the counts of an escrow's items: its root gives the totals, and each item is in them.

    leaf = SHA-256("parley/escrow-counts/v1" LF salt u32(slot) counts)
    node = SHA-256("parley/escrow-sum/v1"    LF sums of the left, sums of the right, left, right)
    root = SHA-256("parley/escrow-total/v1"  LF salt totals top)

Counts and sums are u64 big-endian, one a category, at most 2^53-1. A node binds both its children's sums, so no path
can pass a count by. Leaves stand in an order of their own that the seed gives. Source: spec/escrow.md.
"""

from __future__ import annotations

import hashlib
import struct
import sys
from array import array
from collections.abc import Sequence
from operator import add

from parley.canonical import MAX_INTEGER, Record
from parley.crypto import Digest, sha256
from parley.errors import Invalid, Malformed
from parley.measures.escrow_plan import Salt

HASH, NUMBER = 32, 8
_sha256 = hashlib.sha256
COUNTS_TAG, SUM_TAG, TOTAL_TAG = b"parley/escrow-counts/v1\n", b"parley/escrow-sum/v1\n", b"parley/escrow-total/v1\n"


class SumSibling(Record, frozen=True):
    """What stands beside a path: the hash of a node and its sums."""

    hash: Digest
    sums: tuple[int, ...]


def sums_bytes(sums: Sequence[int]) -> bytes:
    """Sums as they are hashed. Raises: Malformed("escrow.sums") for one below 0 or above 2^53-1."""
    if any(not 0 <= value <= MAX_INTEGER for value in sums):
        raise Malformed("escrow.sums")
    return struct.pack(f">{len(sums)}Q", *sums)


def counts_leaf(salt: bytes, slot: int, counts: bytes) -> bytes:
    """The hash of one slot's counts."""
    return _sha256(COUNTS_TAG + salt + slot.to_bytes(4, "big") + counts).digest()


def root_hash(salt: bytes, totals: Sequence[int], top: bytes) -> Digest:
    """The root: the totals can be shown against it without the two halves they come from."""
    return sha256(TOTAL_TAG, salt, sums_bytes(totals), top)


def add_up(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    """Sums category by category. Raises: Malformed("escrow.sums") when they leave what can be written."""
    if len(one) != len(other):
        raise Malformed("escrow.sums")
    total = tuple(map(add, one, other))
    if any(not 0 <= value <= MAX_INTEGER for value in (*one, *other, *total)):
        raise Malformed("escrow.sums")
    return total


class SumTree:
    """All levels in memory: 64 bytes a slot and 16 for each category. `counts` are the leaves', as they are hashed."""

    def __init__(self, hashes: bytes, counts: bytes, categories: int) -> None:
        self._categories = categories
        self._hashes, self._sums = [hashes], [_swapped(array("Q", counts))]
        while len(self._hashes[-1]) > HASH:
            self._climb()

    def _climb(self) -> None:
        below, sums, row = self._hashes[-1], self._sums[-1], self._categories
        written, sha256 = _swapped(sums).tobytes(), _sha256
        pairs = zip(struct.iter_unpack(f"{2 * row * NUMBER}s", written), struct.iter_unpack("64s", below), strict=True)
        self._hashes.append(b"".join([sha256(SUM_TAG + both + pair).digest() for (both,), (pair,) in pairs]))
        above = array("Q", bytes(len(written) // 2))
        for category in range(row):
            left, right = sums[category :: 2 * row], sums[row + category :: 2 * row]
            above[category::row] = array("Q", map(add, left, right))
        self._sums.append(above)

    @property
    def top(self) -> Digest:
        """The hash over all counts, without the totals."""
        return Digest(self._hashes[-1])

    @property
    def totals(self) -> tuple[int, ...]:
        """The sums of all counts."""
        return tuple(self._sums[-1])

    def path(self, place: int) -> tuple[SumSibling, ...]:
        """What stands beside the way from a leaf to the top."""
        path = []
        for hashes, sums in zip(self._hashes[:-1], self._sums[:-1], strict=True):
            other = place ^ 1
            path.append(
                SumSibling(
                    hash=Digest(hashes[other * HASH : (other + 1) * HASH]),
                    sums=tuple(sums[other * self._categories : (other + 1) * self._categories]),
                )
            )
            place >>= 1
        return tuple(path)


def _swapped(numbers: array[int]) -> array[int]:
    """Between this machine's order of bytes and the one that is hashed."""
    copied = array("Q", numbers)
    if sys.byteorder == "little":
        copied.byteswap()
    return copied


def climb_sums(
    leaf: bytes, counts: Sequence[int], place: int, path: Sequence[SumSibling]
) -> tuple[Digest, tuple[int, ...]]:
    """The top and the totals that a leaf's counts and siblings lead to. Raises: Malformed("escrow.sums")."""
    node, sums = Digest(leaf), tuple(counts)
    for sibling in path:
        pair = (
            ((sibling.sums, sums), (sibling.hash, node)) if place & 1 else ((sums, sibling.sums), (node, sibling.hash))
        )
        total = add_up(sums, sibling.sums)
        node = sha256(SUM_TAG, *map(sums_bytes, pair[0]), *pair[1])
        sums = total
        place >>= 1
    return node, sums


def check_totals(totals: Sequence[int], *, salt: Salt, top: Digest, root: Digest) -> tuple[int, ...]:
    """Return the totals when they are those under `root`. Raises: Invalid("escrow.root"), Malformed("escrow.sums")."""
    if root_hash(salt, totals, top) != root:
        raise Invalid("escrow.root")
    return tuple(totals)
