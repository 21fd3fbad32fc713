"""One key, one effect, one answer: a POST with `Idempotency-Key` may be sent again after any fault.

Before: the view's method is wrapped here. After: its action runs in the transaction that also keeps key and answer,
so both are there or neither is. A second request with the key waits for the first at the unique index; then it gets
the kept answer, if it comes with the same token (or none) and its sender still sees the project. A refused request
keeps nothing, and may be sent again with the same key.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from psycopg.errors import LockNotAvailable
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from core.accounts.models import IdempotencyRecord
from core.accounts.permissions import project_for
from core.accounts.roles import Verb
from core.lib.problems import Problem
from core.lib.vault import open_sealed, seal

HEADER = "Idempotency-Key"
KEEP = timedelta(hours=24)
KEY = re.compile(r"[\x21-\x7e]{1,200}\Z")
KEPT_HEADERS = ("Location", "ETag")

P = ParamSpec("P")
View = TypeVar("View")

CLAIM = """
INSERT INTO accounts_idempotencyrecord (user_id, key, target, body_hash) VALUES (%s, %s, %s, %s)
ON CONFLICT (user_id, key) DO NOTHING RETURNING id
"""
FORGET = """
DELETE FROM accounts_idempotencyrecord WHERE id IN (
  SELECT id FROM accounts_idempotencyrecord WHERE created_at < %s ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED)
"""


class ShownOnce(Response):
    """An answer with fields that are told this once: they are not kept, and empty when it is given again."""

    def __init__(self, data: Mapping[str, Any], *, fields: Collection[str], status: int) -> None:
        super().__init__(data, status=status)
        self.kept_data = {**data, **dict.fromkeys(fields, "")}


def idempotent(
    method: Callable[Concatenate[View, Request, P], Response],
) -> Callable[Concatenate[View, Request, P], Response]:
    """Wrap a view's method. Without the header the method runs as it is, in one transaction."""

    @wraps(method)
    def keyed(view: View, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = key_of(request)
        if key is None:
            with transaction.atomic():
                return method(view, request, *args, **kwargs)
        return _once(request, key, lambda: method(view, request, *args, **kwargs))

    return keyed


def key_of(request: Request) -> str | None:
    """The request's key, if it has one; Problem 400 when it is none of ours."""
    key: str | None = request.headers.get(HEADER)
    if key is not None and not KEY.match(key):
        raise Problem(400, "idempotency-key-invalid", f"{HEADER} must be 1 to 200 visible ASCII characters")
    return key


def _refuse_foreign(request: Request) -> None:
    """A kept answer is no way into a project that its sender has left."""
    project = (request.parser_context or {}).get("kwargs", {}).get("project")
    if isinstance(project, str):
        project_for(request.user, project, Verb.PROJECT_SEE)


def _once(request: Request, key: str, effect: Callable[[], Response]) -> Response:
    user_id = int(request.user.pk or 0)
    target, body_hash = f"{request.method} {request.path}"[:500], _hash([_token_of(request), request.data])
    with transaction.atomic():
        forget_old()
        claimed = _claim(user_id, key, target, body_hash)
        if claimed is None:
            _refuse_foreign(request)
            return _answer_of(user_id, key, target, body_hash)
        response = effect()
        IdempotencyRecord.objects.filter(pk=claimed).update(
            status=response.status_code, answer=seal(_pack(response)), body_hash=body_hash
        )
    return response


def _claim(user_id: int, key: str, target: str, body_hash: str) -> int | None:
    """The new record's id; None when the key is taken by an answered request."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CLAIM, [user_id, key, target, body_hash])
            row = cursor.fetchone()
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Problem(
                409, "in-progress", "a request with this Idempotency-Key is still running", retry_after_s=1
            ) from error
        raise
    return None if row is None else int(row[0])


def _answer_of(user_id: int, key: str, target: str, body_hash: str) -> Response:
    record = IdempotencyRecord.objects.filter(user_id=user_id, key=key).first()
    if record is None or record.status is None or record.answer is None:
        raise Problem(409, "in-progress", "a request with this Idempotency-Key is still running", retry_after_s=1)
    if (record.target, record.body_hash) != (target, body_hash):
        raise Problem(422, "idempotency-key-reused", "this Idempotency-Key was used for another request")
    kept = json.loads(open_sealed(bytes(record.answer)))
    headers = {**kept["headers"], "Idempotency-Replayed": "true"}
    return Response(kept["data"], status=record.status, headers=headers)


def forget_old() -> None:
    """Drop up to a hundred records whose 24 hours are over."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [timezone.now() - KEEP])


def _token_of(request: Request) -> int | None:
    """Which of its user's tokens it came with: one does not see what another was told."""
    grant = getattr(request.user, "grant", None)
    return None if grant is None else int(grant.token_id)


def _hash(data: Any) -> str:
    """Keyed: bodies hold passwords, and a plain hash in a row could be guessed at."""
    text = json.dumps(data, sort_keys=True, cls=JSONEncoder, separators=(",", ":"))
    return salted_hmac("orchestra.idempotency", text, algorithm="sha256").hexdigest()


def _pack(response: Response) -> str:
    headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
    data = response.kept_data if isinstance(response, ShownOnce) else response.data
    return json.dumps({"data": data, "headers": headers}, cls=JSONEncoder)
