"""Logs of a dishonest depositary, for vectors/evidence: what the rules refuse, alone and in whole histories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.build import Party, seed
from tests.simulator import Dishonest
from tests.test_partial import BREACHES, enrolment, of
from tools.evidence_pools import Pool

from parley.act import (
    DEPOSITARY,
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
from parley.canonical import Time
from parley.crypto import Digest, Nonce, SigningKey, sha256
from parley.statement import Signed

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

    def twice(case: Any) -> Signed:
        meeting = Round(deadline=Time(case.now + 3_600_000), id=Nonce(bytes(16)), parties=("ru", "us"))
        opening = Opening(kind="together", round=meeting, time=None)
        limit = {"opening": opening, "accept_by": meeting.deadline}
        first = case.admit(case.deposit("us", "ru", **limit))
        case.admit(of(case, Withdrawal, "us", first, recipients=("ru",), release=None))
        case.admit(case.deposit("us", "ru", **limit))
        return case.deposit("us", "ru", **limit)  # type: ignore[no-any-return]

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
        "a second paper in a round": twice,
        "takes back what is no release": not_a_release,
        "beside what is no release": beside_nothing,
    }  # fmt: skip
