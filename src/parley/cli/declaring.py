"""Figures declared in a round: a form filled in, or a table; what they come to, and handing them over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.command import command
from parley.cli.handover import hand_over
from parley.cli.notices import PATH, filled, warn, where
from parley.cli.particulars import known_terms
from parley.cli.prepared import check_hands, to_prepare
from parley.cli.session import Session, given
from parley.errors import Malformed
from parley.words import say

if TYPE_CHECKING:
    from parley.canonical import Time
    from parley.measures.agreement import Agreement
    from parley.measures.content import Content
    from parley.measures.declaration import Declared


@command("declare", data=True, asks=True)
@click.argument("file", type=PATH)
@click.option("--round", "round_name", metavar="NAME")
@click.option("--under", metavar="NAME|FILE")
@click.option("--form", metavar="FORM")
@click.option("--check", "checking", is_flag=True)
@click.option("--deadline", metavar="TIME")
@click.option("--in-reply-to", metavar="REF")
@click.option("--negotiation", metavar="HANDLE")
@click.option("--terms")
@click.option("--language")
@click.option("--unconfirmed", is_flag=True)
@to_prepare
def declare(session: Session, file: Path, **options: Any) -> None:
    if options["round_name"] is None and not options["checking"]:
        raise Malformed("use.missing", missing="--round", command="declare")
    agreement, found, data = _read(session, file, options)
    if options["checking"]:
        _check(session, agreement, found)
        return
    deadline = _deadline(options["deadline"]) if options["deadline"] else None
    _hand_over(session, agreement, found, data, options | {"deadline": deadline})


def _deadline(text: str) -> Time:
    """A day, which ends for all parties at once, in UTC; or an instant. Raises: Malformed("round.time")."""
    from parley.words.clock import end_of_day, is_day, read_instant

    try:
        return end_of_day(text, "UTC") if is_day(text) else read_instant(text)
    except Malformed as error:
        if error.code != "use.time":
            raise
        raise Malformed("round.time", text=text[:40]) from error


def _read(session: Session, file: Path, options: dict[str, Any]) -> tuple[Agreement, Content | Declared, bytes]:
    """What a file declares: a table where it is called so, else a form filled in."""
    from parley.cli.files import is_table

    if is_table(file):
        return read_table_file(session, file, options)
    if options["form"] is not None:
        raise Malformed("declaration.form-of-file")
    return filled(session, file, options)


def read_table_file(session: Session, file: Path, options: dict[str, Any]) -> tuple[Agreement, Declared, bytes]:
    """A table under an agreement, and its bytes; no more of it is read than a declaration may have.

    Raises: as `agreement_of`, `form_for` and `read_declaration`.
    """
    from parley.cli.files import inside, pieces
    from parley.cli.under import agreement_of
    from parley.measures.declaration import form_for, read_declaration
    from parley.measures.declaration_table import MAX_LINE

    if options["under"] is None:
        raise Malformed("notice.under")
    agreement = agreement_of(session, options["under"], handle=options["negotiation"])
    with inside(file):
        form = form_for(agreement, next(pieces(file, size=MAX_LINE + 4)), options["form"])
    kept: list[bytes] = []

    def kept_as_read() -> Iterator[bytes]:
        for piece in pieces(file):
            kept.append(piece)
            yield piece

    with inside(file):
        declared = read_declaration(agreement, form, kept_as_read())
    return agreement, declared, b"".join(kept)


def _check(session: Session, agreement: Agreement, found: Content | Declared) -> None:
    """What a declaration comes to, beside the limits; signs and sends nothing."""
    from parley.words.declared import as_value, told

    if session.json:
        session.print_json("check", as_value(agreement, found))
        return
    session.prose(told(agreement, found))
    session.tell(say("notify.checked"))


def _hand_over(
    session: Session, agreement: Agreement, found: Content | Declared, data: bytes, options: dict[str, Any]
) -> None:
    """Show what would be declared, ask, and hand it over into its round."""
    from parley.terms import preset

    with session.delegation() as delegation:
        check_hands(delegation, "deposit", options["draft_file"])
        delegation.sync()
        session.learn(delegation.partners())
        handle = where(delegation, agreement, options)
        options = options | {"negotiation": handle}
        warn(session, agreement, delegation.measures.standings(agreement.id, handle), nobody=True)
        parties = tuple(delegation.negotiation(options["negotiation"]).parties)
        named = options | {"required": False}
        terms = known_terms(session, delegation, named, [each for each in parties if each != session.ours])
        chosen = given(
            {
                "handle": options["negotiation"],
                "in_reply_to": options["in_reply_to"],
                "language": options["language"],
                "unconfirmed": options["unconfirmed"],
                "deadline": options["deadline"],
            }
        )
        name, rules = options["round_name"], terms or preset("confidential", parties=parties)
        measures = delegation.measures
        hand_over(
            session,
            delegation,
            lambda _: measures.prepare_declaration(data, found, agreement, round_name=name, terms=rules, **chosen),
            options | {"accept_by": None, "working_day": False, "does": [say("deeds.declare", name=name)]},
        )
