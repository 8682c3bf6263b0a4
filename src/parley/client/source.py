"""Files that a delegation hands over: read once, by name, with every way in which a file can be wrong named."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from parley.articulate import LeftOut, Particulars, Resolve, media_type_of, together, understand
from parley.articulate.builder import from_utf8
from parley.crypto import Sha256
from parley.document import Document, File, Prevails, check_file_name
from parley.envelope import Part
from parley.errors import Malformed, Refused, Unavailable
from parley.identifiers import Kind
from parley.wording import cleaned

LARGEST_SOURCE = 256 * 1024 * 1024
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Source:
    """The document a file is, with the files that go with it; `removed` are hidden characters that `clean` took out.

    `left_out` is what of the files is not in the document.
    """

    document: Document
    attachments: tuple[Part, ...]
    original: Part | None
    removed: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()


def source_of(document: Document, data: bytes) -> Source:
    """A document that a program made, with the one file that is its original."""
    file = document.original
    assert file is not None  # noqa: S101 - every document made by a program has its file
    part = Part(name=file.name, size=file.size, open=lambda: io.BytesIO(data), digest=file.sha256)
    return Source(document=document, attachments=(), original=part, removed=())


def read_file(path: Path) -> bytes:
    """Raises: Refused("file.missing"), Malformed("file.empty"), Malformed("file.too-large"), Unavailable."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_SOURCE + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Refused("file.missing", file=path.name) from error
    except OSError as error:
        raise Unavailable("file.unreadable", file=path.name) from error
    if not data:
        raise Malformed("file.empty", file=path.name)
    if len(data) > LARGEST_SOURCE:
        raise Malformed("file.too-large", file=path.name, most=LARGEST_SOURCE)
    return data


def read_source(
    path: Path,
    particulars: Particulars,
    *,
    attach: tuple[Path, ...],
    original: Path | None,
    prevails: str | None,
    clean: bool,
    resolve: Resolve,
    with_language: Sequence[tuple[str, Path]] = (),
) -> Source:
    """Articulate a file, beside its attachments and its original.

    Raises: as reading and articulating do, Malformed("articulate.whole-prevails") where the text of a file that goes in
    whole is to prevail: it has none.
    """
    data = read_file(path)
    removed: tuple[str, ...] = ()
    if clean and media_type_of(path.name).startswith("text/"):
        data, removed = _clean(data)
    attached = tuple(_part(each) for each in attach)
    first = _part(original) if original else None
    whole = Particulars(
        language=particulars.language,
        status=particulars.status,
        standing=particulars.standing,
        attachments=tuple(file for file, _ in attached),
        original=first[0] if first else None,
        prevails=Prevails(prevails or "text"),
        changes=particulars.changes,
    )
    understood = understand(path.name, data, whole, resolve=resolve)
    document, left_out = understood.document, understood.left_out
    if _is_whole(document) and prevails == "text":
        raise Malformed("articulate.whole-prevails", file=path.name)
    others = [_other(language, file, particulars, clean=clean) for language, file in with_language]
    removed += tuple(place for _, places, _ in others for place in places)
    left_out += tuple(each for _, _, left in others for each in left)
    document = together([document, *(other for other, _, _ in others)])
    kept = first[1] if first else None
    if document.original is not None and kept is None:
        kept = Part(
            name=document.original.name,
            size=len(data),
            open=lambda: io.BytesIO(data),
            digest=document.original.sha256,
        )
    return Source(
        document=document,
        attachments=tuple(part for _, part in attached),
        original=kept,
        removed=removed,
        left_out=left_out,
    )


def _other(
    language: str, path: Path, particulars: Particulars, *, clean: bool
) -> tuple[Document, tuple[str, ...], tuple[LeftOut, ...]]:
    """Another language of the same text. Raises: Malformed for a file that goes in whole."""
    data = read_file(path)
    removed: tuple[str, ...] = ()
    if clean and media_type_of(path.name).startswith("text/"):
        data, removed = _clean(data)
    said = Particulars(
        language=language, status=particulars.status, standing=particulars.standing, changes=particulars.changes
    )
    found = understand(path.name, data, said)
    if _is_whole(found.document):
        raise Malformed("articulate.language-file", file=path.name)
    return found.document, removed, found.left_out


def _is_whole(document: Document) -> bool:
    return document.provisions[0].kind is Kind.FILE


def _clean(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    text, places = cleaned(from_utf8(data))
    return text.encode("utf-8"), tuple(f"U+{ord(p.character):04X} {p.line}:{p.column}" for p in places)


def _part(path: Path) -> tuple[File, Part]:
    """A file beside the text, by name, size and digest; its bytes are read again when it is sealed."""
    name = check_file_name(path.name)
    state, size = Sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                state.update(piece)
                size += len(piece)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Refused("file.missing", file=path.name) from error
    except OSError as error:
        raise Unavailable("file.unreadable", file=path.name) from error
    digest = state.digest()
    file_ = File(name=name, media_type=media_type_of(name), size=size, sha256=digest)
    return file_, Part(name=name, size=size, open=lambda: path.open("rb"), digest=digest)
