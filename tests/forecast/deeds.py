"""What really happens, on rows: the scheduler's own loops in turn, agents that do what is wanted at once, and a clock.

The clock goes on by making every row older. Nothing here is pretended but the engines and the time.
"""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from containers.models import Container
from containers.reasons import Reason
from containers.states import FINAL, ON_ENGINE, By, Desired, Health, Status
from containers.transitions import Move, Observation, move, observe_many
from core.lib.lease import Hold
from scheduler.controllers import held, hosthealth, pending
from scheduler.controllers import restarts as restart_loop
from scheduler.controllers.services.apply import apply
from scheduler.controllers.services.plan import plan_service
from scheduler.controllers.services.read import look
from scheduler.trouble import Trouble
from scheduler.turn import Turn

AGENT = "agent:test"
ROUNDS = 400
LOOK_S = 0.2
QUIET_S = 130.0
ROAD = (Status.BOUND, Status.PREPARING, Status.STARTING, Status.RUNNING)
AGED = {
    "containers_container": (
        "created_at",
        "status_since",
        "health_since",
        "bound_at",
        "started_at",
        "finished_at",
        "watched_until",
        "stop_at",
        "not_before",
    ),
    "containers_rollout": ("started_at", "stepped_at"),
    "hosts_host": ("reachable_since",),
}


def pass_time(seconds: float) -> None:
    """Everything happened so much longer ago."""
    with connection.cursor() as cursor:
        for table, columns in AGED.items():
            ages = ", ".join(f"{one} = {one} - make_interval(secs => %(s)s)" for one in columns)
            cursor.execute(f"UPDATE {table} SET {ages}", {"s": seconds})


@dataclass
class Deeds:
    """What was started and ended where, and who gave way, by (service or name, host)."""

    hold: Hold
    starts: Counter[tuple[str, str]] = field(default_factory=Counter)
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    gave_way: Counter[tuple[str, str]] = field(default_factory=Counter)
    _seen: dict[UUID, str] = field(default_factory=dict)
    _gave: set[UUID] = field(default_factory=set)
    _look_s: float = 3600.0

    def begin(self) -> None:
        """What is there now is no deed."""
        for row in self._rows():
            self._seen[row.pk] = "over" if row.status in FINAL else ("on" if row.host_id else "")
            if row.reason == Reason.PREEMPTED:
                self._gave.add(row.pk)

    def run(self) -> None:
        """Until all is quiet."""
        quiet_s = 0.0
        for _ in range(ROUNDS):
            if self.round():
                quiet_s = 0.0
                pass_time(1)
                continue
            if quiet_s >= QUIET_S:
                return
            # At first as the services ask to be looked at again; what time brings later is a deadline of two minutes.
            step_s = min(5.0, max(self._look_s, LOOK_S)) if quiet_s < 15 else 20.0
            wait_s = min(step_s, self._next_s() or step_s)
            pass_time(wait_s)
            quiet_s = 0.0 if self._next_s() else quiet_s + wait_s
        living = [row for row in self._rows() if row.status not in FINAL]
        raise AssertionError(f"it never comes to rest: {[(str(row), row.message) for row in living]}")

    def round(self) -> bool:
        """Each loop once; whether anything changed."""
        given = Turn(self.hold, lambda seconds: None, Trouble())
        changed = held.turn(given).changes
        health = hosthealth.read()
        changed += hosthealth.replace_attempts(health.replaceable, hold=self.hold, trouble=given.trouble)
        changed += restart_loop.Restarts().turn(given).changes
        changed += self.services()
        changed += pending.turn(given).changes
        self.note()
        changed += self.agents()
        self.note()
        return bool(changed)

    def services(self) -> int:
        seen, made = look(None), 0
        assert not seen.broken, seen.broken
        self._look_s = 3600.0
        for one in seen.services:
            planned = plan_service(one, seen.now, jitter=0.5)
            self._look_s = min(self._look_s, planned.look_again_s or self._look_s)
            if planned.changes:
                made += apply(one, planned.changes, generation=seen.generations[one.id], hold=self.hold)
                pass_time(0.001)  # each has its own transaction, and so its own moment
        return made

    def agents(self) -> int:
        """Every engine does at once what is wanted of it."""
        changed = 0
        for row in self._rows():
            if row.host is None or row.host.reachable != "ok":
                continue
            if row.status in ON_ENGINE and row.desired != Desired.RUN:
                move(Move(row.pk, Status.STOPPING), by=By.AGENT, actor=AGENT)  # unless it stops already
                changed += move(Move(row.pk, Status.STOPPED), by=By.AGENT, actor=AGENT)
                observe_many([Observation(row.pk, {"gone": True})], actor=AGENT)
            elif row.status in ROAD[:-1]:
                for step in ROAD[ROAD.index(Status(row.status)) + 1 :]:
                    changed += move(Move(row.pk, step), by=By.AGENT, actor=AGENT)
            elif row.status == Status.RUNNING and row.health == Health.STARTING:
                observe_many([Observation(row.pk, {"health": Health.HEALTHY})], actor=AGENT)
                changed += 1
        with connection.cursor() as cursor:
            cursor.execute("UPDATE containers_container SET watched_until = now() WHERE status = 'running'")
        return changed

    def note(self) -> None:
        for row in self._rows():
            place = (row.service.name if row.service else row.name, row.host.name if row.host else "")
            state = self._seen.setdefault(row.pk, "")
            if row.host is not None and not state:
                self.starts[place] += 1
                state = "on"
            if row.status in FINAL and state == "on":
                self.ends[place] += 1
                state = "over"
            self._seen[row.pk] = state
            if row.reason == Reason.PREEMPTED and row.pk not in self._gave:
                self._gave.add(row.pk)
                self.gave_way[place] += 1

    def waiting(self) -> Counter[str]:
        """How many of each wait for a host."""
        rows = [row for row in self._rows() if row.status == Status.PENDING and row.desired == Desired.RUN]
        return Counter(row.service.name if row.service else row.name for row in rows)

    def _rows(self) -> list[Container]:
        return list(Container.objects.select_related("host", "service").order_by("created_at", "pk"))

    def _next_s(self) -> float | None:
        """How long until a moment that is written down, or until what runs has run for its window."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM min(moment) - now())::float FROM ("
                " SELECT stop_at AS moment FROM containers_container WHERE status = 'running' AND desired = 'run'"
                " UNION SELECT not_before FROM containers_container WHERE status = 'pending' AND desired = 'run'"
                ") AS moments WHERE moment > now()"
            )
            ((found,),) = cursor.fetchall()
        return None if found is None else float(found)
