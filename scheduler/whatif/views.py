"""The HTTP face of what-if: for whoever sees the hosts; about a service, for whoever sees that.

Before: urls.py. After: read.py has the fleet, forecast reckons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from containers.models import Service
from containers.service_queries import services_of
from core.accounts.models import Project
from core.accounts.permissions import is_admin, project_for, project_ids_of, require_person
from core.accounts.roles import Verb
from core.api.bodies import checked
from core.api.query import whole
from core.api.schema import operation
from core.lib.problems import Problem, field_problem
from hosts.models import Host
from hosts.taints import parse_taint
from scheduler import placement
from scheduler.forecast.loss import Loss
from scheduler.forecast.more import NewHost, hosts_needed, how_many_fit
from scheduler.known_hosts import ARCHITECTURES
from scheduler.plans.suppose import HostSupposedSerializer, room_of
from scheduler.plans.verbs import may_see_hosts
from scheduler.whatif.placing import simulate, spec_of
from scheduler.whatif.read import KEPT, shape_of, shape_of_spec
from scheduler.whatif.serializers import (
    FitsSerializer,
    HostLossSerializer,
    HostsNeededSerializer,
    SimulatedSerializer,
    SimulationSerializer,
)

SHOWN = 20
MOST_MORE = 10_000
LABEL = OpenApiParameter("label", OpenApiTypes.STR, description="all hosts with one value of this label at once")
PROJECT = OpenApiParameter("project", OpenApiTypes.STR, description="whose service")
SERVICE = OpenApiParameter("service", OpenApiTypes.STR, description="a service, by its name")
MORE = OpenApiParameter(
    "more",
    {"type": "integer", "minimum": 1, "maximum": MOST_MORE},
    description="so many more of the service; without a service: what waits now",
)
LIKE = OpenApiParameter("like", OpenApiTypes.STR, description="a host whose room, labels and taints they have")
CPU = OpenApiParameter("cpu", OpenApiTypes.STR, description='cores for containers, like "7.5"')
MEMORY = OpenApiParameter("memory", OpenApiTypes.STR, description='for containers, like "31g"')
LABELS = OpenApiParameter("labels", OpenApiTypes.STR, description="of such a host, like zone=a,disk=ssd")


class HostLoss(APIView):
    @operation("whatIfHostLoss", {200: HostLossSerializer}, problems=[400], parameters=[LABEL])
    def get(self, request: Request) -> Response:
        """Does everything still fit if any one host is lost, or all hosts with one value of a label?"""
        _may_look(request)
        label = request.query_params.get("label", "")
        standing, found = KEPT.losses(label)
        if label and not found:
            raise Problem(400, "query-invalid", f"no host has the label {label[:60]!r}; name one that some hosts have")
        failing = [one for one in found if one.unplaced]
        answer = {
            "at": standing.at,
            "label": label or None,
            "fits": not failing,
            "asked": len(found),
            "failing": len(failing),
            "summary": summary(found, failing, label),
            "worst": [_loss(one, full=is_admin(request.user)) for one in found[:SHOWN]],
        }
        return Response(HostLossSerializer(answer).data)


def summary(found: Sequence[Loss], failing: Sequence[Loss], label: str) -> str:
    """For example "1 of 3 hosts cannot be lost: after h2 2 containers find no host"."""
    what = f"values of {label}" if label else "hosts"
    if not found:
        return "there is no host yet"
    if not failing:
        return f"everything fits whichever of {len(found)} {what} is lost"
    worst = failing[0]
    left = "1 container finds" if worst.unplaced == 1 else f"{worst.unplaced} containers find"
    return f"{len(failing)} of {len(found)} {what} cannot be lost: after {worst.name} {left} no host"


def _loss(one: Loss, *, full: bool) -> dict[str, Any]:
    reasons = [{"count": count, "why": why if full else ""} for count, why in one.why]
    return {**{name: getattr(one, name) for name in ("name", "hosts", "moves", "ends", "unplaced")}, "reasons": reasons}


class MoreFits(APIView):
    @operation("whatIfFits", {200: FitsSerializer}, problems=[400, 409], parameters=[PROJECT, SERVICE])
    def get(self, request: Request) -> Response:
        """How many more containers of this service fit now?"""
        service = _service(request)
        if service.mode == "global":
            words = f"{service.name} has one container on each host that it fits; add a host for one more"
            raise Problem(409, "is-global", words)
        shape, fleet = _shape(service)
        found = how_many_fit(shape, fleet)
        most = sorted(found.hosts.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]
        hosts = [{"host": host, "more": more} for host, more in most]
        answer = {"service": service.name, **found._asdict(), "why": found.then, "hosts": hosts}
        return Response(FitsSerializer(answer).data)


class Simulated(APIView):
    @operation("whatIfPlacement", {200: SimulatedSerializer}, body=SimulationSerializer, problems=[400, 409, 413])
    def post(self, request: Request) -> Response:
        """Where would so many containers go, and what of them finds no host and why? Nothing is made or changed."""
        given = checked(SimulationSerializer, request)
        project = project_for(request.user, given["project"], Verb.SERVICE_SEE)
        count, (shape, fleet) = given["count"], _simulated(given, project)
        needed = None
        if "host" in given:
            wishes = [placement.Request(shape, tuple(map(str, range(count))))]
            needed = {"containers": count, **hosts_needed(wishes, fleet, _supposed(given["host"]))._asdict()}
        seen = project_ids_of(request.user)
        answer = {**simulate(shape, fleet, count=count, project=project, seen=seen), "needed": needed}
        return Response(SimulatedSerializer(answer).data)


def _simulated(given: Mapping[str, Any], project: Project) -> tuple[placement.Shape, placement.Fleet]:
    if ("container" in given) == ("service" in given):
        raise field_problem("/container", "required", "say what they are like: container (a spec), or service")
    if "service" in given:
        return _shape(_service_of(project, given["service"]))
    if not isinstance(given["container"], dict):
        raise field_problem("/container", "type", 'container is a spec, like {"resources": {"cpu": "2"}}')
    spec = spec_of(given["container"])
    try:
        return shape_of_spec(spec, project)
    except ValueError as error:
        raise field_problem("/container/placement_policy", "unknown", str(error)) from error


class HostsNeeded(APIView):
    @operation(
        "whatIfHosts",
        {200: HostsNeededSerializer},
        problems=[400, 409],
        parameters=[LIKE, CPU, MEMORY, LABELS, PROJECT, SERVICE, MORE],
    )
    def get(self, request: Request) -> Response:
        """How many hosts of this shape are needed for what waits, or for so many more of a service?"""
        _may_look(request)
        new = _new_host(request)
        if "service" in request.query_params:
            count = whole(request, "more", default=1, least=1, most=MOST_MORE)
            shape, fleet = _shape(_service(request))
            wishes = [placement.Request(shape, tuple(str(number) for number in range(count)))]
        else:
            standing = KEPT.standing()
            fleet, wishes = standing.fleet, list(standing.waiting)
        found = hosts_needed(wishes, fleet, new)
        count = sum(len(one.containers) for one in wishes)
        return Response(HostsNeededSerializer({"containers": count, **found._asdict()}).data)


def _may_look(request: Request) -> None:
    if not may_see_hosts(require_person(request.user)):
        raise Problem(403, "forbidden", "this is for whoever sees the hosts: members of any project")


def _service(request: Request) -> Service:
    project = project_for(request.user, request.query_params.get("project", "default"), Verb.SERVICE_SEE)
    return _service_of(project, request.query_params.get("service", ""))


def _service_of(project: Project, name: str) -> Service:
    found = services_of(project).filter(name=name).first()
    if found is None:
        raise Http404(f"no service {name!r}; name one with ?project=&service=")
    return found


def _shape(service: Service) -> tuple[placement.Shape, placement.Fleet]:
    try:
        return shape_of(service)
    except ValueError as error:
        raise Problem(409, "spec-unreadable", f"{service.name}: {error}") from error


def _new_host(request: Request) -> NewHost:
    given: dict[str, Any] = {
        name: request.query_params[name] for name in ("like", "cpu", "memory") if name in request.query_params
    }
    pairs = [one.partition("=") for one in request.query_params.get("labels", "").split(",") if one]
    if pairs:
        given["labels"] = {key: value for key, _, value in pairs}
    serializer = HostSupposedSerializer(data=given)
    serializer.is_valid(raise_exception=True)
    return _new(dict(serializer.validated_data))


def _supposed(values: dict[str, Any]) -> NewHost:
    """What is wrong with it is told at its place in the body."""
    try:
        return _new(values)
    except Problem as error:
        errors = [replace(one, pointer=f"/host{one.pointer}") for one in error.errors]
        raise Problem(error.status, error.code, error.detail, errors=errors) from error


def _new(values: dict[str, Any]) -> NewHost:
    room = room_of(values, visible=Host.objects.all())
    return NewHost(
        cpu_millis=room["cpu_millis"],
        memory_bytes=room["memory_bytes"],
        labels=room["labels"],
        taints=tuple(taint for text in room["taints"] if (taint := parse_taint(text)) is not None),
        resources=room["resources"],
        architecture=ARCHITECTURES.get(room["architecture"], room["architecture"]),
    )
