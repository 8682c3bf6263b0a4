"""Quotas whose years are not those of the calendar, and what the agreements that come along say of quotas and readings.

New START's inspections, 10 and 8 in a year from the day of entry into force; Russia's standing reservation to the 800
that the United States declared; the number of evaluation visits from the day of which the information speaks.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.cli import templates
from parley.errors import Refused
from parley.measures.agreement import Agreement
from parley.measures.agreement_file import examine, read_agreement
from parley.measures.content import Value, of_items
from parley.measures.counting import limits, readings_in
from parley.measures.following import follow
from parley.measures.inspections import QuotaRow, check_request, quota_board, year_of
from parley.measures.papers import Filed
from parley.words.quotas import as_values, rows
from tests.measures.filing import filed
from tests.measures.test_agreement_file import SMALL, changed, faults, line_of
from tests.measures.test_templates import sample

START = read_agreement(templates.read("new-start"))
VIENNA = read_agreement(templates.read("vienna-document-2011"))
GIVEN = 'year = { begins = 2020-04-01, mark = "to_be_checked", source = "book" }'


class Log:
    """Papers under one agreement, one after another; items that must be answered are, somehow."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.papers: list[Filed] = []

    def add(self, by: str, form: str, to: str, made: str, answers: Filed | None = None, **items: Value) -> Filed:
        found = self.agreement.form(form)
        assert found is not None
        given_ = {name.replace("_", "-"): value for name, value in items.items()}
        required = {item.id: sample(item) for item in found.items if item.required}
        content = of_items(self.agreement, found, required | given_)
        paper = filed(
            by, form, content.items, entry=len(self.papers) + 1, to=(to,), made=made, answers=answers,
            agreement=self.agreement.id,
        )  # fmt: skip
        self.papers.append(paper)
        return paper

    def row(self, quota: str, party: str, year: int | date) -> QuotaRow:
        board = quota_board(self.agreement, self.papers, year)
        return next(row for row in board if (row.quota, row.party) == (quota, party))


def asked(made: list[str], form: str = "type-one-request") -> Log:
    log = Log(START)
    for day in made:
        log.add("us", form, "ru", day)
    return log


# --- New START ----------------------------------------------------------------------------------------------------


def test_a_treaty_year_runs_from_the_day_of_entry_into_force() -> None:
    for quota in START.quotas:
        assert quota.year is not None
        assert (quota.year.begins, quota.year.mark, quota.mark) == (START.in_force, "to_be_checked", "seen")
        assert year_of(quota, date(2011, 2, 5)) == 2011
        assert year_of(quota, date(2012, 2, 4)) == 2011
        assert year_of(quota, date(2012, 2, 5)) == 2012
    row = asked(["2012-02-04"]).row("type-one", "us", 2011)
    assert (row.year, row.first, row.last) == (2011, date(2011, 2, 5), date(2012, 2, 4))


def test_ten_and_eight_in_a_year() -> None:
    log = asked([f"2011-{month:02}-10" for month in range(4, 13)] + ["2012-01-10", "2012-02-04", "2012-02-05"])
    first, second = log.row("type-one", "us", 2011), log.row("type-one", "us", 2012)
    assert (first.number, len(first.taken), first.left) == (10, 10, 0)
    assert [each.inspection.reference for each in first.late] == ["US-11"]
    assert [each.inspection.reference for each in second.taken] == ["US-12"]
    two = log.row("type-two", "us", 2011)
    assert (two.number, two.taken) == (8, ())
    assert log.row("type-one", "ru", 2011).taken == ()
    by_day = {day: log.row("type-one", "us", day).year for day in (date(2012, 2, 4), date(2012, 2, 5))}
    assert by_day == {date(2012, 2, 4): 2011, date(2012, 2, 5): 2012}


def test_the_eleventh_request_waits_for_the_next_year() -> None:
    log = asked(["2011-06-01"] * 10)
    ask: dict[str, Any] = {"by": "us", "to": ["ru"], "form": "type-one-request"}
    with pytest.raises(Refused) as caught:
        check_request(START, log.papers, on=date(2012, 2, 4), **ask)
    assert caught.value.code == "inspection.filled"
    check_request(START, log.papers, on=date(2012, 2, 5), **ask)
    check_request(START, log.papers, on=date(2012, 2, 4), **(ask | {"form": "type-two-request"}))


def test_the_board_says_from_when_until_when() -> None:
    log = asked(["2012-01-10"])
    board = quota_board(START, log.papers, date(2012, 1, 10))
    (first, *_) = [row for row in rows(START, board, naming=str) if row[1] == "us"]
    assert first[0] == "Inspections of the first type in a year 2011-02-05–2012-02-04"
    value = next(each for each in as_values(START, board) if (each["quota"], each["party"]) == ("type-one", "us"))
    assert (value["year"], value["first"], value["last"], value["left"]) == (2011, "2011-02-05", "2012-02-04", 9)
    calendar = quota_board(VIENNA, Log(VIENNA).papers, 2012)
    assert calendar == ()


def test_a_report_is_known_by_the_form_that_the_quota_names() -> None:
    log = asked(["2011-06-01"])
    reply = log.add("ru", "inspection-reply", "us", "2011-06-02", log.papers[0], answer="accepted")
    site = log.add("us", "site", "ru", "2011-06-03", reply)
    log.add("us", "inspection-report", "ru", "2011-06-10", site, declared=3, found=3)
    (inspection,), astray = follow(START, log.papers)
    assert (inspection.stage, len(inspection.reports), astray) == ("reported", 1, ())
    assert {quota.report for quota in START.quotas} == {"inspection-report"}


