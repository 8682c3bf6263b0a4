"""What a delegation does with escrows: seals a declaration, opens it step by step, asks, answers, and looks.

Every proof is computed here from what lies sealed in this home, and verified as the other side will, before it becomes
a paper: nobody hands over what proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Unpack

from parley.act import Role
from parley.canonical import decode, encode
from parley.client import drafting, holding, trusting
from parley.client.escrow_index import beside
from parley.client.escrow_reading import Kept, read_as, read_stories, stories_about
from parley.client.references import find, find_negotiation
from parley.client.session import Session
from parley.client.source import source_of
from parley.client.views import Draft
from parley.client.wish import Options, Wish
from parley.crypto import Digest, sha256
from parley.document import File
from parley.errors import Invalid, Refused
from parley.exchange import State
from parley.fold import Negotiation
from parley.measures.amendment import amend, prove_amendment, verify_amendment
from parley.measures.escrow import Committed, Escrow, commit, place_items
from parley.measures.escrow_answers import answer, contained, totals, verify_answer
from parley.measures.escrow_papers import (
    MEDIA_TYPE,
    AmendmentPaper,
    AnswerPaper,
    EscrowFile,
    InTotals,
    OpeningPaper,
    PlanPaper,
    QuestionPaper,
    TotalsPaper,
)
from parley.measures.escrow_plan import Blind, Item, Place, Plan, Seed
from parley.measures.escrow_questions import asked_by, beyond
from parley.measures.escrow_steps import open_step, verify_step
from parley.measures.escrow_story import Asked, Story
from parley.measures.escrow_text import document_of, held_document
from parley.paper import counting
from parley.terms import Terms

FILE_NAME = "escrow.json"
_WAITS = (0.05, 0.1, 0.2, 0.4)
"""Seconds; as long as anybody would look at a screen without wondering."""


class Escrows:
    """The part of a delegation that knows escrows; made by `Delegation.escrows`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: tuple[tuple[bytes, int], tuple[Story, ...]] | None = None
        self._kept: Kept = {}

    # --- looking ----------------------------------------------------------------------------------------------------

    def read_on(self) -> None:
        """Read what is new. What opens at once is at our disposal a moment after it came: that is waited for."""
        self._session.sync()
        for wait in _WAITS:
            if not self._session.reached or not self._coming():
                return
            self._session.ports.pause(wait)
            self._session.sync()

    def _coming(self) -> bool:
        """Whether a paper for us that opens at once was handed in, and is not at our disposal yet."""
        for _, paper in self._session.known.world.papers():
            outcome = paper.outcomes.get(self._session.party)
            if paper.act.opening.kind == "at_once" and outcome is not None and outcome.state is State.WAITING:
                return True
        return False

    def all(self, handle: str | None = None) -> tuple[Story, ...]:
        """Every escrow of a negotiation, as far as this home may read its papers."""
        return self._stories(find_negotiation(self._session, handle))

    def told(self, reference: str) -> tuple[Story, ...]:
        """The escrows that a paper is about. Raises: as `find`, Refused("escrow.none")."""
        negotiation, paper = find(self._session, reference, signing=False)
        return stories_about(self._stories(negotiation), negotiation, paper)

    def story(self, reference: str) -> Story:
        """The one escrow that a paper is about. Raises: as `told`, Refused("escrow.which")."""
        return self._one(reference)[1]

    def others(self, reference: str) -> tuple[str, ...]:
        """The parties of an escrow beside us: who sealed it, and to whom it was handed over."""
        negotiation, story = self._one(reference)
        act = negotiation.papers[story.sealed.digest].act
        all_ = (act.by.party, *(recipient.party for recipient in act.recipients))
        return tuple(party for party in all_ if party != self._session.party)

    def question(self, reference: str) -> tuple[Story, Asked]:
        """A question and the escrow that it is about. Raises: as `story`, Refused("escrow.not-a-question")."""
        negotiation, story = self._one(reference)
        digest = find(self._session, reference, signing=True)[1].digest
        asked = next((each for each in story.questions if each.digest == digest), None)
        if asked is None:
            raise Refused("escrow.not-a-question", reference=negotiation.papers[digest].reference)
        return story, asked

    def holds(self, reference: str, items: Iterable[Item]) -> bool:
        """Whether a paper is a held one of ours, the seal on these very items."""
        negotiation, paper = find(self._session, reference, signing=True)
        story = next((each for each in self._stories(negotiation) if each.sealed.digest == paper.digest), None)
        if story is None or story.owner != self._session.party:
            return False
        wanted = {item.uid: item for item in items}
        return {placed.item.uid: placed.item for placed in self._escrow(negotiation, story).items} == wanted

    # --- sealing ----------------------------------------------------------------------------------------------------

    def plan_waiting(self, plan: Plan, to: Sequence[str], handle: str | None = None) -> str | None:
        """A paper of ours that states this very plan to these parties, and under which nothing was sealed yet."""
        negotiation = find_negotiation(self._session, handle)
        wanted = {trusting.find_party(self._session, party) for party in to}
        answered = {paper.act.in_reply_to for paper in negotiation.papers.values()}
        for paper in counting(negotiation.papers):
            act = paper.act
            ours = act.by.party == self._session.party and act.role == "declaration" and act.opening.kind == "at_once"
            parties = {recipient.party for recipient in act.recipients}
            if ours and parties == wanted and paper.digest not in answered and paper.replaced_by is None:
                found = read_as(self._session, paper, None)
                if found and isinstance(found.file, PlanPaper) and found.file.plan == plan:
                    return paper.digest.hex()
        return None

    def prepare_plan(
        self,
        plan: Plan,
        *,
        to: Sequence[str],
        terms: str | Terms,
        handle: str | None = None,
        **options: Unpack[Options],
    ) -> Draft:
        """Seal the plan of a declaration as a paper, to be opened at once. Signs and sends nothing."""
        options.setdefault("at_once", True)
        return self._prepare(PlanPaper(kind="plan", plan=plan), plan, handle, None, to, terms, "declaration", options)

    def prepare_declaration(
        self,
        items: Sequence[Item],
        *,
        under: str,
        to: Sequence[str],
        terms: str | Terms,
        **options: Unpack[Options],
    ) -> Draft:
        """Commit to a declaration under a plan that was handed over, in a held paper. Signs and sends nothing.

        Raises: as `place_items` and finding a paper; Refused("escrow.none") for a paper that states no plan of ours.
        """
        _, paper = find(self._session, under, signing=True)
        stated = read_as(self._session, paper, None)
        if stated is None or not isinstance(stated.file, PlanPaper) or stated.sender != self._session.party:
            raise Refused("escrow.none", reference=paper.reference)
        plan, rng = stated.file.plan, self._session.ports.rng

        def make(subject: Digest) -> holding.Held:
            seed, blind = Seed(rng(32)), Blind(rng(32))
            return _held(place_items(items, plan=plan, seed=seed, blind=blind, subject=subject), language)

        language = options.get("language", "en")
        wish = Wish(to=to, role="declaration", terms=terms, in_reply_to=paper.digest.hex(), **options)
        return holding.hold(self._session, None, wish, make)

    # --- opening ----------------------------------------------------------------------------------------------------

    def prepare_opening(
        self,
        reference: str,
        step: int | None = None,
        uids: Iterable[str] = (),
        *,
        terms: str | Terms,
        **options: Unpack[Options],
    ) -> Draft:
        """Open the step that is due, or a step, of these items where it is of those named. Signs and sends nothing.

        Raises: Refused("escrow.step-order") for a step that is not due, Refused("escrow.all-open"), Malformed as
        `open_step`, Refused("escrow.not-ours") for the declaration of another, Invalid where this home has another one.
        """
        negotiation, story = self._one(reference)
        made = self._committed(negotiation, story)
        names = tuple(uids)
        number = _due(story, names) if step is None else step
        opening = open_step(made, number, names or None)
        verify_step(opening, story.progress, made.commitment, subject=story.sealed.subject)
        file = OpeningPaper(kind="opening", opening=opening)
        return self._about(negotiation, story, file, terms, "declaration", options)

    def prepare_totals(
        self, reference: str, uids: Iterable[str] = (), *, terms: str | Terms, **options: Unpack[Options]
    ) -> Draft:
        """Show the totals, and these items in them, whose contents must be open. Signs and sends nothing.

        Raises: Refused("escrow.contents-shut"), and as `prepare_opening`.
        """
        negotiation, story = self._one(reference)
        made = self._committed(negotiation, story)
        shown = []
        for slot, uid in sorted((made.find(uid), uid) for uid in set(uids)):
            known = story.items.get(slot)
            if known is None or known.counts is None:
                raise Refused("escrow.contents-shut", slot=slot, uid=uid)
            shown.append(InTotals(contained=contained(made, uid), slot=slot))
        file = TotalsPaper(items=tuple(shown), kind="totals", totals=totals(made))
        return self._about(negotiation, story, file, terms, "declaration", options)

    # --- asking and answering ---------------------------------------------------------------------------------------

    def prepare_question(
        self, reference: str, place: Place, *, terms: str | Terms, **options: Unpack[Options]
    ) -> Draft:
        """Ask who sealed it whether a place is in a declaration, in a paper that opens at once. Sends nothing.

        Raises: Malformed("escrow.place"), Refused("escrow.no-plan"), Refused("escrow.ask-others") for our own,
        Refused("escrow.no-more-questions") where we asked as many as the plan allows.
        """
        negotiation, story = self._one(reference)
        if story.plan is None:
            raise Refused("escrow.no-plan")
        if story.owner == self._session.party:
            raise Refused("escrow.ask-others", reference=story.sealed.reference)
        story.plan.key(place)
        if asked_by(story.questions)[self._session.party] >= story.plan.questions:
            raise Refused("escrow.no-more-questions", most=story.plan.questions)
        options.setdefault("at_once", True)
        file = QuestionPaper(kind="question", place=place)
        return self._about(negotiation, story, file, terms, "note", options, to=[story.owner])

    def prepare_answer(self, reference: str, *, terms: str | Terms, **options: Unpack[Options]) -> Draft:
        """Answer a question: by the item's place, opened, or by proof that none is there. Signs and sends nothing.

        Raises: as `question` and `prepare_opening`; Refused("escrow.answered") for one that has its answer,
        Refused("escrow.no-more-questions") for one that is, in the log's order, more than its party may ask.
        """
        negotiation, _ = self._one(reference)
        story, asked = self.question(reference)
        if asked.answered_by is not None:
            raise Refused("escrow.answered", reference=asked.reference, answer=asked.answered_by)
        if story.plan is not None and asked.digest in beyond(story.questions, story.plan):
            raise Refused("escrow.no-more-questions", most=story.plan.questions, reference=asked.reference)
        made = self._committed(negotiation, story)
        found = answer(made, asked.place)
        verify_answer(found, asked.place, story.progress, made.commitment, subject=story.sealed.subject)
        file = AnswerPaper.of(found, made.plan)
        return self._about(
            negotiation, story, file, terms, "response", options, to=[asked.by], in_reply_to=asked.digest
        )

    # --- amending ---------------------------------------------------------------------------------------------------

    def amended_waiting(self, reference: str, items: Iterable[Item]) -> str | None:
        """A held paper of ours with these very items that takes the place of an escrow, and has no proof yet."""
        negotiation, story = self._one(reference)
        for later in self._stories(negotiation):
            waiting = later.amends == story.sealed.reference and later.amendment is None
            if waiting and self.holds(later.sealed.digest.hex(), items):
                return later.sealed.digest.hex()
        return None

    def prepare_amended(
        self, reference: str, items: Sequence[Item], *, terms: str | Terms, **options: Unpack[Options]
    ) -> Draft:
        """Commit to the declaration of the next half-year in the place of an earlier one. Signs and sends nothing.

        Raises: as `amend` and `prepare_opening`.
        """
        negotiation, story = self._one(reference)
        escrow = self._escrow(negotiation, story)
        gone = {placed.item.uid for placed in escrow.items} - {item.uid for item in items}
        rng, language = self._session.ports.rng, options.get("language", "en")

        def make(subject: Digest) -> holding.Held:
            blind = Blind(rng(32))
            return _held(amend(escrow, put=items, remove=gone, blind=blind, subject=subject), language)

        wish = Wish(
            to=self._recipients(negotiation, story),
            role="declaration",
            terms=terms,
            in_reply_to=story.sealed.digest.hex(),
            **options,
        )
        return holding.hold(self._session, None, wish, make)

    def prepare_amendment(self, reference: str, *, terms: str | Terms, **options: Unpack[Options]) -> Draft:
        """Prove what changed from the escrow before, in reply to the new one. Signs and sends nothing.

        Which items it was is shown once the old one has all of them open; before that, how many slots and which.
        Raises: as `prepare_opening`, Refused("escrow.amends-nothing").
        """
        negotiation, story = self._one(reference)
        all_ = self._stories(negotiation)
        before = next((each for each in all_ if each.sealed.digest == story.sealed.answers), None)
        if before is None:
            raise Refused("escrow.amends-nothing")
        old, new = self._committed(negotiation, before), self._committed(negotiation, story)
        proof = prove_amendment(old, new, show=before.progress.complete)
        verify_amendment(
            proof,
            before=old.commitment,
            before_subject=before.sealed.subject,
            after=new.commitment,
            after_subject=story.sealed.subject,
            progress=before.progress,
        )
        file = AmendmentPaper(amendment=proof, kind="amendment")
        return self._about(negotiation, story, file, terms, "declaration", options)

    # --- what lies here ---------------------------------------------------------------------------------------------

    def _stories(self, negotiation: Negotiation) -> tuple[Story, ...]:
        """Read once for each state of the log: opening a large declaration takes its time."""
        state = (bytes(negotiation.id), self._session.known.tree.size)
        if self._read is None or self._read[0] != state:
            self._read = (state, read_stories(self._session, negotiation, self._kept))
        return self._read[1]

    def _one(self, reference: str) -> tuple[Negotiation, Story]:
        negotiation, paper = find(self._session, reference, signing=True)
        found = stories_about(self._stories(negotiation), negotiation, paper)
        if len(found) > 1:
            candidates = ", ".join(story.sealed.reference for story in found)
            raise Refused("escrow.which", reference=reference[:60], candidates=candidates)
        return negotiation, found[0]

    def _escrow(self, negotiation: Negotiation, story: Story) -> Escrow:
        """The secret side, in the home that made it. Raises: Refused("escrow.not-ours"), as `holding.opened`."""
        if story.owner != self._session.party:
            raise Refused("escrow.not-ours", reference=story.sealed.reference, party=story.owner)
        return decode(holding.opened(self._session, negotiation.papers[story.sealed.digest].act)[1], Escrow)

    def _committed(self, negotiation: Negotiation, story: Story) -> Committed:
        made = commit(self._escrow(negotiation, story), beside)
        if made.commitment.commitment != story.sealed.commitment:
            raise Invalid("escrow.commitment")
        return made

    def _recipients(self, negotiation: Negotiation, story: Story) -> tuple[str, ...]:
        return tuple(recipient.party for recipient in negotiation.papers[story.sealed.digest].act.recipients)

    def _about(
        self,
        negotiation: Negotiation,
        story: Story,
        file: EscrowFile,
        terms: str | Terms,
        role: Role,
        options: Options,
        *,
        to: Sequence[str] | None = None,
        in_reply_to: Digest | None = None,
    ) -> Draft:
        """A paper about an escrow: in reply to it, and to all who have it, unless something else is said."""
        if story.plan is None:
            raise Refused("escrow.no-plan")
        parties = self._recipients(negotiation, story) if to is None else to
        answered = story.sealed.digest if in_reply_to is None else in_reply_to
        return self._prepare(file, story.plan, None, answered.hex(), parties, terms, role, options)

    def _prepare(
        self,
        file: EscrowFile,
        plan: Plan,
        handle: str | None,
        in_reply_to: str | None,
        to: Sequence[str],
        terms: str | Terms,
        role: Role,
        options: Options,
    ) -> Draft:
        data = encode(file)
        original = _file(data)
        document = document_of(file, plan, original, language=options.get("language", "en"))
        wish = Wish(to=to, role=role, terms=terms, in_reply_to=in_reply_to, **options)
        return drafting.prepare_read(self._session, source_of(document, data), handle, wish)


def _file(data: bytes) -> File:
    return File(name=FILE_NAME, media_type=MEDIA_TYPE, size=len(data), sha256=sha256(data))


def _held(escrow: Escrow, language: str) -> holding.Held:
    data = encode(escrow)
    document = held_document(escrow.plan, len(escrow.items), _file(data), language=language)
    return holding.Held(document=document, commitment=commit(escrow, beside).commitment.commitment, file=data)


def _due(story: Story, uids: Sequence[str]) -> int:
    """The next step; where items are named and it is of all, the last one again if that was of those named."""
    due, steps, last = story.due(), story.plan.steps if story.plan else (), story.progress.step
    if uids and last and steps[last - 1].of == "named" and (due is None or steps[due - 1].of == "all"):
        return last
    if due is None:
        raise Refused("escrow.all-open", reference=story.sealed.reference)
    return due
