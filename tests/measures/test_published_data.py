"""What States published, filled into the forms of the agreements and compared with their limits and thresholds.

`pytest -s tests/measures/test_published_data.py` prints the figures that the last test counts from it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from parley.cli import templates
from parley.measures.agreement import Agreement, Condition, Limit, Threshold
from parley.measures.agreement_file import read_agreement
from parley.measures.content import Content, Value, of_items, read_content, write_content
from parley.measures.counting import limits, nearest, readings_in
from parley.measures.inspections import quota_board
from parley.measures.obligation import Obligation
from parley.measures.obligations import obligations
from parley.measures.papers import Filed
from parley.measures.thresholds import answers
from tests.measures.filing import filed as entered
from tests.measures.obligation_build import TEXT, adopted, at, utc
from tests.measures.published import declared_exercise, published, requests_of_2022

START = read_agreement(templates.read("new-start"))
VIENNA = read_agreement(templates.read("vienna-document-2011"))
GUARANTEES = read_agreement(templates.read("security-guarantees-2022"))


def filled(agreement: Agreement, form: str, items: dict[str, Value]) -> Content:
    """The form with these answers, written as a file and read back."""
    found = agreement.form(form)
    assert found is not None
    return read_content(write_content(of_items(agreement, found, items)), agreement)


def total(limit: Limit, content: Content) -> int:
    return sum(term.times * (content.count(term.item) or 0) for term in limit.sum)


def over(threshold: Threshold, content: Content) -> bool:
    def holds(condition: Condition) -> bool:
        count = content.count(condition.item)
        if condition.at_least is not None:
            return count is not None and count >= condition.at_least
        if condition.more_than is not None:
            return count is not None and count > condition.more_than
        return content.items.get(condition.item) == condition.is_

    return (not threshold.any or any(map(holds, threshold.any))) and all(map(holds, threshold.all))


# --- New START ------------------------------------------------------------------------------------------------------

AGGREGATES = published("new-start-aggregates")


def last_day(as_of: date) -> date:
    """The last day of the six months after which these data are given; of the first, the day of entry into force."""
    return as_of if as_of in (date(2011, 2, 5), date(2018, 2, 5)) else as_of - timedelta(days=1)


def declared(row: dict[str, str]) -> Content:
    as_of = date.fromisoformat(row["date"])
    counts = {name: int(row[name]) for name in ("deployed", "warheads", "launchers")}
    return filled(START, "data", {"exchange": last_day(as_of), "as-of": as_of, **counts})


def excess(row: dict[str, str]) -> dict[str, int]:
    """By how much each limit is exceeded, or with a minus how far away it is; none before the limits hold."""
    content = declared(row)
    day = content.day("as-of")
    assert day is not None
    return {
        limit.id: total(limit, content) - limit.at_most
        for limit in START.limits
        if limit.at_most is not None and limit.since <= day
    }


def test_of_all_published_totals_none_breaks_a_limit_while_the_limits_hold() -> None:
    assert len(AGGREGATES) == 49
    assert len({row["date"] for row in AGGREGATES}) == 25
    while_held = [(row["party"], row["date"], excess(row)) for row in AGGREGATES if row["date"] >= "2018-02-05"]
    assert len(while_held) == 21
    assert [each for each in while_held if max(each[2].values()) > 0] == []
    nearest = max(each[2]["warheads"] for each in while_held)
    assert [each[:2] for each in while_held if each[2]["warheads"] == nearest] == [("ru", "2022-09-01")]
    assert nearest == 1549 - 1550
    at_the_limit = [each[:2] for each in while_held if each[2]["launchers"] == 0]
    assert len(at_the_limit) == 11
    assert {party for party, _ in at_the_limit} == {"us"}


def test_before_that_day_more_is_lawful() -> None:
    earlier = [row for row in AGGREGATES if row["date"] < "2018-02-05"]
    assert [excess(row) for row in earlier] == [{}] * len(earlier)
    above = [
        row for row in earlier if any(total(limit, declared(row)) > (limit.at_most or 0) for limit in START.limits)
    ]
    assert ("ru", "2016-09-01", "1796") in {(row["party"], row["date"], row["warheads"]) for row in above}


def test_the_days_of_the_half_years() -> None:
    """Data as of 1 September and 1 March, due on 30 September and 30 March, in leap years too."""
    measure = next(each for each in START.measures if each.id == "half-yearly-data")
    assert measure.due.after is not None
    ends = {last_day(date.fromisoformat(row["date"])) for row in AGGREGATES} - {date(2011, 2, 5), date(2018, 2, 5)}
    assert min(ends) == measure.trigger.first == date(2011, 8, 31)
    due = {each + timedelta(days=measure.due.after.days or 0) for each in ends}
    assert {(day.month, day.day) for day in due} == {(9, 30), (3, 30)}
    assert {date(2012, 2, 29), date(2013, 2, 28), date(2016, 2, 29)} <= ends
    first = next(each for each in START.measures if each.id == "initial-data")
    assert START.in_force is not None
    assert first.due.after is not None
    assert START.in_force + timedelta(days=first.due.after.days or 0) == date(2011, 3, 22)


def test_totals_are_the_sums_of_their_parts() -> None:
    counts = {row["item"]: int(row["count"]) for row in published("new-start-detail-2020")}
    parts = {
        "deployed-icbms": counts["icbms-deployed"],
        "deployed-slbms": counts["slbms-deployed"],
        "deployed-bombers": counts["bombers-deployed"],
        "icbm-launchers": counts["icbm-launchers"],
        "slbm-launchers": counts["slbm-launchers"],
        "bombers": counts["bombers-deployed"] + counts["bombers-non-deployed"],
    }
    row = next(row for row in AGGREGATES if (row["date"], row["party"]) == ("2020-09-01", "us"))
    content = filled(START, "data", {**declared(row).items, **parts})
    assert content.count("deployed") == sum(parts[name] for name in parts if name.startswith("deployed")) == 675
    assert content.count("launchers") == parts["icbm-launchers"] + parts["slbm-launchers"] + parts["bombers"] == 800


def test_a_follow_on_counts_every_warhead_and_names_no_limit_for_them() -> None:
    """The first five numbers are the published ones, and what they leave; those of other warheads are invented."""
    counts = {
        "deployed-icbms": 397, "deployed-slbms": 230, "deployed-bombers": 48, "other-launchers": 125,
        "missile-warheads": 1409, "bomber-warheads": 1000, "stored-strategic": 1000, "deployed-other": 1000,
        "stored-other": 1000,
    }  # fmt: skip
    content = filled(GUARANTEES, "data", {"exchange": date(2022, 8, 31), "as-of": date(2022, 9, 1), **counts})
    sums = {limit.id: (total(limit, content), limit.at_most) for limit in GUARANTEES.limits}
    assert sums == {
        "deployed": (675, 700),
        "warheads": (1457, 1550),
        "launchers": (800, 800),
        "all-warheads": (5409, None),
    }


# --- Zapad-2017 -----------------------------------------------------------------------------------------------------

ZAPAD = {item: int(value) for item, value in declared_exercise().items() if value.isdigit()}
ITEMS: dict[str, Value] = {
    "designation": "Zapad-2017",
    "purpose": "A joint strategic exercise",
    "states": "Belarus, Russian Federation",
    "area": "Training areas in both States",
    "start": date(2017, 9, 14),
    "end": date(2017, 9, 20),
    "troops": ZAPAD["troops"],
    "tanks": ZAPAD["tanks"],
    "artillery": ZAPAD["artillery"],
    # not declared apart: the most that all the hardware leaves for them
    "acvs": ZAPAD["hardware"] - ZAPAD["tanks"] - ZAPAD["artillery"],
}
UNDER_VIENNA: dict[str, Value] = {**ITEMS, "kind": "land", "command": "General Staff", "structured": True}


def reached(agreement: Agreement, items: dict[str, Value]) -> set[str]:
    content = filled(agreement, "exercise", items)
    return {
        threshold.id for threshold in agreement.thresholds if threshold.form == "exercise" and over(threshold, content)
    }


def test_what_was_declared_is_to_be_notified_and_not_open_to_observation() -> None:
    assert reached(VIENNA, UNDER_VIENNA) == {"notify-land"}
    measure = next(each for each in VIENNA.measures if each.trigger.threshold == "notify-land")
    assert measure.due.before is not None
    assert date(2017, 9, 14) - timedelta(days=measure.due.before.days or 0) == date(2017, 8, 3)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ({"troops": 8999, "tanks": 249}, set()),
        ({"troops": 9000, "tanks": 249}, {"notify-land"}),
        ({"troops": 8999, "tanks": 250}, {"notify-land"}),
        ({"troops": 9000, "structured": False}, set()),
        ({"troops": 12999}, {"notify-land"}),
        ({"troops": 13000}, {"notify-land", "observe-land"}),
        ({"troops": 13001}, {"notify-land", "observe-land", "large"}),
        ({"troops": 25000}, {"notify-land", "observe-land", "large"}),
        ({"troops": 100_000}, {"notify-land", "observe-land", "large", "larger", "largest"}),
        ({"kind": "landing", "troops": 2999}, set()),
        ({"kind": "landing", "troops": 3000}, {"notify-landing"}),
        ({"kind": "landing", "troops": 3500}, {"notify-landing", "observe-landing"}),
        ({"kind": "transfer"}, {"notify-transfer"}),
        ({"kind": "alert", "troops": 13000, "hours": 72}, {"notify-alert"}),
        ({"kind": "alert", "troops": 13000, "hours": 73}, {"notify-alert", "observe-alert"}),
    ],
)
def test_at_least_and_more_than_are_not_the_same(items: dict[str, Value], expected: set[str]) -> None:
    assert reached(VIENNA, {**UNDER_VIENNA, **items}) == expected


def test_at_lowered_thresholds_it_is_open_to_observation_too() -> None:
    assert reached(GUARANTEES, {**ITEMS, "bombers": False}) == {"notify", "observe"}
    small: dict[str, Value] = {"troops": 2999, "tanks": 0, "acvs": 0, "artillery": 0}
    assert reached(GUARANTEES, {**ITEMS, **small, "bombers": False}) == set()
    assert reached(GUARANTEES, {**ITEMS, **small, "bombers": True}) == {"notify"}


# --- all of it in figures -------------------------------------------------------------------------------------------


def as_papers() -> list[Filed]:
    """The published totals, each as a paper of its party under New START."""
    return [
        entered(row["party"], "data", declared(row).items, entry=entry, made=row["date"], agreement="new-start")
        for entry, row in enumerate(AGGREGATES, start=1)
    ]


def of_new_start() -> Iterator[tuple[str, str]]:
    """Limits kept and approached, more that was lawful, the reading beside, and the days of the exchanges."""
    papers = as_papers()
    rows = limits(START, papers, (), date(2023, 12, 31))
    since = [row for row in rows if row.day >= date(2018, 2, 5)]
    days = {row["date"] for row in AGGREGATES}
    yield "totals published", f"{len(AGGREGATES)} rows of {len(days)} days, {min(days)} to {max(days)}"
    above = sum(row.state == "above" for row in since)
    yield "from 2018-02-05 on", f"{above} of {len(since)} sums above a limit"
    earlier = [row for row in rows if row.state == "not_yet" and row.excess]
    most = max((row for row in earlier if (row.limit, row.party) == ("warheads", "ru")), key=lambda row: row.excess)
    yield "more, and lawful, before", f"{len(earlier)} sums; the most warheads of ru {most.declared:,} on {most.day}"
    near = nearest(rows)
    for limit in START.limits:
        first, *same = [row for row in near if row.limit == limit.id]
        more = f", {len(same) + 1} times" if same else f" on {first.day}"
        yield f"nearest, {limit.id}", f"{first.party} {first.declared:,} of {first.at_most:,}{more}"
    yield "read by ru", reservation(papers)
    deadlines = [owed.deadline.to_text()[:10] for owed in exchanges() if owed.deadline]
    yield "first data", f"by {deadlines[0]}, 45 days after 2011-02-05"
    yield "half-yearly data", " and ".join(sorted({f"by {day[5:]}" for day in deadlines[1:]})) + " of each year"


def reservation(papers: list[Filed]) -> str:
    """Russia's standing reservation to what the United States declared as of 1 March 2022."""
    about = next(paper for paper in papers if paper.sender == "us" and paper.content.day("as-of") == date(2022, 3, 1))
    counts = {"converted-launchers": 56, "converted-bombers": 41, "training-silos": 4}
    items = {**counts, "because": "conversions that cannot be confirmed", "standing": True}
    paper = entered("ru", "reservation", items, entry=100, answers=about, agreement="new-start")
    readings, _ = readings_in(START, [*papers, paper])
    rows = limits(START, [*papers, paper], readings, date(2023, 12, 31))
    (row,) = (row for row in rows if (row.limit, row.paper) == ("launchers", about.digest))
    ((beside),) = row.readings
    parts = " + ".join(str(part.difference) for part in beside.reading.parts)
    return f"{row.declared} declared, {beside.value} as read: {parts} = {beside.reading.difference} more"


