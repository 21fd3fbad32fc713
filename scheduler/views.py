"""The HTTP face of the scheduler: why a container is where it is or waits, how the loops run, and
which processes there are.

Before: urls.py; the scoped loader gives the project. After: decisions.py explains, platform.py looks.
"""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from containers.queries import find_container
from core.accounts.permissions import project_for, require_platform
from core.accounts.roles import Verb
from core.api.schema import operation
from scheduler.decisions import decision_json
from scheduler.models import LoopRun
from scheduler.platform import platform_json
from scheduler.serializers import DecisionSerializer, LoopRunSerializer, PlatformSerializer

RUNS_SHOWN = 100


class ContainerDecision(APIView):
    @operation("getDecision", {200: DecisionSerializer})
    def get(self, request: Request, project: str, container: UUID) -> Response:
        found = find_container(project_for(request.user, project, Verb.CONTAINER_SEE), container)
        return Response(DecisionSerializer(decision_json(found)).data)


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


class LoopRuns(APIView):
    """The last runs of one loop, newest first."""

    @operation("listLoopRuns", {200: LoopRunSerializer(many=True)})
    def get(self, request: Request, name: str) -> Response:
        require_platform(request.user, Verb.PLATFORM_SEE)
        runs = LoopRun.objects.filter(name=name).order_by("-id")[:RUNS_SHOWN]
        return Response(LoopRunSerializer(runs, many=True).data)
