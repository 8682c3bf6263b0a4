"""The browser's verifier run by node, installed exactly as its lock says."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

VERIFIER = Path(__file__).parents[2] / "src" / "parley" / "record" / "verifier"
Job = tuple[bytes, str | None]


def install() -> None:
    """Install what the verifier is built from. Fails, and does not skip, without node and npm."""
    if not (VERIFIER / "node_modules" / "@noble").is_dir():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=VERIFIER, check=True)


def judged(jobs: Iterable[Job], **more: str) -> list[dict[str, Any]]:
    """What the browser's verifier says of each file under each trust file; with a `language`, its sentences."""
    return ran([{"evidence": base64.b64encode(data).decode(), "trust": trust} | more for data, trust in jobs])


def compared(pages: Iterable[bytes]) -> list[dict[str, Any]]:
    """What the browser's verifier says of each page."""
    return ran([{"html": base64.b64encode(page).decode()} for page in pages])


def ran(jobs: Iterable[dict[str, Any]]) -> list[Any]:
    """What comes of each job in test/judge.mjs."""
    lines = [json.dumps(job) + "\n" for job in jobs]
    command = ["node", "test/judge.mjs"]
    done = subprocess.run(command, cwd=VERIFIER, input="".join(lines).encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8")
    return [json.loads(line) for line in done.stdout.decode("utf-8").split("\n")[:-1]]
