"""What differs between two texts of an agreement: member by member, lists by the ids of what stands in them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from parley.measures.agreement import Agreement
from parley.measures.agreement_file import plain

Difference = tuple[str, Any, Any]
"""Where, as in `thresholds notifiable any 1 at_least`; what stood there, and what stands there: None for nothing."""


def differences(old: Agreement, new: Agreement) -> tuple[Difference, ...]:
    """Every place at which the second text is not as the first, in the order of the first."""
    return tuple(_between(plain(old), plain(new), ()))


def _between(old: Any, new: Any, at: tuple[str, ...]) -> Iterator[Difference]:
    if old == new:
        return
    before, after = _members(old), _members(new)
    if before is None or after is None:
        yield " ".join(at), old, new
        return
    for name in dict.fromkeys((*before, *after)):
        yield from _between(before.get(name), after.get(name), (*at, name))


def _members(value: Any) -> dict[str, Any] | None:
    """The members of a table, or what stands in a list by its id or its number; None for anything else."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list | tuple):
        return {
            str(each["id"]) if isinstance(each, dict) and "id" in each else str(number): each
            for number, each in enumerate(value, start=1)
        }
    return None
