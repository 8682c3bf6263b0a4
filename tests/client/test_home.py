"""The home: modes, whole replacement, files that are there already, links, a disk that is full."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec import structs

from parley.client.home import LARGEST_FILE, Home, PartyFile, create_new, open_new, write_whole
from parley.crypto import KeySetId, sha256
from parley.errors import Malformed, Refused, Unavailable

PARTY = PartyFile(
    address="http://127.0.0.1:8750",
    genesis=sha256(b"genesis"),
    log="depositary.example/log/1",
    party="ru",
    root=KeySetId(sha256(b"root")),
    tls_ca=None,
    version=1,
)


def test_a_home_is_its_owners_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        home = Home.create(tmp_path / "home")
        home.write(b"x", "file")
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in (home.folder, home.path("sealed"))] == [0o700, 0o700]
    assert home.path("file").stat().st_mode & 0o777 == 0o600


def test_a_home_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    home.write_party(PARTY)
    home.folder.chmod(0o755)
    Home.open(home.folder)
    assert home.folder.stat().st_mode & 0o777 == 0o700


def test_no_home_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        Home.open(tmp_path / "nowhere")
    assert caught.value.code == "home.none"
    assert not (tmp_path / "nowhere").exists()


def test_the_party_file_comes_back_or_is_damaged(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    home.write_party(PARTY)
    assert home.party() == PARTY
    data = home.read("party.json")
    for damaged in (data[:-1], data[:20], b"", data.replace(b"http:", b"ftp::"), b"\xff" + data):
        home.write(damaged, "party.json")
        with pytest.raises(Malformed) as caught:
            home.party()
        assert caught.value.code == "home.party-file"


@pytest.mark.parametrize(
    "address", ["", "ftp://a.example", "http://", "http://a b", "http://a.example/path", "http://a\n"]
)
def test_a_home_is_not_founded_at_what_is_no_address(tmp_path: Path, address: str) -> None:
    with pytest.raises(Malformed) as caught:
        structs.replace(PARTY, address=address)
    assert (caught.value.code, caught.value.details) == ("home.address", {})


def test_a_file_far_too_large_is_not_read_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home.create(tmp_path / "home")
    with home.path("keyring").open("wb") as file:
        file.truncate(LARGEST_FILE)
    assert len(home.read("keyring")) == LARGEST_FILE
    with home.path("keyring").open("ab") as file:
        file.write(b"x")
    with pytest.raises(Malformed) as caught:
        home.read("keyring")
    assert (caught.value.code, caught.value.details) == ("home.too-large", {"file": "keyring", "most": LARGEST_FILE})


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    home.path("keyring").mkdir()
    with pytest.raises(Unavailable) as caught:
        home.read("keyring")
    assert (caught.value.code, caught.value.details) == ("home.unreadable", {"file": "keyring"})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        Home.create(tmp_path / "home").read("keyring")
    assert (caught.value.code, caught.value.details) == ("home.missing", {"file": "keyring"})


def test_a_replaced_file_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_whole(target, b"one")
    write_whole(target, b"two")
    assert target.read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_replacement_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    write_whole(target, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable) as caught:
        write_whole(target, b"new")
    assert caught.value.code == "home.unwritable"
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("make", [lambda path: create_new(path, b"x"), lambda path: open_new(path).close()])
def test_nothing_is_written_over_or_through_a_link(tmp_path: Path, make: object) -> None:
    assert callable(make)
    there, link, loose = tmp_path / "there", tmp_path / "link", tmp_path / "loose"
    there.write_bytes(b"kept")
    link.symlink_to(there)
    loose.symlink_to(tmp_path / "nothing")
    for path in (there, link, loose):
        with pytest.raises(Refused) as caught:
            make(path)
        assert caught.value.code == "file.exists"
    assert there.read_bytes() == b"kept"
    assert not (tmp_path / "nothing").exists()
    make(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        create_new(tmp_path / "none" / "file", b"x")


def test_a_sealed_part_that_was_not_kept_is_gone(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    with home.writing_sealed() as (file, _):
        file.write(b"half")
    assert list(home.path("sealed").iterdir()) == []
    with home.writing_sealed() as (file, path):
        file.write(b"whole")
        kept = home.keep_sealed(file, path, sha256(b"whole"))
    assert kept.read_bytes() == b"whole"
    assert [path.name for path in home.path("sealed").iterdir()] == [sha256(b"whole").hex()]
