"""A party that was named and has not joined: who it is, and how to seal to it, is known here; its officers are not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec import structs

from parley import canonical, statement
from parley.act import Enrol, FullPowers, Revocation, Words
from parley.canonical import Base64, encode
from parley.client import Delegation, enrolments
from parley.client.known import BY_ENROLMENT, load
from parley.client.ports import Response
from parley.crypto import Nonce, ReadingSecret
from parley.errors import Invalid, ParleyError, Refused
from parley.policy import Trust
from parley.verdict import verify
from parley.wire import Items
from tests.client.places import PASSPHRASE, AppTransport, Office, draft_file, two


def _kinds(delegation: Delegation, party: str) -> list[str]:
    """The kinds of the acts of a party's register that a home holds."""
    acts = [statement.read(held.envelope).act for held in delegation._session.ledger.acts()]
    return [act.kind for act in acts if isinstance(act, Enrol | FullPowers | Revocation) and act.by.party == party]


def _code(work: object) -> str:
    with pytest.raises(ParleyError) as caught:
        work()  # type: ignore[operator]  # a lambda
    return caught.value.code


def _root_act(office: Office, folder: Path, ru: Delegation, shape: type[Enrol | Revocation], **members: object) -> None:
    """Let ru's root sign an act of its register, without replacing anything else."""
    root = ru.open_root(folder / "ru-root" / "root.key", PASSPHRASE)
    common = ru._session.common(None, root.signing, nonce=Nonce(canonical.Base64(bytes(range(16)))))
    ru._session.perform("test", lambda: shape(**common, **members), about="ru", key=root.signing)


def test_the_officers_of_who_has_not_joined_are_not_in_the_home(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.sync()
    assert _kinds(us, "ru") == ["enrol"]
    assert us._session.known.by_enrolment == {"ru"}
    assert not list(us._session.register("ru").grants)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    assert us.audit().bad is None
    ru.join("amber-heron")
    us.sync()
    assert _kinds(us, "ru") == ["enrol", "full-powers"]
    assert us._session.known.by_enrolment == set()
    assert us._session.ledger.all_kept(BY_ENROLMENT) == {}
    assert us.audit().bad is None
    assert ru.receive("US-1", terms="accepted").matches
    us.sync()
    (delivery,) = us.show("US-1").deliveries
    assert delivery.signed_by is not None
    assert delivery.signed_by.name == "Officer of Russian Federation"


def test_a_home_opened_again_knows_the_same(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    before = us._session.known
    again = load(us._session.ledger, us._session.party_file)
    assert again.by_enrolment == before.by_enrolment == {"ru"}
    assert again.world.registers["ru"] == before.world.registers["ru"]
    assert ("register", "ru") not in again.chains()
    assert again.chain("register", "ru") is None
    ru.join("amber-heron")
    us.sync()
    assert load(us._session.ledger, us._session.party_file).chains() == us._session.known.chains()


def test_a_crash_after_the_whole_register_was_kept_is_no_alarm(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    ru.join("amber-heron")
    us.sync()
    us._session.ledger.keep(BY_ENROLMENT, "ru", b"")  # as if its removal had not come through
    us.close()
    us = office.open(tmp_path / "us")
    assert us._session.known.by_enrolment == set()
    us.sync()
    assert us._session.ledger.all_kept(BY_ENROLMENT) == {}
    assert us.audit().bad is None


def test_a_new_reading_key_of_who_has_not_joined_is_used_at_once(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.sync()
    old = us._session.register("ru").enrol
    key = Base64(ReadingSecret(bytes(range(32))).public.encoded)
    members = {name: getattr(old, name) for name in ("languages", "names", "root", "zone")}
    _root_act(office, tmp_path, ru, Enrol, reading_key=key, **members)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="public"))
    assert [term.until is None for term in us._session.register("ru").reading] == [False, True]
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="public"))
    assert us.audit().bad is None
    us.close()
    us = office.open(tmp_path / "us")
    us.sync()
    assert _kinds(us, "ru") == ["enrol", "enrol"]


