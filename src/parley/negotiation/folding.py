"""Words as they are compared: letters' case, width, punctuation and line ends do not count. Never for what is hashed.

A word of a script that writes spaces is one token; of a script without them (Chinese, Japanese, Thai …) each character
is one. So a shingle of four words and one of eight characters weigh the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

WORD, CHARACTER = 2, 1
"""What a token weighs: a word, and a character of a script without spaces."""

_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x31F0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF),
)  # fmt: skip
_DROPPED = frozenset("'’ʼـ")  # apostrophes within words, and the Arabic stretching stroke
_POINTS = ((0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670))  # vowel points that print leaves out


def _within(value: int, ranges: Sequence[tuple[int, int]]) -> bool:
    return any(first <= value <= last for first, last in ranges)


class _Table(dict[int, str]):
    """What each character becomes: itself folded, nothing, or the space that ends a word."""

    def __missing__(self, value: int) -> str:
        self[value] = found = _folded(chr(value))
        return found


def _folded(character: str) -> str:
    value, category = ord(character), unicodedata.category(character)
    if character in _DROPPED or category == "Cf" or _within(value, _POINTS):
        return ""
    if category[0] not in "LNM":
        return " "
    plain = unicodedata.normalize("NFKC", character).casefold()
    kept = "".join(each for each in plain if unicodedata.category(each)[0] in "LNM")
    if not kept:
        return " "
    return f" {kept} " if _within(value, _UNSPACED) else kept


_TABLE = _Table()


def tokens(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    return text.translate(_TABLE).split()


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A folded word and where it stands in its text, as first character and the one after its last."""

    word: str
    start: int
    end: int


def placed(text: str) -> list[Token]:
    """`tokens` with their places in the text."""
    pieces = [_TABLE[ord(character)] for character in text]
    places = [index for index, piece in enumerate(pieces) for _ in piece]
    return [
        Token(word=match.group(), start=places[match.start()], end=places[match.end() - 1] + 1)
        for match in re.finditer(r"\S+", "".join(pieces))
    ]


def weight(word: str) -> int:
    """Half a word for a character of a script without spaces, else a whole."""
    return CHARACTER if len(word) == 1 and ord(word) > 0x0DFF and _within(ord(word), _UNSPACED) else WORD
