"""How treaties number: which words open an article, a paragraph or a point, and which number they print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from parley.identifiers import Kind

# The word that opens a division, by kind, in the languages of the vectors. A word stands before its number, but in
# Chinese the number stands inside: see _CHINESE.
_WORDS = {
    Kind.PART: ("part", "partie", "parte", "часть", "الجزء", "بخش", "חלק", "भाग"),
    Kind.TITLE: ("title", "titre", "título"),
    Kind.CHAPTER: ("chapter", "chapitre", "capítulo", "глава", "الفصل", "فصل", "פרק", "अध्याय"),
    Kind.SECTION: ("section", "sección", "раздел", "القسم", "סעיף משנה", "खंड"),
    Kind.ARTICLE: ("article", "art.", "artículo", "статья", "المادة", "ماده", "סעיף", "अनुच्छेद"),
    Kind.ANNEX: ("annex", "annexe", "anexo", "appendix", "appendice", "attachment", "приложение", "المرفق", "پیوست",
                 "נספח", "अनुलग्नक"),
    Kind.PROTOCOL: ("protocol", "protocole", "protocolo", "протокол"),
    Kind.TABLE: ("table", "tableau", "таблица"),
}  # fmt: skip
_CHINESE = {"条": Kind.ARTICLE, "章": Kind.CHAPTER, "节": Kind.SECTION, "部分": Kind.PART}
PREAMBLES = (
    "preamble", "préambule", "preámbulo", "преамбула", "الديباجة", "مقدمه", "הקדמה", "प्रस्तावना", "序言",
)  # fmt: skip
ORDERS = {
    **dict.fromkeys((Kind.ANNEX, Kind.PROTOCOL), 0),
    Kind.PART: 2,
    Kind.TITLE: 3,
    Kind.CHAPTER: 4,
    Kind.SECTION: 5,
}
"""How headings of one level nest by their words; what is not named here stands inside all of these."""
ARTICLES, APPENDIX = 6, 1

_SUFFIX = r"(?: ?(?i:bis|ter|quater|quinquies|sexies)\b)?"
_NUMBER = rf"(?:\d+(?:er|re)\b|(?i:premier|première)|\d+(?:\.\d+)*(?:[A-Z]\b)?|[IVXLCDM]+|[A-Z]){_SUFFIX}"
_REST = r"(?P<mark>\s*[.:—–]\s+|\s+[-—–]\s+|\s+|[.:]?$)(?P<heading>.*)"
_CHINESE_DIVISION = re.compile(
    r"(?P<label>第[〇零一二三四五六七八九十百千\d]+(?P<word>部分|[条章节]))[ :：.—]*(?P<heading>.*)"
)
_APART = {
    Kind.ANNEX: r"annexe?|appendi(?:x|ce)|приложение",
    Kind.PROTOCOL: r"protocole?|протокол",
}
_BARE = tuple(
    (kind, re.compile(rf"(?P<label>{words})(?:\s*[.:—–]\s*(?P<heading>.+))?$", re.IGNORECASE))
    for kind, words in _APART.items()
)
_SUBJECT = r"on|to|concerning|regarding|relating|sur|relatif|relative|concernant|о|об|относительно|к"
_NAMED = tuple(
    (kind, re.compile(rf"(?:{words})\s+(?:{_SUBJECT})\s+\S.*", re.IGNORECASE)) for kind, words in _APART.items()
)
_NUMBERED_HEADING = re.compile(r"(?P<label>\d+(?:\.\d+)+\.?|(?:\d+|[IVXLCDM]+)\.)\s+(?P<heading>.+)")

_PARAGRAPH = re.compile(
    r"(?P<label>\d{1,3}(?:\.\d{1,3})*[.)]|\d{1,3}(?:\.\d{1,3})+(?=\s+[A-ZÀ-ÞА-Я])|\(\d{1,3}(?: ?(?:bis|ter))?\)"
    r"|\d{1,3} ?(?:bis|ter)\.|[一二三四五六七八九十]{1,4}、)(?:(?<=、)\s*|\s+|$)(?P<rest>.*)",
    re.DOTALL,
)
_POINT = re.compile(
    r"(?P<label>\([^\W\d_]{1,5}(?: ?(?:bis|ter))?\)|[a-zа-я]\)|[ivx]{2,5}\))(?:\s+|$)(?P<rest>.*)", re.DOTALL
)
_GLUED = re.compile(r"(?!\(s\)he\b)(?P<label>\((?:[a-zа-я]|[ivx]{2,5})\))(?P<rest>[\w“\"«„‘'].*)", re.DOTALL)
"""The same where the space was lost on the way here, as it is in much that was copied from pages of the web."""
_DASH = re.compile(r"(?P<label>[-–—•])\s+(?P<rest>.+)", re.DOTALL)
_ROMAN = re.compile(r"\(?(?=[ivxl])(?:x{0,3})(?:ix|iv|v?i{0,3})\)?")
MAX_RUN_IN = 100


@cache
def _divisions() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    # Compiled when a text is first read: most commands read none, and would wait for it.
    return tuple(
        (kind, re.compile(rf"(?P<label>(?i:{'|'.join(map(re.escape, words))})\s+{_NUMBER})(?![\w(]){_REST}"))
        for kind, words in _WORDS.items()
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a line opens: a provision's kind and number as printed, and the heading or words after it."""

    kind: Kind
    label: str
    rest: str

    @property
    def order(self) -> int:
        """Where it stands among headings of one level: an annex outside a part, a part outside an article."""
        if not self.label and self.kind not in _APART:
            return ARTICLES
        if self.kind is Kind.ANNEX and self.label.casefold().startswith("append"):
            return APPENDIX
        numbered = self.label[:1].isdigit() or self.kind not in ORDERS or re.fullmatch(r"[IVXLCDM]+\.", self.label)
        return ARTICLES + self.label.strip(".").count(".") if numbered else ORDERS[self.kind]


