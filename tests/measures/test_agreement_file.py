"""An agreement's file is an agreement, or every fault of it is named with its line."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.errors import Malformed
from parley.measures import agreement as records
from parley.measures.agreement import Agreement
from parley.measures.agreement_file import LARGEST, MOST_SHAPES, examine, plain, read_agreement
from parley.measures.entry import in_language
from parley.words import explain, term

DATA = Path(__file__).parent / "data"
SMALL = (DATA / "small.toml").read_text("utf-8")
ROOM = Path(records.__file__).parent

HERE = "# here"
"""Stands in the line that a fault has to name, where nothing else tells it from all others."""


def changed(old: str, new: str, text: str = SMALL) -> str:
    """The small agreement with one thing changed: `old` stands there exactly once."""
    assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
    return text.replace(old, new)


def line_of(text: str, mark: str = HERE) -> int:
    """The line in which this stands, once in the file; with ^ before it, the line of the table in which it stands."""
    lines = text.split("\n")
    found = [number for number, line in enumerate(lines) if mark.removeprefix("^") in line]
    assert len(found) == 1, f"{mark!r} stands in {len(found)} lines"
    number = found[0]
    while mark.startswith("^") and not lines[number].startswith("[["):
        number -= 1
    return number + 1


def faults(text: str | bytes) -> list[tuple[str, int]]:
    """The faults of a file, each as its code and its line; `read_agreement` raises the first of them."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    agreement, found = examine(data)
    if found:
        with pytest.raises(Malformed) as caught:
            read_agreement(data)
        assert (caught.value.code, caught.value.details) == (found[0].code, found[0].details)
    else:
        assert read_agreement(data) == agreement
    return [(each.code, int(each.details["line"])) for each in found]


# --- what is sound --------------------------------------------------------------------------------------------------


def test_a_sound_file_is_read_as_it_stands() -> None:
    assert faults(SMALL) == []
    agreement = read_agreement(SMALL.encode())
    assert (agreement.id, agreement.in_force, agreement.expires) == ("small", date(2020, 1, 1), date(2040, 1, 1))
    assert [form.id for form in agreement.forms] == ["data", "request", "reply"]
    arms = agreement.forms[0].item("arms")
    assert arms is not None
    assert (arms.number, arms.type, arms.at_least, arms.at_most, arms.required) == ("2.a", "count", 1, 900, True)
    assert in_language(arms.title, "fr") == "Armes"
    assert in_language(arms.title, "ru") == "Arms"
    many = agreement.threshold("many")
    assert many is not None
    assert [(each.item, each.at_least, each.more_than) for each in many.any] == [
        ("arms", 900, None),
        ("stored", None, 5),
    ]
    assert agreement.measures[0].trigger.first == date(2020, 6, 30)
    assert [(term.item, term.times) for term in agreement.limits[0].sum] == [("arms", 1), ("others", 2)]
    assert (agreement.quotas[1].divided_by, agreement.quotas[1].most, agreement.quotas[1].share_of) == (60, 15, 5)
    assert (agreement.drawings[0].take, agreement.drawings[0].if_not_shown) == (2, "others_choose")
    assert agreement.form("nothing") is None
    assert agreement.threshold("nothing") is None


def test_it_is_plain_data() -> None:
    value = json.loads(json.dumps(plain(read_agreement(SMALL.encode()))))
    assert value["limits"][0]["from"] == "2021-01-01"
    assert value["thresholds"][1]["all"][0]["is"] == "yes"


def test_everything_with_a_number_is_marked_in_the_order_of_the_file() -> None:
    agreement = read_agreement(SMALL.encode())
    assert [type(each).__name__ for each in agreement.marked()] == [
        "Marked", "NoticePeriod", "Marked", "Marked", "Condition", "Condition", "Condition", "Condition", "Due", "Due",
        "Due", "Limit", "Restraint", "Quota", "Quota", "Drawing",
    ]  # fmt: skip
    assert {each.mark for each in agreement.marked()} == {"seen", "to_be_checked"}


