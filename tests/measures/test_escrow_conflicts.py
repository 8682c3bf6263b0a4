"""What papers prove together across declarations, before their time, and within bounds."""

from __future__ import annotations

import random

import pytest

from parley.measures.amendment import amend
from parley.measures.escrow import Committed, commit
from parley.measures.escrow_answers import Absent
from parley.measures.escrow_conflicts import Contradiction, Evidence, Where, contradictions
from parley.measures.escrow_papers import AnswerPaper
from parley.measures.escrow_plan import Blind, Cell, Layer, item_of
from parley.measures.escrow_story import Sealed, Story
from tests.measures.escrow_build import committed, plan, seed, subject
from tests.measures.escrow_rail import BY_NAME, Rail, false_leaves

MADE = committed(BY_NAME)
ALL = (None, None, ("site-003",), None)
Leaves = dict[int, dict[Layer, bytes]]
AT_X: Leaves = {3: {"place": b'"Base X"'}}


def next_year(made: Committed, leaves: Leaves, nonce: int = 2, *, changed: str = "site-007") -> Committed:
    """The next declaration, in which one item counts otherwise; the slots say what they said, or something else."""
    number = int(changed[-3:])
    one = item_of(
        BY_NAME, uid=changed, region="Region B", place=f"Base {number}", contents={"launchers": nonce, "warheads": 1}
    )
    blind, of = Blind(seed(f"blind {nonce}")), subject(nonce)
    return false_leaves(leaves, escrow=amend(made.escrow, put=[one], blind=blind, subject=of))


def open_all(rail: Rail, made: Committed, held: Sealed) -> None:
    for number, uids in enumerate(ALL, start=1):
        rail.open(made, held, number, uids)


def told(story: Story) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(each.conflict, each.papers, each.through) for each in story.contradictions]


# --- from one declaration to the next -------------------------------------------------------------------------------


def test_what_was_denied_is_not_washed_clean_by_the_next_declaration() -> None:
    """The slot at Base X is the same in both, as the amendment proves: so the answer about the first was false."""
    made = false_leaves(AT_X)
    after = next_year(made, AT_X)
    rail = Rail()
    held = rail.begin(made)
    denied = rail.answer(made, "Base X", rail.ask("Base X", held))
    rail.open(made, held, 1)
    again = rail.seal(after, held)
    proof = rail.amend(made, after, again, show=True)
    assert all(story.sound for story in rail.stories())
    for number, uids in enumerate(ALL[:3], start=1):
        rail.open(after, again, number, uids)
    one, two = rail.stories()
    expected = ("absent_but_opened", (denied.reference, rail.papers[-1].reference), (proof.reference,))
    assert (told(one), told(two)) == ([expected], [expected])
    assert (one.sound, two.sound) == (False, False)
    assert two.contradictions[0].slot == made.find("site-003")


def test_totals_bind_the_counts_of_every_slot_that_stays_the_same() -> None:
    false: Leaves = {3: {"contents": b"[500,300]"}}
    made = false_leaves(false)
    after = next_year(made, false)
    rail = Rail()
    held = rail.begin(made)
    totals = rail.totals(made, held)
    again = rail.seal(after, held)
    proof = rail.amend(made, after, again, show=False)
    open_all(rail, after, again)
    one, two = rail.stories()
    expected = ("above_totals", (totals.reference, rail.papers[-1].reference), (proof.reference,))
    assert (told(one), told(two)) == ([expected], [expected])


def test_a_presence_binds_the_next_declaration() -> None:
    false: Leaves = {3: {"existence": b"null"}}
    made = false_leaves(false)
    after = next_year(made, false)
    rail = Rail()
    held = rail.begin(made)
    there = rail.answer(made, "Base 3", rail.ask("Base 3", held))
    again = rail.seal(after, held)
    proof = rail.amend(made, after, again, show=False)
    step = rail.open(after, again, 1)
    one, two = rail.stories()
    expected = ("present_but_empty", (there.reference, step.reference), (proof.reference,))
    assert (told(one), told(two)) == ([expected], [expected])


