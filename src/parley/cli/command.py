"""What all commands share: help from the catalogue, common options, choices that forgive a dash, errors as one line."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from parley.cli.session import Session
from parley.errors import Malformed
from parley.words import has, lines, say
from parley.words.table import aligned, wrap

WIDEST = 100
COMMON = ("home", "plain", "json", "yes", "passphrase_file", "passphrase_fd", "tls_ca", "help")
"""Options that many commands have; they stand together at the end of a command's help."""

FORMER = frozenset({"--answer-days"})
"""Names that options had once: they are still understood, and no help shows them."""

Function = Callable[..., Any]


def help_width() -> int:
    """How wide a line of help is: the screen's width, and never so wide that it is hard to read."""
    return min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)


class Command(click.Command):
    """A command whose help is in the catalogue: `help.NAME.line`, `.text`, `.examples`, and `options.NAME.OPTION`."""

    @property
    def key(self) -> str:
        return self.callback.__name__.rstrip("_").replace("_", "-") if self.callback else str(self.name)

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - click's signature
        return say(f"help.{self.key}.line")

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = help_width()
        pieces = [say("help.usage", usage=" ".join([ctx.command_path, *self.collect_usage_pieces(ctx)])), ""]
        pieces += wrap(say(f"help.{self.key}.line"), width)
        if has(f"help.{self.key}.text"):
            for paragraph in lines(f"help.{self.key}.text"):
                pieces += ["", *wrap(paragraph, width)]
        own, common = self._options(ctx)
        for title, rows in (("help.options", own), ("help.common", common)):
            if rows:
                pieces += ["", say(title), *aligned(rows, indent="  ", most=width)]
        pieces += ["", say("help.examples"), *(f"  {line}" for line in lines(f"help.{self.key}.examples"))]
        formatter.write("\n".join(pieces) + "\n")

    def _options(self, ctx: click.Context) -> tuple[list[list[str]], list[list[str]]]:
        own: list[list[str]] = []
        common: list[list[str]] = []
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and not parameter.hidden:
                name = (
                    "help" if parameter.is_eager else str(parameter.name).rstrip("_")
                )  # click gives --help a name of its own
                row = [_written(parameter), option_help(self.key, name)]
                (common if name in COMMON else own).append(row)
        return own, common


def _written(option: click.Option) -> str:
    names = ", ".join(sorted({*option.opts, *option.secondary_opts} - FORMER, key=lambda name: (len(name), name)))
    if option.is_flag or option.count:
        return names
    metavar = option.metavar or (option.name or "").rstrip("_").upper().replace("_", "-")
    if isinstance(option.type, Word):
        metavar = "|".join(option.type.written())
        metavar = metavar if len(metavar) <= 30 else (option.name or "").upper()
    return f"{names} {metavar}"


def option_help(command: str, option: str) -> str:
    """What an option does: its command's own sentence, or the one all commands share."""
    key = f"options.{command}.{option.replace('_', '-')}"
    return say(key if has(key) else f"options.{option.replace('_', '-')}")


class Word(click.ParamType[str]):
    """One of a few words, in any case, with - or _ between its parts; gives the form that acts use."""

    name = "word"

    def __init__(self, choices: Sequence[str]) -> None:
        self.choices = tuple(choices)

    def written(self) -> list[str]:
        """The choices as people write them."""
        return [choice.replace("_", "-") for choice in self.choices]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        found = str(value).strip().lower().replace("-", "_").replace(" ", "_")
        if found not in self.choices:
            option = param.opts[-1] if isinstance(param, click.Option) else (param.name or "") if param else ""
            where = {"option": option} if option else {}  # whoever answers a question did not name an option
            raise Malformed("use.choice", text=str(value)[:40], choices=", ".join(self.written()), **where)
        return found

    def typed(self, text: str) -> str:
        """One of the words as somebody typed it. Raises: Malformed("use.choice")."""
        return self.convert(text, None, None)


def _set(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(ctx: click.Context, _: click.Parameter, value: Any) -> None:
        session = ctx.find_object(Session)
        if session is not None and value is not None and value is not False:
            setattr(session, name, value)

    return callback


def _common(name: str, *declarations: str, **settings: Any) -> Callable[[Function], Function]:
    return click.option(*declarations, name, expose_value=False, callback=_set(name), **settings)


HOME = _common("home", "--home", type=click.Path(path_type=Path), metavar="DIR")
PLAIN = _common("plain", "--plain", is_flag=True)
JSON = _common("json", "--json", is_flag=True)
YES = _common("yes", "--yes", is_flag=True)
PASSPHRASE_FILE = _common("passphrase_file", "--passphrase-file", type=click.Path(path_type=Path), metavar="FILE")
PASSPHRASE_FD = _common("passphrase_fd", "--passphrase-fd", type=int, metavar="NUMBER")
TLS_CA = _common("tls_ca", "--tls-ca", type=click.Path(path_type=Path), metavar="FILE")


def command(
    name: str, *, data: bool = False, asks: bool = False, home: bool = True, secret: bool = True
) -> Callable[[Function], Command]:
    """Make a command: `data` gives it --json, `asks` gives it --yes; `home` and `secret` say what it needs to open."""
    chosen = [PLAIN] if data else []
    chosen += [JSON] if data else []
    chosen += [YES] if asks else []
    chosen += [HOME] if home else []
    chosen += [PASSPHRASE_FILE, PASSPHRASE_FD] if secret else []
    chosen += [TLS_CA] if home else []

    def decorate(function: Function) -> Command:
        decorated = click.pass_obj(function)
        for option in reversed(chosen):
            decorated = option(decorated)
        made = click.command(name, cls=Command, options_metavar="…")(decorated)
        made.callback.__name__ = function.__name__  # type: ignore[union-attr]  # click keeps the function it was given
        return made

    return decorate
