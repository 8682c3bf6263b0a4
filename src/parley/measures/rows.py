"""Documents that a program writes: a title, and rows of a heading and words, each a provision."""

from __future__ import annotations

from collections.abc import Iterable

from parley.document import Document, File, Language, Prevails, Provision
from parley.identifiers import Identifiers, Kind
from parley.wording import canonical_line, canonical_words


def document_of_rows(
    title: str, rows: Iterable[tuple[str, str, str]], original: File, language: str, kind: Kind = Kind.ARTICLE
) -> Document:
    """The document of rows of (label, heading, words) in one language; what a program reads is its original.

    Raises: Malformed for words that may not stand in a document.
    """
    identifiers, provisions = Identifiers(), []
    for number, (label, heading, words) in enumerate(rows, start=1):
        identifier = identifiers.next(kind, label)
        provision = Provision(
            number=number,
            kind=kind,
            label=label,
            heading=canonical_line(heading),
            words=canonical_words(words) if words else "",
            language=language,
            e_id=identifier,
            w_id=identifier,
            parent=0,
            requires=(),
            answers=(),
        )
        provisions.append(provision)
    return Document(
        title=canonical_line(title),
        standing="formal",
        languages=(Language(language=language, status="authentic", first=1, last=len(provisions)),),
        prevails=Prevails.ORIGINAL,
        attachments=(),
        original=original,
        provisions=tuple(provisions),
        version=1,
    )
