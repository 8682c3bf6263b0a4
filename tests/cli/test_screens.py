"""What stands on screens of eighty columns: nothing cut within a word, one thing on a line, the next step beside it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from parley.canonical import encode
from parley.cli.session import Session
from parley.crypto import sha256
from tests.cli.stage import Stage, must, number_of
from tests.cli.test_processes import at_terminal

HELD = ["status", "register", "officers", "trust", "show RU-1"]
"""Commands that show what there is; at a terminal of its own each reads a clock that is not the stage's."""


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen of eighty columns at which somebody looks."""
    monkeypatch.setattr(Session, "lines_only", property(lambda self: self.plain))
    monkeypatch.setattr(Session, "width", property(lambda _: 80))


@pytest.fixture
def handed(stage: Stage) -> Stage:
    """A stage on which ru has handed over a letter with a subject too long for a column."""
    (stage.folder / "paper.md").write_text("# Letter\n\nWords.\n", "utf-8")
    line = "parley deposit paper.md --to us --role note --terms essence --standing non-paper --yes"
    must(stage.run("ru", f"{line} --subject 'Working hours of the registries in both capitals over the holidays'"))
    return stage


@pytest.mark.usefixtures("narrow")
def test_nothing_is_wider_than_the_screen(handed: Stage) -> None:
    must(handed.run("us", "parley receive RU-1 --under-reserve --yes"))
    handed.run("ru", "parley convene 'Grain and its passage through the straits' --with us --yes --handle green-finch")
    for actor, commands in (("ru", ["", *HELD, "audit"]), ("us", ["", "inbox", "status --releases", *HELD])):
        for command in commands:
            said = must(handed.run(actor, f"parley {command}".rstrip()))
            long = [line for line in said.splitlines() if len(line) > 80]
            assert long == [], command


@pytest.mark.usefixtures("narrow")
def test_every_number_to_compare_and_every_subject_is_whole(handed: Stage) -> None:
    listed = must(handed.run("us", "parley inbox")).split()
    assert {"Working", "hours", "registries", "capitals", "holidays"} <= set(listed)
    assert len(re.findall(r"\b[0-9]{5}\b", must(handed.run("us", "parley trust")))) == 16


@pytest.mark.usefixtures("narrow")
def test_a_command_to_copy_stands_on_a_line(handed: Stage) -> None:
    front = must(handed.run("us", "parley")).splitlines()
    assert "    → parley receive RU-1" in front
    inbox = must(handed.run("us", "parley inbox")).splitlines()
    assert "→ parley show RU-1 · parley receive RU-1" in inbox
    told = Session()
    assert told.wrapped(f"→ parley show {'x' * 40} · parley read {'y' * 40}") == [
        f"→ parley show {'x' * 40}",
        f"→ parley read {'y' * 40}",
    ]


def test_an_error_breaks_between_words_at_a_terminal(stage: Stage) -> None:
    code, screen = at_terminal(stage.folder, "verify", "nowhere-to-be-found.evidence", COLUMNS="40")
    assert code == 2
    lines = screen.replace("\r", "").splitlines()
    assert lines == ["parley: There is no file", "nowhere-to-be-found.evidence. Check the", "name and the folder."]


def test_a_verdict_breaks_between_words_at_a_terminal_and_is_whole_in_a_pipe(handed: Stage) -> None:
    must(handed.run("ru", "parley evidence RU-1 -o ru.evidence"))
    code, screen = at_terminal(handed.folder, "verify", "ru.evidence", COLUMNS="80")
    assert code == 3
    lines = screen.replace("\r", "").splitlines()
    assert max(map(len, lines)) <= 80
    piped = handed.run("anyone", "parley verify ru.evidence").data
    assert max(map(len, piped.splitlines())) > 80
    assert " ".join(screen.split()) == " ".join(piped.split())


@pytest.mark.usefixtures("narrow")
def test_the_register_at_a_screen_is_read_paper_by_paper(handed: Stage) -> None:
    said = must(handed.run("ru", "parley register"))
    first, *rest = said.splitlines()
    assert first == "RU-1 · note · NON-PAPER · Russian Federation to United States"
    names = [re.split(r"  +", line.strip())[0] for line in rest if not line.startswith("    ")]
    assert names == ["subject", "sent", "deposited", "informed", "received", "outcome", "sign by"]
    assert handed.run("ru", "parley register --plain").data.startswith("reference: RU-1\n")


# --- handing over, signing, taking back -------------------------------------------------------------------------


def test_what_cannot_be_read_out_of_a_file_is_asked_for(stage: Stage) -> None:
    (stage.folder / "letter.pdf").write_bytes(b"%PDF-1.4\nnot much of one\n")
    line = "parley deposit letter.pdf --to us --role note --terms essence"
    done = stage.run("ru", line, ["Hours of the registry", "Klingon!", "ru", "us"])
    said = must(done)
    assert "subject      Hours of the registry" in said
    assert "That is not a language." in said
    assert "language     ru, authentic text" in said
    for absent in ("begins", "ends ", "prevails", "sealed"):
        assert absent not in said
    assert len(re.findall(r"[0-9.]+ (?:bytes|kB)", said)) == 1
    assert "original     letter.pdf, 25 bytes" in said
    again = must(stage.run("ru", line.replace("note", "question"), ["", "", "us"]))
    assert "subject      letter.pdf" in again
    assert "language     en, authentic text" in again


def test_nothing_is_asked_of_a_file_where_it_is_said_or_nobody_sits(stage: Stage) -> None:
    (stage.folder / "letter.pdf").write_bytes(b"%PDF-1.4\nnot much of one\n")
    line = "parley deposit letter.pdf --to us --role note --terms essence"
    assert "subject      Hours" in must(stage.run("ru", f"{line} --subject Hours --language fr", ["us"]))
    must(stage.run("ru", f"{line} --title Hours --language fr --pages 2", ["us"]))
    must(stage.run("ru", f"{line} --our-ref 7 --yes"))
    must(stage.run("us", "parley reply RU-1 letter.pdf --terms essence --language en", ["An answer", "ru"]))


def test_convening_says_that_the_office_cannot_read_the_title_and_it_cannot(stage: Stage) -> None:
    done = stage.run("ru", 'parley convene "Grain and straits" --with us --handle green-finch', ["us"])
    said = must(done)
    assert said.index("The depositary's office cannot read this title") < said.index("To sign, type")
    assert stage.served is not None
    kept = list(stage.served.depositary.view.world.negotiations.values())
    acts = b"".join(encode(each.convene) for each in kept)
    assert b"green-finch" in acts  # the name of two words stands in the act as it is
    sealed = next(each.convene.title for each in kept if each.convene.handle == "green-finch")
    files = [path.read_bytes() for path in (stage.folder / "office").rglob("*") if path.is_file()]
    assert sealed in {sha256(data) for data in files}
    assert not [data for data in (acts, *files) if b"Grain" in data]


def test_terms_are_explained_before_they_are_asked_for_and_short_where_they_are_shown(stage: Stage) -> None:
    (stage.folder / "paper.md").write_text("# Letter\n\nWords.\n", "utf-8")
    said = must(stage.run("ru", "parley deposit paper.md --to us --role note", ["confidential", "us"]))
    assert said.index("  essence       say what it is about") < said.index("Which terms?")
    assert "               - nothing of it is to be published\n" in said
    assert "               - its author, too, keeps to this\n" in said


def test_terms_of_ones_own_name_parties_as_people_do(stage: Stage) -> None:
    (stage.folder / "paper.md").write_text("# Letter\n\nWords.\n", "utf-8")
    both = 'like = "confidential"\nexcerpts = {mode = "consent", parties = ["United States", "RU"]}\n'
    (stage.folder / "own.toml").write_text(both, "utf-8")
    line = "parley deposit paper.md --to us --role note --terms own.toml"
    assert "a provision is shown only when both sides agree" in must(stage.run("ru", line, ["us"]))
    (stage.folder / "own.toml").write_text('audience = ["Atlantis"]\n', "utf-8")
    done = stage.run("ru", line, [])
    assert done.code == 2
    assert done.said.startswith("parley: Atlantis is neither known here")


def test_a_receipt_under_reserve_says_so_in_a_line_of_its_own(handed: Stage) -> None:
    said = must(handed.run("us", "parley receive RU-1", ["n"])).splitlines()
    assert "Signed UNDER RESERVE: the sender's terms were noted, not accepted." in said
    must(handed.run("ru", "parley deposit paper.md --to us --role question --terms essence --yes"))
    assert "UNDER RESERVE" not in must(handed.run("us", "parley receive RU-2", ["a"]))


def test_status_and_register_say_that_terms_were_not_accepted(handed: Stage) -> None:
    must(handed.run("ru", "parley deposit paper.md --to us --role question --terms essence --yes"))
    must(handed.run("us", "parley receive RU-1 --under-reserve --yes"))
    assert "Its terms are accepted." in must(handed.run("us", "parley receive RU-2", ["Accept"]))
    said = must(handed.run("ru", "parley status"))
    assert said.count("terms UNDER RESERVE") == 1
    assert said.count("received, matches its seal") == 2
    assert "terms taken: under reserve" in must(handed.run("ru", "parley register"))
    rows = list(csv.DictReader(must(handed.run("ru", "parley register --csv")).splitlines()))
    assert [row["terms taken"] for row in rows] == ["under reserve", "accepted"]


@pytest.mark.parametrize("typed", ["n", "N ", "under reserve", "Under-Reserve", "reserve"])
def test_the_keys_of_a_receipt_are_understood_as_words_too(handed: Stage, typed: str) -> None:
    assert "Signed UNDER RESERVE" in must(handed.run("us", "parley receive RU-1", [typed]))


def test_a_text_in_other_letters_is_not_taken_for_english(handed: Stage) -> None:
    (handed.folder / "нота.md").write_text("# Нота\n\nСлова.\n", "utf-8")
    line = "parley deposit нота.md --to us --role note --terms essence"
    said = must(handed.run("ru", line, ["", "ru", "us"]))
    assert said.count("Language of нота.md") == 2  # nothing typed is no language
    assert "ru, authentic text" in said
    must(handed.run("ru", f"{line} --language ru --yes"))


def test_what_is_held_is_looked_at_without_the_depositary(handed: Stage) -> None:
    must(handed.run("ru", "parley status"))
    handed.stop()
    for line in ("status", "register", "show RU-1", "inbox"):
        done = handed.run("ru", f"parley {line}")
        assert done.code == (4 if line == "inbox" else 0), done.said
        if line != "inbox":
            assert "RU-1" in done.said
            held = "this is how things stood when this machine last saw it. The newest entry read here is of"
            assert held in " ".join(done.said.split())
    assert handed.run("ru", "parley withdraw RU-1 --yes").code == 4


def test_evidence_holds_what_came_since_and_says_where_nothing_did(handed: Stage) -> None:
    first = must(handed.run("ru", "parley evidence RU-1 -o waiting.evidence"))
    assert "It shows no answer of the United States, because none is known here." in first
    must(handed.run("us", "parley receive RU-1 --accept --yes"))
    said = must(handed.run("ru", "parley evidence RU-1 -o ru-1.evidence"))
    assert "It shows no answer" not in said
    assert "DELIVERED: signed for by" in handed.run("anyone", "parley verify ru-1.evidence").said
    handed.stop()
    said = " ".join(must(handed.run("ru", "parley evidence RU-1 -o held.evidence")).split())
    assert "The depositary could not be reached" in said
    assert "The newest entry read here is of" in said


def test_no_answer_to_which_terms_says_so(handed: Stage) -> None:
    said = handed.run("ru", "parley deposit paper.md --to us --role note", ["", "essence", "us"]).said
    assert "No terms were named. Known are: confidential" in said


def test_a_number_is_begun_anew(handed: Stage) -> None:
    number = number_of(handed, "ru").split()
    lines = ["00000", "again", " ".join(number[:4]), " ".join(number[4:])]
    said = must(handed.run("us", "parley trust ru", lines))
    assert "(1 of 8 groups; to begin anew, type: again)" in said
    assert "The numbers agree." in said


def test_a_register_has_the_subjects_of_papers_that_nobody_looked_at(handed: Stage) -> None:
    said = must(handed.run("us", "parley register --csv"))
    assert "Working hours of the registries" in said


def test_papers_under_one_heading_are_called_in_one_form(handed: Stage) -> None:
    must(handed.run("ru", "parley deposit paper.md --to us --role note --terms essence --yes"))
    must(handed.run("ru", "parley convene 'Grain' --with us --yes --handle green-finch"))
    must(handed.run("ru", "parley deposit paper.md --to us --role note --terms essence --yes"))
    said = must(handed.run("ru", "parley status amber-heron"))
    names = [word for word in said.split() if word.endswith(("RU-1", "RU-2"))]
    assert {name.partition("/")[0] for name in names} == {"amber-heron"}, said


def test_a_record_says_each_thing_of_a_paper_once(handed: Stage) -> None:
    must(handed.run("ru", "parley withdraw RU-1 --yes"))
    again = must(handed.run("ru", "parley deposit --again RU-1 --yes"))
    assert "RU-2" in again
    said = must(handed.run("ru", "parley record build -o site --yes"))
    lines = [line for line in said.splitlines() if line.startswith(("- RU-1", "- RU-2"))]
    assert len(lines) == len(set(lines))
    assert any(line.startswith("- RU-1: the acts: ") for line in lines), said


def test_a_paper_that_was_taken_back_says_so_when_it_is_to_be_read(handed: Stage) -> None:
    must(handed.run("ru", "parley withdraw RU-1 --yes"))
    done = handed.run("us", "parley read RU-1")
    assert (done.code, done.error and done.error.code) == (3, "paper.taken-back")


def test_what_was_received_or_still_waits_is_not_handed_over_again(handed: Stage) -> None:
    waits = handed.run("ru", "parley deposit --again RU-1 --yes")
    assert (waits.code, waits.error and waits.error.code) == (3, "again.waits")
    must(handed.run("us", "parley receive RU-1 --accept --yes"))
    taken = handed.run("ru", "parley deposit --again RU-1 --yes")
    assert (taken.code, taken.error and taken.error.code) == (3, "again.received")
    assert "parley deposit FILE --replaces RU-1" in taken.said


def test_a_countdown_stands_only_where_an_answer_is_waited_for(handed: Stage) -> None:
    assert "days left" in must(handed.run("ru", "parley show RU-1"))
    must(handed.run("us", "parley receive RU-1 --accept --yes"))
    said = must(handed.run("ru", "parley show RU-1"))
    assert "sign by" in said
    assert "left" not in said


def test_a_receipt_has_joined_already(handed: Stage) -> None:
    must(handed.run("us", "parley receive RU-1 --accept --yes"))
    assert handed.served is not None
    size = handed.served.depositary.view.size
    assert "You had joined amber-heron already" in must(handed.run("us", "parley join amber-heron"))
    assert handed.served.depositary.view.size == size


def test_a_withdrawal_shows_whose_paper_it_is_before_and_what_to_do_after(handed: Stage) -> None:
    said = must(handed.run("ru", "parley withdraw RU-1", ["RU-1"]))
    before, after = said.split("To sign, type the paper's name (RU-1): RU-1\n")
    assert "to       United States" in before
    assert "subject  Working hours of the registries" in before
    assert "Another paper in its place: parley deposit FILE --to us --role note --replaces RU-1" in after
    assert "The same once more: parley deposit --again RU-1" in after
    must(handed.run("ru", "parley deposit --again RU-1 --yes"))
    late = handed.run("us", "parley receive RU-1 --accept --yes")
    assert late.code == 3
    assert "the sender of RU-1 took it back" in late.said
    assert "In its place came RU-2." in late.said
    for line in ("parley withdraw RU-1", "parley refuse RU-2"):
        assert handed.run("ru", line, []).code == 3


@pytest.mark.usefixtures("narrow")
def test_what_became_of_a_paper_is_on_the_senders_front_page(handed: Stage) -> None:
    must(handed.run("us", "parley receive RU-1 --under-reserve --yes"))
    said = " ".join(must(handed.run("ru", "parley")).split())
    assert "RU-1 signed for by the United States, Mon 10 Jan 2022" in said
    assert said.endswith("terms under reserve → parley show RU-1")
    must(handed.run("ru", "parley deposit paper.md --to us --role question --terms essence --yes"))
    must(handed.run("us", "parley refuse RU-2 --reason form --yes"))
    said = " ".join(must(handed.run("ru", "parley")).split())
    assert "RU-2 refused by the United States" in said
    assert "→ parley deposit --again RU-2" in said


def test_the_former_name_of_an_option_is_understood_and_not_shown(stage: Stage) -> None:
    must(stage.run("ru", "parley convene Grain --with 'UNITED STATES' --answer-days 5 --handle green-finch --yes"))
    must(stage.run("ru", "parley convene Gas --with us --accept-days 7 --handle grey-swan --yes"))
    said = must(stage.run("us", "parley join grey-swan", ["grey-swan"]))
    assert "time to sign  7 working days" in said
    assert "time to sign  5 working days" in must(stage.run("us", "parley join green-finch --yes"))
    helped = must(stage.run("ru", "parley convene --help"))
    assert "--accept-days" in helped
    assert "--answer-days" not in helped


def test_a_slip_of_a_real_paper_has_its_glosses(handed: Stage) -> None:
    must(handed.run("ru", "parley print RU-1 -o slip.html"))
    text = Path(handed.folder / "slip.html").read_text("utf-8")
    for gloss in ("by the sender&#39;s own clock", "entered in the register", "the recipient was told of it"):
        assert gloss in text
    assert "to be signed for by" in text
    assert len(re.findall(r"\b[0-9a-f]{8}\b|\b[0-9a-f]{64}\b", text.split("<footer>")[0].split("</style>")[1])) == 0
