"""What obligations cost: a million notices of fifty-seven parties folded from nothing, and one more of them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, date, timedelta

from bench.report import Section, median
from parley.canonical import Time
from parley.cli.templates import read
from parley.crypto import Digest
from parley.measures.agreement import Agreement
from parley.measures.agreement_file import read_agreement
from parley.measures.content import Content
from parley.measures.obligations import Obligations
from parley.measures.papers import Filed

PARTIES, YEARS, EACH = 57, 20, 880
"""Papers of each party a year: about a million in all."""
DAY = 86_400_000
RUNS = 200


def run() -> Section:
    """Under the Vienna Document: notices of exercises over the threshold, each to all others."""
    data = read("vienna-document-2011")
    agreement, text = read_agreement(data), Digest(hashlib.sha256(data).digest())
    parties = {f"p{number:02}": UTC for number in range(PARTIES)}
    state = Obligations.start(agreement, text, parties)
    *papers, last = _papers(agreement, tuple(parties))
    began = time.perf_counter()
    for paper in papers:
        state = state.with_paper(paper)
    folded = time.perf_counter() - began
    one = median(lambda: state.with_paper(last), RUNS)
    after = state.with_paper(last)
    now = Time(last.made + DAY)
    told = median(lambda: after.about(last.digest, now), RUNS)
    began = time.perf_counter()
    for paper in papers:
        hashlib.sha256(paper.digest).digest()
    raw = time.perf_counter() - began
    count = len(papers)
    return Section(
        name="obligations",
        title="Who owes what, after a million papers",
        method=f"{count:,} notices under the Vienna Document, {PARTIES} parties, {YEARS} years, in memory. One core.",
        columns=("work", "time", "against raw hashing of as many digests"),
        rows=(
            ("raw hashing", f"{raw:.2f} s", "1.0"),
            ("fold all papers from nothing", f"{folded:.1f} s", f"{folded / raw:.0f}"),
            ("one paper more", f"{1e6 * one:.0f} µs", ""),
            ("what that paper has changed, judged", f"{1e3 * told:.2f} ms", ""),
        ),
        reading=(
            f"Aim: one more act under 5 ms. Seen: {1e3 * (one + told):.2f} ms. What an obligation came to is worked "
            "out when it is asked for; everybody's obligations of twenty years at once take minutes."
        ),
    )


def _papers(agreement: Agreement, parties: tuple[str, ...]) -> Iterator[Filed]:
    first = date(2012, 1, 1)
    content = {
        start: Content(
            agreement=agreement.id,
            form="exercise",
            items={"start": first + timedelta(days=start), "troops": 9000 + start % 4000, "kind": "land"},
        )
        for start in range(365 * YEARS)
    }
    base = Time.from_text("2012-01-01T00:00:00.000Z")
    for entry in range(PARTIES * YEARS * EACH):
        sender = parties[entry % PARTIES]
        made = Time(base + entry * (365 * YEARS * DAY // (PARTIES * YEARS * EACH)))
        day = min((made - base) // DAY + 50, 365 * YEARS - 1)
        yield Filed(
            reference=f"{sender.upper()}-{entry}",
            digest=Digest(hashlib.sha256(entry.to_bytes(8, "big")).digest()),
            sender=sender,
            to=parties,
            entry=entry,
            sent=made,
            made=made,
            informed={},
            received={},
            answers=None,
            content=content[day],
        )
