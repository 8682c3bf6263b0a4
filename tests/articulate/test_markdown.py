"""Markdown to provisions: treaty numbering, chapeaux, answer lines, and that nothing in a file is interpreted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.articulate import Particulars, Target, articulate
from parley.crypto import Digest
from parley.document import Document, Position, Provision
from parley.errors import Malformed
from parley.identifiers import Kind

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "src" / "parley" / "samples"
DATA = ROOT / "tests" / "data"
DEPOSIT = Digest(b"\x07" * 32)


def read(text: str, language: str = "en") -> Document:
    return articulate("paper.md", text.encode(), Particulars(language=language))


def shape(document: Document) -> list[tuple[str, str, str]]:
    return [(each.e_id, each.label, each.words) for each in document.provisions]


def by(document: Document, e_id: str) -> Provision:
    found = document.find(e_id)
    assert found is not None, e_id
    return found


def test_articles_paragraphs_and_points() -> None:
    made = read(
        "# Treaty\n\n## Article 1. Aim\n\nOne sentence\nover two lines.\n\n## Article 2\n\nThe Parties:\n\n"
        "1. write:\n\n   (a) notes;\n\n   (b) letters;\n\n2. read.\n"
    )
    assert made.title == "Treaty"
    assert shape(made) == [
        ("art_1", "Article 1", "One sentence over two lines."),
        ("art_2", "Article 2", ""),
        ("art_2__intro", "", "The Parties:"),
        ("art_2__para_1", "1.", "write:"),
        ("art_2__para_1__point_a", "(a)", "notes;"),
        ("art_2__para_1__point_b", "(b)", "letters;"),
        ("art_2__para_2", "2.", "read."),
    ]
    assert by(made, "art_1").heading == "Aim"
    assert by(made, "art_2__intro").kind is Kind.CHAPEAU
    assert by(made, "art_2__para_1__point_b").requires == (2, 3, 4)
    assert by(made, "art_2__para_1__point_b").parent == 4


def test_roman_points_nest_under_letters() -> None:
    made = read("# T\n\n## Article 1\n\n(a) one:\n\n(i) x;\n\n(ii) y;\n\n(b) two.\n")
    assert [each.e_id for each in made.provisions] == [
        "art_1",
        "art_1__point_a",
        "art_1__point_a__point_i",
        "art_1__point_a__point_ii",
        "art_1__point_b",
    ]


def test_the_letter_i_after_h_is_a_letter() -> None:
    made = read("# T\n\n## Article 1\n\n(h) eight;\n\n(i) nine;\n\n(ii) under nine;\n\n(j) ten.\n")
    assert [each.e_id for each in made.provisions][1:] == [
        "art_1__point_h",
        "art_1__point_i",
        "art_1__point_ii",
        "art_1__point_j",
    ]


def test_numbers_are_printed_as_written() -> None:
    """CommonMark would renumber a gap; a treaty's numbers are its own."""
    assert [each.label for each in read("1. a\n3. b\n7. c\n").provisions] == ["1.", "3.", "7."]
    assert [each.label for each in read("1. a\n1. b\n1. c\n").provisions] == ["1.", "2.", "3."]
    assert [each.label for each in read("1) a\n2) b\n").provisions] == ["1)", "2)"]


def test_a_number_at_the_start_of_a_wrapped_line_opens_nothing() -> None:
    made = read("# T\n\n## Article 1\n\nAs set out in Article\n4. The Parties agree, see point\n(b) of it.\n")
    assert shape(made) == [("art_1", "Article 1", "As set out in Article 4. The Parties agree, see point (b) of it.")]


def test_points_on_lines_of_one_paragraph_are_cut() -> None:
    made = read("# T\n\n## Article 1\n\nThe Parties:\n(a) one;\n(b) two; and\n(c) three.\n")
    assert shape(made)[1:] == [
        ("art_1__point_a", "(a)", "one;"),
        ("art_1__point_b", "(b)", "two; and"),
        ("art_1__point_c", "(c)", "three."),
    ]
    assert made.provisions[0].words == "The Parties:"


@pytest.mark.parametrize("glue", ["“one” means", "one means", "«один»", "'one'"])
def test_a_point_whose_space_was_lost_on_the_way(glue: str) -> None:
    made = read(f"# T\n\n## Article 1\n\n1. Terms:\n\n(a){glue} x;\n\n(ii){glue} y.\n\n(b){glue} z.\n")
    assert [(each.label, each.words[: len(glue)]) for each in made.provisions if each.kind is Kind.POINT] == [
        ("(a)", glue), ("(ii)", glue), ("(b)", glue)
    ]  # fmt: skip


