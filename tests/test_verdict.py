"""The numbered verification: what holds is shown, what does not hold ends it, and one byte never turns a verdict."""

from __future__ import annotations

import dataclasses
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley import evidence, statement
from parley.act import Deposit, Enrol, Opening, Refusal, Revocation, Round
from parley.answers import Delivery, Released, Text
from parley.canonical import Time
from parley.chain import Entry
from parley.checkpoint import Checkpoint, LogSigner
from parley.conviction import Crime
from parley.crypto import Link, SigningKey, sha256
from parley.errors import Invalid, Malformed, Refused
from parley.evidence import Evidence, Item
from parley.policy import Policy, Trust, number
from parley.statement import Signed
from parley.verdict import Result, Verdict, verify
from tests.build import END, LOG, START, Party, seed
from tests.evidence_build import delivered, two_states
from tests.evidence_cases import all_cases, answers_of, evidence_bytes, trust_text
from tests.simulator import dishonest


def codes(found: Verdict) -> list[str]:
    return [item.code for item in found.not_shown]


def refused(data: bytes, trust: Trust | None, code: str) -> None:
    """The file is refused for this reason."""
    with pytest.raises((Malformed, Invalid)) as caught:
        verify(data, trust)
    assert caught.value.code == code


# --- what holds -------------------------------------------------------------------------------------------------


def test_evidence_of_a_paper_is_proven_with_a_trust_file() -> None:
    case, deposit = delivered()
    found = verify(case.of_paper(deposit).encode(), case.trust())
    assert (found.result, found.kind, found.log, found.trusted) == (Result.PROVEN, "act", LOG, True)
    kinds = [shown.act.kind for shown in found.acts if shown.act]
    assert kinds == [
        "genesis",
        "enrol",
        "full-powers",
        "enrol",
        "full-powers",
        "deposit",
        "receipt",
        "handover",
        "confirmation",
    ]
    assert [shown.index for shown in found.acts] == [0, 1, 2, 3, 4, 7, 8, 9, 10]
    assert [(party.party, party.name) for party in found.parties] == [
        ("ru", "Russian Federation"),
        ("us", "United States of America"),
    ]
    assert [item.word for item in found.papers[0].delivery] == [Delivery.DELIVERED]
    assert codes(found) == ["times", "absence", "agreement"]


def test_an_act_is_shown_with_the_powers_of_its_key() -> None:
    case, deposit = delivered()
    found = verify(case.of_acts(deposit).encode(), case.trust())
    (power,) = found.acts[-1].powers
    assert (power.key, power.granted) == (case.parties["us"].officer.id, 4)
    assert (power.name, power.office) == ("A. Officer", "Registry")


def test_without_a_trust_file_the_keys_only_fit_together() -> None:
    """The reader is given the number to compare with each party that signed."""
    case, deposit = delivered()
    found = verify(case.of_paper(deposit).encode(), None)
    assert (found.result, found.trusted) == (Result.UNCHECKED, False)
    assert [party.number for party in found.parties] == [number(case.parties[p].root.id) for p in ("ru", "us")]
    assert [party.name for party in found.parties] == [None, None]
    assert codes(found) == ["log-identity", "party-identity", "party-identity", "times", "absence", "agreement"]


def test_a_party_that_the_trust_file_does_not_name_is_unchecked() -> None:
    case, deposit = delivered()
    found = verify(case.of_paper(deposit).encode(), case.trust("us"))
    assert (found.result, codes(found)[0]) == (Result.UNCHECKED, "party-identity")
    assert dict(found.not_shown[0].details)["party"] == "ru"
    assert verify(case.of_acts(deposit).encode(), case.trust("us")).result is Result.PROVEN


