"""The files of an escrow on the rail of deposits: plan, opening, totals, question, answer, amendment.

    {"kind":"question","place":{"east":-20,"north":-10}}

Each is canonical JSON, the original of a paper whose text says the same (see `escrow_text`). What binds is no file: it
is a paper of opening `held`, whose deposit has the escrow's own commitment. Source: spec/escrow.md, On the rail.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from parley.act import Role
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


HANDED_AS: dict[Kind, tuple[Role, bool]] = {
    "plan": ("declaration", False),
    "opening": ("declaration", False),
    "totals": ("declaration", False),
    "question": ("note", True),
    "answer": ("response", False),
    "amendment": ("declaration", False),
}
"""The role of each paper, and whether it must open at once."""

EscrowFile: TypeAlias = PlanPaper | OpeningPaper | TotalsPaper | QuestionPaper | AnswerPaper | AmendmentPaper

_SHAPES: dict[str, type[EscrowFile]] = {
    "plan": PlanPaper,
    "opening": OpeningPaper,
    "totals": TotalsPaper,
    "question": QuestionPaper,
    "answer": AnswerPaper,
    "amendment": AmendmentPaper,
}


# Members stand in the order of their names, so that the first bytes tell the kind before anything is decoded.
_STARTS: dict[bytes, Kind] = {
    b'{"kind":"plan",': "plan",
    b'{"kind":"opening",': "opening",
    b'{"items":': "totals",
    b'{"kind":"question",': "question",
    b'{"answer":': "answer",
    b'{"amendment":': "amendment",
}

_SMALL, _LARGE = 64 << 10, 16 << 20
_A_SLOT = 4 << 10
"""Bytes of a slot with all that it can hold, on both sides of an amendment too, and a node beside it."""


def most_bytes(kind: Kind, plan: Plan | None) -> int:
    """How long a file of this kind can be under a plan: of an opening or an amendment, by its slots."""
    match kind:
        case "plan" | "question" | "answer":
            return _SMALL
        case "totals":
            return _LARGE
        case "opening" | "amendment":
            return _SMALL + _A_SLOT * (plan.slots if plan is not None else 0)


def most_bytes_as(role: Role, plan: Plan | None, *, owner: bool) -> int:
    """The same of a paper of which no more is known than what everybody sees: its role, and whose it is."""
    kinds = [kind for kind, (handed_as, _) in HANDED_AS.items() if handed_as == role and (owner or kind == "question")]
    return max((most_bytes(kind, plan) for kind in kinds), default=_SMALL)


def _most_parts(kind: Kind, plan: Plan | None) -> int:
    """How many values and members such a file can have: each takes its memory, however short it is."""
    match kind:
        case "plan" | "question" | "answer":
            return 4 << 10
        case "totals":
            return 1 << 20
        case "opening" | "amendment":
            return (4 << 10) + 32 * (plan.slots if plan is not None else 0)


def kind_of(data: bytes) -> Kind:
    """The kind of a file by its first bytes; nothing else of it is verified. Raises: Malformed("escrow.kind")."""
    kind = next((kind for start, kind in _STARTS.items() if data.startswith(start)), None)
    if kind is None:
        raise Malformed("escrow.kind")
    return kind


def read_file(data: bytes, plan: Plan | None = None) -> EscrowFile:
    """The file of an escrow's paper; `plan` is that of its escrow, where it is known. Verifies form alone.

    The kind and the size are looked at first: nobody makes a reader decode what no file under this plan can be.
    Raises: Malformed("escrow.kind"), Malformed("escrow.file-large"), Malformed of its form.
    """
    kind = kind_of(data)
    most = most_bytes(kind, plan)
    if len(data) > most or sum(map(data.count, (b",", b"[", b"{"))) > _most_parts(kind, plan):
        raise Malformed("escrow.file-large", most=most)
    return convert(decode_any(data), _SHAPES[kind])
