"""Connections that nobody may hold open for nothing.

uvicorn limits neither how long a request's head may take nor how large it may be, and anybody may open a connection.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SLOWEST_HEAD = 15.0
"""Seconds from the connection, or from a request's first byte, until its head must be there."""

SLOWEST_READER = 60.0
"""Seconds in which whoever asked must take what was written: some hundred KiB, or the first MiB of a sealed part."""

LARGEST_HEAD = 32 << 10
"""Bytes that may come before a request's head is complete; one with its two signatures is about 4 KiB."""


class Guarded(HttpToolsProtocol):
    """uvicorn's protocol; it ends a connection whose head is too slow or too large, or whose answer nobody takes."""

    _limit: asyncio.TimerHandle | None = None
    _head = 0
    _reader: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_there()
        self._reader_is_there()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reader = self.loop.call_later(SLOWEST_READER, self._end)

    def resume_writing(self) -> None:
        self._reader_is_there()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._limit is not None:
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self._end()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._limit is None:  # a later request on the same connection
            self._expect_head()

    def on_headers_complete(self) -> None:
        self._head_is_there()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._head = 0
        self._limit = self.loop.call_later(SLOWEST_HEAD, self._end)

    def _head_is_there(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _reader_is_there(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None

    def _end(self) -> None:
        self._head_is_there()
        self.transport.abort()
