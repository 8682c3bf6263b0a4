"""The shape of what is sealed, seen without a key: what the depositary checks of a deposit."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley.errors import Malformed
from parley.sealed_shape import (
    CHUNK,
    ENCAPSULATED,
    MAC,
    MAX_HEADER,
    MAX_STANZAS,
    WRAPPED,
    Header,
    Stanza,
    check_cover_shape,
    check_header_shape,
    check_payload_length,
    cover_length,
    header_end,
    header_length,
    padded_length,
    parse_header,
    payload_length,
    plain_length,
)
from tests.seals import assemble, bases, cases

STANZAS = st.builds(
    Stanza,
    encapsulated=st.binary(min_size=ENCAPSULATED, max_size=ENCAPSULATED),
    wrapped=st.binary(min_size=WRAPPED, max_size=WRAPPED),
)
HEADERS = st.builds(
    Header,
    stanzas=st.lists(STANZAS, min_size=1, max_size=4).map(tuple),
    mac=st.binary(min_size=MAC, max_size=MAC),
)


def header(stanzas: int) -> Header:
    stanza = Stanza(encapsulated=b"\xff" * ENCAPSULATED, wrapped=b"\xfe" * WRAPPED)
    return Header(stanzas=(stanza,) * stanzas, mac=b"\xfd" * MAC)


# --- headers ----------------------------------------------------------------------------------------------------


@given(HEADERS)
def test_a_header_is_read_as_it_is_written(made: Header) -> None:
    written = made.encode()
    assert parse_header(written) == made
    assert len(written) == header_length(len(made.stanzas))
    assert header_end(written + b"payload\n--- \n") == len(written)


@given(made=HEADERS, at=st.integers(0, 10**6), replaced=st.binary(max_size=3), removed=st.integers(0, 3))
def test_what_is_accepted_is_what_would_be_written(made: Header, at: int, replaced: bytes, removed: int) -> None:
    written = made.encode()
    at %= len(written) + 1
    changed = written[:at] + replaced + written[at + removed :]
    try:
        read = parse_header(changed)
    except Malformed:
        return
    assert read.encode() == changed


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_malformed(data: bytes) -> None:
    start = header(1).encode()
    for whole in (data, b"age-encryption.org/v1\n" + data, start[:-45] + data, start[:60] + data + start[60:]):
        try:
            read = parse_header(whole)
        except Malformed:
            continue
        assert read.encode() == whole


@pytest.mark.parametrize(
    "case",
    [case for case in cases("files") if case.get("code", "").startswith("sealed.")],
    ids=lambda case: case["name"],
)
def test_a_vector_of_a_bad_shape_needs_no_key_to_be_refused(case: dict[str, object]) -> None:
    file = assemble(case["pieces"], bases("files"))  # type: ignore[arg-type]  # JSON
    with pytest.raises(Malformed) as caught:
        parse_header(file[: header_end(file)])
    assert caught.value.code == case["code"]


def test_as_many_stanzas_as_readers() -> None:
    written = header(2).encode()
    assert len(check_header_shape(written, stanzas=2).stanzas) == 2
    for wrong in (0, 1, 3):
        with pytest.raises(Malformed) as caught:
            check_header_shape(written, stanzas=wrong)
        assert caught.value.code == "sealed.stanza-count"
        assert caught.value.details == {"expected": wrong, "found": 2}


def test_the_largest_header_is_read_and_no_larger() -> None:
    assert len(header(MAX_STANZAS).encode()) == MAX_HEADER
    assert len(parse_header(header(MAX_STANZAS).encode()).stanzas) == MAX_STANZAS
    with pytest.raises(Malformed, match=r"sealed\.header-length"):
        parse_header(header(MAX_STANZAS + 1).encode())
    with pytest.raises(Malformed, match=r"sealed\.mac-line"):
        header_end(header(MAX_STANZAS + 1).encode())


def test_a_body_of_48_bytes_would_end_in_an_empty_line() -> None:
    """Wrapping at 64 columns: the last line is always shorter, so a full one is followed by an empty one."""
    stanza = Stanza(encapsulated=bytes(ENCAPSULATED), wrapped=bytes(48)).encode()
    assert stanza.endswith(b"\n" + b"A" * 64 + b"\n\n")


# --- lengths ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "padded"),
    [
        (0, 4096),
        (1, 4096),
        (4096, 4096),
        (4097, 4352),
        (4352, 4352),
        (4353, 4608),
        (9 * 1024, 9 * 1024),
        (100_000, 100_352),
        (1_000_000, 1_015_808),
        (2**30, 2**30),
        (2**30 + 1, 2**30 + 2**25),
    ],
)
def test_padded_lengths(length: int, padded: int) -> None:
    assert padded_length(length) == padded


@given(st.integers(0, 2**43))
@example(4097)
@example(2**32 - 1)
def test_padding_is_small_and_settles(length: int) -> None:
    padded = padded_length(length)
    assert padded >= max(length, 4096)
    assert padded_length(padded) == padded
    assert length <= 4096 or (padded - length) * 100 < 12 * length
    assert padded_length(length + 1) >= padded


@given(st.integers(0, 2**43))
@example(0)
@example(CHUNK)
@example(CHUNK + 1)
def test_a_payloads_length_tells_what_is_in_it(plain: int) -> None:
    assert plain_length(payload_length(plain)) == plain
    assert check_payload_length(payload_length(padded_length(plain))) == padded_length(plain)


@given(st.integers(-100, 10**6))
def test_a_length_no_payload_has_is_refused(length: int) -> None:
    made = [plain for plain in range(max(0, length - 400), length + 1) if payload_length(plain) == length]
    if made:
        assert [plain_length(length)] == made
        return
    with pytest.raises(Malformed, match=r"sealed\.payload-length"):
        plain_length(length)


@pytest.mark.parametrize("length", [0, 31, 16 + CHUNK + 16 + 1, 16 + CHUNK + 16 + 16])
def test_lengths_between_chunks_are_refused(length: int) -> None:
    with pytest.raises(Malformed, match=r"sealed\.payload-length"):
        plain_length(length)


def test_an_unpadded_length_is_refused() -> None:
    for plain in (0, 4095, 4097):
        with pytest.raises(Malformed, match=r"sealed\.not-padded"):
            check_payload_length(payload_length(plain))


# --- covers -----------------------------------------------------------------------------------------------------


def test_a_cover_has_one_length_for_so_many_readers() -> None:
    cover = header(3).encode() + bytes(payload_length(4096))
    assert len(cover) == cover_length(3)
    assert len(check_cover_shape(cover, stanzas=3).stanzas) == 3
    for wrong in (cover[:-1], cover + b"\0", b"", header(2).encode() + bytes(len(cover) - header_length(2))):
        with pytest.raises(Malformed):
            check_cover_shape(wrong, stanzas=3)


def test_the_shape_is_checked_without_any_cryptography() -> None:
    """The depositary may import this module: neither it nor what it imports can open anything."""
    program = "import sys, parley.sealed_shape; print(*sorted(name for name in sys.modules if name[:6] == 'parley'))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["parley", "parley.errors", "parley.sealed_shape"]
