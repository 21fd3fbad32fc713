"""The shape of a service, its revisions, roll-outs and endpoints in the API and on the socket; no logic.

Before: service_queries.py found the rows. After: service_views.py answers; components are named as in the console.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from containers.models import Revision, Rollout, Service
from containers.service_actions import MOST_REPLICAS
from containers.service_display import SERVICE_STATES, Counts, rollout_done, service_state
from containers.service_queries import Seen
from containers.spec import dump_update, of_service, parse_update, whole_update
from containers.states import RolloutKind, RolloutStatus
from core.api.bodies import Body
from hosts.serializers import UsageSerializer

SERVICE_SPEC_REF = {"$ref": "#/components/schemas/ServiceSpec"}
_KINDS = [one.value for one in RolloutKind]
_STATUSES = [one.value for one in RolloutStatus]


@extend_schema_field(SERVICE_SPEC_REF)
class ServiceSpecField(serializers.JSONField):
    """The spec as it was asked for, in canonical form."""


@extend_schema_field({"$ref": "#/components/schemas/RevisionSpec"})
class RevisionSpecField(serializers.JSONField):
    """What it runs: a container's spec in canonical form, without its name."""


class UpdatePolicySerializer(serializers.Serializer[Any]):
    order = serializers.ChoiceField(choices=["start-first", "stop-first"])
    max_surge = serializers.IntegerField()
    max_unavailable = serializers.IntegerField()
    batch = serializers.IntegerField()
    health_window = serializers.IntegerField(help_text="seconds")
    start_deadline = serializers.IntegerField(help_text="seconds")
    failure_threshold = serializers.IntegerField()
    on_failure = serializers.ChoiceField(choices=["pause", "roll-back"])
    hold_after_first = serializers.BooleanField()


class RevisionHeadSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    image = serializers.CharField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()


class RevisionSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    image = serializers.CharField()
    spec = RevisionSpecField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    is_current = serializers.BooleanField(help_text="it is what is wanted now")


class RolloutSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=_KINDS)
    status = serializers.ChoiceField(choices=_STATUSES)
    message = serializers.CharField(help_text="for people: why it waits, or how it ended")
    revision = serializers.IntegerField()
    from_revision = serializers.IntegerField(allow_null=True)
    failures = serializers.IntegerField(help_text="new containers of it that failed")
    done = serializers.IntegerField(help_text="slots that have what it brings, ready; of a done one all")
    total = serializers.IntegerField()
    promoted = serializers.BooleanField()
    asked_by = serializers.CharField()
    started_at = serializers.DateTimeField()
    stepped_at = serializers.DateTimeField(help_text="when it came further last")
    finished_at = serializers.DateTimeField(allow_null=True)


class ServiceSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    project = serializers.CharField()
    name = serializers.CharField()
    mode = serializers.ChoiceField(choices=["replicated", "global"])
    replicas = serializers.IntegerField(help_text="of a global service it means nothing")
    desired_count = serializers.IntegerField(help_text="how many should run; of a global service one on each host")
    ready = serializers.IntegerField(help_text="containers that serve now")
    live = serializers.IntegerField(help_text="containers that fill a slot, those on their way included")
    paused = serializers.BooleanField()
    strict = serializers.BooleanField()
    stop_delay = serializers.IntegerField(help_text="seconds")
    update = UpdatePolicySerializer(help_text="with every value")  # type: ignore[assignment]  # a field of this name
    spec = ServiceSpecField()
    desired = serializers.ChoiceField(choices=["run", "remove"])
    state = serializers.ChoiceField(choices=list(SERVICE_STATES))
    revision = RevisionHeadSerializer()
    rollout = RolloutSerializer(allow_null=True, help_text="the latest")
    generation = serializers.IntegerField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class ServicePageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ServiceSerializer(many=True)


class ServiceCheckedSerializer(serializers.Serializer[Any]):
    spec = ServiceSpecField(help_text="in canonical form")


