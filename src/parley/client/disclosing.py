"""Showing provisions: which go out together, by whose leave, and the excerpt that proves them to anyone.

Nothing is cut that the terms do not allow: an excerpt needs the releases of exactly its provisions, whole companions
included. A context is an excerpt whose evidence also holds the releases that it answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from parley import answers, evidence, publication
from parley.act import Audience, Release, Withdrawal
from parley.answers import Released
from parley.canonical import Time
from parley.citing import cite
from parley.client import proving, trusting
from parley.client.opening import open_paper
from parley.client.receiving import readable
from parley.client.references import find
from parley.client.session import Session
from parley.crypto import Digest
from parley.document import Document
from parley.errors import Malformed, Refused
from parley.evidence import Logged
from parley.identifiers import Kind
from parley.paper import Paper
from parley.terms import Mode

BEGINNING = 12
"""How many words of a provision are shown before it is agreed to."""

_NUMBERS = re.compile(r"[#0-9,\s-]+")

Why = Literal["asked", "required", "counterpart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A provision that will be shown: why, and with the companion's or counterpart's number where it was not asked."""

    number: int
    name: str
    begins: str
    language: str
    why: Why
    of: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What will be shown of a paper. `numbers` is None for the whole; `chosen` is empty where we cannot open it."""

    reference: str
    numbers: tuple[int, ...] | None
    chosen: tuple[Chosen, ...]
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """By whose leave these provisions may be shown to this audience, as terms, receipts and releases stand now.

    `alone` may show them without anyone; `missing` must still agree; `lapsed` is when an agreement ran out unmatched.
    `ours_suffices`: a release of ours would make it whole; `allowed`: the terms give us a say.
    """

    word: Released
    mode: Mode
    parties: tuple[str, ...]
    missing: tuple[str, ...]
    alone: tuple[str, ...]
    since: Time | None
    lapsed: Time | None
    ours_suffices: bool
    allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The releases of others that a context stands beside: one set of provisions, one audience."""

    party: str
    provisions: tuple[int, ...]
    audience: tuple[str, ...]
    digests: tuple[Digest, ...]


# --- which provisions -------------------------------------------------------------------------------------------


def select(session: Session, reference: str, text: str | None) -> Selection:
    """The provisions that a text names, with all that must be shown with them; without a text the whole paper.

    One who may agree to a paper being shown, but not open it, names running numbers, and sees no words of it.
    Raises: Malformed for names of nothing; Refused when it cannot be opened here and more than numbers were given.
    """
    _, paper = find(session, reference, signing=True)
    try:
        document = open_paper(session, readable(session, paper.digest.hex())[1].act).document
    except Refused:
        if text is not None and not _NUMBERS.fullmatch(text):
            raise
        numbers = numbers_of(text) if text is not None else None
        return Selection(reference=paper.reference, numbers=numbers, chosen=(), total=None)
    return choose(paper.reference, document, text)


def choose(reference: str, document: Document, text: str | None) -> Selection:
    """The same of an opened document."""
    total = len(document.provisions)
    asked = cited(document, text) if text is not None else tuple(range(1, total + 1))
    found = _with_companions(document, asked)
    chosen = tuple(_chosen(document, number, *found[number]) for number in sorted(found))
    numbers = tuple(sorted(found)) if text is not None else None
    return Selection(reference=reference, numbers=numbers, chosen=chosen, total=total)


def cited(document: Document, text: str) -> tuple[int, ...]:
    """The running numbers of what `text` names: bare numbers (`3,5,7-9`), or names as lawyers write them.

    Raises: Malformed.
    """
    if _NUMBERS.fullmatch(text):
        return tuple(document.provision(number).number for number in numbers_of(text))
    if not text.strip(" ,"):
        raise Malformed("use.releases")
    return cite(document, text)


