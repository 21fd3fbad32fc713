"""Keeps running what is not a child of `up`: the embedded PostgreSQL and the Docker engine of our own.

A thread, since starting either may take seconds in which the supervisor must go on carrying output.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from core.lib.clock import monotonic_s
from orchestra.database.binaries import NoBinaries
from orchestra.database.server import Server, ServerFailed
from orchestra.supervisor.console import RED, Console
from orchestra.supervisor.own_engine import OwnEngine
from orchestra.supervisor.refusal import Refusal

LOOK_S = 0.2
FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 30.0


@dataclass
class _Kept:
    """One thing to keep, and when to try again after a failure."""

    name: str
    runs: Callable[[], bool]
    start: Callable[[], object]
    try_at_s: float = 0.0
    delay_s: float = FIRST_DELAY_S


class Keeper(threading.Thread):
    def __init__(self, *, console: Console, database: Server | None, engine: OwnEngine | None) -> None:
        super().__init__(name="keeper", daemon=True)
        self._console = console
        self._ended = threading.Event()
        self._kept = []
        if database is not None:
            self._kept.append(_Kept("PostgreSQL", lambda: database.pid() is not None, database.ensure))
        if engine is not None:
            self._kept.append(_Kept("the Docker engine", lambda: engine.pid() is not None, engine.start))

    def run(self) -> None:
        while not self._ended.wait(LOOK_S):
            for kept in self._kept:
                if not kept.runs() and monotonic_s() >= kept.try_at_s:
                    self._start(kept)

    def stop(self) -> None:
        """No more starts; waits for one that is under way."""
        self._ended.set()
        if self.is_alive():
            self.join()

    def _start(self, kept: _Kept) -> None:
        self._console.say(f"{kept.name} ended; it is started again", colour=RED)
        began_s = monotonic_s()
        try:
            kept.start()
        except (ServerFailed, NoBinaries, Refusal, OSError) as error:
            kept.try_at_s = monotonic_s() + kept.delay_s
            self._console.say(f"{kept.name}: {error}; again in {kept.delay_s:.0f} s", colour=RED)
            kept.delay_s = min(kept.delay_s * 2, LONGEST_DELAY_S)
        else:
            kept.delay_s = FIRST_DELAY_S
            self._console.say(f"{kept.name} runs again after {monotonic_s() - began_s:.1f} s")
