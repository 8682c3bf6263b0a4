"""Files under a passphrase: every damage is told from a wrong passphrase, and nothing of the secret is in an error."""

from __future__ import annotations

import unicodedata

import pytest

from parley.client import locked
from parley.client.keyring import Keyring, Secret
from parley.client.locked import lock, unlock
from parley.client.root import Root
from parley.errors import Malformed, ParleyError, Refused
from tests.client.places import Random

SECRET = b"thirty-two bytes that are secret"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stretching is tested once, below; here it would only be slow."""
    monkeypatch.setattr(locked, "stretch_passphrase", lambda text, salt: (text.encode() + salt).ljust(32, b"\0")[:32])


def _locked() -> bytes:
    return lock("parley-test", SECRET, "open", Random("lock"))


def test_what_was_locked_is_unlocked() -> None:
    assert unlock("parley-test", _locked(), "open") == SECRET
    assert SECRET not in _locked()


def test_every_flipped_bit_is_damage_whatever_is_typed() -> None:
    data = _locked()
    for place in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            for passphrase in ("open", "wrong"):
                with pytest.raises(Malformed) as caught:
                    unlock("parley-test", bytes(changed), passphrase)
                assert caught.value.code == "locked.damaged"


def test_every_shorter_file_is_damage() -> None:
    data = _locked()
    for length in range(len(data)):
        with pytest.raises(Malformed) as caught:
            unlock("parley-test", data[:length], "open")
        assert caught.value.code == "locked.damaged"


def test_a_wrong_passphrase_is_refused_and_not_called_damage() -> None:
    with pytest.raises(Refused) as caught:
        unlock("parley-test", _locked(), "wrong")
    assert caught.value.code == "passphrase.wrong"
    assert "wrong" not in str(caught.value.details)


def test_a_file_of_another_kind_is_told() -> None:
    with pytest.raises(Malformed) as caught:
        unlock("parley-other", _locked(), "open")
    assert caught.value.code == "locked.kind"


def test_mending_the_sum_does_not_help_whoever_changes_the_file() -> None:
    data = _locked()
    file = locked.decode(data[:-1], locked._File)
    sealed = bytearray(file.locked.sealed)
    sealed[0] ^= 1
    changed = locked._Locked(
        kind=file.locked.kind,
        nonce=file.locked.nonce,
        salt=file.locked.salt,
        sealed=locked.Base64(bytes(sealed)),
    )
    mended = locked.encode(locked._File(locked=changed, sum=locked._sum(changed))) + b"\n"
    with pytest.raises(Refused) as caught:
        unlock("parley-test", mended, "open")
    assert caught.value.code == "passphrase.wrong"


@pytest.mark.parametrize(("passphrase", "code"), [("", "passphrase.empty"), ("x" * 1025, "passphrase.long")])
def test_no_and_endless_passphrases_are_refused(passphrase: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        lock("parley-test", SECRET, passphrase, Random("lock"))
    assert caught.value.code == code


def test_a_passphrase_that_no_keyboard_types_is_malformed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Malformed) as caught:
        lock("parley-test", SECRET, "\ud800", Random("lock"))
    assert caught.value.code == "passphrase.form"


def test_one_passphrase_in_two_spellings_is_one() -> None:
    composed = "д\u0451рево"
    data = lock("parley-test", SECRET, composed, Random("lock"))
    assert unlock("parley-test", data, unicodedata.normalize("NFD", composed)) == SECRET


def test_a_keyring_comes_back_and_shows_nothing() -> None:
    keyring = Keyring.new(Random("keyring"))
    data = keyring.lock("open", Random("lock"))
    again = Keyring.unlock(data, "open")
    assert again == keyring
    assert again.signing.id == keyring.signing.id
    assert again.box.public.id == keyring.box.public.id
    for text in (repr(keyring), repr(keyring.signing_secret)):
        assert keyring.signing_secret.hex()[:8] not in text


def test_a_root_file_is_not_a_keyring() -> None:
    root = Root.new(Random("root"))
    data = root.lock("ru", "open", Random("lock"))
    assert Root.unlock(data, "open") == (root, "ru")
    with pytest.raises(Malformed) as caught:
        Keyring.unlock(data, "open")
    assert caught.value.code == "locked.kind"
    assert root.seed.hex()[:8] not in repr(root)


def test_no_error_holds_a_secret() -> None:
    data = _locked()
    for attempt in (data[:-5], data):
        with pytest.raises(ParleyError) as caught:
            unlock("parley-test", attempt, "a typed guess")
        assert "guess" not in str(caught.value)
    assert "…" in repr(Secret(bytes(32)))
