"""Two texts word by word: what both have, what only the one, what only the other. For reading, not for proof."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MAX_WORDS = 1_500
"""Above this, two texts are laid side by side by sentences first: word by word takes quadratic time."""

# Marks that belong to the letter before them: a segment never begins with one.
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
)
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff"
_PIECE = re.compile(rf"[{_UNSPACED}]|(?:[^\W_{_UNSPACED}][{_MARKS}\u200c\u200d]*)+|\s+|.")
_ENDS = frozenset(".;:!?。；：！？؟؛।")

_TOO_ALIKE = 500_000
"""Equal pairs of words: prose of `MAX_WORDS` has some twenty thousand, a table of noughts has millions."""

Opcode = tuple[str, int, int, int, int]


class Mark(StrEnum):
    """Where a segment stands: in both texts, only in the first, only in the second."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A stretch of text with its mark; what both have is quoted from the second text."""

    mark: Mark
    text: str


def differ(old: str, new: str) -> tuple[Segment, ...]:
    """The segments that lead from one text to the other.

    Those not added join to `old` but for its spacing, those not removed to `new`. Long texts come out in larger pieces.
    """
    if old == new:
        return (Segment(mark=Mark.SAME, text=new),) if new else ()
    first, second = _words(old), _words(new)
    segments: list[Segment] = []
    for tag, a, b, c, d in _opcodes([word for word, _ in first], [word for word, _ in second]):
        removed, added = "".join(text for _, text in first[a:b]), "".join(text for _, text in second[c:d])
        if tag == "equal":
            segments.append(Segment(mark=Mark.SAME, text=added))
            continue
        if removed:
            segments.append(Segment(mark=Mark.REMOVED, text=removed))
        if added:
            segments.append(Segment(mark=Mark.ADDED, text=added))
    return tuple(_joined(segments))


def matcher(old: Sequence[str], new: Sequence[str]) -> SequenceMatcher[str]:
    """Two rows of words, ready to be matched; where a few words are nearly all, they match only beside rarer ones."""
    there = Counter(new)
    pairs = sum(count * there[word] for word, count in Counter(old).items())
    return SequenceMatcher(None, old, new, autojunk=pairs > _TOO_ALIKE)


def _words(text: str) -> list[tuple[str, str]]:
    """Words and marks, each with the space after it; the space does not count when they are compared."""
    found: list[tuple[str, str]] = []
    for piece in _PIECE.findall(text):
        if piece.isspace() and found:
            found[-1] = (found[-1][0], found[-1][1] + piece)
        else:
            found.append((piece, piece))
    return found


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[Opcode]:
    """How one row of words becomes the other; what both begin and end with is taken off first."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if start:
        yield "equal", 0, start, 0, start
    for tag, a, b, c, d in _middle(old[start : len(old) - end], new[start : len(new) - end]):
        yield tag, a + start, b + start, c + start, d + start
    if end:
        yield "equal", len(old) - end, len(old), len(new) - end, len(new)


def _middle(old: Sequence[str], new: Sequence[str]) -> Iterator[Opcode]:
    if not old and not new:
        return
    if len(old) <= MAX_WORDS and len(new) <= MAX_WORDS:
        yield from matcher(old, new).get_opcodes()
        return
    first, second = _sentences(old), _sentences(new)
    by_sentence = SequenceMatcher(None, [tuple(old[a:b]) for a, b in first], [tuple(new[a:b]) for a, b in second])
    for tag, i, j, k, m in by_sentence.get_opcodes():
        a, b = _span(first, i, j)
        c, d = _span(second, k, m)
        if tag == "replace" and b - a <= MAX_WORDS and d - c <= MAX_WORDS:
            for inner, e, f, g, h in matcher(old[a:b], new[c:d]).get_opcodes():
                yield inner, a + e, a + f, c + g, c + h
        else:
            yield tag, a, b, c, d


def _sentences(words: Sequence[str]) -> list[tuple[int, int]]:
    """Where sentences begin and end."""
    ends = [place for place, word in enumerate(words, start=1) if word in _ENDS or place == len(words)]
    return list(zip([0, *ends], ends, strict=False))


def _span(spans: Sequence[tuple[int, int]], first: int, last: int) -> tuple[int, int]:
    if first == last:
        place = spans[first][0] if first < len(spans) else (spans[-1][1] if spans else 0)
        return place, place
    return spans[first][0], spans[last - 1][1]


def _joined(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Neighbours of one mark made one; within a change what was removed comes before what was added."""
    texts = {Mark.REMOVED: "", Mark.ADDED: ""}
    same = ""
    for each in (*segments, Segment(mark=Mark.SAME, text="")):
        if each.mark is not Mark.SAME:
            if same:
                yield Segment(mark=Mark.SAME, text=same)
                same = ""
            texts[each.mark] += each.text
            continue
        for mark, text in texts.items():
            if text:
                yield Segment(mark=mark, text=text)
        texts = {Mark.REMOVED: "", Mark.ADDED: ""}
        same += each.text
    if same:
        yield Segment(mark=Mark.SAME, text=same)
