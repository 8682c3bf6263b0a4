"""Help: by job, with examples, in the words of the catalogue, and quick to come."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from parley.cli.app import FAMILIES, GROUPS, families, program, run
from parley.words import catalogue, lines
from tests.words.forbidden import forbidden_in

HEAVY = {"jinja2", "httpx2", "cryptography", "uvicorn", "starlette", "segno", "apsw", "markdown_it"}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by what one types."""
    for names in GROUPS.values():
        for name in names:
            if name not in FAMILIES:
                found = program.get_command(click.Context(program), name)
                assert found is not None
                yield name, found
    for family, (_, names) in FAMILIES.items():
        for name in names:
            found = families[family].get_command(click.Context(families[family]), name)
            assert found is not None
            yield f"{family} {name}", found


COMMANDS = dict(commands())
FAMILY = f"(?:{'|'.join(FAMILIES)})"


@pytest.mark.parametrize("line", ["", *FAMILIES, *COMMANDS])
def test_help_says_what_it_does_without_a_forbidden_word(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*line.split(), "--help"]) == 0
    said = capsys.readouterr().out
    assert "Usage: parley" in said
    assert forbidden_in(said) == []
    if line in COMMANDS:
        assert "\nExamples\n  parley " in said


@pytest.mark.parametrize("line", COMMANDS)
def test_what_may_be_left_out_stands_in_brackets(line: str) -> None:
    command = COMMANDS[line]
    for parameter in command.params:
        if isinstance(parameter, click.Argument) and parameter.nargs == 1:
            name = parameter.make_metavar(click.Context(command))
            assert name.startswith("[") != parameter.required, name


def test_no_option_asks_for_a_word_cut_in_two(capsys: pytest.CaptureFixture[str]) -> None:
    for line in COMMANDS:
        run([*line.split(), "--help"])
        assert re.findall(r"--[a-z-]+ [A-Z-]*-(?=\s)", capsys.readouterr().out) == [], line


def test_the_first_screen_has_every_command_under_its_job(capsys: pytest.CaptureFixture[str]) -> None:
    run(["--help"])
    said = capsys.readouterr().out
    assert re.findall(
        r"^(Set up|Hand over|Take in|Say in public|Work on papers|Prove|Measures|Run a depositary)$", said, re.MULTILINE
    ) == [
        "Set up",
        "Hand over",
        "Take in",
        "Work on papers",
        "Say in public",
        "Prove",
        "Measures",
        "Run a depositary",
    ]
    assert "PARLEY_HOME" in said
    assert "--home" in said
    for names in GROUPS.values():
        for name in names:
            assert re.search(rf"^  {name} ", said, re.MULTILINE), name


@pytest.mark.parametrize("line", COMMANDS)
def test_every_example_can_be_parsed(line: str) -> None:
    """An example that the program itself would not understand is worse than none."""
    command = COMMANDS[line]
    key = line.replace(" ", "-")
    for example in lines(f"help.{key}.examples"):
        words = shlex.split(example.split(" > ")[0])
        assert words[: 1 + len(line.split())] == ["parley", *line.split()]
        arguments = words[1 + len(line.split()) :]
        with command.make_context(line, arguments, resilient_parsing=False):
            pass


def test_every_command_that_prints_data_prints_json() -> None:
    without = {"depositary init", "depositary serve"}
    for line, command in COMMANDS.items():
        names = {option for parameter in command.params for option in parameter.opts}
        assert ("--json" in names) == (line not in without), line


def test_every_command_that_signs_can_be_told_yes() -> None:
    asking = {
        "empower", "revoke", "convene", "join", "deposit", "reply", "withdraw", "receive", "refuse", "fault",
        "sign", "statement", "release", "excerpt", "context", "record", "notify", "declare", "depositary init",
        "agreement adopt", "agreement amend", "agreement suspend", "agreement counter", "agreement resume",
        "agreement contest", "agreement denounce", "inspect request", "inspect reply", "inspect report", "draw",
        "escrow seal", "escrow open", "escrow ask", "escrow answer",
    }  # fmt: skip
    found = {line for line, command in COMMANDS.items() if any("--yes" in each.opts for each in command.params)}
    assert found == asking


def test_every_command_that_signs_can_prepare_instead() -> None:
    """All but the acts of a root, which stays off the daily machines, `sign` itself, and `record`: it signs nothing."""
    root = {"empower", "revoke", "depositary init"}
    signing = {line for line, command in COMMANDS.items() if any("--yes" in each.opts for each in command.params)}
    found = {line for line, command in COMMANDS.items() if any("--prepare" in each.opts for each in command.params)}
    assert found == signing - root - {"sign", "record"}
    for line in (*found, "prepare", "sign"):
        assert any("--officers" in each.opts for each in COMMANDS[line].params), line


def test_what_sentences_tell_people_to_type_exists() -> None:
    """Every `parley …` in the catalogue is a command, and every option beside it is one of its options."""
    for key, sentence in catalogue().items():
        for text in [sentence] if isinstance(sentence, str) else sentence:
            for match in re.finditer(rf"parley ((?:{FAMILY} )?[a-z]+(?:-[a-z]+)*)((?: (?!parley)[^ ;·.:,()]+)*)", text):
                line, rest = match[1], match[2]
                if line in ("alone", "whether", *FAMILIES) or key in ("help.usage",):
                    continue
                assert line in COMMANDS, f"{key}: parley {line}"
                options = {option for parameter in COMMANDS[line].params for option in parameter.opts}
                for option in re.findall(r"(?<= )--[a-z-]+", rest):
                    assert option in options or option == "--help", f"{key}: parley {line} {option}"


def test_help_imports_nothing_heavy() -> None:
    """Start-up stays quick because nothing is imported that only some command needs."""
    code = (
        "import sys, json\n"
        "from parley.cli.app import run\n"
        "run(['--help'])\n"
        "sys.stderr.write(json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in json.loads(done.stderr)}
    assert loaded & HEAVY == set()
    assert not {name for name in json.loads(done.stderr) if name.startswith(("parley.client", "parley.depositary"))}


def test_importing_the_command_line_imports_nothing_of_it() -> None:
    code = (
        "import sys\nimport parley.cli\n"
        "print([name for name in sys.modules if name.startswith('parley.') or name == 'click'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['parley.cli']"
