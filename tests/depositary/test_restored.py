"""A folder that was restored from a backup: marked before it holds anything, and not served without a word about it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from parley import depositary
from parley.canonical import Time
from parley.depositary import office
from parley.depositary.restored import RESTORED, begin, check_original, finish, restored, unmark
from parley.errors import Malformed, Refused, Unavailable
from tests.build import START
from tests.depositary.live import NAME
from tests.depositary.serving import Process, found

UNPACKED = Time(int(START) + 1234)
NAMED = Time(int(UNPACKED) - int(UNPACKED) % 1000)

DIES = """
import os
from pathlib import Path
import sys
import parley.depositary
backup = sys.modules["parley.depositary.backup"]
unpack, seen = backup._unpack, []
def dying(tar, member, folder):
    if len(seen) == int(sys.argv[3]):
        os._exit(9)
    seen.append(member.name)
    unpack(tar, member, folder)
backup._unpack = dying
backup._check_parts = lambda folder, view: os._exit(9)
backup.restore(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A depositary in the folder `d`, and its copy in `copy`, restored just now."""
    depositary.backup(found(tmp_path / "d"), tmp_path / "b.tar")
    depositary.restore(tmp_path / "b.tar", tmp_path / "copy", now=lambda: UNPACKED)
    return tmp_path / "copy"


def open_(folder: Path, **said: Time) -> None:
    depositary.open(folder, write=lambda _line: None, **said).close()  # type: ignore[arg-type]


class TestMark:
    def test_it_names_the_restore_in_whole_seconds(self, copy: Path) -> None:
        assert restored(copy) == NAMED
        assert depositary.status(copy).restored == NAMED
        assert depositary.status(copy.parent / "d").restored is None

    def test_the_copy_is_not_opened_until_its_own_restore_is_named(self, copy: Path) -> None:
        for said in ({}, {"original_stopped": Time(int(NAMED) - 1000)}, {"original_stopped": Time(0)}):
            with pytest.raises(Refused) as refused:
                open_(copy, **said)
            assert (refused.value.code, refused.value.details) == (
                "depositary.restored",
                {"restored": NAMED.to_text()},
            )
        open_(copy, original_stopped=NAMED)
        assert restored(copy) == NAMED, "opening is not serving"

    def test_the_original_is_opened_whatever_is_said(self, copy: Path) -> None:
        open_(copy.parent / "d")
        open_(copy.parent / "d", original_stopped=NAMED)

    def test_the_mark_is_in_no_backup_and_a_copy_of_the_copy_has_its_own(self, copy: Path) -> None:
        depositary.backup(copy, copy.parent / "second.tar")
        later = Time(int(NAMED) + 60_000)
        depositary.restore(copy.parent / "second.tar", copy.parent / "third", now=lambda: later)
        assert (restored(copy), restored(copy.parent / "third")) == (NAMED, later)

    def test_it_is_taken_away_once_and_for_good(self, tmp_path: Path) -> None:
        begin(tmp_path)
        assert finish(tmp_path, UNPACKED) == NAMED
        assert [path.name for path in tmp_path.iterdir()] == [RESTORED]
        unmark(tmp_path)
        unmark(tmp_path)
        assert restored(tmp_path) is None
        assert check_original(tmp_path, stopped=None) is None

    @pytest.mark.parametrize("text", [b"", b"unfinished\n", b"yesterday\n", b"\xff", b"2022-01-10T09:00:00.000Z\n\n"])
    def test_a_mark_that_says_no_time_lets_nobody_in(self, copy: Path, text: bytes) -> None:
        (copy / RESTORED).write_bytes(text)
        for look in (restored, open_, depositary.status):
            with pytest.raises(Unavailable, match=r"depositary.restore-unfinished"):
                look(copy)
        with pytest.raises(Unavailable, match=r"depositary.restore-unfinished"):
            open_(copy, original_stopped=NAMED)

    def test_a_folder_where_nothing_can_be_written(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable, match=r"depositary.folder"):
            begin(tmp_path / "none")

    def test_a_backup_that_brings_a_mark_of_its_own_is_none(self, copy: Path) -> None:
        import tarfile

        with tarfile.open(copy.parent / "b.tar", "a") as tar:
            tar.add(copy / RESTORED, RESTORED)
        with pytest.raises(Malformed):
            depositary.restore(copy.parent / "b.tar", copy.parent / "other")
        assert not (copy.parent / "other").exists()


@pytest.mark.parametrize("after", [0, 1, 3, 99])
def test_a_restore_that_was_killed_leaves_nothing_that_serves(tmp_path: Path, after: int) -> None:
    """However far it came: before the first file, between two, with all of them there and not checked."""
    depositary.backup(found(tmp_path / "d"), tmp_path / "b.tar")
    line = [sys.executable, "-c", DIES, str(tmp_path / "b.tar"), str(tmp_path / "copy"), str(after)]
    assert subprocess.run(line, check=False).returncode == 9
    assert (tmp_path / "copy" / RESTORED).read_text() == "unfinished\n"
    with pytest.raises(Unavailable, match=r"depositary.restore-unfinished"):
        open_(tmp_path / "copy", original_stopped=NAMED)


def test_a_copy_serves_when_its_restore_is_named_and_is_none_from_then_on(copy: Path) -> None:
    with pytest.raises(AssertionError, match="ended before it served"):
        Process(copy)
    assert restored(copy) == NAMED
    with Process(copy, original_stopped=NAMED) as process:
        assert restored(copy) is None
        assert process.end() == 0
    with Process(copy) as process:  # a second start asks nothing
        assert process.end() == 0
    assert depositary.status(copy).name == NAME


def test_a_copy_that_could_not_begin_to_serve_is_still_one(copy: Path) -> None:
    """Named rightly, but the port is taken: the next start must ask again."""
    program = (
        "import sys, socket; from pathlib import Path; from parley import depositary\n"
        "taken = socket.create_server(('127.0.0.1', 0))\n"
        "depositary.serve(Path(sys.argv[1]), listen=f'127.0.0.1:{taken.getsockname()[1]}', "
        "original_stopped=int(sys.argv[2]))"
    )
    line = [sys.executable, "-c", program, str(copy), str(int(NAMED))]
    done = subprocess.run(line, check=False, capture_output=True, text=True)
    assert "serve.bind" in done.stderr
    assert restored(copy) == NAMED
    with office.sole(copy):
        assert depositary.status(copy).restored == NAMED
