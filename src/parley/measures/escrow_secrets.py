"""What is secret of each slot of an escrow, all of it from one seed.

    secrets_i = 272 bytes of the ChaCha20 stream (RFC 8439; nonce of zeros, counter from 0), from byte 272 i on, under
                the key SHA-256("parley/escrow-secrets/v1" LF seed version)

The version of a slot is the blind of the amendment that changed it last, and 32 zeros where none did. A blind is fresh
random bytes, so that two amendments of one escrow have no secret in common for what they change, even the same slot.

Seven salts of 32 bytes (existence, region, place, contents, key, use, counts), 32 for cuts and zones, 16 for a key at
random. No byte of a stream has two uses, so a salt that is shown tells nothing of any other. A million slots are one
stream and not a million hashes. Source: spec/escrow.md.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from parley.crypto import chacha20, tagged

SECRETS = 272
KEY_SALT, USE_SALT, COUNTS_SALT, RANDOM = (slice(at, at + 32) for at in (128, 160, 192, 224))
UNCHANGED = bytes(32)
"""The version of a slot that no amendment has changed."""
_NEAR = 16
"""Slots whose secrets are made at once when one is asked for: who opens all slots asks for them in order."""
_PIECE = 4096


class Secrets:
    """The secrets of all slots. `versions` has the version of each slot that an amendment has changed."""

    def __init__(self, seed: bytes, slots: int, versions: Mapping[int, bytes]) -> None:
        self.seed, self.slots, self.versions = seed, slots, versions
        self._changed = sorted(versions)
        self._near: tuple[int, bytes, bytes] = (-1, UNCHANGED, b"")

    def of(self, slot: int) -> bytes:
        """What is secret of one slot in its present version."""
        version, first = self.versions.get(slot, UNCHANGED), slot - slot % _NEAR
        if self._near[:2] != (first, version):
            self._near = (first, version, self._stream(version, first, _NEAR))
        at = (slot - first) * SECRETS
        return self._near[2][at : at + SECRETS]

    def each(self, layout: str) -> Iterator[tuple[bytes, ...]]:
        """The parts that `layout` names, as struct writes it, of every slot in its order."""
        unpack = struct.Struct(layout).iter_unpack
        for first in range(0, self.slots, _PIECE):
            count = min(_PIECE, self.slots - first)
            piece = self._stream(UNCHANGED, first, count)
            changed = self._changed[bisect_left(self._changed, first) : bisect_left(self._changed, first + count)]
            if changed:
                altered = bytearray(piece)
                for slot in changed:
                    at = (slot - first) * SECRETS
                    altered[at : at + SECRETS] = self.of(slot)
                piece = bytes(altered)
            yield from unpack(piece)

    def _stream(self, version: bytes, first: int, count: int) -> bytes:
        key = tagged("parley/escrow-secrets/v1", self.seed, version)
        return chacha20(key, first * SECRETS, count * SECRETS)
