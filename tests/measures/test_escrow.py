"""The commitment to a whole declaration: computed again by hand, hiding what it should, holding only what it can."""

from __future__ import annotations

import hashlib
import itertools
import struct
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.canonical import MAX_INTEGER, decode, encode
from parley.crypto import Digest
from parley.errors import Malformed
from parley.measures.escrow import Escrow, Placed, Version, commit, order_of, place_items
from parley.measures.escrow_plan import (
    MAX_SLOTS,
    Blind,
    Cell,
    Commitment,
    Grid,
    Item,
    Plan,
    Roots,
    Seed,
    Step,
    item_of,
)
from parley.wording import canonical_line
from tests.measures.escrow_build import GRID, STEPS, committed, escrow, items, place, plan, seed, subject


def h(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


@cache
def chacha20_block(key: bytes, counter: int) -> bytes:
    """RFC 8439 section 2.3, with a nonce of zeros."""
    begun = [*struct.unpack("<12I", b"expand 32-byte k" + key), counter, 0, 0, 0]
    state = list(begun)

    def quarter(a: int, b: int, c: int, d: int) -> None:
        for to, other, from_, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[to] = (state[to] + state[other]) & 0xFFFFFFFF
            mixed = state[from_] ^ state[to]
            state[from_] = (mixed << turn | mixed >> (32 - turn)) & 0xFFFFFFFF

    for _ in range(10):
        for at in range(4):
            quarter(at, at + 4, at + 8, at + 12)
        for at in range(4):
            quarter(at, (at + 1) % 4 + 4, (at + 2) % 4 + 8, (at + 3) % 4 + 12)
    return struct.pack("<16I", *((one + two) & 0xFFFFFFFF for one, two in zip(begun, state, strict=True)))


def secrets(key: bytes, slot: int, version: bytes = bytes(32)) -> bytes:
    """What the page says, with a cipher written out here."""
    under = h(b"parley/escrow-secrets/v1\n", key, version)
    first, skipped = divmod(272 * slot, 64)
    return b"".join(chacha20_block(under, first + at) for at in range(6))[skipped:][:272]


def test_the_root_of_items_computed_by_hand() -> None:
    """From the page alone: leaves, slots and nodes, with nothing of the code but what it is given."""
    made = committed()
    by_slot = {placed.slot: placed.item for placed in made.escrow.items}
    hashes = []
    for slot in range(32):
        secret = secrets(made.escrow.seed, slot)
        item = by_slot.get(slot)
        layers = [b"null"] * 4
        if item is not None:
            assert isinstance(item.place, Cell)
            layers = [
                f'"{item.uid}"'.encode(),
                f'"{item.region}"'.encode(),
                f'{{"east":{item.place.east},"north":{item.place.north}}}'.encode(),
                f"[{item.counts[0]},{item.counts[1]}]".encode(),
            ]
        leaves = [
            h(b"parley/escrow-" + name + b"/v1\n", secret[32 * at : 32 * at + 32], layers[at])
            for at, name in enumerate((b"existence", b"region", b"place", b"contents"))
        ]
        hashes.append(h(b"parley/escrow-slot/v1\n", *leaves))
    while len(hashes) > 1:
        hashes = [h(b"parley/escrow-node/v1\n", a, b) for a, b in zip(hashes[::2], hashes[1::2], strict=True)]
    assert made.roots.items == hashes[0]


def test_the_root_of_totals_computed_by_hand() -> None:
    made = committed()
    by_slot = {placed.slot: placed.item.counts for placed in made.escrow.items}
    stream = hashlib.shake_256(b"parley/escrow-sum-order/v1\n" + made.escrow.seed).digest(8 * 32)
    order = sorted(range(32), key=lambda slot: (stream[8 * slot : 8 * slot + 8], slot))
    nodes = []
    for slot in order:
        sums = b"".join(count.to_bytes(8, "big") for count in by_slot.get(slot, (0, 0)))
        salt = secrets(made.escrow.seed, slot)[192:224]
        nodes.append((sums, h(b"parley/escrow-counts/v1\n", salt, slot.to_bytes(4, "big"), sums)))
    while len(nodes) > 1:
        above = []
        for (left, one), (right, two) in zip(nodes[::2], nodes[1::2], strict=True):
            added = [int.from_bytes(left[at : at + 8]) + int.from_bytes(right[at : at + 8]) for at in (0, 8)]
            both = b"".join(value.to_bytes(8, "big") for value in added)
            above.append((both, h(b"parley/escrow-sum/v1\n", left, right, one, two)))
        nodes = above
    salt = h(b"parley/escrow-total-salt/v1\n", made.escrow.seed, made.escrow.blind)
    assert made.roots.totals == h(b"parley/escrow-total/v1\n", salt, *nodes[0])


def test_the_root_of_the_index_computed_by_hand() -> None:
    made = committed()
    held = {placed.slot: placed.item for placed in made.escrow.items}
    keys: dict[int, int] = {}
    for slot, item in held.items():
        assert isinstance(item.place, Cell)
        keys[slot] = (item.place.north + 100) * 400 + item.place.east + 200
    for slot in range(32):
        if slot not in held:
            key = int.from_bytes(secrets(made.escrow.seed, slot)[256:272]) % 120_000
            assert key not in keys.values()
            keys[slot] = key
    order = sorted(keys, key=keys.__getitem__)
    u128 = lambda number: number.to_bytes(16, "big")  # noqa: E731
    cuts = [0]
    for slot, following in itertools.pairwise(order):
        random = secrets(made.escrow.seed, slot)[224:256]
        drawn = int.from_bytes(h(b"parley/escrow-cut-at/v1\n", random, u128(keys[following])))
        cuts.append(keys[slot] + 1 + ((keys[following] - keys[slot]) * drawn >> 256))
    nodes = []
    for slot, low, high in zip(order, cuts, [*(cut - 1 for cut in cuts[1:]), 119_999], strict=True):
        secret, key = secrets(made.escrow.seed, slot), keys[slot]
        use = h(b"parley/escrow-use/v1\n", secret[160:192], (slot if slot in held else 2**32 - 1).to_bytes(4, "big"))
        at = h(b"parley/escrow-at/v1\n", secret[128:160], u128(key), use)
        drawn = hashlib.shake_256(b"parley/escrow-zones/v1\n" + secret[224:256] + u128(low) + u128(high)).digest(128)
        parts = [int.from_bytes(drawn[32 * i : 32 * i + 32]) for i in range(4)]
        first1, last1 = key - ((key - low) * parts[0] >> 257), key + ((high - key) * parts[1] >> 257)
        first2, last2 = key - ((key - first1) * parts[2] >> 257), key + ((last1 - key) * parts[3] >> 257)
        inner = h(b"parley/escrow-zone/v1\n", u128(first2), u128(last2), at)
        nodes.append((low, h(b"parley/escrow-zone/v1\n", u128(first1), u128(last1), inner)))
    while len(nodes) > 1:
        nodes = [
            (left[0], h(b"parley/escrow-cut/v1\n", u128(right[0]), left[1], right[1]))
            for left, right in zip(nodes[::2], nodes[1::2], strict=True)
        ]
    assert made.roots.index == nodes[0][1]


def test_the_commitment_computed_by_hand() -> None:
    made = committed()
    roots = made.roots
    digest = h(b"parley/escrow-plan/v1\n", encode(made.plan))
    assert made.commitment.commitment == h(
        b"parley/escrow-commitment/v1\n", subject(), roots.blind, digest, roots.items, roots.index, roots.totals
    )


def test_the_same_escrow_gives_the_same_commitment_whatever_the_order_of_its_list() -> None:
    of = plan()
    given = {"plan": of, "seed": Seed(seed("one")), "blind": Blind(seed("one/blind")), "subject": subject()}
    backwards = place_items(reversed(items(of)), **given)  # type: ignore[arg-type]
    assert backwards == escrow()
    assert commit(backwards).commitment == committed().commitment


@pytest.mark.parametrize(
    "other",
    [
        escrow(nonce=2),
        escrow(name="two"),
        escrow(count=11),
        escrow(plan(slots=64)),
        escrow(plan(steps=STEPS[:3])),
        escrow(plan(categories=("launchers", "weapons")), count=0),
    ],
)
def test_a_commitment_is_bound_to_all_of_it(other: Escrow) -> None:
    assert commit(other).commitment.commitment != committed().commitment.commitment


def test_only_the_blind_differs_and_so_does_the_commitment() -> None:
    one = escrow()
    two = Escrow(
        blind=Blind(bytes(32)), items=one.items, plan=one.plan, seed=one.seed, subject=one.subject, versions=()
    )
    assert commit(one).roots.items == commit(two).roots.items
    assert commit(one).commitment != commit(two).commitment


def test_the_public_side_tells_nothing_of_how_many_items_there_are() -> None:
    """Empty, half full and full: the same members, of the same length."""
    of = plan(grid=None)
    sizes = {len(encode(committed(of, count=count).commitment)) for count in (0, 16, 32)}
    assert len(sizes) == 1


def test_items_lie_in_slots_that_their_order_does_not_give() -> None:
    """Over forty seeds the first item is in at least fifteen different slots of 32."""
    found = {
        next(p.slot for p in escrow(name=f"seed {number}").items if p.item.uid == "site-000") for number in range(40)
    }
    assert len(found) >= 15


def test_every_slot_has_a_key_and_a_salt_of_its_own() -> None:
    made = committed()
    assert len(set(made.keys)) == 32
    salts = {made.secrets(slot)[at : at + 32] for slot in range(32) for at in range(0, 256, 32)}
    assert len(salts) == 32 * 8


def test_a_grid_that_is_full_of_keys_still_has_one_for_each_slot() -> None:
    tiny = plan(grid=Grid(columns=4, rows=8, south=0, unit="a room", west=0), slots=32)
    made = commit(
        place_items(
            [Item(counts=(1, 1), place=Cell(east=3, north=7), region="A", uid="only")],
            plan=tiny, seed=Seed(bytes(32)), blind=Blind(bytes(32)), subject=subject(),
        )
    )  # fmt: skip
    assert sorted(made.keys) == list(range(32))


def test_an_order_is_of_all_slots_and_of_the_seed() -> None:
    one = order_of(b"a\n", Seed(bytes(32)), 64)
    assert sorted(one) == list(range(64))
    assert one != order_of(b"b\n", Seed(bytes(32)), 64) != order_of(b"a\n", Seed(b"\x01" * 32), 64)


names = st.one_of(st.text("abcdefgh -Ä", max_size=8), st.text("абвг -Б", max_size=8)).map(canonical_line).filter(bool)


@settings(max_examples=30, deadline=None)
@given(
    data=st.lists(st.tuples(names, names, st.integers(0, 2**40), st.integers(0, 2**40)), max_size=16),
    grid=st.booleans(),
)
def test_every_value_is_read_as_it_was_written(data: list[tuple[str, str, int, int]], grid: bool) -> None:
    of = plan(grid=GRID if grid else None, slots=16)
    listed = [
        Item(counts=(one, two), place=place(n) if grid else f"{name} {n}", region=region, uid=f"{n} {name}")
        for n, (name, region, one, two) in enumerate(data)
    ]
    secret = place_items(listed, plan=of, seed=Seed(seed("x")), blind=Blind(seed("y")), subject=subject())
    assert decode(encode(secret), Escrow) == secret
    made = commit(secret)
    assert decode(encode(made.commitment), Commitment) == made.commitment
    assert decode(encode(made.roots), Roots) == made.roots
    assert commit(decode(encode(secret), Escrow)).commitment == made.commitment


def code_of(work: Any) -> str:
    with pytest.raises(Malformed) as caught:
        work()
    return caught.value.code


def placed(*listed: Item, of: Plan | None = None) -> Escrow:
    return place_items(
        listed, plan=of or plan(), seed=Seed(bytes(32)), blind=Blind(bytes(32)), subject=Digest(bytes(32))
    )


def item(**changed: Any) -> Item:
    members: dict[str, Any] = {"counts": (1, 2), "place": place(1), "region": "A", "uid": "a"}
    return Item(**members | changed)


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        ((item(), item(place=place(2))), "escrow.uid-twice"),
        ((item(), item(uid="b")), "escrow.place-twice"),
        ((item(counts=(-1, 0)),), "escrow.count"),
        ((item(counts=(MAX_INTEGER + 1, 0)),), "escrow.count"),
        ((item(counts=(1,)),), "escrow.count"),
        ((item(counts=(1, 2, 3)),), "escrow.count"),
        ((item(counts=(MAX_INTEGER, 0)), item(uid="b", place=place(2))), "escrow.sums"),
        ((item(uid=""),), "escrow.item"),
        ((item(region=""),), "escrow.item"),
        ((item(uid="a\u202e"),), "wording.bidi-control"),
        ((item(uid="a  b"),), "escrow.blanks"),
        ((item(region=" a"),), "escrow.blanks"),
        ((item(uid="a" * 121),), "wording.too-long"),
        ((item(place="Base A"),), "escrow.place"),
        ((item(place=Cell(east=200, north=0)),), "escrow.place"),
        ((item(place=Cell(east=-201, north=0)),), "escrow.place"),
        ((item(place=Cell(east=0, north=200)),), "escrow.place"),
        ((item(place=Cell(east=0, north=-101)),), "escrow.place"),
        (tuple(item(uid=f"{n}", place=place(n)) for n in range(17)), "escrow.items"),
    ],
)
def test_what_cannot_be_a_declaration(listed: tuple[Item, ...], code: str) -> None:
    of = plan(slots=16) if code == "escrow.items" else plan()
    assert code_of(lambda: placed(*listed, of=of)) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Base 3 ", "escrow.blanks"),
        (" Base 3", "escrow.blanks"),
        ("Base  3", "escrow.blanks"),
        ("Base\u00a03", "escrow.blanks"),
        ("Base\u20033", "escrow.blanks"),
        ("Base\u200b3", "wording.hidden"),
        ("Base\u202e3", "wording.bidi-control"),
        ("Base\t3", "wording.control"),
        ("Base\n3", "wording.control"),
        ("Z\u030cilina", "wording.not-nfc"),
        ("Ва\u0455\u0065 3", "escrow.letters"),
        ("B\u0430se 3", "escrow.letters"),
        ("Bas\u0435\u0301s", "escrow.letters"),
        ("\u0391lpha", "escrow.letters"),
        ("\u0410\u0391", "escrow.letters"),
        ("x\u0301\u0441", "escrow.letters"),
    ],
)
def test_a_name_that_reads_like_another_is_no_place(name: str, code: str) -> None:
    """Else an item could be declared as `Base 3 `, and `Base 3` be denied."""
    assert code_of(lambda: plan(grid=None).key(name)) == code


