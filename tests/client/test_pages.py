"""A party reads on however the depositary cuts its pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.depositary import sqlite, store
from tests.client.places import Office, draft_file, two


def test_short_pages_are_followed_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Office(tmp_path / "depositary") as office:
        ru, us = two(office, tmp_path)
        for _ in range(3):
            us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
        whole = store.fitting
        monkeypatch.setattr(sqlite, "fitting", lambda lengths, _most: whole(lengths, 0))
        ru.sync()
        assert [ru.show(f"US-{number}").reference for number in (1, 2, 3)] == ["US-1", "US-2", "US-3"]
