"""Writes vectors/measures/bases.draw and bases.trust: a draw between two homes, proven to anyone.

    .venv/bin/python -m tools.draw_proof_vector

It is played as tests/client/test_draws.py plays it, at this moment and with seeds at random: another run writes another
draw, which is as good.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.client.places import Office
from tests.client.test_draws import drawn, proposed

FOLDER = Path(__file__).parents[1] / "vectors" / "measures"


def main() -> None:
    """Play the draw and write both files."""
    with tempfile.TemporaryDirectory() as folder, Office(Path(folder) / "office") as office:
        ru, us, reference = proposed(office, Path(folder))
        drawn(ru, us, reference)
        (FOLDER / "bases.draw").write_bytes(us.draws.proof(reference))
        (FOLDER / "bases.trust").write_text(us.trust_file(), encoding="utf-8")


if __name__ == "__main__":
    main()
