"""Many evidence files verified in one sitting: what held once, over the same bytes and keys, is not verified again.

A record's files repeat the full powers and enrolments behind their acts, and end in the same checkpoint, so that each
proves by itself. A sitting is passed from file to file by whoever verifies them. It remembers under everything that a
check looks at, byte for byte and not under a hash of it, and remembers only what held: a file with one byte changed
is verified as if it were alone, and no verdict is another than it would be without a sitting.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from parley import canonical, statement
from parley.act import KINDS, Genesis, RegisterAct
from parley.checkpoint import SignedCheckpoint, open_checkpoint
from parley.crypto import PublicKeys, VerifyingKey
from parley.evidence import Item, Kind, read_item
from parley.note import NoteKey
from parley.statement import KeyOf, Signed, Unverified


class Sitting:
    """What held so far. It belongs to one piece of work, and ends with it."""

    def __init__(self) -> None:
        self._items: dict[tuple[Kind, bytes], Item] = {}
        self._keys: dict[PublicKeys, VerifyingKey] = {}
        self._log_keys: dict[str, NoteKey] = {}
        self._checkpoints: dict[tuple[str, tuple[NoteKey, ...]], SignedCheckpoint] = {}
        self._statements: dict[tuple[Unverified, tuple[PublicKeys | None, ...]], Signed] = {}

    def item(self, value: dict[str, Any], kind: Kind) -> Item:
        """`read_item`, of what supports other acts: any other act stands in one file. Raises: Malformed, Invalid."""
        if not _supports(value):
            return read_item(value, kind)
        known = (kind, canonical.encode(value))  # the bytes that stand in the file
        if known not in self._items:
            self._items[known] = read_item(value, kind)
        return self._items[known]

    def key(self, public: PublicKeys) -> VerifyingKey:
        """The key set of these public keys, parsed. Raises: Malformed."""
        if public not in self._keys:
            self._keys[public] = VerifyingKey(public)
        return self._keys[public]

    def log_key(self, text: str) -> NoteKey:
        """`NoteKey.parse`. Raises: Malformed."""
        if text not in self._log_keys:
            self._log_keys[text] = NoteKey.parse(text)
        return self._log_keys[text]

    def checkpoint(self, text: str, keys: Iterable[NoteKey]) -> SignedCheckpoint:
        """`open_checkpoint`. Raises: Malformed, Invalid."""
        known = (text, tuple(keys))
        if known not in self._checkpoints:
            self._checkpoints[known] = open_checkpoint(*known)
        return self._checkpoints[known]

    def statement(self, unverified: Unverified, key_of: KeyOf) -> Signed:
        """`statement.verify`, under the keys that the act names. Raises: Malformed, Invalid."""
        keys = tuple(map(key_of, unverified.act.by.keys))
        known = (unverified, tuple(key.public if key else None for key in keys))
        if known not in self._statements:
            self._statements[known] = statement.verify(unverified, key_of)
        return self._statements[known]


_SUPPORT = frozenset(statement.type_of(kind) for kind, act in KINDS.items() if issubclass(act, Genesis | RegisterAct))


def _supports(value: dict[str, Any]) -> bool:
    """Whether an item says that it is of a register or the genesis; nothing else is looked at."""
    envelope = value.get("act")
    kind = envelope.get("payloadType") if isinstance(envelope, dict) else None
    return isinstance(kind, str) and kind in _SUPPORT


__all__ = ["Sitting"]
