"""Against a clock that jumps: log time never goes back, so what is entered under a wrong clock cannot be undone.

While the server runs, the machine's clock is compared with a second one that nobody sets; at a start, with the last
entry, and with the time at which the depositary last ran. Neither is asked of a clock that a test turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from parley.canonical import Time
from parley.depositary.journal import Now
from parley.errors import Malformed, Refused, Unavailable

LARGEST_JUMP = 60_000
"""Milliseconds by which the two clocks may drift apart between two looks, which are a minute apart at most."""

LONGEST_ABSENCE = 7 * 24 * 3600 * 1000
"""Milliseconds that may have passed since the depositary last ran: after more its clock is to be looked at first."""

_KEEP_EVERY = 3600 * 1000
_DAY = 24 * 3600 * 1000


def elapsed() -> int:
    """Milliseconds of a clock that is never set, and goes on while the machine sleeps where the system has such."""
    which = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(which) // 1_000_000


class Watch:
    """The clock under which acts are entered; it keeps in the file at `path` that it was right."""

    def __init__(self, now: Now, path: Path, *, elapsed: Callable[[], int] = elapsed) -> None:
        self._now, self._elapsed, self._path = now, elapsed, path
        self._seen, self._at = now(), elapsed()
        self._kept = Time(0)
        self._keep(self._seen)

    def __call__(self) -> Time:
        """The time. Raises: Unavailable when the clock has jumped, and until it is back where it should be."""
        now, at = self._now(), self._elapsed()
        jump = (now - self._seen) - (at - self._at)
        if abs(jump) > LARGEST_JUMP:
            raise Unavailable("clock.jumped", seconds=jump // 1000)
        self._seen, self._at = now, at
        if now - self._kept >= _KEEP_EVERY:
            self._keep(now)
        return now

    def _keep(self, now: Time) -> None:
        with suppress(OSError):  # a full disk does not make the clock wrong: the last entry is compared as well
            new = self._path.with_name(self._path.name + ".new")
            new.write_text(now.to_text() + "\n", "ascii")
            new.replace(self._path)
            self._kept = now


def check_start(now: Time, *, last_entry: Time, path: Path) -> Time:
    """Return `now` when a depositary may well be started at that time.

    Raises: Refused when it lies before the last entry or the time kept at `path`, or long after the later of the two.
    """
    last = max(last_entry, _kept(path))
    if now < last - LARGEST_JUMP:
        raise Refused("clock.behind-last", last=last.to_text(), found=now.to_text())
    if now > last + LONGEST_ABSENCE:
        raise Refused("clock.long-after-last", last=last.to_text(), found=now.to_text(), days=(now - last) // _DAY)
    return now


def _kept(path: Path) -> Time:
    try:
        return Time.from_text(path.read_text("ascii").strip())
    except (OSError, UnicodeDecodeError, Malformed):
        return Time(0)
