"""Agreements by name or file: any TOML file, those of the negotiations of this home, those that come with the program.

A name is looked for in this order: a file, where it ends with `.toml`; the text of this id that is in force in a
negotiation of this home, else the newest that was handed over there; what comes along. Papers are counted under the
text in force, so a form is filled in under it too. Files need no home, and where there is none, neither do names.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from parley.cli.session import Session
from parley.errors import Malformed, Refused
from parley.words import say

if TYPE_CHECKING:
    from parley.client import Delegation
    from parley.client.texts import Deposited
    from parley.measures.agreement import Agreement

T = TypeVar("T")


def agreement_bytes(
    session: Session,
    text: str,
    *,
    handle: str | None = None,
    delegation: Delegation | None = None,
    adopting: bool = False,
) -> bytes:
    """The file of an agreement by its name or path; it is told when not all parties handed over the same.

    `delegation` is the home where it is open already. Raises: as `looked_up`.
    """
    data, found = looked_up(session, text, handle=handle, delegation=delegation, adopting=adopting)
    if found is not None and not found.by_all:
        session.tell(say("agreement.not-by-all", paper=found.paper))
    return data


def looked_up(
    session: Session,
    text: str,
    *,
    handle: str | None = None,
    delegation: Delegation | None = None,
    adopting: bool = False,
) -> tuple[bytes, Deposited | None]:
    """The file of an agreement, and in which paper it was handed over here, if it was.

    Whoever is `adopting` means the newest text that its party has not handed over, everybody else the one in force.
    Raises: as `read_file`, `templates.read` and `Measures.deposited`.
    """
    from parley.cli.files import read_file
    from parley.cli.templates import read
    from parley.measures.agreement_file import LARGEST

    if text.endswith(".toml"):
        return read_file(Path(text), most=LARGEST), None
    name = text.strip().casefold()

    def look(home: Delegation) -> Deposited | None:
        return home.measures.to_adopt(name, handle) if adopting else home.measures.deposited(name, handle)

    found = look(delegation) if delegation is not None else at_home(session, look)
    return (read(name), None) if found is None else (found.data, found)


def bytes_to_adopt(
    session: Session, text: str, *, handle: str | None = None, delegation: Delegation | None = None
) -> bytes:
    """The same, where a name means what comes along before it means what another party handed over.

    Whoever adopts by name does not put its name to a text that somebody changed. Raises: as `agreement_bytes`.
    """
    from parley.cli.templates import names, read

    name = text.strip().casefold()
    if name in names():
        return read(name)
    return agreement_bytes(session, text, handle=handle, delegation=delegation, adopting=True)


def agreement_of(
    session: Session, text: str, *, handle: str | None = None, delegation: Delegation | None = None
) -> Agreement:
    """A sound agreement by name or file. Raises: as `agreement_bytes`; Malformed with the first fault's `line`."""
    from parley.measures.agreement_file import read_agreement

    return read_agreement(agreement_bytes(session, text, handle=handle, delegation=delegation))


def agreement_for(session: Session, data: bytes, under: str | None, *, handle: str | None = None) -> Agreement:
    """The agreement that a filled form names, from `under` or by that name. Raises: Malformed, Refused."""
    from parley.measures.content import read_head

    named, _ = read_head(data)
    found = agreement_of(session, under or named, handle=handle)
    if found.id != named:
        raise Malformed("notice.other-agreement", agreement=found.id, line=1)
    return found


def at_home(session: Session, look: Callable[[Delegation], T]) -> T | None:
    """What is found in this home, from what it holds where the depositary cannot be reached.

    None where there is no home, or one that nobody empowered yet; and where nobody said its passphrase or can be asked
    for it, which is told.
    """
    from parley.cli.looking import from_what_is_held
    from parley.client.home import PARTY, Home

    if not Home(session.home).has(PARTY):
        return None
    try:
        with session.delegation() as delegation, from_what_is_held(session, delegation):
            delegation.sync()
            return look(delegation)
    except Malformed as error:
        if error.code != "use.no-passphrase":
            raise
        session.tell(say("agreement.home-closed"))
    except Refused as error:
        if error.code != "request.unknown-key":  # the home of a new officer, which holds nothing yet
            raise
    return None
