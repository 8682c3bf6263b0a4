"""A party is recovered from its printed sheet, on an empty machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from parley import policy, statement
from parley.act import Deposit, Genesis, Holder
from parley.canonical import Time, encode
from parley.client.founding import display_name, genesis_number
from parley.client.keybox import KeyBox
from parley.client.keyring import Keyring
from parley.client.office import ALL, full_powers, request_of
from parley.client.remote import Remote
from parley.client.root import Root
from parley.client.session import Session
from parley.client.setup import ROOT_FILE, Setup, write_root
from parley.client.transport import HttpTransport
from parley.client.views import Recovered
from parley.crypto import Digest
from parley.errors import Invalid, Refused


@dataclass(frozen=True, kw_only=True)
class SheetTyped:
    """What a person types from the sheet."""

    groups: str
    party: str
    address: str
    depositary_number: str


def recover(setup: Setup, sheet: SheetTyped, root_folder: Path, holder: Holder, until: Time | None) -> Recovered:
    """Rebuild a home: the sheet finds the depositary by its number, the party by its root, the papers by the box."""
    root = Root.from_groups(sheet.groups)
    genesis, log = _find_depositary(setup, sheet, root)
    party = setup.party_file(address=sheet.address, genesis=genesis, log=log, party=sheet.party, root=root.signing.id)
    home = setup.home(party)
    keyring = setup.keyring(home)
    home.write_party(party)
    session = setup.session(home)
    try:
        session.reader.begin()
        session.reader.run(root.signing)
        register = session.register()
        if register.root.id != root.signing.id:
            raise Refused("sheet.other-party", party=sheet.party)
        box = session.box_by_root(root, asking=root.signing)
        _empower_rescuer(session, root, keyring, holder, until)
        if not box.holds(keyring.signing.id):
            session.put_box(box.with_holder(keyring.signing.id, keyring.box.public), root)
        session.sync()
        path = root_folder / ROOT_FILE
        if not path.exists():
            write_root(root, path, sheet.party, setup.passphrase, setup.ports)
        readable = sum(
            _readable(session, box, paper.act, paper.receipt(session.party) is not None)
            for _, paper in session.known.world.papers()
        )
        return Recovered(
            party=sheet.party,
            name=display_name(session, sheet.party),
            number=policy.number(root.signing.id),
            readable=readable,
        )
    finally:
        session.close()


def _find_depositary(setup: Setup, sheet: SheetTyped, root: Root) -> tuple[Digest, str]:
    """The genesis at the address on the sheet, when it is the one whose number stands there and it knows the root.

    All of it before a home is made: a sheet typed wrong leaves nothing behind.
    """
    number = policy.parse_number(sheet.depositary_number)
    transport = setup.ports.transport or HttpTransport(sheet.address, tls_ca=setup.tls_ca)
    ports = setup.ports
    try:
        remote = Remote(transport, log="", party=sheet.party, clock=ports.clock, rng=ports.rng)
        read = statement.read(encode(remote.genesis().act))
        if not isinstance(read.act, Genesis) or genesis_number(read.digest) != number:
            raise Invalid("sheet.other-depositary")
        remote.log = read.act.log
        remote.chains(root.signing)
    except Refused as error:
        if error.code == "request.unknown-key":
            raise Refused("sheet.other-party", party=sheet.party[:40]) from error
        raise
    finally:
        if ports.transport is None:
            transport.close()
    return read.digest, read.act.log


def _empower_rescuer(session: Session, root: Root, keyring: Keyring, holder: Holder, until: Time | None) -> None:
    """Full powers for the key at this machine, unless it has them from an earlier try."""
    if keyring.signing.id in session.register().grants:
        return
    request = request_of(keyring, holder, log=session.party_file.log, party=session.party)
    session.perform(
        "full-powers rescuer",
        lambda: full_powers(session, root.signing, request, may=ALL, until=until),
        about=session.party,
        key=root.signing,
    )


def _readable(session: Session, box: KeyBox, deposit: Deposit, received: bool) -> bool:
    """Whether a paper is ours, or came to us, and was sealed to a reading key in the box."""
    keys = {recipient.party: recipient.reading_key for recipient in deposit.recipients if received}
    keys[deposit.by.party] = deposit.sender_reading_key
    return session.party in keys and any(each.public.id == keys[session.party] for each in box.reading)
