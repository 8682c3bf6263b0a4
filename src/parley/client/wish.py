"""What a sender says of a paper, in the words of the command line: parties and papers by name, a limit as typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypedDict

from parley import act, document
from parley.act import LanguageStatus, Opening, Role, Standing
from parley.articulate.builder import Changes
from parley.canonical import Time
from parley.envelope import Precedence
from parley.terms import Force, Terms


def check_language(tag: str) -> str:
    """Return a tag that an act and a document may both name a language by: each is stricter in something.

    Raises: Malformed("act.language"), Malformed("document.language-tag").
    """
    return document.check_language(act.check_language(tag))


class Options(TypedDict, total=False):
    """What may be said of any paper; what is not said has the default of `Wish`.

    `accept_by` is an instant, a date ("2022-01-31": the end of that day in the first recipient's zone), an instant with
    its offset, or None for the negotiation's rule. `our_ref` stands on the cover and in our ledger. `clean` takes out
    hidden characters and says which. `opens` is an opening other than on receipt or at once. `changes` is what becomes
    of tracked changes: "" refuses a file that holds any. `prevails` is the text where nothing is said; of a file that
    goes in whole, always its original.
    """

    info: Sequence[str]
    replaces: str | None
    standing: Standing
    language: str
    language_status: LanguageStatus
    force: Force
    at_once: bool
    opens: Opening | None
    accept_by: Time | str | None
    title: str | None
    subject: str | None
    our_ref: str | None
    precedence: Precedence
    pages: int | None
    shown_by_us: Sequence[str]
    may_show: Sequence[str]
    note: str | None
    attach: Sequence[Path]
    original: Path | None
    prevails: Literal["text", "original"] | None
    clean: bool
    changes: Changes
    with_language: Sequence[tuple[str, Path]]
    unconfirmed: bool


class Checked(TypedDict, total=False):
    """What names other things, and can be checked before the rest is known; as in `Options`."""

    in_reply_to: str | None
    info: Sequence[str]
    replaces: str | None
    accept_by: Time | str | None
    unconfirmed: bool


@dataclass(frozen=True, kw_only=True)
class Wish:
    """All that a sender says about a paper; `terms` is a preset or terms of its own."""

    to: Sequence[str]
    role: Role
    terms: str | Terms
    in_reply_to: str | None = None
    info: Sequence[str] = ()
    replaces: str | None = None
    standing: Standing = "formal"
    language: str = "en"
    language_status: LanguageStatus = "authentic"
    force: Force = "asked"
    at_once: bool = False
    opens: Opening | None = None
    accept_by: Time | str | None = None
    title: str | None = None
    subject: str | None = None
    our_ref: str | None = None
    precedence: Precedence = "routine"
    pages: int | None = None
    shown_by_us: Sequence[str] = ()
    may_show: Sequence[str] = ()
    note: str | None = None
    attach: Sequence[Path] = ()
    original: Path | None = None
    prevails: Literal["text", "original"] | None = None
    clean: bool = False
    changes: Changes = ""
    with_language: Sequence[tuple[str, Path]] = ()
    unconfirmed: bool = False
