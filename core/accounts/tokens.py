"""API tokens of programs: `orc_` and 43 random characters, shown once, kept as SHA-256.

Before: a person makes one (actions.py). After: authentication.py finds its row again by the digest.
"""

import hashlib
import secrets

TOKEN_MARK = "orc_"
PREFIX_CHARS = 10


def new_token() -> str:
    return TOKEN_MARK + secrets.token_urlsafe(32)


def digest_of(token: str) -> bytes:
    """A plain hash is enough: the token itself is 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()