def test_what_may_be_left_out() -> None:
    text = re.sub(r"\n\[\[(thresholds|measures|limits|restraints|quotas|drawings)\]\].*", "\n", SMALL, flags=re.DOTALL)
    for line in ("in_force = 2020-01-01\n", "expires = 2040-01-01\n"):
        text = changed(line, "", text)
    agreement = read_agreement(text.encode())
    assert (agreement.in_force, agreement.thresholds, agreement.drawings) == (None, (), ())


def test_a_limit_may_still_be_to_be_agreed() -> None:
    agreement = read_agreement(changed("at_most = 1000\n", "").encode())
    assert agreement.limits[0].at_most is None


def test_a_file_from_windows_has_its_lines_too() -> None:
    assert faults(SMALL.replace("\n", "\r\n")) == []
    text = changed("at_most = 1000", f'at_most = "1000" {HERE}')
    assert faults(text.replace("\n", "\r\n")) == [("agreement.shape", line_of(text))]


# --- one thing wrong ------------------------------------------------------------------------------------------------

MANY = "trigger = { every = { months = 6 }, first = 2020-06-30 }"
DUE = "due = { after = { days = 30 }, mark"

FAULTS = [
    # no TOML, or of another shape
    ("agreement.toml", "version = 1", "version = = 1 # here", HERE),
    ("agreement.toml", "version = 1", "version = 1\nversion = 1 # here", HERE),
    ("agreement.shape", "version = 1", "version = 2", "version = 2"),
    ("agreement.shape", "version = 1", "version = 1.0", "version = 1.0"),
    ("agreement.shape", 'id = "small"', 'id = "Small and large"', "Small and large"),
    ("agreement.shape", 'languages = ["en", "fr"]', "languages = []", "languages = []"),
    ("agreement.shape", "at_most = 1000", "at_most = -1", "at_most = -1"),
    ("agreement.shape", "at_most = 1000", "at_most = 1000.5", "at_most = 1000.5"),
    ("agreement.shape", "at_most = 1000", "at_most = true", "at_most = true"),
    ("agreement.shape", "at_most = 1000", "at_most = 1000000000000001", "at_most = 1000000000000001"),
    ("agreement.shape", "from = 2021-01-01", "from = 2021-01-01T00:00:00Z", "from = 2021"),
    ("agreement.shape", 'counted = "passive"', 'counted = "both"', 'counted = "both"'),
    ("agreement.shape", '"others_choose"', '"the_rest_counts"', "the_rest_counts"),
    ("agreement.shape", "every = { months = 6 }", "every = { months = 0 }", "months = 0"),
    ("agreement.shape", 'number = "2.a"', 'number = "2.a;"', "2.a;"),
    ("agreement.shape", "at_most = 1000", "at_most = 1000\nformula = 1", "formula = 1"),
    ("agreement.shape", 'as_of = "day"\n', "", "[[limits]]"),
    ("agreement.shape", 'take = 2\nif_not_shown = "others_choose"\nmark = "seen"', "take = 2", "[[drawings]]"),
    ("agreement.shape", "months = 3, mark =", "months = 3, doubt =", "notice = {"),
    # texts
    ("agreement.label", 'fr = "Petit"', 'fr = "  "', "name = {"),
    ("agreement.languages", '{ en = "All arms", fr = "Toutes les armes" }', "{}", "title = {}"),
    ("agreement.label", '{ en = "All arms", fr', '{ EN = "All arms", fr', "All arms"),
    ("agreement.label", 'text.fr = "Les données sont remises deux fois par an."', 'text.fr = ""', "text.fr"),
    ("agreement.languages", '{ en = "All arms", fr = "Toutes les armes" }', '{ en = "All arms" }', "All arms"),
    ("agreement.languages", '{ en = "pieces", fr = "pièces" }', '{ en = "pieces", ru = "штук" }', "pieces"),
    ("agreement.languages", 'text.en = "Data are given twice a year."\n', "", "text.fr ="),
    ("wording.hidden", '"All arms"', '"All\u200barms"', "All\u200barms"),
    ("wording.bidi-control", '"All arms"', '"All \u202earms"', "All \u202earms"),
    ("wording.control", '"All arms"', '"All\\narms"', "All\\narms"),
    ("wording.too-long", '"A book"', f'"{"A" * 201}"', "[[sources]]"),
    # numbers and their marks
    ("agreement.unmarked", "twice a year", "2 times a year", "^2 times a year"),
    ("agreement.unmarked", "deux fois par an", "٢ fois par an", "^٢ fois par an"),
    ("agreement.unmarked", 'figures = { mark = "seen", source = "book" }\nnotice', "notice", "in_force ="),
    ("agreement.unmarked", '900\nfigures = { mark = "seen", source = "book" }', "900", "^at_most = 900"),
    ("agreement.no-source", 'mark = "to_be_checked", source = "book"', 'mark = "seen", source = "film"', "film"),
    ("agreement.no-source", 'share_of = 5\nmark = "seen"\nsource = "book"',
     'share_of = 5\nmark = "seen"\nsource = "film"', "film"),
    # spans, days, bounds
    ("agreement.span", "after = { days = 30 }", "after = { days = 30, hours = 1 }", "hours = 1 }"),
    ("agreement.span", "after = { days = 30 }", "after = {}", "after = {}"),
    ("agreement.day", "in_force = 2020-01-01", "in_force = 1776-07-04", "in_force ="),
    ("agreement.day", "until = 2030-01-01", "until = 2201-01-01", "[[limits]]"),
    ("agreement.day", "first = 2020-06-30", "first = 1899-12-31", "first = 1899-12-31"),
    ("agreement.until", "until = 2030-01-01", "until = 2020-12-31", "[[limits]]"),
    ("agreement.until", "expires = 2040-01-01", "expires = 2019-12-31", "expires = 2019-12-31"),
    ("agreement.bounds", "at_least = 1\nat_most = 900", "at_least = 902\nat_most = 901", "^at_least = 902"),
    # items and choices
    ("agreement.choices", '{ id = "full", title = { en = "full", fr = "complet" } }, {', "{", "^choices = [{"),
    ("agreement.choices", 'title = { en = "Site", fr = "Site" }\ntype = "text"',
     'title = { en = "Site", fr = "Site" }\ntype = "choice"', '^"Site", fr = "Site" }'),
    ("agreement.item-count", 'type = "date"', 'type = "date"\nat_least = 1', '^type = "date"'),
    ("agreement.item-count", 'type = "text"', 'type = "text"\nunit = { en = "m", fr = "m" }', '^type = "text"'),
    # tables
    ("agreement.of-record", 'role = "declaration"', 'role = "declaration"\ntable = {}', '^id = "day"'),
    ("agreement.not-same", 'role = "declaration"', 'role = "declaration"\ntable = {}', "as_of ="),
    ("agreement.not-same", 'role = "declaration"', 'role = "declaration"\ntable = {}', "period ="),
    ("agreement.not-same", 'role = "response"', 'role = "response"\ntable = {}', "refusal ="),
    ("agreement.not-same", 'role = "response"', 'role = "response"\ntable = { same = ["reason"] }', 'is = "yes"'),
    ("agreement.no-item", 'role = "declaration"', 'role = "declaration"\ntable = { same = ["arms"] }', "table ="),
    ("agreement.no-item", 'role = "declaration"', 'role = "declaration"\ntable = { same = ["weeks"] }', "table ="),
    ("agreement.no-item", 'role = "declaration"', 'role = "declaration"\ntable = { each_of = ["arms"] }', "table ="),
    ("agreement.no-item", 'role = "note"', 'role = "note"\ntable = { identified_by = "open" }', "table ="),
    ("agreement.twice", 'role = "declaration"', 'role = "declaration"\ntable = { same = ["day", "day"] }', "table ="),
    # conditions and thresholds
    ("agreement.condition", "at_least = 900, mark", "at_least = 900, more_than = 899, mark", "more_than = 899"),
    ("agreement.condition", "at_least = 900, mark", "mark", '{ item = "arms", mark'),
    ("agreement.threshold", 'all = [{ item = "answer", is = "yes", mark = "seen", source = "book" }]', "all = []",
     "^all = []"),
    ("agreement.never", "at_least = 900, mark", "at_least = 901, mark", "at_least = 901"),
    ("agreement.never", "at_least = 900, mark", "more_than = 900, mark", "more_than = 900"),
    ("agreement.no-choice", 'is = "yes"', 'is = "perhaps"', "perhaps"),
    ("agreement.no-item", 'item = "open", is = true', 'item = "open", is = "ja"', "ja"),
    ("agreement.no-item", 'item = "open", is = true', 'item = "site", is = true', "is = true"),
    ("agreement.no-item", 'item = "stored", more_than', 'item = "day", more_than', 'item = "day", more'),
    # names
    ("agreement.twice", 'id = "reply"\ntitle', 'id = "data" # here\ntitle', "^" + HERE),
    ("agreement.twice", 'number = "2.b"', 'number = "2.a" # here', "^" + HERE),
    ("agreement.twice", 'id = "else"', 'id = "full"', '{ id = "full"'),
    ("agreement.twice", 'id = "by-arms"', 'id = "visits" # here', "^" + HERE),
    ("agreement.twice", 'id = "Article 2"', 'id = "Article 1" # here', "^" + HERE),
    ("agreement.twice", '{ item = "others", times = 2 }', '{ item = "arms" }', "sum = ["),
    ("agreement.no-provision", '"Article 1"\nthreshold = "many"', '"Article 3"\nthreshold = "many"', "Article 3"),
    ("agreement.no-form", 'follows = ["request"]', 'follows = ["request", "enquiry"]', "enquiry"),
    ("agreement.no-form", 'form = "data"\nany', 'form = "date"\nany', 'form = "date"'),
    ("agreement.no-form", 'form = "data"\nas_of', 'form = "date"\nas_of', 'form = "date"'),
    ("agreement.no-form", 'form = "request"\ncounted = "passive"', 'form = "enquiry"\ncounted = "passive"', "enquiry"),
    ("agreement.no-form", 'declared = "data"', 'declared = "date"', 'declared = "date"'),
    ("agreement.no-choice", 'choice = "no", reason', 'choice = "never", reason', "refusal = {"),
    ("agreement.no-choice", 'allowed = ["full"]', 'allowed = ["full", "tired"]', "refusal = {"),
    ("agreement.no-item", 'refusal = { item = "answer"', 'refusal = { item = "reply"', "refusal = {"),
    ("agreement.circular", 'role = "note"', 'role = "note"\nfollows = ["reply"]', 'follows = ["reply"]'),
    # measures
    ("agreement.trigger", MANY, "trigger = { in_force = true, on = 2020-06-30 }", "in_force = true"),
    ("agreement.trigger", MANY, "trigger = { every = { months = 6 } }", "every = {"),
    ("agreement.trigger", MANY, 'trigger = { in_force = true, threshold = "many" }', "in_force = true"),
    ("agreement.trigger", MANY, "trigger = {}", "trigger = {}"),
    ("agreement.every", "every = { months = 6 }", "every = { days = 180 }", "every = {"),
    ("agreement.due", DUE, "due = { mark", "due = { mark"),
    ("agreement.due", DUE, "due = { after = { days = 30 }, before = { days = 1 }, mark", "before = { days = 1 }"),
    ("agreement.due-of", DUE, 'due = { after = { days = 30 }, of = "received", mark', "received"),
    ("agreement.hours", DUE, "due = { after = { hours = 30 }, mark", "hours = 30"),
    ("agreement.period", 'period = "day"\n', "", "^together = true"),
    ("agreement.no-item", 'period = "day"', 'period = "arms"', "period ="),
    ("agreement.party-by-date", 'period = "day"', 'period = "day"\nto = "sender" # here', "^" + HERE),
    ("agreement.party-by-date", 'period = "day"', 'period = "day"\nparty = "sender" # here', HERE),
    ("agreement.party-by-paper", 'party = "addressee"', 'party = "each"', 'party = "each"'),
    ("agreement.to-itself", 'party = "sender"\nto = "addressee"', 'party = "sender"\nto = "sender" # here', HERE),
    ("agreement.by-paper", 'party = "addressee"', 'party = "addressee"\ntogether = true # here', "^" + HERE),
    ("agreement.by-paper", 'party = "addressee"', 'party = "addressee"\nperiod = "answer"', '^period = "answer"'),
    ("agreement.no-form", 'form = "reply"\ntrigger', 'form = "replies"\ntrigger', "replies"),
    ("agreement.no-form", 'trigger = { form = "request" }', 'trigger = { form = "enquiry" }', "enquiry"),
    ("agreement.no-threshold", 'threshold = "shown" }', 'threshold = "hidden" }', "hidden"),
    ("agreement.no-threshold", 'threshold = "shown" }', 'threshold = "many" }', 'threshold = "many" }'),
    ("agreement.no-answer", 'form = "reply"\ntrigger', 'form = "data" # here\ntrigger', HERE),
    ("agreement.own-paper", 'party = "sender"', 'party = "addressee" # here', "due = { before"),
    ("agreement.own-paper", 'of = "arrival"', 'of = "made"', 'of = "made"'),
    ("agreement.no-item", 'of = "arrival"', 'of = "site"', 'of = "site"'),
    ("agreement.optional", 'type = "time"', 'type = "time"\nrequired = false', 'of = "arrival"'),
    ("agreement.hours", 'type = "time"', 'type = "date" # here', 'of = "arrival"'),
    # limits, restraints, quotas
    ("agreement.no-item", 'as_of = "day"', 'as_of = "arms"', "as_of ="),
    ("agreement.no-item", 'sum = [{ item = "arms" }', 'sum = [{ item = "armies" }', "armies"),
    ("agreement.optional", 'sum = [{ item = "arms" }', 'sum = [{ item = "stored" }', "sum = ["),
    ("agreement.no-threshold", 'threshold = "many"\nat_most', 'threshold = "lots"\nat_most', "[[restraints]]"),
    ("agreement.no-threshold", "calendar_years = 2", 'calendar_years = 2\nnot_over = "lots"', "[[restraints]]"),
    ("agreement.no-threshold", "calendar_years = 2", 'calendar_years = 2\nnot_over = "granted"', "[[restraints]]"),
    ("agreement.no-item", 'start = "day"', 'start = "arms"', "[[restraints]]"),
    ("agreement.quota", "at_most = 3\nper_asking = 1", "per_asking = 1", "^per_asking"),
    ("agreement.quota", "at_most = 3\nper_asking = 1", "at_most = 3\ndivided_by = 9", "^divided_by = 9"),
    ("agreement.quota", "divided_by = 60\n", "", "^share_of"),
    ("agreement.quota", "share_of = 5", "share_of = 5\nper_asking = 2", "^per_asking = 2"),
    ("agreement.quota-contradicts", "per_asking = 1", "per_asking = 4", "^per_asking = 4"),
    ("agreement.quota-contradicts", "share_of = 5", "per_asking = 16", "^per_asking = 16"),
    ("agreement.no-item", 'item = "arms"\ndivided_by', 'item = "day"\ndivided_by', 'item = "day"'),
]  # fmt: skip


