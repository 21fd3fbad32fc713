"""The HTTP face of a project's registries: list, save, test, remove. A password goes in and never comes out.

Before: urls.py; the scoped loader gives the project. After: registries.py. The registry is asked before the request's
transaction begins, because it may take seconds; what it said counts inside, so that a repeated request has one answer.
"""

from django.http import Http404
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from containers import registries
from containers.models import Registry
from containers.registries import Login, Trial
from containers.serializers import RegistryNewSerializer, RegistrySerializer
from core.accounts.actions import actor_of
from core.accounts.models import Project
from core.accounts.permissions import project_for, require_person
from core.accounts.roles import Verb
from core.api.bodies import checked
from core.api.idempotency import idempotent
from core.api.ifmatch import expected_generation, with_etag
from core.api.schema import IDEMPOTENCY_KEY, IF_MATCH, operation


class Registries(APIView):
    @operation("listRegistries", {200: RegistrySerializer(many=True)})
    def get(self, request: Request, project: str) -> Response:
        owner = project_for(request.user, project, Verb.REGISTRY_SEE)
        return Response(RegistrySerializer(owner.registries.order_by("host"), many=True).data)

    @operation(
        "saveRegistry",
        {200: RegistrySerializer, 201: RegistrySerializer},
        body=RegistryNewSerializer,
        problems=[400, 409, 422],
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, project: str) -> Response:
        """Create or replace the credentials for a host. Refused when its registry refuses them, unless `force`."""
        owner, asked = project_for(request.user, project, Verb.REGISTRY_CHANGE), checked(RegistryNewSerializer, request)
        login = registries.checked_login(asked["host"], asked["username"], asked["password"])
        return self._save(request, owner, login, registries.tried(login), force=asked["force"])

    @idempotent
    def _save(self, request: Request, owner: Project, login: Login, trial: Trial, *, force: bool) -> Response:
        actor = actor_of(require_person(request.user))
        saved, new = registries.save(owner, login, trial, actor=actor, force=force)
        answer = _answer(saved, status=status.HTTP_201_CREATED if new else status.HTTP_200_OK)
        answer["Location"] = f"/api/v1/projects/{owner.name}/registries/{saved.pk}"
        return answer


class RegistryOne(APIView):
    @operation("getRegistry", {200: RegistrySerializer})
    def get(self, request: Request, project: str, registry_id: int) -> Response:
        return _answer(_registry(project_for(request.user, project, Verb.REGISTRY_SEE), registry_id))

    @operation("removeRegistry", {204: None}, problems=[412], parameters=[IF_MATCH])
    def delete(self, request: Request, project: str, registry_id: int) -> Response:
        found = _registry(project_for(request.user, project, Verb.REGISTRY_CHANGE), registry_id)
        actor, seen = actor_of(require_person(request.user)), expected_generation(request)
        registries.remove(found, actor=actor, expected_generation=seen)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RegistryTest(APIView):
    @operation("testRegistry", {200: RegistrySerializer}, problems=[409, 422], parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, project: str, registry_id: int) -> Response:
        """Ask the registry with the kept credentials; the answer stands in test_ok and test_message."""
        found = _registry(project_for(request.user, project, Verb.REGISTRY_CHANGE), registry_id)
        return self._keep(request, found, registries.tried_again(found))

    @idempotent
    def _keep(self, request: Request, found: Registry, trial: Trial) -> Response:
        return _answer(registries.keep_trial(found, trial, actor=actor_of(require_person(request.user))))


def _registry(project: Project, registry_id: int) -> Registry:
    found = project.registries.filter(pk=registry_id).first()
    if found is None:
        raise Http404(f"no registry {registry_id}")
    return found


def _answer(row: Registry, *, status: int = status.HTTP_200_OK) -> Response:
    return with_etag(Response(RegistrySerializer(row).data, status=status), row.generation)