def heading(text: str) -> Opened:
    """Take a heading apart: "Article 4. Enlargement" is an article with label "Article 4"; anything else a section."""
    if text.casefold().rstrip(".:") in PREAMBLES:
        return Opened(kind=Kind.PREAMBLE, label="", rest=text)
    found = division(text)
    if found is not None:
        return found
    for kind, pattern in _NAMED:
        if pattern.fullmatch(text):
            return Opened(kind=kind, label="", rest=text)
    numbered = _NUMBERED_HEADING.fullmatch(text)
    if numbered:
        return Opened(kind=Kind.SECTION, label=numbered["label"], rest=numbered["heading"])
    return Opened(kind=Kind.SECTION, label="", rest=text)


def division(text: str, *, marked: bool = False) -> Opened | None:
    """A line that opens an article, section, chapter, part or annex by its word and number, or None.

    With `marked`, words after the number must be set off by a mark: "Article 4. Bases", not "Article 4 shall apply".
    """
    for kind, pattern in _divisions():
        found = pattern.fullmatch(text) if kind is not Kind.TABLE else None
        if found and not (marked and found["heading"] and not found["mark"].strip()):
            return Opened(kind=kind, label=found["label"], rest=found["heading"].strip())
    chinese = _CHINESE_DIVISION.fullmatch(text)
    if chinese:
        return Opened(kind=_CHINESE[chinese["word"]], label=chinese["label"], rest=chinese["heading"].strip())
    for kind, pattern in _BARE:
        bare = pattern.fullmatch(text)
        if bare:
            return Opened(kind=kind, label=bare["label"], rest=(bare["heading"] or "").strip())
    return None


def lone(words: str) -> Opened | None:
    """A block that is nothing but a division's number and, set off by a mark, a short heading; or None.

    Words in capitals need no mark: "ARTICLE 4 BASES".
    """
    if "\n" in words or len(words) > MAX_RUN_IN or words[-1:] in tuple(";,"):
        return None
    opened = division(words, marked=words != words.upper())
    if opened is None and (words.casefold().rstrip(".:") in PREAMBLES or (words == words.upper() and is_apart(words))):
        return heading(words)
    return opened if opened is not None and opened.rest[-1:] not in tuple(".;:") else None


def is_apart(words: str) -> bool:
    """Whether a heading names an annex or a protocol by its subject: "Protocol on Inspections"."""
    return any(pattern.fullmatch(words) for _, pattern in _NAMED)


def caption(text: str) -> Opened | None:
    """The caption of a table, "Table 2. Limits", or None."""
    for kind, pattern in _divisions():
        found = pattern.fullmatch(text) if kind is Kind.TABLE and len(text) <= MAX_RUN_IN else None
        if found:
            return Opened(kind=kind, label=found["label"], rest=found["heading"].strip())
    return None


def is_title(words: str) -> bool:
    """Whether a line under "Article 4" reads as its heading: short, no sentence, and beginning with a capital."""
    plain = "\n" not in words and len(words) <= MAX_RUN_IN and not re.search(r"[.:;,!?—–。：；]$", words)
    return plain and words[:1].upper() == words[:1] and words[:1].isalpha() and numbered(words) is None


def numbered(text: str) -> Opened | None:
    """Words that open with a paragraph's number ("1.") or a point's ("(a)"), or None."""
    point = _POINT.fullmatch(text) or _GLUED.fullmatch(text)
    if point:
        return Opened(kind=Kind.POINT, label=point["label"], rest=point["rest"])
    paragraph = _PARAGRAPH.fullmatch(text)
    if paragraph:
        return Opened(kind=Kind.PARAGRAPH, label=paragraph["label"], rest=paragraph["rest"])
    return None


def dashed(text: str) -> Opened | None:
    """Words that open with a dash, as points without number do in plain text, or None."""
    dash = _DASH.fullmatch(text)
    return Opened(kind=Kind.POINT, label=dash["label"], rest=dash["rest"]) if dash else None


def is_roman(label: str) -> bool:
    """Whether a point's label is a roman number: (i), (ii), (iv)."""
    return bool(_ROMAN.fullmatch(label))


def follows_as_letter(label: str, before: str) -> bool:
    """Whether a label that reads as roman is the next letter after `before`: (i) after (h), (v) after (u)."""
    letter, previous = label.strip("()"), before.strip("()")
    return len(letter) == 1 and len(previous) == 1 and ord(letter) == ord(previous) + 1