def test_evidence_goes_through_several_declarations_and_both_ways() -> None:
    """The first denies, the third opens; and the third denies what the first opened."""
    made = false_leaves(AT_X)
    second = next_year(made, AT_X)
    third = next_year(second, AT_X, 3, changed="site-008")
    for opens, denies in ((0, 2), (2, 0)):
        rail = Rail()
        held = [rail.begin(made)]
        proofs = []
        for before, after in ((made, second), (second, third)):
            held.append(rail.seal(after, held[-1]))
            proofs.append(rail.amend(before, after, held[-1], show=False).reference)
        each = (made, second, third)
        denied = rail.answer(each[denies], "Base X", rail.ask("Base X", held[denies]))
        for number, uids in enumerate(ALL[:3], start=1):
            rail.open(each[opens], held[opens], number, uids)
        stories = rail.stories()
        (found,) = told(stories[denies])
        assert (found[0], found[1]) == ("absent_but_opened", (denied.reference, rail.papers[-1].reference))
        assert sorted(found[2]) == sorted(proofs)
        assert told(stories[opens]) == [found]
        assert stories[1].sound


def test_two_that_take_the_place_of_one_are_joined_by_it() -> None:
    made = false_leaves(AT_X)
    left, right = next_year(made, AT_X, 2), next_year(made, AT_X, 3, changed="site-008")
    rail = Rail()
    held = rail.begin(made)
    one, two = rail.seal(left, held), rail.seal(right, held)
    rail.amend(made, left, one, show=False)
    rail.amend(made, right, two, show=False)
    rail.answer(left, "Base X", rail.ask("Base X", one))
    for number, uids in enumerate(ALL[:3], start=1):
        rail.open(right, two, number, uids)
    _, first, second = rail.stories()
    assert [each.conflict for each in first.contradictions] == ["absent_but_opened"]
    assert len(first.contradictions[0].through) == 2
    assert second.contradictions == first.contradictions


def test_what_changed_is_no_evidence_about_what_was_before() -> None:
    """An honest owner whose item went elsewhere, was added or taken out contradicts nothing."""
    moved = item_of(BY_NAME, uid="site-003", region="Region A", place="Base X", contents={"launchers": 90})
    new = item_of(BY_NAME, uid="site-100", region="Region A", place="Base 2", contents={"launchers": 500})
    after = commit(
        amend(MADE.escrow, put=[moved, new], remove=["site-002"], blind=Blind(seed("b")), subject=subject(2))
    )
    rail = Rail()
    held = rail.begin(MADE)
    rail.answer(MADE, "Base X", rail.ask("Base X", held))
    rail.answer(MADE, "Base 2", rail.ask("Base 2", held))
    rail.totals(MADE, held)
    open_all(rail, MADE, held)
    again = rail.seal(after, held)
    rail.amend(MADE, after, again, show=True)
    rail.answer(after, "Base 3", rail.ask("Base 3", again))
    rail.totals(after, again)
    open_all(rail, after, again)
    assert [(story.sound, told(story)) for story in rail.stories()] == [(True, []), (True, [])]


@pytest.mark.parametrize("number", range(12))
def test_whoever_is_honest_contradicts_nothing_through_any_number_of_declarations(number: int) -> None:
    rng = random.Random(number)
    rail = Rail()
    made = MADE
    held = rail.begin(made)
    for nonce in range(2, 6):
        for _ in range(rng.randrange(4)):
            at = f"Base {rng.randrange(20)}"
            rail.answer(made, at, rail.ask(at, held))
        if rng.random() < 0.7:
            open_all(rail, made, held)
        if rng.random() < 0.7:
            rail.totals(made, held)
        uids = {placed.item.uid for placed in made.escrow.items}
        places = {placed.item.place for placed in made.escrow.items}
        gone = rng.sample(sorted(uids - {"site-003"}), 2)
        at = next(f"Base {at}" for at in rng.sample(range(30), 30) if f"Base {at}" not in places)
        new = item_of(BY_NAME, uid=f"new-{nonce}", region="R", place=at, contents={"launchers": rng.randrange(99)})
        blind = Blind(seed(f"{number} {nonce}"))
        after = commit(amend(made.escrow, put=[new], remove=gone, blind=blind, subject=subject(nonce)))
        again = rail.seal(after, held)
        rail.amend(made, after, again, show=rail.stories()[-2].progress.complete)
        made, held = after, again
    assert all(story.sound for story in rail.stories())


