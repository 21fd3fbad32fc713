"""The HTTP face of what a project says about being rebalanced by itself: seen by its members, changed by its owners.

Before: urls.py. After: wishes.py keeps it, the loop of that name goes by it.
"""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.accounts.actions import actor_of
from core.accounts.permissions import project_for, require_person
from core.accounts.roles import Verb
from core.api.bodies import checked
from core.api.ifmatch import expected_generation, with_etag
from core.api.schema import IF_MATCH, operation
from scheduler.balance import wishes
from scheduler.balance.serializers import ProjectRebalanceChangesSerializer, ProjectRebalanceSerializer
from scheduler.models import ProjectRebalance


class ProjectRebalancing(APIView):
    """Off unless an owner has switched it on."""

    @operation("getProjectRebalance", {200: ProjectRebalanceSerializer})
    def get(self, request: Request, project: str) -> Response:
        return _answer(wishes.wish_of(project_for(request.user, project, Verb.PROJECT_SEE)))

    @operation(
        "changeProjectRebalance",
        {200: ProjectRebalanceSerializer},
        body=ProjectRebalanceChangesSerializer,
        problems=[400, 412],
        parameters=[IF_MATCH],
    )
    def patch(self, request: Request, project: str) -> Response:
        """Whether its containers are moved by themselves, how many at a time, and how often at most."""
        found = project_for(request.user, project, Verb.REBALANCE_CHANGE)
        given: Mapping[str, Any] = checked(ProjectRebalanceChangesSerializer, request)
        actor, seen = actor_of(require_person(request.user)), expected_generation(request)
        changes = wishes.Changes(**given)  # type: ignore[typeddict-item]
        return _answer(wishes.change(found, changes, actor=actor, expected_generation=seen))


def _answer(row: ProjectRebalance) -> Response:
    return with_etag(Response(ProjectRebalanceSerializer(row).data), row.generation)
