"""Word files: what is read, what is counted and left out, what is refused. Most tests read without the child."""

from __future__ import annotations

import pytest

from parley.articulate import Particulars, docx, media_type_of, understand
from parley.articulate.answering import Target
from parley.crypto import Digest
from parley.document import Document, Position
from parley.errors import Malformed
from tests.articulate import wordfile as word
from tests.articulate.wordfile import HEADINGS, LEGAL, level, note, notes, numbering, p, run, table

ENGLISH = Particulars(language="en")
TREATY = (
    p("Treaty on Barges", style="Titel"),
    p("The Parties,"),
    p("Recalling ", run("one", "<w:b/>"), " thing,"),
    p("Have agreed as follows:"),
    p("Use of terms", number=(1, 0)),
    p("One:", number=(1, 1)),
    p("x;", number=(1, 2)),
    p("y", note(1), ".", number=(1, 2)),
    p("Two", number=(1, 1)),
    p(number=(1, 0)),
    p("Scope"),
    p("No more than four barges shall lie there.", number=(1, 1)),
    p("All words of this article, as a sentence.", number=(1, 0)),
    table(("a", "b"), ("1|2", "3")),
    p("Annex I"),
    p("1.\tFirst."),
)
PARTS = {"numbering": numbering(LEGAL), "styles": HEADINGS, "footnotes": notes("footnote", "Only the large ones.")}


def read(data: bytes, particulars: Particulars = ENGLISH) -> Document:
    return docx.read("t.docx", data, particulars)[0]


def left(data: bytes, particulars: Particulars = ENGLISH) -> dict[str, int]:
    return {each.what: each.count for each in docx.read("t.docx", data, particulars)[1]}


def words(*body: str, particulars: Particulars = ENGLISH, **parts: str) -> list[str]:
    """The label and words of each provision."""
    made = read(word.docx(p("T"), *body, **parts), particulars)
    return [f"{each.label} {each.heading} {each.words}".strip() for each in made.provisions]


def refused(data: bytes, particulars: Particulars = ENGLISH) -> Malformed:
    with pytest.raises(Malformed) as caught:
        read(data, particulars)
    return caught.value


# --- a treaty -----------------------------------------------------------------------------------------------------


def test_a_treaty_with_automatic_numbers() -> None:
    made = read(word.docx(*TREATY, **PARTS))
    assert made.title == "Treaty on Barges"
    assert [(each.e_id, each.label, each.heading, each.words) for each in made.provisions] == [
        ("preamble", "", "", "The Parties,"),
        ("preamble__rec_1", "", "", "Recalling one thing,"),
        ("preamble__wrapup", "", "", "Have agreed as follows:"),
        ("art_1", "Article 1", "Use of terms", ""),
        ("art_1__para_1", "1.", "", "One:"),
        ("art_1__para_1__point_a", "(a)", "", "x;"),
        ("art_1__para_1__point_b", "(b)", "", "y (¹).\n\n¹ Only the large ones."),
        ("art_1__para_2", "2.", "", "Two"),
        ("art_2", "Article 2", "Scope", ""),
        ("art_2__para_1", "1.", "", "No more than four barges shall lie there."),
        ("art_3", "Article 3", "", ""),
        ("art_3__para_nn-1", "", "", "All words of this article, as a sentence."),
        ("art_3__table_1", "", "", "a | b\n1\\|2 | 3"),
        ("att_i", "Annex I", "", ""),
        ("att_i__para_1", "1.", "", "First."),
    ]
    assert Document.from_bytes(made.to_bytes()) == made


def test_the_same_text_typed_is_the_same_document() -> None:
    """A number that Word counts reads as one that was typed."""
    typed = (
        "# T\n\nArticle 1\n\nUse of terms\n\n1. One:\n\n(a) x;\n\n(b) y.\n\n2. Two\n\nArticle 2\n\nScope\n\n1. Four.\n"
    )
    counted = word.docx(
        p("T"),
        p("Use of terms", number=(1, 0)),
        p("One:", number=(1, 1)),
        p("x;", number=(1, 2)),
        p("y.", number=(1, 2)),
        p("Two", number=(1, 1)),
        p("Scope", number=(1, 0)),
        p("Four.", number=(1, 1)),
        numbering=numbering(LEGAL),
    )
    assert read(counted).provisions == understand("t.md", typed.encode(), ENGLISH).document.provisions


