"""The fold: procedure, powers, limits, replacements; a refused act changes nothing and names what came first."""

from __future__ import annotations

from typing import Any

import pytest

from parley import fold, register, statement
from parley.act import (
    DEPOSITARY,
    Audience,
    By,
    Enrol,
    FullPowers,
    Join,
    Opening,
    Receipt,
    Refusal,
    Revocation,
    Statement,
    Withdrawal,
    Words,
)
from parley.canonical import Base64, Time
from parley.crypto import Link, ReadingSecret, SigningKey, sha256
from parley.errors import Invalid, Refused
from parley.register import At
from parley.statement import Signed
from tests.build import END, START, Case, Party, seed, two_parties


def refused(case: Case, signed: Signed, code: str) -> Refused:
    """The act is refused with this code and nothing has changed."""
    before, size = case.world, len(case.entries)
    with pytest.raises(Refused) as caught:
        case.admit(signed)
    assert caught.value.code == code
    assert (case.world, len(case.entries)) == (before, size)
    return caught.value


def test_papers_are_numbered_by_sender_in_log_order() -> None:
    case = two_parties()
    case.admit(case.deposit("us", "ru"))
    case.admit(case.deposit("ru", "us"))
    case.admit(case.deposit("us", "ru"))
    papers = case.world.negotiations[case.negotiation].in_order()
    assert [paper.reference for paper in papers] == ["US-1", "RU-1", "US-2"]


def test_a_receipt_one_millisecond_late_is_refused_although_no_expiry_is_logged() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru", accept_by=Time(case.now + 10)))
    case.now = Time(case.now + 11)
    refused(case, case.receipt("ru", deposit), "paper.limit-passed")
    refused(case, case.act(Withdrawal, "us", deposit=deposit.digest, release=None), "paper.limit-passed")


def test_a_receipt_on_the_very_limit_is_in_time() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru", accept_by=Time(case.now + 10)))
    case.now = Time(case.now + 10)
    case.admit(case.receipt("ru", deposit))


def test_a_second_receipt_names_the_first() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    first = case.admit(case.receipt("ru", deposit))
    assert refused(case, case.receipt("ru", deposit), "paper.not-now").winner == first.digest.hex()


def test_after_a_paper_was_opened_the_receipt_is_still_what_came_first() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    receipt = case.admit(case.receipt("ru", deposit))
    case.admit(case.handover("ru", deposit))
    confirmation = case.admit(case.confirmation("ru", deposit))
    refusal = case.act(Refusal, "ru", deposit=deposit.digest, reason="other", words=())
    assert refused(case, refusal, "paper.not-now").winner == receipt.digest.hex()
    again = case.confirmation("ru", deposit)
    assert refused(case, again, "paper.not-now").winner == confirmation.digest.hex()


def test_a_withdrawal_after_a_receipt_names_the_receipt() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    receipt = case.admit(case.receipt("ru", deposit))
    error = refused(case, case.act(Withdrawal, "us", deposit=deposit.digest, release=None), "withdrawal.received")
    assert error.winner == receipt.digest.hex()


def test_a_receipt_after_a_withdrawal_is_refused() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    case.admit(case.act(Withdrawal, "us", deposit=deposit.digest, release=None))
    refused(case, case.receipt("ru", deposit), "paper.not-now")


def test_reserve_is_admitted_where_terms_are_asked_and_refused_where_required() -> None:
    case = two_parties()
    asked = case.admit(case.deposit("us", "ru", force="asked"))
    required = case.admit(case.deposit("us", "ru", force="required"))
    case.admit(case.receipt("ru", asked, terms_taken="under_reserve"))
    refused(case, case.receipt("ru", required, terms_taken="under_reserve"), "receipt.terms-required")
    case.admit(case.receipt("ru", required))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": "note"}, "receipt.other-paper"),
        ({"in_reply_to": sha256(b"another")}, "receipt.other-paper"),
        ({"payload": sha256(b"another")}, "receipt.other-paper"),
        ({"terms": sha256(b"another")}, "receipt.other-terms"),
    ],
)
def test_a_receipt_repeats_the_deposit(changes: dict[str, Any], code: str) -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    refused(case, case.receipt("ru", deposit, **changes), code)


def test_a_paper_may_wait_for_a_party_that_has_not_joined_but_the_receipt_may_not() -> None:
    case = Case()
    case.enrol("ru")
    case.enrol("us")
    case.convene("us", "ru")
    deposit = case.admit(case.deposit("us", "ru"))
    refused(case, case.receipt("ru", deposit), "join.first")
    case.join("ru")
    case.admit(case.receipt("ru", deposit))


