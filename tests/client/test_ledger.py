"""The ledger: what was kept comes back, a flipped bit or a missing end is found, two programs may share it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from parley.canonical import Time
from parley.chain import Entry
from parley.client import Delegation
from parley.client.ledger import Held, Ledger
from parley.crypto import Link, sha256
from parley.errors import Malformed, ParleyError, Unavailable
from tests.client.places import Office, draft_file, two


def _entry(number: int) -> Entry:
    return Entry(act=sha256(b"act", bytes([number])), link=Link(sha256(b"link", bytes([number]))), time=Time(number))


def _held(number: int) -> Held:
    return Held(index=number, digest=sha256(b"act", bytes([number])), envelope=b"{}")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


def test_what_was_kept_comes_back(ledger: Ledger, tmp_path: Path) -> None:
    ledger.add(entries=[_entry(0), _entry(1)], first=0, size=2, note=b"two", acts=[_held(1)])
    ledger.add(entries=[_entry(2)], first=2, size=3, note=b"three", acts=[_held(2)])
    again = Ledger(tmp_path / "ledger.sqlite")
    assert list(again.entries()) == [_entry(number).encode() for number in range(3)]
    assert (again.size, again.checkpoint(), again.checkpoint_before(2)) == (3, b"three", b"two")
    assert again.acts() == [_held(1), _held(2)]
    assert again.act(_held(2).digest) == _held(2)
    assert again.entry_with(_entry(1).link, below=2) == 1
    assert again.entry_with(_entry(1).link, below=1) is None
    assert again.entry_with(Link(sha256(b"none")), below=9) is None
    again.close()


def test_another_program_may_keep_the_same_and_no_other(ledger: Ledger, tmp_path: Path) -> None:
    other = Ledger(tmp_path / "ledger.sqlite")
    ledger.add(entries=[_entry(0)], first=0, size=1, note=b"one", acts=[_held(0)])
    other.add(entries=[_entry(0), _entry(1)], first=0, size=2, note=b"two", acts=[_held(0), _held(1)])
    assert ledger.size == 2
    with pytest.raises(Unavailable) as caught:
        ledger.add(entries=[_entry(7)], first=1, size=2, note=b"forked", acts=[])
    assert caught.value.code == "ledger.changed-meanwhile"
    assert ledger.checkpoint() == b"two"
    other.close()


def test_a_missing_entry_is_damage(ledger: Ledger) -> None:
    ledger.add(entries=[_entry(0), _entry(1)], first=0, size=2, note=b"two", acts=[])
    ledger._db.execute("DELETE FROM entry WHERE place = 0")
    with pytest.raises(Malformed) as caught:
        list(ledger.entries())
    assert caught.value.code == "ledger.damaged"


def test_values_that_nothing_signs_carry_a_sum(ledger: Ledger) -> None:
    ledger.keep("our-ref", "aa", b"No. 1")
    ledger.keep("our-ref", "aa", b"No. 2")
    ledger.keep("our-ref", "bb", b"No. 3")
    assert ledger.all_kept("our-ref") == {"aa": b"No. 2", "bb": b"No. 3"}
    ledger.forget("our-ref", "aa")
    assert ledger.kept("our-ref", "aa") is None
    assert ledger.kinds() == ["our-ref"]
    for change in ("value = x'00'", "name = 'cc'", "sum = x'00'"):
        ledger.keep("our-ref", "bb", b"No. 3")
        ledger._db.execute(f"UPDATE kept SET {change} WHERE name = 'bb'")
        with pytest.raises(Malformed):
            ledger.all_kept("our-ref")
        ledger._db.execute("DELETE FROM kept")


def test_an_act_on_its_way(ledger: Ledger) -> None:
    one, two_ = sha256(b"1"), sha256(b"2")
    ledger.post(one, b"one", purpose="receipt x")
    ledger.post(two_, b"two", purpose="refusal x", invitation="code")
    assert [posted.envelope for posted in ledger.waiting()] == [b"one", b"two"]
    assert ledger.outbox()[1].invitation == "code"
    ledger.answered(one, "entered")
    untold = ledger.untold("receipt x")
    assert untold is not None
    assert untold.state == "entered"
    ledger.told(one)
    assert ledger.untold("receipt x") is None
    ledger.answered(two_, "refused")
    assert ledger.untold("refusal x") is None
    assert ledger.waiting() == []
    with pytest.raises(Unavailable) as caught:
        ledger.post(one, b"again", purpose="receipt x")
    assert (caught.value.code, caught.value.details) == ("ledger.unavailable", {"problem": "ConstraintError"})
    assert [posted.envelope for posted in ledger.outbox()] == [b"one", b"two"]


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database, but long enough to look at" * 40)
    with pytest.raises(Malformed) as caught:
        Ledger(path)
    assert caught.value.code == "ledger.damaged"
    with pytest.raises(Unavailable):
        Ledger(tmp_path / "none" / "ledger.sqlite")


def test_a_later_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(Malformed) as caught:
        Ledger(path)
    assert (caught.value.code, caught.value.details) == ("ledger.version", {"found": 9})


# --- a home's ledger, damaged -----------------------------------------------------------------------------------


def _ru(office: Office, tmp_path: Path) -> Delegation:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.receive("US-1", terms="accepted", our_ref="IN-1")
    ru.close()
    return office.open(tmp_path / "ru")


def _flip(delegation: Delegation, table: str, column: str, where: str, place: int) -> None:
    """One bit of one value, in the file as it lies on the disk."""
    database = delegation._session.ledger._db
    (data,) = next(database.execute(f"SELECT {column} FROM {table} WHERE {where}"))
    changed = bytearray(data)
    changed[place] ^= 1
    database.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (bytes(changed),))


@pytest.mark.parametrize(
    ("table", "column", "where", "place", "what", "code"),
    [
        ("act", "envelope", "place = 0", 300, "act", None),
        ("act", "envelope", "place = (SELECT max(place) FROM act)", 200, "act", None),
        ("act", "envelope", "place = (SELECT max(place) FROM act)", -20, "act", None),
        ("entry", "data", "place = 0", 2, "act", "audit.other-act"),
        ("entry", "data", "place = 3", 40, "checkpoint", "audit.checkpoint"),
        ("entry", "data", "place = 3", 72, "entry", "audit.time-backwards"),
        ("entry", "data", "place = 3", 0, "entry", "entry.version"),
        ("checkpoint", "note", "size = (SELECT max(size) FROM checkpoint)", 5, "checkpoint", None),
        ("checkpoint", "note", "size = (SELECT min(size) FROM checkpoint)", -30, "checkpoint", None),
        ("kept", "value", "kind = 'our-ref'", 0, "ledger", "ledger.damaged"),
        ("kept", "value", "kind = 'trust'", 20, "ledger", "ledger.damaged"),
        ("outbox", "envelope", "number = 1", 300, "ledger", None),
    ],
)
def test_one_flipped_bit_is_found_and_named(
    office: Office, tmp_path: Path, table: str, column: str, where: str, place: int, what: str, code: str | None
) -> None:
    ru = _ru(office, tmp_path)
    sound = ru.audit()
    assert sound.bad is None
    assert (sound.papers, sound.negotiations) == (1, 1)
    assert sound.sealed >= 3
    assert sound.acts > 8
    _flip(ru, table, column, where, place)
    bad = ru.audit().bad
    assert bad is not None
    assert bad.what == what, bad
    assert code in (bad.code, None)  # in a text it hangs on the letter that changed


def test_the_first_bad_act_is_named(office: Office, tmp_path: Path) -> None:
    ru = _ru(office, tmp_path)
    index = ru.show("US-1").index
    _flip(ru, "act", "envelope", f"place = {index}", 500)
    _flip(ru, "act", "envelope", f"place = {index + 1}", 500)
    bad = ru.audit().bad
    assert bad is not None
    assert (bad.what, bad.index) == ("act", index)


def test_a_link_that_stands_twice_is_found(office: Office, tmp_path: Path) -> None:
    """Entry 3 with the link of entry 2: before any root is computed, it is named with where the other stands."""
    ru = _ru(office, tmp_path)
    second, third = (ru._session.ledger.entry(index) for index in (2, 3))
    data = Entry(act=third.act, link=second.link, time=third.time).encode()
    ru._session.ledger._db.execute("UPDATE entry SET data = ? WHERE place = 3", (data,))
    audited = ru.audit()
    assert audited.bad is not None
    assert (audited.bad.what, audited.bad.index, audited.bad.code) == ("entry", 3, "audit.link-twice")
    assert (audited.bad.details, audited.entries) == ((("other", 2),), 3)


def test_a_home_without_the_newest_checkpoint_is_found(office: Office, tmp_path: Path) -> None:
    ru = _ru(office, tmp_path)
    ru._session.ledger._db.execute("DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)")
    audited = ru.audit()
    assert audited.bad is not None
    assert (audited.bad.what, audited.bad.index) == ("checkpoint", audited.entries)
    assert (audited.bad.code, audited.bad.details) == ("audit.checkpoint", ())


def test_an_act_taken_out_of_its_chain_is_missed(office: Office, tmp_path: Path) -> None:
    ru = _ru(office, tmp_path)
    index = ru.show("US-1").index
    ru._session.ledger._db.execute("DELETE FROM act WHERE place = ?", (index,))
    bad = ru.audit().bad
    assert bad is not None
    assert bad.index is not None
    assert (bad.index > index, bad.code) == (True, "audit.outside-chain")


def test_a_sealed_part_that_was_changed_is_found(office: Office, tmp_path: Path) -> None:
    ru = _ru(office, tmp_path)
    path = max((tmp_path / "ru" / "sealed").iterdir(), key=lambda each: each.stat().st_size)
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    bad = ru.audit().bad
    assert bad is not None
    assert (bad.what, bad.code) == ("sealed", "audit.sealed")
    assert bad.details == (("file", path.name[:8]),)
    assert ru.read("US-1").document.title == "Draft"  # fetched again, because what is here is not what was named
    assert ru.audit().bad is None


def test_a_ledger_cut_short(office: Office, tmp_path: Path) -> None:
    ru = _ru(office, tmp_path)
    ru.close()
    path = tmp_path / "ru" / "ledger.sqlite"
    whole = path.read_bytes()
    for length in (len(whole) // 2, 4096, 1000, 10):
        path.write_bytes(whole[:length])
        assert _opened_and_audited(path.parent, office) == "ledger.damaged"
    path.write_bytes(b"")
    assert _opened_and_audited(path.parent, office) == "ledger.missing"
    path.unlink()
    assert _opened_and_audited(path.parent, office) == "ledger.missing"


def _opened_and_audited(folder: Path, office: Office) -> str | None:
    """The code with which a home fails to open, or its audit ends."""
    try:
        with Delegation.open(folder, lambda: "", ports=office.ports()) as opened:
            bad = opened.audit().bad
            return bad.code if bad else None
    except ParleyError as error:
        return error.code
