"""One run of the command line: where the home is, how the passphrase comes, whether somebody sits there, what is said.

Data goes to stdout, sentences for people to stderr. Nothing here signs anything.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from parley.cli.asking import TRIES, mendable, secret_line, unseen
from parley.errors import Malformed, Refused, Unavailable
from parley.words import explain, say, with_article
from parley.words.neutral import shown
from parley.words.table import hung

if TYPE_CHECKING:
    from parley.canonical import Time
    from parley.client import Delegation, Ports
    from parley.client.views import Partner
    from parley.words.clock import Clocks

T = TypeVar("T")
WIDEST = 110
ARROW = "→ "
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
    named_by_us: set[str] = field(default_factory=set)
    """The parties that have their name from this reader."""
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
        sys.stderr.write("".join(f"{line}\n" for line in self.wrapped(text)))
        sys.stderr.flush()

    def prose(self, text: str | Iterable[str]) -> None:
        """Data in sentences, to stdout: wrapped where somebody looks at a screen, whole lines for anything else."""
        self.data(text if self.lines_only else self.wrapped(text))

    def wrapped(self, text: str | Iterable[str]) -> list[str]:
        """Lines broken between words at the width of the screen, each part under the beginning of its line."""
        lines = [text] if isinstance(text, str) else text
        found = []
        for line in (piece for each in lines for piece in self._apart(each)):
            text = line.lstrip(" ")
            indent = len(line) - len(text)
            found += [" " * indent + piece for piece in hung(text, self.width - indent)]
        return found

    def _apart(self, text: str) -> list[str]:
        """The lines of a text; commands to copy each on a line of its own where they do not fit on one."""
        if text.startswith(ARROW) and len(text) > self.width:
            return [ARROW + command for command in text.removeprefix(ARROW).split(" · ")]
        return text.split("\n")

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
        *before, last = self.wrapped(prompt)
        self.tell(before)
        if hidden:
            return secret_line(last)
        import click

        return str(click.prompt(last, prompt_suffix=" ", err=True, default="", show_default=False))

    def asked_until(self, prompt: str, read: Callable[[str], T], *, missing: str, hidden: bool = False) -> T:
        """Ask until `read` takes what was typed; what is wrong with it is told in one line, and asked again.

        Raises: Malformed("use.given-up") after the third time, as `question` where nobody can be asked, and at once
        whatever `read` raises that no typing can mend.
        """
        with unseen() if hidden and self.ask is None else nullcontext():
            for _ in range(TRIES):
                typed = self.question(prompt, missing=missing, hidden=hidden)
                try:
                    return read(typed)
                except (Malformed, Refused) as error:
                    if not mendable(error):
                        raise
                    self.tell(explain(error, naming=self.the))
        raise Malformed("use.given-up")

    def confirm(self, prompt: str, expected: str, *also: str) -> None:
        """Have a word typed before something is signed; `--yes` stands for it. Raises: as `asked_until`."""
        if self.yes:
            return
        accepted = {word.casefold() for word in (expected, *also)}

        def read(typed: str) -> None:
            if typed.strip().casefold() not in accepted:
                raise Malformed("use.not-confirmed", expected=expected)

        self.asked_until(prompt, read, missing="--yes")

    def passphrase(self) -> str:
        """The passphrase, from where it was said to come; asked for until it opens the keys of this home."""
        if self._passphrase is None:
            self._passphrase = self._given_passphrase() or self._asked_passphrase(say("ask.passphrase"), self._opening)
        return self._passphrase

    def _opening(self, typed: str) -> str:
        """What was typed, when it opens the keys of this home. A home without keys says so later, in its own words."""
        from parley.client.keyring import check_passphrase

        check_passphrase(self.home, typed)
        return typed

    def new_passphrase(self) -> str:
        """A passphrase for something new: given, or typed twice; both times again where they differ."""
        if self._passphrase is None:
            found = self._given_passphrase()
            if found is None:
                found = self._asked_passphrase(say("ask.new-passphrase"), self._twice)
            self._passphrase = _long_enough(found)
        return self._passphrase

    def _twice(self, typed: str) -> str:
        _long_enough(typed)
        if self.question(say("ask.passphrase-again"), missing="--passphrase-file", hidden=True) != typed:
            raise Malformed("use.passphrase-differs")
        return typed

    def _asked_passphrase(self, prompt: str, read: Callable[[str], str]) -> str:
        if not self.terminal:
            raise Malformed("use.no-passphrase")
        self.asked = True
        return self.asked_until(prompt, read, missing="--passphrase-file", hidden=True)

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
            if partner.given:
                self.named_by_us.add(partner.party)
            if partner.ours:
                self.ours = partner.party

    def name(self, party: str) -> str:
        """What this reader calls a party; its id where it is not known here."""
        return shown(self.names.get(party, party))

    def the(self, party: str) -> str:
        """The name as it stands in a sentence, with its article where it has one."""
        return with_article(self.name(party))

    def also(self, party: str) -> tuple[str, ...]:
        """What may be typed for a party beside its id: its name, unless it chose one that reads as another's id."""
        from parley.client.trusting import reads_as_id

        name = self.name(party)
        return () if reads_as_id(name) and party not in self.named_by_us else (name,)

    def clocks(self, *parties: str) -> Clocks:
        """The clocks of our own capital and of these parties, our own first."""
        from parley.words.clock import Clocks

        zones = [self.zones[party] for party in (self.ours, *parties) if party in self.zones]
        return Clocks.of(zones)


def _long_enough(passphrase: str) -> str:
    if len(passphrase) < LEAST_PASSPHRASE:
        raise Malformed("use.passphrase-short", least=LEAST_PASSPHRASE)
    return passphrase


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The options that somebody gave: those that are not None, not empty and not false."""
    return {name: value for name, value in values.items() if not (value is None or value is False or value == ())}
