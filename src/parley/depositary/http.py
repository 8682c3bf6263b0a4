"""The HTTP interface: takes apart requests, limits their sizes, and prints answers. spec/openapi.yaml is the reference.

Sizes are limited before a signature is checked, and a signature is checked before anything is looked up or written,
or a large body is read: it covers the digest of the body, which is compared when all of it is there.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Incoming
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from parley import wire
from parley.canonical import encode
from parley.crypto import Digest, Nonce, sha256
from parley.depositary.desk import Desk
from parley.depositary.service import Rejected
from parley.depositary.slots import Slots
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.request import CONTENT_DIGEST, Request, Requester, content_of

SLOWEST_BODY = 120.0
"""Seconds within which a body must have arrived."""

MOST_BODIES, MOST_OF_ONE = 16, 4
"""Large bodies that may be on their way at once, in all and of one party: each takes memory while it comes."""

MOST_ANSWERS, MOST_ANSWERS_TO_ONE = 64, 12
"""Answers to signed requests that may be on their way at once, in all and to one party, for the same reason."""

PIECE = 64 << 10
"""Bytes of a page that are written at once: the rest waits until the reader has taken them."""

_NOT_FOUND = frozenset({
    "keybox.empty", "negotiation.unknown", "party.unknown", "request.path", "sealed.unknown", "tile.unknown",
})  # fmt: skip
_CONFLICT = frozenset({"upload.busy", "upload.offset"})
_TOO_LARGE = frozenset({"request.too-large", "upload.too-large"})
_CONTENT_RANGE = re.compile(r"bytes (0|[1-9][0-9]{0,14})-(0|[1-9][0-9]{0,14})/([1-9][0-9]{0,14})")
_RANGE = re.compile(r"bytes=(0|[1-9][0-9]{0,14})-([0-9]{0,15})")
_AFTER = re.compile(r"(?:after=(0|[1-9][0-9]{0,11}))?")
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_BRIEFLY = {"Cache-Control": "no-cache"}


def status_of(error: ParleyError) -> int:
    """The HTTP status of an error: whose fault it is."""
    if error.code in _TOO_LARGE:
        return 413
    if isinstance(error, Malformed):
        return 400
    if isinstance(error, Unavailable):
        return 503
    if isinstance(error, Refused):
        if error.code == "upload.quota":
            return 429
        if error.code in _NOT_FOUND:
            return 404
        if error.code in _CONFLICT:
            return 409
        return 416 if error.code == "sealed.range" else 403
    return 403


def problem(error: ParleyError) -> Response:
    """The answer to a request that is not served."""
    headers = {"Retry-After": "2"} if isinstance(error, Unavailable) else {}
    if error.code == "upload.offset":
        headers[wire.UPLOAD_OFFSET] = str(error.details["offset"])
    body = encode(wire.Problem(error=error.code, details=error.details))
    return Response(body, status_of(error), headers, wire.JSON)


async def body_of(incoming: Incoming, most: int) -> bytes:
    """The body of a request, as long as it is not longer than `most` bytes and not too slow. Raises: Malformed."""
    declared = incoming.headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and int(declared) > most:
        raise Malformed("request.too-large", most=most)
    pieces, length = [], 0
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            async for piece in incoming.stream():
                length += len(piece)
                if length > most:
                    raise Malformed("request.too-large", most=most)
                pieces.append(piece)
    except TimeoutError as error:
        raise Malformed("request.too-slow") from error
    except ClientDisconnect as error:  # nobody will read the answer
        raise Malformed("request.cut-short") from error
    return b"".join(pieces)


def _header(incoming: Incoming, name: str) -> str | None:
    """A header that stands at most once. Raises: Malformed when it is there twice."""
    values = incoming.headers.getlist(name)
    if len(values) > 1:
        raise Malformed("request.header-twice")
    return values[0] if values else None


class Answer(StreamingResponse):
    """An answer that goes out piece by piece and gives its place free when the last has gone, or the reader has."""

    def __init__(
        self,
        pieces: AsyncIterator[bytes] | Iterator[bytes],
        status: int,
        headers: dict[str, str],
        media_type: str,
        *,
        until: ExitStack,
    ) -> None:
        super().__init__(pieces, status, headers, media_type)
        self._until = until

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._until:
            await super().__call__(scope, receive, send)


class Site:
    """The endpoints over one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._depositary = desk.depositary
        self._bringing = Slots(MOST_BODIES, MOST_OF_ONE)
        self._answering = Slots(MOST_ANSWERS, MOST_ANSWERS_TO_ONE)

    async def bring(self, incoming: Incoming, requester: Requester, content: Digest, length: int) -> bytes:
        """A large body of a known requester. Raises: Malformed; Unavailable when too many are on their way."""
        with self._bringing.taken(requester.party):
            body = await body_of(incoming, length)
        if await self._desk.read(sha256, body) != content:
            raise Malformed("request.content-digest")
        return body

    async def identify(self, incoming: Incoming, content: Digest | None = None) -> Requester:
        """Who signed the request, for a body with this digest. Raises: Malformed, Invalid, Refused."""
        raw = incoming.scope
        try:
            path, query = raw["raw_path"].decode("ascii"), raw["query_string"].decode("ascii")
        except UnicodeDecodeError as error:
            raise Malformed("request.target") from error
        request = Request(
            method=incoming.method, authority=self._depositary.authority, path=path, query=query, content=content
        )
        names = ("Parley-Party", "Content-Digest", "Signature-Input", "Signature")
        found = {name: _header(incoming, name) for name in names}
        headers = {name: value for name, value in found.items() if value is not None}
        return await self._desk.verify(self._depositary.identify, request, headers)

    # --- the public log -------------------------------------------------------------------------------------------

    async def genesis(self, _incoming: Incoming) -> Response:
        return Response(await self._desk.read(self._depositary.genesis), 200, _BRIEFLY, wire.JSON)

    async def checkpoint(self, _incoming: Incoming) -> Response:
        return Response(self._depositary.checkpoint(), 200, _BRIEFLY, wire.TEXT)

    async def tile(self, incoming: Incoming) -> Response:
        path = f"tile/{incoming.path_params['path']}"
        try:
            data = await self._desk.read(self._depositary.tile, path)
        except Malformed as error:  # a name that no tile has is a tile that is not there
            raise Refused("tile.unknown") from error
        return Response(data, 200, _FOREVER, wire.OCTETS)

    # --- acts -----------------------------------------------------------------------------------------------------

    async def act(self, incoming: Incoming) -> Response:
        text = _header(incoming, wire.INVITATION)
        code = wire.InvitationCode.from_text(text) if text is not None else None
        data = await body_of(incoming, self._depositary.rules.largest_act)
        answer = await self._desk.act(data, code)
        if isinstance(answer, Rejected):
            return Response(answer.body, 409, media_type=wire.NOT_ADMITTED)
        return Response(encode(answer), 200, media_type=wire.JSON)

    async def party(self, incoming: Incoming) -> Response:
        after = _after(incoming)
        requester = await self.identify(incoming)
        party = incoming.path_params["party"]
        return await self._json(requester, lambda: self._depositary.party(requester, party, after))

    async def chains(self, incoming: Incoming) -> Response:
        requester = await self.identify(incoming)
        return await self._json(requester, lambda: self._depositary.chains(requester))

    async def register(self, incoming: Incoming) -> Response:
        after = _after(incoming)
        requester = await self.identify(incoming)
        party = incoming.path_params["party"]
        return await self._json(requester, lambda: self._depositary.register(requester, party, after))

    async def negotiation(self, incoming: Incoming) -> Response:
        after = _after(incoming)
        negotiation = Nonce.from_text(incoming.path_params["negotiation"])
        requester = await self.identify(incoming)
        told = incoming.method == "GET"  # a HEAD is answered with the page's length and tells nobody anything
        response = await self._json(
            requester, lambda: self._depositary.negotiation(requester, negotiation, after, told=told)
        )
        if self._depositary.sequencer.duties.due():
            self._desk.wake()
        return response

    async def _json(self, requester: Requester, work: Callable[[], bytes]) -> Response:
        return await self._whole(requester, work, wire.JSON, {})

    async def _whole(
        self, requester: Requester, work: Callable[[], bytes], media_type: str, headers: dict[str, str]
    ) -> Response:
        """What is made at once and goes out in pieces: what a reader does not take is counted as on its way to it."""
        with ExitStack() as stack:
            stack.enter_context(self._answering.taken(requester.party))
            body = await self._desk.read(work)
            pieces = (body[start : start + PIECE] for start in range(0, len(body), PIECE))
            headers |= {"Content-Length": str(len(body))}
            return Answer(pieces, 200, headers, media_type, until=stack.pop_all())

    # --- sealed parts and the key box -----------------------------------------------------------------------------

    async def upload_offset(self, incoming: Incoming) -> Response:
        digest = _digest(incoming)
        requester = await self.identify(incoming)
        offset = await self._desk.read(self._depositary.upload_offset, requester, digest)
        return Response(None, 200, {wire.UPLOAD_OFFSET: str(offset)})

    async def upload(self, incoming: Incoming) -> Response:
        digest = _digest(incoming)
        match = _CONTENT_RANGE.fullmatch(_header(incoming, "Content-Range") or "")
        if match is None:
            raise Malformed("upload.range")
        first, last, total = (int(number) for number in match.groups())
        if not first <= last < total:
            raise Malformed("upload.range")
        if last - first >= wire.LARGEST_CHUNK:
            raise Malformed("request.too-large", most=wire.LARGEST_CHUNK)
        content = content_of(_header(incoming, CONTENT_DIGEST))
        requester = await self.identify(incoming, content)
        await self._desk.read(self._depositary.check_upload, requester, digest, total)
        piece = await self.bring(incoming, requester, content, last - first + 1)
        if len(piece) != last - first + 1:
            raise Malformed("upload.range")
        end = await self._desk.read(self._depositary.upload, requester, digest, piece, first, total)
        return Response(None, 204, {wire.UPLOAD_OFFSET: str(end)})

    async def sealed(self, incoming: Incoming) -> Response:
        digest = _digest(incoming)
        requester = await self.identify(incoming)
        with ExitStack() as stack:
            stack.enter_context(self._answering.taken(requester.party))
            length = await self._desk.read(self._depositary.sealed, requester, digest)
            start, stop = _range(_header(incoming, "Range"), length)
            headers = {"Content-Length": str(stop - start), "Accept-Ranges": "bytes", "Cache-Control": "no-store"}
            partial = (start, stop) != (0, length)
            if partial:
                headers["Content-Range"] = f"bytes {start}-{stop - 1}/{length}"
            stream = self._stream(self._depositary.read(digest, start, stop))
            return Answer(stream, 206 if partial else 200, headers, wire.OCTETS, until=stack.pop_all())

    async def _stream(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        while True:
            piece = await self._desk.read(next, pieces, b"")
            if not piece:
                return
            yield piece

    async def keybox(self, incoming: Incoming) -> Response:
        requester = await self.identify(incoming)
        headers = {"Cache-Control": "no-store"}
        return await self._whole(requester, lambda: self._depositary.keybox(requester), wire.OCTETS, headers)

    async def put_keybox(self, incoming: Incoming) -> Response:
        content = content_of(_header(incoming, CONTENT_DIGEST))
        requester = await self.identify(incoming, content)
        box = await self.bring(incoming, requester, content, wire.LARGEST_KEYBOX)
        await self._desk.read(self._depositary.put_keybox, requester, box)
        return Response(None, 204)


def _digest(incoming: Incoming) -> Digest:
    return Digest.from_text(incoming.path_params["digest"])


def _after(incoming: Incoming) -> int:
    match = _AFTER.fullmatch(incoming.scope["query_string"].decode("latin-1"))
    if match is None:
        raise Malformed("request.query")
    return int(match[1] or 0)


def _range(text: str | None, length: int) -> tuple[int, int]:
    """The bytes asked for. Raises: Malformed; Refused when they begin behind the end."""
    if text is None:
        return 0, length
    match = _RANGE.fullmatch(text)
    if match is None:
        raise Malformed("request.range")
    start, stop = int(match[1]), min(int(match[2]) + 1 if match[2] else length, length)
    if start >= stop:
        raise Refused("sealed.range", length=length)
    return start, stop


async def _problem(_incoming: Incoming, error: Exception) -> Response:
    if isinstance(error, ParleyError):
        return problem(error)
    raise error


async def _no_such_path(_incoming: Incoming, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        code = "request.method" if error.status_code == 405 else "request.path"  # the router knows no third
        body = encode(wire.Problem(error=code, details={}))
        return Response(body, error.status_code, dict(error.headers or {}), wire.JSON)
    raise error


Endpoint = Callable[[Incoming], Awaitable[Response]]


class _Direct(Starlette):
    """Answers at the paths that have no parameters, such as that of acts, without the layers of Starlette.

    They do nothing there that is not done here, and cost an act as much as its signatures.
    """

    direct: dict[tuple[str, str], Endpoint]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self.direct.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if endpoint is None:
            await super().__call__(scope, receive, send)
            return
        try:
            response = await endpoint(Incoming(scope, receive))
        except ParleyError as error:
            response = problem(error)
        await response(scope, receive, send)


def application(desk: Desk, *, on_failure: Callable[[], None]) -> Starlette:
    """The ASGI application; `on_failure` is called when the writer has ended by a defect of ours, and all must stop."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        writer, sweeper = asyncio.create_task(desk.run()), asyncio.create_task(desk.sweep())

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and task.exception() is not None:
                desk.depositary.journal.note("writer.failed", kind=type(task.exception()).__name__)
                on_failure()

        writer.add_done_callback(ended)
        yield
        sweeper.cancel()
        desk.stop()
        await asyncio.wait([writer, sweeper])
        desk.close()

    site = Site(desk)
    table: list[tuple[str, str, Endpoint]] = [
        ("GET", "/v1/genesis", site.genesis),
        ("GET", "/log/checkpoint", site.checkpoint),
        ("GET", "/log/tile/{path:path}", site.tile),
        ("POST", "/v1/acts", site.act),
        ("GET", "/v1/parties/{party}", site.party),
        ("GET", "/v1/chains", site.chains),
        ("GET", "/v1/chains/register/{party}", site.register),
        ("GET", "/v1/chains/negotiation/{negotiation}", site.negotiation),
        ("HEAD", "/v1/sealed/{digest}", site.upload_offset),
        ("PUT", "/v1/sealed/{digest}", site.upload),
        ("GET", "/v1/sealed/{digest}", site.sealed),
        ("GET", "/v1/keybox", site.keybox),
        ("PUT", "/v1/keybox", site.put_keybox),
    ]
    handlers = {Malformed: _problem, Invalid: _problem, Refused: _problem, Unavailable: _problem}
    found = _Direct(
        routes=_routes(table), lifespan=lifespan, exception_handlers={**handlers, HTTPException: _no_such_path}
    )
    found.direct = {(method, path): endpoint for method, path, endpoint in table if "{" not in path}
    return found


def _routes(table: list[tuple[str, str, Endpoint]]) -> list[Route]:
    """One route a path, which finds the endpoint by its method: HEAD is not a shorter GET here."""
    paths: dict[str, dict[str, Endpoint]] = {}
    for method, path, endpoint in table:
        paths.setdefault(path, {})[method] = endpoint
    return [Route(path, _by_method(endpoints), methods=list(endpoints)) for path, endpoints in paths.items()]


def _by_method(endpoints: dict[str, Endpoint]) -> Endpoint:
    async def endpoint(incoming: Incoming) -> Response:
        found = endpoints.get(incoming.method) or endpoints["GET"]  # HEAD of what has only GET: Starlette adds it
        return await found(incoming)

    return endpoint
