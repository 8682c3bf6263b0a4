"""The page of an excerpt: one evidence file as a page that a person reads, with the evidence inside it.

    render(evidence, "fr")      the one page of these bytes in this language
    read(data)                  language, version and evidence of a page that somebody gave us
    compare(data)               whether it is that one page

The page is a function of the evidence and the language alone. So a page proves nothing by itself, and whoever has the
evidence out of it can write it again and compare byte for byte. The exact form: spec/page.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from markupsafe import Markup

from parley.canonical import encode
from parley.crypto import sha256
from parley.errors import Malformed, Refused
from parley.record.excerpt import facts
from parley.verdict import Verdict, verify
from parley.words import LANGUAGES, public, speaking
from parley.words.rendering import Templates

VERSION = 1
MAX_BYTES = 80 << 20
OPENING, CLOSING = '<script type="application/vnd.parley.evidence+json" id="evidence">', "</script>"

_TEMPLATES = Templates(Path(__file__).with_name("templates"))
_TEMPLATE, _STYLE = "excerpt.html", "excerpt.css"
_FORM = re.compile(r'<meta name="parley-page" content="([0-9]{1,4}) ([0-9a-f]{8})">\n')
_LANGUAGE = re.compile(r'<!doctype html>\n<html lang="([a-z]{2})" dir="ltr">\n')
_TABLES = (
    "acts", "answers", "cities", "clock", "delivery", "language-names", "language-statuses", "meaning", "names",
    "not-shown", "openings", "page", "positions", "presets", "release-answers", "roles", "standings", "telling",
    "terms-sentences", "text", "verdict",
)  # fmt: skip
"""The tables of the catalogue that a page takes its words from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands in a page beside its words; nothing of it is verified. `edition` is that of the words and forms."""

    language: str
    version: int
    edition: str
    evidence: bytes


class Compared(Enum):
    """A page held against the one that its evidence and its language give."""

    SAME = "same"
    DIFFERS = "differs"
    OTHER_VERSION = "other version"


def looks_like_page(data: bytes) -> bool:
    """Whether a file is to be read as a page: evidence files begin with a brace."""
    return data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read(data: bytes) -> Page:
    """The evidence in a page, and in which form it says that it was written. Nothing is verified.

    Raises: Malformed("page.not-text"), Malformed("page.no-evidence") where there is not exactly one block of it.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("page.not-text") from error
    before, opening, rest = text.partition(OPENING)
    evidence, closing, after = rest.partition(CLOSING)
    if not opening or not closing or 'id="evidence"' in before + after:
        raise Malformed("page.no-evidence")
    form, language = _FORM.search(before), _LANGUAGE.match(before)
    return Page(
        language=language[1] if language else "",
        version=int(form[1]) if form else 0,
        edition=form[2] if form else "",
        evidence=evidence.encode("utf-8"),
    )


def compare(data: bytes) -> Compared:
    """Whether a page is, byte for byte, the one that its evidence and its language give.

    Evidence that gives no page, because it is of another kind or releases no words, gives none that is the same.
    Raises: as `read`, and as `verify` for what is inside.
    """
    page = read(data)
    if page.language not in LANGUAGES or (page.version, page.edition) != (VERSION, edition(page.language)):
        # A page without a form or a language is nobody's page.
        return Compared.OTHER_VERSION if page.version and page.language else Compared.DIFFERS
    try:
        return Compared.SAME if render(page.evidence, page.language) == data else Compared.DIFFERS
    except (Malformed, Refused) as error:
        if not error.code.startswith("page."):
            raise
        return Compared.DIFFERS


@cache
def edition(language: str) -> str:
    """Eight digits that change with every word, form or style of the page in a language.

    So a later program tells a page that was written in other words from one that was changed. Source: spec/page.md.
    """
    words = {key: sentence for key, sentence in public(language).items() if key.partition(".")[0] in _TABLES}
    return sha256(encode([words, _TEMPLATES.file(_TEMPLATE), _TEMPLATES.file(_STYLE)])).hex()[:8]


def render(evidence: bytes, language: str) -> bytes:
    """The page of an excerpt.

    Verifies the evidence by itself, without a trust file; the page says that it is without one.
    Raises: Malformed("page.kind") for evidence of another kind, Malformed("page.evidence") where a page cannot hold
    its bytes, Refused("page.nothing-to-show") when no words are proven and released; and as `verify`.
    """
    return render_verified(evidence, verify(evidence, None), language)


def render_verified(evidence: bytes, verdict: Verdict, language: str) -> bytes:
    """The page of an excerpt of which the verdict, without a trust file, is at hand. Raises: as `render`."""
    if verdict.kind != "excerpt" or verdict.text is None:
        raise Malformed("page.kind")
    if verdict.text.word not in ("genuine", "incomplete"):
        raise Refused("page.nothing-to-show")
    if b"<" in evidence:
        raise Malformed("page.evidence")
    with speaking(language):
        text = _TEMPLATES.render(
            _TEMPLATE,
            style=_STYLE,
            form=f"{VERSION} {edition(language)}",
            version=VERSION,
            page=facts(verdict),
            evidence=Markup(OPENING + evidence.decode("utf-8") + CLOSING),  # noqa: S704 - no "<" within, seen above
        )
    return text.encode("utf-8")


__all__: Sequence[str] = (
    "Compared",
    "Page",
    "compare",
    "edition",
    "looks_like_page",
    "read",
    "render",
    "render_verified",
)
