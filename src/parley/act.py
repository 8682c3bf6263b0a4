"""The acts: the closed set of version 1. An act is the only thing that changes anything.

This module says what each act states and checks each act by itself: members, sizes, order, and combinations that
mean nothing. Whether an act may happen now is `exchange`; how it is signed is `statement`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, TypeAlias

from msgspec import Meta

from parley.canonical import Base64, Record, Time
from parley.crypto import Digest, KeySetId, Link, Nonce, PublicKeys, ReadingKeyId, Signatures
from parley.errors import Malformed
from parley.terms import PartyId, Terms
from parley.wording import displayed

DEPOSITARY = "depositary"
"""Stands in `by.party` of the depositary's own acts; no party may enrol under it."""

Capability = Literal["carry", "deposit", "manage", "read", "receive", "release"]
Role = Literal["proposal", "response", "counter_proposal", "note", "question", "notification", "declaration"]
Standing = Literal["formal", "non_paper"]
LanguageStatus = Literal["authentic", "official_translation", "unofficial_translation"]
OpeningKind = Literal["at_once", "on_receipt", "together", "not_before", "held"]
Channel = Literal["fetched", "mail", "telephone", "courier"]
RefusalReason = Literal["terms", "form", "addressee", "standing", "language", "duplicate", "other", "none_given"]
FaultReason = Literal["does_not_open", "not_the_sealed_text", "form", "words", "cover_differs"]
StatementKind = Literal["asks_confidentiality", "acknowledges", "describes", "confirms", "disputes", "corrects"]
TermsTaken = Literal["accepted", "under_reserve"]

_HANDLE = re.compile(r"[a-z]{2,20}-[a-z]{2,20}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ORIGIN = re.compile(r"[a-z0-9][a-z0-9.:/-]{0,199}")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}")

Count: TypeAlias = Annotated[int, Meta(ge=0)]


def _match(pattern: re.Pattern[str], value: str, code: str) -> None:
    if not pattern.fullmatch(value):
        raise Malformed(code)


def check_origin(value: str) -> str:
    """Return a log's name such as `depositary.example/log/1`. Raises: Malformed when it could not be one."""
    _match(_ORIGIN, value, "act.origin")
    return value


def check_handle(value: str) -> str:
    """Return a handle such as `amber-heron`. Raises: Malformed when it could not be one."""
    _match(_HANDLE, value, "act.handle")
    return value


def check_language(value: str) -> str:
    """Return a language tag such as `pt-BR`. Raises: Malformed when it could not be one."""
    _match(_LANGUAGE, value, "act.language")
    return value


def _ascending(values: Sequence[object], code: str) -> None:
    if any(not a < b for a, b in pairwise(values)):  # type: ignore[operator]  # all of one type
        raise Malformed(code)


class Words(Record, frozen=True):
    """A short text in one language (BCP 47)."""

    language: str
    text: str

    def __post_init__(self) -> None:
        _match(_LANGUAGE, self.language, "act.language")
        displayed(self.text, most=2000)


class By(Record, frozen=True):
    """Who signed: a party, by one key set, or by two where the powers ask for two officers; ids ascending."""

    keys: tuple[KeySetId, ...]
    party: PartyId

    def __post_init__(self) -> None:
        if not 1 <= len(self.keys) <= 2:
            raise Malformed("act.by-keys")
        _ascending(self.keys, "act.by-keys")


class Act(Record, frozen=True):
    """What every act states beside its own members.

    `after` is the link behind the last act of its chain that the signer has verified, null in a chain's first act.
    `claimed_time` is the signer's word; an act's time is its log entry's.
    """

    kind: ClassVar[str]
    signer: ClassVar[Literal["root", "depositary"] | Capability]

    after: Link | None
    by: By
    claimed_time: Time
    log: str
    negotiation: Nonce | None
    nonce: Nonce

    def __post_init__(self) -> None:
        check_origin(self.log)
        if (self.negotiation is None) != (self.signer == "root" or self.kind == "genesis"):
            raise Malformed("act.negotiation", act=self.kind)
        if (self.by.party == DEPOSITARY) != (self.signer == "depositary"):
            raise Malformed("act.by-party", act=self.kind)


# --- the depositary's beginning, and the registers of the parties -----------------------------------------------


