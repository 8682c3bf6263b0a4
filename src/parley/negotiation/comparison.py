"""What of a text from elsewhere stands in papers that are open here: a leak, a press report, a draft passed on.

Shared runs of words are found by winnowed shingles: of every few neighbouring shingles of a provision the least is
kept, so a run of `SURE` words in common is always found. What is found is then laid side by side word by word. Nothing
found proves nothing: a text may have been rewritten, translated or shortened.

The index stays in memory. It is a fingerprint of secret text: written down or shown, it would confirm a leak to whoever
holds a copy.

Source: S. Schleimer, D. Wilkerson, A. Aiken, Winnowing: Local Algorithms for Document Fingerprinting, SIGMOD 2003.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32

from parley.negotiation.differing import Segment, differ, matcher
from parley.negotiation.folding import WORD, Token, placed, tokens, weight

SHINGLE = 4 * WORD
WINDOW = 4
SURE = 7
"""Words in a row: a run of so many that a provision and a text share is found, unless it is repeated all over."""

NEAR = 0.6
"""The share of a provision's words, from which what was found is called near."""

_COMMON = (
    100  # provisions: a shingle that stands in more is set phrase, and leads to a provision only for want of others
)
_RAREST = 3
_REPEATED = 20  # times that one shingle leads anywhere from one text: a table of noughts would lead everywhere
_LARGEST = 2_000  # words of a provision that are still laid side by side word by word


