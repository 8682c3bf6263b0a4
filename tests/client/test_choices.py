"""What a person chooses is what is signed and sent, and only the depositary's signature ends an act."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from parley.canonical import encode
from parley.client import Delegation, Ports
from parley.client.ports import Response
from parley.errors import Refused, Unavailable
from parley.wire import Problem
from tests.client.places import PASSPHRASE, Office, draft_file, two


class Unsigned:
    """Stands between: passes everything on but an act, which it answers itself, without a signature."""

    def __init__(self, inner: Ports, status: int, code: str) -> None:
        assert inner.transport is not None
        self._inner, self._status, self._code = inner.transport, status, code

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        if (method, target) != ("POST", "/v1/acts"):
            return self._inner.send(method, target, headers, body)
        problem = encode(Problem(details={}, error=self._code))
        return Response(status=self._status, headers={"content-type": "application/json"}, body=problem)

    def close(self) -> None:
        self._inner.close()


def _waiting(office: Office, folder: Path) -> tuple[Delegation, Delegation]:
    ru, us = two(office, folder)
    us.send(us.prepare(draft_file(folder), to=["ru"], role="proposal", terms="essence"))
    return ru, us


@pytest.mark.parametrize(
    ("status", "code"), [(403, "paper.limit-passed"), (400, "canonical.json"), (403, "signature.ed25519")]
)
def test_an_answer_nobody_signed_ends_nothing(office: Office, tmp_path: Path, status: int, code: str) -> None:
    ru, us = _waiting(office, tmp_path)
    ru.inbox()
    ru.close()
    good = office.failing(10_000, lose_answer=False)
    between = Ports(clock=good.clock, rng=good.rng, transport=Unsigned(good, status, code))
    with Delegation.open(tmp_path / "ru", lambda: PASSPHRASE, ports=between) as delegation, pytest.raises(Unavailable):
        delegation.receive("US-1", terms="accepted")
    again = office.open(tmp_path / "ru")
    again.receive("US-1", terms="accepted")
    us.sync()
    kinds = [signed.act.kind for signed in us._session.known.acts.values()]
    assert kinds.count("receipt") == 1


def test_a_choice_once_signed_is_not_exchanged_for_another(office: Office, tmp_path: Path) -> None:
    ru, _us = _waiting(office, tmp_path)
    ru.join("amber-heron")
    ru.close()
    for good in range(80):
        ports = office.failing(good, lose_answer=False)
        with Delegation.open(tmp_path / "ru", lambda: PASSPHRASE, ports=ports) as delegation:
            with pytest.raises(Unavailable):
                delegation.receive("US-1", terms="accepted")
            if any(posted.purpose.startswith("receipt") for posted in delegation._session.ledger.waiting()):
                break
    again = office.open(tmp_path / "ru")
    with pytest.raises(Refused, match=r"act\.already-signed"):
        again.receive("US-1", terms="under_reserve")
    received = again.receive("US-1", terms="accepted")
    assert received.paper.deliveries[0].terms_taken == "accepted"


def test_drafts_are_alike_only_when_every_word_and_every_file_is(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    annex = tmp_path / "annex.txt"
    annex.write_text("One.\n", encoding="utf-8")
    around = "# Draft\n\n" + "same " * 20
    contents = []
    for middle, attached in (
        ("19 things", "One.\n"),
        ("19 things", "One.\n"),
        ("20 things", "One.\n"),
        ("19 things", "Two.\n"),
    ):
        annex.write_text(attached, encoding="utf-8")
        file = draft_file(tmp_path, f"{around}{middle} {'same ' * 20}\n")
        draft = us.prepare(file, to=["ru"], role="note", terms="public", attach=[annex])
        contents.append(draft.content)
        assert us.draft(draft.id).content == draft.content
    assert contents[0] == contents[1]
    assert len(set(contents)) == 3
    kept = us.drafts()[0].id
    # Another session salts otherwise: what was seen of one is no check of a guess anywhere.
    assert office.open(tmp_path / "us").draft(kept).content not in contents


def test_a_negotiation_convened_with_other_rules_is_not_the_one_signed_before(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    us.sync()
    us.close()
    for good in range(80):
        with Delegation.open(
            tmp_path / "us", lambda: PASSPHRASE, ports=office.failing(good, lose_answer=True)
        ) as delegation:
            with pytest.raises(Unavailable):
                delegation.convene("Another matter", ["ru"], answer_days=10)
            if delegation._session.ledger.waiting():
                break
    again = office.open(tmp_path / "us")
    with pytest.raises(Refused, match=r"act\.already-signed"):
        again.convene("Another matter", ["ru"], answer_days=20)
    assert again.convene("Another matter", ["ru"], answer_days=10).rules.answer_days == 10
