"""Whole treaties of our own: the tree that each shape becomes, pinned in a file beside the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.articulate import Particulars, articulate
from parley.citing import Places, cite
from parley.document import Document
from parley.errors import Malformed
from parley.identifiers import Kind

DATA = Path(__file__).parent.parent / "data" / "treaties"
FILES = {name: DATA / f"{name}.tree" for name in ("limits-en.md", "limits-fr.txt", "limits-ru.md")}


def read(name: str) -> Document:
    language = name.split("-")[1][:2]
    return articulate(name, (DATA / name).read_bytes(), Particulars(language=language))


def md(text: str) -> Document:
    return articulate("t.md", f"# T\n\n{text}".encode(), Particulars(language="en"))


def txt(text: str) -> Document:
    return articulate("t.txt", f"T\n\n{text}".encode(), Particulars(language="en"))


def drawn(document: Document) -> str:
    """A tree as lines: running number, identifier, name, what must accompany it, and its first words."""
    places, lines = Places(document), []
    for each in document.provisions:
        needs = ",".join(map(str, each.requires)) or "-"
        said = " / ".join(part for part in (each.label, each.heading, each.words.replace("\n", "⏎")[:60]) if part)
        lines.append(f"{each.number} | {each.e_id} | {places.name(each.number)} | {needs} | {said}\n")
    return "".join(lines)


def shape(document: Document) -> list[tuple[str, str]]:
    return [(each.e_id, each.words) for each in document.provisions]


@pytest.mark.parametrize("name", FILES)
def test_the_tree_of_a_treaty(name: str) -> None:
    made = read(name)
    assert drawn(made) == FILES[name].read_text("utf-8")
    assert Document.from_bytes(made.to_bytes()) == made


@pytest.mark.parametrize("name", FILES)
def test_every_provision_is_found_by_its_name(name: str) -> None:
    made = read(name)
    places = Places(made)
    assert all(cite(made, places.name(each.number)) == places.subtree(each.number) for each in made.provisions)


def test_closing_words_belong_to_what_holds_the_points() -> None:
    made = md("## Article 1\n\n1. A Party that:\n\n(a) has one;\n\n(b) has two,\n\nshall say so.\n\n2. More.\n")
    assert shape(made)[1:] == [
        ("art_1__para_1", "A Party that:"),
        ("art_1__para_1__point_a", "has one;"),
        ("art_1__para_1__point_b", "has two,"),
        ("art_1__para_1__wrapup", "shall say so."),
        ("art_1__para_2", "More."),
    ]
    assert made.provision(3).requires == (1, 2, 5)  # the point goes on into the closing words
    assert made.provision(2).requires == (1, 5)  # and so do the words before the points
    assert made.provision(5).requires == (1, 2)  # which need neither point


def test_words_between_points_belong_to_the_point_before() -> None:
    made = md("## Article 1\n\n(a) one:\n\n(i) x;\n\n(ii) y,\n\nif both agree;\n\n(b) two,\n\nand no more;\n\n(c) z.\n")
    assert shape(made)[1:] == [
        ("art_1__point_a", "one:"),
        ("art_1__point_a__point_i", "x;"),
        ("art_1__point_a__point_ii", "y,"),
        ("art_1__point_a__wrapup", "if both agree;"),
        ("art_1__point_b", "two,\n\nand no more;"),
        ("art_1__point_c", "z."),
    ]


def test_a_new_sentence_after_finished_points_is_a_paragraph_of_its_own() -> None:
    made = md("## Article 1\n\nParties:\n\n(a) x;\n\n(b) y.\n\nThis is another matter.\n")
    assert made.provisions[-1].kind is Kind.PARAGRAPH


def test_numbers_nest_by_their_look() -> None:
    made = md("## Article 1\n\n1. a:\n\n(A) b:\n\n(1) c:\n\n(a) d;\n\n(b) e;\n\n(2) f;\n\n(B) g.\n\n2. h.\n")
    assert [each.e_id.removeprefix("art_1__") for each in made.provisions[1:]] == [
        "para_1",
        "para_1__point_a",
        "para_1__point_a__point_1",
        "para_1__point_a__point_1__point_a",
        "para_1__point_a__point_1__point_b",
        "para_1__point_a__point_2",
        "para_1__point_b",
        "para_2",
    ]


def test_decimal_numbers_nest_by_their_length() -> None:
    made = md("1. a\n\n1.1 Bee.\n\n1.1.1 Cee.\n\n1.2 Dee.\n\n2. e\n")
    assert [each.e_id for each in made.provisions] == [
        "para_1",
        "para_1__para_1-1",
        "para_1__para_1-1__para_1-1-1",
        "para_1__para_1-2",
        "para_2",
    ]
    assert [each.e_id for each in md("1.5 per cent of it.\n").provisions] == ["para_nn-1"]
    assert [each.e_id for each in md("## 1. A\n\na\n\n## 1.1 B\n\nb\n\n## 2. C\n\nc\n").provisions] == [
        "sec_1",
        "sec_1__para_nn-1",
        "sec_1__sec_1-1",
        "sec_2",
    ]


def test_headings_of_one_level_nest_by_their_words() -> None:
    made = md("## PART I\n\n## Section 1\n\n## Article 1\n\na\n\n## Section 2\n\n## Article 2\n\nb\n\n"
              "## Annex A\n\n## Article 1\n\nc\n\n## Protocol on Visits\n\n## Article 1\n\nd\n\n"
              "## Protocol on Visits\n\ne\n")  # fmt: skip
    assert [each.e_id for each in made.provisions] == [
        "part_i",
        "part_i__sec_1",
        "part_i__sec_1__art_1",
        "part_i__sec_2",
        "part_i__sec_2__art_2",
        "att_a",
        "att_a__art_1",
        "att_protocol-1",
        "att_protocol-1__art_1",
        "att_protocol-2",
    ]


def test_repeated_headings_have_identifiers_of_their_own() -> None:
    made = md("## General\n\na\n\n## General\n\nb\n\n## Article 1\n\nc\n\n## Article 1\n\nd\n")
    assert [each.e_id for each in made.provisions] == ["sec_nn-1", "sec_nn-2", "art_1", "art_1-2"]


def test_a_line_under_an_article_s_number_is_its_heading() -> None:
    made = txt("Article 1\n\nUse of terms\n\n1. a\n\nArticle 2\nScope\n\nIt applies.\n\nArticle 3\n\nAll meet.\n")
    assert [(each.label, each.heading, each.words) for each in made.provisions] == [
        ("Article 1", "Use of terms", ""),
        ("1.", "", "a"),
        ("Article 2", "Scope", "It applies."),
        ("Article 3", "", "All meet."),
    ]
    assert md("Article 1\n\nShort words\n").provisions[0].words == "Short words"  # its only words stay words


def test_tables_are_one_provision_each() -> None:
    made = md("## Annex\n\nTable 2. Limits\n\n| a | b |\n|---|---|\n| 1\\|2 | |\n")
    assert [(each.e_id, each.label, each.heading, each.words) for each in made.provisions[1:]] == [
        ("att_1__table_2", "Table 2", "Limits", "a | b\n1\\|2 |")
    ]
    plain = txt("Article 1\n\n1. Limits:\n\na\tb\n1\t2\n")
    assert shape(plain)[-1] == ("art_1__para_1__table_1", "a | b\n1 | 2")


def test_words_before_the_first_article_that_end_in_agreement_are_the_preamble() -> None:
    made = txt("The Parties,\n\nRecalling a,\n\nHave agreed as follows:\n\nArticle 1\n\nb.\n")
    assert [(each.e_id, each.kind) for each in made.provisions][:3] == [
        ("preamble", Kind.PREAMBLE),
        ("preamble__rec_1", Kind.RECITAL),
        ("preamble__wrapup", Kind.WRAP_UP),
    ]
    assert made.provisions[3].parent == 0
    letter = txt("Dear colleague,\n\nWe wrote.\n\nYours\n")
    assert [each.kind for each in letter.provisions] == [Kind.PARAGRAPH] * 3


def needs(document: Document, name: str) -> list[str]:
    """The names of what a provision requires beyond what holds it."""
    places = Places(document)
    (number,) = places.roots(name)
    held = {step.number for step in document.lineage(number)}
    return [places.name(each) for each in document.provision(number).requires if each not in held]


def test_a_defined_term_brings_its_definition_where_it_holds() -> None:
    made = md(
        "## Article 1. Definitions\n\n(a) “barge” means a boat;\n\n(b) “lock” and “weir” mean works.\n\n"
        "## Article 2\n\n1. Barges pass.\n\n2. Two barges wait at a lock.\n\n3. The weir is a barged word.\n\n"
        "## Article 3\n\n1. For the purposes of this Article, “boat” means a raft.\n\n2. A boat goes.\n\n"
        "## Article 4\n\nA boat stays. He said “lock” twice.\n"
    )
    assert needs(made, "art 2(1)") == ["art 1(a)"]
    assert needs(made, "art 2(2)") == ["art 1(a)", "art 1(b)"]
    assert needs(made, "art 2(3)") == ["art 1(b)"]
    assert needs(made, "art 3(2)") == ["art 3(1)"]
    assert needs(made, "art 4") == ["art 1(b)"]


@pytest.mark.parametrize(
    ("words", "limited"),
    [
        ("Provided that nobody objects.", ["2"]),
        ("Nothing in this Article shall affect boats.", ["1", "2"]),
        ("Paragraph 1 shall not apply to boats.", ["1"]),
        ("Notwithstanding paragraph 2, boats pass.", ["2"]),
        ("Paragraph 1 is signed first.", []),
        ("The Parties provided that help.", []),
    ],
)
def test_a_proviso_accompanies_what_it_limits(words: str, limited: list[str]) -> None:
    made = md(f"## Article 1\n\n1. One:\n\n(a) x.\n\n2. Two.\n\n3. {words}\n")
    assert [each for each in ("1", "2") if "art 1(3)" in needs(made, f"art 1({each})")] == limited
    assert needs(made, "art 1(3)") == [f"art 1({each})" for each in limited]
    assert ("art 1(3)" in needs(made, "art 1(1)(a)")) == ("1" in limited)


BLOCKS = st.sampled_from(
    ["Article 1", "Article IV bis", "SECTION II", "ANNEX I", "Protocol on Visits", "PREAMBLE", "Part I", "Use of terms",
     "1. a:", "2. b.", "1.1 Cee", "(a) d;", "(b) e,", "(i) f", "(A) g", "(1) h", "– i;", "and so on.", "More words.",
     "For the purposes of this Article, “d” means x.", "Nothing in this Article shall apply.", "a\tb\nc\td", "а) б;",
     "The Parties,", "Have agreed as follows:", "Provided that so.", "Table 1. X", "| a |\n|---|\n| b |"]
)  # fmt: skip


@given(st.lists(BLOCKS, max_size=20), st.sampled_from(["t.md", "t.txt"]))
def test_any_arrangement_of_shapes_is_a_document_whose_names_find_their_places(blocks: list[str], name: str) -> None:
    try:
        made = articulate(name, "\n\n".join(blocks).encode(), Particulars(language="en"))
    except Malformed:
        return
    assert Document.from_bytes(made.to_bytes()) == made
    places = Places(made)
    assert all(cite(made, places.name(each.number)) == places.subtree(each.number) for each in made.provisions)
