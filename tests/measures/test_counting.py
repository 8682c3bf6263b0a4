"""Limits and counting: the published New START totals, readings beside them, and what a reading cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import Digest
from parley.errors import Malformed, ParleyError, Refused
from parley.measures.agreement import Agreement
from parley.measures.agreement_file import examine, read_agreement
from parley.measures.counting import LimitRow, Reading, latest, limits, nearest, readings_in
from parley.measures.declaration_table import read_table
from parley.measures.papers import Filed
from parley.words.limits import as_values
from parley.words.limits import rows as told
from tests.measures.agreements import a_form, an_entry, an_item, head
from tests.measures.filing import filed
from tests.measures.published import DATA, published

EVER = date(2200, 12, 31)


def item(name: str, number: int, type_: str = "count", *choices: str, required: bool = True) -> str:
    return an_item(name, number, type_, "art. 1", *choices, required=required)


DETAIL = (
    "icbm-launchers-deployed", "slbm-launchers-deployed", "bombers-deployed", "icbm-launchers", "slbm-launchers",
    "bombers-non-deployed",
)  # fmt: skip


def limit(name: str, form: str, terms: str, most: int) -> str:
    return an_entry(
        "limits", name, "art. 1", f'form = "{form}"', 'as_of = "as-of"', f"sum = [{terms}]", f"at_most = {most}",
        "from = 2018-02-05", 'mark = "seen"', 'source = "here"',
    )  # fmt: skip


KINDS = ("icbm", "icbm-launcher", "slbm", "slbm-launcher", "heavy-bomber")
ROLE = 'role = "declaration"'
STRATEGIC = "".join(
    [
        head("strategic", "Strategic offensive arms, as far as these tests count them", "art. 1: Central limits"),
        a_form(
            "totals",
            "art. 1",
            item("as-of", 1, "date"),
            *(item(name, number) for number, name in enumerate(("deployed", "warheads", "launchers"), start=2)),
            more=ROLE,
        ),
        a_form(
            "detail",
            "art. 1",
            item("as-of", 1, "date"),
            *(item(name, number) for number, name in enumerate(DETAIL, start=2)),
            more=ROLE,
        ),
        a_form(
            "table",
            "art. 1",
            item("category", 1, "choice", *KINDS, required=False),
            item("item", 2, "text", required=False),
            item("count", 3),
            more=f'{ROLE}\ntable = {{ identified_by = "item", each_of = ["category"] }}',
        ),
        a_form(
            "reservation",
            "art. 1",
            item("converted-launchers", 1, required=False),
            item("converted-bombers", 2, required=False),
            item("training-silos", 3, required=False),
            item("not-counted", 4, required=False),
            item("words", 5, "text"),
            item("standing", 6, "yes_no", required=False),
            more='role = "note"\nfollows = ["totals"]',
        ),
        limit("deployed", "totals", '{ item = "deployed" }', 700),
        limit("warheads", "totals", '{ item = "warheads" }', 1550),
        limit("launchers", "totals", '{ item = "launchers" }', 800),
        limit("deployed-by-kind", "detail", ", ".join(f'{{ item = "{name}" }}' for name in DETAIL[:3]), 700),
        limit(
            "launchers-by-kind",
            "detail",
            ", ".join(f'{{ item = "{name}" }}' for name in ("bombers-deployed", *DETAIL[3:])),
            800,
        ),
        """
