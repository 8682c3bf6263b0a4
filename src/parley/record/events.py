"""What happened, in the order of the register: the public acts of a record, with the quotations from elsewhere between.

Notices, handovers and confirmations stand on the page of their paper, not here: nobody says anything in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from parley.act import Act, Deposit, Expiry, Fault, Receipt, Refusal, Release, Statement, Withdrawal, Words
from parley.answers import Delivery
from parley.canonical import Time
from parley.crypto import Digest
from parley.record.names import Names
from parley.record.papers import PaperRead, Reading
from parley.record.press import Quotation
from parley.verdict import ActShown
from parley.words import say, spoken, telling, term
from parley.words.clock import Clocks
from parley.words.verdicts import delivery_lines

Mark = Literal["arrow", "circle", "cross", "square", "diamond", "double", "ring"]
"""The sign of an event in the drawing: each has a form of its own, so that none rests on colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that was done or said: what, by whom, about which paper; in words already.

    `quoted` are words of others in a `language` of their own. `index` and `digest` are of the act's entry, null for a
    quotation from elsewhere, of which perhaps only the day is known.
    """

    time: Time
    day_only: bool
    index: int | None
    digest: Digest | None
    mark: Mark
    what: str
    by: str
    speaker: str
    to: tuple[str, ...]
    reference: str
    stem: str
    more: str
    quoted: str
    language: str


def events(reading: Reading, press: Sequence[Quotation], names: Names) -> list[Event]:
    """Everything that happened, earliest first; what is of one day and no hour stands at the day's beginning."""
    stems = {paper.reference: paper.stem for paper in reading.papers}
    found = [event for paper in reading.papers for event in _of_paper(reading, paper, names)]
    found += [_printed(each, stems[each.about]) for each in press]
    return sorted(found, key=lambda event: (event.time, -1 if event.index is None else event.index))


def _of_paper(reading: Reading, paper: PaperRead, names: Names) -> Iterator[Event]:
    for shown in paper.acts:
        found = _described(reading, shown, names)
        if found is not None and shown.act is not None:
            own = own_words(shown.act.words) if isinstance(shown.act, Statement) else None
            yield Event(
                time=shown.time,
                day_only=False,
                index=shown.index,
                digest=shown.digest,
                mark=found[0],
                what=_what(shown.act),
                by=shown.act.by.party,
                speaker=names(shown.act.by.party),
                to=_to(shown),
                reference=paper.reference,
                stem=paper.stem,
                more=found[1],
                quoted=own.text if own else "",
                language=own.language if own else "",
            )


def _what(act: Act) -> str:
    return say("page.act-deposit") if isinstance(act, Deposit) else term("acts", act.kind)


def own_words(words: Sequence[Words]) -> Words | None:
    """A statement's words in the language that is being spoken, else as they stand first."""
    return next((each for each in words if each.language.partition("-")[0] == spoken()), words[0] if words else None)


def _to(shown: ActShown) -> tuple[str, ...]:
    """At whose side a sign stands: the recipients of a paper, and those for whom it ended."""
    match shown.act:
        case Deposit(recipients=recipients):
            return tuple(recipient.party for recipient in recipients)
        case Expiry(recipients=parties) | Withdrawal(recipients=parties):
            return parties
        case _:
            return ()


def _described(reading: Reading, shown: ActShown, names: Names) -> tuple[Mark, str] | None:
    """The sign of an act, and what is told of it; None for an act that stands on the page of its paper alone."""
    match shown.act:
        case Deposit():
            return "arrow", designation(reading, shown.act)
        case Receipt(terms_taken=taken):
            return "circle", say("delivery.terms", taken=say(f"terms-sentences.{taken}"))
        case Refusal(reason=reason):
            return "cross", term("refusal-reasons", reason)
        case Withdrawal(release=None):
            return "cross", ""
        case Withdrawal():
            return "cross", term("acts", "release")
        case Expiry(recipients=parties):
            return "cross", telling.listed(map(names, parties))
        case Fault(reason=reason):
            return "cross", term("fault-reasons", reason)
        case Release(one_sided=one_sided, provisions=provisions):
            told = telling.provisions(provisions)
            if one_sided:
                told = say("record.one-sided", party=names(shown.act.by.party), what=told)
            return ("double" if one_sided else "diamond"), told
        case Statement(about=about):
            return "square", term("statements", about)
        case _:
            return None


def designation(reading: Reading, deposit: Deposit) -> str:
    """How the sender designates a paper: `response to RU-1 · NON-PAPER`, or `response to another paper`."""
    named = reading.reference_of(deposit.in_reply_to)
    another = deposit.in_reply_to is not None and named is None
    return telling.what(role=deposit.role, in_reply_to=named, standing=deposit.standing, another=another)


def delivery(reading: Reading, paper: PaperRead, names: Names, clocks: Clocks) -> list[str]:
    """What became of a paper, a sentence for each recipient; what replaces it is called by its name, not its digits."""
    times = {act.digest: act.time for act in paper.verdict.acts}
    lines = delivery_lines(paper.verdict, paper.shown, names, clocks)
    for place, answer in enumerate(paper.shown.delivery):
        if answer.word is Delivery.REPLACED and answer.act in times:
            time, newer = clocks.instant(times[answer.act]), reading.reference_of(answer.act)
            another = say("record.replaced-elsewhere", time=time)
            lines[place] = say("delivery.replaced", digits=newer, time=time) if newer else another
    return lines


def _printed(quotation: Quotation, stem: str) -> Event:
    return Event(
        time=quotation.time,
        day_only=quotation.day_only,
        index=None,
        digest=None,
        mark="ring",
        what=say("record.press-act"),
        by="",
        speaker=say("record.press-capacity", who=quotation.said_by, capacity=quotation.capacity),
        to=(),
        reference=quotation.about,
        stem=stem,
        more=f"{quotation.way()} ({say(f'record.press-{quotation.form}')})",
        quoted=quotation.words,
        language=quotation.language,
    )