@pytest.mark.parametrize(("code", "old", "new", "where"), FAULTS)
def test_one_thing_wrong_is_named_with_its_line(code: str, old: str, new: str, where: str) -> None:
    text = changed(old, new)
    line = line_of(text, where)
    assert (code, line) in faults(text)
    for each in examine(text.encode())[1]:
        said = explain(Malformed(each.code, **each.details))
        assert f"ine {each.details['line']}" in said
        assert "…" not in said


def test_every_code_of_an_agreement_has_its_case() -> None:
    codes = {code for path in ROOM.glob("*.py") for code in re.findall(r'"(agreement\.[a-z0-9-]+)"', path.read_text())}
    others = {"agreement.size", "agreement.unbounded", "agreement.utf-8"}
    others |= {"agreement.no-limit", "agreement.reading"}  # in test_counting.py
    others |= {"agreement.table-name"}  # in test_declaration.py
    assert codes - {case[0] for case in FAULTS} == others


def test_a_rule_does_not_come_round_for_ever() -> None:
    """As many months as lie between its beginning and the end of the agreement, or of the years that can be written."""
    monthly = changed("months = 6 }, first = 2020-06-30", "months = 1 }, first = 2001-06-30")
    assert faults(monthly) == []
    endless = changed("expires = 2040-01-01\n", "", monthly)
    assert faults(endless) == []
    earlier = changed("first = 2001-06-30", "first = 2000-06-30", endless)
    assert faults(earlier) == [("agreement.unbounded", line_of(earlier, "first = 2000"))]


