"""Transcripts: what people type and what they read, played against a real depositary.

    # a comment
    @ 2022-01-26T17:00:00.000Z          the clock is moved
    ! write draft.md # Draft\n\nWords.  a file is written (\n is a line feed)
    ! stop · ! start · ! start copy     the depositary is stopped, started; one that was restored is
    ! lose /v1/acts                     the next answer to this path is lost, after it was done
    ! clock ru 86400                    ru's machine is so many seconds ahead
    ! large a 200000000                 a file of so many bytes, all zero
    ! move a b · ! remove a             files and folders
    ! flip a 100                        byte 100 of a file becomes another letter
    ru$ parley deposit draft.md …       a command, by an actor; {us} is the number of us, {alarm} an alarm's digits,
                                         {release us RU-1} the digits of the newest release that us is shown of RU-1
    ! change a old => new               every "old" in a file becomes "new"
    > us                                what is typed when it asks
    expected lines                      … stands for anything in a line, and alone for any lines
    exit 3 paper.not-now                the exit code, when it is not 0, and the error it ended with, if any

`python -m tests.cli.transcript NAME…` plays transcripts and rewrites them with what was said, to be read before it is
kept.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from parley.canonical import Time
from tests.cli.stage import Result, Stage, found, free_port, number_of

FOLDER = Path(__file__).parents[1] / "transcripts"
SAMPLES = Path(__file__).parents[2] / "src" / "parley" / "samples"

_COMMAND = re.compile(r"([a-z][a-z0-9-]*)\$ (parley.*)")
_VOLATILE = (
    (re.compile(r"\b[0-9a-f]{8}\b"), "…"),
    (re.compile(r"\b(?:[0-9]{5} ){7}[0-9]{5}\b"), "…"),
    (re.compile(r"127\.0\.0\.1:[0-9]+"), "127.0.0.1:…"),
    (re.compile(r"\b[0-9]+(\.[0-9])? GB\b"), "… GB"),
    (re.compile(r"(?<=informed: ).*"), "…"),  # a notice is entered after the answer that it is about
    (re.compile(r"/[^ ]*/(?=[a-z])"), "…/"),
)


@dataclass
class Step:
    """A line to play, with the answers typed, the lines expected, the exit code and the code of the error."""

    number: int
    line: str
    answers: list[str] | None = None
    expected: list[str] = field(default_factory=list)
    code: int = 0
    error: str | None = None


def parse(text: str) -> list[Step]:
    """The steps of a transcript; comments belong to nothing."""
    steps: list[Step] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(("@ ", "! ")) or _COMMAND.fullmatch(line):
            steps.append(Step(number=number, line=line))
        elif line.startswith("#") or (not line and not steps):
            continue
        elif line.startswith("> ") or line == ">":
            steps[-1].answers = [*(steps[-1].answers or []), line[2:]]
        elif match := re.fullmatch(r"exit ([0-9]+)(?: ([a-z0-9-]+\.[a-z0-9-]+))?", line):
            steps[-1].code, steps[-1].error = int(match[1]), match[2]
        else:
            steps[-1].expected.append(line)
    return steps


def play(stage: Stage, step: Step) -> Result | None:
    """Play one step; a command returns what it did."""
    if step.line.startswith("@ "):
        stage.pass_to(Time.from_text(step.line[2:].strip()))
        return None
    if step.line.startswith("! "):
        _arrange(stage, step.line[2:])
        return None
    match = _COMMAND.fullmatch(step.line)
    assert match, step.line
    return stage.run(match[1], _numbers(stage, match[2]), _answers(stage, step.answers))


def _answers(stage: Stage, answers: list[str] | None) -> list[str] | None:
    return None if answers is None else [_numbers(stage, answer) for answer in answers]


def _numbers(stage: Stage, text: str) -> str:
    text = re.sub(r"\{release ([a-z]+) ([A-Z]+-[0-9]+)\}", lambda match: _release(stage, match[1], match[2]), text)
    return re.sub(
        r"\{([a-z]+)\}",
        lambda match: _alarm(stage) if match[1] == "alarm" else number_of(stage, match[1]),
        text,
    )


def _alarm(stage: Stage) -> str:
    """The digits of the newest alarm in any home, as its file is called."""
    newest = max(stage.folder.glob("*/alarms/*.json"), key=lambda path: path.stat().st_mtime_ns)
    return re.findall(r"-([0-9a-f]{8})", newest.name)[0]


def _release(stage: Stage, actor: str, reference: str) -> str:
    shown = json.loads(stage.run(actor, f"parley show {reference} --json").data)
    return str(shown["paper"]["releases"][-1]["digest"])[:8]


def _arrange(stage: Stage, line: str) -> None:
    what, _, rest = line.partition(" ")
    match what:
        case "start":
            stage.start(copy=rest == "copy")
        case "stop":
            stage.stop()
        case "lose":
            assert stage.served is not None
            stage.served.losing.append(rest)
        case "clock":
            actor, seconds = rest.split()
            stage.offsets[actor] = int(seconds) * 1000
        case "write":
            name, _, text = rest.partition(" ")
            data = text.encode("utf-8").decode("unicode_escape").encode("latin-1")
            (stage.folder / name).write_bytes(data)
        case "large":
            name, size = rest.split()
            with (stage.folder / name).open("wb") as file:
                file.truncate(int(size))
        case "sample":
            shutil.copy(SAMPLES / rest, stage.folder / rest)
        case "move":
            source, target = rest.split()
            (stage.folder / source).rename(stage.folder / target)
        case "remove":
            path = stage.folder / rest
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        case "change":
            name, _, words = rest.partition(" ")
            old, new = (part.encode("utf-8") for part in words.split(" => "))
            assert old in (stage.folder / name).read_bytes()
            (stage.folder / name).write_bytes((stage.folder / name).read_bytes().replace(old, new))
        case "flip":
            name, place = rest.split()
            data = bytearray((stage.folder / name).read_bytes())
            data[int(place)] = ord("B") if data[int(place)] == ord("A") else ord("A")  # still base64
            (stage.folder / name).write_bytes(bytes(data))
        case _:
            raise AssertionError(f"unknown: ! {line}")


def matches(expected: list[str], said: list[str]) -> bool:
    """Whether what was said is what a transcript expects: … alone stands for any number of lines."""
    expected, said = _trimmed(expected), _trimmed(said)
    pattern = ""
    for line in expected:
        pattern += (
            r"(?:.*\n)*?" if line.strip() == "…" else ".*?".join(map(re.escape, line.rstrip().split("…"))) + r"\n"
        )
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in said)) is not None


def _trimmed(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]


def check(stage: Stage, text: str) -> None:
    """Play a whole transcript. Raises AssertionError at the first step that goes otherwise."""
    for step in parse(text):
        result = play(stage, step)
        if result is None:
            continue
        said = result.said.splitlines()
        where = f"line {step.number}: {step.line}\n\n{result.said}\n"
        ended, expected = _ended(result.code, _code(result)), _ended(step.code, step.error)
        assert ended == expected, f"{where}{ended}, expected {expected}"
        assert matches(step.expected, said), f"{where}expected:\n" + "\n".join(step.expected)


def _code(result: Result) -> str | None:
    return result.error.code if result.error else None


def _ended(code: int, error: str | None) -> str:
    return f"exit {code} {error}" if error else f"exit {code}"


def record(stage: Stage, text: str) -> str:
    """Play a transcript and return it with what was said in place of what was expected."""
    steps = {step.number: step for step in parse(text)}
    dropped = {number for step in steps.values() for number in _lines_of(step, text)}
    written: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if number in dropped:
            continue
        if number not in steps:
            written.append(line)
            continue
        step = steps[number]
        if _COMMAND.fullmatch(line) and written and written[-1]:
            written.append("")
        written.append(line)
        written += [f"> {answer}".rstrip() for answer in step.answers or []]
        result = play(stage, step)
        if result is not None:
            written += [_settled(each) for each in _trimmed(result.said.splitlines())]
            written += [_ended(result.code, _code(result))] if result.code else []
    return "\n".join(written) + "\n"


def _lines_of(step: Step, text: str) -> list[int]:
    """The numbers of the lines that belong to a step: answers, what is expected, the exit code."""
    found_, lines = [], text.splitlines()
    for number in range(step.number + 1, len(lines) + 1):
        line = lines[number - 1]
        if line.startswith(("@ ", "! ", "#")) or _COMMAND.fullmatch(line):
            break
        found_.append(number)
    return found_


def _settled(line: str) -> str:
    for pattern, stands in _VOLATILE:
        line = pattern.sub(stands, line)
    return line.rstrip()


def _main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        template = Stage(Path(folder) / "template", free_port())
        template.folder.mkdir()
        found(template)
        for path in sorted(FOLDER.glob("*.txt")):
            if names and path.stem not in names:
                continue
            stage = template.copy_to(Path(folder) / path.stem)
            stage.start()
            try:
                path.write_text(record(stage, path.read_text("utf-8")), "utf-8")
            finally:
                stage.stop()


if __name__ == "__main__":
    _main(sys.argv[1:])
