"""Writes vectors/spec/exchange.json: one small exchange, signed and sealed, from which the pages of spec/ are fed.

Signing and sealing draw fresh randomness, so a second run writes other bytes: run it only when a format changes.
The secrets are in the file, and worthless: anyone may open, sign and check with them.

    python -m tools.spec_exchange
"""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

from tests.build import LOG, Case, seed

from parley import statement
from parley.act import DEPOSITARY, Genesis, Rules, Sealed
from parley.articulate import Particulars, articulate
from parley.canonical import Time
from parley.chain import Chain
from parley.checkpoint import Checkpoint, LogSigner, TlogProof
from parley.crypto import Digest, Nonce, SigningKey
from parley.disclosure import Blind, Seal, Seed, commit, subject_of
from parley.envelope import Bundle, Cover, seal_in_memory
from parley.fold import World
from parley.merkle import Tree, leaf_hash
from parley.request import Request, sign_request
from parley.statement import NotAdmitted, Signed

FILE = Path(__file__).parent.parent / "vectors" / "spec" / "exchange.json"
PAPER = """# Note on hours

## Article 1. Office hours

The registry is open from nine to five.

## Article 2. Night watch

Outside these hours the duty officer signs for what comes in.
"""


class Exchange(Case):
    """The depositary, two parties and one paper; the log's keys are real here."""

    def __init__(self) -> None:
        super().__init__()
        self.now = Time.from_text("2022-01-26T17:00:00.000Z")
        self.acts, self.entries, self.counter = [], [], itertools.count(1)
        self.log = LogSigner(LOG, SigningKey.from_secret(seed("log"), info="log"))
        genesis = Genesis(
            **self.common(DEPOSITARY, self.depositary, None),
            act_keys=self.depositary.verifying.public,
            log_keys=tuple(key.to_text() for key in self.log.keys),
            rules=Rules(
                contact="office@depositary.example",
                enrolment="invitation",
                largest_act=1 << 16,
                largest_payload=1 << 30,
                most_recipients=50,
            ),
        )
        self.genesis = statement.sign(genesis, [self.depositary])
        self.world = World(genesis=self.genesis)
        self._enter(self.genesis, Chain.start(self.genesis.envelope.payload).link)

    def sealed_deposit(self) -> tuple[Signed, dict[str, Any]]:
        """Articulate, commit, seal and sign; returns the deposit, and what was sealed."""
        document = articulate("note.md", PAPER.encode(), Particulars(language="en", standing="non_paper"))
        self.counter = itertools.count(0x40)
        nonce = Nonce((0x40).to_bytes(16, "big"))  # the one that `common` gives the deposit
        subject = subject_of(log=LOG, negotiation=self.negotiation, nonce=nonce, party="us")
        secrets = Seal(seed=Seed(seed("salts")), blind=Blind(seed("blind")))
        committed = commit(document, seed=secrets.seed, blind=secrets.blind, subject=subject)
        cover = Cover(
            also_handed_over=None,
            languages=("en",),
            may_show=(),
            note=None,
            pages=1,
            precedence="routine",
            reference="No. 1234",
            shown_by_sender=(),
            subject="Hours of the registry",
        )
        us, ru = self.parties["us"], self.parties["ru"]
        bundle = Bundle(document=document.to_bytes(), seal=secrets)
        sealed, payload = seal_in_memory(
            bundle, cover, recipients=[ru.reading.public], sender=us.reading.public, rng=os.urandom
        )
        deposit = self.deposit(
            "us",
            "ru",
            terms="essence",
            role="note",
            standing="non_paper",
            commitment=committed.commitment,
            header=Sealed(digest=sealed.header_digest, length=len(sealed.header)),
            payload=Sealed(digest=sealed.payload_digest, length=sealed.payload_length),
            cover=Sealed(digest=sealed.cover_digest, length=len(sealed.cover)),
            accept_by=Time.from_text("2022-02-09T21:00:00.000Z"),
        )
        parts = {
            "document": document.to_bytes().decode(),
            "seal": {"blind": secrets.blind.hex(), "seed": secrets.seed.hex()},
            "header": sealed.header.decode(),
            "payload": payload.hex(),
            "cover": sealed.cover.hex(),
        }
        return deposit, parts


def build() -> dict[str, Any]:
    case = Exchange()
    case.enrol("ru")
    case.enrol("us")
    case.convene("us", "ru")
    case.join("ru")
    case.now = Time.from_text("2022-01-26T17:02:11.000Z")
    deposit, parts = case.sealed_deposit()
    case.admit(deposit)
    case.now = Time.from_text("2022-01-26T17:16:00.000Z")
    receipt = case.admit(case.receipt("ru", deposit, terms_taken="under_reserve"))
    case.now = Time.from_text("2022-01-26T17:16:00.250Z")
    case.admit(case.handover("ru", deposit))
    case.now = Time.from_text("2022-01-26T17:17:30.000Z")
    case.admit(case.confirmation("ru", deposit))
    second = case.receipt("ru", deposit)
    tree = Tree(leaf_hash(entry.encode()) for entry in case.entries)
    note = case.log.sign_checkpoint(Checkpoint(origin=LOG, size=tree.size, root=tree.root()), 1643217451)
    proofs = [
        TlogProof(index=index, path=tree.inclusion(index), note=note, extra=entry.encode()).to_text()
        for index, entry in enumerate(case.entries)
    ]
    refusal = NotAdmitted(
        act=second.digest, claimed_time=case.now, log=LOG, reason="paper.not-now", winner=receipt.digest
    )
    officer = case.parties["ru"].officer
    request = Request(method="GET", authority="depositary.example", path="/v1/chains", query="")
    nonce = Nonce(Digest(seed("request"))[:16])
    return {
        "about": "One exchange with known secrets: seeds are SHA-256 of the names given.",
        "secrets": {name: seed(name).hex() for name in SECRETS},
        "acts": [json.loads(act.data) for act in case.acts],
        "entries": [entry.encode().hex() for entry in case.entries],
        "proofs": proofs,
        "sealed": parts,
        "not_admitted": json.loads(statement.sign_not_admitted(refusal, case.depositary)),
        "refused": json.loads(second.data),
        "request": {
            "now": case.now.to_text(),
            "headers": sign_request(request, officer, party="ru", nonce=nonce, now=case.now),
        },
    }


SECRETS = (
    "depositary", "log", "ru root", "ru officer", "ru reading", "us root", "us officer", "us reading", "salts", "blind",
)  # fmt: skip


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(build(), indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