def test_a_name_taken_after_the_comparison_is_not_taken_for_an_id(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.sync()
    old = us._session.register("ru").enrol
    key = Base64(ReadingSecret(bytes(range(32))).public.encoded)
    names = (Words(language="en", text="France"), Words(language="fr", text="de"))
    members = {name: getattr(old, name) for name in ("languages", "root", "zone")}
    _root_act(office, tmp_path, ru, Enrol, names=names, reading_key=key, **members)
    us.sync()
    assert [name.text for name in us._session.register("ru").enrol.names] == ["France", "de"]
    for typed in ("France", "de"):
        assert _code(lambda typed=typed: us.partner(typed)) == "party.called-so"
    assert us.partner("russian federation").party == "ru"


def test_nothing_is_sealed_to_a_reading_key_that_has_ended(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.sync()
    key = us._session.register("ru").reading[0].key.id
    _root_act(office, tmp_path, ru, Revocation, key=None, reading_key=key)
    us.sync()
    assert _code(lambda: us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="public")) == (
        "party.no-reading-key"
    )
    stranger = office.party(tmp_path, "de", "Germany")
    stranger.sync()
    assert _code(lambda: stranger.convene("Other", ["ru"], handle=None, unconfirmed=True)) == "party.no-reading-key"


def test_a_paper_that_ended_before_its_recipient_joined_is_proven(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="public"))
    us.withdraw("US-1")
    trust = Trust.parse(us.trust_file())
    assert verify(us.evidence("US-1", kind="act"), trust).result.value == "proven"
    whole = us.evidence("US-1", kind="history")
    assert verify(whole, trust).result.value == "proven"
    assert "ru" in {party for shown in verify(whole, trust).papers for party in [d.party for d in shown.delivery]}


class _Between:
    """Serves enrolments that were changed on the way."""

    def __init__(self, inner: AppTransport) -> None:
        self._inner = inner
        self.change = lambda items: items

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        answer = self._inner.send(method, target, headers, body)
        if not target.startswith("/v1/parties/") or answer.status != 200:
            return answer
        changed = self.change(canonical.decode(answer.body, Items).acts)
        return Response(status=200, headers=answer.headers, body=encode(Items(acts=tuple(changed), more=False)))

    def close(self) -> None:
        return None


def test_enrolments_are_believed_in_order_and_of_one_root_only(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.sync()
    old = us._session.register("ru").enrol
    key = Base64(ReadingSecret(bytes(range(32))).public.encoded)
    members = {name: getattr(old, name) for name in ("languages", "names", "root", "zone")}
    _root_act(office, tmp_path, ru, Enrol, reading_key=key, **members)
    own = us._session.remote.enrolments(us._session.keyring.signing, "us")
    between = _Between(office.transport)
    us._session.remote._transport = between
    for change, code in (
        (lambda items: items[::-1], "party.not-first-enrolment"),
        (lambda items: items[1:], "party.not-first-enrolment"),
        (lambda items: [items[0], items[0]], "remote.proof-of-another-act"),
        (lambda items: [items[0], structs.replace(items[1], proof=items[0].proof)], "remote.proof-of-another-act"),
        (lambda items: [items[0], own[0]], "remote.proof-of-another-act"),
        (lambda _: [], "party.unknown"),
    ):
        between.change = change  # type: ignore[assignment]
        assert _code(us.sync) == code
    between.change = lambda items: items
    us.sync()
    assert len(us._session.register("ru").reading) == 2
    items = us._session.remote.enrolments(us._session.keyring.signing, "ru")
    with pytest.raises(Invalid):
        enrolments.verify(items, "us", us._session.known.keys)
    with pytest.raises(Refused, match=r"party\.unknown"):
        enrolments.verify((), "ru", us._session.known.keys)
