"""The shapes of what-if answers in the API; no logic. Before: forecast reckoned. After: views.py answers."""

from typing import Any

from rest_framework import serializers

from core.api.bodies import Body
from scheduler.plans.suppose import HostSupposedSerializer
from scheduler.serializers import FixesSerializer, FunnelStepSerializer, PlacedOnSerializer, RefusedHostSerializer
from scheduler.whatif.placing import MOST


class LossReasonSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    why = serializers.CharField(help_text="for platform admins; empty for others", allow_blank=True)


class LossSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="the host, or the label's value")
    hosts = serializers.IntegerField(help_text="how many are lost together")
    moves = serializers.IntegerField(help_text="containers that start elsewhere")
    ends = serializers.IntegerField(
        help_text="containers that do not come back of themselves: their data is there, they stand alone, or are for it"
    )
    unplaced = serializers.IntegerField(help_text="of those that move, how many find no host")
    reasons = LossReasonSerializer(many=True)


class HostLossSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(help_text="when the fleet was looked at, at most some seconds ago")
    label = serializers.CharField(  # type: ignore[assignment]  # a field of this name
        allow_null=True, help_text="null: each host by itself"
    )
    fits = serializers.BooleanField(help_text="whether everything that moves finds a host, whichever is lost")
    asked = serializers.IntegerField(help_text="how many losses were looked at")
    failing = serializers.IntegerField(help_text="after how many of them something finds no host")
    summary = serializers.CharField(help_text="for people")
    worst = LossSerializer(many=True, help_text="at most 20, the worst first")


class FitsHostSerializer(serializers.Serializer[Any]):
    host = serializers.CharField()
    more = serializers.IntegerField()


class FitsSerializer(serializers.Serializer[Any]):
    service = serializers.CharField()
    more = serializers.IntegerField(help_text="so many more of its containers fit, if nothing else is started")
    is_least = serializers.BooleanField(help_text="true: at least so many; nobody counted on")
    why = serializers.CharField(allow_blank=True, help_text="what refuses the next one")
    hosts = FitsHostSerializer(many=True, help_text="the 20 that take the most")


class HostsNeededSerializer(serializers.Serializer[Any]):
    containers = serializers.IntegerField(help_text="that were asked about: those that wait, or so many more")
    hosts = serializers.IntegerField(
        allow_null=True, help_text="so many such hosts are enough; null: no number of them is"
    )
    left = serializers.IntegerField(help_text="that find no host even then")
    why = serializers.CharField(allow_blank=True, help_text="what refuses those that are left, or with one host less")


class SimulationSerializer(Body):
    """What is asked of a simulation: so many containers, like this spec or like those of a service."""

    project = serializers.CharField(default="default", max_length=63)
    count = serializers.IntegerField(default=1, min_value=1, max_value=MOST)
    container = serializers.JSONField(required=False, help_text="a container's spec; it needs no name and no image")
    service = serializers.CharField(required=False, max_length=63, help_text="a service of the project, by its name")
    host = HostSupposedSerializer(required=False, help_text="also say how many hosts of this shape would be enough")


class StopsSerializer(serializers.Serializer[Any]):
    container = serializers.CharField(help_text="its name; of another project only that there is one")
    host = serializers.CharField()
    priority = serializers.IntegerField()


class GivesWaySerializer(serializers.Serializer[Any]):
    placed = serializers.IntegerField(help_text="of those left so many get a host: others stop, or leave it anyway")
    is_least = serializers.BooleanField(help_text="true: at least so many; no more were tried")
    stops = StopsSerializer(many=True, help_text="who stops for them")
    why = serializers.CharField(allow_blank=True, help_text="why nobody gives way to the next one")


class LeftSerializer(FixesSerializer):
    gives_way = GivesWaySerializer(allow_null=True, help_text="null: nobody there is less important")
    refused = RefusedHostSerializer(many=True, help_text="up to 50 hosts, as they are once the others are placed")


class SimulatedSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    policy = serializers.CharField(help_text="by which hosts are weighed for them")
    containers = serializers.IntegerField(help_text="that were asked about")
    placed = serializers.IntegerField()
    hosts = PlacedOnSerializer(many=True, help_text="every host that gets some, the one with the most first")
    hosts_total = serializers.IntegerField()
    funnel = FunnelStepSerializer(many=True, help_text="of the first one, as the fleet is now")
    left = LeftSerializer(allow_null=True, help_text="of those that find no host; null: all fit")
    needed = HostsNeededSerializer(allow_null=True, help_text="null: no host was described")
