"""What must accompany a provision beyond what holds it: closing words, definitions of its terms, provisos about it.

Only what can be seen in the words is found: a term in quotation marks that a definition explains, a proviso that says
what it limits. What is not found is not required; it may still matter, and a reader is told no more than this.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence

from parley.articulate.settling import Node
from parley.identifiers import Kind

_QUOTED = re.compile(r"[“\"«„]([^“”\"«»„]{2,60})[”\"»“]")
MAX_LEAD = 120
"""How far into a provision a definition may begin: "For the purposes of this Article, the term …"."""
_DEFINES = re.compile(
    r"(?:\s*(?:,|and|or|et|ou|и|или)?\s*[“\"«„][^“”\"«»„]{2,60}[”\"»“])*\s*(?:\([^()]{1,80}\))?\s*,?\s*"
    r"(?:(?:(?:shall|does|do) )?(?:not )?(?:means?|includes?|is|are)\b"
    r"|s[’']entend|désigne|означа|понима|[—–-]\s)",
)
_THIS = r"this|the present|cet|cette|ce|la présente|le présent|настоящ\w+"
_SCOPES = {
    Kind.ARTICLE: r"article|статьи",
    Kind.SECTION: r"section|раздела",
    Kind.CHAPTER: r"chapter|chapitre|главы",
    Kind.PART: r"part|partie|части",
    Kind.ANNEX: r"annex|annexe|appendix|приложения",
    Kind.PROTOCOL: r"protocol|protocole|протокола",
}
_SCOPE = tuple(
    (kind, re.compile(rf"(?:purposes? of|aux fins d[ue]|в целях|для целей) (?:{_THIS})\s+(?:{words})\b"))
    for kind, words in _SCOPES.items()
)
_PROVISO = re.compile(
    r"(?:provided(?:, however,)? that|(?:this (?:provision|paragraph|sub-?paragraph)|the foregoing) (?:shall|does) not"
    r"|sous réserve que|à condition que|при условии,? что)\b",
)
_OF = r"nothing in|notwithstanding|(?:none of )?the provisions of|rien dans|les dispositions d[ue]|ничто в|положения"
_ARTICLE = re.compile(
    rf"(?:{_OF}) (?:any (?:other )?provisions? of )?(?:{_THIS}) (?:article|статье|статьи)\b",
)
_LIMITING = re.compile(r"nothing in|notwithstanding|nonobstant|ничто в")
_PARAGRAPH = re.compile(
    rf"(?:(?:{_OF}|nonobstant)(?: (?:the provisions of|les dispositions du))? )?"
    r"(?:paragraphs?|le paragraphe|пункта?|пункте) (\d{1,3})\b(?P<rest>.*)",
    re.DOTALL,
)
_LIMITS = re.compile(r"(?:shall|does|do|may) not (?:apply|affect|prejudice)\b|ne s[’']appli|не применя")


MOST_ALIKE = 20
"""Definitions of one term, and limits or closing words in one place, that are each required; of more, see below."""


def companions(nodes: Sequence[Node]) -> list[set[int]]:
    """For each node the running numbers, from 1, that must accompany it, apart from what holds it.

    The steps grow with the text and not with its square, whatever a text repeats.
    """
    found: list[set[int]] = [set() for _ in nodes]
    beside = _Beside(nodes)
    for index, node in enumerate(nodes):
        if node.kind is Kind.WRAP_UP and node.holder >= 0 and nodes[node.holder].kind is not Kind.PREAMBLE:
            _closing(nodes, beside, index, found)
        for limited in _limited(nodes, beside, index):
            for each in beside.tree(limited):
                found[each].add(index + 1)
            found[index].add(limited + 1)
    _definitions(nodes, beside, found)
    return [each - {index + 1} for index, each in enumerate(found)]


class _Beside:
    """Where each node stands among those its holder holds, and what it holds itself: a run of nodes after it."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.below: dict[int, list[int]] = {}
        self.place: list[int] = []
        self.labelled: dict[tuple[int, str], list[int]] = {}
        self.chapeaux: dict[int, list[int]] = {}
        self.closed: dict[int, list[int]] = {}
        self.limits: dict[int, list[int]] = {}
        self.end = list(range(1, len(nodes) + 1))
        for index, node in enumerate(nodes):
            siblings = self.below.setdefault(node.holder, [])
            self.place.append(len(siblings))
            siblings.append(index)
            if node.label:
                self.labelled.setdefault((node.holder, node.label.strip(".()")), []).append(index)
            if node.kind is Kind.CHAPEAU:
                self.chapeaux.setdefault(node.holder, []).append(index)
        for index in range(len(nodes) - 1, -1, -1):
            holder = nodes[index].holder
            if holder >= 0:
                self.end[holder] = max(self.end[holder], self.end[index])

    def tree(self, index: int) -> range:
        """A node and everything below it."""
        return range(index, self.end[index])


def _closing(nodes: Sequence[Node], beside: _Beside, index: int, found: list[set[int]]) -> None:
    """Closing words finish the sentence that the holder begins and each of its points goes on with.

    Where a holder has more than MOST_ALIKE of them, the further ones close only what follows the one before.
    """
    holder = nodes[index].holder
    if nodes[holder].words:
        found[holder].add(index + 1)
    closed = beside.closed.setdefault(holder, [])
    first, last = 0, len(beside.below[holder])
    if len(closed) >= MOST_ALIKE:
        first, last = beside.place[closed[-1]], beside.place[index]
    closed.append(index)
    for sibling in beside.below[holder][first:last]:
        for each in beside.tree(sibling) if nodes[sibling].kind is Kind.POINT else ():
            found[each].add(index + 1)
    found[index].update(each + 1 for each in beside.chapeaux.get(holder, [])[:MOST_ALIKE] if each < index)