@pytest.mark.parametrize(
    "name", ["Base 3", "База № 12", "Żagań", "Δήλος 2", "34-я РБ", "X-Б", "X Б", "基地３", "קֶרֶן", "Nº 4", "नमस्\u200dते"]
)
def test_names_in_all_scripts_are_places(name: str) -> None:
    assert plan(grid=None).key(name) < 1 << 128


@pytest.mark.parametrize("changed", [{"categories": ("a  b",)}, {"categories": ("a ",)}])
def test_what_is_counted_reads_in_one_way(changed: dict[str, Any]) -> None:
    assert code_of(lambda: plan(**changed)) == "escrow.blanks"
    assert code_of(lambda: Grid(columns=1, rows=1, south=0, unit="1  km", west=0)) == "escrow.blanks"


def test_a_name_is_no_place_of_a_grid_nor_a_cell_of_names() -> None:
    of = plan(grid=None)
    assert code_of(lambda: placed(item(), of=of)) == "escrow.place"
    assert code_of(lambda: placed(item(place=""), of=of)) == "escrow.place"
    assert code_of(lambda: placed(item(place="a\tb"), of=of)) == "wording.control"


def test_a_category_that_is_not_counted_is_refused_and_one_not_named_counts_nothing() -> None:
    given: dict[str, Any] = {"uid": "a", "region": "A", "place": place(1)}
    assert item_of(plan(), contents={"warheads": 3}, **given).counts == (0, 3)
    assert code_of(lambda: item_of(plan(), contents={"tanks": 3}, **given)) == "escrow.category"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"slots": 8}, "escrow.slots"),
        ({"slots": 33}, "escrow.slots"),
        ({"slots": 2 * MAX_SLOTS}, "escrow.slots"),
        ({"categories": ()}, "escrow.categories"),
        ({"categories": ("b", "a")}, "escrow.categories"),
        ({"categories": ("a", "a")}, "escrow.categories"),
        ({"categories": tuple(f"{n:02}" for n in range(17))}, "escrow.categories"),
        ({"grid": Grid(columns=5, rows=5, south=0, unit="x", west=0)}, "escrow.grid-small"),
        ({"steps": ()}, "escrow.steps-number"),
        ({"steps": (Step(layers=("region",), of="all"),)}, "escrow.steps"),
        ({"steps": (Step(layers=("place",), of="named"), *STEPS)}, "escrow.steps"),
        ({"steps": (*STEPS, Step(layers=("contents",), of="all"))}, "escrow.steps"),
        ({"steps": (*STEPS, Step(layers=("contents",), of="named"))}, "escrow.steps"),
        ({"steps": (Step(layers=("existence",), of="named"), Step(layers=("place",), of="all"))}, "escrow.steps"),
    ],
)
def test_plans_that_are_none(changed: dict[str, Any], code: str) -> None:
    assert code_of(lambda: plan(**changed)) == code