class RevisionChangeSerializer(serializers.Serializer[Any]):
    path = serializers.CharField(help_text="a JSON pointer into the container's spec")
    to = serializers.JSONField(help_text="null: it is not there any more")

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name that Python lets a class have."""
        before = serializers.JSONField(help_text="null: it was not there")
        fields = super().get_fields()
        return {"path": fields["path"], "from": before, "to": fields["to"]}


class RevisionDiffSerializer(serializers.Serializer[Any]):
    changes = RevisionChangeSerializer(many=True)


class EndpointSerializer(serializers.Serializer[Any]):
    container = serializers.UUIDField()
    slot = serializers.CharField(help_text="the key of its slot")
    host = serializers.CharField()
    address = serializers.CharField()
    port = serializers.IntegerField(help_text="on the host")
    container_port = serializers.IntegerField()
    protocol = serializers.ChoiceField(choices=["tcp", "udp"])
    state = serializers.ChoiceField(
        choices=["ready", "draining"], help_text="draining: it still runs, but leaves; send it nothing new"
    )


class EndpointsSerializer(serializers.Serializer[Any]):
    service = serializers.CharField()
    version = serializers.IntegerField(
        help_text="orders answers: of two that differ the later one has the higher; it may rise without a change"
    )
    endpoints = EndpointSerializer(many=True)


class SlotUsageSerializer(serializers.Serializer[Any]):
    slot = serializers.CharField(help_text="the key of the slot")
    host = serializers.CharField(allow_blank=True, help_text="where its container is, or was last")
    cpu_millis = serializers.ListField(
        child=serializers.IntegerField(allow_null=True), help_text="one for each point; null: nothing was measured"
    )
    memory_bytes = serializers.ListField(child=serializers.IntegerField(allow_null=True))


class ServiceUsageSerializer(serializers.Serializer[Any]):
    step_s = serializers.IntegerField(help_text="seconds that one point stands for")
    points = UsageSerializer(
        many=True, help_text="sums of averages, oldest first; the step that is not over is left out"
    )
    replicas = SlotUsageSerializer(many=True, help_text="the slots that used the most, at most 20, by their keys")
    replicas_total = serializers.IntegerField(help_text="slots that were measured")


class ScaleSerializer(Body):
    replicas = serializers.IntegerField(min_value=0, max_value=MOST_REPLICAS)


class RollBackSerializer(Body):
    revision = serializers.IntegerField(
        default=None,
        allow_null=True,
        min_value=1,
        max_value=2**31 - 1,
        help_text="its number; null: the one before the present one",
    )


def service_json(one: Seen) -> dict[str, Any]:
    """The object exactly as GET answers it."""
    row, counts, rollout = one.service, one.counts, one.rollout
    assert row.revision is not None  # it is made with its first revision, in one transaction
    removing = row.desired == "remove"
    status = rollout.status if rollout else ""
    return {
        "id": row.id,
        "project": row.project.name,
        "name": row.name,
        "mode": row.mode,
        "replicas": row.replicas,
        "desired_count": counts.desired,
        "ready": counts.ready,
        "live": counts.live,
        "paused": row.paused,
        "strict": row.strict,
        "stop_delay": row.stop_delay_s,
        "update": whole_update(parse_update(row.policy)),
        "spec": spec_json(row),
        "desired": row.desired,
        "state": service_state(counts, removing=removing, paused=row.paused, rollout=status),
        "revision": _head(row.revision),
        "rollout": rollout_json(rollout, counts) if rollout else None,
        "generation": row.generation,
        "version": row.version,
        "created_at": row.created_at,
    }


def spec_json(row: Service) -> dict[str, Any]:
    """What PUT would take to change nothing: as containers.spec.dump_service writes it."""
    assert row.revision is not None
    found: dict[str, Any] = {"name": row.name, "mode": row.mode, "container": of_service(row.revision.spec)}
    if row.mode == "replicated":
        found["replicas"] = row.replicas
    more = {"update": dump_update(parse_update(row.policy)), "stop_delay": row.stop_delay_s, "strict": row.strict}
    return found | {name: value for name, value in more.items() if value}


def _head(row: Revision) -> dict[str, Any]:
    image = row.spec.get("image", "")
    return {"number": row.number, "image": image, "created_at": row.created_at, "created_by": row.created_by}


def revision_json(row: Revision, *, current: Revision | None) -> dict[str, Any]:
    return {**_head(row), "spec": of_service(row.spec), "is_current": row == current}


def rollout_json(row: Rollout, counts: Counts) -> dict[str, Any]:
    """`counts`: how far what it brings is there."""
    return {
        "number": row.number,
        "kind": row.kind,
        "status": row.status,
        "message": row.message,
        "revision": row.revision.number,
        "from_revision": row.from_revision.number if row.from_revision else None,
        "failures": len(row.failed),
        "done": rollout_done(counts, row.status),
        "total": counts.desired,
        "promoted": row.promoted,
        "asked_by": row.asked_by,
        "started_at": row.started_at,
        "stepped_at": row.stepped_at,
        "finished_at": row.finished_at,
    }
