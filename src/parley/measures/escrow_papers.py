"""The files of an escrow on the rail of deposits: plan, opening, totals, question, answer, amendment.

    {"kind":"question","place":{"east":-20,"north":-10}}

Each is canonical JSON, the original of a paper whose text says the same (see `escrow_text`). What binds is no file: it
is a paper of opening `held`, whose deposit has the escrow's own commitment. Source: spec/escrow.md, On the rail.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from parley.canonical import Record, convert, decode_any, encode
from parley.errors import Malformed
from parley.measures.amendment import Amendment
from parley.measures.escrow_answers import Answer, Contained, Totals
from parley.measures.escrow_plan import Place, Plan
from parley.measures.escrow_steps import StepOpening

MEDIA_TYPE = "application/vnd.parley.escrow+json"
MOST_IN_TOTALS = 1_000
"""Items that one paper shows in the totals."""

Kind = Literal["plan", "opening", "totals", "question", "answer", "amendment"]


def answer_length(plan: Plan) -> int:
    """How many bytes the file of an answer has under a plan, be it yes or no, near to an item or far from one."""
    return 2_304 + 168 * plan.depth


class PlanPaper(Record, frozen=True):
    """What is public from the outset; the held paper that binds the declaration replies to it."""

    kind: Literal["plan"]
    plan: Plan


class OpeningPaper(Record, frozen=True):
    """A step, or a part of one, in reply to the held paper."""

    kind: Literal["opening"]
    opening: StepOpening


class InTotals(Record, frozen=True):
    """An item whose contents are open, by its slot, and how it is contained in the totals."""

    contained: Contained
    slot: int


class TotalsPaper(Record, frozen=True):
    """The totals, and items shown in them, in reply to the held paper."""

    items: Annotated[tuple[InTotals, ...], Meta(max_length=MOST_IN_TOTALS)]
    kind: Literal["totals"]
    totals: Totals


class QuestionPaper(Record, frozen=True):
    """Whether a place is in the declaration, in reply to the held paper; from any party of it."""

    kind: Literal["question"]
    place: Place


class AnswerPaper(Record, frozen=True):
    """The answer, in reply to the question; `padding` are zeros, so that its length does not say what it answers."""

    answer: Answer
    kind: Literal["answer"]
    padding: str

    @classmethod
    def of(cls, answer: Answer, plan: Plan) -> AnswerPaper:
        """The paper of an answer under its plan."""
        bare = cls(answer=answer, kind="answer", padding="")
        return cls(answer=answer, kind="answer", padding="0" * (answer_length(plan) - len(encode(bare))))


class AmendmentPaper(Record, frozen=True):
    """Which slots changed, in reply to the held paper of the new escrow, which replies to that of the old one."""

    amendment: Amendment
    kind: Literal["amendment"]


EscrowFile: TypeAlias = PlanPaper | OpeningPaper | TotalsPaper | QuestionPaper | AnswerPaper | AmendmentPaper

_SHAPES: dict[str, type[EscrowFile]] = {
    "plan": PlanPaper,
    "opening": OpeningPaper,
    "totals": TotalsPaper,
    "question": QuestionPaper,
    "answer": AnswerPaper,
    "amendment": AmendmentPaper,
}


def read_file(data: bytes) -> EscrowFile:
    """The file of an escrow's paper. Verifies form alone. Raises: Malformed("escrow.kind"), Malformed of its form."""
    value = decode_any(data)
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _SHAPES:
        raise Malformed("escrow.kind")
    return convert(value, _SHAPES[kind])
