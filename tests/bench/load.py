"""What the control plane itself uses: CPU of its processes while a simulated fleet runs, per 1,000 containers.

Everything is real but the engines, which live in a process of their own that is not counted. Measured once all
containers run, with every container's use taken each ten seconds, and again while programs crash and hosts fail.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestra.database.server import Server
from tests.bench.cpu import cpu_s_of
from tests.bench.figures import Figure
from tests.bench.processes import children_of, pss_mib
from tests.bench.rig import say
from tests.whole.installation import ROOT, free_port, wait_for

SIZES = ((20, 1_000), (100, 5_000), (200, 10_000))
LIMIT = 0.10
SETTLE_S = 20.0
MEASURE_S = 60.0
PATIENCE_S = 900.0
ROLES = {"simulated_world": "world", "web": "web", "scheduler": "scheduler", "agent": "agents"}
WORLD = "world"


def measure() -> list[Figure]:
    figures: list[Figure] = []
    for hosts, containers in SIZES:
        with simulated(hosts, containers) as (var, pid, filled_s):
            time.sleep(SETTLE_S)
            figures += of_a_size(var, pid, hosts=hosts, containers=containers)
            figures.append(Figure(f"  {hosts} hosts: {containers} containers asked for until all run", "s", [filled_s]))
    return figures


def of_a_size(var: Path, pid: int, *, hosts: int, containers: int) -> list[Figure]:
    before, began_s = used_by(var, pid), time.monotonic()
    time.sleep(MEASURE_S)
    took_s, after = time.monotonic() - began_s, used_by(var, pid)
    cores = {name: (after[name] - before[name]) / took_s for name in after}
    world = cores.pop(WORLD)
    each = {name: value / containers * 1000 for name, value in cores.items()}
    size = f"{hosts} hosts, {containers} containers"
    found = [Figure(f"cores per 1,000 containers, {size}", "cores", [sum(each.values())], limit=LIMIT)]
    found += [Figure(f"  {hosts} hosts: {name}", "cores", [value]) for name, value in each.items()]
    found.append(Figure(f"  {hosts} hosts: the fake engines (not counted)", "cores", [world / containers * 1000]))
    memory = {name: pss_mib(pids) for name, pids in family(var, pid).items() if name != WORLD}
    return found + [Figure(f"  {hosts} hosts: memory of {name}", "MiB", [value]) for name, value in memory.items()]


@contextmanager
def simulated(hosts: int, containers: int, *words: str) -> Iterator[tuple[Path, int, float]]:
    """A simulation whose every container runs; its folder, its process, and how long the filling took."""
    say(f"a simulation of {hosts} hosts and {containers} containers")
    with tempfile.TemporaryDirectory(prefix="orchestra-load-", dir="/tmp") as folder:
        var, log = Path(folder) / "var", Path(folder) / "log"
        size = ["--hosts", str(hosts), "--containers", str(containers), "--port", str(free_port())]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "simulate", *size, *words],
                cwd=ROOT,
                env={**os.environ, "ORCHESTRA_VAR": str(var)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        try:
            full = re.compile(r"Filled: \d+ of \d+ containers run after (\d+) s")
            wait_for(
                lambda: full.search(log.read_text()) is not None or process.poll() is not None,
                timeout_s=PATIENCE_S,
                what="it is filled",
                last=lambda: log.read_text()[-2000:],
                every_s=1.0,
            )
            found = full.search(log.read_text())
            if found is None:
                raise RuntimeError(f"the simulation ended: {log.read_text()[-2000:]}")
            yield var / "simulated", process.pid, float(found[1])
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def family(var: Path, pid: int) -> dict[str, list[int]]:
    """The simulation's processes by what they are."""
    found: dict[str, list[int]] = {}
    for child in children_of(pid):
        words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        for role, name in ROLES.items():
            if role in words:
                found.setdefault(name, []).append(child)
    postmaster = Server(var).pid()
    if postmaster is not None:
        found["database"] = [postmaster, *children_of(postmaster)]
    return found


def used_by(var: Path, pid: int) -> dict[str, float]:
    """CPU seconds so far; what ended backends of the database used is in the postmaster's own."""
    return {name: cpu_s_of(pids) for name, pids in family(var, pid).items()}
