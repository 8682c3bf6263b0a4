"""Names and contents of the files in which a log is served to anyone (c2sp.org/tlog-tiles).

    tile/0/x001/x234/067          hashes 256 * 1234067 onward of level 0, the leaf hashes: 256 of them, 8192 bytes
    tile/1/000.p/17               17 roots of full tiles of level 0, so far
    tile/entries/273.p/112        the entries themselves, each behind its length in two bytes

A full tile never changes. A partial one is what a size that was once published needed; a wider one begins with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parley.crypto import Digest
from parley.errors import Malformed
from parley.merkle import HASH, Tree, leaf_hash

WIDTH = 256
HEIGHT = 8
MAX_LEVEL = 63
MAX_ENTRY = 65535
MAX_INDEX = 2**63 // WIDTH - 1

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)"
    r"/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A tile's place: `level` 0 to 63, or None for the entries themselves; `width` 1 to 256, full at 256."""

    level: int | None
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        if self.level is not None and not 0 <= self.level <= MAX_LEVEL:
            raise Malformed("tile.level", most=MAX_LEVEL, found=self.level)
        if not 0 <= self.index <= MAX_INDEX:
            raise Malformed("tile.index", most=MAX_INDEX)
        if not 1 <= self.width <= WIDTH:
            raise Malformed("tile.width", most=WIDTH, found=self.width)


def format_tile(tile: Tile) -> str:
    """Write a tile's path, relative to the log's prefix. Source: c2sp.org/tlog-tiles, "Merkle Tree"."""
    digits = str(tile.index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    level = "entries" if tile.level is None else str(tile.level)
    partial = "" if tile.width == WIDTH else f".p/{tile.width}"
    return f"tile/{level}/" + "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]]) + partial


def parse_tile(path: str) -> Tile:
    """Read a tile's path. Raises: Malformed unless it is exactly what `format_tile` writes."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Malformed("tile.path")
    level = None if match["level"] == "entries" else int(match["level"])
    index = int(match["index"].replace("x", "").replace("/", ""))
    tile = Tile(level=level, index=index, width=int(match["width"] or WIDTH))
    if format_tile(tile) != path:
        raise Malformed("tile.path")
    return tile


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of a tree of `size` leaves: the entries', then level 0, 1 …, each left to right. None for size 0."""
    yield from _level(None, size)
    level, count = 0, size
    while count:
        yield from _level(level, count)
        level, count = level + 1, count // WIDTH


def _level(level: int | None, count: int) -> Iterator[Tile]:
    for index in range(count // WIDTH):
        yield Tile(level=level, index=index)
    if count % WIDTH:
        yield Tile(level=level, index=count // WIDTH, width=count % WIDTH)


def tile_bytes(tree: Tree, tile: Tile) -> bytes:
    """The hashes of a tile, `width` times 32 bytes. Raises: Malformed when the tree lacks one, or for entries."""
    if tile.level is None:
        raise Malformed("tile.level", most=MAX_LEVEL, found=-1)
    start = tile.index * WIDTH
    return tree.subtrees(tile.level * HEIGHT, start, start + tile.width)


def tile_hashes(data: bytes, tile: Tile) -> tuple[Digest, ...]:
    """Split a fetched tile into its hashes; verifies their number alone. Raises: Malformed for another length."""
    if len(data) != tile.width * HASH:
        raise Malformed("tile.length", expected=tile.width * HASH, found=len(data))
    return tuple(Digest(data[place : place + HASH]) for place in range(0, len(data), HASH))


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Join 1 to 256 entries of at most 65,535 bytes, each behind its length in two bytes. Raises: Malformed."""
    if not 1 <= len(entries) <= WIDTH:
        raise Malformed("tile.width", most=WIDTH, found=len(entries))
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise Malformed("tile.entry-length", most=MAX_ENTRY, found=len(entry))
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    """Split a bundle of exactly `width` entries. Raises: Malformed when it ends early, late, or holds another number.

    It verifies no hash: compare `bundle_leaves` with the tile of the same name at level 0, or rebuild the tree.
    """
    entries = []
    place = 0
    while place < len(data):
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if place + 2 > len(data) or end > len(data):
            raise Malformed("tile.bundle")
        entries.append(data[place + 2 : end])
        place = end
        if len(entries) > width:
            break
    if len(entries) != width:
        raise Malformed("tile.bundle")
    return tuple(entries)


def bundle_leaves(entries: Sequence[bytes]) -> tuple[Digest, ...]:
    """The leaf hashes of entries, as they stand in the tile of the same name at level 0."""
    return tuple(leaf_hash(entry) for entry in entries)
