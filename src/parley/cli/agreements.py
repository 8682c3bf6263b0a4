"""Agreements as data: whether a file holds together, and what it says, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.command import command
from parley.cli.handover import hand_over
from parley.cli.paper_options import measure_options
from parley.cli.particulars import addressed, limit_of, split
from parley.cli.prepared import check_hands
from parley.cli.session import Session, given
from parley.words import say

if TYPE_CHECKING:
    from parley.canonical import Time
    from parley.client import Delegation
    from parley.client.views import Draft
    from parley.measures.agreement import Agreement
    from parley.measures.standing_view import StandingView
    from parley.measures.step_file import StatedKind


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


@command("schema", data=True, home=False, secret=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE")
def agreement_schema(session: Session, output: Path | None) -> None:
    import json

    from parley.cli.files import check_new, write_new
    from parley.cli.templates import schema

    data = schema()
    if output is not None:
        write_new(check_new(output), data)
        session.tell(say("agreement.schema-written", file=output.name))
    if session.json:
        session.print_json(*(("schema", json.loads(data)) if output is None else ("written", [str(output)])))
    else:
        session.data(str(output) if output is not None else data.decode("utf-8").rstrip("\n"))


@command("show", data=True)
@click.argument("agreement", metavar="[NAME|FILE]", required=False)
@click.option("--negotiation", metavar="HANDLE")
@click.option("--template", is_flag=True)
def agreement_show(session: Session, agreement: str | None, negotiation: str | None, template: bool) -> None:
    from parley.measures.agreement_file import plain, read_agreement
    from parley.words.agreements import told

    if agreement is None:
        _list(session, template)
        return
    data, here = (_template(agreement), ()) if template else _text(session, agreement, negotiation)
    found = read_agreement(data)
    if session.json:
        from parley.words.standing import as_value

        session.print_json("agreement", {**plain(found), "here": [as_value(each) for each in here]})
        return
    _say_standing(session, here)
    session.prose(told(found))


def _say_standing(session: Session, here: Iterable[StandingView]) -> None:
    from parley.words.standing import told as standing_told

    for each in here:
        session.tell([*standing_told(each, naming=session.the, clocks=session.clocks())])


def _template(name: str) -> bytes:
    from parley.cli.templates import read

    return read(name.strip().casefold())


def _text(session: Session, name: str, handle: str | None) -> tuple[bytes, tuple[StandingView, ...]]:
    """The file of an agreement, and how it stands; of one handed over here it is said in which paper, and by whom."""
    from parley.cli.under import looked_up

    data, found = looked_up(session, name, handle=handle)
    if found is None:
        return data, ()
    session.tell(say("agreement.by-all" if found.by_all else "agreement.not-by-all", paper=found.paper))
    return data, standings_here(session, found.text.agreement.id, found.negotiation)


def standings_here(session: Session, name: str | None, handle: str | None) -> tuple[StandingView, ...]:
    """How an agreement stands in a negotiation of this home, or in all; nothing where there is no home."""
    from parley.cli.under import at_home

    return at_home(session, lambda home: _standings(session, home, name, handle)) or ()


def _standings(
    session: Session, delegation: Delegation, name: str | None, handle: str | None
) -> tuple[StandingView, ...]:
    session.learn(delegation.partners())
    return delegation.measures.standings(name, handle)


def _list(session: Session, template: bool) -> None:
    """Those of the negotiations of this home with how they stand, and those that come with the program."""
    from parley.cli.templates import names
    from parley.cli.under import at_home
    from parley.measures.agreement_file import read_agreement
    from parley.words.agreements import label
    from parley.words.standing import as_value, brief
    from parley.words.table import table

    here = None if template else at_home(session, lambda home: home.measures.all_deposited())
    views = standings_here(session, None, None) if here else ()
    stand = {(each.negotiation, each.digest): each for each in views}
    found = [(each.text.agreement, each.paper, stand.get((each.negotiation, each.text.digest))) for each in here or ()]
    found += [(read_agreement(_template(name)), "", None) for name in names()]
    if session.json:
        values = [
            {
                "name": each.id,
                "title": label(each.name),
                "paper": paper or None,
                "here": as_value(view) if view else None,
            }
            for each, paper, view in found
        ]
        session.print_json("agreements", values)
        return
    rows = [
        [each.id, label(each.name), paper or say("agreement.comes-along"), brief(view) if view else ""]
        for each, paper, view in found
    ]
    head = [say(f"agreement.column-{column}") for column in ("name", "title", "from", "standing")]
    session.data(table(head, rows, plain=session.lines_only, most=session.width))


# --- what parties do to them ----------------------------------------------------------------------------------------


@command("adopt", data=True, asks=True)
@click.argument("agreement", metavar="NAME|FILE")
@measure_options
def agreement_adopt(session: Session, agreement: str, **options: Any) -> None:
    _deposit(session, agreement, None, options)


@command("amend", data=True, asks=True)
@click.argument("name")
@click.argument("file", metavar="FILE")
@measure_options
def agreement_amend(session: Session, name: str, file: str, **options: Any) -> None:
    _deposit(session, file, name, options)


def _deposit(session: Session, agreement: str, amends: str | None, options: dict[str, Any]) -> None:
    """Hand over an agreement's file, to adopt it or to put it in the place of another."""
    from parley.cli.under import bytes_to_adopt
    from parley.measures.agreement_file import read_agreement
    from parley.words.deeds import adopting

    limit_of(options["accept_by"])
    data = bytes_to_adopt(session, agreement, handle=options["negotiation"])
    found = read_agreement(data)
    tell_ended(session, [found])
    with session.delegation() as delegation:
        check_hands(delegation, "deposit", options["draft_file"])
        chosen = _chosen(session, delegation, options)

        def making(accept_by: Time | str | None) -> Draft:
            return delegation.measures.prepare_agreement(data, amends=amends, accept_by=accept_by, **chosen)

        before = delegation.measures.in_force(found.id, options["negotiation"])
        begins = delegation.measures.begins(data, options["negotiation"])
        does = [*adopting(found, before if before != found else None, begins)]
        hand_over(session, delegation, making, options | {"does": does})