# --- a file as a whole ----------------------------------------------------------------------------------------------


def test_a_file_is_not_too_large_and_is_a_text() -> None:
    assert faults(SMALL + "#" * 600_000) == [("agreement.size", 1)]
    assert faults(SMALL + "#" * (LARGEST - len(SMALL.encode()))) == []
    assert faults(SMALL + "#" * (LARGEST + 1 - len(SMALL.encode()))) == [("agreement.size", 1)]
    data = SMALL.encode()
    assert faults(data.replace("Données".encode(), "Données".encode("latin-1"), 1)) == [
        ("agreement.utf-8", line_of(SMALL, "^text.fr =") + 2)
    ]
    assert faults(b"\xff") == [("agreement.utf-8", 1)]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "agreement.shape", 1),
        ("version = 1\n\nid = 'x", "agreement.toml", 3),
        ("version = 1\n\nname = { en = 'x',\n", "agreement.toml", 3),
        ("version = 1\n" + "deep = " + "[" * 100_000, "agreement.toml", 2),
        ("version = 1\n" + "deep = " + "{a=" * 100_000, "agreement.toml", 2),
        ("version = 1\nlong = " + "9" * 100_000, "agreement.toml", 2),
        ("version = 1\nday = 2022-02-30", "agreement.toml", 2),
        ("version = 1\nversion.a = 1", "agreement.toml", 2),
        ("[[forms]]\n[forms]\n", "agreement.toml", 2),
    ],
)
def test_what_is_hardly_a_file(text: str, code: str, line: int) -> None:
    assert faults(text) == [(code, line)]


