"""What both sides know of an escrow from its papers, and what a false owner cannot hide."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from msgspec import structs

from parley.canonical import Time
from parley.errors import Invalid, Malformed, Refused
from parley.measures.amendment import amend
from parley.measures.escrow import Committed, commit
from parley.measures.escrow_answers import Absent, Present
from parley.measures.escrow_fold import stories
from parley.measures.escrow_papers import AnswerPaper, OpeningPaper, TotalsPaper
from parley.measures.escrow_plan import Blind, Cell, Plan, Step, item_of
from parley.measures.escrow_story import Paper, Story
from parley.words import explain
from tests.measures.escrow_build import SITES, committed, plan, seed, subject
from tests.measures.escrow_rail import BY_NAME, START, Rail, false_leaves

MADE = committed(BY_NAME)
OTHER = committed(BY_NAME, name="two")
NAMED = ("site-003", "site-005")


def whole(made: Committed = MADE) -> Rail:
    """All that happens to an escrow whose owner keeps to the rules."""
    rail = Rail()
    held = rail.begin(made)
    rail.open(made, held, 1)
    here = rail.ask("Base 3", held)
    rail.answer(made, "Base 3", here)
    nowhere = rail.ask("Base 77", held)
    rail.answer(made, "Base 77", nowhere)
    rail.open(made, held, 2)
    rail.open(made, held, 3, NAMED)
    rail.open(made, held, 3, ["site-001"])
    rail.open(made, held, 4)
    rail.totals(made, held, NAMED)
    return rail


def unproven(story: Story) -> list[tuple[str, str]]:
    """Each paper that does not prove what it says, with the code of the reason; every reason can be said."""
    assert all(explain(each.error) for each in story.unproven)
    return [(each.reference, each.code) for each in story.unproven]


def conflicts(story: Story) -> list[tuple[str, tuple[str, str]]]:
    return [(each.conflict, each.papers) for each in story.contradictions]


# --- who keeps to the rules -----------------------------------------------------------------------------------------


def test_every_step_has_the_papers_that_opened_it() -> None:
    story = whole().story()
    assert [each.opened_by for each in story.steps] == [("US-3",), ("US-8",), ("US-9", "US-10"), ("US-11",)]
    assert (story.sound, story.due(), story.owner, story.plan_by) == (True, None, "us", "US-1")


def test_items_are_known_by_the_layers_opened_so_far() -> None:
    rail = whole()
    story = stories(rail.papers[:9])[0]
    known = story.known()
    assert [each.uid for each in known] == [f"site-{number:03}" for number in range(SITES)]
    third = known[3]
    assert (third.region, third.place, third.counts) == ("Region A", "Base 3", None)
    assert third.by == {"existence": "US-3", "place": "US-5", "region": "US-8"}
    assert known[4].place is None
    assert story.due() == 4
    last = rail.story().known()[4]
    assert (last.place, last.counts, last.by["contents"]) == ("Base 4", (4, 400), "US-11")


def test_questions_have_their_answers() -> None:
    story = whole().story()
    here, nowhere = story.questions
    assert (here.by, here.place, here.answered_by) == ("ru", "Base 3", "US-5")
    assert here.found == Present(place="Base 3", slot=MADE.find("site-003"))
    assert isinstance(nowhere.found, Absent)
    rail = Rail()
    rail.ask("Base 3", rail.begin(MADE))
    assert rail.story().questions[0].found is None


def test_a_place_answered_before_any_step_is_an_item_without_a_name() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    rail.answer(MADE, "Base 3", rail.ask("Base 3", held))
    (known,) = rail.story().known()
    assert (known.uid, known.place, known.slot) == (None, "Base 3", MADE.find("site-003"))
    rail.open(MADE, held, 1)
    assert [each.uid for each in rail.story().known() if each.place == "Base 3"] == ["site-003"]


def test_totals_stand_beside_the_items_shown_in_them() -> None:
    (totals,) = whole().story().totals
    assert totals.totals == {"launchers": 66, "warheads": 6600}
    assert totals.slots == tuple(MADE.find(uid) for uid in NAMED)


def test_the_order_in_which_papers_come_here_is_nothing() -> None:
    papers = whole().papers
    for number in range(20):
        mixed: list[Paper] = list(papers)
        random.Random(number).shuffle(mixed)
        assert stories(mixed) == stories(papers)


def test_what_is_not_opened_here_waits_and_the_rest_is_told() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    shut = rail.hand(None, held, sender="ru", role="note")
    rail.answer(MADE, "Base 3", shut)
    rail.open(MADE, held, 1)
    story = rail.story()
    assert (story.waiting, story.missing, story.pending, story.progress.step) == (["RU-3"], ["RU-3"], ["US-4"], 1)
    assert not story.sound
    rail.papers.pop(-2)
    assert rail.story().sound


def test_only_what_could_be_given_to_us_may_be_the_step_before() -> None:
    """Not what opens later, what is for others, what is no step by its role, its sender or what it replies to."""
    later = Time(START + 90_000)
    for said in (
        {"opening": "not_before", "here_from": later},
        {"opening": "on_receipt", "here_from": None},
        {"role": "note"},
        {"role": "response"},
        {"sender": "ru"},
    ):
        rail = Rail()
        held = rail.begin(MADE)
        rail.hand(None, held, **said)
        early = rail.open(MADE, held, 2)
        story = rail.story()
        assert (story.pending, story.missing) == ([], []), said
        assert unproven(story) == [(early.reference, "escrow.step-order")]
        assert len(story.waiting + story.elsewhere) == 1
    rail = Rail()
    held = rail.begin(MADE)
    rail.hand(None, rail.hand(None, held, role="note"))
    rail.open(MADE, held, 2)
    assert rail.story().pending == []
    rail = Rail()
    held = rail.begin(MADE)
    rail.hand(None, held, opening="not_before", here_from=Time(START + 3))
    early = rail.open(MADE, held, 2)
    assert (rail.story().pending, rail.story().missing) == ([early.reference], ["US-3"])


def test_an_answer_to_a_question_for_others_alone_is_told_by_its_place() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    shut = rail.hand(None, held, sender="ru", role="note", here_from=None)
    given = [rail.answer(MADE, place, shut).reference for place in ("Base 3", "Base 3")]
    story = rail.story()
    (asked,) = story.questions
    assert (asked.reference, asked.by, asked.place, asked.unseen) == ("RU-3", "ru", "Base 3", True)
    assert (asked.answered_by, story.elsewhere, story.waiting, story.sound) == (given[0], ["RU-3"], [], True)
    for sender, role in (("us", "note"), ("ru", "declaration")):
        rail = Rail()
        shut = rail.hand(None, rail.begin(MADE), sender=sender, role=role, here_from=None)
        rail.answer(MADE, "Base 3", shut)
        assert unproven(rail.story()) == [("US-4", "escrow.no-question")]


def test_an_answer_to_what_is_known_to_be_no_question_is_none() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    rail.answer(MADE, "Base 3", held)
    rail.answer(MADE, "Base 3", rail.open(MADE, held, 1))
    rail.answer(MADE, "Base 3", rail.hand(None, held, fault=Malformed("escrow.no-file")))
    rail.answer(MADE, "Base 3", rail.other(held))
    story = rail.story()
    assert [each for each in unproven(story) if each[1] != "escrow.no-file"] == [
        (f"US-{number}", "escrow.no-question") for number in (3, 5, 7, 9)
    ]
    assert (story.pending, story.questions) == ([], [])


@pytest.mark.parametrize("kind", ["opening", "totals", "question", "amendment"])
@pytest.mark.parametrize("opened", [True, False], ids=["who read it", "who did not"])
def test_what_replies_to_a_paper_about_it_counts_for_nobody(kind: str, opened: bool) -> None:
    """Whether this reader can open the paper between, or what it is, makes no difference."""
    rail = Rail()
    held = rail.begin(MADE)
    for between in (rail.open(MADE, held, 1), rail.ask("Base 3", held), rail.other(held)):
        if not opened:
            rail.papers[rail.papers.index(between)] = replace(between, file=None, other=False)
        match kind:
            case "opening":
                rail.open(MADE, between, 1)
            case "totals":
                rail.totals(MADE, between)
            case "question":
                rail.ask("Base 4", between)
            case _:
                rail.amend(MADE, amended(MADE), between, show=True)
    story = rail.story()
    strayed = [each.reference for each in rail.papers[5:]]
    assert unproven(story) == [(reference, "escrow.reply") for reference in strayed]
    assert (story.totals, story.amendment, story.pending) == ([], None, [])
    assert [each.opened_by for each in story.steps[:1]] == [("US-3",) if opened else ()]


def test_what_changed_waits_for_the_declaration_before_alone() -> None:
    """What is shown of it depends on what is open there; no step of the next does."""
    after, rail = amended(MADE), Rail()
    held = rail.begin(MADE)
    rail.hand(None, held)
    again = rail.seal(after, held)
    early = rail.amend(MADE, after, again, show=True)
    step = rail.open(after, again, 2)
    before, now = rail.stories()
    assert (before.waiting, now.waiting, now.pending) == (["US-3"], [], [early.reference])
    assert unproven(now) == [(step.reference, "escrow.step-order")]


def test_two_amendments_of_one_declaration_are_both_named() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    one, two = (rail.seal(amended(MADE, number), held) for number in (2, 3))
    before, first, second = rail.stories()
    assert before.amended_by == [one.reference, two.reference]
    assert (before.beside, first.beside, second.beside) == ([], [two.reference], [one.reference])


def test_a_step_after_one_that_waits_is_not_said_to_be_out_of_order() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    first = rail.hand(None, held)
    rail.open(MADE, held, 2)
    rail.open(OTHER, held, 1)
    story = rail.story()
    assert (story.waiting, story.pending) == (["US-3"], ["US-4"])
    assert unproven(story) == [("US-5", "escrow.commitment")]
    rail.papers.pop()
    opening = rail.open(MADE, held, 1)
    rail.papers.pop()
    rail.papers[rail.papers.index(first)] = replace(first, file=opening.file)
    story = rail.story()
    assert (story.waiting, story.pending, story.progress.step) == ([], [], 2)


def test_a_held_paper_that_replies_to_something_else_is_no_escrow() -> None:
    rail = Rail()
    rail.seal(MADE, rail.ask("Base 3", rail.plan(BY_NAME)))
    stranger = rail.plan(BY_NAME, sender="ru")
    rail.seal(MADE, stranger)
    held = rail.begin(MADE)
    rail.seal(MADE, held, sender="ru")
    assert [story.sealed.reference for story in rail.stories()] == [held.reference]


# --- who does not ---------------------------------------------------------------------------------------------------


def test_a_step_out_of_its_order_proves_nothing_and_spoils_nothing() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    rail.open(MADE, held, 2)
    rail.open(MADE, held, 1)
    rail.open(MADE, held, 1)
    rail.open(MADE, held, 2)
    story = rail.story()
    assert unproven(story) == [("US-3", "escrow.step-order"), ("US-5", "escrow.step-order")]
    assert [each.opened_by for each in story.steps][:2] == [("US-4",), ("US-6",)]


@pytest.mark.parametrize("made", [OTHER, committed(plan(grid=None, slots=64))], ids=["list", "plan"])
def test_nothing_out_of_another_declaration_is_believed(made: Committed) -> None:
    rail = Rail()
    held = rail.begin(MADE)
    rail.open(made, held, 1)
    rail.answer(made, "Base 3", rail.ask("Base 3", held))
    rail.totals(made, held)
    story = rail.story()
    assert [found for _, found in unproven(story)] == ["escrow.commitment"] * 3
    assert not story.items
    assert not story.totals
    assert story.questions[0].found is None
    assert {each.kind for each in story.unproven} == {"opening", "answer", "totals"}


def test_a_declaration_that_somebody_copied_into_another_deposit_opens_nothing() -> None:
    rail = Rail()
    copied = replace(rail.begin(MADE), subject=subject(9))
    rail.papers[-1] = copied
    rail.open(MADE, copied, 1)
    assert unproven(rail.story()) == [("US-3", "escrow.commitment")]


def test_an_item_that_was_not_there_is_not_opened() -> None:
    """The owner shows the slot of one item with the words of another."""
    rail = Rail()
    held = rail.begin(MADE)
    rail.open(MADE, held, 1)
    file = rail.open(MADE, held, 2).file
    rail.papers.pop()
    assert isinstance(file, OpeningPaper)
    first, second, *others = file.opening.slots
    swapped = (
        structs.replace(first, data=second.data, hidden=second.hidden),
        structs.replace(second, data=first.data, hidden=first.hidden),
        *others,
    )
    opening = structs.replace(file.opening, slots=swapped)
    rail.hand(structs.replace(file, opening=opening), held)
    less = structs.replace(file.opening, slots=others)
    rail.hand(structs.replace(file, opening=less), held)
    assert unproven(rail.story()) == [("US-4", "escrow.root"), ("US-5", "escrow.incomplete")]


def test_an_answer_for_another_place_is_none() -> None:
    rail = Rail()
    asked = rail.ask("Base 3", rail.begin(MADE))
    rail.answer(MADE, "Base 4", asked)
    rail.answer(MADE, "Base 99", asked)
    file = rail.answer(MADE, "Base 99", asked).file
    assert isinstance(file, AnswerPaper)
    rail.hand(structs.replace(file, answer=structs.replace(file.answer, place="Base 3")), asked)
    story = rail.story()
    assert [code for _, code in unproven(story)[:3]] == ["escrow.elsewhere"] * 3
    assert story.unproven[3].code in ("escrow.cut", "escrow.elsewhere", "escrow.zone", "escrow.root")
    assert story.questions[0].found is None
    rail.answer(MADE, "Base 3", asked)
    assert isinstance(rail.story().questions[0].found, Present)


def test_only_who_sealed_it_opens_it_and_answers() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    rail.open(MADE, held, 1, sender="ru")
    asked = rail.ask("Base 3", held)
    rail.answer(MADE, "Base 3", asked, sender="ru")
    rail.answer(MADE, "Base 3", held)
    rail.hand(rail.plan(BY_NAME).file, held)
    story = rail.story()
    assert unproven(story) == [
        ("RU-3", "escrow.not-the-owner"),
        ("RU-5", "escrow.not-the-owner"),
        ("US-6", "escrow.no-question"),
        ("US-8", "escrow.plan-late"),
    ]
    assert "did not seal" in explain(story.unproven[0].error)


def test_a_question_that_cannot_be_is_said_to_be_none() -> None:
    rail = Rail()
    rail.ask("", rail.begin(MADE))
    story = rail.story()
    assert unproven(story) == [("RU-3", "escrow.place")]
    assert story.questions == []


def test_what_others_hand_over_is_no_fault_of_the_owner() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    rail.open(MADE, held, 1)
    rail.ask("", held)
    rail.open(MADE, held, 2, sender="ru")
    rail.hand(None, held, sender="cn", fault=Malformed("escrow.kind"))
    story = rail.story()
    assert [(each.by, each.code) for each in story.unproven] == [
        ("ru", "escrow.place"),
        ("ru", "escrow.not-the-owner"),
        ("cn", "escrow.kind"),
    ]
    assert (story.faults, story.sound) == ((), True)
    rail.hand(None, held, fault=Malformed("escrow.kind"))
    assert [each.by for each in rail.story().faults] == ["us"]
    assert not rail.story().sound


def test_nobody_asks_himself() -> None:
    rail = Rail()
    asked = rail.ask("Base 3", rail.begin(MADE), sender="us")
    rail.answer(MADE, "Base 3", asked)
    story = rail.story()
    assert story.questions == []
    assert unproven(story) == [("US-3", "escrow.own-question"), ("US-4", "escrow.no-question")]


def test_each_paper_is_handed_over_in_its_role() -> None:
    """A step, totals, what changed and the plan as declarations, a question as a note, an answer as a response."""
    rail = Rail()
    held = rail.begin(MADE)
    rail.open(MADE, held, 1, role="note")
    rail.totals(MADE, held, role="response")
    rail.ask("Base 3", held, role="question")
    rail.ask("Base 3", held, opening="on_receipt")
    rail.answer(MADE, "Base 3", rail.ask("Base 3", held), role="declaration")
    story = rail.story()
    assert {code for _, code in unproven(story)} == {"escrow.role"}
    assert (len(story.unproven), story.progress.step, len(story.questions)) == (5, 0, 1)
    rail = Rail()
    rail.seal(MADE, rail.plan(BY_NAME, role="note"))
    story = rail.story()
    assert (story.plan, unproven(story)) == (None, [("US-1", "escrow.role")])


def test_two_declarations_under_two_plans_are_beside_each_other() -> None:
    """Whoever they are for; but not one and what takes its place, nor those of two owners."""
    rail = Rail()
    one = rail.begin(MADE)
    two = rail.seal(OTHER, rail.hand(None, None, here_from=None), recipients=("cn",))
    again = rail.seal(amended(MADE), one)
    rail.seal(MADE, rail.plan(BY_NAME, sender="ru"), sender="ru")
    first, second, third, theirs = rail.stories()
    assert (first.beside, second.beside) == ([two.reference], [one.reference, again.reference])
    assert (third.beside, theirs.beside) == ([two.reference], [])
    assert first.others[0].to == ("cn",)


def test_without_its_plan_nothing_is_proven() -> None:
    rail = Rail()
    held = rail.seal(MADE, rail.hand(None, None, fault=Invalid("escrow.other-words")))
    rail.open(MADE, held, 1)
    story = rail.story()
    assert (story.plan, story.commitment, story.steps, story.due()) == (None, None, (), None)
    assert unproven(story) == [("US-1", "escrow.other-words"), ("US-3", "escrow.no-plan")]


def test_before_its_plan_is_open_here_all_of_it_waits() -> None:
    rail = Rail()
    held = rail.seal(MADE, rail.hand(None, None))
    assert rail.story().sound
    rail.open(MADE, held, 1)
    rail.hand(None, held, fault=Refused("escrow.no-plan"))
    rail.ask("Base 3", held)
    story = rail.story()
    assert (story.plan, story.waiting, story.pending) == (None, ["US-1"], ["US-3", "US-4"])
    assert (story.missing, story.sound) == (["US-1"], False)


def test_what_comes_under_a_plan_for_others_alone_is_not_proven() -> None:
    rail = Rail()
    held = rail.seal(MADE, rail.hand(None, None, here_from=None))
    rail.open(MADE, held, 1)
    rail.ask("Base 3", held)
    story = rail.story()
    assert (story.elsewhere, story.pending, unproven(story)) == (["US-1"], [], [("US-3", "escrow.no-plan")])


def test_a_paper_with_a_fault_of_its_own_is_named() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    rail.hand(None, held, fault=Malformed("escrow.kind"))
    rail.open(MADE, held, 1)
    story = rail.story()
    assert unproven(story) == [("US-3", "escrow.kind")]
    assert story.progress.step == 1


def test_two_declarations_under_one_plan_are_both_named() -> None:
    rail = Rail()
    paper = rail.plan(BY_NAME)
    first = rail.seal(MADE, paper)
    second = rail.seal(OTHER, paper)
    rail.open(OTHER, second, 1)
    one, two = rail.stories()
    assert (one.beside, two.beside) == ([second.reference], [first.reference])
    assert (one.progress.step, two.progress.step) == (0, 1)


def test_items_are_shown_in_the_totals_once_their_contents_are_open() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    file = rail.totals(MADE, held, NAMED).file
    rail.totals(MADE, held)
    for number, uids in enumerate((None, None, NAMED, None), start=1):
        rail.open(MADE, held, number, uids)
    assert isinstance(file, TotalsPaper)
    other = rail.totals(MADE, held, ["site-001"]).file
    rail.papers.pop()
    assert isinstance(other, TotalsPaper)
    moved = structs.replace(file.items[0], contained=other.items[0].contained)
    rail.hand(structs.replace(file, items=(moved,)), held)
    story = rail.story()
    assert unproven(story) == [("US-3", "escrow.contents-shut"), ("US-9", "escrow.contents")]
    assert len(story.totals) == 1


# --- what two papers prove together ---------------------------------------------------------------------------------


def test_absent_but_opened_is_a_contradiction() -> None:
    """The index says that site 3 is at Base 3, the slot that it is at Base X: each verifies, and both cannot be."""
    made = false_leaves({3: {"place": b'"Base X"'}})
    rail = Rail()
    held = rail.begin(made)
    rail.answer(made, "Base X", rail.ask("Base X", held))
    rail.open(made, held, 1)
    rail.open(made, held, 2)
    assert rail.story().sound
    rail.open(made, held, 3, ["site-003"])
    story = rail.story()
    assert unproven(story) == []
    assert conflicts(story) == [("absent_but_opened", ("US-4", "US-7"))]
    (found,) = story.contradictions
    assert (found.place, found.slot) == ("Base X", made.find("site-003"))
    assert not story.sound


def test_a_stretch_without_items_denies_all_that_lie_in_it() -> None:
    """Whoever asked for a place nearby proves as much: the stretch that was shown free has the item in it."""
    grid = plan()
    made = false_leaves({3: {"place": b'{"east":100,"north":100}'}}, grid)
    key = grid.key(Cell(east=100, north=100))
    near = next(
        other
        for other in (Cell(east=100 + away, north=100) for away in (1, -1, 2, -2, 3, -3))
        if _covers(made, other, key)
    )
    rail = Rail()
    held = rail.begin(made)
    rail.answer(made, near, rail.ask(near, held))
    for number, uids in enumerate((None, None, ["site-003"]), start=1):
        rail.open(made, held, number, uids)
    assert [found for found, _ in conflicts(rail.story())] == ["absent_but_opened"]


def _covers(made: Committed, place: Cell, key: int) -> bool:
    rail = Rail()
    rail.answer(made, place, rail.ask(place, rail.begin(made)))
    found = rail.story().questions[0].found
    return isinstance(found, Absent) and found.first <= key <= found.last


def test_present_but_shown_to_be_empty_is_a_contradiction() -> None:
    made = false_leaves({3: {"existence": b"null"}})
    rail = Rail()
    held = rail.begin(made)
    asked = rail.ask("Base 3", held)
    rail.answer(made, "Base 3", asked)
    rail.open(made, held, 1)
    story = rail.story()
    assert conflicts(story) == [("present_but_empty", ("US-4", "US-5"))]
    rail.answer(made, "Base 3", asked)
    assert unproven(rail.story()) == []
    assert conflicts(rail.story()) == [("present_but_empty", ("US-4", "US-5"))]


def test_one_place_in_two_slots_is_a_contradiction() -> None:
    """The same place opened for two items, by two papers; in one paper it is refused as a whole."""
    made = false_leaves({3: {"place": b'"Base 4"'}})
    rail = Rail()
    held = rail.begin(made)
    for number, uids in enumerate((None, None, ["site-003"]), start=1):
        rail.open(made, held, number, uids)
    rail.open(made, held, 3, ["site-004"])
    assert conflicts(rail.story()) == [("place_twice", ("US-5", "US-6"))]
    rail.open(made, held, 4)
    assert unproven(rail.story()) == [("US-7", "escrow.place-twice")]


def test_an_answer_and_a_step_that_give_a_place_two_slots() -> None:
    made = false_leaves({3: {"place": b'"Base 4"'}})
    rail = Rail()
    held = rail.begin(made)
    rail.answer(made, "Base 4", rail.ask("Base 4", held))
    for number, uids in enumerate((None, None, ["site-003"]), start=1):
        rail.open(made, held, number, uids)
    assert conflicts(rail.story()) == [("place_twice", ("US-4", "US-7"))]


def test_more_opened_than_was_declared_in_all_is_a_contradiction() -> None:
    made = false_leaves({3: {"contents": b"[3,90000]"}})
    rail = Rail()
    held = rail.begin(made)
    for number, uids in enumerate((None, None, NAMED, None), start=1):
        rail.open(made, held, number, uids)
    assert rail.story().sound
    rail.totals(made, held)
    (found,) = rail.story().contradictions
    assert (found.conflict, found.category, found.papers) == ("above_totals", "warheads", ("US-7", "US-6"))
    rail.totals(made, held, ["site-003"])
    assert unproven(rail.story()) == [("US-8", "escrow.contents")]


# --- amended --------------------------------------------------------------------------------------------------------


def amended(made: Committed, nonce: int = 2) -> Committed:
    new = item_of(made.plan, uid="site-900", region="Region A", place="Base 900", contents={"launchers": 1})
    return commit(
        amend(made.escrow, put=[new], remove=["site-002"], blind=Blind(seed(f"blind {nonce}")), subject=subject(nonce))
    )


def test_an_amendment_says_exactly_what_changed() -> None:
    after = amended(MADE)
    rail = Rail()
    held = rail.begin(MADE)
    rail.open(MADE, held, 1)
    again = rail.seal(after, held)
    before, now = rail.stories()
    assert (before.amended_by, now.amends, now.amendment) == ([again.reference], held.reference, None)
    rail.amend(MADE, after, again, show=True)
    rail.open(after, again, 1)
    before, now = rail.stories()
    assert before.sound
    assert now.sound
    assert now.amendment is not None
    assert now.amendment_by == "US-5"
    found = {(each.kind, each.before, each.after) for each in now.amendment.changes}
    assert found == {("removed", "site-002", None), ("added", None, "site-900")}
    assert now.plan == before.plan
    assert now.plan_by == "US-1"
    assert "site-900" in [each.uid for each in now.known()]


def test_an_amendment_before_its_time_or_of_nothing() -> None:
    after = amended(MADE)
    rail = Rail()
    held = rail.begin(MADE)
    rail.amend(MADE, after, held, show=False)
    again = rail.seal(after, held)
    rail.amend(MADE, after, again, show=True)
    rail.amend(MADE, amended(MADE, 3), again, show=False)
    before, now = rail.stories()
    assert unproven(before) == [("US-3", "escrow.amends-nothing")]
    assert unproven(now) == [("US-5", "escrow.too-early"), ("US-6", "escrow.commitment")]
    rail.amend(MADE, after, again, show=False)
    now = rail.stories()[1]
    assert now.amendment is not None
    assert {each.kind for each in now.amendment.changes} == {None}


def test_a_plan_of_one_step_ends_at_once() -> None:
    of = Plan(
        algorithm="parley/escrow/v1",
        categories=BY_NAME.categories,
        grid=None,
        questions=16,
        slots=16,
        steps=(Step(layers=("existence", "region", "place", "contents"), of="all"),),
    )
    made = committed(of)
    rail = Rail()
    rail.open(made, rail.begin(made), 1)
    story = rail.story()
    assert story.sound
    assert story.due() is None
    assert all(each.counts is not None for each in story.known())
