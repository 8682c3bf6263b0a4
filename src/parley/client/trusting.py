"""Whom this delegation trusts: the parties whose number was read out by their own people and typed here."""

from __future__ import annotations

import re

from parley import policy
from parley.act import Enrol
from parley.canonical import Record, Time, convert, decode_any, encode
from parley.client import enrolments
from parley.client.session import Session
from parley.client.views import Partner, Trusted
from parley.crypto import KeySetId, ReadingKey, VerifyingKey
from parley.errors import Invalid, Malformed, Refused
from parley.policy import Policy, Trust, TrustedParty
from parley.policy.trust import PARTY_ID
from parley.register import At, Register
from parley.wording import displayed

KIND = "trust"
LONGEST_SHORT = 3
"""Letters up to which a name in any case is read as an id: no State is called by so few, and many ids have them."""


class Comparison(Record, frozen=True):
    """That a number was compared: the root it stands for, when, and what this reader calls the party.

    `given` is whether the reader gave it that name; else it is the one that the party gave itself.
    """

    given: bool
    name: str
    root: KeySetId
    time: Time


def comparison(session: Session, party: str) -> Comparison | None:
    """What was compared of a party, if anything was."""
    kept = session.ledger.kept(KIND, party)
    return _read(kept) if kept is not None else None


def _compared(session: Session) -> dict[str, Comparison]:
    """What was compared of every party of which anything was, by id."""
    return {party: _read(kept) for party, kept in session.ledger.all_kept(KIND).items()}


def _read(kept: bytes) -> Comparison:
    """A comparison as it was kept. An older home did not keep who gave the name: then it counts as not given.

    Raises: Malformed.
    """
    row = decode_any(kept)
    return convert({"given": False, **row} if isinstance(row, dict) else row, Comparison)


def name_of(session: Session, party: str) -> str:
    """The name this reader gave the party, else the one it enrolled under, else its id."""
    if (compared := comparison(session, party)) is not None:
        return compared.name
    register = session.known.world.registers.get(party)
    return register.enrol.names[0].text if register else party


def compared_at(session: Session, party: str, root: KeySetId | None = None) -> Time | None:
    """When the number of exactly this root was compared; None when never, or when it was another root's."""
    compared = comparison(session, party)
    register = session.known.world.registers.get(party)
    actual = root or (register.root.id if register else None)
    return compared.time if compared is not None and compared.root == actual else None


def check_trusted(session: Session, party: str, *, unconfirmed: bool) -> None:
    """Raises: Refused("trust.not-compared") unless the party is ours, was compared, or the caller takes it as it is.

    A root that differs from the compared one is refused whatever the caller takes: Refused("trust.root-differs").
    """
    if party == session.party:
        return
    enrol = enrolled(session, party)
    compared = comparison(session, party)
    if compared is not None and compared.root != VerifyingKey(enrol.root).id:
        raise Refused("trust.root-differs", party=compared.name, id=party)
    if compared is None and not unconfirmed:
        raise Refused("trust.not-compared", party=enrol.names[0].text, id=party)


def enrolled(session: Session, party: str) -> Enrol:
    """A party's newest enrolment: as known here, else asked for and verified. Raises: as `register_of`."""
    return register_of(session, party).enrol


def register_of(session: Session, party: str) -> Register:
    """A party's register: as known here, else what of it is for all, asked for and verified.

    Raises: Refused("party.unknown"); Invalid as `enrolments.verify`.
    """
    register = session.known.world.registers.get(party)
    if register is not None:
        return register
    try:
        items = session.remote.enrolments(session.keyring.signing, party)
    except (Malformed, Refused) as error:
        if isinstance(error, Refused) and error.code != "party.unknown":
            raise
        raise _unknown(session, party) from error
    return enrolments.register_of(enrolments.verify(items, party, session.known.keys))


def reading_key(session: Session, party: str) -> ReadingKey:
    """The key that something for a party is sealed to now. Raises: Refused("party.no-reading-key")."""
    register = register_of(session, party)
    key = register.reading_key(_after_all(session, register))
    if key is None:
        raise Refused("party.no-reading-key", party=name_of(session, party))
    return key


def _after_all(session: Session, register: Register) -> At:
    """A place behind everything known, and behind a register that was asked for just now."""
    place = session.known.next_place(session.now)
    ends = [term.until.index for term in register.reading if term.until is not None]
    newest = max([term.since.index for term in register.reading] + ends)
    return At(index=max(place.index, newest + 1), time=place.time)


def partner(session: Session, party: str) -> Partner:
    """A party as a value."""
    enrol = enrolled(session, party)
    root = VerifyingKey(enrol.root).id
    compared = comparison(session, party)
    return Partner(
        party=party,
        name=compared.name if compared else enrol.names[0].text,
        number=policy.number(root),
        zone=enrol.zone,
        languages=enrol.languages,
        compared=compared_at(session, party, root),
        given=party == session.party or (compared is not None and compared.given),
        ours=party == session.party,
    )


