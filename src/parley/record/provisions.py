"""The provisions of an excerpt as the page of its paper shows them: in order, with the gaps; languages side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parley.disclosure import Leaf
from parley.document import Answer
from parley.record.excerpt import Provision, language_name, provisions
from parley.record.papers import ExcerptRead, PaperRead, Reading
from parley.words import say, term


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A sentence, and where it leads on the pages of a record; `to` is empty where to nowhere."""

    text: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A provision as shown, at a place of the page that links can lead to; or a gap: then only `gap` is set."""

    gap: str = ""
    anchor: str = ""
    number: int = 0
    place: str = ""
    names: tuple[str, ...] = ()
    language: str = ""
    status: str = ""
    words: str = ""
    answers: tuple[Linked, ...] = ()


Row = tuple[tuple[Shown, ...], ...]
"""What stands side by side, one cell a language; in a cell a gap or nothing, and a provision."""


def rows(reading: Reading, paper: PaperRead, excerpt: ExcerptRead, suffix: str) -> tuple[Row, ...]:
    """The provisions and gaps of an excerpt in reading order; where it shows two languages in step, a row of both."""
    text = excerpt.verdict.text
    assert text is not None  # noqa: S101 - papers.py reads no others
    shown = [_shown(reading, excerpt, each, text.provisions, suffix) for each in _all(paper, excerpt)]
    columns = in_step(text.provisions)
    if len(columns) < 2:
        return tuple(((each,),) for each in shown)
    cells: dict[int, tuple[Shown, ...]] = {}
    gap: tuple[Shown, ...] = ()
    for each in shown:
        if each.gap:
            gap = (each,)
        else:
            cells[each.number], gap = (*gap, each), ()
    found = [tuple(cells[leaf.number] for leaf in leaves) for leaves in zip(*columns, strict=True)]
    return (*found, *((last,) for last in [gap] if last))


def in_step(leaves: Sequence[Leaf]) -> list[list[Leaf]]:
    """The leaves by language versions, when each version shows the same provisions in the same order; else none."""
    columns: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        columns.setdefault(leaf.language, []).append(leaf)
    one, *others = [[leaf.w_id for leaf in column] for column in columns.values()] or [[]]
    return list(columns.values()) if others and all(other == one for other in others) else []


def languages(excerpt: ExcerptRead) -> str:
    """Which languages stand side by side; empty where none do."""
    text = excerpt.verdict.text
    return ", ".join(language_name(column[0].language) for column in in_step(text.provisions if text else ()))


def _all(paper: PaperRead, excerpt: ExcerptRead) -> Iterator[Provision]:
    return provisions(excerpt.verdict, paper.deposit)


def _shown(reading: Reading, excerpt: ExcerptRead, each: Provision, leaves: Sequence[Leaf], suffix: str) -> Shown:
    if each.gap:
        return Shown(gap=each.gap)
    leaf = next(leaf for leaf in leaves if leaf.number == each.number)
    return Shown(
        anchor=anchor(excerpt.number, each.number),
        number=each.number,
        place=each.place,
        names=each.names,
        language=each.language,
        status=each.status,
        words=each.words,
        answers=tuple(
            _answer(reading, answer, other, suffix) for answer, other in zip(leaf.answers, each.answers, strict=True)
        ),
    )


def _answer(reading: Reading, answer: Answer, other: str, suffix: str) -> Linked:
    """What a provision answers: a paper of this record by its name, another as on the page of an excerpt."""
    answered = reading.find(answer.deposit)
    if answered is None:
        return Linked(text=other, to="")
    key = "record.answer" if answer.provision is not None else "record.answer-whole"
    values = {"number": answer.provision} if answer.provision is not None else {}
    position = term("positions", answer.position.value)
    text = say(key, reference=answered.reference, position=position, **values)
    return Linked(text=text, to=link(answered, answer.provision, suffix))


# --- places -----------------------------------------------------------------------------------------------------


def anchor(excerpt: int, number: int) -> str:
    """The place of a provision on the page of its paper, which may show it in several excerpts."""
    return f"provision-{excerpt}-{number}"


def link(paper: PaperRead | None, number: int | None, suffix: str) -> str:
    """Where a provision is first shown; the page of its paper where it is not shown; nowhere for no paper."""
    if paper is None:
        return ""
    excerpt = paper.places.get(number or 0)
    return f"{paper.stem}{suffix}" + (f"#{anchor(excerpt, number)}" if excerpt and number else "")


__all__ = ["Linked", "Row", "Shown", "anchor", "in_step", "languages", "link", "rows"]
