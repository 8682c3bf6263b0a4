"""The office's commands in processes of their own: a copy that must not serve by itself, and where it listens."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from parley.cli.depositary_ import _on_screen
from parley.depositary import office, restored
from parley.depositary.journal import Journal
from tests.cli.stage import BEGINNING, free_port
from tests.cli.test_processes import PARLEY, at_terminal, environment, parley


def depositary(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return parley(folder, "depositary", *arguments)


class Served:
    """`parley depositary serve` in a process of its own, without a terminal; what it says is read to its end."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*PARLEY, "depositary", "serve", *arguments],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = ""
        assert self.process.stderr is not None
        while "Serving at" not in self.said:
            line = self.process.stderr.readline()
            assert line, f"it ended: {self.said}"
            self.said += line

    def end(self) -> str:
        """Stop it; returns all that it said."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.stderr is not None
        self.said += self.process.stderr.read()
        assert self.process.wait() == 0
        self.process.stderr.close()
        return self.said


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an office, its backup, and a copy that was restored from that."""
    folder = tmp_path_factory.mktemp("made")
    address = f"http://127.0.0.1:{free_port()}"
    founding = ("init", "office", "--name", "depositary.example", "--address", address, "--yes")
    assert depositary(folder, *founding).returncode == 0
    assert depositary(folder, "backup", "office", "-o", "b.tar").returncode == 0
    assert depositary(folder, "restore", "b.tar", "copy").returncode == 0
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """All that, for one test."""
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True)


# --- a copy -------------------------------------------------------------------------------------------------------


def test_without_a_terminal_a_copy_is_not_served_and_stays_a_copy(place: Path) -> None:
    for _ in range(2):  # a service that starts it again and again gets no further
        done = depositary(place, "serve", "copy", "--listen", "127.0.0.1:0")
        assert done.returncode == 2
        assert "copy was restored from a backup, on " in done.stderr
        assert re.search(r"Give --original-stopped [0-9T:-]+\.000Z as well\.$", done.stderr.strip())
        assert "Serving" not in done.stderr
        assert restored(place / "copy") is not None


def test_a_copy_is_served_beside_its_original_by_nobody_who_was_not_asked(place: Path) -> None:
    """The accident itself: the original serves, and somebody starts the copy as its service file says."""
    original = Served(place, "office")
    try:
        assert depositary(place, "serve", "copy", "--listen", "127.0.0.1:0").returncode == 2
        assert depositary(place, "serve", "copy").returncode == 2
    finally:
        original.end()


def test_at_a_terminal_another_word_leaves_it_a_copy(place: Path) -> None:
    for typed in (b"yes\n", b"\n", b"stop\n"):
        code, screen = at_terminal(place, "depositary", "serve", "copy", typed=((b"type stopped:", typed),))
        assert code == 3, screen
        assert "Not served" in screen
        assert restored(place / "copy") is not None


def test_at_a_terminal_it_serves_when_stopped_was_typed_and_asks_no_second_time(place: Path) -> None:
    code, screen = served_at_terminal(place, b"stopped\n")
    assert code == 0, screen
    assert "Serving at 127.0.0.1:" in screen
    assert "either story convicts the" in " ".join(screen.split())
    assert restored(place / "copy") is None
    assert "restored" not in Served(place, "copy", "--listen", "127.0.0.1:0").end()


