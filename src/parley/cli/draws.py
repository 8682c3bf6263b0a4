"""A joint draw: its terms handed over, and then one step after another by the same command on each side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from parley.cli.command import Word, command
from parley.cli.handover import hand_over
from parley.cli.looking import from_what_is_held
from parley.cli.particulars import addressed, limit_of, stated
from parley.cli.prepared import check_hands, to_prepare
from parley.cli.session import Session, given
from parley.errors import Malformed
from parley.measures.draw import Consequence
from parley.words import say
from parley.words.table import table

if TYPE_CHECKING:
    from parley.canonical import Time
    from parley.client import Delegation
    from parley.client.draws import DrawView, Limits
    from parley.measures.draw import Seed

PATH = click.Path(path_type=Path)
DAYS = 7
_DAY, _HOUR = 86_400_000, 3_600_000


@command("draw", data=True, asks=True)
@click.argument("what", metavar="REF|FILE")
@click.option("--take", type=int)
@click.option("--to", multiple=True)
@click.option("--bind-by", metavar="TIME")
@click.option("--show-by", metavar="TIME")
@click.option("--sign-by", metavar="TIME")
@click.option("--if-not-shown", type=Word(get_args(Consequence)))
@click.option("--under", metavar="NAME|FILE")
@click.option("--dice", is_flag=True)
@click.option("-o", "--output", type=PATH, metavar="FILE")
@click.option("--negotiation", metavar="HANDLE")
@click.option("--terms")
@click.option("--language")
@click.option("--unconfirmed", is_flag=True)
@to_prepare
def draw(session: Session, what: str, **options: Any) -> None:
    if what.endswith(".csv") or Path(what).is_file():
        _propose(session, Path(what), options)
        return
    if options["take"] is not None or options["to"]:
        raise Malformed("draw.file-wanted", text=what[:60])
    _next_step(session, what, options)


def _propose(session: Session, file: Path, options: dict[str, Any]) -> None:
    """Hand over the terms of a draw."""
    from parley.cli.files import inside, read_file
    from parley.measures.site_list import read_sites

    with inside(file):
        sites = read_sites([read_file(file, most=32 << 20)])
    take, consequence = _rules(session, options)
    limits = _limits(session, options)
    with session.delegation() as delegation:
        check_hands(delegation, "deposit", options["draft_file"])
        chosen = given({"handle": options["negotiation"]}) | addressed(session, delegation, options, terms="public")
        draws = delegation.draws
        entered = hand_over(
            session,
            delegation,
            lambda _: draws.prepare_terms(sites, take=take, if_not_shown=consequence, limits=limits, **chosen),
            options | {"accept_by": None, "working_day": False},
        )
    if entered is not None and not session.json:
        session.tell(say("draw.then", reference=entered.reference))


def _rules(session: Session, options: dict[str, Any]) -> tuple[int, Consequence]:
    """How many are drawn, and what follows if a seed is missing: as typed, else as the agreement says.

    Raises: Malformed("draw.take-missing"), Malformed("draw.no-drawing").
    """
    from parley.cli.under import agreement_of

    take, consequence = options["take"], options["if_not_shown"]
    if options["under"] is not None:
        agreement = agreement_of(session, options["under"], handle=options["negotiation"])
        if len(agreement.drawings) != 1:
            raise Malformed("draw.no-drawing", agreement=agreement.id, found=len(agreement.drawings))
        (drawing,) = agreement.drawings
        take, consequence = take or drawing.take, consequence or drawing.if_not_shown
    if take is None:
        raise Malformed("draw.take-missing")
    return take, consequence or "others_choose"


def _limits(session: Session, options: dict[str, Any]) -> Limits:
    """By when all are bound, have shown, have signed: as typed, a bare day being its end by UTC; else a week each.

    Where one of them is typed, the others lie as far from it as it lies from now, at a full hour.
    """
    from parley.client.draws import Limits

    typed = [_moment(options[name]) for name in ("bind_by", "show_by", "sign_by")]
    now, week = session.now(), DAYS * _DAY
    place = next((place for place, found in enumerate(typed) if found is not None), None)
    span = week if place is None else max((int(typed[place] or 0) - now) // (place + 1), 0)
    found = [given_ if given_ is not None else _hour(now + (each + 1) * span) for each, given_ in enumerate(typed)]
    return Limits(bind_by=found[0], show_by=found[1], sign_by=found[2])


def _hour(milliseconds: int) -> Time:
    """The full hour that is nearest."""
    from parley.canonical import Time

    return Time((milliseconds + _HOUR // 2) // _HOUR * _HOUR)


def _moment(text: str | None) -> Time | None:
    from parley.canonical import Time
    from parley.words.clock import end_of_day

    found = limit_of(text)
    if text is None:
        return None
    return found if isinstance(found, Time) else end_of_day(text, "UTC")


def _next_step(session: Session, reference: str, options: dict[str, Any]) -> None:
    """What this side has to do next in a draw; where it has nothing to do, how the draw stands."""
    from parley.cli.files import check_new, write_new

    output = check_new(options["output"]) if options["output"] is not None else None
    with session.delegation() as delegation, from_what_is_held(session, delegation):
        view = delegation.draws.view(reference)
        session.learn(delegation.partners())
        if output is not None:
            write_new(output, delegation.draws.proof(reference))
            session.tell(say("draw.written", file=output))
        elif delegation.reached and (making := _making(session, delegation, view, options)) is not None:
            check_hands(delegation, "deposit", options["draft_file"])
            session.tell(_terms_told(session, view))
            entered = hand_over(session, delegation, making, options | {"accept_by": None, "working_day": False})
            if entered is not None and not session.json:
                after = "draw.then-show" if view.standing.stage == "binding" else "draw.then-sign"
                session.tell(say(after, reference=view.reference))
            return
    _print(session, view)


def _making(session: Session, delegation: Delegation, view: DrawView, options: dict[str, Any]) -> Any:
    """How the paper is made that is ours to hand over now, None where there is none."""
    draws, ours, stage = delegation.draws, session.ours, view.standing.stage
    if ours not in view.terms.parties:
        return None
    chosen = stated(options)
    if stage == "binding" and ours not in view.standing.bound:
        seed = _thrown(session) if options["dice"] else None
        return lambda _: draws.prepare_seed(view.reference, seed, **chosen)
    if stage == "showing" and ours not in view.standing.shown:
        return lambda _: draws.prepare_showing(view.reference, **chosen)
    return None


def _terms_told(session: Session, view: DrawView) -> list[str]:
    """To what a party binds itself."""
    from parley.words.draws import terms_lines

    return terms_lines(view.terms, naming=session.the, clocks=session.clocks(*view.terms.parties))


def _thrown(session: Session) -> Seed:
    """A seed from dice that somebody throws and types, in as many lines as it takes.

    Raises: Malformed("draw.dice-terminal") where nobody can type them, Malformed("use.given-up") after an empty line.
    """
    from parley.measures.draw import seed_from_dice
    from parley.words import explain

    if not session.terminal:
        raise Malformed("draw.dice-terminal")
    thrown = ""
    while line := session.question(say("ask.dice"), missing="--dice", hidden=True).strip():
        try:
            return seed_from_dice(thrown + line)
        except Malformed as error:
            session.tell(explain(error))
            thrown += line if error.code == "draw.dice-few" else ""
    raise Malformed("use.given-up")


def _print(session: Session, view: DrawView) -> None:
    from parley.words.draws import COLUMNS, as_value, result_lines, rows

    if session.json:
        session.print_json("draw", {"paper": view.reference, **as_value(view.terms, view.standing)})
        return
    session.tell(_terms_told(session, view))
    head = [say(f"draw.{column}") for column in COLUMNS]
    found = rows(view.terms, view.standing, naming=session.name)
    session.data(table(head, found, plain=session.lines_only, most=session.width))
    session.data(result_lines(view.standing, naming=session.the))
    ours = view.standing.to_sign.get(session.ours, ())
    if ours and view.standing.result is None:
        session.tell(say("ask.next", commands=" · ".join(f"parley receive {paper.reference}" for paper in ours)))
    if view.standing.stage == "drawn":
        session.tell(say("ask.next", commands=f"parley draw {view.reference} -o {view.reference}.draw"))
