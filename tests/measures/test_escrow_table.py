"""Tables of items and plans for them: what is read, and every way in which one is refused, with its line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import MAX_INTEGER
from parley.errors import Malformed
from parley.measures.escrow import commit, place_items
from parley.measures.escrow_plan import DEFAULT_QUESTIONS, MAX_SLOTS, Blind, Cell, Item, Seed
from parley.measures.escrow_table import (
    DEFAULT_STEPS,
    LARGEST_PLAN,
    Table,
    default_slots,
    read_declaration,
)
from parley.words import explain
from tests.measures.escrow_build import seed, subject

NAMED = "uid,region,place,launchers,warheads\nA-01,North,Base 1,12,48\nA-02,North,Base 2,0,210\n"
GRID = 'slots = 32\n\n[grid]\ncolumns = 40\nrows = 30\nwest = -20\nsouth = -10\nunit = "1 km"\n'
ON_GRID = "uid,region,east,north,launchers\nA-01,North,-3,14,12\nA-02,South,-20,-10,0\n"
STEPS = '[[steps]]\nlayers = ["existence"]\nof = "all"\n\n[[steps]]\nlayers = ["region", "place"]\nof = "named"\n'


def read(table: str | bytes, plan: str | bytes | None = None, **given_: Any) -> Table:
    data = table if isinstance(table, bytes) else table.encode()
    written = plan.encode() if isinstance(plan, str) else plan
    return read_declaration([data], written, **given_)


def refused(table: str | bytes, plan: str | bytes | None = None, **given_: Any) -> tuple[str, Any, Any]:
    with pytest.raises(Malformed) as caught:
        read(table, plan, **given_)
    said = explain(caught.value)
    line = caught.value.details.get("line")
    assert said
    assert line in (None, 1) or f"ine {line}" in said
    return caught.value.code, line, caught.value.details.get("column")


# --- what is read ---------------------------------------------------------------------------------------------------


def test_a_table_makes_its_own_plan() -> None:
    found = read(NAMED)
    assert found.plan.categories == ("launchers", "warheads")
    assert (found.plan.slots, found.plan.grid, found.plan.steps) == (16, None, DEFAULT_STEPS)
    assert found.items == (
        Item(counts=(12, 48), place="Base 1", region="North", uid="A-01"),
        Item(counts=(0, 210), place="Base 2", region="North", uid="A-02"),
    )


def test_a_plan_says_grid_slots_and_steps() -> None:
    found = read(ON_GRID, GRID + STEPS)
    assert found.plan.grid is not None
    assert (found.plan.grid.west, found.plan.grid.unit, found.plan.slots) == (-20, "1 km", 32)
    assert [(step.layers, step.of) for step in found.plan.steps] == [
        (("existence",), "all"),
        (("region", "place"), "named"),
    ]
    assert [item.place for item in found.items] == [Cell(east=-3, north=14), Cell(east=-20, north=-10)]
    assert read(ON_GRID, GRID.replace("slots = 32\n", "")).plan.slots == 16


def test_a_plan_says_how_many_questions_may_be_asked() -> None:
    assert read(NAMED).plan.questions == DEFAULT_QUESTIONS
    assert read(NAMED, "questions = 0\n").plan.questions == 0
    assert read(NAMED, "slots = 32\nquestions = 32\n").plan.questions == 32


def test_columns_may_stand_in_any_order_and_counts_follow_their_names() -> None:
    found = read('b,place,"two, and more",uid,a,region\n1,Base 1,2,é1,3,"North, upper"\n')
    assert found.plan.categories == ("a", "b", "two, and more")
    assert found.items == (Item(counts=(3, 1, 2), place="Base 1", region="North, upper", uid="é1"),)


def test_a_byte_order_mark_line_ends_and_pieces_make_no_difference() -> None:
    data = b"\xef\xbb\xbf" + NAMED.replace("\n", "\r\n").encode()
    for size in (1, 7, 4096):
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        assert read_declaration(pieces) == read(NAMED)


@given(st.integers(0, 10**6))
def test_there_are_twice_as_many_slots_as_items(items: int) -> None:
    slots = default_slots(items)
    assert slots & (slots - 1) == 0
    assert slots == 16 or (slots >= 2 * items > slots // 2)
    assert slots <= MAX_SLOTS


_LINES = st.lists(
    st.tuples(st.text("abcXYZ09-.", min_size=1, max_size=8), st.integers(0, 10**9)),
    max_size=20,
    min_size=1,
    unique_by=lambda pair: pair[0],
)


@given(_LINES)
def test_what_is_read_can_be_committed_to(rows: list[tuple[str, int]]) -> None:
    table = "uid,region,place,things\n" + "".join(f"u{uid},North,p{uid},{count}\n" for uid, count in rows)
    found = read(table)
    made = commit(
        place_items(found.items, plan=found.plan, seed=Seed(seed("a")), blind=Blind(seed("b")), subject=subject())
    )
    assert made.sums.totals == (sum(count for _, count in rows),)
    assert {item.uid: item.counts[0] for item in found.items} == {f"u{uid}": count for uid, count in rows}


# --- tables that are refused ----------------------------------------------------------------------------------------

ROW = "A-03,South,Base 3,1,1"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("", ("escrow.table-empty", 1, None)),
        ("\n", ("escrow.table-empty", 1, None)),
        ("uid;region;place\n", ("declaration.commas", 1, None)),
        ("uid,region,place,a,\n", ("escrow.column-unnamed", 1, 5)),
        ("uid,region,place,a,a\n", ("declaration.column-twice", 1, 5)),
        ("uid,region,a\n", ("declaration.column-missing", 1, None)),
        ("region,place,a\n", ("declaration.column-missing", 1, None)),
        ("uid,region,east,north,a\n", ("escrow.no-grid", 1, None)),
        ("uid,region,place\n", ("escrow.categories", None, None)),
        ("uid,region,place," + ",".join("abcdefghijklmnopq") + "\n", ("escrow.categories", None, None)),
        ("uid,region,place,=a\n", ("declaration.formula", 1, 4)),
        ("uid,region,place,a\u202eb\n", ("declaration.character", 1, 4)),
        ("uid,region,place,a\n", ("escrow.no-items", None, None)),
        (NAMED + "A-03,South,Base 3,1\n", ("declaration.cells", 4, None)),
        (NAMED + "A-03,South,Base 3,1,1,1\n", ("declaration.cells", 4, None)),
        (NAMED + "\n" + ROW, ("declaration.cells", 4, None)),
        (NAMED + ROW.replace("South", ""), ("declaration.missing", 4, 2)),
        (NAMED + ROW.replace(",1,1", ",,1"), ("declaration.missing", 4, 4)),
        (NAMED + ROW.replace("South", "=South()"), ("declaration.formula", 4, 2)),
        (NAMED + ROW.replace("A-03", "@A"), ("declaration.formula", 4, 1)),
        (NAMED + ROW.replace("South", " South"), ("declaration.blanks", 4, 2)),
        (NAMED + ROW.replace("South", "South  East"), ("escrow.blanks", 4, 2)),
        (NAMED + ROW.replace("Base 3", "Base\u00a03"), ("escrow.blanks", 4, 3)),
        (NAMED + ROW.replace("Base 3", "B\u0430se 3"), ("escrow.letters", 4, None)),
        (NAMED.replace("launchers", "all\u00a0launchers") + ROW, ("escrow.blanks", 1, 4)),
        (NAMED + ROW.replace("South", "S" * 121), ("declaration.cell-long", 4, 2)),
        (NAMED + ROW.replace("South", "S\u200bouth"), ("declaration.character", 4, 2)),
        (NAMED + ROW.replace(",1,1", ",1.5,1"), ("declaration.type", 4, 4)),
        (NAMED + ROW.replace(",1,1", ",01,1"), ("declaration.type", 4, 4)),
        (NAMED + ROW.replace(",1,1", ",1,-1"), ("declaration.negative", 4, 5)),
        (NAMED + ROW.replace(",1,1", f",1,{MAX_INTEGER + 1}"), ("declaration.bounds", 4, 5)),
        (NAMED + ROW.replace("A-03", "A-01"), ("declaration.twice", 4, 1)),
        (NAMED + ROW.replace("Base 3", "Base 2"), ("declaration.twice", 4, 3)),
        (NAMED + '"A-03,South,Base 3,1,1\n', ("declaration.quotes", 4, 1)),
    ],
)
def test_a_table_is_refused_with_its_place(table: str, expected: tuple[str, Any, Any]) -> None:
    assert refused(table) == expected


def test_two_encodings_in_one_file() -> None:
    assert refused(NAMED.encode() + "A-03,Süden,Base 3,1,1\n".encode("latin-1")) == ("declaration.utf-8", 4, 2)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (ON_GRID + "A-03,South,20,0,1\n", ("escrow.place", 4, None)),
        (ON_GRID + "A-03,South,0,-11,1\n", ("escrow.place", 4, None)),
        (ON_GRID + "A-03,South,-3,14,1\n", ("declaration.twice", 4, 3)),
        (ON_GRID + "A-03,South,1.5,0,1\n", ("declaration.type", 4, 3)),
        (ON_GRID + "A-03,South,-0,0,1\n", ("declaration.type", 4, 3)),
        (ON_GRID + "A-03,South,--3,0,1\n", ("declaration.formula", 4, 3)),
        (NAMED, ("declaration.column-missing", 1, None)),
    ],
)
def test_places_on_a_grid_are_refused_with_their_line(table: str, expected: tuple[str, Any, Any]) -> None:
    assert refused(table, GRID) == expected


def test_a_file_that_does_not_end_is_refused_after_so_many_lines() -> None:
    def endless() -> Iterator[bytes]:
        yield b"uid,region,place,a\n"
        number = 0
        while True:
            yield f"u{number},North,p{number},1\n".encode()
            number += 1

    with pytest.raises(Malformed) as caught:
        read_declaration(endless(), most=1000)
    assert (caught.value.code, caught.value.details["line"]) == ("declaration.rows", 1002)


def test_more_items_than_slots() -> None:
    table = "uid,region,place,a\n" + "".join(f"u{number},North,p{number},1\n" for number in range(17))
    assert refused(table, "slots = 16\n")[0] == "escrow.items"
    assert read(table, "slots = 32\n").plan.slots == 32


# --- plans that are refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("slots = \n", ("escrow.plan-toml", 1)),
        (b"# \xff\nslots = 16\n", ("escrow.plan-toml", 1)),
        ("\n\nslots = 16.5\n", ("escrow.plan-shape", 3)),
        ("slots = true\n", ("escrow.plan-shape", 1)),
        ("\nsteps = []\n", ("escrow.steps-number", 2)),
        ("colour = 1\n", ("escrow.plan-shape", 1)),
        ("\nslots = 17\n", ("escrow.slots", 2)),
        ("slots = 32\n\nquestions = 33\n", ("escrow.questions", 3)),
        ("questions = -1\n", ("escrow.questions", 1)),
        (GRID + "height = 3\n", ("escrow.plan-shape", 9)),
        (GRID.replace("rows = 30\n", ""), ("escrow.plan-shape", 3)),
        (GRID.replace("rows = 30", "rows = 0"), ("escrow.grid", 3)),
        (GRID.replace("rows = 30", "rows = 1").replace("columns = 40", "columns = 20"), ("escrow.grid-small", 3)),
        (GRID.replace("1 km", "1\u202ekm"), ("wording.bidi-control", 3)),
        (GRID + STEPS.replace('"all"', '"none"'), ("escrow.plan-shape", 11)),
        (GRID + STEPS.replace('"region", "place"', '"place", "region"'), ("escrow.layers", 13)),
        (GRID + STEPS.replace('"region", "place"', '"colour"'), ("escrow.plan-shape", 14)),
        (GRID + STEPS.replace('["existence"]', '["region"]'), ("escrow.steps", 9)),
        (GRID + STEPS + STEPS, ("escrow.steps", 16)),
    ],
)
def test_a_plan_is_refused_with_its_line(plan: str | bytes, expected: tuple[str, int]) -> None:
    on_grid = isinstance(plan, str) and "[grid]" in plan
    code, line, _ = refused(ON_GRID if on_grid else NAMED, plan)
    assert (code, line) == expected


def test_a_plan_is_a_short_text() -> None:
    assert refused(NAMED, b"#" * (LARGEST_PLAN + 1))[0] == "escrow.plan-size"


@given(st.binary(max_size=120))
def test_any_bytes_are_a_table_or_are_refused(data: bytes) -> None:
    for table, plan in ((data, None), (NAMED.encode() + data, None), (ON_GRID.encode(), data)):
        with suppress(Malformed):
            assert read_declaration([table], plan).items
