"""A signed request is served once, whatever becomes of the server in between."""

from __future__ import annotations

import errno
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from parley.canonical import Time
from parley.crypto import KeySetId, Nonce
from parley.depositary import seen as module
from parley.depositary.office import SEEN
from parley.depositary.seen import Seen
from parley.errors import Refused, Unavailable
from parley.request import WINDOW, Request, Requester, sign_request
from tests.build import START
from tests.depositary.live import NAME
from tests.depositary.serving import Caller, Process, found
from tests.depositary.test_http import problem

MARK = 56


def requester(nonce: int, key: int = 0) -> Requester:
    id_ = KeySetId(bytes(31) + bytes((key,)))
    return Requester(party="ru", key=id_, nonce=Nonce(nonce.to_bytes(16, "big")), created=0)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
@pytest.mark.parametrize("ahead", [-250, 0, 250], ids=["a slow clock", "the same clock", "a fast clock"])
def test_a_request_recorded_before_a_restart_is_not_served_after_it(
    tmp_path: Path, end: signal.Signals, ahead: int
) -> None:
    folder = found(tmp_path / "d")
    request = Request(method="GET", authority=NAME, path="/v1/chains")
    with Process(folder) as process:
        caller = Caller(folder, process.port)
        caller.two_parties()
        officer, now = caller.parties["ru"].officer, Time(caller.now + ahead * 1000)
        headers = sign_request(request, officer, party="ru", nonce=Nonce(b"recorded on a li"), now=now)
        assert caller.http.get("/v1/chains", headers=headers).status_code == 200
        process.end(end)
    with Process(folder) as process:
        caller.at(process.port)
        assert problem(caller.http.get("/v1/chains", headers=headers)) == (403, "request.replayed")
        fresh = sign_request(request, officer, party="ru", nonce=Nonce(b"signed once more"), now=now)
        assert caller.http.get("/v1/chains", headers=fresh).status_code == 200
        caller.close()


def test_what_was_seen_is_seen_by_the_next_one_and_forgotten_in_time(tmp_path: Path) -> None:
    path = tmp_path / "seen"
    seen = Seen(path, now=START)
    for nonce in range(3):
        seen.admit(requester(nonce), now=Time(START + nonce * 1000))
    seen.close()
    again = Seen(path, now=Time(START + 2000))
    for nonce in range(3):
        with pytest.raises(Refused, match=r"request\.replayed"):
            again.admit(requester(nonce), now=Time(START + 2 * WINDOW * 1000))
    assert again.admit(requester(0, key=1), now=START).key[-1] == 1
    again.close()
    late = Seen(path, now=Time(START + 2 * WINDOW * 1000 + 2000))
    assert path.stat().st_size == MARK  # the third: of the others the clock tells
    late.admit(requester(0), now=Time(START + 2 * WINDOW * 1000 + 2000))
    late.close()


def test_a_request_is_answered_only_when_it_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(tmp_path / "seen", now=START)

    def fail(_file: int) -> None:
        raise OSError(errno.EIO, "fails")

    with monkeypatch.context() as patched:
        patched.setattr(module.os, "fdatasync", fail)
        with pytest.raises(Unavailable, match=r"store\.disk"):
            seen.admit(requester(1), now=START)
    seen.admit(requester(2), now=START)
    seen.close()


def test_half_a_line_before_a_full_disk_or_a_crash_shifts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write = tmp_path / "seen", os.write
    seen = Seen(path, now=START)
    seen.admit(requester(1), now=START)
    with monkeypatch.context() as patched:
        patched.setattr(module.os, "write", lambda file, data: write(file, data[:20]))
        with pytest.raises(Unavailable, match=r"store\.disk-full"):
            seen.admit(requester(2), now=START)
    assert path.stat().st_size == MARK
    seen.admit(requester(3), now=START)
    seen.close()
    with path.open("ab") as file:
        file.write(b"x" * 20)  # of a request that was never answered
    again = Seen(path, now=START)
    assert path.stat().st_size == 2 * MARK
    for nonce in (1, 3):
        with pytest.raises(Refused):
            again.admit(requester(nonce), now=START)
    again.admit(requester(2), now=START)
    again.close()


def test_the_file_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LEAST", 8)
    monkeypatch.setattr(module.os, "fdatasync", lambda _file: None)
    path = tmp_path / "seen"
    seen = Seen(path, now=START)
    sizes = []
    for nonce in range(100):
        seen.admit(requester(nonce), now=Time(START + nonce * 300_000))
        sizes.append(path.stat().st_size)
    seen.close()
    assert max(sizes) <= 9 * MARK
    assert not list(tmp_path.glob("*.new"))


def test_many_threads_at_once_are_each_served_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LEAST", 16)
    seen = Seen(tmp_path / "seen", now=START)

    def ask(number: int) -> bool:
        # Every request twice; the clock goes on, so that the file is written anew meanwhile.
        try:
            seen.admit(requester(number // 2), now=Time(START + number * 2_000))
        except Refused:
            return False
        return True

    served: list[bool] = []
    with ThreadPoolExecutor(8) as pool:
        for first in range(0, 600, 100):  # nobody is left behind for longer than what is seen is remembered
            served += pool.map(ask, range(first, first + 100))
    assert sum(served) == 300
    seen.close()


def test_a_file_that_cannot_be_read_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "seen").mkdir()
    with pytest.raises(Unavailable, match=r"store\.disk"):
        Seen(tmp_path / "seen", now=START)


def test_the_file_lies_in_the_folder_for_its_owner_alone(tmp_path: Path) -> None:
    folder = found(tmp_path / "d")
    with Process(folder):
        assert (folder / SEEN).stat().st_mode & 0o777 == 0o600


def test_without_a_file_it_lasts_as_long_as_the_process() -> None:
    seen: Any = Seen()
    seen.admit(requester(1), now=START)
    with pytest.raises(Refused):
        seen.admit(requester(1), now=START)
    seen.close()
