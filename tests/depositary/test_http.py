"""The depositary on a real socket."""

from __future__ import annotations

import os
import select
import signal
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import trustme

from parley import depositary, statement
from parley.act import Refusal, Withdrawal
from parley.canonical import Time, decode, encode
from parley.checkpoint import open_checkpoint
from parley.crypto import Nonce, SigningKey, sha256
from parley.depositary.http import MOST_ANSWERS_TO_ONE, MOST_OF_ONE
from parley.errors import Unavailable
from parley.exchange import State
from parley.request import Request, sign_request
from parley.statement import read_not_admitted
from parley.tiles import decode_bundle
from parley.wire import Chains, Item, Items, Problem
from tests.build import seed
from tests.depositary.live import NAME
from tests.depositary.serving import Caller, Process, found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Process]]:
    folder = found(tmp_path_factory.mktemp("depositary") / "d")
    with Process(folder) as process:
        yield folder, process


@pytest.fixture(scope="module")
def parties(server: tuple[Path, Process]) -> Iterator[Caller]:
    folder, process = server
    caller = Caller(folder, process.port)
    caller.two_parties()
    yield caller
    caller.close()


def problem(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, decode(answer.content, Problem).error


def wait_for(parties: Caller, deposit: statement.Signed, state: State) -> None:
    """Follow the log until the paper is in a state; the server needs a group or two for it."""
    for _ in range(200):
        parties.follow("us")
        if parties.world.negotiations[parties.negotiation].papers[deposit.digest].outcomes["ru"].state is state:
            return
        time.sleep(0.01)
    raise AssertionError(f"never {state}")


def test_a_paper_goes_from_hand_to_hand(parties: Caller) -> None:
    deposit = parties.admit(parties.deposit("us", "ru"))
    act = parties.paper(deposit)
    assert act.header is not None
    assert act.payload is not None
    path = f"/v1/sealed/{act.payload.digest.hex()}"
    payload = parties.ask("ru", "GET", path)
    assert (payload.status_code, sha256(payload.content)) == (200, act.payload.digest)
    header = f"/v1/sealed/{act.header.digest.hex()}"
    assert problem(parties.ask("ru", "GET", header)) == (403, "sealed.not-handed-over")
    parties.follow("ru")
    receipt = parties.admit(parties.receipt("ru", deposit))
    wait_for(parties, deposit, State.HANDED_OVER)
    handed = parties.ask("ru", "GET", header)
    assert (handed.status_code, sha256(handed.content)) == (200, act.header.digest)
    assert parties.post(receipt).json()["index"] == parties.entered[receipt.digest].index
    parties.follow("ru")
    again = parties.post(parties.receipt("ru", deposit))
    assert (again.status_code, again.headers["content-type"]) == (409, "application/vnd.parley.not-admitted+json")
    key = parties.world.key("depositary", parties.genesis.act.by.keys[0])
    assert key is not None
    answer = read_not_admitted(again.content, key)
    assert answer.reason == "paper.not-now"
    assert answer.winner is not None


def test_the_length_of_a_page_informs_nobody(parties: Caller) -> None:
    parties.follow("us")
    deposit = parties.admit(parties.deposit("us", "ru"))
    assert parties.ask("ru", "HEAD", f"/v1/chains/negotiation/{parties.negotiation.hex()}").status_code == 200
    parties.admit(parties.act(Withdrawal, "us", deposit=deposit.digest, release=None))  # a group later
    parties.follow("us")
    outcome = parties.world.negotiations[parties.negotiation].papers[deposit.digest].outcomes["ru"]
    assert [item.act.kind for item in outcome.done] == ["withdrawal"]


def test_a_limit_passes_without_anybody_asking(parties: Caller) -> None:
    parties.follow("us")
    deposit = parties.admit(parties.deposit("us", "ru", accept_by=Time(parties.now + 400)))
    wait_for(parties, deposit, State.EXPIRED)
    parties.follow("us")
    late = parties.post(parties.act(Refusal, "ru", deposit=deposit.digest, reason="form", words=()))
    assert late.status_code == 409


def test_the_public_log_needs_no_signature(parties: Caller) -> None:
    note = parties.http.get("/log/checkpoint")
    assert note.headers["content-type"] == "text/plain; charset=utf-8"
    size = open_checkpoint(note.content, parties.keys).checkpoint.size
    bundle = parties.http.get(f"/log/tile/entries/000.p/{size}")
    assert len(decode_bundle(bundle.content, size)) == size
    assert "immutable" in bundle.headers["cache-control"]
    assert decode(parties.http.get("/v1/genesis").content, Item).proof.startswith("c2sp.org/tlog-proof@v1\n")
    for path in ("/log/tile/0/001", "/log/tile/0/000.p/300", "/log/tile/99/000", "/log/tile/0/0"):
        assert problem(parties.http.get(path)) == (404, "tile.unknown")


def test_registers_and_directories(parties: Caller) -> None:
    chains = decode(parties.ask("ru", "GET", "/v1/chains").content, Chains)
    assert {chain.id for chain in chains.chains} >= {"ru", "us", parties.negotiation.hex()}
    items = decode(parties.ask("ru", "GET", "/v1/parties/us").content, Items)
    assert statement.read(encode(items.acts[0].act)).act.by.party == "us"
    assert parties.ask("ru", "GET", "/v1/chains/register/us", query="after=1").status_code == 200
    root = parties.parties["ru"].root
    assert parties.ask("ru", "GET", "/v1/chains", key=root).status_code == 200


def test_uploads_resume_and_downloads_have_ranges(parties: Caller) -> None:
    data = b"".join(sha256(bytes((n,))) for n in range(100))
    digest = sha256(data)
    path = f"/v1/sealed/{digest.hex()}"
    assert parties.ask("us", "HEAD", path).headers["upload-offset"] == "0"
    first = parties.ask("us", "PUT", path, body=data[:1000], Content_Range="bytes 0-999/3200")
    assert (first.status_code, first.headers["upload-offset"]) == (204, "1000")
    again = parties.ask("us", "PUT", path, body=data[:1000], Content_Range="bytes 0-999/3200")
    assert problem(again) == (409, "upload.offset")
    assert again.headers["upload-offset"] == "1000"
    assert parties.ask("us", "HEAD", path).headers["upload-offset"] == "1000"
    last = parties.ask("us", "PUT", path, body=data[1000:], Content_Range="bytes 1000-3199/3200")
    assert (last.status_code, last.headers["upload-offset"]) == (204, "3200")
    whole = parties.ask("us", "GET", path)
    assert (whole.status_code, whole.content) == (200, data)
    part = parties.ask("us", "GET", path, Range="bytes=5-9")
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, data[5:10], "bytes 5-9/3200")
    rest = parties.ask("us", "GET", path, Range="bytes=3000-")
    assert rest.content == data[3000:]
    assert problem(parties.ask("us", "GET", path, Range="bytes=3200-")) == (416, "sealed.range")
    assert problem(parties.ask("us", "GET", path, Range="bytes=-5")) == (400, "request.range")
    assert problem(parties.ask("ru", "GET", path)) == (404, "sealed.unknown")


