"""A real depositary process for benchmarks, and parties that sign by the kernel alone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from parley import depositary, fold, statement
from parley.act import Act, By, Convene, Deposit, Enrol, FullPowers, Holder, NegotiationRules, Opening, Recipient, Words
from parley.act import Statement as Saying
from parley.canonical import Base64, Time, decode, decode_any, encode
from parley.crypto import Digest, Link, Nonce, Purpose, ReadingSecret, SigningKey, sha256
from parley.fold import World
from parley.register import At
from parley.request import Request, authority_of, sign_request
from parley.statement import Signed
from parley.terms import preset
from parley.wire import ACT, INVITATION, OCTETS, Admitted, Item

CAPABILITIES = ("carry", "deposit", "manage", "read", "receive", "release")


def now() -> Time:
    return Time(time.time_ns() // 1_000_000)


@contextmanager
def served() -> Iterator[tuple[Path, int]]:
    """A new depositary's folder and the port of its own process."""
    with tempfile.TemporaryDirectory() as base, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        folder = Path(base) / "depositary"
        rules = depositary.default_rules("bench@depositary.example")
        depositary.create(folder, name="depositary.example", address=f"http://127.0.0.1:{port}", rules=rules)
        code = "import sys; from pathlib import Path; from parley import depositary; "
        code += "depositary.serve(Path(sys.argv[1]), listen=sys.argv[2])"
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(folder), f"127.0.0.1:{port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(port)
            yield folder, port
        finally:
            process.terminate()
            process.wait()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/genesis", timeout=5).read()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("bench: the depositary did not start")


class Bench:
    """Two parties with as many officers as there are clients, one negotiation, one paper to speak about."""

    def __init__(self, folder: Path, port: int, officers: int) -> None:
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        item = decode(self._call("/v1/genesis"), Item)
        read = statement.read_value(_plain(item))
        self.genesis = statement.verify(read, lambda _: None)
        self.world = World(genesis=self.genesis)
        self.log = self.genesis.act.log
        self.negotiation = Nonce(os.urandom(16))
        self.keys = {party: [SigningKey.from_secret(os.urandom(32), info="officer") for _ in range(count)]
                     for party, count in (("us", officers), ("ru", 1))}  # fmt: skip
        self.readers = {party: ReadingSecret(os.urandom(32)) for party in self.keys}
        for party in self.keys:
            self._enrol(party)
        rules = NegotiationRules(agreements=(), answer_days=10, non_working=(), terms=None, witnesses=())
        self.post(self.sign(Convene, "us", after=None, handle="amber-heron", parties=("ru", "us"), rules=rules,
                            title=self._upload("us", b"title" * 100)))  # fmt: skip

    def _call(self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
        request = urllib.request.Request(self.url + path, data=body, headers=headers or {})
        with urllib.request.urlopen(request, timeout=60) as answer:
            data: bytes = answer.read()
        return data

    def post(self, signed: Signed, **headers: str) -> Signed:
        """Hand an act in and fold it, as a party would."""
        data = self._call("/v1/acts", signed.data, {"Content-Type": ACT, **headers})
        admitted = decode(data, Admitted)
        self.world = fold.admit(self.world, signed, At(index=admitted.index, time=now()))
        return signed

    def link(self, party: str, negotiation: Nonce | None) -> Link | None:
        if negotiation is None:
            known = self.world.registers.get(party)
            return known.order.chain.link if known else None
        return self.world.negotiations[negotiation].order.chain.link

    def sign(self, shape: type[Act], party: str, *, signer: SigningKey | None = None, **members: Any) -> Signed:
        key = signer or self.keys[party][0]
        negotiation = None if shape in (Enrol, FullPowers) else self.negotiation
        after = members.pop("after") if "after" in members else self.link(party, negotiation)
        act = shape(
            after=after, by=By(keys=(key.id,), party=party), claimed_time=now(), log=self.log,
            negotiation=negotiation, nonce=Nonce(os.urandom(16)), **members,
        )  # fmt: skip
        return statement.sign(act, [key])

    def _enrol(self, party: str) -> None:
        root = SigningKey.from_secret(os.urandom(32), info="root")
        invitation = depositary.invite(self.folder, party=party, name=party.upper(), until=Time(now() + 10**7))
        enrol = self.sign(
            Enrol, party, signer=root, languages=("en",), names=(Words(language="en", text=party.upper()),),
            reading_key=Base64(self.readers[party].public.encoded), root=root.verifying.public, zone="UTC",
        )  # fmt: skip
        self.post(enrol, **{INVITATION: invitation.code.hex()})
        for key in self.keys[party]:
            proof = key.sign(Purpose.ACT, statement.possession_bytes(key.id, log=self.log, party=party))
            members = {
                "capabilities": CAPABILITIES, "holder": Holder(name="", office=""), "key": key.verifying.public,
                "needs": 1, "possession": proof, "since": Time(0), "until": Time(now() + 10**10),
            }  # fmt: skip
            self.post(self.sign(FullPowers, party, signer=root, **members))

    def _upload(self, party: str, data: bytes) -> Digest:
        """Bring a sealed part as a party does: one signed PUT."""
        digest = sha256(data)
        path = f"/v1/sealed/{digest.hex()}"
        asked = Request(method="PUT", authority=authority_of(self.log), path=path, content=digest)
        headers = sign_request(asked, self.keys[party][0], party=party, nonce=Nonce(os.urandom(16)), now=now())
        headers |= {"Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}", "Content-Type": OCTETS}
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method="PUT")
        urllib.request.urlopen(request, timeout=60).read()
        return digest

    def paper(self) -> Signed:
        """A paper of which nothing but the commitment is deposited, for statements to be about."""
        return self.post(
            self.sign(
                Deposit, "us", accept_by=Time(now() + 10**9), commitment=sha256(b"commitment"), cover=None, header=None,
                in_reply_to=None, language="en", language_status="authentic",
                opening=Opening(kind="held", round=None, time=None), payload=None,
                recipients=(Recipient(capacity="to", party="ru", reading_key=self.readers["ru"].public.id),),
                replaces=None, role="proposal", sender_reading_key=self.readers["us"].public.id, standing="formal",
                terms=preset("public", parties=("ru", "us")),
            )
        )  # fmt: skip

    def statements(self, count: int) -> list[list[bytes]]:
        """For each officer, `count` signed statements about one paper, ready to be handed in."""
        paper = self.paper()
        words = (Words(language="en", text="The paper was handed over."),)
        return [
            [
                self.sign(Saying, "us", signer=key, about="describes", deposit=paper.digest, words=words).data
                for _ in range(count)
            ]
            for key in self.keys["us"]
        ]


def _plain(item: Item) -> object:
    return decode_any(encode(item.act))
