"""How treaties number: which words open an article, a paragraph or a point, and which number they print."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parley.identifiers import Kind

# The word that opens a division, by kind, in the languages of the vectors. A word stands before its number, but in
# Chinese the number stands inside: see _CHINESE.
_WORDS = {
    Kind.PART: ("part", "часть", "الجزء", "بخش", "חלק", "भाग"),
    Kind.CHAPTER: ("chapter", "глава", "الفصل", "فصل", "פרק", "अध्याय"),
    Kind.SECTION: ("section", "раздел", "القسم", "סעיף משנה", "खंड"),
    Kind.ARTICLE: ("article", "art.", "статья", "المادة", "ماده", "סעיף", "अनुच्छेद"),
    Kind.ANNEX: ("annex", "приложение", "المرفق", "پیوست", "נספח", "अनुलग्नक"),
}
_CHINESE = {"条": Kind.ARTICLE, "章": Kind.CHAPTER, "节": Kind.SECTION, "部分": Kind.PART}
PREAMBLES = ("preamble", "преамбула", "الديباجة", "مقدمه", "הקדמה", "प्रस्तावना", "序言")

_NUMBER = r"(?:\d+(?:\.\d+)*|[IVXLCDM]+|[A-Z])(?: ?(?:bis|ter|quater)\b)?"
_REST = r"(?P<mark>\s*[.:—–]\s+|\s+[-—–]\s+|\s+|[.:]?$)(?P<heading>.*)"
_DIVISIONS = tuple(
    (kind, re.compile(rf"(?P<label>(?i:{re.escape(word)})\s+{_NUMBER})(?![\w(]){_REST}"))
    for kind, words in _WORDS.items()
    for word in words
)
_CHINESE_DIVISION = re.compile(
    r"(?P<label>第[〇零一二三四五六七八九十百千\d]+(?P<word>部分|[条章节]))[ :：.—]*(?P<heading>.*)"
)
_BARE_ANNEX = re.compile(r"(?P<label>annex)(?:\s*[.:—–]\s*(?P<heading>.+))?$", re.IGNORECASE)
_NUMBERED_HEADING = re.compile(r"(?P<label>(?:\d+(?:\.\d+)*|[IVXLCDM]+)\.)\s+(?P<heading>.+)")

_PARAGRAPH = re.compile(
    r"(?P<label>\d{1,3}(?:\.\d{1,3})*[.)]|\(\d{1,3}\)|[一二三四五六七八九十]{1,4}、)(?:(?<=、)|\s+|$)(?P<rest>.*)",
    re.DOTALL,
)
_POINT = re.compile(r"(?P<label>\([^\W\d_]{1,5}\)|[a-z]\))(?:\s+|$)(?P<rest>.*)", re.DOTALL)
_ROMAN = re.compile(r"\(?(?=[ivxl])(?:x{0,3})(?:ix|iv|v?i{0,3})\)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a line opens: a provision's kind and number as printed, and the heading or words after it."""

    kind: Kind
    label: str
    rest: str


def heading(text: str) -> Opened:
    """Take a heading apart: "Article 4. Enlargement" is an article with label "Article 4"; anything else a section."""
    if text.casefold().rstrip(".:") in PREAMBLES:
        return Opened(kind=Kind.PREAMBLE, label="", rest=text)
    found = division(text)
    if found is not None:
        return found
    numbered = _NUMBERED_HEADING.fullmatch(text)
    if numbered:
        return Opened(kind=Kind.SECTION, label=numbered["label"], rest=numbered["heading"])
    return Opened(kind=Kind.SECTION, label="", rest=text)


def division(text: str, *, marked: bool = False) -> Opened | None:
    """A line that opens an article, section, chapter, part or annex by its word and number, or None.

    With `marked`, words after the number must be set off by a mark: "Article 4. Bases", not "Article 4 shall apply".
    """
    for kind, pattern in _DIVISIONS:
        found = pattern.fullmatch(text)
        if found and not (marked and found["heading"] and not found["mark"].strip()):
            return Opened(kind=kind, label=found["label"], rest=found["heading"].strip())
    chinese = _CHINESE_DIVISION.fullmatch(text)
    if chinese:
        return Opened(kind=_CHINESE[chinese["word"]], label=chinese["label"], rest=chinese["heading"].strip())
    annex = _BARE_ANNEX.fullmatch(text)
    if annex:
        return Opened(kind=Kind.ANNEX, label=annex["label"], rest=(annex["heading"] or "").strip())
    return None


def numbered(text: str) -> Opened | None:
    """Words that open with a paragraph's number ("1.") or a point's ("(a)"), or None."""
    point = _POINT.fullmatch(text)
    if point:
        return Opened(kind=Kind.POINT, label=point["label"], rest=point["rest"])
    paragraph = _PARAGRAPH.fullmatch(text)
    if paragraph:
        return Opened(kind=Kind.PARAGRAPH, label=paragraph["label"], rest=paragraph["rest"])
    return None


def is_roman(label: str) -> bool:
    """Whether a point's label is a roman number: (i), (ii), (iv)."""
    return bool(_ROMAN.fullmatch(label))


def follows_as_letter(label: str, before: str) -> bool:
    """Whether a label that reads as roman is the next letter after `before`: (i) after (h), (v) after (u)."""
    letter, previous = label.strip("()"), before.strip("()")
    return len(letter) == 1 and len(previous) == 1 and ord(letter) == ord(previous) + 1
