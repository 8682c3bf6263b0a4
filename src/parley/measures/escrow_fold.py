"""The stories of the escrows of a negotiation: a fold over their papers, each opening verified in the log's order.

An escrow is a held paper that replies to the plan of its own sender, or, amended, to the escrow before it. What others
hand over counts as a question alone. What does not verify is kept with its reason and changes nothing else; yet what
can be proven of it whatever came before is evidence at once, so that no paper that stays shut keeps a contradiction
from being seen. Papers that cannot all be true of one declaration are a contradiction, and together prove it.

Pure; the same on both sides from the same papers. Source: spec/escrow.md, On the rail.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from parley.crypto import Digest
from parley.errors import ParleyError, Refused
from parley.measures.amendment import Amended, verify_amendment
from parley.measures.escrow_conflicts import Link, contradictions
from parley.measures.escrow_learning import learn_answer, learn_aside, learn_step, learn_totals
from parley.measures.escrow_papers import (
    HANDED_AS,
    AmendmentPaper,
    AnswerPaper,
    EscrowFile,
    Kind,
    OpeningPaper,
    PlanPaper,
    QuestionPaper,
    TotalsPaper,
)
from parley.measures.escrow_plan import Plan
from parley.measures.escrow_steps import Progress, verify_step
from parley.measures.escrow_story import Asked, Handed, Paper, Sealed, Story, Unproven

_ALL_OPEN = Progress(complete=True)
"""For what is proven whether or not its time has come."""


def stories(papers: Iterable[Paper]) -> tuple[Story, ...]:
    """The story of each escrow among the papers, in the order in which they were sealed; papers come in any order."""
    telling = _Telling()
    for paper in sorted(papers, key=lambda each: each.entry):
        if isinstance(paper, Sealed):
            telling.seal(paper)
        else:
            telling.hand(paper)
    found = tuple(telling.escrows.values())
    planned = [(story, story.plan) for story in found if story.plan is not None]
    contradict = contradictions([(story.evidence, plan) for story, plan in planned])
    for (story, _), theirs in zip(planned, contradict, strict=True):
        story.contradictions = theirs
    return found


@dataclass(frozen=True, slots=True)
class _About:
    """What a paper replies to: the escrow itself, or a paper about it: a question, or one that is `shut` here."""

    story: Story
    direct: bool = False
    asked: Asked | None = None
    shut: Handed | None = None


@dataclass(slots=True)
class _Telling:
    """The fold at work: plans, escrows and the papers about them by their digests; of each escrow, what is shut."""

    plans: dict[Digest, Handed] = field(default_factory=dict)
    escrows: dict[Digest, Story] = field(default_factory=dict)
    about: dict[Digest, _About] = field(default_factory=dict)
    shut: dict[Digest, list[Handed]] = field(default_factory=dict)

    def seal(self, paper: Sealed) -> None:
        """A held paper begins an escrow where it replies to a plan or an escrow of its own sender."""
        before, plan = self.escrows.get(paper.answers), self.plans.get(paper.answers)
        if before is not None and before.owner == paper.sender:
            story = Story(sealed=paper, plan=before.plan, plan_by=before.plan_by, amends=before.sealed.reference)
            before.amended_by.append(paper.reference)
        elif plan is not None and plan.sender == paper.sender:
            stated = plan.file.plan if isinstance(plan.file, PlanPaper) else None
            story = Story(sealed=paper, plan=stated, plan_by=plan.reference)
            if plan.fault is not None:
                story.unproven.append(Unproven.of(plan, plan.fault))
            elif plan.file is None:
                self._wait(story, plan)
        else:
            return
        before_it = self._before(paper)
        for other in self.escrows.values():
            if other.owner == paper.sender and other.sealed.digest not in before_it:
                other.others.append(paper)
                story.others.append(other.sealed)
        self.escrows[paper.digest] = story

    def _before(self, paper: Sealed) -> set[Digest]:
        """The escrows that a held paper takes the place of, one after the other."""
        found: set[Digest] = set()
        while paper.answers in self.escrows:
            paper = self.escrows[paper.answers].sealed
            found.add(paper.digest)
        return found

    def hand(self, paper: Handed) -> None:
        """A plan, or a paper about an escrow; any other is none of ours."""
        if paper.answers in self.escrows:
            about = _About(self.escrows[paper.answers], direct=True)
        elif paper.answers in self.about:
            about = self.about[paper.answers]
        else:
            if not paper.other and (paper.file is None or isinstance(paper.file, PlanPaper)):
                self.plans[paper.digest] = _in_its_role(paper)
            return
        self.about[paper.digest] = _About(about.story)
        if paper.other:
            return
        if paper.file is None or self._unread(about.story):
            self._keep(about, paper)
            return
        try:
            self._take(about, paper, paper.file)
        except ParleyError as error:
            self._blame(about, paper, error)
            if paper.sender == about.story.owner:
                self._prove(about.story, paper, paper.file)

    def _prove(self, story: Story, paper: Handed, file: EscrowFile) -> None:
        """What a paper that does not count proves all the same."""
        with suppress(ParleyError):
            if isinstance(file, AmendmentPaper):
                self._link(story, file, paper.reference, _ALL_OPEN)
            elif story.commitment is not None:
                learn_aside(story, file, paper.reference, story.commitment)

    # --- what cannot be checked here --------------------------------------------------------------------------------

    def _unread(self, story: Story) -> bool:
        """Whether the plan was not opened here, without which nothing can be checked."""
        return story.plan is None and story.plan_by in (*story.waiting, *story.elsewhere)

    def _keep(self, about: _About, paper: Handed) -> None:
        """What could not be opened is about the escrow, and may be a question or a step; nor can anything be checked
        before the plan is open."""
        story = about.story
        opened, unread = paper.file is not None or paper.fault is not None, self._unread(story)
        if paper.fault is not None and not unread:
            story.unproven.append(Unproven.of(paper, paper.fault))
            return
        if not opened:
            self._wait(story, paper)
        elif paper.sender == story.owner and story.plan_by in story.waiting:
            _pend(story, paper, [story.plan_by])
        elif paper.sender == story.owner:
            story.unproven.append(Unproven.of(paper, Refused("escrow.no-plan")))
        self.about[paper.digest] = _About(story, shut=paper)
        if about.direct:
            self.shut.setdefault(story.sealed.digest, []).append(paper)

    def _wait(self, story: Story, paper: Handed) -> None:
        (story.elsewhere if paper.here_from is None else story.waiting).append(paper.reference)

    def _blame(self, about: _About, paper: Handed, error: ParleyError) -> None:
        """What does not hold is not proven, unless what is missing is something that this reader could be given."""
        missing: list[Handed] = []
        match error.code:
            case "escrow.step-order" | "escrow.contents-shut":
                missing = self._missing(about.story, paper)
            case "escrow.too-early":  # of what changed, as far as the declaration before is open
                before = self.escrows.get(about.story.sealed.answers)
                missing = self._missing(before, paper) if before is not None else []
            case "escrow.no-question":
                shut = about.shut
                missing = [shut] if shut is not None and _may_be(shut, "question", about.story, paper) else []
            case _:
                pass
        if missing:
            _pend(about.story, paper, [each.reference for each in missing])
        else:
            about.story.unproven.append(Unproven.of(paper, error))

    def _missing(self, story: Story, paper: Handed) -> list[Handed]:
        """The papers that may be the steps before this one."""
        return [each for each in self.shut.get(story.sealed.digest, []) if _may_be(each, "opening", story, paper)]

    # --- what can ---------------------------------------------------------------------------------------------------

    def _take(self, about: _About, paper: Handed, file: EscrowFile) -> None:
        """What a paper proves, added to the story. Raises: what does not hold."""
        story = about.story
        commitment = story.commitment
        if commitment is None:
            raise Refused("escrow.no-plan")
        if not about.direct and not isinstance(file, AnswerPaper):
            raise Refused("escrow.reply", reference=story.sealed.reference)
        if not _is_handed_as(paper, file.kind):
            raise Refused("escrow.role")
        if isinstance(file, QuestionPaper):
            self._ask(story, paper, file, commitment.plan)
            return
        if paper.sender != story.owner:
            raise Refused("escrow.not-the-owner", party=paper.sender)
        match file:
            case OpeningPaper():
                subject = story.sealed.subject
                learn_step(
                    story, verify_step(file.opening, story.progress, commitment, subject=subject), paper.reference
                )
            case TotalsPaper():
                learn_totals(story, file, paper.reference, commitment)
            case AnswerPaper():
                learn_answer(story, self._asked(about, file), file, paper.reference, commitment)
            case AmendmentPaper():
                self._amend(story, file, paper.reference)
            case PlanPaper():
                raise Refused("escrow.plan-late")

    def _ask(self, story: Story, paper: Handed, file: QuestionPaper, plan: Plan) -> None:
        if paper.sender == story.owner:
            raise Refused("escrow.own-question")
        plan.key(file.place)
        question = Asked(reference=paper.reference, digest=paper.digest, by=paper.sender, place=file.place)
        story.questions.append(question)
        self.about[paper.digest] = _About(story, asked=question)

    def _asked(self, about: _About, file: AnswerPaper) -> Asked:
        """The question that an answer is for; of one for others alone, no more is known here than the answer says.

        Raises: Refused("escrow.no-question").
        """
        if about.asked is not None:
            return about.asked
        shut = about.shut
        if shut is None or shut.here_from is not None or not _could_be(shut, "question", about.story):
            raise Refused("escrow.no-question")
        found = next((each for each in about.story.questions if each.digest == shut.digest), None)
        return found or Asked(
            reference=shut.reference, digest=shut.digest, by=shut.sender, place=file.answer.place, unseen=True
        )

    def _amend(self, story: Story, file: AmendmentPaper, reference: str) -> None:
        before = self.escrows.get(story.sealed.answers)
        if before is None or before.commitment is None:
            raise Refused("escrow.amends-nothing")
        found = self._link(story, file, reference, before.progress)
        told = story.amendment is not None and any(each.kind for each in story.amendment.changes)
        if not told:  # a second proof takes nothing away that the first showed
            story.amendment, story.amendment_by = found, reference

    def _link(self, story: Story, file: AmendmentPaper, reference: str, progress: Progress) -> Amended:
        """What changed, and what joins both declarations by it. Raises: what does not hold."""
        before, after = self.escrows.get(story.sealed.answers), story.commitment
        if before is None or before.commitment is None or after is None:
            raise Refused("escrow.amends-nothing")
        found = verify_amendment(
            file.amendment,
            before=before.commitment,
            before_subject=before.sealed.subject,
            after=after,
            after_subject=story.sealed.subject,
            progress=progress,
        )
        evidence = story.evidence
        if evidence.link is None:
            changed = frozenset(each.slot for each in found.changes)
            evidence.link = Link(before=before.evidence, changed=changed, reference=reference)
        for each in found.changes:
            if each.kind is not None and each.after is None:
                evidence.empty.setdefault(each.slot, reference)
            elif each.after is not None:
                evidence.uids.setdefault(each.slot, (each.after, reference))
        return found


# --- what a paper may be --------------------------------------------------------------------------------------------


def _is_handed_as(paper: Handed, kind: Kind) -> bool:
    """Whether a paper is handed over as those of this kind are, by what everybody sees of it."""
    role, at_once = HANDED_AS[kind]
    return paper.role == role and (not at_once or paper.opening == "at_once")


def _could_be(shut: Handed, kind: Kind, story: Story) -> bool:
    """The same of one that is not open here, by its sender too: others ask, the owner does all else."""
    return _is_handed_as(shut, kind) and (shut.sender == story.owner) != (kind == "question")


def _may_be(shut: Handed, kind: Kind, story: Story, paper: Handed) -> bool:
    """Whether it may be what had to come before a paper: no other, and nothing that could not be had by then."""
    return _could_be(shut, kind, story) and shut.here_from is not None and shut.here_from <= paper.made


def _in_its_role(plan: Handed) -> Handed:
    if plan.file is None or _is_handed_as(plan, "plan"):
        return plan
    return replace(plan, file=None, fault=Refused("escrow.role"))


def _pend(story: Story, paper: Handed, missing: Iterable[str]) -> None:
    story.pending.append(paper.reference)
    story.missing += [reference for reference in missing if reference not in story.missing]
