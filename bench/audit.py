"""`parley audit`: a party re-reads and re-checks every act it holds; acts per second beside raw verification."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.office import now, served
from bench.report import Section
from parley import depositary, statement
from parley.act import Holder, Words
from parley.canonical import Time
from parley.client import Delegation, found
from parley.crypto import Purpose, SigningKey

STATEMENTS = 1000
PASSPHRASE = "a passphrase for benchmarks only"


def _delegation(folder: Path, base: Path, party: str) -> Delegation:
    invitation = depositary.invite(folder, party=party, name=party.upper(), until=Time(now() + 10**7))
    home = base / party
    found(home, invitation.print(), passphrase=PASSPHRASE, root_folder=base / f"{party}-root",
          holder=Holder(name="", office="Registry"))  # fmt: skip
    return Delegation.open(home, lambda: PASSPHRASE)


def _raw(count: int) -> float:
    """Hybrid verifications a second, on keys and bodies of the same kind."""
    key = SigningKey(bytes(32), bytes(32))
    body = statement.pre_authentication("application/vnd.parley.statement.v1+json", bytes(700))
    ready = [(body + bytes((i % 256,)), key.sign(Purpose.ACT, body + bytes((i % 256,)))) for i in range(256)]
    began = time.perf_counter()
    for i in range(count):
        key.verifying.verify(Purpose.ACT, *ready[i % 256])
    return count / (time.perf_counter() - began)


def run() -> Section:
    with served() as (folder, _port), tempfile.TemporaryDirectory() as name:
        base = Path(name)
        with _delegation(folder, base, "us") as us, _delegation(folder, base, "ru"):
            us.convene("Benchmark", ["ru"], unconfirmed=True)
            text = base / "paper.md"
            text.write_text("# A paper\n\n## Article 1\n\nWords.\n", "utf-8")
            us.send(us.prepare(text, to=["ru"], role="proposal", terms="public", unconfirmed=True))
            words = (Words(language="en", text="The paper was handed over."),)
            for _ in range(STATEMENTS):
                us.statement("describes", "US-1", words)
            began = time.perf_counter()
            audited = us.audit()
            seconds = time.perf_counter() - began
    raw = _raw(1500)
    rate = audited.acts / seconds
    return Section(
        name="audit",
        title="Audit",
        method=f"A home with {audited.acts:,} acts: every signature, entry, chain, power and the tree, from bytes.",
        columns=("acts", "audited", "raw verification", "of it"),
        rows=((f"{audited.acts:,}", f"{rate:.0f}/s", f"{raw:.0f}/s", f"{100 * rate / raw:.0f} %"),),
        reading="Reading statements from canonical JSON and folding them take most of what verification leaves.",
    )
