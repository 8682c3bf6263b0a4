"""Where a draw stands: who is bound, who has shown, what was drawn, and what follows from a seed that was not shown.

A function of the acts and of what was shown, the same for everybody, and for a stranger who is given both:

1. each party binds itself: its first paper that is held, in reply to the terms, by `bind_by`;
2. when all are bound, each shows its seed in one round, in reply to that paper, under the terms of the draw's paper, by
   `show_by`; what it shows earlier, or takes back, does not count;
3. each signs for what the others show, by `sign_by`; the round opens for all or for none;
4. a seed counts that opens its own commitment, is bound to this draw, and lists the same bound papers as all others.

Who is bound to nothing has accepted nothing: the draw is void. Whoever is bound and then fails gets what the terms say.
Source: spec/draw.md, In a negotiation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from parley.act import Opening, Round
from parley.canonical import Time, decode
from parley.crypto import Digest, Nonce, sha256
from parley.errors import Invalid, ParleyError
from parley.measures.draw import Consequence, Drawn, DrawTerms, NotDrawn, Seed, draw
from parley.measures.draw_text import Showing, read_seed
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
    terms: Digest
    subject: Digest
    commitment: Digest
    recipients: tuple[PartyId, ...]
    signed: Mapping[PartyId, Time]
    taken_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawStanding:
    """How far a draw has come. `missed` says of each party why its seed does not count, once nothing can mend it."""

    stage: Stage
    bound: Mapping[PartyId, DrawPaper]
    shown: Mapping[PartyId, DrawPaper]
    to_sign: Mapping[PartyId, tuple[DrawPaper, ...]]
    missed: Mapping[PartyId, Missed] = field(default_factory=dict)
    result: Drawn | NotDrawn | None = None


def round_of(terms: DrawTerms, at: Digest) -> Round:
    """The one round in which all seeds of a draw are shown; its id follows from the terms and their deposit."""
    name = Nonce(sha256(_LABEL, terms.subject, at)[:16])
    return Round(deadline=terms.sign_by, id=name, parties=terms.parties)


def check_terms(terms: DrawTerms, paper: DrawPaper) -> DrawPaper:
    """Return the paper that has the terms of a draw.

    Verifies that its sender and its recipients are the draw's parties: nobody is named who was not asked, and nobody
    is asked who is not named. Raises: Invalid("draw.other-parties").
    """
    if tuple(sorted((paper.sender, *paper.recipients))) != terms.parties:
        raise Invalid("draw.other-parties")
    return paper


def standing(
    terms: DrawTerms, at: DrawPaper, papers: Iterable[DrawPaper], opened: Mapping[Digest, bytes], now: Time
) -> DrawStanding:
    """Where a draw stands at a moment. `at` is the paper that has its terms, as `check_terms` returns it.

    `papers` are those of the negotiation in any order; `opened` are the files of papers of the round, by their
    deposits, as far as they are open to whoever asks: what they show is verified here. That the acts are in the log,
    and that a file is the one of its paper, is for the caller to have seen.
    """
    ordered = sorted(papers, key=lambda paper: paper.entry)
    bound = _bound(terms, at, ordered)
    shown = _shown(terms, at, bound, ordered)
    to_sign = {party: _to_sign(party, terms, shown.values()) for party in terms.parties}

    def so_far(stage: Stage) -> DrawStanding:
        return DrawStanding(stage=stage, bound=bound, shown=shown, to_sign=to_sign)

    def without(missed: Mapping[PartyId, Missed], consequence: Consequence) -> DrawStanding:
        missing = tuple(party for party in terms.parties if party in missed)
        result = NotDrawn(missing=missing, consequence=consequence)
        return DrawStanding(stage="not_drawn", bound=bound, shown=shown, to_sign=to_sign, missed=missed, result=result)

    steps: tuple[tuple[Stage, Missed, Time, list[PartyId]], ...] = (
        ("binding", "not_bound", terms.bind_by, [party for party in terms.parties if party not in bound]),
        ("showing", "not_shown", terms.show_by, [party for party in terms.parties if party not in shown]),
        ("signing", "not_signed", terms.sign_by, [party for party in terms.parties if to_sign[party]]),
    )
    for stage, why, limit, missing in steps:
        if missing:
            follows: Consequence = "void" if why == "not_bound" else terms.if_not_shown
            return without(dict.fromkeys(missing, why), follows) if now > limit else so_far(stage)
    if any(paper.digest not in opened for paper in shown.values()):
        return so_far("opening")
    seeds, wrong = _seeds(terms, at.digest, bound, shown, opened)
    if wrong:
        return without(dict.fromkeys(wrong, "other_seed"), terms.if_not_shown)
    return DrawStanding(stage="drawn", bound=bound, shown=shown, to_sign=to_sign, result=draw(terms, seeds))


def _bound(terms: DrawTerms, at: DrawPaper, ordered: Iterable[DrawPaper]) -> dict[PartyId, DrawPaper]:
    """The first paper of each party that binds it, in time. It binds whether anybody signed for it or not, for good."""
    found: dict[PartyId, DrawPaper] = {}
    for paper in ordered:
        binds = paper.opening.kind == "held" and paper.in_reply_to == at.digest and paper.sender in terms.parties
        if binds and paper.made <= terms.bind_by:
            found.setdefault(paper.sender, paper)
    return found


def _shown(
    terms: DrawTerms, at: DrawPaper, bound: Mapping[PartyId, DrawPaper], ordered: Iterable[DrawPaper]
) -> dict[PartyId, DrawPaper]:
    """The paper of each party in the round that answers the paper by which it is bound, once all are bound.

    Under other terms than the draw's paper has, nobody need sign for it.
    """
    if len(bound) < len(terms.parties):
        return {}
    meeting, last = round_of(terms, at.digest), max(paper.entry for paper in bound.values())
    found: dict[PartyId, DrawPaper] = {}
    for paper in ordered:
        own = bound.get(paper.sender)
        answers = own is not None and (paper.opening.round, paper.in_reply_to) == (meeting, own.digest)
        counts = not paper.taken_back and paper.terms == at.terms and last < paper.entry
        if answers and counts and paper.made <= terms.show_by:
            found.setdefault(paper.sender, paper)
    return found


def _to_sign(party: PartyId, terms: DrawTerms, shown: Iterable[DrawPaper]) -> tuple[DrawPaper, ...]:
    """What this party has not signed for in time, of what the others show."""
    return tuple(
        paper
        for paper in shown
        if party in paper.recipients and (party not in paper.signed or paper.signed[party] > terms.sign_by)
    )


def _seeds(
    terms: DrawTerms,
    at: Digest,
    bound: Mapping[PartyId, DrawPaper],
    shown: Mapping[PartyId, DrawPaper],
    opened: Mapping[Digest, bytes],
) -> tuple[dict[PartyId, Seed], list[PartyId]]:
    """The seeds that open what binds their parties, and the parties whose do not."""
    seeds: dict[PartyId, Seed] = {}
    listed = tuple(bound[party].digest for party in terms.parties)
    for party, paper in bound.items():
        try:
            showing = decode(opened[shown[party].digest], Showing)
            if showing.bound != listed:
                continue
            document, file = verify_shown(
                showing.held, deposit=paper.digest, subject=paper.subject, commitment=paper.commitment
            )
            seeds[party] = read_seed(document, file, terms, at)
        except ParleyError:
            continue
    return seeds, [party for party in terms.parties if party not in seeds]
