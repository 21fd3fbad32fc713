"""The scoped loader: the only way from a name in a URL or a message to a project, for REST, websocket and admin alike.

Before: authentication.py says who asks. After: everything a project owns is looked up within the project returned here.
What is foreign looks as if it did not exist (Http404); what is ours but above our role is refused (403).
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from core.accounts.models import DEFAULT_PROJECT, Membership, Project, User, default_project
from core.accounts.roles import LEAST_ROLE, Role, Verb, allows, lower
from core.lib.problems import Problem

Asker = User | AnonymousUser


def project_for(user: Asker, name: str, verb: Verb) -> Project:
    """The project `name` for this verb; Http404 when it is foreign or missing, Problem 403 when the role is too low."""
    project, role = _project_and_role(user, name)
    if project is None or role is None:
        raise Http404(f"no project {name!r}")
    if not allows(role, verb):
        raise refused(verb, role)
    return project


def require_platform(user: Asker, verb: Verb) -> User:
    """The user, when the platform role allows the verb; for what belongs to no project."""
    person = require_person(user)
    if not is_admin(person):
        raise refused(verb, None)
    return person


def require_person(user: Asker) -> User:
    if isinstance(user, User) and user.is_active:
        return user
    raise Problem(401, "not-authenticated", "log in, or send an API token")


def is_admin(user: Asker) -> bool:
    """Platform admin, with a session or with a token made for all of it."""
    if not isinstance(user, User) or not user.is_active or not user.is_superuser:
        return False
    return user.grant is None or (user.grant.role is Role.ADMIN and user.grant.project_id is None)


def roles_of(user: Asker) -> Mapping[str, Role]:
    """Every project this user may see, by name, with the role held there."""
    return MappingProxyType({project.name: role for project, role in _projects_of(user)})


def project_ids_of(user: Asker) -> frozenset[int]:
    """The ids of every project this user may see."""
    return frozenset(project.pk for project, _ in _projects_of(user))


def project_names_of(user: Asker) -> Mapping[int, str]:
    """Every project this user may see: id to name."""
    return MappingProxyType({project.pk: project.name for project, _ in _projects_of(user)})


def _projects_of(user: Asker) -> list[tuple[Project, Role]]:
    if not isinstance(user, User) or not user.is_active:
        return []
    if user.is_superuser:
        default_project()
        pairs = [(project, Role.ADMIN) for project in Project.objects.order_by("name")]
    else:
        found = Membership.objects.filter(user=user).select_related("project").order_by("project__name")
        pairs = [(member.project, Role(member.role)) for member in found]
    capped = ((project, _capped(user, project, role)) for project, role in pairs)
    return [(project, role) for project, role in capped if role is not None]


def refused(verb: Verb, role: Role | None) -> Problem:
    held = f"your role here is {role}" if role else "you are no platform admin"
    return Problem(403, "forbidden", f"{verb} needs the role {LEAST_ROLE[verb]}; {held}")


def _project_and_role(user: Asker, name: str) -> tuple[Project | None, Role | None]:
    if not isinstance(user, User) or not user.is_active:
        return None, None
    if user.is_superuser:
        project = Project.objects.filter(name=name).first()
        if project is None and name == DEFAULT_PROJECT:
            project = default_project()
        return project, _capped(user, project, Role.ADMIN) if project else None
    member = Membership.objects.filter(user=user, project__name=name).select_related("project").first()
    if member is None:
        return None, None
    return member.project, _capped(user, member.project, Role(member.role))


def _capped(user: User, project: Project, role: Role) -> Role | None:
    """The role after the limits of the request's token; None when the token is for another project."""
    if user.grant is None:
        return role
    if user.grant.project_id not in (None, project.pk):
        return None
    return lower(role, user.grant.role)
