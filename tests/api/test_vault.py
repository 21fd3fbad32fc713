"""The vault: what is sealed is opened by any of the keys, the newest seals, and faults say which setting to look at."""

import pytest
from cryptography.fernet import Fernet
from pytest_django.fixtures import Settings

from core.lib.vault import VaultError, open_sealed, seal

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_a_text_comes_back_and_is_not_to_be_read_in_between(settings: Settings) -> None:
    settings.VAULT_KEYS = [OLD]
    blob = seal("grüße")
    assert "grüße".encode() not in blob
    assert open_sealed(blob) == "grüße"
    assert seal("grüße") != blob


def test_keys_are_rotated_by_putting_a_new_one_first(settings: Settings) -> None:
    settings.VAULT_KEYS = [OLD]
    old = seal("text")
    settings.VAULT_KEYS = [NEW, OLD]
    assert open_sealed(old) == "text"
    new = seal("text")
    settings.VAULT_KEYS = [NEW]
    assert open_sealed(new) == "text"
    with pytest.raises(VaultError, match="ORCHESTRA_VAULT_KEYS"):
        open_sealed(old)


@pytest.mark.parametrize("keys", [[], ["short"], ["not base64 !"]])
def test_missing_and_malformed_keys_are_told(settings: Settings, keys: list[str]) -> None:
    settings.VAULT_KEYS = keys
    with pytest.raises(VaultError, match="ORCHESTRA_VAULT_KEYS"):
        seal("text")


def test_a_changed_byte_is_found(settings: Settings) -> None:
    settings.VAULT_KEYS = [OLD]
    blob = bytearray(seal("text"))
    blob[40] ^= 1
    with pytest.raises(VaultError):
        open_sealed(bytes(blob))
