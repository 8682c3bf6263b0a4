"""A dishonest depositary: an older log, another log, an act kept back. Each is heard, and proof is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from email.utils import formatdate
from pathlib import Path

import pytest

from parley import canonical
from parley.act import Holder
from parley.canonical import Time
from parley.chain import Entry
from parley.checkpoint import Checkpoint, LogSigner
from parley.client import Delegation, request_office
from parley.client.ports import Response
from parley.crypto import Link, sha256
from parley.depositary.keys import Keys, read_secret
from parley.depositary.office import SECRET
from parley.errors import Invalid, ParleyError, Refused, Unavailable
from parley.merkle import Tree, leaf_hash
from parley.statement import Envelope
from parley.tiles import WIDTH, encode_bundle, parse_tile
from parley.wire import ChainPage, Chains
from tests.client.places import PASSPHRASE, AppTransport, Office, draft_file, two


class Dishonest:
    """Between a client and an honest depositary, with the log's own keys in hand."""

    def __init__(self, office: Office) -> None:
        self._inner: AppTransport = office.transport
        keys = Keys.from_secret(read_secret(office.folder / SECRET))
        self.signer = LogSigner("depositary.example/log/1", keys.log)
        self.checkpoint: bytes | None = None
        self.entries: list[bytes] | None = None
        self.without: set[int] = set()
        self.hidden: set[str] = set()
        self.swap: dict[int, int] = {}
        self.instead: dict[int, Envelope] = {}
        self.date: str | None = None
        self.longer_than_any = ""

    def sign(self, entries: list[bytes], seconds: int) -> None:
        """Serve a log of these entries."""
        tree = Tree(map(leaf_hash, entries))
        checkpoint = Checkpoint(origin=self.signer.name, size=len(entries), root=tree.root())
        self.checkpoint = self.signer.sign_checkpoint(checkpoint, seconds).encode()
        self.entries = entries

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        answer = self._inner.send(method, target, headers, body)
        changed = answer.body
        if target == "/log/checkpoint":
            changed = self.checkpoint or answer.body
        elif target.startswith("/log/tile/entries/") and self.entries is not None:
            tile = parse_tile(target.removeprefix("/log/"))
            changed = encode_bundle(self.entries[tile.index * WIDTH :][: tile.width])
            return Response(status=200, headers={}, body=changed)
        elif target == "/v1/chains":
            kept = [c for c in canonical.decode(answer.body, Chains).chains if c.id not in self.hidden]
            changed = canonical.encode(Chains(chains=tuple(kept)))
        elif self.longer_than_any and self.longer_than_any in target:
            raise Unavailable("remote.long-answer")
        elif target.startswith("/v1/chains/"):
            page = canonical.decode(answer.body, ChainPage)
            acts = tuple(link for link in page.acts if link.index not in self.without)
            if self.swap:
                by_index = {link.index: link for link in acts}
                acts = tuple(
                    type(link)(act=by_index[self.swap.get(link.index, link.index)].act, index=link.index)
                    for link in acts
                )
            acts = tuple(type(link)(act=self.instead.get(link.index, link.act), index=link.index) for link in acts)
            changed = canonical.encode(ChainPage(acts=acts, length=page.length))
        more = {"date": self.date} if self.date else {}
        return Response(status=answer.status, headers={**answer.headers, **more}, body=changed)

    def close(self) -> None:
        return None


def _with(office: Office, delegation: Delegation) -> Dishonest:
    between = Dishonest(office)
    delegation._session.remote._transport = between
    return between


def _entries(delegation: Delegation) -> list[bytes]:
    return list(delegation._session.ledger.entries())


def _alarm(delegation: Delegation, code: str) -> dict[str, object]:
    """The alarm is heard, again and again, its proof is kept once, and nothing can be signed while it sounds."""
    for _ in range(2):
        with pytest.raises(Invalid) as caught:
            delegation.sync()
        assert caught.value.code == f"alarm.{code}"
    (heard,) = [alarm for alarm in delegation.alarms() if alarm.code == f"alarm.{code}"]
    proof = json.loads(heard.proof.read_text("utf-8"))
    assert proof["parts"]
    with pytest.raises(ParleyError):
        delegation.join("amber-heron")
    return proof  # type: ignore[no-any-return]  # what the file says


