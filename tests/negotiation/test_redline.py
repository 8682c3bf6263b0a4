"""Redline: alignment is a partition, segments join to both texts, and moves, additions and removals are told apart."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from parley.document import Document
from parley.negotiation.differing import MAX_WORDS, Mark, Segment, differ
from parley.negotiation.redline import Change, Line, redline
from tests.negotiation.papers import document, sample

DRAFT = sample("draft-treaty.md", "RU-1").document


def treaty(*articles: tuple[str, str]) -> Document:
    """Articles 1, 2, … with their headings and words."""
    text = "".join(f"## Article {n}. {head}\n\n{words}\n\n" for n, (head, words) in enumerate(articles, start=1))
    return document(f"# T\n\n{text}")


BASES = ("Bases", "Neither Party sets up a military base in the territory of third States.")
SHIPS = ("Ships", "Warships of every class keep a distance of twelve miles from the coast.")
BOMBERS = ("Bombers", "Heavy bombers do not fly where they could strike at inland targets.")
HOTLINE = ("Hotline", "A telephone line between the two capitals is kept open by day and night.")


def changes(old: Document, new: Document) -> list[tuple[Change, str | None, str | None]]:
    return [(line.change, line.old_name, line.new_name) for line in redline(old, new).lines]


def line_of(old: Document, new: Document, number: int) -> Line:
    return next(line for line in redline(old, new).lines if line.new == number)


def marked(segments: tuple[Segment, ...]) -> str:
    signs = {Mark.SAME: "{}", Mark.REMOVED: "[-{}-]", Mark.ADDED: "[+{}+]"}
    return "".join(signs[each.mark].format(each.text) for each in segments)


# --- provisions -------------------------------------------------------------------------------------------------


def test_a_paper_and_itself_differ_in_nothing() -> None:
    found = redline(DRAFT, DRAFT)
    assert {line.change for line in found.lines} == {Change.SAME}
    assert [line.old for line in found.lines] == [line.new for line in found.lines]
    assert not any(line.renumbered for line in found.lines)


def test_a_changed_word_is_shown_in_its_provision_alone() -> None:
    new = treaty(BASES, ("Ships", SHIPS[1].replace("twelve", "twenty")), BOMBERS)
    old = treaty(BASES, SHIPS, BOMBERS)
    assert [change for change, *_ in changes(old, new)] == [Change.SAME, Change.CHANGED, Change.SAME]
    assert "distance of [-twelve -][+twenty +]miles" in marked(line_of(old, new, 2).words)


def test_a_new_article_in_front_adds_one_and_renumbers_the_rest() -> None:
    found = redline(treaty(BASES, SHIPS, BOMBERS), treaty(HOTLINE, BASES, SHIPS, BOMBERS))
    assert [line.change for line in found.lines] == [Change.ADDED, Change.SAME, Change.SAME, Change.SAME]
    assert all(line.renumbered for line in found.lines[1:])


def test_a_new_article_is_told_from_a_changed_one_that_slid_down() -> None:
    slid = ("Bases", BASES[1].replace("military", "permanent military"))
    found = changes(treaty(BASES, SHIPS), treaty(HOTLINE, slid, SHIPS))
    assert [change for change, *_ in found] == [Change.ADDED, Change.CHANGED, Change.SAME]


def test_a_removed_article_stands_where_it_stood() -> None:
    found = changes(treaty(BASES, SHIPS, BOMBERS), treaty(BASES, BOMBERS))
    assert [change for change, *_ in found] == [Change.SAME, Change.REMOVED, Change.SAME]
    assert found[1][1:] == ("Article 2 — Ships", None)


def test_an_article_moved_to_the_end_is_moved_and_the_others_are_not() -> None:
    found = changes(treaty(BASES, SHIPS, BOMBERS, HOTLINE), treaty(SHIPS, BOMBERS, HOTLINE, BASES))
    assert [change for change, *_ in found] == [Change.SAME] * 3 + [Change.MOVED]


def test_paragraphs_move_with_their_article_and_a_paragraph_moves_alone() -> None:
    first = f"1. {BASES[1]}\n2. {SHIPS[1]}"
    second = f"1. {BOMBERS[1]}\n2. {HOTLINE[1]}"
    old, new = treaty(("A", first), ("B", second)), treaty(("B", second), ("A", first))
    assert [change for change, *_ in changes(old, new)].count(Change.MOVED) == 1
    alone = treaty(("A", f"1. {BASES[1]}"), ("B", f"1. {BOMBERS[1]}\n2. {HOTLINE[1]}\n3. {SHIPS[1]}"))
    moved = [line for line in redline(old, alone).lines if line.change is Change.MOVED]
    assert [(line.old_name, line.new_name) for line in moved] == [("Article 1 2.", "Article 2 3.")]


def test_a_moved_provision_shows_its_changed_words_too() -> None:
    changed = ("Bases", BASES[1].replace("third", "other"))
    found = redline(treaty(BASES, SHIPS, BOMBERS), treaty(SHIPS, BOMBERS, changed))
    line = next(line for line in found.lines if line.change is Change.MOVED)
    assert "[-third -][+other +]" in marked(line.words)


def test_a_heading_that_changed_is_a_change() -> None:
    line = line_of(treaty(BASES), treaty(("Military bases", BASES[1])), 1)
    assert line.change is Change.CHANGED
    assert marked(line.heading) == "[-Bases-][+Military bases+]"
    assert {each.mark for each in line.words} == {Mark.SAME}


def test_case_and_commas_count_in_what_is_shown() -> None:
    line = line_of(treaty(BASES), treaty(("Bases", BASES[1].replace("military base", "Military Base,"))), 1)
    assert line.change is Change.CHANGED


def test_a_number_whose_words_are_all_new_is_one_change() -> None:
    assert [change for change, *_ in changes(treaty(BASES), treaty(HOTLINE))] == [Change.CHANGED]


WORDS = st.lists(
    st.sampled_from(["base", "ship", "missile", "the", "of", "no", "Party", "treaty", "keeps", ",", "."]), max_size=12
)
TREATIES = st.lists(WORDS.map(" ".join), min_size=1, max_size=7).map(
    lambda texts: treaty(*((f"H{len(text) % 3}", text or "Nothing.") for text in texts))
)


@given(TREATIES, TREATIES)
def test_alignment_is_a_partition_of_both_papers(old: Document, new: Document) -> None:
    lines = redline(old, new).lines
    assert sorted(line.old for line in lines if line.old) == [each.number for each in old.provisions]
    assert [line.new for line in lines if line.new] == [each.number for each in new.provisions]


@given(TREATIES, TREATIES)
def test_the_other_way_round_pairs_the_same_provisions(old: Document, new: Document) -> None:
    there, back = redline(old, new), redline(new, old)
    assert {(line.old, line.new) for line in there.lines} == {(line.new, line.old) for line in back.lines}
    assert there.count(Change.ADDED) == back.count(Change.REMOVED)
    assert there.count(Change.MOVED) == back.count(Change.MOVED)


@given(TREATIES, TREATIES)
def test_segments_join_to_both_texts(old: Document, new: Document) -> None:
    for line in redline(old, new).lines:
        before = old.provision(line.old).words if line.old else ""
        after = new.provision(line.new).words if line.new else ""
        assert without_space(joined(line.words, Mark.ADDED)) == without_space(before)
        assert joined(line.words, Mark.REMOVED) == after


def joined(segments: tuple[Segment, ...], without: Mark) -> str:
    return "".join(each.text for each in segments if each.mark is not without)


# --- words ------------------------------------------------------------------------------------------------------


def without_space(text: str) -> str:
    return "".join(text.split())


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_join_again(old: str, new: str) -> None:
    segments = differ(old, new)
    assert without_space(joined(segments, Mark.ADDED)) == without_space(old)
    assert joined(segments, Mark.REMOVED) == new or without_space(joined(segments, Mark.REMOVED)) == without_space(new)


@given(st.text(max_size=80))
def test_a_text_and_itself_are_one_segment(text: str) -> None:
    assert differ(text, text) == ((Segment(mark=Mark.SAME, text=text),) if text else ())


def test_languages_without_spaces_differ_by_characters() -> None:
    assert marked(differ("缔约国不得部署导弹。", "缔约国不得部署军舰。")) == "缔约国不得部署[-导弹-][+军舰+]。"


def test_a_segment_never_begins_with_a_mark_of_the_letter_before() -> None:
    segments = differ("किसी", "कोसी")
    assert marked(segments) == "[-किसी-][+कोसी+]"


def test_a_very_long_provision_falls_back_to_sentences_and_still_joins() -> None:
    sentences = [f"Sentence {n} says that base {n} is closed on day {n % 31}." for n in range(900)]
    changed = [each.replace("closed", "opened") if n % 200 == 7 else each for n, each in enumerate(sentences)]
    old, new = " ".join(sentences), " ".join(changed)
    assert len(old.split()) > 2 * MAX_WORDS
    began = time.process_time()
    segments = differ(old, new)
    assert time.process_time() - began < 5
    assert joined(segments, Mark.ADDED) == old
    assert joined(segments, Mark.REMOVED) == new
    assert sum(each.mark is Mark.ADDED for each in segments) == 5


def test_two_long_texts_with_nothing_in_common_end_soon() -> None:
    old, new = ("a b c d e " * 2_000).strip(), ("v w x y z " * 2_000).strip()
    began = time.process_time()
    assert [each.mark for each in differ(old, new)] == [Mark.REMOVED, Mark.ADDED]
    assert time.process_time() - began < 5


def test_tables_of_few_words_end_soon_and_still_join() -> None:
    old = " ".join("01"[n * n % 7 % 2] for n in range(1_400))
    new = " ".join("01"[n * n % 11 % 2] for n in range(1_400))
    began = time.process_time()
    segments = differ(old, new)
    assert time.process_time() - began < 5
    assert without_space(joined(segments, Mark.ADDED)) == without_space(old)
    assert joined(segments, Mark.REMOVED) == new
