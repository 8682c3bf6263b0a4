"""`parley preview`, without a home: the tree, JSON, all words, and files that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from parley.cli.app import run as run_
from parley.errors import Malformed
from parley.words import explain
from tests.articulate.wordfile import docx, p, run

DATA = Path(__file__).parent.parent / "data" / "treaties"


def test_the_tree_goes_to_stdout_and_what_looks_odd_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_(["preview", str(DATA / "limits-en.md")]) == 0
    said = capsys.readouterr()
    assert "#14  art II(1)(A)(1)  [sec_ii__art_ii__para_1__point_a__point_1]" in said.out
    assert "to be shown with it, as definition: art I(c)" in said.out
    assert said.err == "- art III(3) refers to 'Article XIV', which is not in this paper.\n"


def test_json_and_languages(capsys: pytest.CaptureFixture[str]) -> None:
    other = f"fr={DATA / 'limits-fr.txt'}"
    assert run_(["preview", str(DATA / "limits-ru.md"), "--language", "ru", "--with-language", other, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["version"] == 1
    assert said["preview"]["languages"] == ["ru", "fr"]
    names = [row["name"] for row in said["preview"]["provisions"]]
    assert "art 1(a)" in names
    assert "fr: art 1(a)" in names


def test_a_text_in_other_letters_is_refused_without_its_language_as_deposit_refuses_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    persian = str(Path(__file__).parent.parent / "data" / "persian.md")
    assert run_(["preview", persian]) == 2
    assert "nothing says in which language it is" in capsys.readouterr().err
    assert run_(["preview", persian, "--language", "fa"]) == 0


def test_full_prints_all_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paper = tmp_path / "t.md"
    paper.write_text("# T\n\n" + "word " * 40 + "end\n", "utf-8")
    assert run_(["preview", str(paper)]) == 0
    assert "end" not in capsys.readouterr().out
    assert run_(["preview", str(paper), "--full"]) == 0
    assert "end" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("none.md", None, "There is no file"),
        ("empty.md", b"", "There is nothing in"),
        ("latin.md", b"caf\xe9", "not written in UTF-8 (line 1)"),
        ("turned.html", "<p>a\u202eb</p>".encode(), "Line 1, column 2"),
        ("broken.docx", b"PK\x03\x04", "no Word file that can be read"),
        ("macros.docm", docx(p("a"), raw={"word/vbaProject.bin": b"x"}), "holds macros"),
        ("deep.html", b"<div>" * 230 + b"x", "nested too deep"),
    ],
)
def test_a_bad_file_is_one_line_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes | None, line: str
) -> None:
    paper = tmp_path / name
    if data is not None:
        paper.write_bytes(data)
    assert run_(["preview", str(paper)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert line in said.err
    assert said.err.count("\n") == 1


def test_a_word_file_its_changes_and_what_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "<w:ins w:author='D. Drafter'>" + run("firmly ") + "</w:ins>"
    paper = tmp_path / "t.docx"
    paper.write_bytes(docx(p("Response"), p("Article 1"), p("We ", said, "decline", run("!", "<w:vanish/>"), ".")))
    assert run_(["preview", str(paper)]) == 2
    refused = capsys.readouterr()
    assert refused.out == ""
    assert refused.err.count("\n") == 1
    assert "--changes accept" in refused.err
    assert run_(["preview", str(paper), "--changes", "reject"]) == 0
    shown = capsys.readouterr()
    assert "We decline." in shown.out
    assert shown.err == (
        "- Left out: names of persons (1).\n"
        "- Left out: tracked changes, settled as you said (1).\n"
        "- Left out: hidden text (1).\n"
    )
    assert run_(["preview", str(paper), "--changes", "maybe"]) == 2
    assert "accept, reject" in capsys.readouterr().err


def test_a_language_is_written_with_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_(["preview", str(DATA / "limits-ru.md"), "--with-language", "fr"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert said == f"parley: {explain(Malformed('use.with-language', text='fr'))}"
    assert "--with-language ru=treaty-ru.md" in said


@pytest.mark.parametrize("tag", ["zh-x-foo", "en-aa-bb-cc-dd-ee", "English"])
def test_a_language_that_no_paper_can_name_is_told_where_a_file_is_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tag: str
) -> None:
    file, written = str(DATA / "limits-ru.md"), tmp_path / "x.md"
    for line in (
        ["preview", file, "--language", tag],
        ["preview", file, "--with-language", f"{tag}={file}"],
        ["export", file, "--as", "md", "-o", str(written), "--language", tag],
    ):
        assert run_(line) == 2
        assert capsys.readouterr().err == "parley: That is not a language. Write it as in: en, ru, pt-BR.\n"
    assert not written.exists()


def test_a_file_in_another_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = tmp_path / "copy.docx"
    assert run_(["export", str(DATA / "limits-en.md"), "--as", "docx", "-o", str(written)]) == 0
    said = capsys.readouterr()
    assert said.out == f"{written}\n"
    assert "a copy for your own use" in said.err
    assert run_(["preview", str(written)]) == 0
    assert "art II(1)(A)(1)" in capsys.readouterr().out


def test_an_export_writes_over_nothing_and_wants_to_know_the_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "there.md"
    there.write_text("mine", "utf-8")
    for line, arguments in (
        ("there already", ["--as", "md", "-o", str(there)]),
        ("--as", ["-o", str(tmp_path / "new")]),
        ("akn, docx, html, md", ["--as", "pdf", "-o", str(tmp_path / "new")]),
    ):
        assert run_(["export", str(DATA / "limits-en.md"), *arguments]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1, said.err
        assert line in said.err
    assert there.read_text("utf-8") == "mine"
    assert run_(["export", str(tmp_path / "none.md"), "--as", "md", "-o", str(tmp_path / "new")]) == 2
    assert not (tmp_path / "new").exists()
