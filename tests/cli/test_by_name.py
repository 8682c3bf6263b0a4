"""Agreements by name on the command line: a file, what was handed over here, what comes along; in this order."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from parley.cli import templates
from parley.cli.app import run
from parley.cli.session import Session
from tests.cli.stage import Stage, must
from tests.measures.agreements import SMALL

NAME = "security-guarantees-2022"
SHIPPED = templates.read(NAME).decode()
CHANGED = SHIPPED.replace('title = { en = "Transparency of posture"', 'title = { en = "Openness of posture"')
assert CHANGED != SHIPPED


def adopted(stage: Stage, what: str) -> None:
    """Both parties hand over the same, by name or file."""
    must(stage.run("us", f"parley agreement adopt {what} --terms public --yes"))
    must(stage.run("ru", "parley receive US-1 --accept --yes"))
    must(stage.run("ru", f"parley agreement adopt {what} --terms public --yes"))
    must(stage.run("us", "parley receive RU-1 --accept --yes"))


def test_what_was_handed_over_is_meant_before_what_comes_along(stage: Stage) -> None:
    (stage.folder / "changed.toml").write_text(CHANGED, "utf-8")
    adopted(stage, NAME)
    first = stage.run("us", f"parley agreement show {NAME}")
    assert "This is the text of amber-heron/RU-1. Every party has handed over the same." in must(first)
    assert "Transparency of posture" in first.data
    must(stage.run("us", f"parley agreement amend {NAME} changed.toml --terms public --yes"))
    must(stage.run("ru", "parley receive US-2 --accept --yes"))
    for actor in ("us", "ru"):
        shown = stage.run(actor, f"parley agreement show {NAME.upper()}")
        said = " ".join(must(shown).split())
        assert "This is the text of amber-heron/RU-1. Every party has handed over the same." in said
        assert "An amendment is handed over in amber-heron/US-2. It changes nothing yet" in said
        assert "Transparency of posture" in shown.data
    assert "Transparency of posture" in must(stage.run("ru", f"parley agreement show {NAME} --template"))
    assert must(stage.run("ru", "parley agreement show changed.toml")).startswith("Security guarantees")
    listed = json.loads(stage.run("ru", "parley agreement show --json").data)["agreements"]
    assert [(each["name"], each["paper"]) for each in listed] == [
        (NAME, "amber-heron/RU-1"), ("new-start", None), (NAME, None), ("vienna-document-2011", None),
    ]  # fmt: skip
    assert [each["paper"] for each in json.loads(stage.run("ru", "parley agreement show --template --json").data)[
        "agreements"]] == [None] * 3  # fmt: skip


def test_who_adopts_by_a_name_that_comes_along_hands_over_that_text(stage: Stage) -> None:
    (stage.folder / "changed.toml").write_text(CHANGED, "utf-8")
    must(stage.run("us", "parley agreement adopt changed.toml --terms public --yes"))
    must(stage.run("ru", "parley receive US-1 --accept --yes"))
    must(stage.run("ru", f"parley agreement adopt {NAME} --terms public --yes"))
    shown = must(stage.run("ru", f"parley agreement show {NAME}"))
    assert "amber-heron/RU-1. Not every party has handed over the same" in shown
    assert "Transparency of posture" in shown


def test_one_that_does_not_come_along_is_known_by_its_id(stage: Stage) -> None:
    """Forms, checks, notices, messages and adoption, by the id alone."""
    (stage.folder / "small.toml").write_text(SMALL, "utf-8")
    must(stage.run("us", "parley agreement adopt small.toml --terms public --yes"))
    unsigned = stage.run("ru", "parley agreement show small")
    assert (unsigned.code, unsigned.error and unsigned.error.code) == (2, "agreement.no-template")
    must(stage.run("ru", "parley receive US-1 --accept --yes"))
    half = must(stage.run("ru", "parley notify --blank exercise --under small -o notice.toml"))
    assert "Not every party has handed over the same" in half
    must(stage.run("ru", "parley agreement adopt small --terms public --yes"))
    blank = stage.run("ru", "parley notify --blank exercise --under small")
    assert blank.said == blank.data == (stage.folder / "notice.toml").read_text("utf-8")
    file = stage.folder / "notice.toml"
    text = file.read_text("utf-8").replace('designation = ""', 'designation = "Autumn"')
    text = text.replace('troops = ""', "troops = 12700").replace('start = ""', "start = 2022-04-01")
    file.write_text(text, "utf-8")
    checked = stage.run("ru", "parley notify notice.toml --check")
    assert must(checked).startswith("notifiable: yes.")
    must(stage.run("ru", "parley notify notice.toml --to us --terms public --yes"))
    must(stage.run("ru", "parley print RU-2 --format message -o message.txt"))
    assert "TREATY REFERENCE: small exercise art. 1" in (stage.folder / "message.txt").read_text("utf-8")
    stage.stop()
    alone = stage.run("ru", "parley notify notice.toml --check")
    assert alone.code == 0
    assert alone.data == checked.data
    assert "could not be reached" in alone.said


def test_several_negotiations_with_different_texts(stage: Stage) -> None:
    (stage.folder / "small.toml").write_text(SMALL, "utf-8")
    (stage.folder / "other.toml").write_text(SMALL.replace("9000", "5000"), "utf-8")
    must(stage.run("us", "parley convene Grain --with ru --handle calm-lake --yes"))
    must(stage.run("us", "parley agreement adopt small.toml --negotiation amber-heron --terms public --yes"))
    must(stage.run("us", "parley agreement adopt other.toml --negotiation calm-lake --terms public --yes"))
    assert "5,000 or more" in must(stage.run("us", "parley agreement show small"))
    must(stage.run("us", "parley convene Fish --with ru --handle green-finch --yes"))
    several = stage.run("us", "parley agreement show small")
    assert (several.code, several.error and several.error.code) == (2, "agreement.several")
    assert "amber-heron, calm-lake" in several.said
    assert "9,000 or more" in must(stage.run("us", "parley agreement show small --negotiation amber-heron"))
    assert "5,000 or more" in must(stage.run("us", "parley agreement show small --negotiation calm-lake"))


def test_without_a_home_or_its_passphrase(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (stage.folder / "small.toml").write_text(SMALL, "utf-8")
    must(stage.run("us", "parley agreement adopt small.toml --terms public --yes"))
    monkeypatch.delenv("PARLEY_PASSPHRASE", raising=False)
    assert "PARLEY_PASSPHRASE" not in os.environ
    nowhere, home = Session(home=tmp_path / "nowhere"), Session(home=stage.folder / "us")
    assert run(["agreement", "show", "new-start"], nowhere) == 0
    assert capsys.readouterr().err == ""
    assert run(["agreement", "show", "new-start"], home) == 0
    found = capsys.readouterr()
    assert found.out.startswith("New START")
    assert "Your home was not opened" in found.err
    assert run(["agreement", "show", "new-start", "--template"], home) == 0
    assert capsys.readouterr().err == ""
    assert run(["agreement", "show", str(stage.folder / "small.toml")], home) == 0
    assert capsys.readouterr().err == ""
    assert run(["agreement", "show", "small"], home) == 2
    assert "Your home was not opened" in capsys.readouterr().err


def test_a_new_officer_reads_what_comes_along_before_anybody_empowered_it(stage: Stage) -> None:
    must(stage.run("ru", "parley officers -o ru.office"))
    must(stage.run("ivanov", 'parley init ru.office --name "B. Ivanov" --office Registry'))
    shown = stage.run("ivanov", "parley agreement show new-start")
    assert shown.data.startswith("New START")
    assert shown.code == 0
    listed = json.loads(stage.run("ivanov", "parley agreement show --json").data)["agreements"]
    assert {each["paper"] for each in listed} == {None}
