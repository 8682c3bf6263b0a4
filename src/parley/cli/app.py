"""The program: finds the command, runs it, and turns what goes wrong into one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from parley.cli.command import FORMER, help_width, option_help
from parley.cli.session import Session
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.words import explain, say
from parley.words.table import aligned, wrap

DONE, DISPROVEN, WRONG_USE, NOT_NOW, UNREACHABLE = 0, 1, 2, 3, 4
STOPPED = 130

GROUPS: dict[str, tuple[str, ...]] = {
    "set-up": ("init", "trust", "officers", "empower", "revoke", "recover", "use"),
    "hand-over": ("convene", "join", "deposit", "reply", "prepare", "sign", "send", "withdraw"),
    "take-in": ("inbox", "show", "receive", "refuse", "read", "fault"),
    "work": ("preview", "coverage", "compare", "export"),
    "say": ("statement", "release", "excerpt", "context", "record"),
    "prove": ("status", "register", "evidence", "print", "verify", "audit"),
    "measures": (
        "agreement",
        "notify",
        "declare",
        "due",
        "obligations",
        "limits",
        "inspect",
        "draw",
        "escrow",
        "sample-size",
    ),
    "keep": ("depositary",),
}
"""The commands by the job they belong to, in the order of the first help screen."""

MODULES = {
    "set-up": "setup",
    "hand-over": "handover",
    "take-in": "takein",
    "work": "comparing",
    "say": "say",
    "prove": "prove",
    "measures": "notices",
}
ELSEWHERE = {
    "init": "founding",
    "trust": "trusting",
    "prepare": "three_hands",
    "sign": "three_hands",
    "send": "three_hands",
    "inbox": "looking",
    "show": "looking",
    "read": "looking",
    "draw": "draws",
    "declare": "declaring",
    "due": "obligations",
    "export": "papers",
    "limits": "obligations",
    "obligations": "obligations",
    "preview": "papers",
    "release": "excerpts",
    "excerpt": "excerpts",
    "context": "excerpts",
    "record": "record",
    "sample-size": "sampling",
    "verify": "checking",
}
"""The module of each group's commands, and of those that have another."""

FAMILIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "agreement": (
        "agreements",
        ("check", "schema", "show", "adopt", "amend", "suspend", "counter", "resume", "contest", "denounce"),
    ),
    "escrow": ("escrows", ("seal", "open", "ask", "answer", "show")),
    "inspect": ("inspections", ("board", "request", "reply", "report")),
    "depositary": ("depositary_", ("init", "serve", "invite", "status", "backup", "restore")),
}
"""Commands of two words: the first, the module of the second, and which there are."""


class Program(click.Group):
    """`parley`: imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [name for names in GROUPS.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name in families:
            return families[cmd_name]
        for group, names in GROUPS.items():
            if cmd_name in names:
                return _load(ELSEWHERE.get(cmd_name, MODULES[group]), cmd_name)
        return None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        name = args[0]
        if name == "open":
            raise Malformed("use.open", reference=args[1] if len(args) > 1 else "REF")
        if self.get_command(ctx, name) is None:
            raise Malformed("use.command", text=name[:40], **_nearest(name, self.list_commands(ctx)))
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        pieces = [say("help.program.line"), "", say("help.usage", usage="parley [COMMAND] …"), say("help.front")]
        for group, names in GROUPS.items():
            rows = [[name, say(f"help.{name}.line")] for name in names]
            pieces += ["", say(f"groups.{group}"), *aligned(rows, indent="  ", most=help_width())]
        rows = [[option, say(f"options.{key}")] for option, key in _FIRST_SCREEN]
        pieces += ["", say("help.common"), *aligned(rows, indent="  ", most=help_width())]
        pieces += ["", *wrap(say("help.exits"), help_width()), *wrap(say("help.more"), help_width())]
        formatter.write("\n".join(pieces) + "\n")


_FIRST_SCREEN = (
    ("--home DIR", "home"),
    ("--json", "json"),
    ("--plain", "plain"),
    ("--passphrase-file FILE", "passphrase-file"),
    ("PARLEY_PASSPHRASE", "environment"),
    ("--version", "version"),
)


class Family(click.Group):
    """Commands that share their first word: `parley depositary init`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.family = name
        self.module, self.names = FAMILIES[name]

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        return _load(self.module, f"{self.family}_{cmd_name}") if cmd_name in self.names else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args[0] not in self.names:
            near = _nearest(args[0], self.names)
            near = {key: f"{self.family} {value}" for key, value in near.items()}
            raise Malformed("use.command", text=f"{self.family} {args[0][:40]}", **near)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        rows = [[name, say(f"help.{self.family}-{name}.line")] for name in self.names]
        usage = say("help.usage", usage=f"parley {self.family} COMMAND …")
        pieces = [usage, "", say(f"help.{self.family}.line"), "", *aligned(rows, indent="  ", most=help_width())]
        formatter.write("\n".join(pieces) + "\n")


def _load(module: str, name: str) -> click.Command:
    found = getattr(import_module(f"parley.cli.{module}"), name.replace("-", "_"), None)
    if found is None:
        found = getattr(import_module(f"parley.cli.{module}"), f"{name}_")
    assert isinstance(found, click.Command)  # noqa: S101 - the tables above name only commands
    return found


