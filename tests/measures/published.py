"""What States published, in data/: rows of CSV with their sources in comments."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from parley.measures.content import Value
from parley.measures.papers import Filed
from parley.measures.standing import Step
from tests.measures.obligation_build import digest, filed, step

DATA = Path(__file__).parent / "data"


def published(name: str) -> list[dict[str, str]]:
    """The rows of a file, without its comments."""
    lines = (DATA / f"{name}.csv").read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def declared_exercise() -> dict[str, str]:
    """Zapad-2017 as it was declared, item by item."""
    return {row["item"]: row["value"] for row in published("zapad-2017")}


def requests_of_2022(
    agreement: str, forms: tuple[str, str], items: tuple[Mapping[str, Value], Mapping[str, Value]]
) -> tuple[list[Filed], list[Step]]:
    """The risk-reduction requests of February 2022, the replies, and what those who had asked said of them.

    `forms` are those of a request and of a reply, `items` what each says. Times of day are not in the sources: here a
    request is made by noon and its addressee informed an hour later, and a reply is made in the morning.
    """
    papers: dict[str, Filed] = {}
    steps: list[Step] = []
    last: dict[tuple[str, str], str] = {}
    for row in published("risk-reduction-2022"):
        day = row["day"]
        for who, to in ((who, to) for who in row["who"].split() for to in row["to"].split()):
            name = f"{who}-{row['what']}-{to}"
            match row["what"]:
                case "request":
                    told = {to: f"{day}T13:00"}
                    papers[name] = filed(
                        name, who, (to,), forms[0], f"{day}T12:00", informed=told, agreement=agreement, **items[0]
                    )
                    last[to, who] = name
                case "reply":
                    asked = papers[last[who, to]]
                    papers[name] = filed(
                        name, who, (to,), forms[1], f"{day}T09:00", answers=asked, agreement=agreement, **items[1]
                    )
                    last[who, to] = name
                case "contesting":
                    steps.append(step(name, "contesting", who, f"{day}T18:00", cites=digest(last[to, who])))
    return list(papers.values()), steps
