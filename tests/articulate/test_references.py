"""References inside a text: what they lead to, which are broken, and which are none of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.articulate import Particulars, articulate, together
from parley.articulate.references import references
from parley.citing import Places
from parley.document import Document

DATA = Path(__file__).parent.parent / "data" / "treaties"
HEAD = """# T

## Article 1

1. One.

2. Two:

    (a) x;

    (b) y.

## Article 2

1. a

2. {words}

3. c

## Article 3

(a) x;

(b) y.

## Annex II

1. in the annex

### Article 1

inner
"""


def read(words: str, language: str = "en") -> Document:
    return articulate("t.md", HEAD.format(words=words).encode(), Particulars(language=language))


def led(document: Document) -> list[tuple[str, list[str]]]:
    """Each reference as it is written, with the names of what it leads to."""
    places = Places(document)
    return [
        (document.provision(each.provision).words[each.start : each.end], [places.name(n) for n in each.targets])
        for each in references(document)
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Under Article 1, so.", [("Article 1", ["art 1"])]),
        ("Under paragraph 3 of this Article.", [("paragraph 3", ["art 2(3)"])]),
        ("Under paragraph 2 of Article 1.", [("paragraph 2 of Article 1", ["art 1(2)"])]),
        ("Under Article 1, paragraph 2.", [("Article 1, paragraph 2", ["art 1(2)"])]),
        ("Under Article 1(2)(b).", [("Article 1(2)(b)", ["art 1(2)(b)"])]),
        ("Under Articles 1 and 3.", [("Articles 1 and 3", ["art 1", "art 3"])]),
        ("Under paragraphs 1 and 3.", [("paragraphs 1 and 3", ["art 2(1)", "art 2(3)"])]),
        ("Under the preceding paragraph, so.", [("the preceding paragraph", ["art 2(1)"])]),
        ("Under the following paragraph, so.", [("the following paragraph", ["art 2(3)"])]),
        ("Under sub-paragraph (b) of Article 3.", [("sub-paragraph (b) of Article 3", ["art 3(b)"])]),
        ("See Annex II.", [("Annex II", ["annex II"])]),
        ("See Annex IX.", [("Annex IX", [])]),
        ("Under Article 44.", [("Article 44", [])]),
        ("Under paragraph 9.", [("paragraph 9", [])]),
        ("Under Article 51 of the Charter of the United Nations.", []),
        ("A particle 1 and an article of wood.", []),
        ("В соответствии со статьей 1.", [("статьей 1", ["art 1"])]),
        ("В пункте 3 настоящей статьи.", [("пункте 3", ["art 2(3)"])]),
        ("В пункте 2 статьи 1.", [("пункте 2 статьи 1", ["art 1(2)"])]),
        ("В статье 12.", [("статье 12", [])]),
        ("Visé à l’article 1.", [("article 1", ["art 1"])]),
        ("Au paragraphe 2 de l’article 1.", [("paragraphe 2 de l’article 1", ["art 1(2)"])]),
        ("Le paragraphe 3 du présent article.", [("paragraphe 3", ["art 2(3)"])]),
    ],
)
def test_where_references_lead(words: str, expected: list[tuple[str, list[str]]]) -> None:
    assert led(read(words)) == expected


def test_an_annex_refers_to_its_own_articles_first() -> None:
    made = articulate("t.md", HEAD.format(words="b").replace("inner", "See Article 1 and Article 3.").encode(),
                      Particulars(language="en"))  # fmt: skip
    assert led(made) == [("Article 1", ["annex II, art 1"]), ("Article 3", ["art 3"])]


def test_the_broken_one_of_our_treaty_is_found_and_no_other() -> None:
    made = articulate("t.md", (DATA / "limits-en.md").read_bytes(), Particulars(language="en"))
    assert [said for said, names in led(made) if not names] == ["Article XIV"]
    assert len(led(made)) > 5


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Articles 1 or 3 apply.", [("Articles 1 or 3", ["art 1", "art 3"])]),
        ("Paragraphs 1 or 2 of article 1 apply.", [("Paragraphs 1 or 2 of article 1", ["art 1(1)", "art 1(2)"])]),
        ("Under articles 1 or 3, paragraph 2 does not apply.", []),  # one place or two: not told, and not broken
        ("Under articles 1 or 9, paragraph 2 does not apply.", [("articles 1 or 9, paragraph 2", [])]),
    ],
)
def test_one_or_the_other(words: str, expected: list[tuple[str, list[str]]]) -> None:
    assert led(read(words)) == expected


def test_references_stay_in_their_language() -> None:
    made = together([read("See Article 1."), read("См. статью 1.", "ru")])
    assert led(made) == [("Article 1", ["art 1"]), ("статью 1", ["ru: art 1"])]


WORDS = st.sampled_from(
    ["Article", "paragraph", "1", "(a)", "of", "this", "the preceding", ",", "and", "статьи", "Annex", "II", "x."]
)  # fmt: skip


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_any_words_have_references_in_order_or_none(words: str) -> None:
    made = read(words)
    for each in references(made):
        assert 0 <= each.start < each.end <= len(made.provision(each.provision).words)
        assert all(1 <= target <= len(made.provisions) for target in each.targets)
