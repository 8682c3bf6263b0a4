"""A message as verification centres print it: every line in its place, and read back equal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import Time
from parley.errors import Malformed
from parley.measures.agreement_file import read_agreement
from parley.measures.content import of_items
from parley.measures.message import LARGEST, Message, parse_message, print_message, treaty_of
from tests.measures.agreements import SMALL as TOML
from tests.measures.agreements import form, small
from tests.measures.test_content import FILLED, ITEMS, LINES

SMALL = small()
MESSAGE = Message(
    precedence="priority",
    sender="ru",
    to=("us",),
    info=("at", "fr"),
    number="RU-3",
    time=Time.from_text("2017-08-01T09:00:00.000Z"),
    answers=None,
    content=of_items(SMALL, form(), FILLED, remarks="None of it\nis real."),
)
TEXT = """\
PRECEDENCE: PRIORITY
FROM: ru
TO: us
INFO: at, fr
SUBJECT: Notification of an exercise
MESSAGE NUMBER: RU-3
DATE AND TIME: 2017-08-01T09:00:00.000Z
TREATY REFERENCE: small exercise art. 1
MESSAGE REFERENCE: NONE
1. NAME  AS IT IS CALLED: Autumn 2017
    with a second line
2.A. TROOPS: 12700
3. FIRST DAY: 2017-09-14
4. WITHOUT EARLIER NOTICE TO THE TROOPS: NO
5. AREA: North
6. BRIEFING: 2017-09-13T08:30:00.000Z
REMARKS: None of it
    is real.
