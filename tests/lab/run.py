"""Commands of the lab: run one, loudly when it fails; find and end the processes of a network namespace."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

NETNS = Path("/run/netns")


class LabError(RuntimeError):
    """The lab could not do what it was asked; the message has the tool's own words."""


def run(*command: str, check: bool = True, text: str | None = None) -> str:
    """Its output. LabError when it fails and `check`."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
    if check and done.returncode != 0:
        raise LabError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip() or done.returncode}")
    return done.stdout


def wait_until(true: Callable[[], object], *, timeout_s: float, what: Callable[[], str]) -> None:
    """LabError with `what()` when it never is."""
    end = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > end:
            raise LabError(what())
        time.sleep(0.02)


def netns_inode(name: str) -> int | None:
    try:
        return (NETNS / name).stat().st_ino
    except OSError:
        return None


def in_netns(pid: int, name: str) -> bool:
    inode = netns_inode(name)
    try:
        return inode is not None and str(Path(f"/proc/{pid}/ns/net").readlink()) == f"net:[{inode}]"
    except OSError:
        return False


def end_netns(name: str) -> None:
    """Kills all that lives in it until nothing does (a host may be half through its boot), then removes it."""
    end = time.monotonic() + 10
    while pids := [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and in_netns(int(p.name), name)]:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > end:
            raise LabError(f"processes of {name} do not end: {pids}")
        time.sleep(0.02)
    run("ip", "netns", "del", name, check=False)


def remove_cgroups(name: str) -> None:
    """Directories outlive a host without power; the kernel forgets them a moment after the last process."""
    tops = [p / name for p in (Path("/sys/fs/cgroup"), *Path("/sys/fs/cgroup").iterdir()) if (p / name).is_dir()]
    for _ in range(50):
        for top in tops:
            for folder, _, _ in os.walk(top, topdown=False):
                with contextlib.suppress(OSError):
                    Path(folder).rmdir()
        tops = [top for top in tops if top.exists()]
        if not tops:
            return
        time.sleep(0.02)
