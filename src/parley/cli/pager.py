"""A long text, page by page, without a file in between: what was sealed is shown and not written down."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from parley.cli.session import Session


def page(session: Session, lines: Sequence[str]) -> None:
    """Show lines through `less` where somebody looks at a screen and they do not fit; else print them.

    `less` gets the text by a pipe and runs in its secure mode: no history, no log, no shell, no editor.
    """
    height = shutil.get_terminal_size((100, 24)).lines
    program = shutil.which("less")
    if not (sys.stdout.isatty() and sys.stdin.isatty()) or session.plain or len(lines) < height or program is None:
        session.data(list(lines))
        return
    settings = {"LESSSECURE": "1", "LESSHISTFILE": "-", "LESS": "-FX", "LESSOPEN": "", "LESSCLOSE": ""}
    environment = {**os.environ, **settings}
    environment.pop("PARLEY_PASSPHRASE", None)
    text = "".join(f"{line}\n" for line in lines)
    # S603: the program is `less` from the search path, with no argument that comes from anywhere else.
    with subprocess.Popen([program], stdin=subprocess.PIPE, env=environment) as running:  # noqa: S603
        try:
            running.communicate(text.encode("utf-8"))
        except BrokenPipeError:
            return  # the reader has seen enough
