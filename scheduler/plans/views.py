"""The HTTP face of plans: made by whoever may make its changes, read and applied by its maker and platform admins.

Before: urls.py. After: actions.py tries the changes out, or carries them out.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.accounts.permissions import is_admin, project_names_of, require_person
from core.api.bodies import checked
from core.api.idempotency import idempotent
from core.api.schema import IDEMPOTENCY_KEY, operation
from scheduler.models import Plan
from scheduler.plans import actions
from scheduler.plans.seen import differences
from scheduler.plans.serializers import PlanNewSerializer, PlanSerializer, plan_json


class Plans(APIView):
    @operation(
        "makePlan",
        {201: PlanSerializer},
        body=PlanNewSerializer,
        problems=[400, 409, 412, 422],
        parameters=[IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """What these changes would bring. You can plan what you may do; what would be refused is refused here."""
        user = require_person(request.user)
        made = actions.make(user, checked(PlanNewSerializer, request)["changes"])
        made.refresh_from_db()
        answer = _answer(request, made, status=status.HTTP_201_CREATED)
        answer["Location"] = f"/api/v1/plans/{made.pk}"
        return answer


class PlanOne(APIView):
    @operation("getPlan", {200: PlanSerializer})
    def get(self, request: Request, plan: UUID) -> Response:
        return _answer(request, find_plan(request, plan))


class PlanApply(APIView):
    @operation("applyPlan", {202: PlanSerializer}, problems=[400, 409, 412, 422], parameters=[IDEMPOTENCY_KEY])
    @idempotent
    def post(self, request: Request, plan: UUID) -> Response:
        """Carry its changes out by the same actions as ever; 409 names what has changed since it was made."""
        found = find_plan(request, plan)
        actions.apply(found, require_person(request.user))
        return _answer(request, found, status=status.HTTP_202_ACCEPTED)


def find_plan(request: Request, key: UUID) -> Plan:
    """One's own, the scheduler's for one's project, or anybody's for a platform admin; a token sees none that touches
    a project it is not for."""
    user = require_person(request.user)
    found = Plan.objects.filter(pk=key).first()
    names = set(project_names_of(user).values())
    if found is None or not (found.user_id in (None, user.pk) or is_admin(user)) or not _within(found.changes, names):
        raise Http404(f"no plan {key}")
    return found


def _within(changes: list[Mapping[str, Any]], projects: set[str]) -> bool:
    return all(one["project"] in projects for one in changes if "project" in one)


def _answer(request: Request, plan: Plan, *, status: int = 200) -> Response:
    stale = [] if plan.applied_at else [words for _, words in differences(plan.seen)]
    row = plan_json(plan, projects=project_names_of(request.user), stale=stale)
    return Response(PlanSerializer(row).data, status=status)
