"""What must accompany a provision beyond what holds it: closing words, definitions of its terms, provisos about it.

Only what can be seen in the words is found: a term in quotation marks that a definition explains, a proviso that says
what it limits. What is not found is not required; it may still matter, and a reader is told no more than this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

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


def companions(nodes: Sequence[Node]) -> list[set[int]]:
    """For each node the running numbers, from 1, that must accompany it, apart from what holds it."""
    found: list[set[int]] = [set() for _ in nodes]
    below: dict[int, list[int]] = {}
    for index, node in enumerate(nodes):
        below.setdefault(node.holder, []).append(index)
    for index, node in enumerate(nodes):
        if node.kind is Kind.WRAP_UP and node.holder >= 0 and nodes[node.holder].kind is not Kind.PREAMBLE:
            _closing(nodes, below, index, found)
        for limited in _limited(nodes, below, index):
            for each in _tree(below, limited):
                found[each].add(index + 1)
            found[index].add(limited + 1)
    _definitions(nodes, below, found)
    return [each - {index + 1} for index, each in enumerate(found)]


def _closing(nodes: Sequence[Node], below: dict[int, list[int]], index: int, found: list[set[int]]) -> None:
    """Closing words finish the sentence that the holder begins and each of its points goes on with."""
    holder = nodes[index].holder
    if nodes[holder].words:
        found[holder].add(index + 1)
    for beside in below[holder]:
        for each in _tree(below, beside) if nodes[beside].kind is Kind.POINT else ():
            found[each].add(index + 1)
    before = [each for each in below[holder] if each < index and nodes[each].kind is Kind.CHAPEAU]
    found[index].update(each + 1 for each in before)


def _limited(nodes: Sequence[Node], below: dict[int, list[int]], index: int) -> list[int]:
    """What a proviso limits: the provision before it, the other ones of its article, or a paragraph it names."""
    node = nodes[index]
    words = node.words[:400].casefold()
    beside = below[node.holder]
    if node.holder < 0 or node.kind not in (Kind.PARAGRAPH, Kind.POINT):
        return []
    if _PROVISO.match(words):
        return [each for each in beside if each < index][-1:]
    if _ARTICLE.match(words):
        return [each for each in beside if each != index]
    said = _PARAGRAPH.match(words)
    if said and node.kind is Kind.PARAGRAPH and (_LIMITING.match(words) or _LIMITS.search(said["rest"][:80])):
        return [each for each in beside if each != index and nodes[each].label.strip(".()") == said[1]]
    return []


def _definitions(nodes: Sequence[Node], below: dict[int, list[int]], found: list[set[int]]) -> None:
    """A provision that uses a defined term is accompanied by the definition, where the definition holds."""
    for index, terms, scope in _defined(nodes):
        within = range(len(nodes)) if scope < 0 else list(_tree(below, scope))
        any_ = "|".join(f"(?i:{re.escape(term[0])}){re.escape(term[1:])}" for term in terms)
        pattern = re.compile(rf"(?<!\w)(?:{any_})(?:e?s)?(?!\w)")
        for each in within:
            if each != index and not _above(nodes, index, each) and pattern.search(nodes[each].words):
                found[each].add(index + 1)


def _defined(nodes: Sequence[Node]) -> Iterable[tuple[int, list[str], int]]:
    """Definitions: where they stand, what they define, and what they hold for (-1: the whole text)."""
    for index, node in enumerate(nodes):
        first = _QUOTED.search(node.words)
        defines = _DEFINES.match(node.words, first.end()) if first and first.start() <= MAX_LEAD else None
        if first is None or defines is None:
            continue
        terms = [each[1].strip() for each in _QUOTED.finditer(node.words, first.start(), defines.end())]
        terms = [term for term in terms if term]
        yield index, terms, _scope(nodes, index)


def defines(words: str) -> bool:
    """Whether words explain a term that stands in quotation marks."""
    first = _QUOTED.search(words)
    return first is not None and first.start() <= MAX_LEAD and _DEFINES.match(words, first.end()) is not None


def _scope(nodes: Sequence[Node], index: int) -> int:
    said, holders, place = nodes[index].words, [], index
    while nodes[place].holder >= 0:
        place = nodes[place].holder
        holders.append(place)
        said = f"{nodes[place].words} {said}"
    # A chapeau beside the holders may say it: "For the purposes of this Section:".
    said += " ".join(
        node.words for node in nodes[max(0, index - 40) : index] if node.kind is Kind.CHAPEAU and node.holder in holders
    )
    for kind, pattern in _SCOPE:
        if pattern.search(said.casefold()):
            return next((each for each in holders if nodes[each].kind is kind), -1)
    return next((each for each in reversed(holders) if nodes[each].kind in (Kind.ANNEX, Kind.PROTOCOL)), -1)


def _tree(below: dict[int, list[int]], index: int) -> Iterable[int]:
    """A node and everything below it."""
    waiting = [index]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(below.get(each, []))


def _above(nodes: Sequence[Node], upper: int, lower: int) -> bool:
    """Whether one node holds the other, directly or through others."""
    while lower >= 0:
        lower = nodes[lower].holder
        if lower == upper:
            return True
    return False
