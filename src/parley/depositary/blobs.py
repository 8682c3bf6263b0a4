"""Sealed parts in a folder, each under its SHA-256; uploads beside them until they are whole.

    sealed/ab/ab12…      a part held in full, never changed
    partial/ru-ab12…     what party ru has brought of a part so far

A part is written to its partial file, synced, renamed into place, and the folder synced: after a crash a part is there
whole or not at all. A partial file after a power failure may hold anything; its digest is checked when it is whole.
"""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from parley.canonical import Time
from parley.crypto import Digest, Sha256
from parley.depositary.store import Blobs
from parley.errors import Malformed, Refused, Unavailable

PIECE = 1 << 20
"""Bytes read at a time."""


@contextmanager
def _ours() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise Unavailable("blobs.missing") from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise Unavailable("blobs.disk-full" if full else "blobs.disk") from error


def sync_folder(path: Path) -> None:
    """Make a folder's names durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(file: BinaryIO) -> Digest:
    state = Sha256()
    while piece := file.read(PIECE):
        state.update(piece)
    return state.digest()


class FolderBlobs(Blobs):
    """Sealed parts under the folder `root`, made when it is missing."""

    def __init__(self, root: Path) -> None:
        self._sealed, self._partial = root / "sealed", root / "partial"
        self._lock = threading.Lock()
        with _ours():
            self._sealed.mkdir(parents=True, exist_ok=True)
            self._partial.mkdir(parents=True, exist_ok=True)

    def path(self, digest: Digest) -> Path:
        name = digest.hex()
        return self._sealed / name[:2] / name

    def _upload(self, digest: Digest, party: str) -> Path:
        return self._partial / f"{party}-{digest.hex()}"

    def length(self, digest: Digest) -> int | None:
        try:
            return self.path(digest).stat().st_size
        except FileNotFoundError:
            return None

    def offset(self, digest: Digest, party: str) -> int:
        try:
            return self._upload(digest, party).stat().st_size
        except FileNotFoundError:
            return 0

    def write(self, digest: Digest, party: str, offset: int, piece: bytes) -> int:
        with self._lock, _ours(), self._upload(digest, party).open("ab") as file:
            end = file.seek(0, os.SEEK_END)
            if offset != end:
                raise Refused("upload.offset", offset=end)
            file.write(piece)
            return end + len(piece)

    def finish(self, digest: Digest, party: str) -> int:
        upload, target = self._upload(digest, party), self.path(digest)
        with _ours():
            length = self._check(upload, digest)
            new = not target.parent.exists()
            target.parent.mkdir(exist_ok=True)
            upload.replace(target)  # over the same bytes, when another party had brought them
            sync_folder(target.parent)
            if new:
                sync_folder(self._sealed)
        return length

    def _check(self, upload: Path, digest: Digest) -> int:
        with upload.open("rb") as file:
            if _digest(file) != digest:
                upload.unlink()
                raise Malformed("upload.digest")
            os.fsync(file.fileno())
            return file.tell()

    def uploads(self) -> list[tuple[str, Digest, int]]:
        found = []
        with self._lock, _ours():
            for path in sorted(self._partial.iterdir()):
                party, name = path.name.rsplit("-", 1)
                found.append((party, Digest.from_text(name), path.stat().st_size))
        return found

    def free(self) -> int:
        with _ours():
            return shutil.disk_usage(self._partial).free

    def whole(self) -> list[tuple[Digest, str]]:
        found = []
        for party, digest, _ in self.uploads():
            with _ours(), self._upload(digest, party).open("rb") as file:
                if _digest(file) == digest:
                    found.append((digest, party))
        return found

    def read(self, digest: Digest, start: int, stop: int) -> Iterator[bytes]:
        with _ours(), self.path(digest).open("rb") as file:
            file.seek(start)
            while start < stop and (piece := file.read(min(PIECE, stop - start))):
                start += len(piece)
                yield piece

    def delete(self, digest: Digest) -> None:
        with _ours():
            self.path(digest).unlink(missing_ok=True)

    def all(self) -> Iterator[Digest]:
        with _ours():
            names = sorted(path.name for path in self._sealed.glob("*/*"))
        return (Digest.from_text(name) for name in names)

    def sweep(self, before: Time) -> int:
        swept = 0
        with self._lock, _ours():
            for path in list(self._partial.iterdir()):
                if path.stat().st_mtime_ns // 1_000_000 < before:
                    path.unlink()
                    swept += 1
        return swept
