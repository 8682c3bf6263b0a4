"""Papers to compare: articulated from Markdown as a sender would, with answer lines resolved."""

from __future__ import annotations

from pathlib import Path

from parley.articulate import Particulars, Target, articulate
from parley.crypto import Digest
from parley.document import Document
from parley.negotiation.coverage import Held

SAMPLES = Path(__file__).parents[2] / "src" / "parley" / "samples"


def digest(number: int) -> Digest:
    return Digest(number.to_bytes(32, "big"))


def paper(reference: str, text: str, *others: Held, number: int = 1, language: str = "en") -> Held:
    """A paper written in Markdown; its answer lines may name the `others`."""
    known = {other.reference: other for other in others}

    def resolve(name: str, place: str | None) -> Target | None:
        if name not in known:
            return None
        if place is None:
            return Target(deposit=known[name].digest, provision=None)
        found = known[name].document.find(place)
        return Target(deposit=known[name].digest, provision=found.number) if found else None

    document = articulate("paper.md", text.encode("utf-8"), Particulars(language=language), resolve=resolve)
    return Held(reference=reference, digest=digest(number), document=document)


def sample(name: str, reference: str, *others: Held, number: int = 1) -> Held:
    """A paper of `samples`."""
    return paper(reference, (SAMPLES / name).read_text("utf-8"), *others, number=number)


def document(text: str) -> Document:
    """A document written in Markdown, without answer lines."""
    return articulate("paper.md", text.encode("utf-8"), Particulars(language="en"))
