"""The story as one page: no script, nothing fetched, everything in the file, one sheet of paper when printed."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.story import FOOT
from demo.telling import Beat

HERE = Path(__file__).parent
PICTURE = HERE.parent / "docs" / "picture.svg"


def page(beats: Sequence[Beat]) -> str:
    """The page for the beats that were played."""
    style = (HERE / "story.css").read_text("utf-8")
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("story.html.j2").render(
        beats=beats, foot=FOOT, picture=_picture(), policy=_policy(style), style=style
    )


def _picture() -> str:
    """The picture of the README without its own style: on the page its lines take the colour of the text."""
    return re.sub(r"\s*<style>.*?</style>", "", PICTURE.read_text("utf-8"), flags=re.DOTALL)


def _policy(style: str) -> str:
    """Nothing may load and nothing may run; the one style sheet is named by what it is."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
