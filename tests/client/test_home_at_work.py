"""One home at work: two programs at once, a register that is another's, files that fail, the lists a clerk sees."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from parley import canonical
from parley.act import Holder
from parley.canonical import Time
from parley.checkpoint import WitnessSigner
from parley.client import Delegation, receiving, references, request_office, source
from parley.client.home import Home
from parley.client.ports import Response
from parley.crypto import SigningKey
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.wire import Items
from tests.client.places import DAY, PASSPHRASE, AppTransport, Office, draft_file, two


def _code(refused: object) -> str:
    assert callable(refused)
    with pytest.raises(ParleyError) as caught:
        refused()
    return caught.value.code


def test_two_programs_at_one_home(office: Office, tmp_path: Path) -> None:
    """A watch that reads on, and commands meanwhile: neither takes the other's entries for a fork."""
    ru, us = two(office, tmp_path)
    watch = office.open(tmp_path / "ru")
    watch.sync()
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.sync()
    watch.sync()
    us.statement("describes", "US-1")
    watch.sync()
    assert ru.receive("US-1", terms="accepted").matches
    assert watch.receive("US-1", terms="accepted").already is not None
    assert watch.audit().bad is None
    assert (ru.alarms(), watch.alarms()) == ((), ())


def test_a_program_that_reads_on_while_another_does(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    watch = office.open(tmp_path / "ru")
    watch.sync()
    us.statement("describes", "US-1")
    remote = ru._session.remote
    chains = remote.chains

    def meanwhile(key: object) -> object:
        watch.sync()
        return chains(key)  # type: ignore[arg-type]  # whatever was asked with

    ru.sync()
    us.statement("confirms", "US-1")
    remote.chains = meanwhile  # type: ignore[assignment,method-assign]  # the other program, at the worst moment
    ru.sync()
    assert [view.kind for view in ru.show("US-1", fetch=False).statements] == ["describes", "confirms"]
    assert ru.audit().bad is None


class _Meanwhile:
    """After the n-th answer, and before it is heard, something else happens."""

    def __init__(self, inner: AppTransport, after: int, happens: Callable[[], object]) -> None:
        self._inner, self._left, self._happens = inner, after, happens

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        answer = self._inner.send(method, target, headers, body)
        self._left -= 1
        if self._left == 0:
            self._happens()
        return answer

    def close(self) -> None:
        return None


@pytest.mark.parametrize("cold", [False, True])
@pytest.mark.parametrize("after", range(1, 5))
def test_another_program_reads_further_at_any_moment(office: Office, tmp_path: Path, after: int, cold: bool) -> None:
    """What it kept beyond our checkpoint is neither withheld from us nor in two places."""
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    watch = office.open(tmp_path / "ru")
    for delegation in (ru, watch):
        delegation.sync()
    us.statement("describes", "US-1")
    if cold:
        ru._session.reader.known = None

    def further() -> None:
        us.statement("confirms", "US-1")
        watch.sync()

    ru._session.remote._transport = _Meanwhile(office.transport, after, further)
    ru.sync()
    assert ru._session.remote._transport._left <= 0
    ru.sync()
    assert [view.kind for view in ru.show("US-1", fetch=False).statements] == ["describes", "confirms"]
    assert (ru.alarms(), ru.audit().bad) == ((), None)


def test_another_program_reads_on_while_a_home_is_opened(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ru, us = two(office, tmp_path)
    ru.sync()
    watch = office.open(tmp_path / "ru")
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ledger = watch._session.ledger
    acts = ledger.acts
    monkeypatch.setattr(ledger, "acts", lambda: (ru.sync(), acts())[1])  # between the entries and the acts
    size = watch._session.known.tree.size
    monkeypatch.undo()
    assert size < ledger.size
    watch.sync()
    assert watch.show("US-1", fetch=False).may == ("receive", "refuse")


def test_a_register_with_another_root_than_this_home_was_founded_with(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    ru.close()
    home = Home.open(tmp_path / "ru")
    home.write_party(structs.replace(home.party(), root=us._session.party_file.root))
    ru = office.open(tmp_path / "ru")
    assert _code(ru.sync) == "party.other-root"


def test_a_home_pointed_at_another_depositary(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    ru.close()
    home = Home.open(tmp_path / "ru")
    home.write_party(structs.replace(home.party(), log="other.example/log/1"))
    assert _code(office.open(tmp_path / "ru").sync) == "genesis.other"


class _Enrolments:
    """Serves another party's enrolments, or changed ones, where one is asked for."""

    def __init__(self, inner: AppTransport) -> None:
        self._inner = inner
        self.instead: str | None = None
        self.first_only = False
        self.none = False

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        answer = self._inner.send(method, target, headers, body)
        if not target.startswith("/v1/parties/") or answer.status != 200:
            return answer
        if self.none:
            return Response(status=200, headers=answer.headers, body=canonical.encode(Items(acts=(), more=False)))
        items = canonical.decode(answer.body, Items).acts
        swapped = tuple(structs.replace(item, proof=self.instead or item.proof) for item in items)
        return Response(status=200, headers=answer.headers, body=canonical.encode(Items(acts=swapped, more=False)))

    def close(self) -> None:
        return None


def test_an_enrolment_is_believed_only_with_its_entry(office: Office, tmp_path: Path) -> None:
    us = office.party(tmp_path, "us", "United States")
    office.found(tmp_path, "ru", "Russian Federation")
    us.sync()
    between = _Enrolments(office.transport)
    key = us._session.keyring.signing
    own = us._session.remote.enrolments(key, "us")[0].proof
    us._session.remote._transport = between
    assert us.partner("ru").name == "Russian Federation"
    between.instead = own
    assert _code(lambda: us.partner("ru")) == "remote.proof-of-another-act"
    between.instead, between.none = None, True
    assert _code(lambda: us.partner("ru")) == "party.unknown"


def test_rules_that_ask_for_witnesses_nobody_has(office: Office, tmp_path: Path) -> None:
    """No depositary of this version admits such rules; a client would sign no receipt under them all the same."""
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="public"))
    ru.sync()
    negotiation, paper = references.find(ru._session, "US-1", signing=True)
    receiving.check_before_receipt(ru._session, negotiation, paper, unconfirmed=False)
    ed, pq = WitnessSigner("witness.example/w1", SigningKey.from_secret(bytes(32), info="w")).keys
    lines = (f"witness w-ed {ed.to_text()}", f"witness w-pq {pq.to_text()}", "group w all w-ed w-pq", "quorum w")
    rules = structs.replace(negotiation.convene.rules, witnesses=lines)
    strict = replace(negotiation, convene=structs.replace(negotiation.convene, rules=rules))
    with pytest.raises((Refused, Invalid)) as caught:
        receiving.check_before_receipt(ru._session, strict, paper, unconfirmed=False)
    assert caught.value.code == "policy.quorum"


# --- officers by name -------------------------------------------------------------------------------------------


def _colleague(office: Office, folder: Path, chief: Delegation, name: str, number: int) -> None:
    request = request_office(
        folder / f"officer-{number}",
        chief.office_file(),
        passphrase="x",
        holder=Holder(name=name, office=""),
        ports=office.ports(f"officer {number}"),
    )
    root = chief.open_root(folder / "ru-root" / "root.key", PASSPHRASE)
    chief.empower(request, root=root, may=["read"], until=Time(office.clock() + DAY))


def test_officers_of_one_name(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    _colleague(office, tmp_path, ru, "A. Petrova", 1)
    _colleague(office, tmp_path, ru, "B. Petrova", 2)
    root = ru.open_sheet(" ".join(ru.open_root(tmp_path / "ru-root" / "root.key", PASSPHRASE).groups()))
    with pytest.raises(Refused) as caught:
        ru.revoke("petrova", root=root)
    assert caught.value.code == "officer.ambiguous"
    digits = str(caught.value.details["candidates"]).split(", ")
    assert len(digits) == 2
    ru.revoke(digits[0], root=root)
    assert ru.revoke("petrova", root=root).officer.key.startswith(digits[1])
    assert _code(lambda: ru.revoke("nobody", root=root)) == "officer.unknown"
    revoked = [officer for officer in ru.officers() if officer.revoked is not None]
    assert ru.officers()[0].holder.name == "Officer of Russian Federation"
    assert len(revoked) == 2


def test_powers_cannot_end_before_they_begin(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    request = request_office(
        tmp_path / "x", ru.office_file(), passphrase="x", holder=Holder(name="A", office=""), ports=office.ports()
    )
    root = ru.open_root(tmp_path / "ru-root" / "root.key", PASSPHRASE)
    past = Time(office.clock() - 1)
    assert _code(lambda: ru.empower(request, root=root, may=["read"], until=past)) == "empower.until-past"
    assert len(ru.officers()) == 1


def test_taking_read_away_takes_the_key_box_away(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    request = request_office(
        tmp_path / "x", ru.office_file(), passphrase="x", holder=Holder(name="A", office=""), ports=office.ports()
    )
    root = ru.open_root(tmp_path / "ru-root" / "root.key", PASSPHRASE)
    until = Time(office.clock() + DAY)
    assert ru.empower(request, root=root, may=["read", "deposit"], until=until).officer.in_key_box
    colleague = office.open(tmp_path / "x", passphrase="x")
    colleague.sync()
    assert colleague.me().reads
    assert not ru.empower(request, root=root, may=["deposit"], until=until).officer.in_key_box


def test_the_root_file_is_missing_damaged_or_another_partys(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    file = tmp_path / "ru-root" / "root.key"
    assert _code(lambda: ru.open_root(tmp_path / "none.key", PASSPHRASE)) == "root.missing"
    assert _code(lambda: ru.open_root(tmp_path / "us-root" / "root.key", PASSPHRASE)) == "root.other-party"
    assert _code(lambda: us.open_sheet(" ".join(ru.open_root(file, PASSPHRASE).groups()))) == "root.other-party"
    file.write_bytes(file.read_bytes()[:-9])
    assert _code(lambda: ru.open_root(file, PASSPHRASE)) == "locked.damaged"


# --- lists and small things -------------------------------------------------------------------------------------


def test_what_a_clerk_sees(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.receive("US-1", terms="accepted")
    ru.send(ru.prepare(draft_file(tmp_path), to=["us"], role="note", terms="public"))
    rows = ru.register("amber-heron")
    assert [(row.paper.reference, row.direction) for row in rows] == [("US-1", "in"), ("RU-1", "out")]
    ru.note_our_ref("US-1", "IN-12")
    assert ru.status("amber-heron")[0].our_ref == "IN-12"
    for text in ("", " ", "x" * 201):
        with pytest.raises(Malformed) as caught:
            ru.note_our_ref("US-1", text)
        assert caught.value.code == "our-ref.form"
    assert ru.status("amber-heron")[0].our_ref == "IN-12"
    page = ru.front_page()
    assert (page.reached, page.unsent, page.clock_off) == (True, (), 0)
    assert [paper.reference for paper in page.inbox.we_wait] == ["RU-1"]
    assert (page.me.party, page.me.reads, page.me.root_here) == ("ru", True, False)
    assert us.front_page().inbox.for_us[0].reference == "RU-1"


def test_files_that_cannot_be_read(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, us = two(office, tmp_path)
    said = {"to": ["ru"], "role": "note", "terms": "public"}
    file = draft_file(tmp_path)
    assert _code(lambda: us.prepare(tmp_path, **said)) == "file.unreadable"
    assert _code(lambda: us.prepare(file / "below", **said)) == "file.missing"
    assert _code(lambda: us.prepare(file, attach=[tmp_path / "none"], **said)) == "file.missing"
    assert _code(lambda: us.prepare(file, attach=[tmp_path], **said)) == "file.unreadable"
    assert _code(lambda: us.prepare(file, prevails="original", **said)) == "document.no-original"
    assert _code(lambda: us.prepare(file, **(said | {"terms": "secret"}))) == "terms.preset"
    monkeypatch.setattr(source, "LARGEST_SOURCE", 10)
    assert _code(lambda: us.prepare(file, **said)) == "file.too-large"
    assert us.drafts() == ()


def test_a_full_disk_leaves_no_half_draft(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, us = two(office, tmp_path)
    parts = set((tmp_path / "us" / "sealed").iterdir())

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(Unavailable):
            us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="public")
    assert us.drafts() == ()
    assert set((tmp_path / "us" / "sealed").iterdir()) == parts
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="public"))


def test_an_attachment_that_changes_while_it_is_sealed(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    annex = tmp_path / "annex.txt"
    annex.write_text("before", encoding="utf-8")
    part = source._part

    def changing(path: Path) -> object:
        found = part(path)
        path.write_text("after!", encoding="utf-8")
        return found

    source._part = changing  # type: ignore[assignment]  # somebody saves the file at this moment
    try:
        code = _code(lambda: us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="public", attach=[annex]))
    finally:
        source._part = part
    assert code == "envelope.part-changed"
    assert us.drafts() == ()


def test_a_home_without_the_key_box_fetches_it(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.receive("US-1", terms="accepted")
    ru.close()
    box = tmp_path / "ru" / "key.box"
    whole = box.read_bytes()
    for damaged in (None, b"", whole[:-1], whole[:100] + b"x" + whole[101:]):
        box.unlink()
        if damaged is not None:
            box.write_bytes(damaged)
        opened = office.open(tmp_path / "ru")
        assert opened.read("US-1").document.title == "Draft"
        assert box.read_bytes() == whole
        opened.close()
