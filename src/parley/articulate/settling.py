"""What a run of headings and words turns out to be once all of it is read: recitals, headings, closing words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from parley.articulate import numbering
from parley.document import Answer
from parley.identifiers import Kind

_AGREED = re.compile(
    r"\b(?:ha(?:ve|s) agreed|(?:sont|ont|est) convenu|han convenido|договорились|согласились)", re.IGNORECASE
)
_DIVISIONS = (Kind.ANNEX, Kind.PROTOCOL, Kind.PART, Kind.TITLE, Kind.CHAPTER, Kind.SECTION, Kind.ARTICLE)


@dataclass(kw_only=True, slots=True)
class Node:
    """A provision in the making. `rank` orders nesting: a node holds what follows it with a higher rank."""

    kind: Kind
    rank: int
    label: str = ""
    heading: str = ""
    words: str = ""
    holder: int = -1
    answers: list[Answer] = field(default_factory=list)
    line: int = 0
    style: str = ""
    notes: list[str] = field(default_factory=list)


def settled(nodes: list[Node]) -> list[Node]:
    """The nodes as provisions: each step looks at what the steps before it left."""
    nodes = _continued(nodes)
    nodes = _headed(nodes)
    _preamble(nodes)
    _recitals(nodes)
    return _absorbed(nodes)


def _below(nodes: Sequence[Node]) -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for index, node in enumerate(nodes):
        children.setdefault(node.holder, []).append(index)
    return children


def _continued(nodes: list[Node]) -> list[Node]:
    """Words between two points of one run belong to the first: its closing words, or more of its own."""
    absorbed: dict[int, int] = {}
    children = _below(nodes)
    for below in children.values():
        for place, index in enumerate(below):
            following = nodes[below[place + 1]].kind if place + 1 < len(below) else None
            if nodes[index].kind is not Kind.WRAP_UP or following is not Kind.POINT:
                continue
            before = below[place - 1]
            if before in children:
                nodes[index].holder = before
            else:
                nodes[before].words += f"\n\n{nodes[index].words}"
                nodes[before].answers += nodes[index].answers
                nodes[before].notes += nodes[index].notes
                absorbed[index] = before
    return _without(nodes, absorbed)


def _headed(nodes: list[Node]) -> list[Node]:
    """ "Article 4" and under it a line that reads as a heading: that is its heading, when words follow."""
    absorbed: dict[int, int] = {}
    children = _below(nodes)
    for index, node in enumerate(nodes):
        below = children.get(index, [])
        if node.kind not in _DIVISIONS or not node.label or node.heading or not below:
            continue
        first = nodes[below[0]]
        titled = first.kind is Kind.SECTION and not first.label and not node.words
        if len(below) == 1 and titled:
            node.heading = first.heading
            node.notes += first.notes
            absorbed[below[0]] = index
            continue
        if len(below) == 1 and below[0] not in children:
            continue
        if is_plain(first) and not first.answers and numbering.is_title(first.words):
            node.heading = first.words
            node.notes += first.notes
            absorbed[below[0]] = index
    return _without(nodes, absorbed)


def _preamble(nodes: list[Node]) -> None:
    """Words before the first heading that end in "have agreed as follows" are a preamble, its opening words first."""
    first = next((place for place, node in enumerate(nodes) if not is_plain(node) or node.holder >= 0), len(nodes))
    last = next((place for place in range(first - 1, 0, -1) if _AGREED.search(nodes[place].words)), 0)
    opening = next((place for place in range(last) if nodes[place].words.endswith(",")), last)
    if opening >= last:
        return
    nodes[opening].kind = Kind.PREAMBLE
    for place in range(opening + 1, last + 1):
        nodes[place].kind = Kind.WRAP_UP if place == last else Kind.RECITAL
        nodes[place].holder = opening


def _recitals(nodes: Sequence[Node]) -> None:
    """Words under a preamble are recitals."""
    for node in nodes:
        if node.holder >= 0 and nodes[node.holder].kind is Kind.PREAMBLE and node.kind is Kind.PARAGRAPH:
            node.kind = Kind.RECITAL


def _absorbed(nodes: list[Node]) -> list[Node]:
    """Give a division its only unnumbered words as its own; call words before numbered ones a chapeau."""
    children = _below(nodes)
    absorbed: dict[int, int] = {}
    for holder, below in children.items():
        first = nodes[below[0]]
        if holder < 0 or nodes[holder].kind is Kind.PREAMBLE or not is_plain(first):
            continue
        points = children.get(below[0], [])
        if len(below) == 1 and all(nodes[index].kind is not Kind.PARAGRAPH for index in points):
            # The division's only words are its own; points that follow them hang from the division.
            nodes[holder].words = first.words
            nodes[holder].answers += first.answers
            nodes[holder].notes += first.notes
            absorbed[below[0]] = holder
            continue
        introduced = next((place for place, index in enumerate(below) if not is_plain(nodes[index])), 0)
        before = nodes[below[introduced - 1]] if introduced else None
        if before and is_numbered(nodes[below[introduced]]) and below[introduced - 1] not in children:
            before.kind = Kind.CHAPEAU
    return _without(nodes, absorbed)


def is_plain(node: Node) -> bool:
    """Whether a node is words without a number."""
    return node.kind is Kind.PARAGRAPH and not node.label


def is_numbered(node: Node) -> bool:
    """Whether a node is a paragraph or a point with a number."""
    return node.kind in (Kind.PARAGRAPH, Kind.POINT) and bool(node.label)


def _without(nodes: list[Node], absorbed: dict[int, int]) -> list[Node]:
    """The nodes that are left, their holders renumbered."""
    place: dict[int, int] = {-1: -1}
    left: list[Node] = []
    for index, node in enumerate(nodes):
        if index in absorbed:
            place[index] = place[absorbed[index]]
            continue
        place[index] = len(left)
        left.append(replace(node, holder=place[node.holder]))
    return left
