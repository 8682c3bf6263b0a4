"""Signed requests: vectors, round trips, and everything that must not pass."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import Base64, Time
from parley.crypto import Digest, KeySetId, Nonce, PublicKeys, Purpose, SigningKey, VerifyingKey, sha256
from parley.errors import Invalid, Malformed, ParleyError, Refused
from parley.request import (
    WINDOW,
    Request,
    Requester,
    Window,
    authority_of,
    content_of,
    sign_request,
    signature_base,
    verify_request,
)

VECTORS = Path(__file__).parent.parent / "vectors" / "request"
KEY = SigningKey(bytes(range(32)), bytes(range(32, 64)))
NOW = Time.from_text("2022-01-26T17:16:00.123Z")
NONCE = Nonce(bytes(range(16)))
BODY = sha256(b"sealed bytes")
REQUEST = Request(method="PUT", authority="depositary.example", path="/v1/keybox", query="a=b", content=BODY)


def key_of(party: str, key_id: KeySetId) -> VerifyingKey | None:
    return KEY.verifying if (party, key_id) == ("ru", KEY.id) else None


def headers(request: Request = REQUEST, **changes: Any) -> dict[str, str]:
    return sign_request(request, KEY, **({"party": "ru", "nonce": NONCE, "now": NOW} | changes))


def verify(found: dict[str, str], request: Request = REQUEST, now: Time = NOW) -> Requester:
    return verify_request(request, found, key_of=key_of, now=now)


def test_a_signed_request_names_its_signer() -> None:
    found = verify(headers())
    assert found == Requester(party="ru", key=KEY.id, nonce=NONCE, created=1643217360)


def test_the_headers_read_as_the_standard_writes_them() -> None:
    found = headers()
    assert found["Content-Digest"] == f"sha-256=:{Base64(BODY).to_text()}:"
    one = (
        '("@method" "@authority" "@path" "@query" "content-digest");created=1643217360;'
        f'nonce="{NONCE.hex()}";keyid="{KEY.id.hex()}";tag="parley/http/v1"'
    )
    assert found["Signature-Input"] == f"ed={one}, pq={one}"
    assert (
        signature_base(REQUEST, key=KEY.id, nonce=NONCE, created=1643217360)
        == (
            '"@method": PUT\n"@authority": depositary.example\n"@path": /v1/keybox\n"@query": ?a=b\n'
            f'"content-digest": {found["Content-Digest"]}\n"@signature-params": {one}'
        ).encode()
    )


def test_without_body_and_query_the_base_has_four_components() -> None:
    bare = Request(method="GET", authority="depositary.example", path="/v1/chains")
    base = signature_base(bare, key=KEY.id, nonce=NONCE, created=1).decode()
    assert '"@query": ?\n' in base
    assert "content-digest" not in base
    assert "Content-Digest" not in headers(bare)
    assert verify(headers(bare), bare).party == "ru"


@given(
    method=st.sampled_from(["GET", "HEAD", "PUT", "POST"]),
    path=st.from_regex(r"/[a-z0-9/%._~-]{0,40}", fullmatch=True),
    query=st.from_regex(r"[a-z0-9=&%]{0,20}", fullmatch=True),
    body=st.none() | st.binary(max_size=20),
    nonce=st.binary(min_size=16, max_size=16),
)
def test_what_is_signed_verifies(method: str, path: str, query: str, body: bytes | None, nonce: bytes) -> None:
    content = None if body is None else sha256(body)
    request = Request(method=method, authority="depositary.example", path=path, query=query, content=content)
    found = verify(headers(request, nonce=Nonce(nonce)), request)
    assert found.nonce == nonce


OTHERS = {
    "method": Request(method="GET", authority="depositary.example", path="/v1/keybox", query="a=b", content=BODY),
    "authority": Request(method="PUT", authority="other.example", path="/v1/keybox", query="a=b", content=BODY),
    "path": Request(method="PUT", authority="depositary.example", path="/v1/keybo", query="a=b", content=BODY),
    "query": Request(method="PUT", authority="depositary.example", path="/v1/keybox", query="a=c", content=BODY),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_request_that_differs_in_one_component_is_not_the_signed_one(name: str) -> None:
    with pytest.raises(Invalid, match=r"signature.ed25519"):
        verify(headers(), OTHERS[name])


def test_the_digest_that_a_header_names_is_read_back() -> None:
    assert content_of("sha-256=:" + Base64(sha256(b"body")).to_text() + ":") == sha256(b"body")


@pytest.mark.parametrize(
    "text", [None, "", "sha-256=::", "sha-256=:AAAA:", "md5=:" + "A" * 43 + "=:", "sha-256=:" + "A" * 42 + "B=:x"]
)
def test_a_header_without_such_a_digest_is_malformed(text: str | None) -> None:
    with pytest.raises(Malformed, match=r"request.content-digest"):
        content_of(text)


def test_another_body_is_noticed_before_any_signature() -> None:
    other = Request(method="PUT", authority="depositary.example", path="/v1/keybox", query="a=b", content=sha256(b"x"))
    with pytest.raises(Malformed, match=r"request.content-digest"):
        verify(headers(), other)
    without = Request(method="PUT", authority="depositary.example", path="/v1/keybox", query="a=b")
    with pytest.raises(Malformed, match=r"request.content-digest"):
        verify(headers(), without)
    with pytest.raises(Malformed, match=r"request.content-digest"):
        verify(headers(without))


def swap(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


INPUT = "request.signature-input"

MANGLED = {
    "one label only": ("Signature-Input", lambda t: t.split(", pq=")[0], INPUT),
    "labels swapped": (
        "Signature-Input", lambda t: swap(swap(t, "ed=(", "pq=("), ", pq=", ", ed="), INPUT),
    "another order of components": (
        "Signature-Input", lambda t: swap(t, '"@method" "@authority"', '"@authority" "@method"'), INPUT),
    "a component left out": ("Signature-Input", lambda t: swap(t, ' "@query"', ""), INPUT),
    "an algorithm named": ("Signature-Input", lambda t: t + ';alg="ed25519"', INPUT),
    "a leading zero": ("Signature-Input", lambda t: swap(t, "created=1", "created=01"), INPUT),
    "labels with different times": (
        "Signature-Input", lambda t: t[::-1].replace("0637123461", "1637123461", 1)[::-1], INPUT),
    "another tag": ("Signature-Input", lambda t: swap(t, "http/v1", "http/v2"), INPUT),
    "nonce in capitals": (
        "Signature-Input", lambda t: swap(t, NONCE.hex(), NONCE.hex().upper()), INPUT),
    "two spaces": ("Signature-Input", lambda t: swap(t, ", pq", ",  pq"), INPUT),
    "an empty input": ("Signature-Input", lambda _: "", INPUT),
    "one signature only": ("Signature", lambda t: t.split(", pq=")[0], "request.signature"),
    "signatures swapped": ("Signature", lambda t: "pq=" + t.removeprefix("ed="), "request.signature"),
    "a signature cut short": ("Signature", lambda t: t[:-5] + ":", "request.signature"),
    "not base64": ("Signature", lambda t: swap(t, "ed=:", "ed=:*"), "request.signature"),
    "no party": ("Parley-Party", lambda _: "", "request.party"),
    "a party in capitals": ("Parley-Party", lambda _: "RU", "request.party"),
}  # fmt: skip


@pytest.mark.parametrize("name", MANGLED)
def test_a_header_that_we_would_not_write_is_refused(name: str) -> None:
    header, change, code = MANGLED[name]
    found = headers()
    found[header] = change(found[header])
    with pytest.raises(Malformed, match=code):
        verify(found)


@pytest.mark.parametrize("header", ["Parley-Party", "Content-Digest", "Signature-Input", "Signature"])
def test_a_missing_header_is_refused(header: str) -> None:
    found = headers()
    del found[header]
    with pytest.raises(Malformed):
        verify(found)


def test_base64_with_spare_bits_is_another_writing() -> None:
    found = headers()
    ed, rest = found["Signature"].split(":, ", 1)
    assert ed.endswith("==")
    last = ed[-3]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    found["Signature"] = f"{ed[:-3]}{alphabet[alphabet.index(last) + 1]}==:, {rest}"
    with pytest.raises(Malformed, match=r"canonical.base64"):
        verify(found)


@pytest.mark.parametrize("label", ["ed", "pq"])
def test_both_signatures_count(label: str) -> None:
    found = headers()
    at = found["Signature"].index(f"{label}=:") + 8
    old = found["Signature"][at]
    found["Signature"] = found["Signature"][:at] + ("A" if old != "A" else "B") + found["Signature"][at + 1 :]
    with pytest.raises(Invalid, match="ed25519" if label == "ed" else "mldsa44"):
        verify(found)


def test_a_signature_for_an_act_is_none_for_a_request() -> None:
    base = signature_base(REQUEST, key=KEY.id, nonce=NONCE, created=1643217360)
    both = KEY.sign(Purpose.ACT, base)
    found = headers()
    found["Signature"] = f"ed=:{both.ed25519.to_text()}:, pq=:{both.mldsa44.to_text()}:"
    with pytest.raises(Invalid, match="mldsa44"):
        verify(found)


@pytest.mark.parametrize("seconds", [-WINDOW - 1, WINDOW + 1, -86400, 86400])
def test_a_clock_that_is_off_is_told_by_how_much(seconds: int) -> None:
    with pytest.raises(Refused) as caught:
        verify(headers(), now=Time(NOW - seconds * 1000))
    assert caught.value.code == "request.clock"
    assert caught.value.details["seconds"] == seconds


@pytest.mark.parametrize("seconds", [-WINDOW, 0, WINDOW])
def test_the_edge_of_the_window_is_in_time(seconds: int) -> None:
    assert verify(headers(), now=Time(NOW - seconds * 1000)).party == "ru"


def test_a_key_is_looked_up_in_the_register_of_the_party_named() -> None:
    with pytest.raises(Invalid, match=r"request.unknown-key"):
        verify(headers(party="us"))


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [("get", "/", ""), ("GET", "v1", ""), ("GET", "/a?b", ""), ("GET", "/a b", ""), ("GET", "/", "ä")],
)
def test_a_target_that_cannot_be_signed_is_malformed(method: str, path: str, query: str) -> None:
    with pytest.raises(Malformed, match=r"request.target"):
        Request(method=method, authority="depositary.example", path=path, query=query)


def test_the_authority_is_the_depositarys_name() -> None:
    assert authority_of("depositary.example/log/1") == "depositary.example"


class TestWindow:
    def requester(self, nonce: int, key: int = 0) -> Requester:
        id_ = KeySetId(bytes(31) + bytes((key,)))
        return Requester(party="ru", key=id_, nonce=Nonce(nonce.to_bytes(16, "big")), created=0)

    def test_a_nonce_serves_once_for_a_key(self) -> None:
        window = Window()
        window.admit(self.requester(1), now=NOW)
        with pytest.raises(Refused, match=r"request.replayed"):
            window.admit(self.requester(1), now=Time(NOW + 599_000))
        assert window.admit(self.requester(1, key=1), now=NOW).key[-1] == 1
        assert window.admit(self.requester(2), now=NOW).nonce[-1] == 2

    def test_it_forgets_what_the_clock_would_refuse(self) -> None:
        window = Window()
        for nonce in range(100):
            window.admit(self.requester(nonce), now=NOW)
        late = Time(NOW + 2 * WINDOW * 1000 + 1000)
        window.admit(self.requester(100), now=late)
        assert len(window._seen) == len(window._order) == 1

    def test_a_request_made_at_the_end_of_the_window_is_still_remembered_at_its_end(self) -> None:
        """Created 300 s ahead, first seen now: it passes the clock for 600 s, and must be known so long."""
        window = Window()
        window.admit(self.requester(1), now=NOW)
        with pytest.raises(Refused):
            window.admit(self.requester(1), now=Time(NOW + 2 * WINDOW * 1000))


def cases() -> list[Any]:
    found = []
    for path in sorted(VECTORS.glob("*.json")):
        for case in json.loads(path.read_text("utf-8"))["cases"]:
            found.append(pytest.param(case, id=case["name"]))
    assert len(found) >= 10
    return found


@pytest.mark.parametrize("case", cases())
def test_vectors(case: dict[str, Any]) -> None:
    target = dict(case["request"])
    body = target.pop("body")
    try:
        request = Request(**target, content=None if body is None else sha256(bytes.fromhex(body)))
        public = VerifyingKey(
            PublicKeys(ed25519=Base64.from_text(case["ed25519"]), mldsa44=Base64.from_text(case["mldsa44"]))
        )
        found = verify_request(
            request,
            case["headers"],
            key_of=lambda _, k: public if k == public.id else None,
            now=Time.from_text(case["now"]),
        )
    except ParleyError as error:
        outcome: tuple[str, str | None] = (type(error).__name__.lower(), error.code)
    else:
        outcome = ("ok", None)
    assert outcome == (case["expect"], case["code"])
    if case["expect"] != "ok":
        return
    assert found.key == Digest.from_text(case["key"])
    base = signature_base(request, key=found.key, nonce=found.nonce, created=found.created)
    assert base.decode() == case["base"]
