"""What is known of a paper where answers are looked for: its provisions in a tree, their names, what they answer.

Of a document everything is known; of a paper that was released in part, what the leaves shown say of themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parley.crypto import Digest
from parley.disclosure import Leaf
from parley.document import Answer, Document, Provision
from parley.identifiers import ABBREVIATIONS, Kind, is_identifier


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One provision: what it is, as far as its identifier says; what it is called; what holds it, 0 for nothing known.

    `torn`: it lies in an article that is not known.
    """

    number: int
    kind: Kind | None
    name: str
    parent: int
    answers: tuple[Answer, ...]
    torn: bool = False


class Outline:
    """The provisions known of a paper that has `total`, in order.

    `later` are provisions of later language versions, and which of the first version each is: itself where there is
    none such.
    """

    def __init__(
        self, *, reference: str, digest: Digest, total: int, parts: Sequence[Part], later: Mapping[int, int]
    ) -> None:
        self.reference, self.digest, self.total = reference, digest, total
        self.parts, self.later = tuple(parts), later
        self._by_number = {part.number: part for part in parts}
        self._children: dict[int, list[Part]] = {}
        for part in parts:
            self._children.setdefault(part.parent, []).append(part)

    def find(self, number: int) -> Part | None:
        """The provision of this number, where it is known."""
        return self._by_number.get(number)

    def name(self, number: int) -> str:
        """What a provision that is known is called."""
        return self._by_number[number].name

    def children(self, number: int) -> Sequence[Part]:
        """What it holds itself."""
        return self._children.get(number, ())

    def holders(self, number: int) -> tuple[Part, ...]:
        """A provision and everything known that holds it, outermost first; empty where it is not known."""
        found: list[Part] = []
        part = self.find(number)
        while part is not None:
            found.append(part)
            part = self.find(part.parent)
        return tuple(reversed(found))

    def below(self, number: int) -> list[int]:
        """A provision and everything known that it holds, in order."""
        found, waiting = [], [number]
        while waiting:
            found.append(waiting.pop())
            waiting += [part.number for part in self.children(found[-1])]
        return sorted(found)


# --- of a document ----------------------------------------------------------------------------------------------


def of_document(document: Document, *, reference: str, digest: Digest) -> Outline:
    """The outline of a whole paper."""
    last = document.languages[0].last
    first = {each.w_id: each.number for each in document.provisions[:last]}
    return Outline(
        reference=reference,
        digest=digest,
        total=len(document.provisions),
        parts=[
            Part(
                number=each.number,
                kind=each.kind,
                name=called(document, each.number),
                parent=each.parent,
                answers=each.answers,
            )
            for each in document.provisions
        ],
        later={each.number: first.get(each.w_id, each.number) for each in document.provisions[last:]},
    )


def called(document: Document, number: int) -> str:
    """What a person calls a provision: its own name with the numbers above it, or the first of its words."""
    lineage = document.lineage(number)
    own = lineage[-1]
    if own.kind in _NAMED_ALONE and own.label:
        return own.name
    steps = [step.label or step.heading for step in lineage if step.label or step.heading]
    if own.name:
        return " ".join([*steps[:-1], own.name])
    return " ".join([*steps, _first_words(own)])


_NAMED_ALONE = frozenset({Kind.ARTICLE, Kind.SECTION, Kind.CHAPTER, Kind.PART, Kind.ANNEX})
_SHOWN_WORDS = 8


def _first_words(provision: Provision | Leaf) -> str:
    words = provision.words.split(" ")
    text = " ".join(words[:_SHOWN_WORDS])[:80].split("\n")[0]
    return f"“{text} …”" if len(text) < len(provision.words) else f"“{text}”"


# --- of what was released ---------------------------------------------------------------------------------------

_KINDS = {abbreviation: kind for kind, abbreviation in ABBREVIATIONS.items() if kind is not Kind.PROTOCOL}
_BETWEEN = " — "


def of_leaves(leaves: Sequence[Leaf], *, reference: str, digest: Digest, total: int) -> Outline:
    """The outline of what is shown of a paper: proven leaves, in order, each once.

    What holds what is read from the author's own identifiers, and from those for life what is the same in another
    language. A leaf whose identifier is none stands by itself.
    """
    placed: dict[str, dict[str, Leaf]] = {}
    first: dict[str, Leaf] = {}
    for leaf in leaves:
        first.setdefault(leaf.w_id, leaf)
        if is_identifier(leaf.e_id):
            placed.setdefault(leaf.language, {}).setdefault(leaf.e_id, leaf)
    return Outline(
        reference=reference,
        digest=digest,
        total=total,
        parts=[_part(leaf, placed.get(leaf.language, {})) for leaf in leaves],
        later={leaf.number: first[leaf.w_id].number for leaf in leaves if first[leaf.w_id].language != leaf.language},
    )


def _part(leaf: Leaf, placed: Mapping[str, Leaf]) -> Part:
    own = leaf.e_id if is_identifier(leaf.e_id) else ""
    steps = own.split("__")
    above = ["__".join(steps[:count]) for count in range(1, len(steps))]
    known = [placed[e_id] for e_id in above if e_id in placed]
    articles = [e_id for e_id in above if _kind(e_id) is Kind.ARTICLE]
    return Part(
        number=leaf.number,
        kind=_kind(own),
        name=_leaf_name(leaf, _kind(own), known[-1] if known else None),
        parent=known[-1].number if known else 0,
        answers=leaf.answers,
        torn=bool(articles) and not any(e_id in placed for e_id in articles),
    )


def _kind(e_id: str) -> Kind | None:
    step = e_id.rpartition("__")[2]
    return Kind.PROTOCOL if step.startswith("att_protocol") else _KINDS.get(step.partition("_")[0])


def _leaf_name(leaf: Leaf, kind: Kind | None, holder: Leaf | None) -> str:
    """As `called`, from a path: its last step is the provision's own name, unless it is the path of what holds it."""
    path = [step for step in leaf.path if step]
    if path and kind in _NAMED_ALONE:
        return path[-1]
    labels = [step.partition(_BETWEEN)[0] for step in path]
    nameless = holder is not None and leaf.path == holder.path
    return " ".join([*labels, _first_words(leaf)] if nameless or not path else [*labels[:-1], path[-1]])


__all__ = ["Outline", "Part", "called", "of_document", "of_leaves"]
