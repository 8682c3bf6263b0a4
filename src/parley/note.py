"""Signed notes and the keys that verify them (c2sp.org/signed-note).

    depositary.example/log/1                                            the text: here, a checkpoint
    3
    rra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=
                                                                        an empty line, the last in the note
    — depositary.example/log/1 3jelqcMjTbeeu4zOSmh5B2gd9458vT…          name, base64(key id (4) || signature)

A key is the pair of its name and its id: a line that matches only one of them is by somebody we do not know, and is
kept but not looked at. This module knows forms and single signatures; what is signed how is `checkpoint`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache

from parley.canonical import Base64
from parley.crypto import MLDSA44_PUBLIC, check_ed25519_public, sha256, verify_ed25519, verify_mldsa44
from parley.errors import Malformed

KEY_ID = 4
MAX_NAME = 255
"""Bytes of a key name: an ML-DSA-44 cosignature writes its length in one byte (c2sp.org/tlog-cosignature)."""
MAX_SIGNATURES = 100
MAX_NOTE = 1_000_000
"""Bytes of a note; with MAX_SIGNATURES, what Go's x/mod accepts too."""
MAX_NUMBER = 2**63 - 1

_DASH = "\u2014 "
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_DECIMAL = re.compile("0|[1-9][0-9]{0,18}")
_KEY_ID = re.compile("[0-9a-f]{8}")


class Algorithm(IntEnum):
    """What a key signs, and how: the signature type byte of c2sp.org/signed-note."""

    ED25519 = 0x01
    ED25519_COSIGNATURE = 0x04
    MLDSA44_COSIGNATURE = 0x06


def encode_base64(data: bytes) -> str:
    """RFC 4648 section 4 base64 with padding."""
    return Base64(data).to_text()


def decode_base64(text: str) -> bytes:
    """Read base64 of at least one byte. Raises: Malformed unless `text` is what `encode_base64` writes."""
    data = bytes(Base64.from_text(text))
    if not data:
        raise Malformed("canonical.base64")
    return data


