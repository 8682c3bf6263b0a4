"""Papers of an escrow as the folds see them, without a depositary: one log, two parties, an owner who may be false."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from parley.canonical import Time
from parley.crypto import Digest, sha256
from parley.errors import ParleyError
from parley.measures import escrow as room
from parley.measures.amendment import prove_amendment
from parley.measures.escrow import Committed, commit
from parley.measures.escrow_answers import answer, contained, totals
from parley.measures.escrow_fold import stories
from parley.measures.escrow_papers import (
    AmendmentPaper,
    AnswerPaper,
    EscrowFile,
    InTotals,
    OpeningPaper,
    PlanPaper,
    QuestionPaper,
    TotalsPaper,
)
from parley.measures.escrow_plan import LAYERS, Item, Layer, Place, Plan
from parley.measures.escrow_steps import open_step
from parley.measures.escrow_story import Handed, Paper, Sealed, Story
from tests.measures.escrow_build import committed, plan

BY_NAME = plan(grid=None)
START = Time.from_text("2022-01-10T09:00:00.000Z")


def digest(number: int) -> Digest:
    return sha256(number.to_bytes(4, "big"))


class Rail:
    """A log that papers are entered in one after another; each method returns the paper it entered."""

    def __init__(self, owner: str = "us") -> None:
        self.owner = owner
        self.papers: list[Paper] = []

    def _common(self, sender: str | None) -> dict[str, Any]:
        number = len(self.papers) + 1
        by = sender or self.owner
        return {
            "reference": f"{by.upper()}-{number}",
            "digest": digest(number),
            "sender": by,
            "entry": number,
            "made": Time(START + number),
        }

    def hand(
        self,
        file: EscrowFile | None,
        to: Paper | None,
        *,
        sender: str | None = None,
        fault: ParleyError | None = None,
        **said: Any,
    ) -> Handed:
        """`said` is what everybody sees of it, where it is not what is said of such a paper."""
        common, kind = self._common(sender), file.kind if file else None
        plainly = {
            "role": {"question": "note", "answer": "response"}.get(kind or "", "declaration"),
            "opening": "at_once" if kind in ("plan", "question", None) else "on_receipt",
            "here_from": common["made"],
        }
        paper = Handed(**common, **plainly | said, answers=to.digest if to else None, file=file, fault=fault)
        self.papers.append(paper)
        return paper

    def other(self, to: Paper) -> Handed:
        """A note, or whatever else is no paper of an escrow."""
        return self.hand(None, to, role="note", other=True)

    def plan(self, of: Plan, **given: Any) -> Handed:
        return self.hand(PlanPaper(kind="plan", plan=of), None, **given)

    def seal(
        self, made: Committed, to: Paper, *, sender: str | None = None, recipients: tuple[str, ...] | None = None
    ) -> Sealed:
        paper = Sealed(
            **self._common(sender),
            to=("ru",) if recipients is None else recipients,
            answers=to.digest,
            commitment=made.commitment.commitment,
            subject=made.escrow.subject,
        )
        self.papers.append(paper)
        return paper

    def begin(self, made: Committed) -> Sealed:
        return self.seal(made, self.plan(made.plan))

    def open(self, made: Committed, to: Paper, step: int, uids: Iterable[str] | None = None, **given: Any) -> Handed:
        return self.hand(OpeningPaper(kind="opening", opening=open_step(made, step, uids)), to, **given)

    def ask(self, place: Place, to: Paper, *, sender: str = "ru", **said: Any) -> Handed:
        return self.hand(QuestionPaper(kind="question", place=place), to, sender=sender, **said)

    def answer(self, made: Committed, place: Place, to: Paper, **given: Any) -> Handed:
        return self.hand(AnswerPaper.of(answer(made, place), made.plan), to, **given)

    def totals(self, made: Committed, to: Paper, uids: Iterable[str] = (), **given: Any) -> Handed:
        items = tuple(InTotals(contained=contained(made, uid), slot=made.find(uid)) for uid in uids)
        return self.hand(TotalsPaper(items=items, kind="totals", totals=totals(made)), to, **given)

    def amend(self, before: Committed, after: Committed, to: Paper, *, show: bool) -> Handed:
        proof = prove_amendment(before, after, show=show)
        return self.hand(AmendmentPaper(amendment=proof, kind="amendment"), to)

    def stories(self) -> tuple[Story, ...]:
        return stories(self.papers)

    def story(self) -> Story:
        (found,) = self.stories()
        return found


def false_leaves(
    leaves: dict[int, dict[Layer, bytes]], of: Plan = BY_NAME, *, escrow: room.Escrow | None = None
) -> Committed:
    """A commitment of an owner whose slots say something else than its index: these contents, by the item's number."""
    original = room.contents_of

    def contents(item: Item | None) -> tuple[bytes, ...]:
        found: dict[Layer, bytes] = dict(zip(LAYERS, original(item), strict=True))
        found |= leaves.get(-1 if item is None else int(item.uid[-3:]), {})
        return tuple(found[layer] for layer in LAYERS)

    room.contents_of = contents  # type: ignore[assignment]
    try:
        made = commit(escrow or committed(of).escrow)
        made.leaves = {slot: made.leaves(slot) for slot in range(of.slots)}.__getitem__  # type: ignore[method-assign]
    finally:
        room.contents_of = original
    return made