def test_the_standing_reservation_stands_beside_the_declared_eight_hundred() -> None:
    log = Log(START)
    declared = {"deployed": 686, "warheads": 1515, "launchers": 800}
    first = log.add("us", "data", "ru", "2022-03-20", as_of=date(2022, 3, 1), **declared)
    log.add(
        "ru", "reservation", "us", "2022-03-25", first,
        converted_launchers=56, converted_bombers=41, training_silos=4, standing=True, because="cannot confirm",
    )  # fmt: skip
    log.add("us", "data", "ru", "2022-09-20", as_of=date(2022, 9, 1), **declared)
    readings, unplaced = readings_in(START, log.papers)
    assert unplaced == ()
    found = [row for row in limits(START, log.papers, readings, date(2022, 12, 31)) if row.limit == "launchers"]
    assert [(str(row.day), row.declared, row.state) for row in found] == [
        ("2022-03-01", 800, "within"), ("2022-09-01", 800, "within"),
    ]  # fmt: skip
    for row in found:
        ((beside),) = row.readings
        assert (beside.reading.by, beside.reading.difference, beside.value, beside.left) == ("ru", 101, 901, -101)
        assert [part.difference for part in beside.reading.parts] == [56, 41, 4]


# --- the Vienna Document ------------------------------------------------------------------------------------------


def test_evaluation_visits_follow_from_the_information_of_the_year_it_speaks_of() -> None:
    """What is given in December counts from 1 January on, and not in the year in which it is given."""
    log = Log(VIENNA)
    log.add("ru", "annual-information", "us", "2011-12-15", units=541, valid_from=date(2012, 1, 1))
    log.add("ru", "annual-information", "us", "2012-12-15", units=60, valid_from=date(2013, 1, 1))
    numbers = {year: log.row("evaluations", "ru", year).number for year in (2011, 2012, 2013)}
    assert numbers == {2011: None, 2012: 10, 2013: 1}
    assert {quota.year for quota in VIENNA.quotas} == {None}


# --- in an agreement's file ---------------------------------------------------------------------------------------


def with_year(year: str = GIVEN) -> str:
    return changed("at_most = 3\nper_asking = 1", f"at_most = 3\nper_asking = 1\n{year}")


def test_a_year_has_a_mark_of_its_own() -> None:
    agreement = read_agreement(with_year().encode())
    (quota, _), before = agreement.quotas, read_agreement(SMALL.encode())
    assert quota.year is not None
    assert quota.year.begins == date(2020, 4, 1)
    assert [each.mark for each in agreement.marked()].count("to_be_checked") == 2
    assert len(tuple(agreement.marked())) == len(tuple(before.marked())) + 1


@pytest.mark.parametrize(
    ("year", "code"),
    [
        ("year = { begins = 2020-04-01 }", "agreement.shape"),
        ("year = 2020-04-01", "agreement.shape"),
        (GIVEN.replace("2020-04-01", "1899-12-31"), "agreement.day"),
        (GIVEN.replace('"book"', '"film"'), "agreement.no-source"),
    ],
)
def test_a_year_that_is_none(year: str, code: str) -> None:
    text = with_year(year)
    assert faults(text)[0] == (code, line_of(text, "year = "))
    assert examine(with_year().encode())[1] == ()


@given(st.dates(date(1950, 1, 1), date(2150, 12, 31)), st.dates(date(1950, 1, 1), date(2150, 12, 31)))
def test_every_day_lies_in_the_year_that_is_said(begins: date, day: date) -> None:
    """Also where years begin on 29 February; and the day after the last is the first of the next year."""
    text = with_year(GIVEN.replace("2020-04-01", begins.isoformat()))
    agreement = read_agreement(text.encode())
    papers = [filed("us", "request", {"site": "A"}, entry=1, to=("ru",), made=day.isoformat())]
    (row,) = (each for each in quota_board(agreement, papers, day) if (each.quota, each.party) == ("visits", "ru"))
    assert row.first <= day <= row.last
    assert len(row.taken) == 1
    assert 364 <= (row.last - row.first).days <= 365
    assert (row.first.month, row.first.day) in {(begins.month, begins.day), (2, 28)}
    (after,) = (
        each
        for each in quota_board(agreement, papers, row.last + timedelta(days=1))
        if (each.quota, each.party) == ("visits", "ru")
    )
    assert (after.first, after.year, after.taken) == (row.last + timedelta(days=1), row.year + 1, ())


def test_a_request_takes_its_place_in_quotas_of_different_years_or_in_none() -> None:
    """The passive quota has years of its own, the active one those of the calendar."""
    text = with_year().replace(
        'declared = "data"\nitem = "arms"\ndivided_by = 60\nmost = 15\nshare_of = 5', "at_most = 1"
    )
    agreement = read_agreement(text.encode())
    days = ("2021-03-01", "2021-05-01", "2022-02-01")
    papers = [
        filed("us", "request", {"site": "A"}, entry=entry, to=(to,), made=day)
        for entry, (to, day) in enumerate(zip(("ru", "fr", "fr"), days, strict=True), start=1)
    ]

    def taken(quota: str, party: str, year: int) -> list[str]:
        found = quota_board(agreement, papers, year)
        return [
            each.inspection.reference for row in found if (row.quota, row.party) == (quota, party) for each in row.taken
        ]

    assert taken("by-arms", "us", 2021) == ["US-1"]  # the second is late here, so that it takes no place there either
    assert taken("visits", "fr", 2021) == ["US-3"]
    assert taken("by-arms", "us", 2022) == ["US-3"]
    assert taken("visits", "ru", 2020) == ["US-1"]
