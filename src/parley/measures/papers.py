"""A paper under an agreement as the folds see it: who sent it to whom, its four times, and what it says.

The four times name their evidence: `sent` is the sender's claim, `made` the paper's entry in the log, `informed` the
depositary's notice to a party, `received` that party's receipt. Folds take papers in any order and sort them by entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from parley.canonical import Time
from parley.crypto import Digest
from parley.measures.content import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """An opened paper under an agreement. `to` are those from whom action is asked; who is only informed is not there.

    `answers` is the paper to which it replies, `replaces` the earlier one of its sender whose place it takes. `entry`
    is its place in the log: no two papers have the same.
    """

    reference: str
    digest: Digest
    sender: str
    to: tuple[str, ...]
    entry: int
    sent: Time
    made: Time
    informed: Mapping[str, Time]
    received: Mapping[str, Time]
    answers: Digest | None
    content: Content
    replaces: Digest | None = None


def in_order(papers: Iterable[Filed], *, agreement: str) -> tuple[Filed, ...]:
    """The papers under one agreement that count, by their place in the log: tests are left out.

    A paper that is given twice is one. No sound log has two in one place; were they given, their digests order them.
    """
    found = {paper.digest: paper for paper in papers if paper.content.agreement == agreement and not paper.content.test}
    return tuple(sorted(found.values(), key=lambda paper: (paper.entry, paper.digest)))
