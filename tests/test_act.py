"""Each act by itself: what is well formed, what means nothing, and that what is read is what is written."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from parley.act import (
    KINDS,
    Act,
    Audience,
    By,
    Convene,
    Deposit,
    FullPowers,
    Genesis,
    Join,
    Opening,
    PaperAct,
    Recipient,
    RegisterAct,
    Release,
    Revocation,
    Round,
    Withdrawal,
    Words,
    check_origin,
    named,
)
from parley.canonical import Time, convert, decode, decode_any, encode
from parley.crypto import KeySetId, Nonce, sha256
from parley.errors import Malformed, ParleyError
from parley.terms import PublicationRule, Terms, preset, terms_digest
from tests.build import END, START, two_parties

CASE = two_parties()
DEPOSIT = CASE.admit(CASE.deposit("us", "ru"))
RECEIPT = CASE.admit(CASE.receipt("ru", DEPOSIT))


def changed(act: Act, **changes: Any) -> Act:
    """The act with other members, as a reader would meet it."""
    value = decode_any(encode(act))
    value.update({name: convert_out(member) for name, member in changes.items()})
    return convert(value, type(act))


def convert_out(member: object) -> Any:
    return decode_any(encode([member]))[0]


def refused(act: Act, code: str, **changes: Any) -> None:
    with pytest.raises(Malformed) as caught:
        changed(act, **changes)
    assert caught.value.code == code


@pytest.mark.parametrize("signed", CASE.acts, ids=lambda signed: signed.act.kind)
def test_every_act_reads_back_equal(signed: Any) -> None:
    assert decode(encode(signed.act), type(signed.act)) == signed.act


@pytest.mark.parametrize("signed", CASE.acts, ids=lambda signed: signed.act.kind)
def test_every_member_is_required_and_none_is_added(signed: Any) -> None:
    value = decode_any(encode(signed.act))
    for name in value:
        with pytest.raises(Malformed):
            convert({other: member for other, member in value.items() if other != name}, type(signed.act))
    with pytest.raises(Malformed):
        convert(value | {"extra": 1}, type(signed.act))


def test_the_set_is_closed_and_named_by_the_vocabulary() -> None:
    assert set(KINDS) == {
        "genesis", "enrol", "full-powers", "revocation", "convene", "join", "deposit", "notice", "receipt", "refusal",
        "withdrawal", "expiry", "handover", "confirmation", "fault", "release", "statement",
    }  # fmt: skip


def test_every_act_is_a_beginning_a_register_act_or_one_of_a_negotiation() -> None:
    """The fold takes acts apart so, and asks for no other."""
    assert set(KINDS.values()) == {Genesis, *get_args(RegisterAct), Convene, Join, *get_args(PaperAct)}


def test_a_response_answers_something() -> None:
    refused(DEPOSIT.act, "act.response-to-nothing", role="response")


def test_what_an_act_names_stands_before_it() -> None:
    genesis, convene, join = CASE.acts[0], CASE.acts[5], CASE.acts[6]
    assert [named(act.act) for act in (genesis, convene)] == [(), ()]
    assert named(join.act) == (convene.digest,)
    assert named(DEPOSIT.act) == ()
    assert named(changed(DEPOSIT.act, in_reply_to=RECEIPT.digest)) == (RECEIPT.digest,)
    both = changed(DEPOSIT.act, in_reply_to=RECEIPT.digest, replaces=join.digest)
    assert named(both) == (RECEIPT.digest, join.digest)
    assert named(RECEIPT.act) == named(CASE.handover("ru", DEPOSIT).act) == (DEPOSIT.digest,)
    release = CASE.release("us", DEPOSIT, provisions=(1,))
    assert named(release.act) == (DEPOSIT.digest,)
    assert named(changed(release.act, beside=(RECEIPT.digest,))) == (DEPOSIT.digest, RECEIPT.digest)
    back = CASE.act(Withdrawal, "us", deposit=DEPOSIT.digest, release=release.digest, recipients=())
    assert named(back.act) == (DEPOSIT.digest, release.digest)


def test_recipients_are_named_once_and_never_the_sender() -> None:
    act = DEPOSIT.act
    assert isinstance(act, Deposit)
    refused(act, "act.recipients", recipients=())
    refused(act, "act.recipients", recipients=act.recipients * 2)
    own = Recipient(capacity="to", party="us", reading_key=act.sender_reading_key)
    refused(act, "act.recipients", recipients=(*act.recipients, own))


def test_sealed_parts_are_there_unless_the_paper_is_held() -> None:
    refused(DEPOSIT.act, "act.sealed-parts", header=None)
    held = Opening(kind="held", round=None, time=None)
    refused(DEPOSIT.act, "act.sealed-parts", opening=held)
    changed(DEPOSIT.act, opening=held, header=None, payload=None, cover=None)


def test_an_opening_has_the_members_of_its_kind() -> None:
    for kind, when, meeting in (("on_receipt", START, None), ("not_before", None, None), ("together", None, None)):
        with pytest.raises(Malformed, match=r"act\.opening"):
            Opening(kind=kind, round=meeting, time=when)  # type: ignore[arg-type]  # a plain string on purpose


def test_a_round_is_the_whole_company_and_one_limit() -> None:
    act = DEPOSIT.act
    assert isinstance(act, Deposit)
    whole = Round(deadline=act.accept_by, id=Nonce(bytes(16)), parties=("ru", "us"))
    changed(act, opening=Opening(kind="together", round=whole, time=None))
    for wrong in (
        Round(deadline=Time(act.accept_by + 1), id=Nonce(bytes(16)), parties=("ru", "us")),
        Round(deadline=act.accept_by, id=Nonce(bytes(16)), parties=("cn", "ru", "us")),
    ):
        refused(act, "act.round", opening=Opening(kind="together", round=wrong, time=None))


def test_register_acts_have_no_negotiation_and_others_have_one() -> None:
    enrol = CASE.acts[1].act
    refused(enrol, "act.negotiation", negotiation=CASE.negotiation)
    refused(DEPOSIT.act, "act.negotiation", negotiation=None)


def test_a_party_has_a_name_and_a_language() -> None:
    enrol = CASE.acts[1].act
    refused(enrol, "act.empty", names=())
    refused(enrol, "act.empty", languages=())


def test_non_working_days_are_different_and_in_order() -> None:
    act = next(signed.act for signed in CASE.acts if isinstance(signed.act, Convene))
    days = structs.replace(act.rules, non_working=("2022-01-07", "2022-01-08"))
    changed(act, rules=days)
    for wrong in (("2022-01-08", "2022-01-07"), ("2022-01-07", "2022-01-07")):
        with pytest.raises(Malformed, match=r"act\.non-working"):
            structs.replace(days, non_working=wrong)


def test_a_release_beside_others_names_them_in_order_and_is_not_one_sided() -> None:
    act = CASE.release("us", DEPOSIT).act
    one, other = sorted((sha256(b"one"), sha256(b"other")))
    changed(act, beside=(one, other))
    refused(act, "act.beside", beside=(other, one))
    refused(act, "act.beside", beside=(one, one))
    refused(act, "act.beside", beside=(one,), one_sided=True)


def test_nobody_signs_as_the_depositary_but_the_depositary() -> None:
    refused(DEPOSIT.act, "act.by-party", by=By(party="depositary", keys=DEPOSIT.act.by.keys))
    handover = CASE.handover("ru", DEPOSIT).act
    refused(handover, "act.by-party", by=By(party="ru", keys=handover.by.keys))


def test_keys_are_one_or_two_and_in_order() -> None:
    a, b = KeySetId(b"a" * 32), KeySetId(b"b" * 32)
    By(party="ru", keys=(a, b))
    for keys in ((), (b, a), (a, a), (a, b, KeySetId(b"c" * 32))):
        with pytest.raises(Malformed, match=r"act\.by-keys"):
            By(party="ru", keys=keys)


def test_a_revocation_names_exactly_one_key() -> None:
    key = CASE.parties["ru"].officer.id
    act = CASE.root_act(Revocation, "ru", key=key, reading_key=None).act
    refused(act, "act.revocation", key=None)
    refused(act, "act.revocation", reading_key=CASE.parties["ru"].reading.public.id)


def test_powers_say_something_for_a_time_that_runs_forward() -> None:
    act = CASE.acts[2].act
    assert isinstance(act, FullPowers)
    refused(act, "act.powers", capabilities=())
    refused(act, "act.powers", capabilities=("release", "deposit"))
    refused(act, "act.powers", until=Time(act.since - 1))


def test_a_negotiation_has_two_parties_and_its_convener_among_them() -> None:
    act = next(signed.act for signed in CASE.acts if isinstance(signed.act, Convene))
    for parties in (("us",), ("cn", "ru"), ("us", "ru"), ("ru", "ru", "us")):
        refused(act, "act.parties", parties=parties)
    refused(act, "act.handle", handle="Ukraine talks")


def test_a_release_names_provisions_in_order_and_one_audience() -> None:
    act = CASE.release("us", DEPOSIT).act
    assert isinstance(act, Release)
    for provisions in ((), (2, 1), (1, 1)):
        refused(act, "act.provisions", provisions=provisions)
    for parties, public in (((), False), (("ru",), True), (("us", "ru"), False)):
        with pytest.raises(Malformed, match=r"act\.audience"):
            Audience(parties=parties, public=public)


@pytest.mark.parametrize("text", ["a\u202eb", "a\x1b[2Jb", "a\u200bb", "a\U000e0041b", "e\u0301", "x" * 2001])
def test_displayed_words_carry_no_control_bidi_or_tag_characters(text: str) -> None:
    with pytest.raises(Malformed):
        Words(language="en", text=text)


@pytest.mark.parametrize("party", ["", "RU", "-ru", "ru\n", "r" * 33, "ру", "../ru"])
def test_a_party_id_is_plain(party: str) -> None:
    with pytest.raises(Malformed):
        convert({"keys": [CASE.parties["ru"].officer.id.hex()], "party": party}, By)


@pytest.mark.parametrize("origin", ["", "Depositary.example", "a b", "https://x\n", "x" * 201])
def test_a_log_name_is_plain(origin: str) -> None:
    with pytest.raises(Malformed):
        check_origin(origin)


@given(st.binary(max_size=300))
def test_foreign_bytes_give_only_the_four_families(data: bytes) -> None:
    for shape in KINDS.values():
        with pytest.raises(ParleyError):
            decode(data, shape)


# --- terms ------------------------------------------------------------------------------------------------------


def test_presets() -> None:
    essence = preset("essence", parties=("us", "ru"))
    assert essence.publication.excerpts == PublicationRule(mode="consent", parties=("ru", "us"))
    assert essence.publication.full.mode == "none"
    assert not preset("confidential", parties=("us", "ru")).author_free
    assert preset("public", parties=("us", "ru")).publication.full.mode == "free"
    assert {essence.force, preset("public", parties=(), force="required").force} == {"asked", "required"}
    with pytest.raises(Malformed, match=r"terms\.preset"):
        preset("secret", parties=())


def test_the_digest_of_terms_differs_with_every_member() -> None:
    base = preset("essence", parties=("us", "ru"))
    others: list[dict[str, Any]] = [
        {"audience": ("fr",)}, {"author_free": False}, {"embargo": END}, {"force": "required"},
        {"publication": preset("public", parties=()).publication},
    ]  # fmt: skip
    members = {name: getattr(base, name) for name in base.__struct_fields__}
    digests = {terms_digest(base)} | {terms_digest(Terms(**(members | other))) for other in others}
    assert len(digests) == len(others) + 1


def test_consent_names_somebody_and_freedom_nobody() -> None:
    for mode, parties in (("consent", ()), ("free", ("ru",)), ("none", ("ru",))):
        with pytest.raises(Malformed, match=r"terms\.consent-parties"):
            PublicationRule(mode=mode, parties=parties)  # type: ignore[arg-type]  # a plain string on purpose
    with pytest.raises(Malformed, match=r"terms\.order"):
        PublicationRule(mode="consent", parties=("us", "ru"))
