"""The mark of a folder unpacked from a backup: it is not served before somebody says that the original is stopped.

Two depositaries with one secret that both answer tell two stories, and that convicts their office for ever. So the mark
stands in the folder before anything else of the copy does, says nothing but that until all of it was checked, names
from then on the time of the restore, and goes when the copy begins to serve.
"""

from __future__ import annotations

import os
from pathlib import Path

from parley.canonical import Time
from parley.depositary.blobs import sync_folder
from parley.errors import Malformed, Refused, Unavailable

RESTORED = "restored"
_UNFINISHED = "unfinished\n"


def begin(folder: Path) -> None:
    """Mark a new folder into which a backup is about to be unpacked, durably. Raises: Unavailable."""
    _write(folder, _UNFINISHED)


def finish(folder: Path, now: Time) -> Time:
    """Say in the mark that the copy is whole, and return the time that names this restore, in whole seconds."""
    time = Time(now - now % 1000)
    _write(folder, time.to_text() + "\n")
    return time


def _write(folder: Path, text: str) -> None:
    new = folder / f"{RESTORED}.new"
    try:
        with new.open("w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(folder / RESTORED)
        sync_folder(folder)
    except OSError as error:
        raise Unavailable("depositary.folder") from error


def restored(folder: Path) -> Time | None:
    """When a folder was restored and has not served since; None for one that serves or has served.

    Raises: Unavailable when the restore did not come to its end, or its mark cannot be read.
    """
    try:
        text = (folder / RESTORED).read_text("ascii")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable("depositary.restore-unfinished") from error
    try:
        return Time.from_text(text.removesuffix("\n"))
    except Malformed as error:
        raise Unavailable("depositary.restore-unfinished") from error


def check_original(folder: Path, *, stopped: Time | None) -> None:
    """Let a restored folder be opened only when somebody has said of this very restore that the original is stopped.

    `stopped` is the time of the restore; what was said of an earlier one, in a service's file say, does not count.
    Raises: Refused, and as `restored`.
    """
    time = restored(folder)
    if time is not None and time != stopped:
        raise Refused("depositary.restored", restored=time.to_text())


def unmark(folder: Path) -> None:
    """From here on the folder is the depositary. Raises: Unavailable."""
    try:
        (folder / RESTORED).unlink(missing_ok=True)
        sync_folder(folder)
    except OSError as error:
        raise Unavailable("depositary.folder") from error
