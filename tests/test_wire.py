"""Bodies and the invitation: what is printed is read back, and nothing else is read."""

from __future__ import annotations

from typing import Any

import pytest

from parley.canonical import Time, decode, encode
from parley.crypto import sha256
from parley.errors import Malformed
from parley.wire import Chains, Invitation, InvitationCode, Problem

MEMBERS: dict[str, Any] = {
    "address": "https://depositary.example:8750",
    "code": InvitationCode(bytes(range(16))),
    "genesis": sha256(b"genesis"),
    "id": "ru",
    "log": "depositary.example/log/1",
    "name": "Russian Federation",
    "until": Time.from_text("2022-02-01T00:00:00.000Z"),
}


def test_an_invitation_is_read_as_it_was_printed() -> None:
    invitation = Invitation(**MEMBERS)
    assert Invitation.parse(invitation.print()) == invitation


@pytest.mark.parametrize("address", ["http://127.0.0.1:8750", "https://a.example", "http://[::1]:8750"])
def test_addresses_that_can_be(address: str) -> None:
    assert Invitation(**MEMBERS | {"address": address}).address == address


@pytest.mark.parametrize(
    "address",
    ["", "ftp://a.example", "https://a.example/", "https://user@a.example", "https://a.example:123456", "a.example"],
)
def test_addresses_that_cannot_be(address: str) -> None:
    with pytest.raises(Malformed, match=r"invitation.address"):
        Invitation(**MEMBERS | {"address": address})


def test_an_invitation_with_a_control_character_in_its_name_is_refused() -> None:
    data = Invitation(**MEMBERS).print().replace(b"Russian", b"\\u001b[31m")
    with pytest.raises(Malformed):
        Invitation.parse(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data[:40],
        lambda _: b"",
        lambda data: data.replace(b'"id":"ru"', b'"id":"ru", '),
        lambda data: data.replace(b'"id":"ru"', b'"id":"RU"'),
        lambda data: data.replace(b'"id":"ru"', b'"id":"ru","id":"ru"'),
        lambda data: data.replace(b'"id":"ru",', b""),
        lambda data: b"\xff" + data,
    ],
)
def test_an_invitation_that_we_would_not_print_is_refused(change: Any) -> None:
    data = change(Invitation(**MEMBERS).print())
    with pytest.raises(Malformed) as caught:
        Invitation.parse(data)
    assert (caught.value.code == "invitation.cut-short") == (not data.endswith(b"\n"))


def test_problems_carry_numbers_and_words() -> None:
    problem = Problem(error="upload.offset", details={"offset": 5, "party": "ru"})
    assert decode(encode(problem), Problem) == problem


def test_no_chains_are_an_empty_list() -> None:
    assert encode(Chains(chains=())) == b'{"chains":[]}'
