"""The one way to write an event, in the transaction of what it tells about.

Before: an action or a transition. After: the events list, the socket's event topic, the audit trail.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from core.events.models import Event, Level
from core.lib.notify import CHANNEL, RING, Hints, pack
from core.lib.requests import current_request_id

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Happening(NamedTuple):
    """An event before it is a row; `object_id` is text, ids of rows that may be gone later."""

    kind: str
    actor: str
    object_kind: str
    object_id: str
    message: str = ""
    level: str = Level.INFO
    project_id: int | None = None
    host_id: int | None = None
    data: Mapping[str, Any] = _NOTHING


_COLUMNS = Happening._fields
_ENCODER = DjangoJSONEncoder()
_INSERT = f"INSERT INTO {Event._meta.db_table} ({', '.join(_COLUMNS)}, request_id) VALUES "  # nosec B608
_COPY = f"COPY {Event._meta.db_table} ({', '.join(_COLUMNS)}, request_id) FROM STDIN"
_MANY = 20  # from so many on a COPY costs less than a statement with all their values
_ROW = f"({', '.join(['%s'] * len(_COLUMNS))}, %s)"


def record(happening: Happening) -> None:
    """Write one event and hint that there is one."""
    record_many([happening], {"event": True})


def record_many(happenings: Iterable[Happening], hints: Hints | None = None) -> None:
    """Write events, and with them ring once for what else their transaction changed: one message to the server."""
    request_id = current_request_id()
    rows = [_row(happening, request_id) for happening in happenings]
    if len(rows) >= _MANY:
        _copy(rows)
        rows = []
    text = _INSERT + ", ".join([_ROW] * len(rows)) if rows else ""
    values = [value for row in rows for value in row]
    if payload := pack(hints or {}):
        text, values = f"{text}; {RING}" if text else RING, [*values, CHANNEL, payload]
    if text:
        with connection.cursor() as cursor:
            cursor.execute(text, values)


def insert_from(select: str) -> str:
    """SQL that writes an event for each row of this query, whose columns are those of Happening; the request's id
    comes before the parameters of the query. For what happens to thousands of rows that the database has at hand."""
    into = f"{Event._meta.db_table} ({', '.join(_COLUMNS)}, request_id)"
    return f"INSERT INTO {into} SELECT told.*, %s FROM ({select}) AS told"  # nosec B608


def _row(happening: Happening, request_id: str) -> list[Any]:
    return [*happening[:-1], _ENCODER.encode(dict(happening.data)), request_id]


def _copy(rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)
