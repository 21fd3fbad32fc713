"""CPU seconds by process group over a stretch of time: where the difference to the raw loop goes.

The engines are what is left of the machine's whole when our processes and the bench itself are taken away; what others
do on the machine meanwhile is in it too.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from tests.whole.installation import Installation

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
MACHINE = "machine"
ENGINES = "engines and others"


class Meter:
    """Reads /proc; `since(before)` is what was used since a `now()`."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def now(self) -> dict[str, float]:
        used = {name: _of([process.pid]) for name, process in self._installation.processes.items()}
        postmaster = self._installation.database.pid()
        if postmaster is not None:
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
            used["database"] = _of([postmaster, *map(int, children)])
        used["bench"] = time.process_time()
        ticks = [int(part) for part in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        used[MACHINE] = (sum(ticks) - ticks[3] - ticks[4]) / TICKS_PER_S
        return used

    def since(self, before: dict[str, float]) -> dict[str, float]:
        now = self.now()
        used = {name: now[name] - before.get(name, 0.0) for name in now}
        used[ENGINES] = used[MACHINE] - sum(value for name, value in used.items() if name != MACHINE)
        return used


def words(used: dict[str, float]) -> str:
    """One line: the machine's CPU seconds and who used them."""
    parts = [f"{name} {value:.1f}" for name, value in used.items() if name != MACHINE]
    return f"{used[MACHINE]:.1f} CPU-s ({', '.join(parts)})"


def _of(pids: list[int]) -> float:
    """With the ended children of each."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, IndexError):
            parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(part) for part in parts[11:15])
    return total / TICKS_PER_S
