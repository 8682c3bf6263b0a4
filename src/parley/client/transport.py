"""The way to the depositary over HTTP: one connection kept open, a time limit on everything, no redirects followed."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx2

from parley.client.ports import Response
from parley.errors import Unavailable

CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 60.0


class HttpTransport:
    """Requests to one address. Neither environment nor user settings of the machine change where they go."""

    def __init__(self, address: str, *, tls_ca: Path | None = None) -> None:
        self._client = httpx2.Client(
            base_url=address,
            verify=_tls(tls_ca),
            timeout=httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
            follow_redirects=False,
        )

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Raises: Unavailable("remote.unreachable") when no whole answer came."""
        try:
            answer = self._client.request(method, target, headers=dict(headers), content=body or None)
        except httpx2.TimeoutException as error:
            raise Unavailable("remote.timeout") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unavailable("remote.unreachable", problem=type(error).__name__) from error
        return Response(
            status=answer.status_code,
            headers={name.lower(): value for name, value in answer.headers.items()},
            body=answer.content,
        )

    def close(self) -> None:
        self._client.close()


def _tls(tls_ca: Path | None) -> ssl.SSLContext:
    """The system's authorities, or exactly those in a file. Raises: Unavailable when the file cannot be used."""
    try:
        return ssl.create_default_context(cafile=str(tls_ca) if tls_ca else None)
    except OSError as error:  # ssl.SSLError is one
        raise Unavailable("remote.tls-ca", file=tls_ca.name if tls_ca else "") from error
