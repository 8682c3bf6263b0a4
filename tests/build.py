"""Builds signed acts for tests: two parties, a depositary and a log in memory, without any of the edges."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from parley import fold, publication, statement
from parley.act import (
    DEPOSITARY,
    Act,
    Audience,
    By,
    Confirmation,
    Convene,
    Deposit,
    Enrol,
    FullPowers,
    Genesis,
    Handover,
    Holder,
    Join,
    NegotiationRules,
    Opening,
    Receipt,
    Recipient,
    Release,
    Rules,
    Sealed,
    Withdrawal,
    Words,
)
from parley.canonical import Base64, Time
from parley.chain import Chain, Entry
from parley.crypto import Digest, Link, Nonce, Purpose, ReadingSecret, SigningKey, sha256
from parley.exchange import OPEN
from parley.fold import World
from parley.register import At
from parley.statement import Signed
from parley.terms import Terms, preset, terms_digest

LOG = "depositary.example/log/1"
START = Time.from_text("2022-01-26T17:00:00.000Z")
END = Time.from_text("2023-01-01T00:00:00.000Z")
ALL = ("carry", "deposit", "manage", "read", "receive", "release")


def seed(name: str) -> bytes:
    """A secret that is the same in every run."""
    return sha256(name.encode())


@dataclass
class Party:
    id: str
    root: SigningKey = field(init=False)
    officer: SigningKey = field(init=False)
    reading: ReadingSecret = field(init=False)

    def __post_init__(self) -> None:
        self.root = SigningKey.from_secret(seed(f"{self.id} root"), info="root")
        self.officer = SigningKey.from_secret(seed(f"{self.id} officer"), info="officer")
        self.reading = ReadingSecret(seed(f"{self.id} reading"))


class Case:
    """A log in memory: signs acts, admits them by the fold, keeps entries and chains as a depositary would."""

    def __init__(self) -> None:
        self.now = START
        self.counter = itertools.count(1)
        self.depositary = SigningKey.from_secret(seed("depositary"), info="act")
        self.acts: list[Signed] = []
        self.entries: list[Entry] = []
        self.parties: dict[str, Party] = {}
        self.negotiation = Nonce(bytes(15) + b"\x01")
        genesis = Genesis(
            **self.common(DEPOSITARY, self.depositary, None),
            act_keys=self.depositary.verifying.public,
            log_keys=self.log_keys(),
            rules=Rules(
                contact="office@depositary.example",
                enrolment="invitation",
                largest_act=1 << 20,
                largest_payload=1 << 30,
                most_recipients=50,
            ),
        )
        self.genesis = statement.sign(genesis, [self.depositary])
        self.world = World(genesis=self.genesis)
        self._enter(self.genesis, Chain.start(self.genesis.envelope.payload).link)

    def log_keys(self) -> tuple[str, ...]:
        """What the genesis names as the log's verifier keys; tests with checkpoints name real ones."""
        return ("vkey",)

    def nonce(self) -> Nonce:
        return Nonce(next(self.counter).to_bytes(16, "big"))

    def common(
        self, party: str, key: SigningKey, negotiation: Nonce | None, after: Link | None = None
    ) -> dict[str, Any]:
        return {
            "after": after,
            "by": By(party=party, keys=(key.id,)),
            "claimed_time": self.now,
            "log": LOG,
            "negotiation": negotiation,
            "nonce": self.nonce(),
        }

    def _enter(self, signed: Signed, link: Link) -> At:
        at = At(index=len(self.entries), time=self.now)
        self.entries.append(Entry(act=signed.digest, link=link, time=self.now))
        self.acts.append(signed)
        return at

    def link(self, negotiation: Nonce | None, party: str) -> Link | None:
        """The newest link of the chain an act would join, null for a chain's first act."""
        if negotiation is None:
            register = self.world.registers.get(party)
            return register.order.chain.link if register else None
        known = self.world.negotiations.get(negotiation)
        return known.order.chain.link if known else None

    def admit(self, signed: Signed) -> Signed:
        """Verify and admit; on success the act is entered. Raises what the kernel raises."""
        checked = statement.verify(
            statement.read(signed.data), lambda key_id: self.world.key(signed.act.by.party, key_id)
        )
        at = At(index=len(self.entries), time=self.now)
        link = self.link(signed.act.negotiation, signed.act.by.party)
        self.world = fold.admit(self.world, checked, at)
        self._enter(checked, link or Chain.start(signed.envelope.payload).link)
        return checked

    def act(self, shape: type[Act], party: str, *, key: SigningKey | None = None, **members: Any) -> Signed:
        """Sign an act of the negotiation by the party's officer, or the depositary; not yet admitted."""
        key = key or (self.depositary if party == DEPOSITARY else self.parties[party].officer)
        members.setdefault("after", self.link(self.negotiation, party))
        if shape is Withdrawal and "recipients" not in members:
            members["recipients"] = () if members["release"] else self.waiting(members["deposit"])
        after = members.pop("after")
        return statement.sign(shape(**(self.common(party, key, self.negotiation, after) | members)), [key])

    def waiting(self, deposit: Digest) -> tuple[str, ...]:
        """The recipients of a paper who have given no answer."""
        negotiation = self.world.negotiations.get(self.negotiation)
        paper = negotiation.papers.get(deposit) if negotiation else None
        outcomes = paper.outcomes.items() if paper else ()
        return tuple(sorted(party for party, outcome in outcomes if outcome.state in OPEN)) or ("nobody",)

    def root_act(self, shape: type[Act], party: str, **members: Any) -> Signed:
        root = self.parties[party].root
        return statement.sign(shape(**(self.common(party, root, None, self.link(None, party)) | members)), [root])

    def enrol(self, party: str) -> Party:
        """Enrol a party with one officer who may do everything."""
        new = self.parties[party] = Party(party)
        self.admit(
            self.root_act(
                Enrol,
                party,
                languages=("en",),
                names=(Words(language="en", text=f"Party {party}"),),
                reading_key=Base64(new.reading.public.encoded),
                root=new.root.verifying.public,
                zone="Europe/Vienna",
            )
        )
        self.admit(self.powers(party, new.officer))
        return new

    def powers(self, party: str, key: SigningKey, **changes: Any) -> Signed:
        body = statement.possession_bytes(key.id, log=LOG, party=party)
        members: dict[str, Any] = {
            "capabilities": ALL,
            "holder": Holder(name="A. Officer", office="Registry"),
            "key": key.verifying.public,
            "needs": 1,
            "possession": key.sign(Purpose.ACT, body),
            "since": START,
            "until": END,
        }
        return self.root_act(FullPowers, party, **(members | changes))

    def convene(self, by: str, *others: str) -> Signed:
        rules = NegotiationRules(agreements=(), answer_days=10, non_working=(), terms=None, witnesses=())
        parties = tuple(sorted((by, *others)))
        return self.admit(
            self.act(
                Convene, by, after=None, handle="amber-heron", parties=parties, rules=rules, title=sha256(b"title")
            )
        )

    def join(self, party: str) -> Signed:
        convene = self.world.negotiations[self.negotiation].convened.digest
        return self.admit(self.act(Join, party, convene=convene))

    def deposit(
        self, by: str, *to: str, terms: str | Terms = "essence", force: str = "asked", **changes: Any
    ) -> Signed:
        """A deposit of 100 invented sealed bytes; not yet admitted."""
        part = Sealed(digest=sha256(b"payload"), length=100)
        members: dict[str, Any] = {
            "accept_by": Time(self.now + 3_600_000),
            "commitment": sha256(b"commitment"),
            "cover": Sealed(digest=sha256(b"cover"), length=100),
            "header": Sealed(digest=sha256(b"header"), length=100),
            "in_reply_to": None,
            "language": "en",
            "language_status": "authentic",
            "opening": Opening(kind="on_receipt", round=None, time=None),
            "payload": part,
            "recipients": tuple(
                Recipient(capacity="to", party=party, reading_key=self.parties[party].reading.public.id) for party in to
            ),
            "replaces": None,
            "role": "proposal",
            "sender_reading_key": self.parties[by].reading.public.id,
            "standing": "formal",
            "terms": terms if isinstance(terms, Terms) else preset(terms, parties=(by, *to), force=force),  # type: ignore[arg-type]  # tests try other words
        }
        return self.act(Deposit, by, **(members | changes))

    def receipt(self, by: str, deposit: Signed, **changes: Any) -> Signed:
        paper = deposit.act
        assert isinstance(paper, Deposit)
        members: dict[str, Any] = {
            "deposit": deposit.digest,
            "in_reply_to": paper.in_reply_to,
            "payload": paper.payload.digest if paper.payload else None,
            "role": paper.role,
            "terms": terms_digest(paper.terms),
            "terms_taken": "accepted",
        }
        return self.act(Receipt, by, **(members | changes))

    def handover(self, to: str, deposit: Signed, header: Digest | None = None) -> Signed:
        paper = deposit.act
        assert isinstance(paper, Deposit)
        digest = header or (paper.header.digest if paper.header else sha256(b""))
        return self.act(Handover, DEPOSITARY, deposit=deposit.digest, header=digest, to=to)

    def confirmation(self, by: str, deposit: Signed) -> Signed:
        return self.act(Confirmation, by, deposit=deposit.digest)

    def release(self, by: str, deposit: Signed, **changes: Any) -> Signed:
        members: dict[str, Any] = {
            "audience": Audience(parties=(), public=True),
            "deposit": deposit.digest,
            "not_before": None,
            "one_sided": False,
            "provisions": None,
            "until": None,
        }
        members |= changes
        if "beside" not in members:
            joins = not members["one_sided"] and self.negotiation in self.world.negotiations
            paper = self.world.negotiations[self.negotiation].papers.get(deposit.digest) if joins else None
            joined = publication.to_join(paper, by, members["audience"], members["provisions"]) if paper else ()
            members["beside"] = joined
        return self.act(Release, by, **members)


def two_parties() -> Case:
    """ru and us, enrolled, convened by us and joined by ru."""
    case = Case()
    case.enrol("ru")
    case.enrol("us")
    case.convene("us", "ru")
    case.join("ru")
    return case
