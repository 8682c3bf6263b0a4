"""The archive inside a sealed document: a ustar of which there is only one for given members.

Every field of a member's header that could differ without meaning is fixed (owner 0, mode 0600, time 0, plain file), so
that a reader takes path and size from a header, writes the one header for them and compares: links, folders, devices
and other modes need no rules of their own, they are simply other bytes. Stock `tar` reads it, padding and all. Source:
POSIX.1-2008, pax, "ustar Interchange Format".

Opens no file: what is read comes from readers that are passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from parley.errors import Malformed, Unavailable
from parley.sealed_shape import CHUNK, padded_length

BLOCK = 512
MAX_MEMBER = 8**11 - 1
"""The largest member that eleven octal digits can tell: 8 GiB less one byte."""

MAX_NAME = 100
"""Bytes of UTF-8 in a member's name, its folder aside."""

_END = 2 * BLOCK
_MODE = b"0000600\0"
_NUMBER = b"0000000\0"
_FIELDS = (
    ("name", 0, 100),
    ("mode", 100, 108),
    ("owner", 108, 124),
    ("size", 124, 136),
    ("time", 136, 148),
    ("kind", 156, 157),
    ("link", 157, 257),
    ("format", 257, 265),
    ("owner", 265, 329),
    ("device", 329, 345),
    ("prefix", 345, 500),
    ("end", 500, 512),
    ("checksum", 148, 156),
)


class Reader(Protocol):
    """What a member is read from: any binary reader, a file opened to read for one."""

    def read(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


class MemoryReader:
    """Reads bytes that are in memory."""

    def __init__(self, content: bytes) -> None:
        self._rest = memoryview(content)

    def read(self, size: int, /) -> bytes:
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece.tobytes()

    def close(self) -> None:
        self._rest = memoryview(b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an archive: its path there, its exact size in bytes, and how to read it from its beginning."""

    path: str
    size: int
    open: Callable[[], Reader]


def member_header(path: str, size: int) -> bytes:
    """The 512 bytes before a member; its path is a name, or a folder and a name.

    Raises: Malformed when the path or the size does not fit. That the name is safe to write is not looked at.
    """
    folder, _, name = path.encode("utf-8").rpartition(b"/")
    if not 0 < len(name) <= MAX_NAME or b"/" in folder or b"\0" in path.encode("utf-8"):
        raise Malformed("archive.path", most=MAX_NAME)
    if not 0 <= size <= MAX_MEMBER:
        raise Malformed("archive.size", most=MAX_MEMBER, found=size)
    fields = (
        name.ljust(MAX_NAME, b"\0"),
        _MODE,
        _NUMBER * 2,  # owner, group
        b"%011o\0" % size,
        b"0" * 11 + b"\0",  # time
        b" " * 8,  # the checksum is made with spaces in its place
        b"0",  # a plain file
        bytes(100),  # no link
        b"ustar\x0000",
        bytes(64),  # no names of owner and group
        _NUMBER * 2,  # device
        folder.ljust(155, b"\0"),
        bytes(12),
    )
    block = b"".join(fields)
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def archive_length(sizes: Iterable[int]) -> int:
    """Bytes of an archive whose members have these sizes, with its two empty blocks at the end, before padding."""
    return sum(BLOCK + size + -size % BLOCK for size in sizes) + _END


# --- writing ----------------------------------------------------------------------------------------------------


def write_archive(members: Sequence[Member]) -> Iterator[bytes]:
    """Stream the archive, then zeros up to its padded length, in pieces that end on 64 KiB wherever they can.

    Raises: Malformed when a member holds more or fewer bytes than its size; Unavailable when it cannot be read.
    """
    position = 0
    for member in members:
        yield member_header(member.path, member.size)
        position += BLOCK
        for piece in _contents(member, position):
            yield piece
            position += len(piece)
        padding = -member.size % BLOCK
        yield bytes(padding)
        position += padding
    total = padded_length(position + _END)
    while position < total:
        room = min(total - position, CHUNK - position % CHUNK)
        yield bytes(room)
        position += room


def _contents(member: Member, position: int) -> Iterator[bytes]:
    left, begin = member.size, member.open
    try:
        with closing(begin()) as reader:
            while left:
                # Reading up to the next multiple of 64 KiB lets the cipher take the piece as it is, without a copy.
                piece = reader.read(min(left, CHUNK - position % CHUNK))
                if not piece:
                    raise Malformed("archive.member-shrank", expected=member.size)
                left -= len(piece)
                position += len(piece)
                yield piece
            if reader.read(1):
                raise Malformed("archive.member-grew", expected=member.size)
    except OSError as error:
        raise Unavailable("archive.unreadable") from error


# --- reading ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMember:
    """A member that the reader stands at: its path, as written, and its size in bytes."""

    path: str
    size: int


class ArchiveReader:
    """Reads an archive forward, once, and refuses every byte that `write_archive` would not have written."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._source = (piece for piece in pieces if piece)
        self._rest = memoryview(b"")
        self._position = 0

    def _pieces(self, size: int) -> Iterator[memoryview]:
        while size:
            if not self._rest:
                self._rest = memoryview(next(self._source, b""))
                if not self._rest:
                    raise Malformed("archive.short")
            piece = self._rest[:size]
            self._rest = self._rest[len(piece) :]
            self._position += len(piece)
            size -= len(piece)
            yield piece

    def _take(self, size: int) -> bytes:
        return b"".join(self._pieces(size))

    def _zeros(self, size: int, code: str) -> None:
        for piece in self._pieces(size):
            if piece.tobytes().count(0) != len(piece):
                raise Malformed(code)

    def next_member(self) -> FoundMember | None:
        """Read the header of the member that comes next; None where the archive ends. Exhaust `content` before asking.

        Verifies that the header is the one `member_header` writes for its path and size. Raises: Malformed.
        """
        found = self._take(BLOCK)
        if not any(found):
            return None
        name, folder, digits = found[:MAX_NAME], found[345:500], found[124:135]
        try:
            parts = [part.rstrip(b"\0").decode("utf-8") for part in (folder, name) if part[0]]
        except UnicodeDecodeError as error:
            raise Malformed("archive.member-header", field="name") from error
        size = int(digits, 8) if all(48 <= digit < 56 for digit in digits) else 0
        self._compare(found, member_header("/".join(parts), size))
        return FoundMember(path="/".join(parts), size=size)

    def content(self, member: FoundMember) -> Iterator[memoryview]:
        """Stream the bytes of the member found last. Raises: Malformed when they or their padding are not all there."""
        yield from self._pieces(member.size)
        self._zeros(-member.size % BLOCK, "archive.member-padding")

    def small_member(self, path: str, *, most: int) -> bytes:
        """Return the content of the member that must come next, at most `most` bytes. Raises: Malformed."""
        member = self.next_member()
        if member is None or member.path != path:
            raise Malformed("archive.member-missing", place=path)
        if member.size > most:
            raise Malformed("archive.size", most=most, found=member.size)
        return b"".join(self.content(member))

    def _compare(self, found: bytes, expected: bytes) -> None:
        if found != expected:
            differing = (name for name, start, end in _FIELDS if found[start:end] != expected[start:end])
            raise Malformed("archive.member-header", field=next(differing))

    def finish(self) -> int:
        """Read what follows the first empty block: zeros up to the padded length, and no more. Return the whole length.

        Raises: Malformed when the padding holds anything or has another length.
        """
        self._zeros(padded_length(self._position + BLOCK) - self._position, "archive.padding")
        if self._rest or next(self._source, None) is not None:
            raise Malformed("archive.trailing")
        return self._position
