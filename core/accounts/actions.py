"""The verbs of accounts: log in, make and revoke tokens, make projects, give roles. Each leaves an event.

Before: a view has read the body. After: rows, and an event with its actor in the same transaction.
"""

from datetime import datetime

from django.contrib.auth import authenticate
from django.db import transaction

from core.accounts import first_admin, throttle
from core.accounts.models import ApiToken, Membership, Project, User
from core.accounts.roles import RANK, Role
from core.accounts.tokens import PREFIX_CHARS, digest_of, new_token
from core.events.record import Happening, record
from core.lib.notify import hint
from core.lib.problems import Problem, name_taken


def actor_of(user: User) -> str:
    """How this person stands in events."""
    return f"user:{user.username}"


def check_password(username: str, password: str, *, address: str) -> User:
    """The user; Problem 401 for a wrong pair, 429 when too many were wrong before."""
    throttle.book_try(username, address)
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        record_failed_login(username, address)
        raise Problem(401, "login-failed", "no active user has this name and password")
    throttle.forget_tries(username, address)
    record_login(user, address)
    return user


def record_login(user: User, address: str) -> None:
    _record("user.login", user, "user", user.pk, message=f"{user.username} logged in from {address}")


def record_failed_login(username: str, address: str) -> None:
    name = "".join(char for char in username if char.isprintable())[:150]
    message = f"a login as {name!r} from {address} failed"
    record(Happening("user.login-failed", "anonymous", "user", name[:64], message=message, level="warning"))


def make_first_admin(token: str, username: str, password: str) -> User:
    first_admin.refuse_when_there_is_one()
    admin = first_admin.prepared_admin(username, password)
    with transaction.atomic():
        user = first_admin.redeem(token, admin)
        _record("user.first-admin", user, "user", user.pk, message=f"{user.username} became the first admin")
    return user


def make_user(username: str, password: str, *, actor: User, is_admin: bool = False) -> User:
    user = User(username=User.normalize_username(username), is_superuser=is_admin, is_staff=is_admin)
    first_admin.check_person(user, password)
    user.set_password(password)
    with transaction.atomic():
        if User.objects.filter(username=user.username).exists():
            raise name_taken("/username", f"there is a user {user.username!r} already")
        user.save()
        _record("user.created", actor, "user", user.pk, message=f"{user.username} was added")
    return user


def make_token(
    user: User, *, name: str, role: Role, project: Project | None, expires_at: datetime | None
) -> tuple[ApiToken, str]:
    """A new token and its text, which is shown this once; never stronger than the token that asks for it.

    Nor does it outlive that one: its time is cut short to the other's.
    """
    if user.grant is not None and (
        RANK[role] > RANK[user.grant.role] or user.grant.project_id not in (None, project.pk if project else None)
    ):
        raise Problem(403, "forbidden", "a token cannot make a token that may do more than itself")
    if user.grant is not None and user.grant.expires_at is not None:
        expires_at = min(expires_at or user.grant.expires_at, user.grant.expires_at)
    text = new_token()
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            name=name,
            prefix=text[:PREFIX_CHARS],
            digest=digest_of(text),
            project=project,
            role=role,
            expires_at=expires_at,
        )
        _record("token.created", user, "token", token.pk, message=f"token {name} ({role}) was made", project=project)
    return token, text


def revoke_token(token: ApiToken, *, actor: User) -> None:
    """Problem 403 when a token asks for the end of another one: a stolen one must not shut its owner out."""
    if actor.grant is not None and actor.grant.token_id != token.pk:
        raise Problem(403, "forbidden", "a token can revoke only itself; log in to revoke others")
    with transaction.atomic():
        _record("token.revoked", actor, "token", token.pk, message=f"token {token.name} was revoked")
        token.delete()


def make_project(name: str, *, actor: User) -> Project:
    with transaction.atomic():
        project, made = Project.objects.get_or_create(name=name)
        if not made:
            raise name_taken("/name", f"there is a project {name!r} already")
        _record("project.created", actor, "project", project.pk, message=f"project {name} was made", project=project)
    return project


def set_role(project: Project, member: User, role: Role, *, actor: User) -> Membership:
    with transaction.atomic():
        found, _ = Membership.objects.update_or_create(project=project, user=member, defaults={"role": role})
        message = f"{member.username} became {role} of {project.name}"
        _record("member.set", actor, "user", member.pk, message=message, project=project)
    return found


def remove_member(project: Project, member: User, *, actor: User) -> None:
    with transaction.atomic():
        gone, _ = Membership.objects.filter(project=project, user=member).delete()
        if not gone:
            raise Problem(404, "not-found", f"{member.username} is no member of {project.name}")
        message = f"{member.username} left {project.name}"
        _record("member.removed", actor, "user", member.pk, message=message, project=project)


def record_person(user: User, *, actor: User, words: str = "") -> None:
    """The event of a person who was added (no words) or changed (`words` say what) in the admin."""
    kind = "user.changed" if words else "user.created"
    _record(kind, actor, "user", user.pk, message=f"{user.username}: {words or 'was added'}")


def record_policy(project: Project, relaxed: list[str], *, actor: User) -> None:
    """The event of a project's policy; `relaxed` says in words what it allows beyond the default."""
    words = "; ".join(relaxed) or "nothing beyond the default"
    message = f"containers of {project.name}: {words}"
    _record("project.policy", actor, "project", project.pk, message=message, project=project)


def _record(
    kind: str, actor: User, object_kind: str, object_id: int, *, message: str, project: Project | None = None
) -> None:
    record(
        Happening(
            kind=kind,
            actor=actor_of(actor),
            object_kind=object_kind,
            object_id=str(object_id),
            message=message,
            project_id=project.pk if project else None,
        )
    )
    hint(account=True)  # open sockets check at once what their person may still see
