"""The office that keeps a depositary: found it, invite, serve, look at it.

DIR/rules.toml          name, address and rules as they were founded, for people to read
DIR/secret              32 random bytes, readable by the owner alone
DIR/entries.sqlite      everything that was admitted
DIR/sealed, partial     sealed parts, and uploads under way
DIR/seen                the signed requests of the last minutes
DIR/clock               when it last ran by a clock that was right
DIR/restored            that it was unpacked from a backup, and when; until it serves
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from parley import statement
from parley.act import DEPOSITARY, By, Genesis, Rules
from parley.canonical import Time
from parley.chain import Chain, Entry
from parley.checkpoint import Checkpoint, LogSigner
from parley.crypto import Nonce, Rng, sha256
from parley.depositary.blobs import FolderBlobs, sync_folder
from parley.depositary.journal import Journal, Now
from parley.depositary.keys import Keys, read_secret, write_secret
from parley.depositary.ledger import DEPOSITARY_CHAIN, View, rebuild
from parley.depositary.restored import check_original, restored
from parley.depositary.seen import Seen
from parley.depositary.service import RESERVE, Depositary
from parley.depositary.sqlite import SqliteStore
from parley.depositary.store import Invited, Row, Store
from parley.errors import Malformed, ParleyError, Refused, Unavailable
from parley.exchange import OPEN
from parley.merkle import leaf_hash, root_of
from parley.wire import Invitation, InvitationCode

SECRET, RULES, ENTRIES, LOCK, LAST_BACKUP = "secret", "rules.toml", "entries.sqlite", "lock", "last-backup"
SEEN, CLOCK = "seen", "clock"

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,180}[a-z0-9])?(:[0-9]{1,5})?")
DAY = 24 * 3600 * 1000


def clock() -> Time:
    """The machine's clock, in milliseconds."""
    return Time(time.time_ns() // 1_000_000)


def default_rules(contact: str) -> Rules:
    """Rules for a small office: acts to 64 KiB, papers to 1 GiB, 50 recipients."""
    return Rules(
        contact=contact, enrolment="invitation", largest_act=64 << 10, largest_payload=1 << 30, most_recipients=50
    )


def create(folder: Path, *, name: str, address: str, rules: Rules, rng: Rng = os.urandom, now: Now = clock) -> Genesis:
    """Found a depositary in a new folder: its secret, its rules, and entry 0, signed. The name never changes.

    `name` is such as `depositary.example`; its log is `name/log/1`. `address` is where parties reach it.
    Raises: Refused when the folder holds something, Malformed for a name that is none, Unavailable.
    """
    if not _NAME.fullmatch(name):
        raise Malformed("depositary.name")
    _check_address(address)
    new_folder(folder)
    secret = rng(32)
    write_secret(folder / SECRET, secret)
    (folder / RULES).write_text(_print_rules(name, address, rules), "utf-8")
    store = SqliteStore(folder / ENTRIES)
    try:
        genesis = _begin(store, Keys.from_secret(secret), f"{name}/log/1", rules, nonce=Nonce(rng(16)), now=now())
    finally:
        store.close()
    FolderBlobs(folder)
    _close_to_others(folder)
    sync_folder(folder)
    return genesis


def _close_to_others(folder: Path) -> None:
    """What was founded is for its owner alone, whatever the process leaves open to others. Raises: Unavailable."""
    try:
        for path in folder.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
    except OSError as error:
        raise Unavailable("depositary.folder") from error


def _check_address(address: str) -> None:
    Invitation(
        address=address, code=InvitationCode(bytes(16)), genesis=sha256(), id="a", log="a", name="a", until=Time(0)
    )


def new_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter. Raises: Refused when it holds something, Unavailable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Refused("depositary.folder-not-empty")
        folder.chmod(0o700)
    except OSError as error:
        raise Unavailable("depositary.folder") from error


def _print_rules(name: str, address: str, rules: Rules) -> str:
    """The founding as TOML. What binds is the genesis; this is for people, for the address and for the reserve."""
    quoted = rules.contact.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'name = "{name}"\naddress = "{address}"\ndisk_reserve = {RESERVE}\n\n'
        f'[rules]\ncontact = "{quoted}"\nenrolment = "{rules.enrolment}"\n'
        f"largest_act = {rules.largest_act}\nlargest_payload = {rules.largest_payload}\n"
        f"most_recipients = {rules.most_recipients}\n"
    )


