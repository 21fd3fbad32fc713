"""The scheduler in the admin: why containers are where they are, how loops ran, who leads, and which brakes are on. To
look at, and to release a brake.
"""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from containers.models import Container
from core.accounts.actions import actor_of
from core.accounts.permissions import require_person
from core.api.admin import LookOnly, on_each, toned
from hosts.models import Process
from scheduler.brakes import release
from scheduler.models import Brake, Decision, LoopRun, PlacementPolicy, Plan, ProjectPlacement, SchedulerLease


@admin.register(Decision)
class DecisionAdmin(LookOnly):
    list_display = ["at", "shown_verdict", "container", "attempt", "host_name", "message"]
    list_filter = ["verdict", "host_name"]
    search_fields = ["container_name", "container_id", "slot_id", "host_name", "message"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        """With the container's name and attempt: a decision outlives its container and keeps the id only."""
        rows = Container.objects.filter(pk=OuterRef("container_id"))
        found: QuerySet[Decision] = super().get_queryset(request)
        return found.annotate(
            container_name=Subquery(rows.values("name")[:1]), container_attempt=Subquery(rows.values("attempt")[:1])
        )

    @toned("Verdict", {"placed": "success", "refused": "warning"}, ordering="verdict")
    def shown_verdict(self, row: Decision) -> str:
        return row.verdict

    @admin.display(description="Container", ordering="container_name")
    def container(self, row: Any) -> SafeString | str:
        if row.container_name is None:
            return f"{row.container_id} (removed)"
        address = reverse("admin:containers_container_change", args=[row.container_id])
        return format_html('<a href="{}">{}</a>', address, row.container_name)

    @admin.display(description="Attempt")
    def attempt(self, row: Any) -> int | None:
        found: int | None = row.container_attempt
        return found


@admin.register(PlacementPolicy)
class PlacementPolicyAdmin(LookOnly):
    list_display = ["name", "description", "shown_weights", "over_label"]
    list_filter = ["over_label"]
    search_fields = ["name", "description"]

    @admin.display(description="Weights")
    def shown_weights(self, row: PlacementPolicy) -> str:
        return ", ".join(f"{term} {weight:g}" for term, weight in row.weights.items())


@admin.register(ProjectPlacement)
class ProjectPlacementAdmin(LookOnly):
    list_display = ["project", "policy"]
    list_filter = ["policy"]
    list_select_related = ["project", "policy"]
    search_fields = ["project__name", "policy__name"]


@admin.register(Plan)
class PlanAdmin(LookOnly):
    list_display = ["created_at", "made_by", "verbs", "applied_at", "applied_by"]
    list_filter = [("applied_at", admin.EmptyFieldListFilter), "made_by"]
    search_fields = ["id", "made_by", "applied_by"]

    @admin.display(description="Changes")
    def verbs(self, row: Plan) -> str:
        return ", ".join(str(one["verb"]) for one in row.changes)


@admin.register(Brake)
class BrakeAdmin(LookOnly):
    list_display = ["since", "shown_state", "shown_host", "message", "released_at", "released_by"]
    list_filter = [("released_at", admin.EmptyFieldListFilter), "host"]
    list_select_related = ["host"]
    search_fields = ["message", "host__name", "released_by"]
    actions = ["release"]

    @toned("State", {"holds": "danger", "released": "success"})
    def shown_state(self, row: Brake) -> str:
        return "holds" if row.released_at is None else "released"

    @admin.display(description="Host", ordering="host__name")
    def shown_host(self, row: Brake) -> str:
        return row.host.name if row.host else "all hosts"

    @admin.action(description="Release: let what was held back go on")
    def release(self, request: HttpRequest, queryset: QuerySet[Brake]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda brake: release(brake, actor=actor), done="released")


@admin.register(LoopRun)
class LoopRunAdmin(LookOnly):
    list_display = ["started_at", "name", "shown_result", "changes", "took", "message"]
    list_filter = ["name", "result"]
    search_fields = ["name", "message"]

    @toned("Result", {"ok": "success", "error": "danger", "refused": "warning"}, ordering="result")
    def shown_result(self, row: LoopRun) -> str:
        return row.result

    @admin.display(description="Took", ordering="took_ms")
    def took(self, row: LoopRun) -> str:
        return f"{row.took_ms:.1f} ms"


@admin.register(SchedulerLease)
class SchedulerLeaseAdmin(LookOnly):
    list_display = ["name", "leader", "holder", "epoch"]
    list_filter = ["name"]
    search_fields = ["name", "holder", "leader_name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SchedulerLease]:
        """With the leader's name: a lease keeps its id only."""
        leaders = Process.objects.filter(pk=OuterRef("holder")).values("name")[:1]
        found: QuerySet[SchedulerLease] = super().get_queryset(request)
        return found.annotate(leader_name=Subquery(leaders))

    @admin.display(description="Leader", ordering="leader_name", empty_value="nobody")
    def leader(self, row: Any) -> str | None:
        found: str | None = row.leader_name
        return found
