"""Rows -> what placement reads: the one look at the database of a pass, in one repeatable-read transaction.

Reads only what the waiting containers make necessary (ports when one publishes ports, and so on). Before: a hint or
the timer. After: placement decides, binding writes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from containers.reasons import Reason
from containers.states import COMING_UP, Status
from hosts.states import Availability
from scheduler.company import ANEW, REPLACED, Company, read_leaving
from scheduler.fleet import no_fleet, read_fleet, read_more, read_usage
from scheduler.gpus import GPUS, read_demand
from scheduler.placement import Fleet, Shape
from scheduler.placement.fleet import Claim
from scheduler.policies import CHOSEN, WRITTEN, UnknownPolicy, read_policies
from scheduler.reading import Question, asked_at_once, newest, query, repeatable_read
from scheduler.shapes import Asked, Shapes, unknown_specs
from scheduler.standing import Standing

PENDING_MAX = 50_000
TRIES_LOOKED_AT = 8
GIVES_WAY_S = 5.0
GIVES_WAY_LOOK_S = 0.25


class Pending(NamedTuple):
    """A container that waits for a host, as its row says. `key` is its id as placement knows it."""

    key: str
    slot_id: UUID | None  # None: as far as a pass is concerned it has no past
    project_id: int
    attempt: int
    reason: str
    message: str
    service_id: str | None
    shape: Shape | None  # None: its spec could not be read
    error: str = ""

    @property
    def id(self) -> UUID:
        return UUID(self.key)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything one placement pass looks at."""

    now: datetime
    fleet: Fleet
    pending: Sequence[Pending]
    wake_in_s: float | None  # when the next one that waits on purpose is due


@dataclass(frozen=True, slots=True)
class Waiting:
    """One container that waits, the fleet as it is now, and how many wait with the same spec, itself included."""

    now: datetime
    pending: Pending
    fleet: Fleet
    alike: int
    not_before: datetime | None


@dataclass(frozen=True, slots=True)
class Failed:
    """An earlier attempt of a slot that never came to run."""

    slot_id: UUID
    host_id: int
    reason: str


_WAITING = (
    "SELECT id, slot_id, project_id, attempt, reason, message, service_id, spec_hash, spec, cpu_millis, memory_bytes,"
    " image_digest, image_id, image_architecture, only_host_id,"
    " (SELECT name FROM containers_service s WHERE s.id = containers_container.service_id)"
)


# The same of many, who share all but the first columns: their specs and services are read once for all. Those of one
# moment, as what a host's loss brings, come in the order of their services and slots, which a forecast knows, too.
# Sorted as they stand, the order's columns first, since each comparison looks for them; made texts of afterwards.
_MANY = (
    "SELECT id::text, CASE WHEN attempt > 1 THEN slot_id END, attempt, reason, message,"
    " created_at > now() - make_interval(secs => %s), not_before,"
    " project_id, service_id::text, spec_hash, cpu_millis, memory_bytes, image_digest, image_id, image_architecture,"
    " only_host_id FROM ("
    "SELECT priority, created_at, slot_id, id, service_id, attempt, reason, message, not_before, project_id, spec_hash,"
    " cpu_millis, memory_bytes, image_digest, image_id, image_architecture, only_host_id FROM containers_container"
    " WHERE status = %s AND desired = 'run' ORDER BY priority DESC, created_at, service_id, slot_id, id LIMIT %s) c"
)
_IS_NEW, _NOT_BEFORE, _KIND = 5, 6, 7  # of a row of _MANY; from _KIND on it is what many share
_FRESH = (
    "SELECT 1 FROM containers_container WHERE status = ANY(%s) AND not_before IS NULL AND desired = 'run'"
    " AND status_since > %s - make_interval(secs => %s) LIMIT 1"
)


def read(standing: Standing | None = None) -> Snapshot | None:
    """The snapshot of a pass; None when nothing waits. `standing` is what a loop keeps between its passes."""
    with repeatable_read() as now:
        waiting, wake_in_s = _ready(query(_MANY, [GIVES_WAY_S, Status.PENDING.value, PENDING_MAX]), now)
        if not waiting:
            return None if wake_in_s is None else Snapshot(now, no_fleet(), (), wake_in_s)
        failed = _failed(row[1] for row in waiting if row[2] > 1)
        with asked_at_once([*([] if standing is None else standing.asks()), GPUS, WRITTEN, CHOSEN, REPLACED, _KEPT]):
            fleet, pending = _look(waiting, failed, now, standing)
    if failed:
        pending = [_kept_to_image(one, fleet, failed) for one in pending]
    return Snapshot(now, fleet, pending, wake_in_s)


