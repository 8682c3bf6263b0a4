"""Which articles of a proposal were answered, by what, and which were not: read from the answers that papers give.

An answer is what its author entered beside a provision (`Re: RU-1 Article 4 — refuse`). What the words mean nobody here
judges: an article without an answer is silent, however much is said about it elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from parley.crypto import Digest
from parley.document import Document, Position
from parley.identifiers import Kind
from parley.negotiation.outline import Outline, Part, of_document


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A paper that is open here: its reference, the digest of its deposit, its document."""

    reference: str
    digest: Digest
    document: Document


class State(StrEnum):
    """What became of an article: it has answers; all of them refuse it; it has none."""

    ANSWERED = "answered"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """One answer that counts under an article: the answering provision, its position, and what exactly it names.

    `named` is the number of a provision of the proposal, None for the whole paper; `named_name` what that is called,
    None where there is none such. `ranged`: it speaks of several articles in one.
    """

    reference: str
    provision: int
    name: str
    position: Position
    named: int | None
    named_name: str | None
    ranged: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """One article with the answers to it. `open` names what in it no answer speaks of, where some does."""

    number: int
    name: str
    state: State
    in_range_only: bool
    given: tuple[Given, ...]
    open: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Loose:
    """A provision of a response that answers nothing in the proposal; `elsewhere`: it answers another paper."""

    reference: str
    provision: int
    name: str
    elsewhere: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """A proposal, article by article; where it has none, `by_article` is false and its parts stand for them.

    `beside` are answers to what stands in no article, such as the preamble.
    """

    reference: str
    responses: tuple[str, ...]
    by_article: bool
    articles: tuple[Article, ...]
    beside: tuple[Given, ...]
    loose: tuple[Loose, ...]

    @property
    def answers_anything(self) -> bool:
        """Whether any provision of a response names this paper, or anything in it."""
        return bool(self.beside) or any(article.given for article in self.articles)

    def count(self, state: State) -> int:
        """How many articles are in this state."""
        return sum(article.state is state for article in self.articles)


def cover(proposal: Held | Outline, responses: Sequence[Held | Outline]) -> Coverage:
    """What the responses answer in the proposal.

    Verifies nothing: that the documents are the sealed ones is for whoever opened them. The articles are those of the
    first language version, an answer to another version counts there; a paper without articles is taken by what stands
    at its top, preamble and file aside. Where a paper is known in part, only that part is counted.
    """
    known, answering = _outline(proposal), [_outline(response) for response in responses]
    text = _Text(known)
    counted: dict[int, list[Given]] = {number: [] for number in text.articles}
    beside: list[Given] = []
    for given in _given(known, answering, text):
        places = text.under(given.named)
        for place in places:
            counted[place].append(given)
        if not places:
            beside.append(given)
    return Coverage(
        reference=known.reference,
        responses=tuple(response.reference for response in answering),
        by_article=text.by_article,
        articles=tuple(_article(text, number, counted[number]) for number in text.articles),
        beside=tuple(beside),
        loose=tuple(loose for response in answering for loose in _loose(response, known.digest)),
    )


def _outline(paper: Held | Outline) -> Outline:
    if isinstance(paper, Outline):
        return paper
    return of_document(paper.document, reference=paper.reference, digest=paper.digest)


def _given(proposal: Outline, responses: Sequence[Outline], text: _Text) -> Iterator[Given]:
    """Every answer to the proposal, in the order of the responses' text."""
    for response in responses:
        for part in response.parts:
            answers = [answer for answer in part.answers if answer.deposit == proposal.digest]
            named = [text.home(answer.provision) for answer in answers]
            several = len({place for number in named for place in text.places(number)}) > 1
            for answer, number in zip(answers, named, strict=True):
                yield Given(
                    reference=response.reference,
                    provision=part.number,
                    name=part.name,
                    position=answer.position,
                    named=number,
                    named_name=proposal.name(number) if number and proposal.find(number) else None,
                    ranged=several and bool(text.places(number)),
                )


