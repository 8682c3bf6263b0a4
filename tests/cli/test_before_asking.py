"""What can be known before anybody types anything is said before: no powers, powers for two, an alarm that stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.cli.session import Session
from parley.client.alarm import sound
from parley.client.home import Home
from parley.errors import Invalid
from tests.cli.stage import Stage, must, served_copy

COMMANDS = (
    "parley deposit paper.md --to us --role note --terms essence",
    "parley reply US-1 paper.md --terms essence",
    "parley receive US-1",
    "parley receive US-1 --accept",
    "parley refuse US-1 --reason form",
    "parley fault US-1 --reason form",
    "parley withdraw RU-1",
    "parley statement describes US-1 'Our words.'",
    "parley release US-1 --to public",
    'parley convene "Another matter" --with us',
    "parley join calm-lake",
)
BY_ROOT = (
    "parley empower clerk.request --may receive,read --until 2022-12-31 --root ru-root/root.key",
    "parley revoke Petrova --root ru-root/root.key",
)


@pytest.fixture(scope="module")
def before(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A paper for ru, one of ru's own, an invitation to join, and an officer of ru who may only read; stopped."""
    with served_copy(template, tmp_path_factory.mktemp("before") / "stage") as stage:
        prepare(stage)
    return stage


def prepare(stage: Stage) -> None:
    (stage.folder / "paper.md").write_text("# Letter\n\nWords of the letter.\n", "utf-8")
    must(stage.run("us", "parley deposit paper.md --to ru --role note --terms public --yes"))
    must(stage.run("ru", "parley deposit paper.md --to us --role note --terms essence --yes"))
    must(stage.run("us", 'parley convene "Second" --with ru --handle calm-lake --yes'))
    must(stage.run("us", "parley use amber-heron"))
    must(stage.run("ru", "parley officers -o ru.office"))
    must(stage.run("clerk", "parley init ru.office --name Clerk"))
    must(stage.run("ru", "parley empower clerk.request --may read --until 2022-12-31 --root ru-root/root.key --yes"))


@pytest.fixture
def papers(before: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A copy of it, served, on which whoever asks anybody anything fails."""

    def asked(*_arguments: object, **_named: object) -> None:
        pytest.fail("somebody was asked")

    for name in ("asked_until", "question", "confirm"):
        monkeypatch.setattr(Session, name, asked)
    with served_copy(before, tmp_path / "stage") as copy:
        yield copy


def alarmed(stage: Stage, party: str) -> None:
    home = Home(Path(stage.folder / party))
    with pytest.raises(Invalid, match=r"alarm\.older"):
        sound(home, "older", now=stage.clock(), parts={"served": b"an older register"})


@pytest.mark.parametrize("line", [*COMMANDS, *BY_ROOT])
def test_an_alarm_is_told_first(papers: Stage, line: str) -> None:
    alarmed(papers, "ru")
    result = papers.run("ru", line, [])
    assert result.code == 3
    assert "Nothing was signed." in result.said


@pytest.mark.parametrize("line", COMMANDS)
def test_an_officer_without_these_powers_is_told_first(papers: Stage, line: str) -> None:
    result = papers.run("clerk", line, [])
    assert result.code == 3
    assert "Your full powers do not let you do this" in result.said


def test_a_file_to_sign_is_not_read_out_for_nothing(papers: Stage) -> None:
    must(papers.run("ru", "parley statement describes US-1 'Our words.' --prepare words.draft"))
    alarmed(papers, "ru")
    result = papers.run("ru", "parley sign words.draft", [])
    assert result.code == 3
    assert "Nothing was signed." in result.said
