"""Rows -> what the planning of services looks at: those that changed, or all of them.

A delta reads which services have changed since the last look (their own row, their roll-out, a container of theirs, a
host), by the transactions that had not ended then. Before: a hint or the timer. After: plan.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from containers.queries import STEADY_SINCE
from containers.service_display import HostSeen, hosts_wanted
from containers.spec import Constraint, is_exclusive, parse, parse_update
from containers.states import FINAL, ON_ENGINE, Desired, Status, ready
from hosts.states import Availability, Reachable
from scheduler.controllers.services.room import with_stays
from scheduler.controllers.services.types import Attempt, RolloutSeen, ServiceSeen, Slot
from scheduler.reading import as_json, query, repeatable_read

HISTORY_PER_SLOT = 8
HISTORY_S = 900.0


@dataclass(frozen=True, slots=True)
class Look:
    """`since`: pass it to the next look. `generations`: of each service as read, for compare-and-set."""

    now: datetime
    since: int
    services: tuple[ServiceSeen, ...] = ()
    generations: Mapping[UUID, int] = field(default_factory=dict)
    broken: Mapping[UUID, str] = field(default_factory=dict)


def look(since: int | None, also: Iterable[UUID] = ()) -> Look:
    """What changed since `since` and those of `also`; all services when it is None."""
    with repeatable_read() as now:
        ((xmin,),) = query("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        ids = all_services() if since is None else sorted(_changed(since) | set(also))
        if not ids:
            return Look(now, xmin)
        found = look_at(ids, now)
    return replace(found, since=xmin, services=with_stays(found.services))


def look_at(ids: Sequence[UUID], now: datetime) -> Look:
    """These services as they are, whatever changed; within the caller's transaction, whose clock is `now`."""
    rows = _services(ids)
    slots = _slots([row[0] for row in rows], now)
    hosts = _hosts() if any(row[2] == "global" for row in rows) else []
    services, broken = [], {}
    for row in rows:
        try:
            services.append(_service(row, slots.get(row[0], {}), hosts))
        except Exception as error:  # one that cannot be read must not stop the others
            broken[row[0]] = f"{type(error).__name__}: {error}"
    return Look(now, 0, tuple(services), {row[0]: row[11] for row in rows}, broken)


def all_services() -> list[UUID]:
    """Those that are not over."""
    return [row[0] for row in query("SELECT id FROM containers_service WHERE gone_at IS NULL")]


def _changed(since: int) -> set[UUID]:
    """A change of a host changes every global service, and those that have a container there."""
    found = query(
        "SELECT id FROM containers_service WHERE changed_xid >= %s AND gone_at IS NULL"
        " UNION SELECT service_id FROM containers_rollout WHERE changed_xid >= %s"
        " UNION SELECT service_id FROM containers_container WHERE changed_xid >= %s AND service_id IS NOT NULL"
        " UNION SELECT c.service_id FROM hosts_host h JOIN containers_container c ON c.host_id = h.id"
        " WHERE h.changed_xid >= %s AND c.service_id IS NOT NULL AND c.gone_at IS NULL"
        " UNION SELECT id FROM containers_service WHERE mode = 'global' AND gone_at IS NULL"
        " AND EXISTS (SELECT 1 FROM hosts_host WHERE changed_xid >= %s)",
        [since] * 5,
    )
    return {row[0] for row in found}


def _services(ids: Sequence[UUID]) -> list[tuple[Any, ...]]:
    return query(
        "SELECT s.id, s.name, s.mode, s.replicas, s.revision_id, s.fresh_from, s.policy, s.strict, s.stop_delay_s,"
        " s.paused, s.desired, s.generation, r.spec, o.id, o.number, o.kind, o.status, o.revision_id,"
        " o.from_revision_id, o.started_at, o.stepped_at, o.failed, o.promoted, o.message, o.failures"
        " FROM containers_service s JOIN containers_revision r ON r.id = s.revision_id"
        " LEFT JOIN LATERAL (SELECT * FROM containers_rollout o WHERE o.service_id = s.id"
        " ORDER BY o.number DESC LIMIT 1) o ON true"
        " WHERE s.id = ANY(%s) AND s.gone_at IS NULL ORDER BY s.id",
        [list(ids)],
    )


def _service(row: tuple[Any, ...], slots: Mapping[str, Slot], hosts: Sequence[HostSeen]) -> ServiceSeen:
    spec = as_json(row[12])
    exclusive, pinned, constraints = _of_spec(row[12])
    wanted = hosts_wanted(hosts, constraints, filled=_filled(slots)) if row[2] == "global" else ()
    return ServiceSeen(
        id=row[0],
        name=row[1],
        mode=row[2],
        replicas=row[3],
        revision_id=row[4],
        fresh_from=row[5],
        policy=parse_update(as_json(row[6])),
        restart=spec.get("restart", "none"),
        exclusive=exclusive,
        pinned=pinned,
        strict=row[7],
        stop_delay_s=row[8],
        paused=row[9],
        removing=row[10] == "remove",
        hosts=wanted,
        slots=slots if row[10] == "remove" else {key: slot for key, slot in slots.items() if not _is_empty(slot)},
        rollout=_rollout(row[13:]),
    )


