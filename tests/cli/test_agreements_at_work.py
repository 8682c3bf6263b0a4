"""What goes wrong under an agreement that both parties adopted, on the command line: each said in a line, in time."""

from __future__ import annotations

import json
from datetime import date

import pytest

from parley.canonical import Time
from parley.measures import step_text
from parley.measures.content import Content, write_content
from tests.cli.stage import Result, Stage, must
from tests.measures.agreements import SMALL
from tests.measures.test_content import content


def adopted(stage: Stage, text: str = SMALL) -> None:
    """Both parties adopt a small agreement."""
    (stage.folder / "small.toml").write_text(text, "utf-8")
    must(stage.run("us", "parley agreement adopt small.toml --terms public --yes"))
    must(stage.run("ru", "parley receive US-1 --accept --yes"))
    must(stage.run("ru", "parley agreement adopt small.toml --terms public --yes"))
    must(stage.run("us", "parley receive RU-1 --accept --yes"))


def refused(result: Result, code: str, *, exits: int = 2) -> str:
    """The one line that says it."""
    assert (result.code, result.error and result.error.code) == (exits, code), result.said
    return result.said


# --- parties ------------------------------------------------------------------------------------------------------


def test_a_step_towards_a_stranger_is_not_signed(stage: Stage) -> None:
    adopted(stage)
    line = "parley agreement suspend small --yes"
    assert "xx is not a party to this negotiation" in refused(
        stage.run("us", f"{line} --towards xx"), "deposit.not-a-party", exits=3
    )
    assert "US-2" in must(stage.run("us", f"{line} --towards ru"))


@pytest.mark.parametrize("more", ["", " --page page.html"])
def test_of_a_stranger_nothing_is_owed_is_not_said(stage: Stage, more: str) -> None:
    adopted(stage)
    said = refused(stage.run("us", f"parley obligations --party xx{more}"), "obligations.party")
    assert "Its parties are: ru, us." in said
    must(stage.run("us", "parley obligations --party 'Russian Federation'"))


# --- rounds -------------------------------------------------------------------------------------------------------


def test_the_deadline_of_a_round_may_be_a_day(stage: Stage) -> None:
    adopted(stage)
    (stage.folder / "figures.toml").write_bytes(write_content(content()))
    line = "parley declare figures.toml --round 2022-01 --terms public --yes --deadline"
    assert "with --deadline" in refused(stage.run("us", f"{line} 2022-01-02"), "round.past")
    assert "its end in UTC" in refused(stage.run("us", f"{line} soon"), "round.time")
    assert "Mon 31 Jan 2022 23:59 UTC" in must(stage.run("us", f"{line} 2022-01-31"))


# --- notices ------------------------------------------------------------------------------------------------------


def test_that_a_notice_is_late_or_not_asked_for_is_said_before_it_is_signed(stage: Stage) -> None:
    adopted(stage)
    (stage.folder / "late.toml").write_bytes(write_content(content(start=date(2022, 1, 31))))
    (stage.folder / "small-one.toml").write_bytes(write_content(content(start=date(2022, 9, 1), troops=100)))
    late = " ".join(must(stage.run("us", "parley notify late.toml --to ru --terms public --yes")).split())
    assert late.index("had to be given by Mon 20 Dec 2021 23:59 UTC") < late.index("you are about to hand over")
    voluntary = must(stage.run("us", "parley notify small-one.toml --to ru --terms public --yes"))
    assert voluntary.index("it is voluntary") < voluntary.index("you are about to hand over")


# --- the end ------------------------------------------------------------------------------------------------------


def test_that_nobody_has_adopted_an_agreement_is_said_before_a_notice_under_it_is_signed(stage: Stage) -> None:
    (stage.folder / "small.toml").write_text(SMALL, "utf-8")
    (stage.folder / "notice.toml").write_bytes(write_content(content()))
    said = " ".join(must(stage.run("us", "parley notify notice.toml --under small.toml --terms public --yes")).split())
    assert said.index("WARNING: no party has handed over small") < said.index("you are about to hand over")
    trial = must(stage.run("us", "parley notify notice.toml --under small.toml --terms public --yes --test"))
    assert "WARNING" not in trial


