"""What the papers of an escrow do not show to who may see them, or only their lengths: through a real depositary."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from parley.canonical import decode
from parley.client import Delegation, holding
from parley.client.references import find
from parley.measures.escrow import Committed, Escrow, commit
from tests.client.places import Office
from tests.client.test_escrows import ITEMS, TERMS, answered, asked, both, refused, sealed, told
from tests.client.test_measures import available
from tests.measures.escrow_build import items, plan


def secret_side(ru: Delegation, held: str) -> Committed:
    """What a home has of a declaration that it sealed."""
    _, paper = find(ru._session, held, signing=False)
    return commit(decode(holding.opened(ru._session, paper.act)[1], Escrow))


def test_two_amendments_of_one_declaration_share_no_secret_of_what_they_change(office: Office, tmp_path: Path) -> None:
    """`seal --amends RU-2` with a mistake in the table, then once more with it put right."""
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    made = [secret_side(ru, held)]
    for counts in ((3, 7), (4, 9)):
        listed = [structs.replace(each, counts=counts) if each.uid == "site-007" else each for each in ITEMS]
        amended = ru.send(ru.escrows.prepare_amended(held, listed, **TERMS)).reference
        ru.send(ru.escrows.prepare_amendment(amended, at_once=True, **TERMS))
        made.append(secret_side(ru, amended))
    slot = made[0].find("site-007")
    parts = [each.secrets(slot)[at : at + 16] for each in made for at in range(0, 272, 16)]
    assert len(set(parts)) == len(parts)
    other = made[0].find("site-001")
    assert len({each.secrets(other) for each in made}) == 1


@pytest.mark.parametrize("slots", [32, 1024])
def test_the_length_of_an_answer_does_not_say_yes_or_no(office: Office, tmp_path: Path, slots: int) -> None:
    """Lengths stand in the deposit, which the depositary sees and every party of the negotiation."""
    of = plan(grid=None, slots=slots)
    ru, us = both(office, tmp_path)
    held = sealed(ru, us, of, items(of))
    lengths: dict[str, set[tuple[int, ...]]] = {"yes": set(), "no": set()}
    for place in ("Base 10", "Base 11", "Base 77", "Base 78", "Base 79", "Base 80"):
        reference = answered(ru, us, asked(us, ru, held, place))
        act = find(us._session, reference, signing=False)[1].act
        assert act.payload
        assert act.header
        assert act.cover
        found = (act.payload.length, act.header.length, act.cover.length)
        lengths["yes" if place in ("Base 10", "Base 11") else "no"].add(found)
    assert len(lengths["yes"]) == 1
    assert lengths["yes"] == lengths["no"]


def test_more_questions_than_the_plan_allows_are_neither_asked_nor_answered(office: Office, tmp_path: Path) -> None:
    """The client of who asks refuses; and who answers, where another program asked all the same."""
    of = plan(grid=None, questions=2)
    ru, us = both(office, tmp_path)
    held = sealed(ru, us, of, items(of))
    first = asked(us, ru, held, "Base 3")
    waiting = us.escrows.prepare_question(held, "Base 6", **TERMS)
    asked(us, ru, held, "Base 4")
    assert refused(lambda: us.escrows.prepare_question(held, "Base 5", **TERMS)).code == "escrow.no-more-questions"
    third = us.send(waiting).reference
    available(ru, third)
    error = refused(lambda: ru.escrows.prepare_answer(third, **TERMS))
    assert (error.code, error.details) == ("escrow.no-more-questions", {"most": 2, "reference": third})
    answered(ru, us, first)
    story = told(ru, us, about=held)
    assert story.sound
    assert [each.answered_by is not None for each in story.questions] == [True, False, False]
