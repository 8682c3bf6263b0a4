"""A lost connection, a timeout, a crash and a repeat give exactly one outcome.

Every operation is tried with a depositary that goes away after n requests, for each n, before the request or after it;
then it is repeated with a depositary that stays. Afterwards there is one act of each kind, no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from parley.client import Delegation
from parley.errors import Unavailable
from tests.client.places import PASSPHRASE, Failing, Office, draft_file, two

MOST_REQUESTS = 80


def _kinds(delegation: Delegation) -> Counter[str]:
    delegation.sync()
    return Counter(signed.act.kind for signed in delegation._session.known.acts.values())


def _try_at_every_step(
    office: Office, home: Path, act: Callable[[Delegation], object], *, lose_answer: bool, step: int
) -> int:
    """Let the depositary go away after 0, 1, 2 … requests, in a new process each time; returns how often it went."""
    for good in range(0, MOST_REQUESTS, step):
        with Delegation.open(
            home, lambda: PASSPHRASE, ports=office.failing(good, lose_answer=lose_answer)
        ) as delegation:
            try:
                act(delegation)
            except Unavailable:
                continue
            return good
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("lose_answer", [False, True])
def test_founding_goes_on_where_it_stopped(office: Office, tmp_path: Path, lose_answer: bool) -> None:
    office.once = office.invite("ru", "Russian Federation")
    failed = 0
    for good in range(MOST_REQUESTS):
        try:
            result = office.found(
                tmp_path, "ru", "Russian Federation", ports=office.failing(good, lose_answer=lose_answer)
            )
        except Unavailable:
            failed += 1
            continue
        break
    assert failed > 4
    ru = office.open(tmp_path / "ru")
    assert _kinds(ru) == {"genesis": 1, "enrol": 1, "full-powers": 1}
    assert ru.me().number == result.number
    assert ru.me().reads


@pytest.mark.parametrize("lose_answer", [False, True])
def test_a_convening_happens_once(office: Office, tmp_path: Path, lose_answer: bool) -> None:
    ru, us = office.party(tmp_path, "ru", "Russian Federation"), office.party(tmp_path, "us", "United States")
    us.trust("ru", ru.me().number)
    us.close()
    failed = _try_at_every_step(
        office, tmp_path / "us", lambda d: d.convene("Guarantees", ["ru"]), lose_answer=lose_answer, step=1
    )
    assert failed > 4
    assert _kinds(ru)["convene"] == 1


@pytest.mark.parametrize("lose_answer", [False, True])
def test_a_deposit_happens_once(office: Office, tmp_path: Path, lose_answer: bool) -> None:
    ru, us = two(office, tmp_path)
    draft = us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence")
    us.close()
    failed = _try_at_every_step(office, tmp_path / "us", lambda d: d.send(draft), lose_answer=lose_answer, step=1)
    assert failed > 8
    assert _kinds(ru)["deposit"] == 1
    us = office.open(tmp_path / "us")
    assert us.drafts() == ()
    assert us.settle() == ()
    assert us.audit().bad is None


@pytest.mark.parametrize("lose_answer", [False, True])
def test_joining_and_receiving_happen_once(office: Office, tmp_path: Path, lose_answer: bool) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.close()
    answers: list[bool] = []

    def receive(delegation: Delegation) -> None:
        answers.append(delegation.receive("US-1", terms="accepted").matches)

    failed = _try_at_every_step(office, tmp_path / "ru", receive, lose_answer=lose_answer, step=1)
    assert failed > 8
    assert answers == [True]
    kinds = _kinds(us)
    assert (kinds["join"], kinds["receipt"], kinds["handover"], kinds["confirmation"]) == (1, 1, 1, 1)
    ru = office.open(tmp_path / "ru")
    assert ru.audit().bad is None


def test_what_was_signed_before_a_crash_is_sent_unchanged(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.join("amber-heron")
    ru.sync()
    session = ru._session
    session.remote._transport = Failing(office.transport, 0, lose_answer=False)
    sync = session.sync
    session.sync = lambda: 0  # type: ignore[method-assign]  # so that the failure comes when the act is sent
    with pytest.raises(Unavailable):
        ru.refuse("US-1", reason="form")
    session.sync = sync  # type: ignore[method-assign]
    (stored,) = session.ledger.waiting()
    ru.close()
    ru = office.open(tmp_path / "ru")
    assert ru.front_page().unsent == ("refusal",)
    (entered,) = ru.settle()
    assert entered.digest == stored.digest.hex()
    ru.sync()
    assert ru.show("US-1").deliveries[0].state == "refused"
    assert ru._session.ledger.waiting() == []
    assert ru.settle() == ()


def test_the_same_wish_is_a_new_one_once_its_answer_was_told(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    first = us.statement("confirms", "US-1")
    second = us.statement("confirms", "US-1")
    assert first.digest != second.digest
    assert (first.already, second.already) == (False, False)


def test_the_front_page_without_a_depositary(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.inbox()
    ru.close()
    ru = office.open(tmp_path / "ru", ports=office.failing(0, lose_answer=False))
    page = ru.front_page()
    assert not page.reached
    assert [paper.reference for paper in page.inbox.for_us] == ["US-1"]
    assert page.inbox.for_us[0].cover is not None
    with pytest.raises(Unavailable):
        ru.receive("US-1", terms="accepted")


def test_a_large_payload_goes_on_where_it_stopped(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.client.remote.LARGEST_CHUNK", 64 * 1024)
    ru, us = two(office, tmp_path)
    annex = tmp_path / "annex.bin"
    annex.write_bytes(bytes(range(256)) * 4096)
    draft = us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence", attach=[annex])
    us.close()
    failed = _try_at_every_step(office, tmp_path / "us", lambda d: d.send(draft), lose_answer=True, step=11)
    assert failed >= 22
    sent = [target for method, target in office.transport.sent if method == "PUT" and draft.digest_of_payload in target]
    pieces = -(-draft.length // (64 * 1024))
    assert pieces <= len(sent) <= pieces + 2 * failed // 11
    ru.close()
    failed = _try_at_every_step(
        office, tmp_path / "ru", lambda d: d.receive("US-1", terms="accepted"), lose_answer=False, step=11
    )
    assert failed >= 22
    (tmp_path / "out").mkdir()
    ru = office.open(tmp_path / "ru")
    ru.extract("US-1", tmp_path / "out")
    assert (tmp_path / "out" / "annex.bin").read_bytes() == annex.read_bytes()