def test_that_an_agreement_has_ended_is_said_before_it_is_adopted_and_wherever_nothing_is_owed(stage: Stage) -> None:
    dates = 'in_force = 2020-01-01\nexpires = 2021-12-31\nfigures = { mark = "seen", source = "here" }\n\n[[sources]]'
    (stage.folder / "over.toml").write_text(SMALL.replace("[[sources]]", dates, 1), "utf-8")
    adopting = must(stage.run("us", "parley agreement adopt over.toml --terms public --yes"))
    assert adopting.index("small ended on 2021-12-31") < adopting.index("you are about to hand over")
    for line in ("parley obligations", "parley inspect board"):
        assert "small ended on 2021-12-31" in must(stage.run("us", line))


def test_whoever_denounces_is_told_before_when_it_ends_and_cannot_take_back_what_is_over(stage: Stage) -> None:
    adopted(stage)
    said = must(stage.run("us", "parley agreement denounce small --yes"))
    assert said.index("It ends for your party AT ONCE, and for good") < said.index("you are about to hand over")
    stage.pass_to(Time(stage.clock() + 60_000))
    line = "parley agreement resume small US-2 --yes"
    assert "cannot be taken back any more" in refused(stage.run("us", line), "step.ended", exits=3)


def test_with_a_time_of_notice_it_is_told_how_it_is_taken_back(stage: Stage) -> None:
    notice = 'notice = { months = 3, mark = "seen", source = "here" }\n\n[[sources]]'
    adopted(stage, SMALL.replace("[[sources]]", notice, 1))
    said = " ".join(must(stage.run("us", "parley agreement denounce small --yes")).split())
    assert "small ends for your party on Sun 10 Apr 2022 23:59 UTC" in said
    stage.pass_to(Time(stage.clock() + 60_000))
    line = "parley agreement resume small --yes"
    assert "parley agreement resume small US-2" in refused(stage.run("us", line), "step.which", exits=3)
    must(stage.run("us", line.replace("small", "small US-2")))


# --- how it stands ------------------------------------------------------------------------------------------------


def test_how_an_agreement_stands_is_told_with_paper_day_and_who(stage: Stage) -> None:
    notice = 'notice = { months = 3, mark = "seen", source = "here" }\n\n[[sources]]'
    adopted(stage, SMALL.replace("[[sources]]", notice, 1))
    must(stage.run("us", "parley agreement suspend small --towards ru --because Why --yes"))
    must(stage.run("us", "parley agreement denounce small --yes"))
    said = " ".join(must(stage.run("us", "parley agreement show small")).split())
    assert "small is in force here since 2022-01-10. Adopted by all: amber-heron/US-1, amber-heron/RU-1." in said
    assert "SUSPENDED by the United States: all measures, towards the Russian Federation (amber-heron/US-2, " in said
    assert "DENOUNCED by the United States (amber-heron/US-3, " in said
    assert "It ends for that party: Sun 10 Apr 2022 23:59 UTC" in said
    shown = json.loads(stage.run("us", "parley agreement show small --json").data)["agreement"]["here"]
    assert [(each["standing"], each["since"]) for each in shown] == [("in-force", "2022-01-10")]
    assert [(each["kind"], each["paper"], each["holds"]) for each in shown[0]["statements"]] == [
        ("suspension", "US-2", True),
        ("denunciation", "US-3", True),
    ]
    assert "in force since 2022-01-10" in must(stage.run("us", "parley agreement show"))


def test_a_notice_that_is_looked_at_says_that_the_agreement_is_suspended_or_denounced(stage: Stage) -> None:
    adopted(stage)
    (stage.folder / "notice.toml").write_bytes(write_content(content(start=date(2022, 9, 1))))
    check = "parley notify notice.toml --check"
    assert "SUSPENDED" not in must(stage.run("us", check))
    must(stage.run("us", "parley agreement suspend small --yes"))
    must(stage.run("us", "parley agreement denounce small --yes"))
    said = " ".join(must(stage.run("us", check)).split())
    assert "small: SUSPENDED by the United States" in said
    assert "small: DENOUNCED by the United States" in said


