"""One contract, every store: entries with a compare-and-swap head, sealed parts, uploads."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from parley.canonical import Time
from parley.crypto import Digest, KeySetId, Nonce, sha256
from parley.depositary import sqlite
from parley.depositary.blobs import FolderBlobs
from parley.depositary.sqlite import SqliteStore, check_version, migrations
from parley.depositary.store import Blobs, Head, Holding, Invited, Row, Store
from parley.errors import Malformed, Refused, Unavailable
from tests.depositary.memory import MemoryBlobs, MemoryStore

KEY = KeySetId(bytes(32))


def row(index: int, chain: str = "register/ru", number: int | None = None) -> Row:
    mark = index.to_bytes(4, "big")
    return Row(
        index=index,
        entry=mark.ljust(73, b"\0"),
        digest=sha256(mark),
        act=b"act " + mark,
        chain=chain,
        number=index if number is None else number,
        nonces=((KEY, Nonce(mark.rjust(16, b"\0"))),),
    )


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "entries.sqlite")
    yield made
    made.close()


@pytest.fixture(params=["memory", "folder"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return MemoryBlobs() if request.param == "memory" else FolderBlobs(tmp_path)


class TestEntries:
    def test_a_new_store_has_an_empty_head(self, store: Store) -> None:
        assert store.head() == Head(size=0, note="")
        assert list(store.rows(0, 10)) == []

    def test_what_is_appended_is_read_in_order(self, store: Store) -> None:
        store.append(0, [row(0), row(1)], "one")
        store.append(2, [row(2)], "two")
        assert store.head() == Head(size=3, note="two")
        assert list(store.rows(0, 99)) == [replace(row(n), nonces=()) for n in range(3)]
        assert [found.index for found in store.rows(1, 2)] == [1]

    def test_more_rows_than_one_page(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sqlite, "_PAGE", 2)
        store.append(0, [row(n) for n in range(5)], "note")
        assert [found.index for found in store.rows(0, 5)] == [0, 1, 2, 3, 4]

    def test_the_head_moves_only_from_where_it_was_seen(self, store: Store) -> None:
        store.append(0, [row(0)], "one")
        with pytest.raises(Unavailable, match=r"store.head-moved"):
            store.append(0, [row(1)], "other")
        assert store.head() == Head(size=1, note="one")
        assert store.find(row(1).digest) is None

    @pytest.mark.parametrize(
        "second",
        [
            replace(row(2), digest=row(0).digest),
            replace(row(2), nonces=row(0).nonces),
            replace(row(2), number=0),
            replace(row(2), index=0),
        ],
        ids=["digest", "nonce", "place in its chain", "index"],
    )
    def test_a_group_with_something_twice_leaves_nothing(self, store: Store, second: Row) -> None:
        store.append(0, [row(0)], "one")
        with pytest.raises(Unavailable, match=r"store.not-unique"):
            store.append(1, [row(1), second], "two")
        assert store.head() == Head(size=1, note="one")
        assert store.find(row(1).digest) is None
        store.append(1, [row(1), row(2)], "two")

    def test_acts_are_found_by_digest_and_nonce(self, store: Store) -> None:
        store.append(0, [row(0), row(1)], "note")
        assert store.find(row(1).digest) == 1
        assert store.find(sha256(b"unknown")) is None
        known, other = row(1).nonces[0], (KeySetId(bytes(31) + b"\1"), row(1).nonces[0][1])
        assert store.find_nonces({known, other}) == {known: row(1).digest}
        assert store.find_nonces(()) == {}
        assert store.find_all({row(1).digest, sha256(b"unknown")}) == {row(1).digest: 1}
        assert store.find_all(()) == {}

    def test_chains_are_read_from_a_place_on(self, store: Store) -> None:
        store.append(0, [row(0), row(1, "negotiation/aa", 0), row(2, number=1), row(3, "negotiation/aa", 1)], "note")
        assert store.chain("negotiation/aa", 0, 10) == [(1, row(1).act), (3, row(3).act)]
        assert store.chain("negotiation/aa", 1, 10) == [(3, row(3).act)]
        assert store.chain("register/ru", 0, 1) == [(0, row(0).act)]
        assert store.chain("register/us", 0, 10) == []

    def test_a_page_of_a_chain_ends_before_it_is_too_large(self, store: Store) -> None:
        store.append(0, [replace(row(n), act=bytes(100)) for n in range(5)], "note")
        assert [place for place, _ in store.chain("register/ru", 0, 10, 300)] == [0, 1, 2]
        assert [place for place, _ in store.chain("register/ru", 3, 10, 300)] == [3, 4]
        assert [place for place, _ in store.chain("register/ru", 1, 10, 299)] == [1, 2]
        assert [place for place, _ in store.chain("register/ru", 4, 10, 99)] == [4]  # alone, however large
        assert store.chain("register/ru", 5, 10, 99) == []

    def test_entries_alone(self, store: Store) -> None:
        store.append(0, [row(n) for n in range(4)], "note")
        assert store.entries(1, 3) == [row(1).entry, row(2).entry]
        assert store.entries(3, 9) == [row(3).entry]
        assert store.entries(4, 9) == []

    def test_two_writers_cannot_both_move_the_head(self, store: Store) -> None:
        barrier, lost = threading.Barrier(2), []

        def write(number: int) -> None:
            barrier.wait()
            try:
                store.append(0, [replace(row(0), act=bytes((number,)))], str(number))
            except Unavailable as error:
                lost.append(error.code)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert lost == ["store.head-moved"]
        assert store.head().size == 1


class TestBeside:
    def test_an_invitation_is_spent_with_the_group_that_uses_it(self, store: Store) -> None:
        code, invited = sha256(b"code"), Invited(party="ru", name="Russia", until=Time(5), used=False)
        store.invite(code, invited)
        assert store.invitation(code) == invited
        with pytest.raises(Unavailable):
            store.append(7, [row(7)], "note", used=[code])
        assert store.invitation(code) == invited
        store.append(0, [row(0)], "note", used=[code])
        assert store.invitation(code) == replace(invited, used=True)
        assert store.invitation(sha256(b"other")) is None

    def test_an_invitation_is_kept_once(self, store: Store) -> None:
        invited = Invited(party="ru", name="Russia", until=Time(5), used=False)
        store.invite(sha256(b"code"), invited)
        with pytest.raises(Unavailable, match=r"store.not-unique"):
            store.invite(sha256(b"code"), invited)

    def test_a_key_box_is_replaced(self, store: Store) -> None:
        assert store.keybox("ru") is None
        store.put_keybox("ru", b"one")
        store.put_keybox("ru", b"two")
        assert store.keybox("ru") == b"two"
        assert store.keybox("us") is None

    def test_holdings_are_a_partys_own(self, store: Store) -> None:
        ru = Holding(digest=sha256(b"part"), party="ru", length=4, since=Time(10))
        us = replace(ru, party="us", since=Time(20))
        store.hold(ru)
        store.hold(us)
        store.hold(replace(ru, since=Time(99)))
        assert store.holding(ru.digest, "ru") == ru
        assert store.holding(ru.digest, "de") is None
        assert store.holdings(Time(20)) == [ru]
        assert store.let_go(ru.digest, "ru")
        assert store.holding(ru.digest, "ru") is None
        assert not store.let_go(ru.digest, "us")


class TestSqlite:
    def test_it_is_durable_and_strict(self, tmp_path: Path) -> None:
        store = SqliteStore(tmp_path / "e")
        assert store._writer.pragma("journal_mode") == "wal"
        assert store._writer.pragma("synchronous") == 2
        tables = store._all("SELECT sql FROM sqlite_schema WHERE type = 'table'")
        assert len(tables) == 6
        assert all("STRICT" in str(sql) for (sql,) in tables)
        store.close()

    def test_it_keeps_what_it_had_when_opened_again(self, tmp_path: Path) -> None:
        store = SqliteStore(tmp_path / "e")
        store.append(0, [row(0)], "note")
        store.close()
        again = SqliteStore(tmp_path / "e")
        assert again.head() == Head(size=1, note="note")
        again.close()

    @pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.7.0"])
    def test_an_old_sqlite_is_refused(self, version: str) -> None:
        with pytest.raises(Unavailable, match=r"store.old-sqlite"):
            check_version(version)

    @pytest.mark.parametrize("version", ["3.51.3", "3.54.1", "4.0.0"])
    def test_a_mended_sqlite_is_taken(self, version: str) -> None:
        assert check_version(version) == version

    def test_a_file_of_a_newer_program_is_not_touched(self, tmp_path: Path) -> None:
        SqliteStore(tmp_path / "e").close()
        connection = apsw.Connection(str(tmp_path / "e"))
        connection.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
        connection.close()
        with pytest.raises(Unavailable, match=r"store.newer-version"):
            SqliteStore(tmp_path / "e")

    def test_a_file_that_is_no_database_is_damaged(self, tmp_path: Path) -> None:
        (tmp_path / "e").write_bytes(b"not a database at all" * 100)
        with pytest.raises(Unavailable, match=r"store.damaged"):
            SqliteStore(tmp_path / "e")

    def test_a_full_disk_leaves_the_group_out(self, tmp_path: Path) -> None:
        store = SqliteStore(tmp_path / "e")
        store.append(0, [row(0)], "note")
        store._writer.execute("PRAGMA max_page_count = 1")  # SQLite's own full disk: no page more than there are
        with pytest.raises(Unavailable, match=r"store.disk-full"):
            store.append(1, [replace(row(1), act=bytes(1 << 20))], "two")
        assert store.head() == Head(size=1, note="note")
        store._writer.execute("PRAGMA max_page_count = 100000")
        store.append(1, [row(1)], "two")
        store.close()

    def test_a_copy_is_consistent_while_another_writes(self, tmp_path: Path) -> None:
        store = SqliteStore(tmp_path / "e")
        store.append(0, [row(0)], "0")
        done = threading.Event()

        def write() -> None:
            for number in range(1, 100):
                store.append(number, [row(number)], str(number))
            done.set()

        writer = threading.Thread(target=write)
        writer.start()
        copies = 0
        while not done.is_set() or not copies:
            path = tmp_path / f"copy{copies}"
            store.copy_to(path)
            copy = SqliteStore(path)
            head = copy.head()
            assert len(list(copy.rows(0, 1000))) == head.size
            assert head.note == str(head.size - 1)
            copy.close()
            copies += 1
        writer.join()
        store.close()


class TestBlobs:
    def bring(self, blobs: Blobs, data: bytes, party: str = "ru") -> Digest:
        digest = sha256(data)
        blobs.write(digest, party, 0, data)
        blobs.finish(digest, party)
        return digest

    def test_a_part_is_held_when_its_upload_is_finished(self, blobs: Blobs) -> None:
        digest = sha256(b"sealed bytes")
        assert blobs.length(digest) is None
        assert blobs.write(digest, "ru", 0, b"sealed ") == 7
        assert blobs.offset(digest, "ru") == 7
        assert blobs.write(digest, "ru", 7, b"bytes") == 12
        assert blobs.length(digest) is None
        assert blobs.finish(digest, "ru") == 12
        assert blobs.length(digest) == 12
        assert blobs.offset(digest, "ru") == 0
        assert b"".join(blobs.read(digest, 0, 12)) == b"sealed bytes"
        assert b"".join(blobs.read(digest, 7, 9)) == b"by"
        assert list(blobs.all()) == [digest]

    def test_a_piece_out_of_order_is_told_where_to_go_on(self, blobs: Blobs) -> None:
        digest = sha256(b"x")
        blobs.write(digest, "ru", 0, b"abc")
        with pytest.raises(Refused) as caught:
            blobs.write(digest, "ru", 2, b"c")
        assert caught.value.details == {"offset": 3}
        assert blobs.offset(digest, "ru") == 3

    def test_uploads_of_two_parties_do_not_meet(self, blobs: Blobs) -> None:
        digest = sha256(b"part")
        blobs.write(digest, "ru", 0, b"pa")
        assert blobs.offset(digest, "us") == 0
        blobs.write(digest, "us", 0, b"part")
        blobs.finish(digest, "us")
        assert blobs.offset(digest, "ru") == 2

    def test_uploads_under_way_are_known_and_there_is_room(self, blobs: Blobs) -> None:
        assert blobs.uploads() == []
        blobs.write(sha256(b"part"), "a-b", 0, b"pa")
        assert blobs.uploads() == [("a-b", sha256(b"part"), 2)]
        blobs.write(sha256(b"part"), "a-b", 2, b"rt")
        blobs.finish(sha256(b"part"), "a-b")
        assert blobs.uploads() == []
        assert blobs.free() > 0

    def test_bytes_with_another_digest_are_forgotten(self, blobs: Blobs) -> None:
        digest = sha256(b"part")
        blobs.write(digest, "ru", 0, b"tarp")
        with pytest.raises(Malformed, match=r"upload.digest"):
            blobs.finish(digest, "ru")
        assert blobs.offset(digest, "ru") == 0
        assert blobs.length(digest) is None

    def test_the_same_part_from_two_parties_is_one(self, blobs: Blobs) -> None:
        digest = self.bring(blobs, b"part", "ru")
        assert self.bring(blobs, b"part", "us") == digest
        assert list(blobs.all()) == [digest]

    def test_an_upload_that_is_whole_and_not_finished_is_found(self, blobs: Blobs) -> None:
        whole, half = sha256(b"whole"), sha256(b"half")
        blobs.write(whole, "ru", 0, b"whole")
        blobs.write(half, "ru-2", 0, b"ha")
        assert blobs.whole() == [(whole, "ru")]

    def test_a_deleted_part_is_gone(self, blobs: Blobs) -> None:
        digest = self.bring(blobs, b"part")
        blobs.delete(digest)
        blobs.delete(digest)
        assert blobs.length(digest) is None
        with pytest.raises(Unavailable, match=r"blobs.missing"):
            list(blobs.read(digest, 0, 4))

    def test_old_uploads_are_swept_and_held_parts_stay(self, tmp_path: Path) -> None:
        blobs = FolderBlobs(tmp_path)
        digest = self.bring(blobs, b"part")
        blobs.write(sha256(b"other"), "ru", 0, b"ot")
        assert blobs.sweep(Time(0)) == 0
        assert blobs.sweep(Time(2**52)) == 1
        assert blobs.offset(sha256(b"other"), "ru") == 0
        assert blobs.length(digest) == 4

    def test_a_large_part_is_read_in_pieces(self, tmp_path: Path) -> None:
        blobs = FolderBlobs(tmp_path)
        digest = self.bring(blobs, bytes(3 << 20))
        assert [len(piece) for piece in blobs.read(digest, 1, 3 << 20)] == [1 << 20, 1 << 20, (1 << 20) - 1]

    def test_a_disk_that_fails_is_unavailable(self, tmp_path: Path) -> None:
        blobs = FolderBlobs(tmp_path)
        (tmp_path / "partial").rmdir()
        (tmp_path / "partial").write_bytes(b"")
        with pytest.raises(Unavailable) as caught:
            blobs.write(sha256(b"x"), "ru", 0, b"x")
        assert (caught.value.code, caught.value.details) == ("blobs.disk", {})

    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
    def test_a_full_disk_is_told_from_a_broken_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        """Nothing is held of a part that could not be made durable; with room again it is finished."""
        blobs, digest = FolderBlobs(tmp_path), sha256(b"part")

        def full(_descriptor: int) -> None:
            raise OSError(number, "full")

        blobs.write(digest, "ru", 0, b"part")
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(Unavailable) as caught:
                blobs.finish(digest, "ru")
        assert (caught.value.code, caught.value.details) == ("blobs.disk-full", {})
        assert blobs.length(digest) is None
        assert blobs.finish(digest, "ru") == 4
        assert blobs.length(digest) == 4
