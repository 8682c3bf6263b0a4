"""A connection is not held open for nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from parley.depositary import guarded
from parley.depositary.guarded import Guarded


class Line(asyncio.Transport):
    """A transport that only knows whether it was cut."""

    def __init__(self) -> None:
        super().__init__()
        self.cut = asyncio.Event()
        self.written = b""

    def abort(self) -> None:
        self.cut.set()

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        """Nothing more to write."""

    def pause_reading(self) -> None:
        """It is not read from."""

    def resume_reading(self) -> None:
        """It is not read from."""

    def is_closing(self) -> bool:
        return self.cut.is_set()


async def _answer(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _connection() -> tuple[Guarded, Line]:
    config = uvicorn.Config(_answer, ws="none", lifespan="off", log_config=None)
    protocol, line = Guarded(config=config, server_state=ServerState(), app_state={}), Line()
    protocol.connection_made(line)
    return protocol, line


REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\n", REQUEST + b"GET / HT"], ids=["nothing", "half", "later"])
def test_a_slow_head_is_cut_off(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(guarded, "SLOWEST_HEAD", 0.01)

    async def run() -> None:
        protocol, line = _connection()
        if sent:
            protocol.data_received(sent)
        await asyncio.wait_for(line.cut.wait(), 10)

    asyncio.run(run())


def test_a_request_whose_head_came_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "SLOWEST_HEAD", 0.01)

    async def run() -> None:
        protocol, line = _connection()
        protocol.data_received(REQUEST)
        await asyncio.sleep(0.05)  # the limit would have passed
        assert line.written.startswith(b"HTTP/1.1 204 ")
        assert not line.cut.is_set()
        protocol.data_received(b"GET / HTTP/1.1\r\nContent-Length: 90000\r\n\r\n" + bytes(guarded.LARGEST_HEAD + 1))
        assert not line.cut.is_set()  # a body is no head
        protocol.connection_lost(None)

    asyncio.run(run())


def test_a_large_head_is_cut_off() -> None:
    async def run() -> None:
        protocol, line = _connection()
        protocol.data_received(b"GET / HTTP/1.1\r\nX: " + bytes(guarded.LARGEST_HEAD).replace(b"\0", b"x"))
        assert line.cut.is_set()
        protocol.connection_lost(None)

    asyncio.run(run())


def test_an_answer_that_nobody_takes_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "SLOWEST_READER", 0.01)

    async def run() -> None:
        protocol, line = _connection()
        protocol.data_received(REQUEST)
        protocol.pause_writing()  # as the transport says when too much of what was written lies there
        await asyncio.wait_for(line.cut.wait(), 10)
        protocol.connection_lost(None)

    asyncio.run(run())


def test_a_reader_who_takes_it_in_time_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "SLOWEST_READER", 0.05)

    async def run() -> None:
        protocol, line = _connection()
        protocol.data_received(REQUEST)
        for _ in range(4):
            protocol.pause_writing()
            await asyncio.sleep(0.03)
            protocol.resume_writing()
        await asyncio.sleep(0.1)
        assert not line.cut.is_set()
        protocol.connection_lost(None)

    asyncio.run(run())
