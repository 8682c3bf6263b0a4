"""The script of the checkout, called from elsewhere."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).parent.parent / "run"


def called(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(RUN), *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(autouse=True)
def _made() -> None:
    if not (RUN.parent / ".venv" / "bin" / "parley").exists():
        pytest.skip("the checkout has no environment of its own")


def test_parley_finds_and_writes_files_where_it_was_called_from(tmp_path: Path) -> None:
    founding = ("parley", "depositary", "init", "office", "--name", "depositary.example", "--yes")
    done = called(tmp_path, *founding)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "office" / "rules.toml").is_file()
    assert not (RUN.parent / "office").exists()
    assert "name: depositary.example" in called(tmp_path, "parley", "depositary", "status", "office").stdout


def test_a_folder_with_a_space_is_one_folder(tmp_path: Path) -> None:
    inner = tmp_path / "a walk"
    inner.mkdir()
    (inner / "not.evidence").write_text("x")
    done = called(inner, "parley", "verify", "not.evidence")
    assert "is not there" not in done.stderr
    assert "missing" not in done.stderr
    assert done.returncode in (1, 2)


def test_the_demo_keeps_its_folder_where_it_was_called_from(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "mine.txt").write_text("x")
    done = called(tmp_path, "demo", "--keep", "kept")
    assert (done.returncode, "is not empty" in done.stdout) == (2, True)  # it looked there, and not in the checkout
