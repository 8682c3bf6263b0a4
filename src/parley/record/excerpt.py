"""What stands on the page of an excerpt, in words already: the answers, the provisions and the gaps, who did what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parley.act import Deposit, Genesis, RegisterAct, Release
from parley.disclosure import Leaf
from parley.findings import PaperShown
from parley.publication import scope_of
from parley.record.names import Names
from parley.verdict import ActShown, Verdict
from parley.words import has, say, telling, term
from parley.words.clock import UTC_ONLY, Clocks, day
from parley.words.neutral import shown
from parley.words.verdicts import alarm_lines, clocks_of, delivery_lines, not_shown_lines, release_lines, text_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """A provision as shown, or a gap: then only `gap` is set."""

    gap: str = ""
    number: int = 0
    place: str = ""
    names: tuple[str, ...] = ()
    language: str = ""
    status: str = ""
    words: str = ""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something that a party did: the act, by whom, whose signature, its time on each clock, its entry."""

    act: str
    party: str
    signed_by: str
    day: str
    clocks: tuple[str, ...]
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything on the page, in words already, in the order in which it is read."""

    title: str
    called: str
    alarms: tuple[str, ...]
    delivery: tuple[str, ...]
    text: tuple[str, ...]
    release: tuple[str, ...]
    beside: tuple[str, ...]
    provisions: tuple[Provision, ...]
    rows: tuple[Row, ...]
    terms_head: str
    terms: tuple[str, ...]
    not_shown: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]
    cite: tuple[tuple[str, str], ...]


def facts(verdict: Verdict) -> Facts:
    assert verdict.text is not None  # noqa: S101 - render looked
    assert verdict.release is not None  # noqa: S101
    names, clocks, paper = Names.of([verdict]), clocks_of(verdict), verdict.papers[0]
    delivery = delivery_lines(verdict, paper, names, clocks)
    text, released = text_line(verdict.text), release_lines(verdict.release, names, clocks)
    deposit, beside = paper.deposit, tuple(_beside(verdict, names, clocks))
    parties = (deposit.by.party, *(recipient.party for recipient in deposit.recipients))
    return Facts(
        title=say("page.context-title" if beside else "page.title", party=names(deposit.by.party)),
        called=say("page.called-a", what=designation(deposit)),
        alarms=tuple(alarm_lines(verdict, names, clocks)),
        delivery=tuple(delivery),
        text=(text,),
        release=tuple(released),
        beside=beside,
        provisions=tuple(provisions(verdict, deposit)),
        rows=tuple(rows(verdict, names, clocks)),
        terms_head=terms_head(deposit, parties),
        terms=tuple(telling.terms_lines(deposit.terms, None, naming=names, clocks=clocks)),
        not_shown=tuple(not_shown_lines(verdict, names)),
        numbers=tuple((f"{names(each.party)} ({each.party})", each.number) for each in verdict.parties),
        cite=tuple(cite(verdict, paper, names)),
    )


def _releases(verdict: Verdict) -> Iterator[tuple[ActShown, Release]]:
    for act in verdict.acts:
        if isinstance(act.act, Release):
            yield act, act.act


def _opened(verdict: Verdict) -> tuple[int, ...]:
    return tuple(leaf.number for leaf in verdict.text.provisions) if verdict.text else ()


def _beside(verdict: Verdict, names: Names, clocks: Clocks) -> Iterator[str]:
    """The releases of other provisions of the same paper: this page is context to what they show.

    All provisions are the whole paper, whether its title and files, in the manifest, are shown with them or not.
    """
    total = _total(verdict)
    shown_here = scope_of(_opened(verdict), total)
    for act, release in _releases(verdict):
        if scope_of(release.provisions, total) != shown_here:
            values = {"party": names(release.by.party), "what": telling.provisions(release.provisions)}
            yield say("page.beside", time=clocks.instant(act.time), **values)


def provisions(verdict: Verdict, deposit: Deposit) -> Iterator[Provision]:
    """What is shown and what is not, in reading order."""
    if verdict.text is None or verdict.text.total is None:
        return
    last = 0
    for leaf in verdict.text.provisions:
        yield from _gap(last + 1, leaf.number - 1)
        yield _provision(leaf, verdict, deposit)
        last = leaf.number
    yield from _gap(last + 1, verdict.text.total)


def _gap(first: int, last: int) -> Iterator[Provision]:
    if first == last:
        yield Provision(gap=say("page.gap-one", number=first))
    elif first < last:
        yield Provision(gap=say("page.gap", count=last - first + 1, first=first, last=last))


def _provision(leaf: Leaf, verdict: Verdict, deposit: Deposit) -> Provision:
    answers = []
    for answer in leaf.answers:
        key = "page.answer" if answer.provision is not None else "page.answer-whole"
        values = {"number": answer.provision} if answer.provision is not None else {}
        position = term("positions", answer.position.value)
        answers.append(say(key, digits=answer.deposit.hex()[:8], position=position, **values))
    return Provision(
        number=leaf.number,
        place=say("page.place", number=leaf.number, total=_total(verdict)),
        names=names_of(leaf),
        language=leaf.language,
        status=_status(leaf, verdict, deposit),
        words=leaf.words,
        answers=tuple(answers),
    )


def names_of(leaf: Leaf) -> tuple[str, ...]:
    """What an author calls a provision: numbers and headings, from the outermost down to its own; none is empty."""
    return tuple(step for step in map(tidy, leaf.path) if step)


def tidy(name: str) -> str:
    """A name without the dash between a number that has its point and a heading, or beside nothing."""
    return name.strip(" —").replace(". — ", ". ")


def language_name(tag: str) -> str:
    """A language by its name, or by its tag."""
    key = f"language-names.{tag}"
    return say(key) if has(key) else shown(tag)


def _status(leaf: Leaf, verdict: Verdict, deposit: Deposit) -> str:
    """What the language version is: as the manifest says where it is shown, else as the deposit says of its own."""
    manifest, language = verdict.text.manifest if verdict.text else None, language_name(leaf.language)
    runs = manifest.languages if manifest else ()
    status = next((run.status for run in runs if run.first <= leaf.number <= run.last), None)
    if status is None and deposit.language == leaf.language:
        status = deposit.language_status
    if status is None:
        return say("page.status-unknown", language=language)
    return say("page.status", language=language, status=term("language-statuses", status))


def terms_head(deposit: Deposit, parties: Sequence[str]) -> str:
    """What the terms are called, and with which force; `parties` are the sender, then the recipients."""
    name, force = telling.preset_name(deposit.terms, parties), say(f"terms-sentences.{deposit.terms.force}")
    if name == "own":
        return say("page.terms-head-own", force=force)
    return say("page.terms-head", name=term("presets", name), force=force)


def rows(verdict: Verdict, names: Names, clocks: Clocks) -> Iterator[Row]:
    for shown_act in verdict.acts:
        act = shown_act.act
        if act is None or isinstance(act, Genesis | RegisterAct):
            continue
        kind = term("acts", act.kind)
        if isinstance(act, Deposit):
            kind = say("page.act-deposit")
        elif isinstance(act, Release):
            audience = telling.listed(map(names, act.audience.parties)) or say("telling.public")
            kind = f"{kind} · {telling.provisions(act.provisions)} · {audience}"
        signers = [", ".join(part for part in (power.name, power.office) if part) for power in shown_act.powers]
        unnamed = say("names.unnamed-officer")
        yield Row(
            act=kind,
            party=names(act.by.party),
            signed_by=telling.listed(signer or unnamed for signer in signers) or say("page.by-itself"),
            day=day(shown_act.time),
            clocks=tuple(f"{hour} {place}" for place, hour in clocks.parts(shown_act.time, seconds=True)),
            entry=shown_act.index,
        )


def designation(deposit: Deposit) -> str:
    """How the sender designates a paper: `response to another paper · NON-PAPER`."""
    another = deposit.in_reply_to is not None
    return telling.what(role=deposit.role, in_reply_to=None, standing=deposit.standing, another=another)


def cite(verdict: Verdict, paper: PaperShown, names: Names) -> Iterator[tuple[str, str]]:
    """What a footnote needs. A paper's own name, such as US-1, an excerpt does not prove, so it is not given."""
    deposit, entry = paper.deposit, next(act for act in verdict.acts if act.digest == paper.digest)
    to = telling.listed(names(recipient.party) for recipient in deposit.recipients)
    values = {
        "reference": designation(deposit),
        "provisions": say("page.provisions-value", numbers=telling.ranges(_opened(verdict)), total=_total(verdict)),
        "parties": say("page.parties-value", sender=names(deposit.by.party), to=to),
        "handed-in": UTC_ONLY.instant(entry.time, seconds=True),
        "register": say("page.register-value", log=verdict.log, entry=entry.index),
        "digits": paper.digest.hex(),
        "licence": say("page.licence-value"),
    }
    yield from ((say(f"page.{name}"), value) for name, value in values.items())


def _total(verdict: Verdict) -> int:
    return verdict.text.total or 0 if verdict.text else 0