def test_an_older_checkpoint(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    ru.sync()
    between = _with(office, ru)
    between.sign(_entries(ru)[:-2], 1_700_000_000)
    proof = _alarm(ru, "older")
    assert set(proof["parts"]) == {"held", "served"}  # type: ignore[call-overload]


def test_two_logs_of_one_size(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    ru.sync()
    between = _with(office, ru)
    entries = _entries(ru)
    entries[-1] = entries[-1][:40] + bytes([entries[-1][40] ^ 1]) + entries[-1][41:]
    between.sign(entries, 1_700_000_000)
    _alarm(ru, "forked")


def test_a_longer_log_that_rewrites_what_was_seen(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    ru.sync()
    between = _with(office, ru)
    entries = _entries(ru)
    other = Entry(act=sha256(b"other"), link=Link(sha256(b"other link")), time=Entry.parse(entries[-1]).time)
    rewritten = [*entries[:2], other.encode(), *entries[3:], other.encode()]
    between.sign(rewritten, 1_700_000_000)
    _alarm(ru, "forked")
    assert len(_entries(ru)) == len(entries)
    assert ru.audit().bad is None


def test_an_act_kept_back(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    ru.sync()
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    between = _with(office, ru)
    index = us.show("US-1").index
    between.without = set(range(index, index + 10))
    proof = _alarm(ru, "act-withheld")
    assert proof["details"]["index"] == index  # type: ignore[index]
    between.without = set()
    ru.sync()
    assert ru.show("US-1").may == ("receive", "refuse")


def test_a_negotiation_kept_back_as_a_whole_once_it_was_known(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    ru.sync()
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    between = _with(office, ru)
    between.hidden = {us.negotiation().id}
    _alarm(ru, "act-withheld")


def test_a_register_act_kept_back(office: Office, tmp_path: Path) -> None:
    """Whoever is not shown new powers, or a revocation, hears that the register goes on."""
    ru, us = two(office, tmp_path)
    ru.sync()
    request = request_office(
        tmp_path / "second", us.office_file(), passphrase="x", holder=Holder(name="B", office=""), ports=office.ports()
    )
    root = us.open_root(tmp_path / "us-root" / "root.key", PASSPHRASE)
    us.empower(request, root=root, may=["carry"], until=Time(office.clock() + 1000))
    between = _with(office, ru)
    between.hidden = {"us"}
    proof = _alarm(ru, "act-withheld")
    assert proof["details"]["chain"] == "register"  # type: ignore[index]


def test_an_act_in_the_place_of_another(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    ru.sync()
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    us.statement("describes", "US-1")
    between = _with(office, ru)
    index = us.show("US-1").index
    statement = next(i for i in range(index + 1, index + 4) if i in us._session.known.places.values())
    places = {us._session.known.places[d]: s.act.kind for d, s in us._session.known.acts.items()}
    assert places[statement] in ("statement", "notice")
    between.swap = {index: statement, statement: index}
    _alarm(ru, "act-not-entered")


def _swapped(us: Delegation, reference: str) -> dict[int, int]:
    """A paper and the statement about it, each in the place of the other."""
    known = us._session.known
    index = us.show(reference).index
    statement = min(
        known.places[digest]
        for digest, signed in known.acts.items()
        if known.places[digest] > index and signed.act.kind == "statement"
    )
    return {index: statement, statement: index}


def test_a_chain_that_fails_stops_no_other(office: Office, tmp_path: Path) -> None:
    """A false act in one negotiation is heard; the papers of the other come all the same, though it is read later."""
    ru, us = two(office, tmp_path)
    us.convene("Another matter", ["ru"], handle="quiet-river")
    ru.sync()
    first, second = (f"{each.handle}/US-1" for each in sorted(us.negotiations(), key=lambda each: each.id))
    for reference in (first, second):
        us.use(reference.removesuffix("/US-1"))
        us.send(us.prepare(draft_file(tmp_path, f"# {reference}\n"), to=["ru"], role="proposal", terms="essence"))
        us.statement("describes", reference)
    between = _with(office, ru)
    between.swap = _swapped(us, first)
    with pytest.raises(Invalid) as caught:
        ru.sync()
    assert caught.value.code == "alarm.act-not-entered"
    assert ru.show(second, fetch=False).may == ("receive", "refuse")
    with pytest.raises(ParleyError):
        ru.show(first, fetch=False)
    assert ru.audit().bad is None
    _alarm(ru, "act-not-entered")
    between.swap = {}
    ru.sync()
    assert ru.show(first, fetch=False).may == ("receive", "refuse")


def test_a_chain_that_does_not_end_stops_itself_alone(office: Office, tmp_path: Path) -> None:
    """Whoever fills one negotiation so that its pages cannot be taken keeps no other from being read."""
    ru, us = two(office, tmp_path)
    ru.sync()
    filled = us.negotiation().id
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    us.convene("Other", ["ru"], handle="calm-lake")
    between = _with(office, ru)
    between.longer_than_any = filled
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            ru.sync()
        assert caught.value.code == "remote.long-answer"
        assert ru.negotiation("calm-lake").convened_by == "us"
        assert _code(lambda: ru.show("US-1", fetch=False)) == "reference.unknown"
    between.longer_than_any = ""
    ru.sync()
    assert ru.show("US-1", fetch=False).may == ("receive", "refuse")
    assert not ru.alarms()


def _code(work: Callable[[], object]) -> str:
    with pytest.raises(ParleyError) as caught:
        work()
    return caught.value.code


def test_a_register_that_fails_makes_no_honest_act_look_forged(office: Office, tmp_path: Path) -> None:
    """Acts of a party whose register cannot be read wait: they are neither believed nor held against anyone."""
    ru, us = two(office, tmp_path)
    ru.sync()
    request = request_office(
        tmp_path / "second", us.office_file(), passphrase="x", holder=Holder(name="B", office=""), ports=office.ports()
    )
    root = us.open_root(tmp_path / "us-root" / "root.key", PASSPHRASE)
    us.empower(request, root=root, may=["deposit"], until=Time(office.clock() + 100_000))
    powers = us._session.known.last["register", "us"]
    second = office.open(tmp_path / "second", passphrase="x")
    second.sync()
    second.trust("ru", ru.me().number)
    second.send(second.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    between = _with(office, ru)
    between.instead = {powers: us._session.known.genesis.envelope}
    _alarm(ru, "act-not-entered")
    assert [alarm.code for alarm in ru.alarms()] == ["alarm.act-not-entered"]
    with pytest.raises(ParleyError):
        ru.show("US-1", fetch=False)
    between.instead = {}
    ru.sync()
    assert ru.show("US-1", fetch=False).may == ("receive", "refuse")


@pytest.mark.parametrize("joining", [False, True])
def test_a_register_served_whole_since_its_party_joined_counts_whole_or_not_at_all(
    office: Office, tmp_path: Path, joining: bool
) -> None:
    """What was held of it before stays in force until all of it has been read."""
    ru, us = two(office, tmp_path)
    ru.sync()
    us.sync()
    assert us._session.known.by_enrolment == {"ru"}
    if joining:
        ru.join("amber-heron")
    powers = max(_registered(ru, "ru"))  # the enrolment before it holds
    between = _with(office, us)
    between.instead = {powers: ru._session.known.genesis.envelope}
    if joining:
        _alarm(us, "act-not-entered")
        assert us._session.known.by_enrolment == {"ru"}
        assert us.audit().bad is None
        between.instead = {}
    us.sync()
    assert us._session.known.by_enrolment == (set() if joining else {"ru"})
    assert us.audit().bad is None


def _registered(delegation: Delegation, party: str) -> set[int]:
    known = delegation._session.known
    return {
        known.places[digest]
        for digest, signed in known.acts.items()
        if signed.act.negotiation is None and signed.act.by.party == party
    }


def test_entries_that_break_the_rules(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    ru.sync()
    entries = _entries(ru)
    last = Entry.parse(entries[-1])
    between = _with(office, ru)
    twice = Entry(act=sha256(b"a"), link=last.link, time=last.time)
    between.sign([*entries, twice.encode()], 1_700_000_000)
    _alarm(ru, "link-twice")
    early = Entry(act=sha256(b"a"), link=Link(sha256(b"b")), time=Entry.parse(entries[0]).time)
    early = Entry(act=early.act, link=early.link, time=type(last.time)(last.time - 1))
    between.sign([*entries, early.encode()], 1_700_000_000)
    _alarm(ru, "time-backwards")


def test_a_checkpoint_signed_by_another_log(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    between = _with(office, ru)
    other = Keys.from_secret(bytes(32))
    between.signer = LogSigner("depositary.example/log/1", other.log)
    between.sign(_entries(ru), 1_700_000_000)
    with pytest.raises(Invalid):
        ru.sync()
    between.signer = LogSigner("other.example/log/1", other.log)
    between.sign(_entries(ru), 1_700_000_000)
    with pytest.raises(Invalid) as caught:
        ru.sync()
    assert caught.value.code == "checkpoint.unknown-log"


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_clock_wrong_by_a_day(office: Office, tmp_path: Path, hours: int) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    between = _with(office, ru)
    moment = (office.clock() + hours * 3_600_000) // 1000
    between.date = formatdate(moment, usegmt=True)
    with pytest.raises(Refused) as caught:
        ru.receive("US-1", terms="accepted")
    assert caught.value.code == "clock.differs"
    assert abs(int(caught.value.details["seconds"]) + hours * 3600) <= 1
    between.date = None
    ru._session.remote.seconds_off = None
    assert ru.receive("US-1", terms="accepted").matches


def test_a_refusal_that_the_depositary_did_not_sign(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.sync()
    inner = office.transport

    class Forger:
        def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
            if method == "POST":
                return Response(
                    status=409, headers={"content-type": "application/vnd.parley.not-admitted+json"}, body=body
                )
            return inner.send(method, target, headers, body)

        def close(self) -> None:
            return None

    ru._session.remote._transport = Forger()
    with pytest.raises(ParleyError) as caught:
        ru.refuse("US-1", reason="form")
    assert not isinstance(caught.value, Refused)
