"""What a party states about an agreement: that it suspends, answers, resumes, contests or denounces it.

    {"agreement":"9f86d081…","because":"…","cites":null,"kind":"suspension","measures":["prior-notice"],"towards":["us"]}

Canonical JSON, the original of a deposit whose text says the same. Adopting an agreement is depositing its file, and
amending it depositing the file that takes its place. Measures and parties are named by their ids, none for all of them;
`cites` is the deposit that it is about. Source: spec/measures.md.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from msgspec import Meta

from parley.canonical import Record
from parley.crypto import Digest
from parley.errors import Malformed
from parley.measures.entry import Id
from parley.terms import PartyId
from parley.wording import displayed

StatedKind = Literal["suspension", "counter_measure", "resumption", "contesting", "denunciation"]
MEDIA_TYPE = "application/vnd.parley.step+json"
MAX_WORDS = 2_000
CITING = ("counter_measure", "contesting")


class Stated(Record, frozen=True):
    """What one party states; its sender and its place in the log are those of its deposit."""

    agreement: Digest
    because: str
    cites: Digest | None
    kind: StatedKind
    measures: Annotated[tuple[Id, ...], Meta(max_length=200)]
    towards: Annotated[tuple[PartyId, ...], Meta(max_length=200)]

    def __post_init__(self) -> None:
        if self.kind in CITING and self.cites is None:
            raise Malformed("step.cites")
        for names in (self.measures, self.towards):
            if any(one >= other for one, other in pairwise(names)):
                raise Malformed("step.names")
        if len(self.because) > MAX_WORDS:
            raise Malformed("step.long", most=MAX_WORDS)
        for line in self.because.split("\n"):
            displayed(line, most=MAX_WORDS)
