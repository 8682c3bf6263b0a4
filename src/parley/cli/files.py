"""Files that people name: read whole or refused in one line, and never written over."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from parley.errors import Malformed, Refused, Unavailable

KIB, MIB = 1 << 10, 1 << 20
LARGEST_SMALL = 16 * MIB
MOST_FILES = 200_000


def size(count: int) -> str:
    """A number of bytes as people say it."""
    for unit, name in ((1 << 30, "GB"), (MIB, "MB"), (KIB, "kB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}" if count < 10 * unit else f"{count // unit} {name}"
    return f"{count} bytes"


def read_file(path: Path, *, most: int = LARGEST_SMALL) -> bytes:
    """The bytes of a file that a person named.

    Raises: Refused when there is none; Malformed when it is a folder, empty or too large; Unavailable when it cannot
    be read.
    """
    try:
        if path.is_dir():
            raise Malformed("file.is-folder", file=str(path))
        with path.open("rb") as file:
            data = file.read(most + 1)
            found = max(len(data), os.fstat(file.fileno()).st_size)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Refused("file.missing", file=str(path)) from error
    except (OSError, ValueError) as error:
        raise Unavailable("file.unreadable", file=str(path)) from error
    if not data:
        raise Malformed("file.empty", file=str(path))
    if len(data) > most:
        raise Malformed("file.too-large", file=str(path), found=size(found), most=size(most))
    return data


def pieces(path: Path, *, size: int = 64 * KIB) -> Iterator[bytes]:
    """The bytes of a file that a person named, piece by piece. Raises: as `check_source`."""
    check_source(path)
    try:
        with path.open("rb") as file:
            while piece := file.read(size):
                yield piece
    except OSError as error:
        raise Unavailable("file.unreadable", file=str(path)) from error


@contextmanager
def inside(path: Path) -> Iterator[None]:
    """Whatever is found wrong with what a file holds is said with the file's name."""
    try:
        yield
    except Malformed as error:
        error.details.setdefault("file", str(path))
        raise


def is_table(path: Path) -> bool:
    """Whether a file is a table of data by its name."""
    return path.suffix.casefold() == ".csv"


def read_text(path: Path, *, most: int = MIB) -> str:
    """The text of a file in UTF-8. Raises: as `read_file`, and Malformed when it is no text."""
    try:
        return read_file(path, most=most).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("file.not-text", file=str(path)) from error


def check_source(path: Path) -> Path:
    """A file to be handed over, before anything is made of it: there, no folder, not empty. Raises: as `read_file`."""
    try:
        if path.is_dir():
            raise Malformed("file.is-folder", file=str(path))
        with path.open("rb") as file:
            if not file.read(1):
                raise Malformed("file.empty", file=str(path))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Refused("file.missing", file=str(path)) from error
    except (OSError, ValueError) as error:
        raise Unavailable("file.unreadable", file=str(path)) from error
    return path


def beginning(path: Path, most: int = 64 << 10) -> str:
    """The first signs of a text, to look at its letters; what is not UTF-8 is left out. Raises: Unavailable."""
    try:
        with path.open("rb") as file:
            return file.read(most).decode("utf-8", "ignore")
    except OSError as error:
        raise Unavailable("file.unreadable", file=str(path)) from error


def language_files(values: tuple[str, ...]) -> tuple[tuple[str, Path], ...]:
    """`ru=FILE` as a language and its file, checked to be there.

    Raises: Malformed for another form, or a language that no paper can name; as `check_source`.
    """
    from parley.client.wish import check_language

    found = []
    for value in values:
        language, mark, name = value.partition("=")
        if not (mark and language and name):
            raise Malformed("use.with-language", text=value[:40])
        found.append((check_language(language), check_source(Path(name))))
    return tuple(found)


def write_new(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file that is not there yet, never through a link; for its owner alone where `private`.

    Raises: Refused when something of that name is there; Unavailable when it cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
    except FileExistsError as error:
        raise Refused("file.exists", file=str(path)) from error
    except (OSError, ValueError) as error:
        raise Unavailable("file.unwritable", file=str(path)) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        with suppress(OSError):  # a half written file would look like a whole one
            path.unlink()
        raise Unavailable("file.unwritable", file=str(path)) from error


def make_folder(path: Path) -> None:
    """A folder for files that only its owner reads; one that is there already stays as it is. Raises: Unavailable."""
    try:
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Unavailable("file.unwritable", file=str(path)) from error


def check_new(path: Path) -> Path:
    """A path for a file to be written later. Raises: Refused when something of that name is there."""
    if os.path.lexists(path):
        raise Refused("file.exists", file=str(path))
    return path


def read_folder(path: Path, *, most: int) -> dict[str, bytes]:
    """Every file in a folder by its name from there, with slashes; `most` bytes in all. Links are not followed.

    Raises: Malformed for a link or what is no file, or when it is too large; Unavailable when it cannot be read.
    """
    found: dict[str, bytes] = {}
    left = most
    try:
        for folder, folders, names in os.walk(path, onerror=_unreadable):
            folders.sort()
            for name in sorted([*names, *(each for each in folders if Path(folder, each).is_symlink())]):
                file = Path(folder, name)
                if file.is_symlink() or not file.is_file():
                    raise Malformed("file.no-file", file=str(file))
                data = file.read_bytes() if file.stat().st_size <= left else None
                if data is None or len(found) >= MOST_FILES:
                    raise Malformed("file.folder-too-large", file=str(path), most=size(most))
                left -= len(data)
                found[file.relative_to(path).as_posix()] = data
    except OSError as error:
        raise Unavailable("file.unreadable", file=str(path)) from error
    return found


def _unreadable(error: OSError) -> None:
    raise error


def write_folder(path: Path, files: Mapping[str, bytes], *, instead_of: str | None = None) -> None:
    """Write a folder of files: all of them, or nothing is there. Never over a folder that is there already.

    With `instead_of`, a folder that holds a file of that name is replaced, and is as it was until the new one is whole.
    Raises: Refused when something of that name is there; Unavailable when it cannot be written.
    """
    there = os.path.lexists(path)
    if there and (instead_of is None or path.is_symlink() or not (path / instead_of).is_file()):
        raise Refused("file.exists", file=str(path))
    fresh, old = path.with_name(f".{path.name}.new"), path.with_name(f".{path.name}.old")
    try:
        for left_over in (fresh, old):
            shutil.rmtree(left_over, ignore_errors=True)
        for name, data in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(data)
        if there:
            path.rename(old)
        fresh.rename(path)
    except OSError as error:
        if there and not os.path.lexists(path):
            old.rename(path)
        raise Unavailable("file.unwritable", file=str(path)) from error
    finally:
        for left_over in (fresh, old):
            shutil.rmtree(left_over, ignore_errors=True)


def _first_line(data: bytes) -> str:
    try:
        return data.decode("utf-8").splitlines()[0] if data else ""
    except UnicodeDecodeError as error:
        raise Malformed("passphrase.form") from error


def passphrase_from_file(path: Path) -> str:
    """The first line of a file, without its end."""
    return _first_line(read_file(path, most=64 * KIB))


def passphrase_from_fd(descriptor: int) -> str:
    """The first line of what an open file descriptor gives."""
    try:
        with os.fdopen(os.dup(descriptor), "rb") as file:
            found = _first_line(file.readline(64 * KIB))
    except OSError as error:
        raise Malformed("use.passphrase-fd", fd=descriptor) from error
    if not found:
        raise Malformed("use.passphrase-fd", fd=descriptor)
    return found