END OF RU-3
"""


def test_a_choice_that_shares_its_title_is_written_by_its_id() -> None:
    doubled = TOML.replace('id = "south", title = { en = "South"', 'id = "south", title = { en = "North"')
    assert doubled != TOML
    agreement = read_agreement(doubled.encode())
    printed = print_message(MESSAGE, agreement, "en")
    assert "5. AREA: north\n" in printed
    assert parse_message(printed, agreement) == MESSAGE
    assert "5. РАЙОН: Север\n" in print_message(MESSAGE, SMALL, "ru")
    assert fails(changed("AREA: North", "AREA: north")).code == "message.not-as-printed"
    assert fails(changed("AREA: North", "AREA: West")).code == "notice.choice"


def fails(text: str) -> Malformed:
    with pytest.raises(Malformed) as caught:
        parse_message(text, SMALL)
    return caught.value


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_a_message_is_these_lines() -> None:
    assert print_message(MESSAGE, SMALL, "en") == TEXT
    assert parse_message(TEXT, SMALL) == MESSAGE


def test_in_another_language_it_is_the_same_message() -> None:
    text = print_message(MESSAGE, SMALL, "ru")
    assert "SUBJECT: Уведомление об учении\n" in text
    assert "2.A. ЛИЧНЫЙ СОСТАВ: 12700\n" in text
    assert parse_message(text, SMALL) == MESSAGE


def test_a_test_says_so_on_every_line() -> None:
    test = replace(MESSAGE, content=replace(MESSAGE.content, test=True))
    text = print_message(test, SMALL, "en")
    assert all(line.startswith("TEST ") for line in text.splitlines())
    assert parse_message(text, SMALL) == test


def test_an_answer_names_what_it_answers() -> None:
    answer = replace(
        MESSAGE, answers="RU-1", content=of_items(SMALL, form("question"), {"text": "Whose troops?"}), number="US-2"
    )
    text = print_message(answer, SMALL, "en")
    assert "\nMESSAGE REFERENCE: RU-1\n" in text
    assert parse_message(text, SMALL) == answer


@given(
    ITEMS,
    st.booleans(),
    LINES | st.just(""),
    st.sampled_from(["en", "ru"]),
    st.sampled_from([None, "RU-1", "US-12"]),
    st.lists(st.sampled_from(["us", "fr", "at"]), unique=True, max_size=3),
)
def test_what_is_printed_is_read_back_equal(
    items: dict[str, Any], test: bool, remarks: str, language: str, answers: str | None, info: list[str]
) -> None:
    content = of_items(SMALL, form(), items, remarks=remarks, test=test)
    one = replace(MESSAGE, content=content, answers=answers, info=tuple(info))
    assert parse_message(print_message(one, SMALL, language), SMALL) == one


@pytest.mark.parametrize("test", [False, True])
def test_a_message_says_of_which_agreement_it_is(test: bool) -> None:
    parties = tuple(f"party-{number}-of-a-long-list" for number in range(200))
    one = replace(MESSAGE, content=replace(MESSAGE.content, test=test), to=parties)
    assert treaty_of(print_message(one, SMALL, "en").encode("utf-8")) == SMALL.id


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(b"PRECEDENCE: ".__add__)))
def test_of_other_bytes_it_says_nothing_of_the_kind(data: bytes) -> None:
    assert treaty_of(data) is None


@given(st.text(max_size=300))
def test_any_text_is_malformed(text: str) -> None:
    assert fails(text).code.startswith("message.")


@given(st.integers(0, len(TEXT)), st.sampled_from(["", " ", "\n", ":", "0", "X", "    "]))
def test_a_message_changed_anywhere_is_another_or_malformed(at: int, sign: str) -> None:
    text = TEXT[:at] + sign + TEXT[at + 1 :]
    try:
        found = parse_message(text, SMALL)
    except Malformed as error:
        assert error.code.startswith(("message.", "notice.", "wording."))  # noqa: PT017 - or none is raised
    else:
        assert text in (print_message(found, SMALL, "en"), print_message(found, SMALL, "ru"))


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("FROM: ru", "FORM: ru", "message.field", 2),
        ("REMARKS: None of it", "REMARK: None of it", "message.field", 17),
        ("TREATY REFERENCE: small", "TREATY REFERENCE: large", "message.treaty", 8),
        ("small exercise", "small war", "message.treaty", 8),
        ("2.A. TROOPS: 12700", "2.B. TROOPS: 12700", "message.item", 12),
        ("2.A. TROOPS: 12700", "TROOPS 12700", "message.item", 12),
        ("3. FIRST DAY: 2017-09-14", "2.A. TROOPS: 12700", "message.item", 13),
        ("TROOPS: 12700", "TROOPS: 12 700", "message.value", 12),
        ("FIRST DAY: 2017-09-14", "FIRST DAY: 2017-02-29", "message.value", 13),
        ("TROOPS: NO", "TROOPS: PERHAPS", "message.value", 14),
        ("2017-08-01T09:00:00.000Z", "1 August 2017", "message.value", 7),
        ("END OF RU-3\n", "END OF RU-4\n", "message.end", 19),
        ("END OF RU-3\n", "END OF RU-3", "message.end", 19),
    ],
)
def test_each_mistake_has_its_line(old: str, new: str, code: str, line: int) -> None:
    error = fails(changed(old, new))
    assert (error.code, error.details["line"]) == (code, line)


def test_a_message_in_other_words_is_not_one_of_ours() -> None:
    assert fails(changed("2.A. TROOPS", "2.A. MEN")).code == "message.not-as-printed"
    assert (
        fails(changed("SUBJECT: Notification of an exercise", "SUBJECT: Invitation")).code == "message.not-as-printed"
    )
    assert fails(changed("TROOPS: 12700", "TROOPS: 900000")).code == "notice.bounds"
    assert fails(changed("3. FIRST DAY: 2017-09-14\n", "")).code == "notice.missing"


def test_a_message_that_is_too_long() -> None:
    assert fails(TEXT + "x" * LARGEST).code == "message.size"


def test_a_form_that_the_agreement_does_not_have_is_not_printed() -> None:
    with pytest.raises(Malformed) as caught:
        print_message(replace(MESSAGE, content=replace(MESSAGE.content, form="war")), SMALL, "en")
    assert caught.value.code == "message.no-form"