def test_bytes_with_another_digest_are_refused(parties: Caller) -> None:
    path = f"/v1/sealed/{sha256(b'one').hex()}"
    assert problem(parties.ask("us", "PUT", path, body=b"two", Content_Range="bytes 0-2/3")) == (400, "upload.digest")
    assert parties.ask("us", "HEAD", path).headers["upload-offset"] == "0"


@pytest.mark.parametrize(
    ("span", "status", "code"),
    [
        ("bytes 0-1/3", 413, "request.too-large"),
        ("bytes 0-3/4", 400, "upload.range"),
        ("bytes 0-3/3", 400, "upload.range"),
        ("bytes 2-0/3", 400, "upload.range"),
        ("bytes 00-2/3", 400, "upload.range"),
        ("bytes */3", 400, "upload.range"),
        ("items 0-2/3", 400, "upload.range"),
        ("", 400, "upload.range"),
    ],
)
def test_a_piece_must_be_what_it_says(parties: Caller, span: str, status: int, code: str) -> None:
    path = f"/v1/sealed/{sha256(b'one').hex()}"
    answer = parties.ask("us", "PUT", path, body=b"one", Content_Range=span)
    assert problem(answer) == (status, code)
    assert decode(answer.content, Problem).details == ({"most": 2} if status == 413 else {})
    assert parties.ask("us", "HEAD", path).headers["upload-offset"] == "0"


