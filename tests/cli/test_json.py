"""Every command that prints data prints JSON: one object, a version, no secret."""

from __future__ import annotations

import json

from tests.cli.stage import PASSPHRASE, Stage, must

SIGNS = [
    ("ru", "parley deposit paper.md --to us --role note --terms essence --yes --json", "entered"),
    ("us", "parley inbox --json", "inbox"),
    ("us", "parley --json", "front"),
    ("us", "parley show RU-1 --json", "paper"),
    ("us", "parley receive RU-1 --under-reserve --yes --json", "received"),
    ("us", "parley receive RU-1 --accept --yes --json", "received"),
    ("us", "parley read RU-1 --json", "reading"),
    ("us", "parley read RU-1 -o taken --json", "written"),
    ("us", "parley statement acknowledges RU-1 --yes --json", "entered"),
    ("us", "parley reply RU-1 paper.md --terms public --yes --json", "entered"),
    ("us", "parley withdraw US-1 --yes --json", "entered"),
    ("ru", "parley release RU-1 --yes --json", "entered"),
    ("us", "parley convene Grain --with ru --handle green-finch --yes --json", "negotiation"),
    ("ru", "parley join green-finch --yes --json", "negotiation"),
    ("ru", "parley use amber-heron --json", "negotiation"),
    ("ru", "parley status --json", "status"),
    ("ru", "parley status --clock --json", "clock"),
    ("ru", "parley register --json", "register"),
    ("ru", "parley evidence RU-1 -o ru-1.evidence --json", "evidence"),
    ("ru", "parley print RU-1 -o slip.html --json", "slip"),
    ("ru", "parley record build amber-heron -o site --yes --json", "record"),
    ("anyone", "parley verify site --json", "record"),
    ("anyone", "parley verify ru-1.evidence --json", "verdict"),
    ("ru", "parley audit --json", "audit"),
    ("ru", "parley officers --json", "officers"),
    ("ru", "parley trust --json", "parties"),
    ("office", "parley depositary status office --json", "status"),
    ("office", "parley depositary invite office --id fr --name France --json", "invitation"),
    ("fr", "parley init fr.invitation --name Martin --json", "founded"),
    ("office", "parley depositary backup office -o backup.tar --json", "backup"),
    ("office", "parley depositary restore backup.tar copy --json", "restored"),
]


def secrets(stage: Stage) -> list[str]:
    """What must never be printed: the passphrase, the groups of a sheet, the code of an invitation."""
    found = [PASSPHRASE]
    for sheet in stage.folder.glob("*-root/recovery-sheet.html"):
        from parley.words.pages import read_sheet

        groups = read_sheet(sheet.read_text("utf-8")).groups
        found += [groups, groups.replace("-", " "), groups[:9]]
    for file in stage.folder.glob("*.invitation"):
        found.append(json.loads(file.read_text("utf-8"))["code"])
    return found


def test_every_data_command_in_json(stage: Stage) -> None:
    (stage.folder / "paper.md").write_text("# Letter\n\nWords.\n", "utf-8")
    for actor, line, name in SIGNS:
        result = stage.run(actor, line)
        must(result, 3 if " verify " in line else 0)
        value = json.loads(result.data)
        assert set(value) == {"version", name}, line
        assert value["version"] == 1
        for secret in secrets(stage):
            assert secret not in result.said, line


def test_a_failed_check_is_json_too(stage: Stage) -> None:
    (stage.folder / "paper.md").write_text("# Letter\n\nWords.\n", "utf-8")
    must(stage.run("ru", "parley deposit paper.md --to us --role note --terms essence --yes"))
    must(stage.run("ru", "parley evidence RU-1 -o ru-1.evidence"))
    file = stage.folder / "ru-1.evidence"
    data = bytearray(file.read_bytes())
    data[7500] = ord("B") if data[7500] == ord("A") else ord("A")
    file.write_bytes(bytes(data))
    result = stage.run("anyone", "parley verify ru-1.evidence --json")
    assert result.code == 1
    assert json.loads(result.data)["verdict"]["result"] == "disproven"


def test_the_register_as_a_page_and_as_a_file(stage: Stage) -> None:
    (stage.folder / "paper.md").write_text("# =Letter\n\nWords.\n", "utf-8")
    must(stage.run("ru", "parley deposit paper.md --to us --role note --terms essence --yes"))
    must(stage.run("ru", "parley register -o register.html"))
    must(stage.run("ru", "parley register -o register.csv"))
    page = (stage.folder / "register.html").read_text("utf-8")
    assert "RU-1" in page
    assert '<th scope="col">informed</th>' in page
    assert '<th scope="col">our number</th>' not in page, "a column that is empty in every row"
    csv = (stage.folder / "register.csv").read_text("utf-8")
    assert "'=Letter" in csv


def test_the_page_of_the_register_has_the_numbers_of_registries_where_a_paper_has_one(stage: Stage) -> None:
    (stage.folder / "paper.md").write_text("# Letter\n\nWords.\n", "utf-8")
    must(stage.run("ru", "parley deposit paper.md --to us --role note --terms essence --our-ref 'No. 12' --yes"))
    must(stage.run("ru", "parley register -o numbered.html"))
    page = (stage.folder / "numbered.html").read_text("utf-8")
    assert "Register of the Russian Federation" in page
    assert '<td data-label="our number" class="when"><bdi>No. 12</bdi></td>' in page


def test_nothing_readable_is_left_behind(stage: Stage) -> None:
    """After depositing and reading, the words of a paper stand in no file but the one they came from."""
    (stage.folder / "paper.md").write_text("# Letter\n\nUnmistakable words.\n", "utf-8")
    must(stage.run("ru", "parley deposit paper.md --to us --role note --terms essence --yes"))
    must(stage.run("us", "parley receive RU-1 --accept --yes"))
    assert "Unmistakable words." in must(stage.run("us", "parley read RU-1"))
    for path in stage.folder.rglob("*"):
        if path.is_file() and path.name != "paper.md":
            assert b"Unmistakable" not in path.read_bytes(), path
