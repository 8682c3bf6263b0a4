"""Files to documents, once, at sealing: Markdown and plain text by their numbering, any other file whole."""

from __future__ import annotations

from parley.articulate import markdown, plain, whole
from parley.articulate.answering import Resolve, Target
from parley.articulate.builder import Particulars
from parley.articulate.versions import together
from parley.document import Document

__all__ = ["Particulars", "Resolve", "Target", "articulate", "media_type_of", "together"]

# Named here and not asked of the system, whose tables differ from machine to machine.
_MEDIA_TYPES = {
    "csv": "text/csv",
    "doc": "application/msword",
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


def media_type_of(name: str) -> str:
    """The media type that a file name's ending says, `application/octet-stream` when it says none we know."""
    return _MEDIA_TYPES.get(name.rpartition(".")[2].casefold(), "application/octet-stream")


def articulate(name: str, data: bytes, particulars: Particulars, *, resolve: Resolve | None = None) -> Document:
    """The document that a file is: Markdown or plain text by the name's ending, any other file in whole.

    With `resolve`, lines `Re: RU-1 Article 4 — refuse` become answers; without it they stay words.
    Raises: Malformed when the file is empty, too long, not UTF-8, or holds a character that words may not hold.
    """
    media_type = media_type_of(name)
    if media_type == "text/markdown":
        return markdown.read(name, data, particulars, resolve)
    if media_type == "text/plain":
        return plain.read(name, data, particulars, resolve)
    return whole.read(name, media_type, data, particulars)
