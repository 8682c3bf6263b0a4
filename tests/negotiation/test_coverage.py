"""Coverage: article by article answered, refused or silent; nothing is counted that no author entered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from parley.document import Answer, Document, Language, Position, Provision
from parley.negotiation.coverage import Article, Coverage, Held, State, cover
from parley.negotiation.outline import called
from tests.negotiation.papers import digest, paper, sample

DRAFT = sample("draft-treaty.md", "RU-1")
RESPONSE = sample("response.md", "US-1", DRAFT, number=2)


def answering(text: str, reference: str = "US-1", number: int = 2, proposal: Held = DRAFT) -> Held:
    return paper(reference, f"# Response\n\n{text}", proposal, number=number)


def article(found: Coverage, number: int) -> Article:
    return next(each for each in found.articles if each.name.startswith(f"Article {number} "))


# --- the samples ------------------------------------------------------------------------------------------------


def test_the_sample_response_answers_six_of_eight_articles() -> None:
    found = cover(DRAFT, [RESPONSE])
    assert found.by_article
    assert found.responses == ("US-1",)
    assert [each.state.value for each in found.articles] == [
        "answered", "silent", "answered", "refused", "answered", "answered", "answered", "silent",
    ]  # fmt: skip
    assert [found.count(state) for state in (State.ANSWERED, State.REFUSED, State.SILENT)] == [5, 1, 2]
    positions = [[each.position.value for each in item.given] for item in found.articles]
    assert positions == [["question"], [], ["counter"], ["refuse"], ["counter", "amend"], ["counter"], ["counter"], []]


def test_the_sample_answers_article_3_only_with_another_and_article_5_on_its_own_too() -> None:
    found = cover(DRAFT, [RESPONSE])
    assert article(found, 3).in_range_only
    assert not article(found, 5).in_range_only
    assert [each.ranged for each in article(found, 5).given] == [True, False]
    assert {each.name for each in article(found, 3).given} == {"2. — Force posture"}


def test_what_answers_nothing_in_the_sample() -> None:
    names = [each.name for each in cover(DRAFT, [RESPONSE]).loose]
    assert names[-1] == "7. — Confidence"
    assert names[1] == "“Our side has studied the draft and answers …”"
    assert len(names) == 3


def test_every_article_of_the_draft_is_listed_without_a_response_too() -> None:
    found = cover(DRAFT, [])
    assert len(found.articles) == 8
    assert found.count(State.SILENT) == 8
    assert not found.answers_anything


# --- articles and paragraphs ------------------------------------------------------------------------------------


def test_a_paragraphs_answer_counts_under_its_article_and_the_rest_is_named() -> None:
    point = DRAFT.document.find("art_4__para_2__point_b")
    assert point is not None
    found = cover(DRAFT, [answering("## 1. Bases\n\nRe: RU-1 art_4__para_2__point_b — amend\n\nWords.\n")])
    item = article(found, 4)
    assert item.state is State.ANSWERED
    assert [each.named for each in item.given] == [point.number]
    assert item.open == ("Article 4 1.", "Article 4 2. (a)", "Article 4 2. (c)")
    assert not item.in_range_only


def test_an_article_named_as_such_has_nothing_left_open() -> None:
    text = "## 1. A\n\nRe: RU-1 art_4__para_1 — refuse\n\nWords.\n\n## 2. B\n\nRe: RU-1 Article 4 — noted\n\nWords.\n"
    item = article(cover(DRAFT, [answering(text)]), 4)
    assert item.open == ()
    assert item.state is State.ANSWERED


def test_all_paragraphs_answered_leave_nothing_open() -> None:
    text = "## 1. A\n\nRe: RU-1 art_1__para_1 — accept\n\nW.\n\n## 2. B\n\nRe: RU-1 art_1__para_2 — refuse\n\nW.\n"
    item = article(cover(DRAFT, [answering(text)]), 1)
    assert item.open == ()
    assert item.state is State.ANSWERED


def test_an_article_is_refused_only_when_every_answer_refuses() -> None:
    one = answering("## 1. A\n\nRe: RU-1 Article 2 — refuse\n\nWords.\n")
    other = answering("## 1. A\n\nRe: RU-1 Article 2 — counter\n\nWords.\n", "US-2", 3)
    assert article(cover(DRAFT, [one]), 2).state is State.REFUSED
    assert article(cover(DRAFT, [one, one]), 2).state is State.REFUSED
    assert article(cover(DRAFT, [one, other]), 2).state is State.ANSWERED


def test_answers_of_two_responses_stand_together_with_their_references() -> None:
    one = answering("## 1. A\n\nRe: RU-1 Article 2 — refuse\n\nWords.\n")
    other = answering("## 1. B\n\nRe: RU-1 Article 2 — noted\n\nWords.\n\n## 2. Loose\n\nWords.\n", "US-2", 3)
    found = cover(DRAFT, [one, other])
    assert [(each.reference, each.position) for each in article(found, 2).given] == [
        ("US-1", Position.REFUSE), ("US-2", Position.NOTED),
    ]  # fmt: skip
    assert [(each.reference, each.name) for each in found.loose] == [("US-2", "2. — Loose")]


# --- ranges -----------------------------------------------------------------------------------------------------


def test_a_span_of_articles_is_a_range_and_two_paragraphs_of_one_article_are_not() -> None:
    found = cover(DRAFT, [answering("## 1. A\n\nRe: RU-1 Articles 5-7 — reserve\n\nWords.\n")])
    assert [each.in_range_only for each in found.articles] == [False] * 4 + [True] * 3 + [False]
    text = "## 1. A\n\nRe: RU-1 art_1__para_1 — accept\nRe: RU-1 art_1__para_2 — refuse\n\nWords.\n"
    assert not article(cover(DRAFT, [answering(text)]), 1).in_range_only


def test_an_answer_to_the_whole_paper_answers_every_article_as_part_of_a_range() -> None:
    found = cover(DRAFT, [answering("## 1. A\n\nRe: RU-1 — refuse\n\nWords.\n")])
    assert all(each.state is State.REFUSED and each.in_range_only and not each.open for each in found.articles)


def test_an_answer_to_a_chapter_answers_its_articles_as_part_of_a_range() -> None:
    text = "# T\n\n## Chapter I. One\n\n### Article 1. A\n\nW.\n\n### Article 2. B\n\nW.\n\n## Chapter II. Two\n\n"
    proposal = paper("RU-1", text + "### Article 3. C\n\nW.\n")
    found = cover(proposal, [answering("## 1. A\n\nRe: RU-1 chapter i — amend\n\nWords.\n", proposal=proposal)])
    assert [(each.state.value, each.in_range_only) for each in found.articles] == [
        ("answered", True), ("answered", True), ("silent", False),
    ]  # fmt: skip
    assert all(not each.open for each in found.articles)


# --- what stands beside -----------------------------------------------------------------------------------------


def test_an_answer_to_the_preamble_stands_beside_the_articles() -> None:
    found = cover(DRAFT, [answering("## 1. A\n\nRe: RU-1 preamble — noted\n\nWords.\n")])
    assert found.count(State.SILENT) == 8
    assert [each.position for each in found.beside] == [Position.NOTED]
    assert found.answers_anything


def test_an_answer_to_another_paper_is_not_counted_and_is_marked() -> None:
    letter = sample("letter.md", "RU-2", number=9)
    text = "# R\n\n## 1. A\n\nRe: RU-2 3. — question\n\nWords.\n\n## 2. B\n\nRe: RU-1 Article 1 — noted\n\nWords.\n"
    found = cover(DRAFT, [paper("US-1", text, DRAFT, letter, number=2)])
    assert found.count(State.ANSWERED) == 1
    assert [(each.name, each.elsewhere) for each in found.loose] == [("1. — A", True)]


def test_an_answer_that_names_what_is_not_in_the_paper_stands_beside() -> None:
    """Its sender's program may be another than ours: a number that does not exist is shown, and counted nowhere."""
    strange = Answer(deposit=DRAFT.digest, provision=60_000, position=Position.ACCEPT)
    document = RESPONSE.document
    provisions = (structs.replace(document.provisions[0], answers=(strange,)), *document.provisions[1:])
    held = Held(reference="US-1", digest=digest(2), document=structs.replace(document, provisions=provisions))
    assert [each.named for each in cover(DRAFT, [held]).beside] == [60_000]


