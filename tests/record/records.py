"""Records to build: a negotiation with papers that were received, refused, replaced, released, spoken of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from parley.act import Expiry, Notice, Refusal, Release, Statement, Withdrawal, Words
from parley.canonical import Time
from parley.crypto import Digest
from parley.disclosure import contents
from parley.document import Document
from parley.negotiation.coverage import Held
from parley.record.inputs import Inputs, PaperInput
from parley.statement import Signed
from parley.words import LANGUAGES
from tests.evidence_build import LoggedCase, two_states
from tests.negotiation.papers import document as document_of
from tests.negotiation.papers import paper
from tests.record.excerpts import EVIL, Hostile

PRESS = b"""
[[quotation]]
about = "US-1"
said_by = "A. Name"
capacity = "Foreign Minister"
on = 2022-01-27
language = "en"
original_language = "ru"
words = "Words of article 1"
chain = [
  { who = "Foreign Minister", held = false },
  { who = "his Ministry", as = "quoted", held = false },
  { who = "a news agency", as = "printed", held = true },
]

[[quotation]]
about = "us-1"
said_by = "A. Name"
capacity = "Foreign Minister"
on = "2022-01-26T17:16:00Z"
language = "en"
words = "Some words of the first article"
chain = [{ who = "Foreign Minister", held = false }, { who = "a web notice", as = "translated", held = true }]

[[quotation]]
about = "RU-1"
said_by = "A spokesperson"
capacity = "of the Department"
on = "2022-01-28"
language = "en"
form = "refuses"
chain = [{ who = "a transcript", held = true }]
"""


def about(case: LoggedCase, deposit: Signed, *, without: Sequence[Signed] = ()) -> bytes:
    """Evidence of a paper with all its acts, statements and releases too."""
    left = {act.digest for act in without}
    shown = [
        act
        for act in case.acts
        if act.digest not in left
        and (act.digest == deposit.digest or getattr(act.act, "deposit", None) == deposit.digest)
        and not (isinstance(act.act, Release) and not act.act.audience.public)
    ]
    return case.of_acts(*shown).encode()


def cut(case: LoggedCase, deposit: Signed, *numbers: int, beside: Sequence[Signed] = ()) -> bytes:
    """An excerpt whose file holds the releases of exactly these provisions, and those of what it stands beside."""
    wanted = {None if 0 in numbers else numbers, *(act.act.provisions for act in beside)}  # type: ignore[attr-defined]
    items = [
        item
        for item in case.all_logged()
        if not isinstance(item.signed.act, Release) or item.signed.act.provisions in wanted
    ]
    from parley import evidence

    openings = case.commitments[deposit.digest].reveal(numbers)
    return evidence.excerpt(case.logged(deposit), items, openings, support=case.support()).encode()


def said(case: LoggedCase, party: str, deposit: Signed, about: str, *words: tuple[str, str]) -> Signed:
    texts = tuple(Words(language=language, text=text) for language, text in words)
    return case.admit(case.act(Statement, party, about=about, deposit=deposit.digest, words=texts))


def received(case: LoggedCase, by: str, *to: str, **changes: Any) -> Signed:
    """A paper that all its recipients were told of, signed for, were given and opened."""
    deposit = case.paper(by, *to, **changes)
    for party in to:
        case.tick(1)
        case.admit(case.act(Notice, "depositary", channel="fetched", deposit=deposit.digest, time=case.now, to=party))
        case.tick(1)
        case.admit(case.receipt(party, deposit))
        case.admit(case.handover(party, deposit))
        case.admit(case.confirmation(party, deposit))
    return deposit


def whole(**changes: Any) -> Inputs:
    """US-1, agreed to in part, with context, a one-sided set and statements; RU-1, unanswered; press about both."""
    case = two_states()
    first = received(case, "us", "ru")
    said(case, "ru", first, "acknowledges", ("en", "We <b>have</b> it."))
    said(case, "us", first, "describes", ("en", "It is about measures."), ("ru", "Это о мерах."))
    for party in ("ru", "us"):
        case.admit(case.release(party, first, provisions=(1,)))
    one_sided = case.admit(case.release("ru", first, provisions=(3,), one_sided=True))
    case.tick(60)
    second = case.paper("ru", "us", role="response", in_reply_to=first.digest)
    papers = (
        PaperInput(
            reference="US-1",
            digest=first.digest,
            evidence=about(case, first),
            excerpts=(cut(case, first, 1), cut(case, first, 3)),
        ),
        PaperInput(reference="RU-1", digest=second.digest, evidence=about(case, second)),
    )
    assert one_sided.act.provisions == (3,)  # type: ignore[attr-defined]
    given: dict[str, Any] = {
        "by": "us",
        "handle": "amber-heron",
        "as_of": Time(case.now + 60_000),
        "papers": papers,
        "press": PRESS,
        "trust": case.trust().to_text().encode(),
    }
    return Inputs(**(given | changes))


def hostile(**changes: Any) -> Inputs:
    """A paper with words, path, names, statements and press of an attacker's making."""
    case = Hostile()
    case.enrol("ru")
    case.enrol("us")
    case.convene("us", "ru")
    case.join("ru")
    deposit = case.evil_paper()
    case.admit(case.receipt("ru", deposit))
    case.admit(case.release("us", deposit, provisions=(1,)))
    said(case, "ru", deposit, "disputes", ("en", EVIL.replace("\u202e", "")))
    press = (
        '[[quotation]]\nabout = "US-1"\nsaid_by = "<script>alert(1)</script>"\ncapacity = "</title><b>"\n'
        'on = 2022-01-27\nlanguage = "en"\nwords = "]]></script><script>alert(2)</script>"\n'
        'chain = [{ who = "\\" onload=\\"alert(3)", held = true }]\n'
    )
    paper = PaperInput(
        reference="US-1", digest=deposit.digest, evidence=about(case, deposit), excerpts=(cut(case, deposit, 1),)
    )
    given: dict[str, Any] = {"by": "us", "handle": "amber-heron", "as_of": Time(case.now), "papers": (paper,)}
    return Inputs(**(given | {"press": press.encode()} | changes))


