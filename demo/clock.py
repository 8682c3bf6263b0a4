"""The clock of the story: a file that says which moment of 2021 or 2022 it was at which moment of today.

Every program of the demo reads the same file, so that depositary and parties agree on the time as they would at work.
The product has no such switch: its depositary and its client take a clock from whoever starts them, and the `parley`
command gives them the machine's.
"""

from __future__ import annotations

import time
from pathlib import Path

from parley.canonical import Time


class StoryClock:
    """Gives the time of the story, UTC milliseconds; it runs on between two settings as any clock does."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def set(self, moment: str) -> Time:
        """Turn the clock to a moment such as `2022-01-26T17:16:00.000Z`, for every program that reads the file."""
        at = Time.from_text(moment)
        scratch = self._file.with_suffix(".new")
        scratch.write_text(f"{int(at)} {time.time_ns() // 1_000_000}\n", "ascii")
        scratch.replace(self._file)
        return at

    def __call__(self) -> Time:
        story, real = (int(number) for number in self._file.read_text("ascii").split())
        return Time(story + time.time_ns() // 1_000_000 - real)
