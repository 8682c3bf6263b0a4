"""Tables: aligned for a screen, `key: value` lines for everything else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from parley.words.table import GAP, aligned, fitted, hung, pairs, table, width, wrap


def test_columns_stand_under_one_another() -> None:
    assert aligned([["a", "bb", "c"], ["aaaa", "b", "d"]], indent="  ") == ["  a     bb  c", "  aaaa  b   d"]
    assert aligned([]) == []


def test_wide_and_marking_characters_are_counted_as_they_show() -> None:
    assert width("條約") == 4
    assert width("é") == 1
    assert width("क्ष") < 4
    lines = aligned([["條約", "x"], ["abcd", "y"]])
    assert lines == ["條約  x", "abcd  y"]


def test_the_last_column_wraps_under_itself() -> None:
    lines = aligned([["name", "one two three four five six seven"]], most=30)
    assert lines[0].startswith("name  one")
    assert all(line.startswith("      ") for line in lines[1:])
    assert max(map(len, lines)) <= 30


def test_a_table_gives_way_where_it_is_widest() -> None:
    head, rows = ["paper", "from", "state"], [["RU-1", "Russian Federation", "received, matches its seal"]]
    assert table(head, rows, plain=False, most=80) == aligned([head, *rows])
    assert table(head, rows, plain=False, most=36) == [
        "paper  from           state",
        "RU-1   Russian        received,",
        "       Federation     matches its",
        "                      seal",
    ]


def test_a_word_too_long_for_its_column_stays_whole() -> None:
    digits = "3f9a01c2" * 8
    assert [line for row in fitted([["a", digits, "b c"]], 20) for line in row] == [f"a  {digits}  b", " " * 69 + "c"]


words = st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=9), max_size=6)


@given(st.lists(st.lists(words.map(" ".join), min_size=3, max_size=3), min_size=1, max_size=4), st.integers(40, 90))
def test_no_word_is_lost_and_no_line_too_long(rows: list[list[str]], most: int) -> None:
    blocks = fitted(rows, most, indent="  ")
    assert len(blocks) == len(rows)
    for row, block in zip(rows, blocks, strict=True):
        assert sorted(" ".join(block).split()) == sorted(" ".join(row).split())
        assert all(width(line) <= most for line in block)


@given(words.map(" ".join), st.integers(10, 40))
def test_columns_stay_where_they_are(text: str, most: int) -> None:
    (block,) = fitted([["RU-1", text]], most)
    assert all(line.startswith(" " * (4 + GAP)) or not line for line in block[1:])


def test_a_list_hangs_behind_its_dash() -> None:
    assert hung("head:\n- one two three four five six", 22) == ["head:", "- one two three four", "  five six"]


def test_a_long_word_is_not_broken() -> None:
    assert wrap("x" * 200, 40) == ["x" * 200]
    assert wrap("", 40) == [""]


def test_plain_lines_for_a_screen_reader() -> None:
    head, rows = ["name", "until"], [["A", "1"], ["B", ""]]
    assert table(head, rows, plain=True) == ["name: A", "until: 1", "", "name: B"]
    assert table(head, rows, plain=False) == ["name  until", "A     1", "B"]
    assert pairs([("terms", "x:\n- a")], plain=True, indent="  ") == ["  terms: x:", "  terms: - a"]


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=12), min_size=2, max_size=2),
        min_size=1,
        max_size=5,
    )
)
def test_no_cell_is_lost(rows: list[list[str]]) -> None:
    said = "\n".join(aligned(rows))
    for row in rows:
        for cell in row:
            assert cell.strip() in said
