"""Leaving an act out of a file proves less, never something else."""

from __future__ import annotations

import pytest

from parley.act import DEPOSITARY, Expiry, FullPowers, Holder, Opening, Refusal, Revocation, Withdrawal
from parley.answers import Delivery, Released
from parley.canonical import Time
from parley.crypto import Link, Purpose, SigningKey, sha256
from parley.disclosure import Openings
from parley.errors import Invalid, Malformed
from parley.evidence import Evidence
from parley.statement import Signed, possession_bytes, sign
from parley.verdict import verify
from tests.build import ALL, END, LOG, START, seed
from tests.evidence_build import LoggedCase, two_states
from tests.simulator import dishonest


def without(file: Evidence, signed: Signed) -> bytes:
    left = tuple(item for item in file.items if item.digest != signed.digest)
    assert len(left) == len(file.items) - 1
    return Evidence(kind=file.kind, items=left, opening=file.opening).encode()


def test_a_consent_taken_back_is_no_consent_though_the_withdrawal_is_left_out() -> None:
    case = two_states()
    paper = case.paper("us", "ru")
    case.admit(case.receipt("ru", paper))
    case.admit(taken := case.release("ru", paper, provisions=(1,)))
    case.admit(back := case.act(Withdrawal, "ru", deposit=paper.digest, release=taken.digest))
    case.admit(case.release("us", paper, provisions=(1,)))
    file = case.excerpt(paper, 1)
    for data in (file.encode(), without(file, back)):
        found = verify(data, case.trust()).release
        assert found is not None
        assert found.word is not Released.BY_CONSENT


def test_a_refusal_left_out_does_not_become_a_withdrawal() -> None:
    case = LoggedCase()
    for party in ("fr", "ru", "us"):
        case.enrol(party)
    case.convene("us", "fr", "ru")
    case.join("fr")
    case.join("ru")
    paper = case.paper("us", "fr", "ru")
    case.admit(refusal := case.act(Refusal, "ru", deposit=paper.digest, reason="none_given", words=()))
    case.admit(case.act(Withdrawal, "us", deposit=paper.digest, release=None))
    file = case.of_paper(paper)
    whole = {item.party: item.word for item in verify(file.encode(), case.trust()).papers[0].delivery}
    cut = {item.party: item.word for item in verify(without(file, refusal), case.trust()).papers[0].delivery}
    assert whole == {"fr": Delivery.WITHDRAWN, "ru": Delivery.REFUSED}
    assert cut == {"fr": Delivery.WITHDRAWN, "ru": Delivery.NO_RECEIPT}


def test_register_acts_without_the_root_they_are_signed_by_prove_nothing() -> None:
    """A dishonest depositary enters powers that a key of its own gave to itself in another's name."""
    case = dishonest()
    thief = SigningKey.from_secret(seed("thief"), info="officer")
    common = case.common("ru", thief, None, case.link(None, "ru"))
    powers = sign(
        FullPowers(
            **common,
            capabilities=ALL,
            holder=Holder(name="", office=""),
            key=thief.verifying.public,
            needs=1,
            possession=thief.sign(Purpose.ACT, possession_bytes(thief.id, log=LOG, party="ru")),
            since=START,
            until=END,
        ),
        [thief],
    )
    victim = case.parties["ru"].officer.id
    revocation = sign(Revocation(**(common | {"nonce": case.nonce()}), key=victim, reading_key=None), [thief])
    genesis = case.logged(case.genesis).item()
    case.force(powers)
    case.force(revocation, link=Link(sha256(b"another chain")))
    for acts in ([powers], [powers, revocation]):
        items = (genesis, *(case.logged(act).item() for act in acts))
        with pytest.raises(Invalid, match=r"register\.not-the-root"):
            verify(Evidence(kind="act", items=items).encode(), case.trust())


@pytest.mark.parametrize("total", [0, 65_536, 2**53 - 1])
def test_an_impossible_number_of_provisions_costs_nothing(total: int) -> None:
    case = two_states()
    paper = case.paper("us", "ru")
    opening = case.excerpt(paper, 1).opening
    assert opening is not None
    with pytest.raises(Malformed, match=r"disclosure\.total"):
        Openings(blind=opening.blind, leaves=opening.leaves, total=total)


def test_what_was_made_available_stays_so_when_the_limit_passes() -> None:
    case = two_states()
    paper = case.paper("us", "ru", opening=Opening(kind="at_once", round=None, time=None))
    case.admit(case.handover("ru", paper))
    act = paper.act
    case.now = Time(act.accept_by + 1)  # type: ignore[attr-defined]  # it is a Deposit
    case.admit(case.act(Expiry, DEPOSITARY, deposit=paper.digest, recipients=("ru",)))
    found = verify(case.of_paper(paper).encode(), case.trust()).papers[0].delivery
    assert [item.word for item in found] == [Delivery.MADE_AVAILABLE]
