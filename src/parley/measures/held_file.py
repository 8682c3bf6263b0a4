"""What opens a deposit to whoever was not given its sealed parts: its document, the file of it, and its seal.

    {"deposit":"9f86d081…","document":"eyJ…","file":"eyJ…","seal":{"blind":"…","seed":"…"}}

Canonical JSON. Source: spec/draw.md.
"""

from __future__ import annotations

from parley.canonical import Base64, Record
from parley.crypto import Digest, sha256
from parley.disclosure import Seal, check
from parley.document import Document
from parley.errors import Invalid, Malformed


class Shown(Record, frozen=True):
    """What is shown of one deposit; `document` and `file` are bytes."""

    deposit: Digest
    document: Base64
    file: Base64
    seal: Seal


def verify_shown(shown: Shown, *, deposit: Digest, subject: Digest, commitment: Digest) -> tuple[Document, bytes]:
    """Return the document of a deposit and its file.

    Verifies that what is shown is of this deposit, that the document is the one it commits to, and that the file is the
    document's original. Not what either says. Raises: Malformed, Invalid("held.other-deposit"),
    Invalid("disclosure.commitment"), Invalid("disclosure.file").
    """
    if shown.deposit != deposit:
        raise Invalid("held.other-deposit")
    document = Document.from_bytes(bytes(shown.document))
    check(document, shown.seal, subject=subject, commitment=commitment)
    original = document.original
    if original is None:
        raise Malformed("held.no-file")
    if (original.size, original.sha256) != (len(shown.file), sha256(bytes(shown.file))):
        raise Invalid("disclosure.file")
    return document, bytes(shown.file)
