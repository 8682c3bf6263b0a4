"""The root of a party: one secret of 32 bytes, kept apart from the daily keyring, and printed once on a sheet.

    root signing key    = SigningKey.from_secret(seed, info="root")
    recovery identity   = HKDF-SHA-256(ikm seed, salt "", info "parley/recovery/v1", 32 bytes) as an age identity seed
    sheet               = Crockford base32 of seed (32) || first 3 bytes of SHA-256("parley/sheet/v1" LF seed):
                          56 letters, fourteen groups of four

Who holds the sheet holds the party: enrolment, full powers, and every paper ever sealed to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from parley.canonical import Record, decode, encode
from parley.client.keyring import Secret
from parley.client.locked import lock, unlock
from parley.crypto import ReadingSecret, Rng, SigningKey, hkdf, tagged
from parley.errors import Malformed
from parley.terms import PartyId

KIND = "parley-root"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, GROUP = 14, 4
_CHECK = 3
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


class _Contents(Record, frozen=True):
    party: PartyId
    seed: Secret
    version: Literal[1]


@dataclass(frozen=True)
class Root:
    """The root, opened. Keep it no longer than one act needs it."""

    seed: Secret

    @classmethod
    def new(cls, rng: Rng) -> Root:
        return cls(seed=Secret(rng(32)))

    @cached_property
    def signing(self) -> SigningKey:
        return SigningKey.from_secret(self.seed, info="root")

    @cached_property
    def recovery(self) -> ReadingSecret:
        """Opens the key box of its party, always."""
        return ReadingSecret(hkdf(self.seed, salt=b"", info=b"parley/recovery/v1", length=32))

    def __repr__(self) -> str:
        return "Root(…)"

    # --- the file on a stick ------------------------------------------------------------------------------------

    def lock(self, party: str, passphrase: str, rng: Rng) -> bytes:
        """The root file. Raises: Refused for an empty passphrase."""
        return lock(KIND, encode(_Contents(party=party, seed=self.seed, version=1)), passphrase, rng)

    @classmethod
    def unlock(cls, data: bytes, passphrase: str) -> tuple[Root, str]:
        """The root, and the party it is of. Raises: Malformed("locked.damaged"), Refused("passphrase.wrong")."""
        contents = decode(unlock(KIND, data, passphrase), _Contents)
        return cls(seed=contents.seed), contents.party

    # --- the sheet on paper -------------------------------------------------------------------------------------

    def groups(self) -> tuple[str, ...]:
        """The secret as it is printed: fourteen groups of four."""
        number = int.from_bytes(self.seed + _check(self.seed), "big")
        text = "".join(LETTERS[number >> 5 * place & 31] for place in range(GROUPS * GROUP - 1, -1, -1))
        return tuple(text[place : place + GROUP] for place in range(0, len(text), GROUP))

    @classmethod
    def from_groups(cls, typed: str) -> Root:
        """Read the secret as a person types it: spaces, dashes, case do not count; O is 0, I and L are 1.

        Raises: Malformed("sheet.letter", place), Malformed("sheet.length"), Malformed("sheet.checksum"); no error
        holds what was typed.
        """
        text = re.sub(r"[\s·–—-]", "", typed).upper().translate(_READ_AS)
        number = 0
        for place, letter in enumerate(text):
            value = LETTERS.find(letter)
            if value < 0:
                raise Malformed("sheet.letter", group=place // GROUP + 1, place=place % GROUP + 1)
            number = number << 5 | value
        if len(text) != GROUPS * GROUP:
            raise Malformed("sheet.length", expected=GROUPS * GROUP, found=len(text))
        data = number.to_bytes(32 + _CHECK, "big")
        if _check(data[:32]) != data[32:]:
            raise Malformed("sheet.checksum")
        return cls(seed=Secret(data[:32]))


def _check(seed: bytes) -> bytes:
    return tagged("parley/sheet/v1", seed)[:_CHECK]
