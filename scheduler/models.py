"""What the scheduler remembers: why each container is where it is, how its loops ran, and who leads.

Decisions are cut into days by their time-ordered ids (core.lib.partitions). Before: binding, the daemon.
After: the API's answers to "why here" and "why pending", the list of loops.
"""

import uuid

from django.db import models
from django.db.models.functions import Now

from core.events.models import TimeId


class Verdict(models.TextChoices):
    """Whether the pass found a host."""

    PLACED = "placed"
    REFUSED = "refused"


class Decision(models.Model):
    """What one placement pass decided about the containers of one shape, service and outcome: one row for all of them.

    A container's row names the decision that holds for it (Container.decision_id). `members`: [container, host, what
    each of `terms` was worth there]; of those that got none, their ids alone. Where several services share one
    explanation it stands in the first one's row, and the others name that row in `same_as`.
    """

    id = models.BigIntegerField(primary_key=True, db_default=TimeId())
    at = models.DateTimeField(db_default=Now())
    service_id = models.UUIDField(null=True)  # as it was then: its containers go before their decisions do
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    message = models.TextField(default="")  # why they wait; "" where each has its host
    members = models.JSONField(default=list)
    terms = models.JSONField(default=list)
    group_size = models.IntegerField(default=1)
    same_as = models.BigIntegerField(null=True)
    hosts_total = models.IntegerField(default=0)
    funnel = models.JSONField(default=list)
    refused = models.JSONField(default=list)  # {"filter", "reason", "hosts"}: what is said of many is said once
    scores = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.verdict} {self.group_size}"


DEFAULT_POLICY = "spread"


class PlacementPolicy(models.Model):
    """What makes one host better than another: the weight of each term of the score (scheduler.placement.policy)."""

    name = models.CharField(max_length=63, unique=True)
    description = models.TextField(default="", blank=True)
    weights = models.JSONField(default=dict)
    over_label = models.CharField(max_length=128, default="", blank=True)  # of hosts; what `zones` spreads over
    generation = models.BigIntegerField(default=1)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "placement policies"

    def __str__(self) -> str:
        return self.name


class ProjectPlacement(models.Model):
    """The policy of those of a project's containers that name none; without a row the platform's."""

    project = models.OneToOneField("accounts.Project", models.CASCADE, primary_key=True, related_name="+")
    policy = models.ForeignKey(PlacementPolicy, models.PROTECT, related_name="projects")

    def __str__(self) -> str:
        return f"{self.project_id}: {self.policy_id}"


class Brake(models.Model):
    """Orchestra stopped itself from stopping more containers that nobody asked to stop; a person releases it.

    One that is not released holds for its host, or for the whole fleet where it names none.
    """

    host = models.ForeignKey("hosts.Host", models.CASCADE, null=True, related_name="brakes")
    message = models.TextField()
    since = models.DateTimeField(db_default=Now())
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["host"],
                condition=models.Q(released_at__isnull=True),
                nulls_distinct=False,
                name="one_brake_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.message


class Plan(models.Model):
    """Changes that somebody wanted to see before they are made: what they would bring, and what that rests on.

    `user` None: the scheduler made it, for a project that wants to be rebalanced by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, related_name="+")
    made_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())
    changes = models.JSONField()
    forecast = models.JSONField()  # scheduler.plans.foresight.forecast_json
    seen = models.JSONField()  # scheduler.plans.seen
    applied_at = models.DateTimeField(null=True)
    applied_by = models.CharField(max_length=200, default="")

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["created_at"], name="plans_by_age")]

    def __str__(self) -> str:
        return f"plan {self.pk}"


class ProjectRebalance(models.Model):
    """Whether a project's containers are moved without anybody asking each time, and how its last round went.

    Without a row they are not. `moved`: what the last round moves, as moves_json has it, with the container's id and
    its slot's. `misses`: so many rounds in a row did not end as planned.
    """

    project = models.OneToOneField("accounts.Project", models.CASCADE, primary_key=True, related_name="+")
    is_on = models.BooleanField(default=False)
    goal = models.CharField(max_length=16, default="spread")
    moves = models.SmallIntegerField(default=3)  # of one round, at most
    interval_s = models.IntegerField(default=900)  # from one round to the next, at least
    generation = models.BigIntegerField(default=1)
    looked_at = models.DateTimeField(null=True)  # when the last round was chosen, whether anything moved or not
    is_under_way = models.BooleanField(default=False)
    plan = models.ForeignKey(
        Plan, models.SET_NULL, null=True, related_name="+"
    )  # of the last round that moved anything
    moved = models.JSONField(default=list)
    misses = models.SmallIntegerField(default=0)
    message = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(goal__in=["spread", "pressure", "spare"]), name="goal_known"),
            models.CheckConstraint(condition=models.Q(moves__range=(1, 20)), name="moves_of_a_round"),
            models.CheckConstraint(condition=models.Q(interval_s__range=(60, 604_800)), name="interval_of_rounds"),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {'on' if self.is_on else 'off'}"


class LoopRun(models.Model):
    """One turn of one loop, for people. Quiet turns are thinned out; the reaper keeps the last of each loop."""

    class Result(models.TextChoices):
        OK = "ok"
        ERROR = "error"
        REFUSED = "refused"

    name = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    took_ms = models.FloatField()
    result = models.CharField(max_length=8, choices=Result.choices)
    changes = models.IntegerField(default=0)
    message = models.TextField(default="")
    next_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["name", "-id"], name="loop_runs_of_a_loop")]

    def __str__(self) -> str:
        return f"{self.name} {self.result}"


class SchedulerLease(models.Model):
    """Who leads (an incarnation in hosts.Process), and how often that has changed: see core.lib.lease."""

    name = models.CharField(primary_key=True, max_length=32)
    holder = models.UUIDField(null=True)
    epoch = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}, epoch {self.epoch}"
