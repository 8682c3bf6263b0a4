"""Checks the roots of an exported log with pymerkle, which shares no code with Parley.

    python roots.py FOLDER      prints a line a check, exits 1 when one fails

The entries are read here again, not with Parley's reader of bundles.
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

from pymerkle import InmemoryTree


def entries(folder: Path, size: int) -> list[bytes]:
    """The entries in the bundles that a tree of `size` has; folders of more than a thousand bundles are not needed."""
    found: list[bytes] = []
    for number in range(-(-size // 256)):
        width = min(256, size - 256 * number)
        name = f"{number:03}" if width == 256 else f"{number:03}.p/{width}"
        bundle = (folder / "tile" / "entries" / name).read_bytes()
        while bundle:
            end = 2 + int.from_bytes(bundle[:2], "big")
            found.append(bundle[2:end])
            bundle = bundle[end:]
    return found


def main(folder: Path) -> int:
    """Compare the signed root, and every old root a consistency proof starts from; returns the exit code."""
    lines = (folder / "checkpoint").read_text("utf-8").split("\n")
    roots = {int(lines[1]): lines[2]}
    for path in (folder / "consistency").iterdir():
        roots[int(path.name)] = path.read_text("utf-8").split("\n")[0]
    leaves = entries(folder, int(lines[1]))
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries(leaves)
    failed = len(leaves) != int(lines[1])
    for size, root in sorted(roots.items()):
        same = base64.b64encode(tree.get_root(size)).decode() == root
        failed = failed or not same
        sys.stdout.write(f"{'ok' if same else 'FAIL'} root of size {size}\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
