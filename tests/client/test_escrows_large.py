"""A hundred thousand items: sealed, asked about and opened through a real depositary within sensible time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from parley.measures.escrow_answers import Absent, Present
from parley.measures.escrow_table import read_declaration
from tests.client.places import Office
from tests.client.test_escrows import TERMS, answered, asked, available, both, opened, told

ITEMS = 100_000


@contextmanager
def within(seconds: float) -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < seconds


@pytest.mark.slow
def test_a_hundred_thousand_items(office: Office, tmp_path: Path) -> None:
    """Five times what it takes on a machine at rest (see docs/benchmarks.md for the engine alone)."""
    ru, us = both(office, tmp_path)
    lines = (f"A-{at:06},Region {at % 7},Base {at},{at % 5},{at % 11}\n".encode() for at in range(ITEMS))
    with within(10):
        found = read_declaration([b"uid,region,place,launchers,warheads\n", *lines])
    assert (len(found.items), found.plan.slots) == (ITEMS, 1 << 18)
    stated = ru.send(ru.escrows.prepare_plan(found.plan, to=["us"], **TERMS))
    with within(40):
        held = ru.send(ru.escrows.prepare_declaration(found.items, under=stated.digest, to=["us"], **TERMS)).reference
    available(us, stated.reference)
    with within(100):
        here = answered(ru, us, asked(us, ru, held, "Base 77777"))
        nowhere = answered(ru, us, asked(us, ru, held, "Base 100000"))
    with within(200):
        first = opened(ru, us, held)
        story = told(ru, us, about=held)
    assert story.sound
    assert story.steps[0].opened_by == (first,)
    assert len(story.items) == ITEMS
    assert [each.answered_by for each in story.questions] == [here, nowhere]
    assert isinstance(story.questions[0].found, Present)
    assert isinstance(story.questions[1].found, Absent)
