"""Alarms: what must not happen at an honest depositary. The proof is written down before anybody is told.

Each is an Invalid whose code begins with "alarm."; nothing is signed while the newest is not answered by a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from parley.canonical import Base64, Record, Time, decode, encode
from parley.client.home import ALARMS, Home
from parley.client.views import AlarmView
from parley.crypto import sha256
from parley.errors import Detail, Invalid


class Proof(Record, frozen=True):
    """What was seen: the code with its details, and the bytes that show it, by what they are."""

    code: str
    details: dict[str, str | int]
    seen: Time
    parts: dict[str, Base64]


def sound(home: Home, code: str, *, now: Time, parts: Mapping[str, bytes], **details: Detail) -> NoReturn:
    """Keep the proof in the home, then raise Invalid("alarm.<code>")."""
    proof = Proof(
        code=f"alarm.{code}",
        details=dict(details),
        seen=now,
        parts={name: Base64(data) for name, data in parts.items()},
    )
    # The same alarm again is the same file, with the time it was first heard; what we held grows meanwhile.
    served = {name: data for name, data in proof.parts.items() if name != "held"}
    name = f"{code}-{sha256(encode([proof.code, proof.details, served])).hex()[:8]}.json"
    if not home.has(ALARMS, name):
        home.write(encode(proof) + b"\n", ALARMS, name)
    raise Invalid(f"alarm.{code}", proof=name, **details)


def heard(home: Home) -> tuple[AlarmView, ...]:
    """All alarms ever sounded in a home, newest first."""
    found = []
    for path in home.path(ALARMS).glob("[!.]*.json"):
        found.append(_view(home, path))
    return tuple(sorted(found, key=lambda alarm: alarm.time, reverse=True))


def _view(home: Home, path: Path) -> AlarmView:
    proof = decode(home.read(ALARMS, path.name)[:-1], Proof)
    return AlarmView(code=proof.code, time=proof.seen, details=tuple(sorted(proof.details.items())), proof=path)
