"""What founding a party, joining an office and recovering have in common: home, keyring, root file.

Every step can be taken again: secrets are kept before the acts that name them are signed, acts before they are sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from parley.canonical import decode
from parley.client.home import KEYRING, PARTY, Home, PartyFile, create_new
from parley.client.keyring import Keyring
from parley.client.ports import Ports
from parley.client.root import Root
from parley.client.session import Session
from parley.crypto import Digest, KeySetId
from parley.errors import Malformed, Refused, Unavailable

ROOT_FILE = "root.key"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What founding, joining an office and recovering have in common."""

    folder: Path
    passphrase: str
    tls_ca: Path | None
    ports: Ports

    def home(self, party: PartyFile) -> Home:
        """The home, new or begun before. Raises: Refused("home.taken") when it is another's."""
        home = Home.create(self.folder)
        if home.has(PARTY):
            there = home.party()
            if (there.party, there.log, there.root) != (party.party, party.log, party.root):
                raise Refused("home.taken", party=there.party)
        return home

    def keyring(self, home: Home) -> Keyring:
        if home.has(KEYRING):
            return Keyring.unlock(home.read(KEYRING), self.passphrase)
        keyring = Keyring.new(self.ports.rng)
        home.write(keyring.lock(self.passphrase, self.ports.rng), KEYRING)
        return keyring

    def session(self, home: Home) -> Session:
        return Session.open(home, lambda: self.passphrase, tls_ca=self.tls_ca, ports=self.ports)

    def party_file(self, *, address: str, genesis: Digest, log: str, party: str, root: KeySetId) -> PartyFile:
        ca = str(self.tls_ca.resolve()) if self.tls_ca else None
        return PartyFile(address=address, genesis=genesis, log=log, party=party, root=root, tls_ca=ca, version=1)

    def root(self, root_folder: Path, party: str) -> tuple[Root, Path]:
        """The root file of an earlier try, or a new one.

        A home that is a party's already has its root, wherever that was taken: a second one, in the place of the first,
        would be kept in a safe as if it were good. Raises: Refused("home.taken"), Refused("root.other-party").
        """
        path = root_folder / ROOT_FILE
        if path.exists():
            root, of = read_root(path, self.passphrase)
            if of != party:
                raise Refused("root.other-party", party=of)
            return root, path
        home = Home(self.folder)
        if home.has(PARTY):
            raise Refused("home.taken", party=home.party().party)
        root = Root.new(self.ports.rng)
        return root, write_root(root, path, party, self.passphrase, self.ports)


def read_root(path: Path, passphrase: str) -> tuple[Root, str]:
    """The root and its party from a root file. Raises: Refused("root.missing"), Unavailable, and as `Root.unlock`."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise Refused("root.missing", file=path.name) from error
    except OSError as error:
        raise Unavailable("home.unreadable", file=path.name) from error
    return Root.unlock(data, passphrase)


def write_root(root: Root, path: Path, party: str, passphrase: str, ports: Ports) -> Path:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable("home.unwritable", file=path.parent.name) from error
    return create_new(path, root.lock(party, passphrase, ports.rng))


def read_line(data: bytes, shape: type[T], code: str) -> T:
    """Canonical JSON and a line feed. Raises: Malformed(code)."""
    try:
        if not data.endswith(b"\n"):
            raise Malformed("canonical.json")
        return decode(data[:-1], shape)
    except Malformed as error:
        raise Malformed(code) from error
