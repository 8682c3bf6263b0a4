"""Tables of declared data: what is read, and every way in which a table is refused, with its line and column."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import Time
from parley.errors import Malformed
from parley.measures.declaration_table import MAX_CELL, MAX_LINE, MAX_ROWS, Row, read_table
from parley.measures.form import Choice, Form, Item, Table
from parley.words import explain


def item(name: str, number: str, type_: Any, **given_: Any) -> Item:
    return Item(id=name, number=number, title={"en": name}, type=type_, provision="art. 1", **given_)


CHOICES = tuple(Choice(id=name, title={"en": name}) for name in ("land", "sea", "air"))
FORM = Form(
    id="sites",
    title={"en": "Sites"},
    provision="art. 1",
    role="declaration",
    items=(
        item("uid", "1", "text"),
        item("category", "2", "choice", choices=CHOICES),
        item("count", "3", "count", at_most=5000),
        item("since", "4", "date", required=False),
        item("seen", "5", "time", required=False),
        item("in-use", "6", "yes_no", required=False),
        item("remarks", "7", "text", required=False),
    ),
    table=Table(identified_by="uid", each_of=("category",)),
)
HEAD = "uid,category,count"
WHOLE = f"{HEAD}\nA-1,land,3\nA-2,sea,0\nA-3,air,5000\n"
FREE = Form(id="free", title={"en": "Free"}, provision="art. 1", items=FORM.items)
"""The same without a rule for its table."""


def read(data: str | bytes, form: Form = FORM, **given_: Any) -> list[Row]:
    return list(read_table(form, [data if isinstance(data, bytes) else data.encode()], **given_))


def refused(data: str | bytes, form: Form = FORM, **given_: Any) -> Malformed:
    with pytest.raises(Malformed) as caught:
        read(data, form, **given_)
    assert explain(caught.value)
    return caught.value


def place(error: Malformed) -> tuple[str, Any, Any]:
    return error.code, error.details.get("line"), error.details.get("column")


# --- what is read -----------------------------------------------------------------------------------------------


def test_a_table_is_read_record_by_record() -> None:
    assert read(WHOLE) == [
        Row(line=2, items={"uid": "A-1", "category": "land", "count": 3}),
        Row(line=3, items={"uid": "A-2", "category": "sea", "count": 0}),
        Row(line=4, items={"uid": "A-3", "category": "air", "count": 5000}),
    ]


def test_cells_are_read_by_the_kind_of_their_item() -> None:
    head = "remarks,in-use,seen,since,count,category,uid"
    line = '"two, ""and"" more",TRUE,2022-01-26T17:16:00Z,2022-01-26,7,land,é1'
    (row,) = read(f"{head}\n{line}\n", FREE)
    assert row.items == {
        "remarks": 'two, "and" more', "in-use": True, "seen": Time.from_text("2022-01-26T17:16:00.000Z"),
        "since": date(2022, 1, 26), "count": 7, "category": "land", "uid": "é1",
    }  # fmt: skip
    (row,) = read(f"{head}\n,false,2022-01-26T17:16:00.123Z,,7,land,x\n", FREE)
    assert row.items == {
        "in-use": False, "seen": Time.from_text("2022-01-26T17:16:00.123Z"), "count": 7, "category": "land", "uid": "x",
    }  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + WHOLE.encode(),
        WHOLE.replace("\n", "\r\n").encode(),
        WHOLE.rstrip("\n").encode(),
        WHOLE.replace("A-1", '"A-1"').encode(),
    ],
    ids=["a byte order mark", "CR LF", "no last line end", "quotation marks"],
)
def test_the_same_table_written_otherwise(data: bytes) -> None:
    assert read(data) == read(WHOLE)


def test_the_pieces_it_comes_in_do_not_matter() -> None:
    data = b"\xef\xbb\xbf" + WHOLE.replace("A-1", "Ä-1").replace("\n", "\r\n").encode()
    for size in (1, 2, 3, 7, len(data)):
        pieces = [data[start : start + size] for start in range(0, len(data), size)]
        assert list(read_table(FORM, [*pieces, b""])) == read(data)


def test_a_table_without_records() -> None:
    assert read(HEAD, FREE) == read(f"{HEAD}\n", FREE) == []


LETTERS = st.characters(codec="utf-8", categories=["Lu", "Ll", "Nd", "Po"], max_codepoint=0x24F)
TEXTS = (
    st.text(LETTERS, min_size=1, max_size=30)
    .map(lambda text: f"x{text}")
    .filter(lambda text: text.isascii() or all(ord(letter) > 0xBF or letter.isascii() for letter in text))
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "uid": TEXTS,
                "category": st.sampled_from([choice.id for choice in CHOICES]),
                "count": st.integers(0, 5000),
            },
            optional={
                "since": st.dates(date(1900, 1, 1), date(2200, 12, 31)),
                "seen": st.integers(0, 4 * 10**12).map(Time),
                "in-use": st.booleans(),
                "remarks": TEXTS,
            },
        ),
        max_size=20,
    ),
    st.permutations([each.id for each in FORM.items]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 100),
)
def test_what_another_program_writes_is_read_back_equal(
    records: list[dict[str, Any]], columns: list[str], end: str, size: int
) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator=end)
    writer.writeheader()
    for record in records:
        written = {name: _written(value) for name, value in record.items()}
        writer.writerow(written)
    data = out.getvalue().encode()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    assert [dict(row.items) for row in read_table(FREE, pieces)] == records


def _written(value: Any) -> str:
    match value:
        case Time():
            return value.to_text()
        case bool():
            return str(value).lower()
        case _:
            return str(value)


# --- the first line ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "code", "column"),
    [
        ("", "declaration.empty", None),
        ("\n" + WHOLE, "declaration.empty", None),
        ("uid;category;count\nA-1;land;3\n", "declaration.commas", None),
        ("uid\tcategory\tcount\n", "declaration.commas", None),
        ("uid,category,count,height\n", "declaration.unknown-column", 4),
        ("uid,Category,count\n", "declaration.column-spelt", 2),
        ("uid, category,count\n", "declaration.column-spelt", 2),
        ("uid,category,count,\n", "declaration.unknown-column", 4),
        ("uid,category,uid,count\n", "declaration.column-twice", 3),
        ("uid,category\n", "declaration.column-missing", None),
        ('uid,"category,count\n', "declaration.quotes", 2),
    ],
)
def test_a_first_line_that_names_no_such_columns(head: str, code: str, column: int | None) -> None:
    assert place(refused(head)) == (code, 1, column)


def test_a_category_may_not_be_left_out_even_where_the_item_may() -> None:
    items = tuple(
        item("kind", "8", "choice", choices=CHOICES, required=False) if each.id == "category" else each
        for each in FORM.items
    )
    form = Form(id="f", title={"en": "f"}, provision="art. 1", items=items, table=Table(each_of=("kind",)))
    error = refused("uid,count\n", form)
    assert (error.code, error.details["item"]) == ("declaration.column-missing", "kind")


# --- a cell -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '"\r=1"', "＝1", "＋1", "－1", "＠x", '"=1,2"', "-"]
)
@pytest.mark.parametrize("column", ["uid", "remarks"])
def test_a_cell_that_a_spreadsheet_would_compute(cell: str, column: str) -> None:
    line = f"{cell},land,1," if column == "uid" else f"A-1,land,1,{cell}"
    error = refused(f"{HEAD},remarks\nA-0,land,1,\n{line}\n")
    assert place(error) == ("declaration.formula", 3, 1 if column == "uid" else 4)
    assert error.details["item"] == column


@pytest.mark.parametrize("cell", ["=1", "+1", "-x", "--1", "@1", "-1.0"])
def test_a_formula_where_a_count_should_be(cell: str) -> None:
    assert place(refused(f"{HEAD}\nA-1,land,{cell}\n")) == ("declaration.formula", 2, 3)


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("A-1,land,-5", "declaration.negative", 3),
        ("A-1,land,-0", "declaration.negative", 3),
        ("A-1,land,5001", "declaration.bounds", 3),
        ("A-1,land,", "declaration.missing", 3),
        (",land,1", "declaration.missing", 1),
        ("A-1,land,1.0", "declaration.type", 3),
        ("A-1,land,1e3", "declaration.type", 3),
        ("A-1,land,007", "declaration.type", 3),
        ("A-1,land,1 000", "declaration.type", 3),
        ('A-1,land,"1,000"', "declaration.type", 3),
        ("A-1,land,٣", "declaration.type", 3),
        ("A-1,land,99999999999999999999", "declaration.type", 3),
        ("A-1,space,1", "declaration.choice", 2),
        ("A-1,LAND,1", "declaration.choice", 2),
        (" A-1,land,1", "declaration.blanks", 1),
        ("A-1 ,land,1", "declaration.blanks", 1),
        ("A-1,land, 1", "declaration.blanks", 3),
        ("A-1,land", "declaration.cells", None),
        ("A-1,land,1,2", "declaration.cells", None),
        ("", "declaration.cells", None),
        ("A\x00,land,1", "declaration.character", 1),
        ("A\x1b[2J,land,1", "declaration.character", 1),
        ("A\u202e1,land,1", "declaration.character", 1),
        ("A\u200b1,land,1", "declaration.character", 1),
        ("A\ufeff1,land,1", "declaration.character", 1),
        ("A\x0b1,land,1", "declaration.character", 1),
        ("A\x851,land,1", "declaration.character", 1),
        ("A\u20281,land,1", "declaration.character", 1),
        ("e\u03011,land,1", "declaration.character", 1),
        ("A-1,la\tnd,1", "declaration.character", 2),
        ("A-1,la\rnd,1", "declaration.character", 2),
        ("A-1,\rland,1", "declaration.formula", 2),
        ('A-1,"la\rnd",1', "declaration.character", 2),
        ("A-1,land,1\r\r", "declaration.character", 3),
        ("A-1,land,\r\r", "declaration.formula", 3),
        ("\r\r", "declaration.formula", 1),
        ('"A-1,land,1', "declaration.quotes", 1),
        ('A-1,"land" x,1', "declaration.quotes", 2),
        ('A-1,land,"1', "declaration.quotes", 3),
        ("x" * (MAX_CELL + 1) + ",land,1", "declaration.cell-long", 1),
    ],
)
def test_a_line_that_is_refused(line: str, code: str, column: int | None) -> None:
    error = refused(f"{HEAD}\nA-0,land,1\n{line}\n")
    assert place(error) == (code, 3, column)
    if code == "declaration.character" and line[0] != "e":
        assert str(error.details["character"]).startswith("U+")


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("since", "26.1.2022"), ("since", "20220126"), ("since", "2022-02-30"), ("since", "1899-12-31"),
        ("since", "2022-W04-3"), ("since", "2023-02-29"), ("seen", "2022-01-26"), ("seen", "2022-01-26T17:16:00"),
        ("seen", "2022-01-26T24:16:00Z"), ("seen", "2022-01-26T17:16:00+01:00"), ("in-use", "yes"), ("in-use", "True"),
    ],
)  # fmt: skip
def test_a_cell_of_another_kind(name: str, cell: str) -> None:
    error = refused(f"{HEAD},{name}\nA-1,land,1,{cell}\n")
    assert place(error) == ("declaration.type", 2, 4)
    assert error.details["item"] == name


def test_a_leap_day_and_the_ends_of_the_calendar() -> None:
    rows = read(f"{HEAD},since\nA,land,1,2024-02-29\nB,land,1,1900-01-01\nC,land,1,2200-12-31\n", FREE)
    assert [row.items["since"] for row in rows] == [date(2024, 2, 29), date(1900, 1, 1), date(2200, 12, 31)]


def test_no_words_of_the_table_are_in_an_error() -> None:
    for line in ("secret,secret,1", "secret,land,secret", "=secret,land,1", "secret\x00,land,1", '"secret,land,1'):
        error = refused(f"{HEAD}\n{line}\n")
        assert "secret" not in str(error)
        assert "secret" not in explain(error)
    assert "secret" not in str(refused("uid,secret\n"))


# --- all of it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        (b"caf\xe9,land,1", 1),
        (b"A,land,1\xff", 3),
        (b'"A,\xff",land,1', 1),
        (b"A,\xed\xa0\x80,1", 2),
        (b"\x80,land,1", 1),
    ],
)
def test_mixed_encodings(bad: bytes, column: int) -> None:
    data = f"{HEAD}\nÄ,land,1\n".encode() + bad + b"\n"
    assert place(refused(data)) == ("declaration.utf-8", 3, column)


def test_another_encoding_altogether() -> None:
    assert place(refused(WHOLE.encode("utf-16"))) == ("declaration.utf-8", 1, 1)


def test_an_identifier_that_stands_twice() -> None:
    error = refused(f"{HEAD}\nA-1,land,3\nA-2,sea,1\nA-1,air,1\n")
    assert place(error) == ("declaration.twice", 4, 1)
    assert (error.details["first"], error.details["item"]) == (2, "uid")
    assert "line 2" in explain(error)
    assert len(read(f"{HEAD}\nA-1,land,3\nA-1,sea,1\n", FREE)) == 2


@pytest.mark.parametrize("missing", ["land", "sea", "air"])
def test_a_category_that_is_left_out(missing: str) -> None:
    lines = [line for line in WHOLE.splitlines() if missing not in line]
    error = refused("\n".join(lines))
    assert (error.code, error.details["item"], error.details["choice"]) == ("declaration.category", "category", missing)
    assert read("\n".join(lines), FREE)


def test_a_category_with_nothing_in_it_is_declared() -> None:
    assert read(f"{HEAD}\nA-1,land,0\nA-2,sea,0\nA-3,air,0\n")


def test_a_line_that_never_ends_is_not_waited_for() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield f"{HEAD}\n".encode()
        while True:
            taken += 1
            yield b"x" * 1000

    with pytest.raises(Malformed) as caught:
        list(read_table(FORM, endless()))
    assert place(caught.value) == ("declaration.line-long", 2, None)
    assert taken == MAX_LINE // 1000 + 1
    assert place(refused(HEAD + "," * MAX_LINE)) == ("declaration.line-long", 1, None)


def lines_of(rows: int, told: list[int]) -> Iterator[bytes]:
    """Pieces of a thousand lines each; how many lines were asked for is told."""
    yield f"{HEAD}\n".encode()
    for start in range(0, rows, 1000):
        told.append(start + 1000)
        yield b"".join(b"S-%d,land,1\n" % number for number in range(start, start + 1000))


def _spend(rows: Iterable[Row]) -> None:
    for _ in rows:
        pass


def test_one_record_more_than_there_may_be() -> None:
    read(WHOLE, most=3)
    assert place(refused(WHOLE, most=2)) == ("declaration.rows", 4, None)


def test_ten_million_records_are_refused_after_the_first_million() -> None:
    told: list[int] = []
    with pytest.raises(Malformed) as caught:
        _spend(read_table(FREE, lines_of(10_000_000, told)))
    assert place(caught.value) == ("declaration.rows", MAX_ROWS + 2, None)
    assert told[-1] == MAX_ROWS + 1000


def test_no_more_is_held_however_long_the_table_is() -> None:
    peaks = []
    for most in (1000, 20_000):
        tracemalloc.start()
        with pytest.raises(Malformed) as caught:
            _spend(read_table(FREE, lines_of(10_000_000, []), most=most))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert caught.value.code == "declaration.rows"
    assert peaks[1] < peaks[0] + 100_000


def tried(data: str | bytes, form: Form = FORM) -> list[Row] | Malformed:
    try:
        return read(data, form)
    except Malformed as error:
        return error


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for start in (b"", f"{HEAD}\n".encode(), f"{HEAD}\nA-1,".encode(), f"{HEAD}\nA-1,land,1\n".encode()):
        found = tried(start + data)
        if isinstance(found, Malformed):
            assert found.code.startswith("declaration.")
        else:
            assert {row.items["category"] for row in found} == {"land", "sea", "air"}


@given(st.text(st.sampled_from('a,"\r\n=-1\x00é'), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = tried(f"{HEAD}\n{text}", FREE)
    if isinstance(found, Malformed):
        assert found.code.startswith("declaration.")
        assert isinstance(found.details["line"], int)