def _article(text: _Text, number: int, given: Sequence[Given]) -> Article:
    # An article named as such, or within something larger, has nothing left open in it.
    holders = {part.number for part in text.outline.holders(number)}
    whole = any(each.named is None or each.named in holders for each in given)
    left: tuple[str, ...] = ()
    if given and not whole:
        left = tuple(text.outline.name(each) for each in text.left(number, {each.named for each in given}))
    refused = bool(given) and all(each.position is Position.REFUSE for each in given)
    answered = State.REFUSED if refused else State.ANSWERED
    return Article(
        number=number,
        name=text.outline.name(number),
        state=answered if given else State.SILENT,
        in_range_only=bool(given) and all(each.ranged for each in given),
        given=tuple(given),
        open=left,
    )


def _loose(response: Outline, proposal: Digest) -> Iterator[Loose]:
    """The outermost provisions of which nothing answers the proposal: not themselves, what holds or what they hold."""
    speaks = {part.number for part in response.parts if any(a.deposit == proposal for a in part.answers)}
    above = {holder.number for number in speaks for holder in response.holders(number)}
    shut: set[int] = set()
    for part in response.parts:
        if part.parent in shut or part.number in speaks:
            shut.add(part.number)  # within what answers, or within what is named already
        elif part.number not in above:
            shut.add(part.number)
            below = map(response.find, response.below(part.number))
            elsewhere = any(each is not None and each.answers for each in below)
            yield Loose(reference=response.reference, provision=part.number, name=part.name, elsewhere=elsewhere)


class _Text:
    """A proposal's articles, and what of it counts under which."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        own = [part for part in outline.parts if part.number not in outline.later]
        found = [part.number for part in own if self._is_article(part)]
        self.by_article = bool(found)
        self.articles = tuple(found) or tuple(part.number for part in own if _stands_alone(part))
        self._known = frozenset(self.articles)
        self._under: dict[int | None, tuple[int, ...]] = {None: self.articles}

    def _is_article(self, part: Part) -> bool:
        """Whether it is an article in no other, or all that is known of one."""
        above = self.outline.holders(part.number)[:-1]
        in_article = any(holder.kind is Kind.ARTICLE or holder.torn for holder in above)
        return (part.kind is Kind.ARTICLE or part.torn) and not in_article

    def home(self, number: int | None) -> int | None:
        """The same provision in the first language version, or the number itself where that has no such one."""
        return number if number is None else self.outline.later.get(number, number)

    def under(self, number: int | None) -> tuple[int, ...]:
        """The articles that an answer to this provision counts under: the one it lies in, or all that it holds."""
        if number not in self._under:
            assert number is not None  # noqa: S101 - None is there from the beginning
            self._under[number] = self._find(number)
        return self._under[number]

    def _find(self, number: int) -> tuple[int, ...]:
        if self.outline.find(number) is None:
            return ()  # the answer names what this paper does not have, or what is not known of it
        held = [self.outline.later.get(part.number, part.number) for part in self.outline.holders(number)]
        within = [each for each in held if each in self._known]
        return tuple(within) or tuple(each for each in self.outline.below(number) if each in self._known)

    def places(self, number: int | None) -> tuple[int, ...]:
        """`under`; of what the paper has and is not known here, itself: whoever names it speaks of something more."""
        unknown = number is not None and number <= self.outline.total and self.outline.find(number) is None
        return (number,) if unknown and number is not None else self.under(number)

    def left(self, number: int, named: set[int | None]) -> Iterator[int]:
        """The outermost parts of an article that no answer names, a chapeau aside."""
        for child in self.outline.children(number):
            if child.kind is Kind.CHAPEAU or child.number in named or child.number in self.outline.later:
                continue
            if named.isdisjoint(self.outline.below(child.number)):
                yield child.number
            else:
                yield from self.left(child.number, named)


def _stands_alone(part: Part) -> bool:
    return part.parent == 0 and part.kind not in (Kind.PREAMBLE, Kind.FILE)
