"""One home at work: its keys, its ledger, its depositary, and the one way in which an act of ours is signed and sent.

An act is signed once for one wish of the caller (`purpose`), kept, and sent until it is answered. Whoever repeats the
wish after a lost answer sends the same bytes; the wish is new again only when the answer has been told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

from parley import fold, statement
from parley.act import Act, By, Capability, Convene
from parley.canonical import Time
from parley.chain import Entry
from parley.checkpoint import TlogProof
from parley.client.alarm import check_answered
from parley.client.calling import called, handle_of
from parley.client.home import KEY_BOX, KEYRING, LEDGER, Home, PartyFile
from parley.client.keybox import KeyBox, check_against, open_box
from parley.client.keyring import Keyring
from parley.client.known import Known
from parley.client.ledger import Ledger, Posted
from parley.client.ports import Ports
from parley.client.remote import Remote
from parley.client.root import Root
from parley.client.sync import Reader
from parley.client.transport import HttpTransport
from parley.client.views import Entered
from parley.crypto import Digest, KeySetId, Link, Nonce, ReadingSecret, SigningKey, sha256
from parley.draft import parts_of
from parley.errors import Invalid, Malformed, Refused, Unavailable
from parley.fold import Negotiation, depositary_key
from parley.merkle import leaf_hash
from parley.paper import Paper
from parley.register import Grant, Register
from parley.statement import Signed, Unfinished


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An act of ours that is meant and not yet made: the wish it is signed for, how it is built, what it is about.

    `chosen` are members of the act that a person chose for this wish.
    """

    purpose: str
    build: Callable[[], Act]
    about: str
    trial: bool = True
    chosen: Mapping[str, object] = field(default_factory=dict)


Passphrase = Callable[[], str]
"""Asked once, and only when a secret of the keyring is needed."""


