"""Zones come from the tables shipped with the program: what a machine has of its own changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo, reset_tzpath

import pytest

from parley.canonical import Time
from parley.client.limits import end_of_day
from parley.errors import Malformed
from parley.words import zones
from parley.words.clock import Clocks, zone_of


@pytest.mark.parametrize("name", sorted(zones.names()))
def test_every_name_is_a_zone(name: str) -> None:
    found = zones.zone(name)
    assert found is not None
    assert found.key == name
    assert datetime(2022, 1, 26, 17, 16, tzinfo=UTC).astimezone(found).utcoffset() is not None


@pytest.mark.parametrize(
    "name",
    ["localtime", "right/UTC", "posix/Europe/Moscow", "Europe/Moscow ", "../UTC", "/etc/localtime", ""],
)
def test_what_only_some_machines_have_is_none(name: str) -> None:
    assert zones.zone(name) is None
    assert zone_of(name) is UTC
    assert Clocks.of([name]).zones == ()
    with pytest.raises(Malformed) as caught:
        end_of_day(datetime(2022, 1, 26, tzinfo=UTC).date(), name)
    assert caught.value.code == "limit.zone"


def test_the_tables_of_the_machine_do_not_count(tmp_path: Path) -> None:
    """A machine whose table of Moscow is that of another place reads the same times."""
    other = tmp_path / "Europe"
    other.mkdir()
    tokyo = resources.files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo")
    (other / "Moscow").write_bytes(tokyo.read_bytes())
    zones.zone.cache_clear()
    reset_tzpath(to=[str(tmp_path)])
    try:
        assert ZoneInfo.no_cache("Europe/Moscow").utcoffset(datetime(2022, 1, 26)) == timedelta(hours=9)  # noqa: DTZ001
        assert Clocks(("Europe/Moscow",)).instant(Time(1_643_217_360_000)).endswith("20:16 Moscow")
    finally:
        reset_tzpath()
        zones.zone.cache_clear()
