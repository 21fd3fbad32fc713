"""Containers in the admin: every attempt and its slot, ports, volumes, registries; stop, restart, remove.

Before: a platform admin's browser. After: actions.py, as from the API. Hosts are shown by host_admin.py, which adds
"mark dead" to them; projects by project_admin.py.
"""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from containers import registries
from containers.actions import remove, restart, stop
from containers.host_admin import HostWithContainersAdmin
from containers.models import Container, HostPort, LogTail, Registry, Volume
from containers.project_admin import ProjectAdmin
from core.accounts.actions import actor_of
from core.accounts.permissions import require_person
from core.api.admin import LookOnly, on_each

__all__ = ["ContainerAdmin", "HostPortAdmin", "HostWithContainersAdmin", "LogTailAdmin", "ProjectAdmin", "VolumeAdmin"]

ATTEMPTS_SHOWN = 50


@admin.register(Container)
class ContainerAdmin(LookOnly):
    """One row an attempt; `superseded: no` shows the current one of each slot."""

    list_display = [
        "name",
        "project",
        "attempt",
        "superseded",
        "status",
        "desired",
        "health",
        "host",
        "message",
        "created_at",
    ]
    list_filter = ["superseded", "status", "desired", "restart", "health", "project", "host"]
    search_fields = ["name", "id", "slot_id", "message"]
    list_select_related = ["project", "host"]
    exclude = ["changed_xid"]
    readonly_fields = ["attempts_of_its_slot"]
    show_full_result_count = False
    actions = ["stop", "restart", "remove"]

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

    @admin.action(description="Remove: stop it and take it and its earlier attempts away; volumes stay")
    def remove(self, request: HttpRequest, queryset: QuerySet[Container]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda row: remove(row, actor=actor), done="shall be removed")


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
