"""What happened, run through the fold: an exercise as declared, two requests of February 2022, exchanges of data.

The agreements are a few lines, in our own words, with the numbers that these tests are about.
"""

from __future__ import annotations

from datetime import date, timedelta

from parley.canonical import Time
from parley.measures.clocks import HOUR
from parley.measures.obligation import State, Why
from parley.measures.obligations import Obligations, obligations
from parley.measures.thresholds import answers
from tests.measures.obligation_build import (
    DATA,
    MARK,
    NOTICE,
    REPLY,
    TEXT,
    adopted,
    at,
    filed,
    only,
    states,
    step,
    under,
    utc,
)
from tests.measures.published import declared_exercise, requests_of_2022

OBSERVED = f"""
[[thresholds]]
id = "observable"
title = {{ en = "Open to observation" }}
provision = "1"
form = "notice"
any = [
  {{ item = "troops", at_least = 13000, {MARK} }},
  {{ item = "tanks", at_least = 300, {MARK} }},
]

[[measures]]
id = "invite"
kind = "visit"
title = {{ en = "Invitation of observers" }}
provision = "1"
party = "sender"
to = "all"
form = "reply"
trigger = {{ form = "notice", threshold = "observable" }}
due = {{ before = {{ days = 42 }}, of = "start", {MARK} }}
"""


# --- Zapad 2017 ---------------------------------------------------------------------------------------------------


def test_zapad_2017_as_declared_is_notifiable_and_not_open_to_observation() -> None:
    declared = declared_exercise()
    agreement = under(NOTICE, OBSERVED, head="in_force = 2011-12-01\n")
    paper = filed(
        "ru-1",
        "ru",
        ("de", "se"),
        "notice",
        "2017-08-03T20:00",
        start=date.fromisoformat(declared["start"]),
        troops=int(declared["troops"]),
        tanks=int(declared["tanks"]),
    )
    notifiable, observable = answers(agreement, paper.content)
    assert notifiable.reached
    assert [(each.condition.item, each.value, each.over) for each in notifiable.deciding] == [
        ("troops", 12_700, 3_700),
        ("tanks", 250, 0),
    ]
    assert not observable.reached
    assert [(each.condition.item, each.value, each.over) for each in observable.deciding] == [
        ("troops", 12_700, -300),
        ("tanks", 250, -50),
    ]
    steps = adopted(("by", "de", "ru", "se"), "2011-12-01")
    found = obligations(agreement, utc("by", "de", "ru", "se"), [paper], steps, at("2017-09-14"), text=TEXT)
    assert {owed.measure.id for owed in found} == {"notify"}
    assert states(found) == {
        ("ru", "de"): [State.MET],
        ("ru", "se"): [State.MET],
        ("ru", "by"): [State.MISSED],
    }
    assert {owed.deadline for owed in found} == {at("2017-08-03T23:59:59.999")}


def test_three_hundred_troops_more_would_have_opened_it() -> None:
    agreement = under(NOTICE, OBSERVED)
    paper = filed("ru-1", "ru", ("se",), "notice", "2017-08-01", start=date(2017, 9, 14), troops=13_000, tanks=250)
    found = obligations(
        agreement, utc("ru", "se"), [paper], adopted(("ru", "se"), "2011-12-01"), at("2017-09-01"), text=TEXT
    )
    assert states(found, "invite") == {("ru", "se"): [State.MISSED]}


# --- February 2022 ------------------------------------------------------------------------------------------------


def test_the_risk_reduction_requests_of_february_2022() -> None:
    """One was answered in time, and those who had asked held it insufficient; to the other nobody replied."""
    parties = ("by", "ee", "lt", "lv", "ru", "ua")
    state = Obligations.start(under(REPLY, head="in_force = 2011-12-01\n"), TEXT, utc(*parties))
    for each in adopted(parties, "2011-12-01"):
        state = state.with_step(each)
    said = ({"what": "unusual activity"}, {"what": "…"})
    papers, steps = requests_of_2022("invented", ("request", "reply"), said)
    for each in steps:
        state = state.with_step(each)
    for paper in papers:
        state = state.with_paper(paper)
    found = state.view(at("2022-02-14"))
    assert states(found) == {
        ("by", "ee"): [State.CONTESTED],
        ("by", "lt"): [State.CONTESTED],
        ("by", "lv"): [State.CONTESTED],
        ("ru", "ua"): [State.MISSED],
    }
    assert {owed.reason.why for owed in found if owed.debtor == "by"} == {Why.CONTESTED_IN_TIME}
    asked = only(found, debtor="ru")
    assert asked.deadline == at("2022-02-13T13:00")
    assert (asked.reason.why, asked.reason.paper) == (Why.NOTHING, None)
    assert only(state.view(at("2022-02-13T13:00")), debtor="ru").state is State.DUE
    assert only(state.view(at("2022-02-11T17:00")), debtor="by", creditor="ee").state is State.MET


