"""The HTTP face of services: create, list, see, change; the verbs; revisions, roll-outs, containers and endpoints.

Before: urls.py; the scoped loader gives the project, service_queries.py the service within it. After:
service_actions.py writes the wish, and what answers is the service with it.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from containers import service_actions as actions
from containers.endpoints import read_endpoints
from containers.models import Revision, Service
from containers.queries import find_container
from containers.serializers import ContainerSerializer, container_json
from containers.service_queries import (
    REVISIONS_SHOWN,
    containers_of_service,
    filtered_services,
    find_service,
    object_ids_of,
    rollouts_of,
    see,
    seen,
    services_of,
)
from containers.service_serializers import (
    SERVICE_SPEC_REF,
    EndpointsSerializer,
    RevisionDiffSerializer,
    RevisionSerializer,
    RollBackSerializer,
    RolloutSerializer,
    ScaleSerializer,
    ServiceCheckedSerializer,
    ServicePageSerializer,
    ServiceSerializer,
    ServiceUsageSerializer,
    revision_json,
    rollout_json,
    service_json,
)
from containers.service_usage import service_history
from containers.spec import dump_service, of_service
from containers.spec.diff import differences
from containers.views import answer as container_answer
from core.accounts.actions import actor_of
from core.accounts.permissions import project_for, require_person
from core.accounts.roles import Verb
from core.api.bodies import checked
from core.api.idempotency import idempotent
from core.api.ifmatch import expected_generation, with_etag
from core.api.pagination import CURSOR, LIMIT, ByName
from core.api.query import whole
from core.api.schema import IDEMPOTENCY_KEY, IF_MATCH, operation
from core.events.shapes import EventPageSerializer
from core.events.views import BEFORE, events_page
from core.lib.problems import Problem
from hosts.views import MINUTES, window_s

Q = OpenApiParameter("q", OpenApiTypes.STR, description="a text in the name or the image")
NUMBER = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
FROM = OpenApiParameter("from", NUMBER, required=True, description="a revision's number")
TO = OpenApiParameter("to", NUMBER, required=True, description="another one's")
PORT = OpenApiParameter("port", {"type": "integer", "minimum": 1, "maximum": 65535}, description="a container port")
SPEC = {"application/json": SERVICE_SPEC_REF}
TOLD = {202: ServiceSerializer}
ON_VERB = [IDEMPOTENCY_KEY, IF_MATCH]
REFUSED = [409, 412, 422]


def answer(service: Service, *, status: int = 200) -> Response:
    return with_etag(Response(ServiceSerializer(service_json(see(service))).data, status=status), service.generation)


def told(act: Callable[..., Service], request: Request, project: str, service: UUID, *, verb: Verb) -> Response:
    """Say a verb to a service: it is a wish, and what answers is the service with it."""
    found = find_service(project_for(request.user, project, verb), service)
    actor, seen_by = actor_of(require_person(request.user)), expected_generation(request)
    return answer(act(found, actor=actor, expected_generation=seen_by), status=status.HTTP_202_ACCEPTED)


def visible(request: Request, project: str, service: UUID) -> Service:
    return find_service(project_for(request.user, project, Verb.SERVICE_SEE), service)


class Services(APIView):
    @operation("listServices", {200: ServicePageSerializer}, problems=[400], parameters=[Q, CURSOR, LIMIT])
    def get(self, request: Request, project: str) -> Response:
        owner = project_for(request.user, project, Verb.SERVICE_SEE)
        found = filtered_services(services_of(owner), q=request.query_params.get("q", ""))
        pages = ByName()
        rows = seen(pages.paginate_queryset(found, request, view=self) or [])
        return pages.get_paginated_response(ServiceSerializer([service_json(one) for one in rows], many=True).data)

    @operation(
        "createService",
        {201: ServiceSerializer},
        body=SPEC,
        problems=[400, 409, 413, 422],
        parameters=[IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request, project: str) -> Response:
        owner = project_for(request.user, project, Verb.SERVICE_CREATE)
        made = actions.create(owner, request.data, actor=actor_of(require_person(request.user)))
        response = answer(made, status=status.HTTP_201_CREATED)
        response["Location"] = f"/api/v1/projects/{owner.name}/services/{made.pk}"
        return response


class ServiceCheck(APIView):
    @operation("checkService", {200: ServiceCheckedSerializer}, body=SPEC, problems=[400, 409, 413])
    def post(self, request: Request, project: str) -> Response:
        """Whether this spec would be taken now: the same problems as when it is created, and nothing is changed."""
        owner = project_for(request.user, project, Verb.SERVICE_CREATE)
        return Response(ServiceCheckedSerializer({"spec": dump_service(actions.check(owner, request.data))}).data)


class ServiceOne(APIView):
    @operation("getService", {200: ServiceSerializer})
    def get(self, request: Request, project: str, service: UUID) -> Response:
        return answer(visible(request, project, service))

    @operation("updateService", TOLD, body=SPEC, problems=[400, 409, 412, 413], parameters=[IF_MATCH])
    def put(self, request: Request, project: str, service: UUID) -> Response:
        """All of it as it shall be: another container makes a revision and a roll-out, the same one none."""

        def act(found: Service, **by: Any) -> Service:
            return actions.update(found, request.data, **by)

        return told(act, request, project, service, verb=Verb.SERVICE_UPDATE)


class ServiceScale(APIView):
    @operation("scaleService", TOLD, body=ScaleSerializer, problems=[400, *REFUSED], parameters=ON_VERB)
    @idempotent
    def post(self, request: Request, project: str, service: UUID) -> Response:
        replicas = checked(ScaleSerializer, request)["replicas"]

        def act(found: Service, **by: Any) -> Service:
            return actions.scale(found, replicas, **by)

        return told(act, request, project, service, verb=Verb.SERVICE_SCALE)


class ServiceRollBack(APIView):
    @operation("rollBackService", TOLD, body=RollBackSerializer, problems=[400, *REFUSED], parameters=ON_VERB)
    @idempotent
    def post(self, request: Request, project: str, service: UUID) -> Response:
        number = checked(RollBackSerializer, request)["revision"]

        def act(found: Service, **by: Any) -> Service:
            return actions.roll_back(found, number, **by)

        return told(act, request, project, service, verb=Verb.SERVICE_ROLL_BACK)


def _said(name: str, act: Callable[..., Service], verb: Verb, words: str) -> type[APIView]:
    """The view of a verb that needs no more than its name; `words` describe it in the API's documentation."""

    def post(self: APIView, request: Request, project: str, service: UUID) -> Response:
        return told(act, request, project, service, verb=verb)

    post.__doc__ = words
    annotate = operation(name, TOLD, problems=REFUSED, parameters=ON_VERB)
    return type(name[0].upper() + name[1:], (APIView,), {"post": annotate(idempotent(post)), "__module__": __name__})


