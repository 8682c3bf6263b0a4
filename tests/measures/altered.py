"""Documents that say something beside their file: an annex, another standing, another text that prevails."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from parley.document import Document, Prevails, file_of

ANNEX = file_of("real-terms.pdf", "application/pdf", b"what was really agreed")


def altered(document: Document) -> Iterator[Document]:
    """The document with a change that leaves its title and its provisions as they are."""
    other = Prevails.TEXT if document.prevails is Prevails.ORIGINAL else Prevails.ORIGINAL
    yield structs.replace(document, attachments=(ANNEX,))
    yield structs.replace(document, standing="non_paper")
    yield structs.replace(document, prevails=other)


def with_status(document: Document) -> Document:
    """The same as a translation."""
    (language,) = document.languages
    return structs.replace(document, languages=(structs.replace(language, status="official_translation"),))
