"""Trust: the number of another party, typed as its own people read it out, and the trust file made of those numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parley.cli.asking import TRIES
from parley.cli.command import command
from parley.cli.session import Session
from parley.errors import Malformed, Refused
from parley.words import explain, say
from parley.words.clock import short_day
from parley.words.neutral import shown
from parley.words.table import table

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.client import Delegation
    from parley.client.views import Partner, Trusted

DIGITS = 40
_BETWEEN = re.compile(r"[\s.,;:/–—-]+")
"""What people put between groups of digits."""
_AGAIN = "again"
"""What somebody types to begin the number anew."""
PATH = click.Path(path_type=Path)


@command("trust", data=True)
@click.argument("party", required=False)
@click.option("--number")
@click.option("--name")
@click.option("--show", type=PATH, metavar="FILE")
@click.option("-o", "--output", type=PATH, metavar="FILE")
def trust(
    session: Session, party: str | None, number: str | None, name: str | None, show: Path | None, output: Path | None
) -> None:
    if show is not None:
        _show_file(session, show)
        return
    with session.delegation() as delegation:
        if output is not None:
            from parley.cli.files import write_new

            write_new(output, delegation.trust_file().encode("utf-8"))
            session.tell(say("trust.written", file=output))
        elif party is None:
            _list_partners(session, delegation.partners())
        else:
            _compare(session, delegation, party, number, name)


def _list_partners(session: Session, partners: tuple[Partner, ...]) -> None:
    if session.json:
        session.print_json("parties", partners)
        return
    rows = [[each.party, shown(each.name), each.number, _compared(each)] for each in partners]
    head = [say(f"trust.{column}") for column in ("party", "called", "its-number", "compared")]
    session.data(table(head, rows, plain=session.lines_only, most=session.width))


def _show_file(session: Session, file: Path) -> None:
    """Whom a trust file vouches for, with the numbers as people read them out; whoever made it is not checked."""
    from parley import policy
    from parley.cli.files import read_text
    from parley.policy import Trust

    found = [(each.party, each.name, policy.number(each.root)) for each in Trust.parse(read_text(file)).parties]
    if session.json:
        session.print_json("trust-file", [{"party": each[0], "name": each[1], "number": each[2]} for each in found])
        return
    head = [say(f"trust.{column}") for column in ("party", "called", "its-number")]
    rows = [[party, shown(name), number] for party, name, number in found]
    session.data(table(head, rows, plain=session.lines_only, most=session.width))
    session.tell(say("trust.compare-file", file=file))


def _compared(partner: Partner) -> str:
    if partner.ours:
        return say("trust.ours")
    return short_day(partner.compared) if partner.compared else say("trust.never")


def _compare(session: Session, delegation: Delegation, party: str, number: str | None, name: str | None) -> None:
    partner = delegation.partner(party)
    session.learn([partner])
    if partner.ours:
        raise Refused("trust.ourselves")
    session.tell([say("trust.read-ours", name=session.the(partner.party)), f"  {delegation.me().number}", ""])
    if number is not None:
        trusted = delegation.trust(partner.party, number, name=name)
    else:
        trusted = _typed_number(session, partner, lambda digits: delegation.trust(partner.party, digits, name=name))
    session.learn([trusted.partner])
    if session.json:
        session.print_json("trusted", trusted)
        return
    session.tell(say("trust.already" if trusted.already else "trust.done", name=session.the(partner.party)))


def _typed_number(session: Session, partner: Partner, compare: Callable[[str], Trusted]) -> Trusted:
    """Compare the number as it is read out and typed, from its beginning again when it is not theirs.

    Raises: Refused("trust.differs") the third time, because that may be no slip; Malformed("use.given-up").
    """
    session.tell(say("trust.ask", name=session.the(partner.party)))
    for left in reversed(range(TRIES)):
        try:
            return compare(_digits(session, partner))
        except (Malformed, Refused) as error:
            if not left or error.code not in ("trust.number", "trust.differs"):
                raise
            session.tell(explain(error, naming=session.the))
            session.tell(say("trust.again"))
    raise Malformed("use.given-up")


def _digits(session: Session, partner: Partner) -> str:
    """Groups as they are read out, in as many lines as it takes; a line that is no whole groups is asked for again.

    Whoever finds that an earlier line was wrong begins anew.
    """
    digits = ""

    def read(line: str) -> str:
        found = _BETWEEN.sub("", line)
        if digits and line.strip().casefold() == _AGAIN:
            return _AGAIN
        wrong = next((sign for sign in found if not (sign.isascii() and sign.isdigit())), "")
        if not found or wrong:
            named = {"wrong": f"“{shown(wrong)}”"} if wrong else {}
            raise Malformed("use.no-number", party=partner.party, found=len(digits), **named)
        if len(found) % 5 or len(digits + found) > DIGITS:
            raise Malformed("use.number-groups", found=len(found), group=len(digits) // 5 + 1)
        return found

    while len(digits) < DIGITS:
        done = len(digits) // 5
        prompt = say("trust.prompt-more" if done else "trust.prompt", done=done)
        line = session.asked_until(prompt, read, missing="--number")
        digits = "" if line == _AGAIN else digits + line
    return digits
