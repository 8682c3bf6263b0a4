"""`parley verify` on evidence and on pages: exit codes, what is said first, and the same as data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from parley.cli.app import run
from parley.errors import Refused
from parley.words import explain

VECTORS = Path(__file__).parents[2] / "vectors"
PAGE, EVIDENCE = VECTORS / "page" / "excerpt.html", VECTORS / "evidence"
TRUST = ("--trust", str(EVIDENCE / "both.trust"))


def verified(path: Path, *options: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = run(["verify", str(path), *options])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def changed(folder: Path, old: str, new: str) -> Path:
    text = PAGE.read_text("utf-8")
    assert old in text
    path = folder / "page.html"
    path.write_bytes(text.replace(old, new).encode("utf-8"))
    return path


def test_a_folder_that_is_not_there_is_called_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = verified(tmp_path / "site", capsys=capsys)
    assert said == f"parley: {explain(Refused('folder.missing', file=str(tmp_path / 'site')))}\n"
    assert code == 2


def test_a_page_is_checked_as_its_evidence_is(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = verified(PAGE, *TRUST, capsys=capsys)
    alone, evidence = verified(EVIDENCE / "excerpt.evidence", *TRUST, capsys=capsys)
    assert (code, alone) == (0, 0)
    assert said == f"This page shows what its evidence proves, and nothing else.\n\n{evidence}"
    for head in ("  Delivery: DELIVERED: signed for by", "\nText: GENUINE. Shown: 2 of 3", "\nRelease: BY CONSENT of"):
        assert head in evidence
    assert verified(PAGE, capsys=capsys)[0] == 3


@pytest.mark.parametrize(
    ("old", "new", "code", "first"),
    [
        (
            "Words of article 1.",
            "Other words.",
            1,
            "This page does not show what its evidence proves; do not go by it.",
        ),
        ('content="1 ', 'content="7 ', 3, "This page was written by another version of the program"),
        ("\\nindex 7\\n", "\\nindex 6\\n", 1, "FAILED. "),
        ('"number":3', '"number":2', 1, "This page does not show what its evidence proves; do not go by it."),
        ('id="evidence"', 'id="x"', 2, "parley: There is no evidence in this page"),
    ],
)
def test_a_changed_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, code: int, first: str
) -> None:
    found, said = verified(changed(tmp_path, old, new), *TRUST, capsys=capsys)
    assert (found, said.startswith(first)) == (code, True)


def test_words_that_do_not_fit_are_disproven_whatever_the_page_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, said = verified(changed(tmp_path, '"number":3', '"number":2'), *TRUST, capsys=capsys)
    assert "NOT PROVEN. The words shown do not fit the paper" in said


def test_the_same_as_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = verified(PAGE, *TRUST, "--json", capsys=capsys)
    page = json.loads(said)["page"]
    assert (code, page["page"], page["verdict"]["result"]) == (0, "same", "proven")
    code, said = verified(changed(tmp_path, "GENUINE", "TRUE"), *TRUST, "--json", capsys=capsys)
    page = json.loads(said)["page"]
    assert (code, page["page"], page["verdict"]["result"]) == (1, "differs", "proven")
    code, said = verified(EVIDENCE / "excerpt.evidence", *TRUST, "--json", capsys=capsys)
    assert json.loads(said)["verdict"]["result"] == "proven"


def test_the_steps_are_shown_of_a_page_too(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = verified(PAGE, *TRUST, "--explain", capsys=capsys)
    assert code == 0
    assert said.startswith("1. ")
    assert "\n10. " in said
