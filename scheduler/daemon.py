"""The scheduler process: leads or stands by, and while it leads runs the loops of LOOPS on hints and timers.

Nothing here decides anything. A fault in a loop is reported and the loop runs again; a lost lease or a silent
database makes the process stand by; it ends on TERM only, giving the lease back at once.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import connection

from core.lib.clock import monotonic_s
from core.lib.lease import HoldLost, Leadership, LeaseTimes, Presence
from core.lib.loop import Loop, Run
from core.lib.notify import Hints, Listener
from hosts.models import Process
from scheduler.controllers import drains, held, hosthealth, pending, reaper, rebalances, restarts
from scheduler.controllers.services.loop import Services
from scheduler.models import LoopRun, SchedulerLease
from scheduler.threads import Sweeps, share_fairly
from scheduler.trouble import Trouble
from scheduler.turn import Done, Turn

log = logging.getLogger("scheduler")

ROLE = "scheduler"
QUIET_RUN_KEPT_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class LoopSpec:
    """`begin` gives the turn of a new leader, with a clean memory; after a hint of `wakes_on` it looks at once."""

    name: str
    begin: Callable[[], Callable[[Turn], Done]]
    interval_s: float
    wakes_on: frozenset[str] = frozenset()


LOOPS: tuple[LoopSpec, ...] = (
    LoopSpec("placement", lambda: pending.Placement().turn, 1.0, frozenset({"pending", "ended", "host"})),
    LoopSpec("restarts", lambda: restarts.Restarts().turn, 1.0, frozenset({"ended"})),
    LoopSpec("services", lambda: Services().turn, 1.0, frozenset({"service", "host"})),
    LoopSpec("drains", lambda: drains.turn, 2.0, frozenset({"ended"})),
    LoopSpec("host-health", lambda: hosthealth.HostHealth().turn, 0.5, frozenset({"host"})),
    LoopSpec("held-stops", lambda: held.turn, 1.0),
    LoopSpec("rebalance", lambda: rebalances.turn, 5.0),
    LoopSpec("reaper", lambda: reaper.turn, 60.0),
)


class Seat:
    """One loop of this process: its thread, what it remembers between turns, how its last turns went."""

    def __init__(self, spec: LoopSpec, leadership: Leadership, sweeps: Sweeps) -> None:
        self.spec, self.leadership, self._sweeps = spec, leadership, sweeps
        self._lock = threading.Lock()
        self._alarm: threading.Timer | None = None
        self._alarm_s = 0.0
        self.begin()
        self._done = Done()
        self._result = LoopRun.Result.OK
        self._last_kept = (0.0, LoopRun.Result.OK)
        self.loop = Loop(spec.name, self._turn, interval_s=spec.interval_s, may_run=self._may_run, report=self._report)

    def begin(self) -> None:
        """A new term as leader: nothing is remembered from an earlier one."""
        self.trouble, self.turn = Trouble(), self.spec.begin()

    def wake_in(self, seconds: float) -> None:
        """Look again before the timer does; more than one interval ahead the timer is soon enough.

        There is one alarm at a time, the earliest: turns that each ask for one more must not multiply.
        """
        if seconds <= 0:
            self.loop.wake()
        elif seconds < self.spec.interval_s:
            due_s = monotonic_s() + seconds
            with self._lock:
                if self._alarm is not None and self._alarm_s <= due_s and self._alarm.is_alive():
                    return
                if self._alarm is not None:
                    self._alarm.cancel()
                self._alarm, self._alarm_s = threading.Timer(seconds, self.loop.wake), due_s
                self._alarm.daemon = True
                self._alarm.start()

    def _may_run(self) -> bool:
        return self.leadership.hold() is not None

    def _turn(self) -> int:
        """Faults that belong to the trade (no lease, no database) are results, not tracebacks."""
        self._done, self._result = Done(), LoopRun.Result.OK
        hold = self.leadership.hold()
        if hold is None:
            return 0
        try:
            self._done = self.turn(Turn(hold, self.wake_in, self.trouble))
        except HoldLost as lost:
            self._done, self._result = Done(message=str(lost)), LoopRun.Result.REFUSED
            log.warning("%s: a write was refused, standing by: %s", self.spec.name, lost)
            self.leadership.lost()
        except DatabaseFault as error:
            self._done, self._result = Done(message=_first_line(error)), LoopRun.Result.ERROR
            log.warning(
                "%s: database error, again in %s s: %s", self.spec.name, self.spec.interval_s, _first_line(error)
            )
        else:
            if self._done.changes:
                log.info("%s: %s", self.spec.name, self._done.message or f"{self._done.changes} changes")
        return self._done.changes

    def _report(self, run: Run) -> None:
        """Keep what happened; of quiet turns only one every few seconds, so that an idle system writes little."""
        self._sweeps.after(run.took_ms / 1000)
        result = LoopRun.Result.ERROR if run.error else self._result
        message = run.error or "; ".join(filter(None, [self._done.message, self.trouble.words()]))
        kept_s, kept_result = self._last_kept
        now_s = monotonic_s()
        if not run.changes and result == kept_result and now_s - kept_s < QUIET_RUN_KEPT_EVERY_S:
            return
        try:
            LoopRun.objects.create(
                name=run.name,
                started_at=run.started_at,
                took_ms=round(run.took_ms, 3),
                result=result,
                changes=run.changes,
                message=message[:2000],
                next_at=run.started_at + timedelta(seconds=self.spec.interval_s),
            )
            self._last_kept = (now_s, result)
        except DatabaseFault as error:
            log.warning("%s: its run was not kept: %s", self.spec.name, _first_line(error))


class Scheduler:
    """The process. `run()` returns when `stop()` was called, from a signal or a test."""

    def __init__(self, loops: tuple[LoopSpec, ...] = LOOPS) -> None:
        times = LeaseTimes(settings.LEASE_TTL_S, settings.LEASE_RENEW_S, settings.LEASE_OBSERVE_S)
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.presence = Presence(table=Process._meta.db_table, role=ROLE, name=self.name, times=times)
        self.leadership = Leadership(
            self.presence, table=SchedulerLease._meta.db_table, name=ROLE, on_change=self._changed
        )
        sweeps = Sweeps()
        self.seats = [Seat(spec, self.leadership, sweeps) for spec in loops]
        self.listener = Listener(self._heard, self._wake_all, name="scheduler-listener")
        self._stopping = threading.Event()

    def run(self) -> None:
        """Enter, wait for the end, leave: the lease is given back last, after every loop has ended."""
        share_fairly()
        if not self._enter():
            return
        log.info("scheduler %s stands by", self.name)
        self.listener.start()
        for seat in self.seats:
            seat.loop.start()
        self._stopping.wait()
        for seat in self.seats:
            seat.loop.stop(timeout_s=settings.LEASE_TTL_S)
        self.listener.stop()
        self.presence.stop()
        log.info("scheduler %s has ended", self.name)

    def stop(self) -> None:
        self._stopping.set()

    def _enter(self) -> bool:
        """Wait for the database for as long as it takes; False when asked to stop meanwhile."""
        while not self._stopping.is_set():
            try:
                self.presence.start()
            except DatabaseFault as error:
                log.warning("the database does not answer, trying again in 1 s: %s", _first_line(error))
                connection.close()
                self._stopping.wait(1)
            else:
                connection.close()
                return True
        return False

    def _changed(self) -> None:
        hold = self.leadership.hold()
        if hold is None:
            log.info("scheduler %s stands by", self.name)
            return
        log.info("scheduler %s became leader, epoch %s", self.name, hold.epoch)
        for seat in self.seats:
            seat.begin()
        self._wake_all()

    def _heard(self, hints: Hints) -> None:
        for seat in self.seats:
            if seat.spec.wakes_on & hints.keys():
                seat.loop.wake()

    def _wake_all(self) -> None:
        for seat in self.seats:
            seat.loop.wake()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
