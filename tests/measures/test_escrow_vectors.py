"""The written escrows and openings, good and spoiled: read here, and by a program that shares no code with ours."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tools import escrow_vectors

from parley.canonical import convert, decode_any, encode
from parley.measures.escrow import Escrow, commit

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "vectors" / "measures" / "escrow.json"
FILE: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))
CASES: list[dict[str, Any]] = FILE["cases"]


@pytest.mark.parametrize("name", sorted(FILE["escrows"]))
def test_a_written_escrow(name: str) -> None:
    written = FILE["escrows"][name]
    made = commit(convert(written["escrow"], Escrow))
    assert decode_any(encode(made.roots)) == written["roots"]
    assert made.commitment.commitment.hex() == written["commitment"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_written_case(case: dict[str, Any]) -> None:
    found = escrow_vectors.outcome(lambda: escrow_vectors.verify(escrow_vectors.read(case)))
    assert found == {name: case[name] for name in ("outcome", "proves", "code") if name in case}


def test_every_kind_is_proved_and_spoiled_in_every_family() -> None:
    counted = Counter((case["kind"], case["outcome"]) for case in CASES)
    kinds = {"step", "answer", "totals", "contained", "amendment"}
    assert {kind for kind, outcome in counted if outcome == "proved"} == kinds
    assert {kind for kind, outcome in counted if outcome == "invalid"} == kinds
    assert {outcome for _, outcome in counted} == {"proved", "malformed", "invalid", "refused"}


def test_the_file_is_what_the_tool_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escrow_vectors, "OUT", tmp_path / "escrow.json")
    escrow_vectors.main()
    assert (tmp_path / "escrow.json").read_text("utf-8") == VECTORS.read_text("utf-8")


@pytest.mark.slow
def test_another_program_commits_and_verifies_the_same() -> None:
    """interop/node/escrow.mjs was written from spec/escrow.md and shares no code with ours."""
    command = ["node", str(ROOT / "interop" / "node" / "escrow.mjs"), str(VECTORS)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    theirs = [json.loads(line) for line in lines]
    escrows = [
        {"name": name, "roots": each["roots"], "commitment": each["commitment"]}
        for name, each in FILE["escrows"].items()
    ]
    cases = [{name: case[name] for name in ("name", "outcome", "proves") if name in case} for case in CASES]
    assert theirs == escrows + cases
