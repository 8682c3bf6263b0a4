"""What parties did to an agreement: adopted, amended, suspended it pair by pair, took that back, spoke against it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.errors import Malformed
from parley.measures.standing import End, Standing, StandingAt, Step
from tests.measures.obligation_build import TEXT, adopted, at, digest, step, under

NEW = digest("the file as amended")
THREE = ("cz", "de", "ru")


def standing(steps: Iterable[Step], *, head: str = "", parties: tuple[str, ...] = THREE, text: Any = TEXT) -> Standing:
    state = Standing(agreement=under(head=head), text=text, parties=parties)
    for each in steps:
        state = state.with_step(each)
    return state


def stood(steps: Iterable[Step], now: str, **members: Any) -> StandingAt:
    return standing(steps, **members).at(at(now))


# --- steps that are none ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["counter_measure", "contesting"])
def test_a_step_about_a_paper_names_it(kind: str) -> None:
    with pytest.raises(Malformed) as caught:
        step("one", kind, "ru", "2022-01-01")
    assert caught.value.code == "step.cites"


@pytest.mark.parametrize(
    ("kind", "members"), [("amendment", {}), ("amendment", {"becomes": TEXT}), ("suspension", {"becomes": NEW})]
)
def test_an_amendment_and_nothing_else_names_another_file(kind: str, members: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as caught:
        step("one", kind, "ru", "2022-01-01", **members)
    assert caught.value.code == "step.becomes"


def test_a_step_by_a_stranger_or_about_another_text_changes_nothing() -> None:
    empty = standing([])
    assert empty.with_step(step("one", "adoption", "us", "2011-01-01")) is empty
    assert empty.with_step(step("two", "adoption", "ru", "2011-01-01", text=NEW)) is empty
    one = step("three", "adoption", "ru", "2011-01-01")
    assert empty.with_step(one).with_step(one) == empty.with_step(one)


# --- entry into force ---------------------------------------------------------------------------------------------


def test_it_is_in_force_when_the_last_party_has_deposited_the_same_file() -> None:
    steps = adopted(("ru", "de"), "2011-01-01")
    other = step("cz-other", "adoption", "cz", "2011-01-02", text=NEW)
    last = step("cz-same", "adoption", "cz", "2011-01-05T10:00")
    assert stood([*steps, other], "2012-01-01").since is None
    assert stood([*steps, other], "2012-01-01").bound is None
    whole = [*steps, other, last, step("again", "adoption", "ru", "2011-02-01")]
    assert stood(whole, "2011-01-05T09:59:59.999").since is None
    found = stood(whole, "2011-01-05T10:00")
    assert (found.since, found.bound) == (date(2011, 1, 5), at("2011-01-05T10:00"))
    assert stood(whole, "2020-01-01").bound == at("2011-01-05T10:00")


@pytest.mark.parametrize(
    ("in_force", "since", "bound"),
    [
        ("2011-02-05", date(2011, 2, 5), "2011-02-05T00:00"),
        ("2000-06-01", date(2000, 6, 1), "2011-01-05T10:00"),
        ("2011-01-05", date(2011, 1, 5), "2011-01-05T10:00"),
    ],
)
def test_a_day_in_the_text_counts_but_binds_nobody_before_all_adopted(in_force: str, since: date, bound: str) -> None:
    found = stood(adopted(THREE, "2011-01-05T10:00"), "2020-01-01", head=f"in_force = {in_force}\n")
    assert (found.since, found.bound) == (since, at(bound))


def test_nobody_at_all_adopts_nothing() -> None:
    assert stood([], "2020-01-01", parties=()).since is None


# --- amendment ----------------------------------------------------------------------------------------------------


def test_an_amendment_counts_when_all_have_deposited_the_same() -> None:
    first = [step(f"{party}-amends", "amendment", party, "2012-01-01", becomes=NEW) for party in ("cz", "ru")]
    strange = step("de-amends-else", "amendment", "de", "2012-02-01", becomes=digest("another"))
    last = step("de-amends", "amendment", "de", "2012-03-01T12:00", becomes=NEW)
    steps = [*adopted(THREE, "2011-01-01"), *first, strange]
    assert stood(steps, "2013-01-01").amended is None
    assert stood([*steps, last], "2012-03-01T11:59:59.999").amended is None
    assert stood([*steps, last], "2012-03-01T12:00").amended == last
    new = stood([*steps, last], "2013-01-01", text=NEW)
    assert (new.since, new.bound, new.succeeds) == (date(2012, 3, 1), at("2012-03-01T12:00"), True)
    assert new.amended is None
    assert not stood(steps, "2013-01-01").succeeds


def test_an_amended_text_is_in_force_from_the_amendment_on_whatever_its_day() -> None:
    steps = [step(f"{party}-amends", "amendment", party, "2012-03-01T12:00", becomes=NEW) for party in THREE]
    new = stood(steps, "2013-01-01", text=NEW, head="in_force = 2011-01-01\n")
    assert (new.since, new.bound) == (date(2012, 3, 1), at("2012-03-01T12:00"))
    later = stood(steps, "2013-01-01", text=NEW, head="in_force = 2012-06-01\n")
    assert (later.since, later.bound) == (date(2012, 6, 1), at("2012-06-01"))


# --- the end ------------------------------------------------------------------------------------------------------


def test_the_last_day_is_a_whole_one() -> None:
    found = stood(adopted(THREE, "2011-01-01"), "2026-02-06", head="expires = 2026-02-05\n")
    assert found.end("cz", "ru") == End(at=at("2026-02-05T23:59:59.999"), step=None)


@pytest.mark.parametrize(
    ("notice", "end"),
    [
        ("", "2022-02-28T09:00"),
        ("notice = { hours = 36 }\n", "2022-03-01T21:00"),
        ("notice = { days = 10 }\n", "2022-03-10T23:59:59.999"),
        ("notice = { months = 3 }\n", "2022-05-28T23:59:59.999"),
    ],
)
def test_a_denunciation_ends_the_pairs_of_its_party_after_its_notice(notice: str, end: str) -> None:
    out = step("ru-out", "denunciation", "ru", "2022-02-28T09:00")
    found = stood([*adopted(THREE, "2011-01-01"), out], "2023-01-01", head=notice)
    assert found.end("cz", "ru") == found.end("ru", "cz") == End(at=at(end), step=out)
    assert found.end("cz", "de") is None


def test_the_first_of_several_ends_counts() -> None:
    out = [
        step("ru-out", "denunciation", "ru", "2022-02-28"),
        step("cz-out", "denunciation", "cz", "2022-02-20"),
        step("ru-again", "denunciation", "ru", "2022-03-20"),
    ]
    found = stood(out, "2023-01-01", head="expires = 2022-03-31\nnotice = { months = 1 }\n")
    assert found.end("cz", "ru") == End(at=at("2022-03-20T23:59:59.999"), step=out[1])
    assert found.end("de", "ru") == End(at=at("2022-03-28T23:59:59.999"), step=out[0])
    assert found.end("de", "pl") == End(at=at("2022-03-31T23:59:59.999"), step=None)


def test_a_denunciation_may_be_taken_back_until_it_takes_effect() -> None:
    out = step("ru-out", "denunciation", "ru", "2022-02-28")
    head = "notice = { months = 1 }\n"
    for made, ended in [("2022-03-28T23:59:59.999", False), ("2022-03-29", True)]:
        back = step("ru-back", "resumption", "ru", made, cites=out.digest)
        assert (stood([out, back], "2023-01-01", head=head).end("ru", "cz") is not None) is ended
    for unmeant in (
        step("ru-any", "resumption", "ru", "2022-03-01"),
        step("cz-back", "resumption", "cz", "2022-03-01", cites=out.digest),
    ):
        assert stood([out, unmeant], "2023-01-01", head=head).end("ru", "cz") is not None
    back = step("ru-back", "resumption", "ru", "2022-03-01", cites=out.digest)
    assert stood([out, back], "2022-02-28T12:00", head=head).end("ru", "cz") is not None


# --- suspension and counter-measure -------------------------------------------------------------------------------


def released(steps: Iterable[Step], debtor: str, creditor: str, measure: str, moment: str) -> Step | None:
    return stood(steps, "2030-01-01").released(debtor, creditor, measure, at(moment))


def test_a_suspension_towards_one_party_leaves_all_other_pairs_alone() -> None:
    away = step("cz-away", "suspension", "cz", "2022-05-01", towards=("ru",))
    assert released([away], "cz", "ru", "data", "2022-05-01") == away
    assert released([away], "cz", "ru", "data", "2022-04-30T23:59:59.999") is None
    for debtor, creditor in [("ru", "cz"), ("cz", "de"), ("de", "ru"), ("de", "cz"), ("ru", "de")]:
        assert released([away], debtor, creditor, "data", "2023-01-01") is None


def test_a_suspension_of_named_measures_leaves_the_others() -> None:
    away = step("ru-away", "suspension", "ru", "2022-05-01", measures=("data",))
    assert released([away], "ru", "cz", "data", "2023-01-01") == away
    assert released([away], "ru", "de", "data", "2023-01-01") == away
    assert released([away], "ru", "cz", "notify", "2023-01-01") is None


def test_a_resumption_ends_what_it_covers_and_only_what_came_before_it() -> None:
    away = step("ru-away", "suspension", "ru", "2022-05-01")
    back = step("ru-back", "resumption", "ru", "2022-06-01", towards=("cz",), measures=("data",))
    assert released([away, back], "ru", "cz", "data", "2022-05-31T23:59:59.999") == away
    assert released([away, back], "ru", "cz", "data", "2022-06-01") is None
    assert released([away, back], "ru", "cz", "notify", "2022-07-01") == away
    assert released([away, back], "ru", "de", "data", "2022-07-01") == away
    again = step("ru-again", "suspension", "ru", "2022-08-01")
    assert released([away, back, again], "ru", "cz", "data", "2022-09-01") == again
    assert released([away, back, again], "ru", "de", "data", "2022-09-01") == away


def test_a_resumption_that_names_a_step_ends_that_one_alone() -> None:
    one = step("us-one", "counter_measure", "de", "2023-03-28", cites=digest("ru-away"), measures=("data",))
    two = step("us-two", "counter_measure", "de", "2023-06-01", cites=digest("ru-away"))
    back = step("us-back", "resumption", "de", "2023-09-01", cites=one.digest)
    assert released([one, two, back], "de", "ru", "data", "2023-05-01") == one
    assert released([one, two, back], "de", "ru", "data", "2023-10-01") == two
    stranger = step("ru-back", "resumption", "ru", "2023-09-01", cites=two.digest)
    assert released([one, two, back, stranger], "de", "ru", "data", "2023-10-01") == two


def test_what_is_not_entered_yet_is_not_known() -> None:
    away = step("ru-away", "suspension", "ru", "2022-05-01")
    back = step("ru-back", "resumption", "ru", "2022-06-01")
    assert stood([away, back], "2022-04-01").released("ru", "cz", "data", at("2022-04-01")) is None
    assert stood([away, back], "2022-05-15").released("ru", "cz", "data", at("2022-05-15")) == away


# --- words against a paper ----------------------------------------------------------------------------------------


def test_only_the_creditors_own_word_counts_and_it_can_be_taken_back() -> None:
    paper = digest("ru-1")
    word = step("cz-word", "contesting", "cz", "2022-02-11", cites=paper)
    second = step("cz-second", "contesting", "cz", "2022-02-12", cites=paper)
    for order in ([word, second], [second, word]):
        found = stood(order, "2022-03-01")
        assert found.contested(paper, "cz", "reply", "ru") == word
        assert found.contested(paper, "de", "reply", "ru") is None
        assert found.contested(digest("ru-2"), "cz", "reply", "ru") is None
    assert stood([word], "2022-02-10").contested(paper, "cz", "reply", "ru") is None
    back = step("cz-back", "resumption", "cz", "2022-02-13", cites=word.digest)
    assert stood([word, back], "2022-02-12").contested(paper, "cz", "reply", "ru") == word
    assert stood([word, back], "2022-03-01").contested(paper, "cz", "reply", "ru") is None
    assert stood([word, second, back], "2022-03-01").contested(paper, "cz", "reply", "ru") == second
    general = step("cz-general", "resumption", "cz", "2022-02-13")
    assert stood([word, general], "2022-03-01").contested(paper, "cz", "reply", "ru") == word


def test_a_word_may_be_about_one_measure_only() -> None:
    word = step("cz-word", "contesting", "cz", "2022-02-11", cites=digest("ru-1"), measures=("reply",))
    found = stood([word], "2022-03-01")
    assert found.contested(digest("ru-1"), "cz", "reply", "ru") == word
    assert found.contested(digest("ru-1"), "cz", "report", "ru") is None


# --- any order ----------------------------------------------------------------------------------------------------

STEPS = [
    *adopted(THREE, "2011-01-01"),
    step("o-1", "suspension", "ru", "2022-01-01", towards=("cz",)),
    step("o-2", "contesting", "cz", "2022-01-02", cites=digest("o-1")),
    step("o-3", "counter_measure", "cz", "2022-01-03", cites=digest("o-1"), measures=("data",)),
    step("o-4", "resumption", "ru", "2022-01-04"),
    step("o-5", "suspension", "ru", "2022-01-05"),
    step("o-6", "resumption", "cz", "2022-01-06", cites=digest("o-2")),
    step("o-7", "denunciation", "de", "2022-01-07"),
    *[step(f"o-{party}", "amendment", party, "2022-02-01", becomes=NEW) for party in THREE],
]


@given(order=st.permutations(STEPS), days=st.integers(0, 60))
def test_the_order_in_which_steps_came_does_not_matter(order: list[Step], days: int) -> None:
    now = at(f"2022-{1 + days // 28:02}-{1 + days % 28:02}")
    one, other = standing(STEPS).at(now), standing(order).at(now)
    for name in ("since", "bound", "succeeds", "expiry", "amended", "denounced", "releases", "resumptions"):
        assert getattr(one, name) == getattr(other, name)
    for cited in ("o-1", "o-3"):
        assert one.contested(digest(cited), "cz", "data", "ru") == other.contested(digest(cited), "cz", "data", "ru")
