"""What the OpenAPI document says of every operation: its problems, its headers, its answers.

Before: views are annotated with `operation`. After: drf-spectacular writes the document, from which the console's
TypeScript types are made.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

View = TypeVar("View", bound=Callable[..., Any])

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
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="1 to 200 visible characters. The same key within 24 h gives the same answer and no second effect.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
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
    """Annotate a view's method. `answers` maps a status to its serializer (None: no body)."""
    told: dict[Any, Any] = dict(answers)
    by_key = {400, 409, 422} if IDEMPOTENCY_KEY in parameters else set()
    for status in sorted({401, 403, 404, *problems, *by_key}):
        told[status, "application/problem+json"] = OpenApiResponse(ProblemSerializer, description=WORDS[status])
    return extend_schema(operation_id=name, request=body, responses=told, parameters=list(parameters))
