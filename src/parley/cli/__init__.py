"""The command line: one module a group of commands.

Importing this costs nothing; every command imports what it needs.
"""

from __future__ import annotations

import gc
import sys
from types import TracebackType

DEFECT = 70
"""Exit code of a defect in this program (EX_SOFTWARE of sysexits.h), so that it is never taken for a verdict."""


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    sys.excepthook = _defect
    collect_rarely()
    from parley.cli.app import run

    sys.exit(run(sys.argv[1:]))


def collect_rarely() -> None:
    """Look for cycles of garbage only now and then: what we build is large and has none, and a fifth of the time of a
    long command went into looking."""
    gc.set_threshold(50_000, 20, 20)


def _defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An exception nobody foresaw. Python's own exit code for it would be 1, which here means: disproven."""
    import os
    import traceback

    from parley.words import say

    traceback.print_exception(kind, error, trace)
    sys.stderr.write(say("errors.defect", problem=kind.__name__) + "\n")
    sys.stderr.flush()
    os._exit(DEFECT)
