"""Inspections and visits: who may still ask whom, and requests, replies and reports as notices of their forms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from parley.cli.agreements import tell_ended
from parley.cli.by_negotiation import print_by_negotiation
from parley.cli.command import command
from parley.cli.looking import from_what_is_held
from parley.cli.notices import filled, hand_over_notice
from parley.cli.paper_options import notice_options
from parley.cli.session import Session
from parley.errors import Malformed
from parley.words import say

if TYPE_CHECKING:
    from parley.measures.agreement import Agreement

Stage = Literal["request", "reply", "report"]


@command("board", data=True)
@click.argument("negotiation", metavar="[HANDLE]", required=False)
@click.option("--year", type=int)
def inspect_board(session: Session, negotiation: str | None, year: int | None) -> None:
    from parley.words.quotas import COLUMNS, as_values, rows

    with session.delegation() as delegation, from_what_is_held(session, delegation):
        delegation.sync()
        session.learn(delegation.partners())
        found = delegation.measures.quotas(negotiation, year)
        several = len(delegation.negotiations()) > 1
        shut = delegation.measures.shut_requests(negotiation)
    tell_ended(session, [of.agreement for of, _ in found])
    if shut:
        session.tell(say("quotas.not-open", papers=", ".join(shut)))
    if session.json:
        values = [{"negotiation": of.handle} | value for of, board in found for value in as_values(of.agreement, board)]
        session.print_json("quotas", values)
        return
    lines = [(of.handle, row) for of, board in found for row in rows(of.agreement, board, naming=session.name)]
    if not lines:
        session.tell(say("quotas.none"))
        return
    head = [say(f"quotas.{column}") for column in COLUMNS]
    print_by_negotiation(session, head, lines, several=several)


def _stage(stage: Stage) -> click.Command:
    """A command that hands over a form of one stage of an inspection."""

    def made(session: Session, file: Path, **options: Any) -> None:
        agreement, content, data = filled(session, file, options)
        forms = forms_of(agreement, stage)
        if content.form not in forms:
            raise Malformed("inspection.stage", form=content.form, stage=stage, forms=", ".join(sorted(forms)) or "—")
        hand_over_notice(session, agreement, content, data, options)

    made.__name__ = f"inspect_{stage}"
    filed = click.argument("file", type=click.Path(path_type=Path))(notice_options(made))
    return command(stage, data=True, asks=True)(filed)


def forms_of(agreement: Agreement, stage: Stage) -> set[str]:
    """The forms of a stage: those that a quota counts, those of a report, and what else answers a request."""
    requests = {quota.form for quota in agreement.quotas}
    reports = {measure.form for measure in agreement.measures if measure.kind == "report"}
    reports |= {quota.report for quota in agreement.quotas if quota.report is not None}
    following: set[str] = set()
    while more := {form.id for form in agreement.forms if set(form.follows) & (requests | following)} - following:
        following |= more
    return {"request": requests, "reply": following - reports, "report": reports & following}[stage]


inspect_request = _stage("request")
inspect_reply = _stage("reply")
inspect_report = _stage("report")
