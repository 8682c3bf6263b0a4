"""The delegation: what one officer can do at this machine, one method for each thing. Arguments in, values out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from parley.act import (
    Capability,
    FaultReason,
    Holder,
    LanguageStatus,
    RefusalReason,
    Role,
    Standing,
    StatementKind,
    Words,
)
from parley.canonical import Time
from parley.client.ports import Ports
from parley.client.root import Root
from parley.client.views import (
    AlarmView,
    Audited,
    Draft,
    Empowered,
    Entered,
    Founded,
    FrontPage,
    Inbox,
    Me,
    NegotiationView,
    Officer,
    PaperView,
    Partner,
    Reading,
    Received,
    Recovered,
    RegisterRow,
    Revoked,
    Sheet,
    Trusted,
)
from parley.envelope import Cover, Precedence
from parley.terms import Force, Terms

Passphrase = Callable[[], str]
"""Asked once, and only when a secret of the keyring is needed."""


def found(
    folder: Path,
    invitation: bytes,
    *,
    passphrase: str,
    root_folder: Path,
    holder: Holder,
    zone: str = "UTC",
    languages: tuple[str, ...] = ("en",),
    names: tuple[Words, ...] = (),
    until: Time | None = None,
    tls_ca: Path | None = None,
    ports: Ports | None = None,
) -> Founded:
    """Found a party from its invitation: keys, home, root file, key box, enrolment, full powers for this officer.

    Writes `root.key` into `root_folder` under the same passphrase. `names` default to the name in the invitation.
    After Unavailable, calling it again with the same folders goes on where it stopped and sends the same bytes.
    Raises: Refused when the home is another's or the invitation was used, Malformed, Invalid, Unavailable.
    """
    raise NotImplementedError


def request_office(
    folder: Path,
    office: bytes,
    *,
    passphrase: str,
    holder: Holder,
    tls_ca: Path | None = None,
    ports: Ports | None = None,
) -> bytes:
    """Make an officer's own home from the party's office file, and return the request that `empower` takes.

    Called again in the same home it returns the same request. Verifies that the depositary is the one the file names.
    """
    raise NotImplementedError


def recover(
    folder: Path,
    *,
    groups: str,
    party: str,
    address: str,
    depositary_number: str,
    passphrase: str,
    holder: Holder,
    root_folder: Path,
    until: Time | None = None,
    tls_ca: Path | None = None,
    ports: Ports | None = None,
) -> Recovered:
    """Rebuild a home on an empty machine from what stands on the recovery sheet.

    `groups` as typed: spaces, dashes and letters' case do not count, O reads as 0, I and L as 1. A new officer key gets
    all capabilities; the key box opens by the sheet. Old officers' keys are not revoked: `revoke` does that.
    Raises: Malformed("sheet.checksum") for a mistyped sheet, Refused when the sheet is of another party.
    """
    raise NotImplementedError


class Delegation:
    """One officer's home, opened. Every method that asks the depositary verifies before it returns or signs.

    A method named after an act signs it, stores the signed bytes, and sends them; repeating a call after Unavailable
    sends the same bytes and gives the same outcome. Raises everywhere: Malformed, Invalid (an alarm, when its code
    begins with "alarm."), Refused, Unavailable.

    `ref` is `US-1`, `amber-heron/US-1` (any case), eight or more digits of a digest, or, where nothing is signed,
    `latest`. Without a handle the negotiation in use counts, or the only one that has such a paper. Refused
    "reference.ambiguous" (candidates), "reference.unknown", Malformed "reference.form".
    """

    @classmethod
    def open(
        cls, folder: Path, passphrase: Passphrase, *, tls_ca: Path | None = None, ports: Ports | None = None
    ) -> Self:
        """Open a home. Reads no secret yet. Raises: Refused("home.none") when there is none in the folder."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- where we stand -----------------------------------------------------------------------------------------

    def me(self) -> Me:
        """Who we are, from what is held."""
        raise NotImplementedError

    def sync(self) -> int:
        """Fetch and verify everything new; returns how many acts came. Raises: Invalid("alarm.…"), Unavailable."""
        raise NotImplementedError

    def settle(self) -> tuple[Entered, ...]:
        """Send what was signed here and never answered: the same bytes."""
        raise NotImplementedError

    def front_page(self) -> FrontPage:
        """The front page; when the depositary cannot be reached, from what is held, and `reached` is false."""
        raise NotImplementedError

    def alarms(self) -> tuple[AlarmView, ...]:
        """Alarms raised at this home, newest first."""
        raise NotImplementedError

    # --- whom we trust ------------------------------------------------------------------------------------------

    def partners(self) -> tuple[Partner, ...]:
        """Our own party first, then all parties known here."""
        raise NotImplementedError

    def partner(self, party: str) -> Partner:
        """One party by id, or by its name. Fetches its enrolment when it is not known here."""
        raise NotImplementedError

    def trust(self, party: str, digits: str, *, name: str | None = None) -> Trusted:
        """Trust a party whose number was read out by its own people and typed here; `name` is what we call it.

        Raises: Refused("trust.differs") when the digits are another number, Malformed("number.…").
        """
        raise NotImplementedError

    def trust_file(self) -> str:
        """The trust file of this delegation: the depositary's keys, and the parties compared."""
        raise NotImplementedError

    # --- officers -----------------------------------------------------------------------------------------------

    def officers(self) -> tuple[Officer, ...]:
        """Who may do what until when, soonest end first; revoked ones last."""
        raise NotImplementedError

    def office_file(self) -> bytes:
        """What a colleague's own machine needs for `request_office`; holds no secret."""
        raise NotImplementedError

    def open_root(self, file: Path, passphrase: str) -> Root:
        """Open the root file. Raises: Malformed when damaged, Refused for a wrong passphrase or another's root."""
        raise NotImplementedError

    def open_sheet(self, groups: str) -> Root:
        """The root from the groups of the recovery sheet."""
        raise NotImplementedError

    def sheet(self, root: Root) -> Sheet:
        """What stands on the recovery sheet, to print it again."""
        raise NotImplementedError

    def empower(
        self,
        request: bytes,
        *,
        root: Root,
        may: Sequence[Capability],
        until: Time,
        since: Time | None = None,
        office: str | None = None,
        needs: Literal[1, 2] = 1,
    ) -> Empowered:
        """Give full powers to the key in a request; with `read`, its holder can open the key box."""
        raise NotImplementedError

    def revoke(self, officer: str, *, root: Root) -> Revoked:
        """End an officer's powers (by name or key), replace the reading key if it was in that officer's reach."""
        raise NotImplementedError

    # --- negotiations -------------------------------------------------------------------------------------------

    def convene(
        self,
        title: str,
        parties: Sequence[str],
        *,
        handle: str | None = None,
        answer_days: int = 10,
        non_working: Sequence[str] = (),
        terms: Terms | None = None,
        unconfirmed: bool = False,
    ) -> NegotiationView:
        """Found a negotiation with other parties; `handle` is two random words unless given."""
        raise NotImplementedError

    def join(self, handle: str, *, unconfirmed: bool = False) -> NegotiationView:
        """Accept a negotiation's procedure: never its terms."""
        raise NotImplementedError

    def use(self, handle: str) -> NegotiationView:
        """Remember a negotiation as the one meant when no handle is given. Signs nothing."""
        raise NotImplementedError

    def negotiations(self) -> tuple[NegotiationView, ...]:
        """All negotiations we are named in, newest first."""
        raise NotImplementedError

    def negotiation(self, handle: str | None = None) -> NegotiationView:
        """One negotiation; without a handle the one in use, or the only one."""
        raise NotImplementedError

    # --- handing over -------------------------------------------------------------------------------------------

    def prepare(
        self,
        source: Path,
        *,
        to: Sequence[str],
        role: Role,
        terms: str | Terms,
        info: Sequence[str] = (),
        handle: str | None = None,
        in_reply_to: str | None = None,
        replaces: str | None = None,
        standing: Standing = "formal",
        language: str = "en",
        language_status: LanguageStatus = "authentic",
        force: Force = "asked",
        at_once: bool = False,
        accept_by: Time | str | None = None,
        title: str | None = None,
        subject: str | None = None,
        our_ref: str | None = None,
        precedence: Precedence = "routine",
        pages: int | None = None,
        shown_by_us: Sequence[str] = (),
        may_show: Sequence[str] = (),
        note: str | None = None,
        attach: Sequence[Path] = (),
        original: Path | None = None,
        prevails: Literal["text", "original"] = "text",
        clean: bool = False,
        unconfirmed: bool = False,
    ) -> Draft:
        """Articulate, seal to recipients and ourselves, and say exactly what would be signed. Signs and sends nothing.

        `terms` is a preset or Terms; `accept_by` an instant, a date ("2022-01-31": the end of that day in the first
        recipient's zone), or None for the negotiation's rule; `role` "response" needs `in_reply_to`.
        Raises: Refused("trust.not-compared", party) unless `unconfirmed`, and all that reading the file can find.
        """
        raise NotImplementedError

    def prepare_reply(self, ref: str, source: Path, *, terms: str | Terms, **options: object) -> Draft:
        """`prepare` to the sender of a paper, role response, in reply to it, in its negotiation."""
        raise NotImplementedError

    def prepare_again(self, ref: str, *, accept_by: Time | str | None = None, unconfirmed: bool = False) -> Draft:
        """The same document to the same recipients, replacing an own paper that ended without a receipt."""
        raise NotImplementedError

    def drafts(self) -> tuple[Draft, ...]:
        """Drafts prepared here and not sent."""
        raise NotImplementedError

    def draft(self, id: str) -> Draft:  # noqa: A002 - what it is called everywhere
        raise NotImplementedError

    def discard(self, id: str) -> None:  # noqa: A002
        raise NotImplementedError

    def send(self, draft: Draft) -> Entered:
        """Sign a draft as it was shown, store the signed bytes, upload, hand over; joins first where needed."""
        raise NotImplementedError

    def withdraw(self, ref: str) -> Entered:
        """Take an own paper back before any receipt."""
        raise NotImplementedError

    # --- taking in ----------------------------------------------------------------------------------------------

    def inbox(self) -> Inbox:
        """Fetch, verify, and list what waits."""
        raise NotImplementedError

    def show(self, ref: str, *, fetch: bool = True) -> PaperView:
        """Everything that may be known before a receipt, with the cover opened."""
        raise NotImplementedError

    def receive(
        self,
        ref: str,
        *,
        terms: Literal["accepted", "under_reserve"],
        our_ref: str | None = None,
        unconfirmed: bool = False,
    ) -> Received:
        """Sign for a paper after every check of the design, join first where needed, open it, check it, confirm.

        A paper that a colleague received is opened, not refused: see `Received.already`.
        """
        raise NotImplementedError

    def refuse(self, ref: str, *, reason: RefusalReason, words: Sequence[Words] = ()) -> Entered:
        """Decline a paper, unread."""
        raise NotImplementedError

    def fault(self, ref: str, *, reason: FaultReason) -> Entered:
        """Say that a paper signed for does not open or is not the sealed one."""
        raise NotImplementedError

    def read(self, ref: str) -> Reading:
        """Open a paper in memory, ours or for us, and check it against its seal."""
        raise NotImplementedError

    def extract(
        self,
        ref: str,
        folder: Path,
        *,
        text: bool = True,
        attachments: bool = True,
        original: bool = True,
    ) -> tuple[Path, ...]:
        """Write a paper's readable parts: mode 0600, never over an existing file, never through a link."""
        raise NotImplementedError

    def note_our_ref(self, ref: str, our_ref: str) -> None:
        """Keep the registry's own number for a paper, here and nowhere else."""
        raise NotImplementedError

    # --- saying in public ---------------------------------------------------------------------------------------

    def statement(self, kind: StatementKind, ref: str, words: Sequence[Words] = ()) -> Entered:
        """Say something about a paper, in public and in our own words."""
        raise NotImplementedError

    def release(
        self,
        ref: str,
        *,
        provisions: Sequence[int] | None = None,
        audience: Sequence[str] = (),
        not_before: Time | None = None,
        until: Time | None = None,
        one_sided: bool = False,
    ) -> Entered:
        """Agree to these provisions (None: the whole paper) being shown to `audience` (empty: the public)."""
        raise NotImplementedError

    def withdraw_release(self, ref: str, digest: str) -> Entered:
        """Take an own release back while nobody has matched it."""
        raise NotImplementedError

    # --- proving ------------------------------------------------------------------------------------------------

    def status(self, handle: str | None = None, *, fetch: bool = True) -> tuple[PaperView, ...]:
        """Every paper of a negotiation, or of all, in log order."""
        raise NotImplementedError

    def register(self, handle: str | None = None, *, fetch: bool = True) -> tuple[RegisterRow, ...]:
        """A row for each paper and recipient."""
        raise NotImplementedError

    def evidence(self, ref: str, *, kind: Literal["act", "history"] = "act") -> bytes:
        """The evidence file of a paper: its deposit, what became of it, and the powers of the keys that signed."""
        raise NotImplementedError

    def audit(self) -> Audited:
        """Re-read and re-check from bytes everything held: signatures, entries, chains, fold, tree. No network."""
        raise NotImplementedError
