"""Officers: who may act for our party, empowered and revoked by the root, with the key box and reading key in step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from parley import policy
from parley.act import Capability, Enrol, Holder, Revocation
from parley.age import parse_reading_key
from parley.canonical import Base64, Time, encode
from parley.client import trusting
from parley.client.keybox import KeyBox
from parley.client.office import OfficeFile, OfficeRequest, full_powers, read_request
from parley.client.root import Root
from parley.client.session import Session
from parley.client.setup import ROOT_FILE, read_root
from parley.client.views import Empowered, Entered, Me, Officer, Revoked
from parley.crypto import KeySetId, ReadingSecret, VerifyingKey
from parley.errors import Malformed, ParleyError, Refused
from parley.exchange import ANSWERED


def officers(session: Session) -> tuple[Officer, ...]:
    """Every key that was ever given powers: soonest end first, revoked ones last."""
    register = session.register()
    box = _box_or_none(session)
    found = [_officer(session, key, box) for key in register.grants]
    return tuple(sorted(found, key=lambda each: (each.revoked is not None, each.until, each.key)))


def _box_or_none(session: Session) -> KeyBox | None:
    try:
        return session.box()
    except ParleyError:  # who may not open the box sees the list all the same
        return None


def _officer(session: Session, key: KeySetId, box: KeyBox | None) -> Officer:
    register = session.register()
    powers = register.grants[key][-1].powers
    revoked = register.revoked.get(key)
    return Officer(
        key=key.hex(),
        holder=powers.holder,
        capabilities=powers.capabilities,
        needs=powers.needs,
        since=powers.since,
        until=powers.until,
        revoked=revoked.time if revoked else None,
        is_me=key == session.keyring.signing.id,
        in_key_box=box.holds(key) if box else False,
    )


def me(session: Session) -> Me:
    """Who we are, from what is held."""
    register = session.known.world.registers.get(session.party)
    key = session.keyring.signing.id
    granted = register is not None and key in register.grants
    box = _box_or_none(session) if granted else None
    return Me(
        party=session.party,
        name=trusting.name_of(session, session.party),
        number=policy.number(session.party_file.root),
        log=session.party_file.log,
        address=session.party_file.address,
        zone=register.enrol.zone if register else "UTC",
        officer=_officer(session, key, box) if granted else None,
        reads=box is not None,
        root_here=session.home.has(ROOT_FILE),
    )


def office_file(session: Session) -> bytes:
    """What a colleague's machine needs; no secret."""
    party = session.party_file
    return (
        encode(
            OfficeFile(address=party.address, genesis=party.genesis, log=party.log, party=party.party, root=party.root)
        )
        + b"\n"
    )


def open_root(session: Session, file: Path, passphrase: str) -> Root:
    """The root from its file, when it is our party's."""
    root, _ = read_root(file, passphrase)
    return _ours(session, root)


def _ours(session: Session, root: Root) -> Root:
    if root.signing.id != session.party_file.root:
        raise Refused("root.other-party", party=session.party)
    return root


def open_sheet(session: Session, groups: str) -> Root:
    """The root from the sheet, when it is our party's."""
    return _ours(session, Root.from_groups(groups))


def check_request(session: Session, request: bytes, until: Time) -> OfficeRequest:
    """A request that can be granted. Raises: as `read_request`, Malformed("empower.until-past")."""
    asked = read_request(request, log=session.party_file.log, party=session.party)
    if until <= session.now:
        raise Malformed("empower.until-past", until=until.to_text())
    return asked


