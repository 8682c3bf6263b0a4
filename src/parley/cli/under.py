"""Agreements by name or file: those that come with the program, and any TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from parley.errors import Malformed

if TYPE_CHECKING:
    from parley.measures.agreement import Agreement


def agreement_bytes(text: str) -> bytes:
    """The file of an agreement, or the one that comes along by that name. Raises: as `read_file`, `templates.read`."""
    from parley.cli.files import read_file
    from parley.cli.templates import read
    from parley.measures.agreement_file import LARGEST

    return read_file(Path(text), most=LARGEST) if text.endswith(".toml") else read(text.strip().casefold())


def agreement_of(text: str) -> Agreement:
    """A sound agreement by name or file. Raises: as `agreement_bytes`; Malformed with the first fault's `line`."""
    from parley.measures.agreement_file import read_agreement

    return read_agreement(agreement_bytes(text))


def agreement_for(data: bytes, under: str | None) -> Agreement:
    """The agreement that a filled form names, from `under` or among the templates. Raises: Malformed, Refused."""
    from parley.measures.content import read_head

    named, _ = read_head(data)
    found = agreement_of(under or named)
    if found.id != named:
        raise Malformed("notice.other-agreement", agreement=found.id, line=1)
    return found
