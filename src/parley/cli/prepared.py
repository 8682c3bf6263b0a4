"""Acts written to a draft file instead of signed: the options for it, the check before, and what is said after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.session import Session
from parley.words import say

if TYPE_CHECKING:
    from parley.act import Capability
    from parley.client import Delegation
    from parley.client.draft_view import Prepared


def to_prepare(function: Callable[..., Any]) -> Callable[..., Any]:
    """Any act can be written to a file for others to sign, instead of signed here."""
    function = click.option("--officers", "signers", multiple=True, metavar="NAMES")(function)
    return click.option("--prepare", "draft_file", type=click.Path(path_type=Path), metavar="FILE")(function)


def check_hands(delegation: Delegation, capability: Capability, draft_file: Path | None) -> None:
    """Before anything is shown for signing: a draft is a new file; without one, this officer must be enough, now.

    What is only prepared can be prepared where the depositary cannot be reached.

    Raises: Refused("file.exists"), Refused("powers.…"), Refused("signing.stopped").
    """
    from parley.cli.files import check_new

    if draft_file is not None:
        check_new(draft_file)
        delegation.work_offline()
    else:
        delegation.check_may_sign(capability)


def written(session: Session, found: Prepared, file: Path, *, removed: tuple[str, ...] = ()) -> None:
    """What was written to a draft file, and what to do with it."""
    from parley.cli.act_screens import draft_file_screen, signer_lines
    from parley.words.neutral import shown

    if session.json:
        session.print_json("prepared", found)
        return
    session.tell(draft_file_screen(session, found, session.now()))
    session.tell([say("screen.removed", what=shown(each)) for each in removed])
    session.tell([say("draft.written", file=file), *signer_lines(found)])
    say_reached(session, found)
    session.data(str(file))
    session.tell(say("ask.next", commands=f"parley show {file} · parley sign {file}"))


def say_reached(session: Session, found: Prepared) -> None:
    """That what was shown is what this machine knew before, where the depositary did not answer."""
    if not found.reached:
        session.tell(say("draft.not-reached"))