@lru_cache(maxsize=4096)
def _of_spec(text: str) -> tuple[bool, bool, tuple[Constraint, ...]]:
    spec = parse(as_json(text))
    return is_exclusive(spec), bool(spec.volumes), spec.constraints


def _rollout(row: tuple[Any, ...]) -> RolloutSeen | None:
    if row[0] is None:
        return None
    failed = frozenset(UUID(one) for one in as_json(row[8]))
    return RolloutSeen(
        id=row[0],
        number=row[1],
        kind=row[2],
        status=row[3],
        revision_id=row[4],
        from_revision_id=row[5],
        started_at=row[6],
        stepped_at=row[7],
        failures=row[11],
        failed_seen=failed,
        promoted=row[9],
        message=row[10],
    )


# --- slots


_ATTEMPT = (
    "SELECT c.service_id, c.superseded, c.id, c.slot_key, c.attempt, c.revision_id, c.round, c.is_successor, c.status,"
    " c.desired, c.health, c.created_at, c.started_at, coalesce(c.finished_at, c.status_since),"
    f" {STEADY_SINCE}, c.stop_at, c.not_before, c.host_id, h.reachable, h.availability,"
    " c.replace_asked, c.reason, c.message, c.bound_at, c.proved, c.watched_until,"
    " c.health_since, h.reachable_since, c.gone_at IS NOT NULL"
    " FROM containers_container c LEFT JOIN hosts_host h ON h.id = c.host_id"
)


def _slots(ids: Sequence[UUID], now: datetime) -> dict[UUID, dict[str, Slot]]:
    present = query(f"{_ATTEMPT} WHERE c.service_id = ANY(%s) AND NOT c.superseded", [list(ids)])
    numbered = "SELECT row_number() OVER (PARTITION BY c.slot_id ORDER BY c.attempt DESC) AS back,"
    past = query(
        f"SELECT * FROM ({_ATTEMPT.replace('SELECT', numbered, 1)} WHERE c.service_id = ANY(%s) AND c.superseded"
        " AND c.status_since > %s) AS past WHERE back <= %s ORDER BY service_id, slot_key, attempt DESC",
        [list(ids), now - timedelta(seconds=HISTORY_S), HISTORY_PER_SLOT],
    )
    history: dict[tuple[UUID, str], list[Attempt]] = {}
    for row in past:
        history.setdefault((row[1], row[4]), []).append(_attempt(row[3:]))
    places: dict[tuple[UUID, str], list[tuple[Attempt, bool]]] = {}
    for row in present:
        places.setdefault((row[0], row[3]), []).append((_attempt(row[2:]), bool(row[-1])))
    found: dict[UUID, dict[str, Slot]] = {}
    for (service, key), rows in places.items():
        slot = _slot(key, rows, history.get((service, key), []))
        if slot.rows:
            found.setdefault(service, {})[key] = slot
    return found


def _slot(key: str, rows: Sequence[tuple[Attempt, bool]], history: Sequence[Attempt]) -> Slot:
    """A successor that is over is history; a removed occupant that its engine no longer has leaves an empty slot."""
    occupant = successor = None
    ended = []
    for one, gone in rows:
        if one.is_successor:
            if one.lives:
                successor = one
            else:
                ended.append(one)
        elif not (gone and one.desired == Desired.REMOVE):
            occupant = one
    past = sorted([*ended, *history], key=lambda one: -one.attempt)
    return Slot(key, occupant, successor, tuple(past))


def _is_empty(slot: Slot) -> bool:
    """Its occupant was removed and is over; the engine's container may take a moment longer."""
    one = slot.occupant
    return slot.successor is None and one is not None and one.status in FINAL and one.desired == Desired.REMOVE


def _attempt(row: tuple[Any, ...]) -> Attempt:
    status, health = Status(row[6]), row[8]
    return Attempt(
        id=row[0],
        slot_key=row[1],
        attempt=row[2],
        revision_id=row[3],
        round=row[4],
        is_successor=row[5],
        status=status,
        desired=Desired(row[7]),
        health=health,
        created_at=row[9],
        started_at=row[10],
        ended_at=row[11] if status in FINAL else None,
        ready_since=row[12] if ready(status, health) else None,
        stop_at=row[13],
        not_before=row[14],
        host_id=row[15],
        host_ok=row[15] is None or row[16] == Reachable.OK,
        host_draining=row[17] == Availability.DRAINING and status in ON_ENGINE,
        replace_asked=row[18],
        reason=row[19],
        message=row[20],
        bound_at=row[21],
        proved=row[22],
        watched_until=row[23],
        health_since=row[24],
        host_since=row[25],
    )


def _hosts() -> list[HostSeen]:
    """All of them, for services that want one on each."""
    rows = query("SELECT id, availability, reachable, labels FROM hosts_host ORDER BY id")
    return [HostSeen(host, availability, reachable, as_json(labels)) for host, availability, reachable, labels in rows]


def _filled(slots: Mapping[str, Slot]) -> set[str]:
    return {key for key, slot in slots.items() if not _is_empty(slot)}