def parse_decimal(text: str) -> int:
    """Read a number from 0 to 2^63-1. Raises: Malformed for a sign, a leading zero, or digits that are not ASCII."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_NUMBER:
        raise Malformed("note.number")
    return int(text)


def to_text(data: bytes | str) -> str:
    """Take UTF-8 without control characters but LF, as notes are. Raises: Malformed when it is not, or too long."""
    try:
        encoded = data.encode("utf-8") if isinstance(data, str) else bytes(data)
        text = encoded.decode("utf-8")
    except UnicodeError as error:
        raise Malformed("note.utf-8") from error
    if len(encoded) > MAX_NOTE:
        raise Malformed("note.length", most=MAX_NOTE, found=len(encoded))
    if _CONTROL.search(text):
        raise Malformed("note.control")
    return text


def check_name(name: str) -> str:
    """Return a key name that is not empty and has no Unicode space, plus sign or control. Raises: Malformed."""
    if not name or "+" in name or any(character.isspace() for character in name):
        raise Malformed("note.key-name")
    return to_text(name)


def check_own_name(name: str) -> str:
    """Return a key name of a key we use: as `check_name`, and at most 255 bytes. Raises: Malformed."""
    if len(check_name(name).encode("utf-8")) > MAX_NAME:
        raise Malformed("note.key-name")
    return name


@dataclass(frozen=True, kw_only=True)
class NoteKey:
    """A public key that signs notes under a name: 32 bytes for Ed25519, 1312 for ML-DSA-44.

    Text form (vkey): name "+" key id in hex "+" base64(algorithm byte || public key).
    """

    name: str
    algorithm: Algorithm
    public: bytes

    def __post_init__(self) -> None:
        check_own_name(self.name)
        if self.algorithm is not Algorithm.MLDSA44_COSIGNATURE:
            check_ed25519_public(self.public)
        elif len(self.public) != MLDSA44_PUBLIC:
            raise Malformed("key.mldsa-length", expected=MLDSA44_PUBLIC, found=len(self.public))

    @cached_property
    def id(self) -> bytes:
        """SHA-256(name || LF || algorithm || public key), its first four bytes."""
        return sha256(self.name.encode("utf-8"), b"\n", bytes((self.algorithm,)), self.public)[:KEY_ID]

    def to_text(self) -> str:
        """Write the vkey. Source: c2sp.org/signed-note, "Verifier keys"."""
        return f"{self.name}+{self.id.hex()}+{encode_base64(bytes((self.algorithm,)) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> NoteKey:
        """Read a vkey.

        Raises: Malformed when it is not exactly one, is of an algorithm that neither our logs nor witnesses use, holds
        a point of small order, or names a key id that is not the key's own.
        """
        fields = text.split("+", 2)
        if len(fields) != 3 or not _KEY_ID.fullmatch(fields[1]):
            raise Malformed("note.key")
        encoded = decode_base64(fields[2])
        try:
            algorithm = Algorithm(encoded[0])
        except ValueError as error:
            raise Malformed("note.key-algorithm", found=encoded[0]) from error
        key = cls(name=fields[0], algorithm=algorithm, public=encoded[1:])
        if key.id.hex() != fields[1]:
            raise Malformed("note.key-id")
        return key

    def verify(self, message: bytes, signature: bytes) -> bytes:
        """Return `message` when the bare signature over it holds. Raises: Invalid, Malformed for an unusable key.

        It does not know what a message should be: `checkpoint` makes the one that each algorithm signs.
        """
        if self.algorithm is Algorithm.MLDSA44_COSIGNATURE:
            return verify_mldsa44(self.public, message, signature)
        return verify_ed25519(self.public, message, signature)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """One signature line of a note; `signature` is all that follows the key id, a time included where there is one."""

    name: str
    key_id: bytes
    signature: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.key_id) != KEY_ID or not self.signature:
            raise Malformed("note.signature-line")

    def to_text(self) -> str:
        """Write the line with its LF."""
        return f"{_DASH}{self.name} {encode_base64(self.key_id + self.signature)}\n"

    @classmethod
    def parse(cls, line: str) -> SignatureLine:
        """Read a line without its LF; verifies form only. Raises: Malformed."""
        name, space, encoded = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not space:
            raise Malformed("note.signature-line")
        data = decode_base64(encoded)
        return cls(name=name, key_id=data[:KEY_ID], signature=data[KEY_ID:])

    def is_by(self, key: NoteKey) -> bool:
        """Whether the line claims to be by `key`: the same name and the same id. It says nothing of the signature."""
        return self.name == key.name and self.key_id == key.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text that ends in LF, and one to a hundred signature lines, none of them verified yet."""

    text: str
    signatures: tuple[SignatureLine, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n"):
            raise Malformed("note.text")
        if not 0 < len(self.signatures) <= MAX_SIGNATURES:
            raise Malformed("note.signature-count", most=MAX_SIGNATURES, found=len(self.signatures))
        to_text(self.to_text())

    def to_text(self) -> str:
        """Write the note: text, empty line, signature lines."""
        return _written(self)

    def encode(self) -> bytes:
        """Write the note in UTF-8."""
        return self.to_text().encode("utf-8")

    @classmethod
    def parse(cls, data: bytes | str) -> Note:
        """Read a note; verifies form only, and no signature.

        Raises: Malformed unless it is UTF-8 without controls, of at most a million bytes, split at its last empty line
        into a text and 1 to 100 signature lines, each exactly as we would write it.
        """
        return _parsed(data if isinstance(data, str) else to_text(data))

    def signature_by(self, key: NoteKey) -> bytes | None:
        """The unverified bytes after the key id in `key`'s line, or None without one.

        Raises: Malformed when the key has two lines, of which readers might each look at another.
        """
        found = [line.signature for line in self.signatures if line.is_by(key)]
        if len(found) > 1:
            raise Malformed("note.repeated-signature")
        return found[0] if found else None

    def with_signatures(self, lines: Iterable[SignatureLine]) -> Note:
        """The same text with `lines` added, each in place of an earlier one by the same name and id."""
        merged = {(line.name, line.key_id): line for line in (*self.signatures, *lines)}
        return Note(text=self.text, signatures=tuple(merged.values()))


@lru_cache(maxsize=8)
def _written(note: Note) -> str:
    """A note as text. The last few are remembered, both ways: all proofs in a file mostly bear one checkpoint."""
    return note.text + "\n" + "".join(line.to_text() for line in note.signatures)


@lru_cache(maxsize=8)
def _parsed(given: str) -> Note:
    whole = to_text(given)
    text, separator, lines = whole.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise Malformed("note.form")
    if lines.count("\n") > MAX_SIGNATURES:
        raise Malformed("note.signature-count", most=MAX_SIGNATURES, found=lines.count("\n"))
    signatures = tuple(SignatureLine.parse(line) for line in lines[:-1].split("\n"))
    note = Note(text=text + "\n", signatures=signatures)
    if note.to_text() != whole:
        raise Malformed("note.form")
    return note