def test_the_same_notice_again_is_warned_of_before_it_is_signed(stage: Stage) -> None:
    adopted(stage)
    (stage.folder / "notice.toml").write_bytes(write_content(content(start=date(2022, 9, 1))))
    line = "parley notify notice.toml --terms public --yes"
    assert "says the very same" not in must(stage.run("us", line))
    said = " ".join(must(stage.run("us", line)).split())
    assert said.index("WARNING: US-2 of your party says the very same already") < said.index("you are about to hand")


# --- what is about to be signed -----------------------------------------------------------------------------------


def test_the_screen_says_in_sentences_what_a_statement_or_an_amendment_does(stage: Stage) -> None:
    adopted(stage)
    suspended = " ".join(
        must(stage.run("us", "parley agreement suspend small --towards ru --because Why --yes")).split()
    )
    assert "does Your party suspends small: all measures, towards the Russian Federation. Why" in suspended
    assert "begins" not in suspended
    (stage.folder / "fewer.toml").write_text(SMALL.replace("at_least = 9000", "at_least = 5000"), "utf-8")
    amended = " ".join(must(stage.run("us", "parley agreement amend small fewer.toml --terms public --yes")).split())
    assert "What differs, 1: thresholds notifiable any 1 at_least: 9000 → 5000" in amended
    (stage.folder / "figures.toml").write_bytes(write_content(content()))
    line = "parley declare figures.toml --round 2022-01 --terms public --yes --deadline 2022-01-31"
    assert "Your party declares this in the round 2022-01." in must(stage.run("us", line))


# --- two negotiations ---------------------------------------------------------------------------------------------


def test_where_a_negotiation_is_named_a_bare_reference_is_a_paper_of_that_one(stage: Stage) -> None:
    adopted(stage)
    must(stage.run("us", "parley convene Missiles --with ru --handle blue-fox --yes"))
    must(stage.run("ru", "parley join blue-fox --yes"))
    (stage.folder / "note.md").write_text("The other matter.\n", "utf-8")
    deposit = "parley deposit note.md --role note --language en --negotiation"
    must(stage.run("ru", f"{deposit} blue-fox --to us --terms public --yes"))
    must(stage.run("us", "parley use blue-fox"))
    line = "parley agreement counter small RU-1 --because Why --yes --negotiation"
    must(stage.run("us", f"{line} amber-heron"))
    own = f"{deposit} amber-heron --to ru --terms public --in-reply-to RU-1 --yes"
    must(stage.run("us", own))
    for reference in ("US-2", "US-3"):
        paper = json.loads(stage.run("us", f"parley show amber-heron/{reference} --json").data)["paper"]
        assert paper["in_reply_to"] == "RU-1"
    standing = json.loads(stage.run("us", "parley agreement show small --negotiation amber-heron --json").data)
    (stated,) = standing["agreement"]["here"][0]["statements"]
    assert (stated["paper"], stated["cites"]) == ("US-2", "RU-1")
    refused(stage.run("us", own.replace("RU-1", "RU-2")), "reference.unknown")


def test_a_question_about_a_paper_of_a_named_negotiation_is_about_that_paper(stage: Stage) -> None:
    adopted(stage)
    (stage.folder / "exercise.toml").write_bytes(write_content(content()))
    must(stage.run("ru", "parley notify exercise.toml --to us --terms public --yes"))
    must(stage.run("us", "parley convene Missiles --with ru --handle blue-fox --yes"))
    must(stage.run("ru", "parley join blue-fox --yes"))
    (stage.folder / "note.md").write_text("The other matter.\n", "utf-8")
    for _ in range(2):
        line = "parley deposit note.md --role note --language en --negotiation blue-fox --to us --terms public --yes"
        must(stage.run("ru", line))
    must(stage.run("us", "parley use blue-fox"))
    asked = Content(agreement="small", form="question", items={"text": "Whose?"})
    (stage.folder / "question.toml").write_bytes(write_content(asked))
    line = "parley notify question.toml --to ru --terms public --in-reply-to RU-2 --negotiation amber-heron --yes"
    must(stage.run("us", line))
    paper = json.loads(stage.run("us", "parley show amber-heron/US-2 --json").data)["paper"]
    assert paper["in_reply_to"] == "RU-2"
    assert "US-2 of your party says the very same already" in must(stage.run("us", line))


