"""A depositary that drops, reorders, backdates, forks or admits what it may not is convicted by a file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley import evidence, verdict
from parley.act import DEPOSITARY, Convene, Expiry, Join, Refusal, Revocation, Withdrawal
from parley.conviction import Case, Conviction, Crime, convict
from parley.crypto import Link, sha256
from parley.errors import Invalid
from parley.evidence import Logged
from parley.statement import Signed
from tests.build import Party
from tests.evidence_build import delivered
from tests.simulator import Dishonest, dishonest

OTHER_LINK = Link(sha256(b"the link of another chain"))


def waiting(**changes: object) -> tuple[Dishonest, Signed]:
    """A dishonest depositary that holds a paper of us for ru."""
    case = dishonest()
    deposit = case.paper("us", "ru", **changes)
    case.tick(1)
    return case, deposit


def refusal(case: Dishonest, deposit: Signed) -> Signed:
    return case.act(Refusal, "ru", deposit=deposit.digest, reason="terms", words=())


def rule(conviction: Conviction) -> str | None:
    assert conviction.crime is Crime.NOT_ADMISSIBLE
    return conviction.rule


# --- the log ---


def test_dropping_an_answered_act() -> None:
    case, deposit = waiting()
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    case.rewind(receipt.at.index)
    instead = case.logged(case.admit(refusal(case, deposit)))
    assert case.prosecute(receipt, instead).crime is Crime.TWO_LEAVES


def test_two_leaves_convict_without_showing_either_act() -> None:
    case, deposit = waiting()
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    case.rewind(receipt.at.index)
    instead = case.logged(case.admit(refusal(case, deposit)))
    found = case.prosecute(bare=(receipt, instead))
    assert (found.crime, found.first, found.second) == (Crime.TWO_LEAVES, receipt.at.index, receipt.at.index)


def test_reordering_two_answered_acts() -> None:
    case, deposit = waiting()
    receipt = case.admit(case.receipt("ru", deposit))
    handed = case.admit(case.handover("ru", deposit))
    before = case.logged(receipt)
    case.rewind(case.place(receipt.digest))
    case.force(handed)
    after = case.force(receipt, link=OTHER_LINK)
    assert case.prosecute(before, after).crime is Crime.TWO_ROOTS


def test_showing_two_logs_of_one_size() -> None:
    case, deposit = waiting()
    case.admit(case.receipt("ru", deposit))
    one = case.note()
    case.rewind(len(case.acts) - 1)
    case.admit(refusal(case, deposit))
    assert case.prosecute(case.logged(deposit), earlier=one).crime is Crime.TWO_ROOTS


def test_entering_two_acts_behind_one_head() -> None:
    case, deposit = waiting()
    link = case.link(case.negotiation, "ru")
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    second = case.force(case.handover("ru", deposit), link=link)
    assert case.prosecute(bare=(receipt, second)).crime is Crime.LINK_TWICE


def test_backdating_an_entry() -> None:
    case, deposit = waiting()
    early = case.entries[3].time
    receipt = case.force(case.receipt("ru", deposit), time=early)
    assert case.prosecute(case.logged(deposit), receipt).crime is Crime.TIME_BACKWARDS


def test_entering_one_act_twice() -> None:
    case, deposit = waiting()
    first = case.logged(deposit)
    assert rule(case.prosecute(first, case.force(deposit))) == "chain.repeated"


# --- the rules ---


def test_admitting_a_second_outcome() -> None:
    case, deposit = waiting()
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    second = case.force(refusal(case, deposit))
    found = case.prosecute(case.logged(deposit), receipt, second)
    assert rule(found) == "paper.not-now"
    assert (found.first, found.second) == (receipt.at.index, second.at.index)


def test_a_second_outcome_convicts_also_when_what_lay_between_is_not_shown() -> None:
    case, deposit = waiting()
    case.admit(case.receipt("ru", deposit))
    case.admit(case.handover("ru", deposit))
    confirmed = case.logged(case.admit(case.confirmation("ru", deposit)))
    expired = case.act(Expiry, DEPOSITARY, deposit=deposit.digest, recipients=("ru",))
    case.tick(4000)
    assert rule(case.prosecute(case.logged(deposit), confirmed, case.force(expired))) == "paper.not-now"


def test_admitting_a_late_receipt() -> None:
    case, deposit = waiting()
    case.tick(3600)
    assert rule(case.prosecute(case.logged(deposit), case.force(case.receipt("ru", deposit)))) == "paper.limit-passed"


def test_a_receipt_at_the_very_limit_convicts_nobody() -> None:
    case, deposit = waiting()
    case.tick(3599)
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    with pytest.raises(Invalid, match=r"evidence\.no-conviction"):
        case.prosecute(case.logged(deposit), receipt)


def test_recording_an_expiry_before_the_limit() -> None:
    case, deposit = waiting()
    expiry = case.force(case.act(Expiry, DEPOSITARY, deposit=deposit.digest, recipients=("ru",)))
    assert rule(case.prosecute(case.logged(deposit), expiry)) == "expiry.early"


def test_handing_over_before_the_receipt() -> None:
    case, deposit = waiting()
    handover = case.force(case.handover("ru", deposit))
    receipt = case.force(case.receipt("ru", deposit), link=OTHER_LINK)
    found = case.prosecute(case.logged(deposit), handover, receipt)
    assert rule(found) == "paper.not-now"


def test_handing_over_another_header() -> None:
    case, deposit = waiting()
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    handover = case.force(case.handover("ru", deposit, header=sha256(b"another header")))
    assert rule(case.prosecute(case.logged(deposit), receipt, handover)) == "handover.other-header"


def test_admitting_a_withdrawal_after_a_receipt() -> None:
    case, deposit = waiting()
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    back = case.force(case.act(Withdrawal, "us", deposit=deposit.digest, release=None))
    assert rule(case.prosecute(case.logged(deposit), receipt, back)) == "paper.not-now"


def test_admitting_a_receipt_of_what_is_not_a_recipients() -> None:
    case, deposit = waiting()
    assert (
        rule(case.prosecute(case.logged(deposit), case.force(case.receipt("us", deposit)))) == "paper.not-a-recipient"
    )


def test_admitting_a_reserve_that_the_terms_do_not_leave() -> None:
    case, deposit = waiting(force="required")
    receipt = case.force(case.receipt("ru", deposit, terms_taken="under_reserve"))
    assert rule(case.prosecute(case.logged(deposit), receipt)) == "receipt.terms-required"


def test_admitting_a_release_against_the_terms() -> None:
    case, deposit = waiting(terms="confidential")
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    release = case.force(case.release("ru", deposit))
    assert rule(case.prosecute(case.logged(deposit), receipt, release)) == "release.terms"


def test_a_release_without_the_receipt_shown_convicts_nobody() -> None:
    """The recipient may have taken the terms under reserve; the receipt that says so is only not in the file."""
    case, deposit = waiting(terms="confidential")
    case.admit(case.receipt("ru", deposit, terms_taken="under_reserve"))
    release = case.logged(case.admit(case.release("ru", deposit)))
    with pytest.raises(Invalid, match=r"evidence\.no-conviction"):
        case.prosecute(case.logged(deposit), release)


def test_admitting_a_deposit_after_its_own_limit() -> None:
    case = dishonest()
    late = case.deposit("us", "ru")
    case.tick(3600)
    assert rule(case.prosecute(case.force(late))) == "deposit.limit-passed"


def test_admitting_an_act_by_a_key_revoked_before() -> None:
    case, deposit = waiting()
    case.admit(case.root_act(Revocation, "ru", key=case.parties["ru"].officer.id, reading_key=None))
    receipt = case.force(case.receipt("ru", deposit))
    found = case.prosecute(case.logged(deposit), receipt)
    assert rule(found) == "powers.revoked"
    assert found.second == receipt.at.index


def test_an_act_before_the_revocation_of_its_key_convicts_nobody() -> None:
    case, deposit = waiting()
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    case.admit(case.root_act(Revocation, "ru", key=case.parties["ru"].officer.id, reading_key=None))
    receipt = case.logged(receipt.signed)
    with pytest.raises(Invalid, match=r"evidence\.no-conviction"):
        case.prosecute(case.logged(deposit), receipt)


def test_enrolling_a_party_under_a_second_root() -> None:
    case = dishonest()
    first = case.logged(case.acts[1])
    thief = Party("ru-thief")
    thief.id = "ru"
    case.parties["ru"] = thief
    enrol = first.signed.act
    members = {name: getattr(enrol, name) for name in ("languages", "names", "zone", "reading_key")}
    second = case.force(case.root_act(type(enrol), "ru", root=thief.root.verifying.public, **members))
    file = evidence.fork([second], support=[case.logged(act) for act in case.acts[:4]])
    found = verdict.verify(file.encode(), case.trust(roots={"us": case.parties["us"]})).conviction
    assert found is not None
    assert rule(found) == "register.not-the-root"


def test_convening_one_negotiation_twice() -> None:
    case = dishonest()
    first = case.logged(case.acts[5])
    convene = first.signed.act
    assert isinstance(convene, Convene)
    members = {name: getattr(convene, name) for name in ("handle", "parties", "rules", "title")}
    second = case.force(case.act(Convene, "us", after=None, **members), link=OTHER_LINK)
    assert rule(case.prosecute(first, second)) == "convene.taken"


def test_joining_twice() -> None:
    case = dishonest()
    first = case.logged(case.acts[6])
    assert isinstance(first.signed.act, Join)
    second = case.force(case.act(Join, "ru", convene=first.signed.act.convene))
    assert rule(case.prosecute(first, second)) == "join.already"


# --- the chain ---


def test_entering_an_act_of_a_negotiation_outside_its_chain() -> None:
    case, deposit = waiting()
    astray = case.force(case.receipt("ru", deposit), link=OTHER_LINK)
    chain = [case.logged(act) for act in case.acts[5:8]] + [case.logged(case.admit(case.deposit("us", "ru")))]
    chain = [case.logged(item.signed) for item in chain]
    found = case.prosecute(chain[0], case.logged(astray.signed), bare=tuple(chain[1:]))
    assert (found.crime, found.second) == (Crime.OUTSIDE_CHAIN, astray.at.index)


def test_an_act_after_the_last_one_shown_of_its_chain_convicts_nobody() -> None:
    case, deposit = waiting()
    receipt = case.admit(case.receipt("ru", deposit))
    handover = case.admit(case.handover("ru", deposit))
    chain = [case.logged(act) for act in case.acts[5:7]]
    with pytest.raises(Invalid, match=r"evidence\.no-conviction"):
        case.prosecute(*chain, case.logged(deposit), case.logged(handover), bare=(case.logged(receipt),))


def test_a_first_act_that_does_not_begin_its_chain() -> None:
    case = dishonest()
    convene = case.acts[5]
    case.rewind(5)
    found = case.prosecute(case.force(convene, link=OTHER_LINK))
    assert found.crime is Crime.OUTSIDE_CHAIN


# --- what does not convict ---


def test_an_honest_log_is_not_convicted_by_all_of_it() -> None:
    case, _ = delivered()
    file = evidence.fork(case.all_logged(), support=case.support())
    with pytest.raises(Invalid) as caught:
        verdict.verify(file.encode(), case.trust())
    assert caught.value.code == "evidence.no-conviction"


def test_one_entry_proven_under_two_checkpoints_is_still_one_entry() -> None:
    case, deposit = delivered()
    old = [case.logged(deposit, case.note(8)), case.logged(deposit)]
    file = evidence.fork(old, support=case.support())
    with pytest.raises(Invalid, match=r"evidence\.no-conviction"):
        verdict.verify(file.encode(), case.trust())


def test_a_checkpoint_that_the_log_did_not_sign_convicts_nobody() -> None:
    case, deposit = waiting()
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    forger = Dishonest()
    forger.signer = type(forger.signer)(case.signer.name, forger.depositary)
    forger.entries, forger.acts = case.entries[:7], case.acts[:7]
    forged = forger.proof(3)
    file = evidence.fork([receipt, Logged(signed=case.acts[3], proof=forged)], support=case.support(), bare=())
    with pytest.raises(Invalid, match=r"note\.|signature|checkpoint"):
        verdict.verify(file.encode(), case.trust())


def test_the_crimes_stand_in_one_order() -> None:
    """Several may be proven by one file; every reader names the same one."""
    case, deposit = waiting()
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    case.rewind(receipt.at.index)
    instead = case.force(case.receipt("ru", deposit), time=case.entries[2].time)
    items = sorted((i.item() for i in (receipt, instead)), key=lambda i: i.entry.time)
    signed = {i.signed.digest: i.signed for i in (receipt, instead)}
    found = convict(Case(items=items, signed=signed, checkpoints=()))
    assert found is not None
    assert found.crime is Crime.TWO_LEAVES


def test_without_a_trust_file_a_conviction_is_unchecked() -> None:
    case, deposit = waiting()
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    second = case.force(refusal(case, deposit))
    file = evidence.fork([case.logged(deposit), receipt, second], support=case.support())
    found = verdict.verify(file.encode(), None)
    assert (found.result, found.trusted) == (verdict.Result.UNCHECKED, False)
    assert found.conviction is not None


def test_a_conviction_does_not_rest_on_who_the_parties_are() -> None:
    case, deposit = waiting()
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    second = case.force(refusal(case, deposit))
    file = evidence.fork([case.logged(deposit), receipt, second], support=case.support())
    stranger = Party("stranger")
    found = verdict.verify(file.encode(), case.trust("us", roots={"us": stranger}))
    assert found.result is verdict.Result.PROVEN


HONEST, _ = delivered()
HONEST_ITEMS = [item.item() for item in HONEST.all_logged()]
HONEST_BARE = [item.bare() for item in HONEST.all_logged()]
HONEST_SIGNED = {act.digest: act for act in HONEST.acts}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["left out", "bare", "shown"]), min_size=11, max_size=11))
def test_no_choice_of_what_to_show_convicts_an_honest_depositary(choice: list[str]) -> None:
    pairs = zip(choice, HONEST_ITEMS, HONEST_BARE, strict=True)
    items = [whole if how == "shown" else bare for how, whole, bare in pairs if how != "left out"]
    signed = {item.digest: HONEST_SIGNED[item.digest] for item in items if item.act is not None}
    assert convict(Case(items=items, signed=signed, checkpoints=())) is None
