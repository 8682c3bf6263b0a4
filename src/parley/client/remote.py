"""The depositary as a party asks it: signed requests out, values in, every failure in one of our four families.

What comes back is bytes of a stranger. Here only their form is read; `sync` verifies what they say. The one signed
thing verified here is a not-admitted answer, because it decides whether an act is refused or merely unanswered.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path

from parley.canonical import decode
from parley.client.home import Home, write_whole
from parley.client.ports import LONGEST_BODY, Clock, Response, Transport
from parley.crypto import Digest, Nonce, Rng, Sha256, SigningKey, VerifyingKey, sha256
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.request import Request, authority_of, sign_request
from parley.statement import read_not_admitted
from parley.wire import (
    ACT,
    INVITATION,
    LARGEST_CHUNK,
    NOT_ADMITTED,
    OCTETS,
    UPLOAD_OFFSET,
    Admitted,
    ChainPage,
    Chains,
    Item,
    Items,
    Problem,
)

_FAMILIES: dict[int, type[ParleyError]] = {400: Malformed, 413: Malformed}
MOST_ENROLMENTS = 4096
"""Acts for all of one register that are read: a party replaces its reading key some times a year."""

_MOST_PIECES_WITHOUT_PROGRESS = 3


class Remote:
    """One depositary, asked by one key of one party.

    Raises everywhere: Unavailable when no whole answer came or it is of no known form, Refused, Malformed, Invalid as
    the depositary says.
    """

    def __init__(self, transport: Transport, *, log: str, party: str, clock: Clock, rng: Rng) -> None:
        self._transport = transport
        self.log = log
        self.party = party
        self._clock = clock
        self._rng = rng
        self.seconds_off: int | None = None  # how far our clock is ahead of the depositary's, when last asked

    def close(self) -> None:
        self._transport.close()

    # --- public -------------------------------------------------------------------------------------------------

    def genesis(self) -> Item:
        return decode(self._plain("/v1/genesis").body, Item)

    def checkpoint(self) -> bytes:
        """The newest checkpoint; also compares the clocks."""
        answer = self._plain("/log/checkpoint")
        self._compare_clocks(answer.headers.get("date"))
        return answer.body

    def tile(self, path: str) -> bytes:
        return self._plain(f"/log/{path}").body

    def _compare_clocks(self, date: str | None) -> None:
        try:
            there = parsedate_to_datetime(date) if date else None
        except ValueError:
            there = None
        if there is not None and there.tzinfo is not None:
            self.seconds_off = round(int(self._clock()) / 1000 - there.timestamp())

    # --- acts ---------------------------------------------------------------------------------------------------

    def submit(self, envelope: bytes, digest: Digest, *, depositary: VerifyingKey, invitation: str | None) -> Admitted:
        """Send an act. Raises: Refused, with the winner, only on the depositary's own signature."""
        headers = {"Content-Type": ACT} | ({INVITATION: invitation} if invitation else {})
        answer = self._transport.send("POST", "/v1/acts", headers, envelope)
        if answer.status == 409 and answer.headers.get("content-type", "").startswith(NOT_ADMITTED):
            refused = read_not_admitted(answer.body, depositary)
            if (refused.act, refused.log) != (digest, self.log):
                raise Invalid("remote.answer-to-another-act")
            winner = refused.winner.hex() if refused.winner else None
            raise Refused(refused.reason, winner=winner, at=refused.claimed_time.to_text())
        try:
            return decode(_checked(answer).body, Admitted)
        except (Refused, Invalid, Malformed) as error:
            # Nobody signed this: whoever stands between could have said it. The act waits, and is sent again.
            raise Unavailable(error.code, **error.details) from error

    def chains(self, key: SigningKey) -> Chains:
        return decode(self._signed(key, "GET", "/v1/chains").body, Chains)

    def chain(self, key: SigningKey, kind: str, name: str, after: int) -> ChainPage:
        return decode(self._signed(key, "GET", f"/v1/chains/{kind}/{name}", f"after={after}").body, ChainPage)

    def enrolments(self, key: SigningKey, party: str) -> tuple[Item, ...]:
        """What is for all of a party's register. Raises: Unavailable("remote.long-answer") when it does not end."""
        found: list[Item] = []
        while len(found) <= MOST_ENROLMENTS:
            page = decode(self._signed(key, "GET", f"/v1/parties/{party}", f"after={len(found)}").body, Items)
            found += page.acts
            if not (page.more and page.acts):
                return tuple(found)
        raise Unavailable("remote.long-answer")

    # --- sealed parts -------------------------------------------------------------------------------------------

    def put_key_box(self, key: SigningKey, data: bytes) -> None:
        self._signed(key, "PUT", "/v1/keybox", body=data, more={"Content-Type": OCTETS})

    def key_box(self, key: SigningKey) -> bytes:
        return self._signed(key, "GET", "/v1/keybox").body

    def upload(self, key: SigningKey, path: Path, digest: Digest) -> None:
        """Bring a sealed part, from where an earlier try ended; done when all of it has arrived."""
        target = f"/v1/sealed/{digest.hex()}"
        total = _size(path)
        offset = _offset(self._signed(key, "HEAD", target), total)
        stuck = 0
        while offset < total:
            piece = _piece(path, offset)
            place = f"bytes {offset}-{offset + len(piece) - 1}/{total}"
            more = {"Content-Type": OCTETS, "Content-Range": place}
            arrived = _offset(self._signed(key, "PUT", target, body=piece, more=more, also=(409,)), total)
            stuck = stuck + 1 if arrived <= offset else 0
            if stuck > _MOST_PIECES_WITHOUT_PROGRESS:
                raise Unavailable("remote.no-progress")
            offset = arrived

    def download(self, key: SigningKey, digest: Digest, length: int, home: Home) -> Path:
        """Fetch a sealed part into the home, from where an earlier try ended, unless it is there.

        Verified: length and SHA-256. Raises: Invalid("sealed.other-bytes") when what came is not what was named.
        """
        target = home.sealed(digest)
        if target.is_file() and _digest_of(target) == digest:
            return target
        part = target.with_name(f"{digest.hex()}.part")
        try:
            self._append(key, digest, length, part)
            if _digest_of(part) != digest:
                part.unlink()
                raise Invalid("sealed.other-bytes")
            part.rename(target)
        except OSError as error:
            raise Unavailable("home.unwritable", file="sealed") from error
        return target

    def download_small(self, key: SigningKey, digest: Digest, home: Home) -> Path:
        """Fetch a sealed part whose length no act names, such as a title, unless it is there. Verified: SHA-256."""
        target = home.sealed(digest)
        if not target.is_file():
            data = self._signed(key, "GET", f"/v1/sealed/{digest.hex()}").body
            if sha256(data) != digest:
                raise Invalid("sealed.other-bytes")
            write_whole(target, data)
        return target

    def _append(self, key: SigningKey, digest: Digest, length: int, part: Path) -> None:
        with part.open("ab") as file:
            part.chmod(0o600)
            if file.tell() > length:
                file.truncate(0)
            while file.tell() < length:
                offset = file.tell()
                last = min(offset + LARGEST_CHUNK, length) - 1
                more = {"Range": f"bytes={offset}-{last}"}
                answer = self._signed(key, "GET", f"/v1/sealed/{digest.hex()}", more=more)
                piece = answer.body[offset : last + 1] if answer.status == 200 and offset else answer.body
                if len(piece) != last + 1 - offset:
                    raise Unavailable("remote.short-answer")
                file.write(piece)
                file.flush()

    # --- requests -----------------------------------------------------------------------------------------------

    def _plain(self, path: str) -> Response:
        return _checked(self._transport.send("GET", path, {}, b""))

    def _signed(
        self,
        key: SigningKey,
        method: str,
        path: str,
        query: str = "",
        *,
        body: bytes = b"",
        more: Mapping[str, str] | None = None,
        also: tuple[int, ...] = (),
    ) -> Response:
        request = Request(
            method=method,
            authority=authority_of(self.log),
            path=path,
            query=query,
            content=sha256(body) if body else None,
        )
        headers = sign_request(request, key, party=self.party, nonce=Nonce(self._rng(16)), now=self._clock())
        target = f"{path}?{query}" if query else path
        return _checked(self._transport.send(method, target, headers | dict(more or {}), body), also)


