"""What goes with what is found in steps that grow with the text, and as a search for each term would find it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley.articulate import Particulars, html, understand
from parley.articulate.companions import MOST_ALIKE, _key, _used
from parley.articulate.references import references
from parley.document import Document

ENGLISH = Particulars(language="en")


def steps(work: Callable[[], object]) -> int:
    """How many steps of our own code a piece of work takes."""
    counted = 0

    def each(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal counted
        if "parley" not in frame.f_code.co_filename:
            return None
        frame.f_trace_opcodes = True
        counted += event == "opcode"
        return each

    before = sys.gettrace()
    sys.settrace(each)
    try:
        work()
    finally:
        sys.settrace(before)
    return counted


def page(paragraph: str, times: int) -> bytes:
    return "".join(paragraph.format(n=n, m=n + 1) for n in range(times)).encode()


def articulated(data: bytes) -> Document:
    return html.read("p.html", data, ENGLISH)[0]


@pytest.mark.parametrize(
    "paragraph",
    [
        "<p>{n}. “Term {n}” means another term {m}.</p>",
        "<p>1. “Barge” means a barge of kind {n}.</p>",
        "<p>{n}. Provided that nothing stays.</p>",
        "<p>{n}. Nothing in this Article shall apply to paragraph {m}.</p>",
        "<p>{n}. Paragraph 3 shall not apply here.</p>",
    ],
)
def test_four_times_the_text_takes_about_four_times_the_steps(paragraph: str) -> None:
    texts = [page(f"<h2>Article 1</h2>{paragraph}", 1) + page(paragraph, times) for times in (100, 400)]
    articulated(texts[0])  # what is made once is made
    small, large = (steps(lambda data=data: articulated(data)) for data in texts)  # type: ignore[misc]
    assert small > 1_000
    assert large < 6 * small


def test_the_paragraph_before_is_found_without_looking_through_all() -> None:
    small, large = (
        articulated(page("<p>{n}. The preceding paragraph, as amended, applies.</p>", times)) for times in (100, 400)
    )
    assert steps(lambda: list(references(large))) < 6 * steps(lambda: list(references(small)))
    assert [each.targets for each in references(small)][:3] == [(), (1,), (2,)]


def test_of_many_definitions_of_one_term_the_first_ones_are_required() -> None:
    made = articulated(page("<p>{n}. “Barge” means a vessel.</p>", 30) + b"<p>99. The barge moves.</p>")
    assert made.provisions[-1].requires == tuple(range(1, MOST_ALIKE + 1))


def test_of_many_limits_of_one_article_all_are_reached_through_the_first() -> None:
    text = page("<p>{n}. Nothing in this Article shall bind.</p>", 30) + b"<p>99. The barge moves.</p>"
    made = articulated(b"<h2>Article 1</h2>" + text)
    assert made.companions([len(made.provisions)]) == tuple(range(1, len(made.provisions) + 1))


def test_a_term_in_its_scope_only() -> None:
    text = (
        "# T\n\n## Section I\n\n## Article 1\n\n1. For the purposes of this Section, “barge” means a vessel.\n\n"
        "2. Barges move.\n\n## Section II\n\n## Article 2\n\n1. A barge stays.\n"
    )
    made = understand("t.md", text.encode(), ENGLISH).document
    using = {each.words: each.requires for each in made.provisions if each.words}
    assert 3 in using["Barges move."]
    assert 3 not in using["A barge stays."]


TERMS = st.text("abEs (-", min_size=1, max_size=6).map(str.strip).filter(bool)


@example(terms=["as"], pieces=["a", "s", "es"])
@example(terms=["(a"], pieces=["b", "(", "a"])
@given(st.lists(TERMS, min_size=1, max_size=5), st.lists(st.sampled_from(["a", "b", "s", "es", " ", "E", "(", "-"])))
def test_terms_are_found_as_a_search_for_each_would(terms: list[str], pieces: list[str]) -> None:
    words, defined, lengths = "".join(pieces), {}, {}
    for term in map(_key, terms):
        tokens = re.findall(r"\w+|\W", term)
        defined[term] = []
        lengths.setdefault(tokens[0], set()).add(len(tokens))
    wanted = {
        term
        for term in defined
        if re.search(rf"(?<!\w)(?i:{re.escape(term[0])}){re.escape(term[1:])}(?:e?s)?(?!\w)", words)
    }
    if any(not term[-1].isalnum() for term in terms):  # "(a)s" is no plural
        wanted = {term for term in wanted if term[-1].isalnum()}
        assert wanted <= _used(words, defined, lengths)
    else:
        assert _used(words, defined, lengths) == wanted
