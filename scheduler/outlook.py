"""Rows -> the world that a forecast moves on: the services and containers concerned, and the whole fleet.

Concerned are those that are asked about, those on the hosts asked about, and whatever waits or is being replaced, since
it wants the same room. Before: a plan has laid its changes over the rows. After: forecast.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings

from containers.models import Revision, Service
from containers.spec import parse
from containers.states import ON_ENGINE, Desired, Status
from hosts.states import Availability, Reachable
from scheduler.controllers.services.read import look_at
from scheduler.controllers.services.types import Attempt, ServiceSeen, Slot
from scheduler.fleet import read_fleet
from scheduler.forecast import Body, Crew, HostState, Others, World
from scheduler.forecast.types import ALONE
from scheduler.occupants import gpu_devices, gpu_numbers, is_any_below, read_bounds, read_braked, read_crowd
from scheduler.placement import Fleet, Shape
from scheduler.placement.rooms import Crowd
from scheduler.placement.types import BoundPort
from scheduler.reading import as_json, newest, query
from scheduler.shapes import Asked
from scheduler.snapshot import Pending, asked_of, row_of_wish, rows_where, shaped

LIVING = sorted(status.value for status in ON_ENGINE | {Status.PENDING})
NOTHING = Shape(only_host=-1)  # of what placement cannot look at


@dataclass(frozen=True, slots=True)
class Concern:
    """What the asked changes touch."""

    services: frozenset[UUID] = frozenset()
    containers: frozenset[UUID] = frozenset()
    hosts: frozenset[int] = frozenset()

    def and_(self, other: "Concern") -> "Concern":
        return Concern(self.services | other.services, self.containers | other.containers, self.hosts | other.hosts)


def read_world(concern: Concern) -> World:
    """As everything stands now, in one look."""
    with newest() as now:
        ids = _services(concern)
        looked = look_at(ids, now)
        owners = _owners([service.id for service in looked.services])
        fleet = read_fleet()
        alone = _alone_ids(concern)
        rows = rows_where("(service_id = ANY(%s) AND NOT superseded) OR id = ANY(%s)", [list(owners), sorted(alone)])
        wishes = _wishes(looked.services, owners)
        pending = shaped([*rows, *wishes.values()], fleet, now)
        shapes = {one.id: one for one in pending}
        more = _more([row[0] for row in rows])
        crews = {one.id: _crew(one, owners[one.id], wishes, shapes) for one in looked.services}
        numbers = gpu_numbers() if fleet.park is not None else {}
        bodies = {key: _body(shapes[key], columns, numbers) for key, columns in more.items()}
        crews[ALONE] = _alone(alone)
        hosts = _hosts()
        others = _others(fleet, [one.shape for one in pending if one.shape is not None], own=bodies.keys())
        # Rows bear the moment of their statement: what was just made is older than what the forecast makes.
        ((moment,),) = query("SELECT clock_timestamp()")
    world = World(now=moment, fleet=fleet, hosts=hosts, crews=crews, bodies=bodies)
    world.others, world.aged_s = others, settings.PLACEMENT_AGED_S
    world.kept = {key: columns[-1] for key, columns in more.items() if columns[-1] is not None}
    world.again = {key for key in alone if more[key][-2]}
    return world


def all_others(world: World) -> Concern:
    """All that stands there beside the world and might have to give way."""
    crowd = world.others.crowd.stay
    services = frozenset(UUID(one.service) for one in crowd if one.service)
    return Concern(services, frozenset(UUID(one.container) for one in crowd if not one.service))


# --- who is concerned


def _services(concern: Concern) -> list[UUID]:
    """Those asked about, on the hosts asked about (global ones all, where any host is), and those under way."""
    rows = query(
        "SELECT id FROM containers_service WHERE gone_at IS NULL AND (id = ANY(%(ids)s) OR desired = 'remove'"
        " OR (mode = 'global' AND %(hosts)s::bigint[] <> '{}'))"
        " UNION SELECT service_id FROM containers_container WHERE service_id IS NOT NULL AND NOT superseded"
        " AND status = ANY(%(living)s) AND (host_id = ANY(%(hosts)s) OR status = 'pending' OR is_successor"
        " OR desired <> 'run' OR stop_at IS NOT NULL)"
        " UNION SELECT service_id FROM containers_rollout WHERE status = 'running'",
        {"ids": list(concern.services), "hosts": sorted(concern.hosts), "living": LIVING},
    )
    return sorted(row[0] for row in rows)


def _alone_ids(concern: Concern) -> list[UUID]:
    rows = query(
        "SELECT id FROM containers_container WHERE service_id IS NULL AND NOT superseded AND status = ANY(%(living)s)"
        " AND (id = ANY(%(ids)s) OR host_id = ANY(%(hosts)s) OR status = 'pending' OR desired <> 'run'"
        " OR stop_at IS NOT NULL)",
        {"ids": list(concern.containers), "hosts": sorted(concern.hosts), "living": LIVING},
    )
    return [row[0] for row in rows]


# --- what they are


def _owners(ids: Sequence[UUID]) -> dict[UUID, Service]:
    return {one.pk: one for one in Service.objects.filter(pk__in=list(ids))}


def _wishes(services: Iterable[ServiceSeen], owners: Mapping[UUID, Service]) -> dict[tuple[UUID, int], tuple[Any, ...]]:
    """As rows: what a new container of each revision that may come asks for."""
    wanted = {}
    for one in services:
        revisions = {one.revision_id}
        if one.rollout is not None and one.rollout.from_revision_id is not None:
            revisions.add(one.rollout.from_revision_id)
        wanted.update(dict.fromkeys(revisions, one.id))
    found = {}
    for row in Revision.objects.filter(pk__in=list(wanted)):
        owner = owners[wanted[row.pk]]
        wish = wish_of(row, owner.name)
        found[owner.pk, row.pk] = row_of_wish(uuid5(owner.pk, f"revision {row.pk}"), owner.project_id, wish)
    return found


def wish_of(revision: Revision, service: str) -> Asked:
    """The columns that a new container of the revision will have."""
    asked = parse(revision.spec).resources
    return Asked(
        spec_hash=revision.spec_hash,
        spec=json.dumps(revision.spec),
        cpu_millis=asked.cpu_request_millis,
        memory_bytes=asked.memory_request_bytes,
        image_digest=revision.image_digest,
        image_id=revision.image_id,
        image_architecture=revision.image_architecture,
        only_host=None,
        service=service,
    )


def _crew(
    seen: ServiceSeen,
    owner: Service,
    wishes: Mapping[tuple[UUID, int], tuple[Any, ...]],
    shapes: Mapping[UUID, Pending],
) -> Crew:
    found = {revision: _wish(shapes[row[0]], row) for (service, revision), row in wishes.items() if service == seen.id}
    return Crew(owner.name, owner.project_id, seen, found, dict(seen.slots))


def _wish(asked: Pending, row: tuple[Any, ...]) -> Body:
    spec = as_json(asked_of(row).spec)
    return Body(
        name="",
        project=asked.project_id,
        shape=asked.shape or NOTHING,
        restart=spec.get("restart", "none"),
        checked="health_check" in spec,
        error=asked.error,
    )


def _more(ids: Sequence[UUID]) -> dict[UUID, tuple[Any, ...]]:
    rows = query(
        "SELECT c.id, c.name, c.host_id, c.ports, c.restart, c.spec ? 'health_check', s.strict, c.status, c.gpus,"
        " c.restart_asked, c.nominated_host_id"
        " FROM containers_container c LEFT JOIN containers_service s ON s.id = c.service_id WHERE c.id = ANY(%s)",
        [list(ids)],
    )
    return {row[0]: row[1:] for row in rows}


def _body(asked: Pending, columns: tuple[Any, ...], numbers: Mapping[tuple[int, str], int]) -> Body:
    name, host, ports, restart, checked, strict, status, gpus, *_ = columns
    shape = asked.shape or NOTHING
    returns = restart == "always" if strict is None else not strict
    return Body(
        name=name,
        project=asked.project_id,
        shape=shape,
        host=host if status in ON_ENGINE else None,
        ports=tuple(_port(one) for one in as_json(ports)),
        gpus=gpu_devices(gpus, host, numbers),
        restart=restart,
        checked=checked,
        returns=returns and not shape.volumes and shape.only_host is None,
        error=asked.error,
    )


def _port(row: Mapping[str, Any]) -> BoundPort:
    return BoundPort(row["container_port"], row["protocol"], row["host_address"], row["host_port"])


def _alone(ids: Collection[UUID]) -> Crew:
    """Stand-alone containers as slots of their own."""
    rows = query(
        "SELECT c.id, c.attempt, c.status, c.desired, c.health, c.created_at, c.started_at, c.status_since, c.stop_at,"
        " c.not_before, c.host_id, h.reachable, h.availability, c.reason, c.message, c.bound_at,"
        " c.slot_id::text FROM containers_container c LEFT JOIN hosts_host h ON h.id = c.host_id WHERE c.id = ANY(%s)",
        [list(ids)],
    )
    slots = {row[-1]: Slot(row[-1], _attempt(row)) for row in rows}
    return Crew("", 0, None, {}, slots)


def _attempt(row: tuple[Any, ...]) -> Attempt:
    return Attempt(
        id=row[0],
        slot_key="",
        attempt=row[1],
        revision_id=0,
        round=0,
        is_successor=False,
        status=Status(row[2]),
        desired=Desired(row[3]),
        health=row[4],
        created_at=row[5],
        started_at=row[6],
        ready_since=row[7],
        stop_at=row[8],
        not_before=row[9],
        host_id=row[10],
        host_ok=row[10] is None or row[11] == Reachable.OK,
        host_draining=row[12] == Availability.DRAINING,
        reason=row[13],
        message=row[14],
        bound_at=row[15],
    )


def _others(fleet: Fleet, shapes: Iterable[Shape], *, own: Collection[UUID]) -> Others:
    """Who is less important than anything of the world, and not of it."""
    below = max((one.priority for one in shapes), default=0)
    if not is_any_below(below):
        return Others()
    crowd = read_crowd(fleet, below=below)
    mine = {str(key) for key in own}
    stay = [one for one in crowd.stay if one.container not in mine]
    leave = [one for one in crowd.leave if one.container not in mine]
    who = {key: one for key, one in crowd.who.items() if key not in mine}
    return Others(Crowd(stay, leave, who), read_bounds({one.service for one in stay if one.service}))


def _hosts() -> list[HostState]:
    braked = read_braked()
    rows = query("SELECT id, name, reachable, availability FROM hosts_host")
    return [
        HostState(
            host,
            name,
            ok=reachable == Reachable.OK,
            lost=reachable == Reachable.LOST,
            draining=availability == Availability.DRAINING,
            braked=not braked.isdisjoint((None, host)),
        )
        for host, name, reachable, availability in rows
    ]
