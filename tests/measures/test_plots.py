"""The drawing of declared totals: every number in its place and in words, nothing off the canvas, the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from parley.measures.counting import limits, readings_in
from parley.measures.plots.axes import YEAR_ROOM, Days, Values, apart
from parley.measures.plots.limit_plot import DASHES, WIDTH, Line, Panel, Point, Words, limit_plot
from parley.measures.plots.svg import SIGNS, short
from parley.words.drawings import limits_drawing, limits_told
from tests.measures.test_counting import AGREEMENT, DECLARED, EVER, OF, reservation, totals

SVG = "{http://www.w3.org/2000/svg}"
GOLDEN = Path(__file__).parent / "data" / "limits.svg"
NAMES = {"us": "United States", "ru": "Russian <Federation> & others"}
WORDS = Words(title="Totals", desc="All of them", reading="as read", corrected="corrected")
CORRECTION = totals("us", "2021-03-01", 651, 1357, 790, entry=950, made="2021-04-01")
READ = reservation(
    "ru", OF["us", "2018-02-05"], 900,
    converted_launchers=56, converted_bombers=41, training_silos=4, standing=True,
)  # fmt: skip


def naming(party: str) -> str:
    return NAMES.get(party, party)


def drawn(papers: list[Any] | None = None) -> str:
    known = [*DECLARED, READ, CORRECTION] if papers is None else papers
    readings, unplaced = readings_in(AGREEMENT, known)
    assert unplaced == ()
    return limits_drawing([(AGREEMENT, limits(AGREEMENT, known, readings, EVER))], naming=naming, alone=True)


def parsed(svg: str) -> Any:
    """The drawing as a strict parser reads it, with nothing but what drawings are made of."""
    tree = etree.fromstring(svg.encode("utf-8"), etree.XMLParser(resolve_entities=False))
    assert {each.tag.removeprefix(SVG) for each in tree.iter()} <= {"svg", "title", "desc", "rect", "path", "text"}
    return tree


def texts(tree: Any) -> list[str]:
    return [each.text for each in tree.iter(f"{SVG}text")]


def places(tree: Any) -> Iterator[tuple[int, int]]:
    """Every place to which a path leads or at which a text stands; paths are of M, l, a, h, v, m and whole numbers."""
    for each in tree.iter(f"{SVG}text"):
        yield int(each.get("x")), int(each.get("y"))
    for each in tree.iter(f"{SVG}path"):
        way = each.get("d")
        assert re.fullmatch(r"(?:[MlahvmLz]|-?[0-9]+| )+", way), way
        for run in re.findall(r"M([^MlahvmLz]*)", way):
            numbers = [int(number) for number in run.split()]
            assert len(numbers) % 2 == 0
            yield from zip(numbers[::2], numbers[1::2], strict=True)


# --- the real totals ----------------------------------------------------------------------------------------------


def test_each_limit_has_its_panel_and_each_party_its_name_at_the_end_of_its_line() -> None:
    tree = parsed(drawn())
    found = texts(tree)
    assert [each for each in found if each.endswith("from 2018-02-05")] == [
        "deployed: at most 700 from 2018-02-05",
        "warheads: at most 1,550 from 2018-02-05",
        "launchers: at most 800 from 2018-02-05",
    ]
    assert [each for each in found if each in ("United States", "at most 700")] == [
        "at most 700",
        *["United States"] * 3,
    ]
    assert sum(each.startswith("Russian <Federa") and each.endswith("…") for each in found) == 3  # cut to its room
    assert {"2012", "2022"} <= set(found)
    assert "2024" not in found


def test_parties_differ_by_dashes_and_signs_and_everything_has_one_colour() -> None:
    tree = parsed(drawn())
    lines = [each for each in tree.iter(f"{SVG}path") if each.get("stroke-width") == "2"]
    assert {each.get("stroke-dasharray") for each in lines} == {None, DASHES[1]}
    colours = {value for each in tree.iter() for name, value in each.items() if name in ("fill", "stroke")}
    assert colours == {"none", "currentColor", "#fff"}
    signs = {each.get("d")[:1] + re.sub(r"[0-9 ]+", " ", each.get("d")) for each in tree.iter(f"{SVG}path")
             if len(each) and each.get("fill")}  # fmt: skip
    assert len(signs) == 2


def test_the_limit_is_a_line_from_the_day_on_which_it_holds() -> None:
    tree = parsed(drawn())
    thick = [each.get("d") for each in tree.iter(f"{SVG}path") if each.get("stroke-width") == "3"]
    assert len(thick) == 3
    days = Days.around([date(2011, 2, 5), date(2023, 3, 1)], left=59, right=WIDTH - 190)
    for way in thick:
        (x1, y1), (x2, y2) = ((int(a), int(b)) for a, b in re.findall(r"([0-9]+) ([0-9]+)", way))
        assert (x1, x2) == (days.x(date(2018, 2, 5)), days.right)
        assert y1 == y2


def test_readings_and_corrected_declarations_stand_beside_and_no_line_goes_through_them() -> None:
    tree = parsed(drawn())
    said = [each.text for each in tree.iter(f"{SVG}title")]
    assert said.count("Russian <Federation> & others reads US-950: 891") == 1
    read = [each for each in said if " reads " in each]
    assert len(read) == 12  # 11 declarations from 2018-02-05 on, and the correction
    open_ = [each for each in tree.iter(f"{SVG}path") if len(each) and not each.get("fill")]
    (sign,) = [each for each in open_ if each[0].text.startswith("United States, 2021-03-01: 651 ")]
    assert "a4 4" in sign.get("d")
    lines = [each.get("d") for each in tree.iter(f"{SVG}path") if each.get("stroke-width") == "2"]
    assert len(lines) == 6
    assert [len(re.findall(r"[0-9]+ [0-9]+", way)) for way in lines] == [24, 25] * 3


def test_every_number_of_the_table_is_in_its_description() -> None:
    known = [*DECLARED, READ, CORRECTION]
    readings, _ = readings_in(AGREEMENT, known)
    found = limits(AGREEMENT, known, readings, EVER)
    tree = parsed(drawn())
    told = tree.find(f"{SVG}desc").text.split("\n")
    assert told == list(limits_told([(AGREEMENT, found)], naming=naming))
    assert len(told) == 3 * 50 + 12
    row = "limit: launchers; who: United States; on: 2022-09-01; declared: 800; at most: 800; left: 0; state: within"
    assert sum(each.startswith(row) for each in told) == 1
    assert (
        told.count("launchers, US-950: Russian <Federation> & others reads 891, +101, left 91 over (cannot confirm)")
        == 1
    )


def test_it_is_named_and_described_and_fetches_and_runs_nothing() -> None:
    svg = drawn()
    tree = parsed(svg)
    assert (tree.get("role"), tree.get("version")) == ("img", "1.1")
    assert tree.get("aria-labelledby") == tree[0].get("id")
    assert tree.get("aria-describedby") == tree[1].get("id")
    assert (tree[0].text, tree[1].tag) == ("Declared totals beside their limits", f"{SVG}desc")
    assert re.findall(r"[a-z]+:/+[^\" ]*", svg) == ["http://www.w3.org/2000/svg"]
    names = {name for each in tree.iter() for name in each.keys()}  # noqa: SIM118 - of an element, not a dictionary
    assert names.isdisjoint({"style", "class", "href", "src", "onload", "onclick"})


def test_the_same_input_gives_the_same_bytes_in_whatever_order_papers_come() -> None:
    assert drawn() == drawn([CORRECTION, READ, *reversed(DECLARED)])


def test_a_small_drawing_is_what_lies_in_the_golden_file() -> None:
    some = [OF[party, day] for party in ("us", "ru") for day in ("2017-09-01", "2018-02-05", "2018-09-01")]
    assert drawn([*some, READ]) == GOLDEN.read_text("utf-8")


# --- whatever comes -----------------------------------------------------------------------------------------------

ANY_DAY = st.dates(date(1900, 1, 1), date(2200, 12, 31))
TOTAL = st.integers(0, 10**15 * 1000 * 50)
POINTS = st.lists(
    st.builds(
        Point,
        day=ANY_DAY,
        total=st.none() | TOTAL,
        words=st.just("a point"),
        corrected=st.booleans(),
        readings=st.lists(st.tuples(st.integers(-(10**15), 10**20), st.just("read")), max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=6,
).map(lambda points: tuple(sorted(points, key=lambda point: point.day)))


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    first, last = sorted((draw(ANY_DAY), draw(ANY_DAY)))
    names = draw(st.lists(st.text(st.characters(categories=["L", "P", "S"]), max_size=60), min_size=1, max_size=60))
    return Panel(
        title=draw(st.text(st.characters(categories=["L", "P", "Zs"]), max_size=300)),
        at_most=draw(st.none() | TOTAL),
        since=first,
        until=draw(st.none() | st.just(last)),
        limit_name="at most",
        lines=tuple(Line(party=str(at), name=name, points=draw(POINTS)) for at, name in enumerate(names)),
    )


@given(st.lists(panels(), min_size=1, max_size=2))
def test_nothing_stands_beside_the_canvas(found: list[Panel]) -> None:
    tree = parsed(limit_plot("any", found, WORDS, alone=True))
    width, height = int(tree.get("width")), int(tree.get("height"))
    assert tree.get("viewBox") == f"0 0 {width} {height}"
    reached = list(places(tree))
    assert reached
    assert all(4 <= x <= width - 4 and 4 <= y <= height - 4 for x, y in reached)


@given(st.lists(ANY_DAY, min_size=1), ANY_DAY)
def test_days_stand_in_their_order_leap_days_and_year_ends_too(days: list[date], other: date) -> None:
    axis = Days.around(days, left=50, right=570)
    known = sorted({*days, *(date(day.year, 12, 31) for day in days), *(date(day.year, 1, 1) for day in days)})
    assert [axis.x(day) for day in known] == sorted(axis.x(day) for day in known)
    assert (axis.x(axis.first), axis.x(axis.last)) == (50, 570)
    assert 50 <= axis.x(other) <= 570
    years = list(axis.years())
    assert 1 <= len(years) <= 13
    assert all(second - first >= YEAR_ROOM - 1 for (_, first), (_, second) in pairwise(years))


@pytest.mark.parametrize("day", [date(2012, 2, 29), date(2000, 2, 29), date(2011, 12, 31), date(2012, 1, 1)])
def test_one_day_alone_has_an_axis(day: date) -> None:
    axis = Days.around([day], left=0, right=364)
    assert axis.x(day) == min(364, (day - date(day.year, 1, 1)).days * 364 // (axis.last - axis.first).days)
    assert list(axis.years()) == [(day.year, 0)]


@given(st.lists(st.integers(-(10**20), 10**20), min_size=1))
def test_values_stand_in_their_order_and_whole_steps_hold_them(values: list[int]) -> None:
    axis = Values.around(values, top=40, bottom=256)
    assert axis.low <= min(0, *values)
    assert axis.high >= max(0, *values)
    assert all(40 <= axis.y(value) <= 256 for value in values)
    assert [axis.y(value) for value in sorted(values)] == sorted((axis.y(value) for value in values), reverse=True)
    ticks = [value for value, _ in axis.ticks()]
    assert 0 in ticks
    assert (ticks[0], ticks[-1]) == (axis.low, axis.high)
    assert 2 <= len(ticks) <= 8
    assert re.fullmatch("[125]0*", str(axis.step))


@given(st.lists(st.integers(0, 300), min_size=1, max_size=12))
def test_labels_stand_apart_and_none_leaves_its_room(heights: list[int]) -> None:
    assume((len(heights) - 1) * 17 <= 220)
    found = apart(heights, gap=17, top=40, bottom=260)
    ordered = sorted(found)
    assert all(second - first >= 17 for first, second in pairwise(ordered))
    assert ordered[0] >= 40
    assert ordered[-1] <= 260


def test_labels_with_room_stay_where_they_are() -> None:
    assert apart([200, 50, 100], gap=17, top=40, bottom=260) == [200, 50, 100]
    assert apart([100, 100], gap=17, top=40, bottom=260) == [100, 117]
    assert apart([260, 260], gap=17, top=40, bottom=260) == [243, 260]


def test_there_are_thirty_looks_before_one_comes_again() -> None:
    assert len({(DASHES[place % len(DASHES)], SIGNS[place % len(SIGNS)]) for place in range(30)}) == 30
    assert (short("United States", 8), short("Rome", 8)) == ("United…", "Rome")


def test_a_line_is_broken_where_a_total_is_not_known() -> None:
    points = tuple(
        Point(day=date(2020 + year, 1, 1), total=None if year == 2 else year, words="x") for year in range(5)
    )
    panel = Panel(title="t", at_most=None, since=date(2020, 1, 1), until=None, limit_name="",
                  lines=(Line(party="us", name="us", points=points),))  # fmt: skip
    tree = parsed(limit_plot("any", [panel], WORDS, alone=True))
    lines = [each.get("d") for each in tree.iter(f"{SVG}path") if each.get("stroke-width") == "2"]
    assert [len(way.split()) // 2 for way in lines] == [2, 2]
    assert len([each for each in tree.iter(f"{SVG}title") if each.text == "x"]) == 4
    assert not [each for each in tree.iter(f"{SVG}path") if each.get("stroke-width") == "3"]