def test_in_the_child_and_without_the_file_beside_it() -> None:
    """The file would carry comments, names and hidden text; only an original that is named goes along."""
    found = understand("t.docx", word.docx(*TREATY, **PARTS), ENGLISH)
    assert found.document == read(word.docx(*TREATY, **PARTS))
    assert found.document.original is None
    assert media_type_of("t.docm") != media_type_of("t.docx")


def test_the_strict_form_reads_the_same() -> None:
    common = word.docx(*TREATY, **PARTS)
    strict = rewritten(common, word.W, "http://purl.oclc.org/ooxml/wordprocessingml/main")
    assert strict != common
    assert read(strict) == read(common)


def rewritten(data: bytes, old: str, new: str) -> bytes:
    import zipfile
    from io import BytesIO

    with zipfile.ZipFile(BytesIO(data)) as file:
        return word.archive({name: file.read(name).replace(old.encode(), new.encode()) for name in file.namelist()})


def test_headings_by_style_and_by_outline() -> None:
    made = read(
        word.docx(
            p("On Barges", style="Titel"),
            p("Part I. General", style="berschrift1"),
            p("Article 1. Scope", style="berschrift2"),
            p("Words."),
            p("Final", properties='<w:outlineLvl w:val="0"/>'),
            p("Body after all.", style="berschrift1", properties='<w:outlineLvl w:val="9"/>'),
            styles=HEADINGS,
        )
    )
    assert [(each.kind.value, each.name, each.words) for each in made.provisions] == [
        ("part", "Part I — General", ""),
        ("article", "Article 1 — Scope", "Words."),
        ("section", "Final", "Body after all."),
    ]


def test_a_whole_sentence_in_the_style_of_headings_is_no_heading() -> None:
    made = read(
        word.docx(
            p("T"),
            p("Article 1", style="berschrift1"),
            p(f"The Parties shall {'keep ' * 60}watch.", style="berschrift2", number=(1, 0)),
            styles=HEADINGS,
            numbering=numbering([level(0, "%1.")]),
        )
    )
    assert [(each.label, bool(each.heading)) for each in made.provisions] == [("Article 1", False), ("1.", False)]


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ((p("On Barges"), p("Words.")), "On Barges"),
        ((p(), p("On Barges"), p("Words.")), "On Barges"),
        ((p("Protocol on Inspections"), p("Words.")), "Protocol on Inspections"),
        ((p("Article 1"), p("Words.")), "t.docx"),
        ((p("1. Words."), p("Words.")), "t.docx"),
        ((p("The Parties,"), p("Words.")), "t.docx"),
        ((p("On Barges", style="berschrift1"), p("Words.")), "On Barges"),
        ((p("On<w:br/>", style="Titel"), p("Words.")), "On<w:br/>"),
        ((p(run("On"), "<w:r><w:br/></w:r>", run("Barges"), style="Titel"), p("Words.")), "On Barges"),
    ],
)
def test_the_title(body: tuple[str, ...], title: str) -> None:
    assert read(word.docx(*body, styles=HEADINGS)).title == title


# --- what stands in a paragraph -----------------------------------------------------------------------------------


