"""Turns the wheel until nothing changes any more: hosts, services, placement, agents, and the clock. Pure.

The services are planned and placed by the functions that the loops call. What starts is taken to be well at once, what
is told to stop to obey; the clock jumps to the next moment that changes something. Before: a world. After: its steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from containers.rules import wants_next
from containers.states import FINAL, ON_ENGINE, READY_HEALTH, Desired, Health, Status, ready
from scheduler.controllers.services.plan import plan_service
from scheduler.controllers.services.stays import drained, marked
from scheduler.controllers.services.types import Attempt, ServiceSeen, Slot
from scheduler.forecast import room
from scheduler.forecast.deeds import add_after, do, is_over
from scheduler.forecast.types import Forecast, Waiting
from scheduler.forecast.world import Place, World, is_alone
from scheduler.placement import merge, place
from scheduler.placement.types import Explanation, Group, Verdict

TICK_S: Final = 1.0
QUIET_S: Final = 130.0  # time alone brings nothing after this: room is waited for 10 s, a start for 120 s
JITTER: Final = 0.5
STEPS_MAX: Final = 5_000
WORK_MAX: Final = 400_000  # slots planned: some seconds of one processor
RIVALS_PER_WORK: Final = 10
NO_HOST: Final = "no-host"


def forecast(world: World, each_turn: Callable[[], None] = lambda: None) -> Forecast:
    """What happens from here on, if nobody does anything more. `each_turn` is called between two turns."""
    wheel = Wheel(world)
    wheel.lose()
    whole = wheel.turn(each_turn)
    ground = world.ground
    return Forecast(
        steps=tuple(world.steps[:STEPS_MAX]),
        peak=ground.peak,
        peaks=ground.peaks(),
        unplaced=tuple(unplaced(world)),
        stays=tuple(stays(world, wheel.nowhere)),
        is_whole=whole,
    )


class Wheel:
    """The loops of one forecast, with what they remember between turns."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.nowhere: dict[UUID, str] = {}  # on a drained host: why no other one takes it
        self._work = 0
        self._looked: tuple[object, ...] = ()
        self._rivals = 0  # how many were looked at who might give way
        self._moved_at = world.now

    def turn(self, each_turn: Callable[[], None]) -> bool:
        """Until all is quiet; False when it was cut short."""
        world = self.world
        while len(world.steps) < STEPS_MAX and self._work < WORK_MAX:
            each_turn()
            before = world.moves
            self.held()
            self.follow()
            self.plan()
            self.place()
            self.agents()
            if world.moves != before or world.stirred:
                self._moved_at = world.now
                world.now += timedelta(seconds=TICK_S)
                continue
            moment = self._next_moment()
            if moment is None:
                return True
            world.now = moment
        return False

    def _next_moment(self) -> datetime | None:
        """When time alone may change something; None when it does not any more."""
        world = self.world
        ahead = [moment for place in world.restless for moment in self._moments(place) if moment > world.now]
        due = [moment for moment in world.due.values() if moment > world.now]
        if not ahead and (world.now - self._moved_at).total_seconds() >= QUIET_S:
            return None
        return min([*ahead, *due], default=None)

    def _moments(self, place: Place) -> Iterator[datetime]:
        slot = self.world.slot(place)
        for one in slot.rows if slot is not None else ():
            if one.stop_at is not None and one.desired == Desired.RUN:
                yield one.stop_at
            elif one.status == Status.PENDING and one.not_before is not None:
                yield one.not_before
            elif one.ready_since is not None:
                yield one.ready_since + self._window(place)

    def _window(self, place: Place) -> timedelta:
        seen = self.world.crews[place[0]].seen
        return timedelta(seconds=seen.policy.health_window_s if seen is not None else 0)

    # --- the loops

    def lose(self) -> None:
        """What was on a host that is lost, and what follows it elsewhere: as host health does it."""
        world = self.world
        for where, one in list(world.rows()):
            body = world.bodies[one.id]
            host = world.hosts.get(body.host) if body.host is not None else None
            if host is None or not host.lost or one.status not in ON_ENGINE or not body.returns:
                continue
            why = f"host {host.name} is lost"
            world.tell("lose", one, why)
            world.end(where, one, Status.LOST)
            if not one.is_successor and one.desired == Desired.RUN:
                add_after(world, where, world.find(one.id)[1], why, like_it=True)

    def held(self) -> None:
        """Stops whose time has come."""
        world = self.world
        for where in sorted(world.restless):
            slot = world.slot(where)
            for one in slot.rows if slot is not None else ():
                if one.stop_at is not None and one.stop_at <= world.now and one.desired == Desired.RUN:
                    world.leave(where, one, Desired.STOP, world.words.get(one.id, "a stop was held until now"))

    def follow(self) -> None:
        """The next attempts of slots whose last one ended by itself: as the restarts do it."""
        world = self.world
        for where in sorted(world.restless):
            slot = world.slot(where)
            one = slot.occupant if slot is not None else None
            if slot is None or one is None or one.status not in FINAL:
                continue
            if one.id in world.again and one.desired != Desired.REMOVE:
                add_after(world, where, one, "asked to restart", like_it=True)
            if one.desired != Desired.RUN:
                continue
            restart = world.bodies[one.id].restart
            if wants_next(restart, one.status) and self._is_left_to_restarts(where, slot, one):
                add_after(world, where, one, f"{one.status}, restart is {restart}", like_it=True)

    def _is_left_to_restarts(self, where: Place, slot: Slot, one: Attempt) -> bool:
        seen = self.world.crews[where[0]].seen
        if seen is None:
            return True
        if seen.removing or (slot.successor is not None and slot.successor.lives):
            return False
        rolls = seen.rollout is not None and seen.rollout.status == "running"
        return seen.paused or seen.is_current(one) or not rolls

    def plan(self) -> None:
        """Every service that something happened to, or whose time has come."""
        world = self.world
        due = {key for key, moment in world.due.items() if moment <= world.now}
        asked, world.stirred = sorted((world.stirred | due) & world.crews.keys()), set()
        for key in asked:
            world.turns += 1
            seen = self._with_stays(world.seen(key))
            self._work += len(seen.slots) + 1
            planned = plan_service(seen, world.now, jitter=JITTER)
            world.due.pop(key, None)
            if planned.look_again_s is not None:
                world.due[key] = world.now + timedelta(seconds=planned.look_again_s)
            for change in planned.changes:
                do(world, key, change)

    def _with_stays(self, seen: ServiceSeen) -> ServiceSeen:
        """Marks what no other host takes: as room.py does it."""
        asked = drained(seen)
        if not asked:
            return seen
        bodies = self.world.bodies
        wishes = [(str(one.id), replace(bodies[one.id].shape, was_on=None)) for one in asked]
        words = {}
        for group in place(merge(wishes), self.world.ground.fleet):
            for verdict in group.verdicts:
                if verdict.host is None and group.refused is not None:
                    words[UUID(verdict.container)] = group.refused.words
        self.nowhere.update(words)
        return marked(seen, words) if words else seen

    def place(self) -> None:
        """One pass of placement, when anything has changed for what waits."""
        world = self.world
        waiting = world.pending()
        if not waiting or self._sight(waiting) == self._looked:
            return
        wishes = ((str(one.id), world.bodies[one.id].shape) for _, one in waiting)
        fleet = world.ground.fleet
        fleet.claims, fleet.leaving = world.claims(waiting), world.leaving(waiting)
        groups = place(merge(wishes, images=fleet.images), fleet)
        rooms = room.seek(world, groups)
        for group in groups:
            for verdict in group.verdicts:
                self._give(verdict, group, rooms.notes.get(verdict.container, ""))
        room.make(world, rooms)
        world.ground.measure()
        self._rivals = len(rooms.who)
        self._work += self._rivals // RIVALS_PER_WORK
        still = world.pending()
        fleet.claims = world.claims(still)
        self._looked = self._sight(still)

    def _sight(self, waiting: Sequence[tuple[Place, Attempt]]) -> tuple[object, ...]:
        """What placement would look at. Whether others may give way is a matter of all that moves."""
        world = self.world
        return world.ground.version, world.moves if self._rivals else 0, *(one.id for _, one in waiting)

    def _give(self, verdict: Verdict, group: Group, note: str) -> None:
        world = self.world
        where, one = world.find(UUID(verdict.container))
        if verdict.host is None:
            refused = group.refused.words if group.refused is not None else "no host fits"
            words = "; ".join(filter(None, [refused, note]))
            if one.message != words:
                world.change(where, replace(one, reason=NO_HOST, message=words))
            return
        body = replace(world.bodies[one.id], host=verdict.host, ports=verdict.ports, gpus=verdict.gpus)
        world.bodies[one.id] = body
        world.ground.take(body)
        bound = replace(one, status=Status.BOUND, host_id=verdict.host, bound_at=world.now, reason="", message="")
        world.change(where, bound)
        why = "; ".join(filter(None, [world.words.get(one.id, "it waited for a host"), _best_of(group.placed)]))
        world.tell("start", bound, why)

    def agents(self) -> None:
        """What was told to end has ended, what was bound runs, what runs was seen to."""
        world = self.world
        for where in sorted(world.restless):
            slot = world.slot(where)
            for one in slot.rows if slot is not None else ():
                if one.status in ON_ENGINE and one.host_ok:
                    self._tend(where, one)
            slot = world.slot(where)
            if slot is not None and is_over(slot):
                world.put(where, None)
            elif slot is None or all(self._rests(where, one) for one in slot.rows):
                world.restless.discard(where)

    def _tend(self, where: Place, one: Attempt) -> None:
        world, now = self.world, self.world.now
        if one.desired != Desired.RUN:
            world.end(where, one, Status.STOPPED)
        elif one.status != Status.RUNNING or one.health in (Health.STARTING, Health.UNKNOWN):
            checked = world.bodies[one.id].checked or one.health not in READY_HEALTH
            health = Health.HEALTHY if checked else Health.NONE
            began = one.started_at or now
            well = replace(one, status=Status.RUNNING, health=health, started_at=began, ready_since=now)
            world.change(where, replace(well, watched_until=now, health_since=now))
        elif not self._is_watched(where, one) and self._may_be_proved(where, one):
            world.change(where, replace(one, watched_until=now))

    def _is_watched(self, where: Place, one: Attempt) -> bool:
        """Seen well for its whole window, or not well at all: nothing comes of looking again."""
        if is_alone(where) or one.ready_since is None or not ready(one.status, one.health):
            return True
        return (one.watched_until or one.ready_since) - one.ready_since >= self._window(where)

    def _may_be_proved(self, where: Place, one: Attempt) -> bool:
        return one.ready_since is not None and self.world.now - one.ready_since >= self._window(where)

    def _rests(self, where: Place, one: Attempt) -> bool:
        if one.status in FINAL:
            return one.id not in self.world.again or one.desired == Desired.REMOVE
        if not one.host_ok:
            return one.stop_at is None
        quiet = one.status == Status.RUNNING and one.desired == Desired.RUN and one.stop_at is None
        return quiet and self._is_watched(where, one)


