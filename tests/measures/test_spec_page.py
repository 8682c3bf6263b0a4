"""The examples of spec/measures.md are what the program reads, counts and prints."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from parley import canonical
from parley.measures.agreement import Agreement
from parley.measures.agreement_file import read_agreement
from parley.measures.content import Content, read_content
from parley.measures.counting import counted, limits, readings_in
from parley.measures.declaration import MAX_RECORDS, Declared, form_for, read_declaration
from parley.measures.declaration_table import MAX_CELL
from parley.measures.inspections import quota_board
from parley.measures.message import parse_message, print_message
from parley.measures.papers import Filed
from parley.measures.restraints import restraints
from parley.measures.step_file import Stated
from parley.measures.thresholds import answers
from tests.measures.filing import filed

PAGE = (Path(__file__).parents[2] / "spec" / "measures.md").read_text("utf-8")
BLOCKS = re.findall(r"```(toml|json|csv|)\n(.*?)```", PAGE, re.DOTALL)
FIRST, *MORE, NOTICE = (text for language, text in BLOCKS if language == "toml")
(MESSAGE,) = (text for language, text in BLOCKS if language == "")
(STATED,) = (text for language, text in BLOCKS if language == "json")
(TABLE,) = (text for language, text in BLOCKS if language == "csv")
WHOLE = read_agreement("\n".join([FIRST, *MORE]).encode())


def declared(agreement: Agreement = WHOLE) -> Declared:
    return read_declaration(agreement, form_for(agreement, TABLE.encode()), [TABLE.encode()])


def paper(content: Content, sender: str = "us", *, entry: int = 1, answers: Filed | None = None) -> Filed:
    return filed(sender, content.form, content.items, entry=entry, to=("ru",), made="2022-01-20", answers=answers)


# --- the agreement ------------------------------------------------------------------------------------------------


def test_the_agreement_holds_together_and_the_notice_is_one_under_it() -> None:
    for agreement in (read_agreement(FIRST.encode()), WHOLE):
        content = read_content(NOTICE.encode(), agreement)
        assert content.items == {"troops": 12_700, "start": date(2017, 9, 14), "end": date(2017, 9, 20)}
        reached = {answer.threshold.id for answer in answers(agreement, content) if answer.reached}
        assert reached == {"notifiable"}


@pytest.mark.parametrize("count", range(1, len(MORE) + 1))
def test_each_example_may_be_put_behind_those_before(count: int) -> None:
    agreement = read_agreement("\n".join([FIRST, *MORE[:count]]).encode())
    assert agreement.id == "small"


def test_every_list_of_the_grammar_has_an_example() -> None:
    lists = [name for name in Agreement.__struct_fields__ if isinstance(getattr(WHOLE, name), tuple)]
    assert len(lists) == 11
    assert [name for name in lists if not getattr(WHOLE, name)] == []


def test_marks_are_counted() -> None:
    marks = [each.mark for each in WHOLE.marked()]
    assert WHOLE.provisions[1].figures in tuple(WHOLE.marked())
    assert marks.count("to_be_checked") == 4


# --- declarations -------------------------------------------------------------------------------------------------


def test_the_table_comes_to_these_totals() -> None:
    found = declared()
    assert len(found.rows) == 3
    assert found.content.items == {"as-of": date(2022, 1, 1), "tanks": 260, "guns": 76}
    for said in ("says 260 tanks and 76 guns", "named `small.holdings.csv`", f"at most {MAX_RECORDS:,} records",
                 f"{MAX_CELL:,} signs a cell", "8 MiB"):  # fmt: skip
        assert said in PAGE


def test_the_limits_stand_beside_them() -> None:
    beside = {each.limit.id: (each.declared, each.left, each.state) for each in counted(WHOLE, declared().content)}
    assert beside == {"heavy": (412, 38, "within"), "guns": (76, None, "not_agreed")}
    assert "260 + 2 × 76 = 412 of 450: 38 are left" in PAGE


def test_the_reading_stands_beside_the_sum() -> None:
    first = paper(declared().content)
    text = 'agreement = "small"\nform = "reservation"\n[items]\nconverted = 101\nbecause = "…"\nstanding = true\n'
    second = paper(read_content(text.encode(), WHOLE), "ru", entry=2, answers=first)
    readings, unplaced = readings_in(WHOLE, [first, second])
    row = next(each for each in limits(WHOLE, [first, second], readings, date(2022, 2, 1)) if each.limit == "heavy")
    assert (row.declared, row.state, unplaced) == (412, "within", ())
    assert [(each.reading.by, each.value, each.left) for each in row.readings] == [("ru", 513, -63)]
    assert "With 101 `converted` the declared 412 stay 412, and beside them stands 513" in PAGE
    assert "above the limit by 63" in PAGE


def exercise(troops: int, entry: int) -> Filed:
    text = NOTICE.replace("troops = 12700", f"troops = {troops}")
    return paper(read_content(text.encode(), WHOLE), entry=entry)


def test_the_restraint_counts_large_exercises_and_not_the_largest() -> None:
    found = restraints(WHOLE, [exercise(13_000, 1), exercise(13_001, 2), exercise(40_001, 3)])
    (row,) = (each for each in found if each.first.year == 2017)
    assert [activity.reference for activity in row.activities] == ["US-2"]
    assert row.left == 5


def test_the_quota_follows_from_what_was_declared() -> None:
    board = {(row.quota, row.party): row for row in quota_board(WHOLE, [paper(declared().content)], 2022)}
    visits, journeys = board["visits", "us"], board["journeys", "us"]
    assert (visits.number, visits.left_for["ru"], journeys.number) == (5, 1, 4)
    earlier = quota_board(WHOLE, [paper(declared().content)], 2021)
    assert {row.number for row in earlier if row.quota == "visits"} == {None}
    assert WHOLE.quotas[0].report == "visit-report"
    assert "5 visits in that year, 1 of them from any one" in PAGE


def test_what_is_drawn() -> None:
    (drawing,) = WHOLE.drawings
    assert (drawing.take, drawing.if_not_shown) == (2, "others_choose")


# --- the notice ---------------------------------------------------------------------------------------------------


def test_the_message_is_that_notice() -> None:
    message = parse_message(MESSAGE, WHOLE)
    assert message.content == read_content(NOTICE.encode(), WHOLE)
    assert print_message(message, WHOLE, "en") == MESSAGE


def test_the_statement_is_one() -> None:
    text = STATED.strip().replace("…64 digits…", "0" * 64)
    stated = canonical.decode(text.encode(), Stated)
    assert (stated.kind, stated.measures, stated.towards) == ("suspension", ("prior-notice",), ("us",))
    assert canonical.encode(stated) == text.encode()
