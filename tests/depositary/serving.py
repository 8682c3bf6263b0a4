"""A depositary served by a process of its own, and callers on its socket."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from parley import depositary, fold, statement
from parley.act import Convene, Deposit, Join, NegotiationRules
from parley.canonical import Time, decode, encode
from parley.chain import Entry
from parley.checkpoint import TlogProof
from parley.crypto import Digest, Link, Nonce, SigningKey, sha256
from parley.depositary import office
from parley.merkle import leaf_hash
from parley.note import NoteKey
from parley.register import At
from parley.request import Request, sign_request
from parley.statement import Signed
from parley.tiles import decode_bundle, format_tile, tiles_of
from parley.wire import INVITATION, Admitted, ChainPage, Invitation, Item
from tests.build import Case, Party
from tests.depositary.live import NAME, Sealing, header_bytes

PROGRAM = (
    "import sys; from pathlib import Path; from parley import depositary; "
    "depositary.serve(Path(sys.argv[1]), listen='127.0.0.1:0', "
    "original_stopped=int(sys.argv[2]) or None, "
    "**({'certificate': Path(sys.argv[3]), 'key': Path(sys.argv[4])} if len(sys.argv) > 3 else {}))"
)


class Process:
    """`depositary.serve` in a process of its own; its journal is read as it comes.

    `original_stopped` is when the folder was restored, said in the name of whoever stopped its original.
    """

    def __init__(self, folder: Path, *more: str, original_stopped: Time | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder), str(int(original_stopped or 0)), *more],
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[dict[str, Any]] = []
        self.noise: list[str] = []
        assert self.process.stderr is not None
        while not self.lines or self.lines[-1]["event"] != "serving":
            line = self.process.stderr.readline()
            if not line.startswith("{"):
                self.process.communicate()
                raise AssertionError("the server ended before it served")
            self.lines.append(json.loads(line))
        self.port = int(self.lines[-1]["port"])
        self._drain = threading.Thread(target=self._read, daemon=True)
        self._drain.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith("{"):
                self.lines.append(json.loads(line))
            else:
                self.noise.append(line)

    def end(self, number: int = signal.SIGTERM) -> int:
        """End the process by a signal; returns its exit code."""
        os.kill(self.process.pid, number)
        code = self.process.wait(timeout=30)
        self._drain.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGKILL)
        assert not self.noise, "".join(self.noise)
        assert not [line for line in self.lines if line["event"] == "server.defect"]


class Caller(Case):
    """Signs acts as `Case` does, and sends them over a socket; its world is what it has been served."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.http = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        item = decode(self.http.get("/v1/genesis").content, Item)
        genesis = statement.read(encode(item.act))
        self.genesis = Signed(act=genesis.act, envelope=genesis.envelope, digest=genesis.digest)
        self.world = fold.World(genesis=self.genesis)
        self.keys = [NoteKey.parse(key) for key in genesis.act.log_keys]  # type: ignore[attr-defined]
        self.parties = {}
        self.counter = itertools.count(int.from_bytes(os.urandom(7), "big") << 32)
        self.papers = itertools.count(1)
        self.negotiation = Nonce(os.urandom(16))
        self.entered: dict[Digest, Admitted] = {}
        self.known: dict[int, tuple[Signed, Time]] = {}
        self.served: set[Digest] = set()

    @property
    def now(self) -> Time:  # type: ignore[override]  # a real server has a real clock
        return office.clock()

    def at(self, port: int) -> None:
        """Go on at another port: after a restart."""
        self.http.close()
        self.http = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)

    def close(self) -> None:
        self.http.close()

    # --- acts -----------------------------------------------------------------------------------------------------

    def post(self, signed: Signed, invitation: Invitation | None = None) -> httpx2.Response:
        headers = {INVITATION: invitation.code.hex()} if invitation else {}
        return self.http.post("/v1/acts", content=signed.data, headers=headers)

    def check(self, signed: Signed, response: httpx2.Response) -> Admitted:
        """Verify an answer as a party would, and fold the act into what it knows."""
        assert response.status_code == 200, response.content
        admitted = decode(response.content, Admitted)
        proof = TlogProof.parse(admitted.proof)
        entry = Entry.parse(proof.extra)
        assert (entry.act, proof.index) == (signed.digest, admitted.index)
        proof.verify(leaf_hash(proof.extra), self.keys)
        self.entered[signed.digest] = admitted
        self._learn([(admitted.index, signed, entry.time)])
        return admitted

    def _learn(self, acts: list[tuple[int, Signed, Time]]) -> None:
        """Fold anew everything known, in the order of the log, as far as the chain is whole."""
        self.known |= {index: (signed, time) for index, signed, time in acts}
        world = fold.World(genesis=self.genesis)
        for index, (signed, time) in sorted(self.known.items()):
            if signed.act.after in (None, self.link_in(world, signed)) or signed.digest in self.served:
                world = fold.admit(world, signed, At(index=index, time=time))
        self.world = world

    def link_in(self, world: fold.World, signed: Signed) -> Link | None:
        now, self.world = getattr(self, "world", world), world
        try:
            return self.link(signed.act.negotiation, signed.act.by.party)
        finally:
            self.world = now

    def admit(self, signed: Signed, invitation: Invitation | None = None) -> Signed:
        self.check(signed, self.post(signed, invitation))
        return signed

    def enrol(self, party: str) -> Party:
        invitation = depositary.invite(
            self.folder, party=party, name=f"Party {party}", until=Time(self.now + 3_600_000)
        )
        plain = self.admit
        self.admit = lambda signed: plain(signed, invitation)  # type: ignore[method-assign,assignment,misc]
        try:
            return super().enrol(party)
        finally:
            del self.admit  # type: ignore[method-assign]

    def powers(self, party: str, key: SigningKey, **changes: Any) -> Signed:
        dates = {"since": Time(self.now - 1000), "until": Time(self.now + 10**9)}
        return super().powers(party, key, **dates | changes)

    def convene(self, by: str, *others: str) -> Signed:
        rules = NegotiationRules(agreements=(), answer_days=10, non_working=(), terms=None, witnesses=())
        title = header_bytes(1 + len(others), b"title")
        self.bring(by, title)
        parties = tuple(sorted((by, *others)))
        return self.act(
            Convene, by, after=None, parties=parties, handle="amber-heron", rules=rules, title=sha256(title)
        )

    def deposit(self, by: str, *to: str, sealing: Sealing | None = None, **changes: Any) -> Signed:
        if sealing is None:
            sealing = Sealing(1 + len(to), next(self.papers).to_bytes(4, "big"))
            for data in sealing.parts().values():
                self.bring(by, data)
        return super().deposit(by, *to, **sealing.members() | changes)

    def two_parties(self) -> None:
        for party in ("ru", "us"):
            self.enrol(party)
        self.admit(self.convene("us", "ru"))
        convene = self.world.negotiations[self.negotiation].convened.digest
        self.admit(self.act(Join, "ru", convene=convene))

    # --- signed requests ------------------------------------------------------------------------------------------

    def ask(
        self, party: str, method: str, path: str, *, query: str = "", body: bytes | None = None,
        key: SigningKey | None = None, **headers: str,
    ) -> httpx2.Response:  # fmt: skip
        content = None if body is None else sha256(body)
        request = Request(method=method, authority=NAME, path=path, query=query, content=content)
        signer = key or self.parties[party].officer
        signed = sign_request(request, signer, party=party, nonce=Nonce(os.urandom(16)), now=self.now)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = path + (f"?{query}" if query else "")
        return self.http.request(method, url, content=body, headers=signed | named)

    def bring(self, party: str, data: bytes, chunk: int = 8 << 20) -> Digest:
        digest = sha256(data)
        for start in range(0, len(data), chunk):
            piece = data[start : start + chunk]
            span = f"bytes {start}-{start + len(piece) - 1}/{len(data)}"
            answer = self.ask(party, "PUT", f"/v1/sealed/{digest.hex()}", body=piece, Content_Range=span)
            assert answer.status_code == 204, answer.content
        return digest

    def chain(self, party: str) -> list[tuple[int, Signed]]:
        """The whole negotiation as `party` is served it."""
        found: list[tuple[int, Signed]] = []
        while True:
            query = f"after={len(found)}"
            answer = self.ask(party, "GET", f"/v1/chains/negotiation/{self.negotiation.hex()}", query=query)
            assert answer.status_code == 200, answer.content
            page = decode(answer.content, ChainPage)
            for link in page.acts:
                act = statement.read(encode(link.act))
                found.append((link.index, Signed(act=act.act, envelope=act.envelope, digest=act.digest)))
            if len(found) >= page.length:
                return found

    def follow(self, party: str) -> None:
        """Fold the negotiation as it is served now: the depositary's own acts with it."""
        size = self.size()
        entries = self.entries(size)
        served = [(index, signed) for index, signed in self.chain(party) if index < size]
        self.served |= {signed.digest for _, signed in served}
        self._learn([(index, signed, Entry.parse(entries[index]).time) for index, signed in served])

    def entries(self, size: int) -> list[bytes]:
        """All entries of the public log, from its bundles."""
        found: list[bytes] = []
        for tile in tiles_of(size):
            if tile.level is None:
                found += decode_bundle(self.http.get(f"/log/{format_tile(tile)}").content, tile.width)
        return found

    def size(self) -> int:
        return int(self.http.get("/log/checkpoint").text.split("\n")[1])

    def paper(self, deposit: Signed) -> Deposit:
        assert isinstance(deposit.act, Deposit)
        return deposit.act


def found(folder: Path) -> Path:
    """A new depositary in a folder."""
    depositary.create(folder, name=NAME, address="http://127.0.0.1:8750", rules=depositary.default_rules("office"))
    return folder
