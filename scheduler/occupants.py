"""Rows -> who stands where, how important it is, and whether it may be asked to go; how many each service may miss.

Before: a pass has refused somebody. After: preemption.py chooses among them; giving_way.py asks once more under the
locks.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from containers.spec import parse_update
from containers.states import ON_ENGINE, READY_HEALTH, Status
from scheduler.placement import Fleet
from scheduler.placement.company import Kin
from scheduler.placement.occupants import Occupant
from scheduler.placement.rooms import Bound, Crowd, Who, may_miss
from scheduler.placement.types import BoundPort
from scheduler.policies import read_policies
from scheduler.reading import as_json, query
from scheduler.shapes import Asked, Shapes, learn_specs

Numbers = dict[tuple[int, str], int]  # (host, device) -> number


_THERE = (
    "SELECT c.id, c.name, c.project_id, c.service_id, c.restart, c.host_id, c.desired <> 'run' OR c.stop_at IS NOT NULL"
    " OR c.status = 'stopping', c.ports, c.is_successor OR coalesce(s.strict, false),"
    " c.gpus, c.spec_hash, NULL, c.cpu_millis, c.memory_bytes,"
    " c.image_digest, c.image_id, c.image_architecture, c.only_host_id, s.name"
    " FROM containers_container c LEFT JOIN containers_service s ON s.id = c.service_id"
    " WHERE c.status = ANY(%s) AND c.host_id IS NOT NULL"
)
_HASH = 10
_BRAKED = "SELECT host_id FROM scheduler_brake WHERE released_at IS NULL"


def is_any_below(priority: int) -> bool:
    """Whether anybody with a host is less important: of most fleets the answer is no, and quick."""
    sql = "SELECT EXISTS (SELECT 1 FROM containers_container WHERE priority < %s AND status = ANY(%s))"
    return bool(query(sql, [priority, sorted(ON_ENGINE)])[0][0])


def read_crowd(fleet: Fleet, *, below: int) -> Crowd:
    """Who may be asked to go for something of priority `below`, and who goes anyway."""
    at = {int(host): row for row, host in enumerate(fleet.ids.tolist())}
    rows = query(
        f"{_THERE} AND (c.priority < %s OR c.desired <> 'run' OR c.stop_at IS NOT NULL) ORDER BY c.id",
        [sorted(ON_ENGINE), below],
    )
    learn_specs({row[_HASH]: row[0] for row in rows})
    numbers = gpu_numbers() if fleet.park is not None else {}
    braked = read_braked()
    shapes = Shapes(fleet, read_policies(), kin=_known(fleet))
    crowd = Crowd()
    for row in rows:
        free = braked.isdisjoint((None, row[5]))
        one = _occupant(row, at, shapes, free=free, numbers=numbers)
        if one is not None:
            (crowd.leave if row[6] else crowd.stay).append(one)
            crowd.who[one.container] = Who(row[1], row[2], one.service, row[4])
    return crowd


def read_braked() -> set[int | None]:
    """The hosts on which nothing is stopped that nobody asked to stop; None: on all of them."""
    return {host for (host,) in query(_BRAKED)}


def _known(fleet: Fleet) -> set[Kin]:
    """What any rule of this pass asks for."""
    return {*fleet.company, *(kin for kin, _ in fleet.shunned)}


def _occupant(
    row: tuple[Any, ...], at: Mapping[int, int], shapes: Shapes, *, free: bool, numbers: Numbers
) -> Occupant | None:
    """None: on a host that is not here, or with a spec that cannot be read; it is not asked to go."""
    if row[5] not in at:
        return None
    try:
        shape = shapes.of(Asked(*row[_HASH:]), project=row[2])
    except Exception:  # whatever is wrong with it is told when it is placed again
        return None
    return Occupant(
        container=str(row[0]),
        row=at[row[5]],
        shape=shape,
        ports=_ports(row[7]),
        gpus=gpu_devices(row[9], row[5], numbers),
        service=str(row[3] or ""),
        may_go=free and not row[8] and not shape.volumes,
    )


def gpu_numbers() -> Numbers:
    """By which number placement knows a device of a host."""
    found = query("SELECT host_id, device, number FROM hosts_hostgpu WHERE is_there")
    return {(host, device): number for host, device, number in found}


def gpu_devices(text: str, host: int, numbers: Mapping[tuple[int, str], int]) -> tuple[int, ...]:
    if text == "[]" or not numbers:
        return ()
    return tuple(numbers[host, one["device"]] for one in as_json(text) if (host, one["device"]) in numbers)


def _ports(text: str) -> tuple[BoundPort, ...]:
    if text == "[]":
        return ()
    return tuple(
        BoundPort(one["container_port"], one["protocol"], one["host_address"], one["host_port"])
        for one in as_json(text)
    )


def read_bounds(services: Iterable[str]) -> dict[str, Bound]:
    """By the id: how many fewer than now may be ready. Strict ones miss none, whoever wants their place."""
    ids = sorted(UUID(one) for one in services)
    if not ids:
        return {}
    rows = query(
        "SELECT s.id, s.name, s.project_id, s.policy, s.stop_delay_s, s.strict,"
        " CASE WHEN s.mode = 'global' THEN count(DISTINCT c.slot_id) FILTER (WHERE c.desired = 'run')"
        " ELSE s.replicas END,"
        " count(DISTINCT c.slot_id) FILTER (WHERE c.desired = 'run' AND c.stop_at IS NULL AND c.status = %s"
        " AND c.health = ANY(%s) AND h.reachable = 'ok')"
        " FROM containers_service s LEFT JOIN containers_container c ON c.service_id = s.id AND NOT c.superseded"
        " LEFT JOIN hosts_host h ON h.id = c.host_id WHERE s.id = ANY(%s) GROUP BY s.id",
        [Status.RUNNING.value, [one.value for one in READY_HEALTH], ids],
    )
    return {str(row[0]): Bound(row[1], row[2], _may_miss(row), float(row[4])) for row in rows}


def _may_miss(row: tuple[Any, ...]) -> int:
    strict, wanted, serving = row[5:]
    unavailable = parse_update(as_json(row[3])).max_unavailable
    return may_miss(strict=strict, wanted=wanted, serving=serving, max_unavailable=unavailable)
