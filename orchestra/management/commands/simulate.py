"""`manage.py simulate`: an installation of its own with made-up hosts, for demonstrations and load tests.

Everything but the engines is real: web, scheduler, agents, and an embedded database in a folder of its own, which
begins anew each time. Ctrl-C ends all of it. The parts stand in orchestra/simulation/.
"""

import os
import shutil
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import DatabaseError, connection

from core.lib.clock import monotonic_s
from hosts.engine.fake.wire import SOCKET_VARIABLE
from orchestra.database.server import Server
from orchestra.management.commands import up
from orchestra.simulation import wishes
from orchestra.simulation.words import add_words, made_up_by, said_again, trials_by
from orchestra.supervisor.children import ROOT, manage
from orchestra.supervisor.children import Command as Process
from orchestra.supervisor.console import BOLD, RED, Console

FOLDER = "simulated"
PORT = 8100
HOSTS_OF_AN_AGENT = 500
SAY_EVERY_S = 2.0
SAY_QUIETLY_EVERY_S = 30.0
QUIET = "WARNING"  # of so many hosts there is always some news
SCALED = 0.1  # of the churn are services that somebody scales
TIMES = {"LEASE_TTL_S": "10"}  # one machine stands in for many: late is not dead


class Command(up.Command):
    help = "Run an installation of its own with made-up hosts and containers; nothing of a real one is touched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=PORT, help=f"port (default {PORT})")
        parser.add_argument("--agents", type=int, help=f"how many agents (default one for {HOSTS_OF_AN_AGENT} hosts)")
        add_words(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        made_up_by(options)  # what cannot be understood is said before anything starts
        trials_by(options)
        if not settings.SIMULATED:
            begin_anew()
        super().handle(*args, no_engine=False, vite=False, **options)

    def run_of(self, console: Console, options: dict[str, Any]) -> up.Up:
        return Simulation(console, options)


def begin_anew() -> None:
    """The same command in an environment of its own: another folder, no database of anybody else's."""
    folder = Path(settings.VAR) / FOLDER
    theirs = ("DATABASE_URL", "DATABASE_LISTEN_URL", "ORCHESTRA_SECRET_KEY", "ORCHESTRA_VAULT_KEYS", "DOCKER_HOST")
    environment = {name: value for name, value in os.environ.items() if name not in theirs}
    environment |= {
        f"ORCHESTRA_{name}": value for name, value in TIMES.items() if f"ORCHESTRA_{name}" not in environment
    }
    environment |= {
        "ORCHESTRA_VAR": os.fspath(folder),
        "ORCHESTRA_SIMULATED": "1",
        SOCKET_VARIABLE: os.fspath(Server(folder).run.with_name(f"{Server(folder).run.name}-world") / "fleet.sock"),
    }
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, os.fspath(ROOT / "manage.py"), *sys.argv[1:]], environment)  # nosec B606


class Simulation(up.Up):
    """A run of `up` whose engine is a world of fake ones, and whose people ask for a fleet full of containers."""

    after = "all of the simulation ends with it"

    def __init__(self, console: Console, options: dict[str, Any]) -> None:
        super().__init__(console, options)
        self._options = options
        self._wanted = made_up_by(options)
        self._trials = trials_by(options)
        self._ending = threading.Event()
        is_calm = not (self._trials.churn_per_s or self._trials.failures_per_min)
        self._enough = 1.0 if is_calm else 0.9  # some have just crashed, some services were made smaller

    def _start_database(self) -> None:
        """An empty one: the fake hosts of an earlier run are gone, and so is what ran there."""
        assert self._database is not None, "a simulation has a database of its own"
        self._database.stop()
        shutil.rmtree(self._database.data, ignore_errors=True)
        super()._start_database()

    def _take_engine(self) -> None:
        with self._console.step("hosts") as step:
            wishes.register_hosts(self._wanted)
            step.result = f"{len(self._wanted.hosts)} made-up hosts registered"

    def _processes(self, descriptor: int) -> list[Process]:
        web, scheduler, agent = super()._processes(descriptor)
        count = self._options["agents"] or -(-len(self._wanted.hosts) // HOSTS_OF_AN_AGENT)
        world = Process("world", manage("simulated_world", *said_again(self._options)), environment=agent.environment)
        agents = [replace(agent, name=f"agent-{number + 1}") for number in range(count)]
        level = os.environ.get("ORCHESTRA_LOG_LEVEL", QUIET)
        quiet = [
            replace(one, environment={**one.environment, "ORCHESTRA_LOG_LEVEL": level})
            for one in (web, scheduler, *agents)
        ]
        return [world, *quiet]

    def _supervise(self, descriptor: int) -> None:
        try:
            super()._supervise(descriptor)
        finally:
            self._ending.set()

    def _announce(self) -> None:
        """The link, then what people do, then a line about it now and then."""
        self._console.say("SIMULATED: hosts and containers are made up; the rest is real.", colour=BOLD)
        super()._announce()
        threading.Thread(target=self._wish, name="wishes", daemon=True).start()
        self._tell_progress()

    def _wish(self) -> None:
        chance = Random()
        pause_s = 1 / (self._trials.churn_per_s * SCALED) if self._trials.churn_per_s else None
        try:
            wishes.ask_for_all(self._wanted, go_on=lambda: not self._ending.is_set())
            while pause_s is not None and not self._ending.wait(pause_s):
                wishes.scale_one(chance)
        except DatabaseError as error:
            self._console.say(f"Nothing more is asked for: {error}", colour=RED)
        finally:
            connection.close()

    def _tell_progress(self) -> None:
        began_s, last, told_s = monotonic_s(), -1, 0.0
        is_full = False
        while not self._ending.wait(SAY_EVERY_S):
            try:
                ready, states = wishes.counts()
            except DatabaseError:
                continue
            finally:
                connection.close()
            running, total, now_s = states.get("running", 0), sum(states.values()), monotonic_s()
            if is_full and now_s - told_s < SAY_QUIETLY_EVERY_S:
                continue
            rate = "" if last < 0 or is_full else f", {max(0, running - last) / SAY_EVERY_S:.0f} a second"
            self._console.say(
                f"{time.strftime('%H:%M:%S')} {ready} of {len(self._wanted.hosts)} hosts answer, {running} of"
                f" {total} containers run{rate}"
            )
            last, told_s = running, now_s
            if not is_full and running >= self._enough * max(total, self._wanted.wanted):
                is_full = True
                words = f"Filled: {running} of {total} containers run after {now_s - began_s:.0f} s."
                self._console.say(words, colour=BOLD)
