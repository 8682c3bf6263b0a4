"""An alarm stops every signature of a home until a person answers it, however well the depositary behaves then."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

import parley.client
from parley.act import Holder
from parley.canonical import Time
from parley.client import Delegation, request_office
from parley.client.views import AlarmView
from parley.errors import Invalid, Refused
from tests.client.places import DAY, PASSPHRASE, Failing, Office, draft_file, two
from tests.client.test_alarms import Dishonest

SIGNING = {"statement.sign", "statement.add_signature"}
"""Whatever puts a signature on an act."""


def _older(office: Office, delegation: Delegation) -> Dishonest:
    """A depositary that shows an older register than the delegation holds."""
    between = Dishonest(office)
    between.sign(list(delegation._session.ledger.entries())[:-1], 1_700_000_000)
    return between


def _alarmed(office: Office, delegation: Delegation, between: Dishonest | None = None) -> AlarmView:
    """Let the delegation see that once; afterwards the depositary is honest again."""
    honest = delegation._session.remote._transport
    between = between or _older(office, delegation)
    delegation._session.remote._transport = between
    with pytest.raises(Invalid, match=r"alarm\.older"):
        delegation.sync()
    delegation._session.remote._transport = honest
    return delegation.alarms()[0]


def _stopped(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == "signing.stopped"
    return caught.value


def test_nothing_is_signed_until_a_person_has_answered(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    file = draft_file(tmp_path)
    us.send(us.prepare(file, to=["ru"], role="proposal", terms="essence"))
    us.send(us.prepare(file, to=["ru"], role="note", terms="public"))
    ru.sync()
    root = us.open_root(tmp_path / "us-root" / "root.key", PASSPHRASE)
    request = request_office(
        tmp_path / "clerk",
        us.office_file(),
        passphrase=PASSPHRASE,
        holder=Holder(name="Clerk", office=""),
        ports=office.ports(),
    )
    for delegation in (ru, us):
        _alarmed(office, delegation)
    signed = {name: len(d._session.ledger.outbox()) for name, d in (("ru", ru), ("us", us))}
    draft = us.prepare(file, to=["ru"], role="note", terms="public")
    box = us._session.home.read("key.box")
    for act in (
        lambda: ru.join("amber-heron"),
        lambda: ru.receive("US-1", terms="accepted"),
        lambda: ru.refuse("US-2", reason="form"),
        lambda: us.convene("Another matter", ["ru"]),
        lambda: us.send(draft),
        lambda: us.withdraw("US-1"),
        lambda: us.statement("describes", "US-1"),
        lambda: us.release("US-1"),
        lambda: us.empower(request, root=root, may=["read"], until=Time(office.clock() + DAY)),
        lambda: us.revoke("Officer", root=root),
        lambda: us._session.put_box(us._session.box(), root),
        us.settle,
    ):
        refused = _stopped(act)
        assert refused.details["problem"] == "alarm.older"
    assert {name: len(d._session.ledger.outbox()) for name, d in (("ru", ru), ("us", us))} == signed
    assert us._session.home.read("key.box") == box
    for delegation in (ru, us):
        (heard,) = delegation.alarms()
        assert delegation.answer_alarm(heard).answered == office.clock()
    assert us.send(draft).reference == "US-3"
    assert ru.receive("US-1", terms="accepted").matches


def test_another_session_of_the_home_stops_too_and_reading_goes_on(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.receive("US-1", terms="accepted")
    other = office.open(tmp_path / "ru")
    other.sync()
    _alarmed(office, ru)
    _stopped(lambda: other.statement("describes", "US-1"))
    assert other.read("US-1").document.title == "Draft"
    assert [paper.reference for paper in other.status()] == ["US-1"]
    assert other.front_page().reached


def test_what_was_signed_before_an_alarm_waits_until_the_answer(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.join("amber-heron")
    session = ru._session
    inner = session.remote._transport
    sync = session.sync
    session.sync = lambda: 0  # type: ignore[method-assign]  # so that the line drops when the act is sent
    session.remote._transport = Failing(office.transport, 0, lose_answer=False)
    with pytest.raises(Exception, match=r"remote\.unreachable"):
        ru.refuse("US-1", reason="form")
    session.remote._transport, session.sync = inner, sync  # type: ignore[method-assign]
    (waiting,) = session.ledger.waiting()
    heard = _alarmed(office, ru)
    _stopped(ru.settle)
    _stopped(lambda: ru.refuse("US-1", reason="form"))
    assert session.ledger.waiting() == [waiting]
    ru.answer_alarm(heard)
    assert [entered.digest for entered in ru.settle()] == [waiting.digest.hex()]


def test_what_is_heard_again_after_an_answer_is_a_new_alarm(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    ru.sync()
    between = _older(office, ru)
    first = _alarmed(office, ru, between)
    proof = first.proof.read_bytes()
    assert _alarmed(office, ru, between) == first  # not answered: the same alarm
    ru.answer_alarm(first)
    office.clock.pass_(1000)
    assert ru.answer_alarm(first).answered == Time(office.clock() - 1000)  # the first answer stands
    ru.sync()
    second = _alarmed(office, ru, between)
    assert (second.proof != first.proof, second.answered, second.digits) == (True, None, first.digits)
    _stopped(lambda: ru.join("amber-heron"))
    ru.answer_alarm(second)
    assert ru.join("amber-heron").we_joined
    third = _alarmed(office, ru)
    assert third.proof.name == f"older-{third.digits}.json"  # the register has grown: another alarm altogether
    assert first.proof.read_bytes() == proof
    assert [alarm.answered is None for alarm in ru.alarms()] == [True, False, False]


def test_an_answer_is_to_the_bytes_of_its_proof(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    ru.sync()
    heard = _alarmed(office, ru)
    ru.answer_alarm(heard)
    answer = heard.proof.with_suffix(".answer")
    kept, proof = answer.read_bytes(), heard.proof.read_bytes()
    for damaged in (b"", b"{}\n", kept[:-2], kept.replace(b'"proof":"', b'"proof":"00')):
        answer.write_bytes(damaged)
        _stopped(lambda: ru.join("amber-heron"))
    answer.write_bytes(kept)
    heard.proof.write_bytes(proof.replace(b'"held":', b'"held_":'))
    _stopped(lambda: ru.join("amber-heron"))
    heard.proof.write_bytes(proof)
    assert ru.join("amber-heron").we_joined


def test_one_function_signs_acts() -> None:
    """No module of the client signs an act but `Session.sign`, which asks for alarms first."""
    found = set()
    for path in Path(parley.client.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                calls = [ast.unparse(each.func) for each in ast.walk(node) if isinstance(each, ast.Call)]
                found |= {(path.stem, node.name, call) for call in calls if call in SIGNING}
    assert found == {("session", "sign", call) for call in SIGNING}