def test_joining_names_the_procedure_and_happens_once() -> None:
    case = Case()
    case.enrol("ru")
    case.enrol("us")
    convened = case.convene("us", "ru")
    refused(case, case.act(Join, "ru", convene=sha256(b"another")), "join.other-procedure")
    joined = case.join("ru")
    assert refused(case, case.act(Join, "ru", convene=convened.digest), "join.already").winner == joined.digest.hex()


def test_strangers_learn_nothing() -> None:
    case = two_parties()
    case.enrol("cn")
    deposit = case.admit(case.deposit("us", "ru"))
    refused(case, case.receipt("cn", deposit), "negotiation.unknown")
    refused(case, case.deposit("us", "cn"), "deposit.not-a-party")


# --- powers -----------------------------------------------------------------------------------------------------


def officer(case: Case, party: str, name: str, **changes: Any) -> SigningKey:
    key = SigningKey.from_secret(seed(name), info="officer")
    case.admit(case.powers(party, key, **changes))
    return key


def receipt_by(case: Case, deposit: Signed, *keys: SigningKey) -> Signed:
    draft = case.receipt("ru", deposit).act
    ids = tuple(sorted(key.id for key in keys))
    assert isinstance(draft, Receipt)
    members = {name: getattr(draft, name) for name in draft.__struct_fields__}
    return statement.sign(Receipt(**(members | {"by": By(party="ru", keys=ids)})), keys)


def test_a_key_without_powers_is_unknown() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    stranger = SigningKey.from_secret(seed("stranger"), info="officer")
    with pytest.raises(Invalid, match=r"statement\.unknown-key"):
        case.admit(receipt_by(case, deposit, stranger))


def test_a_capability_not_given_is_refused() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    carrier = officer(case, "ru", "carrier", capabilities=("carry",))
    refused(case, receipt_by(case, deposit, carrier), "powers.capability")


def test_powers_begin_and_end() -> None:
    case = two_parties()
    late = officer(case, "ru", "late", since=Time(START + 5000), until=Time(START + 9000))
    deposit = case.admit(case.deposit("us", "ru"))
    case.now = Time(START + 4999)
    refused(case, receipt_by(case, deposit, late), "powers.dates")
    case.now = Time(START + 9001)
    refused(case, receipt_by(case, deposit, late), "powers.dates")
    case.now = Time(START + 9000)
    case.admit(receipt_by(case, deposit, late))


def test_from_gives_nothing_before_its_own_entry() -> None:
    case = two_parties()
    register = case.world.registers["ru"]
    grant = register.grants[case.parties["ru"].officer.id][0]
    with pytest.raises(Refused, match=r"powers\.none"):
        register.grant(case.parties["ru"].officer.id, "receive", At(index=grant.at.index, time=START))


def test_a_key_revoked_an_entry_earlier_signs_nothing_and_its_earlier_acts_stand() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    other = case.admit(case.deposit("us", "ru"))
    case.admit(case.receipt("ru", deposit))
    case.admit(case.root_act(Revocation, "ru", key=case.parties["ru"].officer.id, reading_key=None))
    refused(case, case.receipt("ru", other), "powers.revoked")
    register = case.world.registers["ru"]
    revoked = register.revoked[case.parties["ru"].officer.id]
    at = At(index=revoked.index, time=revoked.time)
    assert register.grant(case.parties["ru"].officer.id, "receive", at).powers.holder.name == "A. Officer"


def test_a_revoked_key_is_not_empowered_again() -> None:
    case = two_parties()
    key = case.parties["ru"].officer
    case.admit(case.root_act(Revocation, "ru", key=key.id, reading_key=None))
    refused(case, case.powers("ru", key), "register.key-not-for-powers")
    refused(case, case.root_act(Revocation, "ru", key=key.id, reading_key=None), "register.nothing-to-revoke")


def test_powers_that_ask_for_two_officers() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    one, two = officer(case, "ru", "one", needs=2), officer(case, "ru", "two", needs=2)
    refused(case, receipt_by(case, deposit, one), "powers.second-officer")
    case.admit(receipt_by(case, deposit, one, two))


def test_only_the_root_signs_the_register() -> None:
    case = two_parties()
    key = case.parties["ru"].officer
    common = case.common("ru", key, None, case.link(None, "ru"))
    act = Revocation(**common, key=key.id, reading_key=None)
    refused(case, statement.sign(act, [key]), "register.not-the-root")


def test_powers_are_not_among_what_is_for_all() -> None:
    """A register of which only what is for all is shown takes no act that says who may sign."""
    case = two_parties()
    shown = case.world.registers["ru"]
    powers = case.powers("ru", officer(case, "ru", "second"))
    with pytest.raises(Refused) as caught:
        register.admit_for_all(shown, powers, At(index=len(case.acts), time=case.now))
    assert (caught.value.code, caught.value.details) == ("register.not-a-register-act", {})


