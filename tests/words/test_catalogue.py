"""The catalogue: complete, strict, without words that must not reach a person."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from parley import act, words
from parley.answers import Delivery, Released
from parley.conviction import Crime
from parley.document import Position
from parley.envelope import Precedence
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.exchange import State
from parley.negotiation.comparison import Likeness
from parley.negotiation.coverage import State as Answered
from parley.negotiation.redline import Change
from parley.terms import PRESETS
from parley.words import MissingWords, catalogue, explain, places, required_places, say, term, with_article
from tests.words.forbidden import forbidden_in

SOURCE = Path(words.__file__).parents[1]
FAMILIES = {family.__name__ for family in (Malformed, Invalid, Refused, Unavailable)}
CODE = re.compile(r"[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*")
STANDING_ALONE = re.compile(rf"(?<![\w./-]){CODE.pattern}(?![\w/-])")
NO_CODES = (".json", ".toml", ".md", ".html", ".key", ".sqlite", ".txt", ".tar", ".css", ".box")
WORDS = Path(__file__).parent
TESTS = WORDS.parent
VECTORS = TESTS.parent / "vectors"
DESK = ("articulate", "cli", "client", "word")
SCREENS = {path.name for room in ("cli", "words", "record") for path in (SOURCE / room).glob("*.py")}


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    """Every call in the package, with the name of what is called."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                yield path, node, name


@cache
def raised() -> dict[str, list[set[str]]]:
    """Every error code that stands in a constructor call, with the details given at each place."""
    found: dict[str, list[set[str]]] = {}
    for _, node, name in calls():
        if name in FAMILIES and node.args and isinstance(node.args[0], ast.Constant):
            given = {keyword.arg for keyword in node.keywords if keyword.arg}
            open_ended = any(keyword.arg is None for keyword in node.keywords)
            found.setdefault(str(node.args[0].value), []).append({"*"} if open_ended else given)
    return found


