"""The drawing of a record: every event of the table has its sign, each kind a form of its own, and text stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from parley.record import papers, press
from parley.record.events import Event, events
from parley.record.names import Names
from parley.record.timeline import HEAD, MOST, ROW, Drawing, draw
from parley.words import LANGUAGES, speaking
from tests.record.records import ended, hostile, of_one, whole

WHOLE = whole()
READING = papers.read(WHOLE)
PRESS = press.parse(WHOLE.press or b"", ["US-1", "RU-1"])


def happened(language: str = "en") -> list[Event]:
    with speaking(language):
        return events(READING, PRESS, Names.of(READING.verdicts))


def tree_of(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(str(drawing.svg))


def drawn(found: list[Event]) -> Drawing:
    return draw(found, ("ru", "us"), ("Party ru", "Party us"))


def test_what_happened_in_order() -> None:
    found = happened()
    assert [(event.what, event.by, event.reference, event.mark) for event in found] == [
        ("handed in", "us", "US-1", "arrow"),
        ("receipt", "ru", "US-1", "circle"),
        ("statement", "ru", "US-1", "square"),
        ("statement", "us", "US-1", "square"),
        ("consent to its being shown", "ru", "US-1", "diamond"),
        ("consent to its being shown", "us", "US-1", "diamond"),
        ("consent to its being shown", "ru", "US-1", "double"),
        ("handed in", "ru", "RU-1", "arrow"),
        ("printed elsewhere", "", "US-1", "ring"),
        ("printed elsewhere", "", "US-1", "ring"),
        ("printed elsewhere", "", "RU-1", "ring"),
    ]
    assert [event.time for event in found] == sorted(event.time for event in found)
    assert found[7].more == "response to US-1 · formal"
    assert (found[2].quoted, found[2].language) == ("We <b>have</b> it.", "en")


def test_own_words_are_given_in_the_language_spoken_where_they_were_said_in_it() -> None:
    assert [happened(language)[3].quoted for language in LANGUAGES] == [
        "It is about measures.",
        "It is about measures.",
        "Это о мерах.",
    ]
    assert [happened(language)[3].language for language in LANGUAGES] == ["en", "en", "ru"]


@pytest.mark.parametrize("outcome", ["refusal", "withdrawal", "expiry"])
def test_a_paper_that_ended_otherwise_bears_a_cross_at_its_recipient(outcome: str) -> None:
    reading = papers.read(of_one(*ended(outcome)))
    last = events(reading, (), Names.of(reading.verdicts))[-1]
    assert (last.what, last.mark) == (outcome, "cross")
    places = re.findall(r'<circle class="open" cx="([0-9]+)"', str(drawn([last]).svg))
    names = re.findall(r'<text x="([0-9]+)" y="20" class="lane-name">Party (..)', str(drawn([last]).svg))
    assert places == [x for x, party in names if party == "ru"]


def test_every_event_has_a_row_with_its_word() -> None:
    drawing = drawn(happened())
    words = [text.text for text in tree_of(drawing).iter("text") if text.get("class") == "event"]
    assert words == [f"{event.reference} · {event.what}" for event in happened()]
    assert (drawing.count, drawing.total) == (11, 11)


def test_kinds_differ_by_form_and_not_by_colour() -> None:
    forms = {}
    for event in happened():
        svg = str(drawn([event]).svg)
        signs = re.findall(r'<(circle|rect|path) class="(sign|open|way|dashed)"', svg[svg.index("</defs>") :])
        forms[event.mark] = tuple(signs)
    assert len(set(forms.values())) == len(forms) == 6
    assert "fill=" not in str(drawn(happened()).svg)
    assert "style" not in str(drawn(happened()).svg)


def test_a_day_is_named_once_and_hours_only_where_they_are_known() -> None:
    texts = [(text.get("class"), text.text) for text in tree_of(drawn(happened())).iter("text")]
    assert [text for kind, text in texts if kind == "day"] == ["Wed 26 Jan 2022", "Thu 27 Jan 2022", "Fri 28 Jan 2022"]
    assert sum(kind == "hour" for kind, _ in texts) == 9


def test_an_arrow_leads_from_the_sender_to_each_recipient() -> None:
    event = replace(happened()[0], by="us", to=("ru", "fr"))
    svg = str(draw([event], ("fr", "ru", "us"), ("F", "R", "U")).svg)
    lanes = dict(re.findall(r'<text x="([0-9]+)" y="20" class="lane-name">(.)', svg))
    ways = re.findall(r'd="M([0-9]+) [0-9]+ ([0-9]+) [0-9]+" marker-end', svg)
    assert [(lanes[start], lanes[end]) for start, end in ways] == [("U", "R"), ("U", "F")]


def test_of_many_events_the_last_are_drawn() -> None:
    many = happened() * 40
    drawing = drawn(many)
    assert (drawing.count, drawing.total) == (MOST, len(many))
    assert int(tree_of(drawing).get("height") or 0) == HEAD + ROW * MOST + 10
    assert tree_of(drawn([])).tag == "svg"


def test_a_drawing_names_itself_and_points_to_its_explanation() -> None:
    for language in LANGUAGES:
        with speaking(language):
            tree = tree_of(drawn(happened(language)))
        assert tree.get("role") == "img"
        title = tree.find("title")
        assert title is not None
        assert title.get("id") == tree.get("aria-labelledby")
        assert title.text
        assert tree.get("aria-describedby") == "drawing-how"


def test_text_of_others_stays_text() -> None:
    inputs = hostile()
    reading = papers.read(inputs)
    found = events(reading, press.parse(inputs.press or b"", ["US-1"]), Names.of(reading.verdicts))
    svg = str(draw(found, ("ru", "us"), ('<b onclick="x">', "</svg>\u202e")).svg)
    tree = ElementTree.fromstring(svg)
    assert {element.tag for element in tree.iter()} <= {
        "svg",
        "title",
        "defs",
        "marker",
        "path",
        "text",
        "circle",
        "rect",
    }
    assert "\u202e" not in svg
    assert ElementTree.fromstring(svg).get("width") == tree.get("viewBox", "").split()[2]
