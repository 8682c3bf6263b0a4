"""The full binary tree over the slots of an escrow, and the four layers of a slot, each of which opens alone.

    leaf = SHA-256("parley/escrow-" layer "/v1" LF salt content)          layer: existence, region, place, contents
    slot = SHA-256("parley/escrow-slot/v1" LF the four leaf hashes)
    node = SHA-256("parley/escrow-node/v1" LF left right)

The content is canonical JSON: the id, the region, the place, the list of counts; `null` for each in a slot without an
item. A tree keeps one bytes object a level, not an object a node. Source: spec/escrow.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from struct import iter_unpack

from parley.canonical import Base64, Record
from parley.crypto import Digest, sha256
from parley.errors import Malformed
from parley.measures.escrow_plan import LAYERS, Layer

HASH = 32
_sha256 = hashlib.sha256  # as in merkle: millions of short hashes, where the checked way costs twice as much
TAGS: dict[Layer, bytes] = {layer: b"parley/escrow-" + layer.encode("ascii") + b"/v1\n" for layer in LAYERS}
SLOT_TAG, NODE_TAG = b"parley/escrow-slot/v1\n", b"parley/escrow-node/v1\n"
NOTHING = b"null"


def leaf(layer: Layer, salt: bytes, content: bytes) -> bytes:
    """The bytes of a leaf, as they are opened."""
    return TAGS[layer] + salt + content


def content_of(layer: Layer, data: bytes, *, slot: int) -> bytes:
    """The canonical JSON in the bytes of a leaf. Raises: Malformed("escrow.leaf")."""
    start = len(TAGS[layer]) + HASH
    if not data.startswith(TAGS[layer]) or len(data) <= start:
        raise Malformed("escrow.leaf", slot=slot)
    return data[start:]


def levels_over(hashes: bytes, tag: bytes = NODE_TAG) -> list[bytes]:
    """All levels over a power of two of hashes, joined: the first is `hashes`, the last the root."""
    levels, sha256 = [hashes], _sha256
    while len(levels[-1]) > HASH:
        pairs = iter_unpack("64s", levels[-1])
        levels.append(b"".join([sha256(tag + pair).digest() for (pair,) in pairs]))
    return levels


class OpenedSlot(Record, frozen=True):
    """A slot with some of its layers: `data` the leaves shown, `hidden` the hashes of the others, in layer order."""

    data: tuple[Base64, ...]
    hidden: tuple[Base64, ...]
    number: int


def open_slot(number: int, leaves: Mapping[Layer, bytes], shown: Sequence[Layer]) -> OpenedSlot:
    """Show these layers of a slot and nothing of the others but their hashes."""
    return OpenedSlot(
        data=tuple(Base64(leaves[layer]) for layer in LAYERS if layer in shown),
        hidden=tuple(Base64(_sha256(leaves[layer]).digest()) for layer in LAYERS if layer not in shown),
        number=number,
    )


def slot_hash(opened: OpenedSlot, shown: Sequence[Layer]) -> Digest:
    """The hash of a slot of which exactly these layers are shown.

    Raises: Malformed("escrow.opening") when it shows more or fewer, or a hash is not 32 bytes.
    """
    if len(opened.data) != len(shown) or len(opened.hidden) != len(LAYERS) - len(shown):
        raise Malformed("escrow.opening", slot=opened.number)
    data, hidden = iter(opened.data), iter(opened.hidden)
    hashes = [sha256(next(data)) if layer in shown else Digest(next(hidden)) for layer in LAYERS]
    return sha256(SLOT_TAG, *hashes)


def contents_shown(opened: OpenedSlot, shown: Sequence[Layer]) -> dict[Layer, bytes]:
    """The canonical JSON of each layer shown. Raises: Malformed("escrow.leaf")."""
    ordered = [layer for layer in LAYERS if layer in shown]
    return {
        layer: content_of(layer, data, slot=opened.number) for layer, data in zip(ordered, opened.data, strict=True)
    }


def shared_siblings(numbers: Iterable[int], depth: int) -> list[tuple[int, int]]:
    """Level and place of every node needed beside these leaves to compute the root: upwards, and left to right."""
    wanted = []
    known = sorted(set(numbers))
    for level in range(depth):
        held = set(known)
        wanted += [(level, place ^ 1) for place in known if place ^ 1 not in held]
        known = sorted({place >> 1 for place in known})
    return wanted


def siblings(levels: Sequence[bytes], numbers: Iterable[int]) -> tuple[Base64, ...]:
    """The hashes that `shared_siblings` lists, each once however many slots need it."""
    wanted = shared_siblings(numbers, len(levels) - 1)
    return tuple(Base64(levels[level][place * HASH : place * HASH + HASH]) for level, place in wanted)


def root_of_some(leaves: Mapping[int, Digest], others: Sequence[bytes], depth: int) -> Digest:
    """The root from the hashes of some slots and from `siblings` of them.

    Raises: Malformed("escrow.number") for no slot or one outside the tree, Malformed("escrow.proof-length") when there
    are more or fewer siblings than it takes, or one is not 32 bytes.
    """
    if not leaves or not all(0 <= number < 1 << depth for number in leaves):
        raise Malformed("escrow.number", most=(1 << depth) - 1)
    wanted = shared_siblings(leaves, depth)
    if len(wanted) != len(others) or any(len(other) != HASH for other in others):
        raise Malformed("escrow.proof-length", expected=len(wanted), found=len(others))
    given = dict(zip(wanted, others, strict=True))
    known: dict[int, bytes] = dict(leaves)
    for level in range(depth):
        above: dict[int, bytes] = {}
        for place in known:
            if place >> 1 not in above:
                left, right = (known[at] if at in known else given[level, at] for at in (place & ~1, place | 1))
                above[place >> 1] = _sha256(NODE_TAG + left + right).digest()
        known = above
    return Digest(known[0])
