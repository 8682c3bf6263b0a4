"""A depositary in one process with the parties of `tests.build`: acts go through its service, not through a socket."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from parley import statement
from parley.act import Convene, NegotiationRules, Sealed
from parley.canonical import Time
from parley.crypto import Digest, Nonce, SigningKey, sha256
from parley.depositary import office
from parley.depositary.blobs import FolderBlobs
from parley.depositary.journal import Journal
from parley.depositary.keys import Keys
from parley.depositary.sequencer import Answer, Pending
from parley.depositary.service import Depositary, Rejected
from parley.depositary.sqlite import SqliteStore
from parley.depositary.store import Blobs, Invited, Store
from parley.request import Requester
from parley.sealed_shape import SMALLEST, Header, Stanza, payload_length
from parley.statement import NotAdmitted, Signed
from parley.wire import Admitted, InvitationCode
from tests.build import START, Case, Party, seed
from tests.depositary.memory import MemoryBlobs, MemoryStore

NAME = "depositary.example"
LATER = Time(START + 365 * 24 * 3_600_000)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> Time:
        return self.time

    def pass_(self, milliseconds: int) -> None:
        self.time = Time(self.time + milliseconds)


def header_bytes(readers: int, mark: bytes = b"") -> bytes:
    """A header of the right shape that opens nothing."""
    stanza = Stanza(encapsulated=bytes(1120), wrapped=bytes(32))
    return Header(stanzas=(stanza,) * readers, mac=sha256(b"mac", mark)).encode()


class Sealing:
    """The three parts of a sealed paper, of the right shape and of no content."""

    def __init__(self, readers: int, mark: bytes) -> None:
        self.header = header_bytes(readers, mark)
        self.payload = sha256(b"payload", mark) + bytes(payload_length(SMALLEST) - 32)
        self.cover = header_bytes(readers, b"cover" + mark) + bytes(payload_length(SMALLEST))

    def parts(self) -> dict[str, bytes]:
        return {"header": self.header, "payload": self.payload, "cover": self.cover}

    def members(self) -> dict[str, Sealed]:
        return {name: Sealed(digest=sha256(data), length=len(data)) for name, data in self.parts().items()}


class Live(Case):
    """A `Case` whose log is a depositary's; `memory` or a folder."""

    def __init__(self, store: Store | None = None, blobs: Blobs | None = None) -> None:
        self.clock = Clock()
        self.lines: list[str] = []
        self.counter = itertools.count(1)
        self.requests = itertools.count(1)
        self.papers = itertools.count(1)
        self.parties: dict[str, Party] = {}
        self.negotiation = Nonce(bytes(15) + b"\x01")
        self.store = store or MemoryStore()
        self.blobs = blobs or MemoryBlobs()
        self.keys = Keys.from_secret(seed("secret"))
        rules = office.default_rules("office@depositary.example")
        office._begin(self.store, self.keys, f"{NAME}/log/1", rules, nonce=Nonce(bytes(16)), now=START)
        self.start()

    def start(self) -> None:
        """Start, or start again as after a crash."""
        self.office = Depositary(
            self.store,
            self.blobs,
            self.keys,
            now=self.clock,
            rng=self.random,
            journal=Journal(self.lines.append, self.clock),
        )

    @property
    def world(self) -> Any:  # type: ignore[override]  # the depositary's, not our own
        return self.office.view.world

    @property
    def now(self) -> Time:  # type: ignore[override]
        return self.clock()

    def random(self, size: int) -> bytes:
        return sha256(b"random", next(self.requests).to_bytes(8, "big"))[:size]

    # --- sending --------------------------------------------------------------------------------------------------

    def send(self, *acts: Signed, code: InvitationCode | None = None) -> list[Admitted | NotAdmitted | Exception]:
        """Send acts as one group; the answers in their order, refusals opened."""
        examined = [self.office.examine(signed.data, code) for signed in acts]
        pending = [item for item in examined if isinstance(item, Pending)]
        answers = iter(self.office.sequencer.process(pending))
        results: list[Any] = []
        for signed, item in zip(acts, examined, strict=True):
            answer: Answer | Rejected = next(answers) if isinstance(item, Pending) else item
            if isinstance(answer, statement.Record):
                results.append(answer)
            elif isinstance(answer, Rejected):
                results.append(self._opened(answer))
            elif hasattr(answer, "winner"):
                results.append(self._opened(self.office.reject(signed.digest, answer)))
            else:
                results.append(answer)
        return results

    def _opened(self, rejected: Rejected) -> NotAdmitted:
        return statement.read_not_admitted(rejected.body, self.keys.act.verifying)

    def admit(self, signed: Signed, code: InvitationCode | None = None) -> Signed:
        answer = self.send(signed, code=code)[0]
        assert isinstance(answer, Admitted), answer
        return signed

    def refused(self, signed: Signed, code: InvitationCode | None = None) -> NotAdmitted:
        answer = self.send(signed, code=code)[0]
        assert isinstance(answer, NotAdmitted), answer
        assert answer.act == signed.digest
        return answer

    def work(self) -> None:
        """Let the depositary do all that is due."""
        while True:
            before = self.office.view
            self.office.sequencer.process([])
            if self.office.view is before:
                return

    # --- parties, papers ------------------------------------------------------------------------------------------

    def code(self, party: str, until: Time = LATER) -> InvitationCode:
        code = InvitationCode(self.nonce())
        self.store.invite(sha256(code), Invited(party=party, name=party, until=until, used=False))
        return code

    def enrol(self, party: str) -> Party:
        code = self.code(party)
        original = self.admit
        self.admit = lambda signed: original(signed, code)  # type: ignore[method-assign,assignment,misc]  # for both acts
        try:
            return super().enrol(party)
        finally:
            del self.admit  # type: ignore[method-assign]

    def requester(self, party: str, key: SigningKey | None = None) -> Requester:
        key = key or self.parties[party].officer
        return Requester(party=party, key=key.id, nonce=Nonce(bytes(16)), created=0)

    def bring(self, party: str, data: bytes) -> Digest:
        digest = sha256(data)
        self.office.upload(self.requester(party), digest, data, 0, len(data))
        return digest

    def convene(self, by: str, *others: str, **changes: Any) -> Signed:
        rules = NegotiationRules(agreements=(), answer_days=10, non_working=(), terms=None, witnesses=())
        title = self.bring(by, header_bytes(1 + len(others), b"title"))
        members = {"handle": "amber-heron", "rules": rules, "title": title} | changes
        return self.act(Convene, by, after=None, parties=tuple(sorted((by, *others))), **members)

    def deposit(self, by: str, *to: str, **changes: Any) -> Signed:
        sealing = Sealing(1 + len(to), next(self.papers).to_bytes(4, "big"))
        if "payload" not in changes:
            for data in sealing.parts().values():
                self.bring(by, data)
            changes = sealing.members() | changes
        return super().deposit(by, *to, **changes)

    def outcome(self, deposit: Signed, party: str) -> Any:
        return self.world.negotiations[self.negotiation].papers[deposit.digest].outcomes[party]


def two(store: Store | None = None, blobs: Blobs | None = None) -> Live:
    """ru and us, enrolled, convened by us and joined by ru."""
    live = Live(store, blobs)
    for party in ("ru", "us"):
        live.enrol(party)
    live.admit(live.convene("us", "ru"))
    live.join("ru")
    return live


def on_disk(folder: Path) -> Live:
    return two(SqliteStore(folder / "entries.sqlite"), FolderBlobs(folder))
