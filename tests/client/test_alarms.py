"""A dishonest depositary: an older log, another log, an act kept back. Each is heard, and proof is kept."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from email.utils import formatdate
from pathlib import Path

import pytest
from msgspec.structs import replace

from parley import canonical, statement, wire
from parley.act import By, Holder, Refusal
from parley.canonical import Base64, Time
from parley.chain import Entry
from parley.checkpoint import Checkpoint, LogSigner
from parley.client import Delegation, request_office
from parley.client.home import ALARMS, LEDGER
from parley.client.known import log_keys
from parley.client.ledger import Ledger
from parley.client.ports import Response
from parley.crypto import Digest, Link, Nonce, SigningKey, sha256
from parley.depositary.keys import Keys, read_secret
from parley.depositary.office import SECRET
from parley.errors import Invalid, ParleyError, Refused, Unavailable
from parley.merkle import Tree, leaf_hash
from parley.statement import Envelope, Signed
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
        self.moved: dict[int, int] = {}
        self.added: dict[str, wire.Link] = {}
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
            kept = [
                replace(each, length=each.length + (each.id in self.added))
                for each in canonical.decode(answer.body, Chains).chains
                if each.id not in self.hidden
            ]
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
            acts = tuple(
                type(link)(act=self.instead.get(link.index, link.act), index=self.moved.get(link.index, link.index))
                for link in acts
            )
            more = [link for name, link in self.added.items() if target.startswith(f"/v1/chains/negotiation/{name}")]
            changed = canonical.encode(ChainPage(acts=(*acts, *more), length=page.length + len(more)))
        date = {"date": self.date} if self.date else {}
        return Response(status=answer.status, headers={**answer.headers, **date}, body=changed)

    def close(self) -> None:
        return None


def _with(office: Office, delegation: Delegation) -> Dishonest:
    between = Dishonest(office)
    delegation._session.remote._transport = between
    return between


def _entries(delegation: Delegation) -> list[bytes]:
    """The log as far as the delegation has read it."""
    return list(delegation._session.ledger.entries())


def _alarm(delegation: Delegation, code: str) -> dict[str, object]:
    """The alarm is heard, again and again, its proof is kept once, and nothing can be signed while it sounds."""
    for _ in range(2):
        with pytest.raises(Invalid) as caught:
            delegation.sync()
        assert caught.value.code == code
    (heard,) = [alarm for alarm in delegation.alarms() if alarm.code == code]
    proof = json.loads(heard.proof.read_text("utf-8"))
    assert proof["parts"]
    signed = delegation._session.ledger.outbox()
    with pytest.raises(ParleyError):
        delegation.join("amber-heron")
    with pytest.raises(Refused, match=r"signing\.stopped"):
        delegation._session.check_not_stopped()
    assert delegation._session.ledger.outbox() == signed
    return proof  # type: ignore[no-any-return]  # what the file says


def test_an_older_checkpoint(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    ru.sync()
    between = _with(office, ru)
    between.sign(_entries(ru)[:-2], 1_700_000_000)
    proof = _alarm(ru, "alarm.older")
    assert set(proof["parts"]) == {"held", "served"}  # type: ignore[call-overload]


def test_two_logs_of_one_size(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    ru.sync()
    between = _with(office, ru)
    entries = _entries(ru)
    entries[-1] = entries[-1][:40] + bytes([entries[-1][40] ^ 1]) + entries[-1][41:]
    between.sign(entries, 1_700_000_000)
    _alarm(ru, "alarm.forked")


def test_a_longer_log_that_rewrites_what_was_seen(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    ru.sync()
    between = _with(office, ru)
    entries = _entries(ru)
    other = Entry(act=sha256(b"other"), link=Link(sha256(b"other link")), time=Entry.parse(entries[-1]).time)
    rewritten = [*entries[:2], other.encode(), *entries[3:], other.encode()]
    between.sign(rewritten, 1_700_000_000)
    _alarm(ru, "alarm.forked")
    assert len(_entries(ru)) == len(entries)
    assert ru.audit().bad is None


def test_an_act_kept_back(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    ru.sync()
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    between = _with(office, ru)
    index = us.show("US-1").index
    between.without = set(range(index, index + 10))
    proof = _alarm(ru, "alarm.act-withheld")
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
    _alarm(ru, "alarm.act-withheld")


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
    proof = _alarm(ru, "alarm.act-withheld")
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
    _alarm(ru, "alarm.act-not-entered")


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
    _alarm(ru, "alarm.act-not-entered")
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
    _alarm(ru, "alarm.act-not-entered")
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
        _alarm(us, "alarm.act-not-entered")
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


# --- an act where it must not be --------------------------------------------------------------------------------


class _Matters:
    """Two negotiations of ru and us, with a paper of us in each: read by both, with nothing new. us then goes on."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.ru, self.us = two(office, folder)
        self.us.convene("Another matter", ["ru"], handle="quiet-river")
        self.one, self.other = sorted(each.id for each in self.us.negotiations())
        for name in (self.one, self.other):
            self.us.use(self._handle(name))
            self.us.send(self.us.prepare(draft_file(folder), to=["ru"], role="proposal", terms="essence"))
        for _ in range(2):  # that ru was informed is entered when it reads
            self.ru.sync()
            self.us.sync()
        self.between = _with(office, self.ru)
        self.held = len(self.ru._session.ledger.acts())

    def _handle(self, name: str) -> str:
        return next(each.handle for each in self.us.negotiations() if each.id == name)

    def paper(self, name: str) -> str:
        return f"{self._handle(name)}/US-1"

    def say(self, name: str) -> wire.Link:
        """A statement of us about its paper, with its place."""
        digest = Digest.from_text(self.us.statement("describes", self.paper(name)).digest)
        known = self.us._session.known
        return wire.Link(act=known.acts[digest].envelope, index=known.places[digest])

    def enter(self, name: str, signed: Signed) -> int:
        """Have the depositary enter and serve an act of a negotiation that it was to refuse."""
        chain = self.us._session.known.chain("negotiation", name)
        assert chain is not None
        entries = _entries(self.us)
        last = Entry.parse(entries[-1]).time
        self.between.sign([*entries, Entry(act=signed.digest, link=chain.link, time=last).encode()], 1_700_000_000)
        self.between.added[name] = wire.Link(act=signed.envelope, index=len(entries))
        return len(entries)

    def heard(self, code: str, shown: Envelope, *, said: int = 0, **details: str | int) -> None:
        """The alarm, with the act in its proof; of its negotiation what was before was kept, of the other all."""
        proof = _alarm(self.ru, code)
        assert proof["code"] == code
        assert proof["details"] == details
        parts: dict[str, str] = proof["parts"]  # type: ignore[assignment]
        assert set(parts) == {"act", "held"}
        assert Base64.from_text(parts["act"]) == canonical.encode(shown)
        assert len(self.ru._session.ledger.acts()) == self.held + said + 1
        assert (self._said(self.one), self._said(self.other)) == (said, 1)
        assert self.ru.audit().bad is None

    def _said(self, name: str) -> int:
        return len(self.ru.show(self.paper(name), fetch=False).statements)

    def settled(self, said: int) -> None:
        """From an honest depositary all of it is read after all."""
        self.between.without, self.between.added = set(), {}
        self.ru.sync()
        assert self._said(self.one) == said
        assert self.ru.audit().bad is None


