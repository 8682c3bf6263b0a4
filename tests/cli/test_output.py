"""JSON bears a version and no secret; CSV computes nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.act import Holder
from parley.canonical import Time
from parley.cli.output import VERSION, as_csv, as_json, plain_value
from parley.client.views import Entered, Founded, Sheet
from parley.crypto import sha256
from parley.exchange import State
from parley.terms import preset


def test_values_as_json_has_them() -> None:
    entered = Entered(reference="US-1", digest="00", index=3, time=Time(0), already=False)
    found = json.loads(as_json("entered", entered))
    assert found["version"] == VERSION
    assert found["entered"] == {
        "reference": "US-1",
        "digest": "00",
        "index": 3,
        "time": "1970-01-01T00:00:00.000Z",
        "already": False,
    }


def test_records_digests_words_and_paths() -> None:
    assert plain_value(sha256(b"")) == sha256(b"").hex()
    assert plain_value(State.EXPIRED) == "expired"
    assert plain_value(Path("a/b")) == "a/b"
    assert plain_value((1, None, {"x": True})) == [1, None, {"x": True}]
    terms = plain_value(preset("essence", parties=("ru", "us")))
    assert terms["publication"]["excerpts"] == {"mode": "consent", "parties": ["ru", "us"]}
    assert plain_value(Holder(name="A", office="")) == {"name": "A", "office": ""}


def test_a_secret_never_leaves_as_json() -> None:
    sheet = Sheet(
        groups=("S6C8", "WYZE"), party="ru", name="R", address="https://x", log="x/log/1", depositary_number="1"
    )
    founded = Founded(party="ru", name="R", number="1", root_file=Path("root.key"), sheet=sheet)
    said = as_json("founded", founded)
    assert "S6C8" not in said
    assert "sheet" not in json.loads(said)["founded"]


def test_what_is_not_ascii_stays_readable() -> None:
    assert "Договор" in as_json("title", "Договор")


@dataclass
class Inner:
    time: Time


def test_dataclasses_within_lists() -> None:
    assert plain_value([Inner(Time(1))]) == [{"time": "1970-01-01T00:00:00.001Z"}]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "@x", "-x", "\tx"])
def test_a_cell_that_would_be_computed_is_marked_as_text(cell: str) -> None:
    assert next(csv.reader(io.StringIO(as_csv([], [[cell]]).split("\r\n", 1)[1]))) == [f"'{cell}"]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=2, max_size=2), max_size=4))
def test_rows_read_back(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(as_csv(["a", "b"], rows), newline="")))
    assert read[0] == ["a", "b"]
    assert [[cell.removeprefix("'") for cell in row] for row in read[1:]] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
