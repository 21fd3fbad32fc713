"""Hosts in the admin with what concerns their containers: mark a host dead, after a page that says what follows.

Before: hosts.admin, which this stands in for. After: dead_host.py, as from the API.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from containers import dead_host
from core.accounts.actions import actor_of
from core.accounts.models import cluster_id
from core.accounts.permissions import require_person
from core.api.admin import on_each
from hosts.admin import HostAdmin
from hosts.connect import answers
from hosts.models import Host

AT_ONCE = 10  # each may take a ping's patience

admin.site.unregister(Host)


@admin.register(Host)
class HostWithContainersAdmin(HostAdmin):
    actions = [*HostAdmin.actions, "mark_dead"]

    @admin.action(description="Mark dead: replace what ran there (asks first)")
    def mark_dead(self, request: HttpRequest, queryset: QuerySet[Host]) -> TemplateResponse | None:
        hosts = list(queryset[: AT_ONCE + 1])
        if len(hosts) > AT_ONCE:
            self.message_user(request, f"choose at most {AT_ONCE} hosts at once; nothing was changed", messages.ERROR)
            return None
        if request.POST.get("confirmed") != "yes":
            return self._ask(request, hosts)
        actor = actor_of(require_person(request.user))
        on_each(self, request, hosts, lambda host: _mark_dead(host, actor=actor), done="marked dead")
        return None

    def _ask(self, request: HttpRequest, hosts: list[Host]) -> TemplateResponse:
        """The page that says what follows; it changes nothing."""
        followings = [dead_host.preview(host, answers=answers(host, cluster=cluster_id())) for host in hosts]
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Mark dead",
            "opts": self.opts,
            "hosts": hosts,
            "followings": [(one, dead_host.summary(one)) for one in followings],
            "possible": any(not one.refusal for one in followings),
        }
        return TemplateResponse(request, "containers/mark_dead.html", context)


def _mark_dead(host: Host, *, actor: str) -> str:
    following = dead_host.mark_dead(host, answers=answers(host, cluster=cluster_id()), actor=actor)
    return f"marked dead; {dead_host.summary(following)}"
