"""Tile names and contents: the specification's examples, and names that are not tiles."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley.crypto import Digest
from parley.errors import Malformed
from parley.merkle import Tree, leaf_hash, root_of
from parley.tiles import (
    MAX_ENTRY,
    MAX_INDEX,
    WIDTH,
    Tile,
    bundle_leaves,
    decode_bundle,
    encode_bundle,
    format_tile,
    parse_tile,
    tile_bytes,
    tile_hashes,
    tiles_of,
)

SIZE = 700
TREE = Tree(leaf_hash(number.to_bytes(2, "big")) for number in range(SIZE))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(level=0, index=0), "tile/0/000"),
        (Tile(level=0, index=999), "tile/0/999"),
        (Tile(level=0, index=1000), "tile/0/x001/000"),
        (Tile(level=1, index=1234067), "tile/1/x001/x234/067"),
        (Tile(level=0, index=273, width=112), "tile/0/273.p/112"),
        (Tile(level=63, index=0, width=1), "tile/63/000.p/1"),
        (Tile(level=None, index=0, width=3), "tile/entries/000.p/3"),
        (Tile(level=None, index=1000), "tile/entries/x001/000"),
    ],
)
def test_names(tile: Tile, path: str) -> None:
    """Source: c2sp.org/tlog-tiles, with its example index 1234067."""
    assert format_tile(tile) == path
    assert parse_tile(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/X001/000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/8/0/000",
        "tile/data/000",
        "tile/Entries/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/-1",
        "tile/0/000.p/",
        "tile/0/000.p",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/000?x",
        "tile/0/٠٠٠",
        "tile/0/../000",
        "tile/0/%30%30%30",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        f"tile/0/{'x999/' * 5}999",
    ],
)
def test_what_is_no_name(path: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_tile(path)
    beyond = {"tile/64/000": "tile.level", f"tile/0/{'x999/' * 5}999": "tile.index"}
    assert caught.value.code == beyond.get(path, "tile.path")


TILES = st.builds(
    Tile,
    level=st.one_of(st.none(), st.integers(0, 63)),
    index=st.one_of(st.integers(0, 2000), st.integers(0, MAX_INDEX)),
    width=st.integers(1, WIDTH),
)


@given(TILES)
@example(Tile(level=0, index=MAX_INDEX))
def test_names_read_as_they_print(tile: Tile) -> None:
    assert parse_tile(format_tile(tile)) == tile


@given(st.text(st.sampled_from("tile/0123456789x.pentrs-"), max_size=30).map(lambda rest: "tile/" + rest))
def test_an_accepted_name_is_the_one_we_print(path: str) -> None:
    try:
        tile = parse_tile(path)
    except Malformed:
        return
    assert format_tile(tile) == path


@pytest.mark.parametrize(
    ("level", "index", "width", "code"),
    [
        (-1, 0, 1, "tile.level"),
        (64, 0, 1, "tile.level"),
        (0, -1, 1, "tile.index"),
        (0, MAX_INDEX + 1, 1, "tile.index"),
        (0, 0, 0, "tile.width"),
        (0, 0, 257, "tile.width"),
    ],
)
def test_places_that_no_tile_has(level: int, index: int, width: int, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        Tile(level=level, index=index, width=width)
    assert caught.value.code == code


def names(size: int) -> list[str]:
    return [format_tile(tile) for tile in tiles_of(size)]


def test_tiles_of_the_specifications_sizes() -> None:
    """Sizes 256 and 70,000 are the examples of c2sp.org/tlog-tiles, "Partial Tiles"."""
    assert names(0) == []
    assert names(1) == ["tile/entries/000.p/1", "tile/0/000.p/1"]
    assert names(256) == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    found = names(70_000)
    assert found[274:] == [
        *(f"tile/0/{number:03}" for number in range(273)),
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert names(SIZE)[3:] == ["tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"]


def test_hashes_of_a_tile_are_the_roots_of_what_it_stands_for() -> None:
    for tile in tiles_of(SIZE):
        if tile.level is None:
            continue
        run = WIDTH**tile.level
        for slot, found in enumerate(tile_hashes(tile_bytes(TREE, tile), tile)):
            start = (tile.index * WIDTH + slot) * run
            assert found == root_of(TREE.leaf(place) for place in range(start, start + run))


def test_a_partial_tile_is_the_beginning_of_the_wider_one() -> None:
    whole = tile_bytes(TREE, Tile(level=0, index=2, width=188))
    for width in (1, 7, 187):
        assert tile_bytes(TREE, Tile(level=0, index=2, width=width)) == whole[: 32 * width]


@pytest.mark.parametrize(
    "tile",
    [
        Tile(level=0, index=2, width=189),
        Tile(level=0, index=2),
        Tile(level=0, index=3, width=1),
        Tile(level=1, index=0, width=3),
        Tile(level=2, index=0, width=1),
        Tile(level=63, index=0, width=1),
        Tile(level=0, index=MAX_INDEX),
        Tile(level=None, index=0),
    ],
)
def test_a_tile_the_tree_has_not_grown_to_is_refused(tile: Tile) -> None:
    with pytest.raises(Malformed):
        tile_bytes(TREE, tile)


@pytest.mark.parametrize("length", [0, 31, 33, 63, 65, 96])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(Malformed) as caught:
        tile_hashes(bytes(length), Tile(level=0, index=0, width=2))
    assert caught.value.code == "tile.length"


def test_the_published_bundle() -> None:
    """Source: Tessera testdata/log, entries/000.p/3."""
    data = bytes.fromhex("00036f6e65000374776f00057468726565")
    assert encode_bundle([b"one", b"two", b"three"]) == data
    assert decode_bundle(data, 3) == (b"one", b"two", b"three")
    assert bundle_leaves([b"one"]) == (leaf_hash(b"one"),)


ENTRIES = st.lists(st.binary(max_size=80), min_size=1, max_size=20)


@given(ENTRIES)
@example([b"\x00" * MAX_ENTRY])
@example([b""] * WIDTH)
def test_bundles_read_as_they_print(entries: list[bytes]) -> None:
    assert list(decode_bundle(encode_bundle(entries), len(entries))) == entries


@given(st.binary(max_size=60), st.integers(1, WIDTH))
def test_an_accepted_bundle_is_the_one_we_print(data: bytes, width: int) -> None:
    try:
        entries = decode_bundle(data, width)
    except Malformed:
        return
    assert len(entries) == width
    assert encode_bundle(entries) == data


@given(ENTRIES, st.data())
def test_a_bundle_cut_or_of_another_width_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    whole = encode_bundle(entries)
    cut = data.draw(st.integers(0, len(whole) - 1))
    for spoiled, width in ((whole[:cut], len(entries)), (whole, len(entries) + 1), (whole + b"\x00", len(entries))):
        with pytest.raises(Malformed) as caught:
            decode_bundle(spoiled, width)
        assert (caught.value.code, caught.value.details) == ("tile.bundle", {})


@pytest.mark.parametrize(
    ("entries", "code", "details"),
    [
        ([], "tile.width", {"most": 256, "found": 0}),
        ([b""] * 257, "tile.width", {"most": 256, "found": 257}),
        ([b"\x00" * (MAX_ENTRY + 1)], "tile.entry-length", {"most": MAX_ENTRY, "found": MAX_ENTRY + 1}),
    ],
)
def test_what_is_no_bundle_is_not_made(entries: list[bytes], code: str, details: dict[str, int]) -> None:
    with pytest.raises(Malformed) as caught:
        encode_bundle(entries)
    assert (caught.value.code, caught.value.details) == (code, details)


def test_a_tree_is_rebuilt_from_its_tiles() -> None:
    """What a monitor does: the leaf hashes of level 0, in order, make the signed root."""
    level0 = [tile for tile in tiles_of(SIZE) if tile.level == 0]
    leaves: list[Digest] = list(itertools.chain.from_iterable(tile_hashes(tile_bytes(TREE, t), t) for t in level0))
    assert Tree(leaves).root() == TREE.root()
