"""`parley agreement show` says every number of the agreements that come along, each with its mark and its source.

The numbers are taken from the TOML itself: whatever stands in a table that has a mark, or beside a table that is one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from parley.cli import templates
from parley.cli.app import run

FILES = {name: templates.read(name).decode() for name in templates.names()}
FILES["cfe"] = (Path(__file__).parents[1] / "measures" / "data" / "cfe.toml").read_text("utf-8")
MARKS = {"seen": "[seen: {}]", "to_be_checked": "[to be checked against the text: {}]"}

Found = tuple[str, tuple[str, ...]]
"""A mark as it is said, and the numbers that stand on one line with it."""


def marked(table: Any) -> Iterator[Found]:
    """Every mark of a file, with the numbers that it is of."""
    if isinstance(table, list):
        for each in table:
            yield from marked(each)
    if not isinstance(table, dict):
        return
    own = table if "mark" in table else table.get("figures")
    if own is not None:
        mark = MARKS[own["mark"]].format(own["source"])
        for numbers in told(table):
            yield mark, numbers
    for name, each in table.items():
        if name != "figures":
            yield from marked(each)


def told(table: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """The numbers of one table, together as far as they stand in one sentence."""
    text = table.get("text", {}).get("en")
    if text is not None:
        yield tuple(re.findall(r"\d[\d,]*", text))
        return
    days = [each.isoformat() for each in table.values() if isinstance(each, date)]
    if "version" in table:  # the head of the file: a sentence a day
        yield from ((day,) for day in days)
        return
    numbers = [f"{each:,}" for each in table.values() if isinstance(each, int) and not isinstance(each, bool)]
    spans = [table[name] for name in ("before", "after") if name in table]
    numbers += [f"{number:,}" for span in spans for number in span.values()]
    times = [each["times"] for each in table.get("sum", ()) if "times" in each]
    yield (*days, *numbers, *(f"{number:,}" for number in times))


def measures(read: dict[str, Any]) -> Iterator[Found]:
    """The day and period of a trigger, whose mark is that of the deadline."""
    for measure in read.get("measures", ()):
        due, trigger = measure["due"], measure["trigger"]
        days = [each.isoformat() for each in trigger.values() if isinstance(each, date)]
        spans = [f"{number}" for number in trigger.get("every", {}).values()]
        if days:
            yield MARKS[due["mark"]].format(due["source"]), (*days, *spans)


def holds(line: str, found: Found) -> bool:
    mark, numbers = found
    return line.endswith(mark) and all(
        re.search(rf"(?<![\d,-]){re.escape(number)}(?![\d-])", line) for number in numbers
    )


@pytest.mark.parametrize("name", FILES)
def test_every_number_is_said_with_its_mark_and_source(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "agreement.toml"
    file.write_text(FILES[name], "utf-8")
    assert run(["agreement", "show", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    read = tomllib.loads(FILES[name])
    wanted = [*marked(read), *measures(read)]
    assert len([found for found in wanted if found[1]]) >= 14
    missing = [found for found in wanted if not any(holds(line, found) for line in lines)]
    assert missing == []


@pytest.mark.parametrize("name", FILES)
def test_no_mark_is_said_of_nothing(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As many lines with a mark as the file has marks; a head with two days says its mark twice."""
    file = tmp_path / "agreement.toml"
    file.write_text(FILES[name], "utf-8")
    run(["agreement", "show", str(file)])
    said = [
        line for line in capsys.readouterr().out.splitlines() if re.search(r"\[(seen|to be checked)[^\]]*\]$", line)
    ]
    assert len(said) == len(list(marked(tomllib.loads(FILES[name]))))


def test_numbers_that_are_taken_out_are_missed() -> None:
    """The test above can fail."""
    assert holds("- At most 1,550, from 2018-02-05 on. [seen: a]", ("[seen: a]", ("2018-02-05", "1,550")))
    assert not holds("- At most 1,550, from 2018-02-05 on. [seen: a]", ("[seen: a]", ("550",)))
    assert not holds("- At most 1,550. [seen: a]", ("[seen: b]", ("1,550",)))
    assert not holds("- At most 1,550. [seen: a]", ("[seen: a]", ("2018-02-05",)))
    head = tomllib.loads(FILES["new-start"])
    assert ("[seen: encyclopedia]", ("2011-02-05",)) in list(marked(head))
    assert ("[to be checked against the text: treaty]", ("3",)) in list(marked(head))
