"""Statements that another program entered although they change nothing: tolerated, without effect, and said."""

from __future__ import annotations

from typing import Any

import pytest

from parley.measures.effect import holds, idle_steps
from parley.measures.obligation import State
from parley.measures.obligations import obligations
from parley.measures.standing import Standing, Step
from tests.measures.obligation_build import REPLY, TEXT, adopted, at, digest, filed, step, under, utc

AGREEMENT = under(REPLY, head="notice = { months = 3 }\n")
TWO = ("ru", "us")
NOW = "2022-03-01"
BOTH = adopted(TWO, "2021-01-01")


def said(name: str, kind: Any, sender: str, day: int, **members: Any) -> Step:
    return step(name, kind, sender, f"2022-02-{day:02}", **members)


AWAY = said("away", "suspension", "ru", 2)
BACK = said("back", "resumption", "ru", 3, cites=AWAY.digest)


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([said("one", "suspension", "ru", 2, towards=("ru",))], "step.oneself"),
        ([said("one", "contesting", "ru", 2, cites=digest("a"))], "step.own-paper"),
        ([said("one", "resumption", "ru", 2)], "step.nothing-to-resume"),
        ([AWAY, said("one", "resumption", "us", 3, cites=AWAY.digest)], "step.not-yours"),
        ([AWAY, BACK, said("one", "resumption", "ru", 4, cites=AWAY.digest)], "step.resumed-already"),
        ([said("out", "denunciation", "ru", 2), said("one", "denunciation", "ru", 3)], "step.denounced-already"),
    ],
)
def test_it_is_told_and_nothing_comes_of_it(steps: list[Step], code: str) -> None:
    asked = filed("q", "us", ["ru"], "request", "2022-01-10", what="?")
    answer = filed("a", "ru", ["us"], "reply", "2022-01-11", answers=asked, what="!")
    empty = Standing(agreement=AGREEMENT, text=TEXT, parties=TWO)
    found = idle_steps(empty, [*BOTH, *steps], {each.digest: each.sender for each in (asked, answer)})
    assert [(each.reference, why) for each, why in found] == [("ONE", code)]
    views = [
        obligations(AGREEMENT, utc(*TWO), [asked, answer], [*BOTH, *some], at(NOW), text=TEXT)
        for some in (steps, steps[:-1])
    ]
    assert views[0] == views[1]
    assert views[0][0].state in (State.MET, State.EXPIRED)


def test_what_has_effect_is_not_told() -> None:
    empty = Standing(agreement=AGREEMENT, text=TEXT, parties=TWO)
    contest = said("no", "contesting", "us", 4, cites=AWAY.digest)
    steps = [AWAY, BACK, contest, said("yes", "resumption", "us", 5, cites=contest.digest)]
    assert idle_steps(empty, [*BOTH, *steps], {}) == ()


@pytest.mark.parametrize("kind", ["suspension", "denunciation"])
def test_what_a_party_said_of_a_text_before_it_adopted_it_is_without_effect(kind: Any) -> None:
    empty = Standing(agreement=AGREEMENT, text=TEXT, parties=TWO)
    early = said("early", kind, "ru", 1)
    us, ru = said("us", "adoption", "us", 2), said("ru", "adoption", "ru", 3)
    late = said("late", kind, "ru", 4)
    asked = filed("q", "us", ["ru"], "request", "2022-02-05", what="?")
    for steps, idle in (([early, us, ru], [early]), ([ru, early, us], [early]), ([ru, us, late], [])):
        found = idle_steps(empty, steps, {})
        assert found == tuple((each, "step.not-in-force") for each in idle)
    views = [
        obligations(AGREEMENT, utc(*TWO), [asked], steps, at(NOW), text=TEXT)
        for steps in ([ru, us], [early, us, ru], [us, ru, early])
    ]
    assert views[0] == views[1] == views[2] != ()
    before = empty
    for each in (early, us, ru):
        before = before.with_step(each)
    assert not holds(before, before.at(at(NOW)), early)
