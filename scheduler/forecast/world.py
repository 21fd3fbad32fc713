"""Services, stand-alone containers and hosts as a forecast moves them on, and its clock. Pure.

Attempts and slots are those that the planning of services reads, so that the very same functions decide. Before:
outlook.py. After: run.py turns the wheel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from containers.states import FINAL, ON_ENGINE, Desired, Status
from scheduler.controllers.services.draft import position
from scheduler.controllers.services.types import Attempt, ServiceSeen, Slot
from scheduler.forecast.ground import Ground
from scheduler.forecast.types import ALONE, Body, Crew, Doing, HostState, Others, Step
from scheduler.placement import Fleet, Shape
from scheduler.placement.company import Counts, Kin
from scheduler.placement.fleet import Claim

Place = tuple[UUID, str]  # a crew and a slot of it
NEVER_S = 1e8


class World:
    """Everything that moves. `restless`: slots with something under way; `stirred`: services to be planned anew.

    `kept`: the host that is kept for one that waits; `again`: stand-alone ones that were stopped to start anew.
    """

    def __init__(
        self,
        *,
        now: datetime,
        fleet: Fleet,
        hosts: Iterable[HostState],
        crews: Mapping[UUID, Crew],
        bodies: Mapping[UUID, Body],
    ) -> None:
        self.began = self.now = now
        self.ground = Ground(fleet)
        self.hosts = {host.id: host for host in hosts}
        self.crews = dict(crews)
        self.bodies = dict(bodies)
        self.steps: list[Step] = []
        self.words: dict[UUID, str] = {}  # why an attempt is there, or waits
        self.moves = 0
        self.turns = 0  # of planning: what one turn makes is older than what the next one makes
        self.restless: set[Place] = {(key, slot) for key, crew in crews.items() for slot in crew.slots}
        self.stirred: set[UUID] = {key for key, crew in crews.items() if crew.seen is not None}
        self.due: dict[UUID, datetime] = {}
        self.places = {one.id: place for place, one in self.rows()}
        self.others, self.aged_s = Others(), NEVER_S
        self.kept: dict[UUID, int] = {}
        self.again: set[UUID] = set()
        self.yields: set[UUID] = set()  # to what is more important

    # --- looking

    def moment(self) -> datetime:
        """When a row is made that this turn of planning makes."""
        return self.now + timedelta(microseconds=self.turns)

    def seen(self, key: UUID) -> ServiceSeen:
        crew = self.crews[key]
        assert crew.seen is not None
        return replace(crew.seen, slots=crew.slots)

    def slot(self, place: Place) -> Slot | None:
        crew = self.crews.get(place[0])
        return None if crew is None else crew.slots.get(place[1])

    def find(self, pk: UUID) -> tuple[Place, Attempt]:
        """An occupant or a successor."""
        place = self.places[pk]
        slot = self.slot(place)
        return place, next(one for one in (slot.rows if slot is not None else ()) if one.id == pk)

    def rows(self) -> Iterable[tuple[Place, Attempt]]:
        """Every occupant and successor."""
        for key, crew in self.crews.items():
            for slot in crew.slots.values():
                for one in slot.rows:
                    yield (key, slot.key), one

    def pending(self) -> list[tuple[Place, Attempt]]:
        """Those that wait for a host and may have one now, the most important first, then the oldest."""
        found = [
            (place, one)
            for place in self.restless
            if (slot := self.slot(place)) is not None
            for one in slot.rows
            if one.status == Status.PENDING and one.desired == Desired.RUN and not self.bodies[one.id].error
        ]
        due = [(place, one) for place, one in found if one.not_before is None or one.not_before <= self.now]
        return sorted(due, key=self._turn_of)

    def _turn_of(self, pair: tuple[Place, Attempt]) -> tuple[object, ...]:
        """As a pass reads them (scheduler/snapshot.py)."""
        place, one = pair
        priority = self.bodies[one.id].shape.priority
        return -priority, one.created_at, is_alone(place), place[0], position(place[1]), one.id

    def claims(self, waiting: Iterable[tuple[Place, Attempt]]) -> tuple[Claim, ...]:
        """The rooms that are kept for these."""
        rows = self.ground.rows
        held = [(one.id, self.kept[one.id]) for _, one in waiting if one.id in self.kept]
        return tuple(Claim(str(key), rows[host], self.bodies[key].shape) for key, host in held if host in rows)

    def leaving(self, waiting: Iterable[tuple[Place, Attempt]]) -> dict[Kin, Counts]:
        """Who stands on each row only until one of these is ready."""
        found: dict[Kin, Counts] = {}
        for place, one in waiting:
            slot, own = self.slot(place), self.bodies[one.id].shape.own
            before = slot.occupant if slot is not None and one.is_successor else None
            if own is None or before is None or before.status not in ON_ENGINE:
                continue
            row = self.ground.rows.get(self.bodies[before.id].host or 0)
            if row is not None:
                there = found.setdefault(own, {})
                there[row] = there.get(row, 0) + 1
        return found

    # --- changing

    def put(self, place: Place, slot: Slot | None) -> None:
        """The slot as it stands from now on; None: it is not there any more."""
        crew = self.crews[place[0]]
        if slot is None:
            crew.slots.pop(place[1], None)
            self.restless.discard(place)
        else:
            crew.slots[place[1]] = slot = living(slot)
            self.restless.add(place)
            self.places.update((one.id, place) for one in slot.rows)
        if crew.seen is not None:
            self.stirred.add(place[0])
        self.moves += 1

    def change(self, place: Place, one: Attempt) -> None:
        """The attempt of this id stands like this from now on."""
        slot = self.slot(place)
        assert slot is not None
        if slot.occupant is not None and slot.occupant.id == one.id:
            self.put(place, replace(slot, occupant=one))
        else:
            self.put(place, replace(slot, successor=one))

    def tell(self, doing: Doing, one: Attempt, why: str) -> None:
        """One more step."""
        body = self.bodies[one.id]
        host = self.hosts[body.host].name if body.host in self.hosts else ""
        service = body.name.rpartition(".")[0] if one.slot_key else ""
        at_s = (self.now - self.began).total_seconds()
        self.steps.append(Step(doing, one.id, body.name, body.project, service, host, why, at_s))

    def leave(self, place: Place, one: Attempt, desired: Desired, why: str) -> None:
        """It is told to end; what has no host yet is over at once."""
        if one.status in FINAL:
            self.change(place, replace(one, desired=desired, stop_at=None))
        elif one.status == Status.PENDING:
            self.tell("cancel", one, why)
            self.change(place, replace(one, desired=desired, stop_at=None, status=Status.CANCELLED, ended_at=self.now))
        else:
            if one.desired == Desired.RUN:
                self.tell("give-way" if one.id in self.yields else "stop", one, why)
            self.change(place, replace(one, desired=desired, stop_at=None))

    def end(self, place: Place, one: Attempt, status: Status) -> None:
        """It ends on its host; what is lost keeps its room booked."""
        if one.status in ON_ENGINE:
            self.ground.give_back(self.bodies[one.id], booked=status == Status.LOST)
        self.change(place, replace(one, status=status, ended_at=self.now, ready_since=None))

    def body_of_next(self, place: Place, revision: int, former: UUID | None) -> Body:
        """What a new attempt asks for: by its revision, or as the one that it follows did."""
        crew = self.crews[place[0]]
        if former is not None:
            before = self.bodies[former]
            return replace(before, host=None, ports=(), gpus=(), shape=self._again(before))
        wish, seen = crew.wishes[revision], crew.seen
        assert seen is not None
        shape = wish.shape
        if seen.mode == "global":
            shape = replace(shape, only_host=int(place[1]))
        if shape.policy.asks("stay"):
            shape = replace(shape, was_on=self._last_host(place))
        returns = not seen.strict and not shape.volumes and shape.only_host is None
        return replace(wish, name=f"{crew.name}.{place[1]}", shape=shape, returns=returns)

    def _again(self, before: Body) -> Shape:
        return replace(before.shape, was_on=before.host) if before.shape.policy.asks("stay") else before.shape

    def _last_host(self, place: Place) -> int | None:
        slot = self.slot(place)
        former = () if slot is None else sorted((*slot.rows, *slot.history), key=lambda one: -one.attempt)
        return next((one.host_id for one in former if one.host_id is not None), None)


def living(slot: Slot) -> Slot:
    """A successor that is over is history, as it is read from rows."""
    over = slot.successor
    if over is None or over.lives:
        return slot
    return replace(slot, successor=None, history=(over, *slot.history))


def is_alone(place: Place) -> bool:
    return place[0] == ALONE