def _look(
    waiting: Sequence[tuple[Any, ...]],
    failed: Mapping[UUID, Sequence[Failed]],
    now: datetime,
    standing: Standing | None,
) -> tuple[Fleet, list[Pending]]:
    if standing is not None:
        standing.look()
    company: Company = standing or ANEW
    fleet = read_fleet(company.on_host(), None if standing is None else standing.hosts)
    at = {int(host): row for row, host in enumerate(fleet.ids.tolist())}
    pending = _all_pending(waiting, failed, fleet, at, company=company)
    read_more(fleet, at, _distinct(pending), now=now)
    fleet.claims = _claims(at, pending)
    return fleet, pending


def _ready(rows: Sequence[tuple[Any, ...]], now: datetime) -> tuple[Sequence[tuple[Any, ...]], float | None]:
    """Those that are placed now, and in how many seconds the next one is due."""
    if all(row[_NOT_BEFORE] is None for row in rows):
        return rows, None
    due = _due([(row[_IS_NEW], row[_NOT_BEFORE]) for row in rows], now)
    waiting = [row for row, when in zip(rows, due, strict=True) if when is None or when <= now]
    return waiting, min(((at - now).total_seconds() for at in due if at and at > now), default=None)


def _due(rows: Sequence[tuple[bool, datetime | None]], now: datetime) -> list[datetime | None]:
    """When each is placed, None: at once. Restarts that were put off give way to what starts for the first time.

    They do so for a few seconds at most, and only to what moves: what waits for room, or for an image that is pulled
    for minutes, holds up nobody. `rows`: whether each is so new, and until when it is not placed.
    """
    latest, wished = timedelta(seconds=GIVES_WAY_S), [at for _, at in rows]
    if not any(at is not None and at <= now for at in wished):
        return wished
    is_new = any(at is None and so_new for so_new, at in rows)
    if not is_new and not query(_FRESH, [list(COMING_UP), now, GIVES_WAY_S]):
        return wished
    again = now + timedelta(seconds=GIVES_WAY_LOOK_S)
    return [again if at is not None and at <= now < at + latest else at for at in wished]


def pending_for(ids: Sequence[UUID], *, without: int) -> tuple[list[Pending], Fleet]:
    """As if these containers waited and one host took nothing: for looking ahead. Nothing is changed."""
    with newest() as now:
        rows = query(f"{_WAITING} FROM containers_container WHERE id = ANY(%s) ORDER BY created_at, id", [list(ids)])
        fleet = read_fleet()
        at = {int(host): row for row, host in enumerate(fleet.ids.tolist())}
        shapes = _shapes(fleet, at, rows)
        pending = [_pending(row, (), shapes, {}) for row in rows]
        read_more(fleet, at, [one.shape for one in pending if one.shape is not None], now=now)
        fleet.claims = _claims_of_others(ids, at, shapes)
    if without in at:
        row = at[without]
        fleet.availability = (*fleet.availability[:row], Availability.DRAINING.value, *fleet.availability[row + 1 :])
    return pending, fleet


_ALIKE = (
    "(SELECT count(*) FROM containers_container o WHERE o.status = 'pending' AND o.desired = 'run'"
    " AND (o.spec_hash, o.project_id) = (containers_container.spec_hash, containers_container.project_id)"
    " AND o.service_id IS NOT DISTINCT FROM containers_container.service_id"
    " AND o.only_host_id IS NOT DISTINCT FROM containers_container.only_host_id)"
)


def waiting_one(container: UUID) -> Waiting | None:
    """Why this one waits now, as a pass would look at it; None when it does not wait. Nothing is changed."""
    with repeatable_read() as now:
        rows = query(
            f"{_WAITING}, not_before, {_ALIKE} FROM containers_container WHERE id = %s AND status = %s",
            [container, Status.PENDING.value],
        )
        if not rows:
            return None
        *row, not_before, alike = rows[0]
        failed = _failed([row[1]] if row[3] > 1 else [])
        fleet = read_fleet()
        at = {int(host): place for place, host in enumerate(fleet.ids.tolist())}
        shapes = _shapes(fleet, at, [tuple(row)])
        pending = _pending(tuple(row), failed.get(row[1], ()), shapes, {})
        read_more(fleet, at, [pending.shape] if pending.shape is not None else [], now=now)
        fleet.claims = _claims_of_others([container], at, shapes)
        return Waiting(now, _kept_to_image(pending, fleet, failed), fleet, alike, not_before)