def ended(outcome: str) -> tuple[LoggedCase, Signed]:
    """A paper that was refused, withdrawn or not answered."""
    case = two_states()
    deposit = case.paper("us", "ru")
    case.tick(5)
    if outcome == "refusal":
        words = (Words(language="en", text="The form."),)
        case.admit(case.act(Refusal, "ru", deposit=deposit.digest, reason="form", words=words))
    elif outcome == "withdrawal":
        case.admit(case.act(Withdrawal, "us", deposit=deposit.digest, release=None))
    else:
        case.tick(4000)
        case.admit(case.act(Expiry, "depositary", deposit=deposit.digest, recipients=("ru",)))
    return case, deposit


def of_one(case: LoggedCase, deposit: Signed, *excerpts: bytes, reference: str = "US-1", **changes: Any) -> Inputs:
    """A record of one paper."""
    paper = PaperInput(
        reference=reference, digest=deposit.digest, evidence=about(case, deposit), excerpts=tuple(excerpts)
    )
    given: dict[str, Any] = {"by": "us", "handle": "amber-heron", "as_of": Time(case.now), "papers": (paper,)}
    return Inputs(**(given | {"languages": ("en",)} | changes))


# --- papers that answer one another -----------------------------------------------------------------------------

PROPOSAL = """# Draft

## Preamble

Having regard to much,

## Article 1. Principles

1. The first principle.
2. The second principle.

## Article 2. Bases

No bases are set up.

## Article 3. Ships

1. Ships keep away.
2. Boats keep away.

## Article 4. Missiles

No missiles are placed.
"""
RESPONSE = """# Response

## 1. Principles

Re: RU-1 art_1__para_1 — accept

We share the first of them.

## 2. Bases and ships

Re: RU-1 Articles 2 and 3 — counter

We propose another text.

## 3. Missiles

Re: RU-1 Article 4 — refuse

We cannot agree to it.
"""


def numbers_of(document: Document, *names: str) -> tuple[int, ...]:
    """The running numbers of these provisions, by identifier or heading."""
    wanted = [each.number for each in document.provisions if each.e_id in names or each.heading in names]
    assert len(wanted) == len(names)
    return tuple(wanted)


@dataclass
class Exchange:
    """A proposal of ru with a response of us: their documents, and what of each goes out, by identifier or heading."""

    proposal: str = PROPOSAL
    response: str = RESPONSE

    def __post_init__(self) -> None:
        self.case = two_states()
        self.sets: dict[Digest, list[tuple[int, ...]]] = {}
        draft = document_of(self.proposal)
        self.first = self.deposit("ru", draft, role="proposal")
        self.held = Held(reference="RU-1", digest=self.first.digest, document=draft)
        answers = paper("US-1", self.response, self.held).document
        self.second = self.deposit("us", answers, role="response", in_reply_to=self.first.digest)
        self.documents = {self.first.digest: draft, self.second.digest: answers}

    def deposit(self, by: str, document: Document, **changes: Any) -> Signed:
        to = "us" if by == "ru" else "ru"
        return received(self.case, by, to, contents=list(contents(document)), terms="public", **changes)

    def show(self, deposit: Signed, *names: str) -> None:
        """Release these provisions, with what must accompany them; the whole for none."""
        document = self.documents[deposit.digest]
        numbers = document.companions(numbers_of(document, *names)) if names else None
        self.case.admit(self.case.release(deposit.act.by.party, deposit, provisions=numbers))
        every = (0, *range(1, len(document.provisions) + 1))
        self.sets.setdefault(deposit.digest, []).append(every if numbers is None else numbers)

    def inputs(self, *more: PaperInput, **changes: Any) -> Inputs:
        papers = [self.paper(self.first, "RU-1"), self.paper(self.second, "US-1"), *more]
        given: dict[str, Any] = {"by": "us", "handle": "amber-heron", "as_of": Time(self.case.now)}
        return Inputs(**(given | {"papers": tuple(papers), "languages": ("en",)} | changes))

    def paper(self, deposit: Signed, reference: str) -> PaperInput:
        return PaperInput(
            reference=reference,
            digest=deposit.digest,
            evidence=about(self.case, deposit),
            excerpts=tuple(cut(self.case, deposit, *numbers) for numbers in self.sets.get(deposit.digest, ())),
        )


def answered(**changes: Any) -> Inputs:
    """A proposal released whole; of the response, two of its three provisions."""
    exchange = Exchange()
    exchange.show(exchange.first)
    exchange.show(exchange.second, "Bases and ships", "Missiles")
    return exchange.inputs(**({"languages": LANGUAGES} | changes))
