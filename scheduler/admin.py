"""The scheduler in the admin: why containers are where they are, how loops ran, who leads, and which brakes are on. To
look at, and to release a brake.
"""

from collections import Counter
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from containers.models import Container, Service
from core.accounts.actions import actor_of
from core.accounts.permissions import require_person
from core.api.admin import LookOnly, on_each, toned
from hosts.models import Process
from scheduler.balance.wishes import change, show_s
from scheduler.brakes import release
from scheduler.models import (
    Brake,
    Decision,
    LoopRun,
    PlacementPolicy,
    Plan,
    ProjectPlacement,
    ProjectRebalance,
    SchedulerLease,
    Verdict,
)

HOSTS_SHOWN = 3


@admin.register(Decision)
class DecisionAdmin(LookOnly):
    list_display = ["at", "shown_verdict", "service", "containers", "hosts", "message"]
    list_filter = ["verdict"]
    search_fields = ["message", "service_name"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        """With the service's name: a decision outlives its service and keeps the id only."""
        rows = Service.objects.filter(pk=OuterRef("service_id"))
        found: QuerySet[Decision] = super().get_queryset(request)
        return found.annotate(service_name=Subquery(rows.values("name")[:1]))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Decision], search_term: str
    ) -> tuple[QuerySet[Decision], bool]:
        """Also by a container that it is about: by its name, or its id or its slot's."""
        found, twice = super().get_search_results(request, queryset, search_term)
        term = search_term.strip()
        if term:
            theirs = Q(name__icontains=term)
            with suppress(ValueError):
                theirs |= Q(pk=UUID(term)) | Q(slot_id=UUID(term))
            found |= queryset.filter(pk__in=Container.objects.filter(theirs).values("decision_id"))
        return found, twice

    @toned("Verdict", {"placed": "success", "refused": "warning"}, ordering="verdict")
    def shown_verdict(self, row: Decision) -> str:
        return row.verdict

    @admin.display(description="Service", ordering="service_name")
    def service(self, row: Any) -> SafeString | str:
        if row.service_id is None:
            return "stand-alone"
        if row.service_name is None:
            return f"{row.service_id} (removed)"
        address = reverse("admin:containers_service_change", args=[row.service_id])
        return format_html('<a href="{}">{}</a>', address, row.service_name)

    @admin.display(description="Containers")
    def containers(self, row: Decision) -> int:
        return len(row.members)

    @admin.display(description="Hosts")
    def hosts(self, row: Decision) -> str:
        """Those that got the most, the first three."""
        got = Counter(one[1] for one in row.members if row.verdict == Verdict.PLACED)
        shown = ", ".join(f"{host}: {count}" for host, count in got.most_common(HOSTS_SHOWN))
        return f"{shown}, ..." if len(got) > HOSTS_SHOWN else shown


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


@admin.register(ProjectRebalance)
class ProjectRebalanceAdmin(LookOnly):
    list_display = ["project", "shown_state", "goal", "moves", "interval", "looked_at", "message"]
    list_filter = ["is_on", "is_under_way", "goal"]
    list_select_related = ["project"]
    search_fields = ["project__name", "message"]
    actions = ["switch_off"]

    @toned("State", {"on": "success", "round under way": "info"}, ordering="is_on")
    def shown_state(self, row: ProjectRebalance) -> str:
        if row.is_under_way:
            return "round under way"
        return "on" if row.is_on else "off"

    @admin.display(description="Not before", ordering="interval_s")
    def interval(self, row: ProjectRebalance) -> str:
        return show_s(row.interval_s)

    @admin.action(description="Switch off: move nothing of it any more unless somebody asks")
    def switch_off(self, request: HttpRequest, queryset: QuerySet[ProjectRebalance]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda row: change(row.project, {"is_on": False}, actor=actor), done="is off")


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
