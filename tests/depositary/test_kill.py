"""Kills under load: whatever the server has answered is there afterwards, and nothing is there by half.

Callers send deposits and receipts without pause while the process is killed by SIGKILL at random moments and started
again; what was not answered is sent again as the same bytes. PARLEY_KILLS says how many kills (3 by default).
"""

from __future__ import annotations

import os
import queue
import random
import signal
import threading
import time
from pathlib import Path

import httpx2
import pytest

from parley import depositary, statement
from parley.act import Deposit, Handover, Receipt
from parley.canonical import Time, decode
from parley.chain import Entry
from parley.checkpoint import Checkpoint, SignedCheckpoint, TlogProof, open_checkpoint
from parley.crypto import Digest
from parley.depositary import office
from parley.depositary.keys import Keys, read_secret
from parley.depositary.ledger import rebuild
from parley.depositary.sqlite import SqliteStore
from parley.exchange import ANSWERED
from parley.merkle import Tree, leaf_hash, verify_inclusion
from parley.statement import Signed
from parley.terms import terms_digest
from parley.wire import Admitted
from tests.depositary.live import Sealing
from tests.depositary.serving import Caller, Process, found

KILLS = int(os.environ.get("PARLEY_KILLS", "3"))
ROUND = 25
"""Kills of one depositary: a start reads the whole log again, so a longer life would be spent on starting."""
ROUNDS = [min(ROUND, KILLS - done) for done in range(0, KILLS, ROUND)]
CALLERS = 4
LONGEST_LIFE = 0.5  # seconds between a start and the kill, at most


class Load:
    """Callers that send acts until told to stop, each again and again until it is answered."""

    def __init__(self, caller: Caller, port: int) -> None:
        self.caller, self.port = caller, port
        self.todo: queue.Queue[Signed] = queue.Queue()
        self.answered: dict[Digest, tuple[Signed, Admitted]] = {}
        self.refused: list[bytes] = []
        self.repeats = 0
        self._stop = threading.Event()
        self._sealing = Sealing(2, b"load")
        self._link = caller.link(caller.negotiation, "us")
        self._threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]
        self._signing = threading.Lock()
        self._receipts: queue.Queue[Signed] = queue.Queue()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _next(self) -> Signed:
        """A receipt for a deposit that was answered, when its place in the chain is known; else another deposit."""
        with self._signing:
            try:
                return self._receipts.get_nowait()
            except queue.Empty:
                return self.caller.deposit("us", "ru", sealing=self._sealing, after=self._link)

    def _call(self) -> None:
        http, port = httpx2.Client(timeout=5), 0
        while not self._stop.is_set():
            signed = self._next()
            while not self._stop.is_set():
                if port != self.port:
                    http.close()
                    port = self.port
                    http = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=5)
                try:
                    answer = http.post("/v1/acts", content=signed.data)
                except httpx2.HTTPError:
                    self.repeats += 1
                    self._stop.wait(0.02)
                    continue
                if answer.status_code == 200:
                    self.answered[signed.digest] = (signed, decode(answer.content, Admitted))
                    break
                if answer.status_code != 503:
                    self.refused.append(answer.content)
                    break
        http.close()

    def receipts(self) -> None:
        """Queue receipts for what waits in the chain: some of them will be killed between receipt and handover."""
        with self._signing:
            links: dict[Digest, Signed] = {}
            self.caller.follow("ru")
            for paper in self.caller.world.negotiations[self.caller.negotiation].in_order():
                if paper.is_open("ru"):
                    links[paper.digest] = self.caller.receipt("ru", _as_signed(paper.act, paper.digest))
            for signed in list(links.values())[:20]:
                self._receipts.put(signed)


def _as_signed(act: Deposit, digest: Digest) -> Signed:
    """What `Case.receipt` reads of a deposit: act and digest."""
    return Signed(act=act, envelope=None, digest=digest)  # type: ignore[arg-type]


def begin(folder: Path, process: Process) -> tuple[Caller, Load]:
    """Two parties with a negotiation, and callers that have begun to send."""
    caller = Caller(folder, process.port)
    caller.two_parties()
    for data in Sealing(2, b"load").parts().values():
        caller.bring("us", data)
    load = Load(caller, process.port)
    load.start()
    return caller, load


