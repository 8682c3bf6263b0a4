"""A sign of life for anything over a second: on stderr, on a terminal, and gone when it is done."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from parley.cli.session import Session

PATIENCE = 1.0
STEP = 0.2
_SIGNS = "-\\|/"


@contextmanager
def working(session: Session, what: str) -> Iterator[None]:
    """Show `what` with a turning sign as long as the block runs, from the first second on."""
    if session.plain or session.json or not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_turn, args=(what, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _turn(what: str, done: threading.Event) -> None:
    if done.wait(PATIENCE):
        return
    place = 0
    while not done.is_set():
        sys.stderr.write(f"\r{_SIGNS[place % len(_SIGNS)]} {what} ")
        sys.stderr.flush()
        place += 1
        done.wait(STEP)
    sys.stderr.write("\r" + " " * (len(what) + 3) + "\r")
    sys.stderr.flush()
