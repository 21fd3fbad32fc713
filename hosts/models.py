"""The inventory: hosts, what is booked on them, who holds them, what was measured.

A host is three rows, so that hot and cold never wait for each other: Host (facts and wishes), HostBooking (the
counter under a CHECK), HostHold (the agent's epoch). Written by actions, conditions and metrics.
"""

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now

from core.events.models import TimeId
from hosts.devices import MOST_GPUS, WHOLE_MILLIS
from hosts.rules import HostStanding
from hosts.states import FLAPPING, Availability, Reachable, Responsive

NAME = RegexValidator(r"^[a-z0-9][a-z0-9.-]{0,62}$", "Use 1-63 lower-case letters, digits, dots and dashes.")
NO_TEXTS = Value([], models.JSONField())
NO_AMOUNTS = Value({}, models.JSONField())


class Host(models.Model):
    """One Docker engine."""

    name = models.CharField(max_length=63, unique=True, validators=[NAME])
    url = models.CharField(max_length=300)
    data_address = models.CharField(max_length=253)
    tls_sealed = models.BinaryField(null=True)
    labels = models.JSONField(default=dict)
    taints = models.JSONField(default=list, db_default=NO_TEXTS)  # texts of hosts.taints
    projects = models.JSONField(default=list, db_default=NO_TEXTS)  # names; empty: every project may use it
    availability = models.CharField(
        max_length=16, choices=[(a.value, a.value) for a in Availability], default=Availability.ACTIVE.value
    )
    reachable = models.CharField(
        max_length=16, choices=[(r.value, r.value) for r in Reachable], default=Reachable.UNKNOWN.value
    )
    reachable_since = models.DateTimeField(db_default=Now())
    responsive = models.CharField(
        max_length=16, choices=[(r.value, r.value) for r in Responsive], default=Responsive.UNKNOWN.value
    )
    conditions = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    cpu_millis = models.BigIntegerField(default=0)
    memory_bytes = models.BigIntegerField(default=0)
    architecture = models.CharField(max_length=32, default="")
    gpu_sharing = models.BooleanField(default=False, db_default=False)
    gpus_said = models.BooleanField(default=False, db_default=False)  # its GPUs are what an admin says, not its engine
    marker = models.UUIDField(unique=True, default=uuid.uuid4)
    reserve_memory_bytes = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    generation = models.BigIntegerField(default=1)
    version = models.BigIntegerField(db_default=1)
    changed_xid = models.BigIntegerField(db_default=0)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(availability__in=[a.value for a in Availability]), name="host_availability_known"
            ),
            models.CheckConstraint(
                condition=Q(reachable__in=[a.value for a in Reachable]), name="host_reachable_known"
            ),
        ]
        indexes = [models.Index(fields=["changed_xid"], name="host_delta")]

    def __str__(self) -> str:
        return self.name

    def standing(self) -> HostStanding:
        """How this host stands, as the table of verbs looks at it."""
        return HostStanding(
            availability=Availability(self.availability),
            reachable=Reachable(self.reachable),
            flapping=self.conditions.get(FLAPPING, {}).get("status") == "bad",
        )


class HostBooking(models.Model):
    """What containers may and do reserve; `reserved` is kept by a trigger on the containers table."""

    host = models.OneToOneField(Host, models.CASCADE, primary_key=True, related_name="booking")
    cpu_millis_allocatable = models.BigIntegerField(default=0)
    cpu_millis_reserved = models.BigIntegerField(default=0)
    memory_bytes_allocatable = models.BigIntegerField(default=0)
    memory_bytes_reserved = models.BigIntegerField(default=0)
    resources_allocatable = models.JSONField(default=dict, db_default=NO_AMOUNTS)  # name -> whole number
    resources_reserved = models.JSONField(default=dict, db_default=NO_AMOUNTS)  # within it by a CHECK (migration 0005)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cpu_millis_reserved__gte=0, cpu_millis_reserved__lte=F("cpu_millis_allocatable")),
                name="booking_cpu_fits",
            ),
            models.CheckConstraint(
                condition=Q(memory_bytes_reserved__gte=0, memory_bytes_reserved__lte=F("memory_bytes_allocatable")),
                name="booking_memory_fits",
            ),
        ]

    def __str__(self) -> str:
        return f"booking of host {self.pk}"


class HostGpu(models.Model):
    """One GPU and how many thousandths of it containers have; `millis_reserved` is kept by the trigger that books.

    One that is not there any more stays until the last container gives it back, and is given to nobody else.
    """

    host = models.ForeignKey(Host, models.CASCADE, related_name="gpus")
    number = models.IntegerField()  # placement's name for it; it never changes
    device = models.CharField(max_length=128)  # the engine's name for it
    model = models.CharField(max_length=64, default="")
    is_there = models.BooleanField(default=True)
    millis_reserved = models.IntegerField(default=0)

    class Meta:
        ordering = ["host", "number"]
        constraints = [
            models.UniqueConstraint(fields=["host", "device"], name="one_gpu_per_host_and_device"),
            models.UniqueConstraint(fields=["host", "number"], name="gpus_are_numbered"),
            models.CheckConstraint(condition=Q(number__gte=0, number__lt=MOST_GPUS), name="gpu_number_sane"),
            models.CheckConstraint(
                condition=Q(millis_reserved__gte=0, millis_reserved__lte=WHOLE_MILLIS), name="gpu_given_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model or 'GPU'} {self.device}"


class Process(models.Model):
    """One incarnation of a scheduler or an agent, and its beat (core.lib.lease)."""

    id = models.UUIDField(primary_key=True)
    role = models.CharField(max_length=16)
    name = models.CharField(max_length=200)
    beat = models.BigIntegerField(default=0)
    retired = models.BooleanField(default=False)
    started_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "processes"
        indexes = [models.Index(fields=["role"], condition=Q(retired=False), name="process_live")]

    def __str__(self) -> str:
        return f"{self.role} {self.name}"


class HostHold(models.Model):
    """Which agent speaks for the host; every write of that agent takes this row FOR SHARE and compares the epoch."""

    host = models.OneToOneField(Host, models.CASCADE, primary_key=True, related_name="hold")
    agent = models.UUIDField(null=True)
    epoch = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"hold of host {self.pk}, epoch {self.epoch}"


class HostImage(models.Model):
    """An image that an engine has, by each of its names (tag or digest)."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="images")
    ref = models.CharField(max_length=400)
    image_id = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "ref"], name="one_image_per_ref_and_host")]

    def __str__(self) -> str:
        return self.ref


class Sample(models.Model):
    """CPU and memory used, of a host (no container) or of a container; cut into days, kept 24 h."""

    id = models.BigIntegerField(primary_key=True, db_default=TimeId())
    host_id = models.BigIntegerField()
    container_id = models.UUIDField(null=True)
    cpu_millis = models.IntegerField()
    memory_bytes = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"sample {self.pk}"
