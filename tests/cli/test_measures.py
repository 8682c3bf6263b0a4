"""The commands of measures that need no home: agreements checked and told, forms written and looked at, samples."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from parley.cli.app import run
from parley.measures.content import write_content
from parley.words import catalogue
from tests.measures.agreements import SMALL
from tests.measures.test_content import content

PRIOR_NOTICE = (
    "  - Prior notification: 'Notification of an exercise', from whoever sent that paper to all others, for each paper "
    "of the form 'Notification of an exercise' that is notifiable, at least 42 days before its 'First day'. What counts"
    " is its entry. [to be checked against the text: here]"
)


@pytest.fixture
def agreement(tmp_path: Path) -> str:
    file = tmp_path / "small.toml"
    file.write_text(SMALL, "utf-8")
    return str(file)


def notice(tmp_path: Path, **items: object) -> str:
    file = tmp_path / "notice.toml"
    file.write_bytes(write_content(content(**items)))
    return str(file)


def sentence(code: str) -> str:
    """The longest piece of an error's sentence that has no value in it."""
    found = catalogue()[f"errors.{code}"]
    assert isinstance(found, str)
    return max(re.split(r"\{[a-z]+\}|[\[\]]", found), key=len)


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    found = capsys.readouterr()
    return found.out, found.err


# --- agreements ---------------------------------------------------------------------------------------------------


