"""The index of places: for every place it proves that it is there, or that it is not, and shows little else.

    use   = SHA-256("parley/escrow-use/v1"  LF salt u32(slot of the item, or 2^32-1 for none))
    at    = SHA-256("parley/escrow-at/v1"   LF salt key use)
    zone2 = SHA-256("parley/escrow-zone/v1" LF first2 last2 at)
    zone1 = SHA-256("parley/escrow-zone/v1" LF first1 last1 zone2)
    node  = SHA-256("parley/escrow-cut/v1"  LF cut left right)         keys below `cut` are on the left

Each slot has a key: its item's place, or a place at random. In the order of keys a random cut lies between each two, so
every key of the space lies in the range of exactly one slot. Around the slot's own key lie two zones, one in the other,
with random ends. Whoever asks for a key outside the first zone sees that zone and neither what is in it nor where. A
node binds its cut, so there is one way down for each key and a key is never both absent and present.
Source: spec/escrow.md.
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from parley.canonical import Record
from parley.crypto import Digest, sha256
from parley.errors import Invalid, Malformed
from parley.measures.escrow_plan import KEY, Key, Salt

HASH = 32
UNUSED = 0xFFFFFFFF
_sha256, _shake256 = hashlib.sha256, hashlib.shake_256
USE_TAG, AT_TAG = b"parley/escrow-use/v1\n", b"parley/escrow-at/v1\n"
ZONE_TAG, CUT_TAG = b"parley/escrow-zone/v1\n", b"parley/escrow-cut/v1\n"
CUT_AT_TAG, ZONES_TAG = b"parley/escrow-cut-at/v1\n", b"parley/escrow-zones/v1\n"


class Zone(Record, frozen=True):
    """The keys from `first` to `last`, both included."""

    first: Key
    last: Key


class Turn(Record, frozen=True):
    """One node on the way from a slot's range to the root: its cut, and the hash of the other side."""

    cut: Key
    sibling: Digest


class Use(Record, frozen=True):
    """Whether an item stands at a key: its slot, or None for a key at random."""

    salt: Salt
    slot: int | None


class At(Record, frozen=True):
    """The key of a slot; `hidden` is shown in the place of `use` to who did not ask for this very key."""

    hidden: Digest | None
    key: Key
    salt: Salt
    use: Use | None


