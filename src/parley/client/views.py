"""What a delegation answers with: values, never sentences. How they are said to a person is `words` and `cli`.

Parties stand here by id with the name that this reader gave them (the enrolled one where it gave none); papers by
reference (`US-1`, or `amber-heron/US-1`); times are UTC milliseconds. Nothing here holds a secret, but for `Sheet`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from parley.act import Holder, NegotiationRules
from parley.canonical import Time
from parley.document import Document
from parley.envelope import Cover
from parley.terms import Terms

PaperState = Literal[
    "waiting",
    "made available",
    "received",
    "handed over",
    "confirmed",
    "faulted",
    "refused",
    "withdrawn",
    "expired",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A party as this delegation sees it: when its number was `compared` here; whether its name was `given` by us."""

    party: str
    name: str
    number: str
    zone: str
    languages: tuple[str, ...]
    compared: Time | None
    given: bool
    ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """One key that acts, or acted, for our party. `key` is hex; `revoked` is the time of the entry that ended it."""

    key: str
    holder: Holder
    capabilities: tuple[str, ...]
    needs: int
    since: Time
    until: Time
    revoked: Time | None
    is_me: bool
    in_key_box: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who sits at this machine, for whom, under which powers; `officer` is None before powers are entered."""

    party: str
    name: str
    number: str
    log: str
    address: str
    zone: str
    officer: Officer | None
    reads: bool
    root_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands on the recovery sheet. SECRET: `groups` are the root's seed, fourteen groups of four characters.

    `depositary_number` are eight groups of five digits that name the depositary's beginning.
    """

    groups: tuple[str, ...]
    party: str
    name: str
    address: str
    log: str
    depositary_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """A party that stands in the log. Root file and sheet belong off this machine."""

    party: str
    name: str
    number: str
    root_file: Path
    sheet: Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A home rebuilt from the sheet: a new officer key with all capabilities, and so many papers readable again."""

    party: str
    name: str
    number: str
    readable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An act of ours in the log. `already` is true where it stood there before this call: a repeat, or a colleague.

    `reference` is the paper it is about, or the handle; `digest` is the act's, in hex.
    """

    reference: str
    digest: str
    index: int
    time: Time
    already: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Empowered:
    """Full powers given: to whom, and whether the reading keys are in its reach now."""

    officer: Officer
    entered: Entered


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """Powers ended: what the officer could read cannot be taken back, so `could_read` says how many papers.

    `new_reading_key` is true where the reading key was replaced; `unsent` are references of that officer's drafts here.
    """

    officer: Officer
    entered: Entered
    could_read: int
    new_reading_key: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NegotiationView:
    """A negotiation: `title` is None where it cannot be opened here."""

    handle: str
    id: str
    title: str | None
    convened_by: str
    convened: Time
    parties: tuple[str, ...]
    joined: tuple[str, ...]
    rules: NegotiationRules
    we_joined: bool
    in_use: bool
    papers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a paper with one recipient: the four times, and the outcome.

    `sent` is the sender's claim, `deposited` the entry, `informed` the Notice's entry, `received` the Receipt's entry;
    `handed_over` and `confirmed` follow. `signed_by` is the holder of the key that signed receipt or refusal.
    """

    party: str
    name: str
    capacity: Literal["to", "info"]
    state: PaperState
    sent: Time
    deposited: Time
    informed: Time | None
    channel: str | None
    received: Time | None
    handed_over: Time | None
    confirmed: Time | None
    ended: Time | None
    terms_taken: Literal["accepted", "under_reserve"] | None
    refusal_reason: str | None
    refusal_words: tuple[tuple[str, str], ...]
    fault_reason: str | None
    signed_by: Holder | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """A public statement about a paper: kind, who, when, and its words as (language, text)."""

    kind: str
    party: str
    name: str
    time: Time
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """A party's agreement that these provisions (None: all) be shown to `audience` (empty: the public)."""

    digest: str
    party: str
    name: str
    time: Time
    provisions: tuple[int, ...] | None
    audience: tuple[str, ...]
    not_before: Time | None
    until: Time | None
    one_sided: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """Everything that may be known of a paper without opening it, verified in the log up to `known_to`.

    `reference` is its name in its negotiation, `called` the shortest that means it at this home. `digest` is hex, its
    first eight digits are a reference too. `cover` is None where it is not ours to open;
    `our_ref` is our registry's own number. `may` are the acts of ours that the table allows now: receive, refuse,
    withdraw, read, again, fault. `join_first` is true where our receipt will also join the negotiation.
    """

    reference: str
    called: str
    handle: str
    digest: str
    sender: str
    sender_name: str
    sender_compared: Time | None
    sender_signed_by: Holder | None
    role: str
    in_reply_to: str | None
    standing: str
    language: str
    language_status: str
    terms: Terms
    opening: str
    opens: Time | None
    accept_by: Time
    length: int
    deposited: Time
    index: int
    deliveries: tuple[Delivery, ...]
    replaces: str | None
    replaced_by: str | None
    statements: tuple[StatementView, ...]
    releases: tuple[ReleaseView, ...]
    cover: Cover | None
    our_ref: str | None
    ours: bool
    for_us: bool
    join_first: bool
    may: tuple[str, ...]
    known_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What waits for us (oldest limit first), and whom we wait for."""

    for_us: tuple[PaperView, ...]
    we_wait: tuple[PaperView, ...]
    to_join: tuple[NegotiationView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file beside the text: SHA-256 in hex, size in bytes."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Exactly what would be signed with a deposit, sealed already and not sent: show it, then `send` it.

    `id` names it in the home. `untrusted` are recipients whose number was never compared; `limit_non_working` is true
    where the limit falls on a non-working day of the negotiation, and `next_working` is the offer. `content` is equal
    for two drafts of one session exactly when document and files are equal, and says nothing anywhere else.
    `left_out` is what of the file is not in the text, by its code, and how many; `opens` the time of such an opening.
    """

    id: str
    handle: str
    sender: str
    sender_name: str
    recipients: tuple[Partner, ...]
    info: tuple[str, ...]
    role: str
    in_reply_to: str | None
    replaces: str | None
    standing: str
    language: str
    language_status: str
    terms: Terms
    opening: str
    opens: Time | None
    accept_by: Time
    limit_non_working: bool
    next_working: Time | None
    title: str
    cover: Cover
    provisions: int
    excerptable: bool
    first_words: str
    last_words: str
    attachments: tuple[FileView, ...]
    original: FileView | None
    prevails: str
    length: int
    digest_of_payload: str
    content: str = field(compare=False)
    untrusted: tuple[str, ...]
    join_first: bool
    removed: tuple[str, ...]
    left_out: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Already:
    """A colleague was first: who and when."""

    holder: Holder
    time: Time
    ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A paper signed for. `handed_over` is false where the depositary has not handed over yet: `read` tries again.

    `fault` is the reason of a Fault that was signed because the paper does not open or is not the sealed one; else the
    content matched its seal and a Confirmation was signed. `already` names who received it before this call.
    """

    paper: PaperView
    receipt: Entered | None
    joined: Entered | None
    already: Already | None
    handed_over: bool
    matches: bool
    fault: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A paper opened in memory, and checked against its seal."""

    paper: PaperView
    cover: Cover
    document: Document
    attachments: tuple[FileView, ...]
    original: FileView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One paper with one recipient, as the register and its CSV show it."""

    paper: PaperView
    delivery: Delivery
    direction: Literal["in", "out", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """What `trust` did: the party, and whether it was already trusted."""

    partner: Partner
    already: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BadAct:
    """The first thing an audit could not confirm: where, which, and the code with its details."""

    what: Literal["act", "entry", "checkpoint", "ledger", "sealed"]
    reference: str | None
    index: int | None
    code: str
    details: tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What was re-read and re-checked from bytes; `bad` is None where everything held."""

    entries: int
    acts: int
    negotiations: int
    papers: int
    sealed: int
    checkpoint_time: Time | None
    bad: BadAct | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmView:
    """Something that must not happen at an honest depositary; the proof is kept in the home under `proof`.

    `digits` are what a person types to answer it; `answered` is when one did, None while nothing may be signed.
    """

    code: str
    time: Time
    details: tuple[tuple[str, str | int], ...]
    proof: Path
    digits: str
    answered: Time | None
