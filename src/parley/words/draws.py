"""A joint draw in words: how far it has come, party by party, what was drawn, and what follows where nothing was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from parley.measures.draw import Drawn, DrawTerms, NotDrawn
from parley.measures.draw_proof import DrawShown
from parley.measures.draw_standing import DrawStanding
from parley.words import say, term
from parley.words.clock import Clocks
from parley.words.neutral import shown
from parley.words.telling import listed
from parley.words.verdicts import clocks_of, head, naming_of, not_shown, number_lines

Naming = Callable[[str], str]
COLUMNS = ("party", "bound", "shown", "state")


def terms_lines(terms: DrawTerms, *, naming: Naming, clocks: Clocks) -> list[str]:
    """What is drawn, by whom and until when."""
    values = {"take": terms.take, "items": len(terms.items) - len(terms.excluded)}
    return [
        say("draw.terms", parties=listed(map(naming, terms.parties)), **values),
        say(
            "draw.until",
            bind=clocks.instant(terms.bind_by),
            show=clocks.instant(terms.show_by),
            sign=clocks.instant(terms.sign_by),
        ),
        say("draw.otherwise", consequence=term("consequences", terms.if_not_shown)),
    ]


def rows(terms: DrawTerms, standing: DrawStanding, *, naming: Naming) -> list[list[str]]:
    """A row a party: the paper that binds it, the one that shows its seed, and what it has still to sign for."""
    found = []
    for party in terms.parties:
        bound, seen = standing.bound.get(party), standing.shown.get(party)
        waits = [paper.reference for paper in standing.to_sign[party]]
        missed = term("draw-missed", standing.missed[party]) if party in standing.missed else ""
        signed = say("draw.to-sign", papers=listed(waits)) if waits else say("draw.signed") if seen else "—"
        found.append(
            [naming(party), bound.reference if bound else "—", seen.reference if seen else "—", missed or signed]
        )
    return found


def result_lines(standing: DrawStanding, *, naming: Naming) -> list[str]:
    """What was drawn, in the order of drawing, or what follows from a seed that is missing."""
    match standing.result:
        case Drawn(items=items):
            return [say("draw.drawn"), *(f"  {place}. {shown(name)}" for place, name in enumerate(items, start=1))]
        case NotDrawn(missing=missing, consequence=consequence):
            parties = listed(map(naming, missing))
            return [
                say("draw.not-drawn", parties=parties),
                say("draw.so", consequence=term("consequences", consequence)),
            ]
        case None:
            return [say(f"draw.stage-{standing.stage}")]


def _begun(name: str) -> str:
    """A name at the beginning of a sentence."""
    return name[:1].upper() + name[1:]


def proof_lines(found: DrawShown) -> list[str]:
    """What a draw's file proves: the draw computed again, what it does not show, and the verdict on its acts."""
    verdict, standing = found.verdict, found.standing
    naming, clocks = naming_of(verdict), clocks_of(verdict)
    times = [
        say(
            "draw.proof-line",
            party=_begun(naming(party)),
            bound=clocks.instant(bound.made),
            shown=clocks.instant(seen.made),
        )
        for party, bound, seen in (
            (party, standing.bound[party], standing.shown[party]) for party in found.terms.parties
        )
    ]
    return [
        say("draw.again"),
        *result_lines(standing, naming=naming),
        *terms_lines(found.terms, naming=naming, clocks=clocks),
        *(say("draw.excluded", items=listed(map(shown, found.terms.excluded))) for _ in found.terms.excluded[:1]),
        *times,
        say("draw.does-not-show"),
        "",
        head(verdict),
        say("verdict.register", log=verdict.log),
        *number_lines(verdict),
        not_shown(verdict, naming),
    ]


def as_value(terms: DrawTerms, standing: DrawStanding) -> dict[str, Any]:
    """The same as data."""
    return {
        "items": terms.items,
        "excluded": terms.excluded,
        "take": terms.take,
        "bind_by": terms.bind_by,
        "show_by": terms.show_by,
        "sign_by": terms.sign_by,
        "if_not_shown": terms.if_not_shown,
        "stage": standing.stage,
        "parties": [
            {
                "party": party,
                "bound": standing.bound[party].reference if party in standing.bound else None,
                "shown": standing.shown[party].reference if party in standing.shown else None,
                "to_sign": [paper.reference for paper in standing.to_sign[party]],
                "missed": standing.missed.get(party),
            }
            for party in terms.parties
        ],
        "drawn": standing.result.items if isinstance(standing.result, Drawn) else None,
    }
