"""The depositary's secret: one file of 32 random bytes, from which its act keys and its log keys are derived."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from parley.crypto import SigningKey
from parley.errors import Malformed, Refused, Unavailable

_LINE = re.compile(rb"parley\.depositary-secret/v1 ([0-9a-f]{64})\n")
_OTHERS = 0o077


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a depositary signs with: acts and refusals with `act`, checkpoints and nothing else with `log`."""

    act: SigningKey
    log: SigningKey

    @classmethod
    def from_secret(cls, secret: bytes) -> Keys:
        """Derive both key sets from 32 bytes."""
        return cls(
            act=SigningKey.from_secret(secret, info="depositary-act"),
            log=SigningKey.from_secret(secret, info="depositary-log"),
        )


def write_secret(path: Path, secret: bytes) -> None:
    """Write a new secret file that only its owner may read. Raises: Unavailable when it cannot, or there is one."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(b"parley.depositary-secret/v1 %s\n" % secret.hex().encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Unavailable("secret.not-written") from error


def read_secret(path: Path) -> bytes:
    """Read the secret. Raises: Unavailable when there is none, Refused when others may read it, Malformed."""
    try:
        if path.stat().st_mode & _OTHERS:
            raise Refused("secret.open-to-others")
        data = path.read_bytes()
    except OSError as error:
        raise Unavailable("secret.missing") from error
    match = _LINE.fullmatch(data)
    if match is None:
        raise Malformed("secret.form")
    return bytes.fromhex(match[1].decode("ascii"))
