"""The shape of a sealed document: what can be checked of it without any key.

A sealed document is one age v1 file in two parts, header and payload, and its cover another, small one. The
depositary checks of both that they have the one form and the one length they can have; what stands inside it cannot
see. Lengths are padded before sealing, so that they tell the depositary a size class and no more.

Nothing here verifies a key, a MAC or a cipher. Source: C2SP age, "File key", "Header" and "Payload".
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from parley.errors import Malformed

VERSION_LINE = b"age-encryption.org/v1\n"
STANZA_TYPE = b"mlkem768x25519"
ENCAPSULATED, WRAPPED, MAC = 1120, 32, 32
NONCE, TAG, CHUNK = 16, 16, 64 * 1024
SEALED_CHUNK = CHUNK + TAG
COLUMNS = 64

MAX_STANZAS = 256
"""As many readers as one sealed document may have, its sender included."""

SMALLEST = 4096
"""Bytes that a document or cover is padded to at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stanza:
    """The file key wrapped to one reading key: 1120 bytes of encapsulated key, 32 bytes of wrapped file key."""

    encapsulated: bytes
    wrapped: bytes

    def encode(self) -> bytes:
        return b"-> " + STANZA_TYPE + b" " + _base64(self.encapsulated) + b"\n" + _wrapped_lines(self.wrapped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The stanzas of an age file, in order, and the MAC (32 bytes) over them."""

    stanzas: tuple[Stanza, ...]
    mac: bytes

    def authenticated(self) -> bytes:
        """The bytes the MAC is over: from the version line up to and including the three hyphens."""
        return VERSION_LINE + b"".join(stanza.encode() for stanza in self.stanzas) + b"---"

    def encode(self) -> bytes:
        return self.authenticated() + b" " + _base64(self.mac) + b"\n"


def _base64(value: bytes) -> bytes:
    return base64.b64encode(value).rstrip(b"=")


def _wrapped_lines(value: bytes) -> bytes:
    """A stanza body: lines of 64 columns, the last one shorter, so that a full last line is followed by an empty."""
    text = _base64(value)
    return b"".join(text[at : at + COLUMNS] + b"\n" for at in range(0, len(text) + 1, COLUMNS))


def _unbase64(text: bytes, size: int) -> bytes:
    try:
        value = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise Malformed("sealed.base64") from error
    if len(value) != size or _base64(value) != text:
        raise Malformed("sealed.base64")
    return value


_STANZA_START = b"-> "
_MAC_START = b"---"
_BODY_COLUMNS = [len(line) for line in _wrapped_lines(bytes(WRAPPED)).splitlines()]
STANZA_LENGTH = len(Stanza(encapsulated=bytes(ENCAPSULATED), wrapped=bytes(WRAPPED)).encode())
FRAME_LENGTH = len(Header(stanzas=(), mac=bytes(MAC)).encode())
MAX_HEADER = FRAME_LENGTH + MAX_STANZAS * STANZA_LENGTH


def header_length(stanzas: int) -> int:
    """Bytes of a header with so many stanzas: 70 and 1557 for each."""
    return FRAME_LENGTH + stanzas * STANZA_LENGTH


def header_end(start: bytes) -> int:
    """Where the header ends in the first bytes of an age file (all of it, or at least `MAX_HEADER` of it).

    Verifies the version line and finds the MAC line, nothing else. Raises: Malformed when there is neither.
    """
    if not start.startswith(VERSION_LINE):
        raise Malformed("sealed.version")
    at = start.find(b"\n" + _MAC_START, len(VERSION_LINE) - 1, MAX_HEADER)
    end = start.find(b"\n", at + 1, MAX_HEADER) if at >= 0 else -1
    if end < 0:
        raise Malformed("sealed.mac-line")
    return end + 1


def parse_header(data: bytes) -> Header:
    """Read a header, accepting only the bytes that `Header.encode` would write.

    Verifies the version line, at least one stanza and none but of the post-quantum type, canonical unpadded base64,
    wrapping at 64 columns, the MAC line, and that nothing follows it; not the MAC. Raises: Malformed.
    """
    if len(data) > MAX_HEADER:
        raise Malformed("sealed.header-length", most=MAX_HEADER, found=len(data))
    if not data.startswith(VERSION_LINE):
        raise Malformed("sealed.version")
    if not data.endswith(b"\n"):
        raise Malformed("sealed.mac-line")
    lines = data[len(VERSION_LINE) : -1].split(b"\n")
    starts = [at for at, line in enumerate(lines) if line.startswith((_STANZA_START, _MAC_START))]
    if starts[:1] != [0] or lines[0].startswith(_MAC_START):
        raise Malformed("sealed.no-stanza")
    ends = [*starts[1:], len(lines)]
    pieces = [lines[start:end] for start, end in zip(starts, ends, strict=True)]
    stanzas = tuple(_stanza(piece, number=number) for number, piece in enumerate(pieces[:-1], start=1))
    # Each line has been read as the only one that would be written: a test compares the whole.
    return Header(stanzas=stanzas, mac=_mac(pieces[-1]))


def _stanza(lines: list[bytes], *, number: int) -> Stanza:
    arguments = lines[0].removeprefix(_STANZA_START).split(b" ")
    if arguments[0] != STANZA_TYPE:
        raise Malformed("sealed.stanza-type", stanza=number)
    if len(arguments) != 2:
        raise Malformed("sealed.stanza-arguments", stanza=number)
    if [len(line) for line in lines[1:]] != _BODY_COLUMNS:
        raise Malformed("sealed.wrapping", stanza=number)
    return Stanza(
        encapsulated=_unbase64(arguments[1], ENCAPSULATED),
        wrapped=_unbase64(b"".join(lines[1:]), WRAPPED),
    )


def _mac(lines: list[bytes]) -> bytes:
    if not lines[0].startswith(_MAC_START + b" "):
        raise Malformed("sealed.mac-line")
    if len(lines) > 1:
        raise Malformed("sealed.trailing")
    return _unbase64(lines[0].removeprefix(_MAC_START + b" "), MAC)


def check_header_shape(data: bytes, *, stanzas: int) -> Header:
    """Return the header, when it has the one shape and exactly as many stanzas as the deposit names readers.

    Verifies what `parse_header` does, and the number. Not that any stanza is sealed to the reader it is said to be.
    Raises: Malformed.
    """
    header = parse_header(data)
    if len(header.stanzas) != stanzas:
        raise Malformed("sealed.stanza-count", expected=stanzas, found=len(header.stanzas))
    return header


# --- lengths ----------------------------------------------------------------------------------------------------


def padded_length(length: int) -> int:
    """The length that `length` bytes are padded to: Padmé, and at least 4096.

    It leaves at most O(log log length) bits to be learnt and adds less than 12 per cent. Source: Nikitin et al.,
    "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", PoPETs 2019, algorithm 1.
    """
    if length <= SMALLEST:
        return SMALLEST
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def payload_length(plain: int) -> int:
    """Bytes of the payload that `plain` bytes become: a nonce, and a tag for every 64 KiB begun (at least one)."""
    return NONCE + plain + TAG * max(1, -(-plain // CHUNK))


def plain_length(payload: int) -> int:
    """The one number of bytes that a payload of this length holds. Raises: Malformed when none makes this length."""
    sealed = payload - NONCE
    chunks = max(1, -(-sealed // SEALED_CHUNK))
    plain = sealed - TAG * chunks
    if plain < 0 or payload_length(plain) != payload:
        raise Malformed("sealed.payload-length", found=payload)
    return plain


def check_payload_length(payload: int) -> int:
    """Return the bytes inside a payload of this length, when they are of a padded length. Raises: Malformed."""
    plain = plain_length(payload)
    if padded_length(plain) != plain:
        raise Malformed("sealed.not-padded", found=payload)
    return plain


def cover_length(stanzas: int) -> int:
    """Bytes of a sealed cover for so many readers: its header, and the payload that 4096 bytes become."""
    return header_length(stanzas) + payload_length(SMALLEST)


def check_cover_shape(data: bytes, *, stanzas: int) -> Header:
    """Return the header of a sealed cover that has the one shape and length for so many readers. Raises: Malformed."""
    if len(data) != cover_length(stanzas):
        raise Malformed("sealed.cover-length", expected=cover_length(stanzas), found=len(data))
    return check_header_shape(data[: header_length(stanzas)], stanzas=stanzas)
