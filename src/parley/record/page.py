"""The page of an excerpt: one evidence file as a page that a person reads, with the evidence inside it.

    render(evidence, "fr")      the one page of these bytes in this language
    read(data)                  language, version and evidence of a page that somebody gave us
    compare(data)               whether it is that one page

The page is a function of the evidence and the language alone. So a page proves nothing by itself, and whoever has the
evidence out of it can write it again and compare byte for byte. The exact form: spec/page.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from markupsafe import Markup

from parley.act import DEPOSITARY, Deposit, Enrol, Genesis, RegisterAct, Release
from parley.crypto import sha256
from parley.disclosure import Leaf
from parley.errors import Malformed, Refused
from parley.findings import PaperShown
from parley.verdict import ActShown, Verdict, verify
from parley.words import LANGUAGES, has, public, say, speaking, spoken, telling, term, with_article
from parley.words.clock import UTC_ONLY, Clocks, day
from parley.words.neutral import shown
from parley.words.rendering import Templates
from parley.words.verdicts import alarm_lines, clocks_of, delivery_lines, not_shown_lines, release_lines, text_line

VERSION = 1
MAX_BYTES = 80 << 20
OPENING, CLOSING = '<script type="application/vnd.parley.evidence+json" id="evidence">', "</script>"

_TEMPLATES = Templates(Path(__file__).with_name("templates"))
_TEMPLATE, _STYLE = "excerpt.html", "excerpt.css"
_FORM = re.compile(r'<meta name="parley-page" content="([0-9]{1,4}) ([0-9a-f]{8})">\n')
_LANGUAGE = re.compile(r'<!doctype html>\n<html lang="([a-z]{2})" dir="ltr">\n')
_TABLES = (
    "acts", "answers", "cities", "clock", "delivery", "language-names", "language-statuses", "meaning", "names",
    "not-shown", "openings", "page", "positions", "presets", "release-answers", "roles", "standings", "telling",
    "terms-sentences", "text", "verdict",
)  # fmt: skip
"""The tables of the catalogue that a page takes its words from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands in a page beside its words; nothing of it is verified. `edition` is that of the words and forms."""

    language: str
    version: int
    edition: str
    evidence: bytes


class Compared(Enum):
    """A page held against the one that its evidence and its language give."""

    SAME = "same"
    DIFFERS = "differs"
    OTHER_VERSION = "other version"


def looks_like_page(data: bytes) -> bool:
    """Whether a file is to be read as a page: evidence files begin with a brace."""
    return data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read(data: bytes) -> Page:
    """The evidence in a page, and in which form it says that it was written. Nothing is verified.

    Raises: Malformed("page.not-text"), Malformed("page.no-evidence") where there is not exactly one block of it.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("page.not-text") from error
    before, opening, rest = text.partition(OPENING)
    evidence, closing, after = rest.partition(CLOSING)
    if not opening or not closing or 'id="evidence"' in before + after:
        raise Malformed("page.no-evidence")
    form, language = _FORM.search(before), _LANGUAGE.match(before)
    return Page(
        language=language[1] if language else "",
        version=int(form[1]) if form else 0,
        edition=form[2] if form else "",
        evidence=evidence.encode("utf-8"),
    )


def compare(data: bytes) -> Compared:
    """Whether a page is, byte for byte, the one that its evidence and its language give.

    Evidence that gives no page, because it is of another kind or releases no words, gives none that is the same.
    Raises: as `read`, and as `verify` for what is inside.
    """
    page = read(data)
    if page.language not in LANGUAGES or (page.version, page.edition) != (VERSION, edition(page.language)):
        # A page without a form or a language is nobody's page.
        return Compared.OTHER_VERSION if page.version and page.language else Compared.DIFFERS
    try:
        return Compared.SAME if render(page.evidence, page.language) == data else Compared.DIFFERS
    except (Malformed, Refused) as error:
        if not error.code.startswith("page."):
            raise
        return Compared.DIFFERS


@cache
def edition(language: str) -> str:
    """Eight digits that change with every word, form or style of the page in a language.

    So a later program tells a page that was written in other words from one that was changed.
    """
    words = [f"{key}={sentence}" for key, sentence in public(language).items() if key.partition(".")[0] in _TABLES]
    forms = [_TEMPLATES.file(_TEMPLATE), _TEMPLATES.file(_STYLE)]
    return sha256("\n".join([*sorted(words), *forms]).encode("utf-8")).hex()[:8]


