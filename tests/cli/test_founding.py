"""A founding that was cut off: what the next try says, what it asks for, and how to begin afresh."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.act import Holder
from parley.client import begun
from parley.client.home import FOUNDING
from parley.errors import Refused
from parley.words.clock import end_of_day
from tests.cli.stage import PASSPHRASE, Stage, must
from tests.cli.test_processes import at_terminal, parley

INIT = ("init", "fr.invitation", "--name", "C. Martin", "--office", "Registry", "--zone", "Europe/Paris")
LINE = 'parley init fr.invitation --name "C. Martin" --office Registry --zone Europe/Paris'


@pytest.fixture
def cut(stage: Stage) -> Stage:
    """France has an invitation, and its first try found no depositary."""
    must(stage.run("office", "parley depositary invite office --id fr --name France"))
    stage.stop()
    must(stage.run("fr", LINE), 4)
    return stage


def test_at_a_terminal_the_passphrase_of_then_is_asked_for_once_and_no_new_one(cut: Stage) -> None:
    home = str(cut.folder / "fr")
    code, screen = at_terminal(
        cut.folder, *INIT, "--home", home, typed=((b"Passphrase:", PASSPHRASE.encode() + b"\n"),)
    )
    said = " ".join(screen.split())
    assert code == 4, screen  # the depositary is still away: the passphrase was the right one
    assert "Going on with what was begun on " in said
    assert "cannot be reached at http://127.0.0.1:" in said
    assert "Choose a passphrase" not in said
    assert "Again:" not in said


def test_another_passphrase_changes_nothing(cut: Stage) -> None:
    (cut.folder / "other").write_text("another one\n")
    before = {path: path.read_bytes() for path in (cut.folder / "fr-root").iterdir()}
    done = parley(cut.folder, *INIT, "--passphrase-file", "other", home="fr")
    assert done.returncode == 3
    assert "That is not the passphrase" in done.stderr
    assert before == {path: path.read_bytes() for path in (cut.folder / "fr-root").iterdir()}


def test_the_first_question_says_how_long_a_passphrase_is(cut: Stage) -> None:
    chosen = PASSPHRASE.encode() + b"\n"
    typed = ((b"at least 8 characters:", chosen), (b"Again:", chosen))
    code, screen = at_terminal(cut.folder, *INIT, "--home", "new", "--root-folder", "new-root", typed=typed)
    assert "Choose a passphrase for this home, at least 8 characters:" in screen
    assert code == 4, screen  # it was taken; the depositary is away


def test_what_it_says_about_beginning_afresh_is_so(cut: Stage) -> None:
    said = " ".join(must(cut.run("fr", LINE), 4).split())
    assert "To begin afresh instead, stop with Ctrl-C, move fr and fr-root away" in said
    for name in ("fr", "fr-root"):
        (cut.folder / name).rename(cut.folder / f"old-{name}")
    cut.start()
    said = must(cut.run("fr", LINE))
    assert "Going on" not in said
    for name in ("fr", "fr-root"):
        (cut.folder / name).rename(cut.folder / f"second-{name}")
    must(cut.run("fr", LINE), 3)


def test_after_an_answer_that_was_lost_only_the_same_root_leads_on(stage: Stage) -> None:
    must(stage.run("office", "parley depositary invite office --id fr --name France"))
    assert stage.served is not None
    stage.served.losing += ["/v1/acts"] * 20
    must(stage.run("fr", LINE), 4)
    stage.served.losing.clear()
    assert "Going on with what was begun on" in must(stage.run("fr", LINE))


def test_what_was_said_is_not_asked_for_again_nor_lost(cut: Stage) -> None:
    cut.start()
    said = must(cut.run("fr", "parley init fr.invitation", []))
    assert "The holder of the key is C. Martin, Registry." in said
    assert "Times are shown in Europe/Paris as well." in said
    assert "France · C. Martin, Registry · " in cut.run("fr", "parley").data


def test_at_a_terminal_only_the_passphrase_is_asked_for(cut: Stage) -> None:
    typed = ((b"Passphrase:", PASSPHRASE.encode() + b"\n"),)
    code, screen = at_terminal(cut.folder, "init", "fr.invitation", "--home", str(cut.folder / "fr"), typed=typed)
    assert code == 4, screen
    assert "Your name" not in screen
    assert "Your office" not in screen


def test_an_answer_typed_before_it_was_cut_off_is_kept_too(stage: Stage) -> None:
    must(stage.run("office", "parley depositary invite office --id fr --name France"))
    stage.stop()
    line = "parley init fr.invitation --zone Europe/Paris --language fr --until 2022-06-30"
    must(stage.run("fr", line, ["C. Martin", ""]), 4)
    must(stage.run("fr", "parley init fr.invitation", []), 4)
    must(stage.run("fr", "parley init fr.invitation --office Chancery", []), 4)
    kept = begun(stage.folder / "fr", stage.folder / "fr-root", "fr")
    assert kept is not None
    assert kept.said is not None
    assert not kept.signed
    assert kept.said.holder == Holder(name="C. Martin", office="Chancery")
    assert (kept.said.zone, kept.said.languages) == ("Europe/Paris", ("fr",))
    assert kept.said.until == end_of_day("2022-06-30", "Europe/Paris")


def test_what_is_signed_already_stands_whatever_is_said_later(stage: Stage) -> None:
    must(stage.run("office", "parley depositary invite office --id fr --name France"))
    assert stage.served is not None
    stage.served.losing += ["/v1/acts"] * 20
    must(stage.run("fr", LINE), 4)
    stage.served.losing.clear()
    said = must(stage.run("fr", 'parley init fr.invitation --name "D. Durand" --zone Asia/Tokyo', []))
    assert "The holder of the key is C. Martin, Registry." in said
    assert "Times are shown in Europe/Paris as well." in said
    assert "France · C. Martin, Registry · " in stage.run("fr", "parley").data


def test_what_was_said_is_refused_when_it_cannot_be_read(cut: Stage) -> None:
    file = cut.folder / "fr" / FOUNDING
    file.write_bytes(file.read_bytes()[:-1])
    done = cut.run("fr", LINE)
    assert done.error is not None
    assert done.error.code == "home.founding-file"
    assert must(done, 2) == (
        "parley: The file founding.json of this home, with what was said when its founding began, cannot be read. "
        "Move it away, and run the command again.\n"
    )
    file.unlink()
    must(cut.run("fr", "parley init fr.invitation", ["C. Martin", "Registry"]), 4)


def test_begun_looks_at_the_root_and_at_whose_home_it_is(stage: Stage, tmp_path: Path) -> None:
    folder = stage.folder
    assert begun(folder / "ru", folder / "ru-root", "ru") is not None
    assert begun(tmp_path / "none", tmp_path / "none-root", "ru") is None
    with pytest.raises(Refused, match=r"home.taken"):
        begun(folder / "ru", folder / "us-root", "us")
    with pytest.raises(Refused, match=r"founding.root-elsewhere"):
        begun(folder / "ru", tmp_path / "none-root", "ru")
