"""P2: one of three hosts loses its power; until its ten of a service's thirty containers run elsewhere.

Ours is told by the rows: when the host was doubted, when it was lost, when each new container was shown running. Beside
it Docker Swarm with its own detection, on the same engines in the same run, asked to restart without delay.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.bench.figures import Figure
from tests.bench.rig import COMMAND, Rig, fresh_name, say
from tests.bench.swarm import Swarm
from tests.lab import LabHost
from tests.whole.installation import wait_for
from tests.whole.replicated import Service

REPLICAS = 30
FIRST = 10
MEDIAN_LIMIT_S = 8.0
WORST_LIMIT_S = 10.0
BACK_WITHIN_S = 120

PHASES = (
    "SELECT extract(epoch FROM (SELECT min(at) FROM events_event WHERE host_id = h.id AND kind = 'host.suspect'"
    " AND at > to_timestamp(%s)))::float,"
    " extract(epoch FROM (SELECT min(at) FROM events_event WHERE host_id = h.id AND kind = 'host.lost'"
    " AND at > to_timestamp(%s)))::float FROM hosts_host h WHERE name = %s"
)
REPLACED = (
    "SELECT extract(epoch FROM created_at)::float, extract(epoch FROM bound_at)::float,"
    " extract(epoch FROM status_since)::float FROM containers_container WHERE service_id = %s AND NOT superseded"
    " AND status = 'running' AND created_at > to_timestamp(%s) ORDER BY status_since"
)


@dataclass
class Round:
    """Seconds after the power went, by what the rows say."""

    suspect_s: float
    lost_s: float
    decided_s: float  # the last new row
    bound_s: float  # the last one has its host
    running_s: list[float] = field(default_factory=list)  # of each that was replaced, in order

    @property
    def first_s(self) -> float:
        return self.running_s[min(FIRST, len(self.running_s)) - 1]

    @property
    def all_s(self) -> float:
        return self.running_s[-1]

    def words(self) -> str:
        return (
            f"{len(self.running_s)} replaced after {self.all_s:.2f} s: doubted {self.suspect_s:.2f}, lost"
            f" {self.lost_s:.2f}, new rows {self.decided_s:.2f}, bound {self.bound_s:.2f}, the first runs"
            f" {self.running_s[0]:.2f}"
        )


def measure(rig: Rig, *, rounds: int, peer_rounds: int) -> list[Figure]:
    """The manager of the Swarm is never the victim, nor is our own installation: that is another promise."""
    ours: list[Round] = []
    theirs: list[float] = []
    peer = Swarm(rig.lab, rig.raws)
    try:
        for number in range(rounds):
            victim = rig.lab.hosts[1 + number % 2]
            ours.append(_ours(rig, victim))
            say(f"loss {number + 1}: {ours[-1].words()}")
            if number < peer_rounds:
                theirs.append(_swarm(rig, peer, victim))
                say(f"loss {number + 1}: Swarm replaced all after {theirs[-1]:.2f} s")
    finally:
        for host in rig.lab.hosts:
            host.on()
        peer.down()
    return _figures(ours, theirs)


def _figures(ours: list[Round], theirs: list[float]) -> list[Figure]:
    every = [one.all_s for one in ours]
    parts = {
        "power off to doubted by the agent": [one.suspect_s for one in ours],
        "doubted to lost": [one.lost_s - one.suspect_s for one in ours],
        "lost to new rows": [one.decided_s - one.lost_s for one in ours],
        "new rows to bound": [one.bound_s - one.decided_s for one in ours],
        "bound to running": [one.all_s - one.bound_s for one in ours],
    }
    return [
        Figure(f"host lost, {FIRST} replaced, median", "s", [one.first_s for one in ours], limit=MEDIAN_LIMIT_S),
        Figure("host lost, all replaced, median", "s", every, "Swarm", theirs, limit=MEDIAN_LIMIT_S),
        Figure("host lost, all replaced, worst", "s", every, limit=WORST_LIMIT_S, percentile=100),
        Figure("host lost, all replaced", "s", every[: len(theirs)], "Swarm", theirs, "ratio"),
        *(Figure(f"  of it: {name}", "s", values) for name, values in parts.items()),
    ]


def _ours(rig: Rig, victim: LabHost) -> Round:
    name = host_name(rig, victim)
    service = Service.create(rig.installation, fresh_name("loss"), rig.image, replicas=REPLICAS)
    service.await_running(REPLICAS)
    there = sum(one.host == name for one in service.replicas())
    time.sleep(1.0)
    began_s = time.time()
    victim.off()
    service.await_running(REPLICAS, away_from=name)
    told = rig.sql(PHASES, began_s, began_s, name)[0]
    rows = rig.sql(REPLACED, service.id, began_s)
    created, bound, running = (list(column) for column in zip(*rows, strict=True))
    if len(rows) != there:
        raise RuntimeError(f"{there} were on {name}, {len(rows)} were replaced")
    found = Round(
        told[0] - began_s,
        told[1] - began_s,
        max(created) - began_s,
        max(bound) - began_s,
        [at_s - began_s for at_s in running],
    )
    _back(rig, victim)
    service.remove()
    return found


def host_name(rig: Rig, engine: LabHost) -> str:
    return f"h{rig.lab.hosts.index(engine) + 1}"


def _back(rig: Rig, victim: LabHost) -> None:
    """Until the host takes work again and its old containers are gone; not measured.

    Uncordoned, since what is lost again and again gets nothing new for a while.
    """
    victim.on()
    rig.installation.insist("POST", f"/hosts/{host_name(rig, victim)}/uncordon", {})
    rig.installation.await_hosts_ready(len(rig.lab.hosts))
    left = "SELECT count(*) FROM containers_container WHERE status = 'lost' AND gone_at IS NULL"
    wait_for(lambda: rig.sql(left) == [(0,)], timeout_s=BACK_WITHIN_S, what="the lost ones are seen gone")


def _swarm(rig: Rig, peer: Swarm, victim: LabHost) -> float:
    peer.up()
    peer.start_service(rig.image_ref, COMMAND, REPLICAS)
    time.sleep(1.0)
    began_s = time.monotonic()
    victim.off()
    wait_for(
        lambda: peer.running_elsewhere(victim) >= REPLICAS,
        timeout_s=BACK_WITHIN_S,
        what="Swarm has replaced what was there",
        last=lambda: peer.running_elsewhere(victim),
    )
    took_s = time.monotonic() - began_s
    _back(rig, victim)
    peer.down()
    return took_s
