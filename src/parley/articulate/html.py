"""HTML to provisions, by lxml and only in the confined child: what a reader of the page would see, and nothing else.

Scripts, styles, comments and hidden text are left out and counted. Nothing is fetched; entities are characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from parley.articulate import numbering
from parley.articulate.answering import Resolve
from parley.articulate.builder import LONE, MAX_TEXT, Builder, Particulars
from parley.articulate.confined import LeftOut
from parley.document import Document
from parley.errors import Malformed
from parley.wording import canonical_words

MAX_NESTING = 200
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_UNSEEN = frozenset(
    ("script", "style", "template", "noscript", "object", "embed", "iframe", "svg", "math", "head", "audio", "video")
)
_CONTROLS = frozenset(("input", "button", "select", "textarea", "form"))
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
     "figure", "footer", "form", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
     "table", "ul", *_HEADINGS)
)  # fmt: skip
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])", re.IGNORECASE
)
_ROMAN = ("m", 1000), ("cm", 900), ("d", 500), ("cd", 400), ("c", 100), ("xc", 90), ("l", 50), ("xl", 40), ("x", 10)


def prepare() -> None:
    """Load what reading needs, while files may still be opened."""
    lxml_html.document_fromstring(b"<p>x</p>", parser=_parser())
    canonical_words("х")


def read(
    name: str, data: bytes, particulars: Particulars, resolve: Resolve | None = None
) -> tuple[Document, tuple[LeftOut, ...]]:
    """Articulate a page: its first h1 or else its title element is the title; numbers are read as in plain text.

    Raises: Malformed("articulate.empty"), Malformed("articulate.too-long"), Malformed("articulate.too-deep"), or for
    words that may not stand; lines are those of the file.
    """
    if not data.strip():
        raise Malformed("articulate.empty")
    if len(data) > 8 * MAX_TEXT:
        raise Malformed("articulate.too-long", most=8 * MAX_TEXT)
    root = _root(data)
    page = _Page(Builder(particulars, resolve))
    titles = root.xpath("//h1[normalize-space()]") or root.xpath("//title[normalize-space()]")
    if titles:
        page.title(titles[0])
    body = root.find("body")
    page.walk(body if body is not None else root, depth=0, lists=0)
    page.flush()
    return page.builder.document(name=name), tuple(
        LeftOut(what=what, count=count) for what, count in sorted(page.left_out.items())
    )


def _root(data: bytes) -> Any:
    parser, problem = _parser(_encoding(data)), None
    try:
        root = lxml_html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        problem = error
    if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
        raise Malformed("articulate.too-much")  # the parser would go on with what it has
    if problem is not None:
        raise Malformed("articulate.not-html") from problem
    return root


def _parser(encoding: str | None = None) -> Any:
    return lxml_html.HTMLParser(no_network=True, huge_tree=False, recover=True, encoding=encoding)


def _encoding(data: bytes) -> str | None:
    """UTF-8 where a page names no encoding and is UTF-8; else None: the parser goes by what the page says."""
    if re.search(rb"charset|encoding", data[:2048], re.IGNORECASE):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


class _Page:
    """Walks the page in reading order and hands blocks of words to the builder."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.left_out: dict[str, int] = {}
        self._title: Any = None
        self._words: list[str] = []
        self._line, self._depth = 1, 0
        self._label = ""

    def title(self, element: Any) -> None:
        text = " ".join("".join(self._text(element)).split())
        self._title = element
        if text:
            self.builder.title(text, line=element.sourceline or 1)

    def walk(self, element: Any, *, depth: int, lists: int) -> None:
        """An element with what is in it. Raises: Malformed("articulate.too-deep")."""
        if depth > MAX_NESTING:
            raise Malformed("articulate.too-deep", line=element.sourceline or 1)
        if self._unseen(element) or element is self._title:
            return
        tag, line = element.tag, element.sourceline or 1
        if tag in _HEADINGS:
            self.flush()
            text = " ".join("".join(self._text(element)).split())
            if text:
                self.builder.heading(text, level=_HEADINGS[tag], line=line)
        elif tag == "table" and len(element.xpath(".//td|.//th")) > len(element.xpath(".//tr")):
            self.flush()
            self._table(element, line)
        elif tag in ("ol", "ul"):
            self.flush()
            self._list(element, depth=depth, lists=lists + 1)
        elif tag == "br":
            self._words.append("\n")
        else:
            self._block(element, depth=depth, lists=lists, line=line)

    def _block(self, element: Any, *, depth: int, lists: int, line: int) -> None:
        block = element.tag in _BLOCKS or element.tag in ("td", "th", "tr")
        if block:
            self.flush()
        if not self._words:
            self._line, self._depth = line, lists
        self._words.append(" ".join((element.text or "").split("\n")))
        for child in element:
            self.walk(child, depth=depth + 1, lists=lists)
            if not self._words:
                self._line, self._depth = child.sourceline or line, lists
            self._words.append(" ".join((child.tail or "").split("\n")))
        if block:
            self.flush()

    def _list(self, element: Any, *, depth: int, lists: int) -> None:
        number = _integer(element.get("start"), 1)
        for item in element:
            if not isinstance(item.tag, str) or item.tag != "li":
                self.walk(item, depth=depth + 1, lists=lists)
                continue
            if self._unseen(item):
                continue
            number = _integer(item.get("value"), number)
            self._label = _label(element, number)
            number += 1
            self.walk(item, depth=depth + 1, lists=lists)
            self._depth, self._line = lists, item.sourceline or 1
            self.flush(empty=True)

    def _table(self, element: Any, line: int) -> None:
        rows = [
            ["".join(self._text(cell)) for cell in row if isinstance(cell.tag, str) and cell.tag in ("td", "th")]
            for row in element.iter("tr")
        ]
        captions = ["".join(self._text(each)) for each in element.iter("caption")]
        self.builder.table([row for row in rows if row], line=line, caption=" ".join(captions))

    def _text(self, element: Any) -> Iterator[str]:
        """The words in an element, without what is not seen."""
        if self._unseen(element):
            return
        yield element.text or ""
        for child in element:
            if child.tag == "br" or child.tag in _BLOCKS:
                yield " "
            yield from self._text(child)
            yield child.tail or ""

    def flush(self, *, empty: bool = False) -> None:
        """What has been collected is a block; a list's number without words is one too, at the end of its item."""
        text = canonical_words("".join(self._words), line=self._line)
        self._words = []
        label = self._label
        if not text and not (empty and label):
            return
        self._label = ""
        first, _, rest = text.partition("\n")
        if not label and not self._depth and numbering.lone(first) is not None and not rest[:1].islower():
            self.builder.heading(first, level=LONE, line=self._line)
            if rest:
                self.builder.block(rest, line=self._line)
        else:
            self.builder.block(text, line=self._line, label=label, depth=self._depth)

    def _unseen(self, element: Any) -> bool:
        """Whether a reader would not see an element; counted when something is lost by it."""
        what = _why_unseen(element)
        if what and what != "head":
            self.left_out[what] = self.left_out.get(what, 0) + 1
        return bool(what)


def _why_unseen(element: Any) -> str:
    if not isinstance(element.tag, str):
        return "comment"
    if element.tag in _UNSEEN or element.tag in _CONTROLS - {"form"}:
        return str(element.tag)
    hidden = (
        "hidden" in element.attrib or element.get("aria-hidden") == "true" or _HIDDEN.search(element.get("style", ""))
    )
    return "hidden" if hidden else "image" if element.tag == "img" else ""


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch("-?[0-9]{1,4}", text) else otherwise


def _label(element: Any, number: int) -> str:
    """A list item's number as a browser prints it."""
    kind = element.get("type", "1") if element.tag == "ol" else ""
    if element.tag == "ul":
        return "–"
    if kind in ("a", "A") and 1 <= number <= 26:
        return f"({chr(ord(kind) + number - 1)})"
    if kind in ("i", "I") and 1 <= number <= 1000:
        return f"({_roman(number) if kind == 'i' else _roman(number).upper()})"
    return f"{number}."


def _roman(number: int) -> str:
    written = ""
    for sign, value in (*_ROMAN, ("ix", 9), ("v", 5), ("iv", 4), ("i", 1)):
        written += sign * (number // value)
        number %= value
    return written
