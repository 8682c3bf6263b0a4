"""Run a depositary: found it, serve it, invite parties, look at it, copy it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parley.cli.command import command
from parley.cli.files import check_new, size, write_new
from parley.cli.session import Session
from parley.cli.setup import instant
from parley.errors import Malformed, Refused, Unavailable
from parley.words import say, with_article
from parley.words.clock import Clocks
from parley.words.table import pairs

if TYPE_CHECKING:
    from parley.canonical import Time

PATH = click.Path(path_type=Path)
LEAST_FREE = 1 << 30
"""Bytes of free disk below which the operator is told."""

DAY = 24 * 3600 * 1000


@command("init", asks=True, home=False, secret=False)
@click.argument("folder", type=PATH)
@click.option("--name", required=True)
@click.option("--address")
@click.option("--contact", default="")
@click.option("--largest-paper", type=click.IntRange(1), default=1 << 10, metavar="MB")
@click.option("--most-recipients", type=click.IntRange(1, 1000), default=50, metavar="NUMBER")
def depositary_init(
    session: Session,
    folder: Path,
    name: str,
    address: str | None,
    contact: str,
    largest_paper: int,
    most_recipients: int,
) -> None:
    import msgspec

    from parley.depositary import create, default_rules

    _check_unused(folder)
    address = address or f"https://{name}"
    rules = default_rules(contact or f"the office of {name}")
    rules = msgspec.structs.replace(rules, largest_payload=largest_paper << 20, most_recipients=most_recipients)
    session.tell(say("depositary.head", name=name, address=address))
    session.tell(
        [
            f"- {line}"
            for line in (
                say("depositary.rule-enrolment"),
                say("depositary.rule-paper", size=size(rules.largest_payload)),
                say("depositary.rule-act", size=size(rules.largest_act)),
                say("depositary.rule-recipients", count=rules.most_recipients),
                say("depositary.rule-contact", contact=rules.contact),
                say("depositary.rule-reading"),
                say("depositary.rule-order"),
            )
        ]
    )
    session.tell(say("depositary.for-ever"))
    session.confirm(say("depositary.confirm"), say("depositary.yes"))
    genesis = create(folder, name=name, address=address, rules=rules, now=session.now)
    session.tell(say("depositary.founded", log=genesis.log, folder=folder))
    _how_to_serve(session, folder, address)


def _how_to_serve(session: Session, folder: Path, address: str) -> None:
    """The command that listens where parties come, and the one behind a proxy; then the invitations."""
    from parley.depositary.listening import fitting, usual

    serve, tls = f"parley depositary serve {folder} --listen", address.startswith("https")
    own = f"{serve} {fitting(address)}" + (" --tls-cert FILE --tls-key FILE" if tls else "")
    session.tell(say("ask.next", commands=f"{own} · parley depositary invite {folder} --id …"))
    if tls:
        session.tell(say("depositary.or-proxy", command=f"{serve} {usual(address)}"))


def _check_unused(folder: Path) -> None:
    """Before anything is asked: a folder with something in it is no place for a new depositary."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Malformed("use.depositary-exists", path=str(folder))
    except OSError as error:
        raise Unavailable("file.unreadable", file=str(folder)) from error


@command("serve", home=False, secret=False)
@click.argument("folder", type=PATH)
@click.option("--listen", metavar="HOST:PORT")
@click.option("--tls-cert", type=PATH, metavar="FILE")
@click.option("--tls-key", type=PATH, metavar="FILE")
@click.option("--clock-checked", is_flag=True)
@click.option("--original-stopped", metavar="TIME")
def depositary_serve(
    session: Session,
    folder: Path,
    listen: str | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    clock_checked: bool,
    original_stopped: str | None,
) -> None:
    from parley.depositary import address_of, serve
    from parley.depositary.listening import parse, usual

    if (tls_cert is None) != (tls_key is None):
        raise Malformed("use.tls-both")
    _check_there(folder)
    address = address_of(folder)
    listen = listen or usual(address)
    parse(listen)
    serve(
        folder,
        listen=listen,
        certificate=tls_cert,
        key=tls_key,
        clock_checked=clock_checked,
        original_stopped=_original_stopped(session, folder, original_stopped),
        write=_on_screen if sys.stderr.isatty() else sys.stderr.write,
        on_serving=lambda host, port: _say_where(session, address, host, port, tls=tls_cert is not None),
    )
    session.tell(say("depositary.stopped"))


def _on_screen(line: str) -> None:
    """An event of the journal as somebody at a terminal reads it; anything else than a screen gets it as it is."""
    import json

    event = json.loads(line)
    if event["event"] == "serving":
        return  # is said in a sentence of its own
    time, name = event.pop("time")[11:19], event.pop("event")
    what = " ".join(f"{key} {value}" for key, value in event.items())
    told = say("depositary.entered", **event) if name == "group.published" else f"{name} {what}"
    sys.stderr.write(f"{time} UTC  {told}\n")


def _original_stopped(session: Session, folder: Path, said: str | None) -> Time | None:
    """Of a folder that was restored, have somebody say that its original is stopped. Raises: Refused, Malformed."""
    from parley.depositary import restored

    time = restored(folder)
    if time is None:
        return None
    if said is not None:
        return instant(said, "UTC")
    session.tell(say("depositary.is-copy", folder=folder, time=Clocks().instant(time, seconds=True)))
    missing = f"--original-stopped {time.to_text()}"
    typed = session.question(say("depositary.confirm-stopped"), missing=missing)
    if typed.strip().casefold() != say("depositary.stopped-word"):
        raise Refused("depositary.restored", restored=time.to_text())
    return time