def _checked(answer: Response, also: tuple[int, ...] = ()) -> Response:
    """The answer when it is one. Raises: the depositary's problem, in the family its status says."""
    if answer.status in (200, 204, 206, *also):
        if len(answer.body) > LONGEST_BODY:
            raise Unavailable("remote.long-answer")
        return answer
    try:
        problem = decode(answer.body, Problem)
    except Malformed as error:
        raise Unavailable("remote.answer", status=answer.status) from error
    details = {name: value for name, value in problem.details.items() if name not in ("code", "self", "winner")}
    if problem.error == "request.clock":
        raise Refused("clock.differs", seconds=problem.details.get("seconds", 0))
    if answer.status >= 500 or answer.status == 429:
        raise Unavailable(problem.error, **details)
    if answer.status == 403 and problem.error.startswith(("signature.", "statement.")):
        raise Invalid(problem.error, **details)
    family = _FAMILIES.get(answer.status, Refused)
    raise family(problem.error, **details)


def _offset(answer: Response, total: int) -> int:
    text = answer.headers.get(UPLOAD_OFFSET.lower(), "")
    if not (text.isascii() and text.isdigit() and len(text) < 16) or int(text) > total:
        raise Unavailable("remote.answer", status=answer.status)
    return int(text)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise Unavailable("home.unreadable", file="sealed") from error


def _piece(path: Path, offset: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(LARGEST_CHUNK)
    except OSError as error:
        raise Unavailable("home.unreadable", file="sealed") from error


def _digest_of(path: Path) -> Digest:
    state = Sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                state.update(piece)
    except OSError as error:
        raise Unavailable("home.unreadable", file="sealed") from error
    return state.digest()
