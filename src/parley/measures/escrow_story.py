"""What is known of the escrows of a negotiation: a fold over their papers, each opening verified in the log's order.

An escrow is a held paper that replies to the plan of its own sender, or, amended, to the escrow before it. What others
hand over counts as a question alone. What does not verify is kept with its reason and changes nothing else. Two papers
that cannot both be true of one declaration are a contradiction, and both together prove it.

Pure; the same on both sides from the same papers. Source: spec/escrow.md, On the rail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from parley.canonical import Time
from parley.crypto import Digest
from parley.errors import Detail, ParleyError, Refused
from parley.measures.amendment import Amended, verify_amendment
from parley.measures.escrow_answers import Absent, Present, verify_answer, verify_contained, verify_totals
from parley.measures.escrow_conflicts import Contradiction, Evidence, Where, contradictions
from parley.measures.escrow_papers import (
    AmendmentPaper,
    AnswerPaper,
    EscrowFile,
    Kind,
    OpeningPaper,
    PlanPaper,
    QuestionPaper,
    TotalsPaper,
)
from parley.measures.escrow_plan import Commitment, Layer, Place, Plan, Step
from parley.measures.escrow_steps import Opened, Progress, Shown, verify_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A held paper of a negotiation; `subject` is that of its deposit, `answers` the paper that it replies to."""

    reference: str
    digest: Digest
    sender: str
    entry: int
    made: Time
    answers: Digest
    commitment: Digest
    subject: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """Another paper beside it: its `file`; or the `fault` for which it is none; or, with neither, not opened here.

    `other` is one that is about something else, and stands between an escrow and what replies to it.
    """

    reference: str
    digest: Digest
    sender: str
    entry: int
    made: Time
    answers: Digest | None
    file: EscrowFile | None = None
    fault: ParleyError | None = None
    other: bool = False


Paper: TypeAlias = Sealed | Handed