def _say_where(session: Session, address: str, host: str, port: int, *, tls: bool) -> None:
    """Once it listens: where, and whether parties find it there."""
    from parley.depositary.listening import Gap, fitting, gap, written

    listen = written(host, port)
    session.tell(say("depositary.serving", listen=listen))
    match gap(address, host, port, tls=tls):
        case Gap.PROXY:
            session.tell(say("depositary.by-proxy", address=address, listen=listen))
        case Gap.PLACE:
            session.tell(say("depositary.other-place", address=address, listen=listen, fitting=fitting(address)))
        case Gap.KIND:
            session.tell(say("depositary.other-kind", address=address))
        case None:
            pass


def _check_there(folder: Path) -> None:
    if not (folder / "entries.sqlite").is_file():
        raise Malformed("use.depositary-none", path=str(folder))


@command("invite", data=True, home=False, secret=False)
@click.argument("folder", type=PATH)
@click.option("--id", "party", required=True)
@click.option("--name", required=True)
@click.option("--days", type=click.IntRange(1, 3650), default=30, metavar="NUMBER")
@click.option("--until")
@click.option("-o", "--output", type=PATH, metavar="FILE")
def depositary_invite(
    session: Session, folder: Path, party: str, name: str, days: int, until: str | None, output: Path | None
) -> None:
    from parley.canonical import Time
    from parley.depositary import invite

    _check_there(folder)
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,31}", party):
        raise Malformed("invitation.id")
    target = check_new(output or Path(f"{party}.invitation"))
    end = instant(until, "UTC") if until else Time(session.now() + days * DAY)
    invitation = invite(folder, party=party, name=name, until=end)
    write_new(target, invitation.print(), private=True)
    if session.json:
        session.print_json("invitation", {"file": target, "id": party, "name": name, "until": end})
        return
    session.data(str(target))
    session.tell(say("depositary.invited", file=target, name=with_article(name), time=Clocks().instant(end)))


@command("status", data=True, home=False, secret=False)
@click.argument("folder", type=PATH)
def depositary_status(session: Session, folder: Path) -> None:
    from parley.depositary import status

    _check_there(folder)
    found = status(folder, now=session.now)
    if session.json:
        session.print_json("status", found)
        return
    clocks = Clocks()
    backup = clocks.instant(found.last_backup) if found.last_backup is not None else say("depositary.never")
    rows = [
        (say("depositary.name"), found.name),
        (say("depositary.address"), found.address),
        (say("depositary.version"), found.version),
        (say("depositary.served"), say("depositary.served-yes" if found.served else "depositary.served-no")),
        (say("depositary.parties"), ", ".join(found.parties) or say("telling.nobody")),
        (say("depositary.negotiations"), str(found.negotiations)),
        (say("depositary.waiting"), str(found.papers_waiting)),
        (say("depositary.expiring"), str(found.papers_expiring)),
        (say("depositary.entries"), str(found.entries)),
        (say("depositary.newest"), clocks.instant(found.checkpoint_time, seconds=True)),
        (say("depositary.disk"), size(found.disk_free)),
        (say("depositary.backup"), backup),
    ]
    if found.restored is not None:
        when = say("depositary.copy-served", time=clocks.instant(found.restored, seconds=True))
        rows.insert(3, (say("depositary.copy"), when))
    session.data(pairs(rows, plain=session.lines_only))
    if found.disk_free < LEAST_FREE:
        session.tell(say("depositary.disk-low", size=size(found.disk_free)))
    if found.restored is not None:
        session.tell(say("depositary.copy-careful"))
    elif found.last_backup is None or session.now() - found.last_backup > DAY:
        session.tell(say("depositary.no-backup", folder=folder))


@command("backup", data=True, home=False, secret=False)
@click.argument("folder", type=PATH)
@click.option("-o", "--output", type=PATH, metavar="FILE", required=True)
def depositary_backup(session: Session, folder: Path, output: Path) -> None:
    from parley.cli.progress import working
    from parley.depositary import backup

    _check_there(folder)
    check_new(output)
    with working(session, say("working.copying")):
        view = backup(folder, output, now=session.now)
    if session.json:
        session.print_json("backup", {"file": output, "entries": view.size, "time": view.time})
        return
    session.data(str(output))
    session.tell(say("depositary.backed-up", file=output, entries=view.size))


@command("restore", data=True, home=False, secret=False)
@click.argument("file", type=PATH)
@click.argument("folder", type=PATH)
def depositary_restore(session: Session, file: Path, folder: Path) -> None:
    from parley.cli.files import check_source
    from parley.cli.progress import working
    from parley.depositary import restore, restored

    check_source(file)
    _check_unused(folder)
    with working(session, say("working.copying")):
        view = restore(file, folder, now=session.now)
    if session.json:
        found = {"folder": folder, "entries": view.size, "time": view.time, "restored": restored(folder)}
        session.print_json("restored", found)
        return
    time = Clocks().instant(view.time, seconds=True)
    session.tell(say("depositary.restored", folder=folder, entries=view.size, time=time))
    session.tell(say("depositary.restored-careful"))
