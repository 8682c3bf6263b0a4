"""The agreements that were handed over in the negotiations of a home, by their ids: of each the text that counts.

That is the one in force; where none is, the newest that somebody handed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parley.client.calling import handle_of, in_use
from parley.client.references import find_negotiation
from parley.client.session import Session
from parley.client.underway import Text, Underway
from parley.errors import Refused
from parley.fold import Negotiation


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposited:
    """A text of an agreement in one negotiation: its file, and the last paper that brought it, `amber-heron/US-1`.

    `by_all` says that every party of the negotiation has handed over this very file.
    """

    text: Text
    data: bytes
    negotiation: str
    paper: str
    by_all: bool


def named(session: Session, name: str, handle: str | None = None, *, adopting: bool = False) -> Deposited | None:
    """The text that this id means: in one negotiation, or without a handle in the one in use, else in any other.

    Whoever is `adopting` means the newest that its party has not handed over, where there is one. None where nobody
    handed over one. Raises: Refused("negotiation.unknown-handle"); Refused("agreement.several")
    where several negotiations have different texts of this id.
    """
    found: list[Deposited] = []
    for some in _searched(session, handle):
        texts = (each for negotiation in some for each in _texts(session, negotiation, adopting=adopting))
        found = [each for each in texts if each.text.agreement.id == name]
        if found:
            break
    if len({each.text.digest for each in found}) > 1:
        handles = ", ".join(sorted(each.negotiation for each in found))
        raise Refused("agreement.several", name=name, candidates=handles)
    return found[0] if found else None


def all_named(session: Session) -> tuple[Deposited, ...]:
    """Of every agreement in every negotiation of this home the text that its id means."""
    return tuple(
        each for negotiation in session.known.world.negotiations.values() for each in _texts(session, negotiation)
    )


def _searched(session: Session, handle: str | None) -> Iterator[list[Negotiation]]:
    """Where to look, one group after another."""
    if handle is not None:
        yield [find_negotiation(session, handle)]
        return
    every, chosen = list(session.known.world.negotiations.values()), in_use(session)
    yield [each for each in every if each.id == chosen]
    yield [each for each in every if each.id != chosen]


def _texts(session: Session, negotiation: Negotiation, *, adopting: bool = False) -> Iterator[Deposited]:
    under = Underway.read(session, negotiation)
    by = {text.digest: set[str]() for text in under.texts.values()}
    for each in under.handed():
        by[each.text].add(each.sender)
    for name in dict.fromkeys(text.agreement.id for text in under.texts.values()):
        asked = [
            text for text in under.texts.values() if text.agreement.id == name and session.party not in by[text.digest]
        ]
        text = asked[-1] if adopting and asked else under.text_of(name, session.now)
        if text is not None:
            deposit = next(at for at, same in reversed(under.texts.items()) if same.digest == text.digest)
            handle = handle_of(session, negotiation)
            yield Deposited(
                text=text,
                data=under.opened[deposit][1],
                negotiation=handle,
                paper=f"{handle}/{negotiation.papers[deposit].reference}",
                by_all=by[text.digest] >= set(under.parties),
            )
