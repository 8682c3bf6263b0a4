"""`parley init`: found a party from its invitation, go on with a founding that was cut off, or join an office."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.act import check_language
from parley.cli.command import command
from parley.cli.session import Session, given
from parley.cli.setup import instant, machine_zone
from parley.errors import Malformed, Refused
from parley.words import say, with_article

if TYPE_CHECKING:
    from parley.act import Holder
    from parley.client import Begun
    from parley.client.founding import Founding
    from parley.client.views import Founded
    from parley.wire import Invitation

PATH = click.Path(path_type=Path)
SHEET_PAGE = "recovery-sheet.html"


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What the options say of the holder and the party; an empty text, None or nothing where they say nothing."""

    name: str
    office: str
    zone: str | None
    language: tuple[str, ...]
    until: str | None


@command("init", data=True)
@click.argument("file", type=PATH)
@click.option("--name", default="")
@click.option("--office", default="")
@click.option("--zone")
@click.option("--language", multiple=True)
@click.option("--until")
@click.option("--root-folder", type=PATH, metavar="DIR")
@click.option("-o", "--output", type=PATH, metavar="FILE")
def init(session: Session, file: Path, root_folder: Path | None, output: Path | None, **options: Any) -> None:
    from parley.cli.files import read_file

    data = read_file(file, most=1 << 20)
    if not data.startswith(b"{"):
        raise Malformed("office.file")
    said = Said(**options)
    zone = _checked_zone(said.zone or machine_zone())
    if said.until is not None:
        instant(said.until, zone)
    for tag in said.language:
        check_language(tag)
    if _is_invitation(data):
        _found(session, data, said, root_folder)
    else:
        _join_office(session, data, _holder(session, said), output)


def _checked_zone(zone: str) -> str:
    from parley.client.limits import zone as known_zone

    known_zone(zone)
    return zone


def _holder(session: Session, said: Said, before: Holder | None = None) -> Holder:
    """Who will hold the key: as options say, else as was said before, else asked for, because slips bear the name.

    Nothing is asked where something was said before: an empty answer is one.
    """
    from parley.act import Holder

    name = said.name or (before.name if before else "")
    office = said.office or (before.office if before else "")
    if before is None and session.terminal and not session.json:
        name = name or session.question(say("ask.holder-name"), missing="--name").strip()
        office = office or session.question(say("ask.holder-office"), missing="--office").strip()
    return Holder(name=name, office=office)


def _is_invitation(data: bytes) -> bool:
    """An invitation carries a code; a party's office file does not."""
    return b'"code":' in data


def _found(session: Session, data: bytes, said: Said, root_folder: Path | None) -> None:
    """Found the party, or go on founding it with what was said then, where no option says otherwise now."""
    from parley.cli.files import check_new
    from parley.client import begun, found
    from parley.wire import Invitation

    invitation = Invitation.parse(data)
    folder = root_folder or Path(f"{invitation.id}-root")
    earlier = begun(session.home, folder, invitation.id)
    if earlier is not None and (folder / SHEET_PAGE).exists():
        raise Refused("founding.done", party=invitation.id, home=str(session.home))
    page = check_new(folder / SHEET_PAGE)
    settings = _settings(session, said, earlier)
    passphrase = _begin(session, invitation, earlier, folder, settings["holder"])
    result = found(
        session.home,
        data,
        passphrase=passphrase,
        root_folder=folder,
        tls_ca=session.tls_ca,
        ports=session.ports,
        **settings,
    )
    _tell(session, result, page, settings["zone"])


def _settings(session: Session, said: Said, earlier: Begun | None) -> dict[str, Any]:
    """Holder, zone, languages and end: as options say, else as was said when an earlier founding began.

    What is signed already stands, whatever the options say.
    """
    before = earlier.said if earlier else None
    if earlier and before and earlier.signed:
        return _as_before(before)
    zone = _checked_zone(said.zone or (before.zone if before else machine_zone()))
    settings = _as_before(before) if before else {}
    settings |= {"holder": _holder(session, said, before.holder if before else None), "zone": zone}
    until = instant(said.until, zone) if said.until else None
    return settings | given({"languages": said.language, "until": until})


def _as_before(before: Founding) -> dict[str, Any]:
    members = ("holder", "zone", "languages", "until")
    return {name: getattr(before, name) for name in members}


def _begin(session: Session, invitation: Invitation, earlier: Begun | None, folder: Path, holder: Holder) -> str:
    """Say what is founded, or gone on with, and have the passphrase chosen, or the one typed that was chosen then."""
    from parley.cli.screens import who
    from parley.words.clock import UTC_ONLY

    session.tell(say("init.founding", name=with_article(invitation.name), log=invitation.log))
    if earlier is None:
        return session.new_passphrase()
    session.tell(say("init.going-on", time=UTC_ONLY.instant(earlier.at)))
    if holder.name or holder.office:
        session.tell(say("init.holder", holder=who(holder)))
    session.tell(say("init.afresh", home=session.home, root=folder))
    return session.passphrase()


def _tell(session: Session, result: Founded, page: Path, zone: str) -> None:
    """Write the recovery sheet, and say what was founded and what to do with the root."""
    from parley.cli.files import write_new
    from parley.words.pages import SheetFacts, sheet_page

    sheet = SheetFacts(
        party=result.party,
        name=result.name,
        address=result.sheet.address,
        depositary_number=result.sheet.depositary_number,
        groups=" ".join(result.sheet.groups),
    )
    write_new(page, sheet_page(sheet).encode("utf-8"), private=True)
    if session.json:
        session.print_json("founded", result)
        return
    session.tell(say("init.founded", name=result.name))
    session.tell([say("init.number"), f"  {result.number}"])
    session.tell(say("init.zone", zone=zone))
    session.tell(["", say("init.root", root=result.root_file, sheet=page), say("init.take-away"), ""])
    session.tell(say("ask.next", commands="parley trust PARTY · parley convene TITLE --with PARTY"))


def _join_office(session: Session, data: bytes, holder: Holder, output: Path | None) -> None:
    from parley.cli.files import check_new, write_new
    from parley.client import request_office

    if not holder.name:
        raise Malformed("use.missing", missing="--name", command="init")
    target = check_new(output or Path(f"{holder.name.split()[-1].casefold()}.request"))
    request = request_office(
        session.home,
        data,
        passphrase=session.new_passphrase(),
        holder=holder,
        tls_ca=session.tls_ca,
        ports=session.ports,
    )
    write_new(target, request)
    session.tell(say("init.request", file=target))
