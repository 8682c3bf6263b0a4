"""Which articles of a proposal were answered, by what, and which were not: read from the answers that papers give.

An answer is what its author entered beside a provision (`Re: RU-1 Article 4 — refuse`). What the words mean nobody here
judges: an article without an answer is silent, however much is said about it elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from parley.crypto import Digest
from parley.document import Document, Position, Provision
from parley.identifiers import Kind


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


def cover(proposal: Held, responses: Sequence[Held]) -> Coverage:
    """What the responses answer in the proposal.

    Verifies nothing: that the documents are the sealed ones is for whoever opened them. The articles are those of the
    first language version, an answer to another version counts there; a paper without articles is taken by what stands
    at its top, preamble and file aside.
    """
    text = _Text(proposal.document)
    counted: dict[int, list[Given]] = {number: [] for number in text.articles}
    beside: list[Given] = []
    for given in _given(proposal, responses, text):
        places = text.under(given.named)
        for place in places:
            counted[place].append(given)
        if not places:
            beside.append(given)
    return Coverage(
        reference=proposal.reference,
        responses=tuple(response.reference for response in responses),
        by_article=text.by_article,
        articles=tuple(_article(text, number, counted[number]) for number in text.articles),
        beside=tuple(beside),
        loose=tuple(loose for response in responses for loose in _loose(response, proposal.digest)),
    )


def _given(proposal: Held, responses: Sequence[Held], text: _Text) -> Iterator[Given]:
    """Every answer to the proposal, in the order of the responses' text."""
    for response in responses:
        for provision in response.document.provisions:
            answers = [answer for answer in provision.answers if answer.deposit == proposal.digest]
            named = [text.home(answer.provision) for answer in answers]
            several = len({place for number in named for place in text.under(number)}) > 1
            for answer, number in zip(answers, named, strict=True):
                yield Given(
                    reference=response.reference,
                    provision=provision.number,
                    name=called(response.document, provision.number),
                    position=answer.position,
                    named=number,
                    named_name=text.name(number) if number and number <= text.size else None,
                    ranged=several and bool(text.under(number)),
                )


def _article(text: _Text, number: int, given: Sequence[Given]) -> Article:
    # An article named as such, or within something larger, has nothing left open in it.
    whole = any(each.named is None or each.named in text.holders(number) for each in given)
    left: tuple[str, ...] = ()
    if given and not whole:
        left = tuple(text.name(each) for each in text.left(number, {each.named for each in given}))
    refused = bool(given) and all(each.position is Position.REFUSE for each in given)
    answered = State.REFUSED if refused else State.ANSWERED
    return Article(
        number=number,
        name=text.name(number),
        state=answered if given else State.SILENT,
        in_range_only=bool(given) and all(each.ranged for each in given),
        given=tuple(given),
        open=left,
    )


def _loose(response: Held, proposal: Digest) -> Iterator[Loose]:
    """The outermost provisions of which nothing answers the proposal: not themselves, what holds or what they hold."""
    document = response.document
    speaks = {each.number for each in document.provisions if any(a.deposit == proposal for a in each.answers)}
    above = {step.number for number in speaks for step in document.lineage(number)}
    shut: set[int] = set()
    for each in document.provisions:
        if each.parent in shut or each.number in speaks:
            shut.add(each.number)  # within what answers, or within what is named already
        elif each.number not in above:
            shut.add(each.number)
            below = _below(document, each.number)
            elsewhere = any(document.provision(number).answers for number in below)
            name = called(document, each.number)
            yield Loose(reference=response.reference, provision=each.number, name=name, elsewhere=elsewhere)


def _below(document: Document, number: int) -> list[int]:
    """A provision and everything that it holds."""
    found = {number}
    for each in document.provisions[number:]:
        if each.parent not in found:
            break
        found.add(each.number)
    return sorted(found)


def called(document: Document, number: int) -> str:
    """What a person calls a provision: its own name with the numbers above it, or the first of its words."""
    lineage = document.lineage(number)
    own = lineage[-1]
    if own.kind in _NAMED_ALONE and own.label:
        return own.name
    steps = [step.label or step.heading for step in lineage if step.label or step.heading]
    if own.name:
        return " ".join([*steps[:-1], own.name])
    return " ".join([*steps, _first_words(own)])


_NAMED_ALONE = frozenset({Kind.ARTICLE, Kind.SECTION, Kind.CHAPTER, Kind.PART, Kind.ANNEX})
_SHOWN_WORDS = 8


def _first_words(provision: Provision) -> str:
    words = provision.words.split(" ")
    text = " ".join(words[:_SHOWN_WORDS])[:80].split("\n")[0]
    return f"“{text} …”" if len(text) < len(provision.words) else f"“{text}”"


class _Text:
    """A proposal's articles, and what of it counts under which."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.size = len(document.provisions)
        first, last = document.languages[0].first, document.languages[0].last
        self._first = document.provisions[first - 1 : last]
        self._by_name = {each.e_id: each.number for each in self._first}
        self._children: dict[int, list[Provision]] = {}
        for each in self._first:
            self._children.setdefault(each.parent, []).append(each)
        found = [each.number for each in self._first if each.kind is Kind.ARTICLE and not self._in_article(each)]
        self.by_article = bool(found)
        self.articles = tuple(found) or tuple(each.number for each in self._first if _stands_alone(each))
        self._known = frozenset(self.articles)
        self._under: dict[int | None, tuple[int, ...]] = {None: self.articles}

    def _in_article(self, provision: Provision) -> bool:
        return any(step.kind is Kind.ARTICLE for step in self.document.lineage(provision.number)[:-1])

    def name(self, number: int) -> str:
        return called(self.document, number)

    def home(self, number: int | None) -> int | None:
        """The same provision in the first language version, or the number itself where that has no such one."""
        if number is None or number > len(self.document.provisions):
            return number
        return self._by_name.get(self.document.provision(number).e_id, number)

    def holders(self, number: int) -> frozenset[int]:
        """An article and everything that holds it."""
        return frozenset(step.number for step in self.document.lineage(number))

    def under(self, number: int | None) -> tuple[int, ...]:
        """The articles that an answer to this provision counts under: the one it lies in, or all that it holds."""
        if number not in self._under:
            assert number is not None  # noqa: S101 - None is there from the beginning
            self._under[number] = self._find(number)
        return self._under[number]

    def _find(self, number: int) -> tuple[int, ...]:
        if number > len(self.document.provisions):
            return ()  # the answer names what this paper does not have
        within = [each for each in self.holders(number) if each in self._known]
        return tuple(within) or tuple(each for each in _below(self.document, number) if each in self._known)

    def left(self, number: int, named: set[int | None]) -> Iterator[int]:
        """The outermost parts of an article that no answer names, a chapeau aside."""
        for child in self._children.get(number, ()):
            if child.kind is Kind.CHAPEAU or child.number in named:
                continue
            if named.isdisjoint(_below(self.document, child.number)):
                yield child.number
            else:
                yield from self.left(child.number, named)


def _stands_alone(provision: Provision) -> bool:
    return provision.parent == 0 and provision.kind not in (Kind.PREAMBLE, Kind.FILE)
