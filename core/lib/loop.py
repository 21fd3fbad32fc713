"""A loop of a daemon: woken by a hint or by its timer, bounded work, never a retry inside, a report of every run.

The turn reads what it needs itself; a hint only says "look". After a turn the thread's database connection goes back to
the pool. What the report becomes (a LoopRun row, a log line) is the daemon's choice.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from core.lib.clock import monotonic_s, utc_now

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Run:
    """One turn, for people: when, how long, what came of it."""

    name: str
    started_at: datetime
    took_ms: float
    changes: int
    error: str = ""


class Loop(threading.Thread):
    """Calls `turn() -> number of changes` on `wake()` and at least every `interval_s`, while `may_run()`."""

    def __init__(
        self,
        name: str,
        turn: Callable[[], int],
        *,
        interval_s: float,
        may_run: Callable[[], bool] = lambda: True,
        report: Callable[[Run], None] = lambda run: None,
    ) -> None:
        super().__init__(name=f"loop-{name}", daemon=True)
        self.loop_name, self.turn, self.interval_s = name, turn, interval_s
        self.may_run, self.report = may_run, report
        self._wake = threading.Event()
        self._stopping = False

    def wake(self) -> None:
        """Look soon; many calls before the next turn are one."""
        self._wake.set()

    def stop(self, timeout_s: float = 10.0) -> None:
        """End after the turn that is running."""
        self._stopping = True
        self._wake.set()
        self.join(timeout_s)

    def run(self) -> None:
        """The thread's body."""
        while True:
            self._wake.wait(self.interval_s)
            self._wake.clear()
            if self._stopping:
                return
            if self.may_run():
                self._one_turn()

    def _one_turn(self) -> None:
        started_at, started_s = utc_now(), monotonic_s()
        changes, error = 0, ""
        try:
            changes = self.turn()
        except Exception as caught:
            error = f"{type(caught).__name__}: {caught}"
            log.exception("loop %s failed; it runs again in %s s", self.loop_name, self.interval_s)
        try:
            self.report(Run(self.loop_name, started_at, (monotonic_s() - started_s) * 1000, changes, error))
        except Exception:
            log.exception("loop %s: its report was not kept", self.loop_name)
        finally:
            connection.close()