def test_powers_need_the_keys_own_proof() -> None:
    case = two_parties()
    victim = SigningKey.from_secret(seed("victim"), info="officer")
    thief = SigningKey.from_secret(seed("thief"), info="officer")
    genuine = case.powers("ru", thief).act
    assert isinstance(genuine, FullPowers)
    forged = case.powers("ru", victim, possession=genuine.possession)
    with pytest.raises(Invalid):
        case.admit(forged)


def test_another_root_cannot_take_a_party_over() -> None:
    case = two_parties()
    usurper = Party("usurper")
    enrol = case.world.registers["ru"].enrol
    common = case.common("ru", usurper.root, None, case.link(None, "ru"))
    act = Enrol(
        **common,
        languages=enrol.languages,
        names=enrol.names,
        reading_key=enrol.reading_key,
        root=usurper.root.verifying.public,
        zone=enrol.zone,
    )
    refused(case, statement.sign(act, [usurper.root]), "register.not-the-root")


def test_a_replaced_reading_key_takes_no_more_papers() -> None:
    case = two_parties()
    waiting = case.deposit("us", "ru")
    enrol = case.world.registers["ru"].enrol
    fresh = ReadingSecret(seed("fresh"))
    case.admit(
        case.root_act(
            Enrol,
            "ru",
            languages=enrol.languages,
            names=enrol.names,
            reading_key=Base64(fresh.public.encoded),
            root=enrol.root,
            zone=enrol.zone,
        )
    )
    refused(case, waiting, "deposit.reading-key")
    case.parties["ru"].reading = fresh
    case.admit(case.deposit("us", "ru"))


@pytest.mark.parametrize("bad", [b"", b"x" * 10, bytes([255]) * 1216], ids=["empty", "short", "no key"])
def test_a_reading_key_that_is_none_is_refused(bad: bytes) -> None:
    """By the rules themselves, so that a depositary that enters one is convicted, and none can be stopped by one."""
    case = two_parties()
    enrol = case.world.registers["ru"].enrol
    act = case.root_act(
        Enrol,
        "ru",
        languages=enrol.languages,
        names=enrol.names,
        reading_key=Base64(bad),
        root=enrol.root,
        zone=enrol.zone,
    )
    refused(case, act, "register.reading-key")


def test_the_depositarys_acts_are_the_depositarys_alone() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    case.admit(case.receipt("ru", deposit))
    genuine = case.handover("ru", deposit).act
    officer_key = case.parties["ru"].officer
    members = {name: getattr(genuine, name) for name in genuine.__struct_fields__}
    forged = type(genuine)(**(members | {"by": By(party=DEPOSITARY, keys=(officer_key.id,))}))
    with pytest.raises(Invalid, match=r"statement\.unknown-key"):
        case.admit(statement.sign(forged, [officer_key]))


# --- chains -----------------------------------------------------------------------------------------------------


def test_after_may_be_old_but_not_older_than_what_the_act_names() -> None:
    case = two_parties()
    old = case.link(case.negotiation, "ru")
    deposit = case.admit(case.deposit("us", "ru"))
    refused(case, case.receipt("ru", deposit, after=old), "chain.names-unseen")
    seen = case.link(case.negotiation, "ru")
    case.admit(case.deposit("us", "ru"))
    case.admit(case.receipt("ru", deposit, after=seen))


def test_a_key_does_not_go_back() -> None:
    case = two_parties()
    old = case.link(case.negotiation, "us")
    case.admit(case.deposit("us", "ru"))
    case.admit(case.deposit("us", "ru"))
    refused(case, case.deposit("us", "ru", after=old), "chain.goes-back")


def test_an_unknown_link_and_a_second_beginning_are_refused() -> None:
    case = two_parties()
    refused(case, case.deposit("us", "ru", after=Link(bytes(32))), "chain.unknown-after")
    refused(case, case.deposit("us", "ru", after=None), "chain.not-first")


def test_an_act_for_another_log_is_refused() -> None:
    case = two_parties()
    common = case.common("us", case.parties["us"].officer, case.negotiation, case.link(case.negotiation, "us"))
    act = Join(**(common | {"log": "elsewhere.example/log/1"}), convene=sha256(b""))
    refused(case, statement.sign(act, [case.parties["us"].officer]), "act.other-log")


# --- replacing, replying, publishing ----------------------------------------------------------------------------


def test_a_paper_is_replaced_once_and_by_its_sender() -> None:
    case = two_parties()
    first = case.admit(case.deposit("us", "ru"))
    refused(case, case.deposit("ru", "us", replaces=first.digest), "deposit.replaces-strange-paper")
    second = case.admit(case.deposit("us", "ru", replaces=first.digest))
    error = refused(case, case.deposit("us", "ru", replaces=first.digest), "deposit.already-replaced")
    assert error.winner == second.digest.hex()


