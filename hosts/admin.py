"""Hosts in the admin: list, look, cordon and uncordon. Keys are never shown."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.accounts.actions import actor_of
from core.accounts.permissions import require_person
from core.api.admin import LookOnly, on_each
from hosts.actions import cordon, uncordon
from hosts.models import Host


@admin.register(Host)
class HostAdmin(LookOnly):
    list_display = ["name", "url", "availability", "reachable", "responsive", "cpu_millis", "memory_bytes"]
    list_filter = ["availability", "reachable"]
    search_fields = ["name", "url"]
    exclude = ["tls_sealed", "changed_xid"]
    actions = ["cordon", "uncordon"]

    @admin.action(description="Cordon: place nothing new here")
    def cordon(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda host: cordon(host, actor=actor))

    @admin.action(description="Uncordon")
    def uncordon(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda host: uncordon(host, actor=actor))
