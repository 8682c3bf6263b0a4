"""The entries in one SQLite file: write-ahead log, `synchronous=FULL`, STRICT tables, numbered migrations.

One connection writes and one reads, each behind a lock; other processes may add invitations. A commit returns after
the data is on the disk, so what stands in the file has been answered and what was answered stands in the file.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import apsw

from parley.canonical import Time
from parley.crypto import Digest, KeySetId, Nonce
from parley.depositary.store import Head, Holding, Invited, Row, Store, fitting
from parley.errors import Unavailable
from parley.wire import LARGEST_PAGE_BYTES

OLDEST = (3, 51, 3)
"""SQLite before this could lose committed pages when two connections wrote and checkpointed (the WAL-reset defect)."""

_PAGE = 64  # rows with their acts read at a time: a few MiB, and a reader never holds the file for long


@contextmanager
def _ours() -> Iterator[None]:
    """Turn SQLite's errors into ours, by what an operator would do about them."""
    try:
        yield
    except apsw.FullError as error:
        raise Unavailable("store.disk-full") from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise Unavailable("store.damaged") from error
    except apsw.ConstraintError as error:
        raise Unavailable("store.not-unique") from error
    except (apsw.BusyError, apsw.LockedError) as error:
        raise Unavailable("store.busy") from error
    except (apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError) as error:
        raise Unavailable("store.disk") from error


def check_version(version: str) -> str:
    """Return a SQLite version that is safe to write with. Raises: Unavailable for one before 3.51.3."""
    if tuple(int(part) for part in version.split(".")[:3]) < OLDEST:
        raise Unavailable("store.old-sqlite", found=version, least=".".join(map(str, OLDEST)))
    return version


def migrations() -> list[str]:
    """The migrations in order; the n-th brings a file from version n-1 to n."""
    folder = resources.files("parley.depositary") / "migrations"
    return [item.read_text("utf-8") for item in sorted(folder.iterdir(), key=lambda item: item.name)]