def test_he_or_she_is_no_point() -> None:
    made = read("# T\n\n## Article 1\n\n1. An officer signs.\n\n(s)he signs for a party.\n")
    assert not [each for each in made.provisions if each.kind is Kind.POINT]


def test_repeated_articles_keep_apart() -> None:
    made = read("# T\n\n## Article 4\n\na\n\n## Article 4\n\nb\n")
    assert [each.e_id for each in made.provisions] == ["art_4", "art_4-2"]


def test_levels_of_headings_nest() -> None:
    made = read("# T\n\n## Part I\n\n### Chapter 1\n\n#### Article 1\n\na\n\n### Chapter 2\n\nb\n\n## Annex\n\nc\n")
    assert [each.e_id for each in made.provisions] == [
        "part_i",
        "part_i__chp_1",
        "part_i__chp_1__art_1",
        "part_i__chp_2",
        "att_1",
    ]
    assert made.path(3) == ("Part I", "Chapter 1", "Article 1")


def test_a_preamble_holds_recitals() -> None:
    made = read("# T\n\n## Preamble\n\nRecalling a,\n\nNoting b,\n\n## Article 1\n\nc\n")
    assert [(each.e_id, each.kind) for each in made.provisions][:3] == [
        ("preamble", Kind.PREAMBLE),
        ("preamble__rec_1", Kind.RECITAL),
        ("preamble__rec_2", Kind.RECITAL),
    ]


def test_raw_html_is_text() -> None:
    made = read("# T\n\nA <b>bold</b> word <script>alert(1)</script>\n\n<div onclick='x'>\n\nEnd <!-- hidden -->\n")
    words = "\n".join(each.words for each in made.provisions)
    for part in ("<b>bold</b>", "<script>alert(1)</script>", "<div onclick='x'>", "<!-- hidden -->"):
        assert part in words


def test_marks_go_and_links_and_pictures_show_what_they_are() -> None:
    made = read("*a* **b** `c` [d](https://example.org/x) <https://example.org> ![e](f.png) \\*g\\*\n")
    expected = "a b c d <https://example.org/x> https://example.org [image: e] *g*"
    assert made.provisions[0].words == expected


def test_hard_breaks_and_code_keep_their_lines() -> None:
    assert read("one  \ntwo\n").provisions[0].words == "one\ntwo"
    assert read("    one\n    two\n").provisions[0].words == "one\ntwo"


@pytest.mark.parametrize("depth", range(1, 60))
def test_words_nested_too_deep_are_refused_and_never_lost(depth: int) -> None:
    for text in (
        "> " * depth + "alpha",
        "".join("  " * step + "- x\n" for step in range(depth)) + "  " * depth + "alpha",
    ):
        try:
            made = read(text)
        except Malformed as error:
            assert error.code in ("articulate.too-deep", "document.parent")  # noqa: PT017 - either, at any depth
        else:
            assert "alpha" in made.provisions[-1].words


def test_list_items_of_several_paragraphs_stay_one_provision() -> None:
    assert read("1. one\n\n   more\n\n2. two\n").provisions[0].words == "one\n\nmore"


def test_bullets_are_points_without_number() -> None:
    made = read("# T\n\n## Article 1\n\nThe Parties:\n\n- one;\n- two.\n")
    assert [each.e_id for each in made.provisions] == ["art_1", "art_1__point_nn-1", "art_1__point_nn-2"]


def test_a_file_without_heading_is_titled_by_its_name() -> None:
    assert read("Words only.\n").title == "paper.md"


def test_a_file_with_a_title_alone_has_one_provision() -> None:
    assert [each.heading for each in read("# Title\n").provisions] == ["Title"]


def resolve(paper: str, place: str | None) -> Target | None:
    """A counterpart whose Article n is provision n + 10."""
    if paper != "RU-1":
        return None
    return Target(deposit=DEPOSIT, provision=None if place is None else int(place.removeprefix("Article ")) + 10)


def answered(text: str) -> Document:
    return articulate("r.md", text.encode(), Particulars(language="en"), resolve=resolve)


