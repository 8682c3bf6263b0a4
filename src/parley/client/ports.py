"""What the client takes from outside: a clock, randomness, and a way to the depositary. Tests put their own here."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from parley.canonical import Time
from parley.crypto import Rng

Clock = Callable[[], Time]
LONGEST_BODY = 64 * 1024 * 1024
"""Bytes of an answer's body at most: more than the largest page, tile or piece of a sealed part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer of the depositary: status, headers by lowercase name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """Carries one request and brings its answer, whatever the status."""

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        """`target` is the path with its query. Raises: Unavailable when no whole answer came."""
        ...

    def close(self) -> None: ...


def system_clock() -> Time:
    """The machine's time, UTC milliseconds."""
    return Time(time.time_ns() // 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """`transport` None: the address in the home, over HTTP. `pause` waits some seconds for the depositary."""

    clock: Clock = system_clock
    rng: Rng = field(default=secrets.token_bytes)
    transport: Transport | None = None
    pause: Callable[[float], None] = time.sleep
