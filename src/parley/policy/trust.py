"""The trust file a reader owns: a policy, then the parties whose root keys it has compared.

    parley.trust/v1
    log depositary.example/log/1+de37a5a9+AQOhB7/z…          a tlog-policy file, verbatim, so that stock tools read it
    …
    quorum none

    parties
    us 4d1c…64 hexadecimal digits… United States of America

A root is compared by a number of 40 digits that two people read to each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parley.crypto import KeySetId, tagged
from parley.errors import Invalid, Malformed
from parley.policy.rules import MAX_FILE, Policy
from parley.wording import displayed

MAX_DISPLAY_NAME = 120

_HEAD = "parley.trust/v1\n"
_SEPARATOR = "\n\nparties\n"
PARTY_ID = "[a-z][a-z0-9-]{0,31}"
"""How acts and files name a party: lowercase letters, digits and dashes, as a pattern."""

_DIGITS, _GROUP = 40, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedParty:
    """A party whose root key set a reader has compared: its id in acts, the root's id, and the name to show."""

    party: str
    root: KeySetId
    name: str

    def __post_init__(self) -> None:
        if not re.fullmatch(PARTY_ID, self.party):
            raise Malformed("trust.party-id")
        displayed(self.name, most=MAX_DISPLAY_NAME)
        if not self.name or self.name != self.name.strip(" "):
            raise Malformed("trust.name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The trust file: a policy, and the parties' root keys."""

    policy: Policy
    parties: tuple[TrustedParty, ...]

    def __post_init__(self) -> None:
        for values in zip(*((party.party, party.root, party.name) for party in self.parties), strict=True):
            if len(set(values)) != len(values):
                raise Malformed("trust.repeated")

    def root_of(self, party: str) -> KeySetId:
        """The root key set id of a party. Raises: Invalid when the file does not name it."""
        for trusted in self.parties:
            if trusted.party == party:
                return trusted.root
        raise Invalid("trust.unknown-party", party=party)

    def to_text(self) -> str:
        """Write the file."""
        lines = (f"{party.party} {party.root.to_text()} {party.name}\n" for party in self.parties)
        return _HEAD + self.policy.text + _SEPARATOR[1:] + "".join(lines)

    @classmethod
    def parse(cls, text: str) -> Trust:
        """Read a trust file.

        Raises: Malformed unless it is its first line, a tlog-policy file, an empty line, `parties`, and a line a party
        exactly as we would write it, with no id, root or name twice.
        """
        if len(text) > MAX_FILE or not text.startswith(_HEAD):
            raise Malformed("trust.first-line")
        policy, separator, lines = text.removeprefix(_HEAD).partition(_SEPARATOR)
        if not separator or (lines and not lines.endswith("\n")):
            raise Malformed("trust.form")
        rules = Policy.parse(policy + "\n", first_line=2)
        first = (_HEAD + policy + _SEPARATOR).count("\n") + 1
        parties = tuple(_party(line, text) for line, text in enumerate(lines.split("\n")[:-1], first))
        trust = cls(policy=rules, parties=parties)
        if trust.to_text() != text:
            raise Malformed("trust.form")
        return trust


def _party(line: int, text: str) -> TrustedParty:
    fields = text.split(" ", 2)
    if len(fields) != 3:
        raise Malformed("trust.party-line", line=line, problem="trust.form")
    try:
        return TrustedParty(party=fields[0], root=KeySetId.from_text(fields[1]), name=fields[2])
    except Malformed as error:
        raise Malformed("trust.party-line", line=line, problem=error.code) from error


def number(root: KeySetId) -> str:
    """The number that two people read to each other to compare a root: 40 digits in groups of five.

    SHA-256("parley/number/v1" || LF || root) as a big-endian integer, modulo 10^40, with leading zeros.
    """
    value = int.from_bytes(tagged("parley/number/v1", root), "big") % 10**_DIGITS
    return _grouped(f"{value:0{_DIGITS}}")


def parse_number(text: str) -> str:
    """Read a number that somebody typed, and return it as `number` writes it; spaces may stand anywhere or nowhere.

    Raises: Malformed unless there are 40 ASCII digits and nothing else but spaces.
    """
    digits = text.replace(" ", "")
    if not re.fullmatch(f"[0-9]{{{_DIGITS}}}", digits):
        raise Malformed("trust.number", expected=_DIGITS)
    return _grouped(digits)


def compare_number(root: KeySetId, text: str) -> KeySetId:
    """Return `root` when `text` is its number. Raises: Malformed as `parse_number`, Invalid when it is another's."""
    if parse_number(text) != number(root):
        raise Invalid("trust.number-differs")
    return root


def _grouped(digits: str) -> str:
    return " ".join(digits[place : place + _GROUP] for place in range(0, _DIGITS, _GROUP))