@dataclass(slots=True, kw_only=True)
class Known:
    """An item as far as it was opened; `by` are the papers that opened each layer, by reference."""

    slot: int
    uid: str | None = None
    region: str | None = None
    place: Place | None = None
    counts: tuple[int, ...] | None = None
    by: dict[Layer, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTold:
    """A step of the plan and the papers that opened it, none where it is still shut."""

    number: int
    step: Step
    opened_by: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Asked:
    """A question, and the first answer to it that verifies."""

    reference: str
    digest: Digest
    by: str
    place: Place
    found: Absent | Present | None = None
    answered_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsTold:
    """The totals, by the paper that showed them, and the items shown in them, by slot."""

    reference: str
    totals: Mapping[str, int]
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproven:
    """A paper that does not prove what it says, with the reason; `kind` is None where it could not be read."""

    reference: str
    kind: Kind | None
    code: str
    details: Mapping[str, Detail]

    @classmethod
    def of(cls, paper: Handed, error: ParleyError) -> Unproven:
        """What was found wrong with a paper."""
        kind = paper.file.kind if paper.file else None
        return cls(reference=paper.reference, kind=kind, code=error.code, details=error.details)

    @property
    def error(self) -> ParleyError:
        """The reason, to be put in words."""
        return ParleyError(self.code, **self.details)


@dataclass(slots=True, kw_only=True)
class Story:
    """All that the papers say of one escrow.

    `plan` is None where the paper that should state it does not. `amends` is the escrow before it, `amended_by` those
    that take its place, `beside` others that were sealed in reply to the same plan, or the same escrow. `waiting` are
    papers about it that were not opened here, `pending` those that nobody can check before what waits is open.
    """

    sealed: Sealed
    plan: Plan | None
    plan_by: str
    amends: str | None = None
    amendment: Amended | None = None
    amendment_by: str | None = None
    amended_by: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    opened_by: dict[int, list[str]] = field(default_factory=dict)
    items: dict[int, Known] = field(default_factory=dict)
    questions: list[Asked] = field(default_factory=list)
    totals: list[TotalsTold] = field(default_factory=list)
    unproven: list[Unproven] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    contradictions: tuple[Contradiction, ...] = ()
    evidence: Evidence = field(default_factory=Evidence)

    @property
    def owner(self) -> str:
        """Who sealed it."""
        return self.sealed.sender

    @property
    def commitment(self) -> Commitment | None:
        """The public side, None without a plan."""
        return None if self.plan is None else Commitment(commitment=self.sealed.commitment, plan=self.plan)

    @property
    def steps(self) -> tuple[StepTold, ...]:
        """The steps of the plan with what opened them."""
        steps = self.plan.steps if self.plan else ()
        return tuple(
            StepTold(number=number, step=step, opened_by=tuple(self.opened_by.get(number, ())))
            for number, step in enumerate(steps, start=1)
        )

    @property
    def sound(self) -> bool:
        """Whether everything that was handed over for it and opened here is proven, and nothing contradicts."""
        return not self.unproven and not self.contradictions

    def due(self) -> int | None:
        """The number of the next step, None when all were opened."""
        return self.progress.step + 1 if self.plan and self.progress.step < len(self.plan.steps) else None

    def known(self) -> tuple[Known, ...]:
        """The items by id; those of which only the place is known behind them, by slot."""
        return tuple(sorted(self.items.values(), key=lambda each: (each.uid is None, each.uid or "", each.slot)))


def stories(papers: Iterable[Paper]) -> tuple[Story, ...]:
    """The story of each escrow among the papers, in the order in which they were sealed; papers come in any order."""
    telling = _Telling()
    for paper in sorted(papers, key=lambda each: each.entry):
        if isinstance(paper, Sealed):
            telling.seal(paper)
        else:
            telling.hand(paper)
    for story in telling.escrows.values():
        if story.plan is not None:
            story.contradictions = contradictions(story.evidence, story.plan)
    return tuple(telling.escrows.values())


@dataclass(frozen=True, slots=True)
class _About:
    """What a paper replies to: the escrow itself, or a paper about it, which may be a question, or not open here."""

    story: Story
    direct: bool = False
    asked: Asked | None = None
    waits: bool = False


@dataclass(slots=True)
class _Telling:
    """The fold at work: plans, escrows and the papers about them by their digests."""

    plans: dict[Digest, Handed] = field(default_factory=dict)
    escrows: dict[Digest, Story] = field(default_factory=dict)
    about: dict[Digest, _About] = field(default_factory=dict)

    def seal(self, paper: Sealed) -> None:
        """A held paper begins an escrow where it replies to a plan or an escrow of its own sender."""
        before, plan = self.escrows.get(paper.answers), self.plans.get(paper.answers)
        if before is not None and before.owner == paper.sender:
            story = Story(sealed=paper, plan=before.plan, plan_by=before.plan_by, amends=before.sealed.reference)
            before.amended_by.append(paper.reference)
            self._beside(story, paper.answers)
        elif plan is not None and plan.sender == paper.sender:
            stated = plan.file.plan if isinstance(plan.file, PlanPaper) else None
            story = Story(sealed=paper, plan=stated, plan_by=plan.reference)
            if plan.fault is not None:
                story.unproven.append(Unproven.of(plan, plan.fault))
            elif plan.file is None:
                story.waiting.append(plan.reference)
            self._beside(story, paper.answers)
        else:
            return
        self.escrows[paper.digest] = story

    def _beside(self, story: Story, answered: Digest) -> None:
        for other in self.escrows.values():
            if other.sealed.answers == answered:
                other.beside.append(story.sealed.reference)
                story.beside.append(other.sealed.reference)

    def hand(self, paper: Handed) -> None:
        """A plan, or a paper about an escrow; any other is none of ours."""
        if paper.answers in self.escrows:
            about = _About(self.escrows[paper.answers], direct=True)
        elif paper.answers in self.about:
            about = self.about[paper.answers]
        else:
            if not paper.other and (paper.file is None or isinstance(paper.file, PlanPaper)):
                self.plans[paper.digest] = paper
            return
        story = about.story
        self.about[paper.digest] = _About(story)
        unread = story.plan is None and story.plan_by in story.waiting
        if paper.other:
            return
        if paper.file is None or unread:
            self._shut(story, paper, unread=unread)
            return
        try:
            self._take(about, paper, paper.file)
        except ParleyError as error:
            if self._early(about, error):
                story.pending.append(paper.reference)
            else:
                story.unproven.append(Unproven.of(paper, error))

    def _early(self, about: _About, error: ParleyError) -> bool:
        """Whether something that is not open here may be what makes a paper due, or the question that it answers."""
        match error.code:
            case "escrow.step-order" | "escrow.contents-shut":
                return bool(about.story.waiting)
            case "escrow.too-early":  # of what changed, as far as the declaration before is open
                before = self.escrows.get(about.story.sealed.answers)
                return before is not None and bool(before.waiting)
            case "escrow.no-question":
                return about.waits
            case _:
                return False

    def _shut(self, story: Story, paper: Handed, *, unread: bool) -> None:
        """What could not be opened is about the escrow, and may be a question; so is all of it before its plan is."""
        if paper.fault is not None and not unread:
            story.unproven.append(Unproven.of(paper, paper.fault))
        else:
            story.waiting.append(paper.reference)
            self.about[paper.digest] = _About(story, waits=True)

    def _take(self, about: _About, paper: Handed, file: EscrowFile) -> None:
        """What a paper proves, added to the story. Raises: what does not hold."""
        story, asked = about.story, about.asked
        commitment = story.commitment
        if commitment is None:
            raise Refused("escrow.no-plan")
        if not about.direct and not isinstance(file, AnswerPaper):
            raise Refused("escrow.reply", reference=story.sealed.reference)
        if isinstance(file, QuestionPaper):
            commitment.plan.key(file.place)
            question = Asked(reference=paper.reference, digest=paper.digest, by=paper.sender, place=file.place)
            story.questions.append(question)
            self.about[paper.digest] = _About(story, asked=question)
            return
        if paper.sender != story.owner:
            raise Refused("escrow.not-the-owner", party=paper.sender)
        subject = story.sealed.subject
        match file:
            case OpeningPaper():
                opened = verify_step(file.opening, story.progress, commitment, subject=subject)
                _open(story, opened, paper.reference)
            case TotalsPaper():
                _total(story, file, paper.reference, commitment)
            case AnswerPaper():
                if asked is None:
                    raise Refused("escrow.no-question")
                found = verify_answer(file.answer, asked.place, story.progress, commitment, subject=subject)
                _answer(story, asked, found, paper.reference)
            case AmendmentPaper():
                self._amend(story, file, paper.reference, commitment)
            case PlanPaper():
                raise Refused("escrow.plan-late")

    def _amend(self, story: Story, file: AmendmentPaper, reference: str, commitment: Commitment) -> None:
        before = self.escrows.get(story.sealed.answers)
        if before is None or before.commitment is None:
            raise Refused("escrow.amends-nothing")
        story.amendment = verify_amendment(
            file.amendment,
            before=before.commitment,
            before_subject=before.sealed.subject,
            after=commitment,
            after_subject=story.sealed.subject,
            progress=before.progress,
        )
        story.amendment_by = reference


def _open(story: Story, opened: Opened, reference: str) -> None:
    story.progress = opened.progress
    story.opened_by.setdefault(opened.step, []).append(reference)
    for shown in opened.items:
        _learn(story, shown, reference)
    if "existence" in opened.layers and opened.progress.complete and story.evidence.existence_by is None:
        story.evidence.existence_by = reference
        story.evidence.there = frozenset(opened.progress.uids)


def _learn(story: Story, shown: Shown, reference: str) -> None:
    known = story.items.setdefault(shown.slot, Known(slot=shown.slot))
    known.uid = shown.uid
    known.by.setdefault("existence", reference)
    if shown.region is not None:
        known.region = shown.region
        known.by.setdefault("region", reference)
    if shown.place is not None:
        known.place = shown.place
        known.by.setdefault("place", reference)
        story.evidence.opened[shown.slot] = Where(place=shown.place, reference=reference)
    if shown.counts is not None:
        known.counts = shown.counts
        known.by.setdefault("contents", reference)
        story.evidence.counts[shown.slot] = (shown.counts, reference)


def _total(story: Story, file: TotalsPaper, reference: str, commitment: Commitment) -> None:
    subject = story.sealed.subject
    found = verify_totals(file.totals, commitment, subject=subject)
    for each in file.items:
        known = story.items.get(each.slot)
        if known is None or known.counts is None:
            raise Refused("escrow.contents-shut", slot=each.slot)
        verify_contained(each.contained, slot=each.slot, counts=known.counts, commitment=commitment, subject=subject)
    slots = tuple(each.slot for each in file.items)
    story.totals.append(TotalsTold(reference=reference, totals=found, slots=slots))
    story.evidence.totals = (found, reference)


def _answer(story: Story, asked: Asked, found: Absent | Present, reference: str) -> None:
    if asked.found is None:
        asked.found, asked.answered_by = found, reference
    if isinstance(found, Absent):
        story.evidence.absent.append((found, reference))
        return
    story.evidence.present[found.slot] = Where(place=found.place, reference=reference)
    known = story.items.setdefault(found.slot, Known(slot=found.slot))
    if known.place is None:
        known.place = found.place
        known.by.setdefault("place", reference)
