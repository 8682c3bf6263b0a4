"""A file that proves a draw to anyone: the acts that bound and showed the seeds, and what they were.

    {"evidence":"{…}\\n","kind":"draw","opened":[{"deposit":…},…],"version":1}

Canonical JSON and a final LF. `evidence` is an evidence file of the kind `act`, as spec/evidence.md has it: the deposit
of the terms, for each party the paper by which it was bound and the one that showed its seed, and the receipts of the
latter. `opened` opens the deposit of the terms, then for each party the one that showed its seed, in which lies what
opens the paper by which it was bound. Whoever checks it computes the draw again. Source: spec/draw.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from parley.act import Deposit, Receipt
from parley.answers import subject_of_act
from parley.canonical import Record, Time, decode, encode
from parley.crypto import Digest
from parley.document import Document
from parley.errors import Invalid, Malformed
from parley.measures.draw import Drawn, DrawTerms
from parley.measures.draw_standing import DrawPaper, DrawStanding, check_terms, standing
from parley.measures.draw_text import read_terms
from parley.measures.held_file import Shown, verify_shown
from parley.policy import Trust
from parley.terms import terms_digest
from parley.verdict import Verdict, verify

KIND = "draw"
MAX_BYTES = 64 << 20


class DrawProof(Record, frozen=True):
    """What the file holds; nothing of it is verified."""

    evidence: str
    kind: Literal["draw"]
    opened: tuple[Shown, ...]
    version: Literal[1]

    def write(self) -> bytes:
        """The bytes of the file."""
        return encode(self) + b"\n"

    @classmethod
    def read(cls, data: bytes) -> DrawProof:
        """Read the file, accepting only the bytes that `write` gives. Verifies form only. Raises: Malformed."""
        if len(data) > MAX_BYTES:
            raise Malformed("evidence.size", most=MAX_BYTES)
        if not data.endswith(b"\n"):
            raise Malformed("evidence.last-line")
        return decode(data[:-1], cls)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawShown:
    """A draw computed again from what the acts of the file bind and show."""

    terms: DrawTerms
    standing: DrawStanding
    drawn: Drawn
    verdict: Verdict


def looks_like_draw(data: bytes) -> bool:
    """Whether a file is meant to be one of these; nothing is verified."""
    return data.startswith(b'{"evidence":')


def verify_draw(data: bytes, trust: Trust | None) -> DrawShown:
    """Return what a file proves of a draw, under a reader's trust file or, without one, by itself.

    Verifies: the evidence, by its own numbered steps; that terms, and what showed the seeds, are what their deposits
    commit to; that all parties were bound before any showed its seed, and named the same papers that bind; that the
    round was signed for by all in time; and computes the draw.
    Not: that a seed was random, that the list is complete, that the office kept the round shut.
    Raises: Malformed, Invalid as `verify`; Invalid("draw.not-proven") for acts that do not lead to a draw.
    """
    proof = DrawProof.read(data)
    if not proof.opened:
        raise Malformed("draw.incomplete")
    verdict = verify(proof.evidence.encode("utf-8"), trust)
    if verdict.kind != "act":
        raise Malformed("evidence.kind")
    papers = {paper.digest: paper for paper in _papers(verdict)}
    first, *rest = proof.opened
    at = papers.get(first.deposit)
    if at is None:
        raise Malformed("draw.incomplete")
    terms = read_terms(*_opened(first, at))
    if any(each.deposit not in papers for each in rest):
        raise Malformed("draw.incomplete")
    opened = {each.deposit: _opened(each, papers[each.deposit])[1] for each in rest}
    found = standing(terms, check_terms(terms, at), papers.values(), opened, terms.sign_by)
    if not isinstance(found.result, Drawn):
        raise Invalid("draw.not-proven", stage=found.stage)
    return DrawShown(terms=terms, standing=found, drawn=found.result, verdict=verdict)


def _opened(shown: Shown, paper: DrawPaper) -> tuple[Document, bytes]:
    """A paper's document and file, as its deposit commits to them."""
    return verify_shown(shown, deposit=paper.digest, subject=paper.subject, commitment=paper.commitment)


def draw_paper(
    act: Deposit,
    *,
    digest: Digest,
    reference: str,
    entry: int,
    made: Time,
    signed: Mapping[str, Time],
    taken_back: bool = False,
) -> DrawPaper:
    """A deposit as a draw looks at it."""
    return DrawPaper(
        reference=reference,
        digest=digest,
        sender=act.by.party,
        entry=entry,
        made=made,
        in_reply_to=act.in_reply_to,
        opening=act.opening,
        terms=terms_digest(act.terms),
        subject=subject_of_act(act),
        commitment=act.commitment,
        recipients=tuple(each.party for each in act.recipients if each.capacity == "to"),
        signed=signed,
        taken_back=taken_back,
    )


def _papers(verdict: Verdict) -> Iterator[DrawPaper]:
    receipts: dict[Digest, dict[str, Time]] = {}
    for shown in verdict.acts:
        if isinstance(shown.act, Receipt):
            receipts.setdefault(shown.act.deposit, {})[shown.act.by.party] = shown.time
    for shown in verdict.acts:
        if isinstance(shown.act, Deposit):
            yield draw_paper(
                shown.act,
                digest=shown.digest,
                reference=shown.digest.hex()[:8],
                entry=shown.index,
                made=shown.time,
                signed=receipts.get(shown.digest, {}),
            )