def test_key_boxes(parties: Caller) -> None:
    assert problem(parties.ask("us", "GET", "/v1/keybox")) == (404, "keybox.empty")
    assert parties.ask("ru", "PUT", "/v1/keybox", body=b"opaque").status_code == 204
    assert parties.ask("ru", "GET", "/v1/keybox").content == b"opaque"
    assert problem(parties.ask("ru", "PUT", "/v1/keybox", body=bytes((1 << 20) + 1))) == (413, "request.too-large")


# --- what does not pass -----------------------------------------------------------------------------------------


def test_sizes_are_limited_before_anything_is_read(parties: Caller) -> None:
    answer = parties.http.post("/v1/acts", content=bytes((64 << 10) + 1))
    assert problem(answer) == (413, "request.too-large")
    streamed = parties.http.post("/v1/acts", content=iter([bytes(64 << 10), b"x"]))
    assert problem(streamed) == (413, "request.too-large")
    path = f"/v1/sealed/{sha256(b'x').hex()}"
    large = parties.http.put(path, content=b"x", headers={"Content-Range": f"bytes 0-{8 << 20}/{1 << 30}"})
    assert problem(large) == (413, "request.too-large")
    huge = parties.ask("us", "PUT", path, body=b"x", Content_Range=f"bytes 0-0/{(1 << 30) + 1}")
    assert problem(huge) == (413, "upload.too-large")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "canonical.json"),
        (b"\xff", "canonical.json"),
        (b'{"a":1,"a":1}', "canonical.not-canonical"),
        (b'{"a":1.5}', "canonical.float"),
        (b'{"a":"\\ud800"}', "canonical.json"),
        (b"[" * 5000 + b"]" * 5000, "canonical"),
        (b"{}", "canonical.shape"),
    ],
)
def test_bytes_that_are_no_act(parties: Caller, body: bytes, code: str) -> None:
    status, found = problem(parties.http.post("/v1/acts", content=body))
    assert status == 400
    assert found.startswith(code)


def test_an_act_with_a_broken_signature(parties: Caller) -> None:
    data = parties.act(Refusal, "ru", deposit=sha256(b"x"), reason="form", words=()).data
    place = data.rindex(b'"sig":"') + 10
    broken = data[:place] + (b"A" if data[place : place + 1] != b"A" else b"B") + data[place + 1 :]
    assert problem(parties.http.post("/v1/acts", content=broken)) == (403, "signature.mldsa44")


