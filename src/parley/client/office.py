"""How a key comes to act for a party: the office file goes out, a request comes back, the root gives full powers."""

from __future__ import annotations

from parley import statement
from parley.act import Capability, FullPowers, Holder
from parley.age import parse_reading_key, reading_key_text
from parley.canonical import Record, Time, encode
from parley.client.keyring import Keyring
from parley.client.session import Session
from parley.client.setup import Setup, read_line
from parley.crypto import Digest, KeySetId, Link, PublicKeys, Purpose, Signatures, SigningKey, VerifyingKey
from parley.errors import Refused
from parley.terms import PartyId

ALL: tuple[Capability, ...] = ("carry", "deposit", "manage", "read", "receive", "release")
DAY = 86_400_000
POWERS = 365 * DAY
REQUEST = "request"


class OfficeFile(Record, frozen=True):
    """What an officer's own machine needs to know of its party; no secret."""

    address: str
    genesis: Digest
    log: str
    party: PartyId
    root: KeySetId


class OfficeRequest(Record, frozen=True):
    """A key that asks for full powers: its public halves, the proof that its holder has it, and its box key."""

    box: str
    holder: Holder
    key: PublicKeys
    log: str
    party: PartyId
    possession: Signatures


def full_powers(
    session: Session,
    root: SigningKey,
    request: OfficeRequest,
    *,
    may: tuple[Capability, ...],
    until: Time | None,
    since: Time | None = None,
    after: Link | None = None,
    needs: int = 1,
) -> FullPowers:
    """Full powers for the key in a request. `since` defaults to yesterday: it gives nothing before its own entry."""
    common = session.common(None, root)
    return FullPowers(
        **(common | {"after": after or common["after"]}),
        capabilities=tuple(sorted(set(may))),
        holder=request.holder,
        key=request.key,
        needs=2 if needs == 2 else 1,
        possession=request.possession,
        since=since if since is not None else Time(session.now - DAY),
        until=until if until is not None else Time(session.now + POWERS),
    )


def request_of(keyring: Keyring, holder: Holder, *, log: str, party: str) -> OfficeRequest:
    key = keyring.signing
    body = statement.possession_bytes(key.id, log=log, party=party)
    return OfficeRequest(
        box=reading_key_text(keyring.box.public),
        holder=holder,
        key=key.verifying.public,
        log=log,
        party=party,
        possession=key.sign(Purpose.ACT, body),
    )


def request_office(setup: Setup, office: bytes, holder: Holder) -> bytes:
    """Make an officer's home from the office file, and return the request for full powers."""
    file = read_line(office, OfficeFile, "office.file")
    party = setup.party_file(address=file.address, genesis=file.genesis, log=file.log, party=file.party, root=file.root)
    home = setup.home(party)
    keyring = setup.keyring(home)
    if home.has(REQUEST):
        return home.read(REQUEST)
    home.write_party(party)
    session = setup.session(home)
    try:
        session.reader.begin()
    finally:
        session.close()
    request = encode(request_of(keyring, holder, log=file.log, party=file.party)) + b"\n"
    home.write(request, REQUEST)
    return request


def read_request(data: bytes, *, log: str, party: str) -> OfficeRequest:
    """Read a request for full powers. Verified: the proof of possession, for this party and log. Raises: Malformed,
    Invalid, Refused("office.other-party")."""
    request = read_line(data, OfficeRequest, "office.request")
    if (request.log, request.party) != (log, party):
        raise Refused("office.other-party", party=request.party)
    key = VerifyingKey(request.key)
    key.verify(Purpose.ACT, statement.possession_bytes(key.id, log=log, party=party), request.possession)
    parse_reading_key(request.box)
    return request
