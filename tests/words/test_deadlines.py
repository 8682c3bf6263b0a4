"""The file for calendar programs, read back with a library that did not write it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import Time
from parley.measures.obligation import Obligation, State
from parley.measures.obligations import obligations
from parley.measures.papers import Filed
from parley.measures.standing import Step
from parley.words.clock import UTC_ONLY, Clocks
from parley.words.deadlines import Deadline, calendar_file
from tests.measures.obligation_build import HALF_YEARLY, NOTICE, REPLY, TEXT, adopted, at, filed, only, step, under, utc
from tests.words.forbidden import forbidden_in

NAMES = {"ru": "Russian Federation", "us": "United States"}
PARTIES = utc("ru", "us")
AGREEMENT = under(REPLY)


def naming(party: str) -> str:
    return NAMES[party]


def request(made: str = "2022-02-01T10:00") -> Filed:
    return filed("us-1", "us", ["ru"], "request", made, what="Secret words of a paper; with, signs\nand a line")


def owed(papers: Iterable[Filed], now: str, steps: Iterable[Step] = ()) -> Obligation:
    known = [*adopted(PARTIES, "2022-01-01"), *steps]
    return only(obligations(AGREEMENT, PARTIES, papers, known, at(now), text=TEXT))


def deadline(found: Obligation, negotiation: str = "aa") -> Deadline:
    assert found.deadline is not None
    return Deadline(negotiation=negotiation, agreement=AGREEMENT.id, owed=found, until=found.deadline)


def written(found: Obligation, now: str, clocks: Clocks = UTC_ONLY) -> bytes:
    return calendar_file([deadline(found)], now=at(now), naming=naming, clocks=clocks)


def event(data: bytes) -> Any:
    (found,) = vobject.readOne(data.decode("utf-8")).vevent_list
    return found


def test_another_library_reads_what_is_due() -> None:
    data = written(owed([request()], "2022-02-01T11:00"), "2022-02-01T11:00", Clocks.of(["Europe/Moscow"]))
    found = event(data)
    assert found.summary.value == "reply due: Russian Federation to United States (invented, 2)"
    assert found.dtstart.value == datetime(2022, 2, 3, 10, 0, tzinfo=UTC)
    assert b"DTSTART:20220203T100000Z\r\n" in data
    assert found.description.value.split("\n") == [
        "by when: Thu 3 Feb 2022 10:00 UTC · 13:00 Moscow",
        "provision: 2 of invented",
        "begun by: US-1",
        "state: due. Nothing has been given, and there is time.",
    ]
    assert (found.status.value, found.transp.value) == ("CONFIRMED", "TRANSPARENT")
    assert found.contents["class"][0].value == "PRIVATE"
    assert found.dtstamp.value == found.last_modified.value == datetime(2022, 2, 1, 11, 0, tzinfo=UTC)
    alarms = found.valarm_list
    assert [each.trigger.value for each in alarms] == [timedelta(days=-1), timedelta(hours=-4)]
    assert {(each.action.value, each.description.value) for each in alarms} == {("DISPLAY", found.summary.value)}


def test_no_line_is_longer_than_its_format_allows_and_every_line_ends_as_it_says() -> None:
    data = written(owed([request()], "2022-02-01T11:00"), "2022-02-01T11:00")
    assert data.endswith(b"END:VCALENDAR\r\n")
    lines = data.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line for line in lines)
    assert (lines[0], lines[1]) == (b"BEGIN:VCALENDAR", b"VERSION:2.0")


def test_no_word_of_a_paper_is_in_it() -> None:
    data = written(owed([request()], "2022-02-01T11:00"), "2022-02-01T11:00").replace(b"\r\n ", b"")
    assert b"Secret" not in data
    assert b"An invented agreement" not in data
    assert not forbidden_in(data.decode("utf-8"))


@pytest.mark.parametrize(
    ("now", "left"),
    [("2022-02-01T11:00", 2), ("2022-02-02T09:59", 2), ("2022-02-02T10:00", 1), ("2022-02-03T05:59", 1),
     ("2022-02-03T06:00", 0), ("2022-02-03T10:00", 0)],
)  # fmt: skip
def test_alarms_that_have_passed_are_left_out(now: str, left: int) -> None:
    found = event(written(owed([request()], now), now))
    assert len(found.contents.get("valarm", [])) == left


def test_what_is_far_off_has_three_alarms() -> None:
    agreement = under(HALF_YEARLY)
    (found, _) = obligations(agreement, PARTIES, [], adopted(PARTIES, "2011-02-05"), at("2011-06-01"), text=TEXT)
    read = event(written(found, "2011-06-01"))
    assert read.dtstart.value == datetime(2011, 9, 30, 23, 59, 59, tzinfo=UTC)  # never after the last millisecond
    assert [each.trigger.value for each in read.valarm_list] == [
        timedelta(days=-7),
        timedelta(days=-1),
        timedelta(hours=-4),
    ]


def test_a_later_file_changes_the_same_event_and_cancels_what_was_done() -> None:
    asked = request()
    before = event(written(owed([asked], "2022-02-01T11:00"), "2022-02-01T11:00"))
    missed = event(written(owed([asked], "2022-02-04"), "2022-02-04"))
    reply = filed("ru-1", "ru", ["us"], "reply", "2022-02-01T12:00", answers=asked, what="x")
    met = event(written(owed([asked, reply], "2022-02-01T13:00"), "2022-02-01T13:00"))
    assert before.uid.value == missed.uid.value == met.uid.value
    assert missed.summary.value == "MISSED: reply, Russian Federation to United States (invented, 2)"
    assert (before.status.value, missed.status.value, met.status.value) == ("CONFIRMED", "CONFIRMED", "CANCELLED")
    assert "valarm" not in met.contents
    assert "state: met. RU-1, Tue 1 Feb 2022 12:00 UTC." in met.description.value
    assert before.dtstamp.value < met.dtstamp.value


def test_what_is_suspended_needs_no_reminder() -> None:
    stopped = step("ru-9", "suspension", "ru", "2022-02-01T10:30")
    found = owed([request()], "2022-02-01T11:00", [stopped])
    assert found.state is State.SUSPENDED
    assert event(written(found, "2022-02-01T11:00")).status.value == "CANCELLED"


def test_an_event_has_a_name_of_its_own() -> None:
    """Another paper, pair, agreement or negotiation is another event; a name tells nothing of who or what."""
    one = owed([request()], "2022-02-01T11:00")
    other = filed("us-2", "us", ["ru"], "request", "2022-02-01T10:00", what="Again")
    names = {
        deadline(one).name,
        deadline(one, negotiation="bb").name,
        deadline(owed([other], "2022-02-01T11:00")).name,
        Deadline(negotiation="aa", agreement="other", owed=one, until=Time(0)).name,
    }
    assert len(names) == 4
    assert all(len(name) == 32 and int(name, 16) for name in names)


def test_what_is_owed_to_two_parties_is_two_events() -> None:
    parties = utc("de", "ru", "us")
    notice = filed("us-1", "us", ["de", "ru"], "notice", "2022-05-01", start=date(2022, 9, 14), troops=9000)
    steps = adopted(parties, "2022-01-01")
    found = obligations(under(NOTICE), parties, [notice], steps, at("2022-06-01"), text=TEXT)
    assert [each.creditor for each in found] == ["de", "ru"]
    assert len({deadline(each).name for each in found}) == 2


@given(st.integers(0, 4_102_444_800_000), st.integers(0, 10 * 86_400_000))
def test_alarms_are_before_the_deadline_and_after_now(until: int, before: int) -> None:
    found = owed([request()], "2022-02-01T11:00")
    each = Deadline(negotiation="aa", agreement="invented", owed=found, until=Time(until))
    now = Time(max(0, until - before))
    read = event(calendar_file([each], now=now, naming=naming, clocks=UTC_ONLY))
    start = read.dtstart.value
    assert (
        timedelta(0) <= datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=until) - start < timedelta(seconds=1)
    )
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(now))
    assert all(start + alarm.trigger.value > moment - timedelta(seconds=1) for alarm in read.contents.get("valarm", []))


def test_the_same_gives_the_same_bytes() -> None:
    found = owed([request()], "2022-02-01T11:00")
    assert written(found, "2022-02-01T11:00") == written(found, "2022-02-01T11:00")
