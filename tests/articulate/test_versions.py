"""Several languages in one document: ranges, wIds in step, and what may not be put together."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.articulate import Particulars, articulate, together
from parley.citing import cite, name
from parley.document import Document
from parley.errors import Malformed

DATA = Path(__file__).parent.parent / "data" / "treaties"


def read(text: str, language: str) -> Document:
    return articulate("t.md", text.encode(), Particulars(language=language))


def treaty(name: str, language: str) -> Document:
    return articulate(name, (DATA / name).read_bytes(), Particulars(language=language))


def test_two_languages_are_ranges_of_one_tree() -> None:
    russian, french = treaty("limits-ru.md", "ru"), treaty("limits-fr.txt", "fr")
    made = together([russian, french])
    assert Document.from_bytes(made.to_bytes()) == made
    total = len(russian.provisions)
    assert [(each.language, each.first, each.last) for each in made.languages] == [
        ("ru", 1, total),
        ("fr", total + 1, total + len(french.provisions)),
    ]
    assert made.title == russian.title
    for each in french.provisions:
        moved = made.provision(each.number + total)
        assert (moved.words, moved.e_id) == (each.words, each.e_id)
        assert moved.requires == tuple(number + total for number in each.requires)


def test_identifiers_of_life_are_in_step() -> None:
    first = read("# T\n\n## Article 1\n\n(a) x;\n\n(b) y;\n\n(c) z.\n", "en")
    other = read("# Т\n\n## Статья 1\n\nа) x;\n\nб) y;\n\nв) z.\n", "ru")
    made = together([first, other])
    assert [each.e_id for each in made.provisions[4:]] == [
        "art_1",
        "art_1__point_a",
        "art_1__point_b",
        "art_1__point_v",
    ]
    assert [each.w_id for each in made.provisions[4:]] == [each.w_id for each in first.provisions]


def test_a_language_that_has_more_keeps_identifiers_of_its_own() -> None:
    made = together([read("# T\n\n1. a\n", "en"), read("# T\n\n1. a\n\n2. b\n", "fr")])
    assert [each.w_id for each in made.provisions] == ["para_1", "para_1", "para_2"]


def test_each_language_is_named_apart() -> None:
    made = together([treaty("limits-ru.md", "ru"), treaty("limits-fr.txt", "fr")])
    assert cite(made, "ст. 2") == cite(made, "art 2") == (7, 8, 9)
    assert name(made, 17) == "fr: art 1(b)"
    assert cite(made, "fr: art 1(b)") == (17,)


def test_a_language_given_twice_is_refused() -> None:
    with pytest.raises(Malformed) as caught:
        together([read("a", "en"), read("b", "en")])
    assert caught.value.code == "document.languages"


BLOCKS = st.lists(
    st.sampled_from(
        ["Article 1", "Article 2", "Статья 1", "1. a", "2. b", "а) v", "б) w", "(a) x", "(v) y", "(i) z", "w"]
    ),
    min_size=1,
    max_size=14,
).map("\n\n".join)


@given(BLOCKS, BLOCKS, BLOCKS)
def test_any_texts_of_different_languages_are_a_document(one: str, two: str, three: str) -> None:
    made = together([read(one, "en"), read(two, "ru"), read(three, "fr")])
    assert Document.from_bytes(made.to_bytes()) == made