def _connect(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(10_000)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _migrate(connection: apsw.Connection) -> None:
    """Bring the file to the newest version. Raises: Unavailable when a newer program has written it."""
    known = migrations()
    for number, script in enumerate(known, start=1):
        connection.execute("BEGIN IMMEDIATE")
        with _rolled_back_on_error(connection):
            if connection.pragma("user_version") < number:
                connection.execute(script)
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
    found = connection.pragma("user_version")
    if found > len(known):
        raise Unavailable("store.newer-version", found=found, known=len(known))


@contextmanager
def _rolled_back_on_error(connection: apsw.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class SqliteStore(Store):
    """A store in the file at `path`, made when it is missing. Raises: Unavailable, also for a SQLite too old."""

    def __init__(self, path: Path) -> None:
        check_version(apsw.sqlite_lib_version())
        with _ours():
            self._writer, self._reader = _connect(path), _connect(path)
            _migrate(self._writer)
        self._write_lock, self._read_lock = threading.Lock(), threading.Lock()

    def check(self) -> None:
        if self._all("PRAGMA integrity_check(1)") != [("ok",)]:
            raise Unavailable("store.damaged")

    def close(self) -> None:
        with self._write_lock, self._read_lock, _ours():
            self._reader.close()
            self._writer.close()

    @contextmanager
    def _transaction(self) -> Iterator[apsw.Connection]:
        with self._write_lock, _ours(), _rolled_back_on_error(self._writer):
            self._writer.execute("BEGIN IMMEDIATE")
            yield self._writer
            self._writer.execute("COMMIT")

    def _all(self, query: str, *values: apsw.SQLiteValue) -> list[tuple[apsw.SQLiteValue, ...]]:
        with self._read_lock, _ours():
            return self._reader.execute(query, values).fetchall()

    def _one(self, query: str, *values: apsw.SQLiteValue) -> tuple[apsw.SQLiteValue, ...] | None:
        found = self._all(query, *values)
        return found[0] if found else None

    # --- the entries ----------------------------------------------------------------------------------------------

    def head(self) -> Head:
        found = self._one("SELECT size, note FROM head")
        if found is None:
            raise Unavailable("store.damaged")
        return Head(size=_int(found[0]), note=str(found[1]))

    def append(self, expected: int, rows: Sequence[Row], note: str, *, used: Sequence[Digest] = ()) -> None:
        with self._transaction() as connection:
            # The head moves only from where this writer had seen it: the rule that two histories cannot both pass.
            connection.execute(
                "UPDATE head SET size = ?, note = ? WHERE one = 1 AND size = ?", (expected + len(rows), note, expected)
            )
            if connection.changes() != 1:
                raise Unavailable("store.head-moved")
            connection.executemany(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)",
                [(row.index, row.entry, bytes(row.digest), row.act, row.chain, row.number) for row in rows],
            )
            connection.executemany(
                "INSERT INTO nonces VALUES (?, ?, ?)",
                [(bytes(key), bytes(nonce), row.index) for row in rows for key, nonce in row.nonces],
            )
            for code in used:
                connection.execute("UPDATE invitations SET used = 1 WHERE code = ?", (bytes(code),))

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        while start < stop:
            page = self._all(
                "SELECT place, entry, digest, act, chain, number FROM entries WHERE place >= ? AND place < ? "
                "ORDER BY place LIMIT ?",
                start,
                stop,
                _PAGE,
            )
            if not page:
                return
            for place, entry, digest, act, chain, number in page:
                yield Row(
                    index=_int(place),
                    entry=_bytes(entry),
                    digest=Digest(_bytes(digest)),
                    act=_bytes(act),
                    chain=str(chain),
                    number=_int(number),
                )
            start = _int(page[-1][0]) + 1

    def entries(self, start: int, stop: int) -> list[bytes]:
        found = self._all("SELECT entry FROM entries WHERE place >= ? AND place < ? ORDER BY place", start, stop)
        return [_bytes(entry) for (entry,) in found]

    def find(self, digest: Digest) -> int | None:
        found = self._one("SELECT place FROM entries WHERE digest = ?", bytes(digest))
        return _int(found[0]) if found else None

    def find_all(self, digests: Collection[Digest]) -> dict[Digest, int]:
        query = f"SELECT digest, place FROM entries WHERE digest IN ({_marks(len(digests), '?')})"  # noqa: S608 - marks
        found = self._all(query, *map(bytes, digests))
        return {Digest(_bytes(digest)): _int(place) for digest, place in found}

    def find_nonces(self, nonces: Collection[tuple[KeySetId, Nonce]]) -> dict[tuple[KeySetId, Nonce], Digest]:
        if not nonces:
            return {}
        asked = f"WITH asked(key, nonce) AS (VALUES {_marks(len(nonces), '(?, ?)')}) "
        query = "SELECT key, nonce, digest FROM asked CROSS JOIN nonces USING (key, nonce) JOIN entries USING (place)"
        found = self._all(asked + query, *(bytes(value) for pair in nonces for value in pair))
        return {(KeySetId(_bytes(key)), Nonce(_bytes(nonce))): Digest(_bytes(digest)) for key, nonce, digest in found}

    def chain(self, chain: str, start: int, limit: int, most: int = LARGEST_PAGE_BYTES) -> list[tuple[int, bytes]]:
        # The length of a value is known without reading it.
        part = "FROM entries WHERE chain = ? AND number >= ? ORDER BY number LIMIT ?"
        lengths = [_int(length) for (length,) in self._all(f"SELECT length(act) {part}", chain, start, limit)]
        found = self._all(f"SELECT place, act {part}", chain, start, fitting(lengths, most))
        return [(_int(place), _bytes(act)) for place, act in found]

    # --- beside the entries ---------------------------------------------------------------------------------------

    def invite(self, code: Digest, invited: Invited) -> None:
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO invitations VALUES (?, ?, ?, ?, ?)",
                (bytes(code), invited.party, invited.name, int(invited.until), int(invited.used)),
            )

    def invitation(self, code: Digest) -> Invited | None:
        found = self._one("SELECT party, name, until, used FROM invitations WHERE code = ?", bytes(code))
        if found is None:
            return None
        return Invited(party=str(found[0]), name=str(found[1]), until=Time(_int(found[2])), used=bool(found[3]))

    def keybox(self, party: str) -> bytes | None:
        found = self._one("SELECT box FROM keyboxes WHERE party = ?", party)
        return _bytes(found[0]) if found else None

    def put_keybox(self, party: str, box: bytes) -> None:
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO keyboxes VALUES (?, ?)", (party, box))

    def hold(self, holding: Holding) -> None:
        with self._transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO holdings VALUES (?, ?, ?, ?)",
                (bytes(holding.digest), holding.party, holding.length, int(holding.since)),
            )

    def holding(self, digest: Digest, party: str) -> Holding | None:
        found = self._all("SELECT * FROM holdings WHERE digest = ? AND party = ?", bytes(digest), party)
        return _holding(found[0]) if found else None

    def holdings(self, before: Time) -> list[Holding]:
        return [_holding(row) for row in self._all("SELECT * FROM holdings WHERE since < ?", int(before))]

    def let_go(self, digest: Digest, party: str) -> bool:
        with self._transaction() as connection:
            connection.execute("DELETE FROM holdings WHERE digest = ? AND party = ?", (bytes(digest), party))
            left = connection.execute("SELECT 1 FROM holdings WHERE digest = ? LIMIT 1", (bytes(digest),)).fetchall()
        return bool(left)

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy of the file while others go on writing (SQLite's online backup)."""
        with self._read_lock, _ours():
            target = apsw.Connection(str(path))
            with target.backup("main", self._reader, "main") as copying:
                while not copying.done:
                    copying.step(-1)  # in one step: a writer between two steps would start the copy again
            target.execute("PRAGMA journal_mode = DELETE")
            target.close()


def _marks(count: int, mark: str) -> str:
    return ", ".join([mark] * count)


def _int(value: apsw.SQLiteValue) -> int:
    if not isinstance(value, int):
        raise Unavailable("store.damaged")
    return value


def _bytes(value: apsw.SQLiteValue) -> bytes:
    if not isinstance(value, bytes):
        raise Unavailable("store.damaged")
    return value


def _holding(row: tuple[apsw.SQLiteValue, ...]) -> Holding:
    return Holding(digest=Digest(_bytes(row[0])), party=str(row[1]), length=_int(row[2]), since=Time(_int(row[3])))
