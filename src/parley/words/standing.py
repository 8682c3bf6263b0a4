"""How an agreement stands, in sentences: since when, adopted by whom, what waits, what each party stated about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from parley.measures.standing_view import Proposal, StandingView, Statement
from parley.words import say
from parley.words.clock import Clocks

Naming = Callable[[str], str]

IDLE = {
    "step.oneself": "standing-idle.oneself",
    "step.own-paper": "standing-idle.own-paper",
    "step.nothing-to-resume": "standing-idle.nothing-to-resume",
    "step.not-yours": "standing-idle.not-yours",
    "step.resumed-already": "standing-idle.resumed-already",
    "step.not-in-force": "standing-idle.not-in-force",
    "step.denounced-already": "standing-idle.denounced-already",
}
"""Why a statement is without effect, by its code."""


def told(view: StandingView, *, naming: Naming, clocks: Clocks) -> Iterator[str]:
    """One sentence after another, each with the papers that it rests on."""
    papers = ", ".join(_paper(view, step.reference) for step in view.adopted.by)
    since = view.since.isoformat() if view.since else ""
    match view.place:
        case "in-force" | "replaced":
            yield say("standing.in-force", name=view.agreement, day=since, papers=papers)
        case "coming":
            yield say("standing.coming", name=view.agreement, day=since, papers=papers)
        case "proposed":
            waits = ", ".join(naming(party) for party in view.adopted.waits_for)
            yield say("standing.proposed", name=view.agreement, papers=papers, waits=waits)
    if view.expires is not None:
        yield say("standing.expires", day=view.expires.isoformat())
    for amendment in view.amendments:
        by = ", ".join(_paper(view, step.reference) for step in amendment.by)
        waits = ", ".join(naming(party) for party in amendment.waits_for)
        yield say("standing.amendment", papers=by, waits=waits)
    for each in view.statements:
        yield _statement(view, each, naming, clocks)
    for step, code in view.idle:
        yield say("standing.idle", paper=_paper(view, step.reference), why=say(IDLE[code]))


def _statement(view: StandingView, each: Statement, naming: Naming, clocks: Clocks) -> str:
    step = each.step
    what = ", ".join(step.measures) or say("standing.all-measures")
    whom = ", ".join(naming(party) for party in step.towards) or say("standing.all-parties")
    said = say(
        f"standing.{step.kind}",
        party=naming(step.sender),
        paper=_paper(view, step.reference),
        time=clocks.instant(step.made),
        **({} if step.kind in ("denunciation",) else {"what": what, "whom": whom}),
        **({"cites": each.cites or "—"} if step.kind in ("counter_measure", "contesting") else {}),
    )
    if each.end is not None:
        return f"{said} {say('standing.ends', time=clocks.instant(each.end.at))}"
    idle = any(each.step == other for other, _ in view.idle)  # why it has no effect is said by itself
    return said if each.holds or idle or step.kind == "resumption" else f"{said} {say('standing.taken-back')}"


def warned(view: StandingView, *, naming: Naming, clocks: Clocks) -> Iterator[str]:
    """What of it somebody should know who is about to give a notice under it: not in force, suspended, denounced."""
    if view.place == "proposed":
        yield say("standing.not-adopted", name=view.agreement)
    for each in view.statements:
        if each.holds and each.step.kind in ("suspension", "counter_measure", "denunciation"):
            yield say("standing.of", name=view.agreement, said=_statement(view, each, naming, clocks))


def brief(view: StandingView) -> str:
    """The same in a word or two, for a list."""
    key = f"standing-brief.{view.place}"
    return say(key, day=view.since.isoformat()) if view.place in ("in-force", "coming") and view.since else say(key)


def as_value(view: StandingView) -> dict[str, Any]:
    """The same as data."""
    return {
        "negotiation": view.negotiation,
        "agreement": view.agreement,
        "sha256": view.digest.hex(),
        "standing": view.place,
        "since": view.since.isoformat() if view.since else None,
        "expires": view.expires.isoformat() if view.expires else None,
        "adopted": _as_value(view.adopted),
        "amendments": [_as_value(each) for each in view.amendments],
        "statements": [
            {
                "kind": each.step.kind,
                "party": each.step.sender,
                "paper": each.step.reference,
                "at": each.step.made.to_text(),
                "measures": list(each.step.measures),
                "towards": list(each.step.towards),
                "cites": each.cites,
                "holds": each.holds,
                "ends": each.end.at.to_text() if each.end else None,
            }
            for each in view.statements
        ],
        "without_effect": [{"paper": step.reference, "code": code} for step, code in view.idle],
    }


def _as_value(proposal: Proposal) -> dict[str, Any]:
    by = [{"party": step.sender, "paper": step.reference, "at": step.made.to_text()} for step in proposal.by]
    return {"by": by, "waits_for": list(proposal.waits_for)}


def _paper(view: StandingView, reference: str) -> str:
    return f"{view.negotiation}/{reference}"
