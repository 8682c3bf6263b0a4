"""What stands on the page of a paper, in words already: what became of it, who may publish it, what is shown, what is
said.

All of it comes from evidence that was verified, but for the quotations from elsewhere, which nothing proves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from parley import publication
from parley.act import Confirmation, Fault, Handover, Notice, Receipt, Refusal, Statement
from parley.answers import Delivery, Released
from parley.canonical import Time
from parley.paper import Outcome
from parley.record import answered, data
from parley.record.answered import Answered
from parley.record.events import delivery, designation
from parley.record.excerpt import cite, language_name, terms_head
from parley.record.names import Names
from parley.record.papers import Agreed, ExcerptRead, PaperRead, Reading, in_reading_order
from parley.record.press import Quotation
from parley.record.provisions import Row, rows
from parley.record.provisions import languages as languages_of
from parley.record.quoting import stands_in
from parley.verdict import PartyShown
from parley.words import say, telling, term
from parley.words.clock import UTC_ONLY, Clocks, day
from parley.words.verdicts import not_shown_lines, release_lines, text_line

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """A paper and one recipient: its instants, each with its clocks; what the recipient said besides."""

    party: str
    rows: tuple[tuple[str, Cells], ...]
    besides: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExcerpt:
    """An excerpt as it stands on the page: its answers and which are alarms, its provisions and gaps, its files."""

    number: int
    name: str
    stem: str
    answers: tuple[tuple[str, bool], ...]
    beside: str
    versions: str
    rows: tuple[Row, ...]
    not_shown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A party's own words about the paper, in each language it gave them."""

    head: str
    own: str
    time: str
    words: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A quotation from elsewhere, with the way it took."""

    speaker: str
    form: str
    time: str
    way: str
    words: str
    language: str
    languages: str
    holdings: tuple[str, ...]
    stands: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """Everything on the page of a paper, in the order in which it is read."""

    reference: str
    stem: str
    digits: str
    title: str
    of_record: str
    from_to: str
    alarms: tuple[str, ...]
    delivery: tuple[str, ...]
    times: tuple[Times, ...]
    publish: tuple[str, ...]
    agreed: tuple[tuple[str, Cells], ...]
    terms_head: str
    terms: tuple[str, ...]
    excerpts: tuple[ShownExcerpt, ...]
    answered: tuple[Answered, ...]
    said: tuple[Said, ...]
    printed: tuple[Printed, ...]
    not_shown: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]
    cite: tuple[tuple[str, str], ...]
    linked: Markup


def facts(
    reading: Reading, paper: PaperRead, press: Sequence[Quotation], names: Names, suffix: str = ".html"
) -> PaperFacts:
    """What stands on the page of a paper, in the language that is being spoken; names of its pages end in `suffix`."""
    clocks, deposit = reading.clocks(), paper.deposit
    agreed = paper.agreed
    parties = (deposit.by.party, *(recipient.party for recipient in deposit.recipients))
    became = delivery(reading, paper, names, clocks)
    title = say("record.paper-title", reference=paper.reference, what=designation(reading, deposit))
    return PaperFacts(
        reference=paper.reference,
        stem=paper.stem,
        digits=paper.shown.digest.hex(),
        title=title,
        of_record=say("record.of-record", party=names(reading.inputs.by), time=clocks.instant(reading.inputs.as_of)),
        from_to=say("record.from-to", sender=names(parties[0]), to=telling.listed(map(names, parties[1:]))),
        alarms=tuple(_alarms(paper, became, agreed, names)),
        delivery=tuple(became),
        times=tuple(_times(paper, party, names, clocks) for party in parties[1:]),
        publish=tuple(_may_publish(paper, names)),
        agreed=tuple(_agreed(each, reading.inputs.as_of, names, clocks) for each in agreed),
        terms_head=terms_head(deposit, parties),
        terms=tuple(telling.terms_lines(deposit.terms, None, naming=names, clocks=clocks)),
        excerpts=tuple(
            _excerpt(reading, paper, each, names, clocks, suffix) for each in in_reading_order(paper.excerpts)
        ),
        answered=tuple(answered.sections(reading, paper, suffix)),
        said=tuple(_said(paper, names, clocks)),
        printed=tuple(printed(each, paper, clocks) for each in press if each.about == paper.reference),
        not_shown=tuple(not_shown_lines(paper.verdict, names)),
        numbers=tuple((names.plain(each.party), each.number) for each in _by_id(paper)),
        cite=tuple(_cite(reading, paper, names)),
        linked=data.message(paper, name=title, called={party: names.plain(party) for party in parties}),
    )


def _by_id(paper: PaperRead) -> list[PartyShown]:
    return sorted(paper.verdict.parties, key=lambda each: each.party)


def _alarms(paper: PaperRead, delivery: Sequence[str], agreed: Sequence[Agreed], names: Names) -> Iterator[str]:
    """What a reader must not miss: that nobody received it, and what was shown against the terms."""
    for line, answer in zip(delivery, paper.shown.delivery, strict=True):
        if answer.word is Delivery.NO_RECEIPT:
            yield line
    for each in agreed:
        if each.answer.word is Released.ONE_SIDED:
            what = telling.provisions(each.provisions)
            yield say("record.one-sided", party=telling.listed(map(names, each.answer.parties)), what=what)


def _times(paper: PaperRead, party: str, names: Names, clocks: Clocks) -> Times:
    outcome = paper.paper.outcomes[party]
    found: list[tuple[str, Time | None]] = [
        ("sent", paper.deposit.claimed_time),
        ("deposited", paper.paper.at.time),
        ("informed", _time(outcome, Notice)),
        ("received", _time(outcome, Receipt)),
    ]
    ended = outcome.decided
    if ended is not None and not isinstance(ended.act, Receipt):
        found.append(("ended", ended.at.time))
    if handed := _time(outcome, Handover):
        found.append(("handed-over", handed))
    rows = tuple((say(f"times.{name}"), _cells(name, time, clocks)) for name, time in found)
    return Times(party=names(party), rows=rows, besides=tuple(_besides(outcome, names)))


def _time(outcome: Outcome, kind: type[Notice] | type[Receipt] | type[Handover]) -> Time | None:
    done = outcome.find(kind)
    return done.at.time if done else None


def _cells(name: str, time: Time | None, clocks: Clocks) -> Cells:
    """The day, then the hour on each clock; what the sender claims is said to be its word."""
    if time is None:
        return (say("record.not-in-file"),)
    told = say("times.claimed", time=day(time)) if name == "sent" else day(time)
    return (told, *(f"{hour} {place}" for place, hour in clocks.parts(time, seconds=True)))


def _besides(outcome: Outcome, names: Names) -> Iterator[str]:
    for done in outcome.done:
        party = names(done.act.by.party)
        match done.act:
            case Refusal(reason=reason):
                yield say("record.refused-because", party=party, reason=term("refusal-reasons", reason))
            case Confirmation():
                yield say("state-sentences.confirmed", party=party)
            case Fault(reason=reason):
                yield say("record.faulty", party=party, fault=term("fault-reasons", reason))
            case _:
                pass


# --- who may publish --------------------------------------------------------------------------------------------


def _may_publish(paper: PaperRead, names: Names) -> Iterator[str]:
    """By the terms and the receipts shown: who may show provisions, or all of it, and who must agree to that."""
    for key, provisions_ in (("of-provisions", ()), ("of-whole", None)):
        what = say(f"record.{key}")
        alone = publication.alone(paper.paper, provisions_)
        rule = publication.rule_of(paper.paper, provisions_)
        if alone:
            why = telling.listed(_alone(paper, party, names, free=rule.mode == "free") for party in sorted(alone))
            yield say("record.alone", what=what, parties=why)
        else:
            yield say("record.alone-nobody", what=what)
        if rule.mode == "consent":
            yield say("record.consent", what=what, parties=telling.listed(map(names, rule.parties)))
        elif rule.mode == "none":
            yield say("record.never", what=what)


def _alone(paper: PaperRead, party: str, names: Names, *, free: bool) -> str:
    """Why a party needs nobody's consent: it is the author, the terms are free, or it did not accept them."""
    why = "author" if party == paper.deposit.by.party else "free" if free else "reserve"
    return say(f"record.alone-{why}", party=names(party))