def test_an_amendment_that_does_not_hold_joins_nothing() -> None:
    made = false_leaves(AT_X)
    after = next_year(made, AT_X)
    rail = Rail()
    held = rail.begin(made)
    rail.answer(made, "Base X", rail.ask("Base X", held))
    again = rail.seal(after, held)
    rail.amend(made, next_year(made, AT_X, 3), again, show=False)
    for number, uids in enumerate(ALL[:3], start=1):
        rail.open(after, again, number, uids)
    one, two = rail.stories()
    assert (told(one), told(two)) == ([], [])
    assert (one.sound, two.sound) == (True, False)


def test_an_id_that_stays_is_not_given_to_another_slot() -> None:
    """The proof of what changed shows an id that an unchanged slot has: two items of one id, by two papers."""
    one = item_of(BY_NAME, uid="fresh-050", region="R", place="Base 50", contents={})
    escrow = amend(MADE.escrow, put=[one], blind=Blind(seed("z")), subject=subject(2))
    after = false_leaves({50: {"existence": b'"site-003"'}}, escrow=escrow)
    rail = Rail()
    held = rail.begin(MADE)
    step = rail.open(MADE, held, 1)
    again = rail.seal(after, held)
    proof = rail.amend(MADE, after, again, show=True)
    before, now = rail.stories()
    assert told(now) == [("uid_twice", (proof.reference, step.reference), (proof.reference,))]
    assert now.contradictions[0].uid == "site-003"
    assert (before.sound, now.sound) == (False, False)


def test_without_proof_of_what_changed_the_next_declaration_is_not_sound() -> None:
    other = committed(BY_NAME, name="quite another", nonce=2)  # it has nothing of the first
    rail = Rail()
    held = rail.begin(MADE)
    rail.open(MADE, held, 1)
    again = rail.seal(other, held)
    rail.open(other, again, 1)
    assert [story.sound for story in rail.stories()] == [True, False]


def test_a_second_proof_takes_nothing_away_that_the_first_showed() -> None:
    after = next_year(MADE, {})
    rail = Rail()
    held = rail.begin(MADE)
    rail.open(MADE, held, 1)
    again = rail.seal(after, held)
    first = rail.amend(MADE, after, again, show=True)
    rail.amend(MADE, after, again, show=False)
    now = rail.stories()[1]
    assert now.amendment is not None
    assert [each.after for each in now.amendment.changes] == ["site-007"]
    assert now.amendment_by == first.reference


# --- before its time ------------------------------------------------------------------------------------------------


def test_what_is_opened_before_its_time_convicts_all_the_same() -> None:
    """Whether a step before it waits here, or nothing does and the step is not proven."""
    made = false_leaves(AT_X)
    for waits in (True, False):
        rail = Rail()
        held = rail.begin(made)
        denied = rail.answer(made, "Base X", rail.ask("Base X", held))
        rail.open(made, held, 1)
        if waits:
            rail.hand(None, held)
        early = rail.open(made, held, 4)
        story = rail.story()
        assert told(story) == [("absent_but_opened", (denied.reference, early.reference), ())]
        assert (story.pending, len(story.faults)) == (([early.reference], 0) if waits else ([], 1))


def test_what_is_opened_before_its_time_is_shown_of_no_item() -> None:
    rail = Rail()
    rail.open(MADE, rail.begin(MADE), 4)
    story = rail.story()
    assert (story.items, story.progress.step) == ({}, 0)
    assert len(story.evidence.counts) == 12


def test_every_slot_that_an_early_step_shows_empty_is_evidence() -> None:
    false: Leaves = {3: {"existence": b"null"}}
    made = false_leaves(false)
    rail = Rail()
    held = rail.begin(made)
    there = rail.answer(made, "Base 3", rail.ask("Base 3", held))
    rail.open(made, held, 1)
    twice = rail.open(made, held, 1)
    assert told(rail.story()) == [("present_but_empty", (there.reference, rail.papers[-2].reference), ())]
    rail.papers.remove(rail.papers[-2])
    rail.papers[-1:] = [rail.hand(None, held), twice]
    assert [each.conflict for each in rail.story().contradictions] == ["present_but_empty"]


