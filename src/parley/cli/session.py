"""One run of the command line: where the home is, how the passphrase comes, whether somebody sits there, what is said.

Data goes to stdout, sentences for people to stderr. Nothing here signs anything.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parley.errors import Malformed, Unavailable
from parley.words import say, with_article
from parley.words.neutral import shown
from parley.words.table import wrap

if TYPE_CHECKING:
    from parley.canonical import Time
    from parley.client import Delegation, Ports
    from parley.client.views import Partner
    from parley.words.clock import Clocks

WIDEST = 110
LEAST_PASSPHRASE = 8


def default_home() -> Path:
    """Where a home is when nobody says otherwise."""
    return Path(os.environ.get("PARLEY_HOME") or Path.home() / ".parley")


@dataclass
class Session:
    """What the common options said, and how this run speaks."""

    home: Path = field(default_factory=default_home)
    json: bool = False
    plain: bool = False
    yes: bool = False
    passphrase_file: Path | None = None
    passphrase_fd: int | None = None
    tls_ca: Path | None = None
    ports: Ports | None = None
    ask: Callable[[str, bool], str] | None = None
    names: dict[str, str] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    ours: str = ""
    asked: bool = False
    _passphrase: str | None = None

    # --- who sits here ----------------------------------------------------------------------------------------------

    @property
    def terminal(self) -> bool:
        """Whether somebody can be asked."""
        return self.ask is not None or (sys.stdin.isatty() and sys.stderr.isatty())

    @property
    def lines_only(self) -> bool:
        """Whether lists are `key: value` lines: asked for, or nobody looks at a screen."""
        return self.plain or not sys.stdout.isatty()

    @property
    def width(self) -> int:
        """How wide a line may be on this screen."""
        import shutil

        return min(WIDEST, shutil.get_terminal_size((100, 24)).columns)

    def now(self) -> Time:
        """This machine's time."""
        from parley.client.ports import system_clock

        return self.ports.clock() if self.ports is not None else system_clock()

    # --- what is said -----------------------------------------------------------------------------------------------

    def data(self, text: str | Iterable[str]) -> None:
        """Data, to stdout."""
        lines = [text] if isinstance(text, str) else text
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()

    def tell(self, text: str | Iterable[str] = "") -> None:
        """Sentences for the person, to stderr, wrapped to the screen."""
        lines = [text] if isinstance(text, str) else text
        for line in lines:
            text = line.lstrip(" ")
            indent = len(line) - len(text)
            hanging = 2 if text.startswith("- ") else 0
            for number, piece in enumerate(wrap(text, self.width - indent - hanging)):
                sys.stderr.write(" " * (indent + (hanging if number else 0)) + piece + "\n")
        sys.stderr.flush()

    def print_json(self, name: str, value: object) -> None:
        """One JSON object on stdout: `version`, and the value under its name."""
        from parley.cli.output import as_json

        self.data(as_json(name, value))

    # --- what is asked ----------------------------------------------------------------------------------------------

    def question(self, prompt: str, *, missing: str, hidden: bool = False) -> str:
        """Ask for a line. Without a terminal: Malformed, naming the option that is missing."""
        if not self.terminal:
            raise Malformed("use.no-terminal", missing=missing)
        if self.ask is not None:
            return self.ask(prompt, hidden)
        import click

        return str(click.prompt(prompt, prompt_suffix=" ", hide_input=hidden, err=True, default="", show_default=False))

    def confirm(self, prompt: str, expected: str, *also: str) -> None:
        """Have a word typed before something is signed; `--yes` stands for it. Raises: Malformed for another word."""
        if self.yes:
            return
        typed = self.question(prompt, missing="--yes")
        if typed.strip().casefold() not in (word.casefold() for word in (expected, *also)):
            raise Malformed("use.not-confirmed", expected=expected)

    def passphrase(self) -> str:
        """The passphrase, from where it was said to come; asked for once."""
        if self._passphrase is None:
            self._passphrase = self._given_passphrase() or self._asked_passphrase()
        return self._passphrase

    def new_passphrase(self) -> str:
        """A passphrase for something new: given, or typed twice."""
        if self._passphrase is None:
            found = self._given_passphrase()
            if found is None:
                found = self._asked_passphrase(say("ask.new-passphrase"))
                if self.question(say("ask.passphrase-again"), missing="--passphrase-file", hidden=True) != found:
                    raise Malformed("use.passphrase-differs")
            if len(found) < LEAST_PASSPHRASE:
                raise Malformed("use.passphrase-short", least=LEAST_PASSPHRASE)
            self._passphrase = found
        return self._passphrase

    def _asked_passphrase(self, prompt: str | None = None) -> str:
        if not self.terminal:
            raise Malformed("use.no-passphrase")
        self.asked = True
        return self.question(prompt or say("ask.passphrase"), missing="--passphrase-file", hidden=True)

    def _given_passphrase(self) -> str | None:
        from parley.cli.files import passphrase_from_fd, passphrase_from_file

        if self.passphrase_fd is not None:
            return passphrase_from_fd(self.passphrase_fd)
        if self.passphrase_file is not None:
            return passphrase_from_file(self.passphrase_file)
        # Taken out of the environment, so that a pager or any other program started from here does not inherit it.
        return os.environ.pop("PARLEY_PASSPHRASE", None) or None

    # --- the home ---------------------------------------------------------------------------------------------------

    @contextmanager
    def delegation(self) -> Iterator[Delegation]:
        """The home, opened; learns the names and zones of the parties for what is said afterwards."""
        from parley.client import Delegation

        with Delegation.open(self.home, self.passphrase, tls_ca=self.tls_ca, ports=self.ports) as opened:
            if opened.me().officer is None:
                with suppress(Unavailable):  # a new officer's home has not read its own powers yet
                    opened.sync()
            self.learn(opened.partners())
            try:
                yield opened
            finally:
                self.learn(opened.partners())

    def learn(self, partners: Iterable[Partner]) -> None:
        """Remember how parties are called and where their clocks stand."""
        for partner in partners:
            self.names[partner.party] = partner.name
            self.zones[partner.party] = partner.zone
            if partner.ours:
                self.ours = partner.party

    def name(self, party: str) -> str:
        """What this reader calls a party; its id where it is not known here."""
        return shown(self.names.get(party, party))

    def the(self, party: str) -> str:
        """The name as it stands in a sentence, with its article where it has one."""
        return with_article(self.name(party))

    def clocks(self, *parties: str) -> Clocks:
        """The clocks of our own capital and of these parties, our own first."""
        from parley.words.clock import Clocks

        zones = [self.zones[party] for party in (self.ours, *parties) if party in self.zones]
        return Clocks.of(zones)


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The options that somebody gave: those that are not None, not empty and not false."""
    return {name: value for name, value in values.items() if not (value is None or value is False or value == ())}
