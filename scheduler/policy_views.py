"""The HTTP face of placement policies: everybody sees them, platform admins change them, a project's owner chooses one.

Before: urls.py. After: policies.py does it.
"""

from collections.abc import Sequence
from typing import Any

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.accounts.actions import actor_of
from core.accounts.permissions import is_admin, project_for, project_ids_of, require_person, require_platform
from core.accounts.roles import Verb
from core.api.bodies import checked
from core.api.idempotency import idempotent
from core.api.ifmatch import expected_generation, with_etag
from core.api.pagination import CURSOR, LIMIT, ByName
from core.api.schema import IDEMPOTENCY_KEY, IF_MATCH, operation
from scheduler import policies
from scheduler.models import PlacementPolicy
from scheduler.policy_users import users_of
from scheduler.serializers import (
    PolicyChangesSerializer,
    PolicyChoiceSerializer,
    PolicyNewSerializer,
    PolicyPageSerializer,
    PolicySerializer,
)


class PolicyList(APIView):
    """By name."""

    @operation("listPolicies", {200: PolicyPageSerializer}, parameters=[CURSOR, LIMIT])
    def get(self, request: Request) -> Response:
        require_person(request.user)
        pages = ByName()
        rows: Any = pages.paginate_queryset(policies.all_policies(), request)
        context = _users(request, [row.name for row in rows])
        return pages.get_paginated_response(PolicySerializer(rows, many=True, context=context).data)

    @operation(
        "createPolicy",
        {201: PolicySerializer},
        body=PolicyNewSerializer,
        problems=[400, 409, 422],
        parameters=[IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        user = require_platform(request.user, Verb.POLICY_CHANGE)
        given = checked(PolicyNewSerializer, request)
        made = policies.create(given.pop("name"), policies.Changes(**given), actor=actor_of(user))  # type: ignore[typeddict-item]
        answer = _answer(request, made, status=status.HTTP_201_CREATED)
        answer["Location"] = f"/api/v1/policies/{made.name}"
        return answer


class PolicyOne(APIView):
    @operation("getPolicy", {200: PolicySerializer})
    def get(self, request: Request, policy: str) -> Response:
        require_person(request.user)
        return _answer(request, policies.find(policy))

    @operation(
        "changePolicy",
        {200: PolicySerializer},
        body=PolicyChangesSerializer,
        problems=[400, 412],
        parameters=[IF_MATCH],
    )
    def patch(self, request: Request, policy: str) -> Response:
        """Holds for what is placed from now on; nothing that runs is moved."""
        user = require_platform(request.user, Verb.POLICY_CHANGE)
        changes = policies.Changes(**checked(PolicyChangesSerializer, request))  # type: ignore[typeddict-item]
        seen = expected_generation(request)
        return _answer(request, policies.update(policy, changes, actor=actor_of(user), expected_generation=seen))

    @operation("removePolicy", {204: None}, problems=[409, 412], parameters=[IF_MATCH])
    def delete(self, request: Request, policy: str) -> Response:
        user = require_platform(request.user, Verb.POLICY_CHANGE)
        policies.remove(policy, actor=actor_of(user), expected_generation=expected_generation(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ProjectPolicy(APIView):
    """The policy of those of the project's containers that name none."""

    @operation("getProjectPolicy", {200: PolicySerializer})
    def get(self, request: Request, project: str) -> Response:
        return _answer(request, policies.chosen(project_for(request.user, project, Verb.PROJECT_SEE)))

    @operation("chooseProjectPolicy", {200: PolicySerializer}, body=PolicyChoiceSerializer, problems=[400])
    def put(self, request: Request, project: str) -> Response:
        found = project_for(request.user, project, Verb.POLICY_CHOOSE)
        name = checked(PolicyChoiceSerializer, request)["policy"]
        return _answer(request, policies.choose(found, name, actor=actor_of(require_person(request.user))))


def _answer(request: Request, row: PlacementPolicy, *, status: int = 200) -> Response:
    data = PolicySerializer(row, context=_users(request, [row.name])).data
    return with_etag(Response(data, status=status), row.generation)


def _users(request: Request, names: Sequence[str]) -> dict[str, Any]:
    """What of the policies' users this person may read of."""
    seen = None if is_admin(request.user) else project_ids_of(request.user)
    return {"users": users_of(names, projects=seen)}
