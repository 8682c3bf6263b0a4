"""Logs with many papers, of which the cases of vectors/evidence each show a few acts: one file of acts a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from tests.build import END, Party, seed
from tests.evidence_build import LoggedCase, leaves, two_states
from tests.simulator import Dishonest
from tests.test_partial import BREACHES, enrolment, of

from parley.act import (
    DEPOSITARY,
    Audience,
    Confirmation,
    Expiry,
    Join,
    Notice,
    Opening,
    Refusal,
    Revocation,
    Round,
    Statement,
    Withdrawal,
)
from parley.canonical import Time, encode
from parley.crypto import Digest, Nonce, SigningKey, sha256
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
        pool.shown("better answer", deposit, 1)
        pool.shown("named audience", deposit, 3)


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


# --- dishonest: acts that nothing left out could excuse ---------------------------------------------------------


def breaches() -> Pool:
    """A log whose depositary enters, in each story last, an act that its rules refuse."""
    case = Dishonest()
    pool = Pool(case)
    for party in ("ru", "us", "fr"):
        case.enrol(party)
    case.convene("us", "ru", "fr")
    case.join("ru")
    case.join("fr")
    case.tick(1)
    late = ("powers_again", "revoked_twice")  # they end the powers of an officer whom all others need
    stories: list[tuple[str, Callable[[Any], Signed]]] = [
        (f"{code} {place}", breach) for place, (breach, code) in enumerate(BREACHES) if breach.__name__ not in late
    ]
    stories += _more()
    stories += [(f"{code} last", breach) for breach, code in BREACHES if breach.__name__ == "revoked_twice"]
    for name, breach in stories:
        with pool.story(name):
            case.force(breach(case))
    return pool


def _more() -> list[tuple[str, Callable[[Any], Signed]]]:
    def received(case: Any, **changes: Any) -> Signed:
        deposit: Signed = case.admit(case.deposit("us", "ru", **changes))
        case.admit(case.receipt("ru", deposit))
        return deposit

    def late_receipt(case: Any) -> Signed:
        deposit = case.admit(case.deposit("us", "ru"))
        case.tick(3601)
        found: Signed = case.receipt("ru", deposit)
        return found

    def weak(**changes: Any) -> Callable[[Any], Signed]:
        def breach(case: Any) -> Signed:
            key = SigningKey.from_secret(seed(f"weak {sorted(changes)}"), info="officer")
            case.admit(case.powers("ru", key, **changes))
            deposit = case.admit(case.deposit("us", "ru"))
            return of_by(case, key, deposit)

        return breach

    def of_by(case: Any, key: SigningKey, deposit: Signed) -> Signed:
        found: Signed = case.act(Refusal, "ru", key=key, deposit=deposit.digest, reason="terms", words=())
        return found

    def terms_changed(case: Any) -> Signed:
        deposit = case.admit(case.deposit("us", "ru"))
        found: Signed = case.receipt("ru", deposit, terms=sha256(b"other terms"))
        return found

    def fresh(case: Any) -> Signed:
        return case.admit(case.deposit("us", "ru"))  # type: ignore[no-any-return]

    return [
        ("second outcome", lambda case: of(case, Refusal, "ru", received(case), reason="terms", words=())),
        ("second receipt", lambda case: case.receipt("ru", received(case))),
        ("late receipt", late_receipt),
        ("early expiry", lambda case: of(case, Expiry, DEPOSITARY, fresh(case), recipients=("ru",))),
        ("expiry after a receipt", lambda case: of(case, Expiry, DEPOSITARY, received(case), recipients=("ru",))),
        ("handover before the receipt is shown", lambda case: case.handover("ru", fresh(case))),
        ("another header", lambda case: case.handover("ru", received(case), header=sha256(b"other"))),
        ("withdrawal after a receipt", lambda case: case.act(
            Withdrawal, "us", deposit=received(case).digest, release=None, recipients=("ru",))),
        ("receipt of a stranger", lambda case: case.receipt("fr", fresh(case))),
        ("reserve where terms are required", lambda case: case.receipt(
            "ru", case.admit(case.deposit("us", "ru", force="required")), terms_taken="under_reserve")),
        ("other terms", terms_changed),
        ("another role", lambda case: case.receipt("ru", fresh(case), role="note")),
        ("release against the terms", lambda case: case.release("ru", received(case, terms="confidential"))),
        ("limit passed before the deposit", lambda case: case.deposit("us", "ru", accept_by=Time(case.now))),
        ("handover before its time", lambda case: case.handover("ru", received(
            case, opening=Opening(kind="not_before", round=None, time=Time(case.now + 9))))),
        ("confirmation of a paper refused", lambda case: case.confirmation("ru", _refused(case))),
        ("a statement of another negotiation", lambda case: case.act(
            Statement, "ru", deposit=fresh(case).digest, about="disputes", words=(), negotiation=Nonce(bytes(16)))),
        ("joined twice", lambda case: case.act(Join, "ru", convene=case.acts[7].digest)),
        ("another root", lambda case: _second_root(case)),
        ("powers that end too early", weak(until=Time(1643216400000))),
        ("powers for something else", weak(capabilities=("deposit",))),
        ("powers that need a second officer", weak(needs=2)),
    ]  # fmt: skip


def _refused(case: Any) -> Signed:
    deposit: Signed = case.admit(case.deposit("us", "ru"))
    case.admit(of(case, Refusal, "ru", deposit, reason="form", words=()))
    return deposit


def _second_root(case: Any) -> Signed:
    known = case.parties["ru"]
    case.parties["ru"] = other = Party("another")
    act = enrolment(case, root=other.root.verifying.public)
    case.parties["ru"] = known
    return act


# --- dishonest: what only a whole history shows -----------------------------------------------------------------


def histories() -> Pool:
    """A log of negotiations, each shown whole; in all but the first the last act breaks a rule of the fold."""
    case = Dishonest()
    pool = Pool(case)
    for party in ("ru", "us"):
        case.enrol(party)
    for number, (name, breach) in enumerate(_whole().items(), start=1):
        case.negotiation = Nonce(number.to_bytes(16, "big"))
        with pool.story(name):
            case.convene("us", "ru")
            if name != "not joined":
                case.join("ru")
            bad = breach(case)
            if bad is not None:
                case.force(bad)
    with pool.story("register"):
        case.admit(case.root_act(Revocation, "ru", key=case.parties["ru"].officer.id, reading_key=None))
        case.admit(case.powers("ru", SigningKey.from_secret(seed("next officer"), info="officer")))
    return pool


def _whole() -> dict[str, Callable[[Any], Signed | None]]:
    def answered(case: Any) -> None:
        deposit = case.admit(case.deposit("us", "ru"))
        case.admit(case.receipt("ru", deposit))
        case.admit(case.handover("ru", deposit))
        case.admit(case.confirmation("ru", deposit))
        case.admit(case.deposit("ru", "us", role="response", in_reply_to=deposit.digest))

    def back(case: Any) -> Signed:
        deposit = case.admit(case.deposit("us", "ru"))
        behind = case.link(case.negotiation, "ru")
        case.admit(of(case, Notice, DEPOSITARY, deposit, channel="mail", time=case.now, to="ru"))
        case.admit(case.receipt("ru", deposit))
        return case.act(Confirmation, "ru", after=behind, deposit=deposit.digest)  # type: ignore[no-any-return]

    def unseen(case: Any) -> Signed:
        behind = case.link(case.negotiation, "ru")
        deposit = case.admit(case.deposit("us", "ru"))
        return case.act(Refusal, "ru", after=behind, deposit=deposit.digest, reason="terms", words=())  # type: ignore[no-any-return]

    def about(digest: Callable[[Any], Digest], shape: Any, by: str, **members: Any) -> Callable[[Any], Signed]:
        return lambda case: case.act(shape, by, deposit=digest(case), **members)

    def mixed(case: Any) -> Signed:
        found: Signed = case.deposit("us", "ru")
        reader = found.act.recipients[0]  # type: ignore[attr-defined]  # a Deposit
        wrong = type(reader)(capacity="to", party="ru", reading_key=case.parties["us"].reading.public.id)
        return case.deposit("us", "ru", recipients=(wrong,))  # type: ignore[no-any-return]

    def together(case: Any) -> Signed:
        meeting = Round(deadline=Time(case.now + 3_600_000), id=Nonce(bytes(16)), parties=("ru", "us"))
        deposit = case.admit(case.deposit("us", "ru", opening=Opening(kind="together", round=meeting, time=None)))
        case.admit(case.receipt("ru", deposit))
        return case.handover("ru", deposit)  # type: ignore[no-any-return]

    def not_a_release(case: Any) -> Signed:
        deposit = case.admit(case.deposit("us", "ru"))
        receipt = case.admit(case.receipt("ru", deposit))
        return of(case, Withdrawal, "us", deposit, release=receipt.digest)

    def beside_nothing(case: Any) -> Signed:
        deposit = case.admit(case.deposit("us", "ru"))
        receipt = case.admit(case.receipt("ru", deposit))
        return case.release("us", deposit, provisions=(1,), beside=(receipt.digest,))  # type: ignore[no-any-return]

    return {
        "whole": answered,
        "goes back": back,
        "names what it had not seen": unseen,
        "an unknown place": lambda case: case.act(
            Refusal, "ru", after=type(case.acts[-1].act.after)(bytes(32)),
            deposit=case.admit(case.deposit("us", "ru")).digest, reason="terms", words=()),
        "no place": lambda case: case.act(
            Refusal, "ru", after=None, deposit=case.admit(case.deposit("us", "ru")).digest, reason="terms", words=()),
        "not joined": lambda case: case.receipt("ru", case.admit(case.deposit("us", "ru"))),
        "the convener joins": lambda case: case.act(Join, "us", convene=case.acts[-2].digest),
        "confirmed without a receipt": lambda case: case.confirmation("ru", case.admit(case.deposit("us", "ru"))),
        "about no paper": about(lambda case: case.acts[-1].digest, Confirmation, "ru"),
        "sealed to another's key": mixed,
        "a round that is not complete": together,
        "takes back what is no release": not_a_release,
        "beside what is no release": beside_nothing,
    }  # fmt: skip
