"""ETag and If-Match: an object's ETag is its generation, which counts the changes of what is wanted of it.

Before: the client read the object. After: the action refuses (412) to change what it has not seen.
"""

import re

from rest_framework.request import Request
from rest_framework.response import Response

from core.lib.problems import Problem

ETAG = re.compile(r'"(\d{1,18})"\Z')


def expected_generation(request: Request) -> int | None:
    """The generation the client has seen; None when it does not care."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    match = ETAG.match(given.strip())
    if match is None:
        raise Problem(400, "if-match-invalid", f'If-Match must be an ETag we gave, such as "3"; it is {given[:40]!r}')
    return int(match.group(1))


def with_etag(response: Response, generation: int) -> Response:
    response["ETag"] = f'"{generation}"'
    return response
