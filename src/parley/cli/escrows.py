"""A whole declaration under one seal: sealed, opened step by step, asked about and answered for, and what is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from parley.cli.command import Word, command
from parley.cli.handover import hand_over, handed_over, known
from parley.cli.looking import from_what_is_held
from parley.cli.particulars import addressed, known_terms, limit_of, split, stated
from parley.cli.prepared import check_hands, to_prepare
from parley.cli.session import Session
from parley.errors import Malformed
from parley.wording import canonical_line
from parley.words import say

if TYPE_CHECKING:
    from parley.canonical import Time
    from parley.cli.handover import Making
    from parley.client import Delegation
    from parley.client.views import Draft, Entered
    from parley.measures.escrow_plan import Place, Plan
    from parley.measures.escrow_story import Story

PATH = click.Path(path_type=Path)
LARGEST_TABLE = 256 << 20
"""Bytes of a table: a million items of some two hundred and fifty."""

_PIECE = 1 << 20
_CELL = re.compile(r"\s*(-?[0-9]{1,13})\s*,\s*(-?[0-9]{1,13})\s*")

Function = Callable[..., Any]


def _said(function: Function) -> Function:
    """What can be said of any paper of an escrow."""
    for option in reversed(
        (
            click.option("--info", multiple=True),
            click.option("--accept-by", metavar="TIME"),
            click.option("--working-day", is_flag=True),
            click.option("--terms"),
            click.option("--language"),
            click.option("--unconfirmed", is_flag=True),
        )
    ):
        function = option(function)
    return to_prepare(function)


def _opening(function: Function) -> Function:
    return click.option("--opening", type=Word(("on_receipt", "at_once")), default="on_receipt")(function)


# --- sealing --------------------------------------------------------------------------------------------------------


@command("seal", data=True, asks=True)
@click.argument("file", type=PATH, metavar="FILE.csv")
@click.option("--plan", "plan_file", type=PATH, metavar="FILE.toml")
@click.option("--amends", metavar="REF")
@click.option("--to", multiple=True)
@click.option("--negotiation", metavar="HANDLE")
@_said
def escrow_seal(session: Session, file: Path, **options: Any) -> None:
    limit_of(options["accept_by"])
    if options["amends"] is not None:
        if options["plan_file"] or options["to"] or options["negotiation"]:
            raise Malformed("escrow.amends-alone")
        _amend(session, file, options)
        return
    _seal(session, file, options)


def _seal(session: Session, file: Path, options: dict[str, Any]) -> None:
    """The plan as one paper, then, in reply to it, what binds the declaration."""
    from parley.cli.files import inside, read_file
    from parley.cli.progress import working
    from parley.measures.escrow_table import LARGEST_PLAN, read_declaration

    plan_file = options["plan_file"]
    written = read_file(plan_file, most=LARGEST_PLAN) if plan_file else None
    # A fault in a plan that was written names the plan; which of two files another lies in, only its line's words say.
    with working(session, say("working.reading")), inside(file) if plan_file is None else nullcontext():
        read = read_declaration(_pieces(file), written)
    with session.delegation() as delegation:
        check_hands(delegation, "deposit", options["draft_file"])
        handle = options["negotiation"]
        chosen = addressed(session, delegation, options, everybody=True)
        escrows = delegation.escrows
        for entered in _finished(session, delegation, options):
            if escrows.holds(entered.digest, read.items):
                _tell_sealed(session, [entered])
                return
        _both(
            session,
            delegation,
            escrows.plan_waiting(read.plan, chosen["to"], handle),
            lambda accept_by: escrows.prepare_plan(read.plan, handle=handle, accept_by=accept_by, **chosen),
            lambda under, accept_by: escrows.prepare_declaration(
                read.items, under=under, accept_by=accept_by, **chosen
            ),
            "plan",
            options,
        )


def _amend(session: Session, file: Path, options: dict[str, Any]) -> None:
    """The declaration of the next half-year, then the proof of what changed, in reply to it."""
    from parley.cli.files import inside
    from parley.cli.progress import working
    from parley.measures.escrow_table import read_items

    reference: str = options["amends"]
    with session.delegation() as delegation:
        check_hands(delegation, "deposit", options["draft_file"])
        escrows = delegation.escrows
        with working(session, say("working.reading")):
            escrows.read_on()
            story = escrows.story(reference)
            with inside(file):
                items = read_items(_pieces(file), _plan(story))
        _finished(session, delegation, options)
        chosen = _about(session, delegation, reference, options, escrows.others(reference))
        _both(
            session,
            delegation,
            escrows.amended_waiting(reference, items),
            lambda accept_by: escrows.prepare_amended(reference, items, accept_by=accept_by, **chosen),
            lambda under, accept_by: escrows.prepare_amendment(under, accept_by=accept_by, **chosen),
            "amended",
            options,
        )


def _finished(session: Session, delegation: Delegation, options: dict[str, Any]) -> list[Entered]:
    """What was signed before and never answered goes first, so that a repeated command is no second declaration."""
    from parley.cli.unanswered import finish

    return finish(session, delegation) if options["draft_file"] is None else []


def _both(
    session: Session,
    delegation: Delegation,
    there: str | None,
    first: Making,
    second: Callable[[str, Time | str | None], Draft],
    name: Literal["plan", "amended"],
    options: dict[str, Any],
) -> None:
    """Two papers, the second in reply to the first, which is not handed over again where it is `there`."""
    entered = []
    if there is None:
        one = handed_over(session, delegation, first, options)
        if one is None:
            session.tell(say(f"escrow.{name}-first"))
            return
        entered.append(one)
        there = one.digest
    else:
        session.tell(say(f"escrow.{name}-there", reference=known(delegation, there).called))
    under = there
    last = handed_over(session, delegation, lambda accept_by: second(under, accept_by), options)
    if last is not None:
        _tell_sealed(session, [*entered, last])


def _tell_sealed(session: Session, entered: list[Entered]) -> None:
    if session.json:
        session.print_json("entered", entered)
        return
    session.tell(say("ask.next", commands=f"parley escrow show {entered[-1].reference}"))


def _pieces(file: Path) -> Iterator[bytes]:
    """A table in pieces. Raises: as `read_file`."""
    from parley.cli.files import read_file

    data = read_file(file, most=LARGEST_TABLE)
    for at in range(0, len(data), _PIECE):
        yield data[at : at + _PIECE]


def _about(
    session: Session,
    delegation: Delegation,
    reference: str,
    options: dict[str, Any],
    parties: Sequence[str],
) -> dict[str, Any]:
    """Under which terms a paper about an escrow is handed over: those asked for, else the negotiation's, else none
    but the parties may see it."""
    from parley.terms import preset

    handle = known(delegation, reference).handle
    named = options | {"negotiation": handle, "required": False}
    terms = known_terms(session, delegation, named, list(parties)) or preset(
        "confidential", parties=(session.ours, *parties)
    )
    at_once = {"at_once": True} if options.get("opening") == "at_once" else {}
    return {"terms": terms} | at_once | stated(options)


def _plan(story: Story) -> Plan:
    from parley.errors import Refused

    if story.plan is None:
        raise Refused("escrow.no-plan")
    return story.plan


# --- opening, asking, answering -------------------------------------------------------------------------------------


@command("open", data=True, asks=True)
@click.argument("reference", metavar="REF")
@click.option("--step", type=click.IntRange(1, 16))
@click.option("--item", "items", multiple=True, metavar="UID")
@click.option("--totals", "showing_totals", is_flag=True)
@_opening
@_said
def escrow_open(
    session: Session, reference: str, step: int | None, items: tuple[str, ...], showing_totals: bool, **options: Any
) -> None:
    from parley.cli.progress import working

    limit_of(options["accept_by"])
    if showing_totals and step is not None:
        raise Malformed("escrow.step-or-totals")
    with session.delegation() as delegation:
        check_hands(delegation, "deposit", options["draft_file"])
        escrows, uids = delegation.escrows, split(items)
        with working(session, say("working.reading")):
            escrows.read_on()
            others = escrows.others(reference)
        chosen = _about(session, delegation, reference, options, others)

        def making(accept_by: Time | str | None) -> Draft:
            if showing_totals:
                return escrows.prepare_totals(reference, uids, accept_by=accept_by, **chosen)
            return escrows.prepare_opening(reference, step, uids, accept_by=accept_by, **chosen)

        hand_over(session, delegation, making, options)


@command("ask", data=True, asks=True)
@click.argument("reference", metavar="REF")
@click.argument("place")
@_said
def escrow_ask(session: Session, reference: str, place: str, **options: Any) -> None:
    from parley.cli.progress import working

    limit_of(options["accept_by"])
    with session.delegation() as delegation:
        check_hands(delegation, "deposit", options["draft_file"])
        escrows = delegation.escrows
        with working(session, say("working.reading")):
            escrows.read_on()
            story = escrows.story(reference)
        where = place_of(place, _plan(story))
        chosen = _about(session, delegation, reference, options, [story.owner])
        hand_over(
            session,
            delegation,
            lambda accept_by: escrows.prepare_question(reference, where, accept_by=accept_by, **chosen),
            options,
        )


# A place west or south of the origin begins with a dash, and is no option.
escrow_ask.context_settings = {"ignore_unknown_options": True}


def place_of(text: str, plan: Plan) -> Place:
    """A place as it is typed: a name, brought to its one writing, or `EAST,NORTH` on a grid.

    Raises: Malformed("escrow.place-form"), as `key`.
    """
    from parley.measures.escrow_plan import Cell

    where: Place = canonical_line(text)
    if plan.grid is not None:
        match = _CELL.fullmatch(text)
        if match is None:
            raise Malformed("escrow.place-form")
        where = Cell(east=int(match[1]), north=int(match[2]))
    plan.key(where)
    return where


@command("answer", data=True, asks=True)
@click.argument("reference", metavar="REF")
@_opening
@_said
def escrow_answer(session: Session, reference: str, **options: Any) -> None:
    from parley.cli.progress import working

    limit_of(options["accept_by"])
    with session.delegation() as delegation:
        check_hands(delegation, "deposit", options["draft_file"])
        escrows = delegation.escrows
        with working(session, say("working.reading")):
            escrows.read_on()
            _, asked = escrows.question(reference)
        chosen = _about(session, delegation, reference, options, [asked.by])
        hand_over(
            session,
            delegation,
            lambda accept_by: escrows.prepare_answer(reference, accept_by=accept_by, **chosen),
            options,
        )


# --- looking --------------------------------------------------------------------------------------------------------


@command("show", data=True)
@click.argument("reference", metavar="[REF]", required=False)
@click.option("--negotiation", metavar="HANDLE")
def escrow_show(session: Session, reference: str | None, negotiation: str | None) -> int:
    from parley.cli.escrow_screens import print_story
    from parley.cli.progress import working
    from parley.words.escrows import as_value

    with (
        session.delegation() as delegation,
        from_what_is_held(session, delegation),
        working(session, say("working.checking")),
    ):
        escrows = delegation.escrows
        escrows.read_on()
        session.learn(delegation.partners())
        found = escrows.all(negotiation) if reference is None else escrows.told(reference)
    if session.json:
        session.print_json("escrows", [as_value(story) for story in found])
    elif not found:
        session.tell(say("escrow.none"))
    else:
        for place, story in enumerate(found):
            if place:
                session.data("")
            print_story(session, story)
    return 0 if all(story.sound for story in found) else 1
