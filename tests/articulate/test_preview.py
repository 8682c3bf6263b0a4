"""The preview: what goes with what and why, and what looks odd."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.articulate import Particulars, understand
from parley.articulate.preview import Preview, preview

DATA = Path(__file__).parent.parent / "data" / "treaties"


def seen(text: str, name: str = "t.md") -> Preview:
    return preview(understand(name, text.encode(), Particulars(language="en")))


def odd(text: str) -> list[tuple[str, str, str]]:
    return [(each.what, each.where, each.detail) for each in seen(f"# T\n\n{text}").warnings]


def test_our_treaty() -> None:
    made = preview(understand("limits-en.md", (DATA / "limits-en.md").read_bytes(), Particulars(language="en")))
    assert (made.title, made.languages) == ("Treaty on the Limits of Heavy Barges", ("en",))
    assert [(each.what, each.detail) for each in made.warnings] == [("broken-reference", "Article XIV")]
    row = next(each for each in made.provisions if each.name == "art II(1)(A)")
    assert {each.name: each.why for each in row.companions} == {
        "art I(c)": "definition",
        "art II(1), closing words": "wrap-up",
        "art II(2)": "proviso",
    }
    assert row.depth == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. a\n\n2. b\n", []),
        ("1. a\n\n3. b\n", [("gap", "para 3", "1. – 3.")]),
        ("## Article I\n\na\n\n## Article III\n\nb\n", [("gap", "art III", "Article I – Article III")]),
        ("## Article 1\n\n(a) x;\n\n(c) y.\n", [("gap", "art 1(c)", "(a) – (c)")]),
        ("## Article 1\n\n(i) x;\n\n(ii) y.\n", []),
        ("## Article 1\n\n(h) x;\n\n(i) y;\n\n(j) z.\n", []),
        ("## Article 1\n\na\n\n## Article 1\n\nb\n", [("repeated-number", "#2", "Article 1")]),
        ("## Article 1\n\nSee Article 7.\n", [("broken-reference", "art 1", "Article 7")]),
        ("## Section I\n\n## Article 1\n\na\n\n## Section II\n\n## Article 2\n\nb\n", []),
    ],
)
def test_what_looks_odd(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert odd(text) == expected


def test_what_a_page_lost_is_said() -> None:
    made = seen("<p>a</p><script>b</script>", "t.html")
    assert [(each.what, each.where, each.detail) for each in made.warnings] == [("left-out", "script", "1")]