def render(evidence: bytes, language: str) -> bytes:
    """The page of an excerpt.

    Verifies the evidence by itself, without a trust file; the page says that it is without one.
    Raises: Malformed("page.kind") for evidence of another kind, Malformed("page.evidence") where a page cannot hold
    its bytes, Refused("page.nothing-to-show") when no words are proven and released; and as `verify`.
    """
    verdict = verify(evidence, None)
    if verdict.kind != "excerpt" or verdict.text is None or verdict.release is None:
        raise Malformed("page.kind")
    if verdict.text.word not in ("genuine", "incomplete"):
        raise Refused("page.nothing-to-show")
    if b"<" in evidence:
        raise Malformed("page.evidence")
    with speaking(language):
        text = _TEMPLATES.render(
            _TEMPLATE,
            style=_STYLE,
            form=f"{VERSION} {edition(language)}",
            version=VERSION,
            page=_facts(verdict),
            evidence=Markup(OPENING + evidence.decode("utf-8") + CLOSING),  # noqa: S704 - no "<" within, seen above
        )
    return text.encode("utf-8")


# --- what stands on it ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Provision:
    """A provision as shown, or a gap: then only `gap` is set."""

    gap: str = ""
    number: int = 0
    path: tuple[str, ...] = ()
    language: str = ""
    status: str = ""
    words: str = ""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """Something that a party did: the act, by whom, whose signature, its time on each clock, its entry."""

    act: str
    party: str
    signed_by: str
    day: str
    clocks: tuple[str, ...]
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """Everything on the page, in words already, in the order in which it is read."""

    title: str
    alarms: tuple[str, ...]
    delivery: tuple[str, ...]
    text: tuple[str, ...]
    release: tuple[str, ...]
    beside: tuple[str, ...]
    provisions: tuple[_Provision, ...]
    rows: tuple[_Row, ...]
    terms_head: str
    terms: tuple[str, ...]
    not_shown: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]
    cite: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Names:
    """How the parties are called: as each named itself in this file, in the page's language where it did."""

    names: dict[str, str]

    @classmethod
    def of(cls, verdict: Verdict) -> _Names:
        found: dict[str, str] = {}
        for act in verdict.acts:
            if isinstance(act.act, Enrol):
                own = {each.language: each.text for each in reversed(act.act.names)}
                found[act.act.by.party] = own.get(spoken(), act.act.names[0].text)
        return cls(found)

    def __call__(self, party: str) -> str:
        if party == DEPOSITARY:
            return say("verdict.depositary")
        return with_article(shown(self.names[party])) if party in self.names else say("page.unnamed", party=party)


def _facts(verdict: Verdict) -> _Facts:
    assert verdict.text is not None  # noqa: S101 - render looked
    assert verdict.release is not None  # noqa: S101
    names, clocks, paper = _Names.of(verdict), clocks_of(verdict), verdict.papers[0]
    delivery = delivery_lines(verdict, paper, names, clocks)
    text, released = text_line(verdict.text), release_lines(verdict.release, names, clocks)
    deposit, beside = paper.deposit, tuple(_beside(verdict, names, clocks))
    parties = (deposit.by.party, *(recipient.party for recipient in deposit.recipients))
    return _Facts(
        title=say("page.context-title" if beside else "page.title", party=names(deposit.by.party)),
        alarms=tuple(alarm_lines(verdict, names, clocks)),
        delivery=tuple(delivery),
        text=(text,),
        release=tuple(released),
        beside=beside,
        provisions=tuple(_provisions(verdict, deposit)),
        rows=tuple(_rows(verdict, names, clocks)),
        terms_head=telling.terms_head(deposit.terms, parties),
        terms=tuple(telling.terms_lines(deposit.terms, None, naming=names, clocks=clocks)),
        not_shown=tuple(not_shown_lines(verdict, names)),
        numbers=tuple((f"{names(each.party)} ({each.party})", each.number) for each in verdict.parties),
        cite=tuple(_cite(verdict, paper, names)),
    )


def _releases(verdict: Verdict) -> Iterator[tuple[ActShown, Release]]:
    for act in verdict.acts:
        if isinstance(act.act, Release):
            yield act, act.act


def _opened(verdict: Verdict) -> tuple[int, ...]:
    return tuple(leaf.number for leaf in verdict.text.provisions) if verdict.text else ()


