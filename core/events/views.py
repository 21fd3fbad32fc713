"""The history over HTTP, newest first: of everything (admins), of the projects one belongs to, or of one object.

Before: urls.py. After: shapes.py. Events of the platform (hosts, people) are for admins only.
"""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.accounts.permissions import is_admin, project_for, project_names_of, require_person
from core.accounts.roles import Verb
from core.api.pagination import LIMIT
from core.api.query import whole
from core.api.schema import operation
from core.events.models import Event
from core.events.shapes import EventPageSerializer, EventSerializer, event_json

BEFORE = OpenApiParameter("before", OpenApiTypes.STR, description="an event's id: only older ones")
OBJECT = OpenApiParameter(
    "object", OpenApiTypes.STR, description="kind and id, such as host:3 or container:<uuid>; or an id alone"
)
PROJECT = OpenApiParameter("project", OpenApiTypes.STR, description="a project's name")
LARGEST_ID = 2**63 - 1


class Events(APIView):
    @operation("listEvents", {200: EventPageSerializer}, problems=[400], parameters=[OBJECT, PROJECT, BEFORE, LIMIT])
    def get(self, request: Request) -> Response:
        user = require_person(request.user)
        kind, _, object_id = request.query_params.get("object", "").rpartition(":")
        ids = [object_id[:64]] if object_id else None
        if name := request.query_params.get("project"):
            owner = project_for(user, name, Verb.EVENT_SEE)
            return events_page(request, {owner.pk: owner.name}, object_kind=kind, object_ids=ids)
        names = project_names_of(user)
        return events_page(request, names, object_kind=kind, object_ids=ids, everything=is_admin(user))


def events_page(
    request: Request,
    projects: Mapping[int, str],
    *,
    object_kind: str = "",
    object_ids: Sequence[str] | None = None,
    everything: bool = False,
) -> Response:
    """One page of the events of these projects (`everything`: and of the platform), older than ?before=."""
    limit = whole(request, "limit", default=100, least=1, most=1000)
    before = whole(request, "before", default=LARGEST_ID, least=0, most=LARGEST_ID)
    found: QuerySet[Event] = Event.objects.filter(pk__lt=before).order_by("-pk")
    if not everything:
        found = found.filter(project_id__in=list(projects))
    if object_kind:
        found = found.filter(object_kind=object_kind)
    if object_ids is not None:
        found = found.filter(object_id__in=object_ids)
    rows = list(found[: limit + 1])
    results = [event_json(one, projects) for one in rows[:limit]]
    older = _address(request, rows[limit - 1].pk) if len(rows) > limit else None
    return Response({"next": older, "previous": None, "results": EventSerializer(results, many=True).data})


def _address(request: Request, before: int) -> str:
    query = request.query_params.copy()
    query["before"] = str(before)
    return request.build_absolute_uri(f"?{query.urlencode()}")