def _limited(nodes: Sequence[Node], beside: _Beside, index: int) -> Sequence[int]:
    """What a proviso limits: the provision before it, the other ones of its article, or a paragraph it names.

    Of more than MOST_ALIKE that limit the same article, each further one is joined to the first, and so to them all.
    """
    node = nodes[index]
    words = node.words[:400].casefold()
    if node.holder < 0 or node.kind not in (Kind.PARAGRAPH, Kind.POINT):
        return []
    siblings, place = beside.below[node.holder], beside.place[index]
    if _PROVISO.match(words):
        return siblings[place - 1 : place] if place else []
    if _ARTICLE.match(words):
        limits = beside.limits.setdefault(node.holder, [])
        limits.append(index)
        return limits[:1] if len(limits) > MOST_ALIKE else [each for each in siblings if each != index]
    said = _PARAGRAPH.match(words)
    if said and node.kind is Kind.PARAGRAPH and (_LIMITING.match(words) or _LIMITS.search(said["rest"][:80])):
        return [each for each in beside.labelled.get((node.holder, said[1]), [])[:MOST_ALIKE] if each != index]
    return []


def _definitions(nodes: Sequence[Node], beside: _Beside, found: list[set[int]]) -> None:
    """A provision that uses a defined term is accompanied by the definition, where the definition holds.

    Of more than MOST_ALIKE definitions of one term for the same part of a text, the first ones count.
    """
    defined: dict[str, list[tuple[int, int]]] = {}
    alike: Counter[tuple[str, int]] = Counter()
    lengths: dict[str, set[int]] = {}
    scopes = _Scopes(nodes)
    for index, terms in _defined(nodes):
        scope = scopes.of(index)
        for term in {_key(term) for term in terms}:
            alike[term, scope] += 1
            if alike[term, scope] <= MOST_ALIKE:
                defined.setdefault(term, []).append((index, scope))
                tokens = _TOKEN.findall(term)
                lengths.setdefault(tokens[0], set()).add(len(tokens))
    for each, node in enumerate(nodes):
        for term in _used(node.words, defined, lengths):
            for index, scope in defined[term]:
                holds = scope < 0 or scope <= each < beside.end[scope]
                if holds and not index <= each < beside.end[index]:
                    found[each].add(index + 1)


_TOKEN = re.compile(r"\w+|\W")


def _key(term: str) -> str:
    """A term as it is looked for: its first letter may be written large or small."""
    return term[:1].casefold() + term[1:]


def _alone(said: str) -> set[str]:
    """What words are, and what they may be several of."""
    return {said, said.removesuffix("s"), said.removesuffix("es")}


def _used(words: str, defined: Container[str], lengths: dict[str, set[int]]) -> set[str]:
    """The terms that words use, alone or in the plural: looked up at each word, as long as terms may be."""
    tokens = _TOKEN.findall(words)
    used: set[str] = set()
    for place, token in enumerate(tokens):
        if place and not _is_word(token[:1]) and _is_word(tokens[place - 1][-1:]):
            continue
        for length in {length for first in _alone(_key(token)) for length in lengths.get(first, ())}:
            said = _key("".join(tokens[place : place + length]))
            following = tokens[place + length] if place + length < len(tokens) else ""
            if _is_word(said[-1:]) or not _is_word(following[:1]):
                used.update(term for term in _alone(said) if term in defined)
    return used


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _defined(nodes: Sequence[Node]) -> Iterable[tuple[int, list[str]]]:
    """Definitions: where they stand, and what they define."""
    for index, node in enumerate(nodes):
        first = _QUOTED.search(node.words)
        defines = _DEFINES.match(node.words, first.end()) if first and first.start() <= MAX_LEAD else None
        if first is None or defines is None:
            continue
        terms = [each[1].strip() for each in _QUOTED.finditer(node.words, first.start(), defines.end())]
        yield index, [term for term in terms if term]


def defines(words: str) -> bool:
    """Whether words explain a term that stands in quotation marks."""
    first = _QUOTED.search(words)
    return first is not None and first.start() <= MAX_LEAD and _DEFINES.match(words, first.end()) is not None


class _Scopes:
    """What definitions hold for, as they, what holds them, or the opening words beside those say."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes
        self._said: dict[int, tuple[Kind, ...]] = {}

    def of(self, index: int) -> int:
        """The node within which a definition holds, -1 for the whole text."""
        nodes, holders, place = self._nodes, [], index
        while nodes[place].holder >= 0:
            place = nodes[place].holder
            holders.append(place)
        # A chapeau beside the holders may say it: "For the purposes of this Section:".
        near = range(max(0, index - 40), index)
        chapeaux = [each for each in near if nodes[each].kind is Kind.CHAPEAU and nodes[each].holder in holders]
        said = {kind for each in (index, *holders, *chapeaux) for kind in self._kinds(each)}
        for kind, _ in _SCOPE:
            if kind in said:
                return next((each for each in holders if nodes[each].kind is kind), -1)
        return next((each for each in reversed(holders) if nodes[each].kind in (Kind.ANNEX, Kind.PROTOCOL)), -1)

    def _kinds(self, index: int) -> tuple[Kind, ...]:
        """The kinds of which a node says "for the purposes of this …", looked for once."""
        if index not in self._said:
            words = self._nodes[index].words.casefold()
            self._said[index] = tuple(kind for kind, pattern in _SCOPE if pattern.search(words))
        return self._said[index]
