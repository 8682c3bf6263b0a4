"""Restraints: activities over a threshold in calendar years and at the same time, and when a threshold is reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.measures.agreement_file import examine, read_agreement
from parley.measures.papers import Filed
from parley.measures.restraints import RestraintRow, restraints
from parley.measures.thresholds import applies
from tests.measures.agreements import MARK, a_form, an_entry, an_item, head
from tests.measures.filing import filed


def item(name: str, number: int, type_: str) -> str:
    return an_item(name, number, type_, "ch. 1", required=type_ == "date")


def threshold(name: str, word: str, troops: int, tanks: int) -> str:
    some = ", ".join(f'{{ item = "{each}", {word} = {number}, {MARK} }}' for each, number in
                     (("troops", troops), ("tanks", tanks)))  # fmt: skip
    return an_entry("thresholds", name, "ch. 1", 'form = "exercise"', f"any = [{some}]")


def restraint(name: str, over: str, most: int, more: str = "") -> str:
    return an_entry(
        "restraints", name, "ch. 1", f'threshold = "{over}"', f"at_most = {most}", 'start = "start"', 'end = "end"',
        'mark = "to_be_checked"', 'source = "here"', more,
    )  # fmt: skip


EXERCISES = "".join(
    [
        head("exercises", "Exercises, invented for tests", "ch. 1: Restraints"),
        a_form(
            "exercise",
            "ch. 1",
            item("start", 1, "date"),
            item("end", 2, "date"),
            item("troops", 3, "count"),
            item("tanks", 4, "count"),
            item("one-command", 5, "yes_no"),
        ),
        threshold("notify", "at_least", 9000, 250),
        threshold("observe", "at_least", 13000, 300),
        threshold("large", "more_than", 40000, 900),
        threshold("middle", "more_than", 13000, 300),
        an_entry(
            "thresholds",
            "commanded",
            "ch. 1",
            'form = "exercise"',
            f'any = [{{ item = "troops", at_least = 9000, {MARK} }}]',
            f'all = [{{ item = "one-command", is = true, {MARK} }}]',
        ),
        restraint("large-ones", "large", 1, "calendar_years = 3"),
        restraint("middle-ones", "middle", 6, 'calendar_years = 1\nnot_over = "large"'),
        restraint("together", "middle", 3),
    ]
)
AGREEMENT = read_agreement(EXERCISES.encode())


def exercise(entry: int, start: str, days: int = 1, troops: int = 45000, sender: str = "ru", **given_: Any) -> Filed:
    first = date.fromisoformat(start)
    items = {"start": first, "end": first + timedelta(days=days - 1), "troops": troops}
    return filed(sender, "exercise", items, entry=entry, agreement="exercises", **given_)


def of(name: str, papers: list[Filed]) -> list[RestraintRow]:
    return [row for row in restraints(AGREEMENT, papers) if row.restraint == name]


def held(rows: list[RestraintRow]) -> list[tuple[int, int, list[str], int]]:
    """Of windows of years: first and last year, the papers that count, and what is left."""
    return [(row.first.year, row.last.year, [each.reference for each in row.activities], row.left) for row in rows]


# --- thresholds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "over"),
    [
        ({"troops": 12700, "tanks": 250}, {"notify"}),  # Zapad 2017 as declared: notifiable, not open to observation
        ({"troops": 8999, "tanks": 249}, set()),
        ({"troops": 9000}, {"notify"}),
        ({"troops": 0, "tanks": 250}, {"notify"}),
        ({"troops": 13000}, {"notify", "observe"}),
        ({"troops": 13001}, {"notify", "observe", "middle"}),
        ({"troops": 1, "tanks": 901}, {"notify", "observe", "middle", "large"}),
        ({"troops": 40000, "tanks": 900}, {"notify", "observe", "middle"}),
        ({"troops": 9000, "one-command": True}, {"notify", "commanded"}),
        ({"troops": 9000, "one-command": False}, {"notify"}),
        ({"troops": 8999, "one-command": True}, set()),
        ({}, set()),
    ],
)
def test_when_a_threshold_is_reached(items: dict[str, Any], over: set[str]) -> None:
    content = filed("ru", "exercise", items, entry=1, agreement="exercises").content
    assert {each.id for each in AGREEMENT.thresholds if applies(each, content).reached} == over


def test_a_paper_of_another_form_reaches_nothing() -> None:
    content = filed("ru", "letter", {"troops": 99999}, entry=1, agreement="exercises").content
    assert not any(applies(each, content).reached for each in AGREEMENT.thresholds)


# --- calendar years ---------------------------------------------------------------------------------------------


def test_one_in_three_calendar_years() -> None:
    papers = [exercise(1, "2010-06-01"), exercise(2, "2013-01-01"), exercise(3, "2015-12-31")]
    assert held(of("large-ones", papers)) == [
        (2008, 2010, ["RU-1"], 0), (2011, 2013, ["RU-2"], 0), (2013, 2015, ["RU-2", "RU-3"], -1),
    ]  # fmt: skip
    assert (of("large-ones", papers)[0].first, of("large-ones", papers)[0].last) == (
        date(2008, 1, 1),
        date(2010, 12, 31),
    )


def test_an_activity_counts_in_the_year_in_which_it_begins() -> None:
    over_new_year = exercise(1, "2012-12-30", days=5)
    assert held(of("large-ones", [over_new_year])) == [(2010, 2012, ["RU-1"], 0)]


def test_parties_are_counted_apart() -> None:
    found = of("large-ones", [exercise(1, "2012-06-01"), exercise(2, "2012-07-01", sender="by")])
    assert [(row.party, row.left) for row in found] == [("by", 0), ("ru", 0)]


def test_what_is_over_a_higher_threshold_does_not_count_in_the_lower() -> None:
    papers = [exercise(n, f"2012-0{n}-01", troops=20000) for n in range(1, 8)]
    large = exercise(8, "2012-08-01", troops=45000)
    (row,) = of("middle-ones", [*papers, large])
    assert (len(row.activities), row.left) == (7, -1)
    assert "RU-8" not in [each.reference for each in row.activities]


@pytest.mark.parametrize("by", ["answers", "replaces"])
def test_an_activity_that_was_changed_stays_and_does_not_count(by: str) -> None:
    first = exercise(1, "2012-06-01")
    smaller = exercise(2, "2012-06-01", troops=39000, **{by: first})
    (row,) = of("large-ones", [first, smaller])
    assert (row.activities, row.left) == ((), 1)
    assert [(each.reference, each.replaced_by) for each in row.replaced] == [("RU-1", smaller.digest)]
    later = exercise(3, "2013-06-01", **{by: first})
    found = of("large-ones", [first, later])
    assert held(found) == [(2010, 2012, [], 1), (2011, 2013, ["RU-3"], 0)]
    assert [each.reference for each in found[1].replaced] == ["RU-1"]


@pytest.mark.parametrize(
    "other",
    [
        exercise(2, "2012-06-01", sender="by", answers=exercise(1, "2012-06-01")),
        exercise(0, "2012-06-01", replaces=exercise(1, "2012-06-01")),
        exercise(0, "2012-06-01", answers=exercise(1, "2012-06-01")),
        replace(
            exercise(2, "2012-06-01", answers=exercise(1, "2012-06-01")),
            content=replace(exercise(2, "2012-06-01").content, test=True),
        ),
        filed("ru", "letter", {}, entry=2, agreement="exercises", answers=exercise(1, "2012-06-01")),
    ],
    ids=["by another party", "an earlier paper in its place", "an earlier paper", "a test", "another form"],
)
def test_only_a_later_paper_of_the_same_party_and_form_changes_one(other: Filed) -> None:
    first = exercise(1, "2012-06-01")
    found = of("large-ones", [first, other])
    assert first.digest in {each.paper for row in found for each in row.activities}
    assert {row.replaced for row in found} == {()}


# --- at the same time -------------------------------------------------------------------------------------------


def test_four_at_the_same_time() -> None:
    papers = [
        exercise(1, "2012-06-01", days=10),
        exercise(2, "2012-06-03", days=3),
        exercise(3, "2012-06-05", days=10),
        exercise(4, "2012-06-05", days=2),
        exercise(5, "2012-06-20", days=2),
    ]
    found = of("together", papers)
    assert [(row.first, row.last, [each.reference for each in row.activities], row.left) for row in found] == [
        (date(2012, 6, 5), date(2012, 6, 5), ["RU-1", "RU-2", *sorted(("RU-3", "RU-4"), key=lambda name: next(
            paper.digest for paper in papers if paper.reference == name))], -1),
        (date(2012, 6, 20), date(2012, 6, 21), ["RU-5"], 2),
    ]  # fmt: skip


def test_the_last_day_of_one_and_the_first_of_another_are_the_same_time() -> None:
    one, other, third = exercise(1, "2012-06-01", days=2), exercise(2, "2012-06-02"), exercise(3, "2012-06-03")
    found = of("together", [one, other, third])
    assert [(row.first.day, row.last.day, len(row.activities)) for row in found] == [(2, 2, 2), (3, 3, 1)]


def test_an_activity_that_ends_before_it_begins_is_on_its_first_day() -> None:
    (row,) = of("together", [exercise(1, "2012-06-02", days=-3)])
    assert (row.first, row.last) == (date(2012, 6, 2), date(2012, 6, 2))


def test_an_activity_without_a_day_has_no_place() -> None:
    whole = exercise(1, "2012-06-02")
    items = {name: value for name, value in whole.content.items.items() if name != "end"}
    assert restraints(AGREEMENT, [replace(whole, content=replace(whole.content, items=items))]) == ()


STARTS = st.lists(st.tuples(st.integers(0, 1500), st.integers(1, 200), st.booleans()), min_size=1, max_size=12)


def _exercises(drawn: list[tuple[int, int, bool]]) -> list[Filed]:
    found: list[Filed] = []
    for entry, (start, days, changes) in enumerate(drawn):
        answers = found[-1] if changes and found else None
        found.append(exercise(entry, str(date(2012, 1, 1) + timedelta(days=start)), days=days, answers=answers))
    return found


@given(STARTS)
def test_the_fullest_day_and_the_fullest_years_are_among_the_rows(drawn: list[tuple[int, int, bool]]) -> None:
    """Day by day and window by window, as one would count by hand."""
    papers = _exercises(drawn)
    changed = {paper.answers for paper in papers}
    spans = [
        (start, end)
        for paper in papers
        if paper.digest not in changed
        and (start := paper.content.day("start")) is not None
        and (end := paper.content.day("end")) is not None
    ]
    days = [date(2012, 1, 1) + timedelta(days=n) for n in range(1800)]
    most = max(sum(start <= day <= end for start, end in spans) for day in days)
    assert max(len(row.activities) for row in of("together", papers)) == most
    years = range(2008, 2020)
    fullest = max(sum(year <= start.year < year + 3 for start, _ in spans) for year in years)
    assert max(len(row.activities) for row in of("large-ones", papers)) == fullest
    for row in of("together", papers):
        for each in row.activities:
            assert each.start <= row.first <= row.last <= each.end
    shown = {each.paper for row in of("large-ones", papers) for each in (*row.activities, *row.replaced)}
    assert shown == {paper.digest for paper in papers}


@given(st.data())
def test_the_order_of_papers_changes_nothing(data: st.DataObject) -> None:
    papers = _exercises(data.draw(STARTS))
    given_ = data.draw(st.permutations([*papers, papers[0]]))
    assert restraints(AGREEMENT, given_) == restraints(AGREEMENT, papers)


# --- in an agreement's file -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('not_over = "large"', 'not_over = "larger"', "agreement.no-threshold"),
        ('start = "start"\nend = "end"', 'start = "troops"\nend = "end"', "agreement.no-item"),
        (
            'type = "date"\nprovision = "ch. 1"\nrequired = true',
            'type = "date"\nprovision = "ch. 1"\nrequired = false',
            "agreement.optional",
        ),
    ],
)
def test_a_restraint_that_does_not_fit(old: str, new: str, code: str) -> None:
    assert old in EXERCISES
    _, faults = examine(EXERCISES.replace(old, new).encode())
    assert code in [fault.code for fault in faults]
