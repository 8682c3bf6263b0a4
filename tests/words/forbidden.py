"""Words that mean something else in a ministry, or nothing: they must not reach a person."""

from __future__ import annotations

import re

FORBIDDEN = (
    "commitment", "policy", "policies", "hash", "digest", "checkpoint", "inclusion", "quorum", "stanza", "header",
    "payload", "nonce",
)  # fmt: skip

FORBIDDEN_IN = {
    "en": FORBIDDEN,
    "fr": ("engagement", "politique", "hachage", "haché", "condensat", "empreinte", "point de contrôle", "inclusion",
           "quorum", "strophe", "en-tête", "charge utile", "nonce", *FORBIDDEN),
    "ru": ("обязательств", "политик", "хеш", "хэш", "дайджест", "отпечат", "чекпо", "контрольн", "включени", "кворум",
           "станз", "заголов", "полезн", "нонс", *FORBIDDEN),
}  # fmt: skip
"""The same in each language, where a word of it would be the technical term; and the English ones, in all of them."""


def forbidden_in(text: str, language: str = "en") -> list[str]:
    """The forbidden words in a text, as they stand there: in any case, with any ending."""
    return re.findall(rf"\b(?:{'|'.join(FORBIDDEN_IN[language])})\w*", text, re.IGNORECASE)