@pytest.fixture
def matters(office: Office, tmp_path: Path) -> _Matters:
    return _Matters(office, tmp_path)


def test_an_act_behind_one_that_is_kept_back(matters: _Matters) -> None:
    first, second = matters.say(matters.one), matters.say(matters.one)
    matters.say(matters.other)
    matters.between.without = {first.index}
    matters.heard("alarm.act-outside-chain", second.act, index=second.index)
    matters.settled(2)


def test_an_act_entered_under_another_link_than_its_chain_bears(matters: _Matters) -> None:
    said = matters.say(matters.one)
    matters.say(matters.other)
    entries = _entries(matters.us)
    entry = Entry.parse(entries[said.index])
    entries[said.index] = Entry(act=entry.act, link=Link(sha256(b"another")), time=entry.time).encode()
    matters.between.sign(entries, 1_700_000_000)
    matters.heard("alarm.act-outside-chain", said.act, index=said.index)


def test_an_act_entered_before_the_one_that_it_follows(matters: _Matters) -> None:
    first, second = matters.say(matters.one), matters.say(matters.one)
    matters.say(matters.other)
    entries = _entries(matters.us)
    entries[first.index], entries[second.index] = entries[second.index], entries[first.index]
    matters.between.sign(entries, 1_700_000_000)
    matters.between.moved = {first.index: second.index, second.index: first.index}
    matters.heard("alarm.act-outside-chain", second.act, said=1, index=first.index)


