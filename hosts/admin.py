"""The inventory in the admin: list, look, cordon and uncordon. Keys are never shown.

Before: a platform admin's browser. After: hosts.actions. What concerns containers too (mark dead) stands in
containers.admin, a floor above.
"""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.accounts.actions import actor_of
from core.accounts.permissions import require_person
from core.api.admin import LookOnly, on_each
from core.lib.problems import Problem
from hosts.actions import cordon, uncordon
from hosts.models import Host, HostBooking, HostHold, HostImage, Process
from hosts.states import Availability


@admin.register(Host)
class HostAdmin(LookOnly):
    list_display = ["name", "url", "availability", "reachable", "responsive", "cpu_millis", "memory_bytes"]
    list_filter = ["availability", "reachable", "responsive", "architecture"]
    search_fields = ["name", "url"]
    exclude = ["tls_sealed", "changed_xid"]
    actions = ["cordon", "uncordon"]

    @admin.action(description="Cordon: place nothing new here")
    def cordon(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda host: _cordon(host, actor=actor), done="cordoned")

    @admin.action(description="Uncordon: place here again")
    def uncordon(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda host: _uncordon(host, actor=actor), done="uncordoned")


def _cordon(host: Host, *, actor: str) -> None:
    if host.availability == Availability.CORDONED:
        raise Problem(409, "already", "is cordoned already")
    cordon(host, actor=actor)


def _uncordon(host: Host, *, actor: str) -> None:
    if host.availability == Availability.ACTIVE:
        raise Problem(409, "already", "is not cordoned")
    uncordon(host, actor=actor)


@admin.register(HostBooking)
class HostBookingAdmin(LookOnly):
    list_display = [
        "host",
        "cpu_millis_reserved",
        "cpu_millis_allocatable",
        "memory_bytes_reserved",
        "memory_bytes_allocatable",
    ]
    list_filter = ["host__availability", "host__reachable"]
    list_select_related = ["host"]
    search_fields = ["host__name"]


@admin.register(HostHold)
class HostHoldAdmin(LookOnly):
    """Which agent speaks for which host; the agent is one of the processes."""

    list_display = ["host", "agent", "epoch"]
    list_filter = [("agent", admin.EmptyFieldListFilter)]
    list_select_related = ["host"]
    search_fields = ["host__name", "agent"]


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
