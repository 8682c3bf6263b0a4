"""Signed requests: the one form of RFC 9421 that a depositary takes, and the window in which a nonce is remembered.

    Parley-Party: ru
    Content-Digest: sha-256=:…:                                                   (with a body; RFC 9530)
    Signature-Input: ed=("@method" "@authority" "@path" "@query" "content-digest");created=…;nonce="…";keyid="…";
                     tag="parley/http/v1", pq=(the same)                          (one line)
    Signature: ed=:…:, pq=:…:

Both signatures are over one and the same signature base. The authority is the depositary's name, whatever address it
is reached at, so that a request meant for one depositary serves at no other. Nothing here reads a clock.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from parley.canonical import Base64, Time
from parley.crypto import Digest, KeySetId, Nonce, Purpose, Signatures, SigningKey, VerifyingKey
from parley.errors import Invalid, Malformed, Refused
from parley.policy.trust import PARTY_ID

WINDOW = 300
"""Seconds by which the time of a request may be off."""

PARTY = "Parley-Party"
"""Names the party whose register the key is looked up in."""

CONTENT_DIGEST, SIGNATURE_INPUT, SIGNATURE = "Content-Digest", "Signature-Input", "Signature"

_TAG = "parley/http/v1"
_METHOD = re.compile(r"[A-Z]{1,10}")
_PATH = re.compile(r"/[!-\"$->@-~]*")  # visible ASCII without "?" and "#"
_QUERY = re.compile(r"[!-\"$-~]*")
_INPUT = re.compile(
    r"ed=(?P<covered>\([^()]*\));created=(?P<created>[0-9]{1,15});"
    r'nonce="(?P<nonce>[0-9a-f]{32})";keyid="(?P<key>[0-9a-f]{64})";tag="parley/http/v1", pq=.*'
)
_CONTENT = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")
_SIGNATURE = re.compile(r"ed=:(?P<ed>[A-Za-z0-9+/=]{88}):, pq=:(?P<pq>[A-Za-z0-9+/=]{3228}):")


def authority_of(log: str) -> str:
    """The name that requests to the keeper of a log are signed for: the origin up to its first slash."""
    return log.split("/", 1)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is signed of a request. `query` is without its question mark; `content` is the body's SHA-256, if any."""

    method: str
    authority: str
    path: str
    query: str = ""
    content: Digest | None = None

    def __post_init__(self) -> None:
        for pattern, value in ((_METHOD, self.method), (_PATH, self.path), (_QUERY, self.query)):
            if not pattern.fullmatch(value):
                raise Malformed("request.target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who signed a request: the party, its key, and what makes this request one of a kind."""

    party: str
    key: KeySetId
    nonce: Nonce
    created: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parameters:
    request: Request
    key: KeySetId
    nonce: Nonce
    created: int

    def print(self) -> str:
        """The inner list of covered components and the parameters: the value of "@signature-params"."""
        names = ["@method", "@authority", "@path", "@query"]
        if self.request.content is not None:
            names.append("content-digest")
        covered = " ".join(f'"{name}"' for name in names)
        return f'({covered});created={self.created};nonce="{self.nonce.hex()}";keyid="{self.key.hex()}";tag="{_TAG}"'

    def input_line(self) -> str:
        text = self.print()
        return f"ed={text}, pq={text}"

    def base(self) -> bytes:
        """The signature base. Source: RFC 9421 section 2.5; "@query" is never empty (2.2.7)."""
        request = self.request
        lines = [
            f'"@method": {request.method}',
            f'"@authority": {request.authority}',
            f'"@path": {request.path}',
            f'"@query": ?{request.query}',
        ]
        if request.content is not None:
            lines.append(f'"content-digest": {_content_line(request.content)}')
        lines.append(f'"@signature-params": {self.print()}')
        return "\n".join(lines).encode("ascii")


def _content_line(digest: Digest) -> str:
    return f"sha-256=:{Base64(digest).to_text()}:"


def content_of(text: str | None) -> Digest:
    """The SHA-256 that a `Content-Digest` header names, before the body is there to compare. Raises: Malformed."""
    match = _CONTENT.fullmatch(text or "")
    if match is None:
        raise Malformed("request.content-digest")
    return Digest(Base64.from_text(match[1]))


def signature_base(request: Request, *, key: KeySetId, nonce: Nonce, created: int) -> bytes:
    """The bytes that both signatures of a request are over (RFC 9421 section 2.5)."""
    return _Parameters(request=request, key=key, nonce=nonce, created=created).base()


def sign_request(request: Request, key: SigningKey, *, party: str, nonce: Nonce, now: Time) -> dict[str, str]:
    """The headers that make a request `party`'s own; `nonce` must be fresh and random, `now` is rounded to a second."""
    parameters = _Parameters(request=request, key=key.id, nonce=nonce, created=int(now) // 1000)
    both = key.sign(Purpose.HTTP, parameters.base())
    headers = {
        PARTY: party,
        SIGNATURE_INPUT: parameters.input_line(),
        SIGNATURE: f"ed=:{both.ed25519.to_text()}:, pq=:{both.mldsa44.to_text()}:",
    }
    if request.content is not None:
        headers[CONTENT_DIGEST] = _content_line(request.content)
    return headers


KeyOf = Callable[[str, KeySetId], VerifyingKey | None]
"""Finds a key in a party's register, current or not: what it may do is asked afterwards."""


def verify_request(request: Request, headers: Mapping[str, str], *, key_of: KeyOf, now: Time) -> Requester:
    """Return who signed a request, when both signatures over exactly these components hold.

    `headers` finds names as `sign_request` writes them. Verified: the form of each header to the byte, the content
    digest against `request.content`, the time within `WINDOW`, the key, Ed25519, then ML-DSA-44. Not verified: that
    the nonce is new (`Window`), what the key may do. Raises: Malformed, Refused for the time, Invalid.
    """
    party = headers.get(PARTY, "")
    if not re.fullmatch(PARTY_ID, party):
        raise Malformed("request.party")
    content = headers.get(CONTENT_DIGEST)
    if content != (None if request.content is None else _content_line(request.content)):
        raise Malformed("request.content-digest")
    parameters = _parse_input(request, headers.get(SIGNATURE_INPUT, ""))
    signatures = _parse_signatures(headers.get(SIGNATURE, ""))
    off = parameters.created - int(now) // 1000
    if abs(off) > WINDOW:
        raise Refused("request.clock", seconds=off)
    key = key_of(party, parameters.key)
    if key is None:
        raise Invalid("request.unknown-key")
    key.verify(Purpose.HTTP, parameters.base(), signatures)
    return Requester(party=party, key=parameters.key, nonce=parameters.nonce, created=parameters.created)


def _parse_input(request: Request, text: str) -> _Parameters:
    match = _INPUT.fullmatch(text)
    if match is None:
        raise Malformed("request.signature-input")
    parameters = _Parameters(
        request=request,
        key=KeySetId.from_text(match["key"]),
        nonce=Nonce.from_text(match["nonce"]),
        created=int(match["created"]),
    )
    if parameters.input_line() != text:  # other components, another order, a leading zero, the two labels apart
        raise Malformed("request.signature-input")
    return parameters


def _parse_signatures(text: str) -> Signatures:
    match = _SIGNATURE.fullmatch(text)
    if match is None:
        raise Malformed("request.signature")
    return Signatures(ed25519=Base64.from_text(match["ed"]), mldsa44=Base64.from_text(match["pq"]))


Mark = tuple[int, KeySetId, Nonce]
"""A request that was served: when, in POSIX seconds, by which key it was signed, and its nonce."""


@dataclass(slots=True)
class Window:
    """The nonces seen in the last `2 * WINDOW` seconds: after that the time of a request tells that it is old.

    It holds verified requests only, so that nobody fills it for somebody else. In memory alone it is lost at a restart:
    whoever serves keeps `marks` and hands them to `recall`.
    """

    _seen: set[tuple[KeySetId, Nonce]] = field(default_factory=set)
    _order: deque[tuple[int, tuple[KeySetId, Nonce]]] = field(default_factory=deque)

    def admit(self, requester: Requester, *, now: Time) -> Requester:
        """Return the requester when its key has not used the nonce. Raises: Refused when it has."""
        seconds = int(now) // 1000
        while self._order and self._order[0][0] < seconds - 2 * WINDOW:
            self._seen.discard(self._order.popleft()[1])
        mark = (requester.key, requester.nonce)
        if mark in self._seen:
            raise Refused("request.replayed")
        self._remember(seconds, mark)
        return requester

    def _remember(self, seconds: int, mark: tuple[KeySetId, Nonce]) -> None:
        self._seen.add(mark)
        self._order.append((seconds, mark))

    def __len__(self) -> int:
        return len(self._order)

    def marks(self) -> list[Mark]:
        """What is remembered, in the order it was seen in."""
        return [(seconds, key, nonce) for seconds, (key, nonce) in self._order]

    def recall(self, marks: Iterable[Mark], *, now: Time) -> None:
        """Remember again what was seen before a restart, but for what the clock would refuse by now."""
        for seconds, key, nonce in marks:
            if seconds >= int(now) // 1000 - 2 * WINDOW:
                self._remember(seconds, (key, nonce))
