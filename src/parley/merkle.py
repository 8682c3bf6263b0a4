"""The tree over the log's entries and over a document's provisions: build, prove, verify (RFC 9162 section 2.1).

    level 2        d4                    A level holds the hashes of its complete subtrees only, left to right: for
                 /    \\                  the five leaves here, level 0 has 5, level 1 has 2, level 2 has 1. What is
    level 1    d2      d3                ragged at the right edge (e) is folded when it is asked for, at most one
              /  \\    /  \\               node a level. So nothing that was once written changes, an old size is
    level 0  a    b  c    d   e          answered as easily as the newest, and tiles are slices.

A leaf hash is SHA-256(0x00 || data), a node SHA-256(0x01 || left || right); a leaf can never be taken for a node.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from parley.crypto import Digest, equal, sha256
from parley.errors import Invalid, Malformed

HASH = 32
EMPTY_ROOT = sha256()
"""The root of a tree without leaves: SHA-256 of nothing."""

# hashlib and not crypto.sha256: a depositary hashes a node for each entry and twenty for each old proof, and the other
# way costs twice as much, most of it in making and checking objects.
_sha256 = hashlib.sha256


def _digest(value: bytes | bytearray) -> Digest:
    """Take 32 bytes we made ourselves as a Digest, without asking their length again."""
    return bytes.__new__(Digest, value)


def leaf_hash(data: bytes) -> Digest:
    """SHA-256(0x00 || data). Source: RFC 9162 section 2.1.1."""
    return _digest(_sha256(b"\x00" + data).digest())


def node_hash(left: bytes, right: bytes) -> Digest:
    """SHA-256(0x01 || left || right), of two hashes of 32 bytes. Source: RFC 9162 section 2.1.1."""
    return _digest(_sha256(b"\x01" + left + right).digest())


def root_of(leaves: Iterable[Digest]) -> Digest:
    """The root over leaf hashes in order; EMPTY_ROOT for none. Source: RFC 9162 section 2.1.1."""
    return Tree(leaves).root()


class Tree:
    """An append-only tree in memory: 64 bytes a leaf, two hashes an append on average, a proof in O(log n).

    It is rebuilt from the leaf hashes in order. It verifies nothing about them: who appends vouches for the leaves.
    """

    def __init__(self, leaves: Iterable[Digest] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        self._size = 0
        self.extend(leaves)

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self._size

    def append(self, leaf: Digest) -> int:
        """Add a leaf hash at the right; returns its index. Raises: Malformed when it is not 32 bytes."""
        if len(leaf) != HASH:
            raise Malformed("merkle.hash-length", expected=HASH, found=len(leaf))
        index = position = self._size
        levels = self._levels
        levels[0] += leaf
        level, complete = 0, bytes(leaf)
        while position & 1:  # the right child of a pair: its parent is complete now
            complete = _sha256(b"\x01" + levels[level][-2 * HASH : -HASH] + complete).digest()
            level += 1
            position >>= 1
            if level == len(levels):
                levels.append(bytearray())
            levels[level] += complete
        self._size = index + 1
        return index

    def extend(self, leaves: Iterable[Digest]) -> None:
        """Append each of `leaves` in order. Raises: Malformed at the first that is not 32 bytes."""
        for leaf in leaves:
            self.append(leaf)

    def leaf(self, index: int) -> Digest:
        """The leaf hash at `index`. Raises: Malformed when there is none."""
        return self.subtree(0, index)

    def subtree(self, level: int, index: int) -> Digest:
        """The root of the complete subtree over leaves [index * 2^level, (index + 1) * 2^level).

        Raises: Malformed when the tree does not hold all of these leaves.
        """
        return _digest(self.subtrees(level, index, index + 1))

    def subtrees(self, level: int, start: int, stop: int) -> bytes:
        """The roots `start` to `stop` (excluded) of a level's complete subtrees, joined: what a tile holds.

        Raises: Malformed when the tree does not hold all of them.
        """
        if level < 0 or not 0 <= start <= stop <= self._size >> level:
            raise Malformed("merkle.subtree", level=level, start=start, stop=stop, size=self._size)
        if start == stop:
            return b""
        return bytes(self._levels[level][start * HASH : stop * HASH])

    def root(self, size: int | None = None) -> Digest:
        """The root over the first `size` leaves, all by default. Raises: Malformed when the tree is smaller."""
        size = self._checked_size(size)
        return self._ragged(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> tuple[Digest, ...]:
        """The siblings from the leaf at `index` up to the root over `size` leaves (RFC 9162 section 2.1.3.1).

        Raises: Malformed when `index` is not below `size`, or the tree is smaller than `size`.
        """
        size = self._checked_size(size)
        if not 0 <= index < size:
            raise Malformed("merkle.index", index=index, size=size)
        return tuple(self._siblings(0, index, size))

    def consistency(self, old: int, new: int | None = None) -> tuple[Digest, ...]:
        """The proof that the first `old` of `new` leaves are the tree of size `old` (RFC 9162 section 2.1.4.1).

        Empty for equal sizes, and for `old` 0, of which there is nothing to prove: `verify_consistency` takes no such
        proof. Raises: Malformed when `old` is above `new` or the tree is smaller than `new`.
        """
        new = self._checked_size(new)
        if not 0 <= old <= new:
            raise Malformed("merkle.sizes", old=old, new=new)
        if old in (0, new):
            return ()
        level, position = 0, old - 1
        while position & 1:  # climb to the largest complete subtree that ends where the old tree ends
            level += 1
            position >>= 1
        # When that is the whole old tree the verifier knows it already: it is the old root.
        first = [self.subtree(level, position)] if position else []
        return tuple(first + self._siblings(level, position, new))

    def _checked_size(self, size: int | None) -> int:
        if size is None:
            return self._size
        if not 0 <= size <= self._size:
            raise Malformed("merkle.size", size=size, most=self._size)
        return size

    def _siblings(self, level: int, position: int, size: int) -> list[Digest]:
        """What stands beside the path from node `position` of `level` to the root over `size` leaves."""
        siblings = []
        last = (size - 1) >> level
        while last:
            if position & 1:
                start = (position - 1) * HASH
                siblings.append(_digest(self._levels[level][start : start + HASH]))
            elif position + 1 < last:
                start = (position + 1) * HASH
                siblings.append(_digest(self._levels[level][start : start + HASH]))
            elif position + 1 == last:
                siblings.append(self._ragged(last << level, size))
            level += 1
            position >>= 1
            last >>= 1
        return siblings

    def _ragged(self, start: int, size: int) -> Digest:
        """The root over leaves [start, size), where `start` is 0 or a multiple of a power of two >= size - start."""
        count = size - start
        level = (count & -count).bit_length() - 1  # the smallest complete subtree, at the right edge
        end = (size >> level) * HASH
        folded = bytes(self._levels[level][end - HASH : end])
        rest = (count >> level) - 1
        while rest:
            step = (rest & -rest).bit_length() - 1
            level += step
            rest >>= step
            end = ((start >> level) + rest) * HASH
            folded = _sha256(b"\x01" + self._levels[level][end - HASH : end] + folded).digest()
            rest -= 1
        return _digest(folded)


def _checked_path(path: Sequence[bytes], expected: int) -> None:
    if len(path) != expected:
        raise Invalid("merkle.proof-length", expected=expected, found=len(path))
    for item in path:
        if len(item) != HASH:
            raise Malformed("merkle.hash-length", expected=HASH, found=len(item))


def _checked_hashes(*hashes: bytes) -> None:
    for item in hashes:
        if len(item) != HASH:
            raise Malformed("merkle.hash-length", expected=HASH, found=len(item))


def _path_length(position: int, last: int) -> int:
    """How many siblings a path has: one a level below where it leaves the right edge, one a set bit above."""
    below = (position ^ last).bit_length()
    return below + (position >> below).bit_count()


def verify_inclusion(*, index: int, size: int, leaf: Digest, path: Sequence[Digest], root: Digest) -> Digest:
    """Return `root` when the leaf hash `leaf` stands at `index` of the tree of `size` leaves with that root.

    It does not verify where `size` and `root` come from: take them from an opened checkpoint, never from the proof.
    Raises: Malformed when a hash is not 32 bytes; Invalid when the index is outside the tree, the path has another
    length than such a path has, or leads to another root. Source: RFC 9162 section 2.1.3.2.
    """
    _checked_hashes(leaf, root)
    if not 0 <= index < size:
        raise Invalid("merkle.index", index=index, size=size)
    position, last = index, size - 1
    _checked_path(path, _path_length(position, last))
    result: bytes = leaf
    for sibling in path:
        # On the right edge a level without a sibling adds nothing to the path; climb to where there is one. There is
        # one: the length was checked first, so no sibling is left over at the root.
        while position == last and not position & 1:
            position >>= 1
            last >>= 1
        result = node_hash(sibling, result) if position & 1 else node_hash(result, sibling)
        position >>= 1
        last >>= 1
    if not equal(result, root):
        raise Invalid("merkle.inclusion", index=index, size=size)
    return root


def verify_consistency(*, old: int, new: int, old_root: Digest, new_root: Digest, path: Sequence[Digest]) -> Digest:
    """Return `new_root` when the tree of size `new` begins with all the leaves of the tree of size `old`.

    Nothing is consistent with a tree of size 0: a protocol that meets one has its own rule (c2sp.org/tlog-witness).
    Raises: Malformed when a hash is not 32 bytes; Invalid when `old` is 0 or above `new`, the path has another length
    than such a path has, or either root differs. Source: RFC 9162 section 2.1.4.2.
    """
    _checked_hashes(old_root, new_root)
    if not 0 < old <= new:
        raise Invalid("merkle.sizes", old=old, new=new)
    if old == new:
        _checked_path(path, 0)
        if not equal(old_root, new_root):
            raise Invalid("merkle.consistency", old=old, new=new)
        return new_root
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    # The starting node is the old root itself when the old size is a power of two; else the proof begins with it.
    _checked_path(path, _path_length(position, last) + bool(position))
    before, after = (path[0], path[0]) if position else (old_root, old_root)
    for sibling in path[1:] if position else path:
        while position == last and not position & 1:
            position >>= 1
            last >>= 1
        if position & 1:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
        else:
            after = node_hash(after, sibling)
        position >>= 1
        last >>= 1
    if not (equal(before, old_root) and equal(after, new_root)):
        raise Invalid("merkle.consistency", old=old, new=new)
    return new_root
