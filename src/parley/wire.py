"""What travels between a party and its depositary over HTTP: bodies, header names, media types, and the invitation.

Every JSON body is canonical, in both directions. spec/openapi.yaml is the reference; a test holds the two together.
"""

from __future__ import annotations

import re
from typing import Literal

from parley.act import Count, check_origin
from parley.canonical import Hex, Record, Time, decode, encode
from parley.crypto import Digest
from parley.errors import Malformed
from parley.statement import Envelope
from parley.terms import PartyId
from parley.wording import displayed

INVITATION = "Parley-Invitation"
"""Carries the code of an invitation beside a party's first `Enrol`."""

UPLOAD_OFFSET = "Upload-Offset"
"""How many bytes of a sealed part have arrived: answers HEAD and PUT, and says where to go on."""

JSON = "application/json"
ACT = "application/vnd.parley.act+json"
NOT_ADMITTED = "application/vnd.parley.not-admitted+json"
OCTETS = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"

LARGEST_CHUNK = 8 << 20
"""Bytes of a sealed part that one request may bring."""

LARGEST_KEYBOX = 1 << 20
"""Bytes of a party's key box."""

LARGEST_PAGE = 500
"""Acts in one page of a chain."""

LARGEST_ENROLMENTS = 128
"""Acts in one page of what is for all of a register, each with its proof."""

LARGEST_PAGE_BYTES = 8 << 20
"""Bytes of the acts in one page of a chain, unless its first act alone is larger."""

CLOCK_AHEAD = 300
"""Seconds by which the claimed time of an act may lie ahead of the depositary's clock."""


class InvitationCode(Hex, size=16):
    """The secret that lets one party enrol; the depositary keeps only its digest."""


class Item(Record, frozen=True):
    """An act with the proof of its entry: C2SP tlog-proof text whose extra data is the 73-byte entry."""

    act: Envelope
    proof: str


class Items(Record, frozen=True):
    """Acts with their proofs, in log order; `more` where others follow."""

    acts: tuple[Item, ...]
    more: bool


class Admitted(Record, frozen=True):
    """The answer to an act that is in the log: its index, and the proof against a signed checkpoint."""

    index: Count
    proof: str


class ChainLength(Record, frozen=True):
    """A chain the requester may read: a register by its party, a negotiation by its id in hexadecimal."""

    id: str
    kind: Literal["register", "negotiation"]
    length: Count


class Chains(Record, frozen=True):
    """All chains that the requester may read."""

    chains: tuple[ChainLength, ...]


class Link(Record, frozen=True):
    """An act of a chain and the index of its entry, whose bytes stand in the public log."""

    act: Envelope
    index: Count


class ChainPage(Record, frozen=True):
    """Acts of one chain in chain order, from the one asked for; `length` is how many the chain has in all."""

    acts: tuple[Link, ...]
    length: Count


class Problem(Record, frozen=True):
    """Why a request was not served: the code of an error, and the details its sentence needs."""

    details: dict[str, str | int]
    error: str


_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|https?://\[[0-9a-f:.]{2,45}\](:[0-9]{1,5})?")


class Invitation(Record, frozen=True):
    """The file by which an office lets one party enrol: where the depositary is, which one it is, and as whom.

    `genesis` is the digest of the depositary's entry 0: who holds this file knows the right depositary from a wrong.
    """

    address: str
    code: InvitationCode
    genesis: Digest
    id: PartyId
    log: str
    name: str
    until: Time

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address):
            raise Malformed("invitation.address")
        check_origin(self.log)
        displayed(self.name, most=120)

    def print(self) -> bytes:
        """The file: canonical JSON and a line feed."""
        return encode(self) + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Invitation:
        """Read an invitation file. Raises: Malformed for anything that `print` would not write."""
        if not data.endswith(b"\n"):
            raise Malformed("invitation.cut-short")
        return decode(data[:-1], cls)
