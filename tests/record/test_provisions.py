"""Provisions on the page of a paper: what they are called, and language versions side by side where both are shown."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.articulate import Particulars, articulate, together
from parley.disclosure import Leaf, contents
from parley.document import Document
from parley.record.excerpt import names_of, tidy
from parley.record.provisions import in_step
from parley.record.site import Compared, build, compare
from parley.words import LANGUAGES
from tests.evidence_build import two_states
from tests.record.excerpts import Seen
from tests.record.records import cut, of_one, received

TEXTS = {
    "en": "# T\n\n## Article 1. Rule\n\n(a) One;\n\n(b) two;\n\n(c) three.\n\n## Article 2. End\n\nLast.\n",
    "ru": "# Т\n\n## Статья 1. Правило\n\nа) Раз;\n\nб) два;\n\nв) три.\n\n## Статья 2. Конец\n\nПоследнее.\n",
    "fr": "# T\n\n## Article 1. Règle\n\n(a) Un ;\n\n(b) deux ;\n\n(c) trois.\n\n## Article 2. Fin\n\nDernier.\n",
}


def in_languages(*languages: str) -> Document:
    return together([articulate("t.md", TEXTS[each].encode(), Particulars(language=each)) for each in languages])


def page(document: Document, *sets: tuple[int, ...] | None, **changes: Any) -> str:
    """The page of a paper of which these sets of provisions were released; None for the whole."""
    case = two_states()
    deposit = received(case, "us", "ru", contents=list(contents(document)), terms="public")
    every = (0, *range(1, len(document.provisions) + 1))
    for numbers in sets:
        case.admit(case.release("us", deposit, provisions=numbers))
    excerpts = [cut(case, deposit, *(numbers or every)) for numbers in sets]
    files = build(of_one(case, deposit, *excerpts, **changes))
    assert compare(files).word is Compared.SAME
    return files["us-1.html"].decode()


def rows(text: str) -> list[list[list[str]]]:
    """What stands side by side: rows of cells, in a cell the numbers of its provisions, and what a gap says."""
    found = []
    for row in re.findall(r'<div class="versions">\n(.*?)\n</div>\n</div>', text, re.DOTALL):
        cells = (row + "\n</div>").split("<div>\n")[1:]
        found.append([re.findall(r'data-number="([0-9]+)"|<p class="gap">\[ (.*?) \]', cell) for cell in cells])
    return [[[number or gap for number, gap in cell] for cell in row] for row in found]


# --- side by side -----------------------------------------------------------------------------------------------


def test_two_languages_of_a_whole_paper_stand_side_by_side() -> None:
    text = page(in_languages("en", "ru"), None)
    assert rows(text) == [[[str(number)], [str(number + 5)]] for number in range(1, 6)]
    assert "Language versions, side by side where there is room: English, Russian." in text
    assert "not shown:" not in text


def test_each_version_is_marked_with_its_language() -> None:
    text = page(in_languages("en", "ru"), None)
    for number, language in ((1, "en"), (6, "ru"), (2, "en"), (7, "ru")):
        article = re.search(rf'<article class="provision" id="provision-1-{number}".*?</article>', text, re.DOTALL)
        assert article
        assert set(re.findall(r'lang="([a-z]+)"', article[0])) == {language}


def test_in_the_page_a_provision_comes_right_behind_itself_in_the_other_language() -> None:
    """So they are heard one after the other, and stand one below the other where there is no room."""
    numbers = [int(number) for number in re.findall('data-number="([0-9]+)"', page(in_languages("en", "ru"), None))]
    assert numbers == [1, 6, 2, 7, 3, 8, 4, 9, 5, 10]


def test_points_of_another_alphabet_stand_beside_their_own() -> None:
    """(c) beside в), though their letters sort apart."""
    document = in_languages("en", "ru")
    assert [document.provision(number).e_id for number in (4, 9)] == ["art_1__point_c", "art_1__point_v"]
    assert rows(page(document, (1, 4, 6, 9)))[1] == [
        ["2 provisions not shown: 2 to 3", "4"],
        ["2 provisions not shown: 7 to 8", "9"],
    ]


def test_gaps_stand_in_their_own_column_and_the_last_behind_all() -> None:
    text = page(in_languages("en", "ru"), (1, 3, 6, 8))
    assert rows(text) == [
        [["1"], ["2 provisions not shown: 4 to 5", "6"]],
        [["provision 2 not shown", "3"], ["provision 7 not shown", "8"]],
    ]
    rest = text[text.rindex('data-number="8"') :]
    assert '<p class="gap">[ 2 provisions not shown: 9 to 10 ]</p>' in rest


def test_three_languages_stand_in_one_row() -> None:
    assert rows(page(in_languages("en", "ru", "fr"), (1, 6, 11)))[0][2] == ["4 provisions not shown: 7 to 10", "11"]


@pytest.mark.parametrize("numbers", [(1,), (1, 2, 6), (1, 7), (5, 6)], ids=str)
def test_what_was_not_released_in_step_stands_one_below_the_other(numbers: tuple[int, ...]) -> None:
    text = page(in_languages("en", "ru"), numbers)
    assert rows(text) == []
    assert "Language versions" not in text
    assert re.findall('data-number="([0-9]+)"', text) == [str(number) for number in numbers]


def test_a_paper_in_one_language_has_no_columns() -> None:
    text = page(in_languages("en"), None)
    assert rows(text) == []
    assert "Language versions" not in text


def test_each_excerpt_has_places_of_its_own() -> None:
    text = page(in_languages("en", "ru"), (1, 6), (5, 10), None)
    ids = re.findall(r' id="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert {f"provision-{excerpt}-{number}" for excerpt, number in ((1, 1), (1, 6), (2, 5), (3, 5))} <= set(ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_the_language_of_the_page(language: str) -> None:
    text = page(in_languages("en", "ru"), None, languages=(language,))
    words = {"en": "English, Russian", "fr": "anglais, russe", "ru": "английский, русский"}[language]
    assert f": {words}.</p>" in text.replace("\u00a0", " ")


def leaf(number: int, language: str, w_id: str, path: tuple[str, ...] = ()) -> Leaf:
    return Leaf(answers=(), e_id=w_id, language=language, number=number, path=path, requires=(), w_id=w_id, words="W.")


@given(st.lists(st.tuples(st.sampled_from(["en", "ru", "fr"]), st.sampled_from("abc")), max_size=8))
def test_columns_are_all_the_leaves_or_none(given_: list[tuple[str, str]]) -> None:
    leaves = [leaf(number, language, w_id) for number, (language, w_id) in enumerate(given_, start=1)]
    columns = in_step(leaves)
    if columns:
        assert len({len(column) for column in columns}) == 1
        assert sorted(each.number for column in columns for each in column) == [each.number for each in leaves]
        assert len(columns) == len({each.language for each in leaves}) > 1
        assert all(len({each.w_id for each in row}) == 1 for row in zip(*columns, strict=True))


# --- what they are called ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (("3. — The open door",), ("3. The open door",)),
        (("Article 4 — Bases", "2.", "(a)"), ("Article 4 — Bases", "2.", "(a)")),
        (("3. —",), ("3.",)),
        (("3. — ", ""), ("3.",)),
        (("", "— a"), ("a",)),
        ((), ()),
        (("—",), ()),
    ],
)
def test_no_dash_is_left_beside_nothing(path: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert names_of(leaf(1, "en", "a", path)) == names


@given(st.text(alphabet="ab1. —", max_size=12))
def test_a_tidy_name_is_tidy(name: str) -> None:
    assert tidy(name) == tidy(tidy(name)).strip(" —")


def test_a_heading_says_its_name_and_its_place_apart() -> None:
    article, point = re.findall("<h4>(.*?)</h4>", page(in_languages("en"), (1, 4)))
    assert article == '<span lang="en" dir="auto">Article 1 — Rule</span> <span class="small">(provision 1 of 5)</span>'
    own, place = point.split("</span> <span class")
    assert own == '<span lang="en" dir="auto">Article 1 — Rule <span aria-hidden="true">›</span> (c)'
    assert place == '="small">(provision 4 of 5)</span>'


def test_a_provision_without_a_name_is_called_by_its_number() -> None:
    document = articulate("t.md", b"# T\n\nWords without a number.\n", Particulars(language="en"))
    assert re.findall("<h4>(.*?)</h4>", page(document, None)) == ["Provision 1"]


def test_no_digits_of_a_paper_stand_on_a_page_but_where_it_is_identified() -> None:
    text = page(in_languages("en"), None)
    body = re.sub(r"<head>.*?</head>", "", text, flags=re.DOTALL)
    (digits,) = set(re.findall(r"\b[0-9a-f]{64}\b", body))
    assert len(re.findall(r"\b[0-9a-f]{8}\b", body)) == 0
    assert "made from the deposit that its sender signed" in Seen(text.encode()).text
    assert body.count(digits) == 2
