"""The evidence file: what is written is read back, what is read is written back, and a builder takes what is needed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley import evidence
from parley.act import Revocation
from parley.canonical import encode
from parley.crypto import SigningKey
from parley.errors import Invalid, Malformed, ParleyError, Refused
from parley.evidence import Evidence, Logged
from tests.build import seed
from tests.evidence_build import delivered, two_states

CASE, DEPOSIT = delivered()
FILE = CASE.of_paper(DEPOSIT)
DATA = FILE.encode()


def changed(change: Callable[[dict[str, Any]], None], data: bytes = DATA) -> bytes:
    """The file as JSON, changed, and written canonically again."""
    value = json.loads(data)
    change(value)
    return encode(value) + b"\n"


def refused(data: bytes, code: str) -> None:
    with pytest.raises((Malformed, Invalid)) as caught:
        evidence.parse(data)
    assert caught.value.code == code


def test_a_file_larger_than_any_evidence_is_not_looked_at() -> None:
    with pytest.raises(Malformed) as caught:
        evidence.parse(bytes(evidence.MAX_BYTES) + b"\n")
    assert (caught.value.code, caught.value.details) == ("evidence.size", {"most": 64 << 20})
    refused(bytes(evidence.MAX_BYTES), "evidence.last-line")  # of the largest size there is, and read


def test_what_is_written_is_read_back() -> None:
    for file in (FILE, CASE.history(without=[CASE.acts[8]]), CASE.excerpt(DEPOSIT, 1), CASE.of_acts(CASE.acts[0])):
        read = evidence.parse(file.encode())
        assert read.encode() == file.encode()
        assert [item.digest for item in read.items] == [item.digest for item in file.items]
        assert [item.at for item in read.items] == [item.at for item in file.items]
        assert (read.kind, read.opening) == (file.kind, file.opening)


def test_the_members_of_the_file() -> None:
    """FORMATS as JSON sees it: five members, an item of two."""
    value = json.loads(DATA)
    assert list(value) == ["acts", "earlier", "kind", "opening", "version"]
    assert all(list(item) == ["act", "proof"] for item in value["acts"])
    assert list(value["acts"][0]["act"]) == ["payload", "payloadType", "signatures"]
    assert value["acts"][0]["proof"].startswith("c2sp.org/tlog-proof@v1\nextra ")
    assert DATA.endswith(b',"version":1}\n')


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda v: v.update(version=2), "evidence.version"),
        (lambda v: v.update(version=True), "evidence.version"),
        (lambda v: v.update(version="1"), "evidence.version"),
        (lambda v: v.pop("version"), "evidence.version"),
        (lambda v: v.update(kind="proof"), "evidence.kind"),
        (lambda v: v.update(kind=["act"]), "evidence.kind"),
        (lambda v: v.pop("kind"), "evidence.kind"),
        (lambda v: v.update(comment="read me"), "canonical.shape"),
        (lambda v: v.pop("earlier"), "canonical.shape"),
        (lambda v: v.update(acts=[]), "evidence.acts"),
        (lambda v: v.update(acts={}), "canonical.shape"),
        (lambda v: v["acts"][1].update(note=""), "evidence.item"),
        (lambda v: v["acts"][1].pop("proof"), "evidence.item"),
        (lambda v: v["acts"][1].update(proof=None), "evidence.item"),
        (lambda v: v["acts"].__setitem__(1, {"digest": "00" * 32, "proof": v["acts"][1]["proof"]}), "evidence.item"),
        (lambda v: v["acts"][1]["act"].update(comment=""), "canonical.shape"),
        (lambda v: v["acts"][1]["act"].update(payloadType="application/json"), "statement.kind"),
        (lambda v: v["acts"].reverse(), "evidence.order"),
        (lambda v: v["acts"].insert(1, v["acts"][1]), "evidence.order"),
        (lambda v: v["acts"].pop(0), "evidence.genesis"),
        (lambda v: v.update(kind="excerpt"), "evidence.opening"),
        (lambda v: v.update(earlier="not a note"), "note.form"),
        (lambda v: v["acts"][1].update(proof=v["acts"][2]["proof"]), "evidence.other-entry"),
        (lambda v: v["acts"][1].update(act=v["acts"][2]["act"]), "evidence.other-entry"),
        (lambda v: v["acts"][1].update(proof=v["acts"][1]["proof"].replace("extra ", "")), "proof.form"),
        (lambda v: v["acts"][1].update(proof="\n".join(v["acts"][1]["proof"].split("\n")[:1])), "proof.form"),
    ],
)
def test_refused_forms(change: Callable[[dict[str, Any]], None], code: str) -> None:
    refused(changed(change), code)


def test_a_proof_without_its_entry() -> None:
    item = FILE.items[-1]
    bare = dataclasses.replace(item, proof=dataclasses.replace(item.proof, extra=b""))
    refused(dataclasses.replace(FILE, items=(*FILE.items[:-1], bare)).encode(), "entry.length")


def test_an_entry_of_another_version() -> None:
    item = FILE.items[-1]
    newer = dataclasses.replace(item.proof, extra=b"\x02" + item.proof.extra[1:])
    spoiled = dataclasses.replace(FILE, items=(*FILE.items[:-1], dataclasses.replace(item, proof=newer)))
    refused(spoiled.encode(), "entry.version")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (DATA[:-1], "evidence.last-line"),
        (DATA + b"\n", "canonical.not-canonical"),
        (b" " + DATA, "canonical.not-canonical"),
        (b"\xef\xbb\xbf" + DATA, "canonical.json"),
        (DATA.replace(b'"version":1', b'"version":1,"version":1'), "canonical.not-canonical"),
        (DATA.replace(b'"kind":"act"', b'"kind":"fork","kind":"act"'), "canonical.not-canonical"),
        (DATA.replace(b'"kind":"act"', b'"kind":"\\u0061ct"'), "canonical.not-canonical"),
        (DATA.replace(b'"version":1', b'"version":1.0'), "canonical.float"),
        (b"[]\n", "evidence.kind"),
        (b"\n", "canonical.json"),
        (b"", "evidence.last-line"),
        (b"[" * 100_000 + b"\n", "canonical.json"),
    ],
)
def test_refused_bytes(data: bytes, code: str) -> None:
    refused(data, code)


def test_an_opening_belongs_to_an_excerpt_alone() -> None:
    excerpt = CASE.excerpt(DEPOSIT, 1)
    refused(dataclasses.replace(excerpt, kind="act").encode(), "evidence.opening")
    refused(dataclasses.replace(excerpt, opening=None).encode(), "evidence.opening")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for tried in (data, data + b"\n"):
        with pytest.raises(ParleyError):
            evidence.parse(tried)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["acts", "earlier", "kind", "opening", "version", "proof", "act", "payload", "signatures"]),
)
def test_any_value_in_any_member_is_read_or_refused(value: Any, member: str) -> None:
    def change(file: dict[str, Any]) -> None:
        for place in (file, file["acts"][1], file["acts"][1]["act"]):
            if member in place:
                place[member] = value

    try:
        read = evidence.parse(changed(change))
    except ParleyError:
        return
    assert read.encode() == DATA, "only what was there before can be put there"


# --- builders ---------------------------------------------------------------------------------------------------


def kinds(file: Evidence) -> list[tuple[str, str]]:
    return [(item.act.kind, item.act.by.party) for item in file.items if item.act]


def test_an_act_comes_with_the_powers_of_its_own_key_and_no_other_party() -> None:
    assert kinds(CASE.of_acts(DEPOSIT)) == [
        ("genesis", "depositary"),
        ("enrol", "us"),
        ("full-powers", "us"),
        ("deposit", "us"),
    ]
    assert kinds(CASE.of_acts(CASE.acts[9])) == [("genesis", "depositary"), ("handover", "depositary")]
    assert kinds(CASE.of_acts(CASE.acts[2])) == [("genesis", "depositary"), ("enrol", "ru"), ("full-powers", "ru")]


def test_the_first_enrolment_comes_along_and_not_the_newest() -> None:
    case = two_states()
    enrol = case.acts[3].act
    fresh = type(case.parties["us"].reading)(seed("fresh reading key"))
    members = {name: getattr(enrol, name) for name in ("languages", "names", "zone", "root")}
    again = case.root_act(type(enrol), "us", reading_key=type(enrol.reading_key)(fresh.public.encoded), **members)  # type: ignore[attr-defined]  # it is an Enrol
    case.admit(again)
    case.parties["us"].reading = fresh
    file = case.of_acts(case.paper("us", "ru"))
    assert [item.proof.index for item in file.items] == [0, 3, 4, 8]


def test_of_several_powers_the_one_that_reached_comes_along() -> None:
    case = two_states()
    officer = case.parties["us"].officer
    case.admit(case.powers("us", officer, capabilities=("deposit",)))
    file = case.of_acts(case.paper("us", "ru"))
    assert [item.proof.index for item in file.items] == [0, 3, 7, 8]


def test_of_a_paper_come_its_outcomes_and_no_other_papers() -> None:
    case, deposit = delivered()
    case.admit(case.release("us", deposit))
    other = case.paper("us", "ru")
    case.admit(case.receipt("ru", other))
    newer = case.paper("us", "ru", replaces=deposit.digest)
    file = case.of_paper(deposit)
    about = [item.digest for item in file.items][5:]
    assert about == [act.digest for act in (case.acts[7], case.acts[8], case.acts[9], case.acts[10], newer)]


def test_an_act_given_twice_stands_once() -> None:
    logged = CASE.logged(DEPOSIT)
    file = evidence.for_act([logged, logged], support=[*CASE.support(), *CASE.support(CASE.note(8))])
    assert evidence.parse(file.encode()).encode() == file.encode()
    assert len(file.items) == 4


def test_what_a_builder_asks_for() -> None:
    with pytest.raises(Malformed, match=r"evidence\.genesis"):
        evidence.for_act([CASE.logged(DEPOSIT)], support=CASE.support()[1:])
    with pytest.raises(Refused, match=r"register\.not-enrolled"):
        evidence.for_act([CASE.logged(DEPOSIT)], support=CASE.support()[:1])
    with pytest.raises(Refused, match=r"powers\.none"):
        evidence.for_act([CASE.logged(DEPOSIT)], support=CASE.support()[:4])
    with pytest.raises(Malformed, match=r"evidence\.not-a-deposit"):
        evidence.for_paper(CASE.logged(CASE.acts[8]), [], support=CASE.support())
    with pytest.raises(Malformed, match=r"evidence\.history-start"):
        evidence.history([CASE.logged(DEPOSIT)], support=CASE.support())


def test_a_proof_of_another_entry_is_not_taken_for_an_acts_own() -> None:
    with pytest.raises(Invalid, match=r"evidence\.other-entry"):
        Logged.of(DEPOSIT, CASE.proof(8).to_text())
    assert Logged.of(DEPOSIT, CASE.proof(7).to_text()).at == CASE.logged(DEPOSIT).at


def test_a_history_takes_the_registers_of_its_parties_up_to_its_end() -> None:
    case = two_states()
    case.enrol("fr")
    case.paper("us", "ru")
    case.admit(case.root_act(Revocation, "ru", key=case.parties["ru"].officer.id, reading_key=None))
    file = case.history()
    assert {party for _, party in kinds(file)} == {"depositary", "ru", "us"}
    assert "revocation" not in {kind for kind, _ in kinds(file)}, "it came after the end of the chain"


def test_a_fork_brings_the_grants_and_revocations_of_the_keys_it_is_about() -> None:
    case, deposit = delivered()
    officer = case.parties["ru"].officer
    case.admit(case.powers("ru", SigningKey.from_secret(seed("another officer"), info="officer")))
    case.admit(case.root_act(Revocation, "ru", key=officer.id, reading_key=None))
    file = evidence.fork([case.logged(case.acts[8])], support=case.support())
    assert [item.proof.index for item in file.items] == [0, 1, 2, 8, 12]
    assert deposit.digest not in {item.digest for item in file.items}