def _best_of(seen: Explanation) -> str:
    fit = seen.funnel[-1].left if seen.funnel else 0
    if fit <= 1:
        return "the only host that fits" if fit else ""
    return f"the best of {fit} hosts that fit"


def unplaced(world: World) -> Iterator[Waiting]:
    """What still waits for a host at the end, and why."""
    for where, one in world.rows():
        if one.status == Status.PENDING and one.desired == Desired.RUN:
            body = world.bodies[one.id]
            words = body.error or one.message or "it waits for its time"
            yield Waiting(one.id, body.name, body.project, _service(world, where), "", words)


def stays(world: World, nowhere: dict[UUID, str]) -> Iterator[Waiting]:
    """What is left on hosts that are drained, and why."""
    for where, one in world.rows():
        body = world.bodies[one.id]
        host = world.hosts.get(body.host) if body.host is not None else None
        if host is None or not host.draining or one.status not in ON_ENGINE or one.leaves:
            continue
        why = nowhere.get(one.id, "its successor finds no host")
        if body.shape.volumes:
            names = ", ".join(volume.name for volume in body.shape.volumes)
            why = f"its data is on this host only ({names})"
        elif is_alone(where):
            why = "it stands alone: stop or remove it, or make a service of it"
        yield Waiting(one.id, body.name, body.project, _service(world, where), host.name, why)


def _service(world: World, where: Place) -> str:
    return "" if is_alone(where) else world.crews[where[0]].name
