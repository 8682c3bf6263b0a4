"""Go, Node and pymerkle read a log that we wrote, and see when a bit of it was changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from parley.note import Note
from tests.interop.exported import export

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

INTEROP = Path(__file__).parents[2] / "interop"
GO = [str(INTEROP / "go" / "verify")]
NODE = ["node", str(INTEROP / "node" / "checkpoint.mjs")]
PYMERKLE = [sys.executable, str(INTEROP / "python" / "roots.py")]

SIZE = 700
INDICES = [0, 1, 255, 256, 511, 512, 698, 699]
OLDS = [1, 2, 3, 255, 256, 257, 512, 513, 699]


def run(command: list[str], folder: Path) -> tuple[int, str]:
    """A program's exit code and output. A program that is missing raises, which fails the test."""
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return export(tmp_path, SIZE, INDICES, OLDS)


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def flip_signature(folder: Path, line: int) -> None:
    """Change one bit in the last byte of a signature line, and keep its form."""
    note = Note.parse((folder / "checkpoint").read_bytes())
    old = note.signatures[line]
    signature = old.signature[:-1] + bytes([old.signature[-1] ^ 1])
    changed = type(old)(name=old.name, key_id=old.key_id, signature=signature)
    (folder / "checkpoint").write_bytes(note.with_signatures([changed]).encode())


def test_go_accepts_our_checkpoint_tiles_entries_and_proofs(folder: Path) -> None:
    code, output = run(GO, folder)
    assert code == 0, output
    lines = output.splitlines()
    assert lines[0] == f"ok 3 Ed25519 lines of the checkpoint, size {SIZE}"
    assert sum(line.startswith("ok inclusion") for line in lines) == len(INDICES)
    assert sum(line.startswith("ok consistency") for line in lines) == len(OLDS)
    assert "ok the tiles make the root" in lines
    assert "ok the entries are the leaves" in lines


def test_go_accepts_a_log_of_three_levels_of_tiles(tmp_path: Path) -> None:
    """70,000 is the example of the specification: 273 full tiles, then partial ones on all three levels."""
    export(tmp_path, 70_000, [0, 65_535, 65_536, 69_999], [65_536, 69_888, 69_999])
    assert (tmp_path / "tile/2/000.p/1").stat().st_size == 32
    code, output = run(GO, tmp_path)
    assert code == 0, output


@pytest.mark.parametrize(
    ("name", "place", "check"),
    [
        ("tile/0/001", 40, "FAIL the entries are the leaves"),
        ("tile/1/000.p/2", 0, "FAIL the tiles make the root"),
        ("tile/entries/002.p/188", 2, "FAIL the entries are the leaves"),
        ("inclusion/255.tlog-proof", 40, "FAIL inclusion 255"),
        ("consistency/257", 50, "FAIL consistency 257"),
    ],
)
def test_go_sees_a_changed_bit(folder: Path, name: str, place: int, check: str) -> None:
    flip(folder / name, place)
    code, output = run(GO, folder)
    assert code == 1
    assert check in output


@pytest.mark.parametrize("line", [0, 2, 4])
def test_go_refuses_a_changed_ed25519_line(folder: Path, line: int) -> None:
    flip_signature(folder, line)
    code, output = run(GO, folder)
    assert code == 1
    assert "invalid signature" in output


def test_noble_accepts_our_mldsa44_lines(folder: Path) -> None:
    code, output = run(NODE, folder)
    assert code == 0, output
    assert sum(line.startswith("ok ML-DSA-44") for line in output.splitlines()) == 3


@pytest.mark.parametrize("line", [1, 3, 5])
def test_noble_refuses_a_changed_mldsa44_line(folder: Path, line: int) -> None:
    flip_signature(folder, line)
    code, output = run(NODE, folder)
    assert code == 1
    assert output.count("the signature does not hold") == 1


def test_noble_refuses_another_size(folder: Path) -> None:
    """The size is in the signed message, not only in the text."""
    path = folder / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n700\n", b"\n701\n"))
    code, output = run(NODE, folder)
    assert code == 1
    assert output.count("the signature does not hold") == 3


def test_pymerkle_makes_our_roots(folder: Path) -> None:
    code, output = run(PYMERKLE, folder)
    assert code == 0, output
    assert output.count("ok root") == len(OLDS) + 1


def test_pymerkle_sees_a_changed_entry(folder: Path) -> None:
    flip(folder / "tile/entries/000", 2)
    code, output = run(PYMERKLE, folder)
    assert code == 1
    assert output.count("FAIL root") == len(OLDS) + 1
