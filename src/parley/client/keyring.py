"""The keyring: an officer's own secrets. The party's reading keys are not in it: `box` opens the key box that is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from parley.canonical import Hex, Record, decode, encode
from parley.client.home import KEYRING, Home
from parley.client.locked import lock, unlock
from parley.crypto import ReadingSecret, Rng, SigningKey

KIND = "parley-keyring"


class Secret(Hex, size=32):
    """Thirty-two random bytes. Its text never stands in an error, a log, or a `repr`."""

    def __repr__(self) -> str:
        return "Secret(…)"


class _Contents(Record, frozen=True):
    box: Secret
    signing: Secret
    version: Literal[1]


@dataclass(frozen=True)
class Keyring:
    """One officer's signing secret, and the secret that opens what is sealed to this officer alone."""

    signing_secret: Secret
    box_secret: Secret

    @classmethod
    def new(cls, rng: Rng) -> Keyring:
        return cls(signing_secret=Secret(rng(32)), box_secret=Secret(rng(32)))

    @cached_property
    def signing(self) -> SigningKey:
        return SigningKey.from_secret(self.signing_secret, info="officer")

    @cached_property
    def box(self) -> ReadingSecret:
        return ReadingSecret(self.box_secret)

    def __repr__(self) -> str:
        return "Keyring(…)"

    def lock(self, passphrase: str, rng: Rng) -> bytes:
        """The keyring file. Raises: Refused for an empty passphrase."""
        contents = _Contents(box=self.box_secret, signing=self.signing_secret, version=1)
        return lock(KIND, encode(contents), passphrase, rng)

    @classmethod
    def unlock(cls, data: bytes, passphrase: str) -> Keyring:
        """Raises: Malformed("locked.damaged") for a file cut short or altered, Refused("passphrase.wrong")."""
        contents = decode(unlock(KIND, data, passphrase), _Contents)
        return cls(signing_secret=contents.signing, box_secret=contents.box)


def check_passphrase(folder: Path, passphrase: str) -> None:
    """Raises: as `Keyring.unlock`, unless the passphrase opens the keyring of a home, or there is none to open."""
    home = Home(folder)
    if home.has(KEYRING):
        Keyring.unlock(home.read(KEYRING), passphrase)
