"""What people type and what they read, played against a depositary on a real socket."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.stage import Stage
from tests.cli.transcript import FOLDER, check, matches, parse

DOCS = Path(__file__).parents[2] / "docs"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))

MISTAKES = {
    "wrong file, wrong annex",
    "wrong recipient",
    "wrong role, standing, terms",
    "receipt signed by mistake",
    "missed the limit",
    "passphrase lost",
    "laptop stolen",
    "last officer gone",
    "sent twice, line dropped",
    "corrected after the line dropped",
    "two officers at once",
    "signed alone where two must",
    "a draft lost on its way",
    "machine clock wrong",
    "an alarm was heard",
    "released too much",
}
WITHOUT = {"sheet and root both gone", "the depositary's machine lost"}
"""Mistakes whose way out this version has not, or has in part: written down, and not played."""


@pytest.mark.parametrize("name", NAMES)
def test_a_transcript_plays_as_it_is_written(stage: Stage, name: str) -> None:
    check(stage, (FOLDER / f"{name}.txt").read_text("utf-8"))


def test_every_mistake_has_its_row_and_every_row_its_transcript() -> None:
    text = (DOCS / "mistakes.md").read_text("utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")][1:]
    assert {row[0].strip() for row in rows} == MISTAKES | WITHOUT
    for row in rows:
        if row[0].strip() in WITHOUT:
            assert not row[-1].strip()
            continue
        link = re.fullmatch(r"\[([a-z-]+)\]\(\.\./tests/transcripts/\1\.txt\)", row[-1].strip())
        assert link, row[0]
        assert (FOLDER / f"{link[1]}.txt").is_file()


def test_every_transcript_is_named_in_the_book_of_mistakes() -> None:
    text = (DOCS / "mistakes.md").read_text("utf-8")
    assert {name for name in NAMES if f"/{name}.txt" not in text} == set()


def test_every_command_of_a_row_is_in_its_transcript() -> None:
    """What a row tells people to type stands in the transcript it names, by its command and options."""
    for line in (DOCS / "mistakes.md").read_text("utf-8").splitlines():
        link = re.search(r"\(\.\./tests/transcripts/([a-z-]+)\.txt\) \|$", line)
        for command in re.findall(r"`(parley [^`]+)`", line) if link else ():
            played = (FOLDER / f"{link[1]}.txt").read_text("utf-8") if link else ""
            wanted = [word for word in command.split() if re.fullmatch(r"[a-z]+|--[a-z-]+", word)]
            lines = [each for each in played.splitlines() if "$ parley" in each]
            assert any(all(word in each.split() for word in wanted) for each in lines), command


def test_the_runner_reads_commands_answers_expectations_and_exit_codes() -> None:
    steps = parse(
        "# why\n@ 2022-01-01T00:00:00.000Z\nus$ parley show US-1\n> a\n>\nsaid\n\nmore …\nexit 3 paper.not-now\n"
    )
    assert [step.line for step in steps] == ["@ 2022-01-01T00:00:00.000Z", "us$ parley show US-1"]
    assert (steps[1].answers, steps[1].expected) == (["a", ""], ["said", "", "more …"])
    assert (steps[1].code, steps[1].error) == (3, "paper.not-now")
    assert [(step.code, step.error) for step in parse("us$ parley verify x\nexit 1\n")] == [(1, None)]


@pytest.mark.parametrize(
    ("expected", "said", "fits"),
    [
        (["a"], ["a", ""], True),
        (["a"], ["b"], False),
        (["a …"], ["a b c"], True),
        (["a …"], ["ab"], False),
        (["…"], [], True),
        (["a", "…", "z"], ["a", "b", "c", "z"], True),
        (["a", "…", "z"], ["a", "b"], False),
        (["a (b)"], ["a (b)"], True),
    ],
)
def test_dots_stand_for_anything(expected: list[str], said: list[str], fits: bool) -> None:
    assert matches(expected, said) is fits
