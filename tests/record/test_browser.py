"""verify.html as it is published: one file, its own rules, nothing fetched; written from its sources and no others."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path

import pytest
from tools import browser_tables

from parley import record
from parley.crypto import sha256
from parley.policy import Trust
from parley.record.browser import verifier
from parley.words import LANGUAGES, public
from tests.evidence_cases import text_of
from tests.record.verifier import VERIFIER, install

PAGE = Path(record.__file__).with_name("verify.html")
TEXT = PAGE.read_text("utf-8")
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
LIST = re.compile(r'<script type="application/json" id="trust-list">(.*?)</script>')


def rule(text: str) -> str:
    """A content rule for exactly this text."""
    return f"'sha256-{base64.b64encode(sha256(text.encode())).decode()}'"


def test_its_content_rules_name_the_one_script_and_the_one_style() -> None:
    (script,), markup = SCRIPT.findall(TEXT), SCRIPT.sub("", TEXT)
    (style,) = re.findall(r"<style>(.*?)</style>", markup, re.DOTALL)
    (rules,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', markup)
    assert rules.split("; ") == [
        "default-src 'none'",
        f"script-src {rule(script)}",
        f"style-src {rule(style)}",
        "form-action 'none'",
        "base-uri 'none'",
    ]


def test_it_loads_nothing_and_has_no_handler_in_its_markup() -> None:
    markup = SCRIPT.sub("", TEXT)
    assert not re.search(r'\s(src|srcset|href|action|style|on[a-z]+)="', markup)
    assert not re.search(r"@import|url\(", markup)
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|eval)\(", TEXT)


def test_text_never_becomes_markup() -> None:
    for name in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "DOMParser",
        "createContextualFragment",
    ):
        assert name not in TEXT


def test_it_says_what_the_catalogues_say() -> None:
    """Each sentence of its own, in each language; those it shares with the program are compared where both speak."""
    for language in LANGUAGES:
        for key, sentence in public(language).items():
            if key.startswith("checker."):
                assert json.dumps(sentence, ensure_ascii=False)[1:-1] in TEXT, key


def test_it_names_the_licences_of_what_it_holds() -> None:
    assert "noble-curves" in TEXT
    assert "MIT License" in TEXT


def test_its_tables_of_characters_are_ours() -> None:
    """Written by tools/browser_tables.py, from the tables that this package has."""
    assert (VERIFIER / "tables.mjs").read_text("utf-8") == browser_tables.written()


def test_it_brings_no_list_as_it_is_kept_here() -> None:
    assert LIST.findall(TEXT) == ["null"]
    assert verifier() == PAGE.read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "Party ru",
        "</script><script>alert(1)</script>",
        'a "b" \\ c',
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ],
)
def test_a_list_inside_it_can_be_read_back_and_ends_nothing(name: str) -> None:
    trust = Trust.parse(text_of("both.trust").replace("Russian Federation", name))
    text = verifier(trust).decode("utf-8")
    (found,) = LIST.findall(text)
    assert json.loads(found) == trust.to_text()
    assert LIST.sub("", text) == LIST.sub("", TEXT), "nothing else of the page changes, nor do its content rules"


@pytest.mark.slow
def test_it_is_what_its_sources_make() -> None:
    """Fails when a source or a sentence changed and the page was not written anew: npm run build, in verifier/."""
    install()
    ran = subprocess.run(["node", "build.mjs", "--check"], cwd=VERIFIER, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode("utf-8")


def test_no_registry_and_no_path_stands_in_what_is_kept_of_its_packages() -> None:
    lock = (VERIFIER / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert "http" not in re.sub(r'"url": "[^"]*"', "", lock)
    locked = json.loads(lock)["packages"]
    assert all("integrity" in package for name, package in locked.items() if name)
