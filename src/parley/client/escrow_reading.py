"""The escrows of a negotiation out of its papers: every held paper under a plan, and what was handed over about it.

Of all other papers nothing is opened here but what replies to a held one, or is replied to by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from parley.act import Handover
from parley.answers import subject_of_act
from parley.canonical import Time
from parley.client.opening import open_up_to
from parley.client.session import Session
from parley.crypto import Digest
from parley.document import Document
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.exchange import ENDED
from parley.fold import Negotiation
from parley.measures.escrow_fold import stories
from parley.measures.escrow_papers import MEDIA_TYPE, EscrowFile, PlanPaper, most_bytes, most_bytes_as
from parley.measures.escrow_plan import Plan
from parley.measures.escrow_story import Handed, Sealed, Story
from parley.measures.escrow_text import read_paper
from parley.paper import Paper, counting

Kept: TypeAlias = dict[tuple[Digest, Plan | None], Handed | None]
"""What was read of papers under a plan; None for one that is about something else."""


def read_stories(session: Session, negotiation: Negotiation, kept: Kept) -> tuple[Story, ...]:
    """The story of each escrow of a negotiation, as far as this home may read its papers. What is read goes to `kept`,
    and what is there is not read again."""
    return stories(_Reading(session, negotiation, kept).papers())


def stories_about(found: Sequence[Story], negotiation: Negotiation, paper: Paper) -> tuple[Story, ...]:
    """The escrows that a paper is about: the held paper itself, its plan, or any paper about it.

    Raises: Refused("escrow.none").
    """
    planned = tuple(story for story in found if story.plan_by == paper.reference)
    if planned:
        return planned
    by_digest = {story.sealed.digest: story for story in found}
    seen: Paper | None = paper
    while seen is not None:
        if seen.digest in by_digest:
            return (by_digest[seen.digest],)
        seen = negotiation.papers.get(seen.act.in_reply_to) if seen.act.in_reply_to else None
    raise Refused("escrow.none", reference=paper.reference)


def read_as(session: Session, paper: Paper, plan: Plan | None, *, most: int | None = None) -> Handed | None:
    """A paper as the fold takes it; None where it is about something else. Without `most` it is read as a plan.

    One that is not handed over here, or cannot be fetched now, has neither a file nor a fault. An original of more than
    `most` bytes is not taken into memory.
    """
    file: EscrowFile | None = None
    fault: ParleyError | None = None
    try:
        found = _file(session, paper, most_bytes("plan", None) if most is None else most)
        if found is None:
            return None
        file = read_paper(*found, plan)
    except _NotHere:
        pass
    except (Malformed, Invalid, Refused) as error:
        fault = error
    return replace(_handed(session, paper), file=file, fault=fault)


def _handed(session: Session, paper: Paper) -> Handed:
    return Handed(
        reference=paper.reference,
        digest=paper.digest,
        sender=paper.act.by.party,
        entry=paper.at.index,
        made=paper.at.time,
        answers=paper.act.in_reply_to,
        role=paper.act.role,
        opening=paper.act.opening.kind,
        here_from=_here_from(session, paper),
    )


def _here_from(session: Session, paper: Paper) -> Time | None:
    """When our party may have a paper at the earliest, as far as that is fixed; None where it is for others alone.

    What opens in a round opens when all others have said so, and may never: nobody has to wait for it.
    """
    ours, opening = session.party, paper.act.opening
    if paper.act.by.party == ours:
        return paper.at.time
    outcome = paper.outcomes.get(ours)
    if outcome is None or (outcome.state in ENDED and outcome.find(Handover) is None):
        return None
    match opening.kind:
        case "at_once" | "on_receipt":
            return paper.at.time
        case "not_before":
            return opening.time
        case _:
            return None


class _NotHere(Exception):
    """A paper that this home may not open, or not yet, or cannot fetch now."""


def _file(session: Session, paper: Paper, most: int) -> tuple[Document, bytes] | None:
    """The document and the file of a paper about an escrow. Raises: _NotHere, Malformed, Invalid."""
    try:
        opened, data = open_up_to(session, paper.act, most)
    except (Refused, Unavailable) as error:
        raise _NotHere from error
    original = opened.document.original
    if original is None or original.media_type != MEDIA_TYPE:
        return None
    if data is None:
        raise Invalid("paper.file-too-large", most=most)
    return opened.document, data


@dataclass(slots=True)
class _Reading:
    """The papers of one negotiation, read in the log's order."""

    session: Session
    negotiation: Negotiation
    kept: Kept
    plans: dict[Digest, Plan | None] = field(default_factory=dict)
    """The plan that each held paper, and each paper about it, stands under."""
    owners: dict[Digest, str] = field(default_factory=dict)
    """Who stated it."""

    def papers(self) -> Iterator[Sealed | Handed]:
        """Plans that something was sealed under, what was sealed, and what was handed over about it."""
        papers = self._standing()
        sealed_under = {paper.act.in_reply_to for paper in papers if paper.act.opening.kind == "held"}
        for paper in papers:
            held, answers = paper.act.opening.kind == "held", paper.act.in_reply_to
            if held and answers in self.plans:
                self._under(paper, answers)
                yield self._sealed(paper, answers)
            elif not held and answers in self.plans:
                yield from self._about(paper, answers)
            elif not held and paper.digest in sealed_under and paper.act.role == "declaration":
                yield from self._plan(paper)

    def _standing(self) -> list[Paper]:
        """What counts, in the log's order: not what was undone, nor what ended before anybody here or there had it.

        What is held binds from its entry on, whatever its recipients say to it; it is taken back only while nobody has
        anything about it. A plan stays as long as what was sealed under it.
        """
        papers = self.negotiation.papers
        counts = {paper.digest for paper in counting(papers)}
        found: list[Paper] = []
        about: set[Digest | None] = set()  # what a held paper replies to, and what a paper that somebody had replies to
        under: set[Digest | None] = set()
        for paper in sorted(papers.values(), key=lambda each: each.at.index, reverse=True):
            held = paper.act.opening.kind == "held"
            stays = paper.digest in (about if held else under)
            if not stays and (paper.digest not in counts or not (held or self._was_had(paper))):
                continue
            found.append(paper)
            if held:
                under.add(paper.act.in_reply_to)
            if held or paper.had_at is not None:
                about.add(paper.act.in_reply_to)
        return found[::-1]

    def _was_had(self, paper: Paper) -> bool:
        """Whether our party, or any recipient where it is none, has the paper or still may get it."""
        own = paper.outcomes.get(self.session.party)
        outcomes = [own] if own is not None else list(paper.outcomes.values())
        return any(each.state not in ENDED or each.find(Handover) is not None for each in outcomes)

    def _sealed(self, paper: Paper, answers: Digest) -> Sealed:
        return Sealed(
            reference=paper.reference,
            digest=paper.digest,
            sender=paper.act.by.party,
            to=tuple(recipient.party for recipient in paper.act.recipients),
            entry=paper.at.index,
            made=paper.at.time,
            answers=answers,
            commitment=paper.act.commitment,
            subject=subject_of_act(paper.act),
        )

    def _plan(self, paper: Paper) -> Iterator[Handed]:
        found = self._read(paper, None, most_bytes("plan", None))
        # What is about an escrow and states no plan cannot be read without one: nothing is sealed under it.
        if found is not None and not (found.fault and found.fault.code == "escrow.no-plan"):
            self.plans[paper.digest] = found.file.plan if isinstance(found.file, PlanPaper) else None
            self.owners[paper.digest] = paper.act.by.party
            yield found

    def _about(self, paper: Paper, answers: Digest) -> Iterator[Handed]:
        self._under(paper, answers)
        plan, owner = self.plans[answers], paper.act.by.party == self.owners[answers]
        found = self._read(paper, plan, most_bytes_as(paper.act.role, plan, owner=owner))
        yield found or replace(_handed(self.session, paper), other=True)

    def _under(self, paper: Paper, answers: Digest) -> None:
        self.plans[paper.digest], self.owners[paper.digest] = self.plans[answers], self.owners[answers]

    def _read(self, paper: Paper, plan: Plan | None, most: int) -> Handed | None:
        """As `read_as`; what was opened once is not opened again, for a paper does not change."""
        if (paper.digest, plan) in self.kept:
            return self.kept[paper.digest, plan]
        found = read_as(self.session, paper, plan, most=most)
        if found is None or found.file is not None or found.fault is not None:
            self.kept[paper.digest, plan] = found
        return found