def numbers_of(text: str) -> tuple[int, ...]:
    """`3,5,7-9` as numbers, each once and in order. Raises: Malformed."""
    found: set[int] = set()
    for part in filter(None, re.split(r"[,\s]+", re.sub(r"\s*-\s*", "-", text.replace("#", "")))):
        match = re.fullmatch(r"([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?", part)
        if match is None or (match[2] and int(match[2]) < int(match[1])):
            raise Malformed("use.releases")
        found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    if not found:
        raise Malformed("use.releases")
    return tuple(sorted(found))


def _with_companions(document: Document, asked: Iterable[int]) -> dict[int, tuple[Why, int | None]]:
    """Everything that goes out, each with its reason: what a provision requires, and itself in every language."""
    found: dict[int, tuple[Why, int | None]] = dict.fromkeys(sorted(asked), ("asked", None))
    waiting = list(found)
    while waiting:
        number = waiting.pop(0)
        more: list[tuple[Why, int]] = [("required", each) for each in document.provision(number).requires]
        more += [("counterpart", each) for each in _counterparts(document, number)]
        for why, other in more:
            if other not in found:
                found[other] = (why, number)
                waiting.append(other)
    return found


def _counterparts(document: Document, number: int) -> Iterator[int]:
    """The same provision in the other language versions: versions are shown in step."""
    if len(document.languages) > 1:
        own = document.provision(number)
        yield from (each.number for each in document.provisions if each.w_id == own.w_id and each.number != number)


def _chosen(document: Document, number: int, why: Why, of: int | None) -> Chosen:
    provision = document.provision(number)
    words = provision.words.split()
    begins = " ".join(words[:BEGINNING]) + (" …" if len(words) > BEGINNING else "")
    name = " — ".join(document.path(number))
    return Chosen(number=number, name=name, begins=begins, language=provision.language, why=why, of=of)


# --- by whose leave ---------------------------------------------------------------------------------------------


def leave(
    session: Session, reference: str, provisions: Sequence[int] | None, audience: Sequence[str], total: int | None
) -> Leave:
    """By whose leave provisions of a paper, of `total` if that is known, may be shown now.

    `audience` empty is the public.
    """
    _, paper = find(session, reference, signing=True)
    return leave_of(session, paper, _set(provisions), audience_of(session, audience), total)


def leave_of(
    session: Session, paper: Paper, provisions: tuple[int, ...] | None, audience: Audience, total: int | None
) -> Leave:
    scope = publication.scope_of(provisions, total)
    rule, now, party = publication.rule_of(paper, scope), session.now, session.party
    answer = answers.standing(paper, provisions, audience, now=now, total=total)
    alone = publication.alone(paper, scope)
    given = [act for _, act in publication.releases_for(paper, provisions, audience)]
    agreed = {act.by.party for act in given if (act.until or now) >= now}
    joins = rule.mode == "consent" and party in rule.parties
    ends = [act.until for act in given if act.until is not None]
    return Leave(
        word=answer.word,
        mode=rule.mode,
        parties=answer.parties or tuple(sorted(agreed)),
        missing=answer.missing,
        alone=alone,
        since=answer.since,
        lapsed=max((end for end in ends if end < now), default=None),
        ours_suffices=party in alone or (joins and set(rule.parties) <= agreed | {party}),
        allowed=party in alone or joins,
    )


def audience_of(session: Session, parties: Sequence[str]) -> Audience:
    """An audience from the names of parties; without any, the public."""
    found = tuple(sorted({trusting.find_party(session, party) for party in parties}))
    return Audience(parties=found, public=not found)


def _set(provisions: Sequence[int] | None) -> tuple[int, ...] | None:
    return tuple(sorted(set(provisions))) if provisions is not None else None


def check_leave(found: Leave, *, reference: str, now: Time, one_sided: bool) -> None:
    """Refuse what the terms do not allow now.

    Raises: Refused("excerpt.not-before", time), Refused("excerpt.lapsed", until), Refused("excerpt.one-sided"),
    Refused("excerpt.not-released").
    """
    if found.word is Released.NOT_RELEASED:
        if found.lapsed is not None:
            raise Refused("excerpt.lapsed", reference=reference, until=found.lapsed.to_text())
        raise Refused("excerpt.not-released", reference=reference)
    if found.word is Released.ONE_SIDED and not one_sided:
        raise Refused("excerpt.one-sided", reference=reference)
    if found.since is not None and now < found.since:
        raise Refused("excerpt.not-before", reference=reference, time=found.since.to_text())