LONG_NAMES = ["a." * 30 + "a", "a." * 200_000 + "a", '"a" . ' * 70_000 + "'a'", "'a.b'.\t" * 40 + "a"]


@pytest.mark.parametrize("name", LONG_NAMES, ids=range(len(LONG_NAMES)))
def test_a_name_of_very_many_parts_does_no_harm(name: str) -> None:
    """Read as it stands, one of these would take minutes."""
    began = monotonic()
    assert faults(f"version = 1\n[{name}]\n") == [("agreement.toml", 2)]
    assert faults(f"version = 1\n{name} = 1\n") == [("agreement.toml", 2)]
    assert faults(f"version = 1\nx = {{ {name} = 1 }}\n") == [("agreement.toml", 2)]
    assert monotonic() - began < 5


def test_a_text_with_many_dots_is_a_text() -> None:
    dotted = "1.2.3.4, 5.6.7.8; " * 50 + "." * 400 + " one. two. three."
    text = changed("Data are given twice a year.", dotted)
    assert faults(text) == [("agreement.unmarked", line_of(text, "^text.en ="))]


def test_all_faults_are_found_at_once_in_the_order_of_the_file() -> None:
    text = changed("at_most = 1000", "at_most = 1000\nuntil = 2020-12-31", SMALL.replace("until = 2030-01-01\n", ""))
    text = changed('title = { en = "Many", fr = "Beaucoup" }', 'title = { en = "Many" }', text)
    text = changed("per_asking = 1", "per_asking = 4", text)
    text = changed('follows = ["request"]', 'follows = ["enquiry"]', text)
    assert faults(text) == [
        ("agreement.no-form", line_of(text, "enquiry")),
        ("agreement.languages", line_of(text, "Many")),
        ("agreement.no-answer", line_of(text, '^of = "informed"') + 7),
        ("agreement.until", line_of(text, "[[limits]]")),
        ("agreement.quota-contradicts", line_of(text, "^per_asking = 4")),
    ]