class Rules(Record, frozen=True):
    """What a depositary binds itself to; sizes in bytes. Shown in sentences before the genesis is signed."""

    contact: str
    enrolment: Literal["invitation"]
    largest_act: Count
    largest_payload: Count
    most_recipients: Count

    def __post_init__(self) -> None:
        displayed(self.contact, most=500)


class Genesis(Act, frozen=True):
    """Entry 0: the depositary's rules, its act keys, and the verifier keys of its log."""

    kind: ClassVar[str] = "genesis"
    signer: ClassVar[Literal["depositary"]] = "depositary"
    act_keys: PublicKeys
    log_keys: tuple[str, ...]
    rules: Rules


class Enrol(Act, frozen=True):
    """A party enters the log, or replaces its reading key; signed by the root that it names.

    The act's own signatures prove possession of the root. The reading key is vouched for by the root only.
    """

    kind: ClassVar[str] = "enrol"
    signer: ClassVar[Literal["root"]] = "root"
    languages: tuple[str, ...]
    names: tuple[Words, ...]
    reading_key: Base64
    root: PublicKeys
    zone: str

    def __post_init__(self) -> None:
        Act.__post_init__(self)
        if not self.names or not self.languages:
            raise Malformed("act.empty", act=self.kind)
        for language in self.languages:
            _match(_LANGUAGE, language, "act.language")
        for name in self.names:
            displayed(name.text, most=120)
        _match(_ZONE, self.zone, "act.zone")


class Holder(Record, frozen=True):
    """Who holds a key: a name, an office, either or both empty."""

    name: str
    office: str

    def __post_init__(self) -> None:
        displayed(self.name, most=120)
        displayed(self.office, most=120)


class FullPowers(Act, frozen=True, rename={"since": "from"}):
    """A key may act for the party (VCLT articles 2(1)(c) and 7), with these capabilities, in this time.

    `needs` is how many officers must sign together. `possession` is the key's own signature over
    `possession_statement`, so that nobody empowers a key it merely saw.
    """

    kind: ClassVar[str] = "full-powers"
    signer: ClassVar[Literal["root"]] = "root"
    capabilities: tuple[Capability, ...]
    holder: Holder
    key: PublicKeys
    needs: Literal[1, 2]
    possession: Signatures
    since: Time
    until: Time

    def __post_init__(self) -> None:
        Act.__post_init__(self)
        if not self.capabilities or self.since > self.until:
            raise Malformed("act.powers")
        _ascending(self.capabilities, "act.powers")


class Revocation(Act, frozen=True):
    """A signing key, or a reading key, no longer counts from this entry on."""

    kind: ClassVar[str] = "revocation"
    signer: ClassVar[Literal["root"]] = "root"
    key: KeySetId | None
    reading_key: ReadingKeyId | None

    def __post_init__(self) -> None:
        Act.__post_init__(self)
        if (self.key is None) == (self.reading_key is None):
            raise Malformed("act.revocation")


# --- the negotiation -------------------------------------------------------------------------------------------


class NegotiationRules(Record, frozen=True):
    """The procedure that joining accepts: default limit, non-working days, agreements in force, witnesses.

    `non_working` are ISO dates; `witnesses` are lines of a C2SP tlog-policy, empty where none is asked.
    """

    agreements: tuple[Digest, ...]
    answer_days: Annotated[int, Meta(ge=1, le=3650)]
    non_working: tuple[str, ...]
    terms: Terms | None
    witnesses: tuple[str, ...]

    def __post_init__(self) -> None:
        _ascending(self.non_working, "act.non-working")
        for day in self.non_working:
            Time.from_text(f"{day}T00:00:00.000Z")
        for line in self.witnesses:
            displayed(line, most=4000)


class Convene(Act, frozen=True):
    """A negotiation begins: its random id is the act's `negotiation`, its title is sealed to all parties."""

    kind: ClassVar[str] = "convene"
    signer: ClassVar[Literal["manage"]] = "manage"
    handle: str
    parties: tuple[PartyId, ...]
    rules: NegotiationRules
    title: Digest

    def __post_init__(self) -> None:
        Act.__post_init__(self)
        _match(_HANDLE, self.handle, "act.handle")
        if len(self.parties) < 2 or self.by.party not in self.parties:
            raise Malformed("act.parties")
        _ascending(self.parties, "act.parties")


class Join(Act, frozen=True):
    """A party accepts the procedure of a `Convene`, named by digest: the procedure, never terms."""

    kind: ClassVar[str] = "join"
    signer: ClassVar[Literal["manage"]] = "manage"
    convene: Digest


