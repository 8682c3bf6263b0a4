"""Serving a depositary on a socket, until it is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn

from parley.canonical import Time
from parley.depositary import office
from parley.depositary.desk import Desk
from parley.depositary.guarded import Guarded
from parley.depositary.http import application
from parley.depositary.journal import Journal
from parley.depositary.listening import parse
from parley.depositary.restored import unmark
from parley.depositary.service import Depositary
from parley.depositary.watch import Watch, check_start
from parley.errors import Unavailable

_PATIENCE = 10  # seconds that requests under way have when the server is told to stop
_BACKLOG = 2048
_MOST_CONNECTIONS = 768  # below the 1024 files that a process may commonly have open; more are answered 503


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)  # who reads that we serve may connect at once, and waits its turn
    except OSError as error:
        raise Unavailable("serve.bind", port=port) from error
    return bound


def serve(
    folder: Path,
    *,
    listen: str = "127.0.0.1:8750",
    certificate: Path | None = None,
    key: Path | None = None,
    clock_checked: bool = False,
    original_stopped: Time | None = None,
    write: Callable[[str], object] = sys.stderr.write,
    on_serving: Callable[[str, int], object] = lambda _host, _port: None,
) -> None:
    """Serve until SIGTERM or SIGINT; acts that are queued then are still answered.

    With `certificate` and `key`, PEM files, by TLS. The journal says `serving` with the port once it listens, and
    `on_serving` is told where. With `clock_checked` the machine's clock is believed whatever it says at the start; when
    it jumps later, nothing is entered. `original_stopped` is as in `office.open`; once it listens, a restored folder is
    none any more. Raises: as `office.open` and `check_start`; Refused when the folder is served already; Unavailable
    when the address is taken, the certificate does not load, or the writer has failed.
    """
    host, port = parse(listen)
    with office.sole(folder):
        kept = folder / office.CLOCK
        if not clock_checked:
            check_start(office.clock(), last_entry=office.last_entry(folder), path=kept)
        watch = Watch(office.clock, kept)
        depositary = office.open(folder, entering=watch, write=write, original_stopped=original_stopped)

        def begin(name: str, at: int) -> None:
            unmark(folder)  # not earlier: a copy that could not begin to serve still waits for the question
            depositary.journal.note("serving", host=name, port=at, size=depositary.view.size)
            on_serving(name, at)

        try:
            failed = _run(depositary, host, port, certificate, key, begin)
        finally:
            depositary.close()
        depositary.journal.note("stopped", size=depositary.view.size)
    if failed:
        raise Unavailable("depositary.failed")


def _run(
    depositary: Depositary,
    host: str,
    port: int,
    certificate: Path | None,
    key: Path | None,
    begin: Callable[[str, int], None],
) -> bool:
    """Serve until a signal, `begin` being called once it listens; returns whether it ended by a defect instead."""
    failures: list[None] = []

    def fail() -> None:
        failures.append(None)
        server.should_exit = True

    config = uvicorn.Config(
        application(Desk(depositary, office.clock), on_failure=fail),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_PATIENCE,
        backlog=_BACKLOG,
        http=Guarded,
        limit_concurrency=_MOST_CONNECTIONS,
        proxy_headers=False,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    _load_certificate(config)
    logger = logging.getLogger("uvicorn.error")
    logger.handlers, logger.propagate = [_ToJournal(depositary.journal)], False
    server = uvicorn.Server(config)
    with _bind(host, port) as bound, _signals_end_here(server):
        name = bound.getsockname()
        begin(str(name[0]), int(name[1]))
        server.run(sockets=[bound])
    return bool(failures)


class _ToJournal(logging.Handler):
    """Takes what the HTTP server has to complain about: of a defect of ours its kind and place, never its words."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.WARNING)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            self._journal.note("server.warning", text=record.getMessage()[:200])
            return
        place = traceback.extract_tb(error.__traceback__)[-1]
        name = Path(place.filename).name
        self._journal.note("server.defect", kind=type(error).__name__, place=f"{name}:{place.lineno}")


@contextmanager
def _signals_end_here(server: uvicorn.Server) -> Iterator[None]:
    """Having stopped, uvicorn raises the signal again for whoever was there before: here that is nobody.

    One that comes before uvicorn listens for it, just after the journal said `serving`, ends the server as well.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught = (signal.SIGTERM, signal.SIGINT)

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    before = [signal.signal(number, stop) for number in caught]
    try:
        yield
    finally:
        for number, handler in zip(caught, before, strict=True):
            signal.signal(number, handler)


def _load_certificate(config: uvicorn.Config) -> None:
    try:
        config.load()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise Unavailable("serve.certificate") from error