def test_an_act_of_another_negotiation(matters: _Matters) -> None:
    said = matters.say(matters.other)
    matters.between.added[matters.one] = said
    matters.heard("alarm.act-of-another-chain", said.act, index=said.index)
    matters.settled(0)


def test_an_act_that_the_rules_refuse(matters: _Matters) -> None:
    """Well signed and well placed: a sender that refuses its own paper, and a depositary that lets it."""
    matters.say(matters.other)
    signed = _refusal(matters, matters.us._session.keyring.signing)
    index = matters.enter(matters.one, signed)
    matters.heard("alarm.act-not-allowed", signed.envelope, index=index, reason="paper.not-a-recipient")


def test_an_act_by_a_key_that_the_party_never_empowered(matters: _Matters) -> None:
    matters.say(matters.other)
    signed = _refusal(matters, SigningKey.from_secret(bytes(32), info="officer"))
    index = matters.enter(matters.one, signed)
    matters.heard("alarm.act-not-allowed", signed.envelope, index=index, reason="statement.unknown-key")


def test_an_act_whose_signature_does_not_hold(matters: _Matters) -> None:
    matters.say(matters.other)
    honest = _refusal(matters, matters.us._session.keyring.signing)
    first, *others = honest.envelope.signatures
    first = replace(first, sig=Base64(bytes((first.sig[0] ^ 1,)) + first.sig[1:]))
    envelope = replace(honest.envelope, signatures=(first, *others))
    signed = Signed(act=honest.act, envelope=envelope, digest=statement.act_digest(envelope))
    index = matters.enter(matters.one, signed)
    matters.heard("alarm.act-not-allowed", signed.envelope, index=index, reason="signature.ed25519")


def _refusal(matters: _Matters, key: SigningKey) -> Signed:
    """us refuses its own paper."""
    session = matters.us._session
    members = session.common(Nonce.from_text(matters.one), key) | {"by": By(party="us", keys=(key.id,))}
    paper = session.negotiation(Nonce.from_text(matters.one)).in_order()[0]
    return statement.sign(Refusal(**members, deposit=paper.digest, reason="form", words=()), (key,))


# --- a log that is not one --------------------------------------------------------------------------------------


