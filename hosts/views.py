"""The HTTP face of hosts: see them, register, change, cordon, uncordon, remove.

Before: urls.py. After: actions.py does it. Members see the hosts' names, states and room; admins see and do the rest.
"""

from typing import Any

from django.conf import settings
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.accounts.actions import actor_of
from core.accounts.permissions import is_admin, project_ids_of, require_person, require_platform
from core.accounts.roles import Verb
from core.api.bodies import checked
from core.api.idempotency import idempotent
from core.api.ifmatch import expected_generation, with_etag
from core.api.pagination import CURSOR, LIMIT, ByName
from core.api.query import flag, whole
from core.api.schema import IDEMPOTENCY_KEY, IF_MATCH, operation
from hosts import actions
from hosts.metrics import host_history
from hosts.models import Host
from hosts.queries import all_hosts, seen_of
from hosts.serializers import (
    HostChangesSerializer,
    HostNewSerializer,
    HostPageSerializer,
    HostSerializer,
    UsageHistorySerializer,
    host_json,
)

FORGET_VOLUMES = OpenApiParameter(
    "forget_volumes", OpenApiTypes.BOOL, description="1: leave the volumes on this host behind"
)

MINUTES = OpenApiParameter(
    "minutes", {"type": "integer", "minimum": 1}, description="how far back; default 60, at most what is kept"
)


class Hosts(APIView):
    @operation("listHosts", {200: HostPageSerializer}, parameters=[CURSOR, LIMIT])
    def get(self, request: Request) -> Response:
        pages, projects = ByName(), _projects(request)
        found: Any = pages.paginate_queryset(_visible(projects), request, view=self)
        seen, full = seen_of((host.pk for host in found), project_ids=projects), is_admin(request.user)
        rows = [host_json(host, seen=seen(host.pk), containers=host.containers_count, full=full) for host in found]
        return pages.get_paginated_response(HostSerializer(rows, many=True).data)

    @operation(
        "registerHost",
        {201: HostSerializer},
        body=HostNewSerializer,
        problems=[400, 409, 422],
        parameters=[IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        user = require_platform(request.user, Verb.HOST_REGISTER)
        host = actions.register(**checked(HostNewSerializer, request), actor=actor_of(user))
        answer = _answer(request, host.name, status=status.HTTP_201_CREATED)
        answer["Location"] = f"/api/v1/hosts/{host.name}"
        return answer


class HostOne(APIView):
    @operation("getHost", {200: HostSerializer})
    def get(self, request: Request, name: str) -> Response:
        return _answer(request, name)

    @operation(
        "changeHost",
        {200: HostSerializer},
        body=HostChangesSerializer,
        problems=[400, 409, 412],
        parameters=[IF_MATCH],
    )
    def patch(self, request: Request, name: str) -> Response:
        user, host = require_platform(request.user, Verb.HOST_CHANGE), find_host(request, name)
        changes = actions.Changes(**checked(HostChangesSerializer, request))  # type: ignore[typeddict-item]
        actions.update(host, changes, actor=actor_of(user), expected_generation=expected_generation(request))
        return _answer(request, name)

    @operation("removeHost", {204: None}, problems=[409, 412], parameters=[IF_MATCH, FORGET_VOLUMES])
    def delete(self, request: Request, name: str) -> Response:
        user, host = require_platform(request.user, Verb.HOST_REMOVE), find_host(request, name)
        forget = flag(request, "forget_volumes")
        actions.remove(
            host, actor=actor_of(user), expected_generation=expected_generation(request), forget_volumes=forget
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class HostUsage(APIView):
    @operation("getHostUsage", {200: UsageHistorySerializer}, problems=[400], parameters=[MINUTES])
    def get(self, request: Request, name: str) -> Response:
        points = host_history(find_host(request, name).pk, window_s=window_s(request))
        return Response(UsageHistorySerializer({"points": points}).data)


class HostCordon(APIView):
    @operation("cordonHost", {200: HostSerializer}, problems=[412, 422], parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @idempotent
    def post(self, request: Request, name: str) -> Response:
        user, host = require_platform(request.user, Verb.HOST_CORDON), find_host(request, name)
        actions.cordon(host, actor=actor_of(user), expected_generation=expected_generation(request))
        return _answer(request, name)


class HostUncordon(APIView):
    @operation("uncordonHost", {200: HostSerializer}, problems=[412, 422], parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @idempotent
    def post(self, request: Request, name: str) -> Response:
        user, host = require_platform(request.user, Verb.HOST_CORDON), find_host(request, name)
        actions.uncordon(host, actor=actor_of(user), expected_generation=expected_generation(request))
        return _answer(request, name)


def _projects(request: Request) -> frozenset[int] | None:
    """Whose containers this person sees; None: all."""
    user = require_person(request.user)
    return None if is_admin(user) else project_ids_of(user)


def _visible(projects: frozenset[int] | None) -> Any:
    """All hosts for whoever belongs to any project; none for a stranger to all of them."""
    return all_hosts(project_ids=projects) if projects is None or projects else all_hosts().none()


def window_s(request: Request) -> int:
    """?minutes= in seconds; a Problem 400 beyond what is kept."""
    return 60 * whole(request, "minutes", default=60, least=1, most=60 * settings.SAMPLE_KEEP_H)


def find_host(request: Request, name: str) -> Host:
    """The host, when this person may see it; Http404 otherwise."""
    found: Host | None = _visible(_projects(request)).filter(name=name).first()
    if found is None:
        raise Http404(f"no host {name!r}")
    return found


def _answer(request: Request, name: str, *, status: int = 200) -> Response:
    host: Any = find_host(request, name)
    seen, full = seen_of([host.pk], project_ids=_projects(request))(host.pk), is_admin(request.user)
    row = host_json(host, seen=seen, containers=host.containers_count, full=full)
    return with_etag(Response(HostSerializer(row).data, status=status), host.generation)
