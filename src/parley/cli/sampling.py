"""How many to inspect: the sampling calculator, with or without a treaty."""

from __future__ import annotations

from fractions import Fraction

import click

from parley.cli.command import command
from parley.cli.session import Session
from parley.errors import Malformed
from parley.words import say


@command("sample-size", data=True, home=False, secret=False)
@click.option("--items", type=int, metavar="NUMBER", required=True)
@click.option("--false", "false_", type=int, metavar="NUMBER", required=True)
@click.option("--confidence", default="0.9")
def sample_size(session: Session, items: int, false_: int, confidence: str) -> None:
    from parley.measures import sampling

    found = sampling.sample_size(items=items, false=false_, confidence=_fraction(confidence))
    if session.json:
        session.print_json(
            "sample_size",
            {
                "items": found.items,
                "false": found.false,
                "confidence": str(found.confidence),
                "exact": found.exact,
                "by_formula": found.by_formula,
                "detection": _percent(found.detection),
                "detection_by_formula": _percent(found.detection_by_formula),
            },
        )
        return
    values = {"items": f"{items:,}", "false": f"{false_:,}", "chance": _percent(found.confidence)}
    session.prose(say("sample-size.exact", count=f"{found.exact:,}", detection=_percent(found.detection), **values))
    session.prose(
        say("sample-size.formula", count=f"{found.by_formula:,}", detection=_percent(found.detection_by_formula))
    )
    session.tell(say("sample-size.assumes"))


def _fraction(text: str) -> Fraction:
    """A chance as people type it: 0.9, 90%, 9/10. Raises: Malformed("sampling.confidence-form")."""
    try:
        return Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except (ValueError, ZeroDivisionError) as error:
        raise Malformed("sampling.confidence-form", text=text[:20]) from error


def _percent(chance: Fraction) -> str:
    """To a hundredth of a per cent, rounded down: never more than there is."""
    hundredths = int(chance * 10_000)
    return f"{hundredths // 100}.{hundredths % 100:02} %"
