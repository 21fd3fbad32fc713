"""The HTTP face of containers: run, list, see, attempts, logs, events; stop, restart, remove.

Before: urls.py; the scoped loader gives the project, queries.py the container within it. After: actions.py does it.
"""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from containers import actions, dead_host
from containers.logs import MOST_LINES, read_logs
from containers.models import Container
from containers.queries import attempts_of, containers_of, current_of, filtered, find_container, measured_ids
from containers.serializers import (
    SPEC_REF,
    CheckedSerializer,
    ContainerPageSerializer,
    ContainerSerializer,
    FollowingSerializer,
    LogsSerializer,
    MarkDeadSerializer,
    StopSerializer,
    container_json,
)
from containers.spec import dump
from core.accounts.actions import actor_of
from core.accounts.models import cluster_id
from core.accounts.permissions import project_for, require_person, require_platform
from core.accounts.roles import Verb
from core.api.bodies import checked
from core.api.idempotency import idempotent, key_of
from core.api.ifmatch import expected_generation, with_etag
from core.api.pagination import CURSOR, LIMIT, NewestFirst
from core.api.query import flag, whole
from core.api.schema import IDEMPOTENCY_KEY, IF_MATCH, operation
from core.events.shapes import EventPageSerializer
from core.events.views import BEFORE, events_page
from core.lib.problems import field_problem
from hosts.connect import answers
from hosts.metrics import container_history
from hosts.models import Host
from hosts.serializers import UsageHistorySerializer
from hosts.views import MINUTES, find_host, window_s

FILTERS = [
    OpenApiParameter("status", OpenApiTypes.STR, description="one or several of the statuses, with commas between"),
    OpenApiParameter("host", OpenApiTypes.STR, description="a host's name"),
    OpenApiParameter("q", OpenApiTypes.STR, description="a text in the name or the image"),
    OpenApiParameter("all", OpenApiTypes.BOOL, description="1: also earlier attempts and what was removed"),
]
TAIL = OpenApiParameter(
    "tail",
    {"type": "integer", "minimum": 1, "maximum": MOST_LINES},
    description=f"lines, at most {MOST_LINES}; default 200",
)
TIMESTAMPS = OpenApiParameter("timestamps", OpenApiTypes.BOOL, description="0: leave `at` empty")
PREVIEW = OpenApiParameter("preview", OpenApiTypes.BOOL, description="1: say what follows, change nothing")
ON_VERB = [IDEMPOTENCY_KEY, IF_MATCH]


def answer(container: Container, *, status: int = 200) -> Response:
    return with_etag(Response(ContainerSerializer(container_json(container)).data, status=status), container.generation)