# --- papers -----------------------------------------------------------------------------------------------------


class Recipient(Record, frozen=True):
    """To whom a paper is sealed, for action or for information, and to which of its reading keys."""

    capacity: Literal["to", "info"]
    party: PartyId
    reading_key: ReadingKeyId


class Sealed(Record, frozen=True):
    """A sealed part: SHA-256 and length in bytes."""

    digest: Digest
    length: Count


class Round(Record, frozen=True):
    """Papers that open together: the same id, parties and deadline in each of them."""

    deadline: Time
    id: Nonce
    parties: tuple[PartyId, ...]

    def __post_init__(self) -> None:
        _ascending(self.parties, "act.parties")


class Opening(Record, frozen=True):
    """When the paper may be opened: `time` belongs to not_before, `round` to together."""

    kind: OpeningKind
    round: Round | None
    time: Time | None

    def __post_init__(self) -> None:
        if (self.round is None) != (self.kind != "together") or (self.time is None) != (self.kind != "not_before"):
            raise Malformed("act.opening")


class Deposit(Act, frozen=True):
    """A party gives a paper to the depositary for named recipients, under terms.

    The header is sealed to each recipient's reading key in the order of `recipients`, then to the sender's own.
    `header`, `payload` and `cover` are null for an opening `held`, where only the commitment is deposited.
    """

    kind: ClassVar[str] = "deposit"
    signer: ClassVar[Literal["deposit"]] = "deposit"
    accept_by: Time
    commitment: Digest
    cover: Sealed | None
    header: Sealed | None
    in_reply_to: Digest | None
    language: str
    language_status: LanguageStatus
    opening: Opening
    payload: Sealed | None
    recipients: tuple[Recipient, ...]
    replaces: Digest | None
    role: Role
    sender_reading_key: ReadingKeyId
    standing: Standing
    terms: Terms

    def __post_init__(self) -> None:
        Act.__post_init__(self)
        _match(_LANGUAGE, self.language, "act.language")
        parties = [recipient.party for recipient in self.recipients]
        if not parties or len(set(parties)) != len(parties) or self.by.party in parties:
            raise Malformed("act.recipients")
        if self.role == "response" and self.in_reply_to is None:
            raise Malformed("act.response-to-nothing")
        for part in (self.header, self.payload, self.cover):
            if (part is None) != (self.opening.kind == "held"):
                raise Malformed("act.sealed-parts")
        meeting = self.opening.round
        if meeting and (
            meeting.deadline != self.accept_by or list(meeting.parties) != sorted([*parties, self.by.party])
        ):
            raise Malformed("act.round")


class Notice(Act, frozen=True):
    """The depositary informed an addressee of a deposit (VCLT article 78): by which channel, and when."""

    kind: ClassVar[str] = "notice"
    signer: ClassVar[Literal["depositary"]] = "depositary"
    channel: Channel
    deposit: Digest
    time: Time
    to: PartyId


class Receipt(Act, frozen=True):
    """A recipient signs for a paper before it can read it.

    It says that the paper was delivered, and how its sender designated it. It does not say that the recipient agrees
    with anything in it, and it recognises nothing and nobody. Terms under reserve were noted, not accepted.
    """

    kind: ClassVar[str] = "receipt"
    signer: ClassVar[Literal["receive"]] = "receive"
    deposit: Digest
    in_reply_to: Digest | None
    payload: Digest | None
    role: Role
    terms: Digest
    terms_taken: TermsTaken


class Refusal(Act, frozen=True):
    """A recipient declines a paper: unread, unless it opens at once."""

    kind: ClassVar[str] = "refusal"
    signer: ClassVar[Literal["receive"]] = "receive"
    deposit: Digest
    reason: RefusalReason
    words: tuple[Words, ...]


class Withdrawal(Act, frozen=True):
    """A sender takes a paper back before any receipt; or a party takes back its own `release` while unmatched.

    `recipients` are those for whom the paper ends by this: all who had given no answer; none where a release is named.
    """

    kind: ClassVar[str] = "withdrawal"
    signer: ClassVar[Literal["deposit"]] = "deposit"
    deposit: Digest
    recipients: tuple[PartyId, ...]
    release: Digest | None

    def __post_init__(self) -> None:
        Act.__post_init__(self)
        if (self.release is None) != bool(self.recipients):
            raise Malformed("act.recipients")
        _ascending(self.recipients, "act.recipients")