def exchanges() -> list[Obligation]:
    """What the United States owed Russia until New START ended."""
    steps = adopted(("ru", "us"), "2011-02-05")
    found = obligations(START, utc("ru", "us"), (), steps, at("2026-06-01"), text=TEXT)
    return [owed for owed in found if owed.debtor == "us"]


def of_the_vienna_document() -> Iterator[tuple[str, str]]:
    """An exercise beside two thresholds, two requests, and the rule of sixtieths."""
    for answer in answers(VIENNA, filled(VIENNA, "exercise", UNDER_VIENNA)):
        if answer.threshold.id in ("notify-land", "observe-land"):
            said = "; ".join(
                f"{each.condition.item} {each.value:,} from {each.condition.at_least:,}"
                for each in answer.deciding
                if each.condition.item in ("troops", "tanks") and isinstance(each.value, int)
            )
            yield f"Zapad-2017, {answer.threshold.id}", f"{'yes' if answer.reached else 'no'}: {said}"
    for owed in sorted(replies(), key=lambda owed: (owed.debtor, owed.creditor)):
        until = owed.deadline.to_text()[:16] if owed.deadline else "—"
        yield f"February 2022, {owed.debtor} to {owed.creditor}", f"reply by {until}: {owed.state.value}"
    visits = {units: visits_for(units) for units in (0, 60, 61, 541, 901)}
    yield "evaluation visits", ", ".join(f"{units} units {number}" for units, number in visits.items())