@pytest.mark.parametrize(
    ("old", "new", "member", "fault"),
    [
        ("at_most = 1000", "at_most = -1", "at_most", "least"),
        ("at_most = 1000", "at_most = 1000000000000001", "at_most", "most"),
        ("at_most = 1000", 'at_most = "1000"', "at_most", "kind"),
        ('as_of = "day"\n', "", "as_of", "missing"),
        ('counted = "passive"', 'counted = "both"', "counted", "choice"),
        ('id = "small"', 'id = "Small and large"', "id", "form"),
        ("version = 1", "version = 1\ntitel = 1", "titel", "unknown"),
    ],
)
def test_what_is_of_another_shape_is_told_in_plain_words(old: str, new: str, member: str, fault: str) -> None:
    _, (found,) = examine(changed(old, new).encode())
    assert (found.details["member"], found.details["fault"]) == (member, fault)
    told = explain(Malformed(found.code, **found.details))
    assert f": {member} {term('shape-faults', fault)}." in told
    assert not re.search(r"`|int|field|regex|enum", told)


def test_all_that_has_no_place_is_told_at_once_up_to_what_cannot_be_passed_over() -> None:
    text = changed("version = 1", "version = 1\ntitel = 1")
    text = changed("at_most = 1000", "at_most = -1\nformula = 1", text)
    text = changed('as_of = "day"\n', 'as_of = "day"\nexercize = 1\n', text)
    _, found = examine(text.encode())
    assert [each.details["fault"] for each in found][-1] == "least"
    assert ("titel", line_of(text, "titel")) in [(each.details["member"], each.details["line"]) for each in found]
    without = text.replace("at_most = -1", "at_most = 1")
    _, found = examine(without.encode())
    assert [each.details["member"] for each in found] == ["titel", "exercize", "formula"]
    many = "".join(f"odd{number} = 1\n" for number in range(60))
    assert len(examine(changed("version = 1", f"version = 1\n{many}").encode())[1]) == MOST_SHAPES