# --- draft files --------------------------------------------------------------------------------------------------


def drafted(stage: Stage, line: str, *sentences: str) -> str:
    """What is said of a draft, where it is written, looked at and signed, with each of these sentences in all three."""
    (stage.folder / "act.draft").unlink(missing_ok=True)
    first = ""
    for command in (f"{line} --prepare act.draft", "parley show act.draft", "parley sign act.draft --yes"):
        said = " ".join(must(stage.run("us", command)).split())
        for sentence in sentences:
            assert said.count(sentence) == 1, said
        assert " begins " not in said
        first = first or said
    return first


def test_what_a_draft_does_to_an_agreement_is_said_wherever_it_is_signed(stage: Stage) -> None:
    adopted(stage)
    suspended = "does Your party suspends small: prior-notice, towards the Russian Federation. Why"
    line = "parley agreement suspend small --measures prior-notice --towards ru --because Why"
    assert suspended in " ".join(must(stage.run("us", f"{line} --yes")).split())
    drafted(stage, "parley agreement suspend small --because Why", "suspends small: all measures, towards all others.")
    drafted(stage, "parley agreement resume small US-2", "Your party takes back US-2 about small: all measures")
    drafted(
        stage,
        "parley agreement denounce small",
        "It ends for your party AT ONCE, and for good",
        "does Your party denounces small, all of it, towards all others.",
    )
    (stage.folder / "other.toml").write_text(SMALL.replace("at_least = 9000", "at_least = 8000"), "utf-8")
    drafted(
        stage,
        "parley agreement amend small other.toml --terms public",
        "does Your party proposes another text of small.",
        "What differs, 1:",
        "9000 → 8000",
    )
    (stage.folder / "new.toml").write_text(SMALL.replace('"small"', '"newer"'), "utf-8")
    drafted(stage, "parley agreement adopt new.toml --terms public", "does Your party adopts newer.")


def test_what_a_draft_declares_is_said_with_its_round(stage: Stage) -> None:
    adopted(stage)
    (stage.folder / "figures.toml").write_bytes(write_content(content()))
    line = "parley declare figures.toml --round 2022-01 --terms public"
    must(stage.run("ru", f"{line} --yes --deadline 2022-01-31"))
    round_ = (
        "does Your party declares this in a round with the Russian Federation. All must have declared by Mon 31 Jan"
    )
    drafted(stage, line, round_, "In this round already: RU-2.")


def test_of_a_statement_with_other_words_than_its_file_the_words_are_shown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopted(stage)
    must(stage.run("us", "parley agreement suspend small --prepare act.draft"))
    monkeypatch.setitem(step_text.NAMES["en"], "all", "none")
    said = " ".join(must(stage.run("us", "parley sign act.draft --yes")).split())
    assert "suspends small" not in said
    assert " begins " in said


def test_an_amendment_is_not_called_an_adoption_where_the_text_in_force_is_away(stage: Stage) -> None:
    adopted(stage)
    before = set((stage.folder / "us" / "sealed").iterdir())
    (stage.folder / "other.toml").write_text(SMALL.replace("at_least = 9000", "at_least = 8000"), "utf-8")
    must(stage.run("us", "parley agreement amend small other.toml --terms public --prepare act.draft"))
    for path in before:
        path.unlink()
    stage.stop()
    said = " ".join(must(stage.run("us", "parley show act.draft")).split())
    assert "adopts small" not in said
    assert " begins " in said
