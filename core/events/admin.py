"""The history in the admin: to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from core.accounts.models import Project
from core.api.admin import LookOnly, toned
from core.events.models import Event


@admin.register(Event)
class EventAdmin(LookOnly):
    list_display = ["at", "shown_level", "kind", "actor", "project", "object", "message"]
    list_filter = ["level", "object_kind", "kind"]
    search_fields = ["kind", "actor", "object_id", "data__name", "message"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """With the project's name: an event outlives its project and keeps the id only."""
        names = Project.objects.filter(pk=OuterRef("project_id")).values("name")[:1]
        found: QuerySet[Event] = super().get_queryset(request)
        return found.annotate(project_name=Subquery(names))

    @toned("Level", {"info": "info", "warning": "warning", "error": "danger"}, ordering="level")
    def shown_level(self, row: Event) -> str:
        return row.level

    @admin.display(description="Project", ordering="project_name")
    def project(self, row: Any) -> str | None:
        found: str | None = row.project_name
        return found

    @admin.display(description="About", ordering="object_kind")
    def object(self, row: Event) -> str:
        return f"{row.object_kind} {row.data.get('name') or row.data.get('host') or row.object_id}"