def test_witnesses_bound_the_time_of_an_act() -> None:
    case = two_states()
    before = case.note()
    case.tick(30)
    deposit = case.paper("us", "ru")
    case.tick(30)
    note = case.note(seconds=int(case.now) // 1000)
    file = dataclasses.replace(case.of_acts(deposit, note=note), earlier=before)
    shown = verify(file.encode(), case.trust(needed=2)).acts[-1]
    assert shown.earliest is not None
    assert shown.latest is not None
    assert shown.earliest <= shown.time <= shown.latest
    assert (shown.earliest, shown.latest) == (Time(START + 3000), case.now)
    assert verify(file.encode(), case.trust()).acts[-1].latest is None, "no quorum, no bounds"


def test_a_limit_between_the_bounds_was_decided_by_the_depositarys_clock() -> None:
    case, deposit = delivered()
    assert isinstance(deposit.act, Deposit)
    sealed = int(deposit.act.accept_by) // 1000
    for seconds, told in ((sealed - 1, False), (sealed, True), (sealed + 30, True)):
        found = verify(case.of_paper(deposit, note=case.note(seconds=seconds)).encode(), case.trust(needed=2))
        assert ("deadline" in codes(found)) is told


def test_the_steps_carry_the_numbers_of_the_specification() -> None:
    case, deposit = delivered()
    found = verify(case.of_paper(deposit).encode(), case.trust(needed=1))
    numbers = [step.number for step in found.steps]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, 11))
    digests = [dict(step.details)["digest"] for step in found.steps if step.number == 2]
    assert digests == [shown.digest.hex() for shown in found.acts]


def test_a_verdict_is_data_that_nobody_changes() -> None:
    case, deposit = delivered()
    found = verify(case.of_acts(deposit).encode(), None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.result = Result.PROVEN  # type: ignore[misc]  # that is the test


def test_acts_about_a_paper_that_is_not_shown_say_so() -> None:
    case, deposit = delivered()
    found = verify(case.of_acts(case.acts[8]).encode(), case.trust())
    assert (found.result, found.papers, codes(found)[0]) == (Result.PROVEN, (), "deposit")
    assert deposit.digest not in {shown.digest for shown in found.acts}


# --- whom ------------------------------------------------------------------------------------------------------


def test_another_log_than_the_trust_file_names() -> None:
    case, deposit = delivered()
    other = LogSigner("other.example/log/1", SigningKey.from_secret(seed("other log"), info="log"))
    trust = Trust(policy=Policy.write(logs=other.keys), parties=case.trust().parties)
    refused(case.of_paper(deposit).encode(), trust, "checkpoint.unknown-log")


def test_another_key_for_the_same_log() -> None:
    case, deposit = delivered()
    other = LogSigner(LOG, SigningKey.from_secret(seed("other log"), info="log"))
    trust = Trust(policy=Policy.write(logs=other.keys), parties=case.trust().parties)
    refused(case.of_paper(deposit).encode(), trust, "evidence.genesis-keys")


def test_another_root_than_the_trust_file_names() -> None:
    case, deposit = delivered()
    trust = case.trust(roots={**case.parties, "ru": Party("another")})
    refused(case.of_paper(deposit).encode(), trust, "evidence.other-root")


def test_a_forged_enrolment_under_another_root() -> None:
    """A depositary that enters a second root for ru, with powers and a receipt under it, convinces nobody."""
    case = dishonest()
    deposit = case.paper("us", "ru")
    thief = case.parties["ru"] = Party("thief")
    enrol = case.acts[1].act
    assert isinstance(enrol, Enrol)
    case.world = dataclasses.replace(case.world, registers=case.world.registers.remove("ru"))
    members: dict[str, Any] = {name: getattr(enrol, name) for name in ("languages", "names", "zone", "reading_key")}
    forged = [case.admit(case.root_act(Enrol, "ru", root=thief.root.verifying.public, **members))]
    forged += [case.admit(case.powers("ru", thief.officer)), case.admit(case.receipt("ru", deposit))]
    logged = [case.logged(act) for act in (*case.acts[:1], *case.acts[3:5], deposit, *forged)]
    file = Evidence(kind="act", items=tuple(item.item() for item in logged))
    honest = case.trust(roots={"ru": Party("ru"), "us": case.parties["us"]})
    refused(file.encode(), honest, "evidence.other-root")
    assert verify(file.encode(), None).result is Result.UNCHECKED
    items = sorted((case.logged(act) for act in (*logged_acts(file), case.acts[1])), key=lambda item: item.at.index)
    both = Evidence(kind="act", items=tuple(item.item() for item in items))
    refused(both.encode(), None, "register.not-the-root")


def logged_acts(file: Evidence) -> list[Signed]:
    return [item.statement for item in file.items if isinstance(item.statement, Signed)]


# --- powers ----------------------------------------------------------------------------------------------------


def without(file: Evidence, kind: str, party: str) -> Evidence:
    kept = [i for i in file.items if i.act is None or (i.act.kind, i.act.by.party) != (kind, party)]
    return dataclasses.replace(file, items=tuple(kept))


def test_a_file_without_the_powers_of_a_key() -> None:
    case, deposit = delivered()
    file = case.of_paper(deposit)
    refused(without(file, "full-powers", "ru").encode(), case.trust(), "evidence.key-not-shown")
    refused(without(file, "enrol", "ru").encode(), case.trust(), "evidence.key-not-shown")


def test_powers_that_were_granted_later() -> None:
    case = two_states()
    deposit = case.paper("us", "ru")
    second = SigningKey.from_secret(seed("second officer"), info="officer")
    early = case.act(Refusal, "ru", key=second, deposit=deposit.digest, reason="terms", words=())
    case._enter(early, case.link(case.negotiation, "ru") or Link(bytes(32)))
    granted = case.admit(case.powers("ru", second))
    wanted = (*case.acts[:2], case.acts[3], case.acts[4], deposit, early, granted)
    file = Evidence(kind="act", items=tuple(case.logged(act).item() for act in wanted))
    refused(file.encode(), case.trust(), "powers.none")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"until": START}, "powers.dates"),
        ({"since": END}, "powers.dates"),
        ({"capabilities": ("deposit",)}, "powers.capability"),
        ({"needs": 2}, "powers.second-officer"),
    ],
)
def test_powers_that_do_not_reach(changes: dict[str, Any], code: str) -> None:
    case = two_states()
    deposit = case.paper("us", "ru")
    weak = SigningKey.from_secret(seed("weak officer"), info="officer")
    case.admit(case.powers("ru", weak, **changes))
    answer = case.act(Refusal, "ru", key=weak, deposit=deposit.digest, reason="terms", words=())
    case._enter(answer, case.link(case.negotiation, "ru") or Link(bytes(32)))
    acts = [act for index, act in enumerate(case.acts) if index not in (2, 5, 6)]
    file = Evidence(kind="act", items=tuple(case.logged(act).item() for act in acts))
    refused(file.encode(), case.trust(), code)


