"""Answers to "is this place in it?", and totals: each proves what it says, for the place asked for and no other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from parley.canonical import MAX_INTEGER, Base64, decode, encode
from parley.crypto import Digest
from parley.errors import Invalid, Malformed, ParleyError
from parley.measures import escrow as room
from parley.measures.escrow import Committed, commit, place_items
from parley.measures.escrow_answers import (
    Absent,
    Answer,
    Contained,
    Present,
    Totals,
    above,
    answer,
    contained,
    totals,
    verify_answer,
    verify_contained,
    verify_totals,
)
from parley.measures.escrow_plan import Blind, Cell, Grid, Item, Key, Place, Salt, Seed
from parley.measures.escrow_steps import Progress
from parley.measures.range_index import UNUSED, At, Lookup, Use, Zone, cut_after, zones_of
from parley.measures.sum_tree import SumSibling, add_up, sums_bytes
from parley.wording import canonical_line
from tests.measures.escrow_build import SITES, committed, items, opened_to, place, plan, progress_at, seed, subject

MADE = committed()
NAMES = committed(plan(grid=None))
WAYS = {"zone 1", "zone 2", "beside", "unused"}


def cell(made: Committed, key: int) -> Cell:
    grid = made.plan.grid
    assert grid is not None
    return Cell(east=key % grid.columns + grid.west, north=key // grid.columns + grid.south)


def ask(made: Committed, where: Place, **given: Any) -> Absent | Present:
    shown = answer(made, where)
    assert decode(encode(shown), Answer) == shown
    return verify_answer(shown, where, given.get("progress", Progress()), made.commitment, subject=made.escrow.subject)


def refused(shown: Answer, where: Place, made: Committed = MADE, **given: Any) -> ParleyError:
    with pytest.raises(ParleyError) as caught:
        verify_answer(
            shown, where, given.get("progress", Progress()), made.commitment,
            subject=given.get("subject", made.escrow.subject),
        )  # fmt: skip
    return caught.value


def way(lookup: Lookup) -> str:
    if lookup.at is None:
        return f"zone {len(lookup.zones)}"
    return "beside" if lookup.at.use is None else "used" if lookup.at.use.slot is not None else "unused"


def one_of_each(made: Committed) -> dict[str, int]:
    """A key for each kind of answer."""
    found: dict[str, int] = {}
    for key in range(made.plan.space):
        found.setdefault(way(answer(made, cell(made, key)).lookup), key)
        if len(found) == 5:
            break
    return found


TINY = commit(
    place_items(
        [Item(counts=(n, n), place=Cell(east=3 * n, north=n), region="A", uid=f"u{n}") for n in range(6)],
        plan=plan(grid=Grid(columns=20, rows=15, south=0, unit="a room", west=0), slots=16),
        seed=Seed(seed("tiny")), blind=Blind(seed("b")), subject=subject(),
    )
)  # fmt: skip
EACH = one_of_each(TINY)


def test_every_place_of_a_small_grid_is_answered_rightly() -> None:
    """All 300: an item where one is, and no item anywhere else; and there are answers of each of the five kinds."""
    declared = {(3 * n, n) for n in range(6)}
    kinds = set()
    for key in range(300):
        where = cell(TINY, key)
        found = ask(TINY, where)
        assert isinstance(found, Present if (where.east, where.north) in declared else Absent)
        kinds.add(way(answer(TINY, where).lookup))
        if isinstance(found, Absent):
            assert found.first <= key <= found.last
            assert not any(found.first <= TINY.plan.key(Cell(east=e, north=n)) <= found.last for e, n in declared)
    assert kinds == WAYS | {"used"}


@settings(max_examples=100, deadline=None)
@given(name=st.text("Base 0123456789", max_size=8).map(canonical_line).filter(bool))
def test_every_name_is_answered_rightly(name: str) -> None:
    found = ask(NAMES, name)
    assert isinstance(found, Present if name in {f"Base {n}" for n in range(SITES)} else Absent)


def test_a_place_that_is_there_is_opened_and_nothing_else_of_its_item() -> None:
    shown = answer(MADE, place(3))
    assert ask(MADE, place(3)) == Present(place=place(3), slot=MADE.find("site-003"))
    assert b"site-003" not in b"".join(shown.item.data if shown.item else ())
    for name in ("Base 0", "Base 11"):
        assert isinstance(ask(NAMES, name), Present)


def test_empty_and_full_escrows_answer() -> None:
    for count, kind in ((0, Absent), (16, Present)):
        made = committed(plan(slots=16), count=count)
        assert isinstance(ask(made, place(5)), kind)


@settings(max_examples=20, deadline=None)
@given(
    cells=st.sets(st.tuples(st.integers(0, 19), st.integers(0, 14)), max_size=16),
    name=st.binary(min_size=32, max_size=32),
    asked=st.lists(st.tuples(st.integers(0, 19), st.integers(0, 14)), min_size=1, max_size=20),
)
def test_any_declaration_answers_any_place(
    cells: set[tuple[int, int]], name: bytes, asked: list[tuple[int, int]]
) -> None:
    listed = [Item(counts=(1, 0), place=Cell(east=e, north=n), region="A", uid=f"{e} {n}") for e, n in sorted(cells)]
    made = commit(place_items(listed, plan=TINY.plan, seed=Seed(name), blind=Blind(name), subject=subject()))
    for east, north in {*asked, *cells}:
        found = ask(made, Cell(east=east, north=north))
        assert isinstance(found, Present if (east, north) in cells else Absent)


# --- what an answer shows ---------------------------------------------------------------------------------------


def numbers_in(shown: Answer) -> set[int]:
    lookup = shown.lookup
    keys = [turn.cut for turn in lookup.turns] + [end for zone in lookup.zones for end in (zone.first, zone.last)]
    keys += [lookup.at.key] if lookup.at else []
    return {int.from_bytes(key, "big") for key in keys}


def test_answers_outside_the_zones_show_no_key_of_any_slot() -> None:
    """By name, where keys are far apart: only cuts and ends of zones, and these are at random."""
    keys = set(NAMES.keys)
    seen = []
    for number in range(400):
        shown = answer(NAMES, f"Somewhere {number}")
        seen.append(way(shown.lookup))
        if shown.lookup.at is None:
            assert not numbers_in(shown) & keys
    assert seen.count("beside") < 60  # one in sixteen on average, 25
    assert seen.count("zone 1") > 250


def test_which_slots_are_used_does_not_show_in_an_answer_beside_one() -> None:
    """Asked next to an item and next to an empty slot: the same members, and `use` shut."""
    for slot in range(32):
        key = MADE.keys[slot]
        where = cell(MADE, key + 1 if key + 1 < MADE.plan.space else key - 1)
        shown = answer(MADE, where)
        if shown.lookup.at is not None and int.from_bytes(shown.lookup.at.key, "big") == key:
            assert shown.lookup.at.use is None
            assert shown.item is None
            assert MADE.secrets(slot)[160:192].hex().encode() not in encode(shown)


def test_the_salts_of_an_answer_are_only_those_it_needs() -> None:
    shown = encode(answer(TINY, cell(TINY, EACH["beside"])))
    slot = TINY.by_key[TINY.index.range_of(EACH["beside"])]
    secret = TINY.secrets(slot)
    assert secret[128:160].hex().encode() in shown
    for at in (0, 32, 64, 96, 160, 192, 224):
        assert secret[at : at + 32].hex().encode() not in shown


def test_ends_and_cuts_rule_out_no_guess_of_a_name() -> None:
    """The distances from a key are of all kinds, down to the last bit.

    Drawn from 64 bits, a distance below 2^126 would be one of 2^64 only, here a multiple of 2^60: whoever guesses a
    name could see in an end whether the guess is right.
    """
    low, key, high = 0, 2**126, 2**127
    ends = [[end % 2**60 for end in zones_of(key, low, high, seed(f"{n}"))] for n in range(200)]
    for at in range(4):
        assert len({end[at] for end in ends}) == 200
    assert len({cut_after(key, 2**127, seed(f"{n}")) % 2**60 for n in range(200)}) == 200


def test_a_zone_is_about_a_quarter_of_what_lies_around_it() -> None:
    """The inner zone covers a quarter of the outer one, over 2,048 slots; the bound is loose on purpose."""
    made = committed(plan(grid=None, slots=2048))
    shares = []
    for where in range(2048):
        shown = answer(made, f"Place {where}").lookup
        if len(shown.zones) == 2:
            outer, inner = (
                int.from_bytes(zone.last, "big") - int.from_bytes(zone.first, "big") for zone in shown.zones
            )
            shares.append(inner / outer)
    assert len(shares) > 300
    assert 0.15 < sum(shares) / len(shares) < 0.35


def test_cuts_are_spread_evenly_between_two_keys() -> None:
    made = committed(plan(grid=None, slots=2048))
    keys = sorted(made.keys)
    places = [(made.index.cut(at + 1) - keys[at] - 1) / (keys[at + 1] - keys[at] - 1) for at in range(len(keys) - 1)]
    for low in range(10):
        assert 140 < sum(low / 10 <= each < (low + 1) / 10 for each in places) < 270
    assert all(made.index.range_of(key) == at for at, key in enumerate(keys))


# --- answers that are none --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(WAYS | {"used"}))
def test_an_answer_holds_for_no_place_of_another_range(kind: str) -> None:
    """An empty stretch holds for all of itself, and for nothing beyond it."""
    shown = answer(TINY, cell(TINY, EACH[kind]))
    proved = ask(TINY, cell(TINY, EACH[kind]))
    for key in range(300):
        where = cell(TINY, key)
        named = replace(shown, place=where)
        if isinstance(proved, Absent) and proved.first <= key <= proved.last:
            found = verify_answer(named, where, Progress(), TINY.commitment, subject=subject())
            assert isinstance(found, Absent)
        elif key != EACH[kind]:
            assert isinstance(refused(named, where, TINY), Invalid)
        if key != EACH[kind]:
            error = refused(shown, where, TINY)
            assert (type(error), error.code) == (Invalid, "escrow.elsewhere")


def changed(shown: Answer, **members: Any) -> Answer:
    return replace(shown, lookup=replace(shown.lookup, **members))


def turned(shown: Answer, at: int, **members: Any) -> Answer:
    turns = list(shown.lookup.turns)
    turns[at] = replace(turns[at], **members)
    return changed(shown, turns=tuple(turns))


def k(number: int) -> Key:
    return Key(number.to_bytes(16, "big"))


def _another_key(a: Answer) -> Key:
    """An end of the inner zone that is not the key shown."""
    assert a.lookup.at
    zone = a.lookup.zones[1]
    return zone.last if zone.first == a.lookup.at.key else zone.first


def at_of(shown: Answer, **members: Any) -> Answer:
    assert shown.lookup.at is not None
    return changed(shown, at=replace(shown.lookup.at, **members))


ZERO, LAST = k(0), k(299)
SPOILED: list[tuple[str, str, Any, str]] = [
    ("zone 1", "a turn less", lambda a: changed(a, turns=a.lookup.turns[:-1]), "escrow.proof-length"),
    ("zone 1", "a turn more",
     lambda a: changed(a, turns=(*a.lookup.turns, a.lookup.turns[0])),
     "escrow.proof-length"),
    ("zone 1", "turns reordered", lambda a: changed(a, turns=a.lookup.turns[::-1]), "escrow.cut escrow.root"),
    ("zone 1", "a cut at the end", lambda a: turned(a, -1, cut=ZERO), "escrow.cut"),
    ("zone 1", "a cut beyond the space", lambda a: turned(a, -1, cut=k(300)), "escrow.cut"),
    ("zone 1", "another cut",
     lambda a: turned(a, -1, cut=k(int.from_bytes(a.lookup.turns[-1].cut) + 1)),
     "escrow.root"),
    ("zone 1", "another sibling", lambda a: turned(a, 0, sibling=Digest(bytes(32))), "escrow.root"),
    ("zone 1", "a wide zone", lambda a: changed(a, zones=(Zone(first=ZERO, last=LAST),)), "escrow.zone"),
    ("zone 1", "an inverted zone", lambda a: changed(a, zones=(Zone(first=LAST, last=ZERO),)), "escrow.zone"),
    ("zone 1", "no zone", lambda a: changed(a, zones=()), "escrow.lookup"),
    ("zone 1", "a third zone", lambda a: changed(a, zones=a.lookup.zones * 3), "escrow.lookup"),
    ("zone 1", "the zone twice", lambda a: changed(a, zones=a.lookup.zones * 2), "escrow.elsewhere"),
    ("zone 1", "nothing under it", lambda a: changed(a, below=None), "escrow.lookup"),
    ("zone 1", "another hash under it", lambda a: changed(a, below=Digest(bytes(32))), "escrow.root"),
    ("zone 2", "its inner zone alone", lambda a: changed(a, zones=a.lookup.zones[1:]), "escrow.root"),
    ("zone 2", "its outer zone alone", lambda a: changed(a, zones=a.lookup.zones[:1]), "escrow.elsewhere"),
    ("zone 2", "zones inside out", lambda a: changed(a, zones=a.lookup.zones[::-1]), "escrow.zone escrow.elsewhere"),
    ("beside", "another key", lambda a: at_of(a, key=_another_key(a)), "escrow.root escrow.elsewhere"),
    ("beside", "a key outside the zone", lambda a: at_of(a, key=ZERO), "escrow.zone"),
    ("beside", "another salt", lambda a: at_of(a, salt=Salt(bytes(32))), "escrow.root"),
    ("beside", "another hash of use", lambda a: at_of(a, hidden=Digest(bytes(32))), "escrow.root"),
    ("beside", "neither use nor hash", lambda a: at_of(a, hidden=None), "escrow.lookup"),
    ("beside", "use shown",
     lambda a: at_of(a, hidden=None, use=Use(salt=Salt(bytes(32)), slot=None)),
     "escrow.elsewhere"),
    ("beside", "a zone less",
     lambda a: changed(a, zones=a.lookup.zones[:1]),
     "escrow.elsewhere escrow.root escrow.zone"),
    ("beside", "an item that was not asked for",
     lambda a: replace(a, item=answer(TINY, Cell(east=3, north=1)).item),
     "escrow.lookup"),
    ("unused", "said to be used", lambda a: at_of(a, use=Use(salt=a.lookup.at.use.salt, slot=3)), "escrow.root"),
    ("unused", "the number for none",
     lambda a: at_of(a, use=Use(salt=a.lookup.at.use.salt, slot=UNUSED)),
     "escrow.lookup"),
    ("unused", "a negative slot", lambda a: at_of(a, use=Use(salt=a.lookup.at.use.salt, slot=-1)), "escrow.lookup"),
    ("unused", "siblings of no item", lambda a: replace(a, siblings=(Base64(bytes(32)),)), "escrow.lookup"),
    ("used", "said to be unused",
     lambda a: replace(at_of(a, use=Use(salt=a.lookup.at.use.salt, slot=None)), item=None, siblings=()),
     "escrow.root"),
    ("used", "its slot not opened", lambda a: replace(a, item=None, siblings=()), "escrow.lookup"),
    ("used", "another slot opened",
     lambda a: replace(a, item=replace(a.item, number=a.item.number ^ 1)),
     "escrow.elsewhere"),
    ("used", "a sibling less", lambda a: replace(a, siblings=a.siblings[1:]), "escrow.proof-length"),
    ("used", "siblings reordered", lambda a: replace(a, siblings=a.siblings[::-1]), "escrow.root"),
    ("used", "nothing opened in it", lambda a: replace(a, item=replace(a.item, data=())), "escrow.opening"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "spoil", "codes"), SPOILED, ids=[f"{row[0]}: {row[1]}" for row in SPOILED])
def test_a_spoiled_answer(kind: str, name: str, spoil: Any, codes: str) -> None:
    where = cell(TINY, EACH[kind])
    good = answer(TINY, where)
    assert way(good.lookup) == kind
    assert refused(spoil(good), where, TINY).code in codes.split()


def test_an_answer_of_another_escrow_with_the_same_words() -> None:
    other = committed(name="two")
    for where in (place(3), Cell(east=0, north=0)):
        shown = answer(other, where)
        assert refused(shown, where).code == "escrow.commitment"
        mixed = replace(shown, roots=MADE.roots)
        assert isinstance(refused(mixed, where), Invalid)
        assert refused(answer(MADE, where), where, subject=subject(2)).code == "escrow.commitment"


def test_a_place_that_cannot_be_is_not_asked_for() -> None:
    for where in ("Base 1", Cell(east=10**6, north=0)):
        with pytest.raises(Malformed) as caught:
            answer(MADE, where)
        assert caught.value.code == "escrow.place"
        assert refused(answer(MADE, place(1)), where).code == "escrow.place"


def lying(contents: Any) -> Committed:
    """An owner whose slots do not say what its index says."""
    made = committed()
    original = room.contents_of
    room.contents_of = contents(original)
    try:
        again = commit(made.escrow)
        again.leaves = {slot: again.leaves(slot) for slot in range(32)}.__getitem__  # type: ignore[method-assign]
    finally:
        room.contents_of = original
    return again


def test_an_item_that_stands_elsewhere_than_the_index_says() -> None:
    moved = lying(lambda real: lambda item: (*real(item)[:2], b'{"east":0,"north":0}', *real(item)[3:]))
    assert refused(answer(moved, place(3)), place(3), moved).code == "escrow.elsewhere"
    nowhere = lying(lambda real: lambda item: (*real(item)[:2], b"null", *real(item)[3:]))
    assert refused(answer(nowhere, place(3)), place(3), nowhere).code == "escrow.unused"


def test_a_place_in_a_slot_that_was_shown_to_be_empty() -> None:
    """It was hidden in the step that shows what exists; asking for the place brings it to light."""
    hidden = lying(
        lambda real: lambda item: (b"null", *real(item)[1:]) if item and item.uid == "site-003" else real(item)
    )
    slot = hidden.find("site-003")
    assert ask(hidden, place(3)) == Present(place=place(3), slot=slot)
    progress = Progress(step=1, uids={hidden.find("site-001"): "site-001"}, complete=True)
    assert refused(answer(hidden, place(3)), place(3), hidden, progress=progress).code == "escrow.unused"
    assert isinstance(ask(MADE, place(3), progress=progress_at(MADE, 1)), Present)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 10**6), bit=st.integers(0, 7), kind=st.sampled_from(sorted(WAYS | {"used"})))
def test_one_bit_anywhere_is_seen(at: int, bit: int, kind: str) -> None:
    where = cell(TINY, EACH[kind])
    data = bytearray(encode(answer(TINY, where)))
    data[at % len(data)] ^= 1 << bit
    with pytest.raises(ParleyError):
        verify_answer(decode(bytes(data), Answer), where, Progress(), TINY.commitment, subject=subject())


# --- totals -----------------------------------------------------------------------------------------------------

SUM = {"launchers": sum(range(SITES)), "warheads": 100 * sum(range(SITES))}


def test_totals_are_shown_without_any_item() -> None:
    shown = totals(MADE)
    assert decode(encode(shown), Totals) == shown
    assert verify_totals(shown, MADE.commitment, subject=subject()) == SUM
    assert len(encode(totals(committed(count=0)))) < len(encode(shown)) + 10


def test_totals_are_compared_with_limits() -> None:
    assert above(SUM, {"launchers": 66, "warheads": 6599}) == ("warheads",)
    assert above(SUM, {"launchers": 66, "warheads": 6600}) == ()
    assert above(SUM, {"warheads": 1}) == ("warheads",)
    with pytest.raises(Malformed) as caught:
        above(SUM, {"tanks": 1})
    assert caught.value.code == "escrow.category"


def test_every_item_that_a_step_opens_is_in_the_totals() -> None:
    found = [0, 0]
    for shown in opened_to(MADE, 4)[3].items:
        assert shown.counts is not None
        proof = contained(MADE, shown.uid)
        assert decode(encode(proof), Contained) == proof
        assert (
            verify_contained(proof, slot=shown.slot, counts=shown.counts, commitment=MADE.commitment, subject=subject())
            == SUM
        )
        found = [a + b for a, b in zip(found, shown.counts, strict=True)]
    assert found == list(SUM.values())


def _sibling(shown: Contained, at: int, **members: Any) -> Contained:
    path = list(shown.path)
    path[at] = replace(path[at], **members)
    return replace(shown, path=tuple(path))


@pytest.mark.parametrize(
    ("spoil", "given", "code"),
    [
        (lambda c: c, {"counts": (3, 301)}, "escrow.contents"),
        (lambda c: c, {"counts": (0, 0)}, "escrow.contents"),
        (lambda c: c, {"counts": (3,)}, "escrow.sums"),
        (lambda c: c, {"counts": (-3, 300)}, "escrow.sums"),
        (lambda c: c, {"slot": 32}, "escrow.number"),
        (lambda c: c, {"slot": MADE.find("site-004")}, "escrow.contents"),
        (lambda c: c, {"subject": subject(2)}, "escrow.commitment"),
        (lambda c: replace(c, place=c.place ^ 1), {}, "escrow.contents"),
        (lambda c: replace(c, place=32), {}, "escrow.number"),
        (lambda c: replace(c, place=-1), {}, "escrow.number"),
        (lambda c: replace(c, salt=Salt(bytes(32))), {}, "escrow.contents"),
        (lambda c: replace(c, total_salt=Salt(bytes(32))), {}, "escrow.contents"),
        (lambda c: replace(c, path=c.path[:-1]), {}, "escrow.proof-length"),
        (lambda c: replace(c, path=c.path[::-1]), {}, "escrow.contents"),
        (lambda c: _sibling(c, -1, sums=(0, 0)), {}, "escrow.contents"),
        (lambda c: _sibling(c, -1, sums=(-1, 0)), {}, "escrow.sums"),
        (lambda c: _sibling(c, -1, sums=(MAX_INTEGER, 0)), {}, "escrow.sums"),
        (lambda c: _sibling(c, -1, sums=(MAX_INTEGER + 1, 0)), {}, "escrow.sums"),
        (lambda c: _sibling(c, -1, sums=(1,)), {}, "escrow.sums"),
        (lambda c: _sibling(c, 0, hash=Digest(bytes(32))), {}, "escrow.contents"),
        (lambda c: replace(c, roots=committed(name="two").roots), {}, "escrow.commitment"),
    ],
)
def test_counts_that_are_not_shown_to_be_in_the_totals(spoil: Any, given: dict[str, Any], code: str) -> None:
    slot = MADE.find("site-003")
    members: dict[str, Any] = {"slot": slot, "counts": (3, 300), "subject": subject()} | given
    proof = contained(MADE, "site-003")
    assert verify_contained(proof, slot=slot, counts=(3, 300), commitment=MADE.commitment, subject=subject()) == SUM
    with pytest.raises(ParleyError) as caught:
        verify_contained(spoil(proof), commitment=MADE.commitment, **members)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"totals": (66, 6599)}, "escrow.root"),
        ({"totals": (66,)}, "escrow.sums"),
        ({"totals": (-1, 6600)}, "escrow.sums"),
        ({"totals": (2**53, 6600)}, "escrow.sums"),
        ({"salt": Salt(bytes(32))}, "escrow.root"),
        ({"top": Digest(bytes(32))}, "escrow.root"),
        ({"roots": committed(name="two").roots}, "escrow.commitment"),
    ],
)
def test_totals_that_are_none(members: dict[str, Any], code: str) -> None:
    with pytest.raises(ParleyError) as caught:
        verify_totals(replace(totals(MADE), **members), MADE.commitment, subject=subject())
    assert caught.value.code == code


def test_an_owner_cannot_declare_less_than_an_item_it_opens() -> None:
    """Totals written too low: whoever is shown an item's way up sees other totals than those, and refuses."""
    proof = contained(MADE, "site-011")
    for at in range(5):
        for low in ((0, 0), (1, 1)):
            if proof.path[at].sums == low:
                continue
            with pytest.raises(ParleyError):
                verify_contained(
                    _sibling(proof, at, sums=low), slot=MADE.find("site-011"), counts=(11, 1100),
                    commitment=MADE.commitment, subject=subject(),
                )  # fmt: skip


@given(
    one=st.lists(st.integers(0, MAX_INTEGER), min_size=2, max_size=2),
    two=st.lists(st.integers(0, MAX_INTEGER), min_size=2, max_size=2),
)
def test_sums_are_added_or_refused(one: list[int], two: list[int]) -> None:
    expected = tuple(a + b for a, b in zip(one, two, strict=True))
    if max(expected) <= MAX_INTEGER:
        assert add_up(one, two) == expected
        assert sums_bytes(expected) == b"".join(value.to_bytes(8, "big") for value in expected)
    else:
        with pytest.raises(Malformed) as caught:
            add_up(one, two)
        assert caught.value.code == "escrow.sums"


def test_parts_are_read_as_they_were_written() -> None:
    for kind in EACH:
        lookup = answer(TINY, cell(TINY, EACH[kind])).lookup
        assert decode(encode(lookup), Lookup) == lookup
        if lookup.at:
            assert decode(encode(lookup.at), At) == lookup.at
    sibling = contained(MADE, "site-001").path[0]
    assert decode(encode(sibling), SumSibling) == sibling
    assert items(MADE.plan)[1] == decode(encode(items(MADE.plan)[1]), Item)
