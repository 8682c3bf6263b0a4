"""The four families of error, named after whose fault it is.

`Malformed` is the fault of bytes, `Invalid` of a proof, `Refused` of the moment or the person, `Unavailable` of a
disk or a network. Any other exception that leaves this package is a defect in it; the fuzzers check that sentence.

An error carries a code and details, never prose: what a person reads is written in `words`, once per language. Details
name places and numbers; they never hold a secret or the text of a document.
"""

from __future__ import annotations

Detail = str | int


class ParleyError(Exception):
    """A failure this package foresees: a stable `code` such as "note.signature", and the details its sentence needs."""

    def __init__(self, code: str, /, **details: Detail) -> None:
        super().__init__(code, details)
        self.code = code
        self.details: dict[str, Detail] = details

    def __str__(self) -> str:
        tail = ", ".join(f"{name} {value}" for name, value in self.details.items())
        return f"{self.code} ({tail})" if tail else self.code


class Malformed(ParleyError):
    """Bytes that are not of the form asked for: the fault of whoever wrote them."""


class Invalid(ParleyError):
    """A signature, a proof or a commitment that does not hold: nothing may be concluded from what it came with."""


class Refused(ParleyError):
    """Well formed and true, but not now, or not by this party; `winner` is the digest of the act that came first."""

    def __init__(self, code: str, /, *, winner: str | None = None, **details: Detail) -> None:
        super().__init__(code, **details)
        self.winner = winner


class Unavailable(ParleyError):
    """A disk, a socket or a peer that does not answer: the same request may succeed later."""
