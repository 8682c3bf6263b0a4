"""Forms filled in: a blank names every item, what is filled in reads back equal, and each mistake has its line."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import Time
from parley.errors import Malformed
from parley.measures.content import LARGEST, Content, blank, of_items, read_content, read_head, write_content
from parley.words import explain
from tests.measures.agreements import form, small

SMALL = small()
FILLED: dict[str, Any] = {
    "designation": "Autumn 2017\nwith a second line",
    "troops": 12_700,
    "start": date(2017, 9, 14),
    "alert": False,
    "area": "north",
    "briefing": Time.from_text("2017-09-13T08:30:00.000Z"),
}
LINES = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30).filter(str.strip)
ITEMS = st.fixed_dictionaries(
    {
        "designation": st.lists(LINES, min_size=1, max_size=3).map("\n".join),
        "troops": st.integers(0, 500_000),
        "start": st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    },
    optional={
        "alert": st.booleans(),
        "area": st.sampled_from(["north", "south"]),
        "briefing": st.integers(-(10**12), 4 * 10**12).map(Time),
    },
)


def content(**changes: Any) -> Content:
    return of_items(SMALL, form(), {**FILLED, **changes})


def file(*changes: tuple[str, str]) -> bytes:
    text = write_content(content()).decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def fails(data: bytes) -> Malformed:
    with pytest.raises(Malformed) as caught:
        read_content(data, SMALL)
    return caught.value


# --- a blank ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_blank_has_each_item_with_its_number_its_provision_and_what_may_stand_there(language: str) -> None:
    text = blank(SMALL, form(), language)
    for item in form().items:
        assert f"# {item.number}. {item.title[language]} (art. 1) — " in text
        assert f'\n{item.id} = ""\n' in text
    assert '"north" | "south" | ""' in text
    assert "— troops = 0 (persons)\n" in text or language == "ru"


def test_a_blank_as_it_is_lacks_its_first_item_and_says_on_which_line() -> None:
    text = blank(SMALL, form(), "en")
    error = fails(text.encode())
    assert (error.code, error.details["item"], error.details["number"]) == ("notice.missing", "designation", "1")
    assert error.details["more"] == "2.A (troops), 3 (start)"
    assert "Nor are: 2.A (troops), 3 (start)." in explain(error)
    assert text.split("\n")[int(error.details["line"]) - 1] == 'designation = ""'


def test_a_blank_filled_in_is_read() -> None:
    text = blank(SMALL, form(), "en")
    for name, value in (("designation", '"Autumn"'), ("troops", "9000"), ("start", "2022-02-28")):
        text = text.replace(f'{name} = ""', f"{name} = {value}")
    found = read_content(text.encode(), SMALL)
    assert found == Content(
        agreement="small",
        form="exercise",
        items={"designation": "Autumn", "troops": 9000, "start": date(2022, 2, 28)},
    )
    assert (found.count("troops"), found.day("start"), found.instant("briefing")) == (9000, date(2022, 2, 28), None)


# --- and back -----------------------------------------------------------------------------------------------------


@given(ITEMS, st.booleans(), LINES | st.just(""))
def test_what_is_written_is_read_back_equal(items: dict[str, Any], test: bool, remarks: str) -> None:
    one = of_items(SMALL, form(), items, remarks=remarks, test=test)
    assert read_content(write_content(one), SMALL) == one
    assert read_head(write_content(one)) == ("small", "exercise")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_content_or_malformed(data: bytes) -> None:
    try:
        read_content(data, SMALL)
    except Malformed:
        return
    raise AssertionError("nothing of two hundred bytes is a whole form")


@given(st.integers(0, 400), st.sampled_from(["", '"', "=", "\n", "[", "0", "-1", "'''", "\\u0000", "[items]"]))
def test_a_file_changed_anywhere_is_a_content_or_malformed(at: int, sign: str) -> None:
    text = write_content(content()).decode()
    at = min(at, len(text))
    try:
        found = read_content((text[:at] + sign + text[at + 1 :]).encode(), SMALL)
    except Malformed as error:
        assert error.code.startswith(("notice.", "wording."))  # noqa: PT017 - or none is raised
    else:
        assert of_items(SMALL, form(), found.items, remarks=found.remarks, test=found.test) == found


def test_an_instant_with_an_offset_is_one_in_utc() -> None:
    found = read_content(file(("2017-09-13T08:30:00.000Z", "2017-09-13T11:30:00+03:00")), SMALL)
    assert found.items["briefing"] == Time.from_text("2017-09-13T08:30:00.000Z")


def test_remarks_that_say_none_are_none() -> None:
    assert read_content(file(('remarks = ""', 'remarks = "NONE"')), SMALL).remarks == ""


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("troops = 12700", 'troops = ""', "notice.missing", 8),
        ("troops = 12700", 'troops = "many"', "notice.number", 8),
        ("troops = 12700", "troops = true", "notice.number", 8),
        ("troops = 12700", "troops = 1.5", "notice.value", 8),
        ("troops = 12700", "troops = -1", "notice.bounds", 8),
        ("troops = 12700", "troops = 500001", "notice.bounds", 8),
        ("start = 2017-09-14", 'start = "2017-09-14"', "notice.type", 9),
        ("start = 2017-09-14", "start = 1899-12-31", "notice.type", 9),
        ("start = 2017-09-14", "start = 2017-02-29", "notice.toml-day", 9),
        ("start = 2017-09-14", "start = 2017-09-14T00:00:00Z", "notice.type", 9),
        ("2017-09-13T08:30:00.000Z", "2017-09-13T08:30:00", "notice.zone", 12),
        ('area = "north"', 'area = "west"', "notice.choice", 11),
        ("alert = false", 'alert = "no"', "notice.type", 10),
        ("alert = false", "weather = 1", "notice.unknown-item", 10),
        ("test = false", "test = 0", "notice.form", 1),
        ('agreement = "small"', 'agreement = "large"', "notice.other-agreement", 1),
        ('agreement = "small"', "agreement = 1", "notice.head", 1),
        ('form = "exercise"', 'form = "war"', "notice.no-form", 2),
        ('remarks = ""', 'remarks = ""\nsecret = 1', "notice.unknown-member", 5),
        ("[items]", "[items", "notice.toml", 6),
        ("troops = 12700", "troops = 12,700", "notice.toml-commas", 8),
        ("troops = 12700", "troops = 12700\ntroops = 1", "notice.toml-twice", 9),
    ],
)
def test_each_mistake_has_its_line(old: str, new: str, code: str, line: int) -> None:
    error = fails(file((old, new)))
    assert (error.code, error.details["line"]) == (code, line)


def test_files_that_are_too_large_or_no_text() -> None:
    assert fails(b"#" * (LARGEST + 1)).code == "notice.size"
    error = fails(b'agreement = "small"\n\xff')
    assert (error.code, error.details["line"]) == ("notice.utf-8", 2)


def test_words_that_are_too_long_or_hide_something() -> None:
    assert fails(file(("Autumn 2017", "A" * 4_001))).code == "notice.long"
    assert fails(file(("Autumn 2017", "\u202eAutumn"))).code.startswith("wording.")
    with pytest.raises(Malformed) as caught:
        of_items(SMALL, form(), FILLED, remarks="\u200b")
    assert caught.value.code.startswith("wording.")
