"""Founding, inviting, looking, backup and restore: what the office does, on a real folder."""

from __future__ import annotations

import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley import depositary, statement
from parley.act import Rules
from parley.canonical import Time
from parley.checkpoint import open_checkpoint
from parley.crypto import Digest, sha256
from parley.depositary import office
from parley.depositary.blobs import FolderBlobs
from parley.depositary.keys import Keys, read_secret, write_secret
from parley.depositary.sqlite import SqliteStore
from parley.errors import Malformed, ParleyError, Refused, Unavailable
from parley.note import NoteKey
from parley.wire import Invitation
from tests.build import START, seed
from tests.depositary.live import LATER, NAME, Live, two

ADDRESS = "http://127.0.0.1:8750"
RULES = depositary.default_rules('office "A" \\ B')


def silent(_line: str) -> None:
    """A journal nobody reads."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "d"
    depositary.create(path, name=NAME, address=ADDRESS, rules=RULES, now=lambda: START)
    return path


@pytest.fixture
def live(folder: Path) -> Iterator[Live]:
    """The parties of the tests at a depositary in a folder."""
    for name in (office.ENTRIES, f"{office.ENTRIES}-wal", f"{office.ENTRIES}-shm"):
        (folder / name).unlink(missing_ok=True)
    (folder / office.SECRET).unlink()
    write_secret(folder / office.SECRET, seed("secret"))
    made = two(SqliteStore(folder / office.ENTRIES), FolderBlobs(folder))
    yield made
    made.store.close()


class TestCreate:
    def test_a_new_depositary_has_its_genesis_under_a_checkpoint(self, folder: Path) -> None:
        opened = depositary.open(folder, write=silent)
        genesis = opened.view.world.genesis.act
        keys = [NoteKey.parse(key) for key in genesis.log_keys]  # type: ignore[attr-defined]
        assert open_checkpoint(opened.checkpoint(), keys).checkpoint.size == 1
        assert (genesis.log, opened.rules, opened.authority) == (f"{NAME}/log/1", RULES, NAME)
        opened.close()

    def test_the_rules_are_there_for_people_to_read(self, folder: Path) -> None:
        rules = tomllib.loads((folder / "rules.toml").read_text("utf-8"))
        assert rules["disk_reserve"] == office.reserve_of(folder) == 256 << 20
        assert (rules["name"], rules["address"]) == (NAME, ADDRESS)
        assert Rules(**rules["rules"]) == RULES
        assert depositary.address_of(folder) == ADDRESS

    def test_only_its_owner_reads_the_secret(self, folder: Path) -> None:
        assert (folder / "secret").stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700
        for path in folder.rglob("*"):
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
        (folder / "secret").chmod(0o640)
        with pytest.raises(Refused, match=r"secret.open-to-others"):
            depositary.open(folder, write=silent)

    def test_a_folder_that_holds_something_is_left_alone(self, folder: Path) -> None:
        with pytest.raises(Refused, match=r"depositary.folder-not-empty"):
            depositary.create(folder, name=NAME, address=ADDRESS, rules=RULES)

    @pytest.mark.parametrize("name", ["", "Upper.example", "a b", "a/b", "-a", "a" * 200])
    def test_names_that_cannot_be(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(Malformed, match=r"depositary.name"):
            depositary.create(tmp_path / "e", name=name, address=ADDRESS, rules=RULES)
        assert not (tmp_path / "e").exists()

    def test_an_address_that_cannot_be(self, tmp_path: Path) -> None:
        with pytest.raises(Malformed, match=r"invitation.address"):
            depositary.create(tmp_path / "e", name=NAME, address="127.0.0.1", rules=RULES)

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(Unavailable, match=r"depositary.folder"):
            depositary.create(tmp_path / "file" / "d", name=NAME, address=ADDRESS, rules=RULES)

    @pytest.mark.parametrize("line", ["disk_reserve = -1", 'disk_reserve = "1 GiB"', "disk_reserve = true"])
    def test_a_reserve_that_is_none_is_refused(self, folder: Path, line: str) -> None:
        path = folder / "rules.toml"
        path.write_text(path.read_text("utf-8").replace("disk_reserve = 268435456", line), "utf-8")
        with pytest.raises(Malformed, match=r"depositary.rules-file"):
            depositary.open(folder, write=silent)

    def test_a_reserve_may_be_changed_and_left_out(self, folder: Path) -> None:
        path = folder / "rules.toml"
        whole = path.read_text("utf-8")
        path.write_text(whole.replace("disk_reserve = 268435456", "disk_reserve = 5"), "utf-8")
        assert office.reserve_of(folder) == 5
        path.write_text(whole.replace("disk_reserve = 268435456\n", ""), "utf-8")
        assert office.reserve_of(folder) == 256 << 20


class TestSecret:
    @pytest.mark.parametrize("data", [b"", b"\xff", b"parley.depositary-secret/v1 00\n", b"x" * 100])
    def test_a_damaged_secret_is_told(self, folder: Path, data: bytes) -> None:
        (folder / "secret").write_bytes(data)
        with pytest.raises(Malformed, match=r"secret.form"):
            depositary.open(folder, write=silent)

    def test_a_missing_secret_is_told(self, folder: Path) -> None:
        (folder / "secret").unlink()
        with pytest.raises(Unavailable, match=r"secret.missing"):
            depositary.open(folder, write=silent)

    def test_it_is_never_overwritten(self, tmp_path: Path) -> None:
        write_secret(tmp_path / "s", bytes(32))
        with pytest.raises(Unavailable, match=r"secret.not-written"):
            write_secret(tmp_path / "s", bytes(32))
        assert read_secret(tmp_path / "s") == bytes(32)

    def test_acts_and_checkpoints_have_different_keys(self) -> None:
        keys = Keys.from_secret(bytes(32))
        assert keys.act.id != keys.log.id


class TestInvite:
    def test_an_invitation_says_where_which_and_who(self, folder: Path) -> None:
        invitation = depositary.invite(folder, party="ru", name="Russian Federation", until=LATER)
        assert (invitation.address, invitation.id, invitation.log) == (ADDRESS, "ru", f"{NAME}/log/1")
        assert invitation.genesis.hex() == depositary.status(folder).genesis
        assert Invitation.parse(invitation.print()) == invitation

    def test_the_code_itself_is_not_kept(self, folder: Path) -> None:
        invitation = depositary.invite(folder, party="ru", name="R", until=LATER)
        kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert bytes(invitation.code) not in kept
        assert sha256(invitation.code) in kept

    @pytest.mark.parametrize("party", ["depositary", "RU", "", "a b", "x" * 33])
    def test_ids_that_cannot_be(self, folder: Path, party: str) -> None:
        with pytest.raises(Malformed):
            depositary.invite(folder, party=party, name="R", until=LATER)

    def test_no_depositary_there(self, tmp_path: Path) -> None:
        for work in (
            lambda: depositary.invite(tmp_path, party="ru", name="R", until=LATER),
            lambda: depositary.status(tmp_path),
            lambda: depositary.backup(tmp_path, tmp_path / "b.tar"),
        ):
            with pytest.raises(Unavailable, match=r"depositary.none-here|secret.missing"):
                work()
        assert not (tmp_path / "entries.sqlite").exists()


class TestStatus:
    def test_it_counts(self, folder: Path, live: Live) -> None:
        live.admit(live.deposit("us", "ru"))
        live.admit(live.deposit("us", "ru", accept_by=Time(live.now + 7 * office.DAY)))
        status = depositary.status(folder, now=live.clock)
        assert (status.name, status.parties, status.negotiations) == (NAME, ("ru", "us"), 1)
        assert (status.papers_waiting, status.papers_expiring, status.entries) == (2, 1, 9)
        assert (status.served, status.last_backup, status.checkpoint_time) == (False, None, live.now)
        assert status.disk_free > 0

    def test_it_says_whether_it_is_served(self, folder: Path) -> None:
        with office.sole(folder):
            assert depositary.status(folder).served
            with pytest.raises(Refused, match=r"depositary.already-served"), office.sole(folder):
                pass
        assert not depositary.status(folder).served


class TestBackup:
    def test_a_restored_copy_has_the_same_head_and_parts_and_goes_on(
        self, folder: Path, live: Live, tmp_path: Path
    ) -> None:
        deposit = live.admit(live.deposit("us", "ru"))
        live.admit(live.receipt("ru", deposit))
        view = depositary.backup(folder, tmp_path / "b.tar", now=live.clock)
        assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
        assert depositary.status(folder).last_backup == live.now
        live.admit(live.deposit("us", "ru"))
        restored = depositary.restore(tmp_path / "b.tar", tmp_path / "elsewhere")
        assert (restored.size, restored.checkpoint) == (view.size, view.checkpoint)
        copied = depositary.status(tmp_path / "elsewhere").restored
        opened = depositary.open(tmp_path / "elsewhere", now=live.clock, write=silent, original_stopped=copied)
        for part in ("header", "payload", "cover"):
            assert opened.sealed(live.requester("us"), getattr(deposit.act, part).digest)
        opened.sequencer.process([])  # the handover that the copy had still to do
        assert opened.view.size == view.size + 1
        assert statement.read(opened.view.world.genesis.data).digest == view.world.genesis.digest
        opened.close()

    def test_it_replaces_no_file(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "b.tar").write_bytes(b"mine")
        with pytest.raises(Unavailable, match=r"backup.not-written"):
            depositary.backup(folder, tmp_path / "b.tar")
        assert (tmp_path / "b.tar").read_bytes() == b"mine"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "d"]

    def test_what_is_swept_while_it_is_taken_is_left_out(
        self, folder: Path, live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        digest = live.bring("us", b"no act names it")
        blobs, listed = FolderBlobs(folder), FolderBlobs.all

        def swept(self: FolderBlobs) -> Iterator[Digest]:
            found = list(listed(self))
            blobs.delete(digest)
            return iter(found)

        monkeypatch.setattr(FolderBlobs, "all", swept)
        depositary.backup(folder, tmp_path / "b.tar")
        monkeypatch.undo()
        with tarfile.open(tmp_path / "b.tar") as tar:
            assert f"sealed/{digest.hex()}" not in tar.getnames()
        assert depositary.restore(tmp_path / "b.tar", tmp_path / "elsewhere").size == live.office.view.size

    def test_one_without_a_part_that_an_act_names_is_refused(self, folder: Path, live: Live, tmp_path: Path) -> None:
        deposit = live.admit(live.deposit("us", "ru"))
        FolderBlobs(folder).delete(deposit.act.header.digest)  # type: ignore[attr-defined]
        depositary.backup(folder, tmp_path / "b.tar")
        with pytest.raises(Malformed, match=r"backup\.part-missing"):
            depositary.restore(tmp_path / "b.tar", tmp_path / "elsewhere")
        assert not (tmp_path / "elsewhere").exists()

    def test_it_is_not_unpacked_over_something(self, folder: Path, tmp_path: Path) -> None:
        depositary.backup(folder, tmp_path / "b.tar")
        with pytest.raises(Refused, match=r"depositary.folder-not-empty"):
            depositary.restore(tmp_path / "b.tar", folder)
        assert depositary.status(folder).entries == 1

    @pytest.mark.parametrize("what", ["missing", "a folder"])
    def test_one_that_cannot_be_read_leaves_nothing(self, tmp_path: Path, what: str) -> None:
        if what == "a folder":
            (tmp_path / "b.tar").mkdir()
        with pytest.raises(Unavailable) as caught:
            depositary.restore(tmp_path / "b.tar", tmp_path / "elsewhere")
        assert (caught.value.code, caught.value.details) == ("backup.not-read", {})
        assert not (tmp_path / "elsewhere").exists()

    @pytest.mark.parametrize("damage", ["cut", "flip in the entries", "flip in a part", "not a tar", "nothing"])
    def test_a_damaged_one_is_refused_and_leaves_nothing(
        self, folder: Path, live: Live, tmp_path: Path, damage: str
    ) -> None:
        deposit = live.admit(live.deposit("us", "ru"))
        path = tmp_path / "b.tar"
        depositary.backup(folder, path)
        data = bytearray(path.read_bytes())
        if damage == "cut":
            data = data[: len(data) // 2]
        elif damage.startswith("flip"):
            payload = b"".join(live.blobs.read(deposit.act.payload.digest, 0, 32))  # type: ignore[attr-defined]
            wanted = deposit.digest if "entries" in damage else payload
            data[data.index(bytes(wanted))] ^= 1
        else:
            data = bytearray(b"no tar at all" * 100 if damage == "not a tar" else b"")
        path.write_bytes(data)
        with pytest.raises(ParleyError) as caught:
            depositary.restore(path, tmp_path / "elsewhere")
        assert isinstance(caught.value, Malformed | Unavailable)
        assert not (tmp_path / "elsewhere").exists()

    @pytest.mark.parametrize("name", ["../outside", "/outside", "sealed/../../outside", "sealed/" + "0" * 64, "other"])
    def test_names_that_leave_the_folder_or_lie_are_refused(self, folder: Path, tmp_path: Path, name: str) -> None:
        depositary.backup(folder, tmp_path / "b.tar")
        (tmp_path / "evil").write_bytes(b"evil")
        with tarfile.open(tmp_path / "b.tar", "a") as tar:
            tar.add(tmp_path / "evil", name)
        before = sorted(tmp_path.iterdir())
        with pytest.raises(Malformed):
            depositary.restore(tmp_path / "b.tar", tmp_path / "elsewhere")
        assert sorted(tmp_path.iterdir()) == before

    def test_a_link_in_it_is_refused(self, folder: Path, tmp_path: Path) -> None:
        depositary.backup(folder, tmp_path / "b.tar")
        (tmp_path / "link").symlink_to("/etc/passwd")
        with tarfile.open(tmp_path / "b.tar", "a") as tar:
            tar.add(tmp_path / "link", "sealed/" + "0" * 64)
        with pytest.raises(Malformed, match=r"backup.form"):
            depositary.restore(tmp_path / "b.tar", tmp_path / "elsewhere")