def empower(
    session: Session,
    request: bytes,
    *,
    root: Root,
    may: Sequence[Capability],
    until: Time,
    since: Time | None,
    office: str | None,
    needs: Literal[1, 2],
) -> Empowered:
    """Give full powers, and put the holder into the key box where they include `read`."""
    session.sync()
    asked = check_request(session, request, until)
    if office is not None:
        asked = type(asked)(
            box=asked.box,
            holder=Holder(name=asked.holder.name, office=office),
            key=asked.key,
            log=asked.log,
            party=asked.party,
            possession=asked.possession,
        )
    key = VerifyingKey(asked.key).id
    entered = session.perform(
        f"full-powers {key.hex()} {'-'.join(sorted(may))} {until.to_text()} {needs}",
        lambda: full_powers(session, root.signing, asked, may=tuple(may), until=until, since=since, needs=needs),
        about=asked.holder.name or asked.holder.office,
        key=root.signing,
    )
    box = session.box_by_root(root)
    if "read" in may and not box.holds(key):
        session.put_box(box.with_holder(key, parse_reading_key(asked.box)), root)
    elif "read" not in may and box.holds(key):
        session.put_box(box.without_holder(key), root)
    return Empowered(officer=_officer(session, key, session.box_by_root(root)), entered=entered)


def find_officer(session: Session, text: str) -> KeySetId:
    """An officer's key by name, office, or eight digits of the key. Raises: Refused("officer.…")."""
    wanted = text.strip().casefold()
    register = session.register()
    found = []
    for key, grants in register.grants.items():
        holder = grants[-1].powers.holder
        names = {holder.name.casefold(), holder.office.casefold()} - {""}
        if (
            wanted in names
            or (len(wanted) >= 8 and key.hex().startswith(wanted))
            or any(wanted in name.split() for name in names)
        ):
            found.append(key)
    current = [key for key in found if key not in register.revoked] or found
    if not current:
        raise Refused("officer.unknown", name=text[:80])
    if len(current) > 1:
        digits = ", ".join(sorted(key.hex()[:8] for key in current))
        raise Refused("officer.ambiguous", name=text[:80], candidates=digits)
    return current[0]


def revoke(session: Session, name: str, *, root: Root) -> Revoked:
    """End an officer's powers; where the key box was in its reach, replace the reading key.

    The new box is stored before its key is enrolled: a crash leaves a box with one key too many, never one too few.
    """
    session.sync()
    key = find_officer(session, name)
    entered = _revoke_key(session, key, root)
    box = session.box_by_root(root)
    replaced = box.holds(key) or len(box.reading) > len(session.register().reading)
    if replaced:
        _replace_reading_key(session, box.without_holder(key), root)
    could_read = sum(
        1
        for _, paper in session.known.world.papers()
        if paper.act.by.party == session.party
        or (session.party in paper.outcomes and paper.outcomes[session.party].state in ANSWERED)
    )
    return Revoked(
        officer=_officer(session, key, session.box_by_root(root)),
        entered=entered,
        could_read=could_read if replaced else 0,
        new_reading_key=replaced,
    )


def _revoke_key(session: Session, key: KeySetId, root: Root) -> Entered:
    revoked = session.register().revoked.get(key)
    if revoked is not None:
        return Entered(reference=key.hex()[:8], digest="", index=revoked.index, time=revoked.time, already=True)
    return session.perform(
        f"revocation {key.hex()}",
        lambda: Revocation(**session.common(None, root.signing), key=key, reading_key=None),
        about=key.hex()[:8],
        key=root.signing,
    )


def _replace_reading_key(session: Session, box: KeyBox, root: Root) -> None:
    enrolled = {term.key.id for term in session.register().reading}
    waiting = [secret for secret in box.reading if secret.public.id not in enrolled]
    if not waiting:
        waiting = [ReadingSecret(session.ports.rng(32))]
        box = box.with_reading(waiting[0])
    session.put_box(box, root)
    new, old = waiting[-1], session.register().enrol
    session.perform(
        f"enrol {new.public.id.hex()}",
        lambda: Enrol(
            **session.common(None, root.signing),
            languages=old.languages,
            names=old.names,
            reading_key=Base64(new.public.encoded),
            root=old.root,
            zone=old.zone,
        ),
        about=session.party,
        key=root.signing,
    )
