"""The base of every admin page on domain rows: platform admins list and look, and act through our actions only.

Before: Django's admin. After: actions.py of the app, so that the admin writes the same events as the API.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from core.lib.problems import Problem

Column = TypeVar("Column", bound=Callable[..., str])
NAMED = 10  # rows in one message


class AdminsOnly(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """Staff who are no platform admins see nothing here: roles are given per project, not per table."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_admin(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_admin(request)


class LookOnly(AdminsOnly):
    """No adding, changing or deleting of rows by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def toned(description: str, tones: Mapping[str, str], *, ordering: str = "") -> Callable[[Column], Column]:
    """A column whose words have colours: success, info, warning or danger; other words stay grey."""

    def mark(column: Column) -> Column:
        shown: Any = column
        shown.short_description, shown.label = description, dict(tones)
        if ordering:
            shown.admin_order_field = ordering
        return column

    return mark


def on_each(
    page: LookOnly, request: HttpRequest, rows: Iterable[Any], act: Callable[[Any], object], *, done: str
) -> None:
    """Call an action for each chosen row and say what happened: `done`, then the rows.

    What is refused is told, with its reason, and stops nothing else. An action that answers a text is told by it.
    """
    names: list[str] = []
    for row in rows:
        try:
            answer = act(row)
        except Problem as problem:
            page.message_user(request, f"{row}: {problem.detail}", messages.WARNING)
            continue
        if isinstance(answer, str):
            page.message_user(request, answer)
        else:
            names.append(str(row))
    if names:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        page.message_user(request, f"{done}: {', '.join(names[:NAMED])}{more}")


def _is_admin(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))
