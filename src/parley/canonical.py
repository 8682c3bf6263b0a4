"""The one encoding: canonical JSON (RFC 8785) of objects, arrays, strings, booleans, null and integers.

Reading is strict: bytes are decoded, encoded again, and refused unless the two are equal. That one comparison
refuses duplicate keys, white space, escapes, key order, and every other second way of writing the same value.

Integers keep to 53 bits and member names to ASCII, where RFC 8785 and a plain sort of the names agree. There are no
floats: money, troops and times are counted in whole units.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

import msgspec

from parley.errors import Malformed

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 32
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")

T = TypeVar("T")


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value with named members, every one of them present: the base of all that is signed or stored as JSON."""


class Text:
    """A value that stands in JSON as a string: a subclass says how it is written and read."""

    def to_text(self) -> str:
        raise TypeError("abstract")

    @classmethod
    def from_text(cls, text: str) -> Self:  # noqa: ARG003 - an abstract method
        """Read the value back. Raises: Malformed when `text` is not what `to_text` writes."""
        raise TypeError("abstract")


class Hex(bytes, Text):
    """Bytes of one fixed length, written in lowercase hexadecimal."""

    size: ClassVar[int] = 0

    def __init_subclass__(cls, *, size: int) -> None:
        cls.size = size

    def __new__(cls, value: bytes) -> Self:
        if len(value) != cls.size:
            raise Malformed("canonical.length", kind=cls.__name__, expected=cls.size, found=len(value))
        return super().__new__(cls, value)

    def to_text(self) -> str:
        return self.hex()

    @classmethod
    def from_text(cls, text: str) -> Self:
        try:
            value = bytes.fromhex(text)
        except ValueError:
            value = b""
        if len(value) != cls.size or value.hex() != text:  # other ways of writing the same bytes
            raise Malformed("canonical.hex", kind=cls.__name__, expected=2 * cls.size)
        return cls(value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.hex()[:16]}…)"


class Base64(bytes, Text):
    """Bytes of any length, written in RFC 4648 section 4 base64 with padding.

    Read and written by msgspec, which takes a fifth of the time of the standard library: signatures are long.
    """

    def to_text(self) -> str:
        return _base64(self)

    @classmethod
    def from_text(cls, text: str) -> Self:
        try:
            value = msgspec.convert(text, bytes)
        except msgspec.ValidationError as error:
            raise Malformed("canonical.base64") from error
        if _base64(value) != text:  # bits left over behind the last byte
            raise Malformed("canonical.base64")
        return cls(value)


def _base64(data: bytes) -> str:
    text: str = msgspec.to_builtins(bytes(data))
    return text


class Time(int, Text):
    """A UTC instant in milliseconds since 1970, written `YYYY-MM-DDTHH:MM:SS.sssZ`; years 1 to 9999."""

    def to_text(self) -> str:
        return (_EPOCH + timedelta(milliseconds=int(self))).isoformat(timespec="milliseconds")[:23] + "Z"

    @classmethod
    def from_text(cls, text: str) -> Self:
        if not _TIME.fullmatch(text):
            raise Malformed("canonical.time")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise Malformed("canonical.time") from error
        value = cls((moment - _EPOCH) // timedelta(milliseconds=1))
        if value.to_text() != text:  # later Pythons read more than one writing of an instant
            raise Malformed("canonical.time")
        return value

    def __repr__(self) -> str:
        return f"Time({self.to_text()})"


def _write(value: object) -> object:
    if isinstance(value, Text):
        return value.to_text()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _read(kind: type, value: object) -> object:
    if issubclass(kind, Text) and isinstance(value, str):
        return kind.from_text(value)
    raise msgspec.ValidationError(f"Expected a string for {kind.__name__}")


_encoder = msgspec.json.Encoder(order="sorted", enc_hook=_write)
_decoder = msgspec.json.Decoder(strict=True)


def encode(value: object) -> bytes:
    """Write a value canonically: UTF-8, sorted members, no white space.

    Verifies nothing about the value's strings; `decode` is the gate. Source: RFC 8785 section 3.2.
    """
    return _encoder.encode(value)


def _check(value: object, depth: int) -> None:
    """Refuse what canonical JSON does not have; `depth` counts the values that this one stands within.

    Of a string only the depth is left to look at.
    """
    if depth > MAX_DEPTH:
        raise Malformed("canonical.depth", most=MAX_DEPTH)
    if isinstance(value, dict):
        for name, member in value.items():
            if not name.isascii():
                raise Malformed("canonical.member-name")
            if depth == MAX_DEPTH or not isinstance(member, str):
                _check(member, depth + 1)
    elif isinstance(value, list):
        for item in value:
            if depth == MAX_DEPTH or not isinstance(item, str):
                _check(item, depth + 1)
    elif isinstance(value, float):
        raise Malformed("canonical.float")
    elif isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise Malformed("canonical.integer")


def decode_any(data: bytes) -> Any:
    """Read canonical JSON of any shape. Raises: Malformed as `decode` does."""
    try:
        value = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("canonical.json") from error
    _check(value, 0)
    if encode(value) != data:
        raise Malformed("canonical.not-canonical")
    return value


def decode(data: bytes, shape: type[T]) -> T:
    """Read canonical JSON as a `shape`, accepting only the bytes that `encode` would write.

    Verifies form only: members present and known, types, sizes, canonical writing. Raises: Malformed.
    """
    return convert(decode_any(data), shape)


def convert(value: object, shape: type[T]) -> T:
    """Take a decoded value as a `shape`. Raises: Malformed when it does not fit."""
    try:
        return msgspec.convert(value, shape, strict=True, dec_hook=_read)
    except Malformed:
        raise
    except msgspec.ValidationError as error:
        raise Malformed("canonical.shape", problem=_where(error)) from error


_FOREIGN = re.compile(r"(unknown field|enum value) .*?(?= - at `\$[^`']*`\Z|\Z)", re.DOTALL)


def _where(error: Exception) -> str:
    """Where the shape failed, and what was expected there. The library's sentence names our members and types; it
    repeats names and values that it does not know, which are the words of whoever wrote the file: these go."""
    return re.sub(r"[^ -~]", "?", _FOREIGN.sub(r"\1", str(error)))[:200]
