"""Article by article: what the papers of a record answered in one another, as far as both were released.

It is counted by `negotiation.coverage`, which sees released provisions alone. What was not released is in no way told
of: an article without an answer is silent in what was released, and may be answered in what was not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parley.document import Position
from parley.negotiation.coverage import Article, Coverage, Given, State, cover
from parley.negotiation.outline import Outline, of_leaves
from parley.record.excerpt import tidy
from parley.record.papers import PaperRead, Reading
from parley.record.provisions import link
from parley.words import say, term


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A provision by its name, in its author's language, and where it is shown; `to` is empty where it is not."""

    name: str
    language: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRow:
    """An answer: by which provision, what it says, of what exactly where that is not the article, and how."""

    what: str
    by: Named
    of: Named | None
    ranged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRow:
    """A provision of the proposal, what became of it, the answers to it, and what of it no answer shown speaks of."""

    article: Named
    state: str
    given: tuple[GivenRow, ...]
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A table: what was answered in a proposal, by all that reply to it or by one paper; `place` is its id."""

    place: str
    head: str
    column: str
    rows: tuple[AnsweredRow, ...]


def sections(reading: Reading, paper: PaperRead, suffix: str) -> Iterator[Answered]:
    """What is answered in this paper, and what this paper answers; nothing where no answer is shown."""
    responses = [each for each in reading.replies_to(paper) if not each.replaced]
    if found := _covered(paper, responses):
        head = say("record.answered", reference=paper.reference)
        yield _table(reading, found, "answered", head, suffix)
    proposal = reading.find(paper.deposit.in_reply_to)
    if proposal is not None and (found := _covered(proposal, [paper])):
        head = say("record.answers", reference=proposal.reference)
        yield _table(reading, found, "answers", head, suffix)


def _covered(proposal: PaperRead, responses: Sequence[PaperRead]) -> Coverage | None:
    speaking = [each for each in responses if any(leaf.answers for leaf in each.leaves)]
    if not speaking:
        return None
    found = cover(_outline(proposal), [_outline(each) for each in speaking])
    return found if found.answers_anything else None


def _outline(paper: PaperRead) -> Outline:
    digest = paper.shown.digest
    return of_leaves(paper.leaves, reference=paper.reference, digest=digest, total=paper.total or 0)


# --- as a table -------------------------------------------------------------------------------------------------


def _table(reading: Reading, found: Coverage, place: str, head: str, suffix: str) -> Answered:
    shown = _Shown(reading, found.reference, suffix)
    rows = [shown.row(article) for article in found.articles]
    beside: dict[int | None, list[Given]] = {}
    for given in found.beside:
        beside.setdefault(given.named, []).append(given)
    rows += [shown.beside(number, group) for number, group in beside.items()]
    column = say("record.answered-what", reference=found.reference)
    return Answered(place=place, head=head, column=column, rows=tuple(rows))


_STATES = {State.ANSWERED: "some", State.REFUSED: "refused", State.SILENT: "silent"}
"""The words for what became of an article, of `record.answered-`: the same three that `parley coverage` counts."""


class _Shown:
    """Words of one table: the proposal and the responses by their names."""

    def __init__(self, reading: Reading, proposal: str, suffix: str) -> None:
        self.papers = {paper.reference: paper for paper in reading.papers}
        self.proposal, self.suffix = self.papers[proposal], suffix

    def row(self, article: Article) -> AnsweredRow:
        state = _STATES[article.state]
        state = "ranged" if state == "some" and article.in_range_only else state
        return AnsweredRow(
            article=self._named(self.proposal, article.number, article.name),
            state=say(f"record.answered-{state}"),
            given=tuple(self._given(each, article.number) for each in article.given),
            open=tuple(map(tidy, article.open)),
        )

    def beside(self, number: int | None, group: Sequence[Given]) -> AnsweredRow:
        """Answers to what stands in no article, is not shown, or is the whole of a paper of which nothing is shown."""
        refused = all(given.position is Position.REFUSE for given in group)
        state = "refused" if refused else "ranged" if all(given.ranged for given in group) else "some"
        return AnsweredRow(
            article=self._beside(number, group[0].named_name),
            state=say(f"record.answered-{state}"),
            given=tuple(self._given(given, number) for given in group),
            open=(),
        )

    def _beside(self, number: int | None, name: str | None) -> Named:
        if number is None:
            return Named(name=say("record.answered-whole"), language="", to="")
        if name is None:
            return Named(name=say("record.answered-not-shown", number=number), language="", to="")
        return self._named(self.proposal, number, name)

    def _given(self, given: Given, article: int | None) -> GivenRow:
        response = self.papers[given.reference]
        values = {"reference": given.reference, "number": given.provision}
        part = given.named if given.named != article and given.named_name is not None else None
        return GivenRow(
            what=say("record.answered-by", position=term("positions", given.position.value), **values),
            by=self._named(response, given.provision, given.name),
            of=self._named(self.proposal, part, given.named_name or "") if part is not None else None,
            ranged=given.ranged,
        )

    def _named(self, paper: PaperRead, number: int, name: str) -> Named:
        language = next((leaf.language for leaf in paper.leaves if leaf.number == number), "")
        return Named(name=tidy(name), language=language, to=link(paper, number, self.suffix))


__all__ = ["Answered", "AnsweredRow", "GivenRow", "Named", "sections"]