def replies() -> list[Obligation]:
    """Who owed a reply to a request of February 2022, three days later."""
    parties = ("by", "ee", "lt", "lv", "ru", "ua")
    said = ({"concern": "…", "area": "…", "questions": "…"}, {"explanation": "…"})
    papers, steps = requests_of_2022(VIENNA.id, ("activity-request", "activity-reply"), said)
    steps = [*adopted(parties, "2011-12-01"), *steps]
    found = obligations(VIENNA, utc(*parties), papers, steps, at("2022-02-14"), text=TEXT)
    return [owed for owed in found if owed.measure.id == "activity-reply"]


def visits_for(units: int) -> int | None:
    """How many evaluation visits follow from so many units."""
    items: dict[str, Value] = {"units": units, "valid-from": date(2012, 1, 1)}
    paper = entered("ru", "annual-information", items, entry=1, to=("us",), made="2011-12-15", agreement=VIENNA.id)
    return next(row.number for row in quota_board(VIENNA, [paper], 2012) if row.quota == "evaluations")


def test_the_figures_are_counted_and_printed() -> None:
    """What `-s` prints: each line is counted by the program from what was published."""
    figures = [*of_new_start(), *of_the_vienna_document()]
    width = max(len(name) for name, _ in figures) + 2
    sys.stdout.write("\n" + "".join(f"{name.ljust(width)}{said}\n" for name, said in figures))
    assert dict(figures) == {
        "totals published": "49 rows of 25 days, 2011-02-05 to 2023-03-01",
        "from 2018-02-05 on": "0 of 63 sums above a limit",
        "more, and lawful, before": "54 sums; the most warheads of ru 1,796 on 2016-09-01",
        "nearest, deployed": "us 686 of 700 on 2022-03-01",
        "nearest, warheads": "ru 1,549 of 1,550 on 2022-09-01",
        "nearest, launchers": "us 800 of 800, 11 times",
        "read by ru": "800 declared, 901 as read: 56 + 41 + 4 = 101 more",
        "first data": "by 2011-03-22, 45 days after 2011-02-05",
        "half-yearly data": "by 03-30 and by 09-30 of each year",
        "Zapad-2017, notify-land": "yes: troops 12,700 from 9,000; tanks 250 from 250",
        "Zapad-2017, observe-land": "no: troops 12,700 from 13,000; tanks 250 from 300",
        "February 2022, by to ee": "reply by 2022-02-11T13:00: contested",
        "February 2022, by to lt": "reply by 2022-02-11T13:00: contested",
        "February 2022, by to lv": "reply by 2022-02-11T13:00: contested",
        "February 2022, ru to ua": "reply by 2022-02-13T13:00: missed",
        "evaluation visits": "0 units 0, 60 units 1, 61 units 2, 541 units 10, 901 units 15",
    }
