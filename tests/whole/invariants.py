"""The promises of the design, asked of the database by SQL and of every engine directly, not through the product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hosts.engine import Engine, open_engine
from hosts.engine.errors import EngineError
from tests.lab import LabHost
from tests.whole.installation import Installation

LIVE = ("pending", "bound", "preparing", "starting", "running", "stopping")


@dataclass(frozen=True)
class Seen:
    """One engine container: where, under which name, whether it runs."""

    engine: str
    name: str
    running: bool

    @property
    def container(self) -> str:
        return self.name.removeprefix("orc-done-").removeprefix("orc-")


class Auditor:
    """Compares rows and engines. Remembers epochs, so that one that goes down is found."""

    def __init__(self, installation: Installation, engines: Sequence[LabHost]) -> None:
        self.installation = installation
        self.cluster = str(installation.sql("SELECT uuid FROM accounts_cluster")[0][0])
        self.engines: dict[str, Engine] = {e.name: open_engine(e.unix, cluster=self.cluster) for e in engines}
        self._epochs: dict[str, int] = {}

    def close(self) -> None:
        for engine in self.engines.values():
            engine.close()

    def seen(self) -> list[Seen]:
        """All containers of this cluster on all engines."""
        labels = {"orchestra.cluster": self.cluster, "orchestra.role": "workload"}
        return [
            Seen(name, facts.name, facts.state == "running")
            for name, engine in self.engines.items()
            for facts in engine.list(labels=labels)
        ]

    def counters(self) -> list[str]:
        """I1: reserved <= allocatable, and equal to the sum of what holds room."""
        wrong = self.installation.sql(
            "SELECT b.host_id, b.cpu_millis_reserved, b.memory_bytes_reserved, s.cpu, s.memory FROM hosts_hostbooking b"
            " LEFT JOIN LATERAL (SELECT coalesce(sum(cpu_millis), 0) AS cpu, coalesce(sum(memory_bytes), 0) AS memory"
            "   FROM containers_container c WHERE c.host_id = b.host_id AND (c.status IN"
            "   ('bound','preparing','starting','running','stopping') OR (c.status = 'lost' AND c.gone_at IS NULL))) s"
            " ON true WHERE (b.cpu_millis_reserved, b.memory_bytes_reserved) <> (s.cpu, s.memory)"
            " OR b.cpu_millis_reserved > b.cpu_millis_allocatable"
            " OR b.memory_bytes_reserved > b.memory_bytes_allocatable"
        )
        wrong += self.installation.sql(
            "SELECT g.host_id, g.device, g.millis_reserved, s.millis FROM hosts_hostgpu g LEFT JOIN LATERAL"
            " (SELECT coalesce(sum(e.millis), 0) AS millis FROM containers_container c"
            "   CROSS JOIN LATERAL jsonb_to_recordset(c.gpus) AS e(device text, millis integer)"
            "   WHERE c.host_id = g.host_id AND e.device = g.device AND (c.status IN"
            "   ('bound','preparing','starting','running','stopping') OR (c.status = 'lost' AND c.gone_at IS NULL))) s"
            " ON true WHERE g.millis_reserved <> s.millis OR g.millis_reserved > 1000"
        )
        return [f"I1: counter and sum differ or overflow: {row}" for row in wrong]

    def slots(self) -> list[str]:
        """I3: at most one live occupant per slot, and at most one live successor of it."""
        doubles = self.installation.sql(
            "SELECT slot_id, is_successor, count(*) FROM containers_container WHERE status = ANY(%s)"
            " GROUP BY slot_id, is_successor HAVING count(*) > 1",
            list(LIVE),
        )
        return [
            f"I3: slot {slot} has {count} live {'successors' if is_successor else 'occupants'}"
            for slot, is_successor, count in doubles
        ]

    def crowded(self) -> list[str]:
        """I2 at rest: at most one running engine container per slot."""
        slots = dict(self.installation.sql("SELECT id::text, slot_id::text FROM containers_container"))
        running = Counter(slots.get(s.container, s.container) for s in self.seen() if s.running)
        return [f"I2: {count} running in slot {slot}" for slot, count in running.items() if count > 1]

    def epochs(self) -> list[str]:
        """I7: epochs never go down."""
        found = []
        rows = self.installation.sql(
            "SELECT 'host ' || host_id, epoch FROM hosts_hosthold"
            " UNION ALL SELECT name, epoch FROM scheduler_schedulerlease"
        )
        for key, epoch in rows:
            if epoch < self._epochs.get(key, 0):
                found.append(f"I7: epoch of {key} went from {self._epochs[key]} to {epoch}")
            self._epochs[key] = epoch
        return found

    def always(self) -> list[str]:
        """What must hold at every instant, also under faults."""
        return self.counters() + self.slots() + self.epochs() + self.doubles()

    def doubles(self) -> list[str]:
        """I2: at most one running engine container per row, over all engines that answer."""
        try:
            running = Counter(s.container for s in self.seen() if s.running)
        except EngineError:
            return []
        return [f"I2: {count} running for container {key}" for key, count in running.items() if count > 1]

    def at_rest(self) -> list[str]:
        """When all is quiet: every row agrees with the engines, nothing is there that is in no row."""
        rows = {
            str(r[0]): r
            for r in self.installation.sql(
                "SELECT c.id, c.status, c.gone_at IS NOT NULL, c.desired, c.slot_id FROM containers_container c"
            )
        }
        seen = self.seen()
        running = {s.container for s in seen if s.running}
        found = [f"orphan: {s.name} on {s.engine} is in no row" for s in seen if s.container not in rows]
        for key, (_, status, gone, desired, _slot) in rows.items():
            if (status == "running") != (key in running):
                found.append(f"row {key} is {status}, the engine says {'running' if key in running else 'not'}")
            if status in LIVE and status != "running":
                found.append(f"row {key} is still {status}")
            if desired != "run" and status in LIVE:
                found.append(f"row {key} shall {desired} and is {status}")
            if status not in LIVE and not gone:
                found.append(f"row {key} is {status} and its engine container was not seen to go")
        leftovers = [s for s in seen if s.container in rows and rows[s.container][1] not in LIVE]
        found += [f"left over: {s.name} on {s.engine}" for s in leftovers]
        return found + self.always() + self.crowded()
