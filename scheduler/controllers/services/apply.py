"""The changes of one service's plan -> rows, in one transaction under the lease and the service's lock.

Compare-and-set: a service that somebody changed since it was read is left for the next turn, and so is every single
change whose containers have moved on. Before: plan.py. After: placement, the agent, the held-stops loop.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from containers.models import Container, Revision, Rollout, Service
from containers.states import FINAL, Desired, Health, RolloutKind, RolloutStatus, Status
from containers.transitions import add_next, hold_stop, want
from containers.transitions.replicas import NewReplica, add_replicas, add_successor, promote, template_of
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
    """How many changes were made."""
    hold.fence()
    service = Service.objects.select_for_update().get(pk=seen.id)
    if service.generation != generation or service.gone_at is not None:
        return 0
    hands = Hands(service, seen)
    made = hands.add_slots([change for change in changes if isinstance(change, t.AddSlot)])
    return made + sum(hands.do(change) for change in changes if not isinstance(change, t.AddSlot))


@dataclass
class Hands:
    """Does one change after another; True for each that was made."""

    service: Service
    seen: t.ServiceSeen

    def do(self, change: t.Change) -> bool:
        act: Callable[[Any], bool] = getattr(self, _ACTS[type(change)])
        return act(change)

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
        if row is None or row.status in FINAL or row.desired != Desired.RUN:
            return False
        if change.needs_ready and not self._others_serve(row, change.needs_ready):
            return False
        unasked = not change.intended
        if unasked and not may_stop(row.host_id, actor=ACTOR):
            return False
        if change.delay_s > 0 and row.status == Status.RUNNING:
            if row.stop_at is None:
                hold_stop(row.pk, delay_s=change.delay_s, actor=ACTOR, message=change.why, unasked=unasked)
            return row.stop_at is None
        return want(row.pk, Desired.STOP, actor=ACTOR, message=change.why, unasked=unasked)

    def _others_serve(self, row: Container, least: int) -> bool:
        """Whether, should this one serve, enough others do: they may have fallen ill since they were read."""
        others = Container.objects.filter(service=self.service, desired=Desired.RUN, stop_at=None, superseded=False)
        ready = others.filter(status=Status.RUNNING, health__in=[Health.NONE, Health.HEALTHY], host__reachable="ok")
        serving = set(ready.values_list("pk", flat=True))
        return row.pk not in serving or len(serving - {row.pk}) >= least

    def remove_slot(self, change: t.RemoveSlot) -> bool:
        row = Container.objects.select_for_update().filter(pk=change.id).first()
        if row is None or row.desired == Desired.REMOVE:
            return False
        if change.delay_s > 0 and row.status == Status.RUNNING and row.desired == Desired.RUN:
            if row.stop_at is None:
                hold_stop(row.pk, delay_s=change.delay_s, actor=ACTOR, message=change.why)
            return row.stop_at is None
        return want(row.pk, Desired.REMOVE, actor=ACTOR, message=change.why)

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
        return bool(Container.objects.filter(pk=change.id, proved=False).update(proved=True))

    def roll_back(self, change: t.RollBack) -> bool:
        revision = Revision.objects.get(pk=change.revision_id)
        self._move(RolloutStatus.ROLLED_BACK, change.why)
        start_rollout(self.service, NewRollout(RolloutKind.ROLL_BACK, revision, change.why), actor=ACTOR)
        return True

    def note(self, change: t.Note) -> bool:
        return self.seen.rollout is not None and note_rollout(self.seen.rollout.id, change.why)

    def gone(self, change: t.Gone) -> bool:
        Service.objects.filter(pk=self.service.pk, gone_at=None).update(gone_at=Now())
        tell_service(self.service, "gone", actor=ACTOR, message=change.why)
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
