"""Templates to pages: everything filled in is escaped and harmless, the style is inside, the rules allow it alone.

A room keeps its templates in a folder of its own and makes its pages from them here; `say`, `term` and the language
that is being spoken are there in every template.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from parley.words import say, speaking, spoken, term
from parley.words.neutral import shown

_OURS = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class Templates:
    """A folder of templates and styles. One may build on those of `words`, such as base.html and tables.css."""

    folder: Path

    def file(self, name: str) -> str:
        """A file of the folder as it is; one that it does not have is that of `words`."""
        return _file(self.folder if (self.folder / name).is_file() else _OURS, name)

    def render(self, name: str, /, *, style: str | Sequence[str], script: str | None = None, **values: object) -> str:
        """A page with this style file inside, or several as one, and content rules that allow this very style alone.

        With `script`, a file of ours too, they allow that very script as well.
        """
        styles = [style] if isinstance(style, str) else style
        text, code = "".join(map(self.file, styles)), self.file(script) if script else ""
        runs = f" script-src '{fingerprint(code)}';" if script else ""
        return _environment(self.folder, spoken()).get_template(name).render(
            language=spoken(),
            style=Markup(text),  # noqa: S704 - our own file
            script=Markup(code),  # noqa: S704 - the same
            policy=f"default-src 'none'; style-src '{fingerprint(text)}';{runs} form-action 'none'; base-uri 'none'",
            **values,
        )  # fmt: skip


@lru_cache(maxsize=16)
def fingerprint(text: str) -> str:
    """A style or script within a page as a content security policy names it: `sha256-…`."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@cache
def _environment(folder: Path, language: str) -> jinja2.Environment:
    """The templates of a folder in a language. A sentence without values is put in once, when its template is read."""

    def load(name: str) -> str:
        text = Templates(folder).file(name)
        with speaking(language):
            return _FIXED.sub(_said, text)

    found = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    found.globals |= {"say": say, "term": term}
    return found


_FIXED = re.compile(r'\{\{ say\("([a-z0-9.-]+)"\) \}\}')


def _said(match: re.Match[str]) -> str:
    """The sentence as the template would fill it in; one that could be read as a part of the template stays a call."""
    sentence = str(escape(_harmless(say(match[1]))))
    return match[0] if "{" in sentence else sentence


@cache
def _file(folder: Path, name: str) -> str:
    return folder.joinpath(name).read_text("utf-8")


def _harmless(value: object) -> object:
    """Text of others without hidden characters; markup is ours."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else shown(value, lines=True)
