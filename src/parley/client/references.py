"""How a person names a paper: `US-1`, `amber-heron/US-1`, eight or more digits of a digest, `latest`."""

from __future__ import annotations

import re

from parley.client.calling import full, handle_of, in_use
from parley.client.session import Session
from parley.crypto import Digest
from parley.errors import Malformed, Refused
from parley.fold import Negotiation
from parley.paper import Paper

_REFERENCE = re.compile(
    r"(?:(?P<handle>[a-z]{2,20}-[a-z]{2,20}(?:-[1-9][0-9]{0,6})?)/)?(?P<paper>[a-z][a-z0-9-]{0,31}-[1-9][0-9]{0,6})"
)
_MISSED = re.compile(r"([a-z][a-z-]{0,31}?)[ _.#/-]*([1-9][0-9]{0,6})")
_DIGITS = re.compile(r"[0-9a-f]{8,64}")
LATEST = "latest"

Found = tuple[Negotiation, Paper]


def find_negotiation(session: Session, handle: str | None) -> Negotiation:
    """A negotiation by its handle; without one, the one in use, else the only one.

    Raises: Refused("negotiation.none"), Refused("negotiation.unknown-handle"), Refused("reference.ambiguous").
    """
    all_ = list(session.known.world.negotiations.values())
    if handle is not None:
        wanted = handle.strip().casefold()
        found = [each for each in all_ if handle_of(session, each) == wanted]
        if not found:
            raise Refused("negotiation.unknown-handle", handle=wanted[:60])
    else:
        chosen = in_use(session)
        found = [each for each in all_ if each.id == chosen] or all_
        if not found:
            raise Refused("negotiation.none")
    if len(found) > 1:
        handles = sorted(handle_of(session, each) for each in found)
        raise Refused("reference.ambiguous", reference=handle or "", candidates=", ".join(handles))
    return found[0]


def wanted(session: Session, handle: str | None) -> list[Negotiation]:
    """The negotiation of a handle; without one all of them, the one in use first. Raises: as `find_negotiation`."""
    every = list(session.known.world.negotiations.values())
    if handle is not None or not every:
        return [find_negotiation(session, handle)]
    chosen = in_use(session)
    return sorted(every, key=lambda each: each.id != chosen)


def find(session: Session, text: str, *, signing: bool, handle: str | None = None) -> Found:
    """The paper that a reference names; with `handle`, a bare number is one of that negotiation, whichever is in use.

    Raises: Malformed("reference.form"), Refused("reference.unknown"), Refused("reference.ambiguous", candidates),
    Refused("reference.latest") for `latest` where something would be signed; as `find_negotiation` for the handle.
    """
    wanted = text.strip().casefold()
    if is_latest(text):
        if signing:
            raise Refused("reference.latest")
        return _latest(session)
    if match := _REFERENCE.fullmatch(wanted):
        found = _by_number(session, match["handle"], match["paper"], handle)
    elif _DIGITS.fullmatch(wanted):
        found = [each for each in session.known.world.papers() if each[1].digest.hex().startswith(wanted)]
    else:
        near = _MISSED.fullmatch(wanted)
        meant = {"near": f"{near[1].upper()}-{near[2]}"} if near else {}
        raise Malformed("reference.form", reference=text[:60], **meant)
    return _only(session, found, text)


def _only(session: Session, found: list[Found], text: str) -> Found:
    if not found:
        raise Refused("reference.unknown", reference=text[:60])
    if len(found) > 1:
        raise Refused(
            "reference.ambiguous",
            reference=text[:60],
            candidates=", ".join(sorted(full(session, *each) for each in found)),
        )
    return found[0]


def _by_number(session: Session, handle: str | None, paper: str, within: str | None) -> list[Found]:
    found = [each for each in session.known.world.papers() if each[1].reference.casefold() == paper]
    if handle is not None:
        return [each for each in found if handle_of(session, each[0]) == handle]
    if within is not None:
        meant = find_negotiation(session, within)
        return [each for each in found if each[0].id == meant.id]
    chosen = in_use(session)
    return [each for each in found if each[0].id == chosen] or found


def _latest(session: Session) -> Found:
    papers = list(session.known.world.papers())
    if not papers:
        raise Refused("reference.unknown", reference=LATEST)
    return max(papers, key=lambda each: each[1].at.index)


def is_latest(text: str) -> bool:
    """Whether a text stands for the newest paper, which is good for looking and never for signing."""
    return text.strip().casefold() == LATEST


def is_reference(text: str) -> bool:
    """Whether a text reads as a paper's name, known here or not."""
    wanted = text.strip().casefold()
    return is_latest(text) or any(form.fullmatch(wanted) for form in (_REFERENCE, _DIGITS))


def named(negotiation: Negotiation, digest: Digest | None) -> str | None:
    """The reference of a paper of this negotiation by its digest."""
    paper = negotiation.papers.get(digest) if digest is not None else None
    return paper.reference if paper else None
