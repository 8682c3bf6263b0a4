"""The stage of the demo: one folder with a depositary that really runs, two parties' homes, and a clock."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from demo.clock import StoryClock
from demo.telling import Line
from parley.act import Holder
from parley.canonical import Time
from parley.client import Delegation, Ports, found
from parley.depositary import office
from parley.errors import Unavailable

ROOT = Path(__file__).parent.parent
NAME = "depositary.example"
PASSPHRASE = "two desks and a safe"  # noqa: S105 - the demo's homes hold nothing, and this is printed
RU, US = "ru", "us"
NAMES = {RU: "Russian Federation", US: "United States"}
ZONES = {RU: "Europe/Moscow", US: "America/New_York"}
LAST_DAY = Time.from_text("2039-12-31T00:00:00.000Z")


@dataclass
class Stage:
    """Everything a scene can use. `files` are proofs for whoever wants to check them, `public` pages for anyone.

    `handle` is the negotiation that the story is about.
    """

    folder: Path
    clock: StoryClock = field(init=False)
    desks: dict[str, Delegation] = field(default_factory=dict)
    server: subprocess.Popen[str] | None = None
    port: int = 0
    attempts: list[Line] = field(default_factory=list)
    handle: str = "amber-heron"

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.files.mkdir(exist_ok=True)
        self.clock = StoryClock(self.folder / "clock")

    @property
    def files(self) -> Path:
        return self.folder / "proofs"

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @property
    def office(self) -> Path:
        return self.folder / "office"

    @property
    def ru(self) -> Delegation:
        return self.desks[RU]

    @property
    def us(self) -> Delegation:
        return self.desks[US]

    def ports(self) -> Ports:
        return Ports(clock=self.clock)

    def found_depositary(self) -> None:
        """Found the depositary and start it in a process of its own, on a free port of this machine."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        office.create(
            self.office,
            name=NAME,
            address=f"http://127.0.0.1:{self.port}",
            rules=office.default_rules("registry@depositary.example"),
            now=self.clock,
        )
        self.start()

    def start(self) -> None:
        """Start the server and wait for its word that it listens. Raises: Unavailable when it ends instead."""
        command = [sys.executable, "-m", "demo.depositary", str(self.office), str(self.folder / "clock")]
        self.server = subprocess.Popen(  # noqa: S603 - our own program, in our own folder
            [*command, f"127.0.0.1:{self.port}"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self.server.stdout is not None  # noqa: S101 - asked for above
        for line in self.server.stdout:
            if json.loads(line)["event"] == "serving":
                return
        raise Unavailable("demo.server")

    def stop(self) -> None:
        """Stop the server, if it runs, and wait for its end."""
        if self.server is not None:
            self.server.terminate()
            self.server.communicate(timeout=20)
            self.server = None

    def found_party(self, party: str) -> None:
        """Invite a party and found it, as its first officer would."""
        until = Time(self.clock() + 86_400_000)
        invitation = office.invite(self.office, party=party, name=NAMES[party], until=until)
        file = self.folder / f"{party}.invitation"
        file.write_bytes(invitation.print())
        found(
            self.folder / party,
            file.read_bytes(),
            passphrase=PASSPHRASE,
            root_folder=self.folder / f"{party}-root",
            holder=Holder(name="", office="Registry"),
            zone=ZONES[party],
            until=LAST_DAY,
            ports=self.ports(),
        )
        self.open_desk(party)

    def open_desk(self, party: str) -> None:
        """Sit down at a party's home."""
        self.desks[party] = Delegation.open(self.folder / party, lambda: PASSPHRASE, ports=self.ports())

    def leave_desk(self, party: str) -> None:
        self.desks.pop(party).close()

    def compare_numbers(self) -> None:
        """Each side types the number that the other reads out."""
        for mine, theirs in ((RU, US), (US, RU)):
            self.desks[mine].trust(theirs, self.desks[theirs].me().number, name=NAMES[theirs])

    def close(self) -> None:
        for desk in self.desks.values():
            desk.close()
        self.desks.clear()
        self.stop()
