"""Papers read back from what was released of them, to the letter; and whatever is not one, or could be two, is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from parley import canonical
from parley.canonical import Time
from parley.crypto import sha256
from parley.disclosure import Leaf, Manifest, contents
from parley.document import Document, File
from parley.errors import Malformed
from parley.measures.agreement_file import read_agreement
from parley.measures.content import Content, of_items
from parley.measures.paper_text import MEDIA_TYPE, document_of
from parley.measures.released import read_whole
from tests.measures.agreements import SMALL, form, small
from tests.measures.test_content import content

AGREEMENT = small()
FILE = File(name="notice.toml", media_type=MEDIA_TYPE, size=3, sha256=sha256(b"abc"))


def released(document: Document) -> tuple[Manifest, list[Leaf]]:
    first, *rest = contents(document)
    return canonical.decode(first, Manifest), [canonical.decode(each, Leaf) for each in rest]


def paper(found: Content, language: str = "en") -> tuple[Manifest, list[Leaf]]:
    return released(document_of(found, AGREEMENT, FILE, language=language))


# --- read back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("test", [False, True])
def test_a_whole_paper_is_read_back_in_any_language_of_its_agreement(language: str, test: bool) -> None:
    found = replace(content(), test=test, remarks="Some remarks\nof two lines")
    assert read_whole(AGREEMENT, *paper(found, language)) == found


def test_items_without_an_answer_are_left_out() -> None:
    found = content()
    few = {name: found.items[name] for name in ("designation", "troops", "start")}
    short = of_items(AGREEMENT, form("exercise"), {**few, "briefing": found.items["briefing"]})
    assert read_whole(AGREEMENT, *paper(short)) == short


@given(
    st.integers(0, 500_000),
    st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    st.booleans(),
    st.sampled_from(["north", "south"]),
    st.integers(0, 4_102_444_800_000),
    st.text(st.characters(categories=["L", "N", "P"], max_codepoint=0x4FF), min_size=1, max_size=40),
    st.sampled_from(["en", "ru"]),
)
def test_any_answers_are_read_back(
    troops: int, start: date, alert: bool, area: str, briefing: int, text: str, language: str
) -> None:
    items = {"designation": text, "troops": troops, "start": start, "alert": alert, "area": area,
             "briefing": Time(briefing)}  # fmt: skip
    try:
        found = of_items(AGREEMENT, form("exercise"), items)
        document = document_of(found, AGREEMENT, FILE, language=language)
    except Malformed:
        reject()  # a text that nobody could have sealed
    back = read_whole(AGREEMENT, *released(document))
    assert back is not None
    assert {**back.items, "designation": ""} == {**items, "designation": ""}
    assert contents(document_of(back, AGREEMENT, FILE, language=language)) == contents(document)


# --- what is none -------------------------------------------------------------------------------------------------


def changed(leaf: int, **members: Any) -> tuple[Manifest, list[Leaf]]:
    manifest, leaves = paper(content())
    leaves[leaf] = msgspec.structs.replace(leaves[leaf], **members)
    return manifest, leaves


@pytest.mark.parametrize(
    ("leaf", "members"),
    [
        (1, {"words": "12,700 persons"}),
        (1, {"words": "12700"}),
        (1, {"words": "012700 persons"}),
        (1, {"words": "500001 persons"}),
        (1, {"path": ("2.A — Soldiers",)}),
        (1, {"path": ("Part 1", "2.A — Troops")}),
        (1, {"language": "ru"}),
        (1, {"e_id": "para_9"}),
        (1, {"number": 3}),
        (1, {"requires": (1,)}),
        (2, {"words": "14 September 2017"}),
        (2, {"words": "2017-02-29"}),
        (3, {"words": "NEIN"}),
        (4, {"words": "West"}),
        (5, {"words": "2017-09-13T08:30:00Z"}),
        (0, {"words": ""}),
    ],
)
def test_a_provision_that_the_form_would_not_print_so_makes_it_none(leaf: int, members: dict[str, Any]) -> None:
    assert read_whole(AGREEMENT, *paper(content())) is not None
    assert read_whole(AGREEMENT, *changed(leaf, **members)) is None


def test_a_part_of_a_paper_another_order_and_an_item_twice_are_none() -> None:
    manifest, leaves = paper(content())
    assert read_whole(AGREEMENT, manifest, leaves[:-1]) is None
    assert read_whole(AGREEMENT, manifest, leaves[::-1]) is None
    assert read_whole(AGREEMENT, manifest, [*leaves, leaves[0]]) is None
    assert read_whole(AGREEMENT, manifest, []) is None


@pytest.mark.parametrize(
    "members",
    [
        {"title": "Notification of an exercise"},
        {"title": "TEST: Notification of an exercise"},
        {"original": None},
        {"languages": ()},
        {"standing": "non_paper"},
    ],
)
def test_another_title_or_form_of_document_is_none(members: dict[str, Any]) -> None:
    manifest, leaves = paper(content())
    assert read_whole(AGREEMENT, msgspec.structs.replace(manifest, **members), leaves) is None


def test_a_paper_that_could_be_of_two_forms_or_choices_is_none() -> None:
    twin = SMALL[SMALL.index("[[forms]]") :].partition("\n[[forms]]")[0].replace('id = "exercise"', 'id = "twin"', 1)
    doubled = read_agreement((SMALL + "\n" + twin.partition("\n[[thresholds]]")[0]).encode())
    assert doubled.form("twin") is not None
    assert read_whole(doubled, *paper(content())) is None
    alike = read_agreement(SMALL.replace('en = "South"', 'en = "North"').encode())
    assert read_whole(alike, *released(document_of(content(), alike, FILE, language="en"))) is None
    assert read_whole(alike, *released(document_of(content(), alike, FILE, language="ru"))) == content()


def test_a_paper_of_another_agreement_is_none() -> None:
    other = read_agreement(SMALL.replace('en = "A small agreement"', 'en = "Another agreement"').encode())
    assert read_whole(other, *paper(content())) is None
