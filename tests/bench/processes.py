"""Start-up time and memory of each process of `manage.py up`, first and second start; and what a bare Django takes.

Ready means: the database answers; the web process says so at /readyz; the scheduler leads; the agent holds its host.
Counted from the start of `up`. Memory is the proportional share (PSS) after some seconds of rest; a database is many
processes, which share most of it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from orchestra.database.server import Server
from tests.bench.figures import Figure
from tests.bench.rig import say
from tests.lab import Lab
from tests.whole.installation import ROOT, Installation, wait_for

ROLES = ("web", "scheduler", "agent")
REST_S = 3.0
LEADS = (
    "SELECT 1 FROM scheduler_schedulerlease l JOIN hosts_process p ON p.id = l.holder"
    " WHERE NOT p.retired AND p.started_at > to_timestamp(%s)"
)
HOLDS = (
    "SELECT 1 FROM hosts_hosthold o JOIN hosts_process p ON p.id = o.agent"
    " WHERE NOT p.retired AND p.started_at > to_timestamp(%s)"
)


def measure(*, rounds: int) -> list[Figure]:
    """Each round in a var directory of its own: the first start makes the database, the second finds it."""
    times: dict[str, list[float]] = {}
    memory: dict[str, list[float]] = {}
    bare_s: list[float] = []
    bare_mib: list[float] = []
    with Lab.up(1) as lab:
        socket = lab.hosts[0].unix.url
        for number in range(1, rounds + 1):
            with tempfile.TemporaryDirectory(prefix="orchestra-bench-up-") as folder:
                bare(Path(folder), bare_s, bare_mib)
                for which in ("first", "second"):
                    say(f"up, {which} start, round {number}")
                    one_start(Path(folder), socket, which, times=times, memory=memory)
    beside = "bare Django process"
    found = [Figure(f"{name} ready", "s", values, beside, bare_s, "value") for name, values in times.items()]
    return found + [Figure(f"{name} memory", "MiB", each, beside, bare_mib, "value") for name, each in memory.items()]


def bare(var: Path, took_s: list[float], mib: list[float]) -> None:
    """`django.setup()` with our settings and nothing else: what no process of ours can be below."""
    code = "import django; django.setup(); print(flush=True); input()"
    environment = {**os.environ, "ORCHESTRA_VAR": str(var), "DJANGO_SETTINGS_MODULE": "orchestra.settings"}
    began_s = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        took_s.append(time.monotonic() - began_s)
        mib.append(pss_mib([process.pid]))
        process.communicate(b"\n")


def one_start(
    var: Path, engine: str, which: str, *, times: dict[str, list[float]], memory: dict[str, list[float]]
) -> None:
    """Start, take the times until each is ready, rest, weigh, stop."""
    installation = Installation(var)
    environment = {**installation.environment(), "ORCHESTRA_LOCAL_ENGINE_URL": engine, "DOCKER_HOST": ""}
    began_s, at_s = time.monotonic(), time.time()
    with (var / "up.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(installation.port)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        for name, moment_s in moments(installation, at_s).items():
            times.setdefault(f"{which} start: {name}", []).append(moment_s - began_s)
        if which == "second":
            time.sleep(REST_S)
            for name, pids in family(process.pid, var).items():
                memory.setdefault(name, []).append(pss_mib(pids))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def moments(installation: Installation, started_at_s: float) -> dict[str, float]:
    """When each was seen ready, by the monotonic clock."""
    rows = _rows(installation)
    ready: dict[str, Callable[[], bool]] = {
        "database": installation.database.ready,
        "web": installation.answers,
        "scheduler": lambda: rows(LEADS, started_at_s),
        "agent": lambda: rows(HOLDS, started_at_s),
    }
    seen: dict[str, float] = {}

    def look() -> bool:
        for name, is_ready in ready.items():
            if name not in seen and is_ready():
                seen[name] = time.monotonic()
        return len(seen) == len(ready)

    wait_for(look, timeout_s=90, what="everything up", last=lambda: list(seen), every_s=0.02)
    return {name: seen[name] for name in ready}


def _rows(installation: Installation) -> Callable[[str, float], bool]:
    """Whether a question has an answer; not yet, while there is no database or no table."""

    def ask(query: str, at_s: float) -> bool:
        try:
            return installation.database.pid() is not None and bool(installation.sql(query, at_s))
        except psycopg.Error:
            return False

    return ask


def family(up_pid: int, var: Path) -> dict[str, list[int]]:
    """The processes of one installation by what they are."""
    found: dict[str, list[int]] = {"up (supervisor)": [up_pid]}
    for pid in children_of(up_pid):
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        for role in ROLES:
            if role in words:
                found[role] = [pid]
    postmaster = Server(var).pid()
    if postmaster is not None:
        found["database"] = [postmaster, *children_of(postmaster)]
    return found


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def pss_mib(pids: list[int]) -> float:
    """Proportional set size: what they share counts once."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024
