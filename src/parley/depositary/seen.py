"""The requests seen lately, in a file: what was served once is not served again after a restart either.

A request counts as seen when its line is on the disk, which is before anything is looked up for it. The file grows
while it is written and is written anew, with what still counts, at a start and whenever most of it is old.
"""

from __future__ import annotations

import errno
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parley.canonical import Time
from parley.crypto import KeySetId, Nonce
from parley.depositary.blobs import sync_folder
from parley.errors import Unavailable
from parley.request import Mark, Requester, Window

_MARK = struct.Struct(">Q32s16s")
_LEAST = 4096  # marks that the file may hold before it is worth writing anew


@contextmanager
def _ours() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise Unavailable("store.disk-full" if full else "store.disk") from error


class Seen:
    """A `Window` that any thread may ask; with a path it outlives the process."""

    def __init__(self, path: Path | None = None, *, now: Time | None = None) -> None:
        """Take in what still counts `now` of the file at `path`. Raises: Unavailable when it fails."""
        self._path, self._window = path, Window()
        self._lock, self._syncing = threading.Lock(), threading.Lock()
        self._file = -1
        self._written = self._synced = 0  # marks in the file, and how many of them are known to be on the disk
        if path is not None:
            with _ours():
                self._window.recall(_read(path), now=now or Time(0))
                self._write_anew(path)

    def admit(self, requester: Requester, *, now: Time) -> Requester:
        """Return the requester when its key has not used the nonce, also before a restart.

        Raises: Refused when it has; Unavailable when that it was used now cannot be made durable.
        """
        with self._lock:
            self._window.admit(requester, now=now)
            if self._path is None:
                return requester
            with _ours():
                if self._written >= _LEAST and self._written > 2 * len(self._window):
                    self._write_anew(self._path)
                else:
                    self._add(_MARK.pack(int(now) // 1000, requester.key, requester.nonce))
            file, number = self._file, self._written
        self._sync(file, number)
        return requester

    def close(self) -> None:
        """Let go of the file."""
        with self._lock, self._syncing:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def _add(self, mark: bytes) -> None:
        try:
            if os.write(self._file, mark) != len(mark):
                raise OSError(errno.ENOSPC, "short write")
        except OSError:
            os.ftruncate(self._file, self._written * _MARK.size)  # half a mark would shift all that follow
            raise
        self._written += 1

    def _sync(self, file: int, number: int) -> None:
        """Wait until the first `number` marks are on the disk; one turn serves all that wait meanwhile."""
        with self._syncing, _ours():
            if self._file == file and self._synced < number:
                reached = self._written
                os.fdatasync(file)
                self._synced = reached

    def _write_anew(self, path: Path) -> None:
        marks = self._window.marks()
        new = path.with_name(path.name + ".new")
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            with open(file, "wb", closefd=False) as out:
                out.write(b"".join(_MARK.pack(*mark) for mark in marks))
            os.fsync(file)
            new.replace(path)
            sync_folder(path.parent)
        except OSError:
            os.close(file)
            raise
        with self._syncing:
            if self._file >= 0:
                os.close(self._file)
            self._file, self._written, self._synced = file, len(marks), len(marks)


def _read(path: Path) -> Iterator[Mark]:
    """The marks in a file; the last one, when a crash left only a part of it, was never answered."""
    data = path.read_bytes() if path.exists() else b""
    for place in range(0, len(data) - _MARK.size + 1, _MARK.size):
        seconds, key, nonce = _MARK.unpack_from(data, place)
        yield seconds, KeySetId(key), Nonce(nonce)
