"""Ten minutes at full CPU on every core, by busy loops at normal priority: no host is lost, nothing moves.

SOAK_BUSY_S is how long; SOAK_BUSY_LOOPS how many loops for each core (0 where others use the machine fully already).
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab import LabHost
from tests.whole.chaos import settle
from tests.whole.installation import Installation
from tests.whole.invariants import Auditor
from tests.whole.replicated import Service

pytestmark = [pytest.mark.engine, pytest.mark.soak]

BUSY_S = float(os.environ.get("SOAK_BUSY_S", "600"))
LOOPS_EACH = int(os.environ.get("SOAK_BUSY_LOOPS", "2"))
REPLICAS = 9
IDLE_MOST = 0.05


@contextmanager
def busy() -> Iterator[None]:
    count = LOOPS_EACH * (os.cpu_count() or 1)
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def cpu_ticks() -> tuple[int, int]:
    """(idle, all) since the machine started."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def test_full_cpu_is_no_lost_host(installation: Installation, engines: list[LabHost], act: str) -> None:
    installation.start("web-1", "scheduler-1", "agent-1")
    for number, engine in enumerate(engines, 1):
        installation.add_host(f"h{number}", engine)
    installation.await_hosts_ready(len(engines))
    service = Service.create(installation, "web", act, replicas=REPLICAS)
    service.await_running(REPLICAS)
    before = [(one.id, one.host) for one in service.replicas()]
    with busy():
        idle, every = cpu_ticks()
        end_s = time.monotonic() + BUSY_S
        while time.monotonic() < end_s:
            time.sleep(min(10.0, end_s - time.monotonic()))
            assert happened(installation, "host.lost") == 0, installation.sql(
                "SELECT at, kind, message FROM events_event"
            )
        idle_share = (cpu_ticks()[0] - idle) / (cpu_ticks()[1] - every)
    sys.stdout.write(
        f"{BUSY_S:.0f} s, {idle_share:.1%} idle, load {os.getloadavg()[0]:.1f}: 0 hosts lost,"
        f" {happened(installation, 'host.suspect')} times one was doubted for a moment\n"
    )
    assert idle_share <= IDLE_MOST, "the machine was not full"
    assert [(one.id, one.host) for one in service.replicas()] == before, "nothing moved"
    auditor = Auditor(installation, engines)
    settle(auditor)
    auditor.close()


def happened(installation: Installation, kind: str) -> int:
    return int(installation.sql("SELECT count(*) FROM events_event WHERE kind = %s", kind)[0][0])
