"""The shape of a container, its attempts and its logs in the API and on the socket; no logic.

Before: queries.py found the rows. After: views.py answers; components are named as in the console.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from containers.display import STATES
from containers.models import Container, Registry
from containers.queries import state_of
from containers.states import Desired, Health, Restart, Status, ready
from core.api.bodies import Body
from hosts.serializers import CapacitySerializer

SPEC_REF = {"$ref": "#/components/schemas/ContainerSpec"}


@extend_schema_field(SPEC_REF)
class SpecField(serializers.JSONField):
    """The spec as it was asked for, in canonical form."""


class PortSerializer(serializers.Serializer[Any]):
    container_port = serializers.IntegerField()
    protocol = serializers.ChoiceField(choices=["tcp", "udp"])
    host_address = serializers.CharField(allow_blank=True)
    host_port = serializers.IntegerField(allow_null=True, help_text="null until the scheduler has chosen it")


class GpuSerializer(serializers.Serializer[Any]):
    device = serializers.CharField(help_text="the engine's name for it")
    model = serializers.CharField(allow_blank=True)
    millis = serializers.IntegerField(
        help_text="thousandths of it; below 1000 a share, which no engine enforces: who shares must keep to it"
    )


class ProgressSerializer(serializers.Serializer[Any]):
    layers = serializers.IntegerField(required=False)
    layers_done = serializers.IntegerField(required=False)
    bytes_now = serializers.IntegerField(required=False)
    bytes_total = serializers.IntegerField(required=False, allow_null=True)
    text = serializers.CharField(required=False)


_PROGRESS = tuple(ProgressSerializer().fields)  # what else stands there is the agent's own


class ContainerSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    slot = serializers.UUIDField()
    attempt = serializers.IntegerField()
    project = serializers.CharField()
    name = serializers.CharField()
    image = serializers.CharField()
    desired = serializers.ChoiceField(choices=[one.value for one in Desired])
    status = serializers.ChoiceField(choices=[one.value for one in Status])
    state = serializers.ChoiceField(choices=list(STATES))
    ready = serializers.BooleanField()
    health = serializers.ChoiceField(choices=[one.value for one in Health])
    reason = serializers.CharField(help_text="a code")
    message = serializers.CharField(help_text="for people; keeps the engine's own words")
    exit_code = serializers.IntegerField(allow_null=True)
    oom_killed = serializers.BooleanField()
    restart = serializers.ChoiceField(choices=[one.value for one in Restart])
    host = serializers.CharField(allow_null=True)
    service = serializers.CharField(allow_null=True, help_text="the service it belongs to; null: it stands alone")
    service_id = serializers.UUIDField(allow_null=True)
    revision = serializers.IntegerField(allow_null=True, help_text="the number of the service's revision that it runs")
    slot_key = serializers.CharField(
        allow_blank=True, help_text="its place in the service, 1 and up; of a global service the host's id"
    )
    is_successor = serializers.BooleanField(
        help_text="it is to take the place of the one in the same slot, which still runs and has the same name"
    )
    replace_asked = serializers.BooleanField(help_text="somebody asked for another one in its place")
    ports = PortSerializer(many=True)
    gpus = GpuSerializer(many=True, help_text="those of its host that it was given; none before it has a host")
    spec = SpecField()
    requests = CapacitySerializer()
    image_digest = serializers.CharField(allow_null=True)
    progress = ProgressSerializer(allow_null=True)
    superseded = serializers.BooleanField(help_text="a newer attempt has followed")
    follows = serializers.BooleanField(help_text="a next attempt comes by itself after this one, unless it is stopped")
    not_before = serializers.DateTimeField(allow_null=True)
    stop_at = serializers.DateTimeField(allow_null=True, help_text="a stop is held until then and can be taken back")
    created_at = serializers.DateTimeField()
    status_since = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    gone_at = serializers.DateTimeField(allow_null=True)
    generation = serializers.IntegerField()
    version = serializers.IntegerField()


class ContainerPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ContainerSerializer(many=True)


class CheckedSerializer(serializers.Serializer[Any]):
    spec = SpecField(help_text="in canonical form")


class LogLineSerializer(serializers.Serializer[Any]):
    stream = serializers.ChoiceField(choices=["stdout", "stderr"])
    at = serializers.DateTimeField(allow_null=True)
    text = serializers.CharField()


class LogsSerializer(serializers.Serializer[Any]):
    lines = LogLineSerializer(many=True)
    complete = serializers.BooleanField(help_text="these are all lines there were, up to now")


class StopSerializer(Body):
    delay_s = serializers.IntegerField(
        default=0,
        min_value=0,
        max_value=60,
        help_text="hold the stop for so many seconds, in which `keep` takes it back; 0: at once",
    )


class MarkDeadSerializer(Body):
    confirm = serializers.CharField(
        required=False, default="", max_length=63, trim_whitespace=False, help_text="the host's name, said again"
    )


class AffectedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="the attempt on this host")
    slot = serializers.UUIDField()
    project = serializers.CharField()
    name = serializers.CharField()
    was = serializers.CharField(help_text="its status when this was said")
    replaced = serializers.BooleanField(help_text="a new attempt follows, on another host")
    why = serializers.CharField(help_text="for people")
    volumes = serializers.ListField(child=serializers.CharField())
    successor = serializers.UUIDField(allow_null=True, help_text="the new attempt, once it is there")


class FollowingSerializer(serializers.Serializer[Any]):
    host = serializers.CharField()
    done = serializers.BooleanField(help_text="false: a preview, nothing was changed")
    refusal = serializers.CharField(help_text="of a preview: why it would be refused now; empty: it would not")
    moves = AffectedSerializer(many=True)
    stays = AffectedSerializer(many=True, help_text="left as they are: their volumes are on this host only")
    summary = serializers.CharField(help_text="for people")


class RegistrySerializer(serializers.ModelSerializer[Registry]):
    test_ok = serializers.BooleanField(allow_null=True, read_only=True, help_text="null: not tested yet")

    class Meta:
        model = Registry
        fields = ["id", "host", "username", "tested_at", "test_ok", "test_message", "created_at", "generation"]
        read_only_fields = fields


class RegistryNewSerializer(Body):
    host = serializers.CharField(max_length=255, help_text="as in image names, such as registry.example:5000")
    username = serializers.CharField(max_length=255)
    password = serializers.CharField(
        max_length=16384, trim_whitespace=False, write_only=True, help_text="a password or a token; never shown again"
    )
    force = serializers.BooleanField(
        default=False, write_only=True, help_text="save it although the registry refuses it or cannot be asked"
    )


def container_json(row: Container) -> dict[str, Any]:
    """The object exactly as GET answers it; `row` comes with what belongs to it (queries.with_its_own)."""
    host, service, revision = row.host, row.service, row.revision
    state = state_of(row)
    return {
        "id": row.id,
        "slot": row.slot_id,
        "attempt": row.attempt,
        "project": row.project.name,
        "name": row.name,
        "image": row.spec.get("image", ""),
        "desired": row.desired,
        "status": row.status,
        "state": state,
        "ready": ready(row.status, row.health) and state == "running",
        "health": row.health,
        "reason": row.reason,
        "message": row.message,
        "exit_code": row.exit_code,
        "oom_killed": row.oom_killed,
        "restart": row.restart,
        "host": host.name if host else None,
        "service": service.name if service else None,
        "service_id": row.service_id,
        "revision": revision.number if revision else None,
        "slot_key": row.slot_key,
        "is_successor": row.is_successor,
        "replace_asked": row.replace_asked,
        "ports": row.ports or [_wished(port) for port in row.spec.get("ports", [])],
        "gpus": row.gpus,
        "spec": row.spec,
        "requests": {"cpu_millis": row.cpu_millis, "memory_bytes": row.memory_bytes},
        "image_digest": row.image_digest or None,
        "progress": {name: row.progress[name] for name in _PROGRESS if name in row.progress} or None,
        "superseded": row.superseded,
        "follows": row.standing().follows,
        "not_before": row.not_before,
        "stop_at": row.stop_at,
        "created_at": row.created_at,
        "status_since": row.status_since,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "gone_at": row.gone_at,
        "generation": row.generation,
        "version": row.version,
    }


def _wished(port: dict[str, Any]) -> dict[str, Any]:
    """A port that is not bound yet, in the shape of one that is."""
    return {
        "container_port": port["container_port"],
        "protocol": port.get("protocol", "tcp"),
        "host_address": port.get("host_address") or "",
        "host_port": port.get("host_port"),
    }
