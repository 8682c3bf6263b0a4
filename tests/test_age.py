"""Sealing by age: the text of keys, headers, payloads in any pieces, and every vector of vectors/age/files.json."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley import age
from parley.crypto import Cipher, ReadingSecret, hkdf
from parley.errors import Invalid, Malformed, ParleyError
from parley.sealed_shape import CHUNK, SEALED_CHUNK, header_length, payload_length
from tests.seals import assemble, bases, cases, repeating, secret

US, RU, STRANGER = secret("us"), secret("ru"), secret("stranger")
FAMILIES = {"malformed": Malformed, "invalid": Invalid}
KEY, NONCE = bytes(range(16)), bytes(range(16, 32))


def seal(plain: bytes, *readers: ReadingSecret) -> bytes:
    return age.seal_small(KEY, NONCE, plain, [reader.public for reader in readers or (US, RU)])


def cut(data: bytes, lengths: list[int]) -> Iterator[bytes]:
    """`data` in pieces of the lengths given, over and over, then the rest."""
    at = 0
    for length in lengths:
        yield data[at : at + length]
        at += length
    yield data[at:]


# --- vectors ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return bases("files")


@pytest.mark.parametrize("case", cases("files"), ids=lambda case: case["name"])
def test_vector(case: dict[str, Any], files: dict[str, bytes]) -> None:
    identity = age.parse_reading_secret(case.get("identity", age.reading_secret_text(RU)))
    file = assemble(case["pieces"], files)
    if case["expect"] == "ok":
        plain = age.open_small(file, identity)
        assert (len(plain), hashlib.sha256(plain).hexdigest()) == (case["plain_length"], case["plain_sha256"])
        return
    with pytest.raises(FAMILIES[case["expect"]]) as caught:
        age.open_small(file, identity)
    assert caught.value.code == case["code"]


def test_the_vectors_cover_every_code_of_opening() -> None:
    seen = {case["code"] for case in cases("files") if "code" in case}
    assert {"age.truncated", "age.extended", "age.altered", "age.empty-last-chunk", "age.header-mac"} <= seen
    assert {"sealed.version", "sealed.wrapping", "sealed.base64", "sealed.stanza-type", "sealed.mac-line"} <= seen


# --- keys as text -----------------------------------------------------------------------------------------------


def test_the_identity_of_a_known_seed() -> None:
    text = age.reading_secret_text(ReadingSecret(bytes(32)))
    assert text.startswith("AGE-SECRET-KEY-PQ-1QQQQQQQQQ")
    assert age.parse_reading_secret(text).seed == bytes(32)


def test_a_recipient_has_1959_letters() -> None:
    assert len(age.reading_key_text(US.public)) == 1959


@given(seed=st.binary(min_size=32, max_size=32))
@settings(max_examples=20)
def test_keys_go_to_text_and_back(seed: bytes) -> None:
    made = ReadingSecret(seed)
    assert age.parse_reading_secret(age.reading_secret_text(made)).seed == seed
    assert age.parse_reading_key(age.reading_key_text(made.public)).encoded == made.public.encoded


@given(place=st.integers(0, 1958), letter=st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7lbio1QA -é"))
@settings(max_examples=60)
def test_one_letter_changed_is_refused(place: int, letter: str) -> None:
    text = age.reading_key_text(US.public)
    changed = text[:place] + letter + text[place + 1 :]
    if changed == text:
        return
    with pytest.raises(Malformed) as caught:
        age.parse_reading_key(changed)
    assert caught.value.code.startswith("age.key-")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (str.lower, "age.key-kind"),
        (lambda text: text[:-1], "age.key-length"),
        (lambda text: text + "Q", "age.key-length"),
        (lambda text: text[:30] + text[30:].lower(), "age.key-letter"),
        (lambda text: text[:-1] + ("Q" if text[-1] != "Q" else "P"), "age.key-checksum"),
        (lambda text: " " + text, "age.key-kind"),
        (lambda text: text.replace("-PQ", ""), "age.key-kind"),
    ],
)
def test_an_identity_written_otherwise_is_refused(change: Any, code: str) -> None:
    text = age.reading_secret_text(US)
    with pytest.raises(Malformed) as caught:
        age.parse_reading_secret(change(text))
    assert caught.value.code == code
    assert not any(text[25:40] in str(detail) for detail in caught.value.details.values())


def test_spare_bits_in_an_identity_are_refused() -> None:
    """256 bits make 52 letters with four bits to spare: set one and write the checksum that fits."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    prefix = age.READING_SECRET_PREFIX
    values = [alphabet.index(letter) for letter in age.reading_secret_text(US)[len(prefix) + 1 : -6].lower()]
    values[-1] |= 1
    check = age._checksum(prefix, [*values, 0, 0, 0, 0, 0, 0]) ^ 1
    values += [check >> 5 * at & 31 for at in (5, 4, 3, 2, 1, 0)]
    with pytest.raises(Malformed) as caught:
        age.parse_reading_secret(prefix + "1" + "".join(alphabet[value] for value in values).upper())
    assert caught.value.code == "age.key-spare-bits"


