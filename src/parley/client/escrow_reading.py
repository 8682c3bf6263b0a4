"""The escrows of a negotiation out of its papers: every held paper under a plan, and what was handed over about it.

Of all other papers nothing is opened here but what replies to a held one, or is replied to by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from parley.act import Deposit
from parley.client.opening import open_paper
from parley.client.references import find
from parley.client.session import Session
from parley.crypto import Digest
from parley.disclosure import subject_of
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.exchange import State
from parley.fold import Negotiation
from parley.measures.escrow_papers import MEDIA_TYPE, EscrowFile, PlanPaper
from parley.measures.escrow_plan import Plan
from parley.measures.escrow_story import Handed, Sealed, Story, stories
from parley.measures.escrow_text import read_paper
from parley.paper import Paper


def subject_of_deposit(act: Deposit) -> Digest:
    """What the commitment of a deposit is bound to: who deposits where."""
    assert act.negotiation is not None  # noqa: S101 - act.py refuses a Deposit without one
    return subject_of(log=act.log, negotiation=act.negotiation, nonce=act.nonce, party=act.by.party)


def read_stories(session: Session, negotiation: Negotiation) -> tuple[Story, ...]:
    """The story of each escrow of a negotiation, as far as this home may read its papers."""
    return stories(_Reading(session, negotiation).papers())


def stories_of(session: Session, reference: str, *, signing: bool = False) -> tuple[Negotiation, tuple[Story, ...]]:
    """The escrows that a paper is about: the held paper itself, its plan, or any paper about it.

    Raises: as `references.find`, Refused("escrow.none").
    """
    negotiation, paper = find(session, reference, signing=signing)
    found = {story.sealed.digest: story for story in read_stories(session, negotiation)}
    planned = tuple(story for story in found.values() if story.plan_by == paper.reference)
    if planned:
        return negotiation, planned
    seen: Paper | None = paper
    while seen is not None:
        if seen.digest in found:
            return negotiation, (found[seen.digest],)
        seen = negotiation.papers.get(seen.act.in_reply_to) if seen.act.in_reply_to else None
    raise Refused("escrow.none", reference=paper.reference)


def read_as(session: Session, paper: Paper, plan: Plan | None) -> Handed | None:
    """A paper as the fold takes it; None where it is about something else.

    One that is not handed over here, or cannot be fetched now, has neither a file nor a fault.
    """
    file: EscrowFile | None = None
    fault: ParleyError | None = None
    try:
        original = open_paper(session, paper.act).document.original
        if original is None or original.media_type != MEDIA_TYPE:
            return None
        opened = open_paper(session, paper.act, sink=None)
        file = read_paper(opened.document, opened.parts[-1].content or b"", plan)
    except (Malformed, Invalid) as error:
        fault = error
    except (Refused, Unavailable):
        pass
    return Handed(
        reference=paper.reference,
        digest=paper.digest,
        sender=paper.act.by.party,
        entry=paper.at.index,
        made=paper.at.time,
        answers=paper.act.in_reply_to,
        file=file,
        fault=fault,
    )


@dataclass(slots=True)
class _Reading:
    """The papers of one negotiation, read in the log's order."""

    session: Session
    negotiation: Negotiation
    plans: dict[Digest, Plan | None] = field(default_factory=dict)
    """The plan that each held paper, and each paper about it, stands under."""

    def papers(self) -> Iterator[Sealed | Handed]:
        """Plans that something was sealed under, what was sealed, and what was handed over about it."""
        papers = sorted(self._standing(), key=lambda each: each.at.index)
        sealed_under = {paper.act.in_reply_to for paper in papers if paper.act.opening.kind == "held"}
        for paper in papers:
            held, answers = paper.act.opening.kind == "held", paper.act.in_reply_to
            if held and answers in self.plans:
                self.plans[paper.digest] = self.plans[answers]
                yield self._sealed(paper, answers)
            elif not held and answers in self.plans:
                yield from self._about(paper, answers)
            elif not held and paper.digest in sealed_under and paper.act.role == "declaration":
                yield from self._plan(paper)

    def _standing(self) -> Iterator[Paper]:
        """Not those that were taken back, or replaced, before they counted for anybody."""
        for paper in self.negotiation.papers.values():
            taken_back = all(outcome.state is State.WITHDRAWN for outcome in paper.outcomes.values())
            if not taken_back and paper.replaced_by is None:
                yield paper

    def _sealed(self, paper: Paper, answers: Digest) -> Sealed:
        return Sealed(
            reference=paper.reference,
            digest=paper.digest,
            sender=paper.act.by.party,
            entry=paper.at.index,
            made=paper.at.time,
            answers=answers,
            commitment=paper.act.commitment,
            subject=subject_of_deposit(paper.act),
        )

    def _plan(self, paper: Paper) -> Iterator[Handed]:
        found = read_as(self.session, paper, None)
        if found is not None:
            self.plans[paper.digest] = found.file.plan if isinstance(found.file, PlanPaper) else None
            yield found

    def _about(self, paper: Paper, answers: Digest) -> Iterator[Handed]:
        found = read_as(self.session, paper, self.plans[answers])
        if found is not None:
            self.plans[paper.digest] = self.plans[answers]
            yield found