[[readings]]
limit = "launchers"
form = "reservation"
more = ["converted-launchers", "converted-bombers", "training-silos"]
less = ["not-counted"]
words = "words"
standing = "standing"
""",
    ]
)
AGREEMENT = read_agreement(STRATEGIC.encode())


TOTALS = published("new-start-aggregates")


def totals(party: str, day: str, deployed: int, warheads: int, launchers: int, **given: Any) -> Filed:
    items = {"as-of": date.fromisoformat(day), "deployed": deployed, "warheads": warheads, "launchers": launchers}
    return filed(party, "totals", items, agreement="strategic", **given)


DECLARED = [
    totals(
        row["party"], row["date"], int(row["deployed"]), int(row["warheads"]), int(row["launchers"]),
        entry=entry, made=row["date"],
    )
    for entry, row in enumerate(TOTALS, start=1)
]  # fmt: skip
OF = {(row["party"], row["date"]): paper for row, paper in zip(TOTALS, DECLARED, strict=True)}


def rows(papers: list[Filed] = DECLARED, on: date = EVER, readings: tuple[Reading, ...] = ()) -> list[LimitRow]:
    return list(limits(AGREEMENT, papers, readings, on))


def of(limit_: str, found: list[LimitRow]) -> list[LimitRow]:
    return [row for row in found if row.limit == limit_]


# --- the published totals ---------------------------------------------------------------------------------------


def test_there_are_the_forty_nine_published_rows() -> None:
    assert len(TOTALS) == 49
    assert [len([row for row in TOTALS if row["party"] == party]) for party in ("us", "ru")] == [25, 24]
    assert {row["mark"] for row in TOTALS} == {"seen", "to_be_checked"}
    assert all(row["source"] for row in TOTALS if row["mark"] == "seen")


def test_no_limit_was_broken_from_the_day_on_which_it_held() -> None:
    found = [row for row in rows() if row.day >= date(2018, 2, 5)]
    assert len(found) == 3 * 21
    assert {row.state for row in found} == {"within"}
    assert all(row.excess == 0 for row in found)


def test_more_was_lawful_before() -> None:
    found = [row for row in rows() if row.day < date(2018, 2, 5)]
    assert {row.state for row in found} == {"not_yet"}
    largest = max(of("warheads", [row for row in found if row.party == "ru"]), key=lambda row: row.declared or 0)
    assert (largest.day, largest.declared, largest.excess) == (date(2016, 9, 1), 1796, 246)
    above = {(row.party, row.day) for row in found if row.excess}
    counted = {
        (row["party"], date.fromisoformat(row["date"]))
        for row in TOTALS
        if row["date"] < "2018-02-05"
        and (int(row["deployed"]) > 700 or int(row["warheads"]) > 1550 or int(row["launchers"]) > 800)
    }
    assert above == counted
    assert ("us", date(2017, 9, 1)) not in above


def test_the_nearest_approaches_are_named() -> None:
    found = nearest(rows())
    (warheads,) = of("warheads", list(found))
    assert (warheads.party, warheads.day, warheads.declared, warheads.left) == ("ru", date(2022, 9, 1), 1549, 1)
    launchers = of("launchers", list(found))
    assert {(row.party, row.declared, row.at_most, row.left) for row in launchers} == {("us", 800, 800, 0)}
    assert len(launchers) == 11
    (deployed,) = of("deployed", list(found))
    assert (deployed.party, deployed.day, deployed.declared) == ("us", date(2022, 3, 1), 686)
    of_ru = nearest(row for row in rows() if row.party == "ru")
    assert [(row.limit, row.day, row.declared) for row in of_ru] == [
        ("deployed", date(2022, 9, 1), 540), ("warheads", date(2022, 9, 1), 1549), ("launchers", date(2018, 2, 5), 779),
    ]  # fmt: skip


def test_as_things_stood_on_a_day() -> None:
    found = rows(on=date(2018, 2, 4))
    assert max(row.day for row in found) == date(2017, 9, 1)
    now = {(row.limit, row.party): (row.day, row.declared) for row in latest(found)}
    assert now["warheads", "ru"] == (date(2017, 9, 1), 1561)
    assert len(now) == 6
    assert {row.day for row in rows(on=date(2011, 2, 5))} == {date(2011, 2, 5)}
    assert rows(on=date(2011, 2, 4)) == []


def test_the_table_by_kind_gives_the_same_totals() -> None:
    text = (DATA / "new-start-detail-2020.csv").read_text("utf-8")
    lines = [line.encode() for line in text.splitlines(keepends=True) if not line.startswith("#")]
    form = AGREEMENT.form("table")
    assert form is not None
    counts = {row.items["item"]: row.items["count"] for row in read_table(form, lines)}
    assert len(counts) == 21
    items: dict[str, Any] = {name: counts[name] for name in DETAIL}
    detail = filed("us", "detail", {"as-of": date(2020, 9, 1), **items}, entry=900, agreement="strategic")
    found = {row.limit: row for row in rows([*DECLARED, detail]) if (row.party, row.day) == ("us", date(2020, 9, 1))}
    assert found["deployed-by-kind"].declared == found["deployed"].declared == 397 + 230 + 48 == 675
    assert found["launchers-by-kind"].declared == found["launchers"].declared == 454 + 280 + 48 + 18 == 800
    assert found["launchers-by-kind"].paper != found["launchers"].paper


# --- readings ---------------------------------------------------------------------------------------------------


def reservation(
    by: str, about: Filed | Digest | None, entry: int, words: str = "cannot confirm", **items: Any
) -> Filed:
    named = {name.replace("_", "-"): value for name, value in items.items()}
    return filed(by, "reservation", {**named, "words": words}, entry=entry, answers=about, agreement="strategic")


STANDING = reservation(
    "ru", OF["us", "2022-03-01"], 100,
    converted_launchers=56, converted_bombers=41, training_silos=4, standing=True,
)  # fmt: skip


def read(*papers: Filed) -> tuple[Reading, ...]:
    found, unplaced = readings_in(AGREEMENT, [*DECLARED, *papers])
    assert unplaced == ()
    return found


def test_the_standing_reservation_stands_beside_what_was_declared() -> None:
    (reading,) = read(STANDING)
    assert (reading.by, reading.limit, reading.difference) == ("ru", "launchers", 101)
    assert [part.difference for part in reading.parts] == [56, 41, 4]
    assert (reading.words, reading.reference, reading.of) == ("cannot confirm", "RU-100", OF["us", "2022-03-01"].digest)
    found = of("launchers", rows([*DECLARED, STANDING], readings=(reading,)))
    beside = {(row.party, str(row.day)): row for row in found if row.readings}
    assert set(beside) == {("us", "2022-03-01"), ("us", "2022-09-01"), ("us", "2023-03-01")}
    for row in beside.values():
        assert (row.declared, row.left, row.state) == (800, 0, "within")
        (read_so,) = row.readings
        assert (read_so.value, read_so.left, read_so.reading) == (901, -101, reading)


def test_readings_change_no_sum_and_no_state() -> None:
    def bare(found: list[LimitRow]) -> list[LimitRow]:
        return [replace(row, readings=()) for row in found]

    assert bare(rows([*DECLARED, STANDING], readings=read(STANDING))) == rows()


def test_a_reading_of_one_declaration_stands_beside_that_one_alone() -> None:
    one = reservation("ru", OF["us", "2020-03-01"], 101, not_counted=7, standing=False)
    (reading,) = read(one)
    assert reading.difference == -7
    found = [row for row in rows([*DECLARED, one], readings=(reading,)) if row.readings]
    assert [(row.day, row.readings[0].value, row.readings[0].left) for row in found] == [(date(2020, 3, 1), 793, 7)]


def test_several_readings_are_never_made_one() -> None:
    again = reservation("ru", OF["us", "2022-03-01"], 102, words="four silos", training_silos=4)
    other = reservation("de", OF["us", "2022-03-01"], 103, words="as declared", training_silos=0)
    found = rows([*DECLARED, STANDING, again, other], readings=read(STANDING, again, other))
    (row,) = [row for row in of("launchers", found) if row.day == date(2022, 3, 1) and row.party == "us"]
    assert [(each.reading.by, each.reading.words, each.value) for each in row.readings] == [
        ("ru", "cannot confirm", 901), ("ru", "four silos", 804), ("de", "as declared", 800),
    ]  # fmt: skip


def test_a_standing_reading_goes_until_its_authors_next() -> None:
    ended = reservation("ru", OF["us", "2023-03-01"], 104, words="no longer", training_silos=0, standing=True)
    others = reservation("de", OF["us", "2022-09-01"], 105, words="one", training_silos=1, standing=True)
    found = rows([*DECLARED, STANDING, ended, others], readings=read(STANDING, ended, others))
    said = {
        str(row.day): [(each.reading.by, each.value) for each in row.readings]
        for row in of("launchers", found)
        if row.readings
    }
    assert said == {
        "2022-03-01": [("ru", 901)],
        "2022-09-01": [("ru", 901), ("de", 801)],
        "2023-03-01": [("ru", 800), ("de", 801)],
    }


def test_a_paper_without_a_count_for_a_limit_reads_nothing() -> None:
    assert read(reservation("ru", OF["us", "2022-03-01"], 106)) == ()


def test_a_reading_marked_test_counts_for_nothing() -> None:
    trial = replace(STANDING, content=replace(STANDING.content, test=True))
    assert read(trial) == ()


@pytest.mark.parametrize(
    ("about", "by", "code"),
    [
        (None, "ru", "counting.no-declaration"),
        (Digest(bytes(32)), "ru", "counting.no-declaration"),
        (STANDING.digest, "ru", "counting.no-declaration"),
        (OF["us", "2022-03-01"].digest, "us", "counting.own-reading"),
    ],
)
def test_a_reading_of_nothing_is_shown_and_stops_nobody(about: Digest | None, by: str, code: str) -> None:
    bad = reservation(by, about, 107, training_silos=1)
    found, unplaced = readings_in(AGREEMENT, [*DECLARED, STANDING, bad])
    assert found == read(STANDING)
    assert [(each.by, each.reference, each.code, each.details["reference"]) for each in unplaced] == [
        (by, bad.reference, code, bad.reference)
    ]


@pytest.mark.parametrize(
    ("change", "code", "family"),
    [
        ({"limit": "silos"}, "counting.no-limit", Malformed),
        ({"limit": "launchers-by-kind"}, "counting.no-declaration", Malformed),
        ({"of": Digest(bytes(32))}, "counting.no-declaration", Malformed),
        ({"by": "us"}, "counting.own-reading", Refused),
    ],
)
def test_readings_that_are_handed_in_must_be_of_something(
    change: dict[str, Any], code: str, family: type[ParleyError]
) -> None:
    (reading,) = read(STANDING)
    with pytest.raises(ParleyError) as caught:
        rows([*DECLARED, STANDING], readings=(replace(reading, **change),))
    assert (type(caught.value), caught.value.code) == (family, code)
    assert caught.value.details["reference"] == "RU-100"


# --- what else is declared --------------------------------------------------------------------------------------


def test_a_broken_limit_is_above_and_says_by_how_much() -> None:
    one_more = totals("us", "2019-03-01", 701, 1551, 800, entry=1)
    on_the_day, before = (
        totals("ru", day, 701, 0, 0, entry=entry) for day, entry in (("2018-02-05", 2), ("2018-02-04", 3))
    )
    found = {(row.party, row.limit, row.day): row for row in rows([one_more, on_the_day, before])}
    assert [(row.state, row.excess) for key, row in found.items() if key[0] == "us"] == [
        ("above", 1), ("above", 1), ("within", 0),
    ]  # fmt: skip
    assert found["ru", "deployed", date(2018, 2, 5)].state == "above"
    assert found["ru", "deployed", date(2018, 2, 4)].state == "not_yet"
    (worst,) = of("deployed", list(nearest([found["us", "deployed", date(2019, 3, 1)]])))
    assert worst.left == -1


def changed(**members: Any) -> Agreement:
    """The same agreement, with members of all its limits changed."""
    return msgspec.structs.replace(
        AGREEMENT, limits=tuple(msgspec.structs.replace(each, **members) for each in AGREEMENT.limits)
    )


@pytest.mark.parametrize(
    ("agreement", "day", "state"),
    [
        (changed(until=date(2020, 2, 29)), "2020-02-29", "above"),
        (changed(until=date(2020, 2, 29)), "2020-03-01", "no_longer"),
        (msgspec.structs.replace(AGREEMENT, expires=date(2026, 2, 5)), "2026-02-05", "above"),
        (msgspec.structs.replace(AGREEMENT, expires=date(2026, 2, 5)), "2026-02-06", "no_longer"),
        (msgspec.structs.replace(AGREEMENT, in_force=date(2019, 1, 1)), "2018-12-31", "not_yet"),
        (msgspec.structs.replace(AGREEMENT, in_force=date(2019, 1, 1)), "2019-01-01", "above"),
        (msgspec.structs.replace(AGREEMENT, in_force=date(2011, 2, 5)), "2018-02-04", "not_yet"),
        (changed(at_most=None), "2020-03-01", "not_agreed"),
        (changed(at_most=0), "2020-03-01", "above"),
    ],
)
def test_on_which_days_a_limit_holds(agreement: Agreement, day: str, state: str) -> None:
    (row,) = of("warheads", list(limits(agreement, [totals("us", day, 0, 9999, 0, entry=1)], (), EVER)))
    assert row.state == state
    assert (row.left is None) == (state == "not_agreed")


def test_terms_are_counted_so_many_times() -> None:
    (one,) = [each for each in AGREEMENT.limits if each.id == "warheads"]
    terms = [
        msgspec.structs.replace(one.sum[0], item=item, times=times)
        for item, times in (("warheads", 1), ("deployed", 20))
    ]
    attributed = msgspec.structs.replace(AGREEMENT, limits=(msgspec.structs.replace(one, sum=tuple(terms)),))
    (row,) = limits(attributed, [totals("us", "2020-03-01", 48, 500, 0, entry=1)], (), EVER)
    assert row.declared == 500 + 20 * 48


def test_without_one_of_its_items_there_is_no_sum() -> None:
    whole = totals("us", "2020-03-01", 655, 1373, 800, entry=1)
    items = {name: value for name, value in whole.content.items.items() if name != "warheads"}
    found = rows([replace(whole, content=replace(whole.content, items=items))])
    (row,) = of("warheads", found)
    assert (row.state, row.declared, row.left, row.missing, row.excess) == ("incomplete", None, None, ("warheads",), 0)
    assert of("deployed", found)[0].declared == 655
    assert of("warheads", list(nearest(found))) == []


def test_a_declaration_that_was_corrected_stays() -> None:
    first = totals("us", "2020-03-01", 655, 1600, 800, entry=1)
    second, third = (
        totals("us", "2020-03-01", 655, warheads, 800, entry=entry) for warheads, entry in ((1551, 2), (1373, 3))
    )
    other = totals("ru", "2020-03-01", 485, 1326, 754, entry=4)
    reading = reservation("ru", first, 5, training_silos=4, standing=True)
    found, _ = readings_in(AGREEMENT, [first, second, third, other, reading])
    by_paper = rows([first, second, third, other, reading], readings=found)
    warheads = [row for row in of("warheads", by_paper) if row.party == "us"]
    assert [(row.declared, row.state, row.corrected_by) for row in warheads] == [
        (1600, "above", second.digest), (1551, "above", third.digest), (1373, "within", None),
    ]  # fmt: skip
    assert [cells[5:7] for cells, _ in told(AGREEMENT, warheads, naming=str)] == [
        ["50 over", "ABOVE, corrected later"], ["1 over", "ABOVE, corrected later"], ["177", "within"],
    ]  # fmt: skip
    assert [value["corrected"] for value in as_values(AGREEMENT, warheads)] == [True, True, False]
    assert [len(row.readings) for row in of("launchers", by_paper) if row.party == "us"] == [1, 1, 1]
    assert {row.paper for row in nearest(by_paper)} <= {third.digest, other.digest}
    assert {row.paper for row in latest(by_paper)} == {third.digest, other.digest}


def test_papers_of_another_agreement_and_tests_do_not_count() -> None:
    one = totals("us", "2020-03-01", 1, 1, 1, entry=1)
    elsewhere = replace(one, content=replace(one.content, agreement="other"))
    trial = replace(one, content=replace(one.content, test=True))
    assert rows([elsewhere, trial]) == []
    assert len(rows([one, one])) == 3


@given(st.data())
def test_the_order_of_papers_and_readings_changes_nothing(data: st.DataObject) -> None:
    extra = [
        STANDING,
        totals("us", "2022-03-01", 1, 2, 3, entry=110),
        reservation("ru", OF["us", "2020-03-01"], 111, training_silos=1, standing=True),
        reservation("de", OF["us", "2020-03-01"], 112, training_silos=2, standing=True),
        reservation("us", OF["ru", "2020-03-01"], 113, not_counted=3),
    ]
    given_ = data.draw(st.permutations([*DECLARED, *extra, *extra[:2]]))
    found, unplaced = readings_in(AGREEMENT, given_)
    assert (found, unplaced) == readings_in(AGREEMENT, [*DECLARED, *extra])
    shuffled = data.draw(st.permutations(found))
    assert limits(AGREEMENT, given_, shuffled, EVER) == limits(AGREEMENT, [*DECLARED, *extra], found, EVER)


# --- the rule of readings in an agreement's file ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('limit = "launchers"\nform = "reservation"', 'limit = "silos"\nform = "reservation"', "agreement.no-limit"),
        (
            'limit = "launchers"\nform = "reservation"',
            'limit = "launchers-by-kind"\nform = "reservation"',
            "agreement.no-answer",
        ),
        ('form = "reservation"\nmore', 'form = "letter"\nmore', "agreement.no-form"),
        ('less = ["not-counted"]', 'less = ["words"]', "agreement.no-item"),
        ('less = ["not-counted"]', 'less = ["training-silos"]', "agreement.twice"),
        ('words = "words"', 'words = "standing"', "agreement.no-item"),
        ('standing = "standing"', 'standing = "words"', "agreement.no-item"),
        ('identified_by = "item"', 'identified_by = "kind"', "agreement.no-item"),
        ('each_of = ["category"]', 'each_of = ["item"]', "agreement.no-item"),
    ],
)
def test_a_rule_of_readings_that_does_not_fit(old: str, new: str, code: str) -> None:
    assert STRATEGIC.count(old) == 1
    _, faults = examine(STRATEGIC.replace(old, new).encode())
    assert code in [fault.code for fault in faults]


def test_a_rule_of_readings_that_moves_nothing() -> None:
    text = STRATEGIC.replace('more = ["converted-launchers", "converted-bombers", "training-silos"]\n', "more = []\n")
    _, faults = examine(text.replace('less = ["not-counted"]\n', "").encode())
    assert [fault.code for fault in faults] == ["agreement.reading"]
