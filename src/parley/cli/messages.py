"""A paper under an agreement as a formatted message: printed, to be read back equal."""

from __future__ import annotations

from pathlib import Path

from parley.cli.session import Session
from parley.words import say, spoken


def print_message(
    session: Session, reference: str, output: Path | None, *, under: str | None, language: str | None
) -> None:
    """Print one, or write it to a new file. Raises: Refused("notice.none") for a paper that is no filled form."""
    from parley.cli.files import check_new, write_new
    from parley.cli.handover import known
    from parley.cli.under import agreement_of
    from parley.measures.message import print_message as printed

    file = check_new(output) if output is not None else None
    with session.delegation() as delegation:
        name = under or delegation.measures.agreement_named(reference)
        agreement = agreement_of(session, name, handle=known(delegation, reference).handle, delegation=delegation)
        message = delegation.measures.message(reference, agreement)
    text = printed(message, agreement, language or spoken())
    if session.json:
        session.print_json("message", {"text": text})
    elif file is None:
        session.data(text.rstrip("\n").split("\n"))
    if file is not None:
        write_new(file, text.encode("utf-8"))
        session.tell(say("print.message", file=file))
