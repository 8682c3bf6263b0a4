"""Pages to print: the slip of a paper, the recovery sheet, the register. One file each, no script, nothing fetched.

A page carries its style inside and a content security policy that allows this very style and nothing else. All that
is filled in is escaped, and made harmless for the reading direction, before it comes into a template.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from parley.errors import Malformed
from parley.words import say, with_article
from parley.words.rendering import Templates

_TEMPLATES = Templates(Path(__file__).with_name("templates"))

_SHEET = re.compile(
    r"PARLEY-SHEET\s+1\s+([a-z][a-z0-9-]{0,31})\s+(https?://\S{1,300})\s+((?:[0-9]{5}\s*){8})([0-9A-Za-z-]{1,200})"
)
"""As the QR code bears it, or typed: any spacing, and letters of any case in the groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipParty:
    """One recipient on a slip: outcome, the four times (name, meaning, date and clocks), who signed, the terms."""

    name: str
    capacity: str
    outcome: str
    times: tuple[tuple[str, str, tuple[str, ...]], ...]
    signed_by: str
    terms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What stands on the slip of a paper, in words already."""

    reference: str
    handle: str
    digest: str
    sender: str
    sender_signed_by: str
    designation: str
    rows: tuple[tuple[str, str], ...]
    terms_head: str
    terms: tuple[str, ...]
    recipients: tuple[SlipParty, ...]
    numbers: tuple[tuple[str, str], ...]
    log: str
    printed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """What stands on a recovery sheet. SECRET: `groups` are the root of a party."""

    party: str
    name: str
    address: str
    depositary_number: str
    groups: str

    @property
    def line(self) -> str:
        """All of it in one line, as the QR code bears it."""
        number = "".join(self.depositary_number.split())
        return f"PARLEY-SHEET 1 {self.party} {self.address} {number} {'-'.join(self.groups.split())}"


def read_sheet(text: str) -> SheetFacts:
    """The facts of a sheet from its page, from its QR code, or typed as that line.

    Raises: Malformed when no such line is in the text, or another one as well.
    """
    found = {match.groups() for match in _SHEET.finditer(text)}
    if len(found) != 1:
        raise Malformed("sheet.line")
    party, address, number, groups = found.pop()
    number = "".join(number.split())
    return SheetFacts(party=party, name=party, address=address, depositary_number=number, groups=groups)


def slip_page(slip: Slip) -> str:
    """The slip of a paper: one A4 page."""
    return render("slip.html", title=say("slip.title", reference=slip.reference), slip=slip, code=qr(slip.digest))


def sheet_page(facts: SheetFacts) -> str:
    """The recovery sheet. It bears the party's greatest secret: write it where only its holder reads."""
    rows = [facts.groups.split()[place : place + 7] for place in range(0, len(facts.groups.split()), 7)]
    title = say("sheet.title", name=with_article(facts.name))
    return render("sheet.html", title=title, facts=facts, rows=rows, code=qr(facts.line))


def register_page(party: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The register of the papers of a party, as its name stands in a sentence; a cell of several lines keeps them."""
    title = say("register.title", party=party)
    return render("register.html", style=("overview.css", "tables.css"), title=title, head=head, rows=rows)


def qr(text: str) -> Markup:
    """A QR code as SVG within the page; error correction M."""
    import segno

    written = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(
        written, kind="svg", xmldecl=False, svgns=True, nl=False, omitsize=True, border=4, svgclass="qr", lineclass=None
    )
    return Markup(written.getvalue().decode("utf-8"))  # noqa: S704 - written by segno from modules alone, no text in it


def render(name: str, /, *, style: str | Sequence[str] = "style.css", **values: object) -> str:
    """A page from its template: the style inside, the policy that allows it, everything filled in escaped."""
    return _TEMPLATES.render(name, style=style, script=None, **values)


__all__ = [
    "SheetFacts",
    "Slip",
    "SlipParty",
    "qr",
    "read_sheet",
    "register_page",
    "render",
    "sheet_page",
    "slip_page",
]