def test_a_reply_is_to_a_paper_of_this_negotiation() -> None:
    case = two_parties()
    refused(case, case.deposit("us", "ru", in_reply_to=sha256(b"nothing")), "paper.unknown")
    refused(case, case.deposit("us", "ru", accept_by=START), "deposit.limit-passed")


def test_the_author_may_publish_where_its_terms_leave_it_free() -> None:
    case = two_parties()
    public = case.admit(case.deposit("ru", "us", terms="public"))
    confidential = case.admit(case.deposit("us", "ru", terms="confidential"))
    case.admit(case.release("ru", public))
    refused(case, case.release("us", confidential), "release.terms")
    case.admit(case.release("us", confidential, one_sided=True))


def test_a_recipient_publishes_after_its_receipt_as_the_terms_say() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru", terms="confidential"))
    refused(case, case.release("ru", deposit), "paper.not-now")
    case.admit(case.receipt("ru", deposit))
    refused(case, case.release("ru", deposit), "release.terms")
    free = case.admit(case.deposit("us", "ru", terms="confidential"))
    case.admit(case.receipt("ru", free, terms_taken="under_reserve"))
    case.admit(case.release("ru", free))


def test_a_release_is_taken_back_until_the_other_side_released_the_same() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru", terms="essence"))
    case.admit(case.receipt("ru", deposit))
    first = case.admit(case.release("us", deposit, provisions=(1, 2)))
    case.admit(case.act(Withdrawal, "us", deposit=deposit.digest, release=first.digest))
    again = case.act(Withdrawal, "us", deposit=deposit.digest, release=first.digest)
    refused(case, again, "withdrawal.already")
    second = case.admit(case.release("us", deposit, provisions=(1, 2)))
    refused(case, case.release("ru", deposit, provisions=(1, 2), beside=(first.digest,)), "release.beside-withdrawn")
    refused(case, case.release("ru", deposit, provisions=(1,), beside=(second.digest,)), "release.beside")
    matching = case.admit(case.release("ru", deposit, provisions=(1, 2), beside=(second.digest,)))
    error = refused(
        case, case.act(Withdrawal, "us", deposit=deposit.digest, release=second.digest), "withdrawal.matched"
    )
    assert error.winner == matching.digest.hex()
    own = case.act(Withdrawal, "ru", deposit=deposit.digest, release=matching.digest)
    refused(case, own, "withdrawal.matched")
    other = case.act(Withdrawal, "ru", deposit=deposit.digest, release=second.digest)
    refused(case, other, "withdrawal.no-such-release")


def test_a_withdrawal_names_exactly_those_who_had_not_answered() -> None:
    case = three_parties()
    deposit = case.admit(case.deposit("us", "fr", "ru"))
    case.admit(case.act(Refusal, "ru", deposit=deposit.digest, reason="form", words=()))
    for recipients in (("ru",), ("fr", "ru")):
        act = case.act(Withdrawal, "us", deposit=deposit.digest, release=None, recipients=recipients)
        refused(case, act, "withdrawal.recipients")
    case.admit(case.act(Withdrawal, "us", deposit=deposit.digest, release=None, recipients=("fr",)))


def three_parties() -> Case:
    case = Case()
    for party in ("fr", "ru", "us"):
        case.enrol(party)
    case.convene("us", "fr", "ru")
    case.join("fr")
    case.join("ru")
    return case


def test_what_was_made_available_is_not_taken_back() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru", opening=Opening(kind="at_once", round=None, time=None)))
    case.admit(case.handover("ru", deposit))
    refused(case, case.act(Withdrawal, "us", deposit=deposit.digest, release=None), "withdrawal.received")


def test_a_header_is_handed_over_once_also_after_the_recipient_has_opened() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    case.admit(case.receipt("ru", deposit))
    case.admit(case.confirmation("ru", deposit))
    first = case.admit(case.handover("ru", deposit))
    assert refused(case, case.handover("ru", deposit), "handover.already").winner == first.digest.hex()


def test_a_release_that_has_lapsed_is_refused() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("ru", "us", terms="public"))
    refused(case, case.release("ru", deposit, until=Time(case.now - 1)), "release.lapsed")
    audience = Audience(parties=("us",), public=False)
    case.admit(case.release("ru", deposit, until=END, audience=audience))


def test_statements_stand_beside_the_paper() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    words = (Words(language="en", text="The written response was received."),)
    case.admit(case.act(Statement, "ru", about="acknowledges", deposit=deposit.digest, words=words))
    paper = case.world.negotiations[case.negotiation].papers[deposit.digest]
    assert [item.act.by.party for item in paper.statements] == ["ru"]


def test_the_fold_of_the_same_acts_is_the_same_world() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    case.admit(case.receipt("ru", deposit))
    world = fold.World(genesis=case.genesis)
    for index, signed in enumerate(case.acts[1:], start=1):
        world = fold.admit(world, signed, At(index=index, time=case.entries[index].time))
    assert world == case.world
