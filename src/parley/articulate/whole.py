"""Any other file: one provision that says which file it is, with the file as original."""

from __future__ import annotations

from parley.articulate.builder import Particulars
from parley.document import Document, Language, Prevails, Provision, file_of
from parley.errors import Malformed
from parley.identifiers import Identifiers, Kind
from parley.wording import canonical_line

WORDS = "This document is the file {name}, {size} bytes. It goes in whole: no excerpt can be cut from it."


def read(name: str, media_type: str, data: bytes, particulars: Particulars) -> Document:
    """Take a file in whole; the file is the original and prevails, so the particulars may name no other original.

    Verifies nothing about the file's content.
    Raises: Malformed("articulate.empty"), Malformed("articulate.whole-original"), Malformed for its name.
    """
    if particulars.original is not None:
        raise Malformed("articulate.whole-original", file=name, original=particulars.original.name)
    if not data:
        raise Malformed("articulate.empty")
    name = canonical_line(name)
    original = file_of(name, media_type, data)
    identifier = Identifiers().next(Kind.FILE, "")
    provision = Provision(
        number=1,
        kind=Kind.FILE,
        label="",
        heading=name,
        words=WORDS.format(name=name, size=len(data)),
        language=particulars.language,
        e_id=identifier,
        w_id=identifier,
        parent=0,
        requires=(),
        answers=(),
    )
    return Document(
        title=name,
        standing=particulars.standing,
        languages=(Language(language=particulars.language, status=particulars.status, first=1, last=1),),
        prevails=Prevails.ORIGINAL,
        attachments=particulars.attachments,
        original=original,
        provisions=(provision,),
        version=1,
    )
