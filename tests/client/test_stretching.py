"""The real stretching, once: a keyring file opens with the passphrase it was made with."""

from __future__ import annotations

import pytest

from parley.client.keyring import Keyring
from parley.errors import Refused
from tests.client.places import Random


def test_a_keyring_under_argon2id() -> None:
    keyring = Keyring.new(Random("keyring"))
    data = keyring.lock("correct horse", Random("lock"))
    assert Keyring.unlock(data, "correct horse") == keyring
    with pytest.raises(Refused):
        Keyring.unlock(data, "correct horsf")