def test_a_key_revoked_an_entry_earlier() -> None:
    case = dishonest()
    deposit = case.paper("us", "ru")
    case.admit(case.root_act(Revocation, "ru", key=case.parties["ru"].officer.id, reading_key=None))
    receipt = case.force(case.receipt("ru", deposit)).signed
    acts = [case.acts[index] for index in (0, 1, 2, 3, 4, 7, 8, 9)]
    assert acts[-1] is receipt
    file = Evidence(kind="act", items=tuple(case.logged(act).item() for act in acts))
    refused(file.encode(), case.trust(), "powers.revoked")
    hidden = dataclasses.replace(file, items=(*file.items[:6], file.items[7]))
    found = verify(hidden.encode(), case.trust())
    assert (found.result, found.acts[-1].powers[0].granted) == (Result.PROVEN, 2)
    assert "absence" in codes(found), "what revoked it is only not in the file"


def test_a_key_revoked_an_entry_later() -> None:
    case = two_states()
    deposit = case.paper("us", "ru")
    case.admit(case.receipt("ru", deposit))
    revocation = case.admit(case.root_act(Revocation, "ru", key=case.parties["ru"].officer.id, reading_key=None))
    file = case.of_acts(case.acts[8], revocation)
    assert verify(file.encode(), case.trust()).result is Result.PROVEN


# --- entries and the log ---------------------------------------------------------------------------------------


def with_item(file: Evidence, place: int, **changes: Any) -> Evidence:
    items = list(file.items)
    items[place] = dataclasses.replace(items[place], **changes)
    return dataclasses.replace(file, items=tuple(items))


def test_an_entry_of_another_act() -> None:
    case, deposit = delivered()
    file = case.of_acts(deposit)
    last = file.items[-1]
    spoiled = dataclasses.replace(last.proof, extra=case.entries[1].encode())
    refused(with_item(file, -1, proof=spoiled).encode(), case.trust(), "evidence.other-entry")


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: dataclasses.replace(entry, time=Time(entry.time - 1)),
        lambda entry: dataclasses.replace(entry, link=Link(sha256(b"another link"))),
    ],
)
def test_extra_is_not_authenticated_by_itself(change: Any) -> None:
    """A changed time or link in `extra` is another leaf, which the proof does not lead to."""
    case, deposit = delivered()
    file = case.of_acts(deposit)
    last = file.items[-1]
    spoiled = dataclasses.replace(last.proof, extra=change(last.entry).encode())
    refused(with_item(file, -1, proof=spoiled).encode(), case.trust(), "merkle.inclusion")


