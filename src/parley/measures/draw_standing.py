"""Where a draw stands: who is bound, who has shown, what was drawn, and what follows from a seed that was not shown.

A function of the acts and of what was shown, the same for everybody, and for a stranger who is given both:

1. each party binds itself: its first paper that is held, in reply to the terms;
2. when all are bound, each shows its seed in one round, in reply to that paper; what it shows earlier does not count.
   The round opens for all or for none, by `show_by`;
3. a seed counts that opens its own commitment and is bound to these terms. One that is missing is never done without.

Source: spec/draw.md, In a negotiation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from parley.act import Opening, Round
from parley.canonical import Time
from parley.crypto import Digest, Nonce, sha256
from parley.errors import ParleyError
from parley.measures.draw import Drawn, DrawTerms, NotDrawn, Seed, draw
from parley.measures.draw_text import read_seed
from parley.measures.held_file import verify_shown
from parley.terms import PartyId

Stage = Literal["binding", "showing", "signing", "opening", "drawn", "not_drawn"]
"""Seeds are bound; shown; the papers that show them signed for; opened. Then it is drawn, or it is not."""

Missed = Literal["not_bound", "not_shown", "not_signed", "other_seed"]
"""Is bound to nothing; showed nothing in time, or before all were bound; did not sign for what the others show; showed
another seed than it was bound to."""

_LABEL = b"parley/draw-round/v1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPaper:
    """A paper of a negotiation as far as a draw looks at it; `signed` says which recipients signed for it, and when."""

    reference: str
    digest: Digest
    sender: PartyId
    entry: int
    made: Time
    in_reply_to: Digest | None
    opening: Opening
    subject: Digest
    commitment: Digest
    recipients: tuple[PartyId, ...]
    signed: Mapping[PartyId, Time]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawStanding:
    """How far a draw has come. `missed` says of each party why its seed does not count, once nothing can mend it."""

    stage: Stage
    bound: Mapping[PartyId, DrawPaper]
    shown: Mapping[PartyId, DrawPaper]
    to_sign: Mapping[PartyId, tuple[DrawPaper, ...]]
    missed: Mapping[PartyId, Missed] = field(default_factory=dict)
    result: Drawn | NotDrawn | None = None


def round_of(terms: DrawTerms) -> Round:
    """The one round in which all seeds of a draw are shown; its id follows from the terms."""
    name = Nonce(sha256(_LABEL, terms.subject)[:16])
    return Round(deadline=terms.show_by, id=name, parties=terms.parties)


def standing(
    terms: DrawTerms, at: Digest, papers: Iterable[DrawPaper], opened: Mapping[Digest, bytes], now: Time
) -> DrawStanding:
    """Where a draw stands at a moment. `at` is the deposit of its terms.

    `papers` are those of the negotiation in any order; `opened` is what papers show, by their deposits, as far as they
    are open to whoever asks: the files are verified here. That the acts are in the log is for the caller to have seen.
    """
    ordered = sorted(papers, key=lambda paper: paper.entry)
    bound = _bound(terms, at, ordered)
    shown = _shown(terms, bound, ordered)
    to_sign = {party: _to_sign(party, shown.values()) for party in terms.parties}
    late = now > terms.show_by

    def so_far(stage: Stage) -> DrawStanding:
        return DrawStanding(stage=stage, bound=bound, shown=shown, to_sign=to_sign)

    def without(missed: Mapping[PartyId, Missed]) -> DrawStanding:
        missing = tuple(party for party in terms.parties if party in missed)
        result = NotDrawn(missing=missing, consequence=terms.if_not_shown)
        return DrawStanding(
            stage="not_drawn", bound=bound, shown=shown, to_sign=to_sign, missed=missed, result=result
        )  # fmt: skip

    steps: tuple[tuple[Stage, Missed, list[PartyId]], ...] = (
        ("binding", "not_bound", [party for party in terms.parties if party not in bound]),
        ("showing", "not_shown", [party for party in terms.parties if party not in shown]),
        ("signing", "not_signed", [party for party in terms.parties if to_sign[party]]),
    )
    for stage, why, missing in steps:
        if missing:
            return without(dict.fromkeys(missing, why)) if late else so_far(stage)
    if any(paper.digest not in opened for paper in shown.values()):
        return so_far("opening")
    seeds, wrong = _seeds(terms, bound, shown, opened)
    if wrong:
        return without(dict.fromkeys(wrong, "other_seed"))
    return DrawStanding(stage="drawn", bound=bound, shown=shown, to_sign=to_sign, result=draw(terms, seeds))


def _bound(terms: DrawTerms, at: Digest, ordered: Iterable[DrawPaper]) -> dict[PartyId, DrawPaper]:
    """The first paper of each party that binds it, in time."""
    found: dict[PartyId, DrawPaper] = {}
    for paper in ordered:
        binds = paper.opening.kind == "held" and paper.in_reply_to == at and paper.sender in terms.parties
        if binds and paper.made <= terms.show_by:
            found.setdefault(paper.sender, paper)
    return found


def _shown(
    terms: DrawTerms, bound: Mapping[PartyId, DrawPaper], ordered: Iterable[DrawPaper]
) -> dict[PartyId, DrawPaper]:
    """The first paper of each party in the round that answers the paper by which it is bound, once all are bound."""
    if len(bound) < len(terms.parties):
        return {}
    meeting, last = round_of(terms), max(paper.entry for paper in bound.values())
    found: dict[PartyId, DrawPaper] = {}
    for paper in ordered:
        own = bound.get(paper.sender)
        if own is not None and paper.entry > last and (paper.opening.round, paper.in_reply_to) == (meeting, own.digest):
            found.setdefault(paper.sender, paper)
    return found


def _to_sign(party: PartyId, shown: Iterable[DrawPaper]) -> tuple[DrawPaper, ...]:
    """What this party has not signed for in time, of what the others show."""
    return tuple(
        paper
        for paper in shown
        if party in paper.recipients
        and (party not in paper.signed or (paper.opening.round and paper.signed[party] > paper.opening.round.deadline))
    )


def _seeds(
    terms: DrawTerms,
    bound: Mapping[PartyId, DrawPaper],
    shown: Mapping[PartyId, DrawPaper],
    opened: Mapping[Digest, bytes],
) -> tuple[dict[PartyId, Seed], list[PartyId]]:
    """The seeds that open what binds their parties, and the parties whose do not."""
    seeds: dict[PartyId, Seed] = {}
    for party, paper in bound.items():
        try:
            document, file = verify_shown(
                opened[shown[party].digest], deposit=paper.digest, subject=paper.subject, commitment=paper.commitment
            )
            seeds[party] = read_seed(document, file, terms)
        except ParleyError:
            continue
    return seeds, [party for party in terms.parties if party not in seeds]