@dataclass
class Session:
    """Everything one home needs to work. Methods raise the four families, as the modules they use do."""

    home: Home
    party_file: PartyFile
    ledger: Ledger
    remote: Remote
    reader: Reader
    ports: Ports
    passphrase: Passphrase
    offline: bool = False
    """Whether what is held will do where the depositary cannot be reached: for work that sends nothing."""
    reached: bool = True
    _keyring: Keyring | None = field(default=None, repr=False)
    _box: KeyBox | None = field(default=None, repr=False)
    _salt: bytes = field(default=b"", repr=False)

    @classmethod
    def open(cls, home: Home, passphrase: Passphrase, *, tls_ca: Path | None, ports: Ports) -> Session:
        party = home.party()
        ledger = Ledger(home.path(LEDGER))
        ca = tls_ca or (Path(party.tls_ca) if party.tls_ca else None)
        transport = ports.transport or HttpTransport(party.address, tls_ca=ca)
        remote = Remote(transport, log=party.log, party=party.party, clock=ports.clock, rng=ports.rng)
        reader = Reader(home=home, party=party, ledger=ledger, remote=remote, clock=ports.clock)
        return cls(home, party, ledger, remote, reader, ports, passphrase)

    def close(self) -> None:
        self.remote.close()
        self.ledger.close()

    # --- who we are ---------------------------------------------------------------------------------------------

    @property
    def party(self) -> str:
        return self.party_file.party

    @property
    def now(self) -> Time:
        return self.ports.clock()

    @property
    def keyring(self) -> Keyring:
        """This officer's secrets; the passphrase is asked for the first time only."""
        if self._keyring is None:
            self._keyring = Keyring.unlock(self.home.read(KEYRING), self.passphrase())
        return self._keyring

    @property
    def known(self) -> Known:
        return self.reader.begin()

    def register(self, party: str | None = None) -> Register:
        """A party's register, ours by default. Raises: Refused("register.not-enrolled") when it is not known here."""
        found = self.known.world.registers.get(party or self.party)
        if found is None:
            raise Refused("register.not-enrolled", party=party or self.party)
        return found

    def negotiation(self, name: Nonce) -> Negotiation:
        found = self.known.world.negotiations.get(name)
        if found is None:
            raise Refused("negotiation.unknown")
        return found

    def paper(self, negotiation: Nonce, digest: Digest) -> Paper:
        """A paper as it stands now."""
        return self.negotiation(negotiation).paper(digest)

    def likeness(self, content: bytes) -> str:
        """Hex that is equal for equal bytes while this session lasts.

        It is salted by what is kept nowhere, so that nobody who sees it can confirm a guess at the bytes.
        """
        self._salt = self._salt or self.ports.rng(32)
        return sha256(self._salt, content).hex()

    # --- reading keys -------------------------------------------------------------------------------------------

    def box(self) -> KeyBox:
        """The key box, from the home, or from the depositary when the one here is missing or old.

        Raises: Refused("keybox.not-for-us") when this officer is not among its holders, Refused("keybox.behind").
        """
        if self._box is None:
            self._box = self._open_box(self.keyring.box, self.keyring.signing)
        return self._box

    @property
    def reads(self) -> bool:
        """Whether the party's reading keys are in this officer's reach now."""
        try:
            self.box()
        except (Refused, Unavailable):
            return False
        return True

    def _open_box(self, secret: ReadingSecret, asking: SigningKey) -> KeyBox:
        if self.home.has(KEY_BOX):
            try:
                return self._checked_box(self.home.read(KEY_BOX), secret)
            except (Refused, Malformed, Invalid):
                pass  # old, damaged or not yet ours: the depositary may have the one we need
        data = self.remote.key_box(asking)
        box = self._checked_box(data, secret)
        self.home.write(data, KEY_BOX)
        return box

    def _checked_box(self, data: bytes, secret: ReadingSecret) -> KeyBox:
        register = self.register()
        box = open_box(data, secret, root=register.root, log=self.party_file.log, party=self.party)
        return check_against(box, [term.key.id for term in register.reading])

    def box_by_root(self, root: Root, *, asking: SigningKey | None = None) -> KeyBox:
        """The key box opened by the root: on the machine of an officer who may not read, too."""
        return self._open_box(root.recovery, asking or self.keyring.signing)

    def put_box(self, box: KeyBox, root: Root) -> None:
        """Seal a box, keep it here, and leave it with the depositary, in this order. Raises: Refused as `sign`."""
        check_answered(self.home)
        data = box.seal(root, self.ports.rng)
        self.home.write(data, KEY_BOX)
        self._box = None
        self.remote.put_key_box(root.signing, data)

    # --- reading on ---------------------------------------------------------------------------------------------

    def sync(self) -> int:
        """Read and verify everything new; `offline`, what is held is enough where nobody answers."""
        if self.offline and not self.reached:
            return 0
        try:
            came = self.reader.run(self.keyring.signing)
        except Unavailable:
            if not self.offline:
                raise
            self.reached, came = False, 0
        self._check_own_root()
        return came

    def _check_own_root(self) -> None:
        register = self.known.world.registers.get(self.party)
        if register is not None and register.root.id != self.party_file.root:
            raise Invalid("party.other-root", party=self.party)

    # --- signing and sending ------------------------------------------------------------------------------------

    def common(self, negotiation: Nonce | None, key: SigningKey, *, nonce: Nonce | None = None) -> dict[str, Any]:
        """The members that every act of ours has."""
        return {
            "after": self._after(negotiation),
            "by": By(party=self.party, keys=(key.id,)),
            "claimed_time": self.now,
            "log": self.party_file.log,
            "negotiation": negotiation,
            "nonce": nonce or Nonce(self.ports.rng(16)),
        }

    @overload
    def sign(self, act: Act, key: SigningKey) -> Signed: ...

    @overload
    def sign(self, act: Unfinished, key: SigningKey) -> Unfinished: ...

    def sign(self, act: Act | Unfinished, key: SigningKey) -> Signed | Unfinished:
        """Sign an act, or the bytes that others sign too: the one place of a home where that happens.

        Raises: Refused("signing.stopped") while an alarm is not answered by a person.
        """
        check_answered(self.home)
        if isinstance(act, Unfinished):
            return statement.add_signature(act, key)
        return statement.sign(act, (key,))

    def _after(self, negotiation: Nonce | None) -> Link | None:
        kind, name = ("negotiation", negotiation.hex()) if negotiation else ("register", self.party)
        chain = self.known.chain(kind, name)
        return chain.link if chain else None

    def perform(
        self, purpose: str, build: Callable[[], Act], *, about: str, key: SigningKey | None = None, trial: bool = True
    ) -> Entered:
        """Sign an act for a wish, unless one is signed already, keep it, send it, and read on until it is known here.

        The clocks are compared first, and the act is tried against all that is known, so that what cannot be admitted
        is neither kept nor sent (not with `trial` off: then not all that it needs is known here). `about` is the
        reference or handle that the answer names.
        """
        self.reader.check_clock()
        posted = self.ledger.untold(purpose)
        if posted is None:
            signed = self.sign(build(), key or self.keyring.signing)
            if trial:
                fold.admit(self.known.world, signed, self.known.next_place(self.now))
            self.post(signed.digest, signed.data, purpose)
            entered = self.deliver(self._posted(purpose), about=about)
        else:
            entered = self.deliver(posted, about=about, already=True)
        self.sync()
        self.ledger.told(Digest.from_text(entered.digest))
        return entered

    def carry_out(self, intent: Intent) -> Entered:
        """`perform` what is meant, by this officer alone. Raises: Refused("act.already-signed") as `check_choice`."""
        self.check_choice(intent.purpose, about=intent.about, **intent.chosen)
        return self.perform(intent.purpose, intent.build, about=intent.about, trial=intent.trial)

    def carry(self, signed: Signed, *, about: str, trial: bool = True) -> Entered:
        """Send an act that others signed, unless it stands in the log; the same bytes however often it is repeated.

        It is tried against all that is known before it is kept (not with `trial` off). Raises: as `perform`, and
        Refused("signing.stopped") before it is kept.
        """
        check_answered(self.home)
        held = self.ledger.act(signed.digest)
        if held is not None:
            if held.index >= self.known.tree.size:  # another program at this home has read further
                self.sync()
            time = self.ledger.entry(held.index).time
            return Entered(reference=about, digest=signed.digest.hex(), index=held.index, time=time, already=True)
        self.reader.check_clock()
        posted = next((each for each in self.ledger.outbox() if each.digest == signed.digest), None)
        if posted is None:
            if trial:
                fold.admit(self.known.world, signed, self.known.next_place(self.now))
            purpose = f"{signed.act.kind} carried {signed.digest.hex()}"
            self.post(signed.digest, signed.data, purpose)
            posted = self._posted(purpose)
        entered = self.deliver(posted, about=about)
        self.sync()
        self.ledger.told(signed.digest)
        return entered

    def alone(self, capability: Capability) -> bool:
        """Whether this officer's powers do not ask for a second one. That there are such powers is not said."""
        try:
            return self._grant(capability).powers.needs == 1
        except Refused:
            return True  # why there are none is said when something is signed

    def check_not_stopped(self) -> None:
        """Raises: Refused("signing.stopped") while an alarm is not answered by a person."""
        check_answered(self.home)

    def check_may_sign(self, capability: Capability) -> None:
        """Before anybody is asked anything: may this officer sign alone, now, what needs this capability?

        Powers that are not known here may have been given meanwhile: then what is new is read first.
        Raises: Refused("signing.stopped"), Refused("powers.…"), Refused("powers.second-officer").
        """
        self.check_not_stopped()
        try:
            grant = self._grant(capability)
        except Refused:
            self.sync()
            grant = self._grant(capability)
        if grant.powers.needs != 1:
            raise Refused("powers.second-officer", party=self.party)

    def _grant(self, capability: Capability) -> Grant:
        return self.register().grant(self.keyring.signing.id, capability, self.known.next_place(self.now))

    def check_choice(self, purpose: str, *, about: str, **chosen: object) -> None:
        """Compare what a person chooses now with what was signed for the same wish and never answered.

        Raises: Refused when they differ: signed is signed, and something else than chosen is never sent.
        """
        posted = self.ledger.untold(purpose)
        if posted is None:
            return
        act = statement.read(posted.envelope).act
        if any(getattr(act, member) != value for member, value in chosen.items()):
            raise Refused("act.already-signed", act=act.kind, reference=about)

    def post(self, digest: Digest, data: bytes, purpose: str, *, invitation: str | None = None) -> None:
        self.ledger.post(digest, data, purpose=purpose, invitation=invitation)

    def _posted(self, purpose: str) -> Posted:
        posted = self.ledger.untold(purpose)
        if posted is None:
            raise Unavailable("ledger.unavailable", problem="outbox")
        return posted

    def deliver(self, posted: Posted, *, about: str, already: bool = False, key: SigningKey | None = None) -> Entered:
        """Send kept bytes, their sealed parts first, and verify the proof that they are in the log.

        Raises: Unavailable, after which they wait; Refused, Malformed or Invalid, after which they are not sent again.
        Refused("signing.stopped") while an alarm is not answered: then they wait as well.
        """
        check_answered(self.home)
        act = statement.read(posted.envelope).act
        for part in parts_of(act):
            self.remote.upload(key or self.keyring.signing, self.home.sealed(part.digest), part.digest)
        depositary = depositary_key(self.known.genesis)
        try:
            admitted = self.remote.submit(
                posted.envelope, posted.digest, depositary=depositary, invitation=posted.invitation
            )
        except (Refused, Malformed):
            self.ledger.answered(posted.digest, "refused")
            raise
        proof = TlogProof.parse(admitted.proof)
        proven = proof.verify(leaf_hash(proof.extra), self.known.keys)
        entry = Entry.parse(proof.extra)
        if entry.act != posted.digest or proven.index != admitted.index:
            raise Invalid("remote.proof-of-another-act")
        self.ledger.answered(posted.digest, "entered")
        return Entered(
            reference=about, digest=posted.digest.hex(), index=proven.index, time=entry.time, already=already
        )

    def settle(self) -> tuple[Entered, ...]:
        """Send everything that waits, oldest first; an act that is refused now is left behind and the next one sent."""
        check_answered(self.home)
        entered = []
        for posted in self.ledger.waiting():
            try:
                entered.append(self.deliver(posted, about=self._about(posted), already=True))
            except (Refused, Malformed):
                continue
            self.ledger.told(posted.digest)
        return tuple(entered)

    def _about(self, posted: Posted) -> str:
        """What an act on its way is about: a paper's reference, a handle, else our party."""
        act = statement.read(posted.envelope).act
        negotiation = self.known.world.negotiations.get(act.negotiation) if act.negotiation else None
        if negotiation is None:
            return act.handle if isinstance(act, Convene) else self.party
        paper = negotiation.papers.get(getattr(act, "deposit", None) or posted.digest)
        return called(self, negotiation, paper) if paper else handle_of(self, negotiation)

    def fetch(self, digest: Digest, length: int) -> Path:
        """A sealed part, fetched unless it is here."""
        return self.remote.download(self.keyring.signing, digest, length, self.home)

    def holder_of(self, party: str, keys: Iterable[KeySetId]) -> Any:
        """Who holds the first of these keys, as the party's full powers say; None where they are not known here."""
        register = self.known.world.registers.get(party)
        for key in keys:
            grants = register.grants.get(key) if register else None
            if grants:
                return grants[-1].powers.holder
        return None