class Likeness(StrEnum):
    """All of a provision's words in a row; most of them; a run of some; none that was found."""

    IDENTICAL = "identical"
    NEAR = "near"
    TRACES = "traces"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Provided:
    """One provision held here, to be compared: its paper, its number there, its name and its own words."""

    reference: str
    number: int
    name: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """One held provision and what of it the text has: `share` in percent of its words, `passage` as the text has it.

    `segments` lead from the provision's words to the passage. `too_short`: fewer than four words, found only where they
    are a whole paragraph.
    """

    reference: str
    number: int
    name: str
    likeness: Likeness
    share: int
    too_short: bool
    passage: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A text compared: the provisions in order, and the passages of the text found in none of them.

    Without `whole`, provisions of which nothing was found are not listed.
    """

    matches: tuple[Match, ...]
    nowhere: tuple[str, ...]
    words: int
    whole: bool

    def count(self, likeness: Likeness) -> int:
        """How many provisions are so like."""
        return sum(match.likeness is likeness for match in self.matches)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    """Words in a row that a provision and the text share: where they begin in each, and how many."""

    held: int
    there: int
    length: int


class Index:
    """Held provisions by their shingles. Built once; compares one text in time that grows with the text."""

    def __init__(self, provisions: Iterable[Provided]) -> None:
        self._provisions = tuple(provisions)
        self._texts: list[list[str]] = []
        self._bearers: list[list[int]] = []
        self._postings: dict[int, list[tuple[int, int]]] = {}
        self._short: dict[tuple[str, ...], int] = {}
        self._too_short: set[int] = set()
        self._gather()

    def __len__(self) -> int:
        return len(self._provisions)

    def _gather(self) -> None:
        """Equal texts are kept once, with all provisions that bear them."""
        known: dict[tuple[str, ...], int] = {}
        for place, provision in enumerate(self._provisions):
            words = tokens(provision.words)
            if not words:
                continue
            text = known.setdefault(tuple(words), len(self._texts))
            if text == len(self._texts):
                self._texts.append(words)
                self._bearers.append([])
            self._bearers[text].append(place)
        chosen: list[list[tuple[int, int]]] = []
        counted: Counter[int] = Counter()
        for number, words in enumerate(self._texts):
            shingles = _shingles(words)
            found = _winnowed(shingles)
            chosen.append(found)
            counted.update(set(shingles))
            if not found:
                self._short[tuple(words)] = number
                self._too_short.update(self._bearers[number])
        postings: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, found in enumerate(chosen):
            borne = Counter(shingle for shingle, _ in found)
            first = dict(reversed(found))
            found = [each for each in found if borne[each[0]] <= _REPEATED or first[each[0]] == each[1]]
            rare = [each for each in found if counted[each[0]] <= _COMMON]
            for shingle, place in rare or sorted(found, key=lambda each: counted[each[0]])[:_RAREST]:
                postings[shingle].append((number, place))
        self._postings = dict(postings)

    def compare(self, passages: Sequence[str], *, whole: bool = True) -> Comparison:
        """Compare a text, given by its paragraphs. Without `whole`, provisions of which nothing was found are left out.

        Verifies nothing. Case, punctuation, width of letters, vowel points and line ends do not count.
        """
        text = _Foreign(passages)
        found: dict[int, Match] = {}
        claimed: set[int] = set()
        for number, seeds in self._seeds(text).items():
            runs = _runs(self._texts[number], text.words, seeds)
            match = _judged(self._texts[number], text, runs)
            if match is None:
                continue
            likeness, share, start, end = match
            for place in self._bearers[number]:
                found[place] = self._match(place, likeness, share, text.quoted(start, end))
            claimed |= _claimed(likeness, runs, start, end)
        for number, start, end in self._short_ones(text):
            claimed.update(range(start, end))
            for place in self._bearers[number]:
                found[place] = self._match(place, Likeness.IDENTICAL, 1.0, text.quoted(start, end))
        if whole:
            for place, provision in enumerate(self._provisions):
                if place not in found and provision.words:
                    found[place] = self._match(place, Likeness.NONE, 0.0, "")
        return Comparison(
            matches=tuple(found[place] for place in sorted(found)),
            nowhere=tuple(text.unclaimed(claimed)),
            words=len(text.words),
            whole=whole,
        )

    def _match(self, place: int, likeness: Likeness, share: float, passage: str) -> Match:
        provision = self._provisions[place]
        return Match(
            reference=provision.reference,
            number=provision.number,
            name=provision.name,
            likeness=likeness,
            share=round(100 * share),
            too_short=place in self._too_short,
            passage=passage,
            segments=differ(provision.words, passage) if passage else (),
        )

    def _seeds(self, text: _Foreign) -> dict[int, list[tuple[int, int]]]:
        """For each text held, where its shingles stand in it and in the other. All shingles of the other are asked."""
        seeds: dict[int, list[tuple[int, int]]] = defaultdict(list)
        asked: Counter[int] = Counter()
        for there, shingle in enumerate(_shingles(text.words)):
            asked[shingle] += 1
            if asked[shingle] > _REPEATED:
                continue
            for number, held in self._postings.get(shingle, ()):
                seeds[number].append((held, there))
        return seeds

    def _short_ones(self, text: _Foreign) -> Iterator[tuple[int, int, int]]:
        """Provisions too short for a shingle, found where they are a whole paragraph."""
        for start, end in text.paragraphs:
            number = self._short.get(tuple(text.words[start:end]))
            if number is not None:
                yield number, start, end


def _shingles(words: Sequence[str]) -> list[int]:
    """The shingle that begins at each word, as far as there are words enough."""
    weights = [weight(word) for word in words]
    found: list[int] = []
    end, held = 0, 0
    for start, light in enumerate(weights):
        while end < len(words) and held < SHINGLE:
            held += weights[end]
            end += 1
        if held < SHINGLE:
            break
        found.append(crc32(" ".join(words[start:end]).encode("utf-8")))
        held -= light
    return found


def _winnowed(shingles: Sequence[int]) -> list[tuple[int, int]]:
    """Of every few neighbours the least, the last of equals, with its place."""
    if not shingles:
        return []
    chosen: dict[int, int] = {}
    for start in range(max(1, len(shingles) - WINDOW + 1)):
        window = range(start, min(start + WINDOW, len(shingles)))
        least = min(window, key=lambda place: (shingles[place], -place))
        chosen[least] = shingles[least]
    return [(shingle, place) for place, shingle in chosen.items()]


def _runs(held: Sequence[str], there: Sequence[str], seeds: Sequence[tuple[int, int]]) -> list[_Run]:
    """Every seed made as long as both texts agree, each run once; a seed that chance made gives none."""
    found: list[_Run] = []
    reached: dict[int, int] = {}
    for first, second in sorted(seeds, key=lambda seed: (seed[1] - seed[0], seed[0])):
        diagonal = second - first
        if first < reached.get(diagonal, 0) or held[first] != there[second]:
            continue
        a, b = first, second
        while a and b and held[a - 1] == there[b - 1]:
            a, b = a - 1, b - 1
        length = first - a
        while a + length < len(held) and b + length < len(there) and held[a + length] == there[b + length]:
            length += 1
        reached[diagonal] = a + length
        if sum(map(weight, held[a : a + length])) >= SHINGLE:
            found.append(_Run(held=a, there=b, length=length))
    return found


def _judged(held: Sequence[str], text: _Foreign, runs: Sequence[_Run]) -> tuple[Likeness, float, int, int] | None:
    """How like, which share of the words, and from where to where in the text; None where it is too little."""
    if not runs:
        return None
    longest = max(runs, key=lambda run: (run.length, -run.there))
    if longest.length == len(held):
        return Likeness.IDENTICAL, 1.0, longest.there, longest.there + longest.length
    blocks = _blocks(held, text.words, longest, runs)
    total = sum(map(weight, held))
    share = sum(weight(word) for run in blocks for word in held[run.held : run.held + run.length]) / total
    if share >= NEAR:
        start, end = _stretch(held, text, blocks)
        return Likeness.NEAR, min(share, 0.99), start, end
    heavy = sum(map(weight, held[longest.held : longest.held + longest.length]))
    if heavy >= SURE * WORD or 2 * heavy >= total:
        return Likeness.TRACES, share, longest.there, longest.there + longest.length
    return None


def _blocks(held: Sequence[str], there: Sequence[str], longest: _Run, runs: Sequence[_Run]) -> list[_Run]:
    """What a provision and the text around its longest run share in order; single words between longer runs too."""
    slack = len(held) // 2 + 20
    start = max(0, longest.there - longest.held - slack)
    end = min(len(there), longest.there + len(held) - longest.held + slack)
    if len(held) > _LARGEST:
        return _in_order(run for run in runs if start <= run.there and run.there + run.length <= end)
    found = matcher(held, there[start:end]).get_matching_blocks()
    blocks = [_Run(held=block.a, there=block.b + start, length=block.size) for block in found if block.size]
    # A lone word far from everything else that agrees is chance.
    firm = [block for block in blocks if block.length > 1]
    if not firm:
        return [longest]
    low, high = firm[0].there - len(held) // 4 - 2, firm[-1].there + firm[-1].length + len(held) // 4 + 2
    return [block for block in blocks if low <= block.there < high]


def _in_order(runs: Iterable[_Run]) -> list[_Run]:
    """Runs that follow one another in both texts, the longest taken first."""
    kept: list[_Run] = []
    for run in sorted(runs, key=lambda each: (-each.length, each.held)):
        if all(
            (run.held + run.length <= other.held and run.there + run.length <= other.there)
            or (other.held + other.length <= run.held and other.there + other.length <= run.there)
            for other in kept
        ):
            kept.append(run)
    return sorted(kept, key=lambda each: each.held)


def _stretch(held: Sequence[str], text: _Foreign, blocks: Sequence[_Run]) -> tuple[int, int]:
    """The passage that stands for the provision: with as many words before and after as the provision has more there,
    within the paragraphs that the shared words stand in."""
    first, last = blocks[0], blocks[-1]
    end = last.there + last.length
    start = max(first.there - first.held, text.paragraph(first.there)[0])
    return start, min(end + len(held) - last.held - last.length, text.paragraph(end - 1)[1])


def _claimed(likeness: Likeness, runs: Sequence[_Run], start: int, end: int) -> set[int]:
    """The words of the text that a provision accounts for: its passage, and whatever else of it is repeated."""
    found = {place for run in runs for place in range(run.there, run.there + run.length)}
    return found if likeness is Likeness.TRACES else found.union(range(start, end))


class _Foreign:
    """A text from elsewhere: its words in a row, and the paragraphs they stand in."""

    def __init__(self, passages: Sequence[str]) -> None:
        self._passages = tuple(passages)
        self._tokens: list[Token] = []
        self._homes: list[int] = []
        self.paragraphs: list[tuple[int, int]] = []
        for number, passage in enumerate(self._passages):
            found = placed(passage)
            if found:
                self.paragraphs.append((len(self._tokens), len(self._tokens) + len(found)))
                self._tokens += found
                self._homes += [number] * len(found)
        self.words = [token.word for token in self._tokens]
        self._starts = [start for start, _ in self.paragraphs]

    def paragraph(self, place: int) -> tuple[int, int]:
        """From where to where the paragraph goes in which a word stands."""
        return self.paragraphs[bisect_right(self._starts, place) - 1]

    def quoted(self, start: int, end: int) -> str:
        """The text from one word to before another, as it is written, paragraphs on lines of their own."""
        pieces = []
        while start < end:
            stop = min(end, self.paragraph(start)[1])
            passage = self._passages[self._homes[start]]
            pieces.append(passage[self._tokens[start].start : self._closed(stop)])
            start = stop
        return "\n".join(pieces)

    def _closed(self, stop: int) -> int:
        """Where a quotation ends: with the marks after its last word, where the paragraph ends there."""
        token = self._tokens[stop - 1]
        return len(self._passages[self._homes[stop - 1]]) if stop == self.paragraph(stop - 1)[1] else token.end

    def unclaimed(self, claimed: set[int]) -> Iterator[str]:
        """The stretches of four words or more that no provision accounts for."""
        for start, end in self.paragraphs:
            first = start
            for place in range(start, end + 1):
                if place == end or place in claimed:
                    if sum(map(weight, self.words[first:place])) >= SHINGLE or (first, place) == (start, end):
                        yield from [self.quoted(first, place)] if first < place else []
                    first = place + 1
