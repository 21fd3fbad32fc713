"""Binding: pending containers get their host, its room, GPUs, ports and volumes, all or nothing for each of them.

Losing a race is normal: what no longer fits stays pending and is not in the answer. The CHECK on the booking row
stands behind this, so that a second scheduler or a script cannot overcommit either. What claims nothing but room is
tried at once (at_once.py); when the database refuses that, each is looked at here.
"""

import json
import logging
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection

from containers.states import Desired, Status
from containers.transitions.at_once import Place, bind_at_once
from containers.transitions.devices import GpuClaim, devices_of, suit, take
from containers.transitions.write import Row, happening, lock, once_more_on_deadlock, tell, write
from core.lib.lease import Hold
from hosts.states import Availability, Reachable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BoundPort:
    """One published port with the host port that was chosen for it."""

    container_port: int
    protocol: str
    host_address: str
    host_port: int


class Binding(NamedTuple):
    """The verdict for one container: this host, these ports; `volumes` are names within its project."""

    id: UUID
    host_id: int
    host_name: str
    ports: tuple[BoundPort, ...] = ()
    volumes: tuple[str, ...] = ()
    needs: tuple[tuple[str, int], ...] = ()  # of the host's named resources
    gpus: GpuClaim | None = None
    pinned: bool = False  # a global service's: a cordon keeps nothing of it away
    decision_id: int | None = None  # that tells why this host


def bind_many(bindings: Sequence[Binding], *, actor: str, hold: Hold | None = None) -> set[UUID]:
    """Bind what still fits; the ids that were bound are returned. Raises HoldLost as move_many does."""
    if any(b.ports or b.volumes or b.needs or b.gpus or b.pinned for b in bindings):
        return _each(bindings, actor=actor, hold=hold)
    bound = bind_plain(
        [Place(str(b.id), b.host_id, b.host_name, b.decision_id) for b in bindings], actor=actor, hold=hold
    )
    return {b.id for b in bindings if str(b.id) in bound}


def bind_plain(places: Sequence[Place], *, actor: str, hold: Hold | None = None) -> Collection[str]:
    """The same for those that claim nothing but CPU and memory of an active host, by the texts of their ids."""
    try:
        return bind_at_once(places, actor=actor, hold=hold) if places else ()
    except IntegrityError as error:
        log.info("not all of %s fit, each is looked at: %s", len(places), str(error).partition("\n")[0])
    wished = [Binding(UUID(p.id), p.host_id, p.host_name, decision_id=p.decision_id) for p in places]
    return set(map(str, _each(wished, actor=actor, hold=hold)))


@once_more_on_deadlock
def _each(bindings: Sequence[Binding], *, actor: str, hold: Hold | None) -> set[UUID]:
    """Containers in the order of their ids, then bookings in the order of their hosts', then what fits."""
    rows = lock((b.id for b in bindings), hold)
    wished = [(b, row) for b in bindings if (row := rows.get(b.id)) is not None and _bindable(row)]
    room = _lock_room({b.host_id for b, _ in wished})
    devices = devices_of({b.host_id for b, _ in wished if b.gpus}) if any(b.gpus for b, _ in wished) else {}
    done, changes = [], []
    for b, row in wished:
        fits = suit(devices, b.host_id, b.gpus) and _take(room, b, row)
        if not fits or not _claim(b, row.project_id):
            continue
        done.append((b, row))
        gpus = {"gpus": take(devices, b.host_id, b.gpus)} if b.gpus else {}
        changes.append(_change(b) | gpus)
    if not done:
        return set()
    write(changes)
    told = [
        happening(
            row,
            "container.bound",
            actor=actor,
            message=f"placed on {b.host_name}",
            data={"from": Status.PENDING, "to": Status.BOUND, "host_id": b.host_id, "host": b.host_name},
        )
        for b, row in done
    ]
    tell([row for _, row in done], told, work=[b.host_id for b, _ in done])
    return {b.id for b, _ in done}


def _bindable(row: Row) -> bool:
    return row.status == Status.PENDING and row.desired == Desired.RUN


def _change(binding: Binding) -> dict[str, Any]:
    return {
        "id": binding.id,
        "status": Status.BOUND,
        "host_id": binding.host_id,
        "decision_id": binding.decision_id,
        "ports": [asdict(p) for p in binding.ports],
        "reason": "",
        "message": "",
    }


@dataclass(slots=True)
class _Room:
    """What is free on a host that may take work."""

    is_active: bool
    cpu_millis: int
    memory_bytes: int
    resources: dict[str, int]


def _lock_room(hosts: set[int]) -> dict[int, _Room]:
    """What is free on the hosts that may take work, locked in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.host_id, h.availability = %s, b.cpu_millis_allocatable - b.cpu_millis_reserved,"
            " b.memory_bytes_allocatable - b.memory_bytes_reserved, b.resources_allocatable, b.resources_reserved"
            " FROM hosts_hostbooking b"
            " JOIN hosts_host h ON h.id = b.host_id WHERE b.host_id = ANY(%s)"
            " AND h.availability <> %s AND h.reachable = %s ORDER BY b.host_id FOR UPDATE OF b",
            [Availability.ACTIVE.value, list(hosts), Availability.DRAINING.value, Reachable.OK.value],
        )
        return {
            host: _Room(is_active, cpu, memory, _left(json.loads(most), json.loads(reserved)))
            for host, is_active, cpu, memory, most, reserved in cursor.fetchall()
        }


def _left(most: dict[str, int], reserved: dict[str, int]) -> dict[str, int]:
    return {name: amount - reserved.get(name, 0) for name, amount in most.items()}


def _take(room: dict[int, _Room], binding: Binding, row: Row) -> bool:
    there = room.get(binding.host_id)
    if there is None or not (there.is_active or binding.pinned):
        return False
    if row.cpu_millis > there.cpu_millis or row.memory_bytes > there.memory_bytes:
        return False
    if any(amount > there.resources.get(name, 0) for name, amount in binding.needs):
        return False
    for name, amount in binding.needs:
        there.resources[name] -= amount
    there.cpu_millis -= row.cpu_millis
    there.memory_bytes -= row.memory_bytes
    return True


def _claim(binding: Binding, project_id: int) -> bool:
    """Take the ports and pin the volumes; on a clash nothing of it stays."""
    if not binding.ports and not binding.volumes:
        return True
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT claim")
        if _claim_ports(cursor, binding) and _claim_volumes(cursor, binding, project_id):
            cursor.execute("RELEASE SAVEPOINT claim")
            return True
        cursor.execute("ROLLBACK TO SAVEPOINT claim")
        return False


def _claim_ports(cursor: Any, binding: Binding) -> bool:
    for port in binding.ports:
        cursor.execute(
            "INSERT INTO containers_hostport (host_id, address, protocol, port, container_id)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [binding.host_id, port.host_address, port.protocol, port.host_port, binding.id],
        )
        if cursor.rowcount != 1:
            return False
    return True


def _claim_volumes(cursor: Any, binding: Binding, project_id: int) -> bool:
    for name in binding.volumes:
        cursor.execute(
            "INSERT INTO containers_volume (project_id, name, host_id) VALUES (%s, %s, %s)"
            " ON CONFLICT (project_id, name) DO UPDATE SET name = excluded.name RETURNING host_id",
            [project_id, name, binding.host_id],
        )
        if cursor.fetchone() != (binding.host_id,):
            return False
    return True