def test_an_answer_to_no_question_denies_its_place_all_the_same() -> None:
    made = false_leaves(AT_X)
    rail = Rail()
    held = rail.begin(made)
    asked = rail.ask("Base 3", held)
    strayed = rail.answer(made, "Base X", held)
    elsewhere = rail.answer(made, "Base X", asked)
    for number, uids in enumerate(ALL[:3], start=1):
        rail.open(made, held, number, uids)
    story = rail.story()
    assert [each.code for each in story.unproven] == ["escrow.no-question", "escrow.elsewhere"]
    assert [papers[0] for _, papers, _ in told(story)] == [strayed.reference, elsewhere.reference]


def test_totals_with_an_item_that_is_shut_are_the_totals_all_the_same() -> None:
    made = false_leaves({3: {"contents": b"[3,90000]"}})
    rail = Rail()
    held = rail.begin(made)
    early = rail.totals(made, held, ["site-005"])
    open_all(rail, made, held)
    story = rail.story()
    assert [each.code for each in story.unproven] == ["escrow.contents-shut"]
    assert told(story) == [("above_totals", (early.reference, rail.papers[-1].reference), ())]


def test_what_changed_joins_two_declarations_although_it_shows_ids_too_early() -> None:
    made = false_leaves(AT_X)
    after = next_year(made, AT_X)
    rail = Rail()
    held = rail.begin(made)
    rail.answer(made, "Base X", rail.ask("Base X", held))
    again = rail.seal(after, held)
    early = rail.amend(made, after, again, show=True)
    for number, uids in enumerate(ALL[:3], start=1):
        rail.open(after, again, number, uids)
    one, two = rail.stories()
    assert [each.code for each in two.unproven] == ["escrow.too-early"]
    assert [each.through for each in one.contradictions] == [(early.reference,)]


def test_nothing_of_another_declaration_is_evidence() -> None:
    other = committed(BY_NAME, name="two")
    rail = Rail()
    held = rail.begin(MADE)
    open_all(rail, other, held)
    rail.answer(other, "Base 99", held)
    rail.totals(other, held)
    evidence = rail.story().evidence
    assert (evidence.uids, evidence.places, evidence.counts, evidence.absent) == ({}, {}, {}, [])
    assert (evidence.totals, evidence.existence_by) == (None, None)


def test_a_presence_contradicts_the_step_that_shows_its_slot_empty_whichever_came_first() -> None:
    made = false_leaves({3: {"existence": b"null"}})
    for later in (False, True):
        rail = Rail()
        held = rail.begin(made)
        if later:
            step = rail.open(made, held, 1)
        there = rail.answer(made, "Base 3", rail.ask("Base 3", held))
        if not later:
            step = rail.open(made, held, 1)
        assert told(rail.story()) == [("present_but_empty", (there.reference, step.reference), ())]
        assert rail.story().unproven == []


# --- within bounds --------------------------------------------------------------------------------------------------


def test_an_answer_that_denies_many_items_is_one_contradiction() -> None:
    of = plan()
    items, answers = 2_000, 50
    cells = [Cell(east=at % 400 - 200, north=at // 400 - 100) for at in range(items)]
    evidence = Evidence(
        places={slot: Where(place=cell, key=of.key(cell), reference="US-9") for slot, cell in enumerate(cells)},
        absent=[(Absent(place=cells[7], first=0, last=of.space - 2), f"US-{10 + at}") for at in range(answers)],
    )
    (found,) = contradictions([(evidence, of)])
    assert len(found) == answers
    assert found[0] == Contradiction(
        conflict="absent_but_opened", papers=("US-10", "US-9"), place=cells[7], slot=7, count=items
    )


def test_two_papers_that_show_many_items_twice_are_one_contradiction() -> None:
    of = plan()
    cell = Cell(east=0, north=0)
    evidence = Evidence(
        places={
            slot: Where(place=Cell(east=slot % 50, north=0), key=slot % 50, reference="US-3" if slot < 50 else "US-4")
            for slot in range(100)
        }
    )
    (found,) = contradictions([(evidence, of)])
    assert found == (Contradiction(conflict="place_twice", papers=("US-3", "US-4"), place=cell, slot=50, count=50),)


def test_an_answer_is_read_whatever_came_before() -> None:
    """What is kept of an answer that does not count is the paper's own, and no other's."""
    rail = Rail()
    held = rail.begin(MADE)
    file = rail.answer(MADE, "Base 99", held).file
    assert isinstance(file, AnswerPaper)
    rail.hand(file, held, sender="ru")
    assert [reference for _, reference in rail.story().evidence.absent] == ["US-3"]
