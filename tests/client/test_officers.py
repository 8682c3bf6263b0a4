"""Officers come and go; the office stays: a second machine, powers that end, the reading key replaced, the sheet."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from parley.act import Holder
from parley.canonical import Time
from parley.client import Delegation, recover, request_office
from parley.errors import Invalid, Malformed, ParleyError, Refused
from tests.client.places import DAY, PASSPHRASE, Office, draft_file, two

PETROVA = Holder(name="A. Petrova", office="")


def _second_machine(office: Office, tmp_path: Path, chief: Delegation, may: list[str]) -> Delegation:
    folder = tmp_path / "petrova"
    request = request_office(
        folder, chief.office_file(), passphrase="other words", holder=PETROVA, ports=office.ports("petrova")
    )
    root = chief.open_root(tmp_path / "ru-root" / "root.key", PASSPHRASE)
    result = chief.empower(request, root=root, may=may, until=Time(office.clock() + 20 * DAY), office="Registry")  # type: ignore[arg-type]
    assert result.officer.holder == Holder(name="A. Petrova", office="Registry")
    assert result.officer.in_key_box == ("read" in may)
    return office.open(folder, passphrase="other words")


def test_a_colleague_receives_and_the_second_is_told(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    petrova = _second_machine(office, tmp_path, ru, ["receive", "read", "manage"])
    petrova.sync()
    petrova.trust("us", us.me().number)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    first = petrova.receive("US-1", terms="accepted")
    assert first.already is None
    second = ru.receive("US-1", terms="under_reserve")
    assert second.already is not None
    assert (second.already.holder.name, second.already.ours) == ("A. Petrova", False)
    assert second.matches
    assert second.receipt is None
    assert second.paper.deliveries[0].terms_taken == "accepted"
    assert ru.read("US-1").document == petrova.read("US-1").document
    with pytest.raises(Refused) as caught:
        petrova.statement("acknowledges", "US-1")
    assert (caught.value.code, caught.value.details["capability"]) == ("powers.capability", "release")


def test_a_request_is_the_same_when_asked_for_again(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    requests = [
        request_office(
            tmp_path / "petrova", ru.office_file(), passphrase="other", holder=PETROVA, ports=office.ports(str(number))
        )
        for number in range(2)
    ]
    assert requests[0] == requests[1]


def test_an_office_file_or_request_that_was_changed(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    for damaged in (b"", ru.office_file()[:-1], ru.office_file()[1:]):
        with pytest.raises(Malformed) as malformed:
            request_office(tmp_path / "x", damaged, passphrase="other", holder=PETROVA, ports=office.ports())
        assert malformed.value.code == "office.file"
    request = request_office(
        tmp_path / "petrova", ru.office_file(), passphrase="other", holder=PETROVA, ports=office.ports()
    )
    root = ru.open_root(tmp_path / "ru-root" / "root.key", PASSPHRASE)
    until = Time(office.clock() + DAY)
    stranger = request.replace(b'"party":"ru"', b'"party":"us"')
    with pytest.raises(Refused) as refused:
        ru.empower(stranger, root=root, may=["read"], until=until)
    assert refused.value.code == "office.other-party"
    other = request_office(
        tmp_path / "other", ru.office_file(), passphrase="other", holder=PETROVA, ports=office.ports("o")
    )
    start, end = (data.index(b'"possession"') for data in (request, other))
    mixed = request[:start] + other[end:]
    with pytest.raises(Invalid):
        ru.empower(mixed, root=root, may=["read"], until=until)
    foreign = us.open_root(tmp_path / "us-root" / "root.key", PASSPHRASE)
    with pytest.raises(Refused):
        ru.empower(request, root=foreign, may=["read"], until=until)


def test_revoking_replaces_the_reading_key(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    petrova = _second_machine(office, tmp_path, ru, ["receive", "read", "manage"])
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    assert ru.receive("US-1", terms="accepted").matches
    petrova.sync()
    assert petrova.read("US-1").document.title == "Draft"
    stolen = shutil.copytree(tmp_path / "petrova", tmp_path / "stolen")

    root = ru.open_root(tmp_path / "ru-root" / "root.key", PASSPHRASE)
    result = ru.revoke("petrova", root=root)
    assert (result.new_reading_key, result.could_read, result.officer.in_key_box) == (True, 1, False)
    assert result.officer.revoked is not None
    assert ru.revoke("petrova", root=root).entered.already

    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="essence"))
    assert ru.receive("US-2", terms="accepted").matches
    assert ru.read("US-1").document == ru.read("US-2").document
    with pytest.raises(ParleyError):
        petrova.sync()
    thief = office.open(stolen, passphrase="other words")
    box = thief._session._checked_box(stolen.joinpath("key.box").read_bytes(), thief._session.keyring.box)
    us.sync()
    (_, new) = us._session.register("ru").reading
    with pytest.raises(Refused) as caught:
        box.secret(new.key.id)
    assert caught.value.code == "keybox.no-such-key"
    assert [officer.holder.name for officer in ru.officers()] == ["Officer of Russian Federation", "A. Petrova"]


def test_a_draft_sealed_to_a_key_that_was_replaced_is_refused(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    petrova = _second_machine(office, tmp_path, ru, ["read"])
    draft = us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence")
    ru.revoke("petrova", root=ru.open_root(tmp_path / "ru-root" / "root.key", PASSPHRASE))
    with pytest.raises(Refused) as caught:
        us.send(draft)
    assert caught.value.code == "deposit.reading-key"
    assert petrova.me().party == "ru"


def test_powers_that_ended(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    petrova = _second_machine(office, tmp_path, ru, ["deposit", "read"])
    petrova.sync()
    ru.join("amber-heron")
    assert [officer.holder.name for officer in ru.front_page().ends_soon] == ["A. Petrova"]
    draft = petrova.prepare(draft_file(tmp_path), to=["us"], role="note", terms="public", unconfirmed=True)
    office.pass_(21 * DAY)
    with pytest.raises(Refused):
        petrova.send(draft)
    assert us.inbox().for_us == ()


def test_the_sheet_brings_everything_back(office: Office, tmp_path: Path) -> None:
    founded = office.found(tmp_path, "ru", "Russian Federation")
    ru, us = office.open(tmp_path / "ru"), office.party(tmp_path, "us", "United States")
    us.trust("ru", ru.me().number)
    us.convene("Security guarantees", ["ru"])
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    assert ru.receive("US-1", terms="accepted", unconfirmed=True).matches
    ru.send(ru.prepare(draft_file(tmp_path), to=["us"], role="note", terms="public", unconfirmed=True))
    ru.close()
    shutil.rmtree(tmp_path / "ru")
    shutil.rmtree(tmp_path / "ru-root")

    sheet = founded.sheet
    result = recover(
        tmp_path / "new",
        groups=" ".join(sheet.groups).lower(),
        party=sheet.party,
        address=sheet.address,
        depositary_number=sheet.depositary_number,
        passphrase="new words",
        holder=Holder(name="B. Ivanov", office=""),
        root_folder=tmp_path / "new-root",
        ports=office.ports("new"),
    )
    assert (result.party, result.number, result.readable) == ("ru", founded.number, 2)
    rescued = office.open(tmp_path / "new", passphrase="new words")
    assert rescued.read("US-1").document.title == "Draft"
    assert rescued.read("RU-1").document.title == "Draft"
    assert rescued.audit().bad is None
    root = rescued.open_root(tmp_path / "new-root" / "root.key", "new words")
    assert rescued.sheet(root) == sheet
    assert rescued.revoke("Officer of Russian Federation", root=root).new_reading_key
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="essence"))
    assert rescued.receive("US-2", terms="accepted", unconfirmed=True).matches


@pytest.mark.parametrize(
    ("change", "family", "code"),
    [
        ({"party": "us"}, Refused, "sheet.other-party"),
        ({"depositary_number": "00000 " * 8}, Invalid, "sheet.other-depositary"),
        ({"depositary_number": "12"}, Malformed, "trust.number"),
        ({"groups": "0000 0000"}, Malformed, "sheet.length"),
    ],
)
def test_a_sheet_that_does_not_fit(
    office: Office, tmp_path: Path, change: dict[str, str], family: type[ParleyError], code: str
) -> None:
    founded = office.found(tmp_path, "ru", "Russian Federation")
    office.found(tmp_path, "us", "United States")
    typed = {
        "groups": " ".join(founded.sheet.groups),
        "party": "ru",
        "address": founded.sheet.address,
        "depositary_number": founded.sheet.depositary_number,
        **change,
    }
    with pytest.raises(family) as caught:
        recover(
            tmp_path / "new",
            **typed,
            passphrase="new words",
            holder=PETROVA,
            root_folder=tmp_path / "new-root",
            ports=office.ports("new"),
        )
    assert caught.value.code == code


def test_a_home_is_not_founded_over_another(office: Office, tmp_path: Path) -> None:
    office.found(tmp_path, "ru", "Russian Federation")
    (tmp_path / "us").mkdir()
    shutil.copytree(tmp_path / "ru", tmp_path / "us", dirs_exist_ok=True)
    with pytest.raises(Refused) as caught:
        office.found(tmp_path, "us", "United States")
    assert (caught.value.code, caught.value.details["party"]) == ("home.taken", "ru")


def test_founding_again_makes_no_second_root(office: Office, tmp_path: Path) -> None:
    """The root was taken off this machine, as one is told to: a false one in its place would go into the safe."""
    office.once = office.invite("ru", "Russian Federation")
    office.found(tmp_path, "ru", "Russian Federation")
    (tmp_path / "ru-root").rename(tmp_path / "safe")
    with pytest.raises(Refused) as caught:
        office.found(tmp_path, "ru", "Russian Federation")
    assert (caught.value.code, caught.value.details["party"]) == ("home.taken", "ru")
    assert not (tmp_path / "ru-root").exists()


def test_an_invitation_serves_once(office: Office, tmp_path: Path) -> None:
    office.once = office.invite("ru", "Russian Federation")
    office.found(tmp_path / "one", "ru", "Russian Federation")
    with pytest.raises(Refused):
        office.found(tmp_path / "two", "ru", "Russian Federation")


def test_a_wrong_passphrase_opens_nothing(office: Office, tmp_path: Path) -> None:
    office.found(tmp_path, "ru", "Russian Federation")
    ru = office.open(tmp_path / "ru", passphrase="wrong")
    with pytest.raises(Refused) as caught:
        ru.sync()
    assert caught.value.code == "passphrase.wrong"
    with pytest.raises(Refused):
        ru.open_root(tmp_path / "ru-root" / "root.key", "wrong")
