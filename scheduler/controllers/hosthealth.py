"""Decides when a host is lost, and replaces what may be replaced.

The agent says suspect or refused; this leader then asks the engine itself, by its own clock. Only when both find it
silent for long enough is the host lost, and never when most of the fleet turns silent at once: then the fault is ours.
Before: the agent's pings. After: superseded containers wait for placement.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from containers.reasons import Reason
from containers.states import ON_ENGINE, By, Status
from containers.transitions import Move, add_next, move_many
from core.events.models import Level
from core.events.record import Happening, record
from core.lib.clock import monotonic_s
from core.lib.lease import Hold
from hosts.conditions import set_reachable
from hosts.states import Reachable
from scheduler.controllers.flapping import damp, is_steady, let_go
from scheduler.controllers.probe import ask
from scheduler.controllers.silence import DOUBTED, Answer, Doubts, HostSeen, Limits, plan
from scheduler.reading import query, repeatable_read
from scheduler.trouble import Trouble, all_or_each
from scheduler.turn import Done, Turn

log = logging.getLogger(__name__)

ACTOR = "scheduler"
PROBES_AT_ONCE = 32
BATCH = 200
LATELY_S = 60.0
TURN_WHILE_DOUBTED_S = 0.1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Hosts, and the attempts on lost hosts that a new one may take over from."""

    hosts: Sequence[HostSeen]
    replaceable: Sequence[tuple[UUID, str]] = ()  # attempt, its host's name


def limits() -> Limits:
    """The agent has waited HOST_SUSPECT_AFTER_S before it doubted; the settings count from the first silence."""
    return Limits(settings.HOST_LOST_AFTER_S - settings.HOST_SUSPECT_AFTER_S, settings.ENGINE_DOWN_LOST_AFTER_S)


HOSTS = (
    "SELECT id, name, reachable, reachable = 'lost' AND reachable_since > now() - make_interval(secs => %s),"
    " conditions #>> '{flapping,status}' IS NOT DISTINCT FROM 'bad',"
    " CASE WHEN reachable = 'ok' THEN extract(epoch FROM now() - reachable_since)::float END"
    " FROM hosts_host ORDER BY id"
)


class HostHealth:
    """The loop, with what it remembers of doubted hosts and its probes that are under way."""

    def __init__(self, probe: Callable[[int], Answer | None] = ask) -> None:
        self._doubts = Doubts()
        self._probe = probe
        self._pool = ThreadPoolExecutor(PROBES_AT_ONCE, thread_name_prefix="probe")
        self._under_way: set[int] = set()
        self._asked_s: dict[int, float] = {}
        self._lock = Lock()
        self._braked = ""

    def turn(self, given: Turn) -> Done:
        seen = read()
        doubted = [host for host in seen.hosts if host.reachable in DOUBTED]
        with self._lock:
            self._doubts.keep_only(host.id for host in doubted)
            planned = plan(seen.hosts, self._doubts.by_host, monotonic_s(), limits())
        for host in doubted:
            self._ask(host.id, given.wake_in)
        if doubted:
            given.wake_in(min(settings.HOST_PING_S, TURN_WHILE_DOUBTED_S))
        self._tell_brake(planned.braked, given.hold)
        settle(seen.hosts, hold=given.hold)
        lost = sum(declare_lost(host, words, hold=given.hold) for host, words in planned.lost)
        aside, now_s = given.trouble.is_set_aside, monotonic_s()
        attempts = [one for one in seen.replaceable if not aside(str(one[0]), now_s)]
        replaced = replace_attempts(attempts, hold=given.hold, trouble=given.trouble)
        if lost:
            given.wake_in(0)  # their containers are read with the next look
        return Done(lost + replaced, _words(lost, replaced, planned.braked))

    def _ask(self, host: int, wake_in: Callable[[float], None]) -> None:
        """Probe in the background, one at a time for each host: a silent one must not hold up the others."""
        now_s = monotonic_s()
        with self._lock:
            if host in self._under_way or now_s - self._asked_s.get(host, float("-inf")) < settings.HOST_PING_S:
                return
            self._under_way.add(host)
            self._asked_s[host] = now_s

        def work() -> None:
            began_s = monotonic_s()
            answer = None
            try:
                answer = self._probe(host)
            except Exception:
                log.exception("probe of host %s failed", host)
            with self._lock:
                self._under_way.discard(host)
                if answer is not None:
                    self._doubts.note(host, answer, began_s=began_s)
            wake_in(0)

        self._pool.submit(work)

    def _tell_brake(self, words: str, hold: Hold) -> None:
        if bool(words) != bool(self._braked):
            kind, message = ("fleet.brake", words) if words else ("fleet.brake-released", "hosts answer again")
            level = Level.WARNING if words else Level.INFO
            log.warning("%s: %s", kind, message)
            with transaction.atomic():
                hold.fence()
                record(Happening(kind, ACTOR, object_kind="fleet", object_id="", message=message, level=level))
        self._braked = words


