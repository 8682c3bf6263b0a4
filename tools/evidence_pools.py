"""Logs with many papers, of which the cases of vectors/evidence each show a few acts: one file of acts a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from tests.build import END
from tests.evidence_build import LoggedCase, leaves, two_states
from tests.test_partial import of

from parley.act import (
    DEPOSITARY,
    Audience,
    Expiry,
    Notice,
    Opening,
    Refusal,
    Withdrawal,
)
from parley.canonical import Time, encode
from parley.evidence import Evidence
from parley.statement import Signed
from parley.terms import Publication, PublicationRule, Terms

PUBLIC = Audience(parties=(), public=True)
AT_ONCE = Opening(kind="at_once", round=None, time=None)
NAMED = Audience(parties=("fr",), public=False)


@dataclass
class Pool:
    """A log, the places of the acts of each story in it, and the openings of its papers."""

    case: LoggedCase
    spans: dict[str, list[int]] = field(default_factory=dict)
    openings: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def story(self, name: str) -> Iterator[None]:
        """The acts entered within are those of this story."""
        start = len(self.case.acts)
        yield
        self.spans[name] = list(range(start, len(self.case.acts)))
        self.case.tick(1)

    def shown(self, name: str, deposit: Signed, *numbers: int) -> None:
        """Open these provisions of a paper, under a name."""
        self.openings[name] = msgspec.to_builtins(
            self.case.commitments[deposit.digest].reveal(numbers), enc_hook=lambda value: value.to_text()
        )

    def file(self) -> Evidence:
        """All acts of the log, under its last checkpoint."""
        note = self.case.note(by=())
        return Evidence(kind="act", items=tuple(logged.item() for logged in self.case.all_logged(note)))


# --- honest: excerpts of every kind -----------------------------------------------------------------------------


def _leaf(place: int, /, **changes: Any) -> bytes:
    members = msgspec.json.decode(leaves(place)[place])
    return encode(members | changes)


HIDING = {
    "bidi": "Article 1 \u202egniht emos",
    "html": "<script>alert(1)</script><img src=x onerror=alert(2)> &amp; </script>",
    "hidden": "pay\u200bment\u2066 and \U000e0041 tags",
    "decomposed": "e\u0301tat, ﬁn, K",
    "blanks": "  two  spaces \t and a tab ",
    "empty": "",
}
"""Words that no sender's program seals, and that a verifier of openings hashes as they are all the same."""


def _bad_leaves() -> dict[str, bytes]:
    """Leaves that are truly committed, and are no provisions."""
    good = _leaf(1)
    return {
        "no JSON": b"words",
        "not canonical": good.replace(b'"answers":[]', b'"answers": []'),
        "another place": _leaf(1, number=7),
        "an unknown member": _leaf(1, more=None),
        "a member missing": encode({k: v for k, v in msgspec.json.decode(good).items() if k != "words"}),
        "requires itself": _leaf(1, number=6, requires=[6]),
        "requires what is not there": _leaf(1, number=7, requires=[99]),
        "requires out of order": _leaf(1, number=8, requires=[2, 1]),
        "a position that is none": _leaf(
            1, number=9, answers=[{"deposit": "00" * 32, "position": "agree", "provision": 1}]
        ),
        "an answer to provision nought": _leaf(
            1, number=10, answers=[{"deposit": "00" * 32, "position": "accept", "provision": 0}]
        ),
        "words that are a number": _leaf(1, number=11, words=1),
        "a float in it": _leaf(1, number=12).replace(b'"number":12', b'"number":12.0'),
    }


BAD = list(_bad_leaves())


def _manifests() -> dict[str, bytes]:
    manifest = msgspec.json.decode(leaves(3)[0])
    file = {"media_type": "text/csv", "name": "a.csv", "sha256": "00" * 32, "size": 1}
    languages = manifest["languages"]
    return {
        "manifest ranges": encode(manifest | {"languages": [languages[0] | {"last": 2}]}),
        "manifest file name": encode(manifest | {"attachments": [file | {"name": "../a.csv"}]}),
        "manifest media type": encode(manifest | {"attachments": [file | {"media_type": "CSV"}]}),
        "manifest file kept": encode(manifest | {"original": file | {"name": "\u017feal.json"}}),
        "manifest language": encode(manifest | {"languages": [languages[0] | {"language": "English"}]}),
    }


