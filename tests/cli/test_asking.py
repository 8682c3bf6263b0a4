"""A slip of the hand: told in one line, asked again, three times at most; and what can be checked is checked before."""

from __future__ import annotations

import os
import pty
import sys
import termios
from collections.abc import Iterator

import pytest

from parley.cli import alarms
from parley.cli.asking import TRIES, unseen
from parley.cli.session import Session
from parley.errors import Malformed, Refused, Unavailable
from parley.words import explain
from tests.cli.stage import PASSPHRASE, Result, Stage, must, number_of
from tests.cli.test_processes import at_terminal

WRONG = "12345 67890 12345 67890 12345 67890 12345 67890"


def asking(*answers: str) -> Session:
    """A session at which somebody sits and types these, and nothing more."""
    waiting = list(answers)
    return Session(ask=lambda _prompt, _hidden: waiting.pop(0) if waiting else "")


def even(text: str) -> int:
    if not text.isdigit() or int(text) % 2:
        raise Malformed("use.time", text=text)
    return int(text)


def test_what_is_wrong_is_told_and_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert asking("x", "3", "4").asked_until("Even?", even, missing="--even") == 4
    told = capsys.readouterr().err.splitlines()
    assert [line.split(" is no time")[0] for line in told if "is no time" in line] == ["'x'", "'3'"]


def test_the_third_time_is_the_last() -> None:
    seen: list[str] = []

    def read(text: str) -> int:
        seen.append(text)
        return even(text)

    with pytest.raises(Malformed, match=r"use\.given-up"):
        asking("1", "3", "5", "6").asked_until("Even?", read, missing="--even")
    assert seen == ["1", "3", "5"]
    assert len(seen) == TRIES


@pytest.mark.parametrize("error", [Malformed("locked.damaged", kind="parley-keyring"), Unavailable("home.unreadable")])
def test_what_no_typing_mends_ends_at_once(error: Exception) -> None:
    def read(_text: str) -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        asking("a", "b").asked_until("?", read, missing="--x")
    assert raised.value is error


def test_a_refusal_is_asked_again_like_anything_else_typed() -> None:
    def read(text: str) -> str:
        if text != "us":
            raise Refused("party.unknown", party=text)
        return text

    assert asking("uk", "us").asked_until("To whom?", read, missing="--to") == "us"


def test_a_new_passphrase_is_asked_for_again_when_short_or_different(capsys: pytest.CaptureFixture[str]) -> None:
    typed = ("short", PASSPHRASE, "correct house", PASSPHRASE, PASSPHRASE)
    assert asking(*typed).new_passphrase() == PASSPHRASE
    told = capsys.readouterr().err
    assert told.index("too short") < told.index(explain(Malformed("use.passphrase-differs")))
    assert PASSPHRASE not in told


def test_an_alarm_is_answered_by_its_own_digits(capsys: pytest.CaptureFixture[str]) -> None:
    alarms._have_typed(asking("0badcafe", " 0C0FFEE0 "), "0c0ffee0")
    assert explain(Malformed("use.not-answered", expected="0c0ffee0")) in capsys.readouterr().err


