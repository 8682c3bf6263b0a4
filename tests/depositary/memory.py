"""Stores in memory, for tests: a second hand at the same protocol. They forget all when the process ends."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from parley.canonical import Time
from parley.crypto import Digest, KeySetId, Nonce, sha256
from parley.depositary.store import Blobs, Head, Holding, Invited, Row, Store, fitting
from parley.errors import Malformed, Refused, Unavailable
from parley.wire import LARGEST_PAGE_BYTES


class MemoryStore(Store):
    """The entries in a list."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._note = ""
        self._rows: list[Row] = []
        self._places: dict[Digest, int] = {}
        self._nonces: dict[tuple[KeySetId, Nonce], int] = {}
        self._chains: dict[str, list[int]] = {}
        self._invitations: dict[Digest, Invited] = {}
        self._keyboxes: dict[str, bytes] = {}
        self._holdings: dict[tuple[Digest, str], Holding] = {}

    def check(self) -> None:
        """Memory is believed."""

    def close(self) -> None:
        """Nothing is under way."""

    def head(self) -> Head:
        with self._lock:
            return Head(size=len(self._rows), note=self._note)

    def append(self, expected: int, rows: Sequence[Row], note: str, *, used: Sequence[Digest] = ()) -> None:
        with self._lock:
            if expected != len(self._rows):
                raise Unavailable("store.head-moved")
            self._check_unique(expected, rows)
            for row in rows:
                self._rows.append(replace(row, nonces=()))
                self._places[row.digest] = row.index
                self._nonces |= dict.fromkeys(row.nonces, row.index)
                self._chains.setdefault(row.chain, []).append(row.index)
            for code in used:
                if code in self._invitations:
                    self._invitations[code] = replace(self._invitations[code], used=True)
            self._note = note

    def _check_unique(self, expected: int, rows: Sequence[Row]) -> None:
        digests = [row.digest for row in rows]
        nonces = [nonce for row in rows for nonce in row.nonces]
        lengths = {chain: len(places) for chain, places in self._chains.items()}
        for index, row in enumerate(rows, start=expected):
            if row.index != index or row.number != lengths.get(row.chain, 0):
                raise Unavailable("store.not-unique")
            lengths[row.chain] = row.number + 1
        known = any(item in self._places for item in digests) or any(item in self._nonces for item in nonces)
        if known or len(set(digests)) != len(digests) or len(set(nonces)) != len(nonces):
            raise Unavailable("store.not-unique")

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        with self._lock:
            return iter(self._rows[start:stop])

    def entries(self, start: int, stop: int) -> list[bytes]:
        with self._lock:
            return [row.entry for row in self._rows[start:stop]]

    def find(self, digest: Digest) -> int | None:
        return self._places.get(digest)

    def find_all(self, digests: Collection[Digest]) -> dict[Digest, int]:
        return {digest: self._places[digest] for digest in digests if digest in self._places}

    def find_nonces(self, nonces: Collection[tuple[KeySetId, Nonce]]) -> dict[tuple[KeySetId, Nonce], Digest]:
        return {nonce: self._rows[self._nonces[nonce]].digest for nonce in nonces if nonce in self._nonces}

    def chain(self, chain: str, start: int, limit: int, most: int = LARGEST_PAGE_BYTES) -> list[tuple[int, bytes]]:
        with self._lock:
            places = self._chains.get(chain, [])[start : start + limit]
            count = fitting([len(self._rows[place].act) for place in places], most)
            return [(place, self._rows[place].act) for place in places[:count]]

    def invite(self, code: Digest, invited: Invited) -> None:
        with self._lock:
            if code in self._invitations:
                raise Unavailable("store.not-unique")
            self._invitations[code] = invited

    def invitation(self, code: Digest) -> Invited | None:
        return self._invitations.get(code)

    def keybox(self, party: str) -> bytes | None:
        return self._keyboxes.get(party)

    def put_keybox(self, party: str, box: bytes) -> None:
        self._keyboxes[party] = bytes(box)

    def hold(self, holding: Holding) -> None:
        self._holdings.setdefault((holding.digest, holding.party), holding)

    def holding(self, digest: Digest, party: str) -> Holding | None:
        return self._holdings.get((digest, party))

    def holdings(self, before: Time) -> list[Holding]:
        return [holding for holding in self._holdings.values() if holding.since < before]

    def let_go(self, digest: Digest, party: str) -> bool:
        with self._lock:
            self._holdings.pop((digest, party), None)
            return any(known == digest for known, _ in self._holdings)


class MemoryBlobs(Blobs):
    """Sealed parts in a dictionary."""

    def __init__(self) -> None:
        self._parts: dict[Digest, bytes] = {}
        self._uploads: dict[tuple[Digest, str], bytearray] = {}

    def length(self, digest: Digest) -> int | None:
        part = self._parts.get(digest)
        return None if part is None else len(part)

    def offset(self, digest: Digest, party: str) -> int:
        return len(self._uploads.get((digest, party), b""))

    def write(self, digest: Digest, party: str, offset: int, piece: bytes) -> int:
        upload = self._uploads.setdefault((digest, party), bytearray())
        if offset != len(upload):
            raise Refused("upload.offset", offset=len(upload))
        upload += piece
        return len(upload)

    def finish(self, digest: Digest, party: str) -> int:
        upload = bytes(self._uploads.pop((digest, party), b""))
        if sha256(upload) != digest:
            raise Malformed("upload.digest")
        self._parts[digest] = upload
        return len(upload)

    def uploads(self) -> list[tuple[str, Digest, int]]:
        return [(party, digest, len(upload)) for (digest, party), upload in self._uploads.items()]

    def free(self) -> int:
        return 1 << 40  # memory that runs out ends the process

    def whole(self) -> list[tuple[Digest, str]]:
        return [mark for mark, upload in self._uploads.items() if sha256(bytes(upload)) == mark[0]]

    def read(self, digest: Digest, start: int, stop: int) -> Iterator[bytes]:
        if digest not in self._parts:
            raise Unavailable("blobs.missing")
        yield self._parts[digest][start:stop]

    def delete(self, digest: Digest) -> None:
        self._parts.pop(digest, None)

    def all(self) -> Iterator[Digest]:
        return iter(list(self._parts))

    def sweep(self, before: Time) -> int:  # noqa: ARG002 - uploads in memory have no time: none is old
        return 0
