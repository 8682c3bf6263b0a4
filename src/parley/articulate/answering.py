"""Lines `Re: RU-1 Article 4 — refuse`: what a provision says to a provision of another paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from msgspec import structs

from parley.canonical import Record
from parley.crypto import Digest
from parley.document import Answer, Document, Position
from parley.errors import Malformed


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What an answer is about: a deposit, and a running number in it or None for the whole paper."""

    deposit: Digest
    provision: int | None


Resolve = Callable[[str, str | None], Target | tuple[Target, ...] | None]
"""Given a paper's name ("RU-1") and lawyers' words ("Article 4") or None for the whole: what is named, if anything."""


class Asked(Record, frozen=True):
    """What a line names, to be looked up by someone who can: a paper, and a place in it or None; and which line."""

    line: int
    paper: str
    place: str | None


class Recorder:
    """Stands for `Resolve` where no paper can be opened: notes what is asked, and answers with the number of the note.

    `settle` puts the true targets in, once they can be looked up.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.line = 0

    def __call__(self, paper: str, place: str | None) -> Target:
        self.asked.append(Asked(line=self.line, paper=paper, place=place))
        return Target(deposit=Digest(len(self.asked).to_bytes(32, "big")), provision=None)


def settle(document: Document, asked: Sequence[Asked], resolve: Resolve) -> Document:
    """The document with what its answers are really about, in place of a Recorder's numbers.

    Raises: Malformed("articulate.answer-target") when `resolve` does not know what a line names.
    """
    if not asked:
        return document

    def settled(answer: Answer) -> Iterator[Answer]:
        note = asked[int.from_bytes(answer.deposit, "big") - 1]
        for each in _targets(resolve, note.paper, note.place, note.line):
            yield Answer(deposit=each.deposit, provision=each.provision, position=answer.position)

    provisions = tuple(
        structs.replace(each, answers=tuple(true for answer in each.answers for true in settled(answer)))
        for each in document.provisions
    )
    return structs.replace(document, provisions=provisions)


_LINE = re.compile(
    r"Re:\s+(?P<paper>\S+?)(?:,?\s+(?P<place>.+?))??\s*(?:\s[—–-]{1,2}\s|:\s)\s*(?P<position>[A-Za-z _-]+)\.?"
)
_LIST = re.compile(r"\s*(?:,\s*and\s|,|;|\band\b)\s*")
MAX_SPAN = 200


def is_answer_line(text: str) -> bool:
    """Whether a line means to say what is answered."""
    return text.startswith("Re: ")


def answers(text: str, resolve: Resolve, *, line: int) -> Iterator[Answer]:
    """The answers one line gives, one for each provision it names.

    Raises: Malformed("articulate.answer-form") when the line cannot be read, Malformed("articulate.answer-position")
    for a position that is none, Malformed("articulate.answer-target") when `resolve` does not know what it names.
    """
    found = _LINE.fullmatch(text)
    if not found:
        raise Malformed("articulate.answer-form", line=line)
    try:
        position = Position(found["position"].strip().lower().replace("-", "_").replace(" ", "_"))
    except ValueError as error:
        raise Malformed("articulate.answer-position", line=line) from error
    if isinstance(resolve, Recorder):
        resolve.line = line
    for place in _places(found["place"], line):
        for each in _targets(resolve, found["paper"], place, line):
            yield Answer(deposit=each.deposit, provision=each.provision, position=position)


def _targets(resolve: Resolve, paper: str, place: str | None, line: int) -> tuple[Target, ...]:
    target = resolve(paper, place)
    if not target:
        raise Malformed("articulate.answer-target", line=line)
    return target if isinstance(target, tuple) else (target,)


def _places(text: str | None, line: int) -> Iterator[str | None]:
    """ "Articles 1, 3 and 5-7" are five places; "Article 4, paragraph 2" stays one."""
    if text is None:
        yield None
        return
    parts = _LIST.split(text)
    word = re.match(r"([^\W\d]+?)s?\s+(?=\d)", parts[0])
    if len(parts) > 1 and not (word and all(re.fullmatch(r"\d+(\s*[-–—]\s*\d+)?", part) for part in parts[1:])):
        yield text
        return
    name = word[1] + " " if word else ""
    for part in (parts[0][word.end() :] if word else parts[0], *parts[1:]):
        span = re.fullmatch(r"(\d{1,5})\s*(?:[-–—]|to)\s*(\d{1,5})", part)
        if not span:
            yield name + part
            continue
        first, last = int(span[1]), int(span[2])
        if not first <= last < first + MAX_SPAN:
            raise Malformed("articulate.answer-form", line=line)
        yield from (f"{name}{number}" for number in range(first, last + 1))
