"""The list that a draw is from: a CSV file with a column `site`, and with `excluded` where some cannot be drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from parley.measures.declaration_table import read_table
from parley.measures.draw import MAX_ITEMS
from parley.measures.form import Form, Item, Table

_FORM = Form(
    id="sites",
    title={"en": "Sites"},
    provision="",
    items=(
        Item(id="site", number="1", title={"en": "Site"}, type="text", provision=""),
        Item(id="excluded", number="2", title={"en": "Excluded"}, type="yes_no", provision="", required=False),
    ),
    table=Table(identified_by="site"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """Names in ascending order, each once; `excluded` are among `items`."""

    items: tuple[str, ...]
    excluded: tuple[str, ...]


def read_sites(pieces: Iterable[bytes]) -> Sites:
    """The sites of a list, in whatever order it has them.

    Verifies what `read_table` does: a name that stands twice is refused, as is what a spreadsheet would compute.
    Raises: Malformed("declaration.…") with the line.
    """
    rows = list(read_table(_FORM, pieces, most=MAX_ITEMS))
    return Sites(
        items=tuple(sorted(str(row.items["site"]) for row in rows)),
        excluded=tuple(sorted(str(row.items["site"]) for row in rows if row.items.get("excluded") is True)),
    )
