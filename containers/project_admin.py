"""Projects in the admin: add one, relax its policy; what it allows beyond the default is told in an event.

Before: a platform admin's browser. After: the row, and record_policy.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from containers.policy import ProjectPolicy
from containers.spec import SpecErrors
from core.accounts.actions import record_policy
from core.accounts.models import Project
from core.accounts.permissions import require_person
from core.api.admin import AdminsOnly


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