ServiceRestart = _said(
    "restartService",
    actions.restart,
    Verb.SERVICE_RESTART,
    "Replace every container by one of the same revision, within the bounds of its updates.",
)
ServicePause = _said(
    "pauseService",
    actions.pause,
    Verb.SERVICE_PAUSE,
    "Replace nothing for now; what crashes is still started again.",
)
ServiceResume = _said(
    "resumeService",
    actions.resume,
    Verb.SERVICE_PAUSE,
    "Go on, also with a roll-out that a failure has paused.",
)
ServicePromote = _said(
    "promoteService",
    actions.promote,
    Verb.SERVICE_PROMOTE,
    "The first batch is good: go on with the rest.",
)
ServiceAbort = _said(
    "abortService",
    actions.abort,
    Verb.SERVICE_ABORT,
    "End the roll-out that is under way, and want what there was before it.",
)
ServiceRemove = _said(
    "removeService",
    actions.remove,
    Verb.SERVICE_REMOVE,
    "Stop and remove its containers, then the service; volumes stay.",
)


class ServiceRevisions(APIView):
    @operation("listServiceRevisions", {200: RevisionSerializer(many=True)})
    def get(self, request: Request, project: str, service: UUID) -> Response:
        found = visible(request, project, service)
        rows = [revision_json(row, current=found.revision) for row in found.revisions.all()[:REVISIONS_SHOWN]]
        return Response(RevisionSerializer(rows, many=True).data)


