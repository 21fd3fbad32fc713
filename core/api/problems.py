"""Writes every refusal as RFC 9457 problem+json, with a code for programs and pointers to the wrong fields.

Before: anything raised under a view. After: the client. What we did not foresee is logged and told as 500.
"""

import math
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.api.requestid import request_id_of
from core.lib.problems import FieldProblem, Problem

MEDIA_TYPE = "application/problem+json"
CODES: Mapping[type[Exception], str] = {
    exceptions.NotAuthenticated: "not-authenticated",
    exceptions.AuthenticationFailed: "not-authenticated",
    exceptions.ParseError: "json-invalid",
    exceptions.MethodNotAllowed: "method-not-allowed",
    exceptions.NotAcceptable: "not-acceptable",
    exceptions.UnsupportedMediaType: "unsupported-media-type",
    exceptions.Throttled: "throttled",
}
log = structlog.get_logger(__name__)


class ProblemResponse(Response):
    """A response whose JSON form says that it is a problem; the browsable API still shows it as a page."""

    @property
    def rendered_content(self) -> Any:
        if self.accepted_renderer.format == "json":
            self.content_type = MEDIA_TYPE
        return super().rendered_content


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's hook: any exception becomes a problem."""
    problem = as_problem(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", code=problem.code, exc_info=error)
    set_rollback()
    headers = {"Retry-After": str(problem.retry_after_s)} if problem.retry_after_s is not None else {}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="orchestra"'
    return ProblemResponse(problem_body(problem, context.get("request")), status=problem.status, headers=headers)


def problem_body(problem: Problem, request: HttpRequest | None) -> dict[str, Any]:
    return {
        "type": f"urn:orchestra:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "request_id": request_id_of(request),
        "errors": [{"pointer": one.pointer, "code": one.code, "message": one.message} for one in problem.errors],
    }


def problem_json(problem: Problem, request: HttpRequest) -> JsonResponse:
    """The same outside DRF: for the roots' own handlers and middleware."""
    return JsonResponse(problem_body(problem, request), status=problem.status, content_type=MEDIA_TYPE)


@csrf_exempt
def no_such_route(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """What stands behind every path under /api/ that no route takes."""
    return problem_json(Problem(404, "not-found", f"there is nothing at {request.path}"), request)


def as_problem(error: Exception) -> Problem:
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    match error:
        case Problem():
            return error
        case Http404():
            return Problem(404, "not-found", str(error) or "there is no such object")
        case PermissionDenied():
            return _forbidden(str(error))
        case RequestDataTooBig():
            return Problem(
                413, "body-too-large", f"the body is longer than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes"
            )
        case OperationalError() | InterfaceError():
            return Problem(503, "database-busy", "the database is not available; try again", retry_after_s=1)
        case _:
            return Problem(500, "internal-error", "something went wrong on our side; the log has the request id")


def _of_framework(error: exceptions.APIException) -> Problem:
    match error:
        case exceptions.ValidationError():
            fields = list(_fields("", error.detail))
            return Problem(400, "invalid", "; ".join(_sentence(one) for one in fields), errors=fields)
        case exceptions.PermissionDenied():
            return _forbidden(str(error.detail))
        case exceptions.Throttled():
            return Problem(
                429, "throttled", str(error.detail), retry_after_s=math.ceil(getattr(error, "wait", None) or 1)
            )
        case _:
            return Problem(error.status_code, CODES.get(type(error), "error"), str(error.detail))


def _forbidden(detail: str) -> Problem:
    code = "csrf-failed" if detail.startswith("CSRF") else "forbidden"
    return Problem(403, code, detail or "this is not allowed")


def _sentence(one: FieldProblem) -> str:
    return f"{one.pointer.removeprefix('/')}: {one.message}" if one.pointer else one.message


def _fields(pointer: str, detail: Any) -> Iterator[FieldProblem]:
    """DRF's nested errors, flattened: dict keys and list places become JSON pointers."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            own = "" if key == "non_field_errors" else "/" + str(key).replace("~", "~0").replace("/", "~1")
            yield from _fields(pointer + own, inner)
    elif isinstance(detail, list):
        nested = any(isinstance(one, Mapping | list) for one in detail)
        for index, inner in enumerate(detail):
            yield from _fields(f"{pointer}/{index}" if nested else pointer, inner)
    else:
        yield FieldProblem(pointer, str(getattr(detail, "code", "invalid")), str(detail))
