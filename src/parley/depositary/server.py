"""Serving a depositary on a socket, until it is told to stop."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn

from parley.depositary import office
from parley.depositary.desk import Desk
from parley.depositary.http import application
from parley.errors import Malformed, Unavailable

_PATIENCE = 10  # seconds that requests under way have when the server is told to stop
_BACKLOG = 2048


def parse_listen(text: str) -> tuple[str, int]:
    """Read `host:port` or `[host]:port`; port 0 takes a free one. Raises: Malformed."""
    host, separator, port = text.rpartition(":")
    if not separator or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise Malformed("serve.listen")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        raise Unavailable("serve.bind", port=port) from error
    return bound


def serve(
    folder: Path,
    *,
    listen: str = "127.0.0.1:8750",
    certificate: Path | None = None,
    key: Path | None = None,
    write: Callable[[str], object] = sys.stderr.write,
) -> None:
    """Serve until SIGTERM or SIGINT; acts that are queued then are still answered.

    With `certificate` and `key`, PEM files, by TLS. The journal says `serving` with the port once it listens.
    Raises: as `office.open`; Refused when the folder is served already; Unavailable when the address is taken, the
    certificate does not load, or the writer has failed.
    """
    host, port = parse_listen(listen)
    with office.sole(folder):
        depositary = office.open(folder, write=write)
        desk = Desk(depositary, office.clock)
        config = uvicorn.Config(
            application(desk, on_failure=lambda: _stop(server)),
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            lifespan="on",
            timeout_keep_alive=30,
            timeout_graceful_shutdown=_PATIENCE,
            backlog=_BACKLOG,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        server = uvicorn.Server(config)
        _load_certificate(config)
        with _bind(host, port) as bound:
            name = bound.getsockname()
            depositary.journal.note("serving", host=str(name[0]), port=int(name[1]), size=depositary.view.size)
            try:
                server.run(sockets=[bound])
            finally:
                depositary.close()
        depositary.journal.note("stopped", size=depositary.view.size)


def _load_certificate(config: uvicorn.Config) -> None:
    try:
        config.load()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise Unavailable("serve.certificate") from error


def _stop(server: uvicorn.Server) -> None:
    server.should_exit = True
