"""Canonical words: one writing for each text, and nothing in it that a reader cannot see.

Words are brought to one form before they are hashed: Unicode NFC, lines ended by LF, every kind of space folded into
single U+0020, only characters assigned in Unicode 14, whose NFC no later version changes. What hides is refused with
its place: zero-width characters, bidi controls, tags, variation selectors, terminal controls. ZWNJ and ZWJ are
spelling in Persian, Hindi and other languages, and stand where RFC 5892 CONTEXTJ (appendices A.1, A.2) allows them.

Two uses. `canonical_words` prepares a text and may fold it; `check_words` and `displayed` prepare nothing and refuse.
A verifier of openings uses none of them: it hashes bytes as they are.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from idna.core import valid_contextj

from parley import unicode14
from parley.errors import Malformed

ZWNJ, ZWJ = "\u200c", "\u200d"
MAX_DISPLAYED = 500
# Contexts are looked for this far to either side: more transparent marks in a row than that are no spelling.
_REACH = 64
_PLAIN = re.compile("[ -~]*")  # nothing in it can be at fault, and it is NFC
_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x180E))


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a character stands that words may not hold: line and column counted from 1, in code points."""

    code: str
    line: int
    column: int
    character: str

    def error(self) -> Malformed:
        return Malformed(self.code, line=self.line, column=self.column, character=f"U+{ord(self.character):04X}")


def _runs(table: str) -> Iterator[tuple[int, int]]:
    numbers, position = [int(word, 16) for word in table.split()], 0
    for gap, more in zip(numbers[::2], numbers[1::2], strict=True):
        first = position + gap
        position = first + more
        yield first, position


def _character_class(table: str) -> str:
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in _runs(table))


@cache
def _suspects() -> re.Pattern[str]:
    """Every character that may not stand, the joiners included: those are asked about their neighbours."""
    hidden = _character_class(unicode14.HIDDEN)
    return re.compile(f"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f{hidden}]|[^{_character_class(unicode14.ASSIGNED)}]")


@cache
def _spaces() -> re.Pattern[str]:
    return re.compile(f"[\\t{_character_class(unicode14.SPACES)}]")


def _code(character: str) -> str:
    """The error code that says in what way a suspect is out of place."""
    value = ord(character)
    if character in _BIDI:
        return "wording.bidi-control"
    if character in (ZWNJ, ZWJ):
        return "wording.joiner"
    if value < 0x20 or 0x7F <= value <= 0x9F:
        return "wording.control"
    if 0xE0000 <= value <= 0xE007F:
        return "wording.tag"
    if any(value in run for run in _SELECTORS):
        return "wording.variation-selector"
    if not _assigned(value):
        return "wording.unassigned"
    return "wording.hidden"


@cache
def _assigned_ends() -> tuple[list[int], list[int]]:
    runs = list(_runs(unicode14.ASSIGNED))
    return [first for first, _ in runs], [last for _, last in runs]


def _assigned(value: int) -> bool:
    firsts, lasts = _assigned_ends()
    return value <= lasts[bisect_right(firsts, value) - 1]


def _joins(line: str, position: int) -> bool:
    """Whether a joiner stands where spelling needs it. The window keeps a long line from being copied or refused."""
    start = max(0, position - _REACH)
    try:
        return valid_contextj(line[start : position + _REACH + 1], position - start)
    except ValueError:  # what stands before it has no name, as a control has none: nothing that joins
        return False


def _composed(text: str) -> Iterator[tuple[str, bool]]:
    """The lines of `text` with plain spaces, in NFC; or as they are, and True, where a character is unassigned.

    Unassigned comes before NFC, because a later Unicode version may decompose what version 14 does not have.
    """
    for raw in _BREAKS.sub("\n", text).split("\n"):
        spaced = _spaces().sub(" ", raw)
        strange = any(_code(match.group()) == "wording.unassigned" for match in _suspects().finditer(spaced))
        yield (spaced if strange else unicodedata.normalize("NFC", spaced)), strange


def faults(text: str) -> Iterator[Place]:
    """Every character of `text` that words may not hold, in order; columns count in the NFC form of each line.

    Lines are what CR, CR LF, LF, U+0085, U+2028 and U+2029 end; spaces of any kind and tabs are no fault.
    """
    for number, (line, strange) in enumerate(_composed(text), start=1):
        for match in _suspects().finditer(line):
            code = _code(match.group())
            if code == "wording.joiner" and not strange and _joins(line, match.start()):
                continue
            yield Place(code=code, line=number, column=match.start() + 1, character=match.group())


def canonical_words(text: str, *, line: int = 1) -> str:
    """The one writing of `text`: NFC, LF, spaces folded, no blank at the ends, at most one empty line in a row.

    `line` is the number of the first line where the text comes from, for the place in the error.
    Raises: Malformed("wording.…") with line, column and character for the first that may not stand.
    """
    for place in faults(text):
        raise Place(code=place.code, line=place.line + line - 1, column=place.column, character=place.character).error()
    folded = "\n".join(re.sub(" +", " ", composed).strip(" ") for composed, _ in _composed(text))
    return re.sub("\n{3,}", "\n\n", folded).strip("\n")


def canonical_line(text: str, *, line: int = 1) -> str:
    """`canonical_words` on one line, for headings and titles: line ends become spaces. Raises: Malformed."""
    return re.sub("\n+", " ", canonical_words(text, line=line))


def check_words(text: str) -> str:
    """Return `text` when it is its own canonical form. Raises: Malformed when it is not."""
    if canonical_words(text) != text:
        raise Malformed("wording.not-canonical")
    return text


def check_line(text: str, *, most: int = MAX_DISPLAYED) -> str:
    """Return `text` when it is canonical words on one line, at most `most` characters. Raises: Malformed."""
    return check_words(displayed(text, most=most))


def displayed(text: str, *, most: int = MAX_DISPLAYED, lines: bool = False) -> str:
    """Return a short string that people will see, as it is, when nothing in it can mislead a screen.

    Verifies: at most `most` characters; NFC; only characters of Unicode 14; no control, bidi control, tag or other
    hidden character, joiners as in words; LF only where `lines` allows several. Spaces are not folded.
    Raises: Malformed("wording.too-long"), Malformed("wording.not-nfc"), Malformed of the first character refused.
    """
    if len(text) > most:
        raise Malformed("wording.too-long", most=most, found=len(text))
    if _PLAIN.fullmatch(text):
        return text
    for number, line in enumerate(text.split("\n"), start=1):
        for position, character in enumerate(line):
            if character in "\t\r\x85\u2028\u2029":
                raise Place(code="wording.control", line=number, column=position + 1, character=character).error()
    for place in faults(text):
        raise place.error()
    if "\n" in text and not lines:
        raise Place(code="wording.control", line=1, column=text.index("\n") + 1, character="\n").error()
    if not unicodedata.is_normalized("NFC", text):
        raise Malformed("wording.not-nfc")
    return text


def cleaned(text: str) -> tuple[str, tuple[Place, ...]]:
    """`text` without the characters that hide, and what was taken out and where, for its owner to look at.

    Only characters of which nothing shows go: bidi controls, tags, selectors, misplaced joiners, other hidden ones.
    Controls and unassigned characters stay, and `canonical_words` refuses them. Columns count as in `faults`.
    """
    kept = {"wording.control", "wording.unassigned"}
    removed = tuple(place for place in faults(text) if place.code not in kept)
    lines = [line for line, _ in _composed(text)]
    for place in reversed(removed):
        line = lines[place.line - 1]
        lines[place.line - 1] = line[: place.column - 1] + line[place.column :]
    return "\n".join(lines), removed
