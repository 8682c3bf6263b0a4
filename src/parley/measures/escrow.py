"""The secret side of an escrow, and the commitment to a whole declaration that is made from it.

    order      = the slots, sorted by 8 bytes each of SHAKE256("parley/escrow-order/v1" LF seed)
    commitment = SHA-256("parley/escrow-commitment/v1" LF subject blind plan items index totals)

Items take slots in `order`, sorted by their ids; the other slots stay empty and cannot be told from them. A million
items take 1.3 GiB of memory, and 1.8 in twice as many slots. Pure: seed and blind are random bytes of the caller's.
Source: spec/escrow.md.
"""

from __future__ import annotations

import hashlib
import struct
import sys
from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property

from parley.canonical import MAX_INTEGER, Record, encode
from parley.crypto import Digest, tagged
from parley.errors import Malformed
from parley.measures.escrow_plan import (
    KEY,
    LAYERS,
    Blind,
    Commitment,
    Item,
    Layer,
    Plan,
    Roots,
    Salt,
    Seed,
    check_item,
    commitment_of,
)
from parley.measures.escrow_secrets import COUNTS_SALT, KEY_SALT, RANDOM, UNCHANGED, USE_SALT, Secrets
from parley.measures.range_building import Building, Keyed, gathered, here, keys_of
from parley.measures.range_index import UNUSED, Ranged
from parley.measures.slot_tree import NOTHING, SLOT_TAG, TAGS, levels_over
from parley.measures.sum_tree import COUNTS_TAG, HASH, NUMBER, SumTree, root_hash

ORDER_TAG, SUM_ORDER_TAG = b"parley/escrow-order/v1\n", b"parley/escrow-sum-order/v1\n"
_sha256, _shake256 = hashlib.sha256, hashlib.shake_256
_PARTS = "32s32s32s32s64x32s48x"
"""Of a slot's secrets: the salts of its four layers, and of its counts."""
_EXISTENCE, _REGION, _PLACE, _CONTENTS = (TAGS[layer] for layer in LAYERS)


class Placed(Record, frozen=True, gc=False):
    """An item and the slot it has for as long as it is declared."""

    item: Item
    slot: int


class Version(Record, frozen=True):
    """The slots that one amendment changed, and none has since: their secrets hang on its blind."""

    blind: Blind
    slots: tuple[int, ...]


class Escrow(Record, frozen=True):
    """All that its owner keeps secret and needs to open it: one value, written and read like any other."""

    blind: Blind
    items: tuple[Placed, ...]
    plan: Plan
    seed: Seed
    subject: Digest
    versions: tuple[Version, ...]

    def __post_init__(self) -> None:
        _check_items(self.plan, [placed.item for placed in self.items])
        changed = [slot for each in self.versions for slot in each.slots]
        for numbers in ([each.slot for each in self.items], *(list(each.slots) for each in self.versions)):
            if sorted(set(numbers)) != numbers or not all(0 <= number < self.plan.slots for number in numbers):
                raise Malformed("escrow.number", most=self.plan.slots - 1)
        blinds = {UNCHANGED, *(each.blind for each in self.versions)}
        if len(set(changed)) != len(changed) or len(blinds) != len(self.versions) + 1:
            raise Malformed("escrow.number", most=self.plan.slots - 1)

    def version_of_slots(self) -> dict[int, bytes]:
        """The version of each slot that an amendment has changed."""
        return {slot: bytes(each.blind) for each in self.versions for slot in each.slots}


def _check_items(plan: Plan, items: Sequence[Item]) -> None:
    """Whether these can be one declaration, with all sums below 2^53."""
    if len(items) > plan.slots:
        raise Malformed("escrow.items", found=len(items), most=plan.slots)
    uids: set[str] = set()
    keys: set[int] = set()
    totals = [0] * len(plan.categories)
    for item in items:
        key = check_item(plan, item)
        if item.uid in uids:
            raise Malformed("escrow.uid-twice", uid=item.uid)
        if key in keys:
            raise Malformed("escrow.place-twice", uid=item.uid)
        uids.add(item.uid)
        keys.add(key)
        totals = [total + count for total, count in zip(totals, item.counts, strict=True)]
    if any(total > MAX_INTEGER for total in totals):
        raise Malformed("escrow.sums")


def order_of(tag: bytes, seed: Seed, slots: int) -> list[int]:
    """The slots in an order that only the seed gives."""
    stream = _shake256(tag + seed).digest(8 * slots)
    weights = struct.unpack(f">{slots}Q", stream)
    return sorted(range(slots), key=weights.__getitem__)


def place_items(items: Iterable[Item], *, plan: Plan, seed: Seed, blind: Blind, subject: Digest) -> Escrow:
    """The secret side of a new escrow over these items, in whatever order they come.

    Raises: Malformed("escrow.items") for more than there are slots, Malformed("escrow.uid-twice"),
    Malformed("escrow.place-twice"), Malformed("escrow.sums"), and as `check_item` does.
    """
    ordered = sorted(items, key=lambda item: item.uid)
    slots = order_of(ORDER_TAG, seed, plan.slots)
    placed = sorted(zip(slots, ordered, strict=False), key=lambda pair: pair[0])
    if len(ordered) > plan.slots:
        raise Malformed("escrow.items", found=len(ordered), most=plan.slots)
    return Escrow(
        blind=blind,
        items=tuple(Placed(item=item, slot=slot) for slot, item in placed),
        plan=plan,
        seed=seed,
        subject=subject,
        versions=(),
    )


