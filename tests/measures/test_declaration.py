"""A table that is declared: what it comes to, which form it is of, the paper it becomes, and what is no such table.

The data are the United States' arms by type as of 1 September 2020, as published; warheads on missiles were published
for all of them together, and stand in a line of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from parley.canonical import Time
from parley.cli import templates
from parley.document import Document, File, file_of
from parley.errors import Invalid, Malformed
from parley.identifiers import Kind
from parley.measures.agreement import Agreement
from parley.measures.agreement_file import examine, read_agreement
from parley.measures.content import of_items, read_content, write_content
from parley.measures.counting import counted
from parley.measures.declaration import (
    LARGEST,
    MAX_RECORDS,
    Declared,
    blank_table,
    form_for,
    read_declaration,
)
from parley.measures.form import Form, table_name
from parley.measures.message import Message, parse_message, print_message
from parley.measures.paper_text import TABLE_TYPE, document_of, head_of, read_paper
from parley.words import explain
from tests.measures.test_agreement_file import SMALL, changed

DATA = (Path(__file__).parent / "data" / "new-start-table-2020.csv").read_bytes()
START = read_agreement(templates.read("new-start"))
HEAD = "exchange,as-of,category,record,deployed,warheads,launchers"


def form(agreement: Agreement = START, name: str = "data") -> Form:
    found = agreement.form(name)
    assert found is not None
    return found


def declared(data: bytes = DATA) -> Declared:
    return read_declaration(START, form(), [data])


def lines(*records: str) -> bytes:
    return "\n".join([HEAD, *records, ""]).encode()


def fails(data: bytes | Iterator[bytes]) -> Malformed:
    with pytest.raises(Malformed) as caught:
        read_declaration(START, form(), [data] if isinstance(data, bytes) else data)
    said = explain(caught.value)
    assert "…" not in said
    assert "\n" not in said
    if "line" in caught.value.details and caught.value.code != "declaration.empty":
        assert f"ine {caught.value.details['line']}" in said or f"line, {caught.value.details['line']}" in said
    return caught.value


# --- what it comes to ---------------------------------------------------------------------------------------------


def test_counts_are_added_up_and_what_is_the_same_is_said_once() -> None:
    found = declared()
    assert dict(found.content.items) == {
        "exchange": date(2020, 8, 31),
        "as-of": date(2020, 9, 1),
        "deployed": 397 + 230 + 12 + 36,
        "warheads": 1457,
        "launchers": 800,
    }
    assert [row.items["record"] for row in found.rows] == [
        "Minuteman III", "Trident II", "on all missiles together", "B-2A", "B-52H",
    ]  # fmt: skip


def test_rules_count_it_as_they_count_a_form_with_these_totals() -> None:
    found = declared().content
    filled = of_items(START, form(), found.items)
    assert found == filled == read_content(write_content(filled), START)
    beside = {each.limit.id: (each.declared, each.left, each.state) for each in counted(START, found)}
    assert beside == {
        "deployed": (675, 25, "within"), "warheads": (1457, 93, "within"), "launchers": (800, 0, "within"),
    }  # fmt: skip
    earlier = DATA.replace(b"2020-09-01", b"2017-09-01").replace(b"B-52H,36", b"B-52H,90")
    assert {each.state for each in counted(START, declared(earlier).content)} == {"not_yet"}


def test_a_message_says_the_totals_and_reads_back_equal() -> None:
    content = declared().content
    message = Message(
        precedence="routine", sender="us", to=("ru",), info=(), number="US-1", time=Time(0), answers=None,
        content=content,
    )  # fmt: skip
    assert parse_message(print_message(message, START, "en"), START) == message


COUNTS = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 2000), st.integers(0, 900)), min_size=3, max_size=40)


@given(COUNTS, st.integers(1, 60))
def test_the_totals_of_any_table_are_its_sums(records: list[tuple[int, int, int]], size: int) -> None:
    kinds = ("icbm", "slbm", "heavy-bomber")
    data = lines(*(f"2020-08-31,2020-09-01,{kinds[at % 3]},R{at},{a},{b},{c}" for at, (a, b, c) in enumerate(records)))
    found = read_declaration(START, form(), (data[at : at + size] for at in range(0, len(data), size)))
    items = found.content.items
    assert [items[name] for name in ("deployed", "warheads", "launchers")] == [
        sum(column) for column in zip(*records, strict=True)
    ]


def test_a_count_that_no_record_gives_has_no_total() -> None:
    head, *records = DATA.decode().splitlines()
    empty = "\n".join([f"{head},bombers", *(f"{record}," for record in records)])
    found = declared(empty.encode())
    assert found.content == declared().content
    assert found.content.count("bombers") is None
    some = "\n".join([f"{head},bombers", *(f"{record}," for record in records[:3]), *(f"{r},20" for r in records[3:])])
    assert declared(some.encode()).content.count("bombers") == 40


# --- which form ---------------------------------------------------------------------------------------------------

SITES = """
[[forms]]
id = "sites"
title = { en = "Sites", fr = "Sites" }
provision = "Article 2"
role = "declaration"
table = {}

