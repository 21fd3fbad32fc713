"""The scheduler in the admin: why containers are where they are, how loops ran, who leads. To look at."""

from django.contrib import admin

from core.api.admin import LookOnly
from scheduler.models import Decision, LoopRun, SchedulerLease


@admin.register(Decision)
class DecisionAdmin(LookOnly):
    list_display = ["at", "verdict", "container_id", "host_name", "message"]
    list_filter = ["verdict", "host_name"]
    search_fields = ["container_id", "slot_id", "host_name", "message"]
    show_full_result_count = False


@admin.register(LoopRun)
class LoopRunAdmin(LookOnly):
    list_display = ["started_at", "name", "result", "changes", "took_ms", "message"]
    list_filter = ["name", "result"]
    search_fields = ["name", "message"]


@admin.register(SchedulerLease)
class SchedulerLeaseAdmin(LookOnly):
    list_display = ["name", "holder", "epoch"]
    list_filter = ["name"]
    search_fields = ["name", "holder"]
