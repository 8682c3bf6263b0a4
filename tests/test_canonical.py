"""The one encoding: a value has one way to be written, and everything else is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from parley import canonical
from parley.canonical import MAX_INTEGER, Base64, Record, Text, Time, convert
from parley.crypto import Digest, Nonce
from parley.errors import Malformed, ParleyError

VECTORS = Path(__file__).parent.parent / "vectors" / "act" / "canonical.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))["cases"]


def data_of(case: dict[str, Any]) -> bytes:
    if "times" in case:
        return case["text"].encode() * case["times"]
    return base64.b64decode(case["base64"])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vector(case: dict[str, Any]) -> None:
    data = data_of(case)
    if case["expect"] == "ok":
        assert canonical.encode(canonical.decode_any(data)) == data
        return
    with pytest.raises(Malformed) as caught:
        canonical.decode_any(data)
    assert caught.value.code == case["code"]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("aAbZ_09", max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_back_and_agrees_with_rfc_8785(value: Any) -> None:
    """Of the values allowed here, RFC 8785 is what Python's own writer does with sorted members and no spaces."""
    data = canonical.encode(value)
    assert canonical.decode_any(data) == value
    assert data == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@given(st.binary(max_size=60))
def test_any_bytes_are_read_and_written_the_same_or_refused(data: bytes) -> None:
    try:
        value = canonical.decode_any(data)
    except ParleyError as error:
        refused = error
    else:
        assert canonical.encode(value) == data
        return
    assert isinstance(refused, Malformed)


class Sample(Record, frozen=True):
    count: int
    digest: Digest
    kind: Literal["a", "b"]
    raw: Base64
    when: Time | None


SAMPLE = Sample(count=1, digest=Digest(bytes(32)), kind="a", raw=Base64(b"\x00\xff"), when=Time(1643217360000))
WRITTEN = b'{"count":1,"digest":"' + b"00" * 32 + b'","kind":"a","raw":"AP8=","when":"2022-01-26T17:16:00.000Z"}'


def test_a_record_is_written_with_every_member() -> None:
    assert canonical.encode(SAMPLE) == WRITTEN
    assert canonical.decode(WRITTEN, Sample) == SAMPLE


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"count":1', b'"count":"1"', "canonical.shape"),
        (b'"count":1', b'"count":true', "canonical.shape"),
        (b'"count":1,', b"", "canonical.shape"),
        (b'"kind":"a"', b'"kind":"c"', "canonical.shape"),
        (b'"kind"', b'"kind_of":0,"kind"', "canonical.not-canonical"),
        (b'"raw"', b'"nothing":0,"raw"', "canonical.shape"),
        (b'"digest":"00', b'"digest":"', "canonical.hex"),
        (b'"digest":"00', b'"digest":"0A', "canonical.hex"),
        (b'"digest":"00', b'"digest":"0g', "canonical.hex"),
        (b'"AP8="', b'"AP8"', "canonical.base64"),
        (b'"AP8="', b'"AP9="', "canonical.base64"),
        (b'"AP8="', b'"AP8= "', "canonical.base64"),
        (b'"AP8="', b'"AP_="', "canonical.base64"),
        (b'"AP8="', '"AP8\u20ac"'.encode(), "canonical.base64"),
        (b"T17:16:00.000Z", b"T17:16:00Z", "canonical.time"),
        (b"T17:16:00.000Z", b"T17:16:00.000+00:00", "canonical.time"),
        (b"T17:16:00.000Z", b"T24:00:00.000Z", "canonical.time"),
        (b"T17:16:00.000Z", b"T17:16:60.000Z", "canonical.time"),
        (b"2022-01-26", b"2022-02-29", "canonical.time"),
        (b"2022-01-26", b"0000-01-26", "canonical.time"),
        (b"2022-01-26", "２022-01-26".encode(), "canonical.time"),
    ],
)
def test_a_record_is_read_from_nothing_else(old: bytes, new: bytes, code: str) -> None:
    spoiled = WRITTEN.replace(old, new, 1)
    assert spoiled != WRITTEN
    with pytest.raises(Malformed) as caught:
        canonical.decode(spoiled, Sample)
    assert caught.value.code == code


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_times_are_written_and_read_back(milliseconds: int) -> None:
    time = Time(milliseconds)
    assert Time.from_text(time.to_text()) == time
    assert len(time.to_text()) == 24


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_times_compare_as_numbers(one: int, two: int) -> None:
    assert (Time(one) < Time(two)) == (Time(one).to_text() < Time(two).to_text())


