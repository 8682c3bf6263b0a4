"""The pages tell what the program does: generated parts are current, links and named tests exist, examples run."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
from tools import draw_states, spec_examples

from parley.act import KINDS
from parley.cli import templates
from parley.cli.app import program
from parley.cli.session import Session
from parley.exchange import State
from parley.measures import escrow_table as sealed_table
from parley.measures.agreement_file import read_agreement
from parley.measures.content import read_content
from parley.measures.declaration import read_declaration
from parley.measures.site_list import read_sites

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("spec/*.md")])
IDS = [page.relative_to(ROOT).as_posix() for page in PAGES]


def test_the_page_of_states_is_drawn_from_the_table() -> None:
    assert draw_states.PAGE.read_text("utf-8") == draw_states.page(), "run: python tools/draw_states.py"
    assert all(state.value in draw_states.page() for state in State)


@pytest.fixture(scope="module")
def exchange() -> spec_examples.Exchange:
    return spec_examples.load()


def test_every_example_on_a_page_is_what_the_code_prints(exchange: spec_examples.Exchange) -> None:
    for page in sorted(spec_examples.SPEC.glob("*.md")):
        text = page.read_text("utf-8")
        assert text == spec_examples.fill(text, exchange), f"{page.name}: run: python -m tools.spec_examples"


def test_every_example_stands_on_one_page() -> None:
    text = "".join(page.read_text("utf-8") for page in spec_examples.SPEC.glob("*.md"))
    placed = re.findall(r"<!-- example: ([a-z-]+) -->\n```", text)
    assert sorted(placed) == sorted(spec_examples.EXAMPLES)


def test_a_changed_example_is_noticed(exchange: spec_examples.Exchange) -> None:
    page = (spec_examples.SPEC / "log.md").read_text("utf-8")
    changed = page.replace("\n011", "\n012", 1) if "\n011" in page else page.replace("leaf hash   ", "leaf hash   0", 1)
    assert changed != page
    assert spec_examples.fill(changed, exchange) == page


def test_the_exchange_of_the_examples_is_whole(exchange: spec_examples.Exchange) -> None:
    """Every act verifies, is admitted by the fold, and stands in the log under its checkpoint."""
    kinds = [signed.act.kind for signed in exchange.acts]
    assert kinds[0] == "genesis"
    assert kinds[-4:] == ["deposit", "receipt", "handover", "confirmation"]
    for proof, entry in zip(exchange.proofs, exchange.entries, strict=True):
        assert proof.extra == entry.encode()
        proof.verify(spec_examples.leaf_hash(proof.extra), exchange.log_keys)
    (negotiation,) = exchange.world.negotiations.values()
    (paper,) = negotiation.in_order()
    assert paper.reference == "US-1"
    assert paper.outcomes["ru"].state is State.CONFIRMED


def test_the_specification_names_every_act() -> None:
    text = (ROOT / "spec" / "act.md").read_text("utf-8") + (ROOT / "docs" / "design.md").read_text("utf-8")
    for kind in KINDS:
        assert f"`{kind}`" in text, kind


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#][^)]*)\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target.split("#")[0]).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    for file, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page.read_text("utf-8")):
        assert (ROOT / file).is_file(), f"{page.name} names {file}"
        if name:
            tree = ast.parse((ROOT / file).read_text("utf-8"))
            names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
            assert name in names, f"{page.name} names {file}::{name}"


def test_the_index_of_decisions_names_every_record() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    for record in (ROOT / "docs" / "decisions").glob("[0-9]*.md"):
        assert f"]({record.name})" in index


def test_the_record_of_dependencies_names_each() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    record = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text("utf-8")
    for requirement in project["dependencies"]:
        name = re.split(r"[>=<;\[ ]", requirement)[0].removesuffix("-py")
        assert name in record, f"{name} has no line"


def test_the_picture_is_plain_and_small() -> None:
    picture = (ROOT / "docs" / "picture.svg").read_text("utf-8")
    assert len(picture) < 8000
    assert "<script" not in picture
    assert "href" not in picture
    for words in ("cannot read", "only ever added to"):
        assert words in picture


def test_every_table_to_try_with_is_read() -> None:
    page = (ROOT / "docs" / "tables.md").read_text("utf-8")
    files = {name: text.encode() for name, text in re.findall(r"```\w+ ([\w.]+)\n(.*?)```", page, re.DOTALL)}
    assert set(files) == {"bases.csv", "sites.csv", "posture.toml", "data.csv"}
    assert read_sites([files["bases.csv"]]).excluded == ("Base C",)
    assert len(sealed_table.read_declaration([files["sites.csv"]]).items) == 3
    guarantees, treaty = (read_agreement(templates.read(name)) for name in ("security-guarantees-2022", "new-start"))
    assert read_content(files["posture.toml"], guarantees).form == "posture"
    form = treaty.form("data")
    assert form is not None
    assert read_declaration(treaty, form, [files["data.csv"]]).content.items["deployed"] == 550
    readme = (ROOT / "README.md").read_text("utf-8")
    for name in re.findall(r"parley (?:declare|draw|escrow seal) (\S+\.\w+)", readme):
        assert name in files, f"the README takes {name} from nowhere"


def _command_lines(page: Path) -> list[list[str]]:
    """Every `parley …` line in the indented and fenced blocks of a page, as words."""
    found = []
    for line in page.read_text("utf-8").splitlines():
        match = re.match(r"\s*(?:ExecStart=/opt/parley/bin/)?(?:    |/opt/parley/bin/|\./run )?(parley .*)", line)
        if match and line.startswith((" ", "ExecStart")) and "…" not in line:
            found.append(shlex.split(match[1].split("  (")[0], comments=True))
    return found


@pytest.mark.parametrize("name", ["README.md", "docs/first-steps.md", "docs/operating.md"])
def test_every_command_on_a_page_exists_with_its_options(name: str) -> None:
    lines = _command_lines(ROOT / name)
    assert lines
    context = click.Context(program, obj=Session())
    for _, *words in lines:
        command: click.Command | None = program
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            command = command.get_command(context, words.pop(0))
        assert command is not None, f"{name}: {words}"
        known = {option for parameter in command.get_params(context) for option in parameter.opts}
        for word in words:
            if word.startswith("-"):
                assert word in known, f"{name}: {command.name} has no {word}"