MANIFESTS = list(_manifests())


def papers() -> Pool:
    """An honest log of papers by us to ru, with every answer that an excerpt of one can give."""
    pool = Pool(two_states())
    case = pool.case
    _consents(pool)
    _alone(pool)
    _times(pool)
    _deliveries(pool)
    with pool.story("hiding"):
        contents = [
            leaves(6)[0],
            *(_leaf(n, words=words, requires=[]) for n, words in enumerate(HIDING.values(), start=1)),
        ]
        deposit = case.paper("us", "ru", terms="public", contents=contents)
        for number, name in enumerate(HIDING, start=1):
            case.admit(case.release("us", deposit, provisions=(number,)))
            pool.shown(name, deposit, number)
    with pool.story("bad leaves"):
        deposit = case.paper("us", "ru", terms="public", contents=[b"{}", *_bad_leaves().values()])
        case.admit(case.release("us", deposit, provisions=(1,)))
        for number, name in enumerate(BAD, start=1):
            pool.shown(name, deposit, number)
    for name, content in _manifests().items():
        with pool.story(name):
            deposit = case.paper("us", "ru", terms="public", contents=[content, *leaves(3)[1:]])
            case.admit(case.release("us", deposit, provisions=None))
            pool.shown(name, deposit, 0, 1, 2, 3)
    return pool


def _consents(pool: Pool) -> None:
    case = pool.case
    for name in ("consent", "twin"):
        with pool.story(name):
            deposit = case.paper("us", "ru", provisions=5)
            case.admit(case.receipt("ru", deposit))
            for party in ("us", "ru"):
                case.admit(case.release(party, deposit, provisions=(1, 3)))
            pool.shown(name, deposit, 1, 3)
            pool.shown(f"{name} more", deposit, 1, 3, 4)
            pool.shown(f"{name} less", deposit, 3)
            pool.shown(f"{name} with manifest", deposit, 0, 1, 3)
    with pool.story("companion"):
        deposit = case.paper("us", "ru")
        case.admit(case.receipt("ru", deposit))
        for party in ("us", "ru"):
            case.admit(case.release(party, deposit, provisions=(2,)))
        pool.shown("companion", deposit, 2)
    with pool.story("taken back"):
        deposit = case.paper("us", "ru", terms=_terms(author_free=False))
        case.admit(case.receipt("ru", deposit))
        release = case.admit(case.release("us", deposit, provisions=(1,)))
        case.admit(of(case, Withdrawal, "us", deposit, release=release.digest))
        case.admit(case.release("ru", deposit, provisions=(1,)))
        pool.shown("taken back", deposit, 1)
    with pool.story("unknown provision"):
        deposit = case.paper("us", "ru")
        case.admit(case.release("us", deposit, provisions=(1, 9)))
        pool.shown("unknown provision", deposit, 1)
    with pool.story("seventeen"):
        deposit = case.paper("us", "ru", provisions=17, terms="public")
        case.admit(case.release("us", deposit, provisions=(16, 17)))
        pool.shown("seventeen", deposit, 16, 17)


def _terms(mode: Any = "consent", full: Any = "none", **changes: Any) -> Terms:
    def rule(mode: Any) -> PublicationRule:
        return PublicationRule(mode=mode, parties=("ru", "us") if mode == "consent" else ())

    members: dict[str, Any] = {"audience": (), "author_free": True, "embargo": None, "force": "asked"}
    return Terms(publication=Publication(excerpts=rule(mode), full=rule(full)), **(members | changes))


