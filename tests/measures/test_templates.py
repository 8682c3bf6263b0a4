"""The agreements that come along: each is sound, each number has its mark and source, the figures are the published.

A further treaty, in the tests alone, goes through the same functions: an agreement is data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from parley.canonical import Time
from parley.cli import templates
from parley.errors import Malformed
from parley.measures.agreement import Agreement, Condition, Limit, Measure, Quota, Restraint
from parley.measures.agreement_file import examine, read_agreement
from parley.measures.content import Value, blank, of_items, read_content, write_content
from parley.measures.entry import Entry, Marked, NoticePeriod, Span
from parley.measures.form import Form, Item
from parley.measures.message import Message, parse_message, print_message
from tests.measures.published import DATA, published
from tests.measures.test_agreement_file import HERE, changed, line_of

SHIPPED = ("new-start", "security-guarantees-2022", "vienna-document-2011")
FILES = {**{name: templates.read(name) for name in SHIPPED}, "cfe": (DATA / "cfe.toml").read_bytes()}
AGREEMENTS = {name: read_agreement(data) for name, data in FILES.items()}
FIGURES = published("figures")

each_of_them = pytest.mark.parametrize("agreement", AGREEMENTS.values(), ids=AGREEMENTS)


def test_they_come_along_by_their_names() -> None:
    assert templates.names() == SHIPPED
    for name in ("cfe", "", "../agreement", "vienna-document-2011.toml"):
        with pytest.raises(Malformed) as caught:
            templates.read(name)
        assert caught.value.code == "agreement.no-template"
        assert caught.value.details["known"] == ", ".join(SHIPPED)


@pytest.mark.parametrize("name", AGREEMENTS)
def test_each_is_without_a_fault_and_called_as_its_file(name: str) -> None:
    agreement, faults = examine(FILES[name])
    assert faults == ()
    assert agreement is not None
    assert agreement.id == name


def test_they_speak_the_languages_of_those_who_use_them() -> None:
    assert {name: each.languages for name, each in AGREEMENTS.items()} == {
        "new-start": ("en", "ru"),
        "security-guarantees-2022": ("en", "ru"),
        "vienna-document-2011": ("en", "fr", "ru"),
        "cfe": ("en",),
    }


CYRILLIC, LATIN = re.compile("[а-яё]", re.IGNORECASE), re.compile(r"[a-zà-ÿ]{2}", re.IGNORECASE)


@each_of_them
def test_each_text_is_in_the_language_that_it_says(agreement: Agreement) -> None:
    """As far as letters tell: Russian in Cyrillic, the others not; and none is another's copy."""
    copies = set()
    for _, entry in walk(agreement):
        for name in ("name", "title", "text", "unit"):
            texts = getattr(entry, name, None)
            for language, text in texts.items() if isinstance(texts, dict) else ():
                assert bool(CYRILLIC.search(text)) == (language == "ru"), text
                assert language == "ru" or LATIN.search(text), text
            if isinstance(texts, dict) and len(set(texts.values())) < len(texts):
                copies |= set(texts.values())
    assert copies <= {"Vienna Document 2011", "Inspectors", "Participants"}


# --- marks ----------------------------------------------------------------------------------------------------------


