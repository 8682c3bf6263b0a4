"""What a depositary may answer: every status and every body ends in one of our four families, or is what it says."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import Time, encode
from parley.client.home import Home
from parley.client.ports import Response
from parley.client.remote import Remote
from parley.client.transport import HttpTransport
from parley.crypto import SigningKey, sha256
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.statement import NotAdmitted, sign_not_admitted
from parley.wire import NOT_ADMITTED, Problem
from tests.client.places import Office, Random, draft_file, two

LOG = "depositary.example/log/1"
KEY = SigningKey.from_secret(bytes(32), info="officer")
DEPOSITARY = SigningKey.from_secret(bytes(32), info="depositary-act")
NOW = Time.from_text("2022-01-26T17:00:00.000Z")


class Canned:
    """Answers from a list, and remembers what was asked."""

    def __init__(self, *answers: Response) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        self.asked.append((method, target, dict(headers)))
        self.brought = body
        return self.answers.pop(0)

    def close(self) -> None:
        return None


def _answer(status: int, body: bytes = b"", **headers: str) -> Response:
    return Response(
        status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=body
    )


def _remote(*answers: Response) -> tuple[Remote, Canned]:
    canned = Canned(*answers)
    return Remote(canned, log=LOG, party="ru", clock=lambda: NOW, rng=Random("remote")), canned


def _problem(code: str, **details: str | int) -> bytes:
    return encode(Problem(details=details, error=code))


@pytest.mark.parametrize(
    ("status", "code", "family"),
    [
        (400, "request.target", Malformed),
        (403, "request.unknown-key", Refused),
        (403, "signature.ed25519", Invalid),
        (403, "statement.unknown-key", Invalid),
        (404, "sealed.none", Refused),
        (409, "upload.offset", Refused),
        (413, "act.too-large", Malformed),
        (429, "depositary.busy", Unavailable),
        (500, "depositary.failed", Unavailable),
        (503, "store.full", Unavailable),
    ],
)
def test_a_problem_keeps_its_code_and_details(status: int, code: str, family: type[ParleyError]) -> None:
    remote, _ = _remote(_answer(status, _problem(code, most=3, self="x", winner="y")))
    with pytest.raises(family) as caught:
        remote.chains(KEY)
    assert (caught.value.code, caught.value.details) == (code, {"most": 3})


def test_a_clock_that_the_depositary_finds_wrong() -> None:
    remote, _ = _remote(_answer(403, _problem("request.clock", seconds=86_400)))
    with pytest.raises(Refused) as caught:
        remote.chains(KEY)
    assert (caught.value.code, caught.value.details) == ("clock.differs", {"seconds": 86_400})


@given(st.integers(100, 599), st.binary(max_size=80) | st.sampled_from([b"{}", b"null", b'{"details":{},"error":1}']))
def test_no_answer_leaves_the_four_families(status: int, body: bytes) -> None:
    for ask in (
        lambda remote: remote.chains(KEY),
        lambda remote: remote.genesis(),
        lambda remote: remote.submit(b"{}", sha256(b""), depositary=DEPOSITARY.verifying, invitation=None),
    ):
        remote, _ = _remote(_answer(status, body, content_type=NOT_ADMITTED))
        with pytest.raises(ParleyError):
            ask(remote)


def _refusal(**changes: object) -> bytes:
    members = {
        "act": sha256(b"act"),
        "claimed_time": NOW,
        "log": LOG,
        "reason": "paper.not-now",
        "winner": sha256(b"w"),
    }
    return sign_not_admitted(NotAdmitted(**(members | changes)), DEPOSITARY)  # type: ignore[arg-type]  # what a test says


def _submit(body: bytes) -> None:
    remote, _ = _remote(_answer(409, body, content_type=NOT_ADMITTED))
    remote.submit(b"{}", sha256(b"act"), depositary=DEPOSITARY.verifying, invitation=None)


def test_a_signed_refusal_names_the_winner() -> None:
    with pytest.raises(Refused) as caught:
        _submit(_refusal())
    assert (caught.value.code, caught.value.winner) == ("paper.not-now", sha256(b"w").hex())
    with pytest.raises(Refused) as caught:
        _submit(_refusal(winner=None))
    assert caught.value.winner is None


def test_a_refusal_of_another_act_or_by_another_key_refuses_nothing() -> None:
    for body in (_refusal(act=sha256(b"other")), _refusal(log="other.example/log/1")):
        with pytest.raises(Invalid) as caught:
            _submit(body)
        assert caught.value.code == "remote.answer-to-another-act"
    remote, _ = _remote(_answer(409, _refusal(), content_type=NOT_ADMITTED))
    with pytest.raises(Invalid):
        remote.submit(b"{}", sha256(b"act"), depositary=KEY.verifying, invitation=None)


# --- sealed parts -----------------------------------------------------------------------------------------------


def test_a_download_is_checked_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.client.remote.LARGEST_CHUNK", 4)
    home, data = Home.create(tmp_path / "home"), b"0123456789"
    digest = sha256(data)
    remote, canned = _remote(_answer(206, b"0123"), _answer(503, _problem("store.busy")))
    with pytest.raises(Unavailable):
        remote.download(KEY, digest, len(data), home)
    assert not home.sealed(digest).exists()
    remote, canned = _remote(_answer(206, b"4567"), _answer(200, data))
    assert remote.download(KEY, digest, len(data), home).read_bytes() == data
    assert [headers["Range"] for _, _, headers in canned.asked] == ["bytes=4-7", "bytes=8-9"]
    assert remote.download(KEY, digest, len(data), home) == home.sealed(digest)
    assert len(canned.asked) == 2


def test_other_bytes_than_were_named(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    remote, _ = _remote(_answer(206, b"0123456789"), _answer(206, b"short"), _answer(200, b"other"))
    with pytest.raises(Invalid) as caught:
        remote.download(KEY, sha256(b"x"), 10, home)
    assert caught.value.code == "sealed.other-bytes"
    with pytest.raises(Unavailable) as cut:
        remote.download(KEY, sha256(b"x"), 10, home)
    assert cut.value.code == "remote.short-answer"
    with pytest.raises(Invalid):
        remote.download_small(KEY, sha256(b"x"), home)
    assert [path.name for path in home.path("sealed").iterdir() if path.stat().st_size] == []


def test_an_upload_follows_the_depositary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.client.remote.LARGEST_CHUNK", 4)
    path = tmp_path / "part"
    path.write_bytes(b"0123456789")
    remote, canned = _remote(
        _answer(200, upload_offset="2"), _answer(409, upload_offset="4"), _answer(204, upload_offset="10")
    )
    remote.upload(KEY, path, sha256(b"0123456789"))
    ranges = [headers.get("Content-Range") for _, _, headers in canned.asked]
    assert ranges == [None, "bytes 2-5/10", "bytes 4-7/10"]


def test_an_upload_that_never_moves_ends(tmp_path: Path) -> None:
    path = tmp_path / "part"
    path.write_bytes(b"0123456789")
    remote, _ = _remote(*[_answer(200, upload_offset="0")] * 9)
    with pytest.raises(Unavailable) as caught:
        remote.upload(KEY, path, sha256(b""))
    assert caught.value.code == "remote.no-progress"


@pytest.mark.parametrize("offset", ["", "-1", "11", "1e1", "٣", "9" * 20])
def test_an_offset_that_cannot_be(tmp_path: Path, offset: str) -> None:
    path = tmp_path / "part"
    path.write_bytes(b"0123456789")
    remote, _ = _remote(_answer(200, upload_offset=offset))
    with pytest.raises(Unavailable):
        remote.upload(KEY, path, sha256(b""))


@pytest.mark.parametrize(
    ("date", "off"),
    [("Wed, 26 Jan 2022 17:00:00 GMT", 0), ("Wed, 26 Jan 2022 16:00:00 GMT", 3600), ("yesterday", None), ("", None)],
)
def test_clocks_are_compared_by_the_date(date: str, off: int | None) -> None:
    remote, _ = _remote(_answer(200, b"note", date=date))
    remote.checkpoint()
    assert remote.seconds_off == off


# --- over a socket ----------------------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/here")
            self.end_headers()
            return
        self.server.asked = self.headers.get("Accept-Encoding")  # type: ignore[attr-defined]
        if self.path in ("/bomb", "/endless"):
            self._too_much()
            return
        self.send_response(200)
        self.send_header("Content-Length", "100" if self.path == "/cut" else "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def _too_much(self) -> None:
        """A packed answer of 100 kB that unpacks to 100 MB; or one that has no end."""
        self.send_response(200)
        if self.path == "/bomb":
            self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(gzip.compress(bytes(100_000_000)))
            return
        self.end_headers()
        with contextlib.suppress(OSError):  # the client hangs up
            while True:
                self.wfile.write(bytes(65_536))

    def log_message(self, *_arguments: object) -> None:
        return None


@pytest.fixture
def plain() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_packed_answer_is_not_unpacked(plain: HTTPServer) -> None:
    transport = HttpTransport(f"http://127.0.0.1:{plain.server_port}")
    assert transport.send("GET", "/here", {}, b"").body == b"ok"
    assert plain.asked == "identity"  # type: ignore[attr-defined]  # what the handler noted
    with pytest.raises(Unavailable) as caught:
        transport.send("GET", "/bomb", {}, b"")
    assert caught.value.code == "remote.packed"
    transport.close()


def test_an_answer_without_an_end_is_read_no_further_than_any_can_be_long(
    plain: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.client.transport.LONGEST_BODY", 1_000_000)
    transport = HttpTransport(f"http://127.0.0.1:{plain.server_port}")
    with pytest.raises(Unavailable) as caught:
        transport.send("GET", "/endless", {}, b"")
    assert caught.value.code == "remote.long-answer"
    assert transport.send("GET", "/here", {}, b"").body == b"ok"
    transport.close()


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    authority = trustme.CA()
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}", ca
    server.shutdown()
    thread.join()
    server.server_close()


def test_tls_by_an_authority_of_ones_own(tls: tuple[str, Path]) -> None:
    address, ca = tls
    transport = HttpTransport(address, tls_ca=ca)
    answer = transport.send("GET", "/here?a=1", {}, b"")
    assert (answer.status, answer.body) == (200, b"ok")
    assert transport.send("GET", "/away", {}, b"").status == 302
    with pytest.raises(Unavailable):
        transport.send("GET", "/cut", {}, b"")
    transport.close()


def test_an_authority_nobody_named_is_not_believed(tls: tuple[str, Path]) -> None:
    transport = HttpTransport(tls[0])
    with pytest.raises(Unavailable) as caught:
        transport.send("GET", "/here", {}, b"")
    assert caught.value.code == "remote.unreachable"
    transport.close()


def test_an_authority_file_that_is_none(tmp_path: Path) -> None:
    for name in ("none.pem", "empty.pem"):
        (tmp_path / "empty.pem").write_bytes(b"")
        with pytest.raises(Unavailable) as caught:
            HttpTransport("https://127.0.0.1:1", tls_ca=tmp_path / name)
        assert (caught.value.code, caught.value.details) == ("remote.tls-ca", {"file": name})


def test_nobody_there() -> None:
    transport = HttpTransport("http://127.0.0.1:1")
    with pytest.raises(Unavailable) as caught:
        transport.send("GET", "/v1/genesis", {}, b"")
    assert caught.value.code == "remote.unreachable"
    transport.close()


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Connections are taken, and nobody says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def _impatient(server: socket.socket, monkeypatch: pytest.MonkeyPatch) -> tuple[HttpTransport, str]:
    monkeypatch.setattr("parley.client.transport.ANSWER_SECONDS", 0.05)
    address = f"http://127.0.0.1:{server.getsockname()[1]}"
    return HttpTransport(address), address


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\nDate", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234"]
)
def test_a_part_that_does_not_come_in_time(
    silent: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    """Whether nothing comes, half a head or half a body: nothing of it is kept."""
    transport, address = _impatient(silent, monkeypatch)
    remote = Remote(transport, log=LOG, party="ru", clock=lambda: NOW, rng=Random("remote"))
    home = Home.create(tmp_path / "home")

    def speak() -> None:
        connection, _ = silent.accept()
        connection.sendall(said)
        while connection.recv(4096):  # until the client hangs up
            pass
        connection.close()

    other = threading.Thread(target=speak)
    other.start()
    with pytest.raises(Unavailable) as caught:
        remote.download(KEY, sha256(b"0123456789"), 10, home)
    remote.close()
    other.join()
    assert (caught.value.code, caught.value.details) == ("remote.timeout", {"address": address})
    assert [path for path in home.path("sealed").iterdir() if path.stat().st_size] == []


def test_an_act_that_is_not_answered_in_time_waits_and_is_sent_again(
    office: Office, silent: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.join("amber-heron")
    slow, address = _impatient(silent, monkeypatch)

    class Slow:
        """Reads are answered; what is posted is not."""

        def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
            return (slow if method == "POST" else office.transport).send(method, target, headers, body)

        def close(self) -> None:
            slow.close()

    ru._session.remote._transport = Slow()
    with pytest.raises(Unavailable) as caught:
        ru.refuse("US-1", reason="form")
    ru._session.remote.close()
    assert (caught.value.code, caught.value.details) == ("remote.timeout", {"address": address})
    (waiting,) = ru._session.ledger.waiting()
    ru._session.remote._transport = office.transport
    assert ru.refuse("US-1", reason="form").digest == waiting.digest.hex()
    assert ru._session.ledger.waiting() == []