def test_an_answer_line_fills_answers_and_leaves_the_words() -> None:
    made = answered("# R\n\n## 3. Open door\n\nRe: RU-1 Article 4 — refuse\n\nWe keep the door open.\n")
    only = made.provisions[0]
    assert (only.words, only.heading) == ("We keep the door open.", "Open door")
    assert [(each.deposit, each.provision, each.position) for each in only.answers] == [(DEPOSIT, 14, Position.REFUSE)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Re: RU-1 Article 4 — accept-if", [(14, Position.ACCEPT_IF)]),
        ("Re: RU-1 Article 4 - accept_if", [(14, Position.ACCEPT_IF)]),
        ("Re: RU-1 Article 4: counter", [(14, Position.COUNTER)]),
        ("Re: RU-1, Article 4 -- Noted.", [(14, Position.NOTED)]),
        ("Re: RU-1 — noted", [(None, Position.NOTED)]),
        ("Re: RU-1 Articles 1, 3 and 5 – amend", [(11, Position.AMEND), (13, Position.AMEND), (15, Position.AMEND)]),
        ("Re: RU-1 Articles 1-3 — reserve", [(11, Position.RESERVE), (12, Position.RESERVE), (13, Position.RESERVE)]),
        ("Re: RU-1 Articles 1 and 3–4 — noted", [(11, Position.NOTED), (13, Position.NOTED), (14, Position.NOTED)]),
    ],
)  # fmt: skip
def test_the_forms_of_an_answer_line(line: str, expected: list[tuple[int | None, Position]]) -> None:
    made = answered(f"# R\n\n## 1. Topic\n\n{line}\n\nWords.\n")
    assert [(each.provision, each.position) for each in made.provisions[0].answers] == expected


