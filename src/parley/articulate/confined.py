"""Files of strangers, read where they can do no harm: by a child process with limits, and only a document comes out.

The child is our own Python, isolated (-I), with a limit on processor time, memory and file size, no new files and no
children of its own; the file goes in by pipe. What comes out is read by the parent as strictly as any document.json.
Where the system knows no such limits (Windows), the clock alone ends the child.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from typing import Literal

from parley.articulate.answering import Asked, Recorder, Resolve, settle
from parley.articulate.builder import Changes, Particulars
from parley.canonical import Record, decode, encode
from parley.document import Document, File, LanguageStatus, Prevails, Standing
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable

SECONDS, MEMORY, WALL = 20, 1 << 30, 60
MAX_INPUT, MAX_OUTPUT = 64 << 20, 64 << 20
READERS = {"akn": "parley.articulate.akn", "docx": "parley.articulate.docx", "html": "parley.articulate.html"}
"""Readers that run only in the child: a module with `prepare()`, which loads what reading needs, and
`read(name, data, particulars, resolve) -> (Document, left out)`."""


class LeftOut(Record, frozen=True):
    """What a reader did not take from a file: a code ("script", "hidden"), and how many."""

    what: str
    count: int


class _Task(Record, frozen=True):
    """What the child is asked, before the bytes of the file."""

    answers: bool
    attachments: tuple[File, ...]
    changes: Changes
    language: str
    name: str
    original: File | None
    prevails: Prevails
    reader: str
    standing: Standing
    status: LanguageStatus


class _Answer(Record, frozen=True):
    """What the child says: a document with what was left out and what its answers name, or an error of ours."""

    asked: tuple[Asked, ...]
    details: dict[str, str | int]
    document: Document | None
    error: str
    family: Literal["", "Malformed", "Invalid", "Refused", "Unavailable"]
    left_out: tuple[LeftOut, ...]


def read(
    reader: str,
    name: str,
    data: bytes,
    particulars: Particulars,
    resolve: Resolve | None = None,
    *,
    seconds: int = SECONDS,
    memory: int = MEMORY,
    wall: float = WALL,
) -> tuple[Document, tuple[LeftOut, ...]]:
    """Read a file with one of READERS in the child; `seconds` of processor, `memory` in bytes, `wall` seconds in all.

    What answer lines name is looked up here, after the child has ended: it holds no key and opens no paper.
    Verifies of what comes back all that `Document.from_bytes` does; not that it is what stands in the file.
    Raises: Malformed("articulate.too-much") when the child needs more than its limits or ends without an answer,
    Malformed("articulate.too-long") for a file that is too large, and whatever the reader raises.
    """
    if len(data) > MAX_INPUT:
        raise Malformed("articulate.too-long", most=MAX_INPUT)
    task = encode(
        _Task(
            answers=resolve is not None,
            changes=particulars.changes,
            attachments=particulars.attachments,
            language=particulars.language,
            name=name,
            original=particulars.original,
            prevails=particulars.prevails,
            reader=reader,
            standing=particulars.standing,
            status=particulars.status,
        )
    )
    command = [sys.executable, "-I", "-m", __name__, str(seconds), str(memory)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module; the file is input, never an argument
            command,
            input=len(task).to_bytes(4, "big") + task + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=wall,
            env={},
            cwd=os.sep,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Malformed("articulate.too-much") from error
    except OSError as error:
        raise Unavailable("articulate.no-child") from error
    if done.returncode or len(done.stdout) > MAX_OUTPUT:
        raise Malformed("articulate.too-much")
    answer = decode(done.stdout, _Answer)
    if answer.document is None:
        raise _error(answer)
    document = settle(answer.document, answer.asked, resolve) if resolve is not None else answer.document
    return document, answer.left_out


def _error(answer: _Answer) -> ParleyError:
    code, details = answer.error or "articulate.too-much", answer.details
    if answer.family == "Refused":
        return Refused(code, **{name: value for name, value in details.items() if name != "winner"})  # type: ignore[arg-type]  # winner is none of these
    return {"Invalid": Invalid, "Unavailable": Unavailable}.get(answer.family, Malformed)(code, **details)


def _confine(seconds: int, memory: int) -> None:
    """Take from this process what reading a file does not need. Open files stay; new ones are refused from here on."""
    try:
        import resource
    except ImportError:
        return
    for limit, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # a limit that is already lower stays
            resource.setrlimit(limit, (most, most))


def main() -> None:
    """The child: import the reader, give up everything, read, answer."""
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    given = sys.stdin.buffer.read(MAX_INPUT + (1 << 20))
    size = int.from_bytes(given[:4], "big")
    task = decode(given[4 : 4 + size], _Task)
    module = import_module(READERS[task.reader])
    module.prepare()
    _confine(seconds, memory)
    particulars = Particulars(
        language=task.language,
        status=task.status,
        standing=task.standing,
        attachments=task.attachments,
        original=task.original,
        prevails=task.prevails,
        changes=task.changes,
    )
    recorder = Recorder()
    try:
        document, left_out = module.read(task.name, given[4 + size :], particulars, recorder if task.answers else None)
        answer = _Answer(
            asked=tuple(recorder.asked), details={}, document=document, error="", family="", left_out=left_out
        )
    except ParleyError as error:
        family = type(error).__name__
        answer = _Answer(asked=(), details=error.details, document=None, error=error.code, family=family, left_out=())  # type: ignore[arg-type]  # one of four
    sys.stdout.buffer.write(encode(answer))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
