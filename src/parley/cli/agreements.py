"""Agreements as data: whether a file holds together, and what it says, in sentences."""

from __future__ import annotations

from pathlib import Path

import click

from parley.cli.command import command
from parley.cli.session import Session
from parley.words import say


@command("check", data=True, home=False, secret=False)
@click.argument("file", type=click.Path(path_type=Path))
def agreement_check(session: Session, file: Path) -> int:
    from parley.cli.files import read_file
    from parley.measures.agreement_file import LARGEST, examine
    from parley.words.agreements import fault, label

    agreement, faults = examine(read_file(file, most=LARGEST))
    if session.json:
        found = [{"code": each.code, "line": each.details["line"], "says": fault(each)} for each in faults]
        session.print_json("faults", found)
    elif faults or agreement is None:
        session.data([fault(each) for each in faults])
        session.tell(say("agreement.one-fault") if len(faults) == 1 else say("agreement.faults", count=len(faults)))
    else:
        marks = [each.mark for each in agreement.marked()]
        counts = {name: len(getattr(agreement, name)) for name in ("provisions", "forms", "measures")}
        open_ = marks.count("to_be_checked")
        session.data(say("agreement.sound", name=label(agreement.name), numbers=len(marks), open=open_, **counts))
    return 2 if faults else 0


@command("show", data=True, home=False, secret=False)
@click.argument("agreement", metavar="NAME|FILE", required=False)
def agreement_show(session: Session, agreement: str | None) -> None:
    from parley.cli.under import agreement_of
    from parley.measures.agreement_file import plain
    from parley.words.agreements import told

    if agreement is None:
        _list(session)
        return
    found = agreement_of(agreement)
    if session.json:
        session.print_json("agreement", plain(found))
        return
    session.prose(told(found))


def _list(session: Session) -> None:
    """Those that come with the program."""
    from parley.cli.templates import names
    from parley.cli.under import agreement_of
    from parley.words.agreements import label
    from parley.words.table import table

    rows = [[name, label(agreement_of(name).name)] for name in names()]
    if session.json:
        session.print_json("agreements", [{"name": name, "title": title} for name, title in rows])
        return
    head = [say("agreement.column-name"), say("agreement.column-title")]
    session.data(table(head, rows, plain=session.lines_only, most=session.width))
