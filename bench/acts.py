"""Acts accepted over HTTP, each answered with its proof, beside raw hybrid verification and raw durable inserts."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import apsw

from bench import load
from bench.office import Bench, served
from bench.report import Section
from parley import statement
from parley.crypto import Purpose

EACH = {1: 300, 16: 1600, 128: 5120}
"""Acts in all for each number of clients."""


def raw_verification(bodies: list[bytes], bench: Bench) -> float:
    """Hybrid verifications a second on one core: Ed25519 and ML-DSA-44 over the same statements, nothing else."""
    ready = []
    for body in bodies:
        read = statement.read(body)
        key_id, signatures = read.signatures()[0]
        key = bench.world.key("us", key_id)
        assert key is not None
        ready.append((key, statement.pre_authentication(read.envelope.payload_type, read.envelope.payload), signatures))
    for key, body, signatures in ready[:50]:
        key.verify(Purpose.ACT, body, signatures)
    began = time.perf_counter()
    for key, body, signatures in ready:
        key.verify(Purpose.ACT, body, signatures)
    return len(ready) / (time.perf_counter() - began)


def raw_inserts(body: bytes, group: int) -> float:
    """Durable inserts a second of a body of this size: WAL, synchronous FULL, `group` rows in a transaction."""
    with tempfile.TemporaryDirectory() as folder:
        database = apsw.Connection(str(Path(folder) / "raw.sqlite"))
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, body BLOB) STRICT")
        rounds = max(20, 1500 // group)
        began = time.perf_counter()
        for start in range(rounds):
            with database:
                database.executemany(
                    "INSERT INTO rows VALUES (?, ?)", [(start * group + i, body) for i in range(group)]
                )
        seconds = time.perf_counter() - began
        database.close()
        return rounds * group / seconds


def accepted() -> Section:
    """Acts per second with 1, 16 and 128 clients."""
    rows = []
    for clients, count in EACH.items():
        with served() as (folder, port):
            bench = Bench(folder, port, clients)
            bodies = bench.statements(count // clients)
            flat = [body for each in bodies for body in each]
            limit, durable = raw_verification(flat[:1500], bench), raw_inserts(flat[0], min(clients, 64))
            found = load.run(port, bodies)
        rows.append(
            (
                str(clients),
                f"{found.rate:.0f}/s",
                f"{limit:.0f}/s",
                f"{100 * found.rate / limit:.0f} %",
                f"{durable:.0f}/s",
                f"{1000 * found.percentile(0.5):.1f} / {1000 * found.percentile(0.99):.1f} ms",
            )
        )
    return Section(
        name="acts",
        title="Acts accepted",
        method=(
            "Pre-signed statements over HTTP to a real server process with its SQLite file, each answered with a proof "
            "under a signed checkpoint; the load comes from a second process on the same two cores. Raw verification: "
            "the same statements' two signatures on one core. Raw inserts: the same bytes into SQLite, as many in a "
            "transaction as there are clients, at most 64."
        ),
        columns=("clients", "accepted", "raw verification", "of it", "raw durable inserts", "p50 / p99"),
        rows=tuple(rows),
        reading=(
            "Aim: 40 % of raw verification at 128 clients. With one client each act pays for a whole checkpoint: two "
            "signatures of the log and one durable transaction."
        ),
    )


def latency() -> Section:
    """Request to proof at a steady 100 acts a second."""
    with served() as (folder, port):
        bench = Bench(folder, port, 16)
        bodies = bench.statements(63)
        found = load.run(port, bodies, rate=100)
    figures = [f"{1000 * found.percentile(share):.1f} ms" for share in (0.5, 0.9, 0.99, 1.0)]
    return Section(
        name="latency",
        title="Request to checkpoint at 100 acts a second",
        method="16 connections, 1,008 acts in ten seconds; from the first byte sent to the proof's last byte read.",
        columns=("p50", "p90", "p99", "longest"),
        rows=(tuple(figures),),
        reading="Aim: p99 under 50 ms.",
    )