def test_answer_lines_in_one_block_and_after_words() -> None:
    made = answered(
        "# R\n\n## 1. Topic\n\nRe: RU-1 Article 1 — accept\nRe: RU-1 Article 2 — refuse\nWords.\n\n"
        "1. First.\n   Re: RU-1 Article 3 — amend\n2. Second.\n"
    )
    assert [each.provision for each in by(made, "sec_1").answers] == [11, 12]
    assert [each.provision for each in by(made, "sec_1__para_1").answers] == [13]
    assert by(made, "sec_1__para_1").words == "First."
    assert by(made, "sec_1__intro").words == "Words."


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Re: RU-1 Article 4", "articulate.answer-form"),
        ("Re: RU-1 Article 4 — perhaps", "articulate.answer-position"),
        ("Re: XX-9 Article 4 — refuse", "articulate.answer-target"),
        ("Re: RU-1 Articles 1-9999 — refuse", "articulate.answer-form"),
        ("Re: RU-1 Articles 5-3 — refuse", "articulate.answer-form"),
    ],
)
def test_an_answer_line_that_says_nothing_is_refused_with_its_line(line: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        answered(f"# R\n\n## 1. Topic\n\n{line}\n")
    assert (caught.value.code, caught.value.details["line"]) == (code, 5)


def test_an_answer_line_needs_something_above_it() -> None:
    with pytest.raises(Malformed) as caught:
        answered("# R\n\nRe: RU-1 — noted\n")
    assert caught.value.code == "articulate.answer-place"


def test_without_a_counterpart_an_answer_line_stays_words() -> None:
    made = read("# R\n\n## 1. Topic\n\nRe: RU-1 Article 4 — refuse\n")
    assert made.provisions[0].words == "Re: RU-1 Article 4 — refuse"
    assert made.provisions[0].answers == ()


def test_hidden_characters_are_refused_with_their_line() -> None:
    with pytest.raises(Malformed) as caught:
        read("# T\n\nOne\ntwo \u202ethree.\n")
    assert caught.value.details == {"line": 4, "column": 5, "character": "U+202E"}
    with pytest.raises(Malformed) as caught:
        read("# T\n\nAn entity &#8238; too.\n")
    assert caught.value.code == "wording.bidi-control"


LANGUAGES = {"persian": "fa", "hindi": "hi", "arabic": "ar", "hebrew": "he", "russian": "ru", "chinese": "zh"}


@pytest.mark.parametrize("name", LANGUAGES)
def test_papers_in_six_languages(name: str) -> None:
    made = articulate(f"{name}.md", (DATA / f"{name}.md").read_bytes(), Particulars(language=LANGUAGES[name]))
    assert Document.from_bytes(made.to_bytes()) == made
    assert [each.e_id for each in made.provisions[:5]] == [
        "para_nn-1",
        "art_1",
        "art_2",
        "art_2__para_1",
        "art_2__para_2",
    ]
    assert made.provisions[1].heading
    assert made.provisions[1].words


def test_joiners_survive_and_chinese_lines_join_without_space() -> None:
    persian = articulate("p.md", (DATA / "persian.md").read_bytes(), Particulars(language="fa"))
    assert "می\u200cخواهند" in persian.provisions[1].words
    hindi = articulate("h.md", (DATA / "hindi.md").read_bytes(), Particulars(language="hi"))
    assert "क्\u200dष" in hindi.provisions[1].words
    chinese = articulate("c.md", (DATA / "chinese.md").read_bytes(), Particulars(language="zh"))
    assert chinese.provisions[1].words == "各方在大型演习开始之前相互通报。"
    assert chinese.provisions[-1].e_id == "art_12"


def test_the_sample_papers() -> None:
    treaty = articulate("t.md", (SAMPLES / "draft-treaty.md").read_bytes(), Particulars(language="en"))
    articles = [each.label for each in treaty.provisions if each.kind is Kind.ARTICLE]
    assert articles == [f"Article {number}" for number in range(1, 9)]

    def place(paper: str, words: str | None) -> Target | None:
        found = treaty.find(words) if words else None
        return Target(deposit=DEPOSIT, provision=found.number) if found and paper == "RU-1" else None

    data = (SAMPLES / "response.md").read_bytes()
    response = articulate("r.md", data, Particulars(language="en", standing="non_paper"), resolve=place)
    said = {
        treaty.provision(answer.provision).label: answer.position
        for each in response.provisions
        for answer in each.answers
        if answer.provision
    }
    assert said == {
        "Article 1": Position.QUESTION,
        "Article 3": Position.COUNTER,
        "Article 4": Position.REFUSE,
        "Article 5": Position.AMEND,
        "Article 6": Position.COUNTER,
        "Article 7": Position.COUNTER,
    }
    letter = articulate("l.md", (SAMPLES / "letter.md").read_bytes(), Particulars(language="en"))
    assert len(letter.provisions) == 8
    for paper in (treaty, response, letter):
        assert paper.provisions[0].words.startswith("Invented text")
        assert Document.from_bytes(paper.to_bytes()) == paper


PIECES = st.sampled_from(
    ["# T\n", "## Article 4. X\n", "### Section\n", "1. a\n", "3. b\n", "   (a) c;\n", "(i) d\n", "(ii) e\n", "- f\n",
     "words\n", "\n", "> quote\n", "```\ncode\n```\n", "Re: RU-1 Article 1 — refuse\n", "    indented\n", "<div>\n",
     "  - g\n", "1. 2. h\n", "-\n", "Annex\n===\n", "***\n", "[x]: y\n", "10. z\n",
     "## Preamble\n", "![p](q)\n", "&nbsp;\n", "第三条\n", "\\\n"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25))
def test_any_arrangement_is_a_document_or_our_error(pieces: list[str]) -> None:
    """Both ways of reading, and what is made can always be sealed and read back."""
    text = "".join(pieces).encode()
    for given_ in (None, resolve):
        try:
            made = articulate("x.md", text, Particulars(language="en"), resolve=given_)
        except Malformed:
            continue
        assert Document.from_bytes(made.to_bytes()) == made


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_our_error(data: bytes) -> None:
    for name in ("x.md", "x.txt"):
        try:
            made = articulate(name, data, Particulars(language="en"))
        except Malformed:
            continue
        assert Document.from_bytes(made.to_bytes()) == made


@given(
    st.lists(st.sampled_from(["alpha", "beta", "(a)", "1.", "4.", "Re:", "ii", "Article", "\n", "\n\n"]), max_size=30)
)
def test_no_word_is_lost(words: list[str]) -> None:
    """Everything a file says is in a label, a heading or words, each once, in order."""
    text = " ".join(words)
    try:
        made = read("# T\n\n## Article 1. H\n\n" + text)
    except Malformed:
        return
    said = " ".join(" ".join((each.label, each.heading, each.words)) for each in made.provisions)
    # Items all numbered alike are counted, so numbers are compared as numbers of any value.
    assert re.sub(r"\d+\.", "#.", said).split()[3:] == re.sub(r"\d+\.", "#.", text).split()
