"""Tables of what runs in several negotiations: one for each, under its handle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from parley.cli.session import Session
from parley.words import say
from parley.words.table import table

if TYPE_CHECKING:
    from parley.client import Delegation


def parties_of(delegation: Delegation, handle: str | None) -> tuple[str, ...]:
    """Every party of a negotiation by its short name; without a handle, of all. Raises: Refused for an unknown one."""
    wanted = delegation.negotiations() if handle is None else (delegation.negotiation(handle),)
    return tuple(dict.fromkeys(party for each in wanted for party in each.parties))


def print_by_negotiation(
    session: Session,
    head: Sequence[str],
    found: Iterable[tuple[str, Sequence[str]]],
    *,
    several: bool,
    beneath: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Rows, each with the handle of its negotiation; the handle is said where this home has `several`.

    What is `beneath` a negotiation's table stands right under it.
    """
    rows: dict[str, list[Sequence[str]]] = {}
    for handle, row in found:
        rows.setdefault(handle, []).append(row)
    for handle, of in rows.items():
        if several:
            session.data(say("agreement.negotiation", handle=handle))
        session.data(table(head, of, plain=session.lines_only, most=session.width))
        session.data([*(beneath or {}).get(handle, ())])
