"""Times in three clocks, limits in words, instants as typed."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import Time
from parley.errors import Malformed
from parley.words.clock import (
    DAY,
    HOUR,
    MINUTE,
    UTC_ONLY,
    Clocks,
    city,
    day,
    end_of_day,
    is_day,
    left,
    read_instant,
    short_day,
    zone_of,
)

NOTICE = Time.from_text("2022-01-26T17:16:04.000Z")
CAPITALS = Clocks.of(["Europe/Moscow", "America/New_York"])


def test_an_instant_in_three_clocks() -> None:
    assert CAPITALS.instant(NOTICE) == "Wed 26 Jan 2022 17:16 UTC · 20:16 Moscow · 12:16 Washington"
    assert CAPITALS.hours(NOTICE, seconds=True) == "17:16:04 UTC · 20:16:04 Moscow · 12:16:04 Washington"


def test_another_day_is_named_beside_its_clock() -> None:
    assert Clocks.of(["Asia/Shanghai"]).instant(NOTICE) == "Wed 26 Jan 2022 17:16 UTC · Thu 01:16 Beijing"


def test_a_clock_is_not_shown_twice_and_utc_not_again() -> None:
    clocks = Clocks.of(["Europe/Moscow", "Europe/Moscow", "UTC", "Etc/UTC", "Not/A_Zone"])
    assert clocks.instant(NOTICE) == "Wed 26 Jan 2022 17:16 UTC · 20:16 Moscow"
    assert UTC_ONLY.instant(NOTICE) == "Wed 26 Jan 2022 17:16 UTC"


def test_summer_time_is_each_capitals_own() -> None:
    assert "13:00 Washington" in CAPITALS.instant(Time.from_text("2022-07-01T17:00:00.000Z"))
    assert "20:00 Moscow" in CAPITALS.instant(Time.from_text("2022-07-01T17:00:00.000Z"))


@pytest.mark.parametrize(
    ("zone", "name"),
    [("America/New_York", "Washington"), ("Europe/Moscow", "Moscow"), ("Asia/Ulaanbaatar", "Ulaanbaatar"),
     ("America/Port_of_Spain", "Port of Spain"), ("America/Argentina/Buenos_Aires", "Buenos Aires")],
)  # fmt: skip
def test_a_zone_stands_for_its_city(zone: str, name: str) -> None:
    assert city(zone) == name


def test_a_hostile_zone_name_shows_harmless() -> None:
    assert "\x1b" not in city("Europe/\x1b[2J")
    assert zone_of("../../etc/passwd") is UTC


@pytest.mark.parametrize("name", ["localtime", "posixrules", "Factory", "right/Europe/Moscow", "posix/Europe/Moscow"])
def test_a_table_of_one_machine_is_no_zone(name: str) -> None:
    """What a page shows beside UTC must not hang on where it was written."""
    assert zone_of(name) is UTC
    assert Clocks.of([name]).zones == ()


def test_days() -> None:
    assert day(NOTICE) == "Wed 26 Jan 2022"
    assert day(NOTICE, "Asia/Shanghai") == "Thu 27 Jan 2022"
    assert short_day(NOTICE) == "26 Jan 2022"


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        (-1, "over"),
        (0, "less than two minutes left"),
        (2 * MINUTE, "2 minutes left"),
        (HOUR, "1 hour left"),
        (2 * HOUR - 1, "1 hour left"),
        (47 * HOUR, "1 day left"),
        (23 * HOUR, "23 hours left"),
        (2 * DAY, "2 days left"),
        (400 * DAY, "400 days left"),
    ],
)
def test_how_long_something_runs(rest: int, words: str) -> None:
    assert left(NOTICE, Time(NOTICE + rest)) == words


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2022-01-31T17:00Z", "2022-01-31T17:00:00.000Z"),
        ("2022-01-31 20:00+03:00", "2022-01-31T17:00:00.000Z"),
        ("2022-01-31T12:00:30.5-05:00", "2022-01-31T17:00:30.500Z"),
    ],
)
def test_an_instant_as_typed(text: str, instant: str) -> None:
    assert read_instant(text).to_text() == instant


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tomorrow", "use.time"),
        ("", "use.time"),
        ("2022-02-30T10:00Z", "use.time"),
        ("2022-01-31T10:00", "use.time-zone"),
        ("2022-01-31 10:00:00", "use.time-zone"),
        ("31.01.2022", "use.time"),
        ("2022-01-31T10:00Z\n", "use.time"),
        ("٢٠٢٢-01-31T10:00Z", "use.time"),
    ],
)
def test_what_is_no_instant_is_refused(text: str, code: str) -> None:
    with pytest.raises(Malformed) as raised:
        read_instant(text)
    assert raised.value.code == code


def test_a_day_ends_in_the_recipients_capital() -> None:
    assert is_day("2022-01-31")
    assert not is_day("2022-01-31T00:00Z")
    assert end_of_day("2022-01-31", "Europe/Moscow").to_text() == "2022-01-31T20:59:59.999Z"
    assert end_of_day("2022-01-31", "America/New_York").to_text() == "2022-02-01T04:59:59.999Z"
    with pytest.raises(Malformed, match=r"use\.time"):
        end_of_day("2022-02-30", "UTC")


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999), st.sampled_from(["UTC", "Europe/Moscow", "Pacific/Apia"]))
def test_every_time_can_be_shown(milliseconds: int, zone: str) -> None:
    said = Clocks.of([zone]).instant(Time(milliseconds))
    assert " UTC" in said