RUBY = "<w:r><w:ruby><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>".format(run("hint"), run("base"))
OLD = f"<mc:Fallback>{run('old')}</mc:Fallback>"


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r>", "a b"),
        ("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r>", "a\nb"),
        ("<w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t></w:r>", "a\u2011b"),
        ("<w:r><w:t>a</w:t><w:softHyphen/><w:t>b</w:t></w:r>", "ab"),
        (f"<w:hyperlink>{run('link')}</w:hyperlink>", "link"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{run('control')}</w:sdtContent></w:sdt>", "control"),
        (f'<w:fldSimple w:instr="REF x">{run("4")}</w:fldSimple>', "4"),
        (RUBY, "base"),
        (f"<mc:AlternateContent><mc:Choice>{run('new')}</mc:Choice>{OLD}</mc:AlternateContent>", "new"),
        (f"<mc:AlternateContent><mc:Choice/>{OLD}</mc:AlternateContent>", "old"),
    ],
)  # fmt: skip
def test_what_a_paragraph_says(inside: str, expected: str) -> None:
    assert words(p(inside))[-1] == expected


FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF secret</w:instrText></w:r>{}'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>{}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)


def test_of_a_field_only_its_result_shows() -> None:
    inner = FIELD.format(run("instruction"), run("inner"))
    assert words(p(run("a "), FIELD.format(inner, run("result")), run(" b"))) == ["a result b"]


def test_an_instruction_that_never_ends_hides_nothing_beyond_its_paragraph() -> None:
    assert words(p(run("a"), '<w:r><w:fldChar w:fldCharType="begin"/></w:r>', run("lost")), p("b")) == ["a", "b"]