def _beside(verdict: Verdict, names: _Names, clocks: Clocks) -> Iterator[str]:
    """The releases of other provisions of the same paper: this page is context to what they show."""
    everything = verdict.text is not None and verdict.text.manifest is not None
    for act, release in _releases(verdict):
        if release.provisions != (None if everything else _opened(verdict)):
            values = {"party": names(release.by.party), "what": telling.provisions(release.provisions)}
            yield say("page.beside", time=clocks.instant(act.time), **values)


def _provisions(verdict: Verdict, deposit: Deposit) -> Iterator[_Provision]:
    """What is shown and what is not, in reading order."""
    if verdict.text is None or verdict.text.total is None:
        return
    last = 0
    for leaf in verdict.text.provisions:
        yield from _gap(last + 1, leaf.number - 1)
        yield _provision(leaf, verdict, deposit)
        last = leaf.number
    yield from _gap(last + 1, verdict.text.total)


def _gap(first: int, last: int) -> Iterator[_Provision]:
    if first == last:
        yield _Provision(gap=say("page.gap-one", number=first))
    elif first < last:
        yield _Provision(gap=say("page.gap", count=last - first + 1, first=first, last=last))


def _provision(leaf: Leaf, verdict: Verdict, deposit: Deposit) -> _Provision:
    answers = []
    for answer in leaf.answers:
        key = "page.answer" if answer.provision is not None else "page.answer-whole"
        values = {"number": answer.provision} if answer.provision is not None else {}
        position = term("positions", answer.position.value)
        answers.append(say(key, digits=answer.deposit.hex()[:8], position=position, **values))
    return _Provision(
        number=leaf.number,
        path=leaf.path,
        language=leaf.language,
        status=say("page.status", language=_language(leaf.language), status=_status(leaf, verdict, deposit)),
        words=leaf.words,
        answers=tuple(answers),
    )


def _language(tag: str) -> str:
    key = f"language-names.{tag}"
    return say(key) if has(key) else shown(tag)


def _status(leaf: Leaf, verdict: Verdict, deposit: Deposit) -> str:
    """What the language version is: as the manifest says where it is shown, else as the deposit says of its own."""
    manifest = verdict.text.manifest if verdict.text else None
    for run in manifest.languages if manifest else ():
        if run.first <= leaf.number <= run.last:
            return term("language-statuses", run.status)
    if deposit.language == leaf.language:
        return term("language-statuses", deposit.language_status)
    return say("page.status-unknown")


def _rows(verdict: Verdict, names: _Names, clocks: Clocks) -> Iterator[_Row]:
    for shown_act in verdict.acts:
        act = shown_act.act
        if act is None or isinstance(act, Genesis | RegisterAct):
            continue
        kind = term("acts", act.kind)
        if isinstance(act, Deposit):
            kind = f"{kind} · {shown_act.digest.hex()[:8]}"
        elif isinstance(act, Release):
            audience = telling.listed(map(names, act.audience.parties)) or say("telling.public")
            kind = f"{kind} · {telling.provisions(act.provisions)} · {audience}"
        signers = [", ".join(part for part in (power.name, power.office) if part) for power in shown_act.powers]
        unnamed = say("names.unnamed-officer")
        yield _Row(
            act=kind,
            party=names(act.by.party),
            signed_by=telling.listed(signer or unnamed for signer in signers) or say("page.by-itself"),
            day=day(shown_act.time),
            clocks=tuple(f"{hour} {place}" for place, hour in clocks.parts(shown_act.time, seconds=True)),
            entry=shown_act.index,
        )


def _cite(verdict: Verdict, paper: PaperShown, names: _Names) -> Iterator[tuple[str, str]]:
    """What a footnote needs. A paper's own name, such as US-1, an excerpt does not prove, so it is not given."""
    deposit, entry = paper.deposit, next(act for act in verdict.acts if act.digest == paper.digest)
    designation = telling.what(
        role=deposit.role,
        in_reply_to=deposit.in_reply_to.hex()[:8] if deposit.in_reply_to else None,
        standing=deposit.standing,
    )
    to = telling.listed(names(recipient.party) for recipient in deposit.recipients)
    values = {
        "reference": say("page.reference-value", digits=paper.digest.hex()[:8], what=designation),
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


__all__: Sequence[str] = ("Compared", "Page", "compare", "edition", "looks_like_page", "read", "render")
