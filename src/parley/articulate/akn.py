"""Akoma Ntoso 3.0 to provisions, only in the confined child: files of `writing_akn` exactly, any other by its elements.

Metadata is no text. Changes marked in the text are refused, or settled as the particulars say.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from lxml import etree
from msgspec import structs

from parley.articulate.answering import Resolve
from parley.articulate.builder import Builder, Particulars
from parley.articulate.confined import LeftOut
from parley.articulate.word.package import parse
from parley.articulate.writing_akn import AKN, NAMED, WHOLE, own, prefix, row_of
from parley.crypto import Digest
from parley.document import Answer, Document, File, Language, Position, Prevails, Provision
from parley.errors import Malformed
from parley.identifiers import Kind
from parley.wording import canonical_words

MAX_NESTING = 100
_KINDS = {
    **{kind.value: kind for kind in NAMED},
    **dict.fromkeys(("book", "tome"), Kind.PART),
    **dict.fromkeys(("subpart", "division", "subdivision", "subchapter", "subtitle", "subsection"), Kind.SECTION),
    **dict.fromkeys(("clause", "rule", "subrule"), Kind.ARTICLE),
    **dict.fromkeys(("level", "alinea", "transitional", "proviso", "subclause"), Kind.PARAGRAPH),
    **dict.fromkeys(("subparagraph", "indent", "item"), Kind.POINT),
    "recital": Kind.RECITAL,
    "citation": Kind.RECITAL,
    "hcontainer": Kind.SECTION,
}
_LOST = {"img": "image", "foreign": "object", "toc": "contents", "documentRef": "outside", "componentRef": "outside",
         "coverPage": "cover", "meta": ""}  # fmt: skip
_CHANGED = ("ins", "del")


def prepare() -> None:
    """Load what reading needs, while files may still be opened."""
    parse(b"<p>x</p>")
    canonical_words("х")


def read(
    name: str, data: bytes, particulars: Particulars, resolve: Resolve | None = None
) -> tuple[Document, tuple[LeftOut, ...]]:
    """Articulate a file. Standing, files and, where there is one language, language are those of the particulars.

    Raises: Malformed("articulate.not-akn"), Malformed("articulate.entities"), Malformed("articulate.tracked-changes"),
    Malformed("articulate.too-deep"), Malformed("articulate.empty"), or for words that may not stand.
    """
    if not data.strip():
        raise Malformed("articulate.empty")
    root = parse(data, broken="articulate.not-akn", comments=True)
    if _local(root) != "akomaNtoso":
        raise Malformed("articulate.not-akn")
    left = Counter({"comment": _uncommented(root)})
    if next(root.iter(own("document")), None) is not None:
        made = _said(_exact(root), particulars)
    else:
        text = _Text(Builder(particulars, resolve), left)
        _settle(root, particulars, left)
        text.walk(root, 0)
        made = text.builder.document(name=name, exactly=True)
    return made, tuple(LeftOut(what=what, count=count) for what, count in sorted(left.items()) if count)


def document_of(data: bytes) -> Document:
    """The document that `writing_akn.write` wrote. Raises: Malformed where it did not write this."""
    return _exact(parse(data, broken="articulate.not-akn"))


def _uncommented(root: Any) -> int:
    found = list(root.iter(etree.Comment))
    etree.strip_tags(root, etree.Comment)
    return len(found)


def _said(document: Document, particulars: Particulars) -> Document:
    document = structs.replace(
        document,
        standing=particulars.standing,
        attachments=particulars.attachments,
        original=particulars.original,
        prevails=particulars.prevails,
    )
    if len(document.languages) > 1:
        return document
    tag = particulars.language
    return structs.replace(
        document,
        provisions=tuple(structs.replace(each, language=tag) for each in document.provisions),
        languages=(structs.replace(document.languages[0], language=tag, status=particulars.status),),
    )


def _local(element: Any) -> str:
    """The name of an element of Akoma Ntoso, of whatever draft of version 3; "" for any other."""
    name = etree.QName(element)
    known = name.namespace is not None and name.namespace.startswith(AKN)
    return str(name.localname) if known else ""


def _akn(name: str) -> str:
    return f"{{{AKN}}}{name}"


# --- files of ours ------------------------------------------------------------------------------------------------


def _exact(root: Any) -> Document:
    """Raises: Malformed("articulate.not-akn") for what only looks like a file of ours."""
    said = next(root.iter(own("document")), None)
    if said is None:
        raise Malformed("articulate.not-akn")
    languages = [(each.get("tag", ""), each.get("status", "")) for each in said.iter(own("language"))]
    texts = list(root.iter(_akn("act")))
    if len(texts) != len(languages) or not texts:
        raise Malformed("articulate.not-akn")
    provisions: list[Provision] = []
    versions = []
    try:
        for place, (text, (tag, status)) in enumerate(zip(texts, languages, strict=True), start=1):
            first = len(provisions) + 1
            for each in text.xpath("a:preamble|a:body/*", namespaces={"a": AKN}):
                _provision(each, 0, tag, prefix(place), provisions)
            versions.append(Language(language=tag, status=status, first=first, last=len(provisions)))
        files = [(each.get("role"), _file(each)) for each in said.iter(own("file"))]
        title = next((each.text for each in root.iter(_akn("docTitle"))), "")
        made = Document(
            title=title or "",
            standing=said.get("standing", ""),
            languages=tuple(versions),
            prevails=Prevails(said.get("prevails", "")),
            attachments=tuple(file for role, file in files if role == "attachment"),
            original=next((file for role, file in files if role == "original"), None),
            provisions=tuple(provisions),
            version=1,
        )
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise Malformed("articulate.not-akn") from error
    return Document.from_bytes(made.to_bytes())


def _file(element: Any) -> File:
    return File(
        name=element.get("name", ""),
        media_type=element.get("mediaType", ""),
        size=int(element.get("size", "")),
        sha256=Digest.from_text(element.get("sha256", "")),
    )


def _provision(element: Any, parent: int, tag: str, before: str, made: list[Provision]) -> None:
    """An element and what it holds, in reading order."""
    name = _local(element)
    inside = [each for each in element if _local(each)]
    words = [each for each in inside if _local(each) in ("content", "intro") and each.get("eId") is None]
    number = len(made) + 1
    further = tuple(int(each) for each in element.get(own("requires"), "").split())
    made.append(
        Provision(
            number=number,
            kind=_kind(element, name),
            label=_inner(inside, "num"),
            heading=_inner(inside, "heading") or _inner([e for e in inside if e.get("name") == "heading"], "block"),
            words=_own_words(words[0] if words else element),
            language=tag,
            e_id=element.get("eId", "").removeprefix(before),
            w_id=element.get("wId", ""),
            parent=parent,
            requires=tuple(sorted({*_lineage(made, parent), *further})),
            answers=tuple(_answer(each) for each in element.get(own("answers"), "").split()),
        )
    )
    for each in inside:
        if _local(each) == "recitals":
            for recital in each:
                _provision(recital, number, tag, before, made)
        elif each.get("eId") is not None:
            _provision(each, number, tag, before, made)


def _lineage(made: list[Provision], number: int) -> set[int]:
    found = set()
    while number:
        found.add(number)
        number = made[number - 1].parent
    return found


def _kind(element: Any, name: str) -> Kind:
    places = {"intro": Kind.CHAPEAU, "wrapUp": Kind.WRAP_UP, "preamble": Kind.PREAMBLE, "recital": Kind.RECITAL}
    if name in ("hcontainer", "formula"):
        return Kind(element.get("name"))
    return places[name] if name in places else Kind(name)


def _answer(text: str) -> Answer:
    deposit, provision, position = text.split(":")
    number = None if provision == WHOLE else int(provision)
    return Answer(deposit=Digest.from_text(deposit), provision=number, position=Position(position))


def _inner(inside: list[Any], name: str) -> str:
    return next((each.text or "" for each in inside if _local(each) == name), "")


def _own_words(element: Any) -> str:
    """The paragraphs and the table that stand directly in an element."""
    said = []
    for each in element:
        if _local(each) == "p":
            said.append("\n".join([each.text or "", *(line.tail or "" for line in each)]))
        elif _local(each) == "table":
            said.append("\n".join(row_of([td[0].text or "" for td in row]) for row in each))
    return "\n\n".join(said)


# --- files of others ----------------------------------------------------------------------------------------------


def _settle(root: Any, particulars: Particulars, left: Counter[str]) -> None:
    """Words marked as put in or struck out. Raises: Malformed("articulate.tracked-changes")."""
    found = [each for each in root.iter(etree.Element) if _local(each) in _CHANGED]
    if found and not particulars.changes:
        raise Malformed("articulate.tracked-changes", count=len(found))
    left["change"] = len(found)
    kept = "ins" if particulars.changes == "accept" else "del"
    for each in found:
        if _local(each) != kept:
            each[:], each.text = [], None
        each.tag = f"{{{etree.QName(each).namespace}}}span"


class _Text:
    """Walks the elements in reading order; how deep a provision stands is how deep its element does."""

    def __init__(self, builder: Builder, left: Counter[str]) -> None:
        self.builder = builder
        self._left = left
        self._notes: list[str] = []

    def walk(self, element: Any, depth: int) -> None:
        """What an element holds. Raises: Malformed("articulate.too-deep")."""
        line = element.sourceline or 1
        if depth > MAX_NESTING:
            raise Malformed("articulate.too-deep", line=line)
        for each in element:
            name, line = _local(each), each.sourceline or 1
            if name in _LOST:
                self._left[_LOST[name]] += bool(_LOST[name])
            elif name == "preface":
                self._preface(each, depth)
            elif name == "preamble":
                self._add(Kind.PREAMBLE, depth, line=line)
                self._holding(each, depth)
            elif name == "attachment":
                self._named(each, Kind.ANNEX, depth)
                self.walk(each, depth + 1)
            elif name in _KINDS:
                self._named(each, _kind_of(each, name), depth)
                self._holding(each, depth)
            elif name in ("wrapUp", "listWrapUp"):
                self._add(Kind.WRAP_UP, depth, words=self._text(each), line=line)
            elif name == "table":
                self._table(each, depth)
            elif name in ("p", "block", "listIntroduction"):
                self._add(Kind.PARAGRAPH, depth, words=self._text(each), line=line)
            elif name not in ("num", "heading", "subheading"):
                self.walk(each, depth)

    def _table(self, element: Any, depth: int) -> None:
        rows = [
            [" ".join(self._text(cell).split()) for cell in row if _local(cell)]
            for row in element
            if _local(row) == "tr"
        ]
        words = canonical_words("\n".join(row for row in map(row_of, rows) if row), line=element.sourceline or 1)
        self._add(Kind.TABLE, depth, words=words, line=element.sourceline or 1)

    def _preface(self, element: Any, depth: int) -> None:
        """The title, and words beside it."""
        titles = [each for each in element.iter(etree.Element) if _local(each) == "docTitle"]
        titles = titles or [each for each in element if _local(each) == "longTitle"]
        if titles and not self.builder.titled:
            self.builder.title(self._text(titles[0]), line=element.sourceline or 1)
        for each in element:
            if titles and (each is titles[0] or titles[0] in each.iter()):
                continue
            self._add(Kind.PARAGRAPH, depth, words=self._text(each), line=each.sourceline or 1)

    def _named(self, element: Any, kind: Kind, depth: int) -> None:
        parts = [each for each in element if _local(each) in ("num", "heading", "subheading")]
        said = {_local(each): " ".join(self._text(each).split()) for each in parts}
        heading = " — ".join(said[part] for part in ("heading", "subheading") if said.get(part))
        self._add(kind, depth, label=said.get("num", ""), heading=heading, line=element.sourceline or 1, always=True)

    def _holding(self, element: Any, depth: int) -> None:
        """Words that stand first in a provision are its own; what comes after them stands in it."""
        first = _opened([each for each in element if _local(each) not in ("num", "heading", "subheading", "")])
        own = []
        for each in first:
            if _local(each) not in ("p", "intro", "listIntroduction", "formula"):
                break
            own.append(each)
        self.builder.own_words("\n\n".join(filter(None, map(self._text, own))), self._taken(), line=element.sourceline)
        for each in first[len(own) :]:
            around = etree.Element("around")
            around.append(each)
            self.walk(around, depth + 1)

    def _add(
        self,
        kind: Kind,
        depth: int,
        *,
        line: int,
        words: str = "",
        label: str = "",
        heading: str = "",
        always: bool = False,
    ) -> None:
        if words or label or heading or always or kind is Kind.PREAMBLE:
            notes = self._taken()
            self.builder.provision(kind, depth=depth, label=label, heading=heading, words=words, notes=notes, line=line)

    def _taken(self) -> list[str]:
        taken, self._notes = self._notes, []
        return taken

    def _text(self, element: Any) -> str:
        return canonical_words("".join(self._pieces(element)), line=element.sourceline or 1)

    def _pieces(self, element: Any) -> list[str]:
        """The words in an element; notes go below, line ends of the file are spaces."""
        said = [_flat(element.text)]
        for each in element:
            name = _local(each)
            if name == "authorialNote":
                self._notes.append(f"{each.get('marker', '*')} {' '.join(''.join(self._pieces(each)).split())}")
                said.append(f" ({each.get('marker', '*')})")
            elif name in ("br", "eol"):
                said.append("\n")
            elif name in _LOST:
                self._left[_LOST[name]] += bool(_LOST[name])
            else:
                inner = self._pieces(each)
                said += ["\n\n", *inner, "\n\n"] if name in ("p", "block", "item", "tr") else [*inner]
            said.append(_flat(each.tail))
        return said


def _opened(elements: list[Any]) -> list[Any]:
    """The elements, with what only groups others replaced by what it groups."""
    opened: list[Any] = []
    for each in elements:
        grouped = [inner for inner in each if _local(inner)] if _local(each) in ("content", "blockList", "list") else []
        opened += _opened(grouped) if grouped else [each]
    return opened


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _kind_of(element: Any, name: str) -> Kind:
    named = element.get("name", "")
    return Kind(named) if name == "hcontainer" and named in list(Kind) else _KINDS[name]
