"""Who is asking: a browser by its session (with CSRF), a program by `Authorization: Bearer orc_...`.

Before: the request. After: permissions.py says what this person may do; a token's limits travel on `user.grant`.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as PlainSessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core.accounts.models import ApiToken, Grant, User
from core.accounts.roles import Role
from core.accounts.tokens import TOKEN_MARK, digest_of

LAST_USED_EVERY = timedelta(minutes=1)


class SessionAuthentication(PlainSessionAuthentication):
    """Session cookie; unsafe methods need the CSRF token."""


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer orc_...`; another scheme is left to others, a bad token is 401."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = user_of_token(text.strip())
        if found is None:
            raise AuthenticationFailed("this token is unknown, expired or revoked")
        return found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="orchestra"'


def user_of_token(text: str) -> tuple[User, ApiToken] | None:
    """The active owner of a valid token, limited to what the token grants. Websockets call this too."""
    if not text.startswith(TOKEN_MARK):
        return None
    valid = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    token = ApiToken.objects.select_related("user").filter(valid, digest=digest_of(text), user__is_active=True).first()
    if token is None:
        return None
    _note_use(token)
    user = token.user
    user.grant = Grant(token.pk, Role(token.role), token.project_id, token.expires_at)
    return user, token


def _note_use(token: ApiToken) -> None:
    """Write the time of use at most once a minute, so that a busy program does not write on every request."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
