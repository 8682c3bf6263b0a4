"""Backup and restore: one tar file with everything, taken while the depositary goes on serving.

The entries are copied first, at one moment; then the sealed parts. A part stands on the disk before an act that names
it is admitted, and is never changed, so every part that the copied acts name is in the file. The file holds the
secret and is readable by its owner alone.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parley.crypto import Digest
from parley.depositary import office
from parley.depositary.blobs import FolderBlobs, sync_folder
from parley.depositary.journal import Now
from parley.depositary.ledger import View
from parley.depositary.restored import begin, finish
from parley.depositary.sealed import parts
from parley.errors import Malformed, ParleyError, Unavailable

_FILES = (office.SECRET, office.RULES, office.ENTRIES)


@contextmanager
def _ours(code: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(code) from error


def backup(folder: Path, out: Path, *, now: Now = office.clock) -> View:
    """Write a backup of `folder` into a new file `out`, durably; returns the state that it holds.

    The server may be running. Raises: Unavailable when the file cannot be written or is there already, and as
    `office.open` for a folder that is none or does not check.
    """
    time = now()
    with _ours("backup.not-written"), tempfile.TemporaryDirectory(dir=out.absolute().parent) as scratch:
        store = office.store_of(folder)
        try:
            store.copy_to(Path(scratch) / office.ENTRIES)
        finally:
            store.close()
        for name in (office.SECRET, office.RULES):
            shutil.copy2(folder / name, Path(scratch) / name)
        view = office.newest(Path(scratch))  # a backup that would not start is none
        _write(folder, Path(scratch), out)
        (folder / office.LAST_BACKUP).write_text(time.to_text() + "\n", "ascii")
    return view


def _write(folder: Path, scratch: Path, out: Path) -> None:
    partial = scratch / "backup.tar"
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name in _FILES:
                tar.add(scratch / name, name)
            blobs = FolderBlobs(folder)
            for digest in blobs.all():
                _add(tar, blobs.path(digest), digest)
        file.flush()
        os.fsync(file.fileno())
    os.link(partial, out)  # unlike a rename it refuses to replace a file
    sync_folder(out.absolute().parent)


def _add(tar: tarfile.TarFile, path: Path, digest: Digest) -> None:
    try:
        tar.add(path, f"sealed/{digest.hex()}")
    except FileNotFoundError:  # swept since it was listed: no act names it
        return


def restore(file: Path, folder: Path, *, now: Now = office.clock) -> View:
    """Unpack a backup into a new folder and check it as at a start, every sealed part with it; returns its state.

    Only one of the two copies may ever be served: the folder is marked as restored (see `restored`). When parties have
    seen more than the backup holds, their programs will say so, and they are right: what was answered after the backup
    is lost with its original.
    Raises: Malformed for a file that is no backup, Refused when the folder holds something, Unavailable.
    """
    office.new_folder(folder)
    try:
        begin(folder)
        view = _unpacked(file, folder)
        finish(folder, now())
        return view
    except ParleyError:
        shutil.rmtree(folder, ignore_errors=True)  # it was empty or not there: half a depositary is worse than none
        raise


def _unpacked(file: Path, folder: Path) -> View:
    try:
        with _ours("backup.not-read"), tarfile.open(file, "r:") as tar:
            for member in tar:
                _unpack(tar, member, folder)
    except tarfile.TarError as error:
        raise Malformed("backup.form") from error
    view = office.newest(folder)
    _check_parts(folder, view)
    return view


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    source = tar.extractfile(member) if member.isfile() else None
    if source is None:
        raise Malformed("backup.form")
    if member.name in _FILES:
        handle = os.open(folder / member.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
        return
    blobs = FolderBlobs(folder)
    digest = Digest.from_text(member.name.removeprefix("sealed/"))
    offset = 0
    while piece := source.read(1 << 20):
        offset = blobs.write(digest, "restored", offset, piece)
    blobs.finish(digest, "restored")  # recomputes the digest


def _check_parts(folder: Path, view: View) -> None:
    """Every part that a deposit names is there; a title too."""
    blobs = FolderBlobs(folder)
    named = [negotiation.convene.title for negotiation in view.world.negotiations.values()]
    named += [part.digest for _, paper in view.world.papers() for part in parts(paper.act)]
    for digest in named:
        if blobs.length(digest) is None:
            raise Malformed("backup.part-missing")
