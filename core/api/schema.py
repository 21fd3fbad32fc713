"""What the OpenAPI document says of every operation: its problems, its headers, its answers.

Before: views are annotated with `operation`. After: drf-spectacular writes the document, from which the console's
TypeScript types are made.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from core.api.query import refuse_unknown

View = TypeVar("View", bound=Callable[..., Any])

EVERYWHERE = (400, 401, 403, 404)
WORDS: Mapping[int, str] = {
    400: "the request is malformed, or a field is wrong; `errors` names each",
    401: "not logged in, or the token is not valid",
    403: "your role does not allow this",
    404: "there is no such object, or it is not yours to see",
    409: "the object's state does not allow this now; `code` says why",
    412: "the object has changed since you read it (If-Match)",
    413: "the body is too large",
    415: "bodies are JSON",
    422: "this Idempotency-Key was used for another request",
    429: "too many requests; see Retry-After",
    503: "a part we need is not available; try again",
}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
    OpenApiParameter.HEADER,
    description="1 to 200 visible characters. The same key within 24 h gives the same answer and no second effect.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": r'^(\*|"[0-9]{1,18}")$'},
    OpenApiParameter.HEADER,
    description='The ETag of the object you have seen, such as `"3"`; 412 when it has changed since.',
)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it registers itself
    target_class = "core.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "an API token: `Authorization: Bearer orc_...`"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "core.accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class ProblemErrorSerializer(serializers.Serializer[Any]):
    pointer = serializers.CharField(help_text="JSON pointer into the sent body")
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="stable, for programs")
    detail = serializers.CharField(help_text="for people")
    request_id = serializers.CharField()
    errors = ProblemErrorSerializer(many=True)  # type: ignore[assignment]  # a field; DRF takes it out of the class


def operation(
    name: str,
    answers: Mapping[int, Any],
    *,
    body: Any = None,
    problems: Sequence[int] = (),
    parameters: Sequence[OpenApiParameter] = (),
) -> Callable[[View], View]:
    """Annotate a view's method. `answers` maps a status to its serializer (None: no body).

    A query parameter that is not among `parameters` is refused: a slip of the pen must not look like an answer.
    """
    told: dict[Any, Any] = dict(answers)
    by_key = {409, 422} if IDEMPOTENCY_KEY in parameters else set()
    by_body = {413, 415} if body is not None else set()
    for status in sorted({*EVERYWHERE, *problems, *by_key, *by_body}):
        told[status, "application/problem+json"] = OpenApiResponse(ProblemSerializer, description=WORDS[status])
    annotate = extend_schema(operation_id=name, request=body, responses=told, parameters=list(parameters))
    known = [one.name for one in parameters if one.location == OpenApiParameter.QUERY]
    return lambda method: annotate(_checked(method, known, body))


def _checked(method: View, known: list[str], body: Any) -> View:
    """The method behind the check of its query; the browsable API finds the shape of its body there."""

    @functools.wraps(method)
    def checked(view: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        refuse_unknown(request, known)
        return method(view, request, *args, **kwargs)

    checked.body = body  # type: ignore[attr-defined]
    return checked  # type: ignore[return-value]  # the same signature: it only looks at the request
