"""A form that was filled in wrongly: what is wrong is named with its line; and any bytes are a content or Malformed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import Time
from parley.errors import Malformed
from parley.measures import content as room
from parley.measures.agreement_file import read_agreement
from parley.measures.content import LARGEST, MAX_WORDS, Content, of_items, read_content, read_head
from parley.words import explain

AGREEMENT = read_agreement((Path(__file__).parent / "data" / "small.toml").read_bytes())
REQUEST = """agreement = "small"
form = "request"
test = false
remarks = "None."

[items]
site = "Camp North"
arrival = 2022-01-26T17:16:00Z
open = true
"""
DATA = """agreement = "small"
form = "data"

[items]
day = 2022-06-30
arms = 800
others = 0
stored = ""
"""
REPLY = """agreement = "small"
form = "reply"

[items]
answer = "no"
reason = "full"
"""


def test_what_is_filled_in_rightly_is_read() -> None:
    request = read_content(REQUEST.encode(), AGREEMENT)
    assert request.items == {"site": "Camp North", "arrival": Time.from_text("2022-01-26T17:16:00.000Z"), "open": True}
    assert (request.form, request.remarks, request.test) == ("request", "None.", False)
    data = read_content(DATA.encode(), AGREEMENT)
    assert (data.day("day"), data.count("arms"), data.count("others")) == (date(2022, 6, 30), 800, 0)
    assert data.count("stored") is None
    assert read_content(REPLY.encode(), AGREEMENT).items == {"answer": "no", "reason": "full"}
    assert read_head(REPLY.encode()) == ("small", "reply")


def test_a_time_is_read_in_its_zone() -> None:
    content = read_content(REQUEST.replace("17:16:00Z", "20:16:00+03:00").encode(), AGREEMENT)
    assert content.instant("arrival") == Time.from_text("2022-01-26T17:16:00.000Z")


FAULTS = [
    (REQUEST, "notice.toml", 'site = "Camp North"', "site = Camp North", "site ="),
    (REQUEST, "notice.toml-twice", "open = true", "open = true\nopen = false # here", "# here"),
    (DATA, "notice.toml-day", "day = 2022-06-30", "day = 2022-06-31", "day ="),
    (DATA, "notice.toml-commas", "arms = 800", "arms = 12,800", "arms ="),
    (REQUEST, "notice.head", 'form = "request"\n', "", "agreement ="),
    (REQUEST, "notice.head", 'agreement = "small"', "agreement = 1", "agreement ="),
    (REQUEST, "notice.other-agreement", '"small"', '"large"', "agreement ="),
    (REQUEST, "notice.no-form", '"request"', '"enquiry"', "form ="),
    (REQUEST, "notice.unknown-member", "test = false", "tests = false", "tests ="),
    (REQUEST, "notice.form", "test = false", 'test = "no"', "agreement ="),
    (REQUEST, "notice.form", 'remarks = "None."', "remarks = 1", "agreement ="),
    (REQUEST, "notice.unknown-item", "open = true", "open = true\nclosed = false", "closed ="),
    (REQUEST, "notice.missing", 'site = "Camp North"', 'site = ""', "site ="),
    (REQUEST, "notice.missing", "open = true\n", "", "[items]"),
    (REQUEST, "notice.type", 'site = "Camp North"', "site = 5", "site ="),
    (REQUEST, "notice.type", 'site = "Camp North"', 'site = "  "', "site ="),
    (REQUEST, "notice.type", "arrival = 2022-01-26T17:16:00Z", "arrival = 2022-01-26", "arrival ="),
    (REQUEST, "notice.type", "open = true", 'open = "true"', "open ="),
    (REQUEST, "notice.zone", "17:16:00Z", "17:16:00", "arrival ="),
    (REQUEST, "notice.value", "open = true", "open = 1.5", "open ="),
    (REQUEST, "notice.value", "open = true", "open = [true]", "open ="),
    (REQUEST, "notice.value", "2022-01-26T17:16:00Z", "17:16:00", "arrival ="),
    (REQUEST, "notice.long", '"Camp North"', f'"{"a" * (MAX_WORDS + 1)}"', "site ="),
    (REQUEST, "notice.long", '"None."', f'"{"a" * (MAX_WORDS + 1)}"', "remarks ="),
    (REQUEST, "wording.hidden", "Camp North", "Camp\u200bNorth", "site ="),
    (DATA, "notice.number", "arms = 800", "arms = true", "arms ="),
    (DATA, "notice.number", "arms = 800", 'arms = "800"', "arms ="),
    (DATA, "notice.type", "day = 2022-06-30", "day = 2022-06-30T00:00:00Z", "day ="),
    (DATA, "notice.type", "day = 2022-06-30", "day = 1899-12-31", "day ="),
    (DATA, "notice.bounds", "arms = 800", "arms = 901", "arms ="),
    (DATA, "notice.bounds", "arms = 800", "arms = 0", "arms ="),
    (DATA, "notice.bounds", "others = 0", "others = -1", "others ="),
    (DATA, "notice.bounds", "others = 0", "others = 1000000000000001", "others ="),
    (REPLY, "notice.choice", 'answer = "no"', 'answer = "perhaps"', "answer ="),
    (REPLY, "notice.choice", 'answer = "no"', "answer = false", "answer ="),
]


@pytest.mark.parametrize(("text", "code", "old", "new", "where"), FAULTS)
def test_what_is_wrong_is_named_with_its_line(text: str, code: str, old: str, new: str, where: str) -> None:
    assert text.count(old) == 1
    wrong = text.replace(old, new)
    with pytest.raises(Malformed) as caught:
        read_content(wrong.encode(), AGREEMENT)
    line = 1 + [each.startswith(where) or where == each[-6:] for each in wrong.split("\n")].index(True)
    assert (caught.value.code, caught.value.details["line"]) == (code, line)
    assert f"ine {line}" in explain(caught.value)
    assert "…" not in explain(caught.value)


def test_every_code_of_a_notice_has_its_case() -> None:
    codes = set(re.findall(r'"(notice\.[a-z0-9-]+)"', Path(room.__file__).read_text("utf-8")))
    assert codes - {case[1] for case in FAULTS} == {"notice.size", "notice.utf-8"}


def test_a_notice_is_not_too_large_and_is_a_text() -> None:
    with pytest.raises(Malformed) as caught:
        read_content(REQUEST.encode() + b"#" * LARGEST, AGREEMENT)
    assert caught.value.code == "notice.size"
    with pytest.raises(Malformed) as caught:
        read_content(REQUEST.encode().replace(b"North", b"N\xf6rth"), AGREEMENT)
    assert (caught.value.code, caught.value.details["line"]) == ("notice.utf-8", 7)
    with pytest.raises(Malformed) as caught:
        read_head(b"form = " + b"9" * 5000)
    assert (caught.value.code, caught.value.details["line"]) == ("notice.toml", 1)


def test_an_instant_is_no_day() -> None:
    form = AGREEMENT.form("data")
    assert form is not None
    with pytest.raises(Malformed) as caught:
        of_items(AGREEMENT, form, {"day": datetime(2022, 6, 30, tzinfo=UTC), "arms": 1, "others": 1})
    assert caught.value.code == "notice.type"


def content_or_malformed(data: bytes) -> None:
    try:
        content = read_content(data, AGREEMENT)
    except Malformed as error:
        line = int(error.details.get("line", 1))
    else:
        line = 1
        assert isinstance(content, Content)
    assert 1 <= line <= data.count(b"\n") + 1


@given(st.binary(max_size=100))
def test_any_bytes_are_a_content_or_malformed(data: bytes) -> None:
    content_or_malformed(data)


@given(st.sampled_from([REQUEST, DATA, REPLY]), st.integers(0, 150), st.integers(0, 20), st.binary(max_size=12))
def test_a_piece_cut_out_or_put_in_makes_a_content_or_malformed(text: str, start: int, cut: int, piece: bytes) -> None:
    data = text.encode()
    content_or_malformed(data[:start] + piece + data[start + cut :])
