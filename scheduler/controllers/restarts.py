"""Gives slots their next attempt: by their restart rule, by the operator's word, or on another host.

A restart is a new row in the slot, never a status that goes back. Before: the agent ended an attempt.
After: placement finds the new row a host.
"""

import logging
import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from containers.reasons import OF_THE_HOST, Reason
from containers.rules import wants_next
from containers.states import FINAL, OCCUPYING, Desired, Restart, Status
from containers.transitions import add_next
from core.lib.clock import monotonic_s
from core.lib.lease import Hold
from scheduler.controllers.backoff import Attempt, crashes, limit_s, never_ran
from scheduler.reading import as_json, query, repeatable_read
from scheduler.shapes import engine_name
from scheduler.trouble import NOT_THE_OBJECTS
from scheduler.turn import Done, Turn

log = logging.getLogger(__name__)

ACTOR = "scheduler"
TRIES_ELSEWHERE = 3
HISTORY = 16  # attempts looked back at: beyond the tenth crash the wait no longer grows
ELSEWHERE_WITHIN_S = 300.0
CHRONIC = 3  # crashes in a row: from here on nobody waits for it, and others shall not wait because of it
JITTER_S = 0.25
TOUCH_S = 1e-6  # moments just a second apart are not within a second, however the sums are rounded
ENDED_MAX = 2_000


_LIVE = ", ".join(f"'{status}'" for status in sorted(OCCUPYING))

# Of a service's slots those that no replacement is at: a live successor takes the place, and what a running roll-out
# has outdated gets its next attempt from the services loop.
OF_A_SERVICE = (
    "(NOT EXISTS (SELECT 1 FROM containers_container n WHERE n.slot_id = containers_container.slot_id"
    f" AND n.is_successor AND NOT n.superseded AND n.status = ANY(ARRAY[{_LIVE}]))"
    " AND EXISTS (SELECT 1 FROM containers_service s WHERE s.id = containers_container.service_id"
    " AND s.desired = 'run' AND (s.paused"
    " OR (s.revision_id = containers_container.revision_id AND s.fresh_from <= containers_container.round)"
    " OR NOT EXISTS (SELECT 1 FROM containers_rollout o WHERE o.service_id = s.id AND o.status = 'running'))))"
)


@dataclass(frozen=True, slots=True)
class Ended:
    """A slot whose current attempt is final; `attempts` newest first, the current one included."""

    id: UUID
    desired: str
    restart: str
    restart_asked: bool
    attempts: Sequence[Attempt]
    image_hosts: frozenset[int] = frozenset()  # that have its image, looked up after "image missing"

    @property
    def last(self) -> Attempt:
        return self.attempts[0]


@dataclass(frozen=True, slots=True)
class Snapshot:
    now: datetime
    ended: Sequence[Ended]
    open_hosts: frozenset[int]  # hosts that take work now


@dataclass(frozen=True, slots=True)
class Next:
    """A new attempt after this one, and why; `wait_s` from the snapshot's now."""

    after: UUID
    message: str
    wait_s: float = 0.0


