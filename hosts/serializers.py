"""The shape of a host in the API and on the socket; no logic beyond what a member may not see.

Before: queries.py found the rows. After: views.py answers; components are named as in the console.
"""

from typing import Any

from rest_framework import serializers

from core.api.bodies import Body
from hosts.models import Host
from hosts.queries import Seen, state_of
from hosts.states import Availability, Reachable, Responsive

STATES = ["ready", "cordoned", "draining", "suspect", "engine-down", "lost", "unknown", "unready"]
TAINTS = "keep off what does not tolerate them, like dedicated=ml; with :avoid the host is the last resort"
RESOURCES = "anything that can be counted, by name, like licenses: containers book what they need of it"
GPUS = "its GPUs; null: those that its engine says (node-generic-resources of dockerd, like NVIDIA-GPU=GPU-45cbf7b3)"
GPU_SHARING = (
    "containers may have a share of one of its GPUs; no engine enforces a share, those who have one must keep to it"
)
PROJECTS = "names of the projects whose containers alone may come here; none: all projects"


class CapacitySerializer(serializers.Serializer[Any]):
    cpu_millis = serializers.IntegerField()
    memory_bytes = serializers.IntegerField()


class ResourceSerializer(serializers.Serializer[Any]):
    allocatable = serializers.IntegerField()
    reserved = serializers.IntegerField()


class GpuHolderSerializer(serializers.Serializer[Any]):
    container = serializers.UUIDField(help_text="the attempt")
    slot = serializers.UUIDField()
    name = serializers.CharField()
    project = serializers.CharField()
    millis = serializers.IntegerField(help_text="so many thousandths of the device")


class HostGpuSerializer(serializers.Serializer[Any]):
    device = serializers.CharField(help_text="the engine's name for it")
    model = serializers.CharField(allow_blank=True)
    there = serializers.BooleanField(help_text="false: it is named no more, and goes when nobody has it")
    reserved_millis = serializers.IntegerField(help_text="thousandths that containers have, of 1000")
    holders = GpuHolderSerializer(many=True, help_text="who has it; for members: their own")


class UsageSerializer(CapacitySerializer):
    at = serializers.DateTimeField()


class UsageHistorySerializer(serializers.Serializer[Any]):
    points = UsageSerializer(
        many=True, help_text="averages, oldest first, at most 500; gaps where nothing was measured"
    )


class ConditionSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["ok", "bad"])
    message = serializers.CharField()
    since = serializers.DateTimeField()


class HostSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField(help_text="empty for those who are no platform admin")
    data_address = serializers.CharField()
    has_tls = serializers.BooleanField()
    labels = serializers.DictField(child=serializers.CharField())
    taints = serializers.ListField(child=serializers.CharField(), help_text=TAINTS)
    projects = serializers.ListField(
        child=serializers.CharField(), help_text=f"{PROJECTS}; empty for those who are no platform admin"
    )
    availability = serializers.ChoiceField(choices=[one.value for one in Availability])
    state = serializers.ChoiceField(choices=STATES)
    reachable = serializers.ChoiceField(choices=[one.value for one in Reachable])
    reachable_since = serializers.DateTimeField()
    responsive = serializers.ChoiceField(choices=[one.value for one in Responsive])
    conditions = serializers.DictField(child=ConditionSerializer())
    facts = serializers.DictField(child=serializers.JSONField())
    capacity = CapacitySerializer()
    allocatable = CapacitySerializer()
    reserved = CapacitySerializer()
    resources = serializers.DictField(child=ResourceSerializer(), help_text=RESOURCES)
    gpus = HostGpuSerializer(many=True)
    gpus_said = serializers.BooleanField(help_text="its GPUs are what an admin says; else what its engine says")
    gpu_sharing = serializers.BooleanField(help_text=GPU_SHARING)
    usage = UsageSerializer(allow_null=True)
    containers = serializers.IntegerField(help_text="on this host's engine now; for members: their own")
    created_at = serializers.DateTimeField()
    generation = serializers.IntegerField()
    version = serializers.IntegerField()


class TlsSerializer(Body):
    ca = serializers.CharField(max_length=65536, trim_whitespace=False)
    cert = serializers.CharField(max_length=65536, trim_whitespace=False)
    key = serializers.CharField(max_length=65536, trim_whitespace=False)


class HostNewSerializer(Body):
    name = serializers.CharField(max_length=63, trim_whitespace=False)
    url = serializers.CharField(help_text="unix:///path or tcp://address:port", trim_whitespace=False)
    data_address = serializers.CharField(max_length=253, required=False, allow_blank=True, default="")
    labels = serializers.DictField(child=serializers.CharField(), default=dict)
    tls = TlsSerializer(allow_null=True, default=None)


class GpuSaidSerializer(Body):
    device = serializers.CharField(trim_whitespace=False, help_text="the engine's name for it: a UUID or a number")
    model = serializers.CharField(
        required=False, allow_blank=True, default="", trim_whitespace=False, help_text="what containers ask for by name"
    )


class HostChangesSerializer(Body):
    url = serializers.CharField(required=False, trim_whitespace=False)
    data_address = serializers.CharField(max_length=253, required=False)
    labels = serializers.DictField(child=serializers.CharField(), required=False)
    taints = serializers.ListField(child=serializers.CharField(), required=False, help_text=TAINTS)
    projects = serializers.ListField(child=serializers.CharField(), required=False, help_text=PROJECTS)
    resources = serializers.DictField(child=serializers.IntegerField(), required=False, help_text=RESOURCES)
    gpus = GpuSaidSerializer(many=True, allow_null=True, required=False, help_text=GPUS)
    gpu_sharing = serializers.BooleanField(required=False, help_text=GPU_SHARING)
    tls = TlsSerializer(allow_null=True, required=False)


class HostPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = HostSerializer(many=True)


def host_json(host: Host, *, seen: Seen, containers: int, full: bool) -> dict[str, Any]:
    """The object exactly as GET answers it. `full` is for platform admins: addresses, facts, words of conditions."""
    booking, usage = host.booking, seen.usage
    return {
        "id": host.pk,
        "name": host.name,
        "url": host.url if full else "",
        "data_address": host.data_address,
        "has_tls": host.tls_sealed is not None,
        "labels": host.labels,
        "taints": host.taints,
        "projects": host.projects if full else [],
        "availability": host.availability,
        "state": state_of(host),
        "reachable": host.reachable,
        "reachable_since": host.reachable_since,
        "responsive": host.responsive,
        "conditions": {name: one if full else {**one, "message": ""} for name, one in host.conditions.items()},
        "facts": host.facts if full else {},
        "capacity": {"cpu_millis": host.cpu_millis, "memory_bytes": host.memory_bytes},
        "allocatable": {
            "cpu_millis": booking.cpu_millis_allocatable,
            "memory_bytes": booking.memory_bytes_allocatable,
        },
        "reserved": {"cpu_millis": booking.cpu_millis_reserved, "memory_bytes": booking.memory_bytes_reserved},
        "resources": {
            name: {"allocatable": most, "reserved": booking.resources_reserved.get(name, 0)}
            for name, most in sorted(booking.resources_allocatable.items())
        },
        "gpus": seen.gpus,
        "gpus_said": host.gpus_said,
        "gpu_sharing": host.gpu_sharing,
        "usage": usage and {"cpu_millis": usage.cpu_millis, "memory_bytes": usage.memory_bytes, "at": usage.at},
        "containers": containers,
        "created_at": host.created_at,
        "generation": host.generation,
        "version": host.version,
    }
