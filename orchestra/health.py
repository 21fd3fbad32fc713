"""Two answers for those who watch the process: /healthz (it lives) and /readyz (it can do its work).

Before it: a supervisor or a load balancer. After it: nothing; both are open to all and tell nobody anything secret.
"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. It does not ask the database: restarting the web process would not heal that."""
    return _answer(200, "ok")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Requests can be served: the database answers and its tables are ours."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
            is_migrated = cursor.fetchone() == (True,)
    except DatabaseError:
        return _answer(503, "the database does not answer")
    return _answer(200, "ok") if is_migrated else _answer(503, "the database has no tables yet: run migrate")


def _answer(status: int, text: str) -> JsonResponse:
    response = JsonResponse({"status": text}, status=status)
    response["Cache-Control"] = "no-store"
    return response
