"""What is wanted and the record of what is: services with their revisions and roll-outs, containers (one row an
attempt), their ports, volumes and kept logs; credentials of registries.

Status, host and observations are written by containers.transitions alone. Reservation, moves and versions are also
kept by triggers (migration 0002), so that a script or the admin cannot break them.
"""

import uuid

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now

from containers.rules import Standing, follows
from containers.spec.fields import PRIORITY_HIGH, PRIORITY_LOW
from containers.states import FINAL, OCCUPYING, Desired, Health, Restart, RolloutKind, RolloutStatus, Status

NOTHING = Value([], models.JSONField())
_OCCUPYING = sorted(status.value for status in OCCUPYING)
_FINAL = sorted(status.value for status in FINAL)


class Service(models.Model):
    """What a person wants to have running: a container, so and so often.

    `revision` is what is wanted now. A container of it is current when it has that revision and its `round` is
    `fresh_from` or later: a rolling restart wants the same revision anew; a roll-back takes what never left it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    project = models.ForeignKey("accounts.Project", models.PROTECT, related_name="services")
    name = models.CharField(max_length=50)
    mode = models.CharField(max_length=16, choices=[("replicated", "replicated"), ("global", "global")])
    replicas = models.IntegerField(default=1)
    policy = models.JSONField(default=dict)  # containers.spec.service.UpdatePolicy, without what is as always
    stop_delay_s = models.IntegerField(default=0)
    strict = models.BooleanField(default=False)
    paused = models.BooleanField(default=False)
    desired = models.CharField(max_length=8, choices=[("run", "run"), ("remove", "remove")], default="run")
    revision = models.ForeignKey("containers.Revision", models.PROTECT, null=True, related_name="+")
    fresh_from = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    gone_at = models.DateTimeField(null=True)
    generation = models.BigIntegerField(default=1)
    version = models.BigIntegerField(db_default=1)
    changed_xid = models.BigIntegerField(db_default=0)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(replicas__gte=0, stop_delay_s__gte=0), name="service_counts_sane"),
            models.CheckConstraint(condition=Q(mode__in=["replicated", "global"]), name="service_mode_known"),
            models.CheckConstraint(condition=Q(desired__in=["run", "remove"]), name="service_desired_known"),
            models.UniqueConstraint(
                fields=["project", "name"], condition=Q(gone_at__isnull=True), name="one_service_per_project_and_name"
            ),
        ]
        indexes = [
            models.Index(fields=["changed_xid"], name="service_delta"),
            models.Index(fields=["project", "name"], condition=Q(gone_at__isnull=True), name="service_list"),
        ]

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """One version of a service's container; never changed. `spec` is a container's, named like the service.

    What its image's tag meant is pinned by the first of its containers that knows, so that all of them run the same.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="revisions")
    number = models.IntegerField()
    spec = models.JSONField()
    spec_hash = models.CharField(max_length=64)
    image_digest = models.CharField(max_length=200, default="")
    image_id = models.CharField(max_length=100, default="")
    image_architecture = models.CharField(max_length=32, default="")
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["service", "number"], name="revisions_are_numbered")]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.service_id}"