def _begin(store: Store, keys: Keys, log: str, rules: Rules, *, nonce: Nonce, now: Time) -> Genesis:
    """Enter the genesis: the first group, of one."""
    signer = LogSigner(log, keys.log)
    genesis = Genesis(
        after=None,
        by=By(party=DEPOSITARY, keys=(keys.act.id,)),
        claimed_time=now,
        log=log,
        negotiation=None,
        nonce=nonce,
        act_keys=keys.act.verifying.public,
        log_keys=tuple(key.to_text() for key in signer.keys),
        rules=rules,
    )
    signed = statement.sign(genesis, [keys.act])
    entry = Entry(act=signed.digest, link=Chain.start(signed.envelope.payload).link, time=now).encode()
    note = signer.sign_checkpoint(
        Checkpoint(origin=log, size=1, root=root_of([leaf_hash(entry)])), max(1, int(now) // 1000)
    )
    row = Row(
        index=0,
        entry=entry,
        digest=signed.digest,
        act=signed.data,
        chain=DEPOSITARY_CHAIN,
        number=0,
        nonces=((keys.act.id, nonce),),
    )
    store.append(0, [row], note.to_text())
    return genesis


# --- opening ----------------------------------------------------------------------------------------------------


def store_of(folder: Path) -> SqliteStore:
    """The entries of a depositary's folder. Raises: Unavailable when there is none there."""
    if not (folder / ENTRIES).is_file():
        raise Unavailable("depositary.none-here")
    return SqliteStore(folder / ENTRIES)


def open(  # noqa: A001 - `depositary.open(folder)` is how it is read
    folder: Path,
    *,
    now: Now = clock,
    entering: Now | None = None,
    rng: Rng = os.urandom,
    write: Callable[[str], object] = sys.stderr.write,
    original_stopped: Time | None = None,
) -> Depositary:
    """Open a depositary: rebuild it from its acts and check it against its last checkpoint.

    Acts are entered by the clock `entering`, by default by `now`; `write` takes the lines of the journal. A folder that
    was restored from a backup at `original_stopped` is opened because somebody says that its original is stopped.
    Raises: Unavailable, Refused or Malformed when the folder holds none, its secret is open to others or another's,
    anything in the store differs from what was signed, or it was restored and nobody has said so of its original.
    """
    check_original(folder, stopped=original_stopped)
    keys = Keys.from_secret(read_secret(folder / SECRET))
    reserve = reserve_of(folder)
    store = store_of(folder)
    seen = None
    try:
        journal, seen = Journal(write, now), Seen(folder / SEEN, now=now())
        return Depositary(
            store,
            FolderBlobs(folder),
            keys,
            now=now,
            entering=entering,
            rng=rng,
            journal=journal,
            seen=seen,
            reserve=reserve,
        )
    except ParleyError:
        store.close()
        if seen:
            seen.close()
        raise


def last_entry(folder: Path) -> Time:
    """The time of the newest entry, as it stands in the store. Raises: Unavailable."""
    store = store_of(folder)
    try:
        size = store.head().size
        found = store.entries(size - 1, size)
        return Entry.parse(found[0]).time if found else Time(0)
    except Malformed as error:
        raise Unavailable("store.damaged", index=size - 1) from error
    finally:
        store.close()


@contextmanager
def sole(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that one server at a time serves it. Raises: Refused when another does."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Unavailable("depositary.none-here") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise Refused("depositary.already-served") from error
    try:
        yield
    finally:
        os.close(handle)


def address_of(folder: Path) -> str:
    """Where parties reach the depositary, from rules.toml. Raises: Unavailable, Malformed."""
    found = _rules_file(folder).get("address")
    if not isinstance(found, str):
        raise Malformed("depositary.rules-file")
    return found


def reserve_of(folder: Path) -> int:
    """The bytes of the disk that uploads leave free, from rules.toml, where it may change. Raises: as `address_of`."""
    found = _rules_file(folder).get("disk_reserve", RESERVE)
    if type(found) is not int or found < 0:
        raise Malformed("depositary.rules-file")
    return found


def _rules_file(folder: Path) -> dict[str, object]:
    try:
        return tomllib.loads((folder / RULES).read_text("utf-8"))
    except OSError as error:
        raise Unavailable("depositary.none-here") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Malformed("depositary.rules-file") from error


# --- inviting and looking ---------------------------------------------------------------------------------------


def invite(folder: Path, *, party: str, name: str, until: Time, rng: Rng = os.urandom) -> Invitation:
    """Let one party enrol until a time, and return what goes into the file for it; the server may be running.

    The depositary keeps only the digest of the code. Raises: Malformed for an id or name that cannot be; Unavailable.
    """
    store = store_of(folder)
    try:
        first = next(store.rows(0, 1), None)
        if first is None:
            raise Unavailable("store.empty")
        invitation = Invitation(
            address=address_of(folder),
            code=InvitationCode(rng(16)),
            genesis=first.digest,
            id=party,
            log=statement.read(first.act).act.log,
            name=name,
            until=until,
        )
        if party == DEPOSITARY or Invitation.parse(invitation.print()) != invitation:
            raise Malformed("invitation.id")
        store.invite(sha256(invitation.code), Invited(party=party, name=name, until=until, used=False))
    finally:
        store.close()
    return invitation


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What an operator wants to know at a glance; times in milliseconds, sizes in bytes.

    `restored` is when it was unpacked from a backup, as long as it has not served since.
    """

    name: str
    address: str
    version: str
    genesis: str
    served: bool
    entries: int
    checkpoint_time: Time
    parties: tuple[str, ...]
    negotiations: int
    papers_waiting: int
    papers_expiring: int
    disk_free: int
    last_backup: Time | None
    restored: Time | None


def status(folder: Path, *, now: Now = clock) -> Status:
    """Look at a depositary, served or not; everything in it is checked as at a start. Raises: as `open`."""
    store = store_of(folder)
    try:
        view, _ = rebuild(store, Keys.from_secret(read_secret(folder / SECRET)))
    finally:
        store.close()
    world = view.world
    waiting = [
        paper for _, paper in world.papers() if any(outcome.state in OPEN for outcome in paper.outcomes.values())
    ]
    return Status(
        name=world.genesis.act.log.removesuffix("/log/1"),
        address=address_of(folder),
        version=version("parley-depositary"),
        genesis=world.genesis.digest.hex(),
        served=_is_served(folder),
        entries=view.size,
        checkpoint_time=view.time,
        parties=tuple(sorted(world.registers)),
        negotiations=len(world.negotiations),
        papers_waiting=len(waiting),
        papers_expiring=sum(1 for paper in waiting if paper.act.accept_by <= now() + DAY),
        disk_free=shutil.disk_usage(folder).free,
        last_backup=_last_backup(folder),
        restored=restored(folder),
    )


def _is_served(folder: Path) -> bool:
    try:
        with sole(folder):
            return False
    except Refused:
        return True


def _last_backup(folder: Path) -> Time | None:
    path = folder / LAST_BACKUP
    return Time.from_text(path.read_text("ascii").strip()) if path.is_file() else None


def newest(folder: Path) -> View:
    """The published state of a depositary's folder, checked as at a start. Raises: as `open`."""
    store = store_of(folder)
    try:
        return rebuild(store, Keys.from_secret(read_secret(folder / SECRET)))[0]
    finally:
        store.close()
