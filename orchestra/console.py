"""The built console: index.html for every path that is a page of it, never kept by browsers.

Before it: WhiteNoise has answered what is a file in frontend/dist, the hashed assets to be kept for ever. After it:
the page asks /api/v1 and /ws/live.
"""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

NOT_BUILT = "The console is not built here: run `make up`, or `npm ci` and `npm run build` in frontend/.\n"
NOT_PAGES = ("api/", "admin/", "static/", "assets/", "ws/")

_kept: dict[Path, tuple[float, bytes]] = {}


@require_safe
@ensure_csrf_cookie
def console(request: HttpRequest, path: str = "") -> HttpResponse:
    """index.html; a path that names a file at the root or belongs to somebody else is a 404 and not a page."""
    if path.startswith(NOT_PAGES) or ("." in path and "/" not in path):
        raise Http404(f"nothing at /{path}")
    body = _index(Path(settings.CONSOLE_DIST) / "index.html")
    if body is None:
        return HttpResponse(NOT_BUILT, status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(body, content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _index(file: Path) -> bytes | None:
    """The page's bytes, read again when the file has changed: a new build needs no restart."""
    try:
        changed = file.stat().st_mtime
    except FileNotFoundError:
        return None
    if file not in _kept or _kept[file][0] != changed:
        _kept[file] = (changed, file.read_bytes())
    return _kept[file][1]