_KEPT: Question = (
    (
        "SELECT id::text, nominated_host_id FROM containers_container"
        " WHERE status = %s AND nominated_host_id IS NOT NULL AND desired = 'run'"
    ),
    [Status.PENDING.value],
)


def _claims(at: Mapping[int, int], pending: Sequence[Pending]) -> tuple[Claim, ...]:
    """The rooms that are kept, most important first."""
    hosts = dict(query(*_KEPT))
    kept = [(one, hosts[one.key]) for one in pending if one.key in hosts] if hosts else []
    return tuple(Claim(one.key, at[host], one.shape) for one, host in kept if host in at and one.shape is not None)


def _claims_of_others(ids: Sequence[UUID], at: Mapping[int, int], shapes: Shapes) -> tuple[Claim, ...]:
    """The rooms that are kept for anybody but these."""
    rows = query(
        f"{_WAITING}, nominated_host_id FROM containers_container WHERE status = %s AND nominated_host_id IS NOT NULL"
        " AND desired = 'run' AND id <> ALL(%s::uuid[]) ORDER BY priority DESC, created_at, id",
        [Status.PENDING.value, list(ids)],
    )
    kept = [(_pending(row[:-1], (), shapes, {}), row[-1]) for row in rows]
    return tuple(Claim(one.key, at[host], one.shape) for one, host in kept if host in at and one.shape is not None)


def _failed(slots: Iterable[UUID]) -> dict[UUID, list[Failed]]:
    """Per slot: its latest attempts that never ran, back to the last one that did."""
    wanted = list(slots)
    if not wanted:
        return {}
    found: dict[UUID, list[Failed]] = {}
    ended: set[UUID] = set()
    for slot_id, status, host_id, reason, started_at in query(
        "SELECT slot_id, status, host_id, reason, started_at FROM containers_container WHERE slot_id = ANY(%s)"
        " AND status <> %s ORDER BY slot_id, attempt DESC",
        [wanted, Status.PENDING.value],
    ):
        tries = found.setdefault(slot_id, [])
        if slot_id in ended or status != Status.FAILED or started_at is not None or len(tries) >= TRIES_LOOKED_AT:
            ended.add(slot_id)
            continue
        tries.append(Failed(slot_id, host_id, reason))
    return found


# --- the containers that wait

_ASKED = 7  # the first of Asked's columns in a row


def _shapes(fleet: Fleet, at: Mapping[int, int], rows: Sequence[tuple[Any, ...]], *, company: Company = ANEW) -> Shapes:
    """What makes the shapes of these rows, once it is known what rules about other containers name."""
    company.shunned(fleet, at)
    shapes = Shapes(fleet, read_policies())
    kin = shapes.kin((row[2], asked_of(row)) for row in {(row[2], row[_ASKED], row[-1]): row for row in rows}.values())
    if kin:
        company.company(fleet, at, kin)
        fleet.leaving = read_leaving(at, kin)
    if any(one.asks("usage") for one in shapes.asked):
        read_usage(fleet, at)
    if fleet.park is not None and any(one.asks("fragments") for one in shapes.asked):
        fleet.park.wanted = read_demand()
    return shapes


def _all_pending(
    waiting: Sequence[tuple[Any, ...]],
    failed: Mapping[UUID, Sequence[Failed]],
    fleet: Fleet,
    at: Mapping[int, int],
    *,
    company: Company,
) -> list[Pending]:
    """Rows of _MANY with their shapes: each kind's is looked for once, but of those with a past of their own."""
    kinds = [row[_KIND:] for row in waiting]
    whole = _whole(dict(zip(kinds, waiting, strict=True)))
    shapes = _shapes(fleet, at, list(whole.values()), company=company)
    was_on = _last_hosts((row[1] for row in waiting if row[1] is not None), shapes)
    made = {kind: _pending(row, (), shapes, {}) for kind, row in whole.items()}
    found = []
    for (key, slot, attempt, reason, message, *_), kind in zip(waiting, kinds, strict=True):
        alike = made[kind]
        if attempt > 1 and (slot in failed or slot in was_on):
            alike = _pending((key, slot, *whole[kind][2:]), failed.get(slot, ()), shapes, was_on)
        _, _, project, _, _, _, service, shape, error = alike
        found.append(Pending(key, slot, project, attempt, reason, message, service, shape, error))
    return found


