"""The JSON Schema of agreements' files: what the tool writes, what a validator of editors says by it, and its words."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tools import agreement_schema

from parley.cli import templates
from parley.cli.app import run
from parley.measures.agreement_file import examine
from tests.measures.agreements import SMALL as EXERCISES
from tests.measures.test_agreement_file import FAULTS, SMALL, changed
from tests.measures.test_declaration import TWO
from tests.measures.test_templates import FILES
from tests.words.forbidden import forbidden_in

PAGE = agreement_schema.PAGE.read_text("utf-8")
SCHEMA = json.loads(templates.schema())
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)


def value(text: str | bytes) -> Any:
    """A TOML file as an editor gives it to a validator: days are texts."""
    read = tomllib.loads(text.decode() if isinstance(text, bytes) else text)
    return json.loads(json.dumps(read, default=lambda day: day.isoformat()))


def test_the_files_are_what_the_tool_writes() -> None:
    wanted = agreement_schema.text(PAGE)
    for file in agreement_schema.WRITTEN:
        assert file.read_text("utf-8") == wanted, "run: python -m tools.agreement_schema"
    assert list(agreement_schema.stale()) == []


def test_the_tool_says_which_file_is_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.json"
    old.write_text("{}", "utf-8")
    monkeypatch.setattr(agreement_schema, "WRITTEN", (old,))
    monkeypatch.setattr(agreement_schema, "ROOT", tmp_path)
    assert agreement_schema.main(["--check"]) == 1
    assert "old.json: run" in capsys.readouterr().err
    assert agreement_schema.main([]) == 0
    assert agreement_schema.main(["--check"]) == 0
    assert old.read_text("utf-8") == agreement_schema.text(PAGE)


def test_a_member_without_a_row_on_the_page_is_missed() -> None:
    for old, new in (
        ("| `not_over` | – | but", "| `not_under` | – | but"),
        ("| `take` | must |", "| `take` | – |"),
        ("<!-- members: Drawing -->", "<!-- members: Draw -->"),
    ):
        with pytest.raises(ValueError, match="is not that of the grammar"):
            agreement_schema.text(changed(old, new, PAGE))


def test_it_is_a_schema_of_draft_2020_12() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(SCHEMA)
    assert "\\Z" not in json.dumps(SCHEMA)


def test_every_table_and_member_is_told_in_plain_words() -> None:
    told = [SCHEMA, *SCHEMA["$defs"].values()]
    assert len(told) == 23
    members = [member for each in told for member in each["properties"].values()]
    assert len(members) > 120
    for each in (*told, *members):
        assert each["description"], each
        assert forbidden_in(each["description"]) == []
        assert not set("`[]") & set(each["description"])
    assert all(each["title"] for each in told)


# --- what it finds ------------------------------------------------------------------------------------------------

SOUND = {**FILES, "small": SMALL, "exercises": EXERCISES, "two": TWO}


@pytest.mark.parametrize("name", SOUND)
def test_sound_agreements_keep_to_it(name: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(value(SOUND[name]))] == []


BROKEN = {
    "a member that nobody knows": ("at_most = 1000", "at_most = 1000\nformula = 1"),
    "a number without a mark": ('take = 2\nif_not_shown = "others_choose"\nmark = "seen"', "take = 2"),
    "a mark that is none": ('if_not_shown = "others_choose"\nmark = "seen"',
                            'if_not_shown = "others_choose"\nmark = "unsure"'),
    "an id with a blank": ('id = "small"', 'id = "Small and large"'),
    "a number below 0": ("at_most = 1000", "at_most = -1"),
    "a number that is not whole": ("at_most = 1000", "at_most = 1000.5"),
    "a day that is none": ("until = 2030-01-01", 'until = "next year"'),
    "another version": ("version = 1", "version = 2"),
    "two conditions in one": ("at_least = 900, mark", "at_least = 900, more_than = 899, mark"),
    "a length in two units": ("after = { days = 30 }", "after = { days = 30, hours = 1 }"),
    "before and after": ("due = { after = { days = 30 }, mark",
                         "due = { after = { days = 30 }, before = { days = 1 }, mark"),
    "two beginnings": ("trigger = { every = { months = 6 }, first = 2020-06-30 }",
                       "trigger = { in_force = true, on = 2020-06-30 }"),
    "no language": ('languages = ["en", "fr"]', "languages = []"),
    "a text in no language": ('{ en = "All arms", fr', '{ EN = "All arms", fr'),
    "a limit without its day": ('as_of = "day"\n', ""),
    "a choice that is none": ('counted = "passive"', 'counted = "both"'),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), BROKEN.values(), ids=BROKEN)
def test_broken_ones_do_not(old: str, new: str) -> None:
    text = changed(old, new)
    assert not VALIDATOR.is_valid(value(text))
    assert examine(text.encode())[1] != ()


def test_it_finds_some_of_the_faults_that_the_program_names() -> None:
    """Those of shape; whether names name something, a schema cannot see."""
    found = 0
    for _, old, new, _ in FAULTS:
        text = changed(old, new)
        try:
            wrong = not VALIDATOR.is_valid(value(text))
        except tomllib.TOMLDecodeError:
            continue
        found += wrong
    assert 20 < found < len(FAULTS)


def test_days_are_days_of_toml() -> None:
    read = tomllib.loads(SMALL)
    assert isinstance(read["in_force"], date)
    assert value(SMALL)["in_force"] == "2020-01-01"


# --- the command --------------------------------------------------------------------------------------------------


def test_the_command_prints_and_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agreement", "schema"]) == 0
    assert capsys.readouterr().out.encode() == templates.schema()
    assert run(["agreement", "schema", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == SCHEMA
    file = tmp_path / "agreement.schema.json"
    assert run(["agreement", "schema", "-o", str(file)]) == 0
    said = capsys.readouterr()
    assert said.out == f"{file}\n"
    assert "#:schema ./agreement.schema.json" in said.err
    assert file.read_bytes() == templates.schema()
    assert run(["agreement", "schema", "-o", str(file)]) == 2
    assert run(["agreement", "schema", "-o", str(tmp_path / "other.json"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["written"] == [str(tmp_path / "other.json")]


def test_a_file_may_name_its_schema_in_its_first_line() -> None:
    assert examine(f"#:schema ./agreement.schema.json\n{SMALL}".encode())[1] == ()
