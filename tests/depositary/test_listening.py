"""Where a depositary listens, beside where parties come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.depositary.listening import Gap, fitting, gap, parse, usual, written
from parley.errors import Malformed

PORTS = st.integers(1, 65535)
HOSTS = st.sampled_from(["127.0.0.1", "localhost", "10.0.0.5", "depositary.example", "::1", "2001:db8::5"])


def address(host: str, port: int, scheme: str = "http") -> str:
    return f"{scheme}://{written(host, port)}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("127.0.0.1:8750", ("127.0.0.1", 8750)), ("[::1]:0", ("::1", 0)), ("a.example:65535", ("a.example", 65535))],
)
def test_where_to_listen(text: str, expected: tuple[str, int]) -> None:
    assert parse(text) == expected
    assert written(*expected) == text


@pytest.mark.parametrize("text", ["", "8750", ":8750", "a:", "a:b", "a:65536", "a:-1", "a:\u0661"])
def test_where_nobody_can_listen(text: str) -> None:
    with pytest.raises(Malformed, match=r"serve.listen"):
        parse(text)


@pytest.mark.parametrize(
    ("address", "own", "by_itself"),
    [
        ("http://127.0.0.1:9", "127.0.0.1:9", "127.0.0.1:9"),
        ("http://localhost:8123", "localhost:8123", "127.0.0.1:8123"),
        ("http://[::1]:8123", "[::1]:8123", "127.0.0.1:8123"),
        ("http://10.0.0.5:8750", "0.0.0.0:8750", "127.0.0.1:8750"),
        ("http://10.0.0.5", "0.0.0.0:80", "127.0.0.1:80"),
        ("https://depositary.example", "0.0.0.0:443", "127.0.0.1:8750"),
        ("https://[2001:db8::5]:8443", "[::]:8443", "127.0.0.1:8750"),
    ],
)
def test_the_place_that_fits_an_address(address: str, own: str, by_itself: str) -> None:
    assert (fitting(address), usual(address)) == (own, by_itself)


@given(host=HOSTS, port=PORTS, secure=st.booleans())
def test_nothing_lies_between_an_address_and_the_place_that_fits_it(host: str, port: int, secure: bool) -> None:
    came = address(host, port, "https" if secure else "http")
    assert gap(came, *parse(fitting(came)), tls=secure) is None


@given(host=HOSTS, port=PORTS, other=PORTS)
def test_another_port_is_another_place(host: str, port: int, other: int) -> None:
    came = address(host, port)
    place, _ = parse(fitting(came))
    assert gap(came, place, other, tls=False) is (None if other == port else Gap.PLACE)


@pytest.mark.parametrize(
    ("address", "host", "port", "tls", "expected"),
    [
        ("https://depositary.example", "127.0.0.1", 8750, False, Gap.PROXY),
        ("https://depositary.example", "0.0.0.0", 443, True, None),
        ("https://depositary.example", "0.0.0.0", 8443, True, Gap.PLACE),
        ("https://depositary.example", "127.0.0.1", 443, True, Gap.PLACE),
        ("http://127.0.0.1:8750", "127.0.0.1", 8750, True, Gap.KIND),
        ("http://127.0.0.1:8750", "0.0.0.0", 8750, False, None),
        ("http://10.0.0.5:8750", "127.0.0.1", 8750, False, Gap.PLACE),
    ],
)
def test_what_lies_between(address: str, host: str, port: int, tls: bool, expected: Gap | None) -> None:
    assert gap(address, host, port, tls=tls) is expected
