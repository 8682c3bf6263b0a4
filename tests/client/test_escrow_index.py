"""The index made by a second process: the same as made here, and made here where there is no such process."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from parley.client import escrow_index
from parley.client.escrow_index import beside
from parley.measures.amendment import amend
from parley.measures.escrow import Committed, Escrow, commit
from parley.measures.escrow_plan import Blind
from parley.measures.range_building import Built
from tests.measures.escrow_build import committed, escrow, items, plan, seed, subject

OF = plan(grid=None, slots=64)
GIVEN = escrow(OF)
AGAIN = amend(GIVEN, put=items(OF, 14)[12:], remove=["site-003"], blind=Blind(seed("next")), subject=subject(2))


def same(one: Committed, two: Committed) -> bool:
    parts = [(made.commitment, made.index.cuts, made.index.levels, list(made.by_key), made.keys) for made in (one, two)]
    return parts[0] == parts[1]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every process begun; each escrow counts as large, on two cores."""
    monkeypatch.setattr(escrow_index, "LARGE", 16)
    monkeypatch.setattr(escrow_index, "_cores", lambda: 2)
    found: list[subprocess.Popen[bytes]] = []
    begin = subprocess.Popen

    def noted(*given: Any, **named: Any) -> subprocess.Popen[bytes]:
        found.append(begin(*given, **named))
        return found[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    return found


@pytest.mark.parametrize("given", [GIVEN, AGAIN, escrow(OF, count=0), escrow()])
def test_a_second_process_makes_the_same(given: Escrow, started: list[subprocess.Popen[bytes]]) -> None:
    assert same(commit(given, beside), commit(given))
    assert [child.returncode for child in started] == [0]


@pytest.mark.parametrize("program", ["", "import sys; sys.stdin.buffer.read(9)", "print('x' * 5000)", "sys.exit(3)"])
def test_one_that_ends_without_an_answer_is_not_needed(
    program: str, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escrow_index, "_PROGRAM", program)
    assert same(commit(GIVEN, beside), commit(GIVEN))
    assert len(started) == 1
    assert started[0].returncode is not None


def test_one_that_was_killed_is_not_needed(started: list[subprocess.Popen[bytes]]) -> None:
    given: list[Any] = []

    def killed(keyed: Any) -> Any:
        wait = beside(keyed)
        started[0].kill()
        given.append(keyed)
        return wait

    assert same(commit(GIVEN, killed), commit(GIVEN))
    assert given


def test_where_none_can_be_begun_this_one_makes_it(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert same(commit(GIVEN, beside), commit(GIVEN))
    assert started == []


@pytest.mark.parametrize(("name", "value"), [("LARGE", 128), ("_cores", lambda: 1)])
def test_a_small_escrow_and_one_core_need_none(
    name: str, value: Any, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escrow_index, name, value)
    assert same(commit(GIVEN, beside), commit(GIVEN))
    assert started == []


def test_the_seed_is_in_no_argument_and_no_environment(
    started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What anybody on the machine may see of a process."""
    monkeypatch.setenv("PARLEY_TEST", "of the parent")
    program = escrow_index._PROGRAM + "import os; assert 'PARLEY_TEST' not in os.environ"
    monkeypatch.setattr(escrow_index, "_PROGRAM", program)
    assert same(commit(GIVEN, beside), commit(GIVEN))
    assert started[0].returncode == 0
    assert GIVEN.seed.hex() not in repr(started[0].args)


def test_an_answer_that_ends_early_is_none() -> None:
    made = committed()
    data = b"".join(Built(index=made.index, by_key=made.by_key).pieces())
    for short in (b"", data[:-1], data[: len(data) // 2]):
        stream = iter([short])
        with pytest.raises(ValueError, match=r"^$"):
            Built.read(lambda size, stream=stream: next(stream, b"")[:size], 32)  # type: ignore[misc]
