"""Fifty containers in crash loops beside a service that starts: what it takes with them and without them, in turn."""

from __future__ import annotations

import time

from tests.bench.figures import Figure
from tests.bench.rig import Rig, fresh_name, say
from tests.whole.installation import wait_for
from tests.whole.replicated import Service

LOOPS = 50
REPLICAS = 5
LIMIT = 1.2
STARTS = 3  # of the service, on each side of a pair
CRASHES = 3  # of each before it counts as a loop: what starts for the first time is none
REST_S = 1.0

CRASHED = (
    "SELECT count(*) FROM (SELECT 1 FROM containers_container WHERE name LIKE %s AND status = 'failed'"
    " GROUP BY slot_id HAVING count(*) >= %s) AS looping"
)
TOOK = (
    "SELECT extract(epoch FROM max(c.status_since) - s.created_at)::float FROM containers_container c"
    " JOIN containers_service s ON s.id = c.service_id WHERE s.id = %s AND c.status = 'running' GROUP BY s.created_at"
)


def measure(rig: Rig, *, rounds: int) -> list[Figure]:
    """Each side of a pair is the median of its starts; the loops are new in each, since old ones hardly crash."""
    quiet: list[float] = []
    beside: list[float] = []
    for number in range(rounds):
        quiet.append(_median(rig))
        loops = _loop(rig)
        before, began_s = _attempts(rig, loops), time.monotonic()
        beside.append(_median(rig))
        a_second = (_attempts(rig, loops) - before) / (time.monotonic() - began_s)
        rig.remove(loops)
        say(
            f"crashes {number + 1}: {REPLICAS} replicas start in {quiet[-1]:.2f} s, beside {LOOPS} crash loops"
            f" ({a_second:.1f} restarts/s) in {beside[-1]:.2f} s"
        )
    name = f"{REPLICAS} replicas start beside {LOOPS} crash loops"
    return [Figure(name, "s", beside, "without", quiet, "ratio", LIMIT)]


def _loop(rig: Rig) -> str:
    """What the names of so many containers begin with, once they crash again and again."""
    prefix = fresh_name("loop")
    command = ["act", "exit", "1"]
    rig.post([("", rig.spec(f"{prefix}-{one}", restart="always", command=command)) for one in range(LOOPS)])
    wait_for(
        lambda: rig.sql(CRASHED, f"{prefix}%", CRASHES) == [(LOOPS,)],
        timeout_s=240,
        what=f"{LOOPS} crash loops",
        last=lambda: rig.sql(CRASHED, f"{prefix}%", CRASHES),
        every_s=0.2,
    )
    return prefix


def _attempts(rig: Rig, prefix: str) -> int:
    return int(rig.sql("SELECT count(*) FROM containers_container WHERE name LIKE %s", f"{prefix}%")[0][0])


def _median(rig: Rig) -> float:
    return sorted(_start(rig) for _ in range(STARTS))[STARTS // 2]


def _start(rig: Rig) -> float:
    """From the service's row to the last of its containers shown running."""
    time.sleep(REST_S)
    service = Service.create(rig.installation, fresh_name("start"), rig.image, replicas=REPLICAS)
    service.await_running(REPLICAS)
    took_s = float(rig.sql(TOOK, service.id)[0][0])
    service.remove()
    return took_s
