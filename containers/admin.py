"""Containers, registries and projects in the admin: list, look, stop, restart, remove; relax a project's policy.

Before: a platform admin's browser. After: actions.py, as from the API.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from containers import registries
from containers.actions import remove, restart, stop
from containers.models import Container, Registry, Volume
from containers.policy import ProjectPolicy
from containers.spec import SpecErrors
from core.accounts.actions import actor_of, record_policy
from core.accounts.models import Project
from core.accounts.permissions import require_person
from core.api.admin import AdminsOnly, LookOnly, on_each


@admin.register(Container)
class ContainerAdmin(LookOnly):
    list_display = ["name", "project", "attempt", "status", "desired", "health", "host", "message", "created_at"]
    list_filter = ["status", "desired", "project"]
    search_fields = ["name", "id", "slot_id"]
    list_select_related = ["project", "host"]
    exclude = ["changed_xid"]
    show_full_result_count = False
    actions = ["stop", "restart", "remove"]

    @admin.action(description="Stop")
    def stop(self, request: HttpRequest, queryset: QuerySet[Container]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda row: stop(row, actor=actor))

    @admin.action(description="Restart")
    def restart(self, request: HttpRequest, queryset: QuerySet[Container]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda row: restart(row, actor=actor))

    @admin.action(description="Remove")
    def remove(self, request: HttpRequest, queryset: QuerySet[Container]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda row: remove(row, actor=actor))


@admin.register(Volume)
class VolumeAdmin(LookOnly):
    list_display = ["name", "project", "host", "created_at"]
    list_select_related = ["project", "host"]


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
        on_each(self, request, queryset, lambda row: registries.test(row, actor=actor))

    @admin.action(description="Remove the credentials")
    def remove(self, request: HttpRequest, queryset: QuerySet[Registry]) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda row: registries.remove(row, actor=actor))


class ProjectForm(forms.ModelForm[Project]):
    class Meta:
        model = Project
        fields = ["name", "policy"]

    def clean_policy(self) -> Any:
        policy = self.cleaned_data["policy"] or {}
        try:
            ProjectPolicy.from_json(policy)
        except SpecErrors as error:
            raise ValidationError(str(error)) from error
        return policy


@admin.register(Project)
class ProjectAdmin(AdminsOnly):
    form = ProjectForm
    list_display = ["name", "policy", "created_at"]
    search_fields = ["name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Project | None = None) -> list[str]:
        return ["name"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Write the row and say what its policy allows now beyond the default."""
        super().save_model(request, obj, form, change)
        relaxed = list(ProjectPolicy.from_json(obj.policy).relaxed())
        record_policy(obj, relaxed, actor=require_person(request.user))