def tell_ended(session: Session, agreements: Iterable[Agreement]) -> None:
    """Of agreements whose last day is over, that this is why nothing runs under them."""
    today = date.fromisoformat(session.now().to_text()[:10])
    ended = [each for each in agreements if each.ended(today)]
    session.tell([say("agreement.ended", name=each.id, day=str(each.expires)) for each in ended])


def _tell_end(session: Session, agreement: Agreement) -> None:
    """When it would end for whoever denounces it now, before anything is signed."""
    from parley.measures.standing import end_if_denounced
    from parley.words.deeds import ending

    now = session.now()
    session.tell(ending(agreement.id, end_if_denounced(agreement, now), now, session.clocks()))


def _step(name: str, kind: StatedKind, *, cites: bool) -> click.Command:
    """A command that states something about an agreement that was deposited here."""

    def made(session: Session, agreement: str, reference: str | None, **options: Any) -> None:
        from parley.words.deeds import stating

        limit_of(options["accept_by"])
        with session.delegation() as delegation:
            check_hands(delegation, "deposit", options["draft_file"])
            chosen = _chosen(session, delegation, options)
            if kind == "denunciation" and options["draft_file"] is None:  # of a draft file its own screen says it
                _tell_end(session, delegation.measures.text(agreement, options["negotiation"]).agreement)
            about: dict[str, Any] = {
                "measures": split(options["measures"]),
                "towards": split(options["towards"]),
                "because": options["because"] or "",
                "cites": reference,
            }

            def making(accept_by: Time | str | None) -> Draft:
                return delegation.measures.prepare_step(agreement, kind, accept_by=accept_by, **about, **chosen)

            whom = [session.the(party) for party in about["towards"]]
            does = [stating(kind, agreement, measures=about["measures"], towards=whom, cites=reference)]
            does += [about["because"]] if about["because"] else []
            hand_over(session, delegation, making, options | {"does": does})

    made.__name__ = f"agreement_{name}"
    function: Callable[..., Any] = measure_options(made)
    for option in reversed(
        (
            click.argument("agreement", metavar="NAME"),
            click.argument("reference", metavar="REF" if cites else "[REF]", required=cites),
            click.option("--measures", multiple=True, metavar="IDS"),
            click.option("--towards", multiple=True, metavar="PARTIES"),
            click.option("--because", metavar="TEXT"),
        )
    ):
        function = option(function)
    return command(name, data=True, asks=True)(function)


agreement_suspend = _step("suspend", "suspension", cites=False)
agreement_counter = _step("counter", "counter_measure", cites=True)
agreement_resume = _step("resume", "resumption", cites=False)
agreement_contest = _step("contest", "contesting", cites=True)
agreement_denounce = _step("denounce", "denunciation", cites=False)


def _chosen(session: Session, delegation: Delegation, options: dict[str, Any]) -> dict[str, Any]:
    """To whom, in which negotiation, under which terms: everybody in it, unless some were named."""
    handle = options["negotiation"]
    return given({"handle": handle}) | addressed(session, delegation, options, everybody=True)