class Rollout(models.Model):
    """The way from one revision to another, or a rolling restart. `number` is the round that its containers bear.

    `failed`: ids of new attempts that failed, each counted once; `failures`: how many since somebody said resume.
    A status of RolloutStatus.ENDED never changes.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="rollouts")
    number = models.IntegerField()
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in RolloutKind])
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="+")
    from_revision = models.ForeignKey(Revision, models.CASCADE, null=True, related_name="+")
    policy = models.JSONField(default=dict)
    status = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in RolloutStatus], default=RolloutStatus.RUNNING.value
    )
    message = models.TextField(default="")
    failed = models.JSONField(default=list)
    failures = models.IntegerField(default=0)
    promoted = models.BooleanField(default=False)
    asked_by = models.CharField(max_length=200)
    started_at = models.DateTimeField(db_default=Now())
    stepped_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    version = models.BigIntegerField(db_default=1)
    changed_xid = models.BigIntegerField(db_default=0)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="rollouts_are_numbered"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(s.value for s in RolloutStatus)), name="rollout_status_known"
            ),
            models.UniqueConstraint(
                fields=["service"],
                condition=Q(status__in=sorted(s.value for s in RolloutStatus if s not in RolloutStatus.ended())),
                name="one_rollout_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"roll-out {self.number} of {self.service_id}: {self.status}"


class Container(models.Model):
    """One attempt to fill one slot. A stand-alone container's slot is its first attempt's id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    project = models.ForeignKey("accounts.Project", models.PROTECT, related_name="containers", db_index=False)
    name = models.CharField(max_length=120)  # of a service's: its name, a dot and the slot's
    slot_id = models.UUIDField()
    attempt = models.IntegerField(default=1)
    is_successor = models.BooleanField(default=False)
    superseded = models.BooleanField(default=False)

    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="containers", db_index=False)
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+", db_index=False)
    round = models.IntegerField(default=0)
    slot_key = models.CharField(max_length=32, default="")  # "3"; of a global service the host's id
    only_host = models.ForeignKey("hosts.Host", models.PROTECT, null=True, related_name="+", db_index=False)
    replace_asked = models.BooleanField(default=False)
    proved = models.BooleanField(default=False)  # it was ready for the whole health window of its roll-out
    watched_until = models.DateTimeField(null=True)  # its agent saw it run then or later, ready as it was at that time

    spec = models.JSONField()
    spec_hash = models.CharField(max_length=64)
    cpu_millis = models.BigIntegerField(default=0)
    memory_bytes = models.BigIntegerField(default=0)
    restart = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Restart], default=Restart.NONE.value)
    desired = models.CharField(max_length=8, choices=[(d.value, d.value) for d in Desired], default=Desired.RUN.value)
    priority = models.SmallIntegerField(default=0, db_default=0)
    # while it waits: the host where room is made or kept for it, and that nobody less important takes meanwhile
    nominated_host = models.ForeignKey("hosts.Host", models.SET_NULL, null=True, related_name="+", db_index=False)
    restart_asked = models.BooleanField(default=False)
    not_before = models.DateTimeField(null=True)
    stop_at = models.DateTimeField(null=True)  # a stop that can still be taken back; the next attempt inherits it
    stop_by = models.CharField(max_length=200, default="")
    generation = models.BigIntegerField(default=1)

    # That it is there is looked at once for each statement, by a trigger instead of a key (migration 0015).
    host = models.ForeignKey(
        "hosts.Host", models.PROTECT, null=True, related_name="containers", db_index=False, db_constraint=False
    )
    bound_at = models.DateTimeField(null=True)
    decision_id = models.BigIntegerField(null=True)  # of scheduler.Decision: why it is there, or why it waits
    ports = models.JSONField(default=list)
    gpus = models.JSONField(default=list, db_default=NOTHING)  # {"device", "model", "millis"} each; booked by a trigger
    image_digest = models.CharField(max_length=200, default="")
    image_id = models.CharField(max_length=100, default="")
    image_architecture = models.CharField(max_length=32, default="")

    status = models.CharField(max_length=16, choices=[(s.value, s.value) for s in Status], default=Status.PENDING.value)
    status_since = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=64, default="")
    message = models.TextField(default="")
    exit_code = models.IntegerField(null=True)
    oom_killed = models.BooleanField(default=False)
    health = models.CharField(max_length=16, choices=[(h.value, h.value) for h in Health], default=Health.NONE.value)
    health_since = models.DateTimeField(null=True)
    engine_id = models.CharField(max_length=64, default="")
    progress = models.JSONField(default=dict)

    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    version = models.BigIntegerField(db_default=1)
    changed_xid = models.BigIntegerField(db_default=0)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=sorted(x.value for x in Status)), name="container_status_known"
            ),
            models.CheckConstraint(
                condition=Q(desired__in=sorted(x.value for x in Desired)), name="container_desired_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.PENDING.value, Status.CANCELLED.value]) | Q(host__isnull=False),
                name="container_past_pending_has_host",
            ),
            models.CheckConstraint(condition=Q(cpu_millis__gte=0, memory_bytes__gte=0), name="container_requests_sane"),
            models.CheckConstraint(
                condition=Q(priority__gte=PRIORITY_LOW, priority__lte=PRIORITY_HIGH), name="container_priority_sane"
            ),
            models.UniqueConstraint(
                fields=["slot_id", "is_successor"],
                condition=Q(status__in=_OCCUPYING),
                name="one_occupant_and_one_successor",
            ),
            models.UniqueConstraint(fields=["slot_id", "attempt"], name="attempts_are_numbered"),
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=Q(status__in=_OCCUPYING, is_successor=False),
                name="one_name_per_project",
            ),
        ]
        # Every move of a row writes into each index that holds the row: they are few, and each serves several.
        indexes = [
            models.Index(fields=["host", "gone_at"], name="container_agent_loop"),
            models.Index(
                fields=["-priority", "created_at"],
                condition=Q(status=Status.PENDING.value),
                name="container_placement_loop",
            ),
            models.Index(fields=["priority"], condition=~Q(priority=0), name="container_priorities"),
            models.Index(
                fields=["status"], condition=Q(superseded=False, status__in=_FINAL), name="container_restart_loop"
            ),
            models.Index(
                fields=["stop_at"],
                condition=Q(stop_at__isnull=False, superseded=False),
                name="container_held_stops",
            ),
            models.Index(fields=["changed_xid"], name="container_delta"),
            models.Index(fields=["service", "superseded"], name="container_service_loop"),
            models.Index(fields=["project", "superseded", "-created_at"], name="container_list"),
            models.Index(fields=["only_host"], condition=Q(only_host__isnull=False), name="container_pinned"),
            models.Index(fields=["nominated_host"], condition=Q(nominated_host__isnull=False), name="container_rooms"),
            models.Index(fields=["gone_at"], condition=Q(desired=Desired.REMOVE.value), name="container_removed"),
            models.Index(
                fields=["slot_id", "-attempt"],
                include=["gone_at"],
                condition=Q(superseded=True),
                name="container_old_attempts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.id}, attempt {self.attempt})"

    def standing(self) -> Standing:
        """How this attempt stands, as the table of verbs looks at it."""
        return Standing(
            desired=Desired(self.desired),
            status=Status(self.status),
            superseded=self.superseded,
            gone=self.gone_at is not None,
            held=self.stop_at is not None,
            follows=follows(
                desired=self.desired,
                status=self.status,
                restart=self.restart,
                restart_asked=self.restart_asked,
                reason=self.reason,
            ),
            of_service=self.service_id is not None,
        )


class Slot(Container):
    """The current attempt of a slot, as people look at slots; no table of its own."""

    class Meta:
        proxy = True


class HostPort(models.Model):
    """A port that is reserved on a host for a container that holds room there."""

    host = models.ForeignKey("hosts.Host", models.CASCADE, related_name="ports")
    address = models.CharField(max_length=45, default="0.0.0.0")
    protocol = models.CharField(max_length=4, default="tcp")
    port = models.IntegerField()
    container = models.ForeignKey(Container, models.CASCADE, related_name="host_ports")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host", "address", "protocol", "port"], name="one_owner_per_port")
        ]

    def __str__(self) -> str:
        return f"{self.address}:{self.port}/{self.protocol}"


class Volume(models.Model):
    """A named volume and the host that holds it: its users are bound to that host."""

    project = models.ForeignKey("accounts.Project", models.PROTECT, related_name="volumes")
    name = models.CharField(max_length=63)
    host = models.ForeignKey("hosts.Host", models.PROTECT, related_name="volumes")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_volume_per_project_and_name")]

    def __str__(self) -> str:
        return self.name


class Registry(models.Model):
    """A project's credentials for one image registry; only containers.registries seals and opens them."""

    project = models.ForeignKey("accounts.Project", models.PROTECT, related_name="registries")
    host = models.CharField(max_length=255)
    username = models.CharField(max_length=255)
    secret_sealed = models.BinaryField()
    tested_at = models.DateTimeField(null=True)
    test_ok = models.BooleanField(null=True)
    test_message = models.TextField(default="")
    created_at = models.DateTimeField(db_default=Now())
    generation = models.BigIntegerField(default=1)

    class Meta:
        ordering = ["host"]
        verbose_name_plural = "registries"
        constraints = [models.UniqueConstraint(fields=["project", "host"], name="one_registry_per_project_and_host")]

    def __str__(self) -> str:
        return f"{self.host} for project {self.project_id}"


class GuardedRegistry(models.Model):
    """A host that somebody once kept credentials for: images of it on an engine are not everybody's (decision 0012).

    It stays when the credentials go, because the images stay too.
    """

    host = models.CharField(max_length=255, primary_key=True)

    def __str__(self) -> str:
        return self.host


class LogTail(models.Model):
    """The end of a finished attempt's log, kept when its engine container goes."""

    container = models.OneToOneField(Container, models.CASCADE, primary_key=True, related_name="log_tail")
    text = models.TextField()
    truncated = models.BooleanField(default=False)
    kept_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"log of {self.pk}"
