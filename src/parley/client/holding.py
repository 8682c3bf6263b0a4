"""Papers that are held: only what binds their sender is deposited, and a later paper opens it, step by step.

What is held is a document and one file, sealed in this home to our own reading key. What binds is the document's own
commitment, or another one that is made for this very deposit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from parley.act import Deposit, Opening
from parley.archive import MemoryReader
from parley.client import drafting
from parley.client.opening import OpenedPaper, open_file
from parley.client.session import Session
from parley.client.source import Source
from parley.client.views import Draft
from parley.client.wish import Wish
from parley.crypto import Digest
from parley.document import Document
from parley.envelope import Part

HELD = Opening(kind="held", round=None, time=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What a paper holds: its document, which names the file as its original, and what is deposited.

    `commitment` is 32 bytes that bind to the file; None where it is the document itself that is committed to.
    """

    document: Document
    file: bytes
    commitment: Digest | None = None


def hold(session: Session, handle: str | None, wish: Wish, make: Callable[[Digest], Held]) -> Draft:
    """Prepare a paper that is held; `make` is told the subject of its deposit. Signs and sends nothing.

    Raises: as `drafting.prepare`, and as `make`.
    """

    def sealing(subject: Digest) -> tuple[Source, Digest | None]:
        held = make(subject)
        named = held.document.original
        assert named is not None  # noqa: S101 - who makes a held paper names its file in the document
        part = Part(name=named.name, size=named.size, open=lambda: MemoryReader(held.file), digest=named.sha256)
        return Source(document=held.document, attachments=(), original=part, removed=()), held.commitment

    return drafting.prepare_held(session, handle, replace(wish, opens=HELD), sealing)


def opened(session: Session, act: Deposit) -> tuple[OpenedPaper, bytes]:
    """What a paper of ours holds, and its file, in the home that made it.

    Verifies that it is what was sealed here; what binds a commitment other than the document's, the caller compares.
    Raises: Refused("paper.held"), Refused("paper.held-elsewhere"), and as `open_file`.
    """
    return open_file(session, act)
