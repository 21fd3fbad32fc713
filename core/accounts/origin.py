"""Where a request without a session comes from: its address, and that no foreign page sent it.

Before: login and first-admin, which have no session whose CSRF token could be checked. After: the throttle's key.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from core.lib.problems import Problem


def address_of(request: HttpRequest) -> str:
    """The peer's address. Forwarded headers are not believed: anybody can write them."""
    return request.META.get("REMOTE_ADDR") or "local"


def refuse_foreign_origin(request: HttpRequest) -> None:
    """Programs send no Origin; a browser's must be our own host, or one of the trusted origins."""
    origin = request.headers.get("Origin")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return
    if urlsplit(origin).netloc != request.get_host():
        raise Problem(403, "origin-foreign", f"the page at {origin[:200]} may not do this here")
