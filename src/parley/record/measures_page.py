"""What stands on the page of measures, in words already: what papers that are shown whole declared and announced.

A paper counts when all of it was released to the public, by consent or by leave of its author or its recipient, and
when it is, to the letter, a filled form of an agreement that the press file names. What is shown in part, or against
its terms, counts nowhere. Who owed what is not told: for that all papers would have to be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from parley.act import Notice, Receipt
from parley.answers import Delivery, Released
from parley.canonical import Time
from parley.crypto import Digest, sha256
from parley.disclosure import Manifest
from parley.errors import Malformed
from parley.measures.agreement import Agreement
from parley.measures.agreement_file import read_agreement
from parley.measures.announced import Announced, announced
from parley.measures.content import Content
from parley.measures.counting import LimitRow, limits, readings_in
from parley.measures.papers import Filed
from parley.measures.released import read_whole
from parley.record import data
from parley.record.inputs import agreement_file, excerpt_file
from parley.record.names import Names
from parley.record.papers import ExcerptRead, PaperRead, Reading
from parley.words import say
from parley.words.agreements import label
from parley.words.drawings import ANNOUNCED_COLUMNS, announced_rows, limits_drawing, year_drawing
from parley.words.limits import COLUMNS as LIMIT_COLUMNS
from parley.words.limits import rows as limit_rows
from parley.words.neutral import shown
from parley.words.telling import listed

MOST_YEARS = 10
"""Years that are drawn, the last of those that have an activity; the table has all."""
_BY_LEAVE = (Released.BY_CONSENT, Released.BY_AUTHOR, Released.BY_RECIPIENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: its cells, and the paper that it rests on, with its page and its evidence."""

    cells: tuple[str, ...]
    reference: str
    stem: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderOne:
    """One agreement: its file, where its text comes from, what was declared and announced under it."""

    place: str
    name: str
    file: str
    source: str
    plot: Markup | None
    limits_head: tuple[str, ...]
    limits: tuple[Row, ...]
    readings: tuple[str, ...]
    years: tuple[tuple[str, Markup], ...]
    announced_head: tuple[str, ...]
    announced: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuresFacts:
    """Everything on the page of measures, in the order in which it is read."""

    title: str
    of_record: str
    agreements: tuple[UnderOne, ...]
    linked: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A paper of which the public was shown everything, and the excerpt that shows it."""

    paper: PaperRead
    excerpt: ExcerptRead
    manifest: Manifest

    @property
    def evidence(self) -> str:
        """The evidence of all its words, as a file of the record."""
        return excerpt_file(self.paper.stem, self.excerpt.number)


def whole_papers(reading: Reading) -> tuple[Whole, ...]:
    """The papers that are shown whole by leave, and were not undone before they counted for anybody, in log order."""
    return tuple(found for paper in reading.papers if (found := _whole(paper)) is not None)


def _whole(paper: PaperRead) -> Whole | None:
    delivery = paper.shown.delivery
    replaced = next((each.index for each in delivery if each.word is Delivery.REPLACED), None)
    if any(each.word is Delivery.WITHDRAWN for each in delivery) or paper.paper.undone(replaced):
        return None
    for excerpt in paper.excerpts:
        text, release = excerpt.verdict.text, excerpt.verdict.release
        if text is None or release is None or text.manifest is None or len(text.provisions) != text.total:
            continue
        if text.word == "genuine" and release.word in _BY_LEAVE:
            return Whole(paper=paper, excerpt=excerpt, manifest=text.manifest)
    return None


def read_agreements(given: Sequence[tuple[str, bytes]]) -> tuple[tuple[str, Agreement, Digest], ...]:
    """The agreements of a record, each with its name and the digest of its file.

    Raises: Malformed("site.agreement", file) for one that does not hold together.
    """
    found = []
    for name, content in given:
        try:
            found.append((name, read_agreement(content), sha256(content)))
        except Malformed as error:
            raise Malformed("site.agreement", file=agreement_file(name), problem=error.code) from error
    return tuple(found)


def facts(reading: Reading, agreements: Sequence[tuple[str, Agreement, Digest]], names: Names) -> MeasuresFacts | None:
    """What stands on the page, in the language that is being spoken; None where no paper counts."""
    whole = whole_papers(reading)
    found = [
        each
        for number, given in enumerate(agreements, start=1)
        if (each := _under_one(reading, f"a{number}", given, whole, names)) is not None
    ]
    if not found:
        return None
    clocks = reading.clocks()
    title = say("record.measures-title", handle=reading.inputs.handle)
    return MeasuresFacts(
        title=title,
        of_record=say("record.of-record", party=names(reading.inputs.by), time=clocks.instant(reading.inputs.as_of)),
        agreements=tuple(found),
        linked=data.linked({"@type": "Dataset", "dateModified": reading.inputs.as_of, "name": title}),
    )


def _under_one(
    reading: Reading, place: str, given: tuple[str, Agreement, Digest], whole: Sequence[Whole], names: Names
) -> UnderOne | None:
    name, agreement, digest = given
    shown_whole = {each.paper.shown.digest: each for each in whole}
    papers = [filed for each in whole if (filed := _filed(each, agreement)) is not None]
    readings, _ = readings_in(agreement, papers)
    on = _day(reading.inputs.as_of)
    declared, activities = limits(agreement, papers, readings, on), announced(agreement, papers)
    if not declared and not activities:
        return None
    lined = list(limit_rows(agreement, declared, naming=names.plain))
    return UnderOne(
        place=place,
        name=shown(label(agreement.name)),
        file=agreement_file(name),
        source=_source(digest, whole),
        plot=_plot(agreement, declared, place, names) if declared else None,
        limits_head=tuple(say(f"limits.{column}") for column in LIMIT_COLUMNS[:-1]),
        limits=tuple(
            _row(cells[:-1], shown_whole[each.paper]) for each, (cells, _) in zip(declared, lined, strict=True)
        ),
        readings=tuple(line.strip() for _, beside in lined for line in beside),
        years=tuple(_years(agreement, activities, place, names)),
        announced_head=tuple(say(key) for key in ANNOUNCED_COLUMNS[1:]),
        announced=tuple(
            _row(cells[1:], shown_whole[each.paper])
            for each, cells in zip(activities, announced_rows(agreement, activities, naming=names.plain), strict=True)
        ),
    )


def _row(cells: Sequence[str], rests_on: Whole) -> Row:
    paper = rests_on.paper
    return Row(cells=tuple(cells), reference=paper.reference, stem=paper.stem, evidence=rests_on.evidence)


def _plot(agreement: Agreement, declared: Sequence[LimitRow], name: str, names: Names) -> Markup:
    svg = limits_drawing(
        [(agreement, declared)], naming=names.plain, name=f"{name}-plot", desc=say("overview.limits-how")
    )
    return Markup(svg)  # noqa: S704 - our own drawing, its texts escaped


def _years(agreement: Agreement, found: Sequence[Announced], name: str, names: Names) -> Iterator[tuple[str, Markup]]:
    """A drawing for each of the last years that have an activity, with its heading."""
    years = {year for each in found for year in range(each.first.year, each.last.year + 1)}
    for year in sorted(years)[-MOST_YEARS:]:
        svg = year_drawing(agreement, found, year, naming=names.plain, name=f"{name}-{year}")
        yield say("overview.year", year=year), Markup(svg)  # noqa: S704 - the same


def _source(digest: Digest, whole: Sequence[Whole]) -> str:
    """Whether a paper of this record has this very file as its original, or the maker of the record put it there."""
    same = [
        each.paper.reference
        for each in whole
        if each.manifest.original is not None and each.manifest.original.sha256 == digest
    ]
    return say("record.measures-text-of", references=listed(same)) if same else say("record.measures-text-added")


# --- as the folds see it ------------------------------------------------------------------------------------------


def _filed(whole: Whole, agreement: Agreement) -> Filed | None:
    text = whole.excerpt.verdict.text
    content: Content | None = read_whole(agreement, whole.manifest, text.provisions) if text else None
    form = agreement.form(content.form) if content else None
    deposit, paper = whole.paper.deposit, whole.paper.paper
    if content is None or form is None or form.role != deposit.role:
        return None
    return Filed(
        reference=whole.paper.reference,
        digest=whole.paper.shown.digest,
        sender=deposit.by.party,
        to=tuple(each.party for each in deposit.recipients if each.capacity == "to"),
        entry=paper.at.index,
        sent=deposit.claimed_time,
        made=paper.at.time,
        informed=_times(whole.paper, Notice),
        received=_times(whole.paper, Receipt),
        answers=deposit.in_reply_to,
        replaces=deposit.replaces,
        content=content,
    )


def _times(paper: PaperRead, kind: type[Notice] | type[Receipt]) -> Mapping[str, Time]:
    found = {party: outcome.find(kind) for party, outcome in paper.paper.outcomes.items()}
    return {party: done.at.time for party, done in found.items() if done is not None}


def _day(time: Time) -> date:
    return date.fromisoformat(time.to_text()[:10])