# --- exchanges of data --------------------------------------------------------------------------------------------

NEW_START = "in_force = 2011-02-05\nexpires = 2026-02-05\n"


def test_the_dates_of_the_exchanges_of_data() -> None:
    """First data 45 days after the entry into force; then 30 days after each six months that end before 1 September
    and 1 March, also in a leap year; by date of receipt, in UTC."""
    agreement = under(DATA, head=NEW_START)
    state = Obligations.start(agreement, TEXT, utc("ru", "us"))
    for each in adopted(("ru", "us"), "2011-02-05"):
        state = state.with_step(each)
    found = [owed for owed in state.view(at("2026-06-01")) if owed.debtor == "us"]
    deadlines = [owed.deadline.to_text()[:10] for owed in found if owed.deadline]
    assert deadlines[0] == "2011-03-22"
    autumns = [f"{year}-09-30" for year in range(2011, 2026)]
    springs = [f"{year}-03-30" for year in range(2012, 2026)]
    assert deadlines[1:] == sorted(autumns + springs)
    assert {owed.deadline.to_text()[10:] for owed in found if owed.deadline} == {"T23:59:59.999Z"}


def test_the_date_of_a_notification_is_the_date_of_its_receipt() -> None:
    agreement = under(DATA, head=NEW_START)
    papers = [
        filed("us-1", "us", ("ru",), "data", "2011-03-20", received={"ru": "2011-03-22T23:59:59.999"},
              day=date(2011, 2, 5)),
        filed("ru-1", "ru", ("us",), "data", "2011-03-20", received={"us": "2011-03-23T00:00"}, day=date(2011, 2, 5)),
    ]  # fmt: skip
    steps = adopted(("ru", "us"), "2011-02-05")
    found = obligations(agreement, utc("ru", "us"), papers, steps, at("2011-04-01"), text=TEXT)
    assert states(found, "first-data") == {("us", "ru"): [State.MET], ("ru", "us"): [State.MET_LATE]}


def test_suspended_contested_answered_by_a_counter_measure_and_expired() -> None:
    """2023 to 2026: one side suspends, the other contests that and withholds its half-yearly data, and it all ends."""
    agreement = under(DATA, NOTICE, head=NEW_START)
    away = step("ru-1", "suspension", "ru", "2023-02-28")
    steps = [
        *adopted(("ru", "us"), "2011-02-05"),
        away,
        step("us-1", "contesting", "us", "2023-03-01", cites=away.digest),
        step("us-2", "counter_measure", "us", "2023-03-28", measures=("half-yearly",), cites=away.digest),
    ]
    notice = {"start": date(2023, 9, 1), "troops": 9000}
    papers = [
        filed("us-3", "us", ("ru",), "notice", "2023-04-01", **notice),
        filed("ru-2", "ru", ("us",), "notice", "2023-04-02", **notice),
        filed("ru-3", "ru", ("us",), "notice", "2026-02-06", start=date(2026, 4, 1), troops=9000),
    ]
    found = obligations(agreement, utc("ru", "us"), papers, steps, at("2026-03-01"), text=TEXT)
    spring = [owed for owed in found if owed.begun == date(2023, 2, 28)]
    assert states(spring) == {("us", "ru"): [State.COUNTER_MEASURE], ("ru", "us"): [State.SUSPENDED]}
    assert only(spring, debtor="ru").reason.contested == steps[3]
    assert states(owed for owed in found if owed.begun == papers[0]) == {("us", "ru"): [State.MET]}
    assert states(owed for owed in found if owed.begun == papers[1]) == {("ru", "us"): [State.VOLUNTARY]}
    after = only(found, begun=papers[2])
    assert (after.state, after.reason.why) == (State.VOLUNTARY, Why.ENDED)
    assert max(owed.begun for owed in found if isinstance(owed.begun, date)) == date(2025, 8, 31)


# --- the days on which calendars are odd --------------------------------------------------------------------------


def test_48_hours_are_48_hours_on_every_day_of_four_years() -> None:
    agreement = under(REPLY)
    steps = adopted(("ru", "us"), "2011-02-05")
    start = at("2021-01-01T12:00")
    days = [(date(2021, 1, 1) + timedelta(days=number)).isoformat() for number in range(4 * 366)]
    papers = [filed(f"us-{day}", "us", ("ru",), "request", f"{day}T12:00", what="?") for day in days]
    found = obligations(agreement, utc("ru", "us"), papers, steps, at("2030-01-01"), text=TEXT)
    assert [owed.deadline for owed in found] == [Time(start + (24 * n + 48) * HOUR) for n in range(4 * 366)]
    assert {owed.state for owed in found} == {State.MISSED}
