"""What the planning of a service asks for, done in a forecast: as services/apply.py does it to rows. Pure.

Before: plan_service. After: placement and the agents, in run.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from containers.states import FINAL, Desired, Health, Status
from scheduler.controllers.services import types as t
from scheduler.forecast.world import Place, World


def do(world: World, service: UUID, change: t.Change) -> None:
    """One change of one service."""
    ACTS[type(change)](world, service, change)


def _seen(world: World, service: UUID) -> t.ServiceSeen:
    seen = world.crews[service].seen
    assert seen is not None
    return seen


def _word(world: World, service: UUID, **values: Any) -> None:
    """The roll-out stands like this from now on."""
    crew, seen = world.crews[service], _seen(world, service)
    if seen.rollout is not None:
        crew.seen = replace(seen, rollout=replace(seen.rollout, **values))
        world.stirred.add(service)


def add(world: World, place: Place, why: str, **values: Any) -> t.Attempt:
    """A new attempt, pending; the caller puts it into the slot. `former`: whose wish it has, else the wanted one."""
    service, key = place
    slot, former = world.slot(place), values.pop("former", None)
    rows = () if slot is None else (*slot.rows, *slot.history)
    attempt = 1 + max((one.attempt for one in rows), default=0)
    if former is not None:
        revision, number = former.revision_id, former.round
    else:
        seen = _seen(world, service)
        revision = seen.revision_id
        number = max(seen.rollout.number if seen.rollout else 0, seen.fresh_from)
    one = t.Attempt(
        id=uuid5(service, f"{key} {attempt}"),
        slot_key="" if former is not None and not former.slot_key else key,
        attempt=attempt,
        revision_id=revision,
        round=number,
        is_successor=False,
        status=Status.PENDING,
        desired=Desired.RUN,
        health=Health.NONE,
        created_at=world.moment(),
        **values,
    )
    world.bodies[one.id] = world.body_of_next(place, revision, former.id if former is not None else None)
    world.words[one.id] = why
    return one


def add_after(world: World, place: Place, one: t.Attempt, why: str, *, like_it: bool, **values: Any) -> None:
    """The next attempt of the slot, after one that is over."""
    new = add(world, place, why, former=one if like_it else None, **values)
    slot = world.slot(place)
    assert slot is not None
    world.put(place, t.Slot(place[1], new, slot.successor, (one, *slot.history)))


def _add_slot(world: World, service: UUID, change: t.AddSlot) -> None:
    place = (service, change.key)
    new, slot = add(world, place, change.why), world.slot(place)
    former = () if slot is None else (*slot.rows, *slot.history)
    world.put(place, t.Slot(change.key, new, None, former))


def _add_successor(world: World, service: UUID, change: t.AddSuccessor) -> None:
    place, one = world.find(change.beside)
    new = add(world, place, change.why, former=one if change.keeps_revision else None, not_before=change.not_before)
    slot = world.slot(place)
    assert slot is not None
    world.put(place, replace(slot, successor=replace(new, is_successor=True)))


def _add_next(world: World, service: UUID, change: t.AddNext) -> None:
    place, one = world.find(change.after)
    add_after(world, place, one, change.why, like_it=change.keeps_revision, not_before=change.not_before)


def _promote(world: World, service: UUID, change: t.Promote) -> None:
    place, new = world.find(change.new)
    slot = world.slot(place)
    assert slot is not None
    assert slot.occupant is not None
    past = (slot.occupant, *slot.history)
    world.put(place, t.Slot(slot.key, replace(new, is_successor=False), None, past))


def _stop(world: World, service: UUID, change: t.Stop) -> None:
    place, one = world.find(change.id)
    _leave(world, place, one, Desired.STOP, change.why, delay_s=change.delay_s)


def _remove_slot(world: World, service: UUID, change: t.RemoveSlot) -> None:
    place = (service, change.key)
    slot = world.slot(place)
    for one in slot.rows if slot is not None else ():
        _leave(world, place, one, Desired.REMOVE, change.why, delay_s=change.delay_s)


def _leave(world: World, place: Place, one: t.Attempt, desired: Desired, why: str, *, delay_s: float) -> None:
    """Out of the endpoints now, told to end later; where nothing serves, at once."""
    if delay_s > 0 and one.status == Status.RUNNING and one.desired == Desired.RUN:
        if one.stop_at is None:
            world.words[one.id] = why
            world.change(place, replace(one, stop_at=world.now + timedelta(seconds=delay_s)))
        return
    world.leave(place, one, desired, why)


def _move_rollout(world: World, service: UUID, change: t.MoveRollout) -> None:
    _word(world, service, status=change.status, message=change.why)


def _count_failure(world: World, service: UUID, change: t.CountFailure) -> None:
    rollout = _seen(world, service).rollout
    if rollout is not None:
        known = rollout.failed_seen | {change.id}
        _word(world, service, failures=rollout.failures + 1, failed_seen=known)


def _prove(world: World, service: UUID, change: t.Prove) -> None:
    place, one = world.find(change.id)
    world.change(place, replace(one, proved=True))
    _word(world, service, stepped_at=world.now)


def _roll_back(world: World, service: UUID, change: t.RollBack) -> None:
    crew, seen = world.crews[service], _seen(world, service)
    former = seen.rollout
    assert former is not None
    number = former.number + 1
    rollout = t.RolloutSeen(
        former.id, number, "roll-back", "running", change.revision_id, seen.revision_id, world.now, world.now
    )
    crew.seen = replace(seen, revision_id=change.revision_id, fresh_from=0, rollout=rollout)
    world.stirred.add(service)
    world.moves += 1


def _note(world: World, service: UUID, change: t.Note) -> None:
    _word(world, service, message=change.why)


def _gone(world: World, service: UUID, change: t.Gone) -> None:
    world.restless = {place for place in world.restless if place[0] != service}
    world.stirred.discard(service)
    world.due.pop(service, None)
    world.crews.pop(service)
    world.moves += 1


def is_over(slot: t.Slot) -> bool:
    """Removed, and nothing of it lives any more: the slot is empty."""
    one = slot.occupant
    gone = one is not None and one.status in FINAL and one.desired == Desired.REMOVE
    return gone and not any(row.lives for row in slot.rows)


ACTS: Mapping[type, Callable[[World, UUID, Any], None]] = {
    t.AddSlot: _add_slot,
    t.AddSuccessor: _add_successor,
    t.AddNext: _add_next,
    t.Promote: _promote,
    t.Stop: _stop,
    t.RemoveSlot: _remove_slot,
    t.MoveRollout: _move_rollout,
    t.CountFailure: _count_failure,
    t.Prove: _prove,
    t.RollBack: _roll_back,
    t.Note: _note,
    t.Gone: _gone,
}
