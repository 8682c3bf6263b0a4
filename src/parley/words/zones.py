"""The time zones of the IANA database, from the tables that come with the package tzdata and no others.

A machine's own tables may be older, and may hold names that mean something else on the next machine (`localtime`), or
clocks that count leap seconds (`right/UTC`). What two parties read as one time, and a page that is written again, must
not depend on them.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

_TABLES = "tzdata"


@cache
def names() -> frozenset[str]:
    """All names that mean a zone; `Factory` means that none was chosen."""
    return frozenset(resources.files(_TABLES).joinpath("zones").read_text("utf-8").split()) - {"Factory"}


@cache
def zone(name: str) -> ZoneInfo | None:
    """A zone by its name; None where the tables do not have it."""
    if name not in names():
        return None
    with resources.files(_TABLES).joinpath("zoneinfo", *name.split("/")).open("rb") as table:
        return ZoneInfo.from_file(table, key=name)
