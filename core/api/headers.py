"""Sets the security headers of every answer: what a page may load, who may frame it, and that its type is what it says.

Scripts come from our own files only, everywhere. Inline styles are allowed to the admin, the browsable API and the
schema's page, which come from packages that use them; the admin's Alpine also needs eval. The console needs neither.
"""

from collections.abc import Callable
from types import MappingProxyType

from django.http import HttpRequest, HttpResponseBase

COMMON = MappingProxyType(
    {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
)
INLINE_STYLE = "'self' 'unsafe-inline'"


def _policy(**changes: str) -> str:
    directives = {**COMMON, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


CONSOLE = _policy()
API_PAGES = _policy(style_src=INLINE_STYLE)
ADMIN = _policy(style_src=INLINE_STYLE, script_src="'self' 'unsafe-eval'")


class SecurityHeaders:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", policy_for(request.path))
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("Referrer-Policy", "same-origin")
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if request.path.startswith("/api/"):
            response.setdefault("Cache-Control", "no-store")
        return response


def policy_for(path: str) -> str:
    if path.startswith("/admin/"):
        return ADMIN
    return API_PAGES if path.startswith("/api/") else CONSOLE
