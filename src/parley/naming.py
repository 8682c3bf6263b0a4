"""The words by which lawyers name provisions, in English, French and Russian, and a name taken apart into its steps."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from parley.errors import Malformed
from parley.identifiers import Kind, number_part


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word for a kind of provision; `plural` means that a list of numbers follows."""

    text: str
    kinds: tuple[Kind, ...]
    language: str = ""
    plural: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of a name: a kind, a number as written or a place among its like, and how it is joined to the last.

    `joined` is empty where it follows directly, or one of: comma, semicolon, "and", "of".
    """

    text: str
    joined: str = ""
    word: Word | None = None
    number: str = ""
    upto: str = ""
    place: int = 0
    heading: str = ""
    running: int = 0
    bracket: bool = False


_CONTAINERS = (Kind.ANNEX, Kind.PROTOCOL, Kind.PART, Kind.TITLE, Kind.CHAPTER, Kind.SECTION)
RANKS = {
    **dict(zip(_CONTAINERS, (0, 0, 1, 2, 3, 4), strict=True)),
    **dict.fromkeys((Kind.ARTICLE, Kind.PREAMBLE, Kind.FILE), 5),
    **dict.fromkeys((Kind.PARAGRAPH, Kind.RECITAL), 6),
    **dict.fromkeys((Kind.POINT, Kind.TABLE), 7),
    **dict.fromkeys((Kind.CHAPEAU, Kind.WRAP_UP), 8),
}
"""How far inside a kind stands; a name goes from the lowest rank to the highest."""

LAST = -1
_KINDS: dict[tuple[Kind, ...], dict[str, str]] = {
    (Kind.ARTICLE,): {
        "en": "art article",
        "en+": "arts articles",
        "ru": "ст статья статье статью статьей статьёй",
        "ru+": "статьи статей статьям статьями статьях",
    },
    (Kind.PARAGRAPH, Kind.POINT): {
        "en": "para par paragraph §",
        "en+": "paras pars paragraphs",
        "fr": "paragraphe",
        "fr+": "paragraphes",
        "ru": "п пункт пункта пункте пунктом пункту",
        "ru+": "пп пункты пунктов пунктах пунктам",
    },
    (Kind.POINT,): {
        "en": "point subparagraph sub-paragraph subpara sub-para letter lit item clause",
        "en+": "points subparagraphs sub-paragraphs subparas letters items clauses",
        "fr": "alinéa alinea al lettre sous-paragraphe",
        "fr+": "alinéas lettres",
        "ru": "подпункт подпункта подпункте подпунктом буква",
        "ru+": "подпункты подпунктов подпунктах",
    },
    (Kind.RECITAL,): {
        "en": "recital",
        "en+": "recitals",
        "fr": "considérant considerant",
        "fr+": "considérants",
        "ru": "абзац абзаца абзаце",
        "ru+": "абзацы абзацев",
    },
    (Kind.PREAMBLE,): {"en": "preamble", "fr": "préambule preambule", "ru": "преамбула преамбулы преамбуле"},
    (Kind.CHAPEAU,): {"en": "chapeau intro"},
    (Kind.WRAP_UP,): {"en": "wrap-up"},
    (Kind.ANNEX,): {
        "en": "annex appendix attachment",
        "en+": "annexes appendices attachments",
        "fr": "annexe appendice",
        "ru": "приложение приложения приложении прил",
    },
    (Kind.PROTOCOL,): {
        "en": "protocol",
        "en+": "protocols",
        "fr": "protocole",
        "fr+": "protocoles",
        "ru": "протокол протокола протоколе",
    },
    (Kind.PART, Kind.PARAGRAPH): {
        "en": "part",
        "en+": "parts",
        "fr": "partie",
        "fr+": "parties",
        "ru": "часть части ч",
    },
    (Kind.TITLE,): {"en": "title", "en+": "titles", "fr": "titre", "fr+": "titres"},
    (Kind.CHAPTER,): {
        "en": "chapter ch chap",
        "en+": "chapters",
        "fr": "chapitre",
        "fr+": "chapitres",
        "ru": "глава главы главе гл",
    },
    (Kind.SECTION,): {
        "en": "section sect sec",
        "en+": "sections",
        "ru": "раздел раздела разделе разд",
        "ru+": "разделы разделов",
    },
    (Kind.TABLE,): {"en": "table", "en+": "tables", "fr": "tableau", "ru": "таблица таблицы таблице"},
    (Kind.FILE,): {"en": "file"},
}
WORDS = {
    text: Word(text=text, kinds=kinds, language=language[:2], plural=language.endswith("+"))
    for kinds, languages in _KINDS.items()
    for language, texts in languages.items()
    for text in texts.split()
}
_ALONE = (Kind.PREAMBLE, Kind.CHAPEAU, Kind.WRAP_UP, Kind.FILE)
_PHRASES = (
    (re.compile(r"\b(?:opening|introductory) words\b"), "chapeau"),
    (re.compile(r"\b(?:closing|final|concluding) words\b"), "wrap-up"),
    (re.compile(r"\bpreambular paragraph(s?)\b"), r"recital\1"),
    (re.compile(r"\b[ld]['’](?=[^\W\d_])"), ""),
)
SHORT = {
    Kind.ARTICLE: "art",
    Kind.PARAGRAPH: "para",
    Kind.POINT: "point",
    Kind.RECITAL: "recital",
    Kind.PREAMBLE: "preamble",
    Kind.CHAPEAU: "chapeau",
    Kind.WRAP_UP: "closing words",
    Kind.ANNEX: "annex",
    Kind.PROTOCOL: "protocol",
    Kind.PART: "part",
    Kind.TITLE: "title",
    Kind.CHAPTER: "chapter",
    Kind.SECTION: "section",
    Kind.TABLE: "table",
    Kind.FILE: "file",
}
"""What names that we give call a kind."""

_COUNTED = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "premier deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième onzième douzième",
    "первый второй третий четвертый пятый шестой седьмой восьмой девятый десятый одиннадцатый двенадцатый",
    "первая вторая третья четвертая пятая шестая седьмая восьмая девятая десятая одиннадцатая двенадцатая",
)
ORDINALS = {word: place for words in _COUNTED for place, word in enumerate(words.split(), start=1)} | {
    **dict.fromkeys(("première", "unique"), 1),
    **dict.fromkeys(("second", "seconde"), 2),
    **dict.fromkeys(("last", "dernier", "dernière", "последний", "последняя"), LAST),
}

_SUFFIX = r"(?: ?(?:bis|ter|quater|quinquies|sexies)(?![^\W_]))?"
_TOKENS = re.compile(
    r"[\"“«](?P<quoted>[^\"“«”»]+)[\"”»]"
    r"|#(?P<running>[0-9]{1,6})(?![^\W_])"
    rf"|[(\[] ?(?P<bracket>[^\W_]{{1,12}}(?:\.[0-9]{{1,3}})*{_SUFFIX}) ?[)\]]"
    r"|(?P<ordinal>[0-9]{1,4}(?:st|nd|rd|th|er|re|eme|ème|e|-?[йяеё]|-?го))(?![^\W_])"
    rf"|(?P<number>\d{{1,5}}(?:\.\d{{1,5}})*(?:[a-z](?![^\W_])|{_SUFFIX}))(?![^\W_])"
    rf"|(?P<word>sub-[^\W\d_]+|sous-[^\W\d_]+|wrap-up|[^\W\d_]+{_SUFFIX}|§)"
    r"|(?P<mark>[,;&]|[-–—])|(?P<skip>\s+|[.:()\[\]№°'’])|(?P<wrong>.)",
    re.DOTALL,
)
_JOINS = {
    **dict.fromkeys((",", ";"), ""),
    **dict.fromkeys(("and", "et", "и", "&"), "and"),
    **dict.fromkeys(("of", "de", "du", "des"), "of"),
}
_NOISE = frozenset(("the", "la", "le", "les", "no", "to", "in", "its", "его"))
_RANGE = frozenset(("-", "–", "—", "to", "through", "à", "по"))
_ROMAN = re.compile(r"(?=.)m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


def key_of(label: str) -> str:
    """A number for comparing: as an identifier writes it, or the label's own letters where ASCII cannot; or empty."""
    found = number_part(label)
    letters = "".join(char for char in label.casefold() if char.isalnum())
    return found or (letters if len(letters) <= 3 and not letters.isascii() else "")


