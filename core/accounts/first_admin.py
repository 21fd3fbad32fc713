"""The first admin: a link that works once, for one hour, as long as there is no admin yet. No default password, ever.

Before: `up` prints the link (its token in the URL's fragment). After: the page posts token, name and password here.
"""

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from core.accounts.models import OneTimeLink, User
from core.accounts.tokens import digest_of, new_token
from core.lib.problems import FieldProblem, Problem, name_taken

PURPOSE = "first-admin"
LIFE = timedelta(hours=1)
LOCK = 0x0A_D317  # advisory lock of this transaction: two links redeemed at once still make one admin


def needed() -> bool:
    return not User.objects.filter(is_superuser=True, is_active=True).exists()


def make_link() -> str:
    """A new token for the link; earlier unused ones stop working."""
    token = new_token()
    with transaction.atomic():
        OneTimeLink.objects.filter(purpose=PURPOSE, used_at=None).delete()
        OneTimeLink.objects.create(purpose=PURPOSE, digest=digest_of(token), expires_at=timezone.now() + LIFE)
    return token


def prepared_admin(username: str, password: str) -> User:
    """The admin who is to be, not yet saved. Hashing a password takes long on purpose: never inside a transaction."""
    user = User(username=User.normalize_username(username), is_superuser=True, is_staff=True)
    check_person(user, password)
    user.set_password(password)
    return user


def redeem(token: str, admin: User) -> User:
    """Save the first admin; Problem 403 for a used, old or unknown token, 409 when an admin is there already."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        refuse_when_there_is_one()
        if not _use(token):
            raise Problem(403, "link-invalid", "this link was used, is too old, or was replaced by a newer one")
        if User.objects.filter(username=admin.username).exists():
            raise name_taken("/username", f"there is a user {admin.username!r} already")
        admin.save()
    return admin


def refuse_when_there_is_one() -> None:
    """The link is for an installation without an admin only."""
    if not needed():
        raise Problem(409, "admin-exists", "there is an admin already; log in, or ask that person")


def _use(token: str) -> bool:
    now = timezone.now()
    usable = OneTimeLink.objects.filter(purpose=PURPOSE, digest=digest_of(token), used_at=None, expires_at__gt=now)
    return usable.update(used_at=now) == 1


def check_person(user: User, password: str) -> None:
    """Name and password as Django's validators want them; Problem 400 names every fault."""
    errors: list[FieldProblem] = []
    try:
        User._meta.get_field("username").clean(user.username, user)
    except ValidationError as error:
        errors += [FieldProblem("/username", "invalid", text) for text in error.messages]
    try:
        validate_password(password, user)
    except ValidationError as error:
        errors += [FieldProblem("/password", "weak-password", text) for text in error.messages]
    if errors:
        raise Problem(400, "invalid", "; ".join(one.message for one in errors), errors=errors)