class Containers(APIView):
    @operation("listContainers", {200: ContainerPageSerializer}, problems=[400], parameters=[*FILTERS, CURSOR, LIMIT])
    def get(self, request: Request, project: str) -> Response:
        owner = project_for(request.user, project, Verb.CONTAINER_SEE)
        asked = request.query_params
        found = containers_of(owner) if flag(request, "all") else current_of(owner)
        found = filtered(found, status=asked.get("status", ""), host=asked.get("host", ""), q=asked.get("q", ""))
        pages = NewestFirst()
        rows = pages.paginate_queryset(found, request, view=self) or []
        return pages.get_paginated_response(ContainerSerializer([container_json(r) for r in rows], many=True).data)

    @operation(
        "runContainer",
        {201: ContainerSerializer},
        body={"application/json": SPEC_REF},
        problems=[400, 409, 413, 422],
        parameters=[IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request, project: str) -> Response:
        owner = project_for(request.user, project, Verb.CONTAINER_RUN)
        made = actions.run(owner, request.data, actor=actor_of(require_person(request.user)))
        response = answer(find_container(owner, made.pk), status=status.HTTP_201_CREATED)
        response["Location"] = f"/api/v1/projects/{owner.name}/containers/{made.pk}"
        return response


class ContainerCheck(APIView):
    @operation(
        "checkContainer",
        {200: CheckedSerializer},
        body={"application/json": SPEC_REF},
        problems=[400, 409, 413],
    )
    def post(self, request: Request, project: str) -> Response:
        """Whether this spec would be taken now: the same problems as when it is run, and nothing is changed."""
        owner = project_for(request.user, project, Verb.CONTAINER_RUN)
        return Response(CheckedSerializer({"spec": dump(actions.check(owner, request.data))}).data)


class ContainerOne(APIView):
    @operation("getContainer", {200: ContainerSerializer})
    def get(self, request: Request, project: str, container: UUID) -> Response:
        return answer(find_container(project_for(request.user, project, Verb.CONTAINER_SEE), container))


class ContainerAttempts(APIView):
    @operation("listAttempts", {200: ContainerSerializer(many=True)})
    def get(self, request: Request, project: str, container: UUID) -> Response:
        found = find_container(project_for(request.user, project, Verb.CONTAINER_SEE), container)
        rows = [container_json(row) for row in attempts_of(found)[:100]]
        return Response(ContainerSerializer(rows, many=True).data)


class ContainerLogs(APIView):
    @operation("getContainerLogs", {200: LogsSerializer}, problems=[400, 503], parameters=[TAIL, TIMESTAMPS])
    def get(self, request: Request, project: str, container: UUID) -> Response:
        found = find_container(project_for(request.user, project, Verb.CONTAINER_LOGS), container)
        with_times = flag(request, "timestamps", default=True)
        logs = read_logs(found, tail=whole(request, "tail", default=200, least=1, most=MOST_LINES))
        lines = [{"stream": one.stream, "at": one.at if with_times else None, "text": one.text} for one in logs.lines]
        return Response(LogsSerializer({"lines": lines, "complete": logs.complete}).data)


class ContainerEvents(APIView):
    @operation("listContainerEvents", {200: EventPageSerializer}, problems=[400], parameters=[BEFORE, LIMIT])
    def get(self, request: Request, project: str, container: UUID) -> Response:
        owner = project_for(request.user, project, Verb.CONTAINER_SEE)
        found = find_container(owner, container)
        ids = [str(pk) for pk in attempts_of(found).values_list("pk", flat=True)[:100]]
        return events_page(request, {owner.pk: owner.name}, object_kind="container", object_ids=ids)


class ContainerUsage(APIView):
    @operation("getContainerUsage", {200: UsageHistorySerializer}, problems=[400], parameters=[MINUTES])
    def get(self, request: Request, project: str, container: UUID) -> Response:
        found = find_container(project_for(request.user, project, Verb.CONTAINER_SEE), container)
        points = container_history(measured_ids(found, container), window_s=window_s(request))
        return Response(UsageHistorySerializer({"points": points}).data)


def told(act: Callable[..., Container], request: Request, project: str, container: UUID, *, verb: Verb) -> Response:
    """Say a verb to a container: it is a wish, and what answers is the container with it."""
    found = find_container(project_for(request.user, project, verb), container)
    actor, seen = actor_of(require_person(request.user)), expected_generation(request)
    return answer(act(found, actor=actor, expected_generation=seen), status=status.HTTP_202_ACCEPTED)


class ContainerStop(APIView):
    @operation(
        "stopContainer",
        {202: ContainerSerializer},
        body=StopSerializer,
        problems=[400, 409, 412, 422],
        parameters=ON_VERB,
    )
    @idempotent
    def post(self, request: Request, project: str, container: UUID) -> Response:
        delay_s = checked(StopSerializer, request)["delay_s"]
        act = partial(actions.stop, delay_s=delay_s)
        return told(act, request, project, container, verb=Verb.CONTAINER_STOP)


class ContainerKeep(APIView):
    @operation("keepContainer", {202: ContainerSerializer}, problems=[409, 412, 422], parameters=ON_VERB)
    @idempotent
    def post(self, request: Request, project: str, container: UUID) -> Response:
        """Take back a stop that is held (`stop_at`)."""
        return told(actions.keep_running, request, project, container, verb=Verb.CONTAINER_STOP)


class ContainerRestart(APIView):
    @operation("restartContainer", {202: ContainerSerializer}, problems=[409, 412, 422], parameters=ON_VERB)
    @idempotent
    def post(self, request: Request, project: str, container: UUID) -> Response:
        return told(actions.restart, request, project, container, verb=Verb.CONTAINER_RESTART)


class ContainerRemove(APIView):
    @operation("removeContainer", {202: ContainerSerializer}, problems=[409, 412, 422], parameters=ON_VERB)
    @idempotent
    def post(self, request: Request, project: str, container: UUID) -> Response:
        return told(actions.remove, request, project, container, verb=Verb.CONTAINER_REMOVE)


class HostMarkDead(APIView):
    @operation("previewMarkHostDead", {200: FollowingSerializer}, parameters=[PREVIEW])
    def get(self, request: Request, name: str) -> Response:
        """Always a preview: a GET changes nothing, whatever the parameter says."""
        require_platform(request.user, Verb.HOST_MARK_DEAD)
        flag(request, "preview")
        host = find_host(request, name)
        return _followed(dead_host.preview(host, answers=answers(host, cluster=cluster_id())), done=False)

    @operation(
        "markHostDead",
        {200: FollowingSerializer},
        body=MarkDeadSerializer,
        problems=[400, 409, 422],
        parameters=[PREVIEW, IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, name: str) -> Response:
        require_platform(request.user, Verb.HOST_MARK_DEAD)
        host = find_host(request, name)
        key_of(request)  # what is malformed is refused before anything is asked
        confirm = checked(MarkDeadSerializer, request)["confirm"]
        if flag(request, "preview"):
            return _followed(dead_host.preview(host, answers=answers(host, cluster=cluster_id())), done=False)
        if confirm != host.name:
            raise field_problem("/confirm", "not-confirmed", f"say the host's name again: {host.name}")
        return self._mark(request, host, answers=answers(host, cluster=cluster_id()))

    @idempotent
    def _mark(self, request: Request, host: Host, *, answers: bool) -> Response:
        """In the transaction of its key; the engine was asked before it, because that takes long."""
        actor = actor_of(require_person(request.user))
        return _followed(dead_host.mark_dead(host, answers=answers, actor=actor), done=True)


def _followed(following: dead_host.Following, *, done: bool) -> Response:
    return Response(FollowingSerializer(dead_host.following_json(following, done=done)).data)
