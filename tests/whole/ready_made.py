"""Empty installations are made once in a run and copied: their tables take longer than many a test.

What is copied is a database that was stopped and the secrets beside it. No cluster id is in it: each copy gets its own.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

KEPT = ("postgres", "secrets")

_made: dict[str, tuple[Path, str]] = {}


def lay(var: Path, kind: str, *, make: Callable[[Path], str]) -> str:
    """Put a copy of what `make(var)` makes into `var`; what it answered. Each kind is made when it is first wanted."""
    if kind not in _made:
        folder = Path(tempfile.mkdtemp(prefix="orchestra-ready-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _made[kind] = folder, make(folder)
    folder, answer = _made[kind]
    for name in KEPT:
        subprocess.run(["cp", "--archive", "--reflink=auto", "--", folder / name, var / name], check=True)
    return answer
