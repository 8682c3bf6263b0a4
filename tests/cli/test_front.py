"""The front page where agreements, draws and escrows are: what is owed in one line, and the command that goes on."""

from __future__ import annotations

import json

from parley.canonical import Time
from tests.cli.stage import Stage, must

YES = "--terms public --yes"


def owed(stage: Stage, actor: str) -> list[str]:
    return [line for line in must(stage.run(actor, "parley")).splitlines() if "parley due" in line]


def test_what_is_missed_and_soon_due_stands_on_the_front_page(stage: Stage) -> None:
    must(stage.run("us", f"parley agreement adopt vienna-document-2011 {YES}"))
    assert owed(stage, "us") == []
    must(stage.run("ru", "parley receive US-1 --accept --yes"))
    must(stage.run("ru", f"parley agreement adopt vienna-document-2011 {YES}"))
    must(stage.run("us", "parley receive RU-1 --accept --yes"))
    stage.pass_to(Time.from_text("2022-12-10T09:00:00.000Z"))
    listed = json.loads(stage.run("us", "parley due --json").data)["obligations"]
    missed = [each for each in listed if each["state"] == "missed"]
    week = [each for each in listed if each["state"] == "due" and "2022-12-10" <= each["deadline"] < "2022-12-17T09:00"]
    assert missed
    assert week
    line = f"Obligations of yours: {len(missed)} missed, {len(week)} due within 7 days → parley due"
    assert owed(stage, "us") == [line]
    assert json.loads(stage.run("us", "parley --json").data)["front"]["owed"] == {
        "missed": len(missed),
        "soon": len(week),
        "counted": True,
        "whole": True,
    }


def test_within_a_time_is_what_is_still_to_come_and_how_many_were_missed(stage: Stage) -> None:
    must(stage.run("us", f"parley agreement adopt vienna-document-2011 {YES}"))
    must(stage.run("ru", "parley receive US-1 --accept --yes"))
    must(stage.run("ru", f"parley agreement adopt vienna-document-2011 {YES}"))
    must(stage.run("us", "parley receive RU-1 --accept --yes"))
    stage.pass_to(Time.from_text("2022-12-10T09:00:00.000Z"))
    listed = json.loads(stage.run("us", "parley due --json").data)["obligations"]
    missed = sum(each["state"] == "missed" for each in listed)
    week = stage.run("us", "parley due --within 7d --json")
    assert {each["state"] for each in json.loads(week.data)["obligations"]} == {"due"}
    assert (week.code, f"{missed} were missed before that. → parley due" in week.said) == (1, True)
    hour = stage.run("us", "parley due --within 1h")
    assert (hour.code, hour.said) == (1, f"{missed} were missed before that. → parley due\n")


def test_where_there_is_nothing_to_draw_no_file_is_written_and_that_is_said(stage: Stage) -> None:
    said = must(stage.run("us", "parley limits --plot limits.svg"), 3)
    assert " ".join(said.split()).endswith("there is nothing to draw, and limits.svg was not written.")
    assert not (stage.folder / "limits.svg").exists()


def test_convening_with_oneself_is_refused_before_anything_is_asked(stage: Stage) -> None:
    alone = stage.run("us", 'parley convene "Grain" --with us', [])
    assert (alone.code, alone.error and alone.error.code) == (2, "act.parties")
    assert "Grain" not in alone.said


def row(stage: Stage, actor: str, reference: str, wanted: str) -> str:
    """What stands of a paper on the front page once that names a command: the depositary makes papers available in its
    next batch."""
    for _ in range(100):
        (found,) = [line for line in must(stage.run(actor, "parley")).splitlines() if f"  {reference} " in line]
        if wanted in found:
            break
    return found


def test_a_draw_names_its_own_command_on_both_sides(stage: Stage) -> None:
    (stage.folder / "bases.csv").write_text("site\nBase A\nBase B\n", "utf-8")
    must(stage.run("us", "parley draw bases.csv --take 1 --to ru --yes"))
    assert row(stage, "ru", "US-1", "parley draw US-1").endswith("→ parley draw US-1 · parley read US-1")
    assert row(stage, "us", "US-1", "parley draw US-1").endswith("→ parley draw US-1 · parley show US-1")
    must(stage.run("us", "parley draw US-1 --yes"))
    assert row(stage, "ru", "US-2", "parley draw US-2").endswith("→ parley draw US-2 · parley receive US-2")


def test_a_question_names_the_command_that_answers_it_until_it_is_answered(stage: Stage) -> None:
    (stage.folder / "sites.csv").write_text("uid,region,place,launchers\nA-01,North,Base 1,12\n", "utf-8")
    must(stage.run("ru", "parley escrow seal sites.csv --to us --yes"))
    must(stage.run("us", "parley escrow ask RU-2 'Base 77' --yes"))
    assert row(stage, "ru", "US-1", "parley escrow answer US-1").endswith(
        "→ parley escrow answer US-1 · parley read US-1"
    )
    must(stage.run("ru", "parley escrow answer US-1 --yes"))
    assert row(stage, "ru", "US-1", "parley read US-1").endswith("→ parley read US-1 · parley receive US-1")