class Restarts:
    """The loop: read, plan each slot, apply each slot. Remembers how fast each host's slots were restarted."""

    def __init__(self) -> None:
        self._pace = Pace()

    def turn(self, given: Turn) -> Done:
        seen = read()
        now_s = monotonic_s()
        made = 0
        if seen.ended:
            self._pace.keep(still_waiting(self._pace.ahead(now_s)))
        for ended in seen.ended:
            key = str(ended.id)
            if given.trouble.is_set_aside(key, now_s):
                continue
            try:
                step = plan_one(ended, seen, jitter=random.random())
                if step is not None:
                    made += self._make(step, ended, seen.now, now_s, hold=given.hold)
                given.trouble.fine(key)
            except NOT_THE_OBJECTS:
                raise
            except Exception as error:
                given.trouble.failed(key, f"{type(error).__name__}: {error}", now_s)
                log.exception("restarts: slot of %s failed", key)
        return Done(made, f"{made} new attempts" if made else "")

    def _make(self, step: Next, ended: Ended, now: datetime, now_s: float, *, hold: Hold) -> int:
        spaced = self._pace.spaced(step, ended, now_s, jitter=random.random())
        made = apply(spaced, now, hold=hold)
        if made is not None:
            self._pace.book(spaced, ended, now_s, made=made)
        return int(made is not None)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `most` within any `within_s` seconds."""

    most: int
    within_s: float


CRASHED = Rate(2, 1.0)
AGAIN_AND_AGAIN = Rate(1, 4.0)  # one by one: five of them at once cost as much as the start of a service


class Pace:
    """Of one host's crash restarts at most two a second, of those that crash again and again one in 4 s.

    So a host that just lost many is not stormed, and crash loops leave room for what shall start beside them. Pure.
    """

    def __init__(self) -> None:
        self._times: dict[tuple[int | None, Rate], list[float]] = {}
        self._ahead: dict[UUID, tuple[float, int | None, tuple[Rate, ...]]] = {}  # those whose moment is to come

    def spaced(self, step: Next, ended: Ended, now_s: float, *, jitter: float) -> Next:
        """The same step, late enough. What the operator asked for is not a crash.

        Who has to wait for others waits a little longer by chance: hosts that fell together shall not start in step.
        """
        if ended.restart_asked:
            return step
        wished_s = now_s + step.wait_s
        at_s = self._first_free_s(ended, wished_s)
        if at_s > wished_s:
            at_s = self._first_free_s(ended, at_s + jitter * JITTER_S)
        return replace(step, wait_s=at_s - now_s)

    def _first_free_s(self, ended: Ended, at_s: float) -> float:
        while True:
            found_s = at_s
            for rate in rates(ended):
                found_s = first_free_s(self._times.get((ended.last.host_id, rate), ()), found_s, rate)
            if found_s == at_s:
                return at_s
            at_s = found_s

    def book(self, step: Next, ended: Ended, now_s: float, *, made: UUID | None = None) -> None:
        """It was made: others keep their distance from it."""
        if ended.restart_asked:
            return
        at_s, host_id = now_s + step.wait_s, ended.last.host_id
        for rate in rates(ended):
            times = self._times.setdefault((host_id, rate), [])
            insort(times, at_s)
            del times[: bisect_left(times, now_s - rate.within_s)]
        if made is not None and step.wait_s > 0:
            self._ahead[made] = (at_s, host_id, rates(ended))

    def ahead(self, now_s: float) -> list[UUID]:
        """The attempts whose moment is still to come."""
        self._ahead = {key: one for key, one in self._ahead.items() if one[0] > now_s}
        return list(self._ahead)

    def keep(self, waiting: Set[UUID]) -> None:
        """The moments of all others are free again: they were removed, or somebody did not want to wait."""
        for key in self._ahead.keys() - waiting:
            at_s, host_id, booked = self._ahead.pop(key)
            for rate in booked:
                self._times[host_id, rate].remove(at_s)


def rates(ended: Ended) -> tuple[Rate, ...]:
    return (CRASHED, AGAIN_AND_AGAIN) if crashes(ended.attempts) >= CHRONIC else (CRASHED,)


def first_free_s(times: Sequence[float], at_s: float, rate: Rate = CRASHED) -> float:
    """The first moment from `at_s` on that the sorted `times` leave room for.

    Restarts that are planned for much later (a long back-off) do not hold up one that may happen before them.
    """
    while True:
        begin = bisect_right(times, at_s - rate.within_s + TOUCH_S)
        end = bisect_left(times, at_s + rate.within_s - TOUCH_S)
        if end - begin < rate.most:
            return at_s
        at_s = times[end - rate.most] + rate.within_s


# --- read


def read() -> Snapshot:
    """Current attempts that are final and may want a next one, with the history of their slots."""
    with repeatable_read() as now:
        rows = query(
            "SELECT id, slot_id, desired, restart, restart_asked, reason, spec FROM containers_container"
            " WHERE NOT superseded AND NOT is_successor AND status = ANY(%s) AND desired <> 'remove'"
            f" AND (service_id IS NULL OR {OF_A_SERVICE})"
            " AND (restart_asked OR (desired = 'run' AND (restart || ' ' || status = ANY(%s)"
            " OR (reason = ANY(%s) AND status_since > %s - make_interval(secs => %s)))))"
            " ORDER BY status_since LIMIT %s",
            [sorted(FINAL), _by_rule_values(), sorted(OF_THE_HOST), now, ELSEWHERE_WITHIN_S, ENDED_MAX],
        )
        if not rows:
            return Snapshot(now, (), frozenset())
        history = _history([row[1] for row in rows])
        hosts = query("SELECT id FROM hosts_host WHERE availability = 'active' AND reachable = 'ok'")
        images = _image_hosts(rows)
        ended = tuple(_ended(row, history, images) for row in rows)
    return Snapshot(now, ended, frozenset(row[0] for row in hosts))


def still_waiting(ids: Sequence[UUID]) -> set[UUID]:
    """Those of them that wait for a host and shall run."""
    sql = "SELECT id FROM containers_container WHERE id = ANY(%s) AND status = %s AND desired = %s"
    return {row[0] for row in query(sql, [list(ids), Status.PENDING, Desired.RUN])} if ids else set()


def _by_rule_values() -> list[str]:
    """`wants_next` as "restart status": what is over for good must not fill the batch and hide newer crashes."""
    return [f"{rule} {status}" for rule in Restart for status in sorted(FINAL) if wants_next(rule, status)]


def _history(slots: list[UUID]) -> Mapping[UUID, list[Attempt]]:
    found: dict[UUID, list[Attempt]] = {slot: [] for slot in slots}
    for slot, status, started_at, ended_at, host_id, reason in query(
        "SELECT slot_id, status, started_at, coalesce(finished_at, status_since), host_id, reason FROM ("
        " SELECT *, row_number() OVER (PARTITION BY slot_id ORDER BY attempt DESC) AS back"
        " FROM containers_container WHERE slot_id = ANY(%s)) AS attempts"
        " WHERE back <= %s ORDER BY slot_id, attempt DESC",
        [slots, HISTORY],
    ):
        found[slot].append(Attempt(status, started_at, ended_at, host_id, reason))
    return found


def _image_hosts(rows: Sequence[tuple[Any, ...]]) -> Mapping[str, frozenset[int]]:
    """Which hosts have the images that could not be had."""
    names = {_image(row) for row in rows if row[5] == Reason.IMAGE_MISSING}
    found: dict[str, set[int]] = {}
    if names:
        for host, ref in query("SELECT host_id, ref FROM hosts_hostimage WHERE ref = ANY(%s)", [sorted(names)]):
            found.setdefault(ref, set()).add(host)
    return {ref: frozenset(hosts) for ref, hosts in found.items()}


def _image(row: tuple[Any, ...]) -> str:
    try:
        return engine_name(as_json(row[6])["image"])
    except Exception:  # a spec that cannot be read is placement's to report
        return ""


def _ended(row: tuple[Any, ...], history: Mapping[UUID, list[Attempt]], images: Mapping[str, frozenset[int]]) -> Ended:
    missing = row[5] == Reason.IMAGE_MISSING
    hosts = images.get(_image(row), frozenset[int]()) if missing else frozenset[int]()
    return Ended(row[0], row[2], row[3], row[4], history[row[1]], hosts)


# --- plan


def plan_one(ended: Ended, seen: Snapshot, *, jitter: float) -> Next | None:
    """What a slot gets, if anything. `jitter` from 0 to 1."""
    if ended.desired == Desired.REMOVE:
        return None
    if ended.restart_asked:
        return Next(ended.id, "asked to restart")
    if ended.desired != Desired.RUN or ended.last.status in (Status.STOPPED, Status.CANCELLED):
        return None
    return _elsewhere(ended, seen) or _by_rule(ended, jitter=jitter)


def _elsewhere(ended: Ended, seen: Snapshot) -> Next | None:
    """It never ran for a reason of the host: another host, three times, whatever the restart rule."""
    tries = never_ran(ended.attempts)
    if not tries or ended.last.reason not in OF_THE_HOST or len(tries) > TRIES_ELSEWHERE:
        return None
    if (seen.now - ended.last.ended_at).total_seconds() > ELSEWHERE_WITHIN_S:
        return None  # whoever saw it fail has long since acted on it
    others = seen.open_hosts - {attempt.host_id for attempt in tries}
    if ended.last.reason == Reason.IMAGE_MISSING:
        others &= ended.image_hosts
    if not others:
        return None
    return Next(
        ended.id, f"did not come to run ({ended.last.reason}): tried elsewhere, {len(tries)} of {TRIES_ELSEWHERE}"
    )


def _by_rule(ended: Ended, *, jitter: float) -> Next | None:
    if not wants_next(ended.restart, ended.last.status):
        return None
    if ended.last.status == Status.LOST:
        return Next(ended.id, "its host is lost")
    count = crashes(ended.attempts)
    wait_s = limit_s(count) * jitter
    words = "failed" if ended.last.status == Status.FAILED else "ended"
    times = f" {count} times in a row" if count > 1 else ""
    pause = f", starts again in {wait_s:.0f} s" if wait_s >= 1 else ""
    return Next(ended.id, f"{words}{times}, restart is {ended.restart}{pause}", wait_s)


# --- apply


def apply(step: Next, now: datetime, *, hold: Hold) -> UUID | None:
    """The attempt that was made; None when another hand was first."""
    not_before = now + timedelta(seconds=step.wait_s) if step.wait_s > 0 else None
    return add_next(step.after, actor=ACTOR, message=step.message, not_before=not_before, hold=hold)