def test_a_sound_agreement_is_counted(agreement: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agreement", "check", agreement]) == 0
    out, _ = said(capsys)
    assert out == (
        "A small agreement holds together: 2 provisions, 2 forms, 1 measures, 3 numbers, of which 1 are to be checked "
        "against the text.\n"
    )


def test_every_fault_has_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.toml"
    bad = SMALL.replace('source = "here" }]', 'source = "there" }]').replace('form = "exercise"', 'form = "war"')
    file.write_text(bad, "utf-8")
    assert run(["agreement", "check", str(file), "--json"]) == 2
    out, _ = said(capsys)
    found = json.loads(out)["faults"]
    assert {each["code"] for each in found} >= {"agreement.no-source", "agreement.no-form"}
    for each in found:
        assert f"line {each['line']}" in each["says"]
    assert run(["agreement", "check", str(file)]) == 2
    out, err = said(capsys)
    assert len(out.splitlines()) == len(found)
    assert err == f"{len(found)} faults. Mend them and give the same command again.\n"


def test_an_agreement_is_told_in_sentences(agreement: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agreement", "show", agreement]) == 0
    out, _ = said(capsys)
    for line in (
        "A small agreement (small)",
        "Of its numbers, 2 were seen in a source; 1 are to be checked against the text.",
        "art. 1  Exercises",
        "  Each side tells the other of large exercises.",
        PRIOR_NOTICE,
        "  - 'notifiable' is enough: 'Troops' is 9,000 or more. [seen: here]",
        "  - Form 'Question' (question): 1 items; it answers: Notification of an exercise.",
        "  here: Invented for tests",
    ):
        assert line in out.splitlines()
    assert run(["agreement", "show", agreement, "--json"]) == 0
    assert json.loads(said(capsys)[0])["agreement"]["thresholds"][0]["any"][0]["at_least"] == 9000


def test_an_agreement_that_does_not_come_along(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agreement", "show", "peace-for-ever"]) == 2
    assert sentence("agreement.no-template") in said(capsys)[1]


def test_a_name_that_is_nearly_one_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agreement", "show", "vienna-document-2010"]) == 2
    said_ = said(capsys)[1]
    assert "Did you mean vienna-document-2011?" in said_
    assert "new-start, security-guarantees-2022" in said_


def test_those_that_come_along_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agreement", "show", "--json"]) == 0
    names = [each["name"] for each in json.loads(said(capsys)[0])["agreements"]]
    assert names == ["new-start", "security-guarantees-2022", "vienna-document-2011"]
    assert run(["agreement", "show"]) == 0
    out, _ = said(capsys)
    assert all(name in out for name in names)


# --- forms --------------------------------------------------------------------------------------------------------


def test_a_blank_is_written_once(tmp_path: Path, agreement: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "notice.toml"
    line = ["notify", "--blank", "exercise", "--under", agreement]
    assert run([*line, "-o", str(file)]) == 0
    assert 'troops = ""' in file.read_text("utf-8")
    assert said(capsys)[0] == f"{file}\n"
    assert run([*line, "-o", str(file)]) == 2
    assert run(line) == 0
    assert said(capsys)[0] == file.read_text("utf-8")
    assert run(["notify", str(file), "--check", "--under", agreement]) == 2
    err = said(capsys)[1]
    assert "designation" in err
    assert "line 9" in err


def test_what_a_form_begins_is_said_and_nothing_is_sent(
    tmp_path: Path, agreement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["notify", notice(tmp_path), "--check", "--under", agreement]
    assert run(line) == 0
    out, err = said(capsys)
    assert out.splitlines() == [
        "notifiable: yes. Troops 12,700, from 9,000",
        "Prior notification: had to be given by Thu 3 Aug 2017 23:59 UTC. It is LATE.",
    ]
    assert err == "Nothing was signed and nothing was sent.\n"
    assert run([*line, "--json"]) == 0
    (found,) = json.loads(said(capsys)[0])["check"]
    assert (found["reached"], found["because"][0]["value"], found["because"][0]["at_least"]) == (True, 12700, 9000)
    assert found["owed"] == [{"measure": "prior-notice", "by": "2017-08-03T23:59:59.999Z", "late": True}]
    notice(tmp_path, start=date(2199, 9, 14))
    assert run(line) == 0
    assert "Prior notification: to be given by Sat 3 Aug 2199 23:59 UTC.\n" in said(capsys)[0]
    notice(tmp_path, troops=8_999)
    assert run(line) == 0
    assert said(capsys)[0] == (
        "notifiable: no. Troops 8,999, from 9,000\n"
        "No measure of the agreement asks for this notice. Given all the same, it is voluntary.\n"
    )
    assert run([*line, "--test"]) == 0
    assert said(capsys)[0] == "This is a TEST: it counts for nothing.\nnotifiable: no. Troops 8,999, from 9,000\n"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["notify", "--under", "AGREEMENT"], "notice.file-or-blank"),
        (["notify", "NOTICE", "--blank", "exercise"], "notice.file-or-blank"),
        (["notify", "--blank", "exercise"], "notice.under"),
        (["notify", "--blank", "war", "--under", "AGREEMENT"], "notice.no-such-form"),
        (["notify", "NOTICE", "--check"], "agreement.no-template"),
        (["notify", "NOTICE", "--check", "--under", "none.toml"], "file.missing"),
        (["notify", "NOTICE", "--check", "--under", "new-start"], "notice.other-agreement"),
        (["inspect", "reply", "NOTICE", "--under", "AGREEMENT"], "inspection.stage"),
        (["due", "--within", "soon"], "due.within"),
        (["obligations", "--year", "2022"], "obligations.page"),
        (["obligations", "--language", "fr"], "obligations.page"),
        (["obligations", "--page", "NOTICE"], "file.exists"),
        (["limits", "--plot", "NOTICE"], "file.exists"),
        (["due", "--ics", "NOTICE"], "file.exists"),
    ],
)
def test_mistakes(
    tmp_path: Path, agreement: str, line: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"NOTICE": notice(tmp_path), "AGREEMENT": agreement}
    assert run([files.get(each, each) for each in line]) == 2
    assert sentence(code) in said(capsys)[1]


# --- samples ------------------------------------------------------------------------------------------------------


def test_how_many_to_inspect(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sample-size", "--items", "100", "--false", "5", "--confidence", "90%"]) == 0
    out, err = said(capsys)
    assert out.startswith(
        "Inspect 37 of 100. If 5 are not as declared, at least one of them is then found with a chance of"
    )
    assert "By the planning formula of the International Atomic Energy Agency: 37, with" in out
    assert "chosen at random" in err
    assert run(["sample-size", "--items", "700", "--false", "70", "--confidence", "9/10", "--json"]) == 0
    found = json.loads(said(capsys)[0])["sample_size"]
    assert (found["confidence"], found["exact"] <= found["by_formula"]) == ("9/10", True)


@pytest.mark.parametrize("text", ["much", "1/0", "", "%"])
def test_what_is_no_chance(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sample-size", "--items", "10", "--false", "1", "--confidence", text]) == 2
    assert sentence("sampling.confidence-form") in said(capsys)[1]
