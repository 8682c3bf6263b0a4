"""Excerpts to make pages of: honest ones, and ones whose texts and names try to be more than text."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from parley import disclosure
from parley.act import Enrol, Holder, Words
from parley.canonical import Base64, Time, encode
from parley.crypto import Nonce
from parley.disclosure import Blind, Seed
from parley.statement import Signed
from tests.build import LOG, Party, seed
from tests.evidence_build import LoggedCase, delivered, leaves, two_states

EVIL = '</blockquote><script>alert(1)</script><img src=x onerror=alert(1)>\u202e" id="evidence" onload="x'
EVIL_NAME = '<b onclick="x">The "States" & Co</b></title>'


def by_consent(*numbers: int, provisions: int = 3, **changes: Any) -> bytes:
    """A paper of us, receipted by ru; both agreed to these provisions being shown."""
    case, deposit = delivered(provisions=provisions, **changes)
    for party in ("ru", "us"):
        case.admit(case.release(party, deposit, provisions=numbers))
    return case.excerpt(deposit, *numbers).encode()


def by_author(*numbers: int, receipt: bool = True) -> bytes:
    case = two_states()
    deposit = case.paper("us", "ru")
    if receipt:
        case.admit(case.receipt("ru", deposit))
    case.admit(case.release("us", deposit, provisions=numbers))
    return case.excerpt(deposit, *numbers).encode()


def one_sided(*numbers: int) -> bytes:
    case, deposit = delivered()
    case.admit(case.release("ru", deposit, provisions=numbers, one_sided=True))
    return case.excerpt(deposit, *numbers).encode()


def unreleased(*numbers: int) -> bytes:
    """Released was something else than what is opened."""
    case, deposit = delivered()
    case.admit(case.release("us", deposit, provisions=(1,)))
    return case.excerpt(deposit, *numbers).encode()


class Hostile(LoggedCase):
    """Parties whose names are markup, and who name themselves in two languages."""

    def enrol(self, party: str) -> Party:
        new = self.parties[party] = Party(party)
        self.admit(
            self.root_act(
                Enrol, party, languages=("en",), reading_key=Base64(new.reading.public.encoded),
                names=(Words(language="en", text=EVIL_NAME), Words(language="ru", text="Сторона <" + party + ">")),
                root=new.root.verifying.public, zone="Europe/Moscow",
            )
        )  # fmt: skip
        self.admit(self.powers(party, new.officer))
        return new

    def evil_paper(self, **members: object) -> Signed:
        """A paper whose one provision has words, path and language of an attacker's choice."""
        nonce = Nonce(b"evil" + bytes(12))
        subject = disclosure.subject_of(log=LOG, negotiation=self.negotiation, nonce=nonce, party="us")
        leaf: dict[str, object] = {
            "answers": [{"deposit": "ab" * 32, "position": "accept_if", "provision": 4},
                        {"deposit": "cd" * 32, "position": "noted", "provision": None}],
            "eId": "x", "language": "en", "number": 1, "path": ["1", EVIL], "requires": [], "wId": "x", "words": EVIL,
        }  # fmt: skip
        committed = disclosure.commit_contents(
            [leaves(1)[0], encode(leaf | members)], seed=Seed(seed("s")), blind=Blind(seed("b")), subject=subject
        )
        deposit = self.admit(self.deposit("us", "ru", commitment=committed.commitment, nonce=nonce))
        self.commitments[deposit.digest] = committed
        return deposit


def hostile(**members: object) -> bytes:
    case = Hostile()
    case.enrol("ru")
    case.enrol("us")
    case.convene("us", "ru")
    case.join("ru")
    deposit = case.evil_paper(**members)
    case.admit(case.receipt("ru", deposit))
    case.admit(case.release("us", deposit, provisions=(1,)))
    return case.excerpt(deposit, 1).encode()


class Placed(LoggedCase):
    """Parties in zones of their own, with names in several languages."""

    zones: dict[str, str]

    def enrol(self, party: str) -> Party:
        new = self.parties[party] = Party(party)
        names = {
            "us": (Words(language="en", text="United States"), Words(language="fr", text="États-Unis")),
            "ru": (Words(language="ru", text="Российская Федерация"), Words(language="en", text="Federation")),
        }
        self.admit(
            self.root_act(
                Enrol, party, languages=("en",), reading_key=Base64(new.reading.public.encoded),
                names=names.get(party, (Words(language="fr", text=f"L'État « {party} »"),)),
                root=new.root.verifying.public, zone=self.zones.get(party, "UTC"),
            )
        )  # fmt: skip
        holder = Holder(name="" if party == "ru" else "A. & B.", office="Registry" if party == "us" else "")
        self.admit(self.powers(party, new.officer, holder=holder))
        return new


def placed(**zones: str) -> LoggedCase:
    case = Placed()
    case.zones = zones
    others = sorted({*zones, "ru"} - {"us"})
    for party in (*others, "us"):
        case.enrol(party)
        case.tick(1)
    case.convene("us", *others)
    case.join("ru")
    return case


def shown_in(**zones: str) -> bytes:
    """An excerpt whose parties enrolled in these zones, late on a day in UTC."""
    case = placed(**zones)
    case.tick(5 * 3600)
    deposit = case.paper("us", *sorted({"ru", *zones} - {"us"}), accept_by=Time(case.now + 10**9))
    case.tick(2 * 3600)
    case.admit(case.receipt("ru", deposit))
    case.admit(case.release("us", deposit, provisions=(1, 2)))
    return case.excerpt(deposit, 1, 2).encode()


class Seen(HTMLParser):
    """A page as a browser reads it: elements with attributes, in order; the text; what stands in style and script."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.raw: dict[str, str] = {"style": "", "script": ""}
        self._in = ""
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in = tag
        self.text += "\n" if tag in ("dt", "dd", "li", "p", "h1", "h2", "h3") else ""

    def handle_endtag(self, _: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in in self.raw:
            self.raw[self._in] += data
        else:
            self.text += data
