"""Tracked changes of a Word file, resolved before anything is read: every one accepted, or every one rejected.

Source: ECMA-376 part 1, 17.13.5 (revisions).
"""

from __future__ import annotations

from typing import Any

from parley.articulate.word.package import W

_CAME, _WENT = (W + "ins", W + "moveTo"), (W + "del", W + "moveFrom")
_FORMATS = tuple(
    W + name
    for name in (
        "pPrChange", "rPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "tcPrChange", "trPrChange",
        "tblGridChange", "numberingChange",
    )
)  # fmt: skip
_CELLS = (W + "cellIns", W + "cellDel", W + "cellMerge")
_ALL = (*_CAME, *_WENT, *_FORMATS, *_CELLS)
_RANGES = tuple(W + f"{name}Range{end}" for name in ("moveFrom", "moveTo") for end in ("Start", "End"))


def count(root: Any) -> int:
    """How many tracked changes a part holds."""
    return sum(1 for _ in root.iter(*_ALL))


def authors(root: Any) -> set[str]:
    """Who made them."""
    return {name for each in root.iter(*_ALL) if (name := each.get(W + "author"))}


def resolve(root: Any, *, accept: bool) -> None:
    """Make a part what it is once all its changes are accepted, or rejected. Formats and moves count as changes."""
    kept, lost = (_CAME, _WENT) if accept else (_WENT, _CAME)
    _formats(root, accept=accept)
    for row in list(root.iter(W + "tr")):
        if any(row.find(f"{W}trPr/{name}") is not None for name in lost):
            _remove(row)
    for cell in list(root.iter(W + "tc")):
        if cell.find(f"{W}tcPr/{W}{'cellDel' if accept else 'cellIns'}") is not None:
            _remove(cell)
    if not accept:
        for properties in list(root.iter(W + "numPr")):
            if properties.find(W + "ins") is not None:
                _remove(properties)
    _paragraph_ends(root, lost)
    for each in list(root.iter(*lost)):
        _remove(each)
    for each in list(root.iter(*kept)):
        _unwrap(each)
    for each in list(root.iter(*_CELLS, *_RANGES)):
        _remove(each)
    for each in list(root.iter(W + "delText", W + "delInstrText")):
        each.tag = W + ("t" if each.tag == W + "delText" else "instrText")


def _formats(root: Any, *, accept: bool) -> None:
    """Changed properties: those of now stay, or those of before come back."""
    for each in list(root.iter(*_FORMATS)):
        now = each.getparent()
        if now is None:
            continue
        before = each[0] if len(each) else None
        _remove(each)
        if not accept and before is not None and before.tag == now.tag:
            # A paragraph's mark has properties of its own, which are not among those that changed; nor are changes.
            own = (W + "rPr", W + "sectPr") if now.tag == W + "pPr" else ()
            now[:] = [*before, *(child for child in now if child.tag in (*own, *_ALL))]


def _paragraph_ends(root: Any, lost: tuple[str, ...]) -> None:
    """A paragraph whose end is gone runs on into the next, which keeps its own properties."""
    for paragraph in reversed(list(root.iter(W + "p"))):  # the last first, so that words move only once
        if not any(paragraph.find(f"{W}pPr/{W}rPr/{name}") is not None for name in lost):
            continue
        following = paragraph.getnext()
        while following is not None and following.tag != W + "p" and following.tag != W + "tbl":
            following = following.getnext()
        if following is None or following.tag != W + "p":
            continue
        runs = [child for child in paragraph if child.tag != W + "pPr"]
        first = 1 if len(following) and following[0].tag == W + "pPr" else 0
        following[first:first] = runs
        _remove(paragraph)


def _remove(element: Any) -> None:
    holder = element.getparent()
    if holder is not None:
        holder.remove(element)


def _unwrap(element: Any) -> None:
    """What an element holds, in its place. A mark in properties holds nothing, and goes."""
    holder = element.getparent()
    if holder is None:
        return
    place = holder.index(element)
    holder[place : place + 1] = list(element)
