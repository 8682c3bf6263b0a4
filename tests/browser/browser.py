"""A real browser for tests: Chromium, driven by interop/browser/drive.mjs, with no network and nothing kept."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DRIVER = ROOT / "interop" / "browser"
TABS = 40
"""More than any of the pages has places for the keyboard."""


def install() -> None:
    """Install what drives the browser, exactly as its lock says. Fails, and does not skip, without node and npm."""
    if not (DRIVER / "node_modules" / "playwright-core").is_dir():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=DRIVER, check=True)


class Browser:
    """One window. `open` gives it a profile of its own; what was asked for before is forgotten."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", "drive.mjs"], cwd=DRIVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.file = Path()

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def __call__(self, do: str, **given: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the browser has ended; is Chromium installed? On Debian: apt-get install chromium"
        answer = json.loads(line)
        assert "failed" not in answer, answer["failed"]
        return answer["is"]

    def open(self, file: Path, **how: Any) -> None:
        self.file = file.resolve()
        self("open", file=str(self.file), **how)

    def text(self, where: str = "body") -> str:
        """What a reader sees, with its line ends."""
        return str(self("text", where=where))

    def drop(self, file: Path, where: str = "#drop") -> None:
        self("drop", where=where, name=file.name, data=base64.b64encode(file.read_bytes()).decode())

    def drop_timed(self, file: Path, where: str = "#drop", found: str = "#verdict") -> float:
        """Drop a file, and return the seconds until the page has written down what it found."""
        data = base64.b64encode(file.read_bytes()).decode()
        return float(self("dropTimed", where=where, found=found, name=file.name, data=data)) / 1000

    def press(self, *keys: str) -> None:
        self("press", keys=keys)

    def tab_to(self, name: str) -> None:
        """Press Tab until something of this id or text has the keyboard; it must show that it has."""
        for _ in range(TABS):
            self.press("Tab")
            here = self("focused")
            if name in (here["id"], here["text"]):
                assert here["ring"], f"{name} has the keyboard, and nobody can see it"
                return
        raise AssertionError(f"the keyboard does not come to {name}")

    def quiet(self) -> bool:
        """Nothing was asked for but the page itself, and the console is empty."""
        seen = self("seen")
        assert seen == {"requests": [self.file.as_uri()], "complaints": []}
        return True

    def fits(self) -> bool:
        """Nothing stands beside the window."""
        found = self("overflow")
        assert found == {"by": 0, "what": []}, found
        return True

    def accessible(self, *, printed: bool = False) -> bool:
        """Axe finds nothing, WCAG 2.2 A and AA and its own advice."""
        found = self("axe", printed=printed)
        assert found == [], json.dumps(found, indent=2)
        return True
