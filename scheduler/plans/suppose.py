"""Suppositions about hosts, as rows in a transaction that is thrown away: one that is lost, some more of a shape.

Before: a plan's change. After: the same reading as ever finds them.
"""

from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from rest_framework import serializers

from core.api.bodies import Body
from core.lib.clock import database_now
from core.lib.problems import Problem, field_problem
from core.lib.quantity import cpu_millis, memory_bytes
from hosts.models import Host, HostBooking, HostHold, Process
from hosts.states import Reachable, Responsive
from hosts.wishes import label_problems, resource_problems, taint_problems

MOST_ADDED = 1_000
MOST = 2**50  # bytes, or thousandths of a core


class HostSupposedSerializer(Body):
    """A host that there might be: like one that there is, or by its numbers."""

    like = serializers.CharField(default="", max_length=63, help_text="a host whose room, labels and taints it has")
    cpu = serializers.CharField(default="", max_length=32, help_text='cores that containers may have, like "7.5"')
    memory = serializers.CharField(default="", max_length=32, help_text='that containers may have, like "31g"')
    labels = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    taints = serializers.ListField(child=serializers.CharField(), required=False)
    resources = serializers.DictField(child=serializers.IntegerField(min_value=0), required=False)
    count = serializers.IntegerField(default=1, min_value=1, max_value=MOST_ADDED)


def lost(host: Host) -> None:
    """As if both its agent and the scheduler had found it silent for long enough."""
    Host.objects.filter(pk=host.pk).update(reachable=Reachable.LOST, reachable_since=database_now())


def added(values: dict[str, Any], *, visible: QuerySet[Host]) -> list[int]:
    """So many hosts, empty and ready; their ids."""
    wished = room_of(values, visible=visible)
    speaker = Process.objects.create(id=uuid4(), role="agent", name="supposed")
    taken, number = set(Host.objects.values_list("name", flat=True)), 0
    made: list[int] = []
    while len(made) < values["count"]:
        number += 1
        if (name := f"new-{number}") not in taken:
            made.append(_add(name, wished, speaker))
    return made


def room_of(values: dict[str, Any], *, visible: QuerySet[Host]) -> dict[str, Any]:
    """The numbers of such a host; Problem 400 names what is wrong."""
    wished: dict[str, Any] = {"labels": {}, "taints": [], "resources": {}, "architecture": "x86_64"}
    if values["like"]:
        wished.update(_like(values["like"], visible))
    for name, read, key in (("cpu", cpu_millis, "cpu_millis"), ("memory", memory_bytes, "memory_bytes")):
        if values[name]:
            wished[key] = _amount(name, values[name], read)
        elif key not in wished:
            raise field_problem(f"/{name}", "required", f'say {name}, or name a host that it is like with "like"')
    wished.update({name: values[name] for name in ("labels", "taints", "resources") if name in values})
    problems = label_problems(wished["labels"]) + taint_problems(wished["taints"])
    problems += resource_problems(wished["resources"], reserved={})
    if problems:
        detail = "; ".join(f"{one.pointer.removeprefix('/')}: {one.message}" for one in problems)
        raise Problem(400, "invalid", detail, errors=problems)
    return wished


def _amount(name: str, text: str, read: Any) -> int:
    try:
        amount = int(read(text))
    except ValueError as error:
        raise field_problem(f"/{name}", "invalid", str(error)) from error
    if not 0 < amount <= MOST:
        raise field_problem(f"/{name}", "limit", f"no host has {text} of {name}")
    return amount


def _like(name: str, visible: QuerySet[Host]) -> dict[str, Any]:
    found = visible.select_related("booking").filter(name=name).first()
    if found is None:
        raise field_problem("/like", "unknown", f"there is no host {name!r}; `hosts` lists those that there are")
    return {
        "labels": found.labels,
        "taints": found.taints,
        "resources": found.booking.resources_allocatable,
        "architecture": found.architecture,
        "cpu_millis": found.booking.cpu_millis_allocatable,
        "memory_bytes": found.booking.memory_bytes_allocatable,
    }


def _add(name: str, wished: dict[str, Any], speaker: Process) -> int:
    host = Host.objects.create(
        name=name,
        url=f"supposed://{name}",
        data_address="192.0.2.1",
        reachable=Reachable.OK,
        responsive=Responsive.OK,
        labels=wished["labels"],
        taints=wished["taints"],
        architecture=wished["architecture"],
        cpu_millis=wished["cpu_millis"],
        memory_bytes=wished["memory_bytes"],
    )
    HostBooking.objects.create(
        host=host,
        cpu_millis_allocatable=wished["cpu_millis"],
        memory_bytes_allocatable=wished["memory_bytes"],
        resources_allocatable=wished["resources"],
    )
    HostHold.objects.create(host=host, agent=speaker.pk)
    return int(host.pk)
