"""References inside a text, "paragraph 3 of this Article", and where they lead: to warn of broken ones, never to block.

Nothing of this is sealed. A reference to another instrument ("Article 51 of the Charter") is none of ours and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parley.citing import Places
from parley.document import Document, Provision
from parley.errors import Malformed
from parley.identifiers import Kind

_NUMBER = r"(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]+|[A-Z](?![a-z]))(?: ?(?:bis|ter|quater)\b)?"
_BRACKETS = r"(?: ?\((?:\d{1,3}|[a-zа-я]{1,4}|[A-Z])\))*"
_WORDS = {
    Kind.ARTICLE: r"[Aa]rticles?|[Сс]тать(?:я|и|е|ю|ей|ях|ями|ям)",
    Kind.PARAGRAPH: r"[Pp]aragraph(?:e|s|es)?|[Пп]ункт(?:а|е|ы|у|ом|ов|ах|ам)?",
    Kind.POINT: r"[Ss]ub-?paragraphs?|[Pp]oints?|[Aa]linéas?|[Пп]одпункт(?:а|е|ы|ом|ов|ах)?",
    Kind.ANNEX: r"Annex(?:e|es)?|ANNEXE?|[Пп]риложени(?:е|я|и|ю|ем)",
    Kind.SECTION: r"Sections?|[Рр]аздел(?:а|е|ы|ов)?",
    Kind.CHAPTER: r"Chapters?|[Cc]hapitres?|[Гг]лав(?:а|ы|е)",
    Kind.PART: r"Parts?|[Чч]аст(?:ь|и)",
    Kind.TABLE: r"Tables?|[Tt]ableau|[Тт]аблиц(?:а|ы|е)",
}
_KIND = "|".join(_WORDS.values())
_ONE = rf"(?:{_KIND}) (?:{_NUMBER}{_BRACKETS}|\((?:[a-zа-я]{{1,4}}|\d{{1,3}}|[A-Z])\)|[a-zа-я]\))"
_MORE = rf"(?:(?:, | and | or |, and | et | ou | и | или |–|-| to )(?:{_NUMBER}{_BRACKETS}(?!\w)|\([a-zа-я]{{1,4}}\)))*"
_THIS = r"this|the present|(?:du |le )?présent|(?:de )?cet|la présente|настоящ(?:ей|его|ем|ую)"
_NAMED = re.compile(
    rf"(?<!\w)(?P<said>{_ONE}{_MORE}(?:(?:,? (?:of|de l[’']|du|de la) ?|,? )(?:{_ONE}))*)"
    rf"(?P<here>,? (?:of |de |du |к )?(?:{_THIS}) (?P<holder>[^\W\d_]+))?"
)
_BESIDE = re.compile(
    rf"\b(?:the |le |l[’'])?(?P<way>preceding|previous|foregoing|following|next|предыдущ\w+|следующ\w+) "
    rf"(?P<kind>{_KIND})(?![\w ]*[:.]?$)"
    rf"|(?P<kind2>{_KIND}) (?P<way2>précédent|suivant)e?\b"
)
_FORWARD = ("following", "next", "suivant", "следующ")
_ELSEWHERE = re.compile(r",? (?:of|to|de la|du|des) (?:the )?(?!this\b|pr[ée]sent)(?:said )?[A-Z]|,? Устава")
_OR = re.compile(r" (?:or|ou|или) ")
"""A text that names one or the other leads to both; who names what is to be shown may not leave it open."""
_COMMA = re.compile(rf"(.+), (?:{_WORDS[Kind.PARAGRAPH]}|{_WORDS[Kind.POINT]}) .+")
_INNER = (Kind.PARAGRAPH, Kind.POINT, Kind.RECITAL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """Words in a provision that name other provisions, where in its words, and which; none when broken."""

    provision: int
    start: int
    end: int
    targets: tuple[int, ...]


def references(document: Document, places: Places | None = None) -> Iterator[Reference]:
    """Every reference that reads as one to this text, in order; one that may mean several places is left out."""
    places = places or Places(document)
    rows = _Rows(document)
    for provision in document.provisions:
        yield from sorted(_in(document, places, rows, provision), key=lambda each: each.start)


class _Rows:
    """The provisions of one kind under one holder, in a row, and where in it each stands."""

    def __init__(self, document: Document) -> None:
        self._rows: dict[tuple[str, int, Kind], list[int]] = {}
        self._place: dict[int, int] = {}
        for each in document.provisions:
            row = self._rows.setdefault((each.language, each.parent, each.kind), [])
            self._place[each.number] = len(row)
            row.append(each.number)

    def beside(self, provision: Provision, *, forward: bool) -> int:
        """The one after or before a provision in its row, or 0."""
        row = self._rows[provision.language, provision.parent, provision.kind]
        place = self._place[provision.number] + (1 if forward else -1)
        return row[place] if 0 <= place < len(row) else 0


def _in(document: Document, places: Places, rows: _Rows, provision: Provision) -> Iterator[Reference]:
    lineage = document.lineage(provision.number)
    for match in _NAMED.finditer(provision.words):
        if _ELSEWHERE.match(provision.words, match.end()):
            continue
        said = _OR.sub(" and ", re.sub(r"(?<= )([a-zа-я])\)", r"(\1)", match["said"]))
        targets = _targets(places, said, lineage, document)
        if targets is not None:
            yield Reference(provision=provision.number, start=match.start(), end=match.end("said"), targets=targets)
    for match in _BESIDE.finditer(provision.words):
        kind = _kind_of(match["kind"] or match["kind2"])
        forward = (match["way"] or match["way2"]).casefold().startswith(_FORWARD)
        found = _beside(rows, lineage, kind, forward=forward)
        yield Reference(
            provision=provision.number, start=match.start(), end=match.end(), targets=(found,) if found else ()
        )


def _kind_of(word: str) -> Kind:
    return next(kind for kind, words in _WORDS.items() if re.fullmatch(words, word))


def _targets(places: Places, said: str, lineage: tuple[Provision, ...], document: Document) -> tuple[int, ...] | None:
    """What is named, looked for in what holds the provision, innermost first; empty when broken, None when unclear."""
    first = _kind_of(re.match(rf"(?:{_KIND})", said)[0])  # type: ignore[index]  # the pattern began with such a word
    outer = re.search(rf"(?:{_WORDS[Kind.ARTICLE]}|{_WORDS[Kind.ANNEX]}) ", said)
    apart = [each for each in lineage if each.kind in (Kind.ANNEX, Kind.PROTOCOL)]
    holders: list[int | None] = [each.number for each in reversed(apart)]
    if first in _INNER and not outer:
        holders = [each.number for each in reversed(lineage)]
    for within in (*holders, None):
        prefix = lineage[-1].language + ": " if within is None and len(document.languages) > 1 else ""
        try:
            return places.roots(prefix + said, within=within)
        except Malformed as error:
            if error.code == "citing.unclear":
                return None
    before = _COMMA.fullmatch(said)
    # "In cases under articles 51 and 52, paragraph 2 does not apply": the comma ends the first reference there.
    return None if before and _targets(places, before[1], lineage, document) else ()


def _beside(rows: _Rows, lineage: tuple[Provision, ...], kind: Kind, *, forward: bool) -> int:
    """The provision of this kind just before or after the one that holds these words, or 0."""
    for each in reversed(lineage):
        alike = (kind, Kind.POINT) if kind is Kind.PARAGRAPH else (kind,)
        if each.kind in alike or (kind is Kind.POINT and each.kind is Kind.PARAGRAPH):
            return rows.beside(each, forward=forward)
    return 0
