"""The inventory in the admin: list, look, cordon and uncordon. Keys are never shown.

Before: a platform admin's browser. After: hosts.actions. What concerns containers too (mark dead) stands in
containers.admin, a floor above.
"""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from core.accounts.actions import actor_of
from core.accounts.permissions import require_person
from core.api.admin import LookOnly, on_each, toned
from core.lib.problems import Problem
from core.lib.quantity import show_cpu, show_memory
from hosts.actions import cordon, uncordon
from hosts.devices import WHOLE_MILLIS
from hosts.models import Host, HostBooking, HostGpu, HostHold, HostImage, Process
from hosts.queries import state_of
from hosts.rules import HostVerb, host_rule_for

TONES = {
    "ready": "success",
    "cordoned": "info",
    "draining": "info",
    "suspect": "warning",
    "unready": "warning",
    "engine-down": "danger",
    "lost": "danger",
}


@admin.register(Host)
class HostAdmin(LookOnly):
    list_display = [
        "name",
        "state",
        "availability",
        "reachable",
        "responsive",
        "capacity",
        "reserved",
        "zone",
        "kept_for",
        "url",
    ]
    list_filter = ["availability", "reachable", "responsive", "architecture"]
    list_select_related = ["booking"]
    search_fields = ["name", "url"]
    exclude = ["tls_sealed", "changed_xid"]
    actions = ["cordon", "uncordon"]

    @toned("State", TONES)
    def state(self, host: Host) -> str:
        return state_of(host)

    @admin.display(description="Capacity", ordering="memory_bytes")
    def capacity(self, host: Host) -> str:
        return room(host.cpu_millis, host.memory_bytes)

    @admin.display(description="Reserved", ordering="booking__memory_bytes_reserved")
    def reserved(self, host: Host) -> str:
        return room(host.booking.cpu_millis_reserved, host.booking.memory_bytes_reserved)

    @admin.display(description="Zone", ordering="labels__zone")
    def zone(self, host: Host) -> str:
        return str(host.labels.get("zone", ""))

    @admin.display(description="Kept for")
    def kept_for(self, host: Host) -> str:
        """Taints and projects: what keeps others off."""
        return ", ".join([*host.taints, *(f"project {name}" for name in host.projects)])

    @admin.action(description="Cordon: place nothing new here")
    def cordon(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda host: _cordon(host, actor=actor), done="cordoned")

    @admin.action(description="Uncordon: place here again")
    def uncordon(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda host: _uncordon(host, actor=actor), done="uncordoned")


def _refuse_idle(host: Host, verb: HostVerb) -> None:
    """A person who chose an action is told when it changes nothing."""
    rule = host_rule_for(verb, host.standing())
    if rule is not None:
        raise Problem(409, rule.code, rule.words.format(name="it"))


def _cordon(host: Host, *, actor: str) -> None:
    _refuse_idle(host, HostVerb.CORDON)
    cordon(host, actor=actor)


def _uncordon(host: Host, *, actor: str) -> None:
    _refuse_idle(host, HostVerb.UNCORDON)
    uncordon(host, actor=actor)


def room(cpu_millis: int, memory_bytes: int) -> str:
    """CPU and memory as people read them."""
    return f"{show_cpu(cpu_millis)}, {show_memory(memory_bytes)}"


@admin.register(HostBooking)
class HostBookingAdmin(LookOnly):
    list_display = ["host", "cpu", "memory", "resources"]
    list_filter = ["host__availability", "host__reachable"]
    list_select_related = ["host"]
    search_fields = ["host__name"]

    @admin.display(description="CPU reserved", ordering="cpu_millis_reserved")
    def cpu(self, row: HostBooking) -> str:
        return f"{show_cpu(row.cpu_millis_reserved)} of {show_cpu(row.cpu_millis_allocatable)}"

    @admin.display(description="Memory reserved", ordering="memory_bytes_reserved")
    def memory(self, row: HostBooking) -> str:
        return f"{show_memory(row.memory_bytes_reserved)} of {show_memory(row.memory_bytes_allocatable)}"

    @admin.display(description="Resources reserved")
    def resources(self, row: HostBooking) -> str:
        reserved = row.resources_reserved
        return ", ".join(
            f"{reserved.get(name, 0)} of {most} {name}" for name, most in row.resources_allocatable.items()
        )


@admin.register(HostGpu)
class HostGpuAdmin(LookOnly):
    list_display = ["host", "number", "device", "model", "is_there", "reserved"]
    list_filter = ["is_there", "model", "host"]
    list_select_related = ["host"]
    search_fields = ["host__name", "device", "model"]

    @admin.display(description="Reserved", ordering="millis_reserved")
    def reserved(self, row: HostGpu) -> str:
        return f"{row.millis_reserved / WHOLE_MILLIS:g} of it"


@admin.register(HostHold)
class HostHoldAdmin(LookOnly):
    """Which agent speaks for which host; the agent is one of the processes."""

    list_display = ["host", "agent_name", "agent", "epoch"]
    list_filter = [("agent", admin.EmptyFieldListFilter)]
    list_select_related = ["host"]
    search_fields = ["host__name", "agent", "agent_name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[HostHold]:
        """With the agent's name: a hold keeps its id only."""
        agents = Process.objects.filter(pk=OuterRef("agent")).values("name")[:1]
        found: QuerySet[HostHold] = super().get_queryset(request)
        return found.annotate(agent_name=Subquery(agents))

    @admin.display(description="Agent", ordering="agent_name", empty_value="nobody")
    def agent_name(self, row: Any) -> str | None:
        found: str | None = row.agent_name
        return found


@admin.register(HostImage)
class HostImageAdmin(LookOnly):
    list_display = ["ref", "host", "image_id"]
    list_filter = ["host"]
    list_select_related = ["host"]
    search_fields = ["ref", "image_id"]


@admin.register(Process)
class ProcessAdmin(LookOnly):
    list_display = ["name", "role", "started_at", "beat", "retired", "id"]
    list_filter = ["role", "retired"]
    search_fields = ["name", "id"]
