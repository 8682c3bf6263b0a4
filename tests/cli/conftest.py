"""One stage is founded for all transcripts; each plays on a copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.stage import Stage, found, free_port, served_copy


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A depositary, and ru and us who trust each other and negotiate; stopped."""
    stage = Stage(tmp_path_factory.mktemp("template"), free_port())
    found(stage)
    return stage


@pytest.fixture
def stage(template: Stage, tmp_path: Path) -> Iterator[Stage]:
    """A copy of it, served."""
    with served_copy(template, tmp_path / "stage") as copy:
        yield copy
