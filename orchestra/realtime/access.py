"""Who is at the other end of a websocket, and what they may subscribe to.

Before: the handshake's headers. After: topics with the project they belong to. Browsers come with their session and
must come from our own host; programs come with a token and without an Origin. Everything is asked again while the
socket lives, since a session, a token, a membership may end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest

from containers.queries import find_container
from containers.service_queries import find_service
from core.accounts.authentication import user_of_token
from core.accounts.models import Project, User
from core.accounts.permissions import is_admin, project_for, project_ids_of, project_names_of, require_platform
from core.accounts.roles import Verb
from core.lib.problems import Problem
from hosts.models import Host

CLOSE_NOT_AUTHENTICATED = 4401
CLOSE_FORBIDDEN = 4403
TOPIC_CHARS_MAX = 200
TOPICS = ("fleet", "container", "slot", "service", "endpoints", "host", "events", "logs")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the socket was opened with; kept to ask again."""

    session_key: str = ""
    token: str = ""


class Refusal(Exception):
    """Why a socket is not served: a close code and words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


@dataclass(frozen=True, slots=True)
class Topic:
    """What one subscription shows, after the permission was found. Equal topics show the same to everybody.

    `project_id`: None is the platform. `project_ids` are those whose containers a host's object counts (None: all).
    """

    kind: str  # fleet, events, logs, object-container, object-host, object-service, object-endpoints
    key: Any = None  # a uuid, or a host's id
    project_id: int | None = None
    project_ids: frozenset[int] | None = None
    names: frozenset[tuple[int, str]] = frozenset()


def credentials_of(headers: Iterable[tuple[bytes, bytes]]) -> Credentials:
    """The session or the token of a handshake; Refusal when its origin is not ours, or when it has neither."""
    found = {name.decode("latin1").lower(): value.decode("latin1") for name, value in headers}
    _check_origin(found)
    scheme, _, token = found.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return Credentials(token=token.strip())
    if "origin" not in found:
        raise Refusal(CLOSE_FORBIDDEN, "a session needs the Origin of our own pages; programs send a token")
    session_key = _cookie(found.get("cookie", ""), str(settings.SESSION_COOKIE_NAME))
    if not session_key:
        raise Refusal(CLOSE_NOT_AUTHENTICATED, "log in first, or send an API token")
    return Credentials(session_key=session_key)


def user_of(credentials: Credentials) -> User:
    """The person, asked of the database; Refusal when the session or token is not (or no longer) valid."""
    if credentials.token:
        by_token = user_of_token(credentials.token)
        found: Any = by_token[0] if by_token else None
    else:
        request = HttpRequest()
        request.session = SessionStore(credentials.session_key)
        found = get_user(request)
    if not isinstance(found, User) or not found.is_active:
        raise Refusal(CLOSE_NOT_AUTHENTICATED, "this session or token is not valid any more")
    return found


def topic_for(user: User, asked: Mapping[str, Any]) -> Topic:
    """The topic of a `sub` message; Problem or Http404 when it is malformed, foreign or not allowed."""
    name = asked.get("topic")
    if not isinstance(name, str) or len(name) > TOPIC_CHARS_MAX:
        raise Problem(400, "invalid", "`topic` is missing")
    kind, _, key = name.partition(":")
    match kind:
        case "fleet":
            return _fleet(user, asked.get("project"))
        case "container" | "slot":
            return Topic("object-container", key=_uuid(key), project_id=_owner(user, key, Verb.CONTAINER_SEE).pk)
        case "host":
            return _host(user, key)
        case "service" | "endpoints":
            return Topic(f"object-{kind}", key=_uuid(key), project_id=_service_owner(user, key).pk)
        case "events":
            return _events(user, key)
        case "logs":
            return Topic("logs", key=_uuid(key), project_id=_owner(user, key, Verb.CONTAINER_LOGS).pk)
        case _:
            raise Problem(404, "not-found", f"there is no topic {kind!r}: {', '.join(TOPICS)}")


def _fleet(user: User, project: object) -> Topic:
    if project is None:
        require_platform(user, Verb.PLATFORM_SEE)
        return Topic("fleet")
    return Topic("fleet", project_id=project_for(user, str(project), Verb.CONTAINER_SEE).pk)


def _events(user: User, project: str) -> Topic:
    if not project:
        require_platform(user, Verb.PLATFORM_SEE)
        return Topic("events", names=frozenset(project_names_of(user).items()))
    owner = project_for(user, project, Verb.EVENT_SEE)
    return Topic("events", project_id=owner.pk, names=frozenset({(owner.pk, owner.name)}))


def _host(user: User, key: str) -> Topic:
    """By id or by name; whoever belongs to any project sees hosts, only admins see all of them."""
    found = Host.objects.filter(pk=int(key)) if key.isdecimal() and len(key) < 19 else Host.objects.filter(name=key)
    host_id = found.values_list("pk", flat=True).first()
    project_ids = None if is_admin(user) else project_ids_of(user)
    if host_id is None or project_ids == frozenset():
        raise Http404(f"no host {key!r}")
    return Topic("object-host", key=host_id, project_ids=project_ids)


def _owner(user: User, key: str, verb: Verb) -> Project:
    """The project that owns a container, through the scoped loader; foreign ones do not exist."""
    container_id = _uuid(key)
    name = (
        Project.objects.filter(containers__slot_id=container_id).values_list("name", flat=True).first()
        or Project.objects.filter(containers__pk=container_id).values_list("name", flat=True).first()
    )
    if name is None:
        raise Http404(f"no container {key}")
    owner = project_for(user, name, verb)
    find_container(owner, container_id)
    return owner


def _service_owner(user: User, key: str) -> Project:
    """The same for a service."""
    service_id = _uuid(key)
    name = Project.objects.filter(services__pk=service_id).values_list("name", flat=True).first()
    if name is None:
        raise Http404(f"no service {key}")
    owner = project_for(user, name, Verb.SERVICE_SEE)
    find_service(owner, service_id)
    return owner


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem(400, "invalid", f"{text!r} is no id") from None


def _check_origin(headers: Mapping[str, str]) -> None:
    origin = headers.get("origin")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return
    request = HttpRequest()
    request.META = {"HTTP_HOST": headers.get("host", ""), "SERVER_NAME": "", "SERVER_PORT": ""}
    try:
        host = request.get_host()
    except DisallowedHost:
        raise Refusal(CLOSE_FORBIDDEN, "this host name is not one of ORCHESTRA_ALLOWED_HOSTS") from None
    if urlsplit(origin).netloc.lower() != host.lower():
        raise Refusal(CLOSE_FORBIDDEN, f"the page at {origin[:200]} may not do this here")


def _cookie(header: str, name: str) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found is not None else ""