def _agreed(agreed: Agreed, as_of: Time, names: Names, clocks: Clocks) -> tuple[str, Cells]:
    """One set of provisions, and what stands about it by the time of the record."""
    answer, lines = agreed.answer, []
    if answer.word is not Released.NOT_RELEASED:
        lines += release_lines(answer, names, clocks)
    elif agreed.by:
        lines.append(say("record.agreed-by", parties=telling.listed(map(names, agreed.by))))
    if answer.word is not Released.BY_CONSENT and (missing := sorted(set(answer.missing) - set(agreed.by))):
        lines.append(say("record.missing", parties=telling.listed(map(names, missing))))
    if answer.word is Released.NOT_RELEASED and agreed.lapses is not None:
        key = "record.lapsed" if agreed.lapses < as_of else "record.lapses"
        lines.append(say(key, time=clocks.instant(agreed.lapses)))
    if agreed.taken_back is not None:
        lines.append(say("record.taken-back", time=clocks.instant(agreed.taken_back)))
    return telling.provisions(agreed.provisions), tuple(lines)


# --- what is shown ----------------------------------------------------------------------------------------------


def _excerpt(
    reading: Reading, paper: PaperRead, excerpt: ExcerptRead, names: Names, clocks: Clocks, suffix: str
) -> ShownExcerpt:
    verdict = excerpt.verdict
    assert verdict.text is not None  # noqa: S101 - papers.py reads no others
    assert verdict.release is not None  # noqa: S101
    whole = verdict.text.manifest is not None
    what = telling.provisions(None if whole else excerpt.numbers)
    name = say("record.context" if excerpt.beside else "record.excerpt", number=excerpt.number, what=what)
    answers = [(text_line(verdict.text), verdict.text.word == "incomplete")]
    one_sided = verdict.release.word is Released.ONE_SIDED
    answers += [(line, one_sided) for line in release_lines(verdict.release, names, clocks)]
    return ShownExcerpt(
        number=excerpt.number,
        name=say("record.excerpt-all") if whole else name,
        stem=excerpt.stem,
        answers=tuple(answers),
        beside=say("record.context-of", numbers=telling.ranges(excerpt.beside)) if excerpt.beside else "",
        versions=say("record.versions", languages=languages) if (languages := languages_of(excerpt)) else "",
        rows=rows(reading, paper, excerpt, suffix),
        not_shown=tuple(not_shown_lines(verdict, names)),
    )


