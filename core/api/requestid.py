"""Gives every request an id, which stands in the answer's X-Request-Id, in every problem and in the log lines.

Before: the server. After: everything else. An id that a proxy already gave is kept when it is well formed.
"""

import re
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from core.lib.requests import set_request_id

HEADER = "X-Request-Id"
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")


class RequestId:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        request_id = given if WELL_FORMED.match(given) else uuid.uuid4().hex
        request.META["orchestra.request_id"] = request_id
        set_request_id(request_id)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response[HEADER] = request_id
        return response


def request_id_of(request: HttpRequest | None) -> str:
    return str(request.META.get("orchestra.request_id", "")) if request is not None else ""