class Expiry(Act, frozen=True):
    """After the time limit, the depositary records which recipients gave no answer."""

    kind: ClassVar[str] = "expiry"
    signer: ClassVar[Literal["depositary"]] = "depositary"
    deposit: Digest
    recipients: tuple[PartyId, ...]

    def __post_init__(self) -> None:
        Act.__post_init__(self)
        if not self.recipients:
            raise Malformed("act.recipients")
        _ascending(self.recipients, "act.recipients")


class Handover(Act, frozen=True):
    """The header, without which the paper cannot be opened, is at the recipient's disposal from here."""

    kind: ClassVar[str] = "handover"
    signer: ClassVar[Literal["depositary"]] = "depositary"
    deposit: Digest
    header: Digest
    to: PartyId


class Confirmation(Act, frozen=True):
    """The recipient opened the paper, and its content recomputes to the commitment."""

    kind: ClassVar[str] = "confirmation"
    signer: ClassVar[Literal["receive"]] = "receive"
    deposit: Digest


class Fault(Act, frozen=True):
    """The recipient says that the paper does not open, or is not the committed one."""

    kind: ClassVar[str] = "fault"
    signer: ClassVar[Literal["receive"]] = "receive"
    deposit: Digest
    reason: FaultReason


class Audience(Record, frozen=True):
    """To whom a release shows: named parties, or the public."""

    parties: tuple[PartyId, ...]
    public: bool

    def __post_init__(self) -> None:
        _ascending(self.parties, "act.audience")
        if self.public == bool(self.parties):
            raise Malformed("act.audience")


class Release(Act, frozen=True):
    """A party agrees to exactly these provisions being shown to this audience; null means all of them.

    Consents not complete by `until` lapse. `one_sided` marks a release whose signer knows the terms do not allow it.
    `beside` names the standing releases of others, for the same set and audience, that this one joins: consent is
    complete in the one release that names all the others.
    """

    kind: ClassVar[str] = "release"
    signer: ClassVar[Literal["release"]] = "release"
    audience: Audience
    beside: tuple[Digest, ...]
    deposit: Digest
    not_before: Time | None
    one_sided: bool
    provisions: tuple[Annotated[int, Meta(ge=1)], ...] | None
    until: Time | None

    def __post_init__(self) -> None:
        Act.__post_init__(self)
        if self.provisions is not None:
            _ascending(self.provisions, "act.provisions")
            if not self.provisions:
                raise Malformed("act.provisions")
        _ascending(self.beside, "act.beside")
        if self.one_sided and self.beside:
            raise Malformed("act.beside")


class Statement(Act, frozen=True, rename={"about": "kind"}):
    """A party says something in public about a paper, in its own words, which are not the paper's."""

    kind: ClassVar[str] = "statement"
    signer: ClassVar[Literal["release"]] = "release"
    about: StatementKind
    deposit: Digest
    words: tuple[Words, ...]


RegisterAct: TypeAlias = Enrol | FullPowers | Revocation
PaperAct: TypeAlias = (
    Deposit | Notice | Receipt | Refusal | Withdrawal | Expiry | Handover | Confirmation | Fault | Release | Statement
)

KINDS: dict[str, type[Act]] = {
    shape.kind: shape
    for shape in (
        Genesis, Enrol, FullPowers, Revocation, Convene, Join, Deposit, Notice, Receipt, Refusal, Withdrawal, Expiry,
        Handover, Confirmation, Fault, Release, Statement,
    )
}  # fmt: skip


def capability_of(act: Act) -> Capability | None:
    """What the key that signs an act must be empowered to; None for acts of a root or of the depositary."""
    if isinstance(act, Withdrawal) and act.release is not None:
        return "release"
    return None if act.signer == "root" or act.signer == "depositary" else act.signer


def named(act: Act) -> tuple[Digest, ...]:
    """The digests of the acts that an act names, and which must therefore stand before it in the log."""
    match act:
        case Join(convene=convene):
            return (convene,)
        case Deposit():
            both = (act.in_reply_to, act.replaces)
        case Withdrawal():
            both = (act.deposit, act.release)
        case Release():
            return (act.deposit, *act.beside)
        case _:
            about = getattr(act, "deposit", None)
            return (about,) if isinstance(about, Digest) else ()
    return tuple(digest for digest in both if digest is not None)