def partners(session: Session) -> tuple[Partner, ...]:
    """Our own party first, then all others known here by id."""
    known = sorted(session.known.world.registers, key=lambda party: (party != session.party, party))
    return tuple(partner(session, party) for party in known)


def find_party(session: Session, text: str) -> str:
    """A party's id from an id or a name, any case; what may be the id of a party not met yet is left as it is.

    Ids come before names. For what may be an id, only the names under which parties were compared are looked at, and
    of those that read as ids only the ones that this reader gave: whoever calls itself "us" must not be taken for the
    party of that id. Raises: Refused("party.ambiguous") with the candidates; Refused("party.unknown") with those known
    here, for what is no id.
    """
    wanted = _folded(text)
    known = _names(session)
    if wanted in known:
        return wanted
    named = _called(wanted, _sure_names(session) if may_be_id(wanted) else known)
    if len(named) > 1:
        raise Refused("party.ambiguous", name=text[:80], candidates=", ".join(named))
    if named:
        return named[0]
    if not may_be_id(wanted):
        raise _unknown(session, text)
    return wanted


def may_be_id(text: str) -> bool:
    """Whether a text, in any case, could be the id of a party."""
    return re.fullmatch(PARTY_ID, text.casefold()) is not None


def reads_as_id(name: str) -> bool:
    """Whether a name looks like an id as people write them: us, US, Us; and not as States are called: France."""
    return may_be_id(name) and (name in (name.lower(), name.upper()) or len(name) <= LONGEST_SHORT)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _called(text: str, names: dict[str, list[str]]) -> list[str]:
    """The ids of all parties of which one of these names is this text, in any case."""
    wanted = _folded(text)
    return sorted(party for party, called in names.items() if wanted in map(_folded, called))


def _sure_names(session: Session) -> dict[str, list[str]]:
    """The names that are good for what may be an id, by id: of those compared as they were called then, and our own.

    A name that reads as an id is good only if this reader gave it; one that a party took later never is.
    """
    compared = _compared(session)
    sure = {party: [each.name] for party, each in compared.items() if each.given or not reads_as_id(each.name)}
    return sure | {session.party: _names(session).get(session.party, [])}


def partner_called(session: Session, text: str) -> Partner:
    """A party by its id or name. Raises: as `find_party`, with the text as it was typed."""
    try:
        return partner(session, find_party(session, text))
    except Refused as error:
        if error.code not in ("party.unknown", "party.called-so"):
            raise
        raise _unknown(session, text) from error


def _names(session: Session) -> dict[str, list[str]]:
    """The names of every party known or compared here, by id: the one this reader gave it, then those it enrolled."""
    registers = session.known.world.registers
    parties = sorted({*registers, *session.ledger.all_kept(KIND)})
    return {
        party: [name_of(session, party), *(name.text for name in registers[party].enrol.names)]
        if party in registers
        else [name_of(session, party)]
        for party in parties
    }


def _unknown(session: Session, text: str) -> Refused:
    """That there is no such party; or none of that id, and one that calls itself so."""
    if called := _called(text, _names(session)):
        return Refused("party.called-so", name=text[:80], candidates=", ".join(called))
    others = [f"{party} ({names[0]})" for party, names in _names(session).items() if party != session.party]
    known = {"candidates": ", ".join(others)} if others else {}
    return Refused("party.unknown", party=text[:80], **known)


def trust(session: Session, party: str, digits: str, name: str | None) -> Trusted:
    """Remember that a party's number, typed here, is the number of the root it enrolled, and what we call it."""
    enrol = enrolled(session, party)
    root = VerifyingKey(enrol.root).id
    try:
        policy.compare_number(root, digits)
    except Invalid as error:
        raise Refused("trust.differs", party=name or enrol.names[0].text) from error
    before = compared_at(session, party, root)
    called = displayed(name or enrol.names[0].text, most=120)
    kept = Comparison(given=bool(name), name=called, root=root, time=before or session.now)
    session.ledger.keep(KIND, party, encode(kept))
    return Trusted(partner=partner(session, party), already=before is not None)


def trust_file(session: Session) -> str:
    """The trust file: the log's keys without witnesses, our own root, and the roots compared."""
    text = "".join(f"log {key.to_text()}\n" for key in session.known.keys) + "quorum none\n"
    parties = [TrustedParty(party=session.party, root=session.party_file.root, name=name_of(session, session.party))]
    for party, compared in _compared(session).items():
        if party != session.party:
            parties.append(TrustedParty(party=party, root=compared.root, name=compared.name))
    return Trust(policy=Policy.parse(text), parties=tuple(parties)).to_text()
