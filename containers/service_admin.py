"""Services, their revisions and roll-outs in the admin: look and filter; scale (asks how many), restart, roll back,
pause and resume, promote, abort, remove.

Before: a platform admin's browser. After: service_actions.py, as from the API, with an event that names the admin.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from containers import service_actions as actions
from containers.models import Revision, Rollout, Service
from containers.service_display import service_state
from containers.service_queries import Seen, see, seen
from core.accounts.actions import actor_of
from core.accounts.permissions import require_person
from core.api.admin import LookOnly, on_each, toned

TONES = {
    "running": "success",
    "updating": "info",
    "holding": "warning",
    "paused": "warning",
    "degraded": "warning",
    "failed": "danger",
    "removing": "info",
    "gone": "",
}
ROLLOUT_TONES = {
    "running": "info",
    "holding": "warning",
    "paused": "danger",
    "done": "success",
    "failed": "danger",
    "rolled-back": "danger",
    "aborted": "warning",
}


class ScaleForm(forms.Form):
    replicas = forms.IntegerField(
        min_value=0, max_value=actions.MOST_REPLICAS, widget=UnfoldAdminIntegerFieldWidget(), label="How many"
    )


@admin.register(Service)
class ServiceAdmin(LookOnly):
    list_display = ["name", "project", "mode", "state", "ready", "revision_number", "roll_out", "created_at"]
    list_filter = [("gone_at", admin.EmptyFieldListFilter), "mode", "paused", "strict", "desired", "project"]
    search_fields = ["name", "id", "revision__spec__image"]
    list_select_related = ["project", "revision"]
    exclude = ["changed_xid"]
    readonly_fields = ["its_containers"]
    actions = ["scale", "restart", "roll_back", "pause", "resume", "promote", "abort", "remove"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Count for the whole page at once."""
        page = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        for one in seen(page.result_list):
            one.service.seen = one  # type: ignore[attr-defined]
        return page

    @toned("State", TONES)
    def state(self, row: Service) -> str:
        if row.gone_at is not None:
            return "gone"
        one = _seen(row)
        status = one.rollout.status if one.rollout else ""
        return service_state(one.counts, removing=row.desired == "remove", paused=row.paused, rollout=status)

    @admin.display(description="Ready")
    def ready(self, row: Service) -> str:
        counts = _seen(row).counts
        return f"{counts.ready} of {counts.desired}"

    @admin.display(description="Revision", ordering="revision__number")
    def revision_number(self, row: Service) -> str:
        return "" if row.revision is None else f"{row.revision.number}: {row.revision.spec.get('image', '')}"

    @admin.display(description="Roll-out")
    def roll_out(self, row: Service) -> str:
        rollout = _seen(row).rollout
        return "" if rollout is None else f"{rollout.number}: {rollout.status}"

    @admin.display(description="Its containers")
    def its_containers(self, row: Service) -> SafeString:
        path = reverse("admin:containers_slot_changelist")
        return format_html('<a href="{}?service__id__exact={}">those that there are now</a>', path, row.pk)

    @admin.action(description="Scale (asks how many)")
    def scale(self, request: HttpRequest, queryset: QuerySet[Service]) -> TemplateResponse | None:
        services = list(queryset)
        now = {"replicas": services[0].replicas} if len(services) == 1 else {}
        form = ScaleForm(request.POST if "replicas" in request.POST else None, initial=now)
        if not form.is_valid():
            return self._ask_how_many(request, services, form)
        replicas = form.cleaned_data["replicas"]
        self._each(request, queryset, lambda row, **by: actions.scale(row, replicas, **by), f"scaled to {replicas}")
        return None

    def _ask_how_many(self, request: HttpRequest, services: list[Service], form: ScaleForm) -> TemplateResponse:
        """The page with the form; it changes nothing."""
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Scale",
            "opts": self.opts,
            "services": services,
            "form": form,
        }
        return TemplateResponse(request, "containers/scale.html", context)

    @admin.action(description="Restart: a rolling one, within the bounds of its updates")
    def restart(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        self._each(request, queryset, actions.restart, "shall restart")

    @admin.action(description="Roll back to the revision before")
    def roll_back(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        self._each(request, queryset, lambda row, **by: actions.roll_back(row, None, **by), "shall roll back")

    @admin.action(description="Pause: replace nothing for now")
    def pause(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        self._each(request, queryset, actions.pause, "paused")

    @admin.action(description="Resume, also a roll-out that a failure has paused")
    def resume(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        self._each(request, queryset, actions.resume, "goes on")

    @admin.action(description="Promote: the first batch is good, go on with the rest")
    def promote(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        self._each(request, queryset, actions.promote, "promoted")

    @admin.action(description="Abort the roll-out, and want what there was before it")
    def abort(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        self._each(request, queryset, actions.abort, "roll-out aborted")

    @admin.action(description="Remove with all of its containers; volumes stay")
    def remove(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        self._each(request, queryset, actions.remove, "shall be removed")

    def _each(self, request: HttpRequest, queryset: QuerySet[Service], act: Callable[..., Service], done: str) -> None:
        actor = actor_of(require_person(request.user))
        on_each(self, request, queryset, lambda row: act(row, actor=actor), done=done)


def _seen(row: Service) -> Seen:
    """As counted with its page, else by itself."""
    found: Seen = getattr(row, "seen", None) or see(row)
    return found


@admin.register(Revision)
class RevisionAdmin(LookOnly):
    list_display = ["service", "number", "image", "image_digest", "created_at", "created_by"]
    list_filter = ["service__project", "created_by"]
    search_fields = ["service__name", "spec__image", "image_digest"]
    list_select_related = ["service"]

    @admin.display(description="Image", ordering="spec__image")
    def image(self, row: Revision) -> str:
        return str(row.spec.get("image", ""))


@admin.register(Rollout)
class RolloutAdmin(LookOnly):
    """Its verbs are said to its service."""

    list_display = [
        "service", "number", "kind", "state", "to", "message", "failures", "asked_by", "started_at", "finished_at",
    ]  # fmt: skip
    list_filter = ["status", "kind", "service__project"]
    search_fields = ["service__name", "message", "asked_by"]
    list_select_related = ["service", "revision"]
    exclude = ["changed_xid"]

    @toned("Status", ROLLOUT_TONES, ordering="status")
    def state(self, row: Rollout) -> str:
        return row.status

    @admin.display(description="To revision", ordering="revision__number")
    def to(self, row: Rollout) -> int:
        return row.revision.number

    @admin.display(description="Failures")
    def failures(self, row: Rollout) -> int:
        return len(row.failed)