@pytest.mark.parametrize(
    "steps",
    [
        (Step(layers=("existence", "region", "place", "contents"), of="all"),),
        (Step(layers=("existence", "place"), of="named"), Step(layers=("existence", "place", "contents"), of="all")),
    ],
)
def test_plans_that_can_be(steps: tuple[Step, ...]) -> None:
    assert decode(encode(plan(steps=steps)), Plan).steps == steps


@pytest.mark.parametrize("layers", [(), ("region", "existence"), ("place", "place")])
def test_layers_of_a_step_stand_once_each_in_their_order(layers: tuple[Any, ...]) -> None:
    assert code_of(lambda: Step(layers=layers, of="all")) == "escrow.layers"


def test_a_layer_that_is_unknown_is_not_read() -> None:
    data = encode(plan()).replace(b'"region"', b'"colour"')
    assert code_of(lambda: decode(data, Plan)) == "canonical.shape"


@pytest.mark.parametrize(
    "changed", [{"columns": 0}, {"rows": 0}, {"columns": 2**41}, {"south": -(2**41)}, {"west": 2**41}]
)
def test_grids_that_are_none(changed: dict[str, Any]) -> None:
    members: dict[str, Any] = {"columns": 9, "rows": 9, "south": 0, "unit": "x", "west": 0}
    assert code_of(lambda: Grid(**members | changed)) == "escrow.grid"


