"""The only list of HTTP roots: the API of each app, the admin, health, and the console for every other path."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views import defaults
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core.api.problems import no_such_route
from orchestra.console import console
from orchestra.health import healthz, readyz

APPS = ("core.accounts", "core.events", "hosts", "containers", "scheduler")

api: list[URLPattern | URLResolver] = [
    *(path("", include(f"{app}.urls")) for app in APPS),
    path("page/", include("core.accounts.page_urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("schema/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="schema-docs"),
    re_path(r"", no_such_route),
]

admin.autodiscover()

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(api)),
    path("admin/", admin.site.urls),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("healthz", healthz),
    path("readyz", readyz),
    path("", console),
    re_path(r"^(?P<path>.+)$", console),
]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A program gets a problem, a person a page."""
    if request.path.startswith("/api/"):
        return no_such_route(request, exception)
    return defaults.page_not_found(request, exception)