[[forms.items]]
id = "arms"
number = "1"
title = { en = "Arms", fr = "Armes" }
type = "count"
provision = "Article 2"

[[forms.items]]
id = "tents"
number = "2"
title = { en = "Tents", fr = "Tentes" }
type = "count"
provision = "Article 2"
"""
TWO = changed('role = "declaration"\n', 'role = "declaration"\ntable = { same = ["day"] }\n') + SITES
"""Two forms that may be tables."""


def test_the_columns_say_which_form_it_is_where_there_are_several() -> None:
    agreement = read_agreement(TWO.encode())
    assert form_for(agreement, b"arms,tents\n").id == "sites"
    assert form_for(agreement, b"\xef\xbb\xbfday,arms,others\r\n").id == "data"
    for head, forms in ((b"arms\n", "data, sites"), (b"weapons\n1\n", "data, sites")):
        with pytest.raises(Malformed) as caught:
            form_for(agreement, head)
        assert (caught.value.code, caught.value.details["forms"]) == ("declaration.which-form", forms)
    assert form_for(agreement, b"arms\n", "sites").id == "sites"
    assert form_for(START, b"whatever").id == "data"


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        (TWO, "holes", "declaration.no-form"),
        (TWO, "request", "declaration.no-table"),
        (SMALL, "data", "declaration.no-table"),
        (SMALL, None, "declaration.no-tables"),
        (TWO, None, "declaration.quotes"),
    ],
)
def test_a_form_that_a_table_cannot_be_of(text: str, name: str | None, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        form_for(read_agreement(text.encode()), b'"arms\n', name)
    assert caught.value.code == code
    assert "…" not in explain(caught.value)


def test_a_blank_names_every_item() -> None:
    head = blank_table(form())
    assert head.startswith("exchange,as-of,deployed,")
    assert head.rstrip("\n").split(",") == [item.id for item in form().items]
    assert fails(head.encode()).code == "declaration.category"


# --- what is no such table ----------------------------------------------------------------------------------------

WHOLE = DATA.decode().splitlines()[1:]


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (lines(*WHOLE).replace(b"Trident II", b"=1+1"), "declaration.formula", 3),
        (lines(*WHOLE).replace(b"Trident II", b"Trident \xe9"), "declaration.utf-8", 3),
        (lines(*WHOLE, WHOLE[0]), "declaration.twice", 7),
        (lines(*WHOLE[:3]), "declaration.category", 4),
        (lines(*WHOLE).replace(b",230,", b",-230,"), "declaration.negative", 3),
        (lines(*WHOLE, "2020-08-31,2020-09-02,icbm,Other,1,1,1"), "declaration.differs", 7),
        (lines(*WHOLE, "2021-08-31,2020-09-01,icbm,Other,1,1,1"), "declaration.differs", 7),
        (lines(*WHOLE, "2020-08-31,2020-09-01,,Other,1,1,1"), "declaration.missing", 7),
        (lines(*WHOLE, "2020-08-31,2020-09-01,icbm,,1,1,1"), "declaration.missing", 7),
        (lines(), "declaration.category", 1),
        (DATA.replace(b"category,", b"kind,"), "declaration.unknown-column", 1),
        (b"as-of,exchange,category,deployed,warheads,launchers\n", "declaration.column-missing", 1),
        (b"", "declaration.empty", 1),
        (lines(*WHOLE, f"2020-08-31,2020-09-01,icbm,Other,{10**15},1,1"), "declaration.total", 7),
    ],
)
def test_the_first_fault_is_named_with_its_line(data: bytes, code: str, line: int) -> None:
    error = fails(data)
    assert (error.code, error.details["line"]) == (code, line)


def endless() -> Iterator[bytes]:
    yield f"{HEAD}\n".encode()
    for at in range(0, 10_000_000, 1000):
        yield b"".join(b"2020-08-31,2020-09-01,icbm,R%d,1,1,1\n" % number for number in range(at, at + 1000))


def test_ten_million_records_are_refused_after_the_first_ten_thousand() -> None:
    error = fails(endless())
    assert (error.code, error.details["line"]) == ("declaration.rows", MAX_RECORDS + 2)


def test_a_table_of_few_records_and_very_many_bytes() -> None:
    taken = 0

    def wide() -> Iterator[bytes]:
        nonlocal taken
        yield f"{HEAD},bombers\n".encode()
        for number in range(MAX_RECORDS):
            taken += 1
            yield b"2020-08-31,2020-09-01,icbm,%s,1,1,1,\n" % (b"%d" % number).rjust(1000, b"R")
            yield b"2020-08-31,2020-09-01,icbm,%s,1,1,1,1\n" % (b"%d" % number).rjust(1000, b"S")

    error = fails(wide())
    assert (error.code, error.details["most"]) == ("declaration.size", LARGEST)
    assert taken < LARGEST // 2_000 + 1


# --- the paper it becomes -----------------------------------------------------------------------------------------


def paper_file(name: str = "new-start.data.csv", data: bytes = DATA) -> File:
    return file_of(name, TABLE_TYPE, data)


def paper(language: str = "en") -> Document:
    found = declared()
    return document_of(found.content, START, paper_file(), language=language, rows=found.rows)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_paper_has_totals_first_and_then_every_record(language: str) -> None:
    document = paper(language)
    totals = [each for each in document.provisions if each.kind is Kind.PARAGRAPH]
    records = [each for each in document.provisions if each.kind is Kind.POINT]
    assert [(each.label, each.words) for each in totals] == [
        ("1", "2020-08-31"), ("2", "2020-09-01"), ("3", "675"), ("4", "1457"), ("5", "800"),
    ]  # fmt: skip
    assert [(each.label, each.heading) for each in records][:2] == [("1", "Minuteman III"), ("2", "Trident II")]
    assert document.provisions == (*totals, *records)
    if language == "en":
        assert records[0].words == (
            "Deployed ICBMs, deployed SLBMs and deployed heavy bombers: 397\n"
            "Warheads on deployed ICBMs and SLBMs, and counted for deployed heavy bombers: 0\n"
            "Launchers of ICBMs and of SLBMs and heavy bombers, deployed or not: 454\n"
            "Kind of arms, in a table: ICBMs and their launchers"
        )
    assert read_paper(document, DATA, START) == declared().content


def test_a_text_that_says_something_else_than_its_table_counts_for_nothing() -> None:
    for other in (DATA.replace(b"B-2A,12,12,20", b"B-2A,11,12,20"), DATA.replace(b"B-2A", b"B-21")):
        with pytest.raises(Invalid) as caught:
            read_paper(paper(), other, START)
        assert caught.value.code == "notice.other-words"
    moved = DATA.splitlines(keepends=True)
    with pytest.raises(Invalid):
        read_paper(paper(), b"".join([moved[0], moved[2], moved[1], *moved[3:]]), START)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("data.csv", "declaration.name"),
        ("new-start.data.CSV", "declaration.name"),
        ("new-start.data", "declaration.name"),
        ("new-start.date.csv", "notice.no-form"),
        ("new-start.change.csv", "declaration.no-table"),
    ],
)
def test_a_table_that_is_not_called_after_what_it_is_of(name: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_paper(structs.replace(paper(), original=paper_file(name)), DATA, START)
    assert caught.value.code == code


def test_its_name_says_of_which_form_it_is() -> None:
    assert table_name("new-start", "data") == "new-start.data.csv"
    assert head_of(paper_file(), DATA) == ("new-start", "data")
    filled = write_content(declared().content)
    assert head_of(file_of("notice.toml", "application/vnd.parley.notice+toml", filled), filled) == (
        "new-start", "data",
    )  # fmt: skip


def test_names_too_long_for_a_file_are_refused_in_the_agreement() -> None:
    long = "a" * 60
    text = changed('id = "small"', f'id = "{long}"') + SITES.replace('id = "sites"', f'id = "{long}"')
    _, (fault,) = examine(text.encode())
    assert (fault.code, fault.details["most"]) == ("agreement.table-name", 100)
    assert fault.details["line"] == len(SMALL.split("\n")) + 2
    assert "…" not in explain(Malformed(fault.code, **fault.details))
