"""The agreements that come along with the program, as files to read, to adopt, or to begin one's own from."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import resources

from parley.errors import Malformed

_SCHEMA = resources.files("parley.measures") / "agreement.schema.json"
_FOLDER = resources.files("parley.measures") / "templates"


def names() -> tuple[str, ...]:
    """What they are called, in order of the alphabet."""
    found = (each.name for each in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def read(name: str) -> bytes:
    """The file of one of them, as it came along. Raises: Malformed("agreement.no-template") for any other name."""
    if name not in names():
        near = get_close_matches(name, names(), n=1, cutoff=0.4)
        more = {"nearest": near[0]} if near else {}
        raise Malformed("agreement.no-template", name=name[:60], known=", ".join(names()), **more)
    return (_FOLDER / f"{name}.toml").read_bytes()


def schema() -> bytes:
    """The JSON Schema of agreements' files, for editors."""
    return _SCHEMA.read_bytes()
