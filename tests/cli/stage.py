"""A stage for transcripts: a depositary on a real socket, two homes, and a clock that a transcript moves."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import uvicorn

from parley.canonical import Time
from parley.cli import app, trusting
from parley.cli import session as session_
from parley.cli.app import run
from parley.cli.session import Session
from parley.client import Ports
from parley.depositary import office
from parley.depositary.desk import Desk
from parley.depositary.http import application
from parley.depositary.restored import restored, unmark
from parley.errors import ParleyError
from parley.words import explain

BEGINNING = Time.from_text("2022-01-10T09:00:00.000Z")
PASSPHRASE = "correct horse"


class Clock:
    """Stands until it is moved, so that a transcript can say the time."""

    def __init__(self, moment: Time) -> None:
        self.time = moment

    def __call__(self) -> Time:
        return self.time


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def dated(inner: Any, clock: Clock, losing: list[str]) -> Any:
    """Answers bear the date of the stage's clock: clients compare it with their own. An answer to a path in `losing`
    is lost once, after everything it answers was done."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        lost = scope["type"] == "http" and scope["path"] in losing
        if lost:
            losing.remove(scope["path"])

        async def stamp(message: Any) -> None:
            if lost:
                if message["type"] == "http.response.start":
                    await send({"type": "http.response.start", "status": 502, "headers": []})
                else:
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            if message["type"] == "http.response.start":
                date = formatdate(int(clock()) / 1000, usegmt=True).encode("ascii")
                message["headers"] = [*message.get("headers", ()), (b"date", date)]
            await send(message)

        await inner(scope, receive, stamp)

    return wrapped


class Served:
    """A depositary's folder, served on a socket by a thread until it is stopped."""

    def __init__(self, folder: Path, port: int, clock: Clock, *, original_stopped: Time | None = None) -> None:
        self._bound = socket.create_server(("127.0.0.1", port))
        self.journal: list[str] = []
        self.losing: list[str] = []
        self.depositary = office.open(folder, now=clock, write=self.journal.append, original_stopped=original_stopped)
        unmark(folder)
        self.desk = Desk(self.depositary, clock)
        app = dated(application(self.desk, on_failure=lambda: None), clock, self.losing)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            date_header=False,
            ws="none",
            lifespan="on",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._bound]})
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._bound.close()
        self.depositary.close()


@dataclass
class Result:
    """What a command line did: its exit code, and all it said, on stdout and stderr in order.

    `error` is what ended it, `told` are the slips that were told and asked again: a person reads only their sentences.
    """

    code: int
    said: str
    data: str
    error: ParleyError | None
    told: list[ParleyError]