def _words(lost: int, replaced: int, braked: str) -> str:
    parts = [f"{lost} hosts lost"] if lost else []
    parts += [f"{replaced} containers replaced"] if replaced else []
    return ", ".join([*parts, *([braked] if braked else [])])


def read() -> Snapshot:
    """Every host's word, and what on lost hosts may be replaced: without volumes, and either of a service that is not
    strict, or stand-alone with restart always."""
    with repeatable_read():
        hosts = tuple(HostSeen(*row) for row in query(HOSTS, [LATELY_S]))
        lost = [host.id for host in hosts if host.reachable == Reachable.LOST]
        rows: list[tuple[Any, ...]] = []
        if lost:
            rows = query(
                "SELECT c.id, h.name FROM containers_container c JOIN hosts_host h ON h.id = c.host_id"
                " LEFT JOIN containers_service s ON s.id = c.service_id"
                " WHERE c.host_id = ANY(%s) AND c.status = ANY(%s) AND c.only_host_id IS NULL"
                " AND CASE WHEN s.id IS NULL THEN c.restart = 'always' AND c.desired = 'run' ELSE NOT s.strict END"
                " AND NOT c.superseded AND coalesce(jsonb_array_length(c.spec -> 'volumes'), 0) = 0"
                " ORDER BY c.priority DESC, c.service_id, c.slot_id, c.id",
                [lost, sorted(ON_ENGINE)],
            )
    return Snapshot(hosts, tuple((row[0], row[1]) for row in rows))


def declare_lost(host: HostSeen, words: str, *, hold: Hold) -> bool:
    """Write the word; its containers follow in the next turn, whoever leads then."""
    done = set_reachable(host.id, Reachable.LOST, message=f"{host.name} is lost: {words}", actor=ACTOR, hold=hold)
    if done:
        log.warning("host %s is lost: %s", host.name, words)
        damp(host, hold=hold)
    return done


def settle(hosts: Sequence[HostSeen], *, hold: Hold) -> None:
    """What was lost again and again and has been steady by now takes new work."""
    for host in hosts:
        if host.damped and is_steady(host):
            let_go(host, hold=hold)


def replace_attempts(attempts: Sequence[tuple[UUID, str]], *, hold: Hold, trouble: Trouble) -> int:
    """Old row lost and its successor's row, together, in batches."""
    work = partial(_replace_batch, hold=hold)
    return sum(
        done
        for start in range(0, len(attempts), BATCH)
        for done in all_or_each(attempts[start : start + BATCH], work, key=lambda one: str(one[0]), trouble=trouble)
    )


@transaction.atomic
def _replace_batch(attempts: Sequence[tuple[UUID, str]], *, hold: Hold) -> int:
    hold.fence()
    hosts = _still_lost(dict(attempts))
    moves = [
        Move(attempt, Status.LOST, reason=Reason.HOST_LOST, message=f"host {name} is lost")
        for attempt, name in hosts.items()
    ]
    moved = move_many(moves, by=By.SCHEDULER, actor=ACTOR, hold=hold)
    for one, name in attempts:  # in their order, in which they are placed again: as a forecast says it
        if one in moved:
            # A successor gets none: the services loop has its occupant, and sees to the rest.
            add_next(one, actor=ACTOR, message=f"host {name} is lost", hold=hold)
    return len(moved)


def _still_lost(attempts: dict[UUID, str]) -> dict[UUID, str]:
    """Those whose host has not come back since we read; locked, so that it cannot while they are replaced."""
    rows = query(
        "SELECT c.id FROM containers_container c JOIN hosts_host h ON h.id = c.host_id"
        " WHERE c.id = ANY(%s) AND h.reachable = 'lost' ORDER BY h.id, c.id FOR SHARE OF h",
        [list(attempts)],
    )
    return {attempt: attempts[attempt] for (attempt,) in rows}
