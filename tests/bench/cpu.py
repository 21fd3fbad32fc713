"""CPU seconds by process group over a stretch of time: where the difference to the raw loop goes.

Unlike wall time it says the same on a machine that others use too. What a lab host uses is everything that lives in its
network namespace, with the ended children of each (runc, iptables, the shims' programs).
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from pathlib import Path

from tests.lab import LabHost
from tests.lab.run import netns_inode
from tests.whole.installation import Installation

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
ENGINES = "engines"
BENCH = "bench"


class Meter:
    """Reads /proc; `since(before)` is what was used since a `now()`."""

    def __init__(self, installation: Installation, hosts: Sequence[LabHost]) -> None:
        self._installation = installation
        self._hosts = hosts

    def now(self) -> dict[str, float]:
        used = {name: cpu_s_of([process.pid]) for name, process in self._installation.processes.items()}
        postmaster = self._installation.database.pid()
        if postmaster is not None:
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
            used["database"] = cpu_s_of([postmaster, *map(int, children)])
        used[ENGINES] = cpu_s_of(_living_in({netns_inode(host.name) for host in self._hosts}))
        used[BENCH] = time.process_time()
        return used

    def since(self, before: dict[str, float]) -> dict[str, float]:
        now = self.now()
        return {name: now[name] - before.get(name, 0.0) for name in now}


def words(used: dict[str, float]) -> str:
    """One line: CPU seconds and who used them."""
    return f"{sum(used.values()):.1f} CPU-s ({', '.join(f'{name} {value:.2f}' for name, value in used.items())})"


def _living_in(spaces: set[int | None]) -> list[int]:
    wanted = {f"net:[{inode}]" for inode in spaces}
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and str((entry / "ns/net").readlink()) in wanted:
                found.append(int(entry.name))
    return found


def cpu_s_of(pids: list[int]) -> float:
    """With the ended children of each."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, IndexError):
            parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(part) for part in parts[11:15])
    return total / TICKS_PER_S
