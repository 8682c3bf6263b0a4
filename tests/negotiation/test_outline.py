"""What is known of a paper: the whole of it as a document has it, and of its leaves what they say of themselves."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from parley import canonical
from parley.articulate import Particulars, articulate, together
from parley.crypto import Digest
from parley.disclosure import Leaf, contents
from parley.document import Answer, Document, Position
from parley.identifiers import Kind
from parley.negotiation.coverage import Article, Coverage, Held, State, cover
from parley.negotiation.outline import Outline, of_document, of_leaves
from tests.negotiation.papers import digest, paper, sample
from tests.negotiation.test_coverage import answering, in_two_languages, responses

DRAFT = sample("draft-treaty.md", "RU-1")
RESPONSE = sample("response.md", "US-1", DRAFT, number=2)
EVERY = range(1, 10_000)


def leaves(document: Document) -> list[Leaf]:
    return [canonical.decode(data, Leaf) for data in contents(document)[1:]]


def released(held: Held, numbers: Collection[int] = EVERY) -> Outline:
    """What is known of a paper when these of its provisions were released."""
    shown = [leaf for leaf in leaves(held.document) if leaf.number in numbers]
    return of_leaves(shown, reference=held.reference, digest=held.digest, total=len(held.document.provisions))


def number(held: Held, e_id: str) -> int:
    return next(each.number for each in held.document.provisions if each.e_id == e_id)


def states(found: Coverage) -> dict[str, str]:
    return {article.name.split(" — ")[0]: article.state.value for article in found.articles}


# --- all of it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["draft-treaty.md", "response.md", "letter.md"])
def test_all_leaves_give_the_outline_of_the_document(name: str) -> None:
    held = sample(name, "US-1", DRAFT)
    whole, shown = of_document(held.document, reference="US-1", digest=held.digest), released(held)
    assert [part.number for part in shown.parts] == [part.number for part in whole.parts]
    for ours, theirs in zip(shown.parts, whole.parts, strict=True):
        assert (ours.kind, ours.parent, ours.answers, ours.torn) == (theirs.kind, theirs.parent, theirs.answers, False)
        assert ours.name == theirs.name


def test_all_leaves_of_two_language_versions_too() -> None:
    held = Held(reference="RU-1", digest=DRAFT.digest, document=in_two_languages(DRAFT.document))
    whole, shown = of_document(held.document, reference="RU-1", digest=held.digest), released(held)
    assert shown.later == whole.later
    assert len(shown.later) == len(DRAFT.document.provisions)
    assert len(cover(shown, [RESPONSE]).articles) == 8


@given(responses())
def test_with_all_leaves_coverage_is_the_same(response: Held) -> None:
    assert cover(released(DRAFT), [released(response)]) == cover(DRAFT, [response])


# --- a part of it -----------------------------------------------------------------------------------------------


def test_only_articles_that_are_shown_are_counted_and_only_by_answers_that_are_shown() -> None:
    refusal = next(each.number for each in RESPONSE.document.provisions if each.heading == "The open door")
    shown = released(DRAFT, [number(DRAFT, "art_4"), number(DRAFT, "art_6")])
    found = cover(shown, [released(RESPONSE, [refusal])])
    assert states(found) == {"Article 4": "refused", "Article 6": "silent"}
    assert states(cover(shown, [RESPONSE])) == {"Article 4": "refused", "Article 6": "answered"}


def test_an_answer_to_what_is_not_shown_stands_beside_by_its_number_alone() -> None:
    found = cover(released(DRAFT, [number(DRAFT, "art_6")]), [RESPONSE])
    assert states(found) == {"Article 6": "answered"}
    assert {(each.named, each.named_name) for each in found.beside} == {
        (number(DRAFT, f"art_{article}"), None) for article in (1, 3, 4, 5, 7)
    }


def test_an_answer_given_with_another_that_is_not_shown_is_one_of_a_range() -> None:
    """`Re: RU-1 Articles 3 and 5`: of the two only Article 3 is shown."""
    found = cover(released(DRAFT, [number(DRAFT, "art_3")]), [RESPONSE])
    (article,) = found.articles
    assert article.in_range_only
    assert [each.ranged for each in article.given] == [True]
    assert [each.ranged for each in found.beside if each.named == number(DRAFT, "art_5")] == [True, False]


def test_a_paragraph_without_its_article_stands_for_what_is_known_of_it() -> None:
    paragraph, article = number(DRAFT, "art_5__para_2"), number(DRAFT, "art_6")
    shown = released(DRAFT, [paragraph, article])
    assert [(part.kind, part.torn, part.parent) for part in shown.parts] == [
        (Kind.PARAGRAPH, True, 0), (Kind.ARTICLE, False, 0),
    ]  # fmt: skip
    found = cover(shown, [answering("## 1. A\n\nRe: RU-1 art_5__para_2 — accept\n\nW.\n")])
    assert [(each.name, each.state) for each in found.articles] == [
        ("Article 5 2.", State.ANSWERED), ("Article 6 — Intermediate-range and shorter-range missiles", State.SILENT),
    ]  # fmt: skip


def test_a_point_is_held_by_the_nearest_that_is_shown() -> None:
    """The paragraph between article and point is not shown."""
    shown = released(DRAFT, [number(DRAFT, "art_4"), number(DRAFT, "art_4__para_2__point_b")])
    assert shown.parts[1].parent == number(DRAFT, "art_4")
    assert not shown.parts[1].torn
    found = cover(shown, [answering("## 1. A\n\nRe: RU-1 art_4__para_2__point_b — amend\n\nW.\n")])
    assert [(each.state, each.open) for each in found.articles] == [(State.ANSWERED, ())]


def test_what_is_not_shown_of_an_article_is_not_called_open() -> None:
    shown = [number(DRAFT, e_id) for e_id in ("art_4", "art_4__para_1", "art_4__para_2")]
    response = answering("## 1. A\n\nRe: RU-1 art_4__para_2 — amend\n\nW.\n")
    (article,) = cover(released(DRAFT, shown), [response]).articles
    assert article.open == ("Article 4 1.",)
    (article,) = cover(released(DRAFT, [shown[0], shown[2]]), [response]).articles
    assert article.open == ()


def test_a_translation_that_alone_is_shown_counts_for_its_article() -> None:
    document, half = in_two_languages(DRAFT.document), len(DRAFT.document.provisions)
    held = Held(reference="RU-1", digest=DRAFT.digest, document=document)
    english, russian = number(DRAFT, "art_4"), number(DRAFT, "art_6") + half
    shown = released(held, [english, english + half, russian])
    assert shown.later == {english + half: english}
    answers = (
        Answer(deposit=DRAFT.digest, provision=english + half, position=Position.REFUSE),
        Answer(deposit=DRAFT.digest, provision=russian, position=Position.ACCEPT),
    )
    one = answering("## 1. A\n\nW.\n").document
    said = structs.replace(one, provisions=(structs.replace(one.provisions[0], answers=answers),))
    found = cover(shown, [Held(reference="US-1", digest=digest(2), document=said)])
    assert [(each.number, each.state) for each in found.articles] == [
        (english, State.REFUSED), (russian, State.ANSWERED),
    ]  # fmt: skip


TWO = together(
    [
        articulate("t.md", text.encode(), Particulars(language=language))
        for language, text in (
            ("en", "# T\n\n## Article 1\n\n(a) x;\n\n(b) y;\n\n(c) z.\n"),
            ("ru", "# Т\n\n## Статья 1\n\nа) x;\n\nб) y;\n\nв) z.\n"),
        )
    ]
)


@pytest.mark.parametrize("known", [True, False], ids=["document", "leaves"])
def test_letters_of_another_alphabet_are_the_same_points(known: bool) -> None:
    """The third point is (c) in one language and в) in the other: their identifiers for life say that it is one."""
    held = Held(reference="RU-1", digest=DRAFT.digest, document=TWO)
    assert [each.e_id for each in TWO.provisions if each.e_id.endswith(("_c", "_v"))] == [
        "art_1__point_c", "art_1__point_v",
    ]  # fmt: skip
    answer = Answer(deposit=DRAFT.digest, provision=8, position=Position.REFUSE)
    one = answering("## 1. A\n\nW.\n").document
    said = structs.replace(one, provisions=(structs.replace(one.provisions[0], answers=(answer,)),))
    response = Held(reference="US-1", digest=digest(2), document=said)
    found = cover(held if known else released(held), [response])
    assert found.beside == ()
    assert [(each.state, each.given[0].named, each.open) for each in found.articles] == [
        (State.REFUSED, 4, ("Article 1 (a)", "Article 1 (b)"))
    ]


def test_a_point_shown_in_one_language_alone_counts_for_its_article_in_the_other() -> None:
    held = Held(reference="RU-1", digest=DRAFT.digest, document=TWO)
    answer = Answer(deposit=DRAFT.digest, provision=7, position=Position.AMEND)
    one = answering("## 1. A\n\nW.\n").document
    said = structs.replace(one, provisions=(structs.replace(one.provisions[0], answers=(answer,)),))
    response = Held(reference="US-1", digest=digest(2), document=said)
    found = cover(released(held, [1, 5, 7]), [response])
    assert [(each.number, each.state) for each in found.articles] == [(1, State.ANSWERED)]


@given(responses(), st.sets(st.integers(1, 40)), st.sets(st.integers(1, 19)))
def test_nothing_is_told_of_what_is_not_shown(response: Held, ours: set[int], theirs: set[int]) -> None:
    """Every number and name of an article is of a leaf shown, every answer is entered in a leaf shown."""
    found = cover(released(DRAFT, ours), [released(response, theirs)])
    whole = cover(DRAFT, [response])
    silent = {article.number for article in whole.articles if article.state is State.SILENT}
    assert {article.number for article in found.articles} <= ours
    for article in found.articles:
        assert {each.provision for each in article.given} <= theirs
        assert not (article.number in silent and article.given), "an answer that nobody gave"
        assert all(_known(name, ours) for name in article.open)
    for each in found.beside:
        assert each.provision in theirs
        assert (each.named_name is not None) == (each.named in ours)
    assert {each.provision for each in found.loose} <= theirs


def _known(name: str, ours: set[int]) -> bool:
    return name in {part.name for part in released(DRAFT, ours).parts}


# --- what others' programs may write ----------------------------------------------------------------------------


def odd(*e_ids: str, path: tuple[str, ...] = ("x",), language: str = "en") -> Outline:
    found = [
        Leaf(answers=(), e_id=e_id, language=language, number=place, path=path, requires=(), w_id=e_id, words="Words.")
        for place, e_id in enumerate(e_ids, start=1)
    ]
    return of_leaves(found, reference="RU-1", digest=DRAFT.digest, total=len(found))


@pytest.mark.parametrize("e_id", ["", "x", "Art 4", "art_4__", "__", "art_4__para_1" * 80, "\u202e<b>"])
def test_an_identifier_that_is_none_leaves_a_provision_by_itself(e_id: str) -> None:
    (part,) = odd(e_id).parts
    assert (part.kind, part.parent, part.torn, part.name) == (None, 0, False, "x")
    assert cover(odd(e_id), []).count(State.SILENT) == 1


def test_one_identifier_twice_in_one_language_is_two_provisions() -> None:
    assert odd("art_1", "art_1").later == {}
    assert len(cover(odd("art_1", "art_1"), []).articles) == 2


def test_a_holder_that_comes_later_is_a_holder_all_the_same() -> None:
    assert [part.parent for part in odd("art_1__para_1", "art_1").parts] == [2, 0]
    assert len(cover(odd("art_1__para_1", "art_1"), []).articles) == 1


@pytest.mark.parametrize(("path", "name"), [((), "“Words.”"), (("", "1."), "1."), (("A — b", "1."), "A 1.")])
def test_a_name_is_made_of_the_steps_that_there_are(path: tuple[str, ...], name: str) -> None:
    assert odd("para_1", path=path).parts[0].name == name


@given(st.lists(st.text(alphabet="art_1para_", max_size=14), max_size=6))
def test_any_identifiers_make_an_outline(e_ids: list[str]) -> None:
    shown = odd(*e_ids)
    found = cover(shown, [RESPONSE])
    for part in shown.parts:
        assert shown.holders(part.number)[-1] == part
        assert part.number in shown.below(part.number)
    assert isinstance(found, Coverage)
    assert all(isinstance(each, Article) for each in found.articles)


def test_a_paper_that_is_not_there_has_no_name() -> None:
    assert odd("art_1").find(2) is None
    assert odd("art_1").holders(2) == ()
    assert paper("RU-1", "# T\n\nW.\n").digest == Digest(digest(1))
