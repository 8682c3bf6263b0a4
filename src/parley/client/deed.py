"""What a draft file would do to an agreement, read from the paper in it: whoever signs has nothing but the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from parley import canonical
from parley.act import Deposit, Round
from parley.canonical import Time
from parley.client.opening import open_file, open_paper
from parley.client.references import named
from parley.client.session import Session
from parley.client.underway import NOTICES, Underway
from parley.document import Document
from parley.errors import Invalid, Malformed, ParleyError, Unavailable
from parley.fold import Negotiation
from parley.measures import step_file, step_text
from parley.measures.agreement import Agreement
from parley.measures.changed import differences
from parley.measures.standing import end_if_denounced
from parley.paper import counting


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """`kind` is that of a statement, "adopt", "amend" or "declare"; `name` the agreement's id.

    `changes` are place, old and new of an amendment, None for what is not there. `cites` is the paper a statement is
    about; `ends` the time at which an agreement would end for our party if it were denounced now. Of a declaration,
    whose paper has the id of its round and not its name, `towards` are the others in it, `deadline` its end, and
    `beside` the papers that it has already.
    """

    kind: str
    name: str = ""
    measures: tuple[str, ...] = ()
    towards: tuple[str, ...] = ()
    because: str = ""
    cites: str | None = None
    changes: tuple[tuple[str, str | None, str | None], ...] = ()
    ends: Time | None = None
    deadline: Time | None = None
    beside: tuple[str, ...] = ()


def deed_of(session: Session, negotiation: Negotiation, act: Deposit, document: Document) -> Deed | None:
    """What handing over this paper does to an agreement; None for any other paper.

    Verifies that a statement and a text of an agreement are the ones that their file makes, and that a statement is
    about a text that was handed over in this negotiation. Of what is not, or cannot be told without the depositary,
    nothing is said, and its own words are shown. Of a declaration only its round is told: what it says stands in its
    text.
    """
    kind = document.original.media_type if document.original is not None else None
    if kind in NOTICES:
        return _declaration(session, negotiation, act.opening.round) if act.opening.round is not None else None
    if kind not in (step_file.MEDIA_TYPE, step_text.MEDIA_TYPE):
        return None
    try:
        _, data = open_file(session, act)
        under = Underway.read(session, negotiation)
        if kind == step_text.MEDIA_TYPE:
            return _text(under, step_text.read_text(document, data))
        return _statement(under, document, data)
    except (Malformed, Invalid):
        return None


def _declaration(session: Session, negotiation: Negotiation, meeting: Round) -> Deed:
    return Deed(
        kind="declare",
        towards=tuple(party for party in meeting.parties if party != session.party),
        deadline=meeting.deadline,
        beside=tuple(each.reference for each in counting(negotiation.papers) if each.act.opening.round == meeting),
    )


def _text(under: Underway, agreement: Agreement) -> Deed | None:
    every = [each for each in under.in_use(under.session.now) if each.place == "in-force"]
    before = next((each.agreement for each in every if each.agreement.id == agreement.id), None)
    if before is None and _missing(under):
        return None
    if before is None or before == agreement:
        return Deed(kind="adopt", name=agreement.id)
    changes = tuple((place, _words(old), _words(new)) for place, old, new in differences(before, agreement))
    return Deed(kind="amend", name=agreement.id, changes=changes)


def _missing(under: Underway) -> bool:
    """Whether a paper that may be the text in force is not on this machine, and could not be asked for."""
    for paper in under.shut:
        try:
            open_paper(under.session, paper.act)
        except Unavailable:
            return True
        except ParleyError:
            continue  # it opens for nobody here, and so counts for nothing
    return False


def _words(value: Any) -> str | None:
    return None if value is None else str(value)


def _statement(under: Underway, document: Document, data: bytes) -> Deed | None:
    agreement = under.agreements().get(canonical.decode(data, step_file.Stated).agreement)
    if agreement is None:
        return None
    stated = step_text.read_step(document, data, agreement)
    cites = named(under.negotiation, stated.cites)
    if stated.cites is not None and cites is None:
        return None
    return Deed(
        kind=stated.kind,
        name=agreement.id,
        measures=stated.measures,
        towards=stated.towards,
        because=stated.because,
        cites=cites,
        ends=end_if_denounced(agreement, under.session.now) if stated.kind == "denunciation" else None,
    )
