"""Set up: a party's officers, and the way back when something is lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click

from parley.act import Capability
from parley.cli.command import command
from parley.cli.session import Session
from parley.errors import Malformed
from parley.words import say, term, zones
from parley.words.clock import end_of_day, is_day, left, read_instant, short_day
from parley.words.neutral import shown
from parley.words.table import table

if TYPE_CHECKING:
    from parley.canonical import Time
    from parley.client import Delegation, Root
    from parley.client.views import Officer

CAPABILITIES: dict[str, Capability] = {name: name for name in get_args(Capability)}
PATH = click.Path(path_type=Path)


def instant(text: str, zone: str) -> Time:
    """An instant or a bare date, which means the end of that day in the zone. Raises: Malformed."""
    return end_of_day(text, zone) if is_day(text) else read_instant(text)


def machine_zone() -> str:
    """The time zone this machine is set to, UTC where it does not say."""
    import os

    named = os.environ.get("TZ", "").lstrip(":")
    link = str(Path("/etc/localtime").resolve()) if not named else ""
    found = named or link.partition("zoneinfo/")[2]
    return found if "/" in found and found in zones.names() else "UTC"


# --- officers ---------------------------------------------------------------------------------------------------


@command("officers", data=True)
@click.option("-o", "--file", "output", type=PATH, metavar="FILE")
def officers(session: Session, output: Path | None) -> None:
    with session.delegation() as delegation:
        if output is not None:
            from parley.cli.files import write_new

            write_new(output, delegation.office_file())
            session.tell(say("officers.written", file=output))
            return
        found = delegation.officers()
    if session.json:
        session.print_json("officers", found)
        return
    head = [say(f"officers.{column}") for column in ("name", "office", "may", "until", "state", "key")]
    rows = [_officer_row(each, session.now()) for each in found]
    session.data(table(head, rows, plain=session.lines_only, most=session.width))


def _officer_row(officer: Officer, now: Time) -> list[str]:
    if officer.revoked is not None:
        state = say("officers.revoked", day=short_day(officer.revoked))
    elif officer.is_me:
        state = say("officers.you", left=left(now, officer.until))
    else:
        state = left(now, officer.until)
    name = shown(officer.holder.name) or officer.key[:8]
    return [
        name,
        shown(officer.holder.office),
        may(officer.capabilities) if officer.needs == 1 else say("officers.two", may=may(officer.capabilities)),
        short_day(officer.until),
        state,
        officer.key[:8],
    ]


def may(capabilities: tuple[str, ...]) -> str:
    """What an officer may do, in words."""
    return ", ".join(term("capabilities", each) for each in capabilities)


def _root(session: Session, delegation: Delegation, root: Path | None, sheet: Path | None) -> Root:
    """The root, from its stick or from the sheet."""
    if root is None and sheet is None:
        root = session.asked_until(say("ask.root-file"), _root_file, missing="--root FILE")
    if sheet is not None:
        from parley.cli.files import read_text
        from parley.words.pages import read_sheet

        return delegation.open_sheet(read_sheet(read_text(sheet)).groups)
    assert root is not None  # noqa: S101 - asked for above
    file, passphrase = root, session.passphrase()
    if not session.asked:
        return delegation.open_root(file, passphrase)
    return session.asked_until(
        say("ask.root-passphrase"),
        lambda typed: delegation.open_root(file, typed or passphrase),
        missing="--passphrase-file",
        hidden=True,
    )


def _root_file(text: str) -> Path:
    from parley.cli.files import check_source

    return check_source(Path(text.strip()))


ROOT = click.option("--root", type=PATH, metavar="FILE")
SHEET = click.option("--sheet", type=PATH, metavar="FILE")


@command("empower", data=True, asks=True)
@click.argument("request", type=PATH)
@click.option("--may", "may_", required=True)
@click.option("--until", required=True)
@click.option("--from", "since")
@click.option("--office")
@click.option("--needs", type=click.IntRange(1, 2), default=1, metavar="1|2")
@ROOT
@SHEET
def empower(
    session: Session,
    request: Path,
    may_: str,
    until: str,
    since: str | None,
    office: str | None,
    needs: Literal[1, 2],
    root: Path | None,
    sheet: Path | None,
) -> None:
    from parley.cli.files import read_file

    data = read_file(request, most=1 << 20)
    capabilities = _capabilities(may_)
    with session.delegation() as delegation:
        zone = delegation.me().zone
        end = instant(until, zone)
        begins = instant(since, zone) if since else None
        delegation.check_request(data, until=end)
        delegation.check_not_stopped()
        session.tell(say("officers.empowering", may=may(capabilities), time=session.clocks().instant(end)))
        if needs == 2:
            session.tell(say("officers.by-two"))
        _sign_for_us(session)
        found = delegation.empower(
            data,
            root=_root(session, delegation, root, sheet),
            may=capabilities,
            until=end,
            since=begins,
            office=office,
            needs=needs,
        )
    if session.json:
        session.print_json("empowered", found)
        return
    name = shown(found.officer.holder.name) or found.officer.key[:8]
    session.tell(say("officers.empowered", name=name, may=may(found.officer.capabilities)))
    session.tell(say("officers.put-root-away"))


def _sign_for_us(session: Session) -> None:
    """Have our own party's short name, or its name, typed before the root signs."""
    session.confirm(say("ask.sign-own", word=session.ours), session.ours, session.name(session.ours))