def test_words_in_text_boxes_follow_their_paragraph() -> None:
    box = (
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx>"
        "</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert words(p(run("Around."), box.format(p("Inside.")))) == ["Around.", "Inside."]
    boxed = word.docx(p("T"), table(("a", p(run("cell"), box.format(p("boxed"))))))
    assert read(boxed).provisions[0].words == "a | cell boxed"


def test_footnotes_are_numbered_in_order_and_stay_with_their_words() -> None:
    body = p("One", note(2), "."), p("Two", note(1), " and ", note(1, "endnote"), ".")
    made = words(*body, footnotes=notes("footnote", "first", "second"), endnotes=notes("endnote", "end"))
    assert made == ["One (¹).\n\n¹ second", "Two (²) and (³).\n\n² first\n\n³ end"]


def test_a_footnote_of_a_heading_goes_below_and_leaves_the_number_alone() -> None:
    body = p("Article 1", note(1)), p("Words of it.")
    made = read(word.docx(p("T"), *body, footnotes=notes("footnote", "See the annex.")))
    assert [(each.label, each.heading, each.words) for each in made.provisions] == [
        ("Article 1", "", "Words of it.\n\n¹ See the annex.")
    ]


def test_a_footnote_does_not_end_a_sentence_that_points_go_on_with() -> None:
    body = p("1. The following:", note(1)), p("(a) x; and"), p("(b) y;", note(2)), p("shall be kept.")
    made = read(word.docx(p("T"), *body, footnotes=notes("footnote", "As drafted.", "New.")))
    assert [each.e_id for each in made.provisions] == [
        "para_1", "para_1__point_a", "para_1__point_b", "para_1__wrapup"
    ]  # fmt: skip
    assert 4 in made.provisions[0].requires


def test_footnotes_in_tables_stand_below_the_table() -> None:
    made = words(table(("a", p("b", note(1))), ("c", "d")), footnotes=notes("footnote", "n"))
    assert made == ["a | b (¹)\nc | d\n\n¹ n"]


def test_tables_nested_numbered_and_only_for_layout() -> None:
    one = read(word.docx(p("T"), table((p("Article 1"),), (p("Words."),))))
    assert [(each.label, each.words) for each in one.provisions] == [("Article 1", "Words.")]
    inner = table(("x", "y"))
    assert words(table((inner + p(""), "b"))) == ["x y | b"]
    counted = table((p("one", number=(1, 0)), "a"), (p("two", number=(1, 0)), "b"))
    assert words(counted, numbering=numbering([level(0, "%1.")])) == ["1. one | a\n2. two | b"]


# --- what is left out ---------------------------------------------------------------------------------------------

CORE = (
    f'<cp:coreProperties xmlns:cp="{word.PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:creator>A. Clerk</dc:creator><cp:lastModifiedBy>B. Chief</cp:lastModifiedBy></cp:coreProperties>"
)


def test_everything_that_is_left_out_has_words() -> None:
    from parley.articulate import html
    from parley.articulate.word import inline
    from parley.words.telling import left_out

    counted = {"author", "change", "comment", "contents", "data", "footer", "header", "hidden", "image", "outside"}
    for what in counted | set(inline._LOST.values()) | html._UNSEEN - {"head"} | html._CONTROLS - {"form"}:
        assert left_out(what, 2).endswith("(2).")


def test_what_is_not_in_the_words_is_counted() -> None:
    data = word.docx(
        p("T"),
        p("Contents\t1", style="toc1"),
        p("a", run("secret", "<w:vanish/>"), "<w:r><w:drawing/></w:r>", '<w:r><w:sym w:char="F0A7"/></w:r>'),
        p("b", "<m:oMath/>", "<w:r><w:object/></w:r>"),
        styles=word.styles(word.style("toc 1")),
        comments=word.part("comments", f'<w:comment w:id="0" w:author="C. Adviser">{p("never")}</w:comment>'),
        header=word.part("hdr", p("top")),
        footer=word.part("ftr", p()),
        raw={"docProps/core.xml": CORE.encode()},
    )
    assert left(data) == {
        "author": 3, "comment": 1, "contents": 1, "header": 1, "hidden": 1, "image": 1, "math": 1, "object": 1,
        "symbol": 1,
    }  # fmt: skip
    for secret in (b"secret", b"never", b"Clerk", b"Chief", b"Adviser", b"Contents"):
        assert secret not in read(data).to_bytes()


def test_addresses_outside_are_counted_and_never_opened() -> None:
    relations = (
        f'<Relationships xmlns="{word.PACKAGE}/relationships">'
        f'<Relationship Id="a" Type="{word.OFFICE}/attachedTemplate" Target="//192.0.2.1/t" TargetMode="External"/>'
        f'<Relationship Id="b" Type="{word.OFFICE}/styles" Target="http://192.0.2.1/s" TargetMode="External"/>'
        f'<Relationship Id="c" Type="{word.OFFICE}/hyperlink" Target="http://192.0.2.1/h" TargetMode="External"/>'
        "</Relationships>"
    )
    assert left(word.docx(p("a"), raw={"word/_rels/document.xml.rels": relations.encode()})) == {"outside": 2}


@pytest.mark.parametrize(
    ("direct", "style_rpr", "hidden"),
    [
        ("<w:vanish/>", "", True),
        ('<w:vanish w:val="0"/>', "<w:vanish/>", False),
        ('<w:vanish w:val="on"/>', "", True),
        ("", "<w:vanish/>", True),
        ("", '<w:vanish w:val="false"/>', False),
        ("<w:webHidden/>", "", False),
    ],
)
def test_hidden_by_itself_or_by_style(direct: str, style_rpr: str, hidden: bool) -> None:
    styles = word.styles(word.style("Base", rpr=style_rpr), word.style("Own", based_on="Base"))
    data = word.docx(p("T"), p("seen ", run("unseen", direct), style="Own"), p("end"), styles=styles)
    assert (b"unseen" in read(data).to_bytes()) is not hidden


def test_a_character_style_switches_what_the_paragraph_s_style_says() -> None:
    styles = word.styles(word.style("Para", rpr="<w:vanish/>"), word.style("Char", rpr="<w:vanish/>", kind="character"))
    switched = run("shows", '<w:rStyle w:val="Char"/>')
    assert words(p("hidden", switched, style="Para"), styles=styles) == ["shows"]


def test_a_paragraph_of_which_nothing_shows_is_not_counted() -> None:
    gone = p(run("x", "<w:vanish/>"), number=(1, 0), properties="<w:rPr><w:vanish/></w:rPr>")
    made = words(p("one", number=(1, 0)), gone, p("two", number=(1, 0)), numbering=numbering([level(0, "%1.")]))
    assert made == ["1.  one", "2.  two"]


# --- answers ------------------------------------------------------------------------------------------------------


def test_answer_lines_are_understood_and_looked_up_outside_the_child() -> None:
    deposit = Digest(b"\x07" * 32)

    def resolve(paper: str, place: str | None) -> tuple[Target, ...] | None:
        numbers = {"Article 4": 9, "Article 5": 12}
        return (Target(deposit=deposit, provision=numbers[place or ""]),) if paper == "RU-1" else None

    body = p("T"), p("Article 1"), p("Re: RU-1 Articles 4 and 5 — refuse"), p("We decline.")
    made = understand("t.docx", word.docx(*body), ENGLISH, resolve=resolve).document
    assert [(each.deposit, each.provision, each.position) for each in made.provisions[0].answers] == [
        (deposit, 9, Position.REFUSE), (deposit, 12, Position.REFUSE)
    ]  # fmt: skip
    assert made.provisions[0].words == "We decline."
    assert b"Re: RU-1" in understand("t.docx", word.docx(*body), ENGLISH).document.to_bytes()
    with pytest.raises(Malformed) as caught:
        understand("t.docx", word.docx(*body), ENGLISH, resolve=lambda *_: None)
    assert (caught.value.code, caught.value.details["line"]) == ("articulate.answer-target", 3)


# --- what is refused ----------------------------------------------------------------------------------------------


def zeros(size: int) -> bytes:
    return b"<w:document>" + b" " * size


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "articulate.empty"),
        (b"no archive", "articulate.not-docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "articulate.not-docx"),
        (word.docx(p("a"))[:400], "articulate.not-docx"),
        (word.archive({"a": b"b"}), "articulate.not-docx"),
        (word.docx(p("a"), main="application/vnd.ms-word.document.macroEnabled.main+xml"), "articulate.macros"),
        (word.docx(p("a"), raw={"word/vbaProject.bin": b"x"}), "articulate.macros"),
        (word.docx(p("a"), main="application/xml"), "articulate.not-docx"),
        (word.docx(p("a"), raw={"WORD/document.xml": b"<x/>"}), "articulate.not-docx"),
        (word.docx(p("a"), raw={"word/document.xml": b"<w:document>"}), "articulate.not-docx"),
        (word.docx(p("a"), raw={"word/document.xml": b"<x/>"}), "articulate.not-docx"),
        (word.docx(p("a"), raw={"word/document.xml": zeros(40 << 20)}), "articulate.too-much"),
        (word.docx(p("a"), raw={f"junk/{n}": b"" for n in range(5000)}), "articulate.too-much"),
        (word.docx(), "articulate.empty"),
        (word.docx(p("a"), '<w:altChunk r:id="x"/>'), "articulate.docx-inside"),
        (word.docx(p("a", note(7))), "articulate.not-docx"),
        (word.docx(p("a\u202eb")), "wording.bidi-control"),
        (word.docx(p("T"), p("a", number=(1, 0)), numbering=numbering([level(0, "%1", "vietnameseCounting")])),
         "articulate.number-format"),
    ],
)  # fmt: skip
def test_files_that_are_not_taken(data: bytes, code: str) -> None:
    assert refused(data).code == code


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_any_part_and_encoding(declared: str, encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{declared}<w:styles xmlns:w="{word.W}"/>'
    data = word.docx(p("a"), styles="x", raw={"word/styles.xml": xml.encode(encoding)})
    assert refused(data).code == "articulate.entities"


def test_a_bomb_is_ended_by_its_size_and_by_the_child() -> None:
    deep = word.docx(p("T"), "<w:sdt>" * 300 + "</w:sdt>" * 300)
    assert refused(deep).code == "articulate.not-docx"
    bomb = word.docx(p("T"), raw={"word/document.xml": zeros(200 << 20)})
    assert len(bomb) < 300_000
    with pytest.raises(Malformed) as caught:
        understand("t.docx", bomb, ENGLISH)
    assert caught.value.code == "articulate.too-much"


def test_the_paragraph_is_the_line() -> None:
    assert refused(word.docx(p("T"), p(), p("a\u202e"))).details["line"] == 3
