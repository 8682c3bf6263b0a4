"""By when a notice was to be given of what it says; of one that nobody asks for; and of days that go backwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest

from parley.canonical import Time
from parley.errors import Malformed
from parley.measures.agreement_file import read_agreement
from parley.measures.content import Content, Value, of_items
from parley.measures.notice_due import check_days, due_by, is_voluntary
from tests.measures.agreements import SMALL, small
from tests.measures.test_content import content

AGREEMENT = small()


def test_a_notice_is_due_so_long_before_the_day_that_it_names() -> None:
    (found,) = due_by(AGREEMENT, content(), ZoneInfo("Europe/Moscow"))
    assert (found.measure.id, found.by) == ("prior-notice", Time.from_text("2017-08-03T23:59:59.999Z"))
    assert not is_voluntary(AGREEMENT, content())


def test_a_measure_may_be_read_by_its_senders_own_clock() -> None:
    local = read_agreement(SMALL.replace("due = { before", 'clock = "local"\ndue = { before').encode())
    (found,) = due_by(local, content(), ZoneInfo("Europe/Moscow"))
    assert found.by == Time.from_text("2017-08-03T20:59:59.999Z")


def test_below_the_threshold_nobody_asks_for_it() -> None:
    less = content(troops=8_999)
    assert due_by(AGREEMENT, less, UTC) == ()
    assert is_voluntary(AGREEMENT, less)


def test_of_a_test_and_of_a_form_that_no_measure_is_about_nothing_is_said() -> None:
    question = Content(agreement="small", form="question", items={"text": "Whose?"})
    for one in (replace(content(troops=8_999), test=True), replace(content(), test=True), question):
        assert due_by(AGREEMENT, one, UTC) == ()
        assert not is_voluntary(AGREEMENT, one)


def test_what_ends_before_it_begins_is_refused() -> None:
    last = SMALL.replace('[[forms.items]]\nid = "alert"', LAST + '[[forms.items]]\nid = "alert"')
    agreement = read_agreement(last.encode())
    form = agreement.form("exercise")
    assert form is not None

    def from_to(first: date, end: date) -> Content:
        items: dict[str, Value] = {"designation": "Autumn", "troops": 1, "start": first, "end": end}
        return of_items(agreement, form, items)

    same = from_to(date(2022, 4, 7), date(2022, 4, 7))
    assert check_days(agreement, same) is same
    assert check_days(AGREEMENT, content()) == content()
    with pytest.raises(Malformed) as caught:
        check_days(agreement, from_to(date(2022, 4, 7), date(2022, 4, 6)))
    assert caught.value.code == "notice.days"
    assert caught.value.details == {"first": "2022-04-07", "last": "2022-04-06", "item": "end"}


LAST = """[[forms.items]]
id = "end"
number = "3.B"
title = { en = "Last day", ru = "Последний день" }
type = "date"
provision = "art. 1"

"""
