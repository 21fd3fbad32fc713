"""Rows -> what placement reads: the one look at the database of a pass, in one repeatable-read transaction.

Reads only what the waiting containers make necessary (ports when one publishes ports, and so on). Before: a hint or
the timer. After: placement decides, binding writes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from containers.reasons import Reason
from containers.spec import parse, parse_image
from containers.states import OCCUPYING, Status
from hosts.states import Reachable
from scheduler.placement import Fleet, PortWish, Shape
from scheduler.placement.types import PortTable, Volume

PENDING_MAX = 50_000
PORT_BARRED_S = 600
TRIES_LOOKED_AT = 8
BLOCKING_CONDITIONS = ("marker", "disk")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"}
UNREADY_WORDS = {
    Reachable.UNKNOWN: "its engine has not answered yet",
    Reachable.SUSPECT: "its engine does not answer",
    Reachable.REFUSED: "its engine is down",
    Reachable.LOST: "it is lost",
}


@dataclass(frozen=True, slots=True)
class Pending:
    """A container that waits for a host, as its row says."""

    id: UUID
    slot_id: UUID
    project_id: int
    attempt: int
    reason: str
    message: str
    shape: Shape | None  # None: its spec could not be read
    error: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything one placement pass looks at."""

    now: datetime
    fleet: Fleet
    pending: Sequence[Pending]
    wake_in_s: float | None  # when the next one that waits on purpose is due


@dataclass(frozen=True, slots=True)
class Failed:
    """An earlier attempt of a slot that never came to run."""

    slot_id: UUID
    host_id: int
    reason: str


@contextmanager
def repeatable_read() -> Iterator[datetime]:
    """One state of the database for several queries; yields its clock."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SELECT now()")
        cursor.nextset()
        yield cursor.fetchone()[0]


def query(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Plain rows: ORM objects would cost eight times as much."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def read() -> Snapshot | None:
    """The snapshot of a pass; None when nothing waits."""
    with repeatable_read() as now:
        rows = query(
            "SELECT id, slot_id, project_id, attempt, reason, message, spec_hash, spec, cpu_millis, memory_bytes,"
            " image_digest, image_id, image_architecture, not_before FROM containers_container"
            " WHERE status = %s AND desired = 'run' ORDER BY created_at, id LIMIT %s",
            [Status.PENDING.value, PENDING_MAX],
        )
        waiting = [row[:-1] for row in rows if row[-1] is None or row[-1] <= now]
        wake_in_s = min(((row[-1] - now).total_seconds() for row in rows if row[-1] and row[-1] > now), default=None)
        if not waiting:
            return None if wake_in_s is None else Snapshot(now, fleet_of([], {}), (), wake_in_s)
        failed = _failed(row[1] for row in waiting if row[3] > 1)
        fleet = _read_fleet()
        at = {int(host): row for row, host in enumerate(fleet.ids.tolist())}
        pending = [_pending(row, failed.get(row[1], ())) for row in waiting]
        _read_more(fleet, at, [p.shape for p in pending if p.shape is not None], now=now)
    return Snapshot(now, fleet, tuple(_kept_to_image(p, fleet, failed) for p in pending), wake_in_s)


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


# --- the fleet


def _read_fleet() -> Fleet:
    hosts = query(
        "SELECT h.id, h.name, h.availability, h.reachable,"
        " CASE WHEN h.conditions #>> '{marker,status}' = 'bad' OR h.conditions #>> '{disk,status}' = 'bad'"
        " THEN h.conditions ELSE '{}' END, h.labels, h.architecture, h.data_address,"
        " b.cpu_millis_allocatable, b.cpu_millis_reserved, b.memory_bytes_allocatable, b.memory_bytes_reserved"
        ' FROM hosts_host h JOIN hosts_hostbooking b ON b.host_id = h.id ORDER BY h.name COLLATE "C"'
    )
    counts = query(
        "SELECT host_id, count(*) FROM containers_container WHERE status = ANY(%s) AND host_id IS NOT NULL"
        " GROUP BY host_id",
        [sorted(status.value for status in OCCUPYING - {Status.PENDING})],
    )
    return fleet_of(hosts, dict(counts))


def fleet_of(hosts: Sequence[tuple[Any, ...]], counts: Mapping[int, int]) -> Fleet:
    """Columns from the host query's rows."""
    columns = list(zip(*hosts, strict=True)) or [()] * 12
    ids, names, availability, reachable, conditions, labels, architectures, addresses = columns[:8]
    words = tuple(map(_unready, reachable, conditions, columns[10]))
    return Fleet(
        ids=np.array(ids, dtype=np.int64),
        names=names,
        ready=np.array([not word for word in words], dtype=np.bool_),
        unready_words=words,
        availability=availability,
        cpu_allocatable=np.array(columns[8], dtype=np.int64),
        cpu_reserved=np.array(columns[9], dtype=np.int64),
        memory_allocatable=np.array(columns[10], dtype=np.int64),
        memory_reserved=np.array(columns[11], dtype=np.int64),
        containers=np.array([counts.get(host, 0) for host in ids], dtype=np.int64),
        labels=tuple(as_json(text) for text in labels),
        architectures=tuple(ARCHITECTURES.get(name, name) for name in architectures),
        data_addresses=addresses,
        port_range=settings.PORT_RANGE,
    )