def test_unsigned_and_wrongly_signed_requests(parties: Caller) -> None:
    assert problem(parties.http.get("/v1/chains")) == (400, "request.party")
    stranger = SigningKey.from_secret(seed("stranger"), info="officer")
    assert problem(parties.ask("ru", "GET", "/v1/chains", key=stranger)) == (403, "request.unknown-key")
    assert problem(parties.ask("fr", "GET", "/v1/chains", key=stranger)) == (403, "request.unknown-key")
    request = Request(method="GET", authority=NAME, path="/v1/chains")
    officer = parties.parties["ru"].officer
    headers = sign_request(request, officer, party="ru", nonce=Nonce(bytes(16)), now=parties.now)
    assert problem(parties.http.get("/v1/keybox", headers=headers)) == (403, "signature.ed25519")
    assert parties.http.get("/v1/chains", headers=headers).status_code == 200
    assert problem(parties.http.get("/v1/chains", headers=headers)) == (403, "request.replayed")
    twice = [*headers.items(), ("Signature", headers["Signature"])]
    assert problem(parties.http.get("/v1/chains", headers=twice)) == (400, "request.header-twice")
    for wrong in ({"authority": "other.example"}, {"path": "/v1/chains/"}):
        other = Request(**{"method": "GET", "authority": NAME, "path": "/v1/chains"} | wrong)
        headers = sign_request(other, officer, party="ru", nonce=Nonce(bytes(15) + b"1"), now=parties.now)
        assert problem(parties.http.get("/v1/chains", headers=headers)) == (403, "signature.ed25519")
    for off in (-86_400_000, 86_400_000):
        headers = sign_request(request, officer, party="ru", nonce=Nonce(bytes(16)), now=Time(parties.now + off))
        answer = parties.http.get("/v1/chains", headers=headers)
        assert problem(answer) == (403, "request.clock")
        assert abs(int(decode(answer.content, Problem).details["seconds"]) - off // 1000) <= 2


def test_paths_and_methods_that_are_not_there(parties: Caller) -> None:
    assert problem(parties.http.get("/v1/nothing")) == (404, "request.path")
    assert problem(parties.http.delete("/v1/acts")) == (405, "request.method")
    assert problem(parties.ask("ru", "GET", "/v1/sealed/xyz"))[0] == 400
    assert problem(parties.ask("ru", "GET", "/v1/chains/register/us", query="after=01")) == (400, "request.query")
    assert problem(parties.ask("ru", "GET", "/v1/chains/negotiation/" + "0" * 32)) == (404, "negotiation.unknown")


def test_half_a_request_does_no_harm(server: tuple[Path, Process], parties: Caller) -> None:
    with socket.create_connection(("127.0.0.1", server[1].port)) as raw:
        raw.sendall(b"POST /v1/acts HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert parties.http.get("/log/checkpoint").status_code == 200


def _raw(process: Process, *lines: str, body: bytes = b"") -> socket.socket:
    """A connection on which a request has begun and not ended."""
    raw = socket.create_connection(("127.0.0.1", process.port), timeout=20)
    raw.sendall("\r\n".join(lines).encode() + body)
    return raw


def _answer(raw: socket.socket) -> bytes:
    """An answer whose body is a JSON object, as far as its end."""
    answer = b""
    while not answer.endswith(b"}"):
        piece = raw.recv(4096)
        assert piece, answer
        answer += piece
    return answer


def _upload(process: Process, parties: Caller, party: str, data: bytes, sent: bytes) -> socket.socket:
    """A signed upload of `data` whose body so far is `sent`."""
    path = f"/v1/sealed/{sha256(data).hex()}"
    request = Request(method="PUT", authority=NAME, path=path, content=sha256(data))
    officer = parties.parties[party].officer
    signed = sign_request(request, officer, party=party, nonce=Nonce(os.urandom(16)), now=parties.now)
    headers = [f"{name}: {value}" for name, value in signed.items()]
    span = f"Content-Range: bytes 0-{len(data) - 1}/{len(data)}"
    length = f"Content-Length: {len(data)}"
    return _raw(process, f"PUT {path} HTTP/1.1", "Host: x", *headers, span, length, "", "", body=sent)


def _get(process: Process, parties: Caller, party: str, path: str) -> socket.socket:
    """A signed question whose answer is not read."""
    request = Request(method="GET", authority=NAME, path=path, content=None)
    officer = parties.parties[party].officer
    signed = sign_request(request, officer, party=party, nonce=Nonce(os.urandom(16)), now=parties.now)
    headers = [f"{name}: {value}" for name, value in signed.items()]
    return _raw(process, f"GET {path} HTTP/1.1", "Host: x", *headers, "", "")


@pytest.mark.parametrize("path", ["sealed/" + "0" * 64, "keybox"])
def test_nobody_unknown_is_listened_to_at_length(server: tuple[Path, Process], path: str) -> None:
    head = [f"PUT /v1/{path} HTTP/1.1", "Host: x", "Content-Range: bytes 0-999999/1000000", "Content-Length: 1000000"]
    with _raw(server[1], *head, f"Content-Digest: sha-256=:{'A' * 43}=:", "", "", body=bytes(1000)) as raw:
        assert _answer(raw).startswith(b"HTTP/1.1 400 ")  # before the rest of the body


def test_a_body_is_compared_with_the_digest_that_was_signed(server: tuple[Path, Process], parties: Caller) -> None:
    with _upload(server[1], parties, "us", b"signed", b"others") as raw:
        answer = _answer(raw)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"request.content-digest" in answer
    assert parties.ask("us", "HEAD", f"/v1/sealed/{sha256(b'signed').hex()}").headers["upload-offset"] == "0"


def test_a_party_has_a_few_uploads_under_way_and_keeps_nobody_else_out(
    server: tuple[Path, Process], parties: Caller
) -> None:
    begun = [_upload(server[1], parties, "ru", bytes((n,)) * 9, b"") for n in range(MOST_OF_ONE + 1)]
    readable, _, _ = select.select(begun, [], [], 20)
    answers = [_answer(raw) for raw in readable]
    assert [answer[:13] for answer in answers] == [b"HTTP/1.1 503 "]
    assert b"depositary.busy" in answers[0]
    parties.bring("us", b"another party's")
    for raw in begun:
        raw.close()
    for _ in range(200):
        if parties.ask("ru", "PUT", "/v1/keybox", body=b"room again").status_code == 204:
            return
        time.sleep(0.01)
    raise AssertionError("no room again")


def test_a_party_has_a_few_answers_under_way_and_keeps_nobody_else_out(
    server: tuple[Path, Process], parties: Caller
) -> None:
    """Who asks for large parts and reads nothing holds its own places, and no more memory than fits on the lines."""
    part = bytes(8 << 20)
    path = f"/v1/sealed/{parties.bring('ru', part).hex()}"
    begun = [_get(server[1], parties, "ru", path) for _ in range(MOST_ANSWERS_TO_ONE + 1)]
    readable: list[socket.socket] = []
    for _ in range(200):
        readable = select.select(begun, [], [], 0)[0]
        if len(readable) == len(begun):
            break
        time.sleep(0.05)
    heads = sorted(raw.recv(13, socket.MSG_PEEK) for raw in readable)
    assert heads == [b"HTTP/1.1 200 "] * MOST_ANSWERS_TO_ONE + [b"HTTP/1.1 503 "]
    other = f"/v1/sealed/{parties.bring('us', b'another').hex()}"
    assert parties.ask("us", "GET", other).content == b"another"
    for raw in begun:
        raw.close()
    for _ in range(200):
        if parties.ask("ru", "GET", path).status_code == 200:
            return
        time.sleep(0.01)
    raise AssertionError("no place again")


def test_a_head_without_end_is_cut_off(server: tuple[Path, Process]) -> None:
    with (
        _raw(server[1], "GET /log/checkpoint HTTP/1.1", "Host: x", "X: ") as raw,
        pytest.raises(ConnectionError),  # far fewer bytes fit between the two ends
    ):
        raw.sendall(bytes(32 << 20).replace(b"\0", b"x"))


# --- the process ------------------------------------------------------------------------------------------------


def test_a_second_server_on_the_same_folder_ends_at_once(server: tuple[Path, Process]) -> None:
    with pytest.raises(AssertionError, match="ended before it served"):
        Process(server[0])


def test_told_to_stop_it_ends_well_and_starts_again(tmp_path: Path) -> None:
    folder = found(tmp_path / "d")
    with Process(folder) as process:
        caller = Caller(folder, process.port)
        caller.enrol("ru")
        size = caller.size()
        assert process.end(signal.SIGTERM) == 0
        assert process.lines[-1]["event"] == "stopped"
        caller.close()
    with Process(folder) as process:
        caller = Caller(folder, process.port)
        assert caller.size() == size
        caller.close()
        assert process.end(signal.SIGINT) == 0


@pytest.mark.parametrize("wrong", ["no certificate", "no key", "not PEM", "another key"])
def test_a_certificate_that_cannot_be_used(tmp_path: Path, wrong: str) -> None:
    """It is said before anybody is told that the depositary serves, and the folder is free for the next try."""
    folder = found(tmp_path / "d")
    authority = trustme.CA()
    own, other = authority.issue_cert("127.0.0.1"), authority.issue_cert("127.0.0.1")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    if wrong != "no certificate":
        own.cert_chain_pems[0].write_to_path(certificate)
    if wrong != "no key":
        (other if wrong == "another key" else own).private_key_pem.write_to_path(key)
    if wrong == "not PEM":
        certificate.write_bytes(b"a picture of it")
    journal, told = [], []
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            depositary.serve(
                folder,
                listen="127.0.0.1:0",
                certificate=certificate,
                key=key,
                write=journal.append,
                on_serving=lambda *place: told.append(place),
            )
        assert (caught.value.code, caught.value.details) == ("serve.certificate", {})
    assert told == []
    assert "serving" not in "".join(journal)
    own.cert_chain_pems[0].write_to_path(certificate)
    own.private_key_pem.write_to_path(key)
    with Process(folder, str(certificate), str(key)) as process:
        assert process.end(signal.SIGTERM) == 0


def test_tls_by_certificate_files(tmp_path: Path) -> None:
    folder = found(tmp_path / "d")
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    with Process(folder, str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")) as process:
        context = ssl.create_default_context()
        authority.configure_trust(context)
        with httpx2.Client(verify=context) as client:
            assert client.get(f"https://127.0.0.1:{process.port}/log/checkpoint").status_code == 200