# --- what is said -----------------------------------------------------------------------------------------------


def _said(paper: PaperRead, names: Names, clocks: Clocks) -> Iterator[Said]:
    for done in paper.paper.statements:
        if isinstance(done.act, Statement):
            yield Said(
                head=f"{names.plain(done.act.by.party)}: {term('statements', done.act.about)}",
                own=say("record.own-words", party=names(done.act.by.party)),
                time=clocks.instant(done.at.time, seconds=True),
                words=tuple((each.language, language_name(each.language), each.text) for each in done.act.words),
            )


def printed(quotation: Quotation, paper: PaperRead, clocks: Clocks) -> Printed:
    """A quotation with the way it took, and where its words stand in what is shown."""
    own = language_name(quotation.language)
    original = language_name(quotation.original) if quotation.original not in (None, quotation.language) else None
    return Printed(
        speaker=say("record.press-capacity", who=quotation.said_by, capacity=quotation.capacity),
        form=say(f"record.press-{quotation.form}"),
        time=day(quotation.time) if quotation.day_only else clocks.instant(quotation.time),
        way=quotation.way(),
        words=quotation.words,
        language=quotation.language,
        languages=say("record.press-translation", language=own, original=original)
        if original
        else say("record.press-language", language=own),
        holdings=tuple(quotation.holdings()),
        stands=tuple(_stands(quotation, paper)),
    )


def _stands(quotation: Quotation, paper: PaperRead) -> Iterator[str]:
    """Where the words stand in what is shown of the paper. A claim about what is not shown is never made."""
    if not quotation.words or not paper.excerpts:
        return
    texts = [each.verdict.text for each in paper.excerpts if each.verdict.text is not None]
    shown = {leaf.number: leaf.words for text in texts for leaf in text.provisions}
    places = [number for number, words in sorted(shown.items()) if stands_in(quotation.words, words)]
    for number in places:
        yield say("record.press-stands", reference=paper.reference, number=number)
    if not places:
        yield say("record.press-stands-not", reference=paper.reference)


def _cite(reading: Reading, paper: PaperRead, names: Names) -> Iterator[tuple[str, str]]:
    """As on the page of an excerpt, but of the paper by its name here, and with the time of the record."""
    what = designation(reading, paper.deposit)
    own = {say("page.reference"): say("page.reference-value", name=paper.reference, what=what)}
    for name, value in cite(paper.verdict, paper.shown, names):
        if name != say("page.provisions"):
            yield name, own.get(name, value)
    yield say("record.cite-as-of"), UTC_ONLY.instant(reading.inputs.as_of)