def _whole(kinds: Mapping[tuple[Any, ...], tuple[Any, ...]]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """A row of _MANY of each kind, as _WAITING gives it."""
    specs = unknown_specs({kind[2]: UUID(row[0]) for kind, row in kinds.items()})
    ids = {kind[1] for kind in kinds if kind[1] is not None}
    names = (
        dict(query("SELECT id::text, name FROM containers_service WHERE id = ANY(%s::uuid[])", [list(ids)]))
        if ids
        else {}
    )
    return {
        (project, service, spec_hash, *rest): (
            *(*row[:2], project, *row[2:5], service),
            *(spec_hash, specs.get(spec_hash), *rest, names.get(service)),
        )
        for (project, service, spec_hash, *rest), row in kinds.items()
    }


def _distinct(pending: Iterable[Pending]) -> list[Shape]:
    return list({id(one.shape): one.shape for one in pending if one.shape is not None}.values())


def _last_hosts(slots: Iterable[UUID], shapes: Shapes) -> dict[UUID, int]:
    """Per slot the host of its last attempt that had one; only where a policy asks."""
    if not any(one.asks("stay") for one in shapes.asked):
        return {}
    return dict(
        query(
            "SELECT DISTINCT ON (slot_id) slot_id, host_id FROM containers_container"
            " WHERE slot_id = ANY(%s) AND host_id IS NOT NULL ORDER BY slot_id, attempt DESC",
            [list(slots)],
        )
    )


def _pending(row: tuple[Any, ...], failed: Sequence[Failed], shapes: Shapes, was_on: Mapping[UUID, int]) -> Pending:
    container, slot, project, attempt, reason, message, service = row[:_ASKED]
    shape, error = None, ""
    try:
        failed_on = frozenset(one.host_id for one in failed)
        shape = shapes.of(asked_of(row), project=project, failed_on=failed_on, was_on=was_on.get(slot))
    except UnknownPolicy as unknown:
        error = str(unknown)
    except Exception as fault:  # one spec that cannot be read must not stop the others
        error = _unreadable(fault)
    whose = None if service is None else str(service)
    return Pending(str(container), slot, project, attempt, reason, message, whose, shape, error)


def _unreadable(error: Exception) -> str:
    return f"its spec cannot be read: {type(error).__name__}: {error}"


def _kept_to_image(pending: Pending, fleet: Fleet, failed: Mapping[UUID, Sequence[Failed]]) -> Pending:
    """After "image missing" on one host, only hosts that have the image will do, if there are any."""
    shape = pending.shape
    tries = () if pending.slot_id is None else failed.get(pending.slot_id, ())
    missing = any(one.reason == Reason.IMAGE_MISSING for one in tries)
    if shape is None or not missing or shape.image_only_there or not fleet.images.get(shape.image):
        return pending
    return pending._replace(shape=replace(shape, image_only_there=shape.image))


# --- for looking ahead


def rows_where(condition: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows of containers (`c`) with the columns that make their shapes, whatever their status."""
    return query(f"{_WAITING} FROM containers_container WHERE {condition} ORDER BY created_at, id", params)


def shaped(rows: Sequence[tuple[Any, ...]], fleet: Fleet, now: datetime, *, with_kept: bool = False) -> list[Pending]:
    """The rows with their shapes; the fleet gets what these need to be looked at. `with_kept`: also the rooms that are
    kept for what waits."""
    at = {int(host): row for row, host in enumerate(fleet.ids.tolist())}
    shapes = _shapes(fleet, at, rows)
    was_on = _last_hosts((row[1] for row in rows), shapes)
    pending = [_pending(row, (), shapes, was_on) for row in rows]
    read_more(fleet, at, [one.shape for one in pending if one.shape is not None], now=now)
    if with_kept:
        fleet.claims = _claims_of_others([], at, shapes)
    return pending


def asked_of(row: tuple[Any, ...]) -> Asked:
    """Of a row of rows_where, or of row_of_wish."""
    return Asked(*row[_ASKED:])


def row_of_wish(key: UUID, project: int, asked: Asked) -> tuple[Any, ...]:
    """As the row of a container that nobody has made yet."""
    return (key, key, project, 1, "", "", None, *asked)
