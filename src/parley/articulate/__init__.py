"""Files to documents, once, at sealing: texts in the forms that are read in provisions, any other file whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from parley.articulate import confined, markdown, plain, whole
from parley.articulate.answering import Resolve, Target
from parley.articulate.builder import Particulars
from parley.articulate.confined import LeftOut
from parley.articulate.versions import together
from parley.document import Document, file_of
from parley.wording import canonical_line

__all__ = [
    "LeftOut",
    "Particulars",
    "Resolve",
    "Target",
    "Understood",
    "articulate",
    "is_read",
    "media_type_of",
    "together",
    "understand",
]

# Named here and not asked of the system, whose tables differ from machine to machine.
_MEDIA_TYPES = {
    "csv": "text/csv",
    "doc": "application/msword",
    "docm": "application/vnd.ms-word.document.macroenabled.12",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "htm": "text/html",
    "html": "text/html",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "markdown": "text/markdown",
    "md": "text/markdown",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "png": "image/png",
    "rtf": "application/rtf",
    "text": "text/plain",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "zip": "application/zip",
}
_AKN = "application/akn+xml"
_AKN_ROOT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[?!][^<>]*>\s*)*<(?:[A-Za-z]+:)?akomaNtoso[\s>]")
_BEGINNING = 4096
_WORD = (_MEDIA_TYPES["docx"], _MEDIA_TYPES["docm"])


def media_type_of(name: str) -> str:
    """The media type that a file name's ending says, `application/octet-stream` when it says none we know."""
    if name.casefold().endswith((".akn", ".akn.xml")):
        return _AKN
    return _MEDIA_TYPES.get(name.rpartition(".")[2].casefold(), "application/octet-stream")


def is_read(name: str) -> bool:
    """Whether a file of this name is read for its words; any other is taken in whole."""
    return media_type_of(name) in ("text/markdown", "text/plain", "text/html")


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """A document, and what of the file is not in it: scripts, comments, words that a reader would not see."""

    document: Document
    left_out: tuple[LeftOut, ...]


def articulate(name: str, data: bytes, particulars: Particulars, *, resolve: Resolve | None = None) -> Document:
    """The document that a file is: what can be read in provisions by the name's ending, any other file in whole.

    With `resolve`, lines `Re: RU-1 Article 4 — refuse` become answers; without it they stay words.
    Raises: Malformed when the file is empty, too long, not UTF-8, or holds a character that words may not hold.
    """
    return understand(name, data, particulars, resolve=resolve).document


def understand(name: str, data: bytes, particulars: Particulars, *, resolve: Resolve | None = None) -> Understood:
    """As `articulate`, and what was left out. An HTML page stays beside its text as the original, unless another is.

    HTML, Word and Akoma Ntoso files are read in a child process with limits; a plain `.xml` is Akoma Ntoso when its
    root says so. A Word file does not go along by itself:
    what it holds beside its words would go with it. Raises: as `articulate`, Malformed("articulate.too-much") when a
    file asks for more than the child may use, and what `docx.read` and `akn.read` raise.
    """
    media_type = media_type_of(name)
    if media_type == _AKN or (media_type == _MEDIA_TYPES["xml"] and _AKN_ROOT.match(data[:_BEGINNING])):
        document, left_out = confined.read("akn", name, data, particulars, resolve)
        return Understood(document=document, left_out=left_out)
    if media_type in _WORD:
        document, left_out = confined.read("docx", name, data, particulars, resolve)
        return Understood(document=document, left_out=left_out)
    if media_type == "text/markdown":
        return Understood(document=markdown.read(name, data, particulars, resolve), left_out=())
    if media_type == "text/plain":
        return Understood(document=plain.read(name, data, particulars, resolve), left_out=())
    if media_type == "text/html":
        file = particulars.original or file_of(canonical_line(name), media_type, data)
        document, left_out = confined.read("html", name, data, replace(particulars, original=file), resolve)
        return Understood(document=document, left_out=left_out)
    return Understood(document=whole.read(name, media_type, data, particulars), left_out=())