def test_the_passphrase_is_asked_for_until_it_opens_the_home(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARLEY_PASSPHRASE", raising=False)
    waiting = ["wrong one", "", PASSPHRASE]
    session = Session(home=stage.folder / "ru", ask=lambda _prompt, _hidden: waiting.pop(0))
    assert session.passphrase() == PASSPHRASE
    assert waiting == []


# --- at a terminal ----------------------------------------------------------------------------------------------


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal in the place of stdin; gives the side on which somebody types."""
    typing, other = pty.openpty()
    stdin = os.fdopen(other, "r")
    monkeypatch.setattr(sys, "stdin", stdin)
    yield typing
    stdin.close()
    os.close(typing)


def shows(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def test_nothing_shows_from_before_the_prompt_until_the_answer_was_looked_at(keyboard: int) -> None:
    session, while_reading = Session(), []

    def question(prompt: str, *, missing: str, hidden: bool = False) -> str:
        while_reading.append(shows(sys.stdin.fileno()))
        return "x"

    def read(_text: str) -> None:
        while_reading.append(shows(sys.stdin.fileno()))

    session.question = question  # type: ignore[method-assign]
    assert shows(sys.stdin.fileno())
    session.asked_until("Passphrase:", read, missing="", hidden=True)
    assert while_reading == [False, False]
    assert shows(sys.stdin.fileno())


def test_the_screen_shows_again_whatever_happens(keyboard: int) -> None:
    with pytest.raises(Malformed), unseen():
        raise Malformed("use.given-up")
    assert shows(sys.stdin.fileno())


def test_a_passphrase_typed_ahead_counts_and_does_not_show(stage: Stage) -> None:
    home = str(stage.folder / "ru")
    both = f"not the one\n{PASSPHRASE}\n".encode()
    code, screen = at_terminal(stage.folder, "audit", "--home", home, typed=((b"Passphrase:", both),))
    assert code == 0, screen
    assert screen.count("Passphrase:") == 2
    assert screen.count("That is not the passphrase of this home.") == 1
    assert "not the one" not in screen
    assert PASSPHRASE not in screen


# --- what people type at commands -------------------------------------------------------------------------------


def slips(done: Result) -> list[str]:
    """The codes of what was told and asked again."""
    return [error.code for error in done.told]


def test_a_slip_does_not_end_the_command(stage: Stage) -> None:
    (stage.folder / "paper.md").write_text("# Letter\n\nWords.\n", "utf-8")
    answers = ["uk", "United States", "letter", "note", "secret", "essence", "u", "US"]
    done = stage.run("ru", "parley deposit paper.md", answers)
    assert done.code == 0, done.said
    assert "uk is neither known here nor a short name at this depositary. Known here: us (United States)." in done.said
    assert "'letter' is none of the choices. Choose: proposal" in done.said
    assert "There are no terms called secret." in done.said
    assert "That was not 'us'." in done.said
    assert slips(done) == ["party.unknown", "use.choice", "terms.preset", "use.not-confirmed"]
    # Whoever answers a question is not told of options.
    assert "--" not in done.said.replace("------", "")
    (stage.folder / "second.md").write_text("# Letter\n\nMore words.\n", "utf-8")
    receiving = stage.run("us", "parley receive RU-1", ["x", "", "r", "no idea", "language", "RU-2", "ru-1"])
    assert receiving.code == 0, receiving.said
    assert receiving.said.count("That is none of the keys. Type one of them: a, n, r or q.") == 2
    assert "That was not 'RU-1'." in receiving.said
    assert slips(receiving) == ["use.key", "use.key", "use.choice", "use.not-confirmed"]


def test_three_slips_end_it_and_nothing_is_signed_or_kept(stage: Stage) -> None:
    (stage.folder / "paper.md").write_text("# Letter\n\nWords.\n", "utf-8")
    done = stage.run("ru", "parley deposit paper.md --to us --role note --terms essence", ["yes", "y", "ok"])
    assert done.code == 2
    assert done.said.count("That was not 'us'.") == TRIES
    assert done.said.endswith(
        "parley: Three times this was not it, and nothing was done. Run the command again when you are sure.\n"
    )
    assert stage.run("ru", "parley status").data.count("paper:") == 0
    assert "nothing" in stage.run("ru", "parley").data


def test_without_a_terminal_nothing_is_asked_twice(stage: Stage) -> None:
    (stage.folder / "paper.md").write_text("# Letter\n\nWords.\n", "utf-8")
    done = stage.run("ru", "parley deposit paper.md --to us --terms essence")
    assert (done.code, done.said) == (2, "parley: There is no terminal to ask at. Give --role as well.\n")


def test_a_number_with_a_slip_is_read_once_more(stage: Stage) -> None:
    us = number_of(stage, "us")
    groups = us.split()
    answers = ["12 34", "x", " ".join(groups[:3]), "1234", WRONG[:29], " ".join(groups[:4]), "".join(groups[4:])]
    done = stage.run("ru", "parley trust 'United States'", answers)
    assert done.code == 0, done.said
    assert slips(done) == ["use.number-groups", "use.no-number", "use.number-groups", "trust.differs"]
    assert "4 digits: that is not whole groups of 5" in done.said
    assert "Type this line again, from group 4 on." in " ".join(done.said.split())
    assert "The numbers DIFFER" in done.said
    assert "Once more, from the first group:" in done.said
    assert done.said.endswith("The numbers agree. The United States was trusted already.\n")


def test_a_number_that_differs_three_times_is_no_slip_any_more(stage: Stage) -> None:
    done = stage.run("ru", "parley trust us", [WRONG, WRONG, WRONG])
    assert done.code == 3
    assert done.said.count("The numbers DIFFER") == TRIES
    assert "somebody stands between you" in done.said.splitlines()[-1]


@pytest.mark.parametrize("between", [" ", ", ", "-", " – ", ".", "/"])
def test_whatever_stands_between_the_groups_is_left_out(stage: Stage, between: str) -> None:
    number = number_of(stage, "us").replace(" ", between)
    assert "The numbers agree." in must(stage.run("ru", "parley trust us", [number]))


@pytest.mark.parametrize(("wrong", "named"), [("1234O 67890", "“O”"), ("12345 l7890", "“l”"), ("twelve", "“t”")])
def test_a_sign_that_is_no_digit_is_named(stage: Stage, wrong: str, named: str) -> None:
    done = stage.run("ru", "parley trust us", [wrong, number_of(stage, "us")])
    assert f"Only digits go here, and not {named}" in done.said
    assert "The numbers agree." in done.said


def test_the_numbers_of_a_trust_file_are_shown_without_a_home(stage: Stage) -> None:
    must(stage.run("ru", "parley trust -o ours.trust"))
    said = must(stage.run("nobody", "parley trust --show ours.trust"))
    assert number_of(stage, "us") in said
    assert number_of(stage, "ru") in said
    assert "Compare the numbers with the parties themselves" in said
    assert stage.run("nobody", "parley trust --show paper.trust").code == 2


CHECKED_FIRST: list[tuple[str, str, str]] = [
    ("parley deposit nowhere.md", "file.missing", "There is no file nowhere.md."),
    ("parley deposit paper.md --accept-by tomorrow", "use.time", "'tomorrow' is no time."),
    ("parley deposit paper.md --to fr", "party.unknown", "fr is neither known here"),
    (
        "parley deposit paper.md --to us --negotiation black-stork",
        "negotiation.unknown-handle",
        "There is no negotiation called black-stork.",
    ),
    ("parley deposit paper.md --to us --replaces RU-9", "reference.unknown", "There is no paper RU-9."),
    ("parley deposit paper.md --to us --in-reply-to US-9", "reference.unknown", "There is no paper US-9."),
    ("parley deposit paper.md --to us --accept-by 2021-12-31", "deposit.limit-passed", "has passed already"),
    ("parley deposit paper.md --to us --language Klingon!", "act.language", "That is not a language."),
    ("parley deposit paper.md --language zh-x-foo", "act.language", "That is not a language."),
    ("parley deposit paper.md --language en-aa-bb-cc-dd-ee", "document.language-tag", "That is not a language."),
    ("parley deposit paper.md --with-language zh-x-foo=paper.md", "act.language", "That is not a language."),
    ("parley deposit paper.md --to us --terms secret", "terms.preset", "There are no terms called secret."),
    ("parley deposit paper.md --to ru", "deposit.to-ourselves", "A paper cannot be handed over to oneself."),
    ("parley deposit paper.md --to de", "trust.not-compared", "You have not compared the key of Germany yet."),
    ("parley reply US-9 paper.md", "reference.unknown", "There is no paper US-9."),
    ("parley convene Gas --with de", "trust.not-compared", "You have not compared the key of Germany yet."),
    ("parley convene Gas --with us --handle Amber", "act.handle", "A negotiation is called by two plain words"),
    ("parley convene Gas --with us --terms secret", "terms.preset", "There are no terms called secret."),
    ("parley refuse RU-9", "reference.unknown", "There is no paper RU-9."),
    ("parley withdraw RU-9", "reference.unknown", "There is no paper RU-9."),
    ("parley revoke nobody", "officer.unknown", "There is no officer called nobody."),
    (
        "parley empower nothing.request --may read --until 2023-01-01",
        "file.missing",
        "There is no file nothing.request.",
    ),
    ("parley empower paper.md --may read --until 2023-01-01", "office.request", "This is not a request of an officer."),
    ("parley init de.invitation --zone Mars/Olympus", "limit.zone", "'Mars/Olympus' is no time zone."),
    ("parley init de.invitation --until soon", "use.time", "'soon' is no time."),
    ("parley init de.invitation --language Klingon!", "act.language", "That is not a language."),
]


@pytest.fixture
def crowded(stage: Stage) -> Stage:
    """A stage on which Germany is enrolled, and nobody has compared its number."""
    (stage.folder / "paper.md").write_text("# Letter\n\nWords.\n", "utf-8")
    for line in ("invite office --id de --name Germany", "invite office --id ch --name Switzerland"):
        assert stage.run("office", f"parley depositary {line}").code == 0
    assert stage.run("de", "parley init de.invitation --name 'E. Weber' --office Registry").code == 0
    return stage


def test_what_can_be_checked_is_checked_before_anything_is_asked(crowded: Stage) -> None:
    for line, code, told in CHECKED_FIRST:
        actor = "new" if line.startswith("parley init") else "ru"
        done = crowded.run(actor, line, [])
        assert done.code in (2, 3), done.said
        assert done.error is not None
        assert (done.error.code, told in done.said) == (code, True), (line, done.said)
        assert done.said.count("\n") == 1, (line, done.said)


def test_a_receipt_for_somebody_never_compared_is_refused_before_anything_is_asked(crowded: Stage) -> None:
    assert crowded.run("de", "parley convene Gas --with ru --handle grey-swan --unconfirmed --yes").code == 0
    line = "parley deposit paper.md --to 'Russian Federation' --role note --terms essence --unconfirmed --yes"
    assert crowded.run("de", line).code == 0
    for line in ("parley receive DE-1", "parley join grey-swan"):
        done = crowded.run("ru", line, [])
        assert (done.code, done.said.count("\n")) == (3, 1), done.said
        assert "You have not compared the key of Germany yet." in done.said


def test_whoever_calls_itself_by_an_id_is_never_taken_for_the_party_of_that_id(stage: Stage) -> None:
    (stage.folder / "paper.md").write_text("# Letter\n\nWords.\n", "utf-8")
    for line in ("parley depositary invite office --id xx --name de", "parley init xx.invitation --name X --office Y"):
        assert stage.run("xx", line).code == 0
    assert stage.run("xx", "parley convene Gas --with ru --handle grey-swan --unconfirmed --yes").code == 0
    assert "grey-swan waits for you to join" in stage.run("ru", "parley inbox").said
    deposit = "parley deposit paper.md --role note --terms essence --negotiation grey-swan --unconfirmed"
    for line in ("parley trust DE", f"{deposit} --to de", "parley convene Oil --with de --unconfirmed"):
        done = stage.run("ru", line, [])
        assert (done.code, done.said.count("\n")) == (2, 1), done.said
        assert "is no short name here, only what a party calls itself: xx." in done.said
    assert stage.run("ru", "parley join grey-swan --unconfirmed --yes").code == 0
    done = stage.run("ru", f"{deposit} --to xx", ["de", "xx"])
    assert done.code == 0, done.said
    assert "That was not 'xx'." in done.said
    assert stage.run("ru", f"parley trust xx --name de --number '{number_of(stage, 'xx')}'").code == 0
    done = stage.run("ru", f"{deposit} --to de", ["de"])
    assert done.code == 0, done.said


def test_a_name_and_an_office_are_asked_for_at_the_founding(crowded: Stage) -> None:
    done = crowded.run("ch", "parley init ch.invitation --zone Europe/Zurich", ["H. Keller", "Registry"])
    assert done.code == 0, done.said
    assert "H. Keller, Registry" in crowded.run("ch", "parley").data


def test_the_folder_of_the_root_is_asked_for_until_the_file_is_there(crowded: Stage) -> None:
    assert crowded.run("ru", "parley officers -o ru.office").code == 0
    assert crowded.run("new", "parley init ru.office --name 'B. Ivanov' --office Registry").code == 0
    line = "parley empower ivanov.request --may read --until 2022-12-31"
    done = crowded.run("ru", line, ["Moscow", "Russian Federation", "nowhere/root.key", "ru-root/root.key"])
    assert done.code == 0, done.said
    assert "That was not 'ru'." in done.said
    assert "There is no file nowhere/root.key." in done.said
