"""Days by somebody's clock: leap days, short months, clocks put forward and back, the last millisecond of a day."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley.canonical import Time
from parley.measures.agreement import Due
from parley.measures.clocks import DAY, HOUR, day_of, days_of, deadline, due_day, end_of, shifted
from parley.measures.entry import Span
from tests.measures.obligation_build import at, clock

NAMES = (
    "UTC",
    "Europe/Moscow",
    "Europe/Kyiv",
    "America/New_York",
    "America/St_Johns",
    "America/Toronto",
    "America/Havana",
    "America/Sao_Paulo",
    "America/Nuuk",
    "America/Scoresbysund",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Antarctica/Troll",
    "Australia/Lord_Howe",
)


def due(*, of: str = "trigger", before: Span | None = None, after: Span | None = None) -> Due:
    return Due(before=before, after=after, of=of, mark="seen", source="invented")


# --- days ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "name", "day"),
    [
        ("2022-01-26T20:59:59.999", "Europe/Moscow", "2022-01-26"),
        ("2022-01-26T21:00:00.000", "Europe/Moscow", "2022-01-27"),
        ("2022-01-26T23:59:59.999", "UTC", "2022-01-26"),
        ("2022-01-01T04:59:59.999", "America/New_York", "2021-12-31"),
        ("2021-12-31T09:59:59.999", "Pacific/Kiritimati", "2021-12-31"),
        ("2021-12-31T10:00:00.000", "Pacific/Kiritimati", "2022-01-01"),
        ("1969-12-31T23:59:59.999", "UTC", "1969-12-31"),
        ("1969-12-31T23:59:59.999", "Europe/Moscow", "1970-01-01"),
    ],
)
def test_the_day_of_an_instant_is_that_of_a_clock(instant: str, name: str, day: str) -> None:
    assert day_of(at(instant), clock(name)) == date.fromisoformat(day)
    if name == "UTC":
        assert day_of(at(instant), UTC) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "name", "last"),
    [
        ("2022-01-26", "UTC", "2022-01-26T23:59:59.999"),
        ("2022-01-26", "Europe/Moscow", "2022-01-26T20:59:59.999"),
        ("2022-01-26", "America/New_York", "2022-01-27T04:59:59.999"),
        # put forward and back in the small hours: a day of 23 hours, one of 25
        ("2022-03-26", "Europe/Kyiv", "2022-03-26T21:59:59.999"),
        ("2022-03-27", "Europe/Kyiv", "2022-03-27T20:59:59.999"),
        ("2022-10-29", "Europe/Kyiv", "2022-10-29T20:59:59.999"),
        ("2022-10-30", "Europe/Kyiv", "2022-10-30T21:59:59.999"),
        # a day that begins at one o'clock: there is no midnight
        ("2022-03-26", "Asia/Beirut", "2022-03-26T21:59:59.999"),
        # at midnight back to eleven: the day has two last hours, and ends with the second
        ("2018-02-17", "America/Sao_Paulo", "2018-02-18T02:59:59.999"),
        # a minute past midnight back to a minute past eleven: the day begins, and the one before comes back
        ("2010-11-06", "America/St_Johns", "2010-11-07T03:29:59.999"),
        # at one back to midnight: both midnights are of the new day, and the old one ends with the first
        ("2022-11-05", "America/Havana", "2022-11-06T03:59:59.999"),
        ("2022-11-06", "America/Havana", "2022-11-07T04:59:59.999"),
        # at half past eleven forward to half past midnight: the day has no last half hour
        ("1919-03-30", "America/Toronto", "1919-03-31T04:29:59.999"),
        # at eleven in the evening forward to midnight
        ("2025-03-29", "America/Nuuk", "2025-03-30T00:59:59.999"),
        # the 30th was left out: it ends when the 29th does
        ("2011-12-29", "Pacific/Apia", "2011-12-30T09:59:59.999"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T09:59:59.999"),
        ("2011-12-31", "Pacific/Apia", "2011-12-31T09:59:59.999"),
    ],
)
def test_the_last_millisecond_of_a_day(day: str, name: str, last: str) -> None:
    assert end_of(date.fromisoformat(day), clock(name)).to_text() == last + "Z"


@given(day=st.dates(date(1900, 1, 1), date(2200, 12, 31)), name=st.sampled_from(NAMES))
@example(day=date(2010, 11, 6), name="America/St_Johns")
@example(day=date(1919, 3, 30), name="America/Toronto")
@example(day=date(2022, 11, 5), name="America/Havana")
def test_a_day_is_over_after_its_last_millisecond_and_not_before(day: date, name: str) -> None:
    zone = clock(name)
    last = end_of(day, zone)
    assert day_of(last, zone) <= day
    for minutes in range(0, 180, 7):
        assert day_of(Time(last + 1 + minutes * 60_000), zone) > day


@given(day=st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_utc_is_the_same_as_the_zone_of_that_name(day: date) -> None:
    assert end_of(day, UTC) == end_of(day, clock("UTC"))
    assert day_of(end_of(day, UTC), UTC) == day_of(end_of(day, UTC), clock("UTC")) == day


# --- spans --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "span", "back", "found"),
    [
        ("2017-09-14", Span(days=42), True, "2017-08-03"),
        ("2011-02-05", Span(days=45), False, "2011-03-22"),
        ("2012-02-28", Span(days=1), False, "2012-02-29"),
        ("2100-02-28", Span(days=1), False, "2100-03-01"),
        ("2021-12-31", Span(days=1), False, "2022-01-01"),
        ("2022-01-01", Span(days=17), True, "2021-12-15"),
        ("2022-01-31", Span(months=1), False, "2022-02-28"),
        ("2024-01-31", Span(months=1), False, "2024-02-29"),
        ("2022-03-31", Span(months=1), True, "2022-02-28"),
        ("2011-08-31", Span(months=6), False, "2012-02-29"),
        ("2022-12-15", Span(months=1), False, "2023-01-15"),
        ("2022-01-15", Span(months=1), True, "2021-12-15"),
        ("2024-02-29", Span(years=1), False, "2025-02-28"),
        ("2024-02-29", Span(years=4), False, "2028-02-29"),
        ("2024-02-29", Span(years=1), True, "2023-02-28"),
        ("2022-06-01", Span(days=0), False, "2022-06-01"),
    ],
)
def test_a_day_so_long_after_another(day: str, span: Span, back: bool, found: str) -> None:
    assert shifted(date.fromisoformat(day), span, back=back) == date.fromisoformat(found)


@given(day=st.dates(date(1900, 1, 1), date(2200, 12, 31)), days=st.integers(0, 3660))
def test_days_lead_back_to_where_they_began(day: date, days: int) -> None:
    assert shifted(shifted(day, Span(days=days)), Span(days=days), back=True) == day
    assert shifted(day, Span(days=days)) == day + timedelta(days=days)


@given(
    day=st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    one=st.integers(1, 600),
    other=st.integers(1, 600),
    back=st.booleans(),
)
def test_months_keep_the_day_or_give_the_last_of_the_month(day: date, one: int, other: int, back: bool) -> None:
    found = shifted(day, Span(months=one), back=back)
    moved = (found.year - day.year) * 12 + found.month - day.month
    assert moved == (-one if back else one)
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)
    if one < other and not back:
        assert found < shifted(day, Span(months=other))


@pytest.mark.parametrize(
    ("first", "every", "days"),
    [
        ("2011-08-31", Span(months=6), ["2011-08-31", "2012-02-29", "2012-08-31", "2013-02-28", "2013-08-31"]),
        ("2012-02-29", Span(years=1), ["2012-02-29", "2013-02-28", "2014-02-28", "2015-02-28", "2016-02-29"]),
        ("2022-01-01", Span(years=1), ["2022-01-01", "2023-01-01", "2024-01-01"]),
        ("2021-11-30", Span(months=3), ["2021-11-30", "2022-02-28", "2022-05-30", "2022-08-30"]),
    ],
)
def test_a_short_month_does_not_shorten_the_days_of_a_period_after_it(first: str, every: Span, days: list[str]) -> None:
    found = [day for day, _ in zip(days_of(date.fromisoformat(first), every), days, strict=False)]
    assert [day.isoformat() for day in found] == days


def test_a_period_ends_with_the_years_that_an_agreement_may_have() -> None:
    days = list(days_of(date(2001, 1, 1), Span(months=1)))
    assert len(days) == 2400
    assert days[-1] == date(2200, 12, 1)
    assert list(days_of(date(2150, 1, 1), Span(years=100))) == [date(2150, 1, 1)]
    assert list(days_of(date(2100, 12, 31), Span(years=100))) == [date(2100, 12, 31), date(2200, 12, 31)]


# --- deadlines ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "rule", "name", "found"),
    [
        # hours are exact, also where a clock was put forward or back meanwhile
        ("2022-03-26T10:00", due(after=Span(hours=48)), "Europe/Kyiv", "2022-03-28T10:00:00.000"),
        ("2022-10-29T10:00:00.001", due(after=Span(hours=48)), "Europe/Kyiv", "2022-10-31T10:00:00.001"),
        ("2022-03-28T10:00", due(before=Span(hours=36)), "Europe/Kyiv", "2022-03-26T22:00:00.000"),
        ("2022-03-28T10:00", due(after=Span(hours=0)), "UTC", "2022-03-28T10:00:00.000"),
        # days end with the end of a day by a clock, and begin on the day that this clock shows
        ("2022-01-26T20:30", due(after=Span(days=14)), "UTC", "2022-02-09T23:59:59.999"),
        ("2022-01-26T20:30", due(after=Span(days=14)), "Europe/Moscow", "2022-02-09T20:59:59.999"),
        ("2022-01-26T21:30", due(after=Span(days=14)), "Europe/Moscow", "2022-02-10T20:59:59.999"),
        ("2022-01-26T21:30", due(after=Span(days=0)), "America/New_York", "2022-01-27T04:59:59.999"),
        ("2021-12-31T23:30", due(after=Span(months=3)), "Europe/Moscow", "2022-04-01T20:59:59.999"),
        ("2022-01-26T20:30", due(before=Span(years=1)), "UTC", "2021-01-26T23:59:59.999"),
    ],
)
def test_a_deadline_from_an_instant(start: str, rule: Due, name: str, found: str) -> None:
    assert deadline(at(start), rule, clock(name)).to_text() == found + "Z"


def test_a_deadline_from_a_day() -> None:
    start = date(2017, 9, 14)
    before = due(before=Span(days=42))
    assert due_day(start, before) == date(2017, 8, 3)
    assert deadline(start, before, UTC).to_text() == "2017-08-03T23:59:59.999Z"
    assert deadline(start, before, clock("Europe/Minsk")).to_text() == "2017-08-03T20:59:59.999Z"
    assert deadline(start, due(after=Span(days=0)), UTC).to_text() == "2017-09-14T23:59:59.999Z"


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "9999-12-31T23:59:59.999"])
@pytest.mark.parametrize("name", ["UTC", "Pacific/Kiritimati", "America/New_York"])
@pytest.mark.parametrize("span", [Span(hours=24 * 366), Span(days=3660), Span(months=1200), Span(years=100)])
def test_no_instant_that_can_be_written_leads_out_of_the_calendar(text: str, name: str, span: Span) -> None:
    """A sender may claim any time; what is counted from it is a time again."""
    for rule in (due(before=span), due(after=span)):
        found = deadline(at(text), rule, clock(name))
        assert Time.from_text(found.to_text()) == found
        assert at("0001-01-01") < found < at("9999-12-31")


def test_the_units() -> None:
    assert (HOUR, DAY) == (60 * 60 * 1000, 24 * 60 * 60 * 1000)
