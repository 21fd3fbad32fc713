"""The HTTP face of accounts: who am I, log in and out, the first admin, tokens, projects and their members.

Before: urls.py. After: actions.py does it; serializers.py shows it.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404
from django.middleware.csrf import get_token
from django.utils import timezone
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.accounts import actions
from core.accounts.models import ApiToken, Membership, Project, User
from core.accounts.origin import address_of, refuse_foreign_origin
from core.accounts.permissions import is_admin, project_for, require_person, require_platform, roles_of
from core.accounts.roles import Role, Verb
from core.accounts.serializers import (
    FirstAdminSerializer,
    LoginSerializer,
    MemberRoleSerializer,
    MemberSerializer,
    MeSerializer,
    ProjectNewSerializer,
    ProjectSerializer,
    TokenMadeSerializer,
    TokenNewSerializer,
    TokenSerializer,
)
from core.api.bodies import checked
from core.api.idempotency import ShownOnce, idempotent
from core.api.schema import IDEMPOTENCY_KEY, operation

BACKEND = "django.contrib.auth.backends.ModelBackend"


def me_of(request: Request, user: User) -> dict[str, Any]:
    roles = [{"name": name, "role": role} for name, role in roles_of(user).items()]
    return {
        "username": user.username,
        "is_admin": is_admin(user),
        "projects": roles,
        "simulated": settings.SIMULATED,
        "csrf": get_token(request._request),
    }


class Me(APIView):
    permission_classes = [AllowAny]

    @operation("me", {200: MeSerializer})
    def get(self, request: Request) -> Response:
        get_token(request._request)  # also an anonymous browser gets its CSRF cookie here
        user = require_person(request.user)
        return Response(MeSerializer(me_of(request, user)).data)


class Login(APIView):
    permission_classes = [AllowAny]
    authentication_classes = []

    @operation("login", {200: MeSerializer}, body=LoginSerializer, problems=[400, 429])
    def post(self, request: Request) -> Response:
        refuse_foreign_origin(request._request)
        asked = checked(LoginSerializer, request)
        user = actions.check_password(asked["username"], asked["password"], address=address_of(request._request))
        login(request._request, user, backend=BACKEND)
        return Response(MeSerializer(me_of(request, user)).data)


class Logout(APIView):
    @operation("logout", {204: None})
    def post(self, request: Request) -> Response:
        logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class FirstAdmin(APIView):
    permission_classes = [AllowAny]
    authentication_classes = []

    @operation("firstAdmin", {201: MeSerializer}, body=FirstAdminSerializer, problems=[400, 409])
    def post(self, request: Request) -> Response:
        refuse_foreign_origin(request._request)
        asked = checked(FirstAdminSerializer, request)
        user = actions.make_first_admin(asked["token"], asked["username"], asked["password"])
        login(request._request, user, backend=BACKEND)
        return Response(MeSerializer(me_of(request, user)).data, status=status.HTTP_201_CREATED)


class Tokens(APIView):
    @operation("listTokens", {200: TokenSerializer(many=True)})
    def get(self, request: Request) -> Response:
        user = require_person(request.user)
        found = ApiToken.objects.filter(user=user).select_related("project")
        return Response(TokenSerializer(found, many=True).data)

    @operation(
        "createToken",
        {201: TokenMadeSerializer},
        body=TokenNewSerializer,
        problems=[400, 409, 422],
        parameters=[IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        user, asked = require_person(request.user), checked(TokenNewSerializer, request)
        project = project_for(user, asked["project"], Verb.PROJECT_SEE) if asked["project"] else None
        days = asked["expires_in_days"]
        token, text = actions.make_token(
            user,
            name=asked["name"],
            role=Role(asked["role"]),
            project=project,
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
        made = {**TokenSerializer(token).data, "token": text}
        return ShownOnce(made, fields=("token",), status=status.HTTP_201_CREATED)


class TokenOne(APIView):
    @operation("revokeToken", {204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        user = require_person(request.user)
        token = ApiToken.objects.filter(user=user, pk=token_id).first()
        if token is None:
            raise Http404("no such token of yours")
        actions.revoke_token(token, actor=user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Projects(APIView):
    @operation("listProjects", {200: ProjectSerializer(many=True)})
    def get(self, request: Request) -> Response:
        roles = roles_of(require_person(request.user))
        found = Project.objects.filter(name__in=roles).order_by("name")
        rows = [{"name": one.name, "role": roles[one.name], "created_at": one.created_at} for one in found]
        return Response(ProjectSerializer(rows, many=True).data)

    @operation(
        "createProject",
        {201: ProjectSerializer},
        body=ProjectNewSerializer,
        problems=[400, 409, 422],
        parameters=[IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        user = require_platform(request.user, Verb.PROJECT_CREATE)
        project = actions.make_project(checked(ProjectNewSerializer, request)["name"], actor=user)
        row = {"name": project.name, "role": Role.ADMIN, "created_at": project.created_at}
        return Response(ProjectSerializer(row).data, status=status.HTTP_201_CREATED)


class Members(APIView):
    @operation("listMembers", {200: MemberSerializer(many=True)})
    def get(self, request: Request, project: str) -> Response:
        owner = project_for(request.user, project, Verb.MEMBER_SEE)
        found = Membership.objects.filter(project=owner).select_related("user").order_by("user__username")
        return Response(MemberSerializer(found, many=True).data)


class MemberOne(APIView):
    @operation("setMember", {200: MemberSerializer}, body=MemberRoleSerializer, problems=[400])
    def put(self, request: Request, project: str, username: str) -> Response:
        owner = project_for(request.user, project, Verb.MEMBER_CHANGE)
        role = Role(checked(MemberRoleSerializer, request)["role"])
        found = actions.set_role(owner, _user(username), role, actor=require_person(request.user))
        return Response(MemberSerializer(found).data)

    @operation("removeMember", {204: None})
    def delete(self, request: Request, project: str, username: str) -> Response:
        owner = project_for(request.user, project, Verb.MEMBER_CHANGE)
        actions.remove_member(owner, _user(username), actor=require_person(request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _user(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise Http404(f"no user {username!r}")
    return found
