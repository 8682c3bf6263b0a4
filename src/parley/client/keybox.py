"""The key box: the party's secret reading keys, sealed to its officers with `read` and to the recovery sheet.

    key.box = age file of {"body": base64, "signatures": …}, to the recovery identity, then the holders
    body    = {"holders": [{"box": age1pq…, "key": key set id}], "log", "party", "reading": [seeds], "version": 1}

The root signs the body, so that neither the depositary nor an officer whose powers ended can put in another holder.
What is opened is compared with the reading keys in the log: a box that lacks one is an old box.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from parley.age import FILE_KEY, open_small, parse_reading_key, reading_key_text, seal_small
from parley.canonical import Base64, Record, decode, encode
from parley.client.keyring import Secret
from parley.client.root import Root
from parley.crypto import KeySetId, Purpose, ReadingKey, ReadingKeyId, ReadingSecret, Rng, Signatures, VerifyingKey
from parley.errors import Invalid, Malformed, Refused
from parley.sealed_shape import NONCE
from parley.statement import pre_authentication
from parley.terms import PartyId

_TYPE = "application/vnd.parley.key-box.v1+json"


class _Holder(Record, frozen=True):
    box: str
    key: KeySetId


class _Body(Record, frozen=True):
    holders: tuple[_Holder, ...]
    log: str
    party: PartyId
    reading: tuple[Secret, ...]
    version: Literal[1]


class _File(Record, frozen=True):
    body: Base64
    signatures: Signatures


@dataclass(frozen=True, kw_only=True)
class KeyBox:
    """The reading keys of a party, oldest first, and the officers who may open the box."""

    log: str
    party: str
    reading: tuple[ReadingSecret, ...]
    holders: tuple[tuple[KeySetId, ReadingKey], ...]

    def __repr__(self) -> str:
        return f"KeyBox({self.party}, {len(self.reading)} keys, {len(self.holders)} holders)"

    def secret(self, key: ReadingKeyId) -> ReadingSecret:
        """The secret of a reading key. Raises: Refused("keybox.no-such-key")."""
        for each in self.reading:
            if each.public.id == key:
                return each
        raise Refused("keybox.no-such-key")

    def holds(self, officer: KeySetId) -> bool:
        return any(key == officer for key, _ in self.holders)

    def with_holder(self, officer: KeySetId, box: ReadingKey) -> KeyBox:
        """The same box with one officer more, or with this officer's box key replaced."""
        others = tuple(each for each in self.holders if each[0] != officer)
        return replace(self, holders=(*others, (officer, box)))

    def without_holder(self, officer: KeySetId) -> KeyBox:
        return replace(self, holders=tuple(each for each in self.holders if each[0] != officer))

    def with_reading(self, secret: ReadingSecret) -> KeyBox:
        return replace(self, reading=(*self.reading, secret))

    def seal(self, root: Root, rng: Rng) -> bytes:
        """The box as an age file, signed by the root."""
        body = encode(
            _Body(
                holders=tuple(_Holder(box=reading_key_text(box), key=key) for key, box in self.holders),
                log=self.log,
                party=self.party,
                reading=tuple(Secret(secret.seed) for secret in self.reading),
                version=1,
            )
        )
        signatures = root.signing.sign(Purpose.ACT, pre_authentication(_TYPE, body))
        plain = encode(_File(body=Base64(body), signatures=signatures))
        readers = [root.recovery.public, *(box for _, box in self.holders)]
        return seal_small(rng(FILE_KEY), rng(NONCE), plain, readers)


def open_box(data: bytes, secret: ReadingSecret, *, root: VerifyingKey, log: str, party: str) -> KeyBox:
    """Open a box by an officer's box secret, or by the recovery identity.

    Verifies that the root of the party signed it for this log. Raises: Refused("keybox.not-for-us") when it is not
    sealed to this reader, Malformed, Invalid.
    """
    try:
        plain = open_small(data, secret)
    except Invalid as error:
        if error.code == "age.not-for-this-key":
            raise Refused("keybox.not-for-us") from error
        raise
    file = decode(plain, _File)
    root.verify(Purpose.ACT, pre_authentication(_TYPE, file.body), file.signatures)
    body = decode(file.body, _Body)
    if (body.log, body.party) != (log, party):
        raise Invalid("keybox.other-party")
    if not body.reading:
        raise Malformed("keybox.empty")
    return KeyBox(
        log=body.log,
        party=body.party,
        reading=tuple(ReadingSecret(seed) for seed in body.reading),
        holders=tuple((each.key, parse_reading_key(each.box)) for each in body.holders),
    )


def check_against(box: KeyBox, enrolled: Iterable[ReadingKeyId]) -> KeyBox:
    """Return the box when it holds every reading key that the party ever enrolled.

    It may hold one more: a box is stored before its new key is enrolled. Raises: Refused("keybox.behind").
    """
    held = {secret.public.id for secret in box.reading}
    if not set(enrolled) <= held:
        raise Refused("keybox.behind")
    return box
