"""What happened, to what, by whom, why: the history and the audit trail.

Rows are only ever written through `record`; ids rise with time and the table is cut into days (core.lib.partitions).
Actors and projects are plain values, because history outlives them.
"""

from django.db import models
from django.db.models import Func


class TimeId(Func):
    """The database's own time-ordered id."""

    function = "orchestra_time_id"
    template = "%(function)s()"
    output_field = models.BigIntegerField()


class Level(models.TextChoices):
    """How loud an event is for an operator."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Event(models.Model):
    """One thing that happened."""

    id = models.BigIntegerField(primary_key=True, db_default=TimeId())
    at = models.DateTimeField(db_default=models.functions.Now())
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.INFO)
    kind = models.CharField(max_length=64)
    actor = models.CharField(max_length=200)
    project_id = models.BigIntegerField(null=True)
    object_kind = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    host_id = models.BigIntegerField(null=True)
    message = models.TextField(default="")
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, default="")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_kind} {self.object_id}"
