"""Exit codes, mistyped commands, choices that forgive, defects."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from parley.cli import DEFECT
from parley.cli.app import FAMILIES, _exit_code, program, run
from parley.cli.command import Word
from parley.cli.setup import machine_zone
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.words import explain


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Malformed("use.time"), 2),
        (Invalid("signature.ed25519"), 1),
        (Invalid("alarm.forked"), 1),
        (Refused("paper.not-now"), 3),
        (Refused("passphrase.wrong"), 3),
        (Refused("reference.unknown"), 2),
        (Refused("reference.ambiguous"), 2),
        (Refused("home.none"), 2),
        (Unavailable("remote.unreachable"), 4),
    ],
)
def test_exit_codes(error: ParleyError, code: int) -> None:
    assert _exit_code(error) == code


def raising(error: BaseException) -> int:
    """Run the program with a command that raises."""

    @click.command("broken")
    def broken() -> None:
        raise error

    original = program.get_command
    program.get_command = lambda ctx, name: broken if name == "broken" else original(ctx, name)  # type: ignore[method-assign]
    try:
        return run(["broken"])
    finally:
        del program.get_command  # type: ignore[method-assign]


def test_an_error_is_one_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(Unavailable("remote.unreachable", problem="ConnectError")) == 4
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("parley: The depositary cannot be reached.")


def test_a_stop_by_the_person_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(click.Abort()) == 130
    assert "Stopped" in capsys.readouterr().err


def test_an_error_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(Refused("file.missing", file="a\x1b[2J\u202e")) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_a_name_typed_with_control_characters_cannot_either(capsys: pytest.CaptureFixture[str]) -> None:
    for line in (["verify", "\x1b[2Jx"], ["\x1b[31m"], ["verify", "--\x1b[31m"], ["status", "--\u202e"]):
        assert run(line) == 2
        said = capsys.readouterr().err
        assert "\x1b" not in said
        assert "\u202e" not in said


def test_a_defect_is_no_verdict() -> None:
    code = (
        "import sys\nimport parley.cli.app\nfrom parley.cli import main\n"
        "def broken(arguments):\n    raise KeyError('oops')\n"
        "parley.cli.app.run = broken\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == DEFECT
    assert "made a mistake of its own (KeyError)" in done.stderr


def test_output_that_nobody_reads_any_more_is_no_error() -> None:
    code = "from parley.cli import main; main()"
    done = subprocess.run(
        f'"{sys.executable}" -c "{code}" --help | head -1', shell=True, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""


@pytest.mark.parametrize("typed", ["non_paper", "non-paper", "Non-Paper", " NON_PAPER ", "non paper"])
def test_a_choice_forgives_dashes_and_case(typed: str) -> None:
    assert Word(("formal", "non_paper")).convert(typed, None, None) == "non_paper"


def test_a_wrong_choice_names_the_right_ones() -> None:
    with pytest.raises(Malformed) as raised:
        Word(("formal", "non_paper")).convert("informal", click.Option(["--standing"]), None)
    assert raised.value.details == {"text": "informal", "option": "--standing", "choices": "formal, non-paper"}


@pytest.mark.parametrize(
    ("variable", "zone"), [("Europe/Moscow", "Europe/Moscow"), (":Asia/Tokyo", "Asia/Tokyo"), ("CET-1", "UTC")]
)
def test_the_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch, variable: str, zone: str) -> None:
    monkeypatch.setenv("TZ", variable)
    assert machine_zone() == zone


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("parley ")


def test_a_title_without_quotation_marks_is_told_about_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["convene", "Security", "guarantees", "--with", "us"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "A title or a name of several words is put in quotation marks. See: parley convene --help" in said
    problem = "Got unexpected extra argument (guarantees)"
    assert said == f"parley: {explain(Malformed('use.too-much', problem=problem, command='convene'))}"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_first_word_alone_is_answered_by_what_may_come_after_it(
    family: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([family]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "‹U+" not in said.err
    assert said.err.startswith(f"Usage: parley {family} COMMAND …\n")
    for name in FAMILIES[family][1]:
        assert f"\n  {name} " in said.err