def test_a_recipient_of_another_length_is_refused() -> None:
    with pytest.raises(Malformed) as caught:
        age.parse_reading_key(age._bech32("age1pq", US.public.encoded[:-1]))
    assert caught.value.code == "age.key-length"


def test_a_recipient_that_is_no_lattice_point_is_refused() -> None:
    with pytest.raises(Malformed) as caught:
        age.parse_reading_key(age._bech32("age1pq", b"\xff" * 1216))
    assert caught.value.code == "key.reading"


# --- headers ----------------------------------------------------------------------------------------------------


def test_every_reader_gets_the_file_key_and_no_stranger() -> None:
    header = age.seal_header(KEY, [US.public, RU.public])
    assert age.open_header(header, US) == age.open_header(header, RU) == KEY
    with pytest.raises(Invalid) as caught:
        age.open_header(header, STRANGER)
    assert caught.value.code == "age.not-for-this-key"


def test_a_stanza_asked_for_by_place_must_be_the_readers_own() -> None:
    header = age.seal_header(KEY, [US.public, RU.public])
    assert age.open_header(header, RU, place=1) == KEY
    with pytest.raises(Invalid, match=r"age\.not-for-this-key"):
        age.open_header(header, RU, place=0)
    for place in (-1, 2):
        with pytest.raises(Malformed, match=r"age\.no-such-stanza"):
            age.open_header(header, RU, place=place)


def test_readers_are_some_and_each_once() -> None:
    for readers, code in (([], "age.reader-count"), ([US.public] * 2, "age.reader-twice")):
        with pytest.raises(Malformed) as caught:
            age.seal_header(KEY, readers)
        assert caught.value.code == code
    with pytest.raises(Malformed, match=r"age\.reader-count"):
        age.seal_header(KEY, [US.public] * 257)


@pytest.mark.parametrize("size", [0, 15, 17, 32])
def test_a_file_key_has_sixteen_bytes(size: int) -> None:
    with pytest.raises(Malformed, match=r"age\.file-key-length"):
        age.seal_header(bytes(size), [US.public])
    with pytest.raises(Malformed, match=r"age\.file-key-length"):
        list(age.encrypt_payload(bytes(size), NONCE, ()))
    with pytest.raises(Malformed, match=r"age\.file-key-length"):
        list(age.decrypt_payload(bytes(size), (bytes(32),)))


@given(place=st.integers(0, header_length(2) - 1), flip=st.integers(1, 255))
@settings(max_examples=120)
def test_any_byte_of_a_header_changed_is_refused(place: int, flip: int) -> None:
    header = bytearray(HEADER)
    header[place] ^= flip
    with pytest.raises((Malformed, Invalid)):
        age.open_header(bytes(header), US)


HEADER = age.seal_header(KEY, [US.public, RU.public])


@given(st.binary(max_size=400))
def test_a_header_of_any_bytes_fails_in_a_family(data: bytes) -> None:
    for start in (b"", b"age-encryption.org/v1\n", HEADER[:1000]):
        with pytest.raises(ParleyError):
            age.open_small(start + data, US)


