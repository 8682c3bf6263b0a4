"""The ledger: what one home has read in the log and verified, and what was signed here. One SQLite file.

Entries, acts and checkpoints prove themselves when they are read again; the few rows that nothing signs (numbers
compared, own references, settings) carry a sum. What is shown to a person is never kept here: it is folded from acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from parley.chain import Entry
from parley.crypto import Digest, Link, tagged
from parley.errors import Malformed, Unavailable

_SCHEMA = """
CREATE TABLE entry(place INTEGER PRIMARY KEY, data BLOB NOT NULL, link BLOB NOT NULL) STRICT;
CREATE INDEX entry_link ON entry(link);
CREATE TABLE act(place INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, envelope BLOB NOT NULL) STRICT;
CREATE TABLE checkpoint(size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT;
CREATE TABLE kept(kind TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, sum BLOB NOT NULL,
  PRIMARY KEY(kind, name)) STRICT, WITHOUT ROWID;
CREATE TABLE outbox(number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, envelope BLOB NOT NULL,
  purpose TEXT NOT NULL, invitation TEXT, state TEXT NOT NULL, told INTEGER NOT NULL) STRICT;
PRAGMA user_version = 1;
"""
_VERSION = 1
_DAMAGE = (apsw.CorruptError, apsw.NotADBError, apsw.FormatError, apsw.MismatchError, apsw.SchemaChangeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An act with the index of its entry, as bytes."""

    index: int
    digest: Digest
    envelope: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A signed act on its way: `purpose` is the wish of the caller; `state` is waiting, entered or refused."""

    digest: Digest
    envelope: bytes
    purpose: str
    invitation: str | None
    state: str


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise Malformed("ledger.damaged") from error
    except apsw.Error as error:
        raise Unavailable("ledger.unavailable", problem=type(error).__name__) from error


class Ledger:
    """Raises everywhere: Malformed("ledger.damaged"), Unavailable("ledger.unavailable")."""

    def __init__(self, path: Path) -> None:
        with _guarded():
            self._db = apsw.Connection(str(path))
            self._db.set_busy_timeout(10_000)
            self._db.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON")
            version = self._one("PRAGMA user_version")
            if version == 0:
                with self._db:
                    self._db.execute(_SCHEMA)
            elif version != _VERSION:
                raise Malformed("ledger.version", found=int(version))

    def close(self) -> None:
        with _guarded():
            self._db.close()

    def _rows(self, sql: str, bindings: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with _guarded():
            return list(self._db.execute(sql, bindings))

    def _one(self, sql: str, bindings: Sequence[Any] = ()) -> Any:
        rows = self._rows(sql, bindings)
        return rows[0][0] if rows else None

    def check_file(self) -> None:
        """Let SQLite look at every page. Raises: Malformed("ledger.damaged")."""
        if self._rows("PRAGMA integrity_check") != [("ok",)]:
            raise Malformed("ledger.damaged")

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Everything read within stood here at one moment, whatever another program at this home adds meanwhile."""
        with _guarded(), self._db:
            yield

    # --- what was read in the log -------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many entries are held, from 0 on without a gap."""
        return int(self._one("SELECT count(*) FROM entry"))

    def entries(self) -> Iterator[bytes]:
        """All entries in order. Raises: Malformed when one is missing."""
        for expected, (place, data) in enumerate(self._rows("SELECT place, data FROM entry ORDER BY place")):
            if place != expected:
                raise Malformed("ledger.damaged")
            yield data

    def entry(self, index: int) -> Entry:
        """Raises: Malformed when there is none, or it is no entry."""
        data = self._one("SELECT data FROM entry WHERE place = ?", (index,))
        if data is None:
            raise Malformed("ledger.damaged")
        return Entry.parse(data)

    def entry_with(self, link: Link, *, below: int) -> int | None:
        """The index of the first entry below an index that bears a link, if any.

        Whoever asks names how far it has read itself: another program at this home may have read further.
        """
        found = self._one("SELECT min(place) FROM entry WHERE link = ? AND place < ?", (bytes(link), below))
        return None if found is None else int(found)

    def checkpoint(self) -> bytes | None:
        """The newest checkpoint, a signed note."""
        note = self._one("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
        return None if note is None else bytes(note)

    def checkpoint_before(self, index: int) -> bytes | None:
        """The newest checkpoint that does not cover the entry at `index`."""
        note = self._one("SELECT note FROM checkpoint WHERE size <= ? ORDER BY size DESC LIMIT 1", (index,))
        return None if note is None else bytes(note)

    def checkpoints(self) -> list[tuple[int, bytes]]:
        """All checkpoints seen, with the size each is held under."""
        return [
            (int(size), bytes(note)) for size, note in self._rows("SELECT size, note FROM checkpoint ORDER BY size")
        ]

    def acts(self) -> list[Held]:
        """All verified acts in log order."""
        rows = self._rows("SELECT place, digest, envelope FROM act ORDER BY place")
        return [Held(index=int(place), digest=_digest(digest), envelope=bytes(data)) for place, digest, data in rows]

    def act(self, digest: Digest) -> Held | None:
        rows = self._rows("SELECT place, envelope FROM act WHERE digest = ?", (bytes(digest),))
        return Held(index=int(rows[0][0]), digest=digest, envelope=bytes(rows[0][1])) if rows else None

    def add(self, *, entries: Sequence[Entry], first: int, size: int, note: bytes, acts: Iterable[Held]) -> None:
        """Keep what was verified, all of it or nothing; durable when this returns.

        Another program at this home may have kept the same entries meanwhile; other ones it cannot have kept.
        Raises: Unavailable("ledger.changed-meanwhile") when it has.
        """
        with _guarded(), self._db:
            there = dict(self._db.execute("SELECT place, data FROM entry WHERE place >= ?", (first,)))
            if any(there.get(first + place, entry.encode()) != entry.encode() for place, entry in enumerate(entries)):
                raise Unavailable("ledger.changed-meanwhile")
            self._db.executemany(
                "INSERT OR IGNORE INTO entry VALUES(?, ?, ?)",
                [(first + place, entry.encode(), bytes(entry.link)) for place, entry in enumerate(entries)],
            )
            self._db.execute("INSERT OR REPLACE INTO checkpoint VALUES(?, ?)", (size, note))
            self._db.executemany(
                "INSERT OR IGNORE INTO act VALUES(?, ?, ?)",
                [(act.index, bytes(act.digest), act.envelope) for act in acts],
            )

    # --- what nothing signs -------------------------------------------------------------------------------------

    def keep(self, kind: str, name: str, value: bytes) -> None:
        """Remember a value, in place of an earlier one."""
        with _guarded(), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO kept VALUES(?, ?, ?, ?)", (kind, name, value, _sum(kind, name, value))
            )

    def forget(self, kind: str, name: str) -> None:
        with _guarded(), self._db:
            self._db.execute("DELETE FROM kept WHERE kind = ? AND name = ?", (kind, name))

    def kept(self, kind: str, name: str) -> bytes | None:
        """Raises: Malformed when a bit of it differs."""
        return self.all_kept(kind).get(name)

    def all_kept(self, kind: str) -> dict[str, bytes]:
        """All values of a kind by name. Raises: Malformed when a bit of one differs."""
        found = {}
        for name, value, sum_ in self._rows("SELECT name, value, sum FROM kept WHERE kind = ? ORDER BY name", (kind,)):
            if _sum(kind, name, value) != sum_:
                raise Malformed("ledger.damaged")
            found[name] = bytes(value)
        return found

    def kinds(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT DISTINCT kind FROM kept")]

    # --- what was signed here -----------------------------------------------------------------------------------

    def post(self, digest: Digest, envelope: bytes, *, purpose: str, invitation: str | None = None) -> None:
        """Keep signed bytes before they are sent; durable when this returns."""
        with _guarded(), self._db:
            self._db.execute(
                "INSERT INTO outbox(digest, envelope, purpose, invitation, state, told)"
                " VALUES(?, ?, ?, ?, 'waiting', 0)",
                (bytes(digest), envelope, purpose, invitation),
            )

    def answered(self, digest: Digest, state: str) -> None:
        with _guarded(), self._db:
            self._db.execute("UPDATE outbox SET state = ? WHERE digest = ?", (state, bytes(digest)))

    def told(self, digest: Digest) -> None:
        """The caller knows the answer: the same wish is from now on a new one."""
        with _guarded(), self._db:
            self._db.execute("UPDATE outbox SET told = 1 WHERE digest = ?", (bytes(digest),))

    def waiting(self) -> list[Posted]:
        """Signed and not answered, oldest first."""
        return self._posted("state = 'waiting'", ())

    def untold(self, purpose: str) -> Posted | None:
        """The act signed for this wish whose answer no caller has had."""
        found = self._posted("purpose = ? AND told = 0 AND state != 'refused'", (purpose,))
        return found[-1] if found else None

    def outbox(self) -> list[Posted]:
        """Everything ever signed here, oldest first."""
        return self._posted("1", ())

    def _posted(self, where: str, bindings: Sequence[Any]) -> list[Posted]:
        columns = "SELECT digest, envelope, purpose, invitation, state FROM outbox"
        rows = self._rows(f"{columns} WHERE {where} ORDER BY number", bindings)
        return [
            Posted(digest=_digest(row[0]), envelope=bytes(row[1]), purpose=row[2], invitation=row[3], state=row[4])
            for row in rows
        ]


def _digest(data: bytes) -> Digest:
    try:
        return Digest(data)
    except Malformed as error:
        raise Malformed("ledger.damaged") from error


def _sum(kind: str, name: str, value: bytes) -> bytes:
    return tagged("parley/ledger/v1", kind.encode(), b"\n", name.encode(), b"\n", value)[:8]