def test_a_proof_at_another_index() -> None:
    case, deposit = delivered()
    file = case.of_acts(deposit)
    moved = dataclasses.replace(file.items[-1].proof, index=6)
    with pytest.raises(Invalid, match=r"merkle\."):
        verify(with_item(file, -1, proof=moved).encode(), case.trust())


def test_a_signature_that_does_not_hold() -> None:
    """The act is logged with a spoiled signature: the entry is right, the signature is not."""
    case = two_states()
    deposit = case.paper("us", "ru")
    good = case.receipt("ru", deposit)
    lines = list(good.envelope.signatures)
    other = case.receipt("ru", deposit)
    lines[1] = other.envelope.signatures[1]
    envelope = statement.Envelope(
        payload=good.envelope.payload, payload_type=good.envelope.payload_type, signatures=tuple(lines)
    )
    forged = Signed(act=good.act, envelope=envelope, digest=statement.act_digest(envelope))
    case._enter(forged, case.link(case.negotiation, "ru") or Link(bytes(32)))
    refused(case.of_acts(forged).encode(), case.trust(), "signature.mldsa44")


def test_a_log_that_contradicts_itself_proves_nothing() -> None:
    case = dishonest()
    deposit = case.paper("us", "ru")
    link = case.link(case.negotiation, "ru")
    case.tick(5)
    case.admit(case.receipt("ru", deposit))
    handover = case.force(case.handover("ru", deposit), link=link).signed
    refused(case.of_acts(case.acts[8], handover).encode(), case.trust(), "evidence.link-twice")
    case.rewind(9)
    handover = case.force(case.handover("ru", deposit), time=START).signed
    refused(case.of_acts(deposit, handover).encode(), case.trust(), "evidence.time-backwards")
    case.rewind(9)
    old = case.note()
    case.rewind(8)
    case.admit(case.receipt("ru", deposit))
    file = dataclasses.replace(case.of_acts(deposit), earlier=old)
    refused(file.encode(), case.trust(), "evidence.two-roots")
    case.rewind(5)
    astray = case.force(case.act(type(deposit.act), "us", after=None, **members_of(deposit)), link=Link(bytes(32)))
    assert astray.at.index == 5


def members_of(signed: Signed) -> dict[str, Any]:
    own = set(type(signed.act).__struct_fields__) - {"after", "by", "claimed_time", "log", "negotiation", "nonce"}
    return {name: getattr(signed.act, name) for name in own}


def test_a_negotiation_that_does_not_begin_its_chain() -> None:
    case = dishonest()
    convene = case.acts[5]
    case.rewind(5)
    case.force(convene, link=Link(sha256(b"elsewhere")))
    refused(case.of_acts(convene).encode(), case.trust(), "evidence.outside-chain")


# --- witnesses --------------------------------------------------------------------------------------------------


def test_too_few_witnesses() -> None:
    case, deposit = delivered()
    data = case.of_acts(deposit, note=case.note(by=("oslo",))).encode()
    assert verify(data, case.trust(needed=1)).result is Result.PROVEN
    refused(data, case.trust(needed=2), "policy.quorum")


def test_half_a_witness_is_a_damaged_file() -> None:
    case, deposit = delivered()
    note = case.note()
    half = dataclasses.replace(note, signatures=note.signatures[:-1])
    refused(case.of_acts(deposit, note=half).encode(), case.trust(needed=2), "evidence.half-witness")


def test_an_entry_time_outside_what_the_witnesses_say() -> None:
    case, deposit = delivered()
    trust = case.trust(needed=2)
    second = int(case.entries[7].time) // 1000
    near = dataclasses.replace(case.of_acts(deposit, note=case.note(seconds=second - 60)))
    assert verify(near.encode(), trust).result is Result.PROVEN
    refused(case.of_acts(deposit, note=case.note(seconds=second - 63)).encode(), trust, "evidence.too-late")
    late = dataclasses.replace(
        case.of_acts(deposit, note=case.note(seconds=second + 500)), earlier=case.note(7, seconds=second + 62)
    )
    refused(late.encode(), trust, "evidence.too-early")
    after = dataclasses.replace(late, earlier=case.note(7, seconds=second + 60))
    assert verify(after.encode(), trust).result is Result.PROVEN


