"""kill -9 of scheduler and agent at every state edge of a roll-out: it still ends right, and its bounds always held.

An edge is a state of a slot (its occupant and its successor) together with that of the roll-out, seen for the first
time. ORCHESTRA_SEED chooses who dies first; `make soak` kills both at every edge.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.lab import Lab
from tests.whole.bounds import Watch
from tests.whole.chaos import settle
from tests.whole.installation import Installation
from tests.whole.invariants import Auditor
from tests.whole.service import ServiceHandle

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(600)]

SEED = int(os.environ.get("ORCHESTRA_SEED", "1"))
ROUNDS = range(2, 2 + int(os.environ.get("SOAK_ROUNDS", "5")))
VICTIMS = ("scheduler-1", "agent-1")
LOOK_EVERY_S = 0.02
WITHIN_S = 300.0

EDGES = """
SELECT DISTINCT concat_ws(' ', o.kind, o.status, '|', a.status, a.health, a.desired, CASE WHEN a.stop_at IS NOT NULL
  THEN 'held' END, '|', b.status, b.health, b.desired)
FROM containers_container a LEFT JOIN containers_container b ON b.slot_id = a.slot_id AND b.is_successor
  AND NOT b.superseded, LATERAL (SELECT kind, status FROM containers_rollout o WHERE o.service_id = a.service_id
  ORDER BY number DESC LIMIT 1) o
WHERE a.service_id = %s AND NOT a.superseded AND NOT a.is_successor
"""


@dataclass
class Killer:
    """At every new edge one of the two dies; with `both`, the other one when the edge is seen again later.

    `share`: of the edges at which somebody dies, from 0 to 1.
    """

    installation: Installation
    service: ServiceHandle
    chance: random.Random
    both: bool
    share: float = 1.0
    seen: dict[str, list[str]] = field(default_factory=dict)  # edge -> who died at it
    here: set[str] = field(default_factory=set)
    deaths: Counter[str] = field(default_factory=Counter)

    def look(self) -> None:
        """Kill who is due. An edge that is still here from the last look is not seen again."""
        now = {row[0] for row in self.installation.sql(EDGES, self.service.id)}
        for edge in sorted(now - self.here):
            is_new, died = edge not in self.seen, self.seen.setdefault(edge, [])
            if (is_new or (self.both and len(died) < 2)) and self.chance.random() < self.share:
                self._kill(edge, died)
        self.here = now

    def _kill(self, edge: str, died: list[str]) -> None:
        least = min(self.deaths[one] for one in VICTIMS)
        next_one = [one for one in VICTIMS if one not in died and (self.both or self.deaths[one] == least)]
        victim = self.chance.choice(next_one)
        self.installation.kill(victim)
        died.append(victim)
        self.deaths[victim] += 1


def until(killer: Killer, ended: Callable[[], bool]) -> float:
    """Look all the while; the seconds until it ended."""
    began_s = time.monotonic()
    while not ended():
        killer.look()
        assert time.monotonic() - began_s < WITHIN_S, (killer.service.rollouts()[:2], killer.service.story())
        time.sleep(LOOK_EVERY_S)
    return time.monotonic() - began_s


def roll_out_under_kills(
    two_hosts: Installation,
    auditor: Auditor,
    lab: Lab,
    seed: int,
    *,
    replicas: int = 3,
    share: float = 1.0,
    both: bool = True,
    bad: bool = False,
    **policy: Any,
) -> None:
    """An update under kills; it ends done (or, when it is bad, back where it was), and everything agrees."""
    program = {
        "image": lab.image("web:1"),
        "command": ["act", "serve"],
        "ports": [{"container_port": 80}],
        "health_check": {"http": {"port": 80}, "interval": 1, "start_period": 20},
    }
    update = {"health_window": 1, **policy}
    service = ServiceHandle.create(two_hosts, "web", program, replicas=replicas, update=update, stop_delay=1)
    before = service.await_serving(replicas)
    service.await_rollout("done")
    killer = Killer(two_hosts, service, random.Random(seed), both, share)
    killer.here = {row[0] for row in two_hosts.sql(EDGES, service.id)}
    with Watch(auditor, [service]) as watch:
        service.update(container={"command": ["act", "exit", "7"]} if bad else {"image": lab.image("web:2")})
        kind, number = ("roll-back", 3) if bad else ("update", 2)
        took_s = until(killer, lambda: rollout(service) == (number, kind, "done"))
        settle(auditor)
    print(f"seed {seed}, {update}, bad={bad}: {took_s:.0f} s, {dict(killer.deaths)} at {len(killer.seen)} edges")  # noqa: T201
    print(*(f"  {edge}: {', '.join(died)}" for edge, died in killer.seen.items() if died), sep="\n")  # noqa: T201
    print(watch.summary())  # noqa: T201
    assert watch.broken == [], service.story()
    after = service.rows()
    assert [(row.slot, row.revision, row.serves) for row in after] == [
        (str(n), 1 if bad else 2, True) for n in range(1, replicas + 1)
    ]
    statuses = [one["status"] for one in service.rollouts()]
    assert statuses == (["done", "rolled-back", "done"] if bad else ["done", "done"])
    if bad:
        assert [row.id for row in after] == [row.id for row in before], "what was well was not touched"


def rollout(service: ServiceHandle) -> tuple[int, str, str]:
    """(number, kind, status) of the latest, by SQL: the API's process may be busy."""
    found = service.installation.sql(
        "SELECT number, kind, status FROM containers_rollout WHERE service_id = %s ORDER BY number DESC LIMIT 1",
        service.id,
    )
    number, kind, status = found[0]
    return number, kind, status


def test_a_roll_out_ends_right_under_kills(two_hosts: Installation, auditor: Auditor, lab: Lab) -> None:
    roll_out_under_kills(two_hosts, auditor, lab, SEED, replicas=2, both=False, share=0.6)


@pytest.mark.soak
@pytest.mark.parametrize("seed", ROUNDS)
@pytest.mark.parametrize(
    "policy",
    [
        {"replicas": 4},
        {"replicas": 4, "order": "stop-first", "max_surge": 0, "max_unavailable": 1},
        {"replicas": 4, "batch": 2, "max_surge": 2},
        {"replicas": 3, "bad": True},
    ],
    ids=["start-first", "stop-first", "in-batches", "bad"],
)
def test_a_roll_out_ends_right_under_kills_at_every_edge(
    two_hosts: Installation, auditor: Auditor, lab: Lab, policy: dict[str, Any], seed: int
) -> None:
    roll_out_under_kills(two_hosts, auditor, lab, seed, **policy)
