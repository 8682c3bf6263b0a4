"""Who owes what to whom by when, case by case: each state with its reason, each pair of parties by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, tzinfo
from typing import Any

import pytest

from parley.measures.agreement import Agreement
from parley.measures.obligation import Obligation, State, Why
from parley.measures.obligations import Obligations, obligations
from parley.measures.papers import Filed
from parley.measures.standing import Step
from tests.measures.obligation_build import (
    DATA,
    HALF_YEARLY,
    MARK,
    NOTICE,
    REPLY,
    TEXT,
    adopted,
    at,
    clock,
    digest,
    filed,
    only,
    states,
    step,
    under,
    utc,
)

THREE = ("de", "ru", "us")
IN_FORCE = "2011-02-05"
MET, LATE, DUE, MISSED = State.MET, State.MET_LATE, State.DUE, State.MISSED
PAIRS = [(one, other) for one in THREE for other in THREE if one != other]


def view(
    agreement: Agreement,
    papers: Iterable[Filed],
    now: str,
    *,
    steps: Iterable[Step] = (),
    parties: Mapping[str, tzinfo] | None = None,
) -> tuple[Obligation, ...]:
    """The view of three parties that all adopted the agreement on the day on which it is in force."""
    parties = parties or utc(*THREE)
    known = [*adopted(parties, IN_FORCE), *steps]
    return obligations(agreement, parties, papers, known, at(now), text=TEXT)


def notice(name: str = "us-1", made: str = "2022-08-01", to: Iterable[str] = ("de", "ru"), **members: Any) -> Filed:
    items = {"start": date(2022, 9, 14), "troops": 9000} | members
    return filed(name, "us", to, "notice", made, **items)


def request(name: str = "us-1", made: str = "2022-02-09T12:00", to: Iterable[str] = ("ru",), **members: Any) -> Filed:
    return filed(name, "us", to, "request", made, **({"what": "Why?"} | members))


def reply(asked: Filed, made: str, *, name: str = "ru-1", sender: str = "ru", **members: Any) -> Filed:
    to = members.pop("to", (asked.sender,))
    return filed(name, sender, to, "reply", made, answers=asked, what="So.", **members)


# --- a notice that is owed before its exercise --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "state", "why"),
    [
        ("2022-08-03T23:59:59.999", MET, Why.IN_TIME),
        ("2022-08-04T00:00:00.000", LATE, Why.LATE),
        ("2022-09-20", LATE, Why.LATE),
    ],
)
def test_a_notice_is_in_time_until_the_last_millisecond_of_the_day(made: str, state: State, why: Why) -> None:
    paper = notice(made=made)
    found = view(under(NOTICE), [paper], "2023-01-01")
    assert states(found) == {("us", "de"): [state], ("us", "ru"): [state]}
    owed = found[0]
    assert owed.deadline is not None
    assert owed.deadline.to_text() == "2022-08-03T23:59:59.999Z"
    assert (owed.measure.id, owed.provision, owed.begun) == ("notify", "1", paper)
    assert (owed.reason.why, owed.reason.paper, owed.reason.at) == (why, paper, at(made))


@pytest.mark.parametrize(
    ("items", "begun"),
    [
        ({"troops": 8999}, False),
        ({"troops": 9000}, True),
        ({"troops": 1, "tanks": 250}, True),
        ({"troops": 1, "tanks": 249}, False),
    ],
)
def test_only_what_reaches_the_threshold_begins_anything(items: dict[str, int], begun: bool) -> None:
    found = view(under(NOTICE), [notice(**items)], "2023-01-01")
    assert bool(found) is begun


def test_a_notice_that_was_not_sent_to_one_party_is_missed_towards_that_one() -> None:
    paper = notice(to=("de",))
    assert states(view(under(NOTICE), [paper], "2022-08-02")) == {("us", "de"): [MET], ("us", "ru"): [DUE]}
    found = view(under(NOTICE), [paper], "2022-08-04")
    assert states(found) == {("us", "de"): [MET], ("us", "ru"): [MISSED]}
    assert only(found, creditor="ru").reason.why is Why.NOTHING


def test_who_is_only_informed_has_been_told() -> None:
    """A party for information is not among those addressed, and yet it has the notice from when it was informed."""
    paper = notice(to=("de",), informed={"de": "2022-08-01", "ru": "2022-08-02"})
    assert states(view(under(NOTICE), [paper], "2022-08-01T12:00")) == {("us", "de"): [MET], ("us", "ru"): [DUE]}
    assert states(view(under(NOTICE), [paper], "2022-08-03")) == {("us", "de"): [MET], ("us", "ru"): [MET]}


COUNTED = {
    "sent": "2022-08-01T01:00",
    "made": "2022-08-01T02:00",
    "informed": "2022-08-01T03:00",
    "received": "2022-08-01T04:00",
}


@pytest.mark.parametrize("counts", list(COUNTED))
def test_which_of_the_four_times_counts_the_measure_says(counts: str) -> None:
    agreement = under(NOTICE + f'counts = "{counts}"\n')
    paper = filed(
        "us-1",
        "us",
        ("ru",),
        "notice",
        COUNTED["made"],
        sent=COUNTED["sent"],
        informed={"ru": COUNTED["informed"]},
        received={"ru": COUNTED["received"]},
        start=date(2022, 9, 14),
        troops=9000,
    )
    found = only(view(agreement, [paper], "2023-01-01"), creditor="ru")
    assert (found.state, found.reason.at) == (MET, at(COUNTED[counts]))


@pytest.mark.parametrize("counts", ["informed", "received"])
def test_one_paper_may_be_in_time_for_one_and_late_for_another(counts: str) -> None:
    agreement = under(NOTICE + f'counts = "{counts}"\n')
    times = {"de": "2022-08-03T23:59:59.999", "ru": "2022-08-04"}
    paper = notice(informed=times, received=times)
    assert states(view(agreement, [paper], "2023-01-01")) == {("us", "de"): [MET], ("us", "ru"): [LATE]}


def test_what_nobody_signed_for_is_not_received_and_the_reason_says_what_is_missing() -> None:
    paper = notice(received={"de": "2022-08-02"})
    agreement = under(NOTICE + 'counts = "received"\n')
    early = only(view(agreement, [paper], "2022-08-03"), creditor="ru")
    assert (early.state, early.reason.why, early.reason.paper, early.reason.at) == (DUE, Why.NOT_COUNTED, paper, None)
    late = only(view(agreement, [paper], "2022-08-04"), creditor="ru")
    assert (late.state, late.reason.why, late.reason.paper) == (MISSED, Why.NOT_COUNTED, paper)


def test_a_test_notice_changes_nothing() -> None:
    drill = filed("us-1", "us", ("ru",), "notice", "2022-08-20", test=True, start=date(2022, 9, 14), troops=90_000)
    asked = request()
    tried = reply(asked, "2022-02-10", test=True)
    assert view(under(NOTICE), [drill], "2023-01-01") == ()
    assert view(under(REPLY), [request(test=True)], "2023-01-01") == ()
    found = only(view(under(REPLY), [asked, tried], "2023-01-01"))
    assert (found.state, found.reason.why) == (MISSED, Why.NOTHING)


def test_a_paper_under_another_agreement_and_one_by_a_stranger_change_nothing() -> None:
    assert view(under(NOTICE), [notice(agreement="another")], "2023-01-01") == ()
    stranger = filed("pl-1", "pl", ("ru",), "notice", "2022-08-20", start=date(2022, 9, 14), troops=9000)
    assert view(under(NOTICE), [stranger], "2023-01-01") == ()
    found = view(under(REPLY), [request(to=("pl", "ru"))], "2023-01-01")
    assert states(found) == {("ru", "us"): [MISSED]}


def test_a_time_that_the_paper_leaves_out_is_no_deadline() -> None:
    agreement = under(NOTICE.replace('of = "start"', 'of = "at"'))
    found = view(agreement, [notice(to=("de",))], "2030-01-01")
    assert only(found, creditor="de").state is MET
    open_ = only(found, creditor="ru")
    assert (open_.state, open_.deadline, open_.reason.why) == (DUE, None, Why.NO_START)
    assert found[-1] is open_


def test_hours_before_an_instant_that_the_paper_names() -> None:
    agreement = under(NOTICE.replace("days = 42", "hours = 36").replace('of = "start"', 'of = "at"'))
    for made, state in [("2022-09-12T20:00:00.000", MET), ("2022-09-12T20:00:00.001", LATE)]:
        paper = notice(made=made, at=at("2022-09-14T08:00"))
        assert states(view(agreement, [paper], "2023-01-01"))["us", "ru"] == [state]


# --- a request that asks for a reply ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "state"),
    [("2022-02-11T12:30:00.000", MET), ("2022-02-11T12:30:00.001", LATE), ("2022-02-09T12:30", MET)],
)
def test_hours_are_counted_from_the_notice_to_the_millisecond(made: str, state: State) -> None:
    asked = request(informed={"ru": "2022-02-09T12:30"})
    found = only(view(under(REPLY), [asked, reply(asked, made)], "2023-01-01"))
    assert (found.debtor, found.creditor, found.state) == ("ru", "us", state)
    assert found.deadline == at("2022-02-11T12:30")


def test_a_party_that_never_signs_owes_its_reply_all_the_same() -> None:
    asked = request(informed={"ru": "2022-02-09T12:30"}, received={})
    assert only(view(under(REPLY), [asked], "2022-02-11T12:30")).state is DUE
    missed = only(view(under(REPLY), [asked], "2022-02-11T12:30:00.001"))
    assert (missed.state, missed.reason.why, missed.begun) == (MISSED, Why.NOTHING, asked)


def test_before_the_notice_no_time_runs() -> None:
    asked = request(informed={})
    found = only(view(under(REPLY), [asked], "2025-01-01"))
    assert (found.state, found.deadline, found.reason.why) == (DUE, None, Why.NO_START)
    later = request(informed={"ru": "2022-02-20"})
    found = only(view(under(REPLY), [later], "2022-02-19"))
    assert (found.state, found.reason.why) == (DUE, Why.NO_START)
    answered = only(view(under(REPLY), [asked, reply(asked, "2022-03-01")], "2025-01-01"))
    assert (answered.state, answered.deadline) == (MET, None)


def test_what_is_no_answer_to_this_request_by_this_party_does_not_count() -> None:
    asked, other = request(to=("de", "ru")), request("us-2", "2022-03-01")
    papers = [
        reply(other, "2022-02-10", name="ru-1"),
        filed("ru-2", "ru", ("us",), "request", "2022-02-10", answers=asked, what="And you?"),
        filed("ru-3", "ru", ("us",), "reply", "2022-02-10", what="So."),
        reply(asked, "2022-02-10", name="ru-4", to=("de",)),
        reply(asked, "2022-02-10", name="de-1", sender="de"),
        reply(asked, "2022-02-10", name="us-3", sender="us"),
    ]
    found = view(under(REPLY), [asked, other, *papers], "2022-02-20")
    mine = [owed for owed in found if owed.begun == asked]
    assert states(mine) == {("ru", "us"): [MISSED], ("de", "us"): [MET]}


@pytest.mark.parametrize(
    ("owing", "to", "pairs"),
    [
        ("addressee", "sender", {("de", "us"), ("ru", "us")}),
        ("addressee", "addressee", {("de", "ru"), ("ru", "de")}),
        ("addressee", "all", {("de", "us"), ("de", "ru"), ("de", "pl"), ("ru", "us"), ("ru", "de"), ("ru", "pl")}),
        ("sender", "addressee", {("us", "de"), ("us", "ru")}),
        ("sender", "all", {("us", "de"), ("us", "ru"), ("us", "pl")}),
    ],
)
def test_who_owes_to_whom(owing: str, to: str, pairs: set[tuple[str, str]]) -> None:
    rule = REPLY.replace('to = "sender"', f'to = "{to}"').replace('party = "addressee"', f'party = "{owing}"')
    agreement = under(rule)
    found = view(agreement, [request(to=("de", "ru"))], "2023-01-01", parties=utc("de", "pl", "ru", "us"))
    assert set(states(found)) == pairs
    assert len(found) == len(pairs)


def test_nobody_owes_an_answer_to_a_request_of_its_own() -> None:
    agreement = under(REPLY.replace('to = "sender"', 'to = "all"'))
    assert set(states(view(agreement, [request(to=("ru", "us"))], "2023-01-01"))) == {("ru", "us"), ("ru", "de")}


def test_what_its_sender_owes_is_counted_from_when_each_of_the_others_was_informed() -> None:
    rule = REPLY.replace('to = "sender"', 'to = "addressee"').replace('party = "addressee"', 'party = "sender"')
    agreement = under(rule)
    asked = request(to=("de", "ru"), informed={"de": "2022-02-09T12:00", "ru": "2022-02-10T12:00"})
    report = reply(asked, "2022-02-12T12:00", name="us-2", sender="us", to=("de", "ru"))
    found = view(agreement, [asked, report], "2023-01-01")
    assert states(found) == {("us", "de"): [LATE], ("us", "ru"): [MET]}


# --- an answer that the other side holds to be none ---------------------------------------------------------------


def word(against: Filed | Step, made: str, *, sender: str = "us", name: str = "us-9") -> Step:
    return step(name, "contesting", sender, made, cites=against.digest)


def test_an_answer_in_time_may_be_contested() -> None:
    asked = request()
    answer = reply(asked, "2022-02-10")
    said = word(answer, "2022-02-11")
    found = only(view(under(REPLY), [asked, answer], "2023-01-01", steps=[said]))
    assert (found.state, found.reason.why) == (State.CONTESTED, Why.CONTESTED_IN_TIME)
    assert (found.reason.paper, found.reason.step) == (answer, said)
    assert only(view(under(REPLY), [asked, answer], "2022-02-10T12:00", steps=[said])).state is MET
    late = reply(asked, "2022-02-20", name="ru-2")
    found = only(view(under(REPLY), [asked, late], "2023-01-01", steps=[word(late, "2022-02-21")]))
    assert (found.state, found.reason.why) == (State.CONTESTED, Why.CONTESTED_LATE)


def test_the_word_of_a_third_party_is_not_the_creditors() -> None:
    asked = request()
    answer = reply(asked, "2022-02-10")
    said = [word(answer, "2022-02-11", sender="de", name="de-9"), word(asked, "2022-02-11")]
    assert only(view(under(REPLY), [asked, answer], "2023-01-01", steps=said)).state is MET


def test_a_better_answer_counts_and_one_that_is_late_is_not_held_against_the_first() -> None:
    asked = request()
    first = reply(asked, "2022-02-10", name="ru-1")
    said = word(first, "2022-02-10T12:00")
    second = reply(asked, "2022-02-11", name="ru-2")
    found = only(view(under(REPLY), [asked, first, second], "2023-01-01", steps=[said]))
    assert (found.state, found.reason.paper) == (MET, second)
    late = reply(asked, "2022-02-15", name="ru-3")
    found = only(view(under(REPLY), [asked, first, late], "2023-01-01", steps=[said]))
    assert (found.state, found.reason.paper) == (State.CONTESTED, first)
    back = step("us-10", "resumption", "us", "2022-02-16", cites=said.digest)
    found = only(view(under(REPLY), [asked, first, late], "2023-01-01", steps=[said, back]))
    assert (found.state, found.reason.paper) == (MET, first)


# --- days, periods, the entry into force --------------------------------------------------------------------------


def data(name: str, sender: str, day: str, made: str, to: Iterable[str] = (), **members: Any) -> Filed:
    others = tuple(to) or tuple(party for party in THREE if party != sender)
    times = dict.fromkeys(others, made)
    return filed(name, sender, others, "data", made, received=times, day=date.fromisoformat(day), **members)


def test_each_owes_the_first_data_to_each_45_days_after_the_entry_into_force() -> None:
    papers = [
        data("us-1", "us", IN_FORCE, "2011-03-22T23:59:59.999"),
        data("ru-1", "ru", IN_FORCE, "2011-03-23"),
    ]
    found = [owed for owed in view(under(DATA), papers, "2011-03-24") if owed.measure.id == "first-data"]
    assert states(found) == {
        ("us", "de"): [MET],
        ("us", "ru"): [MET],
        ("ru", "de"): [LATE],
        ("ru", "us"): [LATE],
        ("de", "ru"): [MISSED],
        ("de", "us"): [MISSED],
    }
    assert {owed.deadline for owed in found} == {at("2011-03-22T23:59:59.999")}
    assert {owed.begun for owed in found} == {date(2011, 2, 5)}


def half_yearly(now: str, papers: Iterable[Filed] = (), **members: Any) -> dict[date, list[State]]:
    found: dict[date, list[State]] = {}
    for owed in view(under(DATA), papers, now, **members):
        if owed.measure.id == "half-yearly" and (owed.debtor, owed.creditor) == ("us", "ru"):
            assert isinstance(owed.begun, date)
            found.setdefault(owed.begun, []).append(owed.state)
    return found


def test_of_a_period_those_are_there_that_are_over_and_the_next() -> None:
    first, second, third = date(2011, 8, 31), date(2012, 2, 29), date(2012, 8, 31)
    assert half_yearly("2011-03-01") == {first: [DUE]}
    assert half_yearly("2011-09-30T23:59:59.999") == {first: [DUE]}
    assert half_yearly("2011-10-01") == {first: [MISSED], second: [DUE]}
    assert half_yearly("2012-03-31") == {first: [MISSED], second: [MISSED], third: [DUE]}
    given = [data("us-1", "us", "2012-02-29", "2012-03-30T23:59:59.999")]
    assert half_yearly("2012-03-31", given) == {first: [MISSED], second: [MET], third: [DUE]}


def test_looking_further_ahead() -> None:
    state = Obligations.start(under(DATA), TEXT, utc("ru", "us"))
    for each in adopted(("ru", "us"), IN_FORCE):
        state = state.with_step(each)
    seen = [owed.begun for owed in state.view(at("2012-01-01"), until=at("2013-04-01")) if owed.debtor == "us"]
    assert seen == [date(2011, 2, 5), *map(date.fromisoformat, ("2011-08-31", "2012-02-29", "2012-08-31", "2013-02-28",
                                                               "2013-08-31"))]  # fmt: skip
    assert state.view(at("2012-01-01"), until=at("2011-01-01")) == state.view(at("2012-01-01"))


def test_what_is_given_long_before_its_time_is_there_and_what_the_others_owe_then_is_not() -> None:
    papers = [data("us-1", "us", "2013-02-28", "2011-04-01"), data("us-2", "us", "2013-03-01", "2011-04-01")]
    found = view(under(DATA), papers, "2011-05-01")
    early = [owed for owed in found if owed.begun == date(2013, 2, 28)]
    assert states(early) == {("us", "de"): [MET], ("us", "ru"): [MET]}
    assert not [owed for owed in found if owed.begun == date(2013, 3, 1)]
    assert not [owed for owed in view(under(DATA), papers, "2011-03-31") if owed.begun == date(2013, 2, 28)]


ANNUAL = f"""
[[measures]]
id = "annual"
kind = "exchange"
title = {{ en = "Yearly data" }}
provision = "3"
form = "data"
trigger = {{ every = {{ years = 1 }}, first = 2012-01-01 }}
due = {{ before = {{ days = 17 }}, {MARK} }}
period = "day"
clock = "local"
"""


def test_a_yearly_exchange_ends_with_the_year_of_each_capital() -> None:
    parties = {"ru": clock("Europe/Moscow"), "us": clock("America/New_York")}
    papers = [
        data("ru-1", "ru", "2022-01-01", "2021-12-15T20:59:59.999", to=("us",)),
        data("us-1", "us", "2022-01-01", "2021-12-16T04:59:59.999", to=("ru",)),
        data("ru-2", "ru", "2023-01-01", "2022-12-15T21:00:00.000", to=("us",)),
        data("us-2", "us", "2023-01-01", "2022-12-16T05:00:00.000", to=("ru",)),
    ]
    found = view(under(ANNUAL), papers, "2022-12-31", parties=parties)
    for day, state in [(date(2022, 1, 1), MET), (date(2023, 1, 1), LATE)]:
        assert states(owed for owed in found if owed.begun == day) == {("ru", "us"): [state], ("us", "ru"): [state]}
    assert only(found, debtor="us", begun=date(2024, 1, 1)).state is DUE
    assert only(found, debtor="ru", begun=date(2024, 1, 1)).deadline == at("2023-12-15T20:59:59.999")


def test_one_day_that_the_text_names() -> None:
    agreement = under(ANNUAL.replace("every = { years = 1 }, first = 2012-01-01", "on = 2012-02-29"))
    found = view(agreement, [data("us-1", "us", "2012-02-29", "2012-02-12")], "2012-02-13")
    assert states(found) == {pair: [MET] if pair[0] == "us" else [MISSED] for pair in PAIRS}


def test_a_summer_clock_moves_the_end_of_a_day_and_not_the_end_of_hours() -> None:
    local = REPLY.replace("hours = 48", "days = 2") + 'clock = "local"\n'
    parties = dict.fromkeys(("ru", "us"), clock("Europe/Kyiv"))
    for asked_at, by_days, by_hours in [
        ("2022-03-25T12:00", "2022-03-27T20:59:59.999", "2022-03-27T12:00"),
        ("2022-10-28T12:00", "2022-10-30T21:59:59.999", "2022-10-30T12:00"),
        ("2022-12-30T12:00", "2023-01-01T21:59:59.999", "2023-01-01T12:00"),
        ("2024-02-27T12:00", "2024-02-29T21:59:59.999", "2024-02-29T12:00"),
    ]:
        asked = request(made=asked_at)
        assert only(view(under(local), [asked], "2025-01-01", parties=parties)).deadline == at(by_days)
        hours = under(REPLY + 'clock = "local"\n')
        assert only(view(hours, [asked], "2025-01-01", parties=parties)).deadline == at(by_hours)


# --- suspension and counter-measure -------------------------------------------------------------------------------


def test_a_suspension_between_two_leaves_all_others_alone() -> None:
    away = step("us-8", "suspension", "us", "2022-01-01", towards=("ru",))
    paper = notice(to=("de",), made="2022-08-01")
    found = view(under(NOTICE), [paper], "2023-01-01", steps=[away])
    assert states(found) == {("us", "de"): [MET], ("us", "ru"): [State.SUSPENDED]}
    stopped = only(found, creditor="ru")
    assert (stopped.reason.why, stopped.reason.step, stopped.reason.contested) == (Why.SUSPENSION, away, None)


def test_a_suspension_may_be_contested() -> None:
    away = step("ru-8", "suspension", "ru", "2022-01-01")
    said = word(away, "2022-01-02")
    asked = request()
    found = only(view(under(REPLY), [asked], "2023-01-01", steps=[away, said]))
    assert (found.state, found.reason.step, found.reason.contested) == (State.SUSPENDED, away, said)


def test_a_counter_measure_cites_and_can_be_ended() -> None:
    away = step("ru-8", "suspension", "ru", "2023-02-28", towards=("us",), measures=("half-yearly",))
    counter = step(
        "us-8", "counter_measure", "us", "2023-03-28", towards=("ru",), measures=("half-yearly",), cites=away.digest
    )
    spring = {"day": date(2023, 2, 28)}
    found = view(under(DATA), [], "2023-04-02", steps=[away, counter])
    mine = [owed for owed in found if owed.begun == spring["day"]]
    assert states(mine)["us", "ru"] == [State.COUNTER_MEASURE]
    assert states(mine)["ru", "us"] == [State.SUSPENDED]
    assert states(mine)["us", "de"] == states(mine)["ru", "de"] == [MISSED]
    reason = only(mine, debtor="us", creditor="ru").reason
    assert reason.step is not None
    assert (reason.why, reason.step.cites) == (Why.COUNTER_MEASURE, away.digest)
    back = step("us-7", "resumption", "us", "2023-03-29", cites=counter.digest)
    mine = [
        owed for owed in view(under(DATA), [], "2023-04-02", steps=[away, counter, back]) if owed.begun == spring["day"]
    ]
    assert states(mine)["us", "ru"] == [MISSED]
    assert states(mine)["ru", "us"] == [State.SUSPENDED]


@pytest.mark.parametrize(
    ("away", "back", "answer", "now", "state"),
    [
        # the reply is due on 11 February, 12:00
        ("2022-02-10", None, None, "2022-02-10", State.SUSPENDED),
        ("2022-02-10", None, None, "2022-02-09T23:00", DUE),
        ("2022-02-10", "2022-02-11", None, "2022-02-11T11:00", DUE),
        ("2022-02-10", "2022-02-11", None, "2022-02-12", MISSED),
        ("2022-02-10", "2022-02-12", None, "2022-03-01", State.SUSPENDED),
        ("2022-02-11T12:00", None, None, "2022-03-01", State.SUSPENDED),
        ("2022-02-11T12:00:00.001", None, None, "2022-03-01", MISSED),
        ("2022-02-11", None, "2022-02-10", "2022-03-01", MET),
        ("2022-02-10", None, "2022-02-11", "2022-03-01", State.VOLUNTARY),
        ("2022-02-10", None, "2022-02-20", "2022-03-01", State.VOLUNTARY),
        ("2022-02-10", "2022-02-12", "2022-02-20", "2022-03-01", State.VOLUNTARY),
        ("2022-02-10", "2022-02-11", "2022-02-10T12:00", "2022-03-01", MET),
        ("2022-02-10", "2022-02-11", "2022-02-12", "2022-03-01", LATE),
        ("2022-02-12", None, "2022-02-13", "2022-03-01", LATE),
    ],
)
def test_what_is_suspended_when_it_is_due_is_not_missed(
    away: str, back: str | None, answer: str | None, now: str, state: State
) -> None:
    steps = [step("ru-8", "suspension", "ru", away)]
    if back:
        steps.append(step("ru-9", "resumption", "ru", back))
    asked = request()
    papers = [asked, reply(asked, answer)] if answer else [asked]
    found = only(view(under(REPLY), papers, now, steps=steps))
    assert found.state is state
    if state is State.VOLUNTARY:
        assert (found.reason.why, found.reason.step, found.reason.paper) == (Why.SUSPENSION, steps[0], papers[1])


# --- before, after, and between texts -----------------------------------------------------------------------------


def test_what_is_done_under_an_agreement_that_is_not_in_force_is_done_voluntarily() -> None:
    asked = request(made="2011-01-10")
    answer = reply(asked, "2011-01-11")
    late = request("us-2", "2011-01-12")
    found = view(under(REPLY), [asked, answer, late], "2012-01-01")
    assert states(found) == {("ru", "us"): [State.VOLUNTARY]}
    assert found[0].reason.why is Why.NOT_IN_FORCE
    nobody = obligations(
        under(NOTICE), utc(*THREE), [notice()], adopted(("de", "ru"), IN_FORCE), at("2023-01-01"), text=TEXT
    )
    assert states(nobody) == {("us", "de"): [State.VOLUNTARY], ("us", "ru"): [State.VOLUNTARY]}
    assert obligations(under(REPLY), utc(*THREE), [late], [], at("2023-01-01"), text=TEXT) == ()


def test_nobody_is_held_to_a_day_that_was_over_when_the_last_adopted() -> None:
    """An older agreement is taken over: what it asked before that is not missed."""
    agreement = under(ANNUAL, head="in_force = 2011-12-01\n")
    found = obligations(
        agreement,
        utc("ru", "us"),
        [data("us-1", "us", "2015-01-01", "2014-12-01", to=("ru",))],
        adopted(("ru", "us"), "2021-06-01"),
        at("2022-06-01"),
        text=TEXT,
    )
    assert [(owed.debtor, owed.begun, owed.state) for owed in found] == [
        ("us", date(2015, 1, 1), State.VOLUNTARY),
        ("ru", date(2022, 1, 1), MISSED),
        ("us", date(2022, 1, 1), MISSED),
        ("ru", date(2023, 1, 1), DUE),
        ("us", date(2023, 1, 1), DUE),
    ]


EXPIRES = "expires = 2022-02-10\n"


@pytest.mark.parametrize(
    ("asked", "answer", "now", "state", "why"),
    [
        ("2022-02-08T12:00", None, "2022-02-10T12:00:00.001", MISSED, Why.NOTHING),
        ("2022-02-08T12:00", "2022-02-20", "2022-03-01", LATE, Why.LATE),
        ("2022-02-09T12:00", None, "2022-02-10T23:59:59.999", DUE, Why.NOT_YET),
        ("2022-02-09T12:00", None, "2022-02-11", State.EXPIRED, Why.ENDED),
        ("2022-02-09T12:00", None, "2022-03-01", State.EXPIRED, Why.ENDED),
        ("2022-02-09T12:00", "2022-02-10T23:59:59.999", "2022-03-01", MET, Why.IN_TIME),
        ("2022-02-09T12:00", "2022-02-11T00:00", "2022-03-01", State.VOLUNTARY, Why.ENDED),
        ("2022-02-10T23:59:59.999", None, "2022-03-01", State.EXPIRED, Why.ENDED),
        ("2022-02-11T00:00", "2022-02-12", "2022-03-01", State.VOLUNTARY, Why.ENDED),
        ("2022-02-11T00:00", None, "2022-03-01", None, None),
    ],
)
def test_when_an_agreement_has_expired(
    asked: str, answer: str | None, now: str, state: State | None, why: Why | None
) -> None:
    first = request(made=asked)
    papers = [first, reply(first, answer)] if answer else [first]
    found = view(under(REPLY, head=EXPIRES), papers, now)
    assert [(owed.state, owed.reason.why) for owed in found] == ([(state, why)] if state else [])


def test_a_notice_after_the_last_day_is_observed_voluntarily_and_periods_end() -> None:
    found = view(under(NOTICE, head=EXPIRES), [notice()], "2023-01-01")
    assert states(found) == {("us", "de"): [State.VOLUNTARY], ("us", "ru"): [State.VOLUNTARY]}
    given = [data("us-1", "us", "2022-08-31", "2022-09-10")]
    found = [
        owed
        for owed in view(under(DATA, head=EXPIRES), given, "2024-01-01")
        if owed.measure.id == "half-yearly" and owed.deadline and owed.deadline > at("2022-01-01")
    ]
    assert states(found) == {("us", "de"): [State.VOLUNTARY], ("us", "ru"): [State.VOLUNTARY]}
    # the half-year is over before the agreement is, and its data are due after
    found = view(under(DATA, head="expires = 2022-03-10\n"), [], "2024-01-01")
    last = [owed for owed in found if owed.begun == date(2022, 2, 28)]
    assert states(last) == {pair: [State.EXPIRED] for pair in PAIRS}
    assert not [owed for owed in found if isinstance(owed.begun, date) and owed.begun > date(2022, 2, 28)]


@pytest.mark.parametrize(
    ("expires", "owed"), [("2021-12-14", False), ("2021-12-15", True), ("2021-12-31", True), ("2022-01-01", True)]
)
def test_what_was_due_by_the_last_day_is_owed_although_its_own_day_comes_after(expires: str, owed: bool) -> None:
    """The yearly data are due on 15 December, for the first of January; by the clock of these parties, in UTC."""
    agreement = under(ANNUAL.replace("2012", "2022"), head=f"expires = {expires}\n")
    found = states(view(agreement, [], "2022-06-01"))
    assert found == ({pair: [MISSED] for pair in PAIRS} if owed else {})


def test_a_denunciation_frees_its_party_after_the_notice_and_nobody_else() -> None:
    out = step("ru-8", "denunciation", "ru", "2022-01-01")
    head = "notice = { months = 3 }\n"
    papers = [notice("us-1", made="2022-03-01", start=date(2022, 4, 14)), notice("us-2", made="2022-05-01")]
    found = view(under(NOTICE, head=head), papers, "2023-01-01", steps=[out])
    assert states(found) == {("us", "de"): [MET, MET], ("us", "ru"): [MET, State.VOLUNTARY]}
    last = only(found, creditor="ru", begun=papers[1])
    assert (last.reason.why, last.reason.step) == (Why.DENOUNCED, out)


def test_an_amendment_hands_over_to_the_new_text_without_a_gap_and_without_doing_anything_twice() -> None:
    new = digest("amended")
    amended = [step(f"{party}-7", "amendment", party, "2022-02-10T12:00", becomes=new) for party in THREE]
    papers = [
        request("us-1", "2022-02-10T11:59"),
        request("us-2", "2022-02-10T12:00"),
        request("us-3", "2022-06-01"),
        data("us-4", "us", "2022-02-28", "2022-03-01"),
        data("us-5", "us", "2021-08-31", "2021-09-01"),
    ]
    steps = [*adopted(THREE, IN_FORCE), *amended]
    now = at("2022-09-01")
    before = under(REPLY, HALF_YEARLY, head="expires = 2022-02-11\n")
    old = obligations(before, utc(*THREE), papers, steps, now, text=TEXT)
    later = obligations(under(REPLY, HALF_YEARLY), utc(*THREE), papers, steps, now, text=new)
    assert [owed.begun for owed in old if owed.measure.id == "reply"] == papers[:1]
    assert [owed.begun for owed in later if owed.measure.id == "reply"] == papers[1:3]
    # what had begun under the old text goes on under it, although that text would have expired
    assert only(old, begun=papers[0]).state is MISSED
    assert {owed.begun for owed in old if owed.measure.id == "half-yearly"} == {*list(half_yearly("2022-02-09"))[:-1]}
    assert {owed.begun for owed in later if owed.measure.id == "half-yearly"} == {date(2022, 2, 28), date(2022, 8, 31)}
    assert states(owed for owed in later if owed.begun == date(2022, 2, 28))["us", "ru"] == [MET]


@pytest.mark.parametrize(("amended", "of_the_new"), [("2022-02-27", True), ("2022-02-28", True), ("2022-03-01", False)])
def test_the_day_of_an_amendment_is_of_the_new_text(amended: str, of_the_new: bool) -> None:
    new = digest("amended")
    steps = [step(f"{party}-7", "amendment", party, f"{amended}T12:00", becomes=new) for party in THREE]
    found = {}
    for text in (TEXT, new):
        owed = obligations(
            under(HALF_YEARLY), utc(*THREE), [], [*adopted(THREE, IN_FORCE), *steps], at("2022-05-01"), text=text
        )
        found[text] = [each.state for each in owed if each.begun == date(2022, 2, 28)]
    assert found == {TEXT: [] if of_the_new else [MISSED] * 6, new: [MISSED] * 6 if of_the_new else []}


# --- the view -----------------------------------------------------------------------------------------------------


def everything() -> tuple[Obligations, list[Filed]]:
    papers = [
        notice("us-1"),
        request("us-2"),
        notice("us-4", made="2022-08-10", to=("de",)),
        data("us-5", "us", "2022-02-28", "2022-03-01"),
        data("ru-2", "ru", "2022-08-31", "2022-11-01"),
    ]
    papers.append(reply(papers[1], "2022-02-10", name="ru-1"))
    state = Obligations.start(under(NOTICE, REPLY, DATA), TEXT, utc(*THREE))
    for each in adopted(THREE, IN_FORCE):
        state = state.with_step(each)
    for paper in papers:
        state = state.with_paper(paper)
    return state, papers


def test_the_first_due_comes_first_and_each_obligation_stands_once() -> None:
    state, _ = everything()
    found = state.view(at("2023-01-01"))
    keys = [(owed.measure.id, owed.debtor, owed.creditor, str(owed.begun)) for owed in found]
    assert len(set(keys)) == len(keys)
    deadlines = [owed.deadline for owed in found]
    assert deadlines == sorted(deadline for deadline in deadlines if deadline is not None)


@pytest.mark.parametrize("party", THREE)
def test_one_partys_view_is_the_part_of_everyones_that_it_is_in(party: str) -> None:
    state, _ = everything()
    whole = state.view(at("2023-01-01"))
    assert state.view(at("2023-01-01"), party=party) == tuple(
        owed for owed in whole if party in (owed.debtor, owed.creditor)
    )


def test_what_one_paper_began_and_what_it_was_given_for() -> None:
    state, papers = everything()
    now = at("2023-01-01")
    whole = state.view(now)
    for paper in papers:
        about = state.about(paper.digest, now)
        assert about
        for owed in about:
            assert owed in whole
            assert paper in (owed.begun, owed.reason.paper)
        for owed in whole:
            if paper in (owed.begun, owed.reason.paper):
                assert owed in about
    assert states(state.about(papers[0].digest, now)) == {("us", "de"): [MET], ("us", "ru"): [MET]}
    assert states(state.about(papers[5].digest, now)) == {("ru", "us"): [MET]}
    assert state.about(papers[5].digest, at("2022-02-09")) == ()
    assert state.about(digest("nothing"), now) == ()


def test_the_view_of_a_moment_knows_nothing_of_what_came_later() -> None:
    state, papers = everything()
    before = state.view(at("2022-12-01"))
    later = state
    for paper in (
        request("us-7", "2022-12-02"),
        data("us-8", "us", "2030-02-28", "2022-12-02"),
        reply(papers[1], "2022-12-02", name="ru-7"),
    ):
        later = later.with_paper(paper)
    later = later.with_step(step("ru-8", "suspension", "ru", "2022-12-02"))
    later = later.with_step(step("ru-9", "denunciation", "ru", "2022-12-02"))
    later = later.with_step(word(papers[5], "2022-12-02"))
    assert later.view(at("2022-12-01")) == before
    assert later.view(at("2022-12-02")) != before
    assert state.view(at("2022-12-01")) == before


def test_a_paper_gets_its_notices_and_receipts_later() -> None:
    state = Obligations.start(under(REPLY), TEXT, utc(*THREE))
    for each in adopted(THREE, IN_FORCE):
        state = state.with_step(each)
    bare = request(informed={})
    told = replace(bare, informed={"ru": at("2022-02-09T13:00")})
    again = replace(bare, informed={"ru": at("2022-02-09T14:00")})
    now = at("2022-03-01")
    assert only(state.with_paper(bare).view(now)).reason.why is Why.NO_START
    for order in ([bare, told, again], [again, told, bare], [told, bare], [told, again]):
        known = state
        for paper in order:
            known = known.with_paper(paper)
        assert only(known.view(now)).deadline == at("2022-02-11T13:00")