# --- histories --------------------------------------------------------------------------------------------------


def test_a_history_repeats_the_whole_fold_and_knows_the_papers_names() -> None:
    case, _ = delivered()
    found = verify(case.history().encode(), case.trust())
    assert (found.result, [paper.reference for paper in found.papers]) == (Result.PROVEN, ["US-1"])
    assert "left-out" not in codes(found)


def test_a_history_may_leave_acts_out_and_says_how_many() -> None:
    case, deposit = delivered()
    found = verify(case.history(without=[case.acts[8], case.acts[9]]).encode(), case.trust())
    assert found.result is Result.PROVEN
    assert [shown.index for shown in found.acts if shown.act is None] == [8, 9]
    (left,) = [item for item in found.not_shown if item.code == "left-out"]
    assert dict(left.details) == {"acts": 2}
    assert found.papers[0].digest == deposit.digest


def test_a_history_cannot_hide_that_it_hides_an_act() -> None:
    case, _ = delivered()
    file = case.history()
    gap = dataclasses.replace(file, items=tuple(i for i in file.items if i.proof.index != 8))
    refused(gap.encode(), case.trust(), "evidence.outside-chain")


def test_a_history_that_breaks_a_rule_of_the_fold() -> None:
    """`after` lies before what the key has seen: only a whole history shows that."""
    case = dishonest()
    deposit = case.paper("us", "ru")
    old = case.acts[6].act.after
    bad = case.act(Refusal, "ru", after=old, deposit=deposit.digest, reason="terms", words=())
    case.force(bad)
    refused(case.history().encode(), case.trust(), "chain.names-unseen")
    assert verify(case.of_acts(bad).encode(), case.trust()).result is Result.PROVEN


def test_a_history_without_the_registers_it_needs() -> None:
    case, _ = delivered()
    file = without(without(case.history(), "enrol", "ru"), "full-powers", "ru")
    with pytest.raises((Invalid, Malformed)):
        verify(file.encode(), case.trust())
    idle = two_states()
    idle.enrol("fr")
    idle.negotiation = type(idle.negotiation)(bytes(15) + b"\x02")
    idle.convene("us", "fr")
    whole = idle.history()
    assert verify(whole.encode(), idle.trust()).result is Result.PROVEN
    refused(
        without(without(whole, "full-powers", "fr"), "enrol", "fr").encode(), idle.trust(), "evidence.register-missing"
    )


def test_the_history_of_a_register() -> None:
    case = two_states()
    case.admit(case.root_act(Revocation, "ru", key=case.parties["ru"].officer.id, reading_key=None))
    chain = [case.logged(act) for act in case.acts if act.act.negotiation is None and act.act.by.party == "ru"]
    file = evidence.history(chain, support=[case.logged(case.acts[0])])
    found = verify(file.encode(), case.trust())
    assert [shown.act.kind for shown in found.acts if shown.act] == ["genesis", "enrol", "full-powers", "revocation"]
    assert found.result is Result.PROVEN
    hidden = evidence.history(chain, support=[case.logged(case.acts[0])], without=[case.acts[2].digest])
    assert verify(hidden.encode(), case.trust()).acts[2].act is None


# --- one byte ---------------------------------------------------------------------------------------------------


def cosigned_excerpt() -> tuple[bytes, Trust]:
    """A file with all there is to spoil: witnesses known and unknown, an earlier checkpoint, openings, a release."""
    case = two_states()
    before = case.note()
    deposit = case.paper("us", "ru")
    case.admit(case.receipt("ru", deposit))
    for party in ("us", "ru"):
        case.admit(case.release(party, deposit, provisions=(1, 3)))
    full = case.trust(needed=1)
    known = {name: case.witnesses[name].keys for name in ("oslo", "vienna")}
    trust = Trust(policy=Policy.write(logs=case.signer.keys, witnesses=known, needed=1), parties=full.parties)
    return dataclasses.replace(case.excerpt(deposit, 1, 3), earlier=before).encode(), trust


SPOILED, TRUST = cosigned_excerpt()
WHOLE = verify(SPOILED, TRUST)
LOOSE = verify(SPOILED, None)


