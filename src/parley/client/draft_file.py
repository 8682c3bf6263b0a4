"""A draft file on disk: written new, opened with its parts taken into the home, and replaced when a signature is added.

While not all have signed, the small parts carry a second seal, to our own party: a draft that is lost on its way opens
for our own officers alone, its recipients not among them. The last signature takes that seal off.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from parley.age import FILE_KEY, open_small, seal_small
from parley.archive import MemoryReader, Reader
from parley.client import trusting
from parley.client.home import NEW, open_new, remove, sync_folder, unwritable, write_whole
from parley.client.session import Session
from parley.crypto import Digest, sha256
from parley.draft import Draft, Place, parts_of, read_draft, write_draft
from parley.errors import Invalid, Malformed, Refused, Unavailable
from parley.sealed_shape import NONCE

_PIECE = 1 << 20


@dataclass
class OpenedDraft:
    """A draft read from a file; `readable` is whether its small parts are in the home, so that it can be shown."""

    path: Path
    draft: Draft
    readable: bool
    identity: tuple[int, int]
    """The device and the number of the file that was read: another one is never written over."""


def create(session: Session, path: Path, draft: Draft) -> None:
    """Write a draft to a file that was not there; its parts come from the home.

    Mode 0600, through no link, durable. Raises: Refused("file.exists"), Unavailable; then there is no file.
    """
    file = open_new(path)
    try:
        with file:
            _write(session, draft, file)
    except BaseException:
        with suppress(Unavailable):
            remove(path)
        raise
    with unwritable(path.name):
        sync_folder(path.parent)


def replace(session: Session, opened: OpenedDraft, draft: Draft) -> None:
    """Put a draft in the place of the file it was read from, as a whole, durably.

    Raises: Refused("draft.changed") when another file stands there by now, Unavailable.
    """
    path = opened.path
    beside = path.with_name(f".{path.name}.new-{os.getpid()}")
    with unwritable(path.name):
        beside.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(beside, NEW, 0o600), "wb") as file:
                _write(session, draft, file)
            there = path.lstat()
            if (there.st_dev, there.st_ino) != opened.identity:
                raise Refused("draft.changed", file=path.name)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        sync_folder(path.parent)


def _write(session: Session, draft: Draft, file: BinaryIO) -> None:
    with unwritable("draft"):
        for piece in write_draft(draft, lambda place: _content(session, place)):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _content(session: Session, place: Place) -> tuple[int, Callable[[], Reader]]:
    """A part from the home, with its second seal where it needs one."""
    path, rng = session.home.sealed(place.part.digest), session.ports.rng
    try:
        if not place.shut:
            return path.stat().st_size, lambda: path.open("rb")
        plain = path.read_bytes()
    except OSError as error:
        raise Unavailable("home.unreadable", file="sealed") from error
    shut = seal_small(rng(FILE_KEY), rng(NONCE), plain, [trusting.reading_key(session, session.party)])
    return len(shut), lambda: MemoryReader(shut)


# --- opening ----------------------------------------------------------------------------------------------------


@contextmanager
def opened(session: Session, path: Path, *, keep: bool = False) -> Iterator[OpenedDraft]:
    """Read a draft, with its parts in the home for as long as it is open, and after that with `keep`.

    What this officer may not read stays shut. Verified: form, and the digest of every part that is not shut.
    Raises: Malformed("draft.…"), Invalid("draft.part-changed"), Unavailable.
    """
    descriptor = _open(path)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        taking = _Taking(session)
        try:
            draft = read_draft(_pieces(file), taking)
            yield OpenedDraft(
                path=path,
                draft=draft,
                readable=not parts_of(draft.act) or (session.reads and not taking.left_shut),
                identity=(found.st_dev, found.st_ino),
            )
        except Unavailable:
            if not keep:  # what is on its way to the depositary will be sent again, from the home
                taking.forget()
            raise
        except BaseException:
            taking.forget()
            raise
        if not keep:
            taking.forget()


def _open(path: Path) -> int:
    """Open a plain file, through no link. Raises: Refused("file.missing"), Malformed("draft.link"), Unavailable."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError as error:
        raise Refused("file.missing", file=path.name) from error
    except OSError as error:
        if path.is_symlink():
            raise Malformed("draft.link", file=path.name) from error
        raise Unavailable("home.unreadable", file=path.name) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Malformed("draft.link", file=path.name)
    return descriptor


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    try:
        while piece := file.read(_PIECE):
            yield piece
    except OSError as error:
        raise Unavailable("home.unreadable", file="draft") from error


class _Taking:
    """Takes the parts of a draft into the home, and out again those that were not there before."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._brought: list[Digest] = []
        self.left_shut = False

    def __call__(self, place: Place, content: Iterator[memoryview]) -> None:
        digest, home = place.part.digest, self._session.home
        if home.sealed(digest).is_file():
            return
        if place.shut:
            plain = self._unshut(b"".join(content))
            if plain is None:
                self.left_shut = True
                return
            if sha256(plain) != digest:
                raise Invalid("draft.part-changed")
            write_whole(home.sealed(digest), plain)
            self._brought.append(digest)
            return
        with home.writing_sealed() as (file, path):
            with unwritable("sealed"):
                for piece in content:
                    file.write(piece)
            # Under this name before its bytes were compared: if they are other ones, all that was brought is forgotten.
            home.keep_sealed(file, path, digest)
        self._brought.append(digest)

    def _unshut(self, data: bytes) -> bytes | None:
        """What lies under the second seal; None where no key opens it that is in reach. Raises: Invalid, Malformed."""
        if not self._session.reads:
            return None
        for secret in reversed(self._session.box().reading):
            try:
                return open_small(data, secret)
            except Invalid as error:
                if error.code != "age.not-for-this-key":
                    raise
        return None

    def forget(self) -> None:
        for digest in self._brought:
            with suppress(Unavailable):
                remove(self._session.home.sealed(digest))
        self._brought.clear()