@pytest.mark.timeout(60 + 10 * ROUND)
@pytest.mark.parametrize(("number", "kills"), list(enumerate(ROUNDS)))
def test_kills_under_load_lose_nothing_that_was_answered(tmp_path: Path, number: int, kills: int) -> None:
    folder = found(tmp_path / "d")
    seen: list[SignedCheckpoint] = []
    chance = random.Random(number)
    process = Process(folder)
    try:
        caller, load = begin(folder, process)
    except BaseException:
        process.end(signal.SIGKILL)
        raise
    try:
        for kill in range(kills):
            seen.append(open_checkpoint(caller.http.get("/log/checkpoint").content, caller.keys))
            if kill % 5 == 0:
                load.receipts()
            time.sleep(chance.uniform(0, LONGEST_LIFE))  # the moment of the kill is the experiment
            assert process.end(signal.SIGKILL) == -signal.SIGKILL
            process = Process(folder)
            caller.at(process.port)
            load.port = process.port
        time.sleep(LONGEST_LIFE)
    finally:
        load.stop()
        caller.close()
        process.end(signal.SIGTERM)
    print(f"{kills} kills, {len(load.answered)} acts answered, {load.repeats} sendings without an answer")
    assert not load.refused, load.refused[:3]
    assert len(load.answered) > kills
    check_everything(folder, load, seen)


def check_everything(folder: Path, load: Load, seen: list[SignedCheckpoint]) -> None:
    """As an auditor with the whole store: rebuild, find every answer at its index under every checkpoint seen."""
    store = SqliteStore(folder / office.ENTRIES)
    view, tree = rebuild(store, Keys.from_secret(read_secret(folder / office.SECRET)))  # none half admitted
    rows = list(store.rows(0, view.size))
    store.close()
    proofs = [TlogProof.parse(admitted.proof) for _, admitted in load.answered.values()]
    for signed in [*seen, *(open_checkpoint(note, load.caller.keys) for note in {p.note.to_text() for p in proofs})]:
        checkpoint = signed.checkpoint
        origin = load.caller.genesis.act.log
        assert checkpoint == Checkpoint(origin=origin, size=checkpoint.size, root=tree.root(checkpoint.size))
    for (signed, admitted), proof in zip(load.answered.values(), proofs, strict=True):
        assert proof.extra == rows[admitted.index].entry
        assert Entry.parse(proof.extra).act == signed.digest
        assert rows[admitted.index].act == signed.data
        size = Checkpoint.parse(proof.note.text).size
        verify_inclusion(
            index=proof.index, size=size, leaf=leaf_hash(proof.extra), path=proof.path, root=tree.root(size)
        )
    assert Tree(leaf_hash(row.entry) for row in rows).root() == tree.root()
    assert len({row.digest for row in rows}) == len(rows)
    # What the kills left half done was finished: every receipt has its handover, or is the very last group's.
    papers = [paper for _, paper in view.world.papers()]
    received = [paper.outcomes["ru"] for paper in papers if paper.outcomes["ru"].state in ANSWERED]
    missing = [outcome for outcome in received if outcome.find(Handover) is None]
    assert len(missing) <= 20
    assert all(outcome.find(Receipt) for outcome in received)
    assert [paper.number for paper in papers] == list(range(1, len(papers) + 1))


def test_a_backup_under_load_restores_to_the_same_head_elsewhere(tmp_path: Path) -> None:
    folder = found(tmp_path / "d")
    with Process(folder) as process:
        caller, load = begin(folder, process)
        try:
            while len(load.answered) < 20:
                time.sleep(0.01)
            view = depositary.backup(folder, tmp_path / "backup.tar")
            enough = len(load.answered) + 20
            while len(load.answered) < enough:
                time.sleep(0.01)
        finally:
            load.stop()
        restored = depositary.restore(tmp_path / "backup.tar", tmp_path / "elsewhere")
        assert (restored.size, restored.checkpoint) == (view.size, view.checkpoint)
        later = open_checkpoint(caller.http.get("/log/checkpoint").content, caller.keys).checkpoint
        assert later.size > view.size
        assert process.end() == 0
        caller.close()
    status = depositary.status(folder)
    assert status.last_backup is not None
    assert status.last_backup <= Time(office.clock())
    copied = depositary.status(tmp_path / "elsewhere").restored
    with Process(tmp_path / "elsewhere", original_stopped=copied) as process:
        caller = Caller(tmp_path / "elsewhere", process.port)
        opened = open_checkpoint(caller.http.get("/log/checkpoint").content, caller.keys)
        assert opened.checkpoint.size >= view.size
        caller.close()
    first = next(iter(load.answered.values()))[0]
    assert isinstance(first.act, Deposit)
    assert statement.read(first.data).digest == first.digest
    assert terms_digest(first.act.terms)
