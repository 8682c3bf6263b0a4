"""Alarms: what must not happen at an honest depositary. The proof is written down before anybody is told.

Each is an Invalid whose code begins with "alarm."; nothing is signed while one is not answered by a person. An answer
lies beside its proof and says when; the proof stays. What is heard again after an answer is a new alarm.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from parley.canonical import Base64, Record, Time, decode, encode
from parley.client.home import ALARMS, Home
from parley.client.views import AlarmView
from parley.crypto import Digest, sha256
from parley.errors import Detail, Invalid, Malformed, Refused

_DIGITS = 8


class Proof(Record, frozen=True):
    """What was seen: the code with its details, and the bytes that show it, by what they are."""

    code: str
    details: dict[str, str | int]
    seen: Time
    parts: dict[str, Base64]


class Answer(Record, frozen=True):
    """That a person looked at a proof and answered for going on: which bytes, and when."""

    proof: Digest
    time: Time


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
    stem = f"{code}-{sha256(encode([proof.code, proof.details, served])).hex()[:_DIGITS]}"
    name, heard_before = f"{stem}.json", 1
    while home.has(ALARMS, name) and _answered(home, name) is not None:
        heard_before += 1
        name = f"{stem}-{heard_before}.json"
    if not home.has(ALARMS, name):
        home.write(encode(proof) + b"\n", ALARMS, name)
    raise Invalid(f"alarm.{code}", proof=name, **details)


def heard(home: Home) -> tuple[AlarmView, ...]:
    """All alarms ever sounded in a home: those that nobody answered first, and of these the newest."""
    found = []
    for path in home.path(ALARMS).glob("[!.]*.json"):
        found.append(_view(home, path))
    return tuple(sorted(found, key=lambda alarm: (alarm.answered is None, alarm.time, alarm.proof.name), reverse=True))


def check_answered(home: Home) -> None:
    """Raises: Refused("signing.stopped") while an alarm is not answered, with the newest such alarm's code and time."""
    for alarm in heard(home):
        if alarm.answered is None:
            raise Refused("signing.stopped", problem=alarm.code, time=alarm.time.to_text())


def answer(home: Home, alarm: AlarmView, *, now: Time) -> AlarmView:
    """Write down that a person has answered an alarm. The first answer stands."""
    name = alarm.proof.name
    if _answered(home, name) is None:
        kept = Answer(proof=sha256(home.read(ALARMS, name)), time=now)
        home.write(encode(kept) + b"\n", ALARMS, _answer_name(name))
    return _view(home, home.path(ALARMS, name))


def _answer_name(proof: str) -> str:
    return f"{proof.removesuffix('.json')}.answer"


def _answered(home: Home, proof: str) -> Time | None:
    """When exactly this proof was answered. A damaged answer, or one to other bytes, is none."""
    name = _answer_name(proof)
    if not home.has(ALARMS, name):
        return None
    try:
        kept = decode(home.read(ALARMS, name)[:-1], Answer)
    except Malformed:
        return None
    return kept.time if kept.proof == sha256(home.read(ALARMS, proof)) else None


def _view(home: Home, path: Path) -> AlarmView:
    proof = decode(home.read(ALARMS, path.name)[:-1], Proof)
    return AlarmView(
        code=proof.code,
        time=proof.seen,
        details=tuple(sorted(proof.details.items())),
        proof=path,
        digits=path.stem.removeprefix(f"{proof.code.removeprefix('alarm.')}-")[:_DIGITS],
        answered=_answered(home, path.name),
    )