def _unready(reachable: str, conditions: Any, memory_allocatable: int) -> str:
    """Why a host takes nothing at the moment, "" when it does."""
    if reachable != Reachable.OK:
        return UNREADY_WORDS[Reachable(reachable)]
    seen = as_json(conditions)
    for name in BLOCKING_CONDITIONS:
        if seen.get(name, {}).get("status") == "bad":
            return f"{name}: {seen[name].get('message') or 'not well'}"
    return "" if memory_allocatable else "its capacity is not known yet"


@lru_cache(maxsize=4096)
def as_json(text: str) -> Any:
    """A raw cursor gives jsonb as text. Many hosts share one text, and so the value: it must not be changed."""
    return json.loads(text)


# --- what only some shapes need


def _read_more(fleet: Fleet, rows: Mapping[int, int], shapes: Sequence[Shape], *, now: datetime) -> None:
    if any(shape.ports for shape in shapes):
        fleet.used_ports.update(_ports(query("SELECT host_id, address, protocol, port FROM containers_hostport"), rows))
        fleet.barred_ports.update(_ports(_barred(now), rows))
        fleet.count_ports()
    volumes = {volume for shape in shapes for volume in shape.volumes}
    if volumes:
        for project, name, host in query("SELECT project_id, name, host_id FROM containers_volume"):
            if Volume(project, name) in volumes:
                fleet.volumes[Volume(project, name)] = rows.get(host, -1)
    fleet.images = _images({name for shape in shapes for name in (shape.image, shape.image_only_there) if name}, rows)


def _ports(held: Iterable[tuple[Any, ...]], rows: Mapping[int, int]) -> PortTable:
    table: PortTable = {}
    for host, address, protocol, port in held:
        if host in rows:
            key = (rows[host], port)
            table[key] = table.get(key, frozenset()) | {(address, protocol)}
    return table


def _barred(now: datetime) -> list[tuple[Any, ...]]:
    """Ports of attempts that failed because something outside of us held them, for ten minutes."""
    return [
        (host, port["host_address"], port["protocol"], port["host_port"])
        for host, ports in query(
            "SELECT host_id, ports FROM containers_container WHERE status = %s AND reason = %s"
            " AND status_since > %s - make_interval(secs => %s)",
            [Status.FAILED.value, Reason.PORT_TAKEN.value, now, PORT_BARRED_S],
        )
        for port in as_json(ports)
    ]


def _images(names: set[str], rows: Mapping[int, int]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    if names:
        listed = list(names)
        for host, ref, image_id in query(
            "SELECT host_id, ref, image_id FROM hosts_hostimage WHERE ref = ANY(%s) OR image_id = ANY(%s)",
            [listed, listed],
        ):
            for name in names & {ref, image_id}:
                if host in rows:
                    found.setdefault(name, set()).add(rows[host])
    return {name: frozenset(at) for name, at in found.items()}


# --- the containers that wait

_SHAPES: dict[str, Shape] = {}  # by spec hash: parsing a spec costs more than placing it
_SHAPES_MAX = 20_000


def _pending(row: tuple[Any, ...], failed: Sequence[Failed]) -> Pending:
    container, slot, project, attempt, reason, message, spec_hash, spec, cpu, memory, digest, image_id, arch = row
    try:
        shape = replace(
            _shape(spec_hash, spec),
            cpu_millis=cpu,
            memory_bytes=memory,
            image_only_there=image_id if image_id and not digest else "",
            architectures=frozenset(arch.split(",")) if arch else frozenset(),
            failed_on=frozenset(one.host_id for one in failed),
        )
        if shape.volumes:
            shape = replace(shape, volumes=tuple(Volume(project, volume.name) for volume in shape.volumes))
    except Exception as error:  # one spec that cannot be read must not stop the others
        return Pending(container, slot, project, attempt, reason, message, None, f"{type(error).__name__}: {error}")
    return Pending(container, slot, project, attempt, reason, message, shape)


def _shape(spec_hash: str, spec: Any) -> Shape:
    """What of a spec placement looks at; volumes still without their project."""
    shape = _SHAPES.get(spec_hash)
    if shape is None:
        wanted = parse(as_json(spec))
        shape = Shape(
            ports=tuple(
                PortWish(p.container_port, p.protocol, p.host_port, p.host_address or "") for p in wanted.ports
            ),
            constraints=wanted.constraints,
            volumes=tuple(Volume(0, volume.name) for volume in wanted.volumes),
            image=engine_name(wanted.image),
        )
        if len(_SHAPES) >= _SHAPES_MAX:
            _SHAPES.clear()
        _SHAPES[spec_hash] = shape
    return shape


def engine_name(image: str) -> str:
    """A reference as engines list it: with its tag, without what Docker Hub leaves out."""
    parts = parse_image(image)
    repository = parts.repository.removeprefix("library/")
    name = repository if parts.registry == "docker.io" else f"{parts.registry}/{parts.repository}"
    return f"{name}@{parts.digest}" if parts.digest else f"{name}:{parts.tag}"


def _kept_to_image(pending: Pending, fleet: Fleet, failed: Mapping[UUID, Sequence[Failed]]) -> Pending:
    """After "image missing" on one host, only hosts that have the image will do, if there are any."""
    shape = pending.shape
    missing = any(one.reason == Reason.IMAGE_MISSING for one in failed.get(pending.slot_id, ()))
    if shape is None or not missing or shape.image_only_there or not fleet.images.get(shape.image):
        return pending
    return replace(pending, shape=replace(shape, image_only_there=shape.image))
