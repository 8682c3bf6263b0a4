"""How an index of places is made: the key of each slot, and in the order of keys the ranges, their zones and hashes.

What an owner knows of a slot goes in, and what `range_index` answers from comes out. Nothing here reads an item: keys,
and which slots have an item, are all that an index says. Source: spec/escrow.md.
"""

from __future__ import annotations

import hashlib
import struct
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from parley.measures.escrow_plan import KEY
from parley.measures.escrow_secrets import Secrets
from parley.measures.range_index import (
    AT_TAG,
    CUT_AT_TAG,
    HASH,
    USE_TAG,
    ZONE_TAG,
    ZONES_TAG,
    RangeIndex,
)

_MANY = 1 << 16
_HEAD, _VERSION = struct.Struct("=32s17sQQ"), struct.Struct("=I32s")
_PARTS = "128x32s32s32x32s16x"
"""Of a slot's secrets: the salts of key and use, and what cuts and zones are drawn from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyed:
    """What an index is made from, slot by slot and joined: `keys` of 16 bytes, all below `space`; `uses` of 4 bytes,
    the item's slot or 2^32-1."""

    secrets: Secrets
    keys: bytes
    uses: bytes
    space: int

    def to_bytes(self) -> bytes:
        """All of it, secrets too, for another process of the same owner."""
        secrets, space = self.secrets, self.space.to_bytes(KEY + 1, "big")
        versions = b"".join([_VERSION.pack(slot, version) for slot, version in secrets.versions.items()])
        head = _HEAD.pack(secrets.seed, space, secrets.slots, len(secrets.versions))
        return b"".join((head, versions, self.uses, self.keys))

    @classmethod
    def from_bytes(cls, data: bytes) -> Keyed:
        """What `to_bytes` wrote on this machine."""
        seed, space, slots, changed = _HEAD.unpack_from(data)
        uses = _HEAD.size + _VERSION.size * changed
        return cls(
            secrets=Secrets(seed, slots, dict(_VERSION.iter_unpack(data[_HEAD.size : uses]))),
            keys=data[uses + 4 * slots :],
            uses=data[uses : uses + 4 * slots],
            space=int.from_bytes(space, "big"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """An index, and the slots in the order of their keys."""

    index: RangeIndex
    by_key: array[int]

    def pieces(self) -> Iterator[bytes]:
        """All of it, for the process that asked for it."""
        yield self.by_key.tobytes()
        yield self.index.cuts
        yield from self.index.levels

    @classmethod
    def read(cls, read: Callable[[int], bytes], slots: int) -> Built:
        """What `pieces` wrote on this machine, from what returns so many bytes.

        Raises: ValueError when it ends early.
        """
        sizes = [4 * slots, KEY * slots]
        while slots:
            sizes.append(HASH * slots)
            slots //= 2
        found = [read(size) for size in sizes]
        if [len(each) for each in found] != sizes:
            raise ValueError
        return cls(index=RangeIndex(found[1], found[2:]), by_key=array("I", found[0]))


Building = Callable[[Keyed], Callable[[], Built]]
"""Begins an index and returns what waits for it: another process may make it beside the other trees."""


def here(given: Keyed) -> Callable[[], Built]:
    """Makes the index in this process, at once."""
    built = build_index(given)
    return lambda: built


def keys_of(known: Iterable[int | None], secrets: Secrets, space: int) -> list[int]:
    """A key for each slot, no two alike: where one at random is taken, the next free one follows it.

    `known` are the keys of items, and None for slots without.
    """
    keys = [-1 if key is None else key for key in known]
    taken = set(keys)
    if -1 not in taken:
        return keys
    for slot, (random,) in enumerate(secrets.each("256x16s")):
        if keys[slot] < 0:
            key = int.from_bytes(random, "big") % space
            while key in taken:
                key = (key + 1) % space
            taken.add(key)
            keys[slot] = key
    return keys


def build_index(given: Keyed) -> Built:
    """The index over all slots: the same of the same, whoever computes it.

    What belongs to a slot is brought into the order of keys as one piece of bytes, and then read through: to fetch it
    slot by slot from all over the memory takes as long as hashing it.
    """
    by_key = _in_order(given.keys)
    written = gathered(given.keys, by_key, KEY)
    ordered = gathered(_stands(given), by_key, 2 * HASH)
    keys, each = _numbers(written), struct.Struct("32s32s").iter_unpack
    cuts = _cuts(keys, written, each(ordered))
    hashes = _range_hashes(keys, cuts, given.space, each(ordered))
    del keys, written, ordered
    starts = bytearray()
    for cut in cuts:
        starts += cut.to_bytes(KEY, "big")
    del cuts
    return Built(index=RangeIndex.over(bytes(starts), hashes), by_key=by_key)


def gathered(data: bytes, order: Sequence[int], size: int) -> bytes:
    """The parts of `size` bytes that `data` has, in this order; many at a time, but never all of them one by one."""
    found = bytearray()
    for first in range(0, len(order), _MANY):
        found += b"".join([data[at * size : at * size + size] for at in order[first : first + _MANY]])
    return bytes(found)


def _stands(given: Keyed) -> bytes:
    """Of each slot what its cut and zones are drawn from, and the hash `at` of its key, joined."""
    sha256, secrets = hashlib.sha256, given.secrets.each(_PARTS)
    keys, uses = struct.iter_unpack("16s", given.keys), struct.iter_unpack("4s", given.uses)
    stands = bytearray()
    for (salt_at, salt_use, random), (key,), (use,) in zip(secrets, keys, uses, strict=True):
        stands += random + sha256(AT_TAG + salt_at + key + sha256(USE_TAG + salt_use + use).digest()).digest()
    return bytes(stands)


def _in_order(keys: bytes) -> array[int]:
    """The slots in the order of their keys."""
    numbers = _numbers(keys)
    return array("I", sorted(range(len(numbers)), key=numbers.__getitem__))


def _numbers(keys: bytes) -> list[int]:
    number = int.from_bytes
    return [number(key, "big") for (key,) in struct.iter_unpack("16s", keys)]


def _cuts(keys: Sequence[int], written: bytes, stands: Iterable[tuple[bytes, bytes]]) -> list[int]:
    """Where ranges begin, as `cut_after` says; it is written out, as calls would take as long again."""
    sha256, number = hashlib.sha256, int.from_bytes
    following = zip(keys[1:], struct.iter_unpack("16s", written[KEY:]), strict=True)
    return [0] + [
        key + 1 + ((after - key) * number(sha256(CUT_AT_TAG + random + written_after).digest(), "big") >> 256)
        for key, (random, _), (after, (written_after,)) in zip(keys, stands, following, strict=False)
    ]


def _range_hashes(keys: Sequence[int], cuts: Sequence[int], space: int, stands: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The hashes of ranges, joined: what `zones_of` and `zone_hash` say, written out as above."""
    sha256, shake256, number, half = hashlib.sha256, hashlib.shake_256, int.from_bytes, 8 * KEY
    hashes, parts = bytearray(), struct.Struct("32s32s32s32s").unpack
    for key, low, end, (random, at) in zip(keys, cuts, chain(cuts[1:], (space,)), stands, strict=True):
        high = end - 1
        drawn = shake256(ZONES_TAG + random + (low << half | high).to_bytes(2 * KEY, "big")).digest(128)
        one, two, three, four = parts(drawn)
        below, above = (key - low) * number(one, "big") >> 257, (high - key) * number(two, "big") >> 257
        first, last = key - (below * number(three, "big") >> 257), key + (above * number(four, "big") >> 257)
        inner = sha256(ZONE_TAG + (first << half | last).to_bytes(2 * KEY, "big") + at).digest()
        outer = (key - below << half | key + above).to_bytes(2 * KEY, "big")
        hashes += sha256(ZONE_TAG + outer + inner).digest()
    return bytes(hashes)