def test_entries_that_break_the_rules(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    ru.sync()
    entries = _entries(ru)
    last = Entry.parse(entries[-1])
    between = _with(office, ru)
    twice = Entry(act=sha256(b"a"), link=last.link, time=last.time)
    between.sign([*entries, twice.encode()], 1_700_000_000)
    _alarm(ru, "alarm.link-twice")
    early = Entry(act=sha256(b"a"), link=Link(sha256(b"b")), time=Entry.parse(entries[0]).time)
    early = Entry(act=early.act, link=early.link, time=type(last.time)(last.time - 1))
    between.sign([*entries, early.encode()], 1_700_000_000)
    _alarm(ru, "alarm.time-backwards")


def test_a_checkpoint_signed_by_another_log(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    between = _with(office, ru)
    other = Keys.from_secret(bytes(32))
    between.signer = LogSigner("depositary.example/log/1", other.log)
    between.sign(_entries(ru), 1_700_000_000)
    with pytest.raises(Invalid) as caught:
        ru.sync()
    assert caught.value.code == "checkpoint.log-signature-missing"
    assert ru.alarms() == ()


def test_a_checkpoint_of_another_log(office: Office, tmp_path: Path) -> None:
    """Whoever answers at the address says itself that it is another: nothing of it is read, and nothing is signed."""
    ru, us = two(office, tmp_path)
    ru.sync()
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    between = _with(office, ru)
    between.signer = LogSigner("other.example/log/1", Keys.from_secret(bytes(32)).log)
    before = _entries(ru)
    between.sign(before, 1_700_000_000)
    for act in (ru.sync, lambda: ru.join("amber-heron")):
        with pytest.raises(Invalid) as caught:
            act()
        assert (caught.value.code, caught.value.details) == ("log.other", {"found": "other.example/log/1"})
    assert _entries(ru) == before
    assert (ru.alarms(), ru._session.ledger.waiting()) == ((), [])
    between.checkpoint = between.entries = None
    ru.sync()
    assert ru.show("US-1", fetch=False).may == ("receive", "refuse")


def test_a_beginning_that_names_the_keys_of_another_log_too(office: Office, tmp_path: Path) -> None:
    """No checkpoint of another log counts, though the depositary's own beginning names who would sign it."""
    ru, _ = two(office, tmp_path)
    genesis = ru._session.known.genesis
    own, other = log_keys(genesis), LogSigner("depositary.example/log/2", Keys.from_secret(bytes(32)).log).keys
    both = replace(genesis.act, log_keys=tuple(key.to_text() for key in (*own, *other)))
    assert log_keys(Signed(act=both, envelope=genesis.envelope, digest=genesis.digest)) == own


def _other_entry(entries: list[bytes], place: int) -> list[bytes]:
    """The same log with another act at a place."""
    entry = Entry.parse(entries[place])
    return [*entries[:place], dataclasses.replace(entry, act=sha256(b"other")).encode(), *entries[place + 1 :]]


@pytest.mark.parametrize("lie", ["an entry", "the beginning", "nothing at all"])
def test_a_new_home_is_shown_another_log_than_the_one_that_is_signed(office: Office, tmp_path: Path, lie: str) -> None:
    """Nothing is kept of it and no act is signed; from an honest depositary the founding goes on."""
    us = office.party(tmp_path, "us", "United States")
    us.sync()
    honest, between = _entries(us), Dishonest(office)
    match lie:
        case "an entry":  # served, under the root of the honest ones
            between.sign(honest, 1_700_000_000)
            between.entries = _other_entry(honest, len(honest) - 1)
        case "the beginning":
            between.sign(_other_entry(honest, 0), 1_700_000_000)
        case _:
            between.sign([], 1_700_000_000)
    ports = dataclasses.replace(office.ports("ru"), transport=between)
    for _ in range(2):
        with pytest.raises(Invalid) as caught:
            office.found(tmp_path, "ru", "Russian Federation", ports=ports)
        assert (caught.value.code, caught.value.details) == ("log.entries", {})
        ledger = Ledger(tmp_path / "ru" / LEDGER)
        assert (ledger.size, ledger.checkpoints(), ledger.acts(), ledger.outbox()) == (0, [], [], [])
        ledger.close()
        assert list((tmp_path / "ru" / ALARMS).iterdir()) == []
    office.found(tmp_path, "ru", "Russian Federation")
    ru = office.open(tmp_path / "ru")
    ru.sync()
    assert (ru.me().party, ru.audit().bad) == ("ru", None)


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