def test_a_paper_without_articles_is_taken_by_its_parts() -> None:
    letter = sample("letter.md", "RU-2")
    found = cover(letter, [answering("## 1. A\n\nRe: RU-2 2. — noted\n\nWords.\n", proposal=letter)])
    assert not found.by_article
    assert [each.state for each in found.articles].count(State.ANSWERED) == 1
    assert [each.name.split(" ")[0] for each in found.articles[1:]] == ["1.", "2.", "3.", "4."]


def test_an_answer_to_another_language_version_counts_under_the_same_article() -> None:
    proposal = in_two_languages(DRAFT.document)
    half = len(DRAFT.document.provisions)
    number = next(each.number for each in proposal.provisions[half:] if each.e_id == "art_4")
    answer = Answer(deposit=DRAFT.digest, provision=number, position=Position.REFUSE)
    one = answering("## 1. A\n\nWords.\n").document
    said = structs.replace(one, provisions=(structs.replace(one.provisions[0], answers=(answer,)),))
    held = Held(reference="RU-1", digest=DRAFT.digest, document=proposal)
    found = cover(held, [Held(reference="US-1", digest=digest(2), document=said)])
    assert len(found.articles) == 8
    assert article(found, 4).state is State.REFUSED


def in_two_languages(document: Document) -> Document:
    """The same provisions twice, the second time as another language's."""
    half = len(document.provisions)

    def shifted(each: Provision) -> Provision:
        return structs.replace(
            each,
            number=each.number + half,
            parent=each.parent + half if each.parent else 0,
            requires=tuple(number + half for number in each.requires),
            language="ru",
        )

    return structs.replace(
        document,
        provisions=(*document.provisions, *map(shifted, document.provisions)),
        languages=(
            Language(language="en", status="authentic", first=1, last=half),
            Language(language="ru", status="authentic", first=half + 1, last=2 * half),
        ),
    )