def test_the_line_is_found_behind_a_text_that_looks_like_tables() -> None:
    """A text of several lines, a comment with quotation marks, and names in quotation marks, before the fault."""
    sly = 'text.en = """\\\n  [[limits]]\n  at_most = 1\n  """ # the end of """'
    text = changed('text.en = "Data are given twice a year."', sly)
    text = changed("at_most = 1000", '"at_most" = -1', text)
    assert faults(text) == [("agreement.shape", line_of(text, '"at_most" = -1'))]


def test_what_a_person_is_told_holds_nothing_of_the_file_but_names() -> None:
    _, found = examine(changed("at_most = 1000", 'at_most = 1000\n"for\\u202eeign" = 1').encode())
    assert re.fullmatch(r"[ -~]{1,200}", str(found[0].details["member"]))


# --- any bytes ------------------------------------------------------------------------------------------------------


def sound_or_malformed(data: bytes) -> None:
    """Nothing else is raised, an agreement or a fault comes of it, and a fault stands in one of the file's lines."""
    agreement, _ = examine(data)
    found = faults(data)
    assert found or isinstance(agreement, Agreement)
    assert all(1 <= line <= data.count(b"\n") + 1 for _, line in found)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_agreement_or_malformed(data: bytes) -> None:
    sound_or_malformed(data)


@given(st.integers(0, len(SMALL.encode())), st.integers(0, 40), st.binary(max_size=20))
def test_a_piece_cut_out_or_put_in_makes_an_agreement_or_malformed(start: int, length: int, piece: bytes) -> None:
    data = SMALL.encode()
    sound_or_malformed(data[:start] + piece + data[start + length :])


LINES = SMALL.split("\n")


@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1)), min_size=1, max_size=4))
def test_lines_that_change_places_make_an_agreement_or_malformed(swaps: list[tuple[int, int]]) -> None:
    lines = list(LINES)
    for one, other in swaps:
        lines[one], lines[other] = lines[other], lines[one]
    sound_or_malformed("\n".join(lines).encode())


VALUES = st.one_of(
    st.integers(), st.booleans(), st.floats(), st.text(max_size=8), st.dates(), st.datetimes(), st.just({}), st.just([])
)


@given(st.integers(0, len(LINES) - 1), VALUES)
def test_another_value_makes_an_agreement_or_malformed(place: int, value: object) -> None:
    name = LINES[place].split("=")[0]
    shown = json.dumps(value) if isinstance(value, bool | int | float | str | list) else str(value).replace(" ", "T")
    lines = [*LINES[:place], f"{name}= {shown}", *LINES[place + 1 :]]
    sound_or_malformed("\n".join(lines).encode("utf-8", "replace"))
