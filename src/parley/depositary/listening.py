"""Where a depositary listens, and whether those who come to its address find it there."""

from __future__ import annotations

from enum import Enum
from ipaddress import ip_address
from urllib.parse import urlsplit

from parley.errors import Malformed

HERE = "127.0.0.1"
BEHIND = 8750
"""The port at which it listens by itself behind a proxy."""


def parse(text: str) -> tuple[str, int]:
    """Read `host:port` or `[host]:port`; port 0 takes a free one. Raises: Malformed."""
    host, separator, port = text.rpartition(":")
    if not separator or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise Malformed("serve.listen")
    return host.removeprefix("[").removesuffix("]"), int(port)


def written(host: str, port: int) -> str:
    """What `parse` reads."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _place(address: str) -> tuple[bool, str, int]:
    """Of an address: whether it is https, its host, and its port."""
    parts = urlsplit(address)
    secure = parts.scheme == "https"
    return secure, parts.hostname or "", parts.port or (443 if secure else 80)


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name: it may lead anywhere
        return False


def fitting(address: str) -> str:
    """Where to listen so that whoever comes to an address arrives: at this machine only, when it names this machine."""
    _, host, port = _place(address)
    if _loopback(host):
        return written(host, port)
    return written("::" if ":" in host else "0.0.0.0", port)  # noqa: S104 - parties come from elsewhere


def usual(address: str) -> str:
    """Where to listen when nobody says: this machine alone, at the address's own port unless a proxy is before it."""
    secure, _, port = _place(address)
    return written(HERE, BEHIND if secure else port)


class Gap(Enum):
    """What lies between an address and the place at which is listened."""

    PROXY = "a proxy that has the certificate"
    PLACE = "another port, or another machine"
    KIND = "TLS, where the address says that there is none"


def gap(address: str, host: str, port: int, *, tls: bool) -> Gap | None:
    """What has to pass parties on from an address to where is listened; None when they arrive by themselves."""
    secure, to, at = _place(address)
    if tls and not secure:
        return Gap.KIND
    if secure and not tls:
        return Gap.PROXY
    if port != at or (_loopback(host) and not _loopback(to)):
        return Gap.PLACE
    return None
