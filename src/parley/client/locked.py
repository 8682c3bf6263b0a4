"""A small secret in a file, locked under a passphrase: Argon2id (RFC 9106), then ChaCha20-Poly1305 (RFC 8439).

A sum over the whole file stands in it, so that damage is told from a wrong passphrase: a file that was cut short or
changed is Malformed whatever is typed, and one that is whole and does not open is Refused. The sum says nothing about
what is inside; whoever changes the file on purpose can mend the sum, and then the cipher refuses.
"""

from __future__ import annotations

import unicodedata

from parley.canonical import Base64, Record, decode, encode
from parley.crypto import Cipher, Digest, Rng, stretch_passphrase, tagged
from parley.errors import Invalid, Malformed, Refused

SALT, NONCE = 16, 12
LONGEST_PASSPHRASE = 1024


class _Locked(Record, frozen=True):
    kind: str
    nonce: Base64
    salt: Base64
    sealed: Base64


class _File(Record, frozen=True):
    locked: _Locked
    sum: Digest


def _sum(locked: _Locked) -> Digest:
    return tagged("parley/locked/v1", encode(locked))


def _cipher(passphrase: str, salt: bytes) -> Cipher:
    # One spelling for one passphrase, whatever keyboard or system wrote it.
    text = unicodedata.normalize("NFC", passphrase)
    if not text:
        raise Refused("passphrase.empty")
    if len(text) > LONGEST_PASSPHRASE:
        raise Refused("passphrase.long", most=LONGEST_PASSPHRASE)
    try:
        return Cipher(stretch_passphrase(text, salt=salt))
    except UnicodeEncodeError as error:
        raise Malformed("passphrase.form") from error


def lock(kind: str, secret: bytes, passphrase: str, rng: Rng) -> bytes:
    """The file that holds `secret` under a passphrase; `kind` is bound to it. Raises: Refused, Malformed."""
    salt, nonce = rng(SALT), rng(NONCE)
    sealed = _cipher(passphrase, salt).encrypt(nonce, secret, associated=kind.encode("ascii"))
    locked = _Locked(kind=kind, nonce=Base64(nonce), salt=Base64(salt), sealed=Base64(sealed))
    return encode(_File(locked=locked, sum=_sum(locked))) + b"\n"


def unlock(kind: str, data: bytes, passphrase: str) -> bytes:
    """Return the secret in a file that `lock` wrote.

    Raises: Malformed("locked.damaged", kind) when a bit differs or bytes are missing, Malformed("locked.kind") for a
    file of another kind, Refused("passphrase.wrong", kind).
    """
    locked = _read(kind, data)
    if locked.kind != kind:
        raise Malformed("locked.kind", expected=kind)
    try:
        return _cipher(passphrase, locked.salt).decrypt(locked.nonce, locked.sealed, associated=kind.encode("ascii"))
    except Invalid as error:
        raise Refused("passphrase.wrong", kind=kind) from error


def _read(kind: str, data: bytes) -> _Locked:
    try:
        if not data.endswith(b"\n"):
            raise Malformed("canonical.json")
        file = decode(data[:-1], _File)
    except Malformed as error:
        raise Malformed("locked.damaged", kind=kind) from error
    if _sum(file.locked) != file.sum or len(file.locked.salt) != SALT or len(file.locked.nonce) != NONCE:
        raise Malformed("locked.damaged", kind=kind)
    return file.locked