def test_the_key_of_a_cell_counts_row_by_row() -> None:
    of = plan()
    assert of.key(Cell(east=-200, north=-100)) == 0
    assert of.key(Cell(east=199, north=-100)) == 399
    assert of.key(Cell(east=-200, north=-99)) == 400
    assert of.key(Cell(east=199, north=199)) == of.space - 1


def test_the_key_of_a_name_is_sixteen_bytes_of_its_hash() -> None:
    of = plan(grid=None)
    assert of.key("Żagań") == int.from_bytes(h(b"parley/escrow-key/v1\n", "Żagań".encode())[:16])


@pytest.mark.parametrize(
    ("slots", "versions"),
    [
        ((3, 3), ()),
        ((4, 3), ()),
        ((32,), ()),
        ((-1,), ()),
        ((3,), ((0, (3,)),)),
        ((3,), ((1, (5, 4)),)),
        ((3,), ((1, (4, 4)),)),
        ((3,), ((1, (32,)),)),
        ((3,), ((1, (4,)), (2, (4,)))),
        ((3,), ((1, (4,)), (1, (5,)))),
    ],
)
def test_a_secret_side_that_was_tampered_with_is_not_read(
    slots: tuple[int, ...], versions: tuple[tuple[int, tuple[int, ...]], ...]
) -> None:
    with pytest.raises(Malformed) as caught:
        Escrow(
            blind=Blind(bytes(32)),
            items=tuple(Placed(item=item(uid=f"{n}", place=place(n)), slot=slot) for n, slot in enumerate(slots)),
            plan=plan(),
            seed=Seed(bytes(32)),
            subject=subject(),
            versions=tuple(Version(blind=Blind(bytes([number] * 32)), slots=changed) for number, changed in versions),
        )
    assert caught.value.code == "escrow.number"
