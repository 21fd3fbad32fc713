"""The scheduler in the admin: to look at, never to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from scheduler.models import Decision, LoopRun, SchedulerLease


class LookOnly(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """List and look; adding, changing and deleting go through actions and loops."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Decision)
class DecisionAdmin(LookOnly):
    list_display = ["at", "verdict", "container_id", "host_name", "message"]
    list_filter = ["verdict"]
    search_fields = ["container_id", "host_name"]
    show_full_result_count = False


@admin.register(LoopRun)
class LoopRunAdmin(LookOnly):
    list_display = ["started_at", "name", "result", "changes", "took_ms", "message"]
    list_filter = ["name", "result"]


@admin.register(SchedulerLease)
class SchedulerLeaseAdmin(LookOnly):
    list_display = ["name", "holder", "epoch"]
