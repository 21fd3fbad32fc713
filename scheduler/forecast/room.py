"""Making room in a forecast: others give way to what is more important, as preemption and giving_way do it. Pure.

Before: placement has refused somebody. After: the victims end, what follows them waits, and the room is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from containers.states import ON_ENGINE, READY_HEALTH, Desired, Status
from scheduler.controllers.services.types import Attempt, ServiceSeen
from scheduler.forecast.types import NotSeen
from scheduler.forecast.world import Place, World, is_alone
from scheduler.placement.occupants import Occupant
from scheduler.placement.rooms import (
    Bound,
    Crowd,
    Rooms,
    Search,
    Waiter,
    Way,
    Who,
    after,
    goodbye,
    may_miss,
    with_a_chance,
)
from scheduler.placement.types import Group


def seek(world: World, groups: Sequence[Group]) -> Rooms:
    """Look for room for all that was refused, the most important first. Nothing is changed."""
    refused = list(_refused(world, groups))
    if not refused:
        return Rooms()
    fleet = world.ground.fleet
    since = world.now - timedelta(seconds=world.aged_s)
    aged = with_a_chance([one for one in refused if _waits_since(world, one.id) < since], fleet)
    crowd = crowd_of(world, below=max(one.shape.priority for one in refused))
    if not (aged or fleet.claims or crowd.stay):
        return Rooms()
    bounds = bounds_of(world, {one.service for one in crowd.stay if one.service})
    return Search(after(groups, fleet), crowd, bounds, aged_s=world.aged_s).run(refused, aged)


def make(world: World, rooms: Rooms) -> None:
    """The victims stop, the room is kept. Raises NotSeen where one of them is not the world's own."""
    _raise_for_others(world, rooms)
    for way in rooms.ways:
        if not (way.victims or way.is_new):
            continue
        key = way.waiting.id
        if world.kept.get(key) != way.host_id:
            world.kept[key] = way.host_id
            world.moves += 1
        for one in way.victims:
            _give_way(world, way, one, rooms.who[one.container])
    for key in rooms.drops:
        world.moves += world.kept.pop(key, None) is not None


def _raise_for_others(world: World, rooms: Rooms) -> None:
    victims = [one for way in rooms.ways for one in way.victims if UUID(one.container) not in world.bodies]
    if victims:
        services = frozenset(UUID(one.service) for one in victims if one.service)
        raise NotSeen(services, frozenset(UUID(one.container) for one in victims if not one.service))


def _give_way(world: World, way: Way, one: Occupant, who: Who) -> None:
    """One that serves leaves the endpoints first; one that stands alone starts again if its restart rule says so."""
    where, row = world.find(UUID(one.container))
    words = goodbye(way, one, world.bodies[way.waiting.id].name, who)
    delay_s = 0.0 if is_alone(where) else world.seen(where[0]).stop_delay_s
    world.yields.add(row.id)
    if is_alone(where) and who.restart != "none":
        world.again.add(row.id)
    if delay_s > 0 and row.status == Status.RUNNING:
        world.words[row.id] = words
        world.change(where, replace(row, stop_at=world.now + timedelta(seconds=delay_s)))
    else:
        world.leave(where, row, Desired.STOP, words)


# --- who is there


def _refused(world: World, groups: Sequence[Group]) -> Iterator[Waiter]:
    for group in groups:
        for verdict in group.verdicts:
            if verdict.host is None:
                key = UUID(verdict.container)
                yield Waiter(key, world.bodies[key].project, group.request.shape)


def _waits_since(world: World, key: UUID) -> datetime:
    _, one = world.find(key)
    return max(one.created_at, one.not_before or one.created_at)


def crowd_of(world: World, *, below: int) -> Crowd:
    """Who may be asked to go for something of priority `below`, and who goes anyway."""
    others = world.others.crowd
    crowd = Crowd([one for one in others.stay if one.priority < below], list(others.leave), dict(others.who))
    for where, one in world.rows():
        body = world.bodies[one.id]
        leaves = one.leaves or one.status == Status.STOPPING
        if one.status not in ON_ENGINE or body.host not in world.ground.rows or body.error:
            continue
        if leaves or body.shape.priority < below:
            service = "" if is_alone(where) else str(where[0])
            (crowd.leave if leaves else crowd.stay).append(_occupant(world, where, one))
            crowd.who[str(one.id)] = Who(body.name, body.project, service, body.restart)
    crowd.stay.sort(key=lambda one: one.container)
    return crowd


def _occupant(world: World, where: Place, one: Attempt) -> Occupant:
    body = world.bodies[one.id]
    assert body.host is not None
    strict = not is_alone(where) and world.seen(where[0]).strict
    fixed = one.is_successor or strict or bool(body.shape.volumes) or world.hosts[body.host].braked
    return Occupant(
        container=str(one.id),
        row=world.ground.rows[body.host],
        shape=body.shape,
        ports=body.ports,
        gpus=body.gpus,
        service="" if is_alone(where) else str(where[0]),
        may_go=not fixed,
    )


def bounds_of(world: World, services: Set[str]) -> Mapping[str, Bound]:
    """How many of each may go now."""
    found = {key: bound for key, bound in world.others.bounds.items() if key in services}
    for key in services:
        crew = world.crews.get(UUID(key))
        if crew is not None:
            seen = world.seen(UUID(key))
            found[key] = Bound(crew.name, crew.project, _may_miss(seen), seen.stop_delay_s)
    return found


def _may_miss(seen: ServiceSeen) -> int:
    slots = seen.slots.values()
    wanted = sum(any(one.desired == Desired.RUN for one in slot.rows) for slot in slots)
    return may_miss(
        strict=seen.strict,
        wanted=wanted if seen.mode == "global" else seen.replicas,
        serving=sum(any(_serves(one) for one in slot.rows) for slot in slots),
        max_unavailable=seen.policy.max_unavailable,
    )


def _serves(one: Attempt) -> bool:
    return one.status == Status.RUNNING and one.health in READY_HEALTH and one.host_ok and not one.leaves
