"""The depositary of the demo: the same application object as the product's, in its own process, with the story's clock.

    python -m demo.depositary FOLDER CLOCK-FILE HOST:PORT

It prints one line of JSON when it listens. To play on at today's time, start the product's own:
`parley depositary serve FOLDER`.
"""

from __future__ import annotations

import socket
import sys
from email.utils import formatdate
from pathlib import Path
from typing import Any

import uvicorn

from demo.clock import StoryClock
from parley.depositary import office
from parley.depositary.desk import Desk
from parley.depositary.http import application
from parley.depositary.listening import parse


def dated(inner: Any, clock: StoryClock) -> Any:
    """The application, whose answers bear the story's date: clients compare it with their own clock."""

    async def application_(scope: Any, receive: Any, send: Any) -> None:
        async def stamp(message: Any) -> None:
            if message["type"] == "http.response.start":
                date = formatdate(int(clock()) / 1000, usegmt=True).encode("ascii")
                message["headers"] = [*message.get("headers", ()), (b"date", date)]
            await send(message)

        await inner(scope, receive, stamp)

    return application_


def main(folder: str, clock_file: str, listen: str) -> None:
    """Serve until the process is told to stop."""
    clock = StoryClock(Path(clock_file))
    with office.sole(Path(folder)), socket.create_server(parse(listen)) as bound:
        depositary = office.open(Path(folder), now=clock, write=sys.stdout.write)
        app = dated(application(Desk(depositary, clock), on_failure=lambda: _stop(server)), clock)
        config = uvicorn.Config(app, log_config=None, access_log=False, date_header=False, ws="none", lifespan="on")
        server = uvicorn.Server(config)
        depositary.journal.note("serving", port=bound.getsockname()[1])
        sys.stdout.flush()
        try:
            server.run(sockets=[bound])
        finally:
            depositary.close()


def _stop(server: uvicorn.Server) -> None:
    server.should_exit = True


if __name__ == "__main__":
    main(*sys.argv[1:4])