# --- payloads ---------------------------------------------------------------------------------------------------

SIZES = st.sampled_from([0, 1, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1])
CUTS = st.lists(st.sampled_from([0, 1, 16, 511, 512, CHUNK - 512, CHUNK, SEALED_CHUNK, 3 * CHUNK]), max_size=8)


@given(size=SIZES, going_in=CUTS, coming_out=CUTS)
@settings(max_examples=80)
def test_a_payload_opens_however_it_was_cut(size: int, going_in: list[int], coming_out: list[int]) -> None:
    plain = repeating("plain")(size)
    payload = b"".join(age.encrypt_payload(KEY, NONCE, cut(plain, going_in)))
    assert payload == b"".join(age.encrypt_payload(KEY, NONCE, (plain,)))
    assert len(payload) == payload_length(size)
    assert b"".join(age.decrypt_payload(KEY, cut(payload, coming_out))) == plain


@given(size=SIZES, place=st.integers(0, 2**40), flip=st.integers(1, 255))
@settings(max_examples=60)
def test_any_byte_of_a_payload_changed_is_refused(size: int, place: int, flip: int) -> None:
    payload = bytearray(b"".join(age.encrypt_payload(KEY, NONCE, (bytes(size),))))
    payload[place % len(payload)] ^= flip
    with pytest.raises(Invalid, match=r"age\.altered"):
        list(age.decrypt_payload(KEY, (bytes(payload),)))


@given(size=SIZES, kept=st.integers(0, 2**40))
@settings(max_examples=60)
def test_no_shorter_payload_opens(size: int, kept: int) -> None:
    payload = b"".join(age.encrypt_payload(KEY, NONCE, (bytes(size),)))
    with pytest.raises((Malformed, Invalid)):
        list(age.decrypt_payload(KEY, (payload[: kept % len(payload)],)))


@given(size=SIZES, more=st.sampled_from([1, 15, 16, 17, CHUNK, SEALED_CHUNK]))
@settings(max_examples=60)
def test_no_longer_payload_opens(size: int, more: int) -> None:
    payload = b"".join(age.encrypt_payload(KEY, NONCE, (bytes(size),)))
    with pytest.raises((Malformed, Invalid)):
        list(age.decrypt_payload(KEY, (payload, bytes(more))))


def test_pieces_come_out_before_the_stream_has_ended() -> None:
    """Constant memory: after each chunk that went in, the one before it comes out."""
    taken = 0

    def source() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield bytes(CHUNK)

    sealing = age.encrypt_payload(KEY, NONCE, source())
    next(sealing)
    for number in range(1, 20):
        next(sealing)
        assert taken == number + 1


def test_each_chunk_has_its_own_nonce_and_the_last_its_flag() -> None:
    """The bytes of C2SP age, "Payload": an 11-byte counter, then 1 for the last chunk and 0 before it."""
    plain = bytes(CHUNK) + b"end"
    cipher = Cipher(hkdf(KEY, salt=NONCE, info=b"payload", length=32))
    payload = b"".join(age.encrypt_payload(KEY, NONCE, (plain,)))
    assert payload[:16] == NONCE
    assert payload[16 : 16 + SEALED_CHUNK] == cipher.encrypt(bytes(12), bytes(CHUNK))
    assert payload[16 + SEALED_CHUNK :] == cipher.encrypt(bytes(10) + b"\1\1", b"end")


# --- whole files ------------------------------------------------------------------------------------------------


def test_a_file_is_cut_and_joined() -> None:
    file = seal(b"words")
    header, payload = age.split(file)
    assert len(header) == header_length(2)
    assert age.join(header, payload) == file
    assert age.open_small(file, RU) == b"words"


def test_joining_takes_no_other_header() -> None:
    header, payload = age.split(seal(b"words"))
    with pytest.raises(Malformed, match=r"sealed\.trailing"):
        age.join(header + payload[:1] + b"\n", payload)