# --- the excerpt ------------------------------------------------------------------------------------------------


def excerpt(
    session: Session,
    reference: str,
    provisions: Sequence[int] | None,
    *,
    audience: Sequence[str] = (),
    one_sided: bool = False,
    answered: Answered | None = None,
) -> bytes:
    """The evidence of an excerpt: the paper's deposit and outcomes, these releases and no others, the openings.

    Opens the paper and checks it against its seal. `answered`, of a context, adds the releases that it answers.
    Raises: as `check_leave`, `readable` and `open_paper`; Refused("excerpt.whole-file") for a file taken in whole.
    """
    session.sync()
    negotiation, paper = readable(session, find(session, reference, signing=True)[1].digest.hex())
    wanted, to_whom = _set(provisions), audience_of(session, audience)
    opened = open_paper(session, paper.act)
    found = leave_of(session, paper, wanted, to_whom, opened.committed.total)
    check_leave(found, reference=paper.reference, now=session.now, one_sided=one_sided)
    if opened.document.provisions[0].kind is Kind.FILE:
        raise Refused("excerpt.whole-file", reference=paper.reference)
    if wanted is not None and tuple(sorted(_with_companions(opened.document, wanted))) != wanted:
        raise Refused("excerpt.companion", reference=paper.reference)
    shown = wanted if wanted is not None else range(opened.committed.total + 1)
    releases = {done.digest for done, _ in publication.releases_for(paper, wanted, to_whom)}
    releases |= set(answered.digests if answered else ())
    chain, support = proving.material(session, negotiation)
    deposit = next(item for item in chain if item.signed.digest == paper.digest)
    about = [item for item in chain if _belongs(item, releases)]
    note = proving.earlier(session, paper)
    return evidence.excerpt(deposit, about, opened.committed.reveal(shown), support=support, earlier=note).encode()


def _belongs(item: Logged, releases: set[Digest]) -> bool:
    """Whether an act may stand in the file: of releases those named, and no word on those that are not."""
    act = item.signed.act
    if isinstance(act, Release):
        return item.signed.digest in releases
    return not (isinstance(act, Withdrawal) and act.release is not None)


def answered_by(session: Session, reference: str, digits: str | None) -> Answered:
    """What another side agreed to show of a paper, to which a context is given; `digits` are of one of its releases.

    Raises: Refused("context.nothing") when there is none, Refused("context.no-such") for other digits,
    Refused("context.which", candidates) when there are several.
    """
    _, paper = find(session, reference, signing=True)
    sets = {
        (act.provisions, act.audience): None
        for _, act in publication.standing_releases(paper)
        if act.provisions is not None and act.by.party != session.party
    }
    found = [
        answered_set(paper, provisions, to, without=session.party) for provisions, to in sets if provisions is not None
    ]
    if digits is not None:
        found = [each for each in found if any(one.hex().startswith(digits.casefold()) for one in each.digests)]
        if not found:
            raise Refused("context.no-such", reference=paper.reference)
    if not found:
        raise Refused("context.nothing", reference=paper.reference)
    if len(found) > 1:
        named = ", ".join(each.digests[0].hex()[:8] for each in found)
        raise Refused("context.which", reference=paper.reference, candidates=named)
    return found[0]


def answered_set(
    paper: Paper, provisions: tuple[int, ...], audience: Audience, *, without: str | None = None
) -> Answered:
    """One set of provisions that stands released to an audience, by another than `without`: what a context answers."""
    found = list(publication.releases_for(paper, provisions, audience))
    party = next(act.by.party for _, act in found if act.by.party != without)
    digests = tuple(done.digest for done, _ in found)
    return Answered(party=party, provisions=provisions, audience=audience.parties, digests=digests)


__all__ = ["Answered", "Chosen", "Leave", "Selection", "answered_by", "excerpt", "leave", "select"]