def walk(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Entry]]:
    """Every table of an agreement, with its place."""
    if isinstance(value, Entry):
        yield path, value
        for name in value.__struct_fields__:
            yield from walk(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for place, each in enumerate(value):
            yield from walk(each, (*path, str(place)))


def numbers(entry: Entry) -> Iterator[str]:
    """The members of a table itself in which a number stands: whole numbers, days, spans, and digits in texts."""
    for name in entry.__struct_fields__:
        value = getattr(entry, name)
        if isinstance(value, int | date) and not isinstance(value, bool):
            yield name
        if isinstance(value, Span) and not isinstance(value, NoticePeriod):
            yield name
        if name == "text" and any(re.search(r"\d", text) for text in value.values()):
            yield name


@each_of_them
def test_no_number_is_without_its_mark_and_its_source(agreement: Agreement) -> None:
    """Every number that stands anywhere: the table that holds it, or the rule around that table, is among `marked`."""
    marked = {id(each) for each in agreement.marked()}
    tables = dict(walk(agreement))
    counted = 0
    for path, entry in tables.items():
        if isinstance(entry, Span) and not isinstance(entry, NoticePeriod):
            continue
        for name in numbers(entry):
            counted += 1
            if (path, name) == ((), "version"):
                continue
            around = [tables[path[:end]] for end in range(len(path), -1, -1) if path[:end] in tables]
            marks = [each for table in around for each in (table, getattr(table, "figures", None), _due(table))]
            assert any(id(each) in marked for each in marks), f"{path} {name}"
    assert counted > 5
    sources = {each.id: each for each in agreement.sources}
    for each in agreement.marked():
        assert each.mark in ("seen", "to_be_checked")
        assert sources[each.source].title
        assert each.mark == "to_be_checked" or sources[each.source].address.startswith("http")


def _due(table: Entry) -> Entry | None:
    """The mark of a rule's deadline is that of its day and period too."""
    return table.due if isinstance(table, Measure) else None


@each_of_them
def test_no_source_is_named_for_nothing(agreement: Agreement) -> None:
    assert {each.id for each in agreement.sources} - {each.source for each in agreement.marked()} == OF_WORDS[
        agreement.id
    ]


OF_WORDS: dict[str, set[str]] = {
    "new-start": {"arms-control-today"},
    "security-guarantees-2022": {"posture", "summary"},
    "vienna-document-2011": set(),
    "cfe": {"history"},
}
"""Sources of words alone, not of numbers."""


def test_how_many_numbers_are_seen_and_how_many_still_to_be_checked() -> None:
    """So that a mark is not changed by the way."""
    found = {
        name: tuple(sum(each.mark == mark for each in agreement.marked()) for mark in ("seen", "to_be_checked"))
        for name, agreement in AGREEMENTS.items()
    }
    assert found == {
        "new-start": (16, 11),
        "security-guarantees-2022": (5, 22),
        "vienna-document-2011": (9, 71),
        "cfe": (6, 8),
    }


# --- figures --------------------------------------------------------------------------------------------------------


def span(value: Span) -> str:
    return next(
        f"{getattr(value, unit)} {unit}"
        for unit in ("hours", "days", "months", "years")
        if getattr(value, unit) is not None
    )


def begins(measure: Measure) -> str:
    trigger = measure.trigger
    if trigger.in_force:
        return "in force"
    return trigger.form or f"{trigger.first} every {span(trigger.every or Span())}"


def figure(entry: Marked | NoticePeriod) -> str:
    """The number of a rule, said as in the table of figures."""
    match entry:
        case Condition(at_least=int() as number):
            return f"at_least {number}"
        case Condition(more_than=int() as number):
            return f"more_than {number}"
        case Limit():
            return f"{'open' if entry.at_most is None else entry.at_most} from {entry.since}"
        case Restraint(calendar_years=None):
            return f"{entry.at_most} at once"
        case Restraint():
            return f"{entry.at_most} in {entry.calendar_years} years"
        case Quota(at_most=None):
            return f"{entry.item} / {entry.divided_by} at most {entry.most} of which 1/{entry.share_of} per asking"
        case Quota(per_asking=None):
            return str(entry.at_most)
        case Quota():
            return f"{entry.at_most} of which {entry.per_asking} per asking"
    raise AssertionError(entry)


def rows(agreement: Agreement) -> Iterator[tuple[str, str, str, str]]:
    """Place, rule, figure and mark of everything that is computed with."""
    for threshold in agreement.thresholds:
        for condition in (*threshold.any, *threshold.all):
            if condition.is_ is None:
                yield f"thresholds.{threshold.id}", condition.item, figure(condition), condition.mark
    for measure in agreement.measures:
        way = "before" if measure.due.before else "after"
        said = f"{span(measure.due.before or measure.due.after or Span())} {way} {measure.due.of}"
        yield f"measures.{measure.id}", begins(measure), said, measure.due.mark
    for limit in agreement.limits:
        yield f"limits.{limit.id}", " + ".join(term.item for term in limit.sum), figure(limit), limit.mark
    for restraint in agreement.restraints:
        over = f"{restraint.threshold} not {restraint.not_over}" if restraint.not_over else restraint.threshold
        yield f"restraints.{restraint.id}", over, figure(restraint), restraint.mark
    for quota in agreement.quotas:
        yield f"quotas.{quota.id}", quota.counted, figure(quota), quota.mark
        if quota.year is not None:
            yield f"quotas.{quota.id}", "year", f"begins {quota.year.begins}", quota.year.mark
    for drawing in agreement.drawings:
        yield f"drawings.{drawing.id}", drawing.if_not_shown, str(drawing.take), drawing.mark


@pytest.mark.parametrize("name", AGREEMENTS)
def test_the_figures_are_the_published_ones(name: str) -> None:
    found = set(rows(AGREEMENTS[name]))
    wanted = {(row["place"], row["rule"], row["figure"], row["mark"]) for row in FIGURES if row["agreement"] == name}
    assert wanted - found == set()
    assert len(wanted) >= 10


@pytest.mark.parametrize("name", ["new-start", "cfe"])
def test_nothing_is_computed_with_but_these_figures(name: str) -> None:
    wanted = {(row["place"], row["rule"], row["figure"], row["mark"]) for row in FIGURES if row["agreement"] == name}
    assert set(rows(AGREEMENTS[name])) == wanted


def test_which_time_of_a_paper_counts() -> None:
    counts = {name: {each.id: each.counts for each in agreement.measures} for name, agreement in AGREEMENTS.items()}
    assert set(counts["new-start"].values()) == {"received"}
    assert set(counts["vienna-document-2011"].values()) == {"made"}
    assert counts["security-guarantees-2022"]["data"] == "received"
    assert {each.clock for agreement in AGREEMENTS.values() for each in agreement.measures} == {"utc"}


def test_what_opens_together() -> None:
    together = {
        name: [each.id for each in agreement.measures if each.together] for name, agreement in AGREEMENTS.items()
    }
    assert together == {
        "new-start": ["half-yearly-data"],
        "security-guarantees-2022": ["first-posture", "posture", "sites", "data"],
        "vienna-document-2011": [],
        "cfe": [],
    }


def test_from_when_until_when() -> None:
    days = {name: (agreement.in_force, agreement.expires) for name, agreement in AGREEMENTS.items()}
    assert days == {
        "new-start": (date(2011, 2, 5), date(2026, 2, 5)),
        "security-guarantees-2022": (None, None),
        "vienna-document-2011": (date(2011, 12, 1), None),
        "cfe": (None, None),
    }
    notice = AGREEMENTS["new-start"].notice
    assert notice is not None
    assert (notice.months, notice.mark) == (3, "to_be_checked")


# --- forms ----------------------------------------------------------------------------------------------------------


def test_the_papers_that_each_knows() -> None:
    assert {name: [form.id for form in agreement.forms] for name, agreement in AGREEMENTS.items()} == {
        "new-start": [
            "data", "reservation", "change", "type-one-request", "type-two-request", "inspection-reply", "site",
            "inspection-report",
        ],
        "security-guarantees-2022": [
            "posture", "exercise", "sites", "visit-request", "visit-reply", "visit-arrival", "visit-report", "data",
        ],
        "vienna-document-2011": [
            "annual-information", "exercise", "calendar", "activity-request", "activity-reply", "meeting-request",
            "meeting-held", "inspection-request", "inspection-reply", "inspection-entry", "inspection-report",
            "evaluation-request", "evaluation-reply", "evaluation-entry", "evaluation-report",
        ],
        "cfe": ["holdings", "list", "area", "answer"],
    }  # fmt: skip


FORMS = [(agreement, form) for agreement in AGREEMENTS.values() for form in agreement.forms]


def sample(item: Item) -> Value:
    match item.type:
        case "count":
            return item.at_most if item.at_most is not None else 7
        case "date":
            return date(2022, 1, 26)
        case "yes_no":
            return True
        case "choice":
            return item.choices[0].id
        case "time":
            return Time.from_text("2022-01-26T17:16:00.000Z")
        case _:
            return "A text."


@pytest.mark.parametrize(("agreement", "form"), FORMS, ids=[f"{each.id}-{form.id}" for each, form in FORMS])
def test_each_form_is_filled_in_and_read_back_equal(agreement: Agreement, form: Form) -> None:
    content = of_items(agreement, form, {item.id: sample(item) for item in form.items})
    assert read_content(write_content(content), agreement) == content
    for language in agreement.languages:
        empty = blank(agreement, form, language)
        for item in form.items:
            assert f"# {item.number}. {item.title[language]} ({item.provision})" in empty
        required = [item for item in form.items if item.required]
        with pytest.raises(Malformed) as caught:
            read_content(empty.encode(), agreement)
        assert (caught.value.code, caught.value.details["item"]) == ("notice.missing", required[0].id)


@pytest.mark.parametrize(("agreement", "form"), FORMS, ids=[f"{each.id}-{form.id}" for each, form in FORMS])
def test_a_blank_form_filled_in_by_hand_is_a_message_that_reads_back_equal(agreement: Agreement, form: Form) -> None:
    """From the empty form to what a watch prints, in each language, with nothing but a text editor in between."""
    typed = {"text": '"A text."', "date": "2022-01-26", "yes_no": "true", "time": "2022-01-26T17:16:00Z"}
    for language in agreement.languages:
        text = blank(agreement, form, language)
        for item in form.items:
            answer = {"count": str(sample(item)), "choice": f'"{sample(item)}"'}.get(item.type) or typed[item.type]
            text, found = re.subn(rf'(?m)^{item.id} = ""$', f"{item.id} = {answer}", text)
            assert found == 1
        content = read_content(text.encode(), agreement)
        assert content.items == {item.id: sample(item) for item in form.items}
        message = Message(
            precedence=form.precedence, sender="us", to=("ru",), info=("fr",), number="US-7",
            time=Time.from_text("2022-01-26T17:16:00.000Z"), answers="RU-1", content=content,
        )  # fmt: skip
        for printed in agreement.languages:
            assert parse_message(print_message(message, agreement, printed), agreement) == message


@pytest.mark.parametrize(("agreement", "form"), FORMS, ids=[f"{each.id}-{form.id}" for each, form in FORMS])
def test_items_stand_in_the_order_of_their_numbers(agreement: Agreement, form: Form) -> None:
    order = [[int(part) for part in item.number.split(".")] for item in form.items]
    assert order == sorted(order)


# --- nothing of a treaty stands in the program ----------------------------------------------------------------------


def test_the_program_names_no_treaty() -> None:
    room = Path(templates.__file__).parents[1]
    words = re.compile(r"new.?start|vienna|security.?guarantee|\bcfe\b|\bcwc\b|zapad", re.IGNORECASE)
    modules = [*room.glob("measures/*.py"), room / "cli" / "templates.py"]
    assert len(modules) > 15
    assert [path.name for path in modules if words.search(path.read_text("utf-8"))] == []


# --- one thing wrong in a large file --------------------------------------------------------------------------------

VIENNA = FILES["vienna-document-2011"].decode()
START = FILES["new-start"].decode()
GUARANTEES = FILES["security-guarantees-2022"].decode()

WRONG = [
    ("agreement.never", GUARANTEES, 'number = "7.1"\n',
     'number = "7.1"\nat_most = 2999\nfigures = { mark = "seen", source = "bases" }\n', "at_least = 3000"),
    ("agreement.circular", VIENNA, '"question"', '"question"\nfollows = ["meeting-request"] # here', HERE),
    ("agreement.quota-contradicts", VIENNA, "per_asking = 1", "per_asking = 5", "^per_asking = 5"),
    ("agreement.due", START, "after = { days = 45 }", "after = { days = 45 }, before = { days = 1 }", "days = 45"),
    ("agreement.twice", VIENNA, 'id = "acvs"\nnumber = "11.3"', 'id = "tanks"\nnumber = "11.3"', '^number = "11.3"'),
    ("agreement.no-threshold", VIENNA, '"notify-alert" }', '"notify-alarm" }', "notify-alarm"),
    ("agreement.no-item", START, 'of = "changed"', 'of = "exchanged"', '"exchanged"'),
    ("agreement.no-source", GUARANTEES, '"seen"\nsource = "bases"', '"seen"\nsource = "press"', '"press"'),
    ("agreement.until", START, "at_most = 1550\n", "at_most = 1550\nuntil = 2018-02-04\n", "^until = 2018-02-04"),
    ("agreement.languages", VIENNA, ', fr = "Réduction des risques"', "", "Risk reduction"),
    ("agreement.toml", START, "at_most = 1550", "at_most = 1.550.0", "1.550.0"),
    ("agreement.shape", START, "at_most = 1550", "at_most = 1550.0", "1550.0"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "old", "new", "where"), WRONG, ids=[each[0] for each in WRONG])
def test_one_thing_wrong_is_named_with_its_line(code: str, text: str, old: str, new: str, where: str) -> None:
    wrong = changed(old, new, text)
    _, faults = examine(wrong.encode())
    assert (faults[0].code, faults[0].details["line"]) == (code, line_of(wrong, where))


def test_a_file_of_600_kilobytes_and_one_that_is_no_text() -> None:
    assert examine(VIENNA.encode() + b"#" * 600_000)[1][0].code == "agreement.size"
    _, faults = examine(VIENNA.encode("utf-16"))
    assert [(each.code, each.details["line"]) for each in faults] == [("agreement.utf-8", 1)]
    spoiled = VIENNA.encode().replace(b"Chars de bataille", b"Chars de bataill\xe9", 1)
    _, faults = examine(spoiled)
    place = VIENNA.split("\n").index(next(line for line in VIENNA.split("\n") if "Chars de bataille" in line)) + 1
    assert [(each.code, each.details["line"]) for each in faults] == [("agreement.utf-8", place)]