def same_or_refused(data: bytes, trust: Trust | None, whole: Verdict) -> bool:
    """True when refused. Whatever is not refused says the very same."""
    try:
        found = verify(data, trust)
    except (Malformed, Invalid):  # only these two families leave a verification; anything else fails the test
        return True
    if found.result is Result.DISPROVEN:
        return True
    assert found == whole
    return False


def test_the_file_to_be_spoiled_is_proven() -> None:
    assert WHOLE.result is Result.PROVEN
    assert WHOLE.release is not None
    assert WHOLE.acts[-1].latest is not None
    assert LOOSE.result is Result.UNCHECKED


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SPOILED) - 1), st.integers(1, 255))
def test_one_byte_changed_anywhere_is_refused_or_says_the_same(place: int, change: int) -> None:
    spoiled = bytearray(SPOILED)
    spoiled[place] ^= change
    same_or_refused(bytes(spoiled), TRUST, WHOLE)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SPOILED) - 1), st.sampled_from(b'ABCDwxyz0129+/=\n \\"{}[],:'))
def test_one_letter_changed_says_no_other_thing_without_a_trust_file(place: int, letter: int) -> None:
    spoiled = bytearray(SPOILED)
    spoiled[place] = letter
    same_or_refused(bytes(spoiled), None, LOOSE)


def strata() -> list[int]:
    """Every byte of the first line of each kind of content, and every 997th of the rest."""
    last = SPOILED.rindex(b'{"act"')
    proof = SPOILED.index(b'"proof"', last)
    first_line = SPOILED.index("—".encode(), proof)
    dense = [*range(proof, first_line + 60), *range(len(SPOILED) - 1200, len(SPOILED))]
    witness = [at for at in range(proof, len(SPOILED)) if SPOILED.startswith("— witness.example".encode(), at)]
    names = [at + step for at in witness for step in range(50)]
    return sorted({*dense, *names, *range(0, len(SPOILED), 997)})


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_one_byte_changed_at_every_place_that_differs_in_kind() -> None:
    kept = 0
    for place in strata():
        for letter in {SPOILED[place] ^ 1, ord("A")} - {SPOILED[place]}:
            spoiled = SPOILED[:place] + bytes((letter,)) + SPOILED[place + 1 :]
            kept += not same_or_refused(spoiled, TRUST, WHOLE)
    assert kept, "lines of a witness that nobody knows may say what they like"


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_file_cut_short_or_doubled_is_refused(data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(SPOILED) - 1))
    refused_or_same = same_or_refused(SPOILED[:cut], TRUST, WHOLE)
    assert refused_or_same
    assert same_or_refused(SPOILED + SPOILED[cut:], TRUST, WHOLE)


def test_an_act_moved_to_the_place_of_another_of_its_own_bytes() -> None:
    """Items in another order, or one twice, are another file: refused before anything is believed."""
    case, deposit = delivered()
    file = case.of_paper(deposit)
    turned = dataclasses.replace(file, items=tuple(reversed(file.items)))
    refused(turned.encode(), case.trust(), "evidence.order")
    doubled = dataclasses.replace(file, items=(*file.items, file.items[-1]))
    refused(doubled.encode(), case.trust(), "evidence.order")


def test_an_item_is_checked_by_its_own_proof() -> None:
    case, deposit = delivered()
    file = case.of_acts(deposit)
    last: Item = file.items[-1]
    assert last.entry == Entry.parse(last.proof.extra)
    other = case.proof(7, case.note(8))
    data = with_item(file, -1, proof=other).encode()
    assert verify(data, case.trust(needed=2)).result is Result.PROVEN
    alone = verify(data, case.trust())  # it holds too, but nobody says that the two trees are of one log
    assert (alone.result, codes(alone)[0]) == (Result.UNCHECKED, "one-log")


# --- vectors ----------------------------------------------------------------------------------------------------

CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vector(case: dict[str, Any]) -> None:
    assert verdict_on(case) == (case["expect"], case["code"], case.get("answers"))


def verdict_on(case: dict[str, Any]) -> tuple[str, str | None, dict[str, Any] | None]:
    trust = trust_text(case)
    try:
        found = verify(evidence_bytes(case), Trust.parse(trust) if trust is not None else None)
    except (Malformed, Invalid) as error:
        return (type(error).__name__.lower(), error.code, None)
    return (found.result.value, None, answers_of(found) if "answers" in case else None)


