"""Whether a quotation stands word for word in a provision: one rule, for the press here, and in the pages' script."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley import record
from parley.record.quoting import stands_in, words_of

ROOM = Path(record.__file__).parent
SCRIPT = (ROOM / "templates" / "quotation.js").read_text("utf-8")
RULE = (ROOM / "verifier" / "quotation.mjs").read_text("utf-8")
PROVISION = "The Parties shall refrain, in areas such as these, from “provocative” measures; it's well-known."


@pytest.mark.parametrize(
    ("quotation", "found"),
    [
        ("The Parties shall refrain", True),
        ('"refrain in areas" such as these', True),
        ("from 'provocative' measures", True),
        ("it\u2019s well\u2011known", True),
        ("the Parties", False),
        ("shall not refrain", False),
        ("Parties refrain", False),
        ("refrai", False),
        ("well known", False),
        ("", False),
        ("…", False),
        (PROVISION + " And more", False),
        (PROVISION, True),
    ],
)
def test_word_for_word(quotation: str, found: bool) -> None:
    assert stands_in(quotation, PROVISION) is found


def test_words_of_scripts_of_all_kinds() -> None:
    assert words_of("не-бумага, «стороны»!") == ["не-бумага", "стороны"]
    assert words_of("安全 保障") == list("安全保障")
    assert words_of("a安b") == ["a", "安", "b"]
    assert words_of("e\u0301le\u0300ve 12,5 %") == ["élève", "12", "5"]
    assert words_of("-a- b--c 'd'") == ["a", "b", "c", "d"]


@given(st.lists(st.sampled_from(["peace", "не", "安", "it's"]), min_size=1, max_size=8), st.data())
def test_every_stretch_of_words_stands_in_it(words: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    assert stands_in(" — ".join(words[first:last]), ", ".join(words))


def test_the_rule_in_the_pages_script_is_the_verifiers() -> None:
    rule = RULE[RULE.index("const HAN") :].replace("export function", "function")
    assert SCRIPT.split("// -----\n")[1] == rule


def test_the_script_says_everything_as_text() -> None:
    own = SCRIPT.split("// -----\n")[2]
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval", "Function(", "fetch", "http"):
        assert way not in own
    assert "</" not in SCRIPT
    assert "<!--" not in SCRIPT


CASES = [
    "", "a-b it's 'x' -y-", "не-бумага «стороны»", "安全a保障 12,5%", "e\u0301 \u00ad\u2019\u2011 d\u2019accord",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "हिन्दी शब्द", "日本語のテキスト", "〇々〆", "¼ Ⅳ x²",
    "a\u0300-\u0301b",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_both_take_the_same_for_words() -> None:
    code = (
        "import { wordsOf } from 'FILE'; import { readFileSync } from 'node:fs';"
        "console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf-8')).map(wordsOf)));"
    ).replace("FILE", (ROOM / "verifier" / "quotation.mjs").as_uri())
    cases = CASES + [PROVISION[place : place + 9] for place in range(len(PROVISION))]
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", code], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == [words_of(case) for case in cases]
