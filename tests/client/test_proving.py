"""Evidence that a home makes is accepted by the verifier, on either side, and shows what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from parley import evidence
from parley.errors import Refused
from parley.policy import Trust
from parley.verdict import Result, verify
from tests.client.places import Office, draft_file, two


def test_both_sides_prove_the_same(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.receive("US-1", terms="accepted")
    us.sync()
    for prover, reader in ((us, ru), (ru, us), (us, us)):
        verdict = verify(prover.evidence("US-1"), Trust.parse(reader.trust_file()))
        assert verdict.result is Result.PROVEN, verdict
    kinds = [item.act.kind for item in evidence.parse(us.evidence("US-1")).items if item.act]
    assert {"deposit", "receipt", "handover", "confirmation"} <= set(kinds)
    assert "join" not in kinds


def test_all_acts_are_proven_in_one_tree(office: Office, tmp_path: Path) -> None:
    """Read and kept in several steps, they are shown under the newest checkpoint: there is nothing left to compare."""
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    us.sync()
    ru.receive("US-1", terms="accepted")
    us.sync()
    kinds: tuple[Literal["act", "history"], ...] = ("act", "history")
    for kind in kinds:
        data = us.evidence("US-1", kind=kind)
        assert len({item.proof.note.to_text() for item in evidence.parse(data).items}) == 1
        assert "one-log" not in [item.code for item in verify(data, None).not_shown]


def test_without_a_trust_file_nothing_is_proven_about_whose_keys(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    assert verify(us.evidence("US-1"), None).result is not Result.PROVEN
    assert ru.me().party == "ru"


def test_the_history_of_a_negotiation(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.sync()
    ru.refuse("US-1", reason="form")
    us.sync()
    data = us.evidence("US-1", kind="history")
    assert evidence.parse(data).kind == "history"
    assert verify(data, Trust.parse(us.trust_file())).result is Result.PROVEN


def test_evidence_of_what_is_not_known(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    with pytest.raises(Refused) as caught:
        us.evidence("US-1")
    assert caught.value.code == "reference.unknown"
