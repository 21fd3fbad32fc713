"""People, projects and tokens in the admin: add people, give roles, revoke tokens; each leaves an event.

Before: a platform admin's browser. After: rows, and events through core.accounts.actions.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from core.accounts import actions
from core.accounts.models import ApiToken, Membership, User
from core.accounts.permissions import require_person
from core.api.admin import AdminsOnly, LookOnly, on_each

admin.site.unregister(Group)  # roles are given per project (roles.py)


class PersonNew(UserCreationForm):  # type: ignore[misc]  # unfold has no types
    class Meta:
        model = User
        fields = ["username"]


class PersonChange(UserChangeForm):  # type: ignore[misc]
    class Meta:
        model = User
        fields = "__all__"


class MembershipInline(TabularInline):  # type: ignore[misc]
    model = Membership
    extra = 0
    autocomplete_fields = ["project"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User], AdminsOnly):
    form = PersonChange
    add_form = PersonNew
    change_password_form = AdminPasswordChangeForm
    inlines = [MembershipInline]
    list_display = ["username", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Rights", {"fields": ["is_active", "is_superuser", "is_staff"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # events name people; switch them off instead

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> LogEntry:
        actions.record_person(obj, actor=require_person(request.user))
        entry: LogEntry = super().log_addition(request, obj, message)
        return entry

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> LogEntry:
        """Also called for a new password, which no other hook sees."""
        entry: LogEntry = super().log_change(request, obj, message)
        actions.record_person(obj, actor=require_person(request.user), words=entry.get_change_message())
        return entry


@admin.register(ApiToken)
class ApiTokenAdmin(LookOnly):
    list_display = ["prefix", "name", "user", "role", "project", "expires_at", "last_used_at"]
    list_filter = ["role"]
    search_fields = ["name", "prefix", "user__username"]
    list_select_related = ["user", "project"]
    exclude = ["digest"]
    actions = ["revoke"]

    @admin.action(description="Revoke")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        user = require_person(request.user)
        on_each(self, request, queryset, lambda token: actions.revoke_token(token, actor=user), done="revoked")
