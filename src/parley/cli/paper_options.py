"""What can be said about a paper on the command line, whether it is handed over here or prepared for others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import click

from parley.act import LanguageStatus, Standing
from parley.cli.command import Word

PATH = click.Path(path_type=Path)
OPENINGS = ("on_receipt", "at_once", "together", "not_before", "held")


def paper_options(function: Callable[..., None]) -> Callable[..., None]:
    """What can be said about a paper, whether it opens a matter or answers one."""
    for option in reversed(
        (
            click.option("--info", multiple=True),
            click.option("--terms"),
            click.option("--required", is_flag=True),
            click.option("--standing", type=Word(get_args(Standing)), default="formal"),
            click.option("--accept-by", metavar="TIME"),
            click.option("--working-day", is_flag=True),
            click.option("--opening", type=Word(OPENINGS), default="on_receipt"),
            click.option("--opens-at", metavar="TIME"),
            click.option("--language"),
            click.option("--with-language", multiple=True, metavar="TAG=FILE"),
            click.option("--language-status", type=Word(get_args(LanguageStatus)), default="authentic"),
            click.option("--title"),
            click.option("--subject"),
            click.option("--our-ref"),
            click.option("--precedence", type=Word(("routine", "priority", "immediate", "flash")), default="routine"),
            click.option("--pages", type=int),
            click.option("--attach", type=PATH, multiple=True, metavar="FILE"),
            click.option("--original", type=PATH, metavar="FILE"),
            click.option("--prevails", type=Word(("text", "original"))),
            click.option("--shown-to", multiple=True, metavar="NAME"),
            click.option("--may-show", multiple=True, metavar="NAME"),
            click.option("--because", metavar="TEXT"),
            click.option("--replaces", metavar="REF"),
            click.option("--clean", is_flag=True),
            click.option("--changes", type=Word(("accept", "reject"))),
            click.option("--unconfirmed", is_flag=True),
        )
    ):
        function = option(function)
    return function