class Lookup(Record, frozen=True):
    """The way down to one key: turns from the range up, one or two zones, and what lies under them or its hash."""

    at: At | None
    below: Digest | None
    turns: tuple[Turn, ...]
    zones: tuple[Zone, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What a lookup proved: no key from `first` to `last` has an item, or (both equal) one has, in slot `slot`."""

    first: int
    last: int
    slot: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranged:
    """One slot in the order of keys: salts and randomness are its own."""

    key: int
    slot: int | None
    salt_at: bytes
    salt_use: bytes
    random: bytes


def key_bytes(key: int) -> bytes:
    """A key as 16 bytes, big-endian."""
    return key.to_bytes(KEY, "big")


def cut_after(key: int, following: int, random: bytes) -> int:
    """The first key of the next range: anywhere in key + 1 .. following, with equal chances."""
    drawn = _sha256(CUT_AT_TAG + random + following.to_bytes(KEY, "big")).digest()
    return key + 1 + ((following - key) * int.from_bytes(drawn, "big") >> 256)


def zones_of(key: int, low: int, high: int, random: bytes) -> tuple[int, int, int, int]:
    """First and last key of the outer zone, then of the inner: each side is cut to less than half, at random.

    What is drawn hangs on the range as well: were it the same after an amendment moved the range, two answers would
    give the key away. It has twice as many bits as a key: with fewer, only some ends would be possible for a key, and
    whoever guesses a name could see in an end whether the guess is right.
    """
    drawn = _shake256(ZONES_TAG + random + low.to_bytes(KEY, "big") + high.to_bytes(KEY, "big")).digest(128)
    number = int.from_bytes
    first = key - ((key - low) * number(drawn[:32], "big") >> 257)
    last = key + ((high - key) * number(drawn[32:64], "big") >> 257)
    inner_first = key - ((key - first) * number(drawn[64:96], "big") >> 257)
    return first, last, inner_first, key + ((last - key) * number(drawn[96:], "big") >> 257)


def use_hash(salt: bytes, slot: int | None) -> bytes:
    """The hash of whether an item stands at a key."""
    return _sha256(USE_TAG + salt + (UNUSED if slot is None else slot).to_bytes(4, "big")).digest()


def at_hash(salt: bytes, key: int, use: bytes) -> bytes:
    """The hash of a slot's key."""
    return _sha256(AT_TAG + salt + key.to_bytes(KEY, "big") + use).digest()


def zone_hash(first: int, last: int, inner: bytes) -> bytes:
    """The hash of a zone and what lies in it."""
    return _sha256(ZONE_TAG + first.to_bytes(KEY, "big") + last.to_bytes(KEY, "big") + inner).digest()


class RangeIndex:
    """All levels of an index in memory, 80 bytes a slot; `cuts` are where the ranges begin, 16 bytes each."""

    def __init__(self, cuts: bytes, levels: Sequence[bytes]) -> None:
        self.cuts, self.levels = cuts, levels

    @classmethod
    def over(cls, cuts: bytes, hashes: bytes) -> RangeIndex:
        """The index over the hashes of all ranges, joined."""
        levels, below = [hashes], 1
        while len(levels[-1]) > HASH:
            levels.append(_above(levels[-1], cuts, below))
            below *= 2
        return cls(cuts, levels)

    def __len__(self) -> int:
        return len(self.cuts) // KEY

    def cut(self, place: int) -> int:
        """The first key of a range, by its place in the order of keys."""
        return int.from_bytes(self.cuts[place * KEY : place * KEY + KEY], "big")

    @property
    def root(self) -> Digest:
        """The hash over all ranges."""
        return Digest(self.levels[-1])

    def range_of(self, key: int) -> int:
        """The place, in the order of keys, of the range that `key` lies in."""
        return bisect_right(range(len(self)), key, key=self.cut) - 1

    def turns(self, place: int) -> tuple[Turn, ...]:
        """The way from a range up to the root."""
        turns = []
        for level, hashes in enumerate(self.levels[:-1]):
            right = (place | 1) << level
            at = (place ^ 1) * HASH
            cut = Key(self.cuts[right * KEY : right * KEY + KEY])
            turns.append(Turn(cut=cut, sibling=Digest(hashes[at : at + HASH])))
            place >>= 1
        return tuple(turns)


def _above(hashes: bytes, cuts: bytes, below: int) -> bytes:
    """One level up, from nodes over `below` ranges each; a node's cut is where the range of its right child begins."""
    starts = [cuts[at : at + KEY] for at in range(below * KEY, len(cuts), 2 * below * KEY)]
    sha256, pairs = _sha256, struct.iter_unpack("64s", hashes)
    return b"".join([sha256(CUT_TAG + cut + pair).digest() for cut, (pair,) in zip(starts, pairs, strict=True)])


def look_up(index: RangeIndex, ranged: Ranged, place: int, asked: int, *, space: int) -> Lookup:
    """The way down to a key, no further than it takes to see whether an item stands there."""
    low = index.cut(place)
    high = index.cut(place + 1) - 1 if place + 1 < len(index) else space - 1
    *outer, inner_first, inner_last = zones_of(ranged.key, low, high, ranged.random)
    use = use_hash(ranged.salt_use, ranged.slot)
    at = at_hash(ranged.salt_at, ranged.key, use)
    shown, below = [], (zone_hash(inner_first, inner_last, at), at)
    for first, last in (outer, (inner_first, inner_last)):
        shown.append(Zone(first=Key(key_bytes(first)), last=Key(key_bytes(last))))
        if not first <= asked <= last:
            return Lookup(at=None, below=Digest(below[len(shown) - 1]), turns=index.turns(place), zones=tuple(shown))
    same = ranged.key == asked
    opened = At(
        hidden=None if same else Digest(use),
        key=Key(key_bytes(ranged.key)),
        salt=Salt(ranged.salt_at),
        use=Use(salt=Salt(ranged.salt_use), slot=ranged.slot) if same else None,
    )
    return Lookup(at=opened, below=None, turns=index.turns(place), zones=tuple(shown))


def check_lookup(lookup: Lookup, asked: int, *, space: int, depth: int, root: Digest) -> Looked:
    """Return what stands at the key `asked` below `space`, under an index of 2^depth slots with this root.

    Verifies: exactly `depth` turns; each cut inside the range it divides; zones one inside the other; that no more and
    no less is shown than this key takes; the root. Not that the slot's item stands at that place: open it.
    Raises: Malformed("escrow.lookup") for the form, Malformed("escrow.proof-length"), Invalid("escrow.cut"),
    Invalid("escrow.zone"), Invalid("escrow.elsewhere") for a way down to another key, Invalid("escrow.root").
    """
    if len(lookup.turns) != depth:
        raise Malformed("escrow.proof-length", expected=depth, found=len(lookup.turns))
    low, high = 0, space - 1
    sides = []
    for turn in reversed(lookup.turns):
        cut = int.from_bytes(turn.cut, "big")
        if not low < cut <= high:
            raise Invalid("escrow.cut")
        sides.append(asked >= cut)
        low, high = (cut, high) if asked >= cut else (low, cut - 1)
    looked, node = _look(lookup, asked, low, high)
    for turn, right in zip(lookup.turns, reversed(sides), strict=True):
        pair = (turn.sibling, node) if right else (node, turn.sibling)
        node = sha256(CUT_TAG, turn.cut, *pair)
    if node != root:
        raise Invalid("escrow.root")
    return looked


def _look(lookup: Lookup, asked: int, low: int, high: int) -> tuple[Looked, Digest]:
    """What the zones of a range say of a key, and the hash of the range."""
    if not 1 <= len(lookup.zones) <= 2 or (lookup.at is None) == (lookup.below is None):
        raise Malformed("escrow.lookup")
    around, inside = (low, high), True
    for zone in lookup.zones:
        first, last = int.from_bytes(zone.first, "big"), int.from_bytes(zone.last, "big")
        if not (around[0] <= first <= last <= around[1]):
            raise Invalid("escrow.zone")
        if not inside:
            raise Invalid("escrow.elsewhere")
        around, outer, inside = (first, last), around, first <= asked <= last
    if lookup.below is not None:
        if inside:
            raise Invalid("escrow.elsewhere")
        looked = Looked(
            first=outer[0] if asked < around[0] else around[1] + 1,
            last=around[0] - 1 if asked < around[0] else outer[1],
            slot=None,
        )
        node = lookup.below
    else:
        if not inside or len(lookup.zones) != 2:
            raise Invalid("escrow.elsewhere")
        looked, node = _stand(lookup.at, asked, *around)
    for zone in reversed(lookup.zones):
        node = sha256(ZONE_TAG, zone.first, zone.last, node)
    return looked, node


def _stand(at: At | None, asked: int, first: int, last: int) -> tuple[Looked, Digest]:
    """What the key of a slot, shown, says of the key that was asked for."""
    if at is None or (at.use is None) == (at.hidden is None):
        raise Malformed("escrow.lookup")
    key = int.from_bytes(at.key, "big")
    if not first <= key <= last:
        raise Invalid("escrow.zone")
    if (key == asked) != (at.use is not None):
        raise Invalid("escrow.elsewhere")
    if at.use is not None:
        if at.use.slot is not None and not 0 <= at.use.slot < UNUSED:
            raise Malformed("escrow.lookup")
        use = Digest(use_hash(at.use.salt, at.use.slot))
        looked = Looked(first=asked, last=asked, slot=at.use.slot)
    elif at.hidden is not None:
        use = at.hidden
        looked = Looked(first=first if asked < key else key + 1, last=key - 1 if asked < key else last, slot=None)
    return looked, sha256(AT_TAG, at.salt, at.key, use)
