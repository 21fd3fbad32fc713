"""What a plan works on: the slots as they will stand once the changes planned so far are done. Pure.

Every rule asks the draft for room and tells it what it wants, so that no two rules spend the same room, and so that
planning what a plan has produced asks for nothing more. Before: types. After: replicas, rollout, replace.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid5

from containers.rules import wants_next
from containers.spec.service import UpdatePolicy
from containers.states import FINAL, Desired, Health, Status
from scheduler.controllers.backoff import Attempt as Ended
from scheduler.controllers.backoff import crashes, limit_s
from scheduler.controllers.services.tally import Tally
from scheduler.controllers.services.types import (
    AddNext,
    AddSlot,
    AddSuccessor,
    Attempt,
    Cause,
    Change,
    Planned,
    Promote,
    RemoveSlot,
    RolloutSeen,
    ServiceSeen,
    Slot,
    Stop,
)

MAX_CHANGES: Final = 200  # a turn of one service never holds up the others for long
QUICK_S: Final = 60.0  # stopped by us within this of its start: it never did well
OVERLOOKED_S: Final = 10.0  # an agent that is there has compared twice
WATCH_AGAIN_S: Final = 1.0  # what an agent writes wakes us; this is for the hint that is lost
LOOKS_AGAIN_S: Final = 15.0  # a host that is back has been compared, its containers have been asked
LOOK_MIN_S: Final = 0.1
LOOK_MAX_S: Final = 3600.0


class Full(Exception):
    """The plan is as long as a plan may be; the rest follows in the next turn."""


def position(key: str) -> tuple[int, str]:
    """Slots in the order of people: web.2 before web.10."""
    return (int(key), key) if key.isdecimal() else (0, key)


def is_kept(slot: Slot) -> bool:
    """Somebody still wants this slot: its occupant, living or not, was not told to go for good."""
    return slot.occupant is not None and slot.occupant.desired != Desired.REMOVE


def lives(one: Attempt | None) -> bool:
    return one is not None and one.lives


class Draft:
    """The service as seen, with what was planned so far done to it."""

    def __init__(self, seen: ServiceSeen, now: datetime, *, jitter: float) -> None:
        self.seen, self.now, self.jitter = seen, now, jitter
        self.slots = {key: _living(seen.slots[key]) for key in sorted(seen.slots, key=position)}
        self.changes: list[Change] = []
        self.surplus: set[str] = set()
        self._look_s: float | None = None
        self._look_at_hosts: set[int] = set()
        self._tallies = {key: self._tally(slot) for key, slot in self.slots.items()}
        self._sums = Tally()
        for tally in self._tallies.values():
            self._sums = self._sums.plus(tally, minus=Tally())

    # --- the rules of the service

    @property
    def rollout(self) -> RolloutSeen | None:
        return self.seen.rollout

    @property
    def policy(self) -> UpdatePolicy:
        return self.seen.policy

    @property
    def rolls(self) -> bool:
        """Whether outdated containers are replaced now."""
        return self.rollout is not None and self.rollout.status == "running" and not self.seen.paused

    @property
    def judges(self) -> bool:
        """Whether new containers are judged now: also those of a canary that waits for its promotion."""
        return self.rollout is not None and self.rollout.status in ("running", "holding") and not self.seen.paused

    @property
    def surge(self) -> int:
        """How many may live besides one for each slot."""
        return 0 if self.seen.exclusive else self.policy.max_surge

    @property
    def unavailable(self) -> int:
        """At least one where the old one stops first: else nothing could ever be replaced."""
        beside = self.surge and self.policy.order == "start-first"
        return self.policy.max_unavailable if beside else max(1, self.policy.max_unavailable)

    @property
    def floor(self) -> int:
        """As many must stay ready whenever a replacement stops one. What is over for good can never be."""
        return max(0, self.seen.desired_count - self.unavailable - self._sums.over)

    def name(self, key: str) -> str:
        return f"{self.seen.name}.{key}"

    # --- the sums

    @property
    def kept(self) -> int:
        return self._sums.kept

    @property
    def ready(self) -> int:
        return self._sums.ready

    @property
    def beside(self) -> int:
        """What lives besides one for each slot: successors, and slots that are on their way out."""
        return self._sums.successors + self._sums.lingering

    @property
    def flying(self) -> int:
        return self._sums.flying

    def may_begin(self, slot: Slot) -> bool:
        """Whether the batch has a place for this slot; one that is under way by a crash has its place already."""
        if self._sums.successors >= self.policy.batch:
            return False
        return self.in_flight(slot) or self.flying < self.policy.batch

    def has_room(self, *, slots: int) -> bool:
        """Whether one more may live when this many slots have their own place."""
        return slots + self.beside + 1 <= self.seen.desired_count + self.surge

    def has_room_again(self) -> bool:
        """Whether a slot that exists may be filled again: its place is its own, unless too many live by now."""
        return self._sums.live + 1 <= self.seen.desired_count + self.surge

    def may_lose(self, one: Attempt) -> bool:
        """Whether a replacement may stop it now. What does not serve costs nothing."""
        return not one.serves or self.ready - 1 >= self.floor

    # --- what is true of one attempt or slot

    def is_proved(self, one: Attempt) -> bool:
        """Ready for the whole window, without a break, until now: seen so by its agent when the window was over.

        Time alone proves nothing: what died together with its agent counts as running until somebody looks.
        """
        if not one.serves or one.ready_since is None:
            return False
        watched = one.watched_until or one.ready_since
        return (watched - one.ready_since).total_seconds() >= self.policy.health_window_s

    def is_overlooked(self, one: Attempt) -> bool:
        """Its window is long over, and nobody has said that it still runs."""
        ready_s = self._age_s(one.ready_since) if one.ready_since is not None else 0.0
        return not self.is_proved(one) and ready_s >= self.policy.health_window_s + OVERLOOKED_S

    def returns(self, one: Attempt) -> bool:
        """A crashed one whose restart rule brings the next attempt by itself."""
        return one.status in FINAL and one.desired == Desired.RUN and wants_next(self.seen.restart, one.status)

    def ended_well(self, one: Attempt) -> bool:
        """It did what it was for: ended by itself where nothing shall follow."""
        return one.status == Status.EXITED and one.desired == Desired.RUN and self.seen.restart == "none"

    def in_flight(self, slot: Slot) -> bool:
        """Under replacement: from the first step until the new container is proved."""
        one = slot.occupant
        if one is None or lives(slot.successor):
            return lives(slot.successor)
        if one.leaves:
            return True
        if one.attempt == 1 or not self.seen.is_current(one) or one.proved:
            return False
        return self.returns(one) if not one.lives else not self.is_proved(one)

    def failing(self, one: Attempt) -> str:
        """Why a living new container counts as failed, "" while it does not: unhealthy, or not ready in time."""
        if one.leaves or one.proved or not one.host_ok or one.serves:
            return ""
        if one.status == Status.RUNNING and one.health == Health.UNHEALTHY:
            return "" if self.is_old_news(one) else "its health check says unhealthy"
        if one.status == Status.PENDING or not one.lives or one.health == Health.UNKNOWN:
            return ""
        if self._age_s(one.coming_since) >= self.policy.start_deadline_s:
            return f"not ready within {self.policy.start_deadline_s} s"
        return ""

    def is_old_news(self, one: Attempt) -> bool:
        """Its health was found before its host was silent: first its agent has the time to look again."""
        since = one.host_since
        if since is None or one.health_since is None or one.health_since >= since:
            return False
        left_s = LOOKS_AGAIN_S - self._age_s(since)
        if not 0 < left_s <= LOOKS_AGAIN_S:
            return False
        self.look_in(left_s)
        return True

    def waits_for_room(self, one: Attempt, *, at_least_s: float) -> bool:
        """Placement has had its time and found no host."""
        since = max(one.created_at, one.not_before or one.created_at)
        return one.status == Status.PENDING and not one.leaves and self._age_s(since) >= at_least_s

    def _age_s(self, since: datetime) -> float:
        return (self.now - since).total_seconds()

    # --- when time alone will change something

    def look_at(self, moment: datetime) -> None:
        """Plan again at this moment, unless something happens before."""
        self.look_in((moment - self.now).total_seconds())

    def look_in(self, seconds: float) -> None:
        seconds = min(max(seconds, LOOK_MIN_S), LOOK_MAX_S)
        self._look_s = seconds if self._look_s is None else min(self._look_s, seconds)

    def look_at_host_of(self, one: Attempt) -> None:
        """Its window is over: only its agent can say now whether it still runs."""
        if one.host_id is not None:
            self._look_at_hosts.add(one.host_id)
        self.look_in(WATCH_AGAIN_S)

    def planned(self) -> Planned:
        return Planned(tuple(self.changes), self._look_s, frozenset(self._look_at_hosts))

    # --- what a rule may want

    def say(self, change: Change) -> None:
        """Ask for a change. Raises Full when the plan is long enough."""
        if len(self.changes) >= MAX_CHANGES:
            self._look_s = 0.0
            raise Full
        self.changes.append(change)

    def add_slot(self, key: str, why: str) -> None:
        host_id = int(key) if self.seen.mode == "global" else None
        self.say(AddSlot(key, why, host_id))
        former = self.slots.get(key, Slot(key))
        attempt = 1 + max((one.attempt for one in (*former.rows, *former.history)), default=0)
        self._put(Slot(key, self._new(key, attempt=attempt), history=(*former.rows, *former.history)))

    def add_successor(self, slot: Slot, why: str) -> None:
        one, keeps = _of(slot), self._keeps(_of(slot))
        wait = self._not_before(slot, keeps=keeps)
        self.say(AddSuccessor(one.id, why, wait, keeps))
        self._put(replace(slot, successor=self._follows(slot, keeps=keeps, not_before=wait)))

    def add_next(self, slot: Slot, why: str) -> None:
        one, keeps = _of(slot), self._keeps(_of(slot))
        wait = self._not_before(slot, keeps=keeps)
        self.say(AddNext(one.id, why, wait, keeps))
        new = replace(self._follows(slot, keeps=keeps, not_before=wait), is_successor=False)
        self._put(Slot(slot.key, new, history=(one, *slot.history)))

    def promote(self, slot: Slot, why: str) -> None:
        one, new = _of(slot), slot.successor
        assert new is not None
        self.say(Promote(one.id, new.id, why))
        self._put(Slot(slot.key, replace(new, is_successor=False), history=(one, *slot.history)))

    def stop(self, slot: Slot, one: Attempt, stop: Stop) -> None:
        pending = one.status == Status.PENDING
        self.say(replace(stop, while_pending=pending))
        ended = self._ended(one, Desired.STOP, delay_s=stop.delay_s, at_once=pending)
        self._put(_living(replace(slot, successor=ended) if one.is_successor else replace(slot, occupant=ended)))

    def remove_slot(self, slot: Slot, why: str, *, delay_s: float) -> None:
        living = [one.status == Status.PENDING for one in slot.rows if one.lives]
        at_once = bool(living) and all(living)
        self.say(RemoveSlot(slot.key, _of(slot).id, why, delay_s, while_pending=at_once))
        rows = [self._ended(one, Desired.REMOVE, delay_s=delay_s, at_once=at_once) for one in slot.rows]
        self._put(_living(replace(slot, occupant=rows[0], successor=rows[1] if len(rows) > 1 else None)))

    def judged(self, rollout: RolloutSeen, change: Change) -> None:
        """The roll-out has another word from here on."""
        self.say(change)
        self.seen = replace(self.seen, rollout=rollout)

    def note_proved(self, slot: Slot, one: Attempt, change: Change) -> None:
        self.say(change)
        known = replace(one, proved=True)
        self._put(replace(slot, successor=known) if one.is_successor else replace(slot, occupant=known))

    def ending(self, one: Attempt, why: str, cause: Cause) -> Stop:
        """The stop of an occupant by the budget; one that serves leaves the endpoints first."""
        delay_s = self.seen.stop_delay_s if one.serves else 0.0
        return Stop(one.id, why, delay_s, cause, intended=cause != "unhealthy", needs_ready=self.floor)

    # --- inside

    def _keeps(self, one: Attempt) -> bool:
        """Whether what follows has the revision of this one: where the roll-out rests, nothing moves on by the way."""
        return not self.rolls and not self.seen.is_current(one)

    def _not_before(self, slot: Slot, *, keeps: bool) -> datetime | None:
        """Back-off over what failed in this slot with the revision that follows."""
        rows = sorted((*slot.rows, *slot.history), key=lambda one: -one.attempt)
        ended = [one for one in rows if one.status in FINAL and one.status != Status.CANCELLED]
        revision = _of(slot).revision_id if keeps else self.seen.revision_id
        same = [one for one in ended if one.revision_id == revision and (keeps or self.seen.is_current(one))]
        wait_s = limit_s(crashes([_as_ended(one, self.now) for one in same])) * self.jitter
        return self.now + timedelta(seconds=wait_s) if wait_s > 0 else None

    def _follows(self, slot: Slot, *, keeps: bool, not_before: datetime | None) -> Attempt:
        one = _of(slot)
        last = max(row.attempt for row in (*slot.rows, *slot.history))
        new = replace(self._new(slot.key, attempt=last + 1), is_successor=True, not_before=not_before)
        return replace(new, revision_id=one.revision_id, round=one.round) if keeps else new

    def _new(self, key: str, *, attempt: int) -> Attempt:
        """The row that will be there; nobody sees its id."""
        number = self.rollout.number if self.rollout is not None else 0
        return Attempt(
            id=uuid5(self.seen.id, f"{key} {attempt}"),
            slot_key=key,
            attempt=attempt,
            revision_id=self.seen.revision_id,
            round=max(number, self.seen.fresh_from),
            is_successor=False,
            status=Status.PENDING,
            desired=Desired.RUN,
            health=Health.NONE,
            created_at=self.now,
        )

    def _ended(self, one: Attempt, desired: Desired, *, delay_s: float, at_once: bool) -> Attempt:
        """`at_once`: it has no host, so that the wish ends it. It counts as living where that is not sure."""
        if one.lives and delay_s > 0:
            return replace(one, stop_at=self.now + timedelta(seconds=delay_s))
        status = Status.CANCELLED if at_once and one.lives else one.status
        return replace(one, desired=desired, stop_at=None, status=status)

    def _put(self, slot: Slot) -> None:
        old, new = self._tallies.get(slot.key, Tally()), self._tally(slot)
        self._sums = self._sums.plus(new, minus=old)
        self.slots[slot.key], self._tallies[slot.key] = slot, new

    def _tally(self, slot: Slot) -> Tally:
        ready = sum(one.serves for one in slot.rows)
        if not is_kept(slot):
            live = sum(one.lives and one.host_ok for one in slot.rows)  # on a silent host it counts as lost
            return Tally(ready=ready, lingering=live, live=live)
        live, beside = sum(one.lives for one in slot.rows), int(lives(slot.successor))
        flying, over = int(self.in_flight(slot)), int(self._is_over(slot))
        return Tally(kept=1, ready=ready, successors=beside, flying=flying, live=live, over=over)

    def _is_over(self, slot: Slot) -> bool:
        """Its container ended for good, and nobody is there."""
        one = slot.occupant
        if one is None or one.leaves or lives(slot.successor):
            return False
        return one.status in FINAL and not self.returns(one)


def _of(slot: Slot) -> Attempt:
    one = slot.occupant or slot.successor
    if one is None:
        raise ValueError(f"slot {slot.key} is empty; nothing can be done to it")
    return one


def _living(slot: Slot) -> Slot:
    """A successor that is over is history, whether it was marked so or not."""
    over = slot.successor
    if over is None or over.lives:
        return slot
    return replace(slot, successor=None, history=(over, *slot.history))


def _as_ended(one: Attempt, now: datetime) -> Ended:
    """As the back-off counts it. What we stopped soon after its start had not done well either."""
    ended_at = one.ended_at or now
    ran_s = (ended_at - one.started_at).total_seconds() if one.started_at is not None else 0.0
    quick = one.status == Status.STOPPED and ran_s < QUICK_S
    return Ended("failed" if quick else one.status, one.started_at, ended_at, one.host_id, one.reason)
