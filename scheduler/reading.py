"""How the scheduler reads: several queries on one state of the database, plain rows, JSON decoded once.

Before: snapshots ask. After: pure plans, which never see a database.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection, transaction


@contextmanager
def repeatable_read() -> Iterator[datetime]:
    """One state of the database for several queries; yields its clock.

    Inside somebody's transaction, which has its own isolation, every query sees what is committed by then.
    """
    if connection.in_atomic_block:
        yield query("SELECT now()")[0][0]
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SELECT now()")
        cursor.nextset()
        yield cursor.fetchone()[0]


@contextmanager
def newest() -> Iterator[datetime]:
    """Several queries that look ahead, each on the newest state; yields the clock. Also within a request's transaction,
    which has begun (by its Idempotency-Key) and cannot be made repeatable any more."""
    with transaction.atomic():
        yield query("SELECT now()")[0][0]


# Django's own makes each time in Python, which costs more than all else of a row.
_TIMES = psycopg.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, psycopg.pq.Format.TEXT)
assert _TIMES is not None


Params = Sequence[Any] | Mapping[str, Any]
Rows = list[tuple[Any, ...]]
Question = tuple[str, Params]
_AHEAD: ContextVar[Mapping[str, tuple[Params, Rows]]] = ContextVar("ahead", default={})  # noqa: B039


def query(sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """Plain rows: ORM objects would cost eight times as much."""
    known = _AHEAD.get().get(sql)
    if known is not None and known[0] == params:
        return known[1]
    with connection.cursor() as cursor:
        cursor.adapters.register_loader("timestamptz", _TIMES)
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@contextmanager
def asked_at_once(questions: Sequence[Question]) -> Iterator[None]:
    """What will be asked for anyhow goes to the server in one message, and `query` finds the answers here: each message
    costs as much as a small question. Only inside a repeatable read, where it does not matter when one is asked."""
    with connection.cursor() as cursor:
        cursor.adapters.register_loader("timestamptz", _TIMES)
        cursor.execute("; ".join(cursor.mogrify(sql, params) for sql, params in questions))
        ahead: dict[str, tuple[Params, Rows]] = {}
        for sql, params in questions:
            ahead[sql] = params, cursor.fetchall()
            cursor.nextset()
    was = _AHEAD.set(ahead)
    try:
        yield
    finally:
        _AHEAD.reset(was)


@lru_cache(maxsize=4096)
def as_json(text: str) -> Any:
    """A raw cursor gives jsonb as text. Many hosts share one text, and so the value: it must not be changed."""
    return json.loads(text)
