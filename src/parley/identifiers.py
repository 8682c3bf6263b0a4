"""Identifiers of provisions by the Akoma Ntoso naming convention: `art_4__para_2__point_a`.

Source: OASIS LegalDocML, Akoma Ntoso Naming Convention 1.0, on eId and wId: an abbreviated element name, its number
without punctuation, and the identifier of what holds it before two underscores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

MAX_IDENTIFIER = 500
_UNNUMBERED = frozenset(("annex", "annexe", "appendix", "appendice", "приложение", "protocol", "protocole", "протокол"))
# "Article premier", "Article 1er": the French writing of one. Points а), б), в) keep a letter that ASCII can write.
_FIRST = re.compile(r"^(?:premier|première|(?<![0-9])1(?:er|re))(?![^\W_])")
_LETTER = re.compile(r"\(?[а-яё]\)")
_CYRILLIC = str.maketrans(
    {**dict(zip("абвгдезийклмнопрстуфыэ", "abvgdezijklmnoprstufye", strict=True))}
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ё": "yo"}
)
_CHINESE_DIGITS = "〇一二三四五六七八九"
_STEP = re.compile(r"[a-z]+(_[0-9a-z]+(-[0-9a-z]+)*)?")


class Kind(StrEnum):
    """What a provision is."""

    PREAMBLE = "preamble"
    RECITAL = "recital"
    PART = "part"
    TITLE = "title"
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    POINT = "point"
    CHAPEAU = "chapeau"
    WRAP_UP = "wrap-up"
    TABLE = "table"
    ANNEX = "annex"
    PROTOCOL = "protocol"
    FILE = "file"


ABBREVIATIONS = {
    Kind.PREAMBLE: "preamble",
    Kind.RECITAL: "rec",
    Kind.PART: "part",
    Kind.TITLE: "title",
    Kind.CHAPTER: "chp",
    Kind.SECTION: "sec",
    Kind.ARTICLE: "art",
    Kind.PARAGRAPH: "para",
    Kind.POINT: "point",
    Kind.CHAPEAU: "intro",
    Kind.WRAP_UP: "wrapup",
    Kind.TABLE: "table",
    Kind.ANNEX: "att",
    Kind.PROTOCOL: "att",
    Kind.FILE: "cmp",
}


_COUNTED = (Kind.RECITAL, Kind.FILE, Kind.ANNEX, Kind.PROTOCOL, Kind.TABLE)


def is_identifier(text: str) -> bool:
    """Whether `text` has the form of an identifier."""
    return len(text) <= MAX_IDENTIFIER and all(_STEP.fullmatch(step) for step in text.split("__"))


def number_part(label: str) -> str:
    """The number of a label as an identifier writes it: "Article 4 bis" gives "4bis", "(a)" "a", "1.2" "1-2", "٤" "4".

    Empty where the label has no number that ASCII can write; its place is then taken instead.
    Source: Akoma Ntoso naming convention 1.0, on numbers in eId: lower case, without punctuation, hyphen between parts.
    """
    tokens = label.split()
    if label.casefold() in _UNNUMBERED:
        return ""
    if len(tokens) > 1 and not re.search(r"\d", tokens[0]):
        tokens = tokens[1:]  # the word for "Article", in whatever language
    text = "".join(str(int(char)) if char.isdecimal() else char for char in "".join(tokens).lower())
    chinese = re.fullmatch("第?([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)(?:部分|[条章节])?、?", text)
    if chinese and any(chinese.groups()):
        tens = (_CHINESE_DIGITS.index(chinese[1]) if chinese[1] else 1) if chinese[2] else 0
        ones = chinese[3] if chinese[2] else chinese[1]
        return str(tens * 10 + (_CHINESE_DIGITS.index(ones) if ones else 0))
    text = _FIRST.sub("1", text.translate(_CYRILLIC) if _LETTER.fullmatch(text) else text)
    if re.search(r"[^\W0-9a-z_]", text):
        # Letters that ASCII cannot write, as in the Chinese for "Article four": digits among them still count.
        found = re.findall("[0-9]+", text)
        return "-".join(found)
    return "-".join(re.findall("[0-9a-z]+", text))[:40].rstrip("-")


class Identifiers:
    """Hands out identifiers that are unique in one language version, however often a number is repeated."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._places: dict[tuple[str, Kind], int] = {}
        self._next: dict[str, int] = {}

    def next(self, kind: Kind, label: str, *, holder: str = "") -> str:
        """The identifier of the next provision of this kind and label under `holder`, an identifier or empty.

        A repeated number gets its occurrence after a hyphen: `art_4`, `art_4-2`. A provision without a number never
        claims a printed one: `para_nn-1` is the first of its kind there; recitals and annexes get their place, `rec_3`;
        a chapeau or wrap-up that is alone has none, `art_4__intro`; a protocol is no annex, `att_protocol-i`.
        """
        place = self._places[holder, kind] = self._places.get((holder, kind), 0) + 1
        prefix = f"{holder}__" if holder else ""
        alone = kind in (Kind.CHAPEAU, Kind.WRAP_UP, Kind.PREAMBLE)
        unnumbered = str(place) if kind in _COUNTED else f"nn-{place}"
        number = number_part(label) or ("" if alone else unnumbered)
        if kind is Kind.PROTOCOL:
            number = f"protocol-{number}"
        stem = prefix + ABBREVIATIONS[kind] + (f"_{number}" if number else "")
        for occurrence, candidate in _candidates(stem, self._next.get(stem, 1), numbered=bool(number)):
            self._next[stem] = occurrence + 1  # nothing is ever given back: what was taken before is taken still
            if candidate not in self._taken:
                self._taken.add(candidate)
                return candidate
        raise AssertionError("candidates do not end")


def _candidates(stem: str, occurrence: int, *, numbered: bool) -> Iterator[tuple[int, str]]:
    if occurrence == 1:
        yield occurrence, stem
        occurrence = 2
    while True:
        yield occurrence, f"{stem}-{occurrence}" if numbered else f"{stem}_{occurrence}"
        occurrence += 1
