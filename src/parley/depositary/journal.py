"""What an operator reads: one line of JSON for each event, without any secret and without any party's words."""

from __future__ import annotations

import json
from collections.abc import Callable

from parley.canonical import Time

Now = Callable[[], Time]
"""The clock: passed in, so that a test can turn it."""


class Journal:
    """Writes events as lines; `write` takes one line, with its line feed."""

    def __init__(self, write: Callable[[str], object], now: Now) -> None:
        self._write, self._now = write, now

    def note(self, event: str, /, **fields: str | int) -> None:
        """Write one event. Fields are codes, counts, indexes, party ids: never text, keys, nonces or invitations."""
        line = {"time": self._now().to_text(), "event": event, **fields}
        self._write(json.dumps(line, ensure_ascii=True) + "\n")
