"""What a benchmark returns, and how docs/benchmarks.md is written from it."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).parent.parent / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `./run bench`; do not edit. Each figure stands beside a limit that the same run took on the same machine: raw
signature checks, raw hashing, the raw cipher, raw durable inserts. Read the ratios; the absolute figures are one
machine's, and a shared one's. Nothing here is asserted by a test.

"""


@dataclass(frozen=True, slots=True)
class Section:
    """One benchmark's table: a title, what was done, the column names, the rows, and where the time goes."""

    name: str
    title: str
    method: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    reading: str

    def text(self) -> str:
        widths = [max(len(row[i]) for row in (self.columns, *self.rows)) for i in range(len(self.columns))]
        lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(self.columns, widths, strict=True)) + " |"]
        lines.append("|" + "|".join("-" * (width + 2) for width in widths) + "|")
        for row in self.rows:
            lines.append("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        table = "\n".join(lines)
        return f"## {self.title}\n<!-- {self.name} -->\n{self.method}\n\n{table}\n\n{self.reading}\n\n"


def median(work: Callable[[], object], runs: int) -> float:
    """Seconds that `work` takes: the median of so many runs."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def machine() -> str:
    python = f"CPython {platform.python_version()}"
    return f"Machine of this run: {os.cpu_count()} cores, {platform.machine()}, {python}.\n\n"


def write(sections: list[Section], *, whole: bool) -> None:
    """Write all sections, or replace only those that ran again."""
    if whole or not TARGET.exists():
        TARGET.write_text(HEAD + machine() + "".join(section.text() for section in sections), "utf-8")
        return
    parts = TARGET.read_text("utf-8").split("\n## ")
    for section in sections:
        fresh = section.text().removeprefix("## ").rstrip("\n") + "\n"
        places = [i for i, part in enumerate(parts) if f"<!-- {section.name} -->" in part]
        if places:
            parts[places[0]] = fresh
        else:
            parts.append(fresh)
    TARGET.write_text("\n## ".join(part.rstrip("\n") + "\n" for part in parts), "utf-8")
