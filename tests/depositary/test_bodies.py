"""Bodies that do not come to their end, on a real socket: why is said, and nothing of them is kept."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from parley.canonical import decode
from parley.crypto import Nonce, sha256
from parley.depositary import http, office
from parley.depositary.http import MOST_OF_ONE
from parley.errors import ParleyError
from parley.request import Request, sign_request
from parley.wire import Problem
from tests.cli.stage import Served, free_port
from tests.depositary.live import NAME
from tests.depositary.serving import Caller, found

DATA = b"nine byte"


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """ru and us at a depositary that this process serves, so that a test can look at what it answers nobody."""
    folder, port = found(tmp_path_factory.mktemp("depositary") / "d"), free_port()
    served = Served(folder, port, office.clock)  # type: ignore[arg-type]  # a clock that nobody moves
    caller = Caller(folder, port)
    try:
        caller.two_parties()
        yield caller
    finally:
        caller.close()
        served.stop()


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[ParleyError]:
    """Every error that the depositary answers with, whether or not anybody hears it."""
    errors: list[ParleyError] = []
    answer = http.problem

    def noted(error: ParleyError) -> object:
        errors.append(error)
        return answer(error)

    monkeypatch.setattr(http, "problem", noted)
    return errors


Begin = Callable[[Caller], socket.socket]


def _begun(caller: Caller, method: str, path: str, headers: dict[str, str], sent: bytes) -> socket.socket:
    """A connection on which a request has come but for the end of its body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: x", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    raw = socket.create_connection(("127.0.0.1", caller.http.base_url.port), timeout=20)
    raw.sendall("\r\n".join(lines).encode() + sent)
    return raw


def _act(caller: Caller) -> socket.socket:
    """Nobody has to sign the request that brings an act."""
    return _begun(caller, "POST", "/v1/acts", {"Content-Length": "100"}, b"{")


def _part(caller: Caller) -> socket.socket:
    path = f"/v1/sealed/{sha256(DATA).hex()}"
    span = {"Content-Range": f"bytes 0-{len(DATA) - 1}/{len(DATA)}", "Content-Length": str(len(DATA))}
    return _begun(caller, "PUT", path, _signed(caller, path) | span, DATA[:4])


def _keybox(caller: Caller) -> socket.socket:
    headers = _signed(caller, "/v1/keybox") | {"Content-Length": str(len(DATA))}
    return _begun(caller, "PUT", "/v1/keybox", headers, DATA[:4])


def _signed(caller: Caller, path: str) -> dict[str, str]:
    request = Request(method="PUT", authority=NAME, path=path, content=sha256(DATA))
    officer = caller.parties["us"].officer
    return sign_request(request, officer, party="us", nonce=Nonce(os.urandom(16)), now=caller.now)


def _nothing_kept(caller: Caller, size: int) -> None:
    assert caller.size() == size
    assert caller.ask("us", "HEAD", f"/v1/sealed/{sha256(DATA).hex()}").headers["upload-offset"] == "0"
    assert decode(caller.ask("us", "GET", "/v1/keybox").content, Problem).error == "keybox.empty"


@pytest.mark.parametrize("begin", [_act, _part, _keybox])
def test_a_body_that_does_not_end_in_time(
    caller: Caller, answered: list[ParleyError], monkeypatch: pytest.MonkeyPatch, begin: Begin
) -> None:
    size = caller.size()
    with monkeypatch.context() as patched:
        patched.setattr(http, "SLOWEST_BODY", 0.05)
        with begin(caller) as raw:
            answer = b"".join(iter(lambda: raw.recv(4096), b""))  # then the depositary hangs up
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert decode(body, Problem) == Problem(error="request.too-slow", details={})
    assert [error.code for error in answered] == ["request.too-slow"]
    _nothing_kept(caller, size)


@pytest.mark.parametrize("begin", [_act, _part, _keybox])
def test_a_connection_that_breaks_off_within_a_body(caller: Caller, answered: list[ParleyError], begin: Begin) -> None:
    """As often as it happens, no place is held for who has gone."""
    size = caller.size()
    for count in range(1, MOST_OF_ONE + 3):
        begin(caller).close()
        for _ in range(500):
            if len(answered) == count:
                break
            time.sleep(0.01)
    assert [(error.code, error.details) for error in answered] == [("request.cut-short", {})] * (MOST_OF_ONE + 2)
    _nothing_kept(caller, size)