class ServiceRevisionDiff(APIView):
    @operation("diffServiceRevisions", {200: RevisionDiffSerializer}, problems=[400], parameters=[FROM, TO])
    def get(self, request: Request, project: str, service: UUID) -> Response:
        found = visible(request, project, service)
        before, after = (of_service(_revision(found, request, name).spec) for name in ("from", "to"))
        changes = [{"path": d.path, "from": d.before, "to": d.after} for d in differences(before, after)]
        return Response(RevisionDiffSerializer({"changes": changes}).data)


def _revision(service: Service, request: Request, name: str) -> Revision:
    number = whole(request, name, default=0, least=1, most=2**31 - 1)
    found = service.revisions.filter(number=number).first()
    if found is None:
        words = f"no revision {number}" if number else f"name a revision with ?{name}="
        raise Problem(400, "query-invalid", f"{words}; `revisions` lists those that {service.name} has")
    return found


class ServiceRollouts(APIView):
    @operation("listServiceRollouts", {200: RolloutSerializer(many=True)})
    def get(self, request: Request, project: str, service: UUID) -> Response:
        rows = [rollout_json(row, counts) for row, counts in rollouts_of(visible(request, project, service))]
        return Response(RolloutSerializer(rows, many=True).data)


class ServiceContainers(APIView):
    @operation("listServiceContainers", {200: ContainerSerializer(many=True)})
    def get(self, request: Request, project: str, service: UUID) -> Response:
        """The current container of each slot, and the one that is to follow it where there is one."""
        rows = [container_json(row) for row in containers_of_service(visible(request, project, service))]
        return Response(ContainerSerializer(rows, many=True).data)


class ServiceEvents(APIView):
    @operation("listServiceEvents", {200: EventPageSerializer}, problems=[400], parameters=[BEFORE, LIMIT])
    def get(self, request: Request, project: str, service: UUID) -> Response:
        """Of the service and of its newest thousand containers."""
        found = visible(request, project, service)
        return events_page(request, {found.project_id: found.project.name}, object_ids=object_ids_of(found))


class ServiceEndpoints(APIView):
    @operation("getServiceEndpoints", {200: EndpointsSerializer}, problems=[400], parameters=[PORT])
    def get(self, request: Request, project: str, service: UUID) -> Response:
        found = visible(request, project, service)
        port = whole(request, "port", default=0, least=1, most=65535) or None
        return Response(EndpointsSerializer(read_endpoints([found.pk])[found.pk].json(port=port)).data)


class ServiceUsage(APIView):
    @operation("getServiceUsage", {200: ServiceUsageSerializer}, problems=[400], parameters=[MINUTES])
    def get(self, request: Request, project: str, service: UUID) -> Response:
        """CPU and memory over time: of all of it, and of those of its slots that used the most."""
        used = service_history(visible(request, project, service).pk, window_s=window_s(request))
        return Response(ServiceUsageSerializer(used).data)


class ContainerReplace(APIView):
    @operation("replaceContainer", {202: ContainerSerializer}, problems=REFUSED, parameters=[IDEMPOTENCY_KEY])
    @idempotent
    def post(self, request: Request, project: str, container: UUID) -> Response:
        """Another container in the place of this one of a service, within the bounds of its updates."""
        found = find_container(project_for(request.user, project, Verb.CONTAINER_REPLACE), container)
        asked = actions.replace(found, actor=actor_of(require_person(request.user)))
        return container_answer(asked, status=status.HTTP_202_ACCEPTED)
