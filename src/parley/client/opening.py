"""Opening a paper that is ours to open: in memory, checked against its seal; files by digest, unless a sink takes them.

The order of the checks: header, payload and cover are the deposit's; the header opens for us at our place; the archive
is the only one its members can have; the cover inside is the one outside; the document is well formed; it is the
committed one; each file is the one that the document names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from parley.act import Deposit, FaultReason
from parley.answers import subject_of_act
from parley.client.own_parts import parts_of
from parley.client.session import Session
from parley.client.viewing import own_reading_key
from parley.disclosure import Committed, Seal, check, commit
from parley.document import Document
from parley.envelope import Cover, Opened, OpenedPart, Sink, open_bundle, open_cover
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable

T = TypeVar("T")
LARGEST_FILE = 256 << 20
"""Bytes of an original that are taken into memory; a larger one goes to a folder, or nowhere."""
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class OpenedPaper:
    """What was sealed, proven to be what the deposit committed to; `seal` is what opens that commitment."""

    document: Document
    cover: Cover
    parts: tuple[OpenedPart, ...]
    committed: Committed
    seal: Seal


class NotTheSealed(Invalid):
    """The content is not what the deposit says, or does not open: with the reason that a Fault would name."""

    def __init__(self, reason: FaultReason, cause: ParleyError) -> None:
        super().__init__(cause.code, **cause.details)
        self.reason = reason


class _Nowhere:
    """Takes a file's bytes and keeps none: the digest of what passed is what counts."""

    def write(self, piece: bytes | memoryview, /) -> object:
        return len(piece)

    def close(self) -> None:
        return None


def nowhere(_name: str, _place: int) -> _Nowhere:
    """The sink of a reader that wants the text and the proof, and no file."""
    return _Nowhere()


class _Original:
    """Takes the original alone, up to `most` bytes; of what is larger it keeps nothing, and `whole` is False."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: list[bytes] = []
        self._size = 0

    def __call__(self, name: str, place: int) -> _Original | _Nowhere:
        return nowhere(name, place) if place else self

    def write(self, piece: bytes | memoryview, /) -> object:
        self._size += len(piece)
        if self.whole:
            self._pieces.append(bytes(piece))
        else:
            self._pieces.clear()
        return len(piece)

    def close(self) -> None:
        return None

    @property
    def whole(self) -> bool:
        return self._size <= self._most

    @property
    def content(self) -> bytes:
        return b"".join(self._pieces)


def open_paper(session: Session, act: Deposit, *, sink: Sink | None = nowhere) -> OpenedPaper:
    """Open a paper and check it.

    What a sink was given counts only once this returns; with None all files come back in memory. A paper that is held
    opens in the home that made it, and is not compared with its commitment, which may be to its file.
    Raises: NotTheSealed for what is the sender's fault, Refused when it is not ours, not handed over, or held
    elsewhere, Unavailable.
    """
    key = own_reading_key(act, session.party)
    if key is None:
        raise Refused("paper.not-ours-to-open")
    sealed = parts_of(session, act)
    place = 0 if act.opening.kind == "held" else key[1]  # what is held is sealed to nobody but ourselves
    secret = session.box().secret(key[0])
    outside = _bytes(session.fetch(sealed.cover.digest, sealed.cover.length))
    header = _bytes(session.fetch(sealed.header.digest, sealed.header.length))
    payload = session.fetch(sealed.payload.digest, sealed.payload.length)
    cover = _blaming(lambda: open_cover(outside, secret))
    opened = _blaming(lambda: open_bundle(header, _pieces(payload), secret, cover=cover, place=place, sink=sink))
    document = _blaming(lambda: Document.from_bytes(opened.document), otherwise="form")
    committed = _blaming(lambda: _check(act, document, opened), otherwise="not_the_sealed_text")
    return OpenedPaper(
        document=document, cover=opened.cover, parts=_parts(opened), committed=committed, seal=opened.seal
    )


def open_file(session: Session, act: Deposit) -> tuple[OpenedPaper, bytes]:
    """Open a paper and check it, and take its original into memory: empty where there is none.

    Attachments are checked too, and kept nowhere: however large they are, the original can be read.
    Raises: as `open_paper`; Invalid("paper.file-too-large") for an original of more than `LARGEST_FILE` bytes.
    """
    opened, data = open_up_to(session, act, LARGEST_FILE)
    if data is None:
        raise Invalid("paper.file-too-large", most=LARGEST_FILE)
    return opened, data


def open_up_to(session: Session, act: Deposit, most: int) -> tuple[OpenedPaper, bytes | None]:
    """The same with another bound, and None in the place of an original that is larger. Raises: as `open_paper`."""
    original = _Original(min(most, LARGEST_FILE))
    opened = open_paper(session, act, sink=original)
    return opened, original.content if original.whole else None


def _check(act: Deposit, document: Document, opened: Opened) -> Committed:
    subject, seal = subject_of_act(act), opened.seal
    if act.opening.kind == "held":
        committed = commit(document, seed=seal.seed, blind=seal.blind, subject=subject)
    else:
        committed = check(document, seal, subject=subject, commitment=act.commitment)
    named = [(file.name, file.size, file.sha256) for file in document.files]
    if named != [(part.name, part.size, part.digest) for part in _parts(opened)]:
        raise Invalid("disclosure.file")
    return committed


def _parts(opened: Opened) -> tuple[OpenedPart, ...]:
    """Attachments, then the original, as the document lists them."""
    return (*opened.attachments, *((opened.original,) if opened.original else ()))


def _blaming(step: Callable[[], T], *, otherwise: FaultReason = "does_not_open") -> T:
    try:
        return step()
    except (Malformed, Invalid) as error:
        raise NotTheSealed(_reason(error, otherwise), error) from error


def _reason(error: ParleyError, otherwise: FaultReason) -> FaultReason:
    if error.code == "envelope.cover-differs":
        return "cover_differs"
    if error.code.startswith("wording."):
        return "words"
    return otherwise


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable("home.unreadable", file="sealed") from error


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                yield piece
    except OSError as error:
        raise Unavailable("home.unreadable", file="sealed") from error
