"""The fake hosts of a simulation and what befalls them: programs that crash, hosts that fail and come back.

One process has them all and serves their engines to agents, scheduler and web. Before: `manage.py simulated_world`.
After: what a real world would do to a real installation, which hears of it through its engines alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from core.lib.clock import monotonic_s
from hosts.engine.fake import FakeHost, fake_host, fleet
from hosts.engine.fake.serve import FleetServer
from orchestra.simulation.load import Curve, Load
from orchestra.simulation.made_up import FLEET, MadeUpHost

LOOK_S: Final = 0.5
TICK_S: Final = 0.1
AWAY_S: Final = (12.0, 60.0)  # how long a host that failed stays away
FROZEN_S: Final = 3.0
MOST_AWAY: Final = 0.1  # of all hosts at a time
OUT_OF_MEMORY: Final = 0.1  # of the programs that crash
TRIES: Final = 20  # to find a program that runs, on hosts chosen at random


@dataclass(frozen=True, slots=True)
class Trials:
    """What befalls the hosts: crashes of programs a second, failures of hosts a minute."""

    churn_per_s: float = 0.0
    failures_per_min: float = 0.0
    load: Curve = "flat"


@dataclass(frozen=True, slots=True)
class Away:
    """A host that does not answer as it should, until when."""

    host: FakeHost
    back_at_s: float


FAILURES: Final[tuple[tuple[str, Callable[[FakeHost], None]], ...]] = (
    ("lost its power", FakeHost.power_off),
    ("lost its power", FakeHost.power_off),
    ("cannot be reached", FakeHost.cut),
    ("has no engine", FakeHost.refuse),
    ("is frozen", FakeHost.freeze),
)


class World:
    """`open`, then `run` until the event is set. `say` gets one line for each thing worth one."""

    def __init__(self, hosts: Sequence[MadeUpHost], trials: Trials, *, say: Callable[[str], None]) -> None:
        self._trials, self._say = trials, say
        self._chance = Random()
        group = fleet(FLEET)
        group.look_s, group.load = LOOK_S, Load(trials.load, monotonic_s)
        self._hosts = [fake_host(one.url) for one in hosts]
        self._away: list[Away] = []
        self._owed_crashes = self._owed_failures = 0.0

    def open(self, socket: Path) -> FleetServer:
        server = FleetServer(socket)
        server.start()
        return server

    def run(self, ending: threading.Event) -> None:
        last_s = monotonic_s()
        while not ending.wait(TICK_S):
            now_s = monotonic_s()
            passed_s, last_s = now_s - last_s, now_s
            self.pass_time(passed_s, now_s)

    def pass_time(self, passed_s: float, now_s: float) -> None:
        """What befalls the world in these seconds."""
        self._return(now_s)
        self._owed_failures += passed_s * self._trials.failures_per_min / 60
        self._owed_crashes += passed_s * self._trials.churn_per_s
        while self._owed_failures >= 1:
            self._owed_failures -= 1
            self._fail(now_s)
        while self._owed_crashes >= 1:
            self._owed_crashes -= 1
            self._crash()

    def _return(self, now_s: float) -> None:
        for one in [one for one in self._away if one.back_at_s <= now_s]:
            self._away.remove(one)
            one.host.thaw()
            self._say(f"{one.host.name} is back")

    def _fail(self, now_s: float) -> None:
        if len(self._away) >= max(1, int(len(self._hosts) * MOST_AWAY)):
            return
        host = self._chance.choice(self._hosts)
        if host.mode != "ok":
            return
        words, fail = self._chance.choice(FAILURES)
        away_s = FROZEN_S if fail is FakeHost.freeze else self._chance.uniform(*AWAY_S)
        fail(host)
        self._away.append(Away(host, now_s + away_s))
        self._say(f"{host.name} {words}, for {away_s:.0f} s")

    def _crash(self) -> None:
        """One program that runs, wherever: it ends by itself, or the kernel ends it."""
        for _ in range(TRIES):
            host = self._chance.choice(self._hosts)
            with host.turn:
                running = [name for name, one in host.containers.items() if one.state == "running"]
                if host.mode != "ok" or not running:
                    continue
                name = self._chance.choice(running)
                if self._chance.random() < OUT_OF_MEMORY:
                    host.oom(name)
                else:
                    host.exit(name, self._chance.choice((0, 1, 1, 2, 139)))
                return