def same_value(key: str) -> str:
    """The same number in the other writing, "iv" for "4" and "4" for "iv"; empty where there is none."""
    found = re.fullmatch(r"([0-9]{1,4}|[ivxlcdm]+)((?:bis|ter|quater|quinquies|sexies)?)", key)
    if not found:
        return ""
    if found[1].isdigit():
        return _roman(int(found[1])) + found[2]
    return str(_value(found[1])) + found[2] if _ROMAN.fullmatch(found[1]) else ""


def _value(roman: str) -> int:
    values = [_VALUES[letter] for letter in roman]
    return sum(-one if one < max(values[place:]) else one for place, one in enumerate(values))


def _roman(number: int) -> str:
    signs = ("m", 1000), ("cm", 900), ("d", 500), ("cd", 400), ("c", 100), ("xc", 90), ("l", 50), ("xl", 40)
    written = ""
    for sign, value in (*signs, ("x", 10), ("ix", 9), ("v", 5), ("iv", 4), ("i", 1)):
        written += sign * (number // value)
        number %= value
    return written if len(written) <= 15 else ""


def languages_of(text: str) -> tuple[str, ...]:
    """The languages whose words for provisions, not shared with English, stand in a name."""
    words = [WORDS[word] for word in re.findall(r"[^\W\d_]+", text.casefold()) if word in WORDS]
    return tuple(dict.fromkeys(word.language for word in words if word.language != "en"))


def steps(text: str) -> list[Step]:
    """The steps of a name, outermost first. Raises: Malformed("citing.unknown") with a part that is no name."""
    return _outside_in(list(_Reader(text).steps()))


class _Reader:
    """Reads a name from left to right; a word waits for its number, a place ("second") for its word."""

    def __init__(self, text: str) -> None:
        text = unicodedata.normalize("NFC", text).casefold()
        for phrase, word in _PHRASES:
            text = phrase.sub(word, text)
        self._found = [match for match in _TOKENS.finditer(text) if match.lastgroup != "skip"]
        self._made: list[Step] = []
        self._joined, self._said = "", ""
        self._word: Word | None = None
        self._place = 0
        self._range = False

    def steps(self) -> Sequence[Step]:
        for index, match in enumerate(self._found):
            text = match.group().strip()
            match match.lastgroup:
                case "quoted":
                    self._make(text, heading=match["quoted"].strip())
                case "running":
                    self._make(text, running=int(match["running"]))
                case "bracket":
                    self._number(text, match["bracket"], bracket=True)
                case "ordinal":
                    self._counted(text, int(re.findall("[0-9]+", text)[0]), index)
                case "number":
                    self._number(text, text)
                case "word" | "mark":
                    self._see(text, index)
                case _:
                    raise Malformed("citing.unknown", text=text[:60])
        self._bare()
        if self._place or self._range or not self._made:
            raise Malformed("citing.unknown", text=self._said[:60])
        return self._made

    def _see(self, text: str, index: int) -> None:
        if text in _RANGE and self._made and self._word is None and self._numbered(index + 1):
            self._range = True
        elif text in _JOINS:
            self._bare()
            self._joined = _JOINS[text] or text
        elif text in WORDS:
            self._kind(WORDS[text], text)
        elif text in ORDINALS:
            self._counted(text, ORDINALS[text], index)
        elif text not in _NOISE:
            plain = text.replace(" ", "")
            root = re.sub("(bis|ter|quater|quinquies|sexies)$", "", plain)
            if len(root) > 1 and not _ROMAN.fullmatch(root):
                raise Malformed("citing.unknown", text=text[:60])
            self._number(text, plain)

    def _numbered(self, index: int) -> bool:
        """Whether what comes next is a number; a dash before anything else is none of ours."""
        return index < len(self._found) and self._found[index].lastgroup in ("number", "bracket", "word")

    def _kind(self, word: Word, text: str) -> None:
        self._bare()
        self._word, self._said = word, text
        if self._place:
            self._make(text, place=self._place)
        elif word.kinds[0] in _ALONE:
            self._make(text)

    def _counted(self, text: str, place: int, index: int) -> None:
        """A place: before its word as in "second recital", or a number as in "Article premier"."""
        following = self._found[index + 1].group().strip() if index + 1 < len(self._found) else ""
        if self._word is not None and following not in WORDS:
            self._number(text, str(place))
        else:
            self._bare()
            self._place, self._said = place, text

    def _number(self, text: str, number: str, *, bracket: bool = False) -> None:
        number = number.replace(" ", "")
        if self._place:
            raise Malformed("citing.unknown", text=f"{self._said} {text}"[:60])
        if self._range:
            self._range = False
            self._made[-1] = replace(self._made[-1], upto=number, text=f"{self._made[-1].text}-{text}")
        else:
            self._make(text, number=number, bracket=bracket and self._word is None)

    def _bare(self) -> None:
        """A word without number stands for itself: "the annex"."""
        if self._word is not None:
            self._make(self._said)

    def _make(
        self, text: str, *, number: str = "", place: int = 0, heading: str = "", running: int = 0, bracket: bool = False
    ) -> None:
        said = f"{self._said} {text}" if self._word is not None and text != self._said else text
        self._made.append(
            Step(
                text=said[:60],
                joined=self._joined if self._made else "",
                word=self._word,
                number=number,
                place=place,
                heading=heading,
                running=running,
                bracket=bracket,
            )
        )
        self._joined, self._said, self._word, self._place = "", "", None, 0


def rank(step: Step) -> int:
    """How far inside a step stands; a number without a kind is innermost."""
    return RANKS[step.word.kinds[0]] if step.word else max(RANKS.values()) + 1


def _outside_in(found: list[Step]) -> list[Step]:
    """ "paragraph 2 of Article 4" becomes "Article 4 paragraph 2"."""
    for index in range(1, len(found)):
        outer = found[index]
        if outer.joined not in ("", "of") or outer.word is None:
            continue
        start = index
        while start and rank(found[start - 1]) > rank(outer):
            start -= 1
            if found[start].word is not None and found[start].joined not in ("", "of"):
                break
        if start < index:
            joined = found[start].joined
            inner = [replace(found[start], joined=""), *found[start + 1 : index]]
            found[start : index + 1] = [replace(outer, joined=joined), *inner]
    return found


def printed(label: str) -> str:
    """A label's number as it is printed, without its word and marks: "Article 4 bis" gives "4 bis", "(a)" "a"."""
    parts = label.split() if key_of(label) else []
    if len(parts) > 1 and not re.search(r"\d", parts[0]):
        parts = parts[1:]
    text = re.sub(r"^\W+|\W+$", "", " ".join(parts))
    if key_of(label).isdigit():
        return key_of(label)
    return text if text.isascii() and re.fullmatch(r"[0-9A-Za-z. ]+", text) else key_of(label)


def ordinal(place: int) -> str:
    """The English word for a place: "second", and from thirteen on "13th"."""
    words = _COUNTED[0].split()
    if place <= len(words):
        return words[place - 1]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th") if place % 100 not in (11, 12, 13) else "th"
    return f"{place}{ending}"
