"""The HTTP face of the demo: one POST that makes a small web page run in a project, or says what is missing for it.

Before: urls.py; the scoped loader gives the project. After: demo.py. Its image is provided before the request's
transaction begins, because an engine may take seconds over it.
"""

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from containers import demo
from containers.queries import find_container
from containers.serializers import ContainerSerializer
from containers.views import answer
from core.accounts.actions import actor_of
from core.accounts.models import Project
from core.accounts.permissions import project_for, require_person
from core.accounts.roles import Verb
from core.api.idempotency import idempotent
from core.api.schema import IDEMPOTENCY_KEY, operation


class Demo(APIView):
    @operation(
        "runDemo",
        {200: ContainerSerializer, 201: ContainerSerializer},
        problems=[409, 422],
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, project: str) -> Response:
        """Run the demo container; 200 when it is there already. 409 says what to do when its image cannot be made."""
        owner = project_for(request.user, project, Verb.CONTAINER_RUN)
        demo.provide_image(owner)
        return self._run(request, owner)

    @idempotent
    def _run(self, request: Request, owner: Project) -> Response:
        asked, is_new = demo.ask(owner, actor=actor_of(require_person(request.user)))
        found = find_container(owner, asked.slot_id)
        response = answer(found, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)
        response["Location"] = f"/api/v1/projects/{owner.name}/containers/{found.slot_id}"
        return response