def test_the_cases_show_every_answer_and_every_crime() -> None:
    answers = [case["answers"] for case in CASES if "answers" in case]
    assert {found["text"] for found in answers} == {None, *get_args(Text)}
    assert {found["release"] for found in answers} == {None, *(word.value for word in Released)}
    assert {found["crime"] for found in answers} == {None, *(crime.name for crime in Crime)}
    assert {line.split(":")[0] for found in answers for line in found["delivery"]} == {word.value for word in Delivery}
    assert {case["expect"] for case in CASES} == {"proven", "unchecked", "disproven", "malformed", "invalid"}


# --- other logs -------------------------------------------------------------------------------------------------


def test_an_act_that_was_meant_for_another_log() -> None:
    case = dishonest()
    deposit = case.paper("us", "ru")
    strange = case.act(Refusal, "ru", log="other.example/log/1", deposit=deposit.digest, reason="terms", words=())
    case.force(strange)
    refused(case.of_acts(strange).encode(), case.trust(), "evidence.other-log")


def test_a_checkpoint_of_another_log_that_the_reader_trusts_too() -> None:
    case, deposit = delivered()
    other = LogSigner("other.example/log/1", SigningKey.from_secret(seed("other log"), info="log"))
    tree = case.tree()
    foreign = other.sign_checkpoint(Checkpoint(origin=other.name, size=tree.size, root=tree.root()), 1643217360)
    policy = Policy.write(logs=(*case.signer.keys, *other.keys))
    file = dataclasses.replace(case.of_acts(deposit), earlier=foreign)
    refused(file.encode(), Trust(policy=policy, parties=case.trust().parties), "evidence.other-log")


def test_a_round_is_not_shown_to_have_opened() -> None:
    case = two_states()
    limit = Time(case.now + 3_600_000)
    meeting = Round(deadline=limit, id=case.nonce(), parties=("ru", "us"))
    deposit = case.paper("us", "ru", accept_by=limit, opening=Opening(kind="together", round=meeting, time=None))
    case.admit(case.receipt("ru", deposit))
    assert "round" in codes(verify(case.of_paper(deposit).encode(), case.trust()))


HELD = {"opening": Opening(kind="held", round=None, time=None), "header": None, "payload": None, "cover": None}


def test_a_receipt_for_a_held_paper_is_for_its_seal_alone() -> None:
    """Nothing but the commitment was handed in. The receipt is shown, and so is what it does not mean."""
    case = two_states()
    deposit = case.paper("us", "ru", terms="public", **HELD)
    before = verify(case.of_paper(deposit).encode(), case.trust())
    assert ([item.word for item in before.papers[0].delivery], codes(before)[-3]) == ([Delivery.NO_RECEIPT], "held")
    case.admit(case.receipt("ru", deposit))
    found = verify(case.of_paper(deposit).encode(), case.trust())
    assert [item.word for item in found.papers[0].delivery] == [Delivery.DELIVERED]
    assert codes(found) == ["times", "held", "absence", "agreement"]
    case.admit(case.release("us", deposit, provisions=(1,)))
    assert "held" in codes(verify(case.excerpt(deposit, 1).encode(), case.trust()))
    with pytest.raises(Refused, match=r"handover\.other-header"):
        case.admit(case.handover("ru", deposit))


def test_a_receipt_before_the_opening_time_opens_nothing() -> None:
    case = two_states()
    when = Time(case.now + 60_000)
    deposit = case.paper("us", "ru", opening=Opening(kind="not_before", round=None, time=when))
    case.admit(case.receipt("ru", deposit))
    found = verify(case.of_paper(deposit).encode(), case.trust())
    assert codes(found) == ["times", "not-before", "absence", "agreement"]
    ordinary = verify(case.of_paper(case.paper("us", "ru")).encode(), case.trust())
    assert codes(ordinary) == ["times", "absence", "agreement"]


def test_a_history_begins_with_a_first_act() -> None:
    case = two_states()
    deposit = case.paper("us", "ru")
    file = dataclasses.replace(case.of_acts(deposit), kind="history")
    refused(file.encode(), case.trust(), "evidence.outside-chain")
    alone = dataclasses.replace(file, items=file.items[:1])
    refused(alone.encode(), case.trust(), "evidence.history-start")