@cache
def possible_codes() -> set[str]:
    """Every string in the package that reads as a code of an area in which errors are raised, screens aside."""
    areas = {code.split(".")[0] for code in raised()}
    found = set(raised())
    for path in SOURCE.rglob("*.py"):
        if path.parent.name in ("cli", "words", "record"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found |= {node.value} if node.value.split(".")[0] in areas else set()
    events = {
        arg.value for _, node, name in calls() if name == "note" for arg in node.args if isinstance(arg, ast.Constant)
    }
    return {code for code in found if not code.endswith(NO_CODES)} - (events - set(raised()))


@cache
def alarms() -> set[str]:
    """The codes of alarms, which are raised with their prefix put before them."""
    found = set()
    for _, node, name in calls():
        if name in ("_sound", "sound") and node.args:
            found |= {
                arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            }
    return {f"alarm.{code}" for code in found}


def test_every_error_that_is_raised_has_a_sentence() -> None:
    missing = {code for code in possible_codes() | alarms() if f"errors.{code}" not in catalogue()}
    assert missing == set()


def test_there_are_alarms() -> None:
    assert "alarm.forked" in alarms()


@pytest.mark.parametrize(("code", "sites"), sorted(raised().items()))
def test_a_sentence_wants_no_more_than_every_place_that_raises_it_gives(code: str, sites: list[set[str]]) -> None:
    sentence = catalogue()[f"errors.{code}"]
    assert isinstance(sentence, str)
    for given in sites:
        if given != {"*"}:
            assert required_places(sentence) <= given, f"{code}: {required_places(sentence) - given}"


def test_no_sentence_is_for_an_error_that_nobody_raises() -> None:
    kept = {key.removeprefix("errors.") for key in catalogue() if key.startswith("errors.") and "." in key[7:]}
    known = possible_codes() | alarms() | set(raised())
    dynamic = {
        code for path in (SOURCE / "cli").glob("*.py") for code in re.findall(r'"(use\.[a-z-]+)"', path.read_text())
    }
    assert kept - known - dynamic == set()


def _told_in_tests() -> set[str]:
    """Everything in vectors, transcripts and tests that reads as a code, as a regular expression has it too.

    Not what is said about a test, nor what tests of the words themselves make up.
    """
    found = set()
    for path in (*VECTORS.rglob("*.json"), *TESTS.rglob("*.txt"), *TESTS.rglob("*.py")):
        if WORDS in path.parents:
            continue
        text = path.read_text("utf-8")
        if path.suffix == ".py":
            nodes = list(ast.walk(ast.parse(text)))
            about = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
            strings = (node for node in nodes if isinstance(node, ast.Constant) and id(node) not in about)
            text = "\n".join(str(node.value) for node in strings)
        found |= set(STANDING_ALONE.findall(text.replace("\\.", ".")))
    return found


def test_every_error_that_a_person_can_meet_is_raised_in_some_test() -> None:
    """As far as can be seen from here: its code stands there. A new one without a test is found at once."""
    codes = {key.removeprefix("errors.") for key in catalogue() if key.startswith("errors.") and "." in key[7:]}
    assert codes - _told_in_tests() == set()


def at_a_desk() -> dict[str, set[str]]:
    """The codes that a party's own program raises, with the families of error in which it raises each."""
    found: dict[str, set[str]] = {}
    for path, node, name in calls():
        if path.parent.name in DESK and name in FAMILIES and node.args and isinstance(node.args[0], ast.Constant):
            found.setdefault(str(node.args[0].value), set()).add(name)
    return found


def test_one_mistake_at_a_desk_has_one_code_and_is_the_fault_of_one() -> None:
    found = at_a_desk()
    assert {"file.missing", "file.exists", "reference.latest", "articulate.not-utf-8"} <= set(found)
    assert {code: families for code, families in found.items() if len(families) > 1} == {}
    sentences = Counter(str(catalogue()[f"errors.{code}"]) for code in found)
    assert [sentence for sentence, count in sentences.items() if count > 1] == []


def _asked() -> Iterator[tuple[str, int, str, set[str] | None]]:
    for path, node, name in calls():
        if name in ("say", "lines") and path.name in SCREENS and node.args and isinstance(node.args[0], ast.Constant):
            open_ended = any(keyword.arg is None for keyword in node.keywords)
            given = None if open_ended else {str(keyword.arg) for keyword in node.keywords}
            yield path.name, node.lineno, str(node.args[0].value), given


def test_every_sentence_that_is_asked_for_exists_and_gets_exactly_its_values() -> None:
    asked = list(_asked())
    assert len(asked) > 200
    for file, line, key, given in asked:
        assert key in catalogue(), f"{file}:{line} {key}"
        sentence = catalogue()[key]
        if given is not None and isinstance(sentence, str):
            assert places(sentence) == given, f"{file}:{line} {key}"


def test_templates_ask_only_for_sentences_that_exist() -> None:
    for path in [*SOURCE.glob("*/templates/*.html")]:
        for key, arguments in re.findall(r'say\("([a-z.-]+)"((?:, [a-z]+=[^,)]+)*)\)', path.read_text("utf-8")):
            sentence = catalogue()[key]
            assert isinstance(sentence, str)
            assert places(sentence) == set(re.findall(r", ([a-z]+)=", arguments)), key


@pytest.mark.parametrize("key", sorted(key for key in catalogue() if not key.startswith("explain.")))
def test_no_sentence_has_a_word_that_must_not_reach_a_person(key: str) -> None:
    sentence = catalogue()[key]
    assert forbidden_in(sentence if isinstance(sentence, str) else " ".join(sentence)) == []


def test_the_steps_for_experts_may_have_them() -> None:
    assert forbidden_in(say("explain.step-3"))


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("roles", get_args(act.Role)),
        ("standings", get_args(act.Standing)),
        ("acts", act.KINDS),
        ("capabilities", get_args(act.Capability)),
        ("refusal-reasons", get_args(act.RefusalReason)),
        ("fault-reasons", get_args(act.FaultReason)),
        ("channels", get_args(act.Channel)),
        ("language-statuses", get_args(act.LanguageStatus)),
        ("openings", get_args(act.OpeningKind)),
        ("statements", get_args(act.StatementKind)),
        ("precedences", get_args(Precedence)),
        ("states", [state.value for state in State]),
        ("state-sentences", [state.value for state in State]),
        ("presets", PRESETS),
        ("positions", [position.value for position in Position]),
        ("coverage", [state.value for state in Answered]),
        ("compare", [each.value for each in (*Likeness, *Change)]),
        ("crimes", [crime.name for crime in Crime]),
        ("delivery", [word.name.lower().replace("_", "-") for word in Delivery]),
        ("release-answers", [word.name.lower().replace("_", "-") for word in Released]),
    ],
)
def test_everything_that_can_be_said_has_a_word(table: str, names: object) -> None:
    assert {name for name in names if f"{table}.{name}" not in catalogue()} == set()  # type: ignore[attr-defined]


