"""The bounds of a service, sampled all the while: I3 and I8 by SQL every 50 ms, I2 and I8 by asking the engines.

with Watch(auditor, service) as watch: ...an update...
assert watch.broken == []
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType

import psycopg

from containers.spec import parse_service
from hosts.engine.errors import EngineError
from tests.whole.invariants import LIVE, Auditor
from tests.whole.service import ServiceHandle

EVERY_S = 0.05
ENGINES_EVERY_S = 0.5

COUNTS = """
SELECT c.service_id::text,
  count(*) FILTER (WHERE c.status = ANY(%(live)s) AND h.reachable IS DISTINCT FROM 'lost'),
  count(*) FILTER (WHERE c.status = 'running' AND c.health IN ('none', 'healthy') AND c.desired = 'run'
    AND c.stop_at IS NULL),
  (SELECT s.replicas FROM containers_service s WHERE s.id = c.service_id)
FROM containers_container c LEFT JOIN hosts_host h ON h.id = c.host_id WHERE c.service_id = ANY(%(ids)s)
GROUP BY c.service_id
"""
DOUBLES = """
SELECT name, is_successor, count(*) FROM containers_container WHERE service_id = ANY(%(ids)s) AND status = ANY(%(live)s)
GROUP BY name, slot_id, is_successor HAVING count(*) > 1
"""


@dataclass
class Seen:
    """What was seen of one service: the fewest ready, the most alive."""

    replicas: int
    least_ready: int = 10**6
    most_live: int = 0
    most_running: int = 0  # by the engines


@dataclass
class Watch:
    """Samples the bounds of settled services until it ends. `broken` has every breach, with its second.

    `floor=False` where something else than Orchestra ends containers: only the upper bounds are judged then.
    """

    auditor: Auditor
    services: Sequence[ServiceHandle]
    floor: bool = True
    broken: list[str] = field(default_factory=list)
    samples: int = 0
    engine_samples: int = 0

    def __post_init__(self) -> None:
        self._began_s = time.monotonic()
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=body, daemon=True) for body in (self._rows, self._engines)]
        self._specs = {one.id: parse_service(one.spec) for one in self.services}
        self.seen = {one.id: Seen(0) for one in self.services}

    def __enter__(self) -> Watch:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(30)

    def summary(self) -> str:
        """For people: the bounds and what was seen."""
        lines = []
        for one in self.services:
            seen, (floor, roof) = self.seen[one.id], self._bounds(one.id, self.seen[one.id].replicas)
            lines.append(
                f"{one.spec['name']}: ready never below {seen.least_ready} (bound {floor}), alive never above"
                f" {seen.most_live} (bound {roof}), running on the engines never above {seen.most_running}"
            )
        counts = f"{self.samples} samples of the rows, {self.engine_samples} of the engines"
        return "\n".join([*lines, f"{counts}, {len(self.broken)} breaches"])

    def _bounds(self, service: str, replicas: int) -> tuple[int, int]:
        """(fewest that must be ready, most that may live), by the words of the policy."""
        spec = self._specs[service]
        surge = 0 if spec.exclusive else spec.update.max_surge
        unavailable = spec.update.max_unavailable if surge else max(1, spec.update.max_unavailable)
        return max(0, replicas - unavailable), replicas + surge

    def _note(self, words: str) -> None:
        self.broken.append(f"{time.monotonic() - self._began_s:.2f} s: {words}")

    # --- by SQL

    def _rows(self) -> None:
        wanted = {"ids": [one.id for one in self.services], "live": list(LIVE)}
        while not self._ended.is_set():
            try:
                with psycopg.connect(self._database(), autocommit=True) as conn:
                    while not self._ended.wait(EVERY_S):
                        self._judge(conn.execute(COUNTS, wanted).fetchall(), conn.execute(DOUBLES, wanted).fetchall())
            except psycopg.Error:
                self._ended.wait(EVERY_S)  # the database dies too

    def _database(self) -> str:
        return f"host={self.auditor.installation.database.run} user=orchestra dbname=orchestra"

    def _judge(self, counts: list[tuple[str, int, int, int]], doubles: list[tuple[str, bool, int]]) -> None:
        self.samples += 1
        for service, live, ready, replicas in counts:
            seen, (floor, roof) = self.seen[service], self._bounds(service, replicas)
            seen.replicas, seen.least_ready = replicas, min(seen.least_ready, ready)
            seen.most_live = max(seen.most_live, live)
            if ready < floor and self.floor:
                self._note(f"I8: {ready} of service {service} are ready, {floor} must be")
            if live > roof:
                self._note(f"I8: {live} of service {service} live, {roof} may")
        for name, is_successor, count in doubles:
            self._note(f"I3: {count} live {'successors' if is_successor else 'occupants'} of {name}")

    # --- by the engines

    def _engines(self) -> None:
        """A breach counts when two looks in a row have it: the engines are asked one after the other."""
        before: set[str] = set()
        while not self._ended.wait(ENGINES_EVERY_S):
            try:
                now = self._breaches()
            except (EngineError, psycopg.Error):
                continue
            self.engine_samples += 1
            for words in now & before:
                self._note(words)
            before = now

    def _breaches(self) -> set[str]:
        running = Counter(one.container for one in self.auditor.seen() if one.running)
        rows = self.auditor.installation.sql(
            "SELECT id::text, service_id::text, slot_id::text FROM containers_container WHERE service_id = ANY(%s)",
            [one.id for one in self.services],
        )
        found = {f"I2: {count} running for container {key}" for key, count in running.items() if count > 1}
        of_slot: Counter[str] = Counter()
        of_service: Counter[str] = Counter()
        for container, service, slot in rows:
            of_slot[slot] += running[container]
            of_service[service] += running[container]
        found |= {f"I2: {count} running in slot {slot}" for slot, count in of_slot.items() if count > 2}
        for service, count in of_service.items():
            seen = self.seen[service]
            seen.most_running = max(seen.most_running, count)
            roof = self._bounds(service, seen.replicas)[1]
            if seen.replicas and count > roof:
                found.add(f"I8: {count} of service {service} run on the engines, {roof} may")
        return found
