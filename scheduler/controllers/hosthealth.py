"""Decides when a host is lost, and replaces what may be replaced.

The agent says suspect or refused; this leader then asks the engine itself, by its own clock. Only when both find it
silent for long enough is the host lost, and never when most of the fleet turns silent at once: then the fault is ours.
Before: the agent's pings. After: superseded containers wait for placement.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from containers.reasons import Reason
from containers.states import By, Status
from containers.transitions import Move, add_next, move_many
from core.events.models import Level
from core.events.record import Happening, record
from core.lib.clock import monotonic_s
from core.lib.lease import Hold
from hosts.conditions import set_reachable
from hosts.states import Reachable
from scheduler.controllers.probe import Answer, ask
from scheduler.snapshot import query, repeatable_read
from scheduler.turn import Done, Turn

log = logging.getLogger(__name__)

ACTOR = "scheduler"
PROBES_AT_ONCE = 32
BATCH = 200
DOUBTED = (Reachable.SUSPECT, Reachable.REFUSED)
LATELY_S = 60.0


@dataclass(frozen=True, slots=True)
class HostSeen:
    id: int
    name: str
    reachable: str
    lost_lately: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Hosts, and the attempts on lost hosts that a new one may take over from."""

    hosts: Sequence[HostSeen]
    replaceable: Sequence[tuple[UUID, str]] = ()  # attempt, its host's name


@dataclass(slots=True)
class Doubt:
    """What this leader found out about one doubted host; seconds of its own clock."""

    since_s: float  # begin of the first probe of an unbroken row without an answer
    refused_last: bool = False
    answered: bool = False
    probes: int = 0