@given(st.binary(max_size=40))
def test_base64_is_written_and_read_back(data: bytes) -> None:
    assert Base64.from_text(Base64(data).to_text()) == data


@given(st.text("ABab09+/=-_ \n", max_size=12))
def test_base64_has_one_way_to_be_written(text: str) -> None:
    try:
        value = Base64.from_text(text)
    except Malformed:
        return
    assert value.to_text() == text


@given(st.binary(max_size=60), st.text("ABab09+/=-_ \n\té", max_size=12))
def test_base64_is_the_standard_librarys(data: bytes, text: str) -> None:
    assert Base64(data).to_text() == base64.b64encode(data).decode("ascii")
    try:
        expected = base64.b64decode(text, validate=True)
    except ValueError:
        expected = None
    if expected is None or base64.b64encode(expected).decode("ascii") != text:
        with pytest.raises(Malformed, match=r"canonical\.base64"):
            Base64.from_text(text)
    else:
        assert Base64.from_text(text) == expected


@given(st.text("0123456789abcdefABCDEF \n\tx\u0663", min_size=30, max_size=34))
def test_hex_has_one_way_to_be_written(text: str) -> None:
    if len(text) == 32 and set(text) <= set("0123456789abcdef"):
        assert Nonce.from_text(text).hex() == text
    else:
        with pytest.raises(Malformed, match=r"canonical\.hex"):
            Nonce.from_text(text)


@given(st.binary(max_size=40))
def test_hex_has_one_length(data: bytes) -> None:
    if len(data) == 16:
        assert Nonce.from_text(Nonce(data).to_text()) == data
    else:
        with pytest.raises(Malformed, match=r"canonical\.length"):
            Nonce(data)


def test_a_digest_shows_its_beginning() -> None:
    assert repr(Digest(b"\x12" * 32)) == "Digest(1212121212121212…)"
    assert repr(Time(0)) == "Time(1970-01-01T00:00:00.000Z)"


def test_what_has_no_form_is_not_written() -> None:
    with pytest.raises(TypeError):
        canonical.encode(object())
    with pytest.raises(TypeError):
        Text().to_text()
    with pytest.raises(TypeError):
        Text.from_text("")


def test_a_problem_names_members_and_never_values() -> None:
    with pytest.raises(Malformed) as caught:
        canonical.decode(WRITTEN.replace(b'"count":1', b'"count":"secret"'), Sample)
    assert "secret" not in str(caught.value)
    assert "count" in str(caught.value)


# --- what a message may say -------------------------------------------------------------------------------------


class Kind(StrEnum):
    """A closed set of values."""

    PLAIN = "plain"


class Row(Record, frozen=True):
    """A member of each sort that acts and documents have."""

    choice: Literal["one", "two"]
    counts: dict[str, int]
    kind: Kind
    name: Annotated[str, Meta(pattern="^[a-z]+$", max_length=9)]
    nonce: Nonce
    size: int
    time: Time | None


class Table(Record, frozen=True):
    """Several of them."""

    rows: tuple[Row, ...]


GOOD: dict[str, Any] = {
    "choice": "one",
    "counts": {"plain": 1},
    "kind": "plain",
    "name": "name",
    "nonce": "00" * 16,
    "size": 1,
    "time": "2022-01-26T17:16:00.000Z",
}
FOREIGN = "Verbatim - at `$.Verbatim`"


def foreign(member: str) -> Iterator[dict[str, Any]]:
    """The sample with somebody's words in place of one member's value, in its name, and beside it."""
    value = GOOD[member]
    yield GOOD | {member: FOREIGN}
    yield GOOD | {member: [FOREIGN]}
    yield GOOD | {member: {FOREIGN: FOREIGN}}
    yield {name: each for name, each in GOOD.items() if name != member} | {FOREIGN: value}
    yield GOOD | {FOREIGN: FOREIGN, f"{FOREIGN}\n": 1}


@pytest.mark.parametrize("member", list(GOOD))
def test_no_word_of_a_file_reaches_a_message(member: str) -> None:
    """What a file says may be a paper's secret; where it went wrong and what was expected is enough."""
    assert convert({"rows": [GOOD]}, Table).rows[0].choice == "one"
    for sample in foreign(member):
        with pytest.raises(Malformed) as caught:
            convert({"rows": [GOOD, sample]}, Table)
        assert "erbatim" not in str(caught.value)
        assert "erbatim" not in repr(caught.value.details)
