"""`./run bench [NAME…]`: runs the benchmarks named, or all, and writes docs/benchmarks.md."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from bench import acts, audit, comparing, escrow, measures, proof, record, report, sealing, startup
from parley.cli import collect_rarely

ALL: dict[str, Callable[[], report.Section]] = {
    "acts": acts.accepted,
    "latency": acts.latency,
    "sealing": sealing.run,
    "audit": audit.run,
    "startup": startup.run,
    "comparing-page": comparing.page,
    "comparing-redline": comparing.redlining,
    "articulating": proof.articulating,
    "excerpts": proof.excerpts,
    "record": record.run,
    "escrow": escrow.run,
    "obligations": measures.run,
}


def main() -> int:
    names = sys.argv[1:] or list(ALL)
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"bench: no benchmark named {unknown[0]}; there are: {', '.join(ALL)}", file=sys.stderr)
        return 2
    collect_rarely()  # as the program does
    sections = []
    for name in names:
        began = time.monotonic()
        print(f"{name} …", file=sys.stderr, flush=True)
        section = ALL[name]()
        sections.append(section)
        print(section.text(), flush=True)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    report.write(sections, whole=not sys.argv[1:])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
