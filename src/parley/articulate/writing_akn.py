"""A document as Akoma Ntoso 3.0: each provision an element with eId and wId, and what the standard has no place for.

The same document gives the same bytes, and `akn.document_of` reads the same document back. Source: OASIS LegalDocML,
Akoma Ntoso 1.0 part 2 (schema 3.0); naming convention 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree

from parley.crypto import sha256
from parley.document import Document, Language, Provision
from parley.identifiers import Kind

AKN = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
OWN = "urn:parley:document:1"
"""The names of what the standard has no place for: standing, files, what must be shown together, answers."""
NAMED = frozenset((Kind.PART, Kind.TITLE, Kind.CHAPTER, Kind.SECTION, Kind.ARTICLE, Kind.PARAGRAPH, Kind.POINT))
"""Kinds whose element bears their name; any other is an hcontainer, or stands where the standard wants it."""
WHOLE = "*"
_UNDATED = "0001-01-01"  # a document has no date of its own; acts have, and they say it elsewhere
_NOWHERE = "xx"  # a code of ISO 3166 that never stands for a country


def write(document: Document) -> bytes:
    """The document as a file in UTF-8; several languages as a collection of one text each."""
    root = etree.Element(_akn("akomaNtoso"), nsmap={None: AKN, "parley": OWN})
    name = sha256(document.to_bytes()).hex()
    if len(document.languages) == 1:
        _text(root, document, document.languages[0], name, whole=True)
    else:
        collection = etree.SubElement(root, _akn("documentCollection"), name="languages")
        _meta(collection, document, document.languages, f"{name}/!languages", whole=True)
        _preface(collection, document)
        body = etree.SubElement(collection, _akn("collectionBody"))
        for place, language in enumerate(document.languages, start=1):
            component = etree.SubElement(body, _akn("component"), eId=f"version_{place}")
            _text(component, document, language, f"{name}/!{language.language}", prefix=prefix(place))
    etree.indent(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8")) + b"\n"


def prefix(place: int) -> str:
    """What stands before the eIds of a language version: the standard wants them unique in the whole file."""
    return f"version_{place}__" if place > 1 else ""


def _akn(name: str) -> str:
    return f"{{{AKN}}}{name}"


def own(name: str) -> str:
    """The full name of an element or attribute of ours."""
    return f"{{{OWN}}}{name}"


def _text(
    holder: Any, document: Document, language: Language, name: str, *, whole: bool = False, prefix: str = ""
) -> None:
    act = etree.SubElement(holder, _akn("act"), name="paper")
    _meta(act, document, (language,), name, whole=whole)
    if whole:
        _preface(act, document)
    tree = _Tree(document, prefix)
    top = tree.below(0, language)
    if tree.is_preamble(top):
        tree.preamble(act, top.pop(0))
    body = etree.SubElement(act, _akn("body"))
    for each in top:
        tree.provision(body, each)


def _meta(holder: Any, document: Document, languages: Sequence[Language], name: str, *, whole: bool) -> None:
    meta = etree.SubElement(holder, _akn("meta"))
    identification = etree.SubElement(meta, _akn("identification"), source="#parley")
    iri = f"/akn/{_NOWHERE}/act/paper/{name}"
    for level in ("FRBRWork", "FRBRExpression", "FRBRManifestation"):
        part = etree.SubElement(identification, _akn(level))
        etree.SubElement(part, _akn("FRBRthis"), value=iri)
        etree.SubElement(part, _akn("FRBRuri"), value=iri)
        etree.SubElement(part, _akn("FRBRdate"), date=_UNDATED, name="undated")
        etree.SubElement(part, _akn("FRBRauthor"), href="#parley")
        if level == "FRBRWork":
            etree.SubElement(part, _akn("FRBRcountry"), value=_NOWHERE)
        for language in languages if level == "FRBRExpression" else ():
            etree.SubElement(part, _akn("FRBRlanguage"), language=language.language)
    if whole:
        references = etree.SubElement(meta, _akn("references"), source="#parley")
        href = "/akn/ontology/organization/parley"
        etree.SubElement(references, _akn("TLCOrganization"), eId="parley", href=href, showAs="Parley")
        _particulars(etree.SubElement(meta, _akn("proprietary"), source="#parley"), document)


def _particulars(holder: Any, document: Document) -> None:
    said = {"standing": document.standing, "prevails": document.prevails.value, "version": str(document.version)}
    element = etree.SubElement(holder, own("document"), said)
    for language in document.languages:
        etree.SubElement(element, own("language"), tag=language.language, status=language.status)
    for place, file in enumerate(document.files):
        role = "original" if place >= len(document.attachments) else "attachment"
        facts = {"name": file.name, "mediaType": file.media_type, "size": str(file.size), "sha256": file.sha256.hex()}
        etree.SubElement(element, own("file"), {"role": role} | facts)


def _preface(holder: Any, document: Document) -> None:
    if document.title:
        title = etree.SubElement(etree.SubElement(holder, _akn("preface")), _akn("longTitle"))
        etree.SubElement(etree.SubElement(title, _akn("p")), _akn("docTitle")).text = document.title


class _Tree:
    """Writes provisions of one language version."""

    def __init__(self, document: Document, prefix: str) -> None:
        self._document = document
        self._prefix = prefix
        self._below: dict[int, list[Provision]] = {}
        for each in document.provisions:
            self._below.setdefault(each.parent, []).append(each)

    def below(self, number: int, language: Language | None = None) -> list[Provision]:
        """What a provision holds; at the top, what the language version does."""
        found = self._below.get(number, [])
        return [each for each in found if language is None or language.first <= each.number <= language.last]

    def is_preamble(self, top: list[Provision]) -> bool:
        """Whether the first provision fits the element the standard has for preambles."""
        first = top[0]
        below = self.below(first.number)
        recitals = below[:-1] if below and self._closes(below[-1]) else below
        fits = bool(recitals) and all(
            each.kind is Kind.RECITAL and each.words and not each.heading and not self.below(each.number)
            for each in recitals
        )
        return len(top) > 1 and first.kind is Kind.PREAMBLE and not first.label and fits

    def preamble(self, holder: Any, provision: Provision) -> None:
        element = self._element(holder, "preamble", provision)
        if provision.heading:
            etree.SubElement(element, _akn("block"), name="heading").text = provision.heading
        _words(element, provision.words)
        recitals = etree.SubElement(element, _akn("recitals"))
        for each in self.below(provision.number):
            if each.kind is Kind.RECITAL:
                recital = self._element(recitals, "recital", each)
                _names(recital, each)
                _words(recital, each.words)
            else:
                _words(self._element(element, "formula", each, name="wrap-up"), each.words)

    def provision(self, holder: Any, provision: Provision) -> None:
        """An element with what it holds: opening words, provisions, closing words; or words alone."""
        kind = provision.kind
        if kind in NAMED:
            element = self._element(holder, kind.value, provision)
        else:
            element = self._element(holder, "hcontainer", provision, name=kind.value)
        _names(element, provision)
        below = self.below(provision.number)
        if not below:
            if provision.words:
                content = etree.SubElement(element, _akn("content"))
                (_table if kind is Kind.TABLE else _words)(content, provision.words)
            return
        opens = below[0].kind is Kind.CHAPEAU and self._is_words(below[0])
        if provision.words:
            _words(etree.SubElement(element, _akn("intro")), provision.words)
        elif opens:
            _words(self._element(element, "intro", below[0]), below[0].words)
            below = below[1:]
        closes = below[-1:] if below and self._closes(below[-1]) else []
        for each in below[: len(below) - len(closes)]:
            self.provision(element, each)
        for each in closes:
            _words(self._element(element, "wrapUp", each), each.words)

    def _is_words(self, provision: Provision) -> bool:
        return not (provision.label or provision.heading or self.below(provision.number))

    def _closes(self, provision: Provision) -> bool:
        return provision.kind is Kind.WRAP_UP and self._is_words(provision)

    def _element(self, holder: Any, tag: str, provision: Provision, **attributes: str) -> Any:
        said = {"eId": self._prefix + provision.e_id, "wId": provision.w_id, **attributes}
        holders = {each.number for each in self._document.lineage(provision.number)}
        further = [str(number) for number in provision.requires if number not in holders]
        if further:
            said[own("requires")] = " ".join(further)
        if provision.answers:
            said[own("answers")] = " ".join(
                f"{each.deposit.hex()}:{WHOLE if each.provision is None else each.provision}:{each.position.value}"
                for each in provision.answers
            )
        return etree.SubElement(holder, _akn(tag), said)


def _names(element: Any, provision: Provision) -> None:
    if provision.label:
        etree.SubElement(element, _akn("num")).text = provision.label
    if provision.heading:
        etree.SubElement(element, _akn("heading")).text = provision.heading


def _words(element: Any, words: str) -> None:
    """Words as paragraphs, each with its line ends."""
    for paragraph in words.split("\n\n") if words else ():
        first, *others = paragraph.split("\n")
        p = etree.SubElement(element, _akn("p"))
        p.text = first
        for line in others:
            etree.SubElement(p, _akn("br")).tail = line


def _table(element: Any, words: str) -> None:
    """Words of a table as rows and cells; what does not come back the same stays words."""
    rows, mark, rest = words.partition("\n\n")
    cells = [cells_of(row) for row in rows.split("\n")]
    if "\n".join(row_of(row) for row in cells) != rows:
        _words(element, words)
        return
    table = etree.SubElement(element, _akn("table"))
    for row in cells:
        tr = etree.SubElement(table, _akn("tr"))
        for cell in row:
            p = etree.SubElement(etree.SubElement(tr, _akn("td")), _akn("p"))
            p.text = cell or None
    _words(element, rest if mark else "")


def cells_of(row: str) -> list[str]:
    """The cells of a table's row as words say it."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)]


def row_of(cells: Sequence[str]) -> str:
    """A row of a table in words."""
    return " | ".join(cell.replace("|", "\\|") for cell in cells).strip()
