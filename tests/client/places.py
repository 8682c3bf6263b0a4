"""Depositaries to test a client against, and delegations that work with them."""

from __future__ import annotations

import itertools
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from starlette.testclient import TestClient

from parley.act import Holder, Words
from parley.canonical import Time
from parley.client import Delegation, Ports, found
from parley.client.ports import Response, system_clock
from parley.client.views import Founded
from parley.crypto import sha256
from parley.depositary import office
from parley.depositary.desk import Desk
from parley.depositary.http import application
from parley.errors import Unavailable

NAME = "depositary.example"
DAY = 86_400_000
PASSPHRASE = "correct horse"


class Clock:
    """Starts at the machine's time and stands until it is moved."""

    def __init__(self) -> None:
        self.time = system_clock()

    def __call__(self) -> Time:
        return self.time

    def pass_(self, milliseconds: int) -> None:
        self.time = Time(self.time + milliseconds)


class Random:
    """Bytes that are the same in every run."""

    def __init__(self, name: str) -> None:
        self._name, self._count = name.encode(), 0

    def __call__(self, size: int) -> bytes:
        self._count += 1
        found = b""
        while len(found) < size:
            found += sha256(self._name, self._count.to_bytes(8, "big"), len(found).to_bytes(8, "big"))
        return found[:size]


class AppTransport:
    """The client's port into an application in this process."""

    def __init__(self, client: TestClient, clock: Callable[[], Time]) -> None:
        self._client, self._clock = client, clock
        self.sent: list[tuple[str, str]] = []

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        self.sent.append((method, target))
        answer = self._client.request(method, target, headers=dict(headers), content=body or None)
        return Response(
            status=answer.status_code,
            headers={name.lower(): value for name, value in answer.headers.items()},
            body=answer.content,
        )

    def close(self) -> None:
        return None


class Failing:
    """Carries `good` requests, then fails: before the next is sent, or after it was and its answer is lost."""

    def __init__(self, inner: AppTransport, good: int, *, lose_answer: bool) -> None:
        self._inner, self._good, self._lose = inner, good, lose_answer

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        if self._good <= 0:
            if self._lose and self._good == 0:
                self._good -= 1
                self._inner.send(method, target, headers, body)
            raise Unavailable("remote.unreachable")
        self._good -= 1
        return self._inner.send(method, target, headers, body)

    def close(self) -> None:
        return None


class _Invites:
    folder: Path

    def invite(self, party: str, name: str) -> bytes:
        until = Time(system_clock() + 400 * DAY)
        return office.invite(self.folder, party=party, name=name, until=until).print()


class Office(_Invites):
    """A depositary in this process. `once` is an invitation to be used again and again instead of new ones."""

    once: bytes | None = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.journal: list[str] = []
        self._homes: list[Delegation] = []
        self._streams = itertools.count()

    def __enter__(self) -> Self:
        rules = office.default_rules("office@depositary.example")
        office.create(self.folder, name=NAME, address="http://127.0.0.1:8750", rules=rules, now=self.clock)
        self.start()
        return self

    def start(self) -> None:
        self._depositary = office.open(self.folder, now=self.clock, write=self.journal.append)
        self.desk = Desk(self._depositary, self.clock)
        failures: list[None] = []
        self._client = TestClient(application(self.desk, on_failure=lambda: failures.append(None)))
        self._client.__enter__()
        self.transport = AppTransport(self._client, self.clock)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for delegation in self._homes:
            delegation.close()
        self._client.__exit__(None, None, None)
        self._depositary.close()

    def pass_(self, milliseconds: int) -> None:
        """Let time pass, and let the depositary notice."""
        self.clock.pass_(milliseconds)
        assert self._client.portal is not None
        self._client.portal.call(self.desk.wake)

    def ports(self, name: str = "test") -> Ports:
        # A new stream for each opening: a key that used a nonce twice would be refused, and rightly.
        return Ports(
            clock=self.clock,
            rng=Random(f"{name} {next(self._streams)}"),
            transport=self.transport,
            pause=lambda _: None,
        )

    def found(
        self, folder: Path, party: str, name: str, *, calling_itself: str | None = None, ports: Ports | None = None
    ) -> Founded:
        return found(
            folder / party,
            self.once or self.invite(party, name),
            passphrase=PASSPHRASE,
            root_folder=folder / f"{party}-root",
            holder=Holder(name=f"Officer of {name}", office="Registry"),
            zone="Europe/Moscow" if party == "ru" else "America/New_York",
            names=(Words(language="en", text=calling_itself),) if calling_itself is not None else (),
            ports=ports or self.ports(party),
        )

    def open(self, folder: Path, *, ports: Ports | None = None, passphrase: str = PASSPHRASE) -> Delegation:
        opened = Delegation.open(folder, lambda: passphrase, ports=ports or self.ports(str(folder)))
        self._homes.append(opened)
        return opened

    def party(self, folder: Path, party: str, name: str) -> Delegation:
        """A founded party, opened."""
        self.found(folder, party, name)
        return self.open(folder / party)

    def failing(self, good: int, *, lose_answer: bool, name: str = "failing") -> Ports:
        return replace(self.ports(name), transport=Failing(self.transport, good, lose_answer=lose_answer))


class ServedOffice(_Invites):
    """A depositary in a process of its own, on a free port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def __enter__(self) -> Self:
        rules = office.default_rules("office@depositary.example")
        office.create(self.folder, name=NAME, address=f"http://127.0.0.1:{self.port}", rules=rules)
        program = (
            "import sys; from pathlib import Path; from parley.depositary.server import serve; "
            "serve(Path(sys.argv[1]), listen=sys.argv[2])"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, str(self.folder), f"127.0.0.1:{self.port}"],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if re.search("serving", line):
                break
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate(timeout=20)


def trust_each_other(*delegations: Delegation) -> None:
    """Numbers compared and typed, all ways."""
    numbers = {delegation.me().party: delegation.me().number for delegation in delegations}
    for delegation in delegations:
        for party, number in numbers.items():
            if party != delegation.me().party:
                delegation.trust(party, number)


def two(office_: Office, folder: Path) -> tuple[Delegation, Delegation]:
    """ru and us, founded, trusting each other, in a negotiation that us convened and ru has not joined."""
    ru = office_.party(folder, "ru", "Russian Federation")
    us = office_.party(folder, "us", "United States")
    ru.sync()
    us.sync()
    trust_each_other(ru, us)
    us.convene("Security guarantees", ["ru"], handle="amber-heron")
    return ru, us


def draft_file(
    folder: Path, text: str = "# Draft\n\n## Article 1\n\nWords one.\n\n## Article 2\n\nWords two.\n"
) -> Path:
    path = folder / "draft.md"
    path.write_text(text, encoding="utf-8")
    return path
