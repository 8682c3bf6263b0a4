"""The home: the folder of one officer. Everything in it is public, sealed, or encrypted under the passphrase.

    party.json      where the depositary is, which one it is, who we are: no secret
    founding.json   in the founder's home, what was said when the founding began, for one that was cut off
    keyring         this officer's secrets, encrypted under the passphrase
    key.box         the party's reading keys, sealed to its officers: an age file
    ledger.sqlite   what was read in the log and verified, and what was signed here
    sealed/         sealed parts by digest, sent or fetched: age files and parts of them
    alarms/         proofs of what must not happen

A file is replaced by a whole new one, written beside it, made durable, and renamed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

from parley.act import check_origin
from parley.canonical import Record, decode, encode
from parley.crypto import Digest, KeySetId
from parley.errors import Malformed, Refused, Unavailable
from parley.terms import PartyId

PARTY, FOUNDING, KEYRING, KEY_BOX, LEDGER = "party.json", "founding.json", "keyring", "key.box", "ledger.sqlite"
SEALED, ALARMS = "sealed", "alarms"
_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?")
LARGEST_FILE = 64 * 1024 * 1024


class PartyFile(Record, frozen=True):
    """Who we are and where: `genesis` is the digest of the depositary's first act, `root` names our own root."""

    address: str
    genesis: Digest
    log: str
    party: PartyId
    root: KeySetId
    tls_ca: str | None
    version: Literal[1]

    def __post_init__(self) -> None:
        check_origin(self.log)
        if not _ADDRESS.fullmatch(self.address):
            raise Malformed("home.address")


class Home:
    """The folder, opened. Raises everywhere: Unavailable("home.unreadable" or "home.unwritable", file=…)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, folder: Path) -> Home:
        """Make the folder and its rooms with mode 0700, whatever the umask says. An existing folder is taken over."""
        home = cls(folder)
        with unwritable(folder.name):
            for each in (folder, folder / SEALED, folder / ALARMS):
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
                each.chmod(0o700)
        return home

    @classmethod
    def open(cls, folder: Path) -> Home:
        """Open a home that `create` made. Raises: Refused("home.none") where there is no home."""
        home = cls(folder)
        if not home.has(PARTY):
            raise Refused("home.none", folder=str(folder))
        return cls.create(folder)

    def path(self, *names: str) -> Path:
        return self.folder.joinpath(*names)

    def has(self, *names: str) -> bool:
        try:
            return self.path(*names).is_file()
        except OSError as error:
            raise Unavailable("home.unreadable", file=names[-1]) from error

    def read(self, *names: str) -> bytes:
        """The bytes of a file. Raises: Refused("home.missing") when there is none, Malformed when it is too large."""
        try:
            with self.path(*names).open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
        except FileNotFoundError as error:
            raise Refused("home.missing", file=names[-1]) from error
        except OSError as error:
            raise Unavailable("home.unreadable", file=names[-1]) from error
        if len(data) > LARGEST_FILE:
            raise Malformed("home.too-large", file=names[-1], most=LARGEST_FILE)
        return data

    def write(self, data: bytes, *names: str) -> Path:
        """Replace a file as a whole; durable when this returns."""
        target = self.path(*names)
        write_whole(target, data)
        return target

    def party(self) -> PartyFile:
        """Raises: Malformed("home.party-file") when it is damaged."""
        data = self.read(PARTY)
        try:
            if not data.endswith(b"\n"):
                raise Malformed("canonical.json")
            return decode(data[:-1], PartyFile)
        except Malformed as error:
            raise Malformed("home.party-file") from error

    def check_ledger(self) -> None:
        """Raises: Malformed("ledger.missing") when it is gone or empty: a new one would have seen nothing."""
        if not self.has(LEDGER) or not self.path(LEDGER).stat().st_size:
            raise Malformed("ledger.missing")

    def write_party(self, party: PartyFile) -> None:
        self.write(encode(party) + b"\n", PARTY)

    def sealed(self, digest: Digest) -> Path:
        """Where a sealed part lies."""
        return self.path(SEALED, digest.hex())

    @contextmanager
    def writing_sealed(self) -> Iterator[tuple[BinaryIO, Path]]:
        """A new file among the sealed parts, to be renamed by `keep_sealed`; it is gone if that is not called."""
        path = self.path(SEALED, f".new-{os.getpid()}")
        with unwritable("sealed"):
            path.unlink(missing_ok=True)
            with os.fdopen(os.open(path, NEW, 0o600), "wb") as file:
                try:
                    yield file, path
                finally:
                    path.unlink(missing_ok=True)

    def keep_sealed(self, file: BinaryIO, path: Path, digest: Digest) -> Path:
        """Make a file from `writing_sealed` durable under its digest."""
        target = self.sealed(digest)
        with unwritable("sealed"):
            file.flush()
            os.fsync(file.fileno())
            path.rename(target)
            sync_folder(target.parent)
        return target


NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def unwritable(name: str) -> Iterator[None]:
    """Turns what the disk refuses into Unavailable("home.unwritable")."""
    try:
        yield
    except OSError as error:
        raise Unavailable("home.unwritable", file=name) from error


def write_whole(target: Path, data: bytes) -> None:
    """Replace a file by one of mode 0600, durably, or leave the old one as it was. Raises: Unavailable."""
    beside = target.with_name(f".{target.name}.new-{os.getpid()}")
    with unwritable(target.name):
        beside.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(beside, NEW, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.rename(target)
        finally:
            beside.unlink(missing_ok=True)
        sync_folder(target.parent)


def create_new(target: Path, data: bytes) -> Path:
    """Write a file that did not exist: mode 0600, through no link, durable when this returns.

    Raises: Refused("file.exists") when something of that name is there, Unavailable.
    """
    with unwritable(target.name):
        try:
            descriptor = os.open(target, NEW, 0o600)
        except FileExistsError as error:
            raise Refused("file.exists", file=target.name) from error
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(target.parent)
    return target


def open_new(target: Path) -> BinaryIO:
    """A writer for a file that did not exist, as `create_new` makes it. Raises: Refused, Unavailable."""
    with unwritable(target.name):
        try:
            return os.fdopen(os.open(target, NEW, 0o600), "wb")
        except FileExistsError as error:
            raise Refused("file.exists", file=target.name) from error


def remove(path: Path) -> None:
    """Remove a file, if it is there. Raises: Unavailable."""
    with unwritable(path.name):
        path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
