"""Commands that need root: run as they are when we are root, through a sudo that asks nothing when there is one."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache


@cache
def prefix() -> tuple[str, ...] | None:
    """What to put before a command to run it as root; None when we cannot."""
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return (sudo, "-n", "-E")
    return None


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run it as root and keep what it says; the caller looks at the status. Needs `prefix()` to be there."""
    environment = {**os.environ, "PATH": program_path()}
    full = [*(prefix() or ()), *command]
    return subprocess.run(full, capture_output=True, text=True, check=False, env=environment, timeout=600)


def program_path() -> str:
    """PATH with the folders of programs for root, which a user's PATH lacks on Debian."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


def which(program: str) -> str | None:
    return shutil.which(program, path=program_path())


def missing(programs: Sequence[str]) -> list[str]:
    return [program for program in programs if which(program) is None]
