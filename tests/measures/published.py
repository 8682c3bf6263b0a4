"""What States published, in data/: rows of CSV with their sources in comments."""

from __future__ import annotations

import csv
from pathlib import Path

DATA = Path(__file__).parent / "data"


def published(name: str) -> list[dict[str, str]]:
    """The rows of a file, without its comments."""
    lines = (DATA / f"{name}.csv").read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def declared_exercise() -> dict[str, str]:
    """Zapad-2017 as it was declared, item by item."""
    return {row["item"]: row["value"] for row in published("zapad-2017")}
