"""Words that mean something else in a ministry, or nothing: they must not reach a person."""

from __future__ import annotations

import re

FORBIDDEN = (
    "commitment", "policy", "policies", "hash", "digest", "checkpoint", "inclusion", "quorum", "stanza", "header",
    "payload", "nonce",
)  # fmt: skip


def forbidden_in(text: str) -> list[str]:
    """The forbidden words in a text, as they stand there: in any case, with any ending."""
    return re.findall(rf"\b(?:{'|'.join(FORBIDDEN)})\w*", text, re.IGNORECASE)
