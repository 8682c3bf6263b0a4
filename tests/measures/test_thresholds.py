"""Thresholds: any and all, at least and more than, by which item and by how much."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import Time
from parley.measures.agreement import Condition, Threshold
from parley.measures.content import Content, Value
from parley.measures.thresholds import Answer, answers, applies
from tests.measures.obligation_build import NOTICE, under


def condition(item: str, **members: Any) -> Condition:
    return Condition(item=item, mark="seen", source="invented", **members)


def threshold(*some: Condition, every: tuple[Condition, ...] = ()) -> Threshold:
    return Threshold(id="over", title={"en": "Over"}, provision="1", form="notice", any=some, all=every)


def content(form: str = "notice", **items: Value) -> Content:
    return Content(agreement="invented", form=form, items=items)


def over(answer: Answer) -> list[tuple[str, int | None]]:
    return [(each.condition.item, each.over) for each in answer.deciding]


@pytest.mark.parametrize(
    ("rule", "value", "holds", "by"),
    [
        ({"at_least": 9000}, 8999, False, -1),
        ({"at_least": 9000}, 9000, True, 0),
        ({"at_least": 9000}, 12_700, True, 3700),
        ({"more_than": 9000}, 9000, False, 0),
        ({"more_than": 9000}, 9001, True, 1),
        ({"at_least": 0}, 0, True, 0),
        ({"more_than": 0}, 0, False, 0),
        ({"at_least": 1}, None, False, None),
        ({"at_least": 1}, True, False, None),
        ({"at_least": 1}, "2", False, None),
        ({"at_least": 1}, Time(5), False, None),
        ({"is_": True}, True, True, None),
        ({"is_": True}, False, False, None),
        ({"is_": False}, False, True, None),
        ({"is_": True}, 1, False, None),
        ({"is_": True}, None, False, None),
        ({"is_": False}, None, False, None),
        ({"is_": "drop"}, "drop", True, None),
        ({"is_": "drop"}, "landing", False, None),
    ],
)
def test_one_condition(rule: dict[str, Any], value: Value | None, holds: bool, by: int | None) -> None:
    items = {} if value is None else {"troops": value}
    answer = applies(threshold(condition("troops", **rule)), content(**items))
    assert answer.reached is holds
    compared = answer.any[0]
    assert (compared.value, compared.holds, compared.over) == (value, holds, by)


def test_any_one_is_enough_and_only_those_that_hold_are_named() -> None:
    rule = threshold(
        condition("troops", at_least=9000), condition("tanks", at_least=250), condition("guns", at_least=1)
    )
    answer = applies(rule, content(troops=12_700, tanks=250))
    assert answer.reached
    assert over(answer) == [("troops", 3700), ("tanks", 0)]


def test_where_none_is_reached_all_are_named_with_what_is_missing() -> None:
    rule = threshold(condition("troops", at_least=13_000), condition("tanks", at_least=300))
    answer = applies(rule, content(troops=12_700, tanks=250))
    assert not answer.reached
    assert over(answer) == [("troops", -300), ("tanks", -50)]


def test_all_must_hold_beside_one_of_any() -> None:
    rule = threshold(
        condition("troops", at_least=9000),
        condition("tanks", at_least=250),
        every=(condition("alert", is_=False), condition("hours", more_than=72)),
    )
    reached = applies(rule, content(troops=9000, tanks=0, alert=False, hours=73))
    assert reached.reached
    assert over(reached) == [("troops", 0), ("alert", None), ("hours", 1)]
    short = applies(rule, content(troops=9000, tanks=0, alert=False, hours=72))
    assert not short.reached
    assert over(short) == [("hours", 0)]
    small = applies(rule, content(troops=8000, tanks=0, alert=False, hours=100))
    assert not small.reached
    assert over(small) == [("troops", -1000), ("tanks", -250)]
    neither = applies(rule, content(troops=8000, tanks=0, alert=True, hours=100))
    assert over(neither) == [("troops", -1000), ("tanks", -250), ("alert", None)]


def test_all_alone() -> None:
    rule = threshold(every=(condition("troops", at_least=1), condition("tanks", at_least=1)))
    assert applies(rule, content(troops=1, tanks=1)).reached
    assert over(applies(rule, content(troops=1))) == [("tanks", None)]


def test_a_paper_of_another_form_reaches_nothing() -> None:
    rule = threshold(condition("troops", at_least=1))
    answer = applies(rule, content(form="request", troops=5))
    assert not answer.reached
    assert answer.any[0].value is None


def test_every_threshold_of_the_form_is_answered_and_no_other() -> None:
    notifiable = NOTICE.split("[[measures]]")[0]
    agreement = under(notifiable, notifiable.replace('id = "notifiable"', 'id = "observed"').replace("9000", "13000"))
    found = answers(agreement, content(troops=12_700, tanks=100, start=date(2017, 9, 14)))
    assert [(each.threshold.id, each.reached) for each in found] == [("notifiable", True), ("observed", False)]
    assert answers(agreement, content(form="data", total=20_000)) == ()


@given(
    numbers=st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=5),
    every=st.booleans(),
    values=st.lists(st.none() | st.integers(0, 20), min_size=5, max_size=5),
)
def test_an_answer_says_what_its_conditions_say(
    numbers: list[tuple[int, bool]], every: bool, values: list[int | None]
) -> None:
    names = [f"item{n}" for n in range(len(numbers))]
    rules = tuple(
        condition(name, **({"at_least": number} if least else {"more_than": number}))
        for name, (number, least) in zip(names, numbers, strict=True)
    )
    given_ = {name: value for name, value in zip(names, values, strict=False) if value is not None}
    answer = applies(threshold(every=rules) if every else threshold(*rules), content(**given_))
    holds = [
        name in given_ and (given_[name] >= number if least else given_[name] > number)
        for name, (number, least) in zip(names, numbers, strict=True)
    ]
    assert answer.reached is (all(holds) if every else any(holds))
    assert answer.deciding
    assert all(each.holds is answer.reached for each in answer.deciding)
