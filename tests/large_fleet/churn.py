"""The writer: changes a large fleet at a steady rate, through the transitions, with their events and hints.

Ten times a second: a few health checks change their minds, one container goes a step on its way from a crash to its
next attempt, and the hosts whose turn it is write down what they measured (each every ten seconds, as agents do).
Only a part of what is measured is different from the last time; `everything` makes all of it different.
"""

import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from uuid import UUID

from django.db import connection, transaction

from containers.models import Container
from containers.states import By, Health, Status
from containers.transitions import Binding, Move, Observation, add_next, bind_many, move, observe_many
from core.lib.notify import hint
from hosts.models import Host

TICKS_PER_S = 10
SAMPLE_EVERY_S = 10
HOT = 200
"""Containers that use so much that a list by CPU begins with them; half of all different measurements are theirs."""
MOST_ILL = 150
MEBIBYTE = 1024**2
AGENT = "agent:large-fleet"


@dataclass(frozen=True, slots=True)
class Rate:
    """Changes that the console shows, a second."""

    health: int = 30
    steps: int = 10
    container_use: int = 30
    host_use: int = 30
    everything: bool = False


@dataclass(slots=True)
class Running:
    """A container that runs, and what it was measured to use."""

    id: UUID
    host_id: int
    host_name: str
    health: str
    cpu_millis: int
    memory_bytes: int

    def measure(self, chance: random.Random) -> tuple[object, ...]:
        """Something else than before."""
        self.cpu_millis = max(1, self.cpu_millis + chance.choice((-70, -31, -6, 6, 29, 77)))
        self.memory_bytes += chance.randint(-8, 8) * MEBIBYTE or MEBIBYTE
        return self.sample()

    def sample(self) -> tuple[object, ...]:
        return (self.host_id, self.id, self.cpu_millis, self.memory_bytes)


class Writer:
    """`tick` ten times a second."""

    def __init__(self, rate: Rate, *, seed: int = 1) -> None:
        self.changes = 0
        self._rate = rate
        self._chance = random.Random(seed)
        self._running = self._read_running()
        self._hosts = {key: self._chance.randint(2_000, 24_000) for key in Host.objects.values_list("pk", flat=True)}
        open_hosts = set(Host.objects.filter(availability="active").values_list("pk", flat=True))
        self._may_crash = [one for one in self._running if one.host_id in open_hosts]
        self._on: dict[int, list[Running]] = {key: [] for key in self._hosts}
        for one in self._running:
            self._on[one.host_id].append(one)
        self._turns = cycle(sorted(self._hosts))
        self._crashing: Running | None = None
        self._ill: deque[Running] = deque()
        self._steps = self._crash_for_ever()

    def _read_running(self) -> list[Running]:
        found = Container.objects.filter(status=Status.RUNNING, superseded=False, host__reachable="ok")
        rows = found.order_by("name").values_list("pk", "host_id", "host__name", "health")
        made = []
        for number, (key, host_id, host_name, health) in enumerate(rows.iterator()):
            cpu = self._chance.randint(3_000, 4_000) if number < HOT else int(self._chance.paretovariate(1.1) * 8) % 900
            memory = self._chance.randint(20, 500) * MEBIBYTE
            made.append(Running(key, host_id or 0, host_name or "", health, cpu, memory))
        return made

    def measure_all(self) -> None:
        """Everything once, before anybody looks."""
        self._write_samples([one.sample() for one in self._running] + [self._host_sample(key) for key in self._hosts])

    def tick(self) -> None:
        rate = self._rate
        self._flip(rate.health // TICKS_PER_S)
        for _ in range(rate.steps // TICKS_PER_S):
            next(self._steps)
        self._measure_some(rate.container_use // TICKS_PER_S)
        self._take_turns(rate.host_use // TICKS_PER_S)
        self.changes += (rate.health + rate.steps + rate.container_use + rate.host_use) // TICKS_PER_S

    def _flip(self, count: int) -> None:
        """Some fall ill and as many get well, once there are as many ill as a bad day has."""
        seen = []
        for one in self._chance.sample(self._running, count):
            ill = self._ill.popleft() if len(self._ill) > MOST_ILL else one
            if ill is self._crashing or (ill is one and one.health == Health.UNHEALTHY):
                continue
            ill.health = Health.UNHEALTHY if ill is one else Health.HEALTHY
            if ill is one:
                self._ill.append(one)
            seen.append(Observation(ill.id, {"health": ill.health}))
        observe_many(seen, actor=AGENT)

    def _crash_for_ever(self) -> Iterator[None]:
        """One container after the other crashes and gets its next attempt; one step at a time."""
        while True:
            one = self._crashing = self._chance.choice(self._may_crash)
            crashed = one.id
            words = {"reason": "exited", "message": "exited 1 after 12 s", "values": {"exit_code": 1}}
            yield self._move(one, Status.FAILED, **words)
            following = add_next(one.id, actor="scheduler", message="starts again after exit 1")
            assert following is not None
            one.id, one.health = following, Health.NONE
            yield
            bound = bind_many([Binding(one.id, one.host_id, one.host_name)], actor="scheduler")
            assert bound, f"{one.host_name} took no work"
            yield
            observe_many([Observation(crashed, {"gone": True})], actor=AGENT)
            for status in (Status.PREPARING, Status.STARTING, Status.RUNNING):
                yield self._move(one, status)

    @staticmethod
    def _move(one: Running, to: Status, **fields: object) -> None:
        moved = move(Move(one.id, to, **fields), by=By.AGENT, actor=AGENT)  # type: ignore[arg-type]
        assert moved, f"{one.id} did not become {to}"

    def _measure_some(self, count: int) -> None:
        hot, cold = self._running[:HOT], self._running[HOT:]
        chosen = self._chance.sample(hot, count // 2) + self._chance.sample(cold, count - count // 2)
        self._write_samples([one.measure(self._chance) for one in chosen])

    def _take_turns(self, different: int) -> None:
        """The hosts whose turn it is, each in a transaction of its own, as its agent writes."""
        for number in range(max(1, len(self._hosts) // (TICKS_PER_S * SAMPLE_EVERY_S))):
            key = next(self._turns)
            if self._rate.everything or number < different:
                self._hosts[key] = max(500, self._hosts[key] + self._chance.randint(-900, 900))
            samples = [one.measure(self._chance) if self._rate.everything else one.sample() for one in self._on[key]]
            self._write_samples([self._host_sample(key), *samples])
            self.changes += len(samples) if self._rate.everything else 0

    def _host_sample(self, key: int) -> tuple[object, ...]:
        return (key, None, self._hosts[key], self._hosts[key] * 3 * MEBIBYTE)

    @staticmethod
    def _write_samples(rows: Sequence[tuple[object, ...]]) -> None:
        with transaction.atomic():
            with (
                connection.cursor() as cursor,
                cursor.copy("COPY hosts_sample (host_id, container_id, cpu_millis, memory_bytes) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            hint(sample=sorted({row[0] for row in rows}))  # type: ignore[type-var]


def keep_pace(writer: Writer, *, until: float) -> None:
    """Tick until then; when late, catch up at once, but never more than a second's worth."""
    next_s = time.monotonic()
    while time.monotonic() < until:
        writer.tick()
        next_s = max(next_s + 1 / TICKS_PER_S, time.monotonic() - 1.0)
        time.sleep(max(0.0, next_s - time.monotonic()))
