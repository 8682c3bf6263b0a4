"""The envelope: a document with all that belongs to it, sealed once to its recipients and its sender.

The bundle is an archive of `document.json`, `seal.json` (seed and blind of the commitment), `cover.json` (the cover
again, under the digest that the deposit names), `attachments/NAME` in order, and `original/NAME`. Padded, it becomes
one age file, cut in header and payload. The cover is an age file of its own, always 4 KiB of plain bytes, for the
recipient's registry before the receipt.

What stands in the document is not looked at here; whether it is the committed one, `disclosure` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol, TypeVar

from parley.age import FILE_KEY, decrypt_payload, encrypt_payload, open_header, open_small, seal_header, seal_small
from parley.archive import ArchiveReader, FoundMember, Member, MemoryReader, Reader, write_archive
from parley.canonical import Record, Time, decode, encode
from parley.crypto import Digest, ReadingKey, ReadingKeyId, ReadingSecret, Rng, Sha256, sha256
from parley.disclosure import Seal
from parley.document import check_file_name
from parley.errors import Invalid, Malformed, Refused, Unavailable
from parley.sealed_shape import NONCE, SMALLEST
from parley.wording import displayed

T = TypeVar("T")

MAX_DOCUMENT = 64 * 1024 * 1024
MAX_ATTACHMENTS = 999
MAX_PAGES = 100_000
MAX_IN_MEMORY = 256 * 1024 * 1024
_MAX_SEAL = 1024
_ATTACHMENTS, _ORIGINAL = "attachments/", "original/"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")


Precedence = Literal["routine", "priority", "immediate", "flash"]


class HandedOver(Record, frozen=True):
    """That the paper was also handed over by hand: by whom, to whom, when, as its sender says."""

    at: Time
    by: str
    to: str

    def __post_init__(self) -> None:
        _check_names((self.by, self.to))


class Cover(Record, frozen=True):
    """What stands on the outside of the envelope, in the sender's words; nobody checks it but the recipient.

    `reference` is the sender's own number. `shown_by_sender` and `may_show` name whom the sender has shown the paper,
    and whom the recipient may show it. `note` says, for instance, why this replaces another paper.
    """

    also_handed_over: HandedOver | None
    languages: tuple[str, ...]
    may_show: tuple[str, ...]
    note: str | None
    pages: int | None
    precedence: Precedence
    reference: str | None
    shown_by_sender: tuple[str, ...]
    subject: str

    def __post_init__(self) -> None:
        _check_names((self.subject, *self.may_show, *self.shown_by_sender))
        if self.reference is not None:
            _check_names((self.reference,))
        if self.note is not None:
            displayed(self.note, most=SMALLEST, lines=True)
        if self.pages is not None and not 1 <= self.pages <= MAX_PAGES:
            raise Malformed("cover.pages", most=MAX_PAGES, found=self.pages)
        if not all(_LANGUAGE.fullmatch(language) for language in self.languages):
            raise Malformed("cover.language")


def _check_names(texts: Iterable[str]) -> None:
    for text in texts:
        if not displayed(text).strip():
            raise Malformed("cover.empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file to be sealed: its safe name, exact size in bytes, and `open`, which gives a fresh reader.

    With `digest`, as the document names it, the bytes read must have this SHA-256. The media type stands there too.
    """

    name: str
    size: int
    open: Callable[[], Reader]
    digest: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All that is sealed together: the document's canonical JSON, its seal, attachments in order, the original."""

    document: bytes
    seal: Seal
    attachments: Sequence[Part] = ()
    original: Part | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a deposit names and hands to the depositary; lengths in bytes, digests SHA-256 of exactly these bytes.

    `readers` are the reading keys in the order of the stanzas, in the header and in the cover: recipients, then sender.
    """

    header: bytes
    cover: bytes
    readers: tuple[ReadingKeyId, ...]
    header_digest: Digest
    cover_digest: Digest
    payload_digest: Digest
    payload_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPart:
    """A file that was sealed: its safe name, size, the SHA-256 of what was read, and its bytes unless a sink has them.

    `place` counts attachments from 1; the original is 0.
    """

    name: str
    place: int
    size: int
    digest: Digest
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What was in the envelope."""

    document: bytes
    seal: Seal
    cover: Cover
    attachments: tuple[OpenedPart, ...]
    original: OpenedPart | None


class Writer(Protocol):
    """Where an opened part goes: any binary writer, a file opened to write for one."""

    def write(self, piece: bytes | memoryview, /) -> object: ...
    def close(self) -> None: ...


