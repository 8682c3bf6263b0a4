"""A depositary for every test that wants one: in this process with a clock that is moved, or a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.places import Office, ServedOffice


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A depositary in this process: its own application, without a socket, under a clock the test moves."""
    with Office(tmp_path / "depositary") as opened:
        yield opened


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedOffice]:
    """A depositary in a process of its own, on a free port of this machine."""
    with ServedOffice(tmp_path_factory.mktemp("served") / "depositary") as opened:
        yield opened
