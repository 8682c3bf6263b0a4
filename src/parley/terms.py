"""Terms: who may be shown a paper, and who must agree before any of it is published.

The sender signs them in the deposit; the recipient signs their digest in the receipt, accepted or under reserve.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from parley.canonical import Record, Time, encode
from parley.crypto import Digest, tagged
from parley.errors import Malformed
from parley.policy.trust import PARTY_ID

PartyId = Annotated[str, Meta(pattern=rf"^{PARTY_ID}\Z")]
"""Lowercase letters, digits and dashes, at most 32: how acts name a party. People read its display name."""

Force = Literal["asked", "required"]
Mode = Literal["none", "consent", "free"]


class PublicationRule(Record, frozen=True):
    """Whether something may be published: not at all, with the consent of all the parties named, or freely."""

    mode: Mode
    parties: tuple[PartyId, ...]

    def __post_init__(self) -> None:
        if (self.mode == "consent") != bool(self.parties):
            raise Malformed("terms.consent-parties")
        if list(self.parties) != sorted(set(self.parties)):
            raise Malformed("terms.order")


class Publication(Record, frozen=True):
    """One rule for single provisions, one for the whole paper."""

    excerpts: PublicationRule
    full: PublicationRule


class Terms(Record, frozen=True):
    """What a sender asks or requires of those who receive a paper.

    `force` "asked" leaves the recipient a receipt under reserve; "required" leaves accept or refuse. `audience` are
    further parties who may be shown the paper. Before `embargo` nothing counts as published by consent or by its
    author. `author_free` lets the author publish its own text.
    """

    audience: tuple[PartyId, ...]
    author_free: bool
    embargo: Time | None
    force: Force
    publication: Publication

    def __post_init__(self) -> None:
        if list(self.audience) != sorted(set(self.audience)):
            raise Malformed("terms.order")


def terms_digest(terms: Terms) -> Digest:
    """SHA-256("parley/terms/v1" || LF || canonical JSON of the terms)."""
    return tagged("parley/terms/v1", encode(terms))


PRESETS = ("confidential", "essence", "public")

_NONE = PublicationRule(mode="none", parties=())
_FREE = PublicationRule(mode="free", parties=())


def preset(name: str, *, parties: tuple[str, ...], force: Force = "asked") -> Terms:
    """The terms a preset stands for; `parties` are the sender and the recipients, whose consent `essence` asks.

    Raises: Malformed when there is no preset of that name.
    """
    match name:
        case "confidential":
            publication, author_free = Publication(excerpts=_NONE, full=_NONE), False
        case "essence":
            consent = PublicationRule(mode="consent", parties=tuple(sorted(set(parties))))
            publication, author_free = Publication(excerpts=consent, full=_NONE), True
        case "public":
            publication, author_free = Publication(excerpts=_FREE, full=_FREE), True
        case _:
            raise Malformed("terms.preset", name=name[:40])
    return Terms(audience=(), author_free=author_free, embargo=None, force=force, publication=publication)
