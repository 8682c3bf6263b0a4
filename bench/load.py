"""A load of HTTP requests from many connections at once, without a client library in the way of the measurement."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import uvloop

from parley.wire import ACT


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds for the whole load, and for each request, in seconds, from first byte sent to last byte read."""

    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _request(port: int, body: bytes) -> bytes:
    head = ("POST /v1/acts HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Type: {ACT}", f"Content-Length: {len(body)}")
    return "\r\n".join((*head, "", "")).encode() + body


async def _answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").lower()
    if not head.startswith("http/1.1 200"):
        raise SystemExit(f"bench: the depositary answered {head.splitlines()[0]}")
    length = next(int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length:"))
    await reader.readexactly(length)


async def _client(port: int, requests: list[bytes], latencies: list[float], interval: float, offset: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due = time.perf_counter() + offset
    for request in requests:
        if interval:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due += interval
        began = time.perf_counter()
        writer.write(request)
        await _answer(reader)
        latencies.append(time.perf_counter() - began)
    writer.close()
    await writer.wait_closed()


async def _all(port: int, bodies: list[list[bytes]], rate: float) -> Result:
    ready = [[_request(port, body) for body in each] for each in bodies]
    latencies: list[float] = []
    interval = len(bodies) / rate if rate else 0.0
    began = time.perf_counter()
    await asyncio.gather(
        *(_client(port, each, latencies, interval, i * interval / len(ready)) for i, each in enumerate(ready))
    )
    return Result(time.perf_counter() - began, latencies)


def run(port: int, bodies: list[list[bytes]], *, rate: float = 0.0) -> Result:
    """Hand in every body, one connection for each list; `rate` in all per second, 0 for as fast as answered."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_all(port, bodies, rate))
