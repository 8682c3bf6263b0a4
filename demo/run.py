"""`./run demo [--pause] [--keep DIR]`: the story in the terminal, and as one page to open.

The folder is a temporary one unless --keep names one; story.html and the proofs then stay, and so do both homes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from demo.page import page
from demo.stage import PASSPHRASE, RU, US, Stage
from demo.story import FOOT, tell
from demo.telling import Beat, Line
from parley.errors import ParleyError
from parley.words import explain

_COLOURS = {"plain": "", "quiet": "2", "good": "32", "late": "31", "words": "3"}
WIDEST = 100
INTERRUPTED = 130


def main(arguments: Sequence[str], out: TextIO = sys.stdout) -> int:
    """Play the story; returns the exit code of the program: 0 when all went as told, 130 when somebody stopped it."""
    options = _options(arguments)
    # `./run` works in the checkout; a folder that was typed is one where it was typed.
    keep: Path | None = Path(os.environ.get("PARLEY_CALLED_FROM", ".")) / options.keep if options.keep else None
    if keep is not None and keep.exists() and any(keep.iterdir()):
        out.write(f"{keep} is not empty. Name a new folder with --keep.\n")
        return 2
    folder = keep.resolve() if keep else Path(tempfile.mkdtemp(prefix="parley-demo-"))
    stage = Stage(folder)
    try:
        beats = _play(stage, out, pause=options.pause)
    except ParleyError as error:
        out.write(f"The demo stopped: {explain(error)}\n")
        return 1
    except KeyboardInterrupt:
        out.write("\nStopped.\n")
        stage.close()  # first, since the office goes on reading the clock there until it has ended
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
        return INTERRUPTED
    finally:
        stage.close()
    story = folder / "story.html"
    story.write_text(page(beats), "utf-8")
    out.write(f"\n{FOOT}\n\n")
    if keep:
        _say_how_to_play_on(stage, out)
    else:
        _leave_the_proofs(stage, out)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run demo", description="Two governments, one depositary, four cheats.")
    parser.add_argument("--pause", action="store_true", help="stop at each sentence until Enter is pressed")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep everything in DIR, to play on")
    return parser.parse_args(arguments)


def _play(stage: Stage, out: TextIO, *, pause: bool) -> list[Beat]:
    beats = []
    for beat in tell(stage):
        _print(beat, out)
        beats.append(beat)
        if pause:
            out.write("  … Enter")
            out.flush()
            sys.stdin.readline()
    return beats


def _print(beat: Beat, out: TextIO) -> None:
    colours = out.isatty() and "NO_COLOR" not in os.environ
    out.write("\n")
    for line in textwrap.wrap(beat.said, _width()):
        out.write(f"\x1b[1m{line}\x1b[0m\n" if colours else f"{line}\n")
    for shown in beat.lines:
        out.write(_coloured(shown) if colours else _wrapped(shown))
    out.flush()


def _width() -> int:
    return min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)


def _wrapped(line: Line) -> str:
    return textwrap.fill(line.text, _width(), initial_indent="    ", subsequent_indent="      ") + "\n"


def _coloured(line: Line) -> str:
    code = _COLOURS[line.tone]
    return f"\x1b[{code}m{_wrapped(line)[:-1]}\x1b[0m\n" if code else _wrapped(line)


def _say_how_to_play_on(stage: Stage, out: TextIO) -> None:
    folder = stage.folder
    _name_the_pages(folder, out)
    out.write(f"The proofs:  {stage.files}   (parley verify FILE --trust {stage.files / 'stranger.trust'})\n\n")
    out.write("To play on, at today's time, in three terminals. The passphrase of both homes is:\n")
    out.write(f"    {PASSPHRASE}\n")
    out.write(f"    ./run parley depositary serve {stage.office} --listen 127.0.0.1:{stage.port} --clock-checked\n")
    for party in (RU, US):
        out.write(f"    ./run parley --home {folder / party}\n")
    out.write("Then, in the last of them, after the same words:\n")
    for line in ("status", "coverage US-1", f"compare {stage.files / 'leaked.txt'} US-1", "read US-1"):
        out.write(f"    ./run parley --home {folder / US} {line}\n")


def _name_the_pages(folder: Path, out: TextIO) -> None:
    """The pages to open in a browser: the story, what both sides show, and what checks it."""
    out.write(f"The story:   {folder / 'story.html'}\n")
    out.write(f"The record:  {folder / 'public' / 'record' / 'index.html'}   (all that the public may see)\n")
    out.write(f"The essence: {folder / 'public' / 'essence.html'}   (what both agreed to show)\n")
    out.write(f"To check it: {folder / 'public' / 'verify.html'}    (open it, and drop the other page into it)\n")


def _leave_the_proofs(stage: Stage, out: TextIO) -> None:
    """Keep the page and the proofs in a folder of this checkout, and let the homes and the office go."""
    target = Path(".build") / "demo"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copy(stage.folder / "story.html", target)
    shutil.copytree(stage.files, target / "proofs")
    shutil.copytree(stage.public, target / "public")
    shutil.rmtree(stage.folder)
    _name_the_pages(target, out)
    out.write(f"The proofs:  {target / 'proofs'}\n")
    out.write(
        f"Check one:   ./run parley verify {target}/proofs/US-1.evidence --trust {target}/proofs/stranger.trust\n"
    )
    out.write("Once more, and keep both homes to play on:  ./run demo --keep try\n")
