"""verify.html, the verifier for a browser: one file that needs no network, with or without a list of whom to trust.

It is written from the sources in `verifier/`, which share no code with this package; what it says of a file is what
`parley verify` says. Whoever publishes it may put the list of the parties into it that came with the publication: its
reader is told to compare the numbers all the same.
"""

from __future__ import annotations

import json
from pathlib import Path

from parley.policy import Trust

_PAGE = Path(__file__).with_name("verify.html")
_LIST = '<script type="application/json" id="trust-list">{}</script>'


def verifier(trust: Trust | None = None) -> bytes:
    """The page, with a trust file inside it where one is given.

    A trust file is text of its owner's: no sign of it can end the block it stands in. Verifies nothing about the list.
    """
    head, tail = _PAGE.read_text("utf-8").split(_LIST.format("null"))  # it stands there once, or the page is not ours
    written = "null" if trust is None else json.dumps(trust.to_text()).replace("<", "\\u003c")
    return (head + _LIST.format(written) + tail).encode("utf-8")
