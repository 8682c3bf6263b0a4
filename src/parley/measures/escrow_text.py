"""The text of an escrow's papers, made from their files: what a program checks and what a person reads are the same.

The file goes along as the original and prevails. Whoever opens such a paper makes its text once more and compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parley.canonical import decode_any
from parley.document import Document, File
from parley.errors import Invalid, Malformed, Refused
from parley.identifiers import Kind
from parley.measures.escrow_papers import (
    AmendmentPaper,
    AnswerPaper,
    EscrowFile,
    OpeningPaper,
    PlanPaper,
    QuestionPaper,
    TotalsPaper,
    answer_length,
    kind_of,
    read_file,
)
from parley.measures.escrow_plan import LAYERS, Layer, Place, Plan, line_of
from parley.measures.escrow_words import NAMES
from parley.measures.rows import document_of_rows
from parley.measures.slot_tree import NOTHING, TAGS, OpenedSlot, content_of

MOST_LISTED = 500
"""Slots that a text names one by one; the file has all."""

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Writing:
    """The words of one language, and the plan that they are about."""

    names: dict[str, str]
    plan: Plan

    def layers(self, layers: Iterable[Layer]) -> str:
        return ", ".join(self.names[layer] for layer in layers)

    def place(self, place: Place) -> str:
        return (
            line_of(place) if isinstance(place, str) else self.names["cell"].format(east=place.east, north=place.north)
        )

    def counts(self, counts: Iterable[int]) -> str:
        return ", ".join(f"{name} {count}" for name, count in zip(self.plan.categories, counts, strict=True))


def document_of(file: EscrowFile, plan: Plan, original: File, *, language: str) -> Document:
    """The document of a file, under the plan that it belongs to.

    Raises: Malformed("escrow.language"), Malformed for contents that cannot be told.
    """
    writing = _Writing(_names(language), plan)
    names = writing.names
    match file:
        case PlanPaper():
            title, rows = names["plan"], list(_plan(writing))
        case OpeningPaper():
            title, rows = names["opening"].format(step=file.opening.step), list(_opening(file, writing))
        case TotalsPaper():
            title, rows = names["totals"], list(_totals(file, writing))
        case QuestionPaper():
            title = names["question"]
            rows = [(names["place-asked"], writing.place(file.place)), (names["asked"], names["asked-words"])]
        case AnswerPaper():
            found = names["absent" if file.answer.item is None else "present"]
            title = names["answer"]
            about = names["about-name" if plan.grid is None else "about-cell"]
            rows = [(names["place-asked"], writing.place(file.answer.place)), (names["answered"], found)]
            rows.append((names["about"], about))
        case AmendmentPaper():
            title, rows = names["amendment"], list(_amendment(file, writing))
    return _document(title, rows, original, language)


def held_document(plan: Plan, items: int, original: File, *, language: str) -> Document:
    """What the sender alone sees of the declaration itself as it signs: it stays at home, sealed."""
    names = _names(language)
    rows = [
        (names["counted"], ", ".join(plan.categories)),
        (names["room"], names["held-words"].format(items=items, slots=plan.slots)),
    ]
    return _document(names["held"], rows, original, language)


def read_paper(document: Document, data: bytes, plan: Plan | None) -> EscrowFile:
    """The file of an escrow's paper that was opened, of which `data` is the original; `plan` is that of its escrow.

    Verifies that the document is the one that its file makes, and of an answer the length; nothing of what the file
    shows. Raises: Malformed, Malformed("escrow.padding"), Refused("escrow.no-plan"), Invalid("escrow.other-words").
    """
    if document.original is None:
        raise Malformed("escrow.no-file")
    if plan is None and kind_of(data) != "plan":
        raise Refused("escrow.no-plan")
    file = read_file(data, plan)
    under = file.plan if isinstance(file, PlanPaper) else plan
    if under is None:
        raise Refused("escrow.no-plan")
    if isinstance(file, AnswerPaper) and (len(data) != answer_length(under) or file.padding.strip("0")):
        raise Malformed("escrow.padding", expected=answer_length(under), found=len(data))
    made = document_of(file, under, document.original, language=document.languages[0].language)
    if made != document:  # the whole of it: an annex, or another text that prevails, would say what the file does not
        raise Invalid("escrow.other-words")
    return file


def _names(language: str) -> dict[str, str]:
    """The words of a language, by its first part. Raises: Malformed("escrow.language") where there are none."""
    found = NAMES.get(language.split("-")[0].casefold())
    if found is None:
        raise Malformed("escrow.language", language=language, languages=", ".join(sorted(NAMES)))
    return found


def _plan(writing: _Writing) -> Iterator[Row]:
    names, plan = writing.names, writing.plan
    yield names["counted"], ", ".join(plan.categories)
    grid = plan.grid
    yield (
        names["places"],
        names["by-name"]
        if grid is None
        else names["on-grid"].format(
            columns=grid.columns, rows=grid.rows, south=grid.south, west=grid.west, unit=grid.unit
        ),
    )
    yield names["room"], names["room-words"].format(slots=plan.slots)
    yield names["questions"], names["questions-words"].format(count=plan.questions)
    for number, step in enumerate(plan.steps, start=1):
        said = names[f"of-{step.of}"].format(layers=writing.layers(step.layers))
        yield names["step"].format(step=number), said
    yield names["order"], names["order-words"]


def _opening(file: OpeningPaper, writing: _Writing) -> Iterator[Row]:
    names, opening = writing.names, file.opening
    shown = [slot for slot in opening.slots if any(data and not data.endswith(NOTHING) for data in slot.data)]
    yield (
        names["step"].format(step=opening.step),
        names["opening-words"].format(
            layers=writing.layers(writing.plan.layers_of(opening.step)),
            items=len(shown),
            empty=len(opening.slots) - len(shown),
        ),
    )
    for slot in shown[:MOST_LISTED]:
        yield names["slot"].format(slot=slot.number), "\n".join(_layers(slot, writing))
    yield from _more(len(shown), writing)


def _layers(slot: OpenedSlot, writing: _Writing) -> Iterator[str]:
    """A line for each layer that is shown of a slot. Raises: Malformed("escrow.leaf")."""
    for data in slot.data:
        layer = next((layer for layer in LAYERS if data.startswith(TAGS[layer])), None)
        if layer is None:
            raise Malformed("escrow.leaf", slot=slot.number)
        value = decode_any(content_of(layer, data, slot=slot.number))
        match value:
            case str():
                said = line_of(value)
            case {"east": int(east), "north": int(north)}:
                said = writing.names["cell"].format(east=east, north=north)
            case list() if len(value) == len(writing.plan.categories) and all(type(each) is int for each in value):
                said = writing.counts(value)
            case _:
                raise Malformed("escrow.leaf", slot=slot.number)
        yield f"{writing.names[layer]}: {said}"


def _totals(file: TotalsPaper, writing: _Writing) -> Iterator[Row]:
    names = writing.names
    if len(file.totals.totals) != len(writing.plan.categories):
        raise Malformed("escrow.sums")
    yield names["declared"], writing.counts(file.totals.totals)
    if file.items:
        slots = ", ".join(str(each.slot) for each in file.items[:MOST_LISTED])
        yield names["in-totals"], names["slots"].format(count=len(file.items), slots=slots)
        yield from _more(len(file.items), writing)


def _amendment(file: AmendmentPaper, writing: _Writing) -> Iterator[Row]:
    names, changed = writing.names, file.amendment.changed
    slots = ", ".join(str(each.after.number) for each in changed[:MOST_LISTED])
    yield names["changed"], names["slots"].format(count=len(changed), slots=slots)
    yield from _more(len(changed), writing)
    yield names["rest"], names["rest-words"]


def _more(found: int, writing: _Writing) -> Iterator[Row]:
    if found > MOST_LISTED:
        yield writing.names["more"], writing.names["more-words"].format(count=found - MOST_LISTED)


def _document(title: str, rows: Iterable[Row], original: File, language: str) -> Document:
    return document_of_rows(title, [("", *row) for row in rows], original, language, Kind.PARAGRAPH)
