"""How much a party may have brought that no act names: what is named is the business of those who exchange it."""

from __future__ import annotations

import threading
from collections.abc import Container, Iterable

from parley.crypto import Digest
from parley.errors import Refused

LEAST = 64 << 10
"""Bytes that any part counts as: a small one, too, takes a file and a row."""


class Quota:
    """Bytes by party and part that no act names, whole or under way. A cache: `fill` makes it anew."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._parts: dict[str, dict[Digest, int]] = {}

    def fill(self, parts: Iterable[tuple[str, Digest, int]]) -> None:
        """Count exactly these: party, part, bytes."""
        with self._lock:
            self._parts = {}
            for party, digest, length in parts:
                self._parts.setdefault(party, {})[digest] = max(length, LEAST)

    def take(self, party: str, digest: Digest, length: int, named: Container[Digest]) -> None:
        """Count a part that a party brings; what `named` holds counts no more. Raises: Refused when it is too much."""
        with self._lock:
            parts = self._parts.setdefault(party, {})
            for known in [known for known in parts if known in named]:
                del parts[known]
            total = sum(parts.values()) - parts.get(digest, 0) + max(length, LEAST)
            if total > self.most:
                raise Refused("upload.quota", most=self.most)
            parts[digest] = max(length, LEAST)

    def give_back(self, party: str, digest: Digest) -> None:
        """Count a part no more: it is gone."""
        with self._lock:
            self._parts.get(party, {}).pop(digest, None)
