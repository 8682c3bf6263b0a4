"""How many may be asked: by the plan, a party each, in the log's order; and what is answered beyond holds as well."""

from __future__ import annotations

import pytest

from parley.errors import Malformed
from parley.measures.escrow_answers import Absent
from parley.measures.escrow_questions import asked_by, beyond
from parley.words.escrows import as_value, question_rows
from tests.measures.escrow_build import committed, plan
from tests.measures.escrow_rail import Rail, false_leaves

OF = plan(grid=None, questions=2)


def test_the_first_of_each_party_in_the_logs_order() -> None:
    made, rail = committed(OF), Rail()
    held = rail.begin(made)
    for sender in ("ru", "fr", "ru", "ru", "fr", "ru"):
        rail.ask("Base 3", held, sender=sender)
    rail.papers.reverse()
    story = rail.story()
    assert asked_by(story.questions) == {"ru": 4, "fr": 2}
    late = beyond(story.questions, OF)
    assert [each.reference for each in story.questions if each.digest in late] == ["RU-6", "RU-8"]
    assert story.sound
    said = {row[0]: row[3] for row in question_rows(story, naming=str.upper)}
    assert said["RU-5"] == "not answered"
    assert said["RU-6"] == "not answered; beyond the 2 that each party may ask"
    assert [each["beyond"] for each in as_value(story)["questions"]] == [
        each.digest in late for each in story.questions
    ]


def test_an_answer_to_what_was_asked_beyond_is_as_good_as_any() -> None:
    made = false_leaves({3: {"place": b'"Base X"'}}, plan(grid=None, questions=0))
    rail = Rail()
    held = rail.begin(made)
    rail.answer(made, "Base X", rail.ask("Base X", held))
    for step, uids in enumerate((None, None, ["site-003"], None), start=1):
        rail.open(made, held, step, uids)
    story = rail.story()
    assert isinstance(story.questions[0].found, Absent)
    assert beyond(story.questions, made.plan)
    assert next(row[3] for row in question_rows(story, naming=str.upper)).startswith("no item")
    assert [each.conflict for each in story.contradictions] == ["absent_but_opened"]


@pytest.mark.parametrize("questions", [-1, 33])
def test_a_number_that_cannot_be(questions: int) -> None:
    with pytest.raises(Malformed) as caught:
        plan(questions=questions)
    assert (caught.value.code, caught.value.details) == ("escrow.questions", {"most": 32})


def test_the_number_is_bound_with_the_plan() -> None:
    assert plan(questions=0).digest != plan(questions=32).digest
