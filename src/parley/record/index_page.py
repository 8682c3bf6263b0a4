"""What stands on the first page of a record, in words already: what happened, the papers, who the parties are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parley.record import data
from parley.record.events import Event, delivery, designation
from parley.record.names import Names
from parley.record.paper_page import Cells, Printed, printed
from parley.record.papers import PaperRead, Reading
from parley.record.press import Quotation
from parley.record.timeline import Drawing, draw
from parley.words import say, spoken, telling
from parley.words.clock import Clocks, day


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event in the table that says what the drawing shows."""

    when: Cells
    what: str
    by: str
    reference: str
    stem: str
    more: str
    quoted: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A paper in the list of papers."""

    reference: str
    stem: str
    what: str
    sender: str
    to: str
    when: Cells
    delivery: Cells
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFacts:
    """Everything on the first page, in the order in which it is read."""

    title: str
    made: str
    not_shown: tuple[str, ...]
    drawing: Drawing
    part: str
    events: tuple[EventRow, ...]
    papers: tuple[PaperRow, ...]
    printed: tuple[Printed, ...]
    parties: tuple[tuple[str, str, str], ...]
    data: tuple[tuple[str, str], ...]
    linked: object


def facts(
    reading: Reading,
    found: Sequence[Event],
    press: Sequence[Quotation],
    names: Names,
    files: Sequence[tuple[str, str, str]],
) -> IndexFacts:
    """What stands on the first page, in the language that is being spoken; `files` are name, words, media type."""
    clocks, parties = reading.clocks(), reading.parties
    title = say("record.title", handle=reading.inputs.handle)
    drawing = draw(found, parties, [names.plain(party) for party in parties])
    part = say("record.timeline-part", count=drawing.count, total=drawing.total)
    papers = {paper.reference: paper for paper in reading.papers}
    made = say("record.made", party=names(reading.inputs.by), time=clocks.instant(reading.inputs.as_of))
    return IndexFacts(
        title=title,
        made=made,
        not_shown=(say("record.not-all"), *(() if reading.one_tree else (say("record.several-trees"),))),
        drawing=drawing,
        part=part if drawing.count < drawing.total else "",
        events=tuple(_event(event, clocks) for event in found),
        papers=tuple(_paper(reading, paper, names, clocks) for paper in reading.papers),
        printed=tuple(printed(each, papers[each.about], clocks) for each in press),
        parties=tuple(_parties(reading, names)),
        data=tuple((name, words) for name, words, _ in files),
        linked=data.dataset(reading, name=title, language=spoken(), files=[(name, form) for name, _, form in files]),
    )


def _event(event: Event, clocks: Clocks) -> EventRow:
    when: Cells = (day(event.time),)
    if event.day_only:
        when += (say("record.no-hour"),)
    else:
        when += tuple(f"{hour} {place}" for place, hour in clocks.parts(event.time))
    return EventRow(
        when=when,
        what=event.what,
        by=event.speaker,
        reference=event.reference,
        stem=event.stem,
        more=event.more,
        quoted=event.quoted,
        language=event.language,
    )


def _paper(reading: Reading, paper: PaperRead, names: Names, clocks: Clocks) -> PaperRow:
    deposit, time = paper.deposit, paper.paper.at.time
    return PaperRow(
        reference=paper.reference,
        stem=paper.stem,
        what=designation(reading, deposit),
        sender=names.plain(deposit.by.party),
        to=telling.listed(names.plain(recipient.party) for recipient in deposit.recipients),
        when=(day(time), *(f"{hour} {place}" for place, hour in clocks.parts(time))),
        delivery=tuple(delivery(reading, paper, names, clocks)),
        shown=_how_much(paper),
    )


def _how_much(paper: PaperRead) -> str:
    """How many provisions of a paper are shown, in all excerpts together."""
    count, total = len(paper.leaves), paper.total or 0
    if not count:
        return say("record.nothing")
    if count == total:
        return say("record.excerpts-all", total=total)
    return say("record.excerpts", count=count, total=total)


def _parties(reading: Reading, names: Names) -> Iterator[tuple[str, str, str]]:
    """By the alphabet of their ids, with the number to compare of those that signed."""
    numbers = {party.party: party.number for verdict in reading.verdicts for party in verdict.parties}
    for party in reading.parties:
        yield party, names.plain(party), numbers.get(party, "")
