"""The HTTP face of the scheduler: why a container is where it is or waits, what emptying a host would do, how the
loops run, and which processes there are, and which brakes are on.

Before: urls.py; the scoped loader gives the project. After: decisions.py explains, drain.py and platform.py look.
"""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from containers.queries import find_container
from containers.service_queries import find_service
from core.accounts.actions import actor_of
from core.accounts.permissions import is_admin, project_for, project_ids_of, require_person, require_platform
from core.accounts.roles import Verb
from core.api.idempotency import idempotent
from core.api.ifmatch import expected_generation, with_etag
from core.api.pagination import CURSOR, LIMIT, Cursor
from core.api.query import flag, whole
from core.api.schema import IDEMPOTENCY_KEY, IF_MATCH, operation
from hosts import actions as hosts_actions
from hosts.views import find_host
from scheduler import brakes
from scheduler.advice import advice_of_service
from scheduler.decisions import decision_json
from scheduler.drain import draining_json, look
from scheduler.history import decisions_of
from scheduler.models import Brake, LoopRun
from scheduler.platform import platform_json
from scheduler.serializers import (
    BrakePageSerializer,
    BrakeSerializer,
    DecisionSerializer,
    DrainingSerializer,
    LoopRunSerializer,
    PlatformSerializer,
    ServiceDecisionsSerializer,
    brake_json,
)

RUNS_SHOWN = 100
GROUPS_SHOWN = 20
GROUPS_MOST = 100
GROUPS = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": GROUPS_MOST, "default": GROUPS_SHOWN},
    description="so many of the newest",
)
ON = OpenApiParameter("on", OpenApiTypes.BOOL, description="1: only those that hold")


class ContainerDecision(APIView):
    @operation("getDecision", {200: DecisionSerializer})
    def get(self, request: Request, project: str, container: UUID) -> Response:
        found = find_container(project_for(request.user, project, Verb.CONTAINER_SEE), container)
        return Response(DecisionSerializer(decision_json(found)).data)


class ServiceDecisions(APIView):
    @operation("getServiceDecisions", {200: ServiceDecisionsSerializer}, problems=[400], parameters=[GROUPS])
    def get(self, request: Request, project: str, service: UUID) -> Response:
        """The last decisions about its containers, one for each shape and pass, and why those wait that do."""
        found = find_service(project_for(request.user, project, Verb.SERVICE_SEE), service)
        limit = whole(request, "limit", default=GROUPS_SHOWN, least=1, most=GROUPS_MOST)
        told = {"waiting": advice_of_service(found.pk), "results": decisions_of(found.pk, limit=limit)}
        return Response(ServiceDecisionsSerializer(told).data)


class HostDrain(APIView):
    @operation("previewDrainHost", {200: DrainingSerializer})
    def get(self, request: Request, name: str) -> Response:
        """What draining the host would move, and what it would leave; while it is drained, how far that is."""
        require_platform(request.user, Verb.HOST_CORDON)
        return Response(DrainingSerializer(draining_json(look(find_host(request, name)))).data)

    @operation("drainHost", {202: DrainingSerializer}, problems=[412, 422], parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @idempotent
    def post(self, request: Request, name: str) -> Response:
        """Begin; `uncordon` or `cordon` ends it where it is."""
        user, host = require_platform(request.user, Verb.HOST_CORDON), find_host(request, name)
        seen, total = expected_generation(request), len(look(host).moves)
        drained = hosts_actions.drain(host, actor=actor_of(user), expected_generation=seen, total=total)
        answer = Response(DrainingSerializer(draining_json(look(drained))).data, status=status.HTTP_202_ACCEPTED)
        return with_etag(answer, drained.generation)


class Loops(APIView):
    """The last run of every loop."""

    @operation("listLoops", {200: LoopRunSerializer(many=True)})
    def get(self, request: Request) -> Response:
        require_platform(request.user, Verb.PLATFORM_SEE)
        latest = LoopRun.objects.order_by("name", "-id").distinct("name")
        return Response(LoopRunSerializer(latest, many=True).data)


class Platform(APIView):
    """Orchestra itself: its processes, who leads, which agent speaks for which hosts, its database and versions."""

    @operation("getPlatform", {200: PlatformSerializer})
    def get(self, request: Request) -> Response:
        require_platform(request.user, Verb.PLATFORM_SEE)
        return Response(PlatformSerializer(platform_json()).data)


class Brakes(APIView):
    """Where Orchestra stopped itself from stopping more containers that nobody asked to stop; newest first.

    Whoever sees the hosts sees that a brake holds; what was counted on it is told to platform admins.
    """

    @operation("listBrakes", {200: BrakePageSerializer}, parameters=[ON, CURSOR, LIMIT])
    def get(self, request: Request) -> Response:
        full, found, pages = is_admin(request.user), _visible_brakes(request), Cursor()
        rows = pages.paginate_queryset(found.filter(released_at=None) if flag(request, "on") else found, request) or []
        shown = [brake_json(row, full=full) for row in rows]
        return pages.get_paginated_response(BrakeSerializer(shown, many=True).data)


def _visible_brakes(request: Request) -> QuerySet[Brake]:
    """All for whoever belongs to any project; none for a stranger to all of them."""
    user, found = require_person(request.user), Brake.objects.select_related("host")
    return found if is_admin(user) or project_ids_of(user) else found.none()


class BrakeRelease(APIView):
    @operation("releaseBrake", {200: BrakeSerializer}, problems=[409, 422], parameters=[IDEMPOTENCY_KEY])
    @idempotent
    def post(self, request: Request, brake: int) -> Response:
        """What was held back goes on; as much as before may be stopped until the brake holds again."""
        user = require_platform(request.user, Verb.BRAKE_RELEASE)
        found = Brake.objects.select_related("host").filter(pk=brake).first()
        if found is None:
            raise Http404(f"no brake {brake}")
        released = brakes.release(found, actor=actor_of(user))
        return Response(BrakeSerializer(brake_json(released, full=True)).data)


class LoopRuns(APIView):
    """The last runs of one loop, newest first."""

    @operation("listLoopRuns", {200: LoopRunSerializer(many=True)})
    def get(self, request: Request, name: str) -> Response:
        require_platform(request.user, Verb.PLATFORM_SEE)
        runs = LoopRun.objects.filter(name=name).order_by("-id")[:RUNS_SHOWN]
        return Response(LoopRunSerializer(runs, many=True).data)
