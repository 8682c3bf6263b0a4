"""Which papers announce an activity, by the agreement's data alone, and the year in which it lies."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.cli import templates
from parley.measures.agreement import Agreement
from parley.measures.agreement_file import read_agreement
from parley.measures.announced import Announced, Days, announced, days_of_form
from parley.measures.papers import Filed
from tests.measures.filing import filed

DATES = """
[[forms.items]]
id = "{name}"
number = "{number}"
title = {{ en = "{name}" }}
type = "{type}"
provision = "art. 1"
required = {required}
"""
MEASURE = """
[[measures]]
id = "prior"
kind = "notification"
title = { en = "Prior" }
provision = "art. 1"
party = "sender"
form = "activity"
trigger = { form = "activity" }
due = { before = { days = 42 }, of = "ITEM", mark = "seen", source = "here" }
"""
RESTRAINT = """
[[thresholds]]
id = "any"
title = { en = "any" }
provision = "art. 1"
form = "activity"
any = [{ item = "troops", at_least = 1, mark = "seen", source = "here" }]

[[restraints]]
id = "one-a-year"
title = { en = "one a year" }
provision = "art. 1"
threshold = "any"
at_most = 1
calendar_years = 1
start = "first"
end = "ends"
mark = "seen"
source = "here"
"""
HEAD = """
version = 1
id = "small"
languages = ["en"]
name = { en = "A small agreement" }

[[sources]]
id = "here"
title = "Invented for tests"

[[provisions]]
id = "art. 1"
title = { en = "Activities" }

"""


THREE = ("new-start", "security-guarantees-2022", "vienna-document-2011")


def agreement(*rules: str, items: str = "noted first next ends") -> Agreement:
    form = '[[forms]]\nid = "activity"\ntitle = { en = "Activity" }\nprovision = "art. 1"\n'
    typed = [*((name, "date") for name in items.split()), ("troops", "count"), ("moment", "time")]
    rows = [
        DATES.format(name=name, number=number, type=type_, required=str(name not in ("noted", "next")).lower())
        for number, (name, type_) in enumerate(typed, start=1)
    ]
    return read_agreement((HEAD + form + "".join(rows) + "".join(rules)).encode())


def paper(name: int, first: str, last: str | None = None, sender: str = "ru", **more: Any) -> Filed:
    items = {"first": date.fromisoformat(first)} | ({"next": date.fromisoformat(last)} if last else {})
    return filed(sender, "activity", items, entry=name, **more)


PRIOR = agreement(MEASURE.replace("ITEM", "first"))


def of(year: int, *papers: Filed) -> list[tuple[str, str, str]]:
    found = announced(PRIOR, papers, year)
    return [(each.reference, each.first.isoformat(), each.last.isoformat()) for each in found]


# --- which items --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "items", "expected"),
    [
        ([MEASURE.replace("ITEM", "first")], "noted first next ends", Days(first="first", last="next")),
        ([RESTRAINT], "noted first next ends", Days(first="first", last="ends")),
        ([MEASURE.replace("ITEM", "first"), RESTRAINT], "noted first next ends", Days(first="first", last="ends")),
        ([MEASURE.replace("ITEM", "first")], "noted first", Days(first="first", last=None)),
        ([MEASURE.replace("ITEM", "moment")], "noted first next ends", None),
        ([MEASURE.replace("ITEM", "first").replace("before", "after")], "noted first next ends", None),
        ([], "noted first next ends", None),
    ],
)
def test_the_days_of_a_form_follow_from_measures_and_restraints(
    rules: list[str], items: str, expected: Days | None
) -> None:
    found = agreement(*rules, items=items)
    assert days_of_form(found, found.forms[0]) == expected


def test_of_the_agreements_that_come_along_exercises_are_announced_and_nothing_else() -> None:
    known = {name: read_agreement(templates.read(name)) for name in THREE}
    found = {
        (name, form.id): days_of_form(each, form)
        for name, each in known.items()
        for form in each.forms
        if days_of_form(each, form) is not None
    }
    days = Days(first="start", last="end")
    assert found == {("security-guarantees-2022", "exercise"): days, ("vienna-document-2011", "exercise"): days}


# --- which papers -------------------------------------------------------------------------------------------------


def test_an_activity_lies_in_every_year_of_which_it_has_a_day() -> None:
    over_new_year = paper(1, "2011-12-31", "2012-01-01")
    leap = paper(2, "2012-02-29")
    assert of(2011, over_new_year, leap) == [("RU-1", "2011-12-31", "2012-01-01")]
    assert of(2012, leap, over_new_year) == [("RU-1", "2011-12-31", "2012-01-01"), ("RU-2", "2012-02-29", "2012-02-29")]
    assert of(2010, over_new_year, leap) == of(2013, over_new_year, leap) == []


def test_one_that_ends_before_it_begins_has_its_first_day() -> None:
    assert of(2012, paper(1, "2012-05-02", "2012-05-01")) == [("RU-1", "2012-05-02", "2012-05-02")]


def test_tests_other_agreements_and_papers_without_a_first_day_announce_nothing() -> None:
    strange = filed("ru", "activity", {"first": date(2012, 5, 1)}, entry=2, agreement="other")
    undated = filed("ru", "activity", {"troops": 5}, entry=3)
    assert of(2012, paper(1, "2012-05-01", test=True), strange, undated) == []


def test_one_that_was_changed_stays_and_says_by_which_paper() -> None:
    first = paper(1, "2012-05-01", "2012-05-04")
    second = paper(2, "2012-06-01", "2012-06-04", answers=first)
    others = paper(3, "2012-07-01", sender="us", answers=first)
    letter = filed("ru", "letter", {}, entry=4, answers=second)
    found = {each.reference: each.changed_by for each in announced(PRIOR, [letter, others, second, first], 2012)}
    assert found == {"RU-1": "RU-2", "RU-2": None, "US-3": None}


@given(
    st.lists(
        st.tuples(st.dates(date(2011, 1, 1), date(2013, 12, 31)), st.integers(0, 500), st.sampled_from(["ru", "us"])),
        max_size=8,
    ),
    st.randoms(),
)
def test_the_order_of_papers_changes_nothing_and_each_day_lies_in_its_year(found: list[Any], order: Any) -> None:
    papers = [
        paper(entry, first.isoformat(), date.fromordinal(first.toordinal() + days).isoformat(), sender=sender)
        for entry, (first, days, sender) in enumerate(found, start=1)
    ]
    shuffled = list(papers)
    order.shuffle(shuffled)
    seen: set[Announced] = set()
    for year in range(2010, 2017):
        view = announced(PRIOR, papers, year)
        assert view == announced(PRIOR, shuffled, year)
        assert all(each.first <= date(year, 12, 31) and each.last >= date(year, 1, 1) for each in view)
        seen |= set(view)
    assert {each.paper for each in seen} == {each.digest for each in papers}
