"""Seals small secrets (engine keys, kept answers) before they are written to a row, and opens them again.

Fernet with the keys of settings.VAULT_KEYS: the first one seals, every one opens, so that keys can be rotated.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

WHERE = "ORCHESTRA_VAULT_KEYS (or the file secrets/vault.keys in ORCHESTRA_VAR)"


class VaultError(Exception):
    """The keys are missing, malformed, or none of them opens the text."""


def seal(text: str) -> bytes:
    return _fernet().encrypt(text.encode())


def open_sealed(blob: bytes) -> str:
    try:
        return _fernet().decrypt(bytes(blob)).decode()
    except InvalidToken as error:
        raise VaultError(f"no key of {WHERE} opens this text; was the key it was sealed with removed?") from error


def _fernet() -> MultiFernet:
    return _fernet_of(tuple(settings.VAULT_KEYS))


@lru_cache(maxsize=4)
def _fernet_of(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise VaultError(f"no key to seal with: set {WHERE}")
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise VaultError(f"a key is not 32 bytes of url-safe base64: look at {WHERE}") from error
