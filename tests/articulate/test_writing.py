"""Copies in other forms: numbers as printed, nothing interpreted, and the words come back."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from parley.articulate import Particulars, understand
from parley.articulate.writing import ENDINGS, Form, write_as
from parley.document import Document

DATA = Path(__file__).parent.parent / "data" / "treaties"
ENGLISH = Particulars(language="en")
HOSTILE = (
    "# T <script>x</script>\n\n## Article 1\n\n1. a < b & \\*c\\* \\[d\\](e)\n\n- dash\n\n"
    "| \\<b\\> | \\`y |\n|--|--|\n| 1 | 2 |\n"
)


def made(text: str) -> Document:
    return understand("t.md", text.encode(), ENGLISH).document


def treaty() -> Document:
    return made((DATA / "limits-en.md").read_text("utf-8"))


def again(document: Document, form: Form) -> Document:
    return understand(f"t.{ENDINGS[form]}", write_as(document, form), ENGLISH).document


@pytest.mark.parametrize("form", ["akn", "docx", "html", "md"])
def test_a_treaty_is_read_back_with_its_numbers_headings_and_words(form: Form) -> None:
    document = treaty()
    read = again(document, form)
    assert read.title == document.title
    assert [(each.label, each.heading, each.words) for each in read.provisions] == [
        (each.label, each.heading, each.words) for each in document.provisions
    ]


@pytest.mark.parametrize("form", ["akn", "docx", "html", "md"])
def test_the_same_document_gives_the_same_bytes(form: Form) -> None:
    assert write_as(treaty(), form) == write_as(treaty(), form)


@pytest.mark.parametrize("form", ["akn", "docx", "html", "md"])
def test_signs_stay_signs(form: Form) -> None:
    read = again(made(HOSTILE), form)
    said = " ".join(each.words for each in read.provisions)
    assert read.title == "T <script>x</script>"
    assert "a < b & *c* [d](e)" in said
    assert "<b>" in said


def test_a_page_runs_nothing_and_fetches_nothing() -> None:
    page = write_as(made(HOSTILE), "html").decode()
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert 'id="en_art_1"' in page


def test_a_word_file_names_nobody_and_no_time() -> None:
    with zipfile.ZipFile(BytesIO(write_as(treaty(), "docx"))) as file:
        assert not [name for name in file.namelist() if name.startswith("docProps")]
        assert {entry.date_time[0] for entry in file.infolist()} == {1980}