def _capabilities(text: str) -> tuple[Capability, ...]:
    found = sorted({part.strip().casefold() for part in text.split(",") if part.strip()})
    for part in found or [text]:
        if part not in CAPABILITIES:
            raise Malformed("use.capabilities", text=part[:40], choices=", ".join(CAPABILITIES))
    return tuple(CAPABILITIES[part] for part in found)


@command("revoke", data=True, asks=True)
@click.argument("officer")
@ROOT
@SHEET
def revoke(session: Session, officer: str, root: Path | None, sheet: Path | None) -> None:
    with session.delegation() as delegation:
        delegation.check_officer(officer)
        delegation.check_not_stopped()
        session.tell(say("officers.revoking", name=officer))
        _sign_for_us(session)
        found = delegation.revoke(officer, root=_root(session, delegation, root, sheet))
        unsent = delegation.drafts()
    if session.json:
        session.print_json("revoked", found)
        return
    name = shown(found.officer.holder.name) or found.officer.key[:8]
    session.tell(say("officers.revoked-done", name=name))
    session.tell(say("officers.could-read", count=found.could_read))
    if found.new_reading_key:
        session.tell(say("officers.new-reading-key"))
    session.tell([say("officers.unsent", title=shown(draft.title)) for draft in unsent])
    session.tell(say("officers.put-root-away"))


# --- recover, use -----------------------------------------------------------------------------------------------


@command("recover", data=True)
@click.argument("sheet", type=PATH)
@click.option("--name", default="")
@click.option("--office", default="")
@click.option("--root-folder", type=PATH, metavar="DIR")
@click.option("--until")
def recover(session: Session, sheet: Path, name: str, office: str, root_folder: Path | None, until: str | None) -> None:
    from parley.act import Holder
    from parley.cli.files import read_text
    from parley.client import recover as rebuild
    from parley.words.pages import read_sheet

    facts = read_sheet(read_text(sheet))
    session.tell(say("recover.begins", party=facts.party, address=facts.address))
    result = rebuild(
        session.home,
        groups=facts.groups,
        party=facts.party,
        address=facts.address,
        depositary_number=facts.depositary_number,
        passphrase=session.new_passphrase(),
        holder=Holder(name=name, office=office),
        root_folder=root_folder or Path(f"{facts.party}-root"),
        until=instant(until, machine_zone()) if until else None,
        tls_ca=session.tls_ca,
        ports=session.ports,
    )
    if session.json:
        session.print_json("recovered", result)
        return
    session.tell(say("recover.done", name=result.name, count=result.readable))
    session.tell(say("recover.then"))


@command("use", data=True)
@click.argument("handle")
def use(session: Session, handle: str) -> None:
    with session.delegation() as delegation:
        found = delegation.use(handle)
    if session.json:
        session.print_json("negotiation", found)
        return
    session.tell(say("use-command.done", handle=found.handle, title=found.title or say("negotiation.no-title")))