@dataclass(slots=True)
class Doubts:
    """The row of probes of each doubted host."""

    by_host: dict[int, Doubt] = field(default_factory=dict)

    def keep_only(self, hosts: Iterable[int]) -> None:
        """A host that its agent no longer doubts starts anew the next time."""
        for gone in self.by_host.keys() - set(hosts):
            del self.by_host[gone]

    def note(self, host: int, answer: Answer, *, began_s: float) -> None:
        doubt = self.by_host.get(host)
        if doubt is None or answer == Answer.OK or doubt.answered:
            doubt = self.by_host[host] = Doubt(began_s, answered=answer == Answer.OK)
        doubt.probes += 1
        doubt.refused_last = answer == Answer.REFUSED


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of silence to this leader, after the agent had its own."""

    silent_s: float
    refused_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    lost: tuple[tuple[HostSeen, str], ...] = ()
    braked: str = ""


def limits() -> Limits:
    """The agent has waited HOST_SUSPECT_AFTER_S before it doubted; the settings count from the first silence."""
    return Limits(settings.HOST_LOST_AFTER_S - settings.HOST_SUSPECT_AFTER_S, settings.ENGINE_DOWN_LOST_AFTER_S)


def plan(hosts: Sequence[HostSeen], doubts: Mapping[int, Doubt], now_s: float, within: Limits) -> Plan:
    """Which hosts are lost now. Pure; `now_s` on the clock of the doubts.

    A host that was lost a moment ago still counts as silent: the fleet may fall silent one by one.
    """
    lost = []
    for host in hosts:
        doubt = doubts.get(host.id)
        if host.reachable not in DOUBTED or doubt is None or doubt.answered or not doubt.probes:
            continue
        refused = doubt.refused_last or host.reachable == Reachable.REFUSED
        silent_s = now_s - doubt.since_s
        if silent_s >= (within.refused_s if refused else within.silent_s):
            words = "its engine is down" if refused else "its engine is silent"
            lost.append((host, f"{words} to its agent and to the scheduler for {silent_s:.0f} s: lost"))
    doubted = [host for host in hosts if host.reachable in DOUBTED or host.lost_lately]
    judged = doubted + [host for host in hosts if host.reachable == Reachable.OK]
    if lost and 2 * len(doubted) > len(judged):
        words = f"{len(doubted)} of {len(judged)} hosts do not answer: none is declared lost, the fault may be ours"
        return Plan(braked=words)
    return Plan(tuple(lost))


HOSTS = (
    "SELECT id, name, reachable, reachable = 'lost' AND reachable_since > now() - make_interval(secs => %s)"
    " FROM hosts_host ORDER BY id"
)


class HostHealth:
    """The loop, with what it remembers of doubted hosts and its probes that are under way."""

    def __init__(self, probe: Callable[[int], Answer | None] = ask) -> None:
        self._doubts = Doubts()
        self._probe = probe
        self._pool = ThreadPoolExecutor(PROBES_AT_ONCE, thread_name_prefix="probe")
        self._under_way: set[int] = set()
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
        self._tell_brake(planned.braked)
        lost = sum(declare_lost(host, words, hold=given.hold) for host, words in planned.lost)
        replaced = replace_attempts(seen.replaceable, hold=given.hold)
        if lost:
            given.wake_in(0)  # their containers are read with the next look
        return Done(lost + replaced, _words(lost, replaced, planned.braked))

    def _ask(self, host: int, wake_in: Callable[[float], None]) -> None:
        """Probe in the background, one at a time for each host: a silent one must not hold up the others."""
        with self._lock:
            if host in self._under_way:
                return
            self._under_way.add(host)

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

    def _tell_brake(self, words: str) -> None:
        if bool(words) != bool(self._braked):
            kind, message = ("fleet.brake", words) if words else ("fleet.brake-released", "hosts answer again")
            log.warning("%s: %s", kind, message)
            record(
                Happening(
                    kind=kind,
                    actor=ACTOR,
                    object_kind="fleet",
                    object_id="",
                    message=message,
                    level=Level.WARNING if words else Level.INFO,
                )
            )
        self._braked = words


def _words(lost: int, replaced: int, braked: str) -> str:
    parts = [f"{lost} hosts lost"] if lost else []
    parts += [f"{replaced} containers replaced"] if replaced else []
    return ", ".join([*parts, *([braked] if braked else [])])


def read() -> Snapshot:
    """Every host's word, and what on lost hosts may be replaced: stand-alone, restart always, no volumes."""
    with repeatable_read():
        hosts = tuple(HostSeen(*row) for row in query(HOSTS, [LATELY_S]))
        lost = [host.id for host in hosts if host.reachable == Reachable.LOST]
        rows: list[tuple[Any, ...]] = []
        if lost:
            rows = query(
                "SELECT c.id, h.name FROM containers_container c JOIN hosts_host h ON h.id = c.host_id"
                " WHERE c.host_id = ANY(%s) AND c.status = ANY(%s) AND c.desired = 'run' AND c.restart = 'always'"
                " AND NOT c.superseded AND coalesce(jsonb_array_length(c.spec -> 'volumes'), 0) = 0 ORDER BY c.id",
                [lost, [Status.BOUND, Status.PREPARING, Status.STARTING, Status.RUNNING]],
            )
    return Snapshot(hosts, tuple((row[0], row[1]) for row in rows))


def declare_lost(host: HostSeen, words: str, *, hold: Hold) -> bool:
    """Write the word; its containers follow in the next turn, whoever leads then."""
    done = set_reachable(host.id, Reachable.LOST, message=f"{host.name}: {words}", actor=ACTOR, hold=hold)
    if done:
        log.warning("host %s is lost: %s", host.name, words)
    return done


def replace_attempts(attempts: Sequence[tuple[UUID, str]], *, hold: Hold) -> int:
    """Old row lost and its successor's row, together, in batches."""
    replaced = 0
    for start in range(0, len(attempts), BATCH):
        replaced += _replace_batch(dict(attempts[start : start + BATCH]), hold=hold)
    return replaced


@transaction.atomic
def _replace_batch(hosts: Mapping[UUID, str], *, hold: Hold) -> int:
    moves = [
        Move(attempt, Status.LOST, reason=Reason.HOST_LOST, message=f"host {name} is lost")
        for attempt, name in hosts.items()
    ]
    moved = move_many(moves, by=By.SCHEDULER, actor=ACTOR, hold=hold)
    made = [add_next(one, actor=ACTOR, message=f"host {hosts[one]} is lost", hold=hold) for one in sorted(moved)]
    return sum(1 for one in made if one is not None)
