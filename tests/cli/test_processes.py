"""The installed command in processes of its own: served, piped, at a terminal, stopped."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.stage import PASSPHRASE, Stage, free_port

PARLEY = [sys.executable, "-c", "from parley.cli import main; main()"]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY")}
    return {**kept, "COLUMNS": "100", "LINES": "10", **more}


def parley(folder: Path, *arguments: str, home: str = "home", **more: str) -> subprocess.CompletedProcess[str]:
    """Run `parley` without a terminal."""
    return subprocess.run(
        [*PARLEY, *arguments],
        cwd=folder,
        env=environment(PARLEY_HOME=str(folder / home), **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def at_terminal(
    folder: Path, *arguments: str, typed: tuple[tuple[bytes, bytes], ...] = (), **more: str
) -> tuple[int, str]:
    """Run `parley` at a terminal of its own; returns the exit code and all that stood on the screen.

    `typed` are prompts and what is typed once they stand there.
    """
    master, other = pty.openpty()
    process = subprocess.Popen(
        [*PARLEY, *arguments],
        cwd=folder,
        env=environment(**more),
        stdin=other,
        stdout=other,
        stderr=other,
        start_new_session=True,
    )
    os.close(other)
    seen, waiting = b"", list(typed)
    while select.select([master], [], [], 60)[0]:
        try:
            piece = os.read(master, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not piece:
            break
        seen += piece
        while waiting and waiting[0][0] in seen:
            os.write(master, waiting.pop(0)[1])
    os.close(master)
    return process.wait(timeout=60), seen.decode("utf-8", "replace")


def test_a_served_depositary_and_a_party_in_processes(tmp_path: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    founding = ["depositary", "init", "office", "--name", "depositary.example", "--address", address, "--yes"]
    assert parley(tmp_path, *founding).returncode == 0
    assert parley(tmp_path, "depositary", "invite", "office", "--id", "ru", "--name", "Russia").returncode == 0
    with subprocess.Popen(
        [*PARLEY, "depositary", "serve", "office", "--listen", f"127.0.0.1:{port}"],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stderr is not None
        try:
            while '"event": "serving"' not in served.stderr.readline():
                assert served.poll() is None
            founded = parley(tmp_path, "init", "ru.invitation", "--passphrase-file", "passphrase")
            assert founded.returncode == 0, founded.stderr
            assert founded.stdout == ""
            front = parley(tmp_path, PARLEY_PASSPHRASE=PASSPHRASE)
            assert front.returncode == 0, front.stderr
            assert front.stdout.startswith("Russia · ")
            assert "served: yes" in parley(tmp_path, "depositary", "status", "office").stdout
            again = parley(tmp_path, "depositary", "serve", "office", "--listen", "127.0.0.1:0")
            assert (again.returncode, again.stderr.splitlines()[-1][:40]) == (
                3,
                "parley: This depositary is being served ",
            )
        finally:
            served.send_signal(signal.SIGINT)
            rest = served.stderr.read()
        assert served.wait() == 0
        assert "Stopped." in rest
    away = parley(tmp_path, "inbox", PARLEY_PASSPHRASE=PASSPHRASE)
    assert away.returncode == 4
    assert away.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["inbox"], ["receive", "RU-1", "--accept", "--yes"], ["audit"]])
def test_without_a_terminal_and_a_passphrase_it_is_wrong_use(stage: Stage, arguments: list[str]) -> None:
    done = parley(stage.folder, *arguments, home="ru")
    assert done.returncode == 2
    assert done.stderr == "parley: There is no terminal to ask for the passphrase. Give --passphrase-file FILE.\n"


def test_a_passphrase_typed_at_a_terminal_is_not_shown(stage: Stage) -> None:
    home = str(stage.folder / "ru")
    typed = ((b"Passphrase:", b"not the one\nnor this\nnor that\n"),)
    code, screen = at_terminal(stage.folder, "audit", "--home", home, typed=typed)
    assert code == 2
    assert screen.count("Passphrase:") == 3
    assert "not the one" not in screen
    assert "That is not the passphrase of this home." in screen
    assert "Three times this was not it" in screen


@pytest.mark.parametrize("line", [("--help",), ("deposit", "--help"), ("empower", "--help"), ("depositary", "--help")])
def test_help_is_as_wide_as_the_screen(tmp_path: Path, line: tuple[str, ...]) -> None:
    code, screen = at_terminal(tmp_path, *line, COLUMNS="80")
    assert code == 0
    commands = ("  parley", "Usage")  # to be copied as they are
    assert [each for each in screen.splitlines() if len(each) > 80 and not each.startswith(commands)] == []


def test_a_table_at_a_terminal_and_lines_in_a_pipe(stage: Stage) -> None:
    home = str(stage.folder / "ru")
    code, screen = at_terminal(stage.folder, "officers", "--home", home, PARLEY_PASSPHRASE=PASSPHRASE)
    assert code == 0
    assert re.match(r"name +office +may +until +state +key\r\n", screen)
    assert "\x1b[" not in screen
    assert "name: A. Petrova" in parley(stage.folder, "officers", home="ru", PARLEY_PASSPHRASE=PASSPHRASE).stdout


def test_the_pager_gets_the_text_by_a_pipe_and_may_do_nothing_else(stage: Stage) -> None:
    """A stand-in for `less` writes down its environment, and gives back what it reads."""
    words = "\n\n".join(f"Paragraph {number}." for number in range(40))
    (stage.folder / "paper.md").write_text(f"# Letter\n\n{words}\n", "utf-8")
    assert stage.run("ru", "parley deposit paper.md --to us --role note --terms essence --yes").code == 0
    tools = stage.folder / "tools"
    tools.mkdir()
    (tools / "less").write_text('#!/bin/sh\n/usr/bin/env > "$SEEN"\n/bin/cat\n')
    (tools / "less").chmod(0o755)
    seen = stage.folder / "seen"
    more = {"PATH": str(tools), "SEEN": str(seen), "PARLEY_PASSPHRASE": PASSPHRASE}
    home = str(stage.folder / "ru")
    # What is read is ours and held here: the depositary, whose clock is another, is not asked.
    stage.stop()
    code, screen = at_terminal(stage.folder, "read", "RU-1", "--home", home, **more)
    assert code == 0, screen
    assert "Paragraph 39." in screen
    told = seen.read_text()
    assert "LESSSECURE=1" in told
    assert "LESSHISTFILE=-" in told
    assert "PARLEY_PASSPHRASE" not in told
