"""What opens a paper that was held: its document, the file that goes with it, and the seal of its commitment.

    {"deposit":"9f86d081…","document":"eyJ…","file":"eyJ…","seal":{"blind":"…","seed":"…"}}

Canonical JSON, the original of the later deposit that shows it. Source: spec/draw.md.
"""

from __future__ import annotations

from parley.canonical import Base64, Record, decode
from parley.crypto import Digest, sha256
from parley.disclosure import Seal, check
from parley.document import Document
from parley.errors import Invalid, Malformed

MEDIA_TYPE = "application/vnd.parley.held+json"


class Shown(Record, frozen=True):
    """What a party shows of an earlier deposit of its own; `document` and `file` are bytes."""

    deposit: Digest
    document: Base64
    file: Base64
    seal: Seal


def verify_shown(data: bytes, *, deposit: Digest, subject: Digest, commitment: Digest) -> tuple[Document, bytes]:
    """Return the document that was held and its file.

    Verifies that the bytes are about this deposit, that the document is the one it commits to, and that the file is the
    document's original. Not what either says. Raises: Malformed, Invalid("held.other-deposit"),
    Invalid("disclosure.commitment"), Invalid("disclosure.file").
    """
    shown = decode(data, Shown)
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