Sink = Callable[[str, int], Writer]
"""Gives a writer for a part's name and place (as in `OpenedPart`). The writer is closed after the part."""


class Digesting(Protocol):
    """SHA-256 of a stream. `Sha256` is one; an edge may give another that works on a thread of its own."""

    def update(self, piece: bytes | memoryview, /) -> None: ...
    def digest(self) -> Digest: ...


# --- the cover --------------------------------------------------------------------------------------------------


def encode_cover(cover: Cover) -> bytes:
    """The cover's canonical JSON. Raises: Malformed when it exceeds 4096 bytes."""
    text = encode(cover)
    if len(text) > SMALLEST:
        raise Malformed("envelope.cover-long", most=SMALLEST, found=len(text))
    return text


def seal_cover(cover: Cover, readers: Sequence[ReadingKey], rng: Rng) -> bytes:
    """Seal a cover: an age file whose length tells nothing but the number of readers. Raises: Malformed."""
    plain = encode_cover(cover).ljust(SMALLEST, b"\0")
    return seal_small(rng(FILE_KEY), rng(NONCE), plain, readers)


def open_cover(sealed: bytes, secret: ReadingSecret) -> Cover:
    """Return the cover, when it is sealed to this reader and has the one form. Raises: Malformed, Invalid."""
    plain = open_small(sealed, secret)
    if len(plain) != SMALLEST:
        raise Malformed("envelope.cover-length", expected=SMALLEST, found=len(plain))
    return decode(plain.rstrip(b"\0"), Cover)


# --- sealing ----------------------------------------------------------------------------------------------------


def seal(
    bundle: Bundle,
    cover: Cover,
    *,
    recipients: Sequence[ReadingKey],
    sender: ReadingKey,
    rng: Rng,
    write: Callable[[bytes], object],
    digesting: Digesting | None = None,
) -> Sealed:
    """Seal a bundle to its recipients and its sender, giving the payload to `write` piece by piece.

    Needs the memory of a few chunks beside the document, whatever the size of the parts. The digests are of what was
    given to `write`; that it was kept is the caller's to see to. `digesting` is fresh, and computes the payload's.
    Raises: Malformed for a part whose name is unsafe or doubled, or whose bytes are not as many as it says, or not of
    its digest, and for a reader named twice; Unavailable when a part cannot be read or the payload not written.
    """
    members = tuple(_members(bundle, cover))
    readers = (*recipients, sender)
    file_key = rng(FILE_KEY)
    header = seal_header(file_key, readers)
    state, length = digesting or Sha256(), 0
    for piece in encrypt_payload(file_key, rng(NONCE), write_archive(members)):
        state.update(piece)
        length += len(piece)
        _writing(partial(write, piece))
    sealed_cover = seal_cover(cover, readers, rng)
    return Sealed(
        header=header,
        cover=sealed_cover,
        readers=tuple(key.id for key in readers),
        header_digest=sha256(header),
        cover_digest=sha256(sealed_cover),
        payload_digest=state.digest(),
        payload_length=length,
    )


def seal_in_memory(
    bundle: Bundle, cover: Cover, *, recipients: Sequence[ReadingKey], sender: ReadingKey, rng: Rng
) -> tuple[Sealed, bytes]:
    """Seal as `seal` does and return the payload too. Raises: as `seal`."""
    payload: list[bytes] = []
    sealed = seal(bundle, cover, recipients=recipients, sender=sender, rng=rng, write=payload.append)
    return sealed, b"".join(payload)


def _members(bundle: Bundle, cover: Cover) -> Iterator[Member]:
    if len(bundle.document) > MAX_DOCUMENT:
        raise Malformed("envelope.document-long", most=MAX_DOCUMENT, found=len(bundle.document))
    if len(bundle.attachments) > MAX_ATTACHMENTS:
        raise Malformed("envelope.attachments", most=MAX_ATTACHMENTS, found=len(bundle.attachments))
    names: set[str] = set()
    yield _member("document.json", bundle.document)
    yield _member("seal.json", encode(bundle.seal))
    yield _member("cover.json", encode_cover(cover))
    for place, part in enumerate(bundle.attachments, start=1):
        yield _part_member(_ATTACHMENTS, part, place, names)
    if bundle.original:
        yield _part_member(_ORIGINAL, bundle.original, 0, names)


def _member(path: str, content: bytes) -> Member:
    return Member(path=path, size=len(content), open=lambda: MemoryReader(content))


