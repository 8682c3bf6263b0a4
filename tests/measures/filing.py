"""Papers under an agreement, filed at a place in the log, for the tests of what is counted from them."""

from __future__ import annotations

from collections.abc import Mapping

from parley.canonical import Time
from parley.crypto import Digest, sha256
from parley.measures.content import Content, Value
from parley.measures.papers import Filed


def filed(
    sender: str,
    form: str,
    items: Mapping[str, Value],
    *,
    entry: int,
    to: tuple[str, ...] = (),
    made: str = "2022-03-01",
    answers: Filed | Digest | None = None,
    replaces: Filed | None = None,
    agreement: str = "small",
    test: bool = False,
) -> Filed:
    """A paper that was entered at noon of the day `made`; its digest follows from who sent it and its entry."""
    time = Time.from_text(f"{made}T12:00:00.000Z")
    return Filed(
        reference=f"{sender.upper()}-{entry}",
        digest=Digest(sha256(f"{sender} {entry}".encode())),
        sender=sender,
        to=to,
        entry=entry,
        sent=time,
        made=time,
        informed={},
        received={},
        answers=answers.digest if isinstance(answers, Filed) else answers,
        replaces=replaces.digest if replaces is not None else None,
        content=Content(agreement=agreement, form=form, items=dict(items), test=test),
    )
