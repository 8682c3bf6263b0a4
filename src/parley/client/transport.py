"""The way to the depositary over HTTP: one connection kept open, a time limit on everything, no redirects followed.

Answers are taken as they are and never unpacked: a small packed answer could grow to any size here.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx2

from parley.client.ports import LONGEST_BODY, Response
from parley.errors import Unavailable

CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 60.0


class HttpTransport:
    """Requests to one address. Neither environment nor user settings of the machine change where they go."""

    def __init__(self, address: str, *, tls_ca: Path | None = None) -> None:
        self._address = address
        self._client = httpx2.Client(
            base_url=address,
            headers={"Accept-Encoding": "identity"},
            verify=_tls(tls_ca),
            timeout=httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
            follow_redirects=False,
        )

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Raises: Unavailable when no whole answer came, or one that is packed, or longer than any can be."""
        try:
            with self._client.stream(method, target, headers=dict(headers), content=body or None) as answer:
                content = _whole(answer)
        except httpx2.TimeoutException as error:
            raise Unavailable("remote.timeout", address=self._address) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            problem = type(error).__name__
            raise Unavailable("remote.unreachable", address=self._address, problem=problem) from error
        return Response(
            status=answer.status_code,
            headers={name.lower(): value for name, value in answer.headers.items()},
            body=content,
        )

    def close(self) -> None:
        self._client.close()


def _whole(answer: httpx2.Response) -> bytes:
    """The body as it came, read no further than any can be long."""
    if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Unavailable("remote.packed")
    found = bytearray()
    for piece in answer.iter_raw():
        found += piece
        if len(found) > LONGEST_BODY:
            raise Unavailable("remote.long-answer")
    return bytes(found)


def _tls(tls_ca: Path | None) -> ssl.SSLContext:
    """The system's authorities, or exactly those in a file. Raises: Unavailable when the file cannot be used."""
    try:
        return ssl.create_default_context(cafile=str(tls_ca) if tls_ca else None)
    except OSError as error:  # ssl.SSLError is one
        raise Unavailable("remote.tls-ca", file=tls_ca.name if tls_ca else "") from error