def _nearest(text: str, choices: Sequence[str]) -> dict[str, str]:
    from difflib import get_close_matches

    found = get_close_matches(text, choices, n=1, cutoff=0.6)
    return {"nearest": found[0]} if found else {}


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        from importlib.metadata import version

        click.echo(f"parley {version('parley-depositary')}")
        ctx.exit()


@click.group("parley", cls=Program, invoke_without_command=True)
@click.option("--home", type=click.Path(), expose_value=True)
@click.option("--json", is_flag=True)
@click.option("--plain", is_flag=True)
@click.option("--passphrase-file", type=click.Path())
@click.option("--passphrase-fd", type=int)
@click.option("--tls-ca", type=click.Path())
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version)
@click.pass_context
def program(ctx: click.Context, /, **options: Any) -> Any:
    """The front page, when nothing comes after it."""
    from pathlib import Path

    session = ctx.ensure_object(Session)
    for name, value in options.items():
        if value is not None and value is not False:
            setattr(session, name, Path(value) if name in ("home", "passphrase_file", "tls_ca") else value)
    if ctx.invoked_subcommand is None:
        from parley.cli.front import front

        return front(session)
    return None


families = {name: Family(name) for name in FAMILIES}


def run(arguments: Sequence[str], session: Session | None = None) -> int:
    """Run one command line and return its exit code; what goes wrong is said in one line on stderr."""
    session = session or Session()
    try:
        answer = program.main(args=list(arguments), prog_name="parley", standalone_mode=False, obj=session)
        return answer if isinstance(answer, int) else DONE
    except ParleyError as error:
        _complain(session, explain(error, naming=session.the))
        return _exit_code(error)
    except click.exceptions.NoArgsIsHelpError as error:  # a first word alone: what may come after it
        sys.stderr.write(f"{error.format_message()}\n")
        return WRONG_USE
    except click.UsageError as error:
        mistake = _usage(error)
        _complain(session, explain(mistake))
        return WRONG_USE
    except click.Abort:
        _complain(session, say("ask.stopped"))
        return STOPPED
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python would complain again when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _complain(session: Session, line: str) -> None:
    """One line on stderr; broken between words where somebody looks at a screen."""
    said = f"parley: {line}"
    sys.stderr.write("".join(f"{piece}\n" for piece in (session.wrapped(said) if sys.stderr.isatty() else [said])))
    sys.stderr.flush()


ASKED_WRONGLY = (
    "agreement.",
    "coverage.",
    "deposit.no-recipient",
    "deposit.to-ourselves",
    "draft.not-able",
    "draft.officers-number",
    "draft.which-officers",
    "escrow.none",
    "escrow.not-a-question",
    "escrow.which",
    "file.exists",
    "file.missing",
    "folder.missing",
    "home.none",
    "negotiation.none",
    "negotiation.unknown-handle",
    "officer.",
    "party.",
    "reference.",
    "round.",
    "trust.ourselves",
)
"""Refusals that say: you named what is not there, or must not be there, or not clearly enough. That is wrong use."""


def _exit_code(error: ParleyError) -> int:
    if isinstance(error, Refused) and error.code.startswith(ASKED_WRONGLY):
        return WRONG_USE
    match error:
        case Malformed():
            return WRONG_USE
        case Invalid():
            return DISPROVEN
        case Refused():
            return NOT_NOW
        case Unavailable():
            return UNREACHABLE
        case _:
            return WRONG_USE


def _usage(error: click.UsageError) -> Malformed:
    """What click found wrong, in our words: which command, and what to look at."""
    name = error.ctx.command_path.removeprefix("parley").strip() if error.ctx else ""
    command = {"command": name} if name else {}
    match error:
        case click.NoSuchOption():
            near = {"nearest": error.possibilities[0]} if error.possibilities else {}
            return Malformed("use.option", text=error.option_name[:40], **command, **near)
        case click.MissingParameter():
            parameter = error.param
            missing = parameter.opts[-1] if isinstance(parameter, click.Option) else ""
            written = parameter.make_metavar(error.ctx) if parameter and error.ctx else ""
            return Malformed("use.missing", missing=(missing or written)[:40], **command)
        case click.BadParameter(param=click.Option(type=click.types.IntParamType() as numbers, opts=names)):
            known = [name for name in names if name not in FORMER]
            return Malformed("use.number", option=known[-1], **_bounds(numbers), **command)
        case click.UsageError(message=message) if "unexpected extra argument" in message:
            return Malformed("use.too-much", problem=error.format_message()[:200], **command)
        case _:
            return Malformed("use.wrong", problem=error.format_message()[:200], **command)


def _bounds(numbers: click.types.IntParamType) -> dict[str, int]:
    if not isinstance(numbers, click.IntRange):
        return {}
    named = {"least": numbers.min, "most": numbers.max}
    return {name: int(bound) for name, bound in named.items() if bound is not None}


__all__ = ["FAMILIES", "GROUPS", "families", "option_help", "program", "run"]