def served_at_terminal(folder: Path, typed: bytes) -> tuple[int, str]:
    """Serve the copy at a terminal, answer its question, and press Ctrl-C once it serves."""
    master, other = pty.openpty()
    line = [*PARLEY, "depositary", "serve", "copy", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(
        line, cwd=folder, env=environment(), stdin=other, stdout=other, stderr=other, start_new_session=True
    )
    os.close(other)
    seen, asked, stopped = b"", False, False
    end = time.monotonic() + 60
    while time.monotonic() < end and select.select([master], [], [], 60)[0]:
        try:
            seen += os.read(master, 65536)
        except OSError:
            break
        if not asked and b"type stopped:" in seen:
            asked = os.write(master, typed) > 0
        if not stopped and b"Serving at" in seen:
            stopped = True
            process.send_signal(signal.SIGINT)
    os.close(master)
    return process.wait(timeout=60), seen.decode("utf-8", "replace")


def test_automation_names_the_very_restore(place: Path) -> None:
    found = json.loads(depositary(place, "status", "copy", "--json").stdout)["status"]["restored"]
    said = depositary(place, "serve", "copy", "--listen", "127.0.0.1:0", "--original-stopped", "2022-01-10T09:00:00Z")
    assert said.returncode == 3
    assert "Not served" in said.stderr
    assert restored(place / "copy") is not None
    Served(place, "copy", "--listen", "127.0.0.1:0", "--original-stopped", found).end()
    assert restored(place / "copy") is None
    # Left in a service's file, it says nothing about the next restore.
    time.sleep(1.1)
    assert depositary(place, "restore", "b.tar", "later").returncode == 0
    again = depositary(place, "serve", "later", "--listen", "127.0.0.1:0", "--original-stopped", found)
    assert again.returncode == 3
    assert restored(place / "later") is not None


def test_a_time_that_is_none_serves_nothing(place: Path) -> None:
    assert depositary(place, "serve", "copy", "--original-stopped", "yes").returncode == 2
    assert restored(place / "copy") is not None


def test_status_says_that_it_is_a_copy_and_asks_for_no_backup_of_it(place: Path) -> None:
    done = depositary(place, "status", "copy")
    assert "restored from a backup: " in done.stdout
    assert "not served since" in done.stdout
    assert "this is a copy" in done.stderr
    assert "no backup within" not in done.stderr
    assert "restored" not in depositary(place, "status", "office").stdout
    shown = json.loads(depositary(place, "restore", "b.tar", "third", "--json").stdout)["restored"]
    assert shown["restored"] == json.loads(depositary(place, "status", "third", "--json").stdout)["status"]["restored"]


# --- where it listens -----------------------------------------------------------------------------------------------


def test_without_a_place_it_listens_where_parties_come(place: Path) -> None:
    said = Served(place, "office").end()
    address = office.address_of(place / "office")
    assert f"Serving at {address.removeprefix('http://')}." in said
    assert "CAREFUL" not in said


def test_another_port_than_the_addresss_is_told_with_the_one_that_fits(place: Path) -> None:
    said = " ".join(Served(place, "office", "--listen", "127.0.0.1:0").end().split())
    fits = office.address_of(place / "office").removeprefix("http://")
    assert f"CAREFUL: parties come to http://{fits}, and this is 127.0.0.1:" in said
    assert f"To listen where they come: --listen {fits}" in said


def test_behind_a_proxy_it_says_what_the_proxy_has_to_do(tmp_path: Path) -> None:
    founded = depositary(tmp_path, "init", "office", "--name", "depositary.example", "--yes")
    hint = "→ parley depositary serve office --listen 0.0.0.0:443 --tls-cert FILE --tls-key FILE"
    assert hint in founded.stderr
    assert "Behind a proxy that has the certificate: parley depositary serve office --listen 127.0.0.1:8750" in (
        " ".join(founded.stderr.split())
    )
    said = " ".join(Served(tmp_path, "office", "--listen", "127.0.0.1:0").end().split())
    assert "Parties come to https://depositary.example: a proxy with its certificate must pass them on to 127.0" in said
    assert "CAREFUL" not in said


def test_it_says_that_it_serves_only_when_it_does(place: Path) -> None:
    first = Served(place, "office")
    try:
        taken = first.said.partition("Serving at ")[2].split()[0].rstrip(".")
        founding = ("init", "other", "--name", "other.example", "--address", f"http://{taken}", "--yes")
        assert depositary(place, *founding).returncode == 0
        done = depositary(place, "serve", "other")
    finally:
        first.end()
    assert done.returncode == 4
    assert "Serving" not in done.stderr
    assert done.stderr.startswith("parley: Port ")


def test_who_cannot_reach_it_reads_where_it_was_looked_for(place: Path) -> None:
    assert depositary(place, "invite", "office", "--id", "ru", "--name", "Russia").returncode == 0
    (place / "passphrase").write_text("correct horse\n")
    done = parley(place, "init", "ru.invitation", "--passphrase-file", "passphrase")
    assert done.returncode == 4
    assert f"The depositary cannot be reached at {office.address_of(place / 'office')}." in done.stderr


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ("group.published", "09:00:00 UTC  acts entered: 1; entries in the register now: 7\n"),
        ("stopped", "09:00:00 UTC  stopped acts 1 size 7\n"),
        ("serving", ""),
    ],
)
def test_on_a_screen_the_journal_reads_as_sentences(capsys: pytest.CaptureFixture[str], event: str, line: str) -> None:
    Journal(_on_screen, lambda: BEGINNING).note(event, acts=1, size=7)
    assert capsys.readouterr().err == line
