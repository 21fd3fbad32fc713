"""The history in the admin: to look at."""

from django.contrib import admin

from core.api.admin import LookOnly
from core.events.models import Event


@admin.register(Event)
class EventAdmin(LookOnly):
    list_display = ["at", "level", "kind", "actor", "object_kind", "object_id", "message"]
    list_filter = ["level", "object_kind", "kind"]
    search_fields = ["kind", "actor", "object_id", "message"]
    show_full_result_count = False