class Committed:
    """A commitment and all it was made from: what its owner opens with. A kilobyte a slot."""

    def __init__(self, escrow: Escrow, build: Building) -> None:
        self.escrow, self.plan = escrow, escrow.plan
        self.held: list[Item | None] = [None] * self.plan.slots
        for placed in escrow.items:
            self.held[placed.slot] = placed.item
        self._secrets = Secrets(escrow.seed, self.plan.slots, escrow.version_of_slots())
        known = (None if item is None else self.plan.key(item.place) for item in self.held)
        self.keys = keys_of(known, self._secrets, self.plan.space)
        built = build(self._keyed())
        slots, counted, rows = self._hash_slots()
        self.levels = levels_over(slots)
        self.sums = self._build_sums(counted, rows)
        found = built()
        self.index, self.by_key = found.index, found.by_key
        self.total_salt = Salt(tagged("parley/escrow-total-salt/v1", escrow.seed, escrow.blind))
        self.roots = Roots(
            blind=escrow.blind,
            index=self.index.root,
            items=Digest(self.levels[-1]),
            totals=root_hash(self.total_salt, self.sums.totals, self.sums.top),
        )
        self.commitment = Commitment(
            commitment=commitment_of(self.plan, self.roots, subject=escrow.subject), plan=self.plan
        )

    def secrets(self, slot: int) -> bytes:
        """What is secret of a slot in its present version."""
        return self._secrets.of(slot)

    @cached_property
    def slot_of(self) -> dict[str, int]:
        """The slot of each id."""
        return {placed.item.uid: placed.slot for placed in self.escrow.items}

    def find(self, uid: str) -> int:
        """The slot of an item. Raises: Malformed("escrow.no-such-item")."""
        if uid not in self.slot_of:
            raise Malformed("escrow.no-such-item", uid=uid)
        return self.slot_of[uid]

    def leaves(self, slot: int) -> dict[Layer, bytes]:
        """The bytes of the four leaves of a slot."""
        secrets, item = self.secrets(slot), self.held[slot]
        return {
            layer: TAGS[layer] + secrets[32 * at : 32 * at + 32] + content
            for at, (layer, content) in enumerate(zip(LAYERS, contents_of(item), strict=True))
        }

    def ranged(self, slot: int) -> Ranged:
        """A slot as the index knows it."""
        secrets = self.secrets(slot)
        return Ranged(
            key=self.keys[slot],
            slot=None if self.held[slot] is None else slot,
            salt_at=secrets[KEY_SALT],
            salt_use=secrets[USE_SALT],
            random=secrets[RANDOM],
        )

    def counts_salt(self, slot: int) -> Salt:
        """The salt of a slot's counts in the sum tree."""
        return Salt(self.secrets(slot)[COUNTS_SALT])

    @cached_property
    def sum_place(self) -> dict[int, int]:
        """The place of each slot in the sum tree."""
        order = order_of(SUM_ORDER_TAG, self.escrow.seed, self.plan.slots)
        return {slot: place for place, slot in enumerate(order)}

    def _keyed(self) -> Keyed:
        """What the index is made from."""
        uses = array("I", [UNUSED if item is None else slot for slot, item in enumerate(self.held)])
        if sys.byteorder == "little":
            uses.byteswap()
        keys = b"".join([key.to_bytes(KEY, "big") for key in self.keys])
        return Keyed(keys=keys, secrets=self._secrets, space=self.plan.space, uses=uses.tobytes())

    def _hash_slots(self) -> tuple[bytes, bytes, bytes]:
        """The hashes of all slots, the hashes of their counts, and the counts as they are hashed, joined, in one pass.

        What it does is written out here, as a call for each hash takes as long again.
        """
        nothing, sha256 = bytes(NUMBER * len(self.plan.categories)), _sha256
        packed = struct.Struct(f">{len(self.plan.categories)}Q").pack
        slots, counted, rows = bytearray(), bytearray(), bytearray()
        for slot, (item, (one, two, three, four, salt)) in enumerate(
            zip(self.held, self._secrets.each(_PARTS), strict=True)
        ):
            uid, region, place, contents = contents_of(item)
            slots += sha256(
                SLOT_TAG
                + sha256(_EXISTENCE + one + uid).digest()
                + sha256(_REGION + two + region).digest()
                + sha256(_PLACE + three + place).digest()
                + sha256(_CONTENTS + four + contents).digest()
            ).digest()
            row = nothing if item is None else packed(*item.counts)
            counted += sha256(COUNTS_TAG + salt + slot.to_bytes(4, "big") + row).digest()
            rows += row
        return bytes(slots), bytes(counted), bytes(rows)

    def _build_sums(self, counted: bytes, rows: bytes) -> SumTree:
        order, categories = order_of(SUM_ORDER_TAG, self.escrow.seed, self.plan.slots), len(self.plan.categories)
        return SumTree(gathered(counted, order, HASH), gathered(rows, order, NUMBER * categories), categories)


def contents_of(item: Item | None) -> tuple[bytes, bytes, bytes, bytes]:
    """The canonical JSON of the four layers."""
    if item is None:
        return NOTHING, NOTHING, NOTHING, NOTHING
    return encode(item.uid), encode(item.region), encode(item.place), encode(item.counts)


def commit(escrow: Escrow, build: Building = here) -> Committed:
    """Commit to a declaration; the same escrow gives the same commitment again, wherever `build` makes its index."""
    return Committed(escrow, build)
