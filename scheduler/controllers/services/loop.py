"""The loop of services: reads those that changed, plans each by itself, applies each by itself.

One whose planning fails sets only itself aside. Each is read anew once a minute, whatever the hints said: a few in each
turn, so that no turn takes long.
Before: a verb, a host or a container changed rows. After: placement and the agent make it so.
"""

import logging
import random
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from core.lib.clock import monotonic_s
from core.lib.notify import hint
from scheduler.controllers.services.apply import apply
from scheduler.controllers.services.plan import plan_service
from scheduler.controllers.services.read import all_services, look
from scheduler.controllers.services.types import ServiceSeen
from scheduler.threads import PLACING
from scheduler.trouble import NOT_THE_OBJECTS
from scheduler.turn import Done, Turn

log = logging.getLogger(__name__)

EVERYTHING_EVERY_S = 60.0
LOOK_AGAIN_LEAST_S = 0.1
HELD_BACK_S = 1.0  # a brake, or another hand, kept a change from being made; no row tells when it may be


class Rounds:
    """Deals out all keys evenly over `every_s`, then asks for them anew. Pure but for `everything`."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._left: list[UUID] = []
        self._rate = self._credit = 0.0
        self._last_s: float | None = None

    def next(self, now_s: float, everything: Callable[[], list[UUID]]) -> list[UUID]:
        """Those whose turn it is."""
        passed_s = 0.0 if self._last_s is None else now_s - self._last_s
        self._last_s = now_s
        if not self._left:
            self._left = everything()
            self._rate = len(self._left) / self._every_s
        self._credit = min(self._credit + passed_s * self._rate, float(len(self._left)))
        count = int(self._credit)
        self._credit -= count
        taken, self._left = self._left[:count], self._left[count:]
        return taken

    def next_in_s(self) -> float | None:
        """When the next one's turn has come; None when nobody is left."""
        return (1.0 - self._credit) / self._rate if self._left else None


class Services:
    """The loop, with what it remembers: up to where it has read, and which services time alone will change."""

    def __init__(self) -> None:
        self._since: int | None = None
        self._rounds = Rounds(EVERYTHING_EVERY_S)
        self._due: dict[UUID, float] = {}
        self._look_at_hosts: set[int] = set()

    def turn(self, given: Turn) -> Done:
        PLACING.step_back()
        now_s = monotonic_s()
        due = [key for key, at_s in self._due.items() if at_s <= now_s]
        seen = look(self._since, due if self._since is None else [*due, *self._rounds.next(now_s, all_services)])
        self._since = seen.since
        for key, words in seen.broken.items():
            given.trouble.failed(str(key), words, now_s)
        made, self._look_at_hosts = 0, set()
        for service in seen.services:
            if not given.trouble.is_set_aside(str(service.id), now_s):
                made += self._one(service, seen.generations[service.id], seen.now, given)
        if self._look_at_hosts:
            hint(look=sorted(self._look_at_hosts))
        if made:
            given.wake_in(0)  # what was planned together may let something follow
        elif (next_s := self._next_s()) is not None:
            given.wake_in(max(LOOK_AGAIN_LEAST_S, next_s))
        return Done(made, f"{made} changes to services" if made else "")

    def _next_s(self) -> float | None:
        """Where there are many, their turns come one by one: many at once would hold up what waits for a host."""
        due_s = min(self._due.values(), default=None)
        waits = (None if due_s is None else due_s - monotonic_s(), self._rounds.next_in_s())
        return min((one for one in waits if one is not None), default=None)

    def _one(self, service: ServiceSeen, generation: int, now: datetime, given: Turn) -> int:
        self._due.pop(service.id, None)
        try:
            planned = plan_service(service, now, jitter=random.random())
            made = apply(service, planned.changes, generation=generation, hold=given.hold) if planned.changes else 0
        except NOT_THE_OBJECTS:
            raise
        except Exception as error:
            given.trouble.failed(str(service.id), f"{type(error).__name__}: {error}", monotonic_s())
            log.exception("services: %s failed", service.name)
            self._due[service.id] = monotonic_s() + 1.0
            return 0
        given.trouble.fine(str(service.id))
        again_s = planned.look_again_s
        self._look_at_hosts |= planned.look_at_hosts
        if made < len(planned.changes):
            again_s = min(HELD_BACK_S, HELD_BACK_S if again_s is None else again_s)
        if again_s is not None:
            self._due[service.id] = monotonic_s() + again_s
        return made