def test_what_a_verdict_leaves_open_has_a_word() -> None:
    codes = {
        str(keyword.value.value)
        for _, node, name in calls()
        if name == "NotShown"
        for keyword in node.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    }
    assert len(codes) > 8
    assert {code for code in codes if f"not-shown.{code}" not in catalogue()} == set()


# --- how sentences are filled -----------------------------------------------------------------------------------


def test_a_missing_key_and_a_wrong_value_are_defects() -> None:
    with pytest.raises(MissingWords):
        say("no.such-sentence")
    with pytest.raises(MissingWords):
        say("screen.pages")
    with pytest.raises(MissingWords):
        say("screen.pages", count=5, more=1)
    with pytest.raises(MissingWords):
        say("clock.months")


def test_a_value_cannot_move_the_cursor_or_turn_the_line() -> None:
    said = say("trust.written", file="a\x1b[2J\u202eb")
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "a‹U+001B›[2J‹U+202E›b" in said


def test_a_part_in_brackets_falls_away_without_its_value() -> None:
    assert "ended" not in explain(Refused("powers.dates", party="ru"))
    assert "Wed 26 Jan 2022" in explain(Refused("powers.dates", party="ru", until="2022-01-26T17:16:00.000Z"))
    assert explain(Refused("paper.unknown")) == "There is no such paper. See all of them with: parley status"


def test_a_refusal_without_details_still_reads_as_a_sentence() -> None:
    for key in catalogue():
        if key.startswith("errors.") and "." in key[7:]:
            said = explain(ParleyError(key.removeprefix("errors.")))
            assert said.strip(), key
            assert "[" not in said, key
            assert "{" not in said, key


def test_an_error_of_a_newer_depositary_is_named_by_its_code() -> None:
    assert "paper.sealed-with-wax" in explain(Refused("paper.sealed-with-wax", colour="red"))


def test_parties_are_called_as_the_reader_calls_them() -> None:
    said = explain(Refused("register.not-enrolled", party="us"), naming=lambda party: f"the party {party}")
    assert said.startswith("the party us is not known")


def test_a_name_takes_its_article_in_a_sentence_and_a_capital_at_its_beginning() -> None:
    assert with_article("United States") == "the United States"
    assert with_article("France") == "France"
    assert say("state-sentences.waiting", party=with_article("United States")).startswith("The United States has")
    assert "until the United States" not in say("telling.and", first="the United States", last="France")
    assert say("telling.and", first="the United States", last="France") == "the United States and France"
    assert "agree. The United States" in say("trust.done", name="the United States")


def test_a_word_of_a_newer_version_stands_as_it_is() -> None:
    assert term("roles", "joint_declaration") == "joint declaration"
