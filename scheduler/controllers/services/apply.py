"""The changes of one service's plan -> rows, in one transaction under the lease and the service's lock.

Compare-and-set: a service that somebody changed since it was read is left for the next turn, and so is every single
change whose containers have moved on. Before: plan.py. After: placement, the agent, the held-stops loop.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from containers.models import Container, Revision, Rollout, Service
from containers.states import FINAL, READY_HEALTH, Desired, RolloutKind, RolloutStatus, Status, ready
from containers.transitions import add_next, hold_stop, want
from containers.transitions.replicas import (
    NewReplica,
    add_replicas,
    add_successor,
    promote,
    prove,
    template_of,
)
from containers.transitions.rollouts import (
    NewRollout,
    count_failure,
    end_rollout,
    note_rollout,
    start_rollout,
    step_rollout,
    tell_service,
)
from containers.transitions.slots import Template
from core.lib.lease import Hold
from scheduler.brakes import may_stop
from scheduler.controllers.services import types as t

ACTOR = "scheduler"


@transaction.atomic
def apply(seen: t.ServiceSeen, changes: Sequence[t.Change], *, generation: int, hold: Hold) -> int:
    """How many changes were made: in order, up to the first that does not fit, since those after it count on it."""
    hold.fence()
    service = Service.objects.select_for_update().get(pk=seen.id)
    if service.generation != generation or service.gone_at is not None or not _rollout_is(service, seen.rollout):
        return 0
    hands = Hands(service, seen)
    made = 0
    for together in _together(changes):
        done = hands.do(together)
        made += done
        if done < len(together):
            break
    return made - hands.braked


def _rollout_is(service: Service, seen: t.RolloutSeen | None) -> bool:
    """Whether the latest roll-out is the one that was planned with, as it was."""
    latest = Rollout.objects.filter(service=service).order_by("-number").values_list("number", "status").first()
    return latest == (None if seen is None else (seen.number, seen.status))


def _together(changes: Sequence[t.Change]) -> Iterator[Sequence[t.Change]]:
    """New slots that stand side by side are one statement; everything else goes by itself."""
    for is_new, run in groupby(changes, key=lambda change: isinstance(change, t.AddSlot)):
        found = list(run)
        yield from [found] if is_new else [[one] for one in found]


@dataclass
class Hands:
    """Does one change after another; False for one that does not fit any more."""

    service: Service
    seen: t.ServiceSeen
    braked: int = 0

    def do(self, changes: Sequence[t.Change]) -> int:
        """How many of these were made; one kind of change."""
        if isinstance(changes[0], t.AddSlot):
            return self.add_slots([one for one in changes if isinstance(one, t.AddSlot)])
        act: Callable[[Any], bool] = getattr(self, _ACTS[type(changes[0])])
        return sum(act(change) for change in changes)

    @cached_property
    def template(self) -> Template:
        revision = Revision.objects.get(pk=self.seen.revision_id)
        return template_of(revision, number=self.seen.rollout.number if self.seen.rollout else 0)

    def add_slots(self, changes: Sequence[t.AddSlot]) -> int:
        wanted = [NewReplica(one.key, one.why, one.host_id) for one in changes]
        return add_replicas(self.service, wanted, self.template, actor=ACTOR) if wanted else 0

    def add_successor(self, change: t.AddSuccessor) -> bool:
        made = add_successor(
            change.beside,
            None if change.keeps_revision else self.template,
            message=change.why,
            not_before=change.not_before,
            actor=ACTOR,
        )
        return made is not None

    def add_next(self, change: t.AddNext) -> bool:
        made = add_next(
            change.after,
            actor=ACTOR,
            message=change.why,
            not_before=change.not_before,
            by_operator=change.keeps_revision,
            template=None if change.keeps_revision else self.template,
        )
        return made is not None

    def promote(self, change: t.Promote) -> bool:
        return promote(change.old, change.new, message=change.why, actor=ACTOR)

    def stop(self, change: t.Stop) -> bool:
        row = Container.objects.select_for_update().filter(pk=change.id).first()
        if row is None or row.status in FINAL or row.desired != Desired.RUN or _has_begun(row, change.while_pending):
            return False
        if change.cause == "unhealthy" and ready(row.status, row.health):
            return False  # it got well since it was read
        if change.needs_ready and not self._others_serve(row, change.needs_ready):
            return False
        unasked = not change.intended
        if unasked and not may_stop(row.host_id, actor=ACTOR):
            self.braked += 1
            return True  # it stays and serves: what follows may still be done
        if _is_held(row, change.delay_s):
            return _hold(row, change.delay_s, change.why, unasked=unasked)
        return want(row.pk, Desired.STOP, actor=ACTOR, message=change.why, unasked=unasked)

    def _others_serve(self, row: Container, least: int) -> bool:
        """Whether, should this one serve, enough others do: they may have fallen ill since they were read."""
        others = Container.objects.filter(service=self.service, desired=Desired.RUN, stop_at=None, superseded=False)
        ready = others.filter(status=Status.RUNNING, health__in=READY_HEALTH, host__reachable="ok")
        serving = set(ready.values_list("pk", flat=True))
        return row.pk not in serving or len(serving - {row.pk}) >= least

    def remove_slot(self, change: t.RemoveSlot) -> bool:
        """Every row of the slot that is not over, and the occupant; those that serve may leave the endpoints first."""
        here = Container.objects.select_for_update().filter(service=self.service, slot_key=change.key, superseded=False)
        rows = list(here.exclude(desired=Desired.REMOVE).order_by("pk"))
        if not any(row.pk == change.id for row in rows) or any(_has_begun(row, change.while_pending) for row in rows):
            return False
        for row in rows:
            if _is_held(row, change.delay_s):
                _hold(row, change.delay_s, change.why)
            else:
                want(row.pk, Desired.REMOVE, actor=ACTOR, message=change.why)
        return True

    def move_rollout(self, change: t.MoveRollout) -> bool:
        return self._move(RolloutStatus(change.status), change.why)

    def _move(self, to: RolloutStatus, why: str) -> bool:
        if self.seen.rollout is None:
            return False
        rollout = Rollout.objects.get(pk=self.seen.rollout.id)
        return end_rollout(self.service, rollout, to, message=why, actor=ACTOR)

    def count_failure(self, change: t.CountFailure) -> bool:
        if self.seen.rollout is None or not count_failure(self.seen.rollout.id, change.id):
            return False
        data = {"container": str(change.id)}
        tell_service(self.service, "rollout-failure", actor=ACTOR, message=change.why, loud=True, data=data)
        return True

    def prove(self, change: t.Prove) -> bool:
        if self.seen.rollout is not None:
            step_rollout(self.seen.rollout.id)
        return prove(change.id)

    def roll_back(self, change: t.RollBack) -> bool:
        revision = Revision.objects.get(pk=change.revision_id)
        self._move(RolloutStatus.ROLLED_BACK, change.why)
        start_rollout(self.service, NewRollout(RolloutKind.ROLL_BACK, revision, change.why), actor=ACTOR)
        return True

    def note(self, change: t.Note) -> bool:
        if self.seen.rollout is not None:
            note_rollout(self.seen.rollout.id, change.why)
        return True

    def gone(self, change: t.Gone) -> bool:
        Service.objects.filter(pk=self.service.pk, gone_at=None).update(gone_at=Now())
        tell_service(self.service, "gone", actor=ACTOR, message=change.why)
        return True


def _has_begun(row: Container, while_pending: bool) -> bool:  # noqa: FBT001 - the change's own word
    """The plan counts on it ending at once, which only what waits for a host does."""
    return while_pending and row.status not in FINAL and row.status != Status.PENDING


def _is_held(row: Container, delay_s: float) -> bool:
    return delay_s > 0 and row.status == Status.RUNNING and row.desired == Desired.RUN


def _hold(row: Container, delay_s: float, why: str, *, unasked: bool = False) -> bool:
    """Out of the endpoints now, told to end later."""
    if row.stop_at is None:
        hold_stop(row.pk, delay_s=delay_s, actor=ACTOR, message=why, unasked=unasked)
    return True


_ACTS: dict[type, str] = {
    t.AddSuccessor: "add_successor",
    t.AddNext: "add_next",
    t.Promote: "promote",
    t.Stop: "stop",
    t.RemoveSlot: "remove_slot",
    t.MoveRollout: "move_rollout",
    t.CountFailure: "count_failure",
    t.Prove: "prove",
    t.RollBack: "roll_back",
    t.Note: "note",
    t.Gone: "gone",
}
