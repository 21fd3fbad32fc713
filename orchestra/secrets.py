"""Makes and keeps the two secrets of an installation under VAR/secrets, each readable by its owner only.

`manage.py` calls `ensure` before the settings are read; the settings read the files. With DATABASE_URL set
nothing is made: several machines must share the same keys, so the operator hands them in by environment.
"""

import base64
import os
import secrets as random
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def var_directory() -> Path:
    """The directory of everything Orchestra keeps on this machine (ORCHESTRA_VAR, default `var/`)."""
    return Path(os.environ.get("ORCHESTRA_VAR") or BASE_DIR / "var").absolute()


def secret_key_file(var: Path) -> Path:
    return var / "secrets" / "secret.key"


def vault_keys_file(var: Path) -> Path:
    return var / "secrets" / "vault.keys"


def ensure(var: Path) -> None:
    """Make what is missing; what exists is never touched. Safe when several processes race."""
    folder = var / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _create_once(secret_key_file(var), random.token_urlsafe(48))
    _create_once(vault_keys_file(var), base64.urlsafe_b64encode(random.token_bytes(32)).decode())


def read_lines(path: Path) -> list[str]:
    """The non-empty lines of a secret's file; an absent file has none."""
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return []
    return [line.strip() for line in text.splitlines() if line.strip()]


def _create_once(path: Path, text: str) -> None:
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.{random.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails where another process was first: its key stays
    except FileExistsError:
        pass
    finally:
        draft.unlink()
