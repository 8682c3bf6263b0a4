"""A clock that jumps: nothing is entered under it, for it could not be taken back."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from parley import depositary
from parley.canonical import Time
from parley.chain import Entry
from parley.depositary import office
from parley.depositary.journal import Journal
from parley.depositary.service import Depositary
from parley.depositary.watch import LARGEST_JUMP, LONGEST_ABSENCE, Watch, check_start, elapsed
from parley.errors import Refused, Unavailable
from tests.build import START
from tests.depositary.live import NAME, Clock, Live, two
from tests.depositary.serving import Caller, Process
from tests.depositary.test_http import problem

YEAR = 365 * 24 * 3_600_000


class Two:
    """A clock that can be set, and one that only goes on."""

    def __init__(self) -> None:
        self.wall, self.since = Clock(), 1_000_000

    def pass_(self, milliseconds: int) -> None:
        self.wall.pass_(milliseconds)
        self.since += milliseconds

    def watch(self, folder: Path) -> Watch:
        return Watch(self.wall, folder / "clock", elapsed=lambda: self.since)


@pytest.mark.parametrize("jump", [YEAR, -YEAR, LARGEST_JUMP + 1, -LARGEST_JUMP - 1])
def test_a_jump_is_noticed_until_the_clock_is_back(tmp_path: Path, jump: int) -> None:
    clocks = Two()
    watch = clocks.watch(tmp_path)
    clocks.pass_(5_000)
    assert watch() == START + 5_000
    clocks.wall.pass_(jump)
    for _ in range(3):  # it is not taken for granted after a while
        clocks.pass_(30_000)
        with pytest.raises(Unavailable, match=r"clock\.jumped") as caught:
            watch()
        assert caught.value.details["seconds"] == jump // 1000
    clocks.wall.pass_(-jump)
    assert watch() == START + 95_000


def test_a_clock_that_is_steered_or_slept_has_not_jumped(tmp_path: Path) -> None:
    clocks = Two()
    watch = clocks.watch(tmp_path)
    for _ in range(1000):
        clocks.pass_(60_000)
        clocks.wall.pass_(30)  # half a thousandth: as fast as time services steer
        watch()
    clocks.pass_(8 * 3_600_000)  # the machine slept, and both went on
    assert watch() == clocks.wall.time


def test_the_second_clock_goes_on_and_is_never_set() -> None:
    before = elapsed()
    time.sleep(0.02)
    assert 20 <= elapsed() - before < 60_000


def test_it_keeps_once_an_hour_that_it_ran(tmp_path: Path) -> None:
    clocks = Two()
    watch = clocks.watch(tmp_path)
    kept = tmp_path / "clock"
    first = kept.read_text("ascii")
    assert first == START.to_text() + "\n"
    clocks.pass_(3_599_999)
    watch()
    assert kept.read_text("ascii") == first
    clocks.pass_(1)
    watch()
    assert kept.read_text("ascii") == Time(START + 3_600_000).to_text() + "\n"
    clocks.wall.pass_(YEAR)
    with pytest.raises(Unavailable):
        watch()
    assert kept.read_text("ascii") == Time(START + 3_600_000).to_text() + "\n"


def test_a_disk_that_takes_nothing_does_not_make_the_clock_wrong(tmp_path: Path) -> None:
    (tmp_path / "clock").mkdir()
    (tmp_path / "clock" / "x").touch()
    clocks = Two()
    watch = clocks.watch(tmp_path)
    clocks.pass_(3_600_000)
    assert watch() == START + 3_600_000


class TestStart:
    def check(self, folder: Path, now: int, *, kept: str | None = None) -> Time:
        if kept is not None:
            (folder / "clock").write_text(kept, "utf-8")
        return check_start(Time(now), last_entry=START, path=folder / "clock")

    @pytest.mark.parametrize("after", [-LARGEST_JUMP, 0, LONGEST_ABSENCE])
    def test_soon_after_the_last_entry(self, tmp_path: Path, after: int) -> None:
        assert self.check(tmp_path, START + after) == START + after

    def test_long_after_the_last_entry(self, tmp_path: Path) -> None:
        with pytest.raises(Refused, match=r"clock\.long-after-last") as caught:
            self.check(tmp_path, START + YEAR)
        assert (caught.value.details["days"], caught.value.details["last"]) == (365, START.to_text())

    def test_before_the_last_entry(self, tmp_path: Path) -> None:
        with pytest.raises(Refused, match=r"clock\.behind-last"):
            self.check(tmp_path, START - LARGEST_JUMP - 1)

    def test_a_quiet_office_that_ran_lately(self, tmp_path: Path) -> None:
        kept = Time(START + YEAR).to_text()
        assert self.check(tmp_path, START + YEAR + LONGEST_ABSENCE, kept=kept + "\n") > START
        with pytest.raises(Refused, match=r"clock\.long-after-last"):
            self.check(tmp_path, START + YEAR + LONGEST_ABSENCE + 1)
        with pytest.raises(Refused, match=r"clock\.behind-last"):
            self.check(tmp_path, START + YEAR - LARGEST_JUMP - 1)

    @pytest.mark.parametrize("kept", ["", "yesterday\n", "2022-01-26T17:15:00.000Z 2", "\u00e9"])
    def test_what_cannot_be_read_says_nothing(self, tmp_path: Path, kept: str) -> None:
        assert self.check(tmp_path, START, kept=kept) == START


def jumped(tmp_path: Path) -> tuple[Live, Two]:
    """A depositary that enters by a watched clock, which has just jumped a year ahead."""
    live, clocks = two(), Two()
    clocks.wall = live.clock
    live.office = Depositary(
        live.store,
        live.blobs,
        live.keys,
        now=live.clock,
        entering=clocks.watch(tmp_path),
        rng=live.random,
        journal=Journal(live.lines.append, live.clock),
    )
    return live, clocks


def test_nothing_is_entered_under_a_clock_that_jumped(tmp_path: Path) -> None:
    live, clocks = jumped(tmp_path)
    deposit = live.admit(live.deposit("us", "ru"))
    receipt, before = live.receipt("ru", deposit), live.office.view
    clocks.wall.pass_(YEAR)
    for _ in range(2):
        (answer,) = live.send(receipt)
        assert isinstance(answer, Unavailable)
        assert answer.code == "clock.jumped"
    for _ in range(5):  # the limit has passed by the wrong clock: the expiry is due, and is not entered
        live.office.sequencer.process([])
    assert live.office.view is before
    failed = [line for line in live.lines if "group.failed" in line]
    assert len(failed) == 2  # one for each act, and not one for each time that nobody waited
    assert f'"seconds": {YEAR // 1000}' in failed[0]
    clocks.wall.pass_(-YEAR)
    live.admit(receipt)
    live.work()
    assert [item.act.kind for item in live.outcome(deposit, "ru").done] == ["receipt", "handover"]


# --- with processes ---------------------------------------------------------------------------------------------

FROM_FILE = (
    "import sys; from pathlib import Path; from parley import depositary; from parley.canonical import Time; "
    "from parley.depositary import office; true, off = office.clock, Path(sys.argv[3]); "
    "office.clock = lambda: Time(true() + int(off.read_text())); "
    "depositary.serve(Path(sys.argv[1]), listen='127.0.0.1:0')"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules = depositary.default_rules("office")
    depositary.create(tmp_path / "d", name=NAME, address="http://127.0.0.1:8750", rules=rules)
    return tmp_path / "d"


def test_a_server_whose_machine_is_set_a_year_ahead(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = tmp_path / "off"
    off.write_text("0")
    monkeypatch.setattr("tests.depositary.serving.PROGRAM", FROM_FILE)
    with Process(folder, str(off)) as process:
        caller = Caller(folder, process.port)
        caller.two_parties()
        deposit = caller.deposit("us", "ru")
        off.write_text(str(YEAR))
        assert problem(caller.post(deposit)) == (503, "clock.jumped")
        assert caller.size() == 7
        off.write_text("0")
        caller.admit(deposit)
        assert caller.size() == 8
        time_ = Entry.parse(caller.entries(8)[-1]).time
        assert abs(time_ - office.clock()) < 60_000
        assert process.end() == 0
        assert any(line["event"] == "group.failed" and line["code"] == "clock.jumped" for line in process.lines)
        caller.close()
    off.write_text(str(YEAR))
    with pytest.raises(AssertionError, match="the server ended before it served"):
        Process(folder, str(off))


def test_an_old_register_is_served_once_somebody_has_looked_at_the_clock(tmp_path: Path) -> None:
    rules = depositary.default_rules("office")
    old = tmp_path / "d"
    depositary.create(old, name=NAME, address="http://127.0.0.1:8750", rules=rules, now=lambda: START)
    command = [sys.executable, "-c", "from parley.cli import main; main()", "depositary", "serve", str(old)]
    command += ["--listen", "127.0.0.1:0"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 3
    assert "days after this depositary last ran" in refused.stderr
    assert "--clock-checked" in refused.stderr
    assert not (old / office.CLOCK).exists()
    with subprocess.Popen([*command, "--clock-checked"], stderr=subprocess.PIPE, text=True) as served:
        assert served.stderr is not None
        while '"event": "serving"' not in served.stderr.readline():
            assert served.poll() is None
        served.terminate()
        served.stderr.read()
    assert served.returncode == 0
    with Process(old) as process:  # it ran a moment ago
        assert httpx2.get(f"http://127.0.0.1:{process.port}/log/checkpoint").status_code == 200
