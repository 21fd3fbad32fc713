"""Refuses addresses that no row can match: a NUL character in the path or the query, which PostgreSQL keeps in no text.

Before: the request id, so that the refusal bears it. After: views may look for what stands in the address.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from core.api.problems import problem_json
from core.lib.problems import Problem

WORDS = "the address holds a NUL character (%00), which nothing here is called by; take it out"


class CleanAddress:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" not in request.path_info and "%00" not in request.META.get("QUERY_STRING", ""):
            return self.get_response(request)
        if request.path_info.startswith("/api/"):
            return problem_json(Problem(400, "address-invalid", WORDS), request)
        return HttpResponse(f"{WORDS}\n", status=400, content_type="text/plain; charset=utf-8")
