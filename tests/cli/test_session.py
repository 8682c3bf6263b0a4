"""Where the passphrase comes from, who can be asked, and where things are said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from parley.cli.session import Session, default_home, given
from parley.errors import Malformed


def asking(*answers: str) -> Session:
    """A session at which somebody sits and types these."""
    waiting = list(answers)
    return Session(ask=lambda _prompt, _hidden: waiting.pop(0))


@pytest.fixture(autouse=True)
def no_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARLEY_PASSPHRASE", raising=False)


def test_the_home_is_where_the_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_HOME", "/somewhere")
    assert default_home() == Path("/somewhere")
    monkeypatch.delenv("PARLEY_HOME")
    assert default_home().name == ".parley"


def test_a_passphrase_from_a_file_is_its_first_line(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(b"  correct horse \r\nsecond line\n")
    assert Session(passphrase_file=file).passphrase() == "  correct horse "


@pytest.mark.parametrize(("data", "code"), [(b"", "file.empty"), (b"\xff\xfe\n", "passphrase.form")])
def test_a_passphrase_file_that_holds_none(tmp_path: Path, data: bytes, code: str) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(data)
    with pytest.raises(Malformed, match=code):
        Session(passphrase_file=file).passphrase()


def test_a_passphrase_from_a_descriptor_leaves_it_open() -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, b"correct horse\n")
        os.close(writing)
        assert Session(passphrase_fd=reading).passphrase() == "correct horse"
        os.fstat(reading)
    finally:
        os.close(reading)


def test_a_descriptor_that_is_none_is_one_clear_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)
    with pytest.raises(Malformed, match=r"use\.passphrase-fd"):
        Session(passphrase_fd=reading).passphrase()


def test_a_passphrase_is_taken_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_PASSPHRASE", "correct horse")
    session = Session()
    assert session.passphrase() == "correct horse"
    assert "PARLEY_PASSPHRASE" not in os.environ
    assert session.passphrase() == "correct horse"


def test_a_passphrase_is_asked_for_once() -> None:
    session = asking("correct horse")
    assert [session.passphrase(), session.passphrase()] == ["correct horse", "correct horse"]
    assert session.asked


def test_nobody_there_to_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(Malformed, match=r"use\.no-passphrase"):
        Session().passphrase()
    with pytest.raises(Malformed, match=r"use\.no-terminal .*--to"):
        Session().question("To whom?", missing="--to")


def test_a_new_passphrase_is_typed_twice_and_long_enough() -> None:
    assert asking("correct horse", "correct horse").new_passphrase() == "correct horse"
    with pytest.raises(Malformed, match=r"use\.given-up"):
        asking(*["correct horse", "correct house"] * 3).new_passphrase()
    with pytest.raises(Malformed, match=r"use\.given-up"):
        asking("short", "short", "short").new_passphrase()


def test_a_short_passphrase_from_a_file_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("short\n")
    with pytest.raises(Malformed, match=r"use\.passphrase-short"):
        Session(passphrase_file=tmp_path / "p").new_passphrase()


def test_a_word_is_confirmed_in_any_case_or_by_yes() -> None:
    asking(" US ").confirm("Type us:", "us")
    asking("amber-heron/US-1").confirm("Type US-1:", "US-1", "amber-heron/US-1")
    Session(yes=True).confirm("Type us:", "us")
    for typed in ("", "y", "yes", "us us"):
        with pytest.raises(Malformed, match=r"use\.given-up"):
            asking(typed, typed, typed).confirm("Type us:", "us")


def test_data_and_sentences_go_different_ways(capsys: pytest.CaptureFixture[str]) -> None:
    session = Session()
    session.data(["one", "two"])
    session.tell("a sentence")
    captured = capsys.readouterr()
    assert captured.out == "one\ntwo\n"
    assert captured.err == "a sentence\n"


def test_what_is_told_wraps_and_hangs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    Session().tell(["- " + "word " * 12, "  indented " + "word " * 10])
    lines = capsys.readouterr().err.splitlines()
    assert all(len(line) <= 40 for line in lines)
    assert lines[1].startswith("  word")
    assert all(line.startswith("  ") for line in lines[2:])


def test_lists_are_plain_lines_where_nobody_looks() -> None:
    assert Session().lines_only
    assert Session(plain=True).lines_only


def test_only_what_was_given() -> None:
    assert given({"a": None, "b": (), "c": False, "d": 0, "e": "x"}) == {"d": 0, "e": "x"}