def _alone(pool: Pool) -> None:
    """What one side can do by itself."""
    case = pool.case
    with pool.story("author"):
        deposit = case.paper("us", "ru")
        case.admit(case.release("us", deposit, provisions=(2, 3)))
        pool.shown("author", deposit, 2, 3)
        pool.shown("author and companion", deposit, 1, 2, 3)
    with pool.story("reserve"):
        deposit = case.paper("us", "ru", terms=_terms(embargo=END))
        case.admit(case.receipt("ru", deposit, terms_taken="under_reserve"))
        case.admit(case.release("ru", deposit, provisions=(3,)))
        pool.shown("reserve", deposit, 3)
    with pool.story("free"):
        deposit = case.paper("us", "ru", terms="public")
        case.admit(case.receipt("ru", deposit))
        case.admit(case.release("ru", deposit, provisions=None))
        pool.shown("whole", deposit, 1, 2, 3)
        pool.shown("whole with manifest", deposit, 0, 1, 2, 3)
        pool.shown("manifest alone", deposit, 0)
    with pool.story("one-sided"):
        deposit = case.paper("us", "ru", terms="confidential")
        case.admit(of(case, Refusal, "ru", deposit, reason="terms", words=()))
        case.admit(case.release("us", deposit, provisions=(1,), one_sided=True))
        pool.shown("one-sided", deposit, 1)
    with pool.story("audiences"):
        deposit = case.paper("us", "ru", terms="public")
        case.admit(case.receipt("ru", deposit))
        case.admit(case.release("us", deposit, provisions=(1,), audience=NAMED))
        case.admit(case.release("ru", deposit, provisions=(1,)))
        case.admit(case.release("us", deposit, provisions=(3,), audience=NAMED))
        pool.shown("public one", deposit, 1)
        pool.shown("named audience", deposit, 3)
    with pool.story("numbered"):
        deposit = case.paper("us", "ru", terms=_terms("free", author_free=False))
        case.admit(case.receipt("ru", deposit))
        case.admit(case.release("ru", deposit, provisions=(1, 2, 3)))
        pool.shown("numbered", deposit, 1, 2, 3)


def _times(pool: Pool) -> None:
    case = pool.case
    with pool.story("lapsed"):
        deposit = case.paper("us", "ru", terms=_terms(author_free=False))
        case.admit(case.receipt("ru", deposit))
        case.admit(case.release("us", deposit, provisions=(1,), until=Time(case.now + 1000)))
        case.tick(5)
        case.admit(case.release("ru", deposit, provisions=(1,)))
        pool.shown("lapsed", deposit, 1)
    with pool.story("embargo"):
        deposit = case.paper("us", "ru", terms=_terms(embargo=Time(END - 5)))
        case.admit(case.receipt("ru", deposit))
        case.admit(case.release("us", deposit, provisions=(1,), not_before=Time(END - 9)))
        case.admit(case.release("ru", deposit, provisions=(1,), not_before=Time(END - 1)))
        pool.shown("embargo", deposit, 1)


def _deliveries(pool: Pool) -> None:
    case = pool.case

    def ended(name: str, end: Callable[[Signed], None], **changes: Any) -> None:
        with pool.story(name):
            deposit = case.paper("us", "ru", **changes)
            case.admit(case.release("us", deposit, provisions=(1,)))
            end(deposit)
            pool.shown(name, deposit, 1)

    def expired(deposit: Signed) -> None:
        case.tick(3601)
        case.admit(of(case, Expiry, DEPOSITARY, deposit, recipients=("ru",)))

    ended("nobody", lambda _: None)
    ended("noticed", lambda d: _admit(case, of(case, Notice, DEPOSITARY, d, channel="mail", time=case.now, to="ru")))
    ended("withdrawn", lambda d: _admit(case, of(case, Withdrawal, "us", d, release=None)))
    ended("expired", expired)
    ended("available", lambda d: _admit(case, case.handover("ru", d)), opening=AT_ONCE)
    ended("available, expired", lambda d: (_admit(case, case.handover("ru", d)), expired(d))[-1], opening=AT_ONCE)
    ended("replaced", lambda d: _admit(case, case.deposit("us", "ru", replaces=d.digest)))
    with pool.story("received, replaced"):
        deposit = case.paper("us", "ru")
        case.admit(case.receipt("ru", deposit, terms_taken="under_reserve"))
        case.admit(case.handover("ru", deposit))
        case.admit(case.confirmation("ru", deposit))
        case.admit(case.release("us", deposit, provisions=(1,)))
        case.admit(case.deposit("us", "ru", replaces=deposit.digest))
        pool.shown("received, replaced", deposit, 1)


def _admit(case: LoggedCase, act: Signed) -> None:
    case.admit(act)