def _part_member(folder: str, part: Part, place: int, names: set[str]) -> Member:
    _add_name(part.name, place, names)
    begin, digest = part.open, part.digest
    checked = begin if digest is None else lambda: _CheckedReader(begin(), digest, place)
    return Member(path=folder + part.name, size=part.size, open=checked)


def _add_name(name: str, place: int, names: set[str]) -> None:
    """Names differ by more than case, so that all can be written to one folder of any file system."""
    check_file_name(name)
    if name.casefold() in names:
        raise Malformed("envelope.name-twice", place=place)
    names.add(name.casefold())


class _CheckedReader:
    """A part's reader that compares the digest once the last byte has been read."""

    def __init__(self, inner: Reader, expected: Digest, place: int) -> None:
        self._inner, self._expected, self._place, self._state = inner, expected, place, Sha256()

    def read(self, size: int, /) -> bytes:
        piece = self._inner.read(size)
        self._state.update(piece)
        if not piece and self._state.digest() != self._expected:
            raise Malformed("envelope.part-changed", place=self._place)
        return piece

    def close(self) -> None:
        self._inner.close()


# --- opening ----------------------------------------------------------------------------------------------------


def open_bundle(
    header: bytes,
    payload: Iterable[bytes],
    secret: ReadingSecret,
    *,
    cover: Cover | None,
    sink: Sink | None = None,
    place: int | None = None,
) -> Opened:
    """Open a sealed document and return what is in it.

    Verifies that the header opens for this reader (with `place`, by this stanza), that the payload is whole, that the
    archive is the only one its members can have, its padding empty, and that the cover inside is `cover` (None: there
    is none to compare). Not that the document is the committed one, nor its form, nor that parts are those its manifest
    names: compare their digests. Without a sink all parts are kept in memory, `MAX_IN_MEMORY` at most; what a sink was
    given counts only once this returns.
    Raises: Malformed, Invalid; Refused when it is too large for memory; Unavailable when a sink cannot write.
    """
    file_key = open_header(header, secret, place=place)
    return read_bundle(decrypt_payload(file_key, payload), cover=cover, sink=sink)


def read_bundle(plain: Iterable[bytes], *, cover: Cover | None, sink: Sink | None = None) -> Opened:
    """Read the archive of a bundle: the part of `open_bundle` after decryption. Verifies and raises as it does."""
    archive = ArchiveReader(plain)
    document = archive.small_member("document.json", most=MAX_DOCUMENT)
    seal = decode(archive.small_member("seal.json", most=_MAX_SEAL), Seal)
    inner = decode(archive.small_member("cover.json", most=SMALLEST), Cover)
    if cover is not None and inner != cover:
        raise Invalid("envelope.cover-differs")
    parts = tuple(_read_parts(archive, sink))
    archive.finish()
    return Opened(
        document=document,
        seal=seal,
        cover=inner,
        attachments=tuple(part for part in parts if part.place),
        original=next((part for part in parts if not part.place), None),
    )


def _read_parts(archive: ArchiveReader, sink: Sink | None) -> Iterator[OpenedPart]:
    """Attachments, then at most one original, then the archive's end."""
    names: set[str] = set()
    place, kept = 1, 0
    while (member := archive.next_member()) is not None:
        folder, slash, name = member.path.rpartition("/")
        if place == 0 or folder + slash not in (_ATTACHMENTS, _ORIGINAL) or place > MAX_ATTACHMENTS:
            raise Malformed("envelope.member-unexpected", place=place)
        if folder + slash == _ORIGINAL:
            place = 0
        _add_name(name, place, names)
        kept += member.size
        if sink is None and kept > MAX_IN_MEMORY:
            raise Refused("envelope.too-large-for-memory", most=MAX_IN_MEMORY)
        yield _read_part(archive, member, name, place, sink)
        place = place + 1 if place else 0


def _read_part(archive: ArchiveReader, member: FoundMember, name: str, place: int, sink: Sink | None) -> OpenedPart:
    state = Sha256()
    if sink is None:
        content = b"".join(archive.content(member))
        state.update(content)
        return OpenedPart(name=name, place=place, size=member.size, digest=state.digest(), content=content)
    writer = _writing(partial(sink, name, place))
    try:
        for piece in archive.content(member):
            state.update(piece)
            _writing(partial(writer.write, piece))
    finally:
        _writing(writer.close)
    return OpenedPart(name=name, place=place, size=member.size, digest=state.digest(), content=None)


def _writing(act: Callable[[], T]) -> T:
    try:
        return act()
    except OSError as error:
        raise Unavailable("envelope.unwritable") from error
