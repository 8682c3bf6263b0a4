"""The index of a large escrow, made by a second process of ours while this one makes the other trees.

The child is our own Python, isolated (-I). It is given by pipe what the index is made from, the seed among it, keeps
nothing, and answers with the index. Whoever cannot have such a child makes the index alone: it comes out the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import IO

from parley.measures.range_building import Built, Keyed, build_index, here

LARGE = 1 << 16
"""Slots from which on a second process is worth its start: a tenth of a second."""
_PROGRAM = """
import gc, sys
from parley.measures.range_building import Keyed, build_index
gc.disable()  # what it builds is large and has no cycles
for piece in build_index(Keyed.from_bytes(sys.stdin.buffer.read())).pieces():
    sys.stdout.buffer.write(piece)
"""


def beside(given: Keyed) -> Callable[[], Built]:
    """Begin an index in a second process where that is quicker, and return what waits for it.

    What comes back is believed as far as its length goes: the child is this program, run by who runs this one.
    """
    if given.secrets.slots < LARGE or _cores() < 2:
        return here(given)
    command = [sys.executable, "-I", "-c", _PROGRAM]
    try:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and module; what it is given goes by pipe
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd=os.sep
        )
    except OSError:
        return here(given)
    try:
        with _pipe(child.stdin) as pipe:
            pipe.write(given.to_bytes())
    except OSError:  # it has ended, which shows when its answer is read
        pass
    return lambda: _answer(child, given)


def _answer(child: subprocess.Popen[bytes], given: Keyed) -> Built:
    with child:
        try:
            return Built.read(_pipe(child.stdout).read, given.secrets.slots)
        except ValueError:  # it was killed, for want of memory or by somebody
            pass
    return build_index(given)


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise ValueError  # never: both were asked for
    return end


def _cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
