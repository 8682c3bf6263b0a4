"""The drawing of a year: a row a month, bars over their days, no name over another, nothing off the canvas."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.measures.plots.year_plot import DAY, LEFT, LOOKS, MOST, RIGHT, Bar, YearWords, year_plot
from tests.measures.test_plots import SVG, parsed, texts

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORDS = YearWords(title="Activities of 2012", desc="In words", months=MONTHS)


def bar(name: str, first: str, last: str, party: str = "ru") -> Bar:
    return Bar(
        party=party, name=name, first=date.fromisoformat(first), last=date.fromisoformat(last), words=f"{name} {first}"
    )


def drawn(*bars: Bar, year: int = 2012) -> Any:
    return parsed(year_plot("year", year, bars, WORDS, alone=True))


def days_of(tree: Any) -> list[tuple[int, int]]:
    """The first and the last day of each bar, by the columns over which it lies."""
    return [
        ((int(each.get("x")) - LEFT) // DAY + 1, -(-(int(each.get("x")) + int(each.get("width")) - LEFT) // DAY))
        for each in tree.iter(f"{SVG}rect")
        if len(each)
    ]


def boxes(tree: Any) -> int:
    return sum(each.get("stroke-opacity") is not None for each in tree.iter(f"{SVG}rect"))


@pytest.mark.parametrize(("year", "days"), [(2012, 366), (2011, 365), (1900, 365), (2000, 366), (2200, 365)])
def test_a_year_has_all_its_days_and_twelve_months(year: int, days: int) -> None:
    tree = drawn(year=year)
    assert boxes(tree) == days
    assert [each for each in texts(tree) if each in MONTHS] == list(MONTHS)
    assert [each for each in texts(tree) if each.isdigit()] == [str(day) for day in range(1, 32)]
    weekends = sum(date.fromordinal(date(year, 1, 1).toordinal() + day).weekday() >= 5 for day in range(days))
    assert texts(tree).count("·") == weekends


@pytest.mark.parametrize(
    ("first", "last", "year", "expected"),
    [
        ("2012-02-29", "2012-02-29", 2012, [(29, 29)]),
        ("2012-02-27", "2012-03-02", 2012, [(27, 29), (1, 2)]),
        ("2011-12-30", "2012-01-02", 2012, [(1, 2)]),
        ("2011-12-30", "2012-01-02", 2011, [(30, 31)]),
        ("2012-12-31", "2013-01-01", 2012, [(31, 31)]),
        ("2010-01-01", "2014-01-01", 2012, [(1, days) for days in (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)]),
        ("2011-12-30", "2012-01-02", 2013, []),
    ],
)
def test_a_bar_lies_over_its_days_and_no_others(
    first: str, last: str, year: int, expected: list[tuple[int, int]]
) -> None:
    tree = drawn(bar("RU-1", first, last), year=year)
    assert days_of(tree) == expected
    assert texts(tree).count("RU-1") == len(expected)


def test_bars_of_one_party_look_alike_and_each_has_its_words() -> None:
    tree = drawn(
        bar("RU-1", "2012-05-01", "2012-05-09"),
        bar("US-1", "2012-05-05", "2012-05-12", "us"),
        bar("RU-2", "2012-06-01", "2012-06-02"),
    )
    found = [each for each in tree.iter(f"{SVG}rect") if len(each)]
    looks = {each[0].text: (each.get("fill"), each.get("stroke-dasharray")) for each in found}
    assert looks["RU-1 2012-05-01"] == looks["RU-2 2012-06-01"] == ("currentColor", None)
    assert looks["US-1 2012-05-05"] == (None, None)
    assert len(set(LOOKS)) == 4


def test_a_name_too_long_for_its_room_is_cut_and_one_at_the_years_end_stands_before_the_edge() -> None:
    tree = drawn(bar("a-very-long-handle/RU-12", "2012-05-31", "2012-05-31"))
    (name,) = [each for each in tree.iter(f"{SVG}text") if each.text.startswith("a-very")]
    assert (name.text, len(name.text)) == ("a-very-long-h…", MOST)
    assert int(name.get("x")) == RIGHT - 7 * MOST
    assert days_of(tree) == [(31, 31)]


def test_a_name_that_stands_before_its_bar_does_not_stand_on_another() -> None:
    tree = drawn(bar("RU-1", "2012-05-24", "2012-05-29"), bar("a-long-handle/RU-2", "2012-05-31", "2012-05-31"))
    heights = [int(each.get("y")) for each in tree.iter(f"{SVG}rect") if len(each)]
    assert len(set(heights)) == 2
    apart = drawn(bar("RU-1", "2012-05-02", "2012-05-03"), bar("a-long-handle/RU-2", "2012-05-31", "2012-05-31"))
    assert len({each.get("y") for each in apart.iter(f"{SVG}rect") if len(each)}) == 1


BARS = st.lists(
    st.builds(
        lambda name, party, first, days: Bar(
            party=str(party), name=name, first=first, words=name,
            last=date.fromordinal(min(first.toordinal() + days, date(2200, 12, 31).toordinal())),
        ),
        st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30),
        st.integers(0, 6),
        st.dates(date(2010, 6, 1), date(2014, 1, 1)),
        st.integers(0, 900),
    ),
    max_size=40,
)  # fmt: skip


@given(BARS, st.integers(2010, 2014))
def test_nothing_stands_beside_the_canvas_and_nothing_touches(bars: list[Bar], year: int) -> None:
    svg = year_plot("year", year, bars, WORDS, alone=True)
    assert svg == year_plot("year", year, list(bars), WORDS, alone=True)
    tree = parsed(svg)
    width, height = int(tree.get("width")), int(tree.get("height"))
    rows: dict[int, list[tuple[int, int]]] = {}
    names: dict[int, list[tuple[int, int]]] = {}
    for each in tree.iter(f"{SVG}rect", f"{SVG}text"):
        x, y = int(each.get("x")) if each.get("x") else 0, int(each.get("y")) if each.get("y") else 0
        assert x >= 0
        assert y >= 0
        assert x + int(each.get("width", 0)) <= width
        assert y + int(each.get("height", 0)) <= height
        if each.tag == f"{SVG}rect" and len(each):
            rows.setdefault(y, []).append((x, x + int(each.get("width"))))
            names.setdefault(y - 4, [])
    drawn_bars = [each for each in tree.iter(f"{SVG}rect") if len(each)]
    wanted = sum(
        (min(each.last, date(year, 12, 31)).month - max(each.first, date(year, 1, 1)).month + 1)
        for each in bars
        if each.first.year <= year <= each.last.year
    )
    assert len(drawn_bars) == wanted
    for each in tree.iter(f"{SVG}text"):
        if int(each.get("y")) in names:
            names[int(each.get("y"))].append((int(each.get("x")), int(each.get("x")) + 7 * len(each.text)))
    assert sum(map(len, names.values())) == wanted
    for places in (*rows.values(), *names.values()):
        ordered = sorted(places)
        assert all(before[1] < after[0] for before, after in pairwise(ordered))


def test_the_drawing_uses_nothing_but_its_few_elements() -> None:
    svg = year_plot("year", 2012, [bar("RU-1 <&>", "2012-05-01", "2012-05-09")], WORDS)
    assert "RU-1 &lt;&amp;&gt;" in svg
    assert set(re.findall(r"<([a-z]+)", svg)) == {"svg", "title", "desc", "text", "rect"}
    assert 'fill="#fff"' not in svg
