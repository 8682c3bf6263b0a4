"""A party is founded from its invitation."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from parley import policy
from parley.act import Enrol, Holder, Words
from parley.canonical import Base64, Record, Time, encode
from parley.chain import Chain
from parley.client import limits
from parley.client.home import FOUNDING, KEY_BOX, LEDGER, PARTY, Home, PartyFile
from parley.client.keybox import KeyBox, open_box
from parley.client.keyring import Keyring
from parley.client.ledger import Ledger
from parley.client.office import ALL, full_powers, request_of
from parley.client.ports import Ports
from parley.client.root import Root
from parley.client.session import Session
from parley.client.setup import ROOT_FILE, Setup, read_line
from parley.client.views import Founded, Sheet
from parley.crypto import Digest, KeySetId, ReadingSecret
from parley.errors import Refused, Unavailable
from parley.wire import Invitation


class Founding(Record, frozen=True):
    """What a founder says of the party and of itself; kept in the home, so that none of it is asked for twice."""

    holder: Holder
    zone: str
    languages: tuple[str, ...]
    names: tuple[Words, ...]
    until: Time | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """An earlier founding: when it began, by the file of its root, and what was said then, where that was kept.

    When it is `signed`, the first acts of the party say it, and nothing said later changes that.
    """

    at: Time
    said: Founding | None
    signed: bool


def found(setup: Setup, invitation: bytes, root_folder: Path, founding: Founding) -> Founded:
    """Found a party from its invitation, or go on founding it."""
    paper = Invitation.parse(invitation)
    limits.zone(founding.zone)
    root, path = setup.root(root_folder, paper.id)
    party = setup.party_file(
        address=paper.address, genesis=paper.genesis, log=paper.log, party=paper.id, root=root.signing.id
    )
    home = setup.home(party)
    if not _signed(home):
        home.write(encode(founding) + b"\n", FOUNDING)
    keyring = setup.keyring(home)
    box = _new_box(home, party, root, keyring, setup.ports)
    home.write_party(party)
    session = setup.session(home)
    try:
        _enter(session, paper, root, keyring, box, founding)
        name = display_name(session, paper.id)
        return Founded(
            party=paper.id,
            name=name,
            number=policy.number(root.signing.id),
            root_file=path,
            sheet=sheet_of(root, party, name),
        )
    finally:
        session.close()


def begun(folder: Path, root_folder: Path, party: str) -> Begun | None:
    """An earlier founding of a party in these folders; None when none began.

    That it came to its end is not told apart here: going on with it changes nothing then. Raises: Refused("home.taken")
    when the home is another party's, Refused("founding.root-elsewhere") when the root of this one is not there;
    Malformed("home.founding-file") when what was said then cannot be read, Unavailable.
    """
    home, root = Home(folder), root_folder / ROOT_FILE
    there = home.party().party if home.has(PARTY) else None
    if there not in (None, party):
        raise Refused("home.taken", party=str(there))
    try:
        at = Time(root.stat().st_mtime_ns // 1_000_000)
    except FileNotFoundError as error:
        if there is not None:
            raise Refused("founding.root-elsewhere", party=party, folder=str(root_folder)) from error
        return None
    except OSError as error:
        raise Unavailable("home.unreadable", file=root.name) from error
    said = read_line(home.read(FOUNDING), Founding, "home.founding-file") if home.has(FOUNDING) else None
    return Begun(at=at, said=said, signed=_signed(home))


def _signed(home: Home) -> bool:
    """Whether the acts that found a party are signed, and will be sent as they are."""
    if not home.has(LEDGER):
        return False
    with closing(Ledger(home.path(LEDGER))) as ledger:
        return bool(ledger.outbox())


def _new_box(home: Home, party: PartyFile, root: Root, keyring: Keyring, ports: Ports) -> KeyBox:
    """The first key box, with one new reading key, or the one of an earlier try."""
    if home.has(KEY_BOX):
        return open_box(
            home.read(KEY_BOX), root.recovery, root=root.signing.verifying, log=party.log, party=party.party
        )
    box = KeyBox(
        log=party.log,
        party=party.party,
        reading=(ReadingSecret(ports.rng(32)),),
        holders=((keyring.signing.id, keyring.box.public),),
    )
    home.write(box.seal(root, ports.rng), KEY_BOX)
    return box


def _enter(session: Session, paper: Invitation, root: Root, keyring: Keyring, box: KeyBox, founding: Founding) -> None:
    """Enrol, leave the key box with the depositary, empower the founder."""
    session.reader.begin()
    session.reader.run(None)
    session.reader.check_clock()
    if not session.ledger.outbox():
        _sign_beginning(session, paper, root, keyring, box, founding)
    enrol, powers = session.ledger.outbox()[:2]
    session.deliver(enrol, about=paper.id, key=root.signing)
    session.remote.put_key_box(root.signing, session.home.read(KEY_BOX))
    session.deliver(powers, about=paper.id, key=root.signing)
    session.sync()
    for posted in (enrol, powers):
        session.ledger.told(posted.digest)


def _sign_beginning(
    session: Session, paper: Invitation, root: Root, keyring: Keyring, box: KeyBox, founding: Founding
) -> None:
    enrol = session.sign(
        Enrol(
            **session.common(None, root.signing),
            languages=founding.languages,
            names=founding.names or (Words(language=founding.languages[0], text=paper.name),),
            reading_key=Base64(box.reading[-1].public.encoded),
            root=root.signing.verifying.public,
            zone=founding.zone,
        ),
        root.signing,
    )
    after = Chain.start(enrol.envelope.payload).extend(enrol.digest).link
    powers = session.sign(
        full_powers(
            session,
            root.signing,
            request_of(keyring, founding.holder, log=session.party_file.log, party=session.party),
            may=ALL,
            until=founding.until,
            after=after,
        ),
        root.signing,
    )
    session.post(enrol.digest, enrol.data, "enrol", invitation=paper.code.to_text())
    session.post(powers.digest, powers.data, "full-powers founder")


def display_name(session: Session, party: str) -> str:
    """The first name a party enrolled under."""
    return session.register(party).enrol.names[0].text


def sheet_of(root: Root, party: PartyFile, name: str) -> Sheet:
    return Sheet(
        groups=root.groups(),
        party=party.party,
        name=name,
        address=party.address,
        log=party.log,
        depositary_number=genesis_number(party.genesis),
    )


def genesis_number(genesis: Digest) -> str:
    """The number that names a depositary's beginning, in the form of a party's number."""
    return policy.number(KeySetId(genesis))
