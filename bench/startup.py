"""How long `parley --help` takes, beside a bare interpreter and the help of an empty Click command."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.report import Section

RUNS = 21
EMPTY_CLICK = "import click\n@click.group()\ndef main(): pass\nmain(['--help'])"


def _median(command: list[str]) -> float:
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def run() -> Section:
    bare = _median([sys.executable, "-c", "pass"])
    click = _median([sys.executable, "-c", EMPTY_CLICK])
    parley = _median([str(Path(sys.executable).with_name("parley")), "--help"])
    rows = [
        (name, f"{1000 * seconds:.0f} ms", f"{seconds / click:.2f}")
        for name, seconds in (("python -c pass", bare), ("empty Click group --help", click), ("parley --help", parley))
    ]
    return Section(
        name="startup",
        title="Start-up",
        method=f"Median of {RUNS} runs of the whole process.",
        columns=("command", "median", "ratio to empty Click"),
        rows=tuple(rows),
        reading=f"Aim: help under 250 ms. Seen: {1000 * parley:.0f} ms.",
    )