def test_names_say_where_a_provision_stands() -> None:
    document = DRAFT.document
    names = {each.e_id: called(document, each.number) for each in document.provisions}
    assert names["art_4__para_1__point_a"] == "Article 4 1. (a)"
    assert names["art_4"] == "Article 4 — Enlargement and bases"
    assert names["preamble__rec_1"] == "Preamble “The two Parties, having regard to the interest …”"


# --- for any answers --------------------------------------------------------------------------------------------


@st.composite
def responses(draw: st.DrawFn) -> Held:
    """The sample's response with any answers anywhere."""
    document = RESPONSE.document
    target = st.one_of(st.none(), st.integers(1, len(DRAFT.document.provisions)))
    provisions = []
    for each in document.provisions:
        named = draw(st.lists(target, max_size=2, unique=True))
        answers = tuple(
            Answer(
                deposit=draw(st.sampled_from([DRAFT.digest, digest(77)])),
                provision=number,
                position=draw(st.sampled_from(Position)),
            )
            for number in named
        )
        provisions.append(structs.replace(each, answers=answers))
    return Held(reference="US-1", digest=digest(2), document=structs.replace(document, provisions=tuple(provisions)))


@given(responses())
def test_every_answer_is_shown_and_none_is_invented(response: Held) -> None:
    found = cover(DRAFT, [response])
    entered = {
        (provision.number, answer.provision, answer.position)
        for provision in response.document.provisions
        for answer in provision.answers
        if answer.deposit == DRAFT.digest
    }
    listed = [given_ for each in found.articles for given_ in each.given] + list(found.beside)
    assert {(each.provision, each.named, each.position) for each in listed} == entered
    assert sum(found.count(state) for state in State) == len(found.articles) == 8


@given(responses())
def test_states_follow_from_the_answers_alone(response: Held) -> None:
    for item in cover(DRAFT, [response]).articles:
        positions = {each.position for each in item.given}
        expected = (
            State.SILENT if not positions else State.REFUSED if positions == {Position.REFUSE} else State.ANSWERED
        )
        assert item.state is expected
        assert not (item.open and any(each.named in (None, item.number) for each in item.given))
        assert item.in_range_only == (bool(item.given) and all(each.ranged for each in item.given))


@given(responses())
def test_what_answers_nothing_and_what_answers_share_no_provision(response: Held) -> None:
    document = response.document
    for each in cover(DRAFT, [response]).loose:
        within = [
            other
            for other in document.provisions
            if each.provision in {step.number for step in document.lineage(other.number)}
        ]
        answers = [answer for other in within for answer in other.answers]
        assert all(answer.deposit != DRAFT.digest for answer in answers)
        assert each.elsewhere == bool(answers)


def test_a_preamble_is_no_part_to_be_answered() -> None:
    proposal = paper("RU-1", "# T\n\n## Preamble\n\nRecalling much,\n\n## Bases\n\nNone.\n\n## Ships\n\nNone.\n")
    assert [each.name for each in cover(proposal, []).articles] == ["Bases", "Ships"]
