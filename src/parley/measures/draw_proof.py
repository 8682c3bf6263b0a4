"""A file that proves a draw to anyone: the acts that bound and showed the seeds, and what they were.

    {"evidence":"{…}\\n","kind":"draw","opened":[{"deposit":…},…],"version":1}

Canonical JSON and a final LF. `evidence` is an evidence file of the kind `act`, as spec/evidence.md has it: the deposit
of the terms, for each party the paper by which it was bound and the one that showed its seed, and the receipts of the
latter. `opened` has the terms, then each party's seed. Whoever checks it computes the draw again. Source: spec/draw.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from parley.act import Deposit, Receipt
from parley.answers import subject_of_act
from parley.canonical import Record, Time, decode, encode
from parley.crypto import Digest
from parley.errors import Invalid, Malformed
from parley.measures.draw import Drawn, DrawTerms
from parley.measures.draw_standing import DrawPaper, DrawStanding, standing
from parley.measures.draw_text import read_terms
from parley.measures.held_file import Shown, verify_shown
from parley.policy import Trust
from parley.verdict import Verdict, verify

KIND = "draw"
MAX_BYTES = 32 << 20


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

    Verifies: the evidence, by its own numbered steps; that terms and seeds are what their deposits commit to; that all
    parties were bound before any showed its seed; that the round was signed for by all in time; and computes the draw.
    Not: that a seed was random, that the list is complete, that the office kept the round shut.
    Raises: Malformed, Invalid as `verify`; Invalid("draw.not-proven") for acts that do not lead to a draw.
    """
    proof = DrawProof.read(data)
    if not proof.opened:
        raise Malformed("draw.no-terms")
    verdict = verify(proof.evidence.encode("utf-8"), trust)
    deposits = {shown.digest: shown.act for shown in verdict.acts if isinstance(shown.act, Deposit)}
    first = proof.opened[0]
    act = deposits.get(first.deposit)
    if act is None:
        raise Malformed("draw.no-terms")
    document, file = verify_shown(
        encode(first), deposit=first.deposit, subject=subject_of_act(act), commitment=act.commitment
    )
    terms = read_terms(document, file)
    papers = list(_papers(verdict))
    seeds = {each.deposit: encode(each) for each in proof.opened[1:]}
    opened = {each.digest: seeds[each.in_reply_to] for each in papers if each.in_reply_to in seeds}
    found = standing(terms, first.deposit, papers, opened, terms.show_by)
    if not isinstance(found.result, Drawn):
        raise Invalid("draw.not-proven", stage=found.stage)
    return DrawShown(terms=terms, standing=found, drawn=found.result, verdict=verdict)


def draw_paper(
    act: Deposit, *, digest: Digest, reference: str, entry: int, made: Time, signed: Mapping[str, Time]
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
        subject=subject_of_act(act),
        commitment=act.commitment,
        recipients=tuple(each.party for each in act.recipients),
        signed=signed,
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
