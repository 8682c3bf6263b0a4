"""`parley escrow …` on a stage: grids, repeats after a lost answer, drafts for others, JSON, and what is not proven."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parley.canonical import encode
from parley.cli.escrows import place_of
from parley.errors import Malformed, Unavailable
from parley.measures.escrow_plan import Cell
from tests.cli.stage import Stage, must
from tests.measures.escrow_build import plan

SITES = "uid,region,place,launchers\nA-01,North,Base 1,12\nA-02,South,Base 2,0\n"
GRID = "uid,region,east,north,launchers\nA-01,North,-3,14,12\nA-02,South,-20,-10,0\n"
PLAN = 'slots = 32\n[grid]\ncolumns = 40\nrows = 30\nwest = -20\nsouth = -10\nunit = "1 km"\n'


@pytest.fixture
def files(stage: Stage) -> Stage:
    for name, text in (("sites.csv", SITES), ("grid.csv", GRID), ("plan.toml", PLAN)):
        (stage.folder / name).write_text(text, "utf-8")
    return stage


def shown(stage: Stage, actor: str, reference: str = "", code: int = 0) -> list[dict[str, Any]]:
    found = stage.run(actor, f"parley escrow show {reference} --json")
    assert found.code == code, found.said
    return list(json.loads(found.data)["escrows"])


def test_a_grid_is_asked_about_with_its_coordinates(files: Stage) -> None:
    must(files.run("ru", "parley escrow seal grid.csv --plan plan.toml --to us --yes"))
    must(files.run("us", "parley escrow ask RU-2 -20,-10 --yes"))
    must(files.run("us", "parley escrow ask RU-2 '5, 3' --terms confidential --yes"))
    must(files.run("ru", "parley escrow answer US-1 --opening at-once --yes"))
    must(files.run("ru", "parley escrow answer US-2 --opening at-once --yes"))
    (story,) = shown(files, "us", "RU-2")
    assert [(each["place"], each["answer"]) for each in story["questions"]] == [
        ({"east": -20, "north": -10}, "present"),
        ({"east": 5, "north": 3}, "absent"),
    ]
    said = must(files.run("us", "parley escrow show RU-2"))
    assert "places are cells of a grid, 40 eastward from -20 and 30 northward from -10, a cell being 1 km" in said
    assert "item: in slot" in said
    assert "place: east -20, north -10" in said
    for place, code in (("Base", "escrow.place-form"), ("5", "escrow.place-form"), ("20,0", "escrow.place")):
        result = files.run("us", f"parley escrow ask RU-2 {place} --yes")
        assert result.error is not None
        assert (result.code, result.error.code) == (2, code)
    assert must(files.run("us", "parley escrow ask RU-2 5,3 --colour --yes"), 2)


def test_places_as_they_are_typed() -> None:
    grid = plan()
    for text in ("-3,14", " -3 , 14 ", "-3, 14"):
        assert place_of(text, grid) == Cell(east=-3, north=14)
    assert place_of("-3,14", plan(grid=None)) == "-3,14"
    assert place_of(" Base\u00a0 3", plan(grid=None)) == "Base 3"
    assert place_of("Z\u030cilina", plan(grid=None)) == "\u017dilina"
    for text in ("", "3", "3,4,5", "3.5,4", "3;4", "٣,4", "9" * 20 + ",1"):
        with pytest.raises(Malformed) as caught:
            place_of(text, grid)
        assert caught.value.code == "escrow.place-form"


def test_what_was_handed_over_is_printed_as_json(files: Stage) -> None:
    sealed = files.run("ru", "parley escrow seal sites.csv --to us --yes --json")
    assert [each["reference"] for each in json.loads(sealed.data)["entered"]] == ["RU-1", "RU-2"]
    opened = files.run("ru", "parley escrow open RU-2 --yes --json")
    assert json.loads(opened.data)["entered"]["reference"] == "RU-3"
    (story,) = shown(files, "ru")
    assert story["sealed_by"] == "ru"
    assert story["plan"]["slots"] == 16
    assert [each["uid"] for each in story["items"]] == ["A-01", "A-02"]
    assert story["next_step"] == 2
    (theirs,) = shown(files, "us")
    assert theirs["waiting"] == ["RU-3"]
    assert theirs["items"] == []


def test_a_repeat_after_a_lost_answer_is_no_second_declaration(files: Stage) -> None:
    line = "parley escrow seal sites.csv --to us"
    assert files.run("ru", line, ["us", "nobody", "nobody", "nobody"]).code == 2
    assert files.served is not None
    files.served.losing.append("/v1/acts")
    assert isinstance(files.run("ru", f"{line} --yes").error, Unavailable)
    again = files.run("ru", f"{line} --yes --json")
    assert [each["reference"] for each in json.loads(again.data)["entered"]] == ["RU-2"]
    assert [each["escrow"] for each in shown(files, "us")] == ["RU-2"]
    assert "RU-3" not in must(files.run("us", "parley status"))


def test_a_repeat_after_the_answer_about_the_plan_was_lost(files: Stage) -> None:
    line = "parley escrow seal sites.csv --to us --yes"
    assert files.served is not None
    files.served.losing.append("/v1/acts")
    assert isinstance(files.run("ru", line).error, Unavailable)
    assert "The plan was handed over before, in RU-1" in must(files.run("ru", line))
    assert [(each["plan_paper"], each["escrow"]) for each in shown(files, "us")] == [("RU-1", "RU-2")]


def test_an_amendment_that_was_cut_off_goes_on_with_its_proof(files: Stage) -> None:
    (files.folder / "july.csv").write_text(SITES.replace(",12", ",11"), "utf-8")
    must(files.run("ru", "parley escrow seal sites.csv --to us --yes"))
    line = "parley escrow seal july.csv --amends RU-2"
    assert files.served is not None
    files.served.losing.append("/v1/acts")
    assert isinstance(files.run("ru", f"{line} --yes").error, Unavailable)
    said = must(files.run("ru", f"{line} --yes"))
    assert "The new declaration was handed over before, in RU-3; here is the proof of what changed." in said
    (story,) = shown(files, "ru", "RU-3")
    assert story["amends"] == "RU-2"
    assert [each["kind"] for each in story["changes"]["slots"]] == [None]


def test_a_seal_that_was_given_up_goes_on_with_its_plan(files: Stage) -> None:
    first = files.run("ru", "parley escrow seal sites.csv --to us", ["us", "nobody", "nobody", "nobody"])
    assert first.code == 2
    assert shown(files, "us") == []
    said = must(files.run("ru", "parley escrow seal sites.csv --to us --yes"))
    assert "The plan was handed over before, in RU-1; the declaration is sealed under it." in said
    assert [each["escrow"] for each in shown(files, "us")] == ["RU-2"]
    must(files.run("ru", "parley escrow seal sites.csv --to us --yes"))
    assert [each["escrow"] for each in shown(files, "us")] == ["RU-2", "RU-4"]


def test_both_papers_can_be_prepared_for_others_to_sign(files: Stage) -> None:
    said = must(files.run("ru", "parley escrow seal sites.csv --to us --prepare plan.draft"))
    assert "That is the plan. Once it is handed over, give the same command again" in said
    must(files.run("ru", "parley sign plan.draft --yes"))
    must(files.run("ru", "parley send plan.draft"))
    must(files.run("ru", "parley escrow seal sites.csv --to us --prepare list.draft"))
    must(files.run("ru", "parley sign list.draft --yes"))
    must(files.run("ru", "parley send list.draft"))
    must(files.run("ru", "parley escrow open RU-2 --prepare step.draft"))
    must(files.run("ru", "parley sign step.draft --yes"))
    must(files.run("ru", "parley send step.draft"))
    (story,) = shown(files, "ru")
    assert (story["escrow"], story["steps"][0]["opened_by"]) == ("RU-2", ["RU-3"])


def test_what_is_not_proven_is_said_and_ends_with_1(files: Stage) -> None:
    """A second list is sealed under the same plan, and a step of it handed over as if it were of the first."""
    from parley.cli.session import Session
    from parley.client import Ports
    from parley.measures.escrow_papers import OpeningPaper
    from parley.measures.escrow_steps import open_step
    from tests.cli.stage import PASSPHRASE
    from tests.client.test_escrows import handed, secret

    must(files.run("ru", "parley escrow seal sites.csv --to us --yes"))
    (files.folder / "pass").write_text(PASSPHRASE + "\n", "utf-8")
    session = Session(home=files.folder / "ru", ports=Ports(clock=files.clock, pause=lambda _: None))
    session.passphrase_file = files.folder / "pass"
    with session.delegation() as ru:
        made = secret(ru, "RU-2")
        file = OpeningPaper(kind="opening", opening=open_step(made, 2))
        assert encode(file)
        ru.send(handed(ru, file, made.plan, "us", "RU-2"))
    said = must(files.run("us", "parley escrow show RU-2"), 1)
    assert "NOT PROVEN: RU-3 (a step). Step 2 is not due; step 1 comes next." in said
    (story,) = shown(files, "us", "RU-2", 1)
    assert [(each["paper"], each["code"]) for each in story["not_proven"]] == [("RU-3", "escrow.step-order")]
    must(files.run("ru", "parley escrow open RU-2 --opening at-once --yes"))
    assert shown(files, "us", "RU-2", 1)[0]["steps"][0]["opened_by"] == ["RU-4"]


def test_what_cannot_be_checked_yet_is_not_called_sound(files: Stage) -> None:
    """The second step is open here, the first waits to be signed for: nothing is wrong, and not all is well."""
    must(files.run("ru", "parley escrow seal sites.csv --to us --yes"))
    must(files.run("ru", "parley escrow open RU-2 --yes"))
    must(files.run("ru", "parley escrow open RU-2 --opening at-once --yes"))
    said = must(files.run("us", "parley escrow show RU-2"), 1)
    assert "NOT CHECKED: RU-4. First open here what came before: RU-3" in said
    assert "what was sealed at the outset" not in said
    assert "parley receive RU-3" in said
    (story,) = shown(files, "us", "RU-2", 1)
    assert (story["sound"], story["pending"], story["missing"]) == (False, ["RU-4"], ["RU-3"])
    must(files.run("us", "parley receive RU-3 --accept --yes"))
    assert "Everything that was opened is what was sealed at the outset." in must(files.run("us", "parley escrow show"))
