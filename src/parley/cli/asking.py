"""What is typed at a terminal: a slip of the hand is told in one line and asked again; a secret never shows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from parley.errors import Malformed, ParleyError

TRIES = 3
"""So often is one thing asked for, before the command is given up."""

_NO_SLIP = ("home.", "locked.", "root.other-party")
"""What typing something else cannot mend: a file that is damaged, missing or another party's."""


def mendable(error: ParleyError) -> bool:
    """Whether the same person could have typed something better."""
    return not error.code.startswith(_NO_SLIP)


@contextmanager
def unseen() -> Iterator[None]:
    """Keep what is typed off the screen: from before a prompt stands there until the answer was looked at.

    What was typed ahead is kept, not dropped, and does not show either. Where there is no terminal, nothing is done.
    """
    try:
        import termios

        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
    except (ImportError, OSError, ValueError, termios.error):
        yield
        return
    quiet = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(terminal, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def secret_line(prompt: str) -> str:
    """A line that does not show, asked for on stderr. Raises: click.Abort when the person stops; Malformed."""
    import click

    with unseen():
        sys.stderr.write(f"{prompt} ")
        sys.stderr.flush()
        try:
            line = sys.stdin.readline()
        except UnicodeDecodeError as error:
            raise Malformed("passphrase.form") from error
        except KeyboardInterrupt as error:
            raise click.Abort from error
        finally:
            sys.stderr.write("\n")  # the person's own line feed was not shown
            sys.stderr.flush()
    if not line:
        raise click.Abort
    return line.rstrip("\r\n")
