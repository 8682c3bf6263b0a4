"""Plain text by its numbering; any other file whole; and what no reader takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from parley.articulate import Particulars, articulate, media_type_of
from parley.articulate.builder import MAX_TEXT
from parley.crypto import sha256
from parley.document import MAX_HEADING, MAX_TITLE, Document, Prevails, file_of
from parley.errors import Malformed
from parley.identifiers import Kind

ENGLISH = Particulars(language="en")


def read(text: str) -> Document:
    return articulate("note.txt", text.encode(), ENGLISH)


def test_plain_text_reads_like_a_treaty() -> None:
    made = read(
        "Draft Treaty\n\nPreamble\n\nRecalling a,\n\nPART I\n\nArticle 1. Aim\n\nThe Parties meet\nevery year.\n\n"
        "Article 2\n\n1. First.\n\n2. Second:\n(a) x;\n(b) y.\n"
    )
    assert made.title == "Draft Treaty"
    assert [(each.e_id, each.words) for each in made.provisions] == [
        ("preamble", ""),
        ("preamble__rec_1", "Recalling a,"),
        ("part_i", ""),
        ("part_i__art_1", "The Parties meet every year."),
        ("part_i__art_2", ""),
        ("part_i__art_2__para_1", "First."),
        ("part_i__art_2__para_2", "Second:"),
        ("part_i__art_2__para_2__point_a", "x;"),
        ("part_i__art_2__para_2__point_b", "y."),
    ]


def test_a_sentence_that_begins_with_article_is_no_heading() -> None:
    made = read("T\n\nArticle 4 shall not apply to vessels.\n\nArticle 5. The Parties shall meet.\n")
    assert [each.kind for each in made.provisions] == [Kind.PARAGRAPH, Kind.PARAGRAPH]


def test_form_feeds_part_blocks_and_old_line_ends_are_read() -> None:
    assert [each.words for each in read("T\r\n\r\none\r\ntwo\n\fthree\r\rfour").provisions] == [
        "one two",
        "three",
        "four",
    ]


def test_a_long_first_block_is_no_title() -> None:
    made = read("First line\nsecond line.\n\nMore.\n")
    assert (made.title, len(made.provisions)) == ("note.txt", 2)


def test_markup_in_plain_text_stays() -> None:
    assert read("T\n\n*a* <b>c</b> &amp; # d\n").provisions[0].words == "*a* <b>c</b> &amp; # d"


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "articulate.empty"),
        (b" \n\t\n", "articulate.empty"),
        (b"\xef\xbb\xbf", "articulate.empty"),
        (b"ok\n\xff", "articulate.not-utf-8"),
        ("Привет".encode("cp1251"), "articulate.not-utf-8"),
        ("words".encode("utf-16"), "articulate.not-utf-8"),
        (b"\xed\xa0\x80", "articulate.not-utf-8"),
        (b"a" * (MAX_TEXT + 1), "articulate.too-long"),
        (b"a\x00b\n", None),
    ],
)
def test_what_no_reader_takes(name: str, data: bytes, code: str | None) -> None:
    if code is None and name == "a.md":
        # CommonMark itself replaces the null character before it reads.
        assert articulate(name, data, ENGLISH).provisions[0].words == "a\ufffdb"
        return
    with pytest.raises(Malformed) as caught:
        articulate(name, data, ENGLISH)
    assert caught.value.code == (code or "wording.control")


def test_the_line_that_is_not_utf8_is_named() -> None:
    with pytest.raises(Malformed) as caught:
        articulate("a.md", b"one\ntwo\nthr\xe9e\n", ENGLISH)
    assert caught.value.details == {"line": 3}


@pytest.mark.parametrize(
    ("name", "before", "most", "line"),
    [
        ("a.md", "# ", MAX_TITLE, 1),
        ("a.md", "# T\n\nWords.\n\n## ", MAX_HEADING, 5),
        ("a.md", "# T\n\nWords.\n\n## Article 1. ", MAX_HEADING, 5),
    ],
)
def test_a_heading_may_be_so_long_and_no_longer(name: str, before: str, most: int, line: int) -> None:
    longest = articulate(name, f"{before}{'x' * most}\n\nMore.\n".encode(), ENGLISH)
    assert "x" * most in (longest.title, *(each.heading for each in longest.provisions))
    with pytest.raises(Malformed) as caught:
        articulate(name, f"{before}{'x' * (most + 1)}\n\nMore.\n".encode(), ENGLISH)
    assert (caught.value.code, caught.value.details) == ("articulate.heading-too-long", {"line": line, "most": most})


def test_the_line_is_counted_behind_a_byte_order_mark() -> None:
    with pytest.raises(Malformed) as caught:
        articulate("a.md", b"\xef\xbb\xbfone\n\xe9\n\n\n", ENGLISH)
    assert caught.value.details == {"line": 2}


def test_a_byte_order_mark_at_the_start_is_dropped() -> None:
    assert articulate("a.md", b"\xef\xbb\xbf# T\n\nx\n", ENGLISH).title == "T"


def test_any_other_file_goes_in_whole() -> None:
    data = b"%PDF-1.7 \xff\x00"
    made = articulate("scan.pdf", data, ENGLISH)
    assert [each.kind for each in made.provisions] == [Kind.FILE]
    assert "scan.pdf" in made.provisions[0].words
    assert "no excerpt can be cut from it" in made.provisions[0].words
    assert made.original == file_of("scan.pdf", "application/pdf", data)
    assert made.original.sha256 == sha256(data)
    assert made.prevails is Prevails.ORIGINAL
    assert Document.from_bytes(made.to_bytes()) == made


@pytest.mark.parametrize(
    ("name", "data"), [("scan.pdf", b""), ("../scan.pdf", b"x"), ("document.json", b"x"), ("", b"x")]
)
def test_a_whole_file_needs_content_and_a_name(name: str, data: bytes) -> None:
    with pytest.raises(Malformed):
        articulate(name, data, ENGLISH)


def test_particulars_reach_the_document() -> None:
    attachment = file_of("map.png", "image/png", b"png")
    original = file_of("signed.pdf", "application/pdf", b"pdf")
    particulars = Particulars(
        language="ru",
        status="unofficial_translation",
        standing="non_paper",
        attachments=(attachment,),
        original=original,
        prevails=Prevails.ORIGINAL,
    )
    made = articulate("a.md", "# Т\n\nслово\n".encode(), particulars)
    assert (made.standing, made.attachments, made.original) == ("non_paper", (attachment,), original)
    assert [(each.language, each.status) for each in made.languages] == [("ru", "unofficial_translation")]
    whole = articulate("b.pdf", b"x", replace(particulars, original=None))
    assert [file.name for file in whole.files] == ["map.png", "b.pdf"]
    with pytest.raises(Malformed) as caught:  # it is its own original, and an envelope holds one
        articulate("b.pdf", b"x", particulars)
    assert (caught.value.code, caught.value.details["original"]) == ("articulate.whole-original", "signed.pdf")


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.PDF", "application/pdf"),
        ("a.md", "text/markdown"),
        ("a", "application/octet-stream"),
        ("a.b.TXT", "text/plain"),
    ],
)
def test_media_types(name: str, media_type: str) -> None:
    assert media_type_of(name) == media_type


def test_every_sample_says_it_is_invented() -> None:
    samples = sorted((Path(__file__).parent.parent.parent / "src" / "parley" / "samples").glob("*.md"))
    assert [path.name for path in samples] == ["draft-treaty.md", "letter.md", "response.md"]
    for path in samples:
        assert path.read_text("utf-8").startswith("Invented text, written for this project.")
