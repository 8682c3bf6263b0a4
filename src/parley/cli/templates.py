"""The agreements that come with the program, as files."""

from __future__ import annotations

from functools import cache
from importlib import resources

_PLACE = "parley.measures"


@cache
def names() -> tuple[str, ...]:
    """Their ids, which are also the names of their files."""
    folder = resources.files(_PLACE).joinpath("templates")
    return tuple(sorted(each.name.removesuffix(".toml") for each in folder.iterdir() if each.name.endswith(".toml")))


def read(name: str) -> bytes:
    """The file of one of `names`."""
    return resources.files(_PLACE).joinpath("templates", f"{name}.toml").read_bytes()
