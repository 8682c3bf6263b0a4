"""Forms: what the papers under an agreement say, item by item."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from parley.errors import Malformed
from parley.measures.entry import Entry, Id, Labels, Marked, Whole, check_figures
from parley.wording import displayed

ItemType = Literal["text", "count", "date", "time", "choice", "yes_no"]
FormRole = Literal["proposal", "response", "note", "question", "notification", "declaration"]
Precedence = Literal["routine", "priority", "immediate", "flash"]


class Choice(Entry, frozen=True, kw_only=True):
    """One of the answers that an item may have."""

    id: Id
    title: Labels


class Item(Entry, frozen=True, kw_only=True):
    """One item of a form: its number as printed, what it asks, and what an answer may be.

    A `count` is a whole number, `unit` says of what; a `date` is a day; a `time` an instant in UTC. Bounds are
    numbers of the agreement, with `figures` as their mark.
    """

    id: Id
    number: Annotated[str, Meta(pattern=r"^[0-9A-Za-z]{1,6}(?:\.[0-9A-Za-z]{1,6}){0,3}\Z")]
    title: Labels
    type: ItemType
    provision: str
    unit: Labels = msgspec.field(default_factory=dict)
    required: bool = True
    at_least: Whole | None = None
    at_most: Whole | None = None
    figures: Marked | None = None
    choices: tuple[Choice, ...] = ()

    def check(self) -> None:
        super().check()
        if (self.type == "choice") != (len(self.choices) >= 2) or len(self.choices) > 50:
            raise Malformed("agreement.choices")
        bounded = self.at_least is not None or self.at_most is not None
        if (bounded or self.unit) and self.type != "count":
            raise Malformed("agreement.item-count")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise Malformed("agreement.bounds")
        check_figures(self.figures, there=bounded)


class Refusable(Entry, frozen=True, kw_only=True):
    """That a paper of this form may refuse: which item says so, by which choice, and for which reasons alone."""

    labels: ClassVar[tuple[str, ...]] = ()
    item: Id
    choice: Id
    reason: Id | None = None
    allowed: tuple[Id, ...] = ()


class Table(Entry, frozen=True, kw_only=True):
    """That a paper of this form may be a table of records; its columns are items of the form, its counts are added up.

    No two records have the same in the column `identified_by`. Of an item in `each_of` every choice stands in some
    record: a category that is left out is missed, and one with nothing in it is declared with a count of 0. An item in
    `same` says the same in every record, and so for the whole paper: the day on which it was so.
    """

    labels: ClassVar[tuple[str, ...]] = ()
    identified_by: Id | None = None
    each_of: Annotated[tuple[Id, ...], Meta(max_length=10)] = ()
    same: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()


class Form(Entry, frozen=True, kw_only=True):
    """What a paper of one kind holds. `follows` are the forms to one of which it must be an answer, if it names any."""

    id: Id
    title: Labels
    provision: str
    role: FormRole = "notification"
    precedence: Precedence = "routine"
    number: str = ""
    follows: tuple[Id, ...] = ()
    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=200)]
    refusal: Refusable | None = None
    table: Table | None = None

    def check(self) -> None:
        super().check()
        displayed(self.number, most=20)

    def item(self, name: str) -> Item | None:
        """The item with this id, None where there is none."""
        return next((each for each in self.items if each.id == name), None)

    def of_the_whole(self, item: Item) -> bool:
        """Whether an item says something of a whole paper: in a table, a count, or what every record has the same."""
        return self.table is None or item.type == "count" or item.id in self.table.same


def table_name(agreement: str, form: str) -> str:
    """What the file of a declared table is called: by it whoever opens it knows what it is a table of."""
    return f"{agreement}.{form}.csv"
