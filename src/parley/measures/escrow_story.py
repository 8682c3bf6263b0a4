"""What is known of an escrow: the papers that it is told from, and the story that `escrow_fold` makes of them.

Source: spec/escrow.md, On the rail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from parley.act import OpeningKind, Role
from parley.canonical import Time
from parley.crypto import Digest
from parley.errors import Detail, ParleyError
from parley.measures.amendment import Amended
from parley.measures.escrow_answers import Absent, Present
from parley.measures.escrow_conflicts import Contradiction, Evidence
from parley.measures.escrow_papers import EscrowFile, Kind
from parley.measures.escrow_plan import Commitment, Layer, Place, Plan, Step
from parley.measures.escrow_steps import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A held paper of a negotiation; `subject` is that of its deposit, `answers` the paper that it replies to."""

    reference: str
    digest: Digest
    sender: str
    to: tuple[str, ...]
    entry: int
    made: Time
    answers: Digest
    commitment: Digest
    subject: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """Another paper beside it: its `file`; or the `fault` for which it is none; or, with neither, not opened here.

    `here_from` is when this reader may have it at the earliest; None where it is for others alone, or it is for others
    to say when. `other` is one that is about something else, and stands between an escrow and what replies to it.
    """

    reference: str
    digest: Digest
    sender: str
    entry: int
    made: Time
    answers: Digest | None
    role: Role
    opening: OpeningKind
    here_from: Time | None
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
    """A question, and the first answer to it that verifies.

    Where it is for others alone, it is `unseen`, and its place is that which the answer is for.
    """

    reference: str
    digest: Digest
    by: str
    place: Place
    unseen: bool = False
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
    by: str
    kind: Kind | None
    code: str
    details: Mapping[str, Detail]

    @classmethod
    def of(cls, paper: Handed, error: ParleyError) -> Unproven:
        """What was found wrong with a paper."""
        kind = paper.file.kind if paper.file else None
        return cls(reference=paper.reference, by=paper.sender, kind=kind, code=error.code, details=error.details)

    @property
    def error(self) -> ParleyError:
        """The reason, to be put in words."""
        return ParleyError(self.code, **self.details)


@dataclass(slots=True, kw_only=True)
class Story:
    """All that the papers say of one escrow.

    `plan` is None where the paper that should state it does not. `amends` is the escrow before it, `amended_by` those
    that take its place, `others` what the same party sealed in the negotiation and neither came before it nor takes
    its place. `waiting` are papers about it that were not opened here yet, `elsewhere` those that are for others alone
    or wait for others, `pending` those of its owner that nobody here can check before `missing`, of those that wait,
    are open.
    """

    sealed: Sealed
    plan: Plan | None
    plan_by: str
    amends: str | None = None
    amendment: Amended | None = None
    amendment_by: str | None = None
    amended_by: list[str] = field(default_factory=list)
    others: list[Sealed] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    opened_by: dict[int, list[str]] = field(default_factory=dict)
    items: dict[int, Known] = field(default_factory=dict)
    questions: list[Asked] = field(default_factory=list)
    totals: list[TotalsTold] = field(default_factory=list)
    unproven: list[Unproven] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    contradictions: tuple[Contradiction, ...] = ()
    evidence: Evidence = field(default_factory=Evidence, compare=False, repr=False)

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
        """Whether all that its owner handed over for it, and was opened here, is proven, and nothing contradicts.

        So it is not while a paper cannot be checked yet, nor before it is proven what changed from the escrow before.
        """
        proven = self.amends is None or self.amendment is not None
        return proven and not (self.faults or self.pending or self.contradictions)

    @property
    def faults(self) -> tuple[Unproven, ...]:
        """What its owner handed over and does not prove what it says; what others did is no fault of the owner's."""
        return tuple(each for each in self.unproven if each.by == self.owner)

    @property
    def beside(self) -> list[str]:
        """The references of `others`."""
        return [other.reference for other in self.others]

    def due(self) -> int | None:
        """The number of the next step, None when all were opened."""
        return self.progress.step + 1 if self.plan and self.progress.step < len(self.plan.steps) else None

    def known(self) -> tuple[Known, ...]:
        """The items by id; those of which only the place is known behind them, by slot."""
        return tuple(sorted(self.items.values(), key=lambda each: (each.uid is None, each.uid or "", each.slot)))