@dataclass
class Stage:
    """One folder with everything in it. `home` of an actor is a folder of that name."""

    folder: Path
    port: int
    clock: Clock = field(default_factory=lambda: Clock(BEGINNING))
    served: Served | None = None
    offsets: dict[str, int] = field(default_factory=dict)
    """By how many milliseconds the machine of an actor is wrong."""

    def start(self, *, copy: bool = False) -> None:
        """Serve the office; with `copy`, one that was restored, whose original somebody said is stopped."""
        assert self.served is None
        folder = self.folder / "office"
        assert copy == (restored(folder) is not None)
        self.served = Served(folder, self.port, self.clock, original_stopped=restored(folder) if copy else None)

    def stop(self) -> None:
        if self.served is not None:
            self.served.stop()
            self.served = None

    def pass_to(self, moment: Time) -> None:
        """Move the clock, and have a depositary that is served do what is due by then."""
        self.clock.time = moment
        if self.served is not None:
            self.served.depositary.sequencer.process([])

    def run(self, actor: str, line: str, answers: list[str] | None = None) -> Result:
        """Run one `parley …` line in this process, as an actor, with typed answers to what it asks."""
        waiting = list(answers or [])

        def ask(prompt: str, hidden: bool) -> str:
            shown = waiting.pop(0) if waiting else ""
            sys.stderr.write(f"{prompt} {'*' * 8 if hidden else shown}\n")
            return shown

        data, said = io.StringIO(), io.StringIO()
        offset = self.offsets.get(actor, 0)
        ports = Ports(clock=lambda: Time(self.clock() + offset), pause=lambda _: time.sleep(0.01))
        session = Session(home=Path(actor), ports=ports, ask=ask if answers is not None else None)
        arguments = shlex.split(line.replace("PORT", str(self.port)))
        assert arguments[0] == "parley"
        ended: list[ParleyError] = []
        told: list[ParleyError] = []
        with (
            contextlib.chdir(self.folder),
            self._environment(),
            contextlib.redirect_stdout(_Both(data, said)),
            contextlib.redirect_stderr(said),
            _noting(ended, app),
            _noting(told, session_, trusting),
        ):
            code = run(arguments[1:], session)
        assert not waiting, f"never asked for: {waiting}"
        error = ended[0] if ended else None
        return Result(code=code, said=said.getvalue(), data=data.getvalue(), error=error, told=told)

    @contextlib.contextmanager
    def _environment(self) -> Iterator[None]:
        changed = {"PARLEY_PASSPHRASE": PASSPHRASE, "COLUMNS": "100"}
        before = {name: os.environ.get(name) for name in changed}
        os.environ.update(changed)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value

    def copy_to(self, folder: Path) -> Stage:
        """The same stage in another folder, at the same port; ours must be stopped."""
        assert self.served is None
        shutil.copytree(self.folder, folder, dirs_exist_ok=True, symlinks=True)
        return Stage(folder=folder, port=self.port, clock=Clock(self.clock.time))


@contextlib.contextmanager
def _noting(errors: list[ParleyError], *modules: ModuleType) -> Iterator[None]:
    """Take down every error whose sentence one of these modules says."""

    def noted(error: ParleyError, **more: Any) -> str:
        errors.append(error)
        return explain(error, **more)

    with contextlib.ExitStack() as stack:
        for module in modules:
            stack.enter_context(mock.patch.object(module, "explain", noted))
        yield


class _Both(io.StringIO):
    """Writes to two places: what is data, and all that is said."""

    def __init__(self, data: io.StringIO, said: io.StringIO) -> None:
        super().__init__()
        self._data, self._said = data, said

    def write(self, text: str, /) -> int:
        self._data.write(text)
        return self._said.write(text)


@contextlib.contextmanager
def served_copy(template: Stage, folder: Path) -> Iterator[Stage]:
    """A copy of a stage that is stopped, served as long as it is used."""
    copy = template.copy_to(folder)
    copy.start()
    try:
        yield copy
    finally:
        copy.stop()


def must(result: Result, code: int = 0) -> str:
    """What was said, when the exit code is the one expected."""
    assert result.code == code, result.said
    return result.said


def found(stage: Stage) -> None:
    """A depositary, ru and us, who trust each other and negotiate as amber-heron: the beginning of most transcripts."""
    address = f"http://127.0.0.1:{stage.port}"
    must(stage.run("office", f"parley depositary init office --name depositary.example --address {address} --yes"))
    stage.start()
    try:
        for party, name, zone, officer in (
            ("ru", "Russian Federation", "Europe/Moscow", "A. Petrova"),
            ("us", "United States", "America/New_York", "J. Smith"),
        ):
            must(stage.run("office", f'parley depositary invite office --id {party} --name "{name}"'))
            must(stage.run(party, f'parley init {party}.invitation --name "{officer}" --office Registry --zone {zone}'))
        numbers = {party: number_of(stage, party) for party in ("ru", "us")}
        must(stage.run("ru", f'parley trust us --number "{numbers["us"]}"'))
        must(stage.run("us", f'parley trust ru --number "{numbers["ru"]}"'))
        must(stage.run("us", 'parley convene "Security guarantees" --with ru --handle amber-heron --yes'))
        must(stage.run("ru", "parley join amber-heron --yes"))
    finally:
        stage.stop()


def number_of(stage: Stage, party: str) -> str:
    """A party's own number, as its own people would read it out."""
    import json

    parties = json.loads(stage.run(party, "parley trust --json").data)["parties"]
    return str(next(each["number"] for each in parties if each["ours"]))
