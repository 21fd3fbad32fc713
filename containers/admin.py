"""Containers in the admin: every attempt and its slot, ports, volumes, registries; stop, restart, replace, remove.

Before: a platform admin's browser. After: actions.py, as from the API. Hosts are shown by host_admin.py, which adds
"mark dead" to them; projects by project_admin.py, services by service_admin.py.
"""

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from containers import registries
from containers.actions import remove, restart, stop
from containers.host_admin import HostWithContainersAdmin
from containers.models import Container, HostPort, LogTail, Registry, Slot, Volume
from containers.project_admin import ProjectAdmin
from containers.queries import state_of
from containers.service_actions import replace
from containers.service_admin import RevisionAdmin, RolloutAdmin, ServiceAdmin
from core.accounts.actions import actor_of
from core.accounts.permissions import require_person
from core.api.admin import LookOnly, on_each, toned

__all__ = [  # registered by being imported
    "ContainerAdmin",
    "HostWithContainersAdmin",
    "ProjectAdmin",
    "RevisionAdmin",
    "RolloutAdmin",
    "ServiceAdmin",
]

ATTEMPTS_SHOWN = 50


TONES = {
    "running": "success",
    "starting": "info",
    "pending": "info",
    "restarting": "warning",
    "stopping": "info",
    "unhealthy": "warning",
    "unknown": "warning",
    "failed": "danger",
    "lost": "danger",
}


@admin.register(Container)
class ContainerAdmin(LookOnly):
    """One row an attempt."""

    list_display = ["name", "project", "state", "attempt", "current", "desired", "host", "image", "message", "since"]
    list_filter = ["superseded", "status", "desired", "restart", "health", "project", "host", "service"]
    search_fields = ["name", "id", "slot_id", "spec__image", "message", "service__name"]
    list_select_related = ["project", "host"]
    exclude = ["changed_xid"]
    readonly_fields = ["attempts_of_its_slot"]
    show_full_result_count = False
    actions = ["stop", "restart", "replace", "remove"]

    @toned("State", TONES, ordering="status")
    def state(self, row: Container) -> str:
        return state_of(row)

    @admin.display(description="Current", ordering="superseded", boolean=True)
    def current(self, row: Container) -> bool:
        return not row.superseded

    @admin.display(description="Image", ordering="spec__image")
    def image(self, row: Container) -> str:
        return str(row.spec.get("image", ""))

    @admin.display(description="Since", ordering="status_since")
    def since(self, row: Container) -> datetime:
        return row.status_since

    @admin.display(description="Attempts of its slot")
    def attempts_of_its_slot(self, row: Container) -> SafeString:
        """The newest first, each a link."""
        found = Container.objects.filter(slot_id=row.slot_id).order_by("-attempt")[:ATTEMPTS_SHOWN]
        links = [(reverse("admin:containers_container_change", args=[one.pk]), str(one), one.status) for one in found]
        return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">{}</a>: {}</li>', links))

    @admin.action(description="Stop, and let no attempt follow")
    def stop(self, request: HttpRequest, queryset: QuerySet[Container]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda row: stop(row, actor=actor), done="shall stop")

    @admin.action(description="Restart (retry now what waits or has ended)")
    def restart(self, request: HttpRequest, queryset: QuerySet[Container]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda row: restart(row, actor=actor), done="shall start again")

    @admin.action(description="Replace (of a service: another one in its place, within the bounds of its updates)")
    def replace(self, request: HttpRequest, queryset: QuerySet[Container]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda row: replace(row, actor=actor), done="shall be replaced")

    @admin.action(description="Remove: stop it and take it and its earlier attempts away; volumes stay")
    def remove(self, request: HttpRequest, queryset: QuerySet[Container]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda row: remove(row, actor=actor), done="shall be removed")


@admin.register(Slot)
class SlotAdmin(ContainerAdmin):
    """One row a slot: its current attempt."""

    list_display = ["name", "project", "state", "attempt", "restart", "desired", "host", "image", "message", "since"]
    list_filter = ["status", "desired", "restart", "health", "project", "host", "service"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Container]:
        found: QuerySet[Container] = super().get_queryset(request)
        return found.filter(superseded=False)


@admin.register(HostPort)
class HostPortAdmin(LookOnly):
    list_display = ["host", "address", "port", "protocol", "container"]
    list_filter = ["protocol", "host"]
    list_select_related = ["host", "container"]
    search_fields = ["port", "container__name", "host__name"]


@admin.register(Volume)
class VolumeAdmin(LookOnly):
    list_display = ["name", "project", "host", "created_at"]
    list_filter = ["project", "host"]
    list_select_related = ["project", "host"]
    search_fields = ["name", "project__name", "host__name"]


@admin.register(LogTail)
class LogTailAdmin(LookOnly):
    list_display = ["container", "truncated", "kept_at"]
    list_filter = ["truncated"]
    list_select_related = ["container"]
    search_fields = ["container__name", "container__id"]


@admin.register(Registry)
class RegistryAdmin(LookOnly):
    """Passwords are never shown."""

    list_display = ["host", "project", "username", "test_ok", "tested_at", "test_message", "created_at"]
    list_filter = ["test_ok", "project"]
    search_fields = ["host", "username"]
    list_select_related = ["project"]
    exclude = ["secret_sealed"]
    actions = ["test", "remove"]

    @admin.action(description="Test the login")
    def test(self, request: HttpRequest, queryset: QuerySet[Registry]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(
            self,
            request,
            queryset,
            lambda row: registries.test(row, actor=actor),
            done="tested; the answer stands in the list",
        )

    @admin.action(description="Remove the credentials")
    def remove(self, request: HttpRequest, queryset: QuerySet[Registry]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda row: registries.remove(row, actor=actor), done="removed")
