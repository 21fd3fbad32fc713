"""Passes of the scheduler's loops on real rows, in this process: HOSTS RUNNING PENDING ROUNDS, prints JSON.

Started by end_to_end.py in the environment of an installation with tables and nothing else: it is filled here. `bulk`
is a placement pass over all that waits, by its parts; `one` the same for a single container; `floor` what a plain
UPDATE of the same columns of as many rows costs; `idle` a turn of each loop that finds nothing to do.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestra.database.server import Server
from tests.bench.cpu import cpu_s_of
from tests.bench.processes import children_of

if TYPE_CHECKING:
    from scheduler.controllers.pending import Placement

EACH = 100  # containers of a waiting service
SINGLES = 60
BATCH = 1_000
IDLE_TURNS = 12


def main(hosts: int, running: int, pending: int, rounds: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestra.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from core.lib.lease import LeaseTimes, Presence
    from orchestra.simulation.made_up import made_up
    from scheduler.controllers.pending import Placement
    from tests.large_fleet import steady

    settings.SIMULATED = True
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0")
    agent = Presence(table="hosts_process", role="agent", name="bench", times=LeaseTimes())
    agent.start()
    steady.seed_steady(made_up(hosts, running), agent=agent.incarnation)
    found: dict[str, Any] = {"hosts": hosts, "running": running, "pending": pending}
    found["idle"] = idle_turns()
    placement = Placement()
    found["one"] = [one_pass(placement, 1) for _ in range(SINGLES)][5:]
    both = [(one_pass(placement, pending), floor(pending)) for _ in range(rounds + 1)][1:] if pending else []
    found["bulk"], found["floor"] = [one for one, _ in both], [one for _, one in both]
    agent.stop()
    print(json.dumps(found))  # noqa: T201


def one_pass(placement: Placement, pending: int) -> dict[str, float]:
    """Milliseconds of each part of one turn, and CPU of this process and of the database."""
    from django.conf import settings
    from django.db import connection

    from tests.large_fleet import steady
    from tests.scheduler.lease import given

    steady.wait(max(1, pending // EACH), each=min(EACH, pending))
    if pending > 1:
        steady.analyze()
    turn = given()
    database = Server(Path(settings.VAR))
    with clocks() as spent, counted(connection) as messages:
        cpu_s, database_s, began_s = time.process_time(), cpu_of(database), time.perf_counter()
        done = placement.turn(turn)
        spent["total"] = (time.perf_counter() - began_s) * 1000
        spent["python_cpu"] = (time.process_time() - cpu_s) * 1000
        spent["database_cpu"] = (cpu_of(database) - database_s) * 1000
        spent["statements"] = len(messages)
    if done.changes != pending:
        raise SystemExit(f"{done.changes} of {pending} were placed: {done.message}")
    steady.forget_waiting()
    if pending > 1:
        steady.analyze()
    return {name: round(value, 3) for name, value in spent.items()}


FLOOR = """
UPDATE containers_container c SET status = 'bound', status_since = now(), bound_at = now(), reason = '', message = '',
  host_id = m.host_id, decision_id = 1 FROM unnest(%s::uuid[], %s::bigint[]) AS m(id, host_id) WHERE c.id = m.id
"""


def floor(pending: int) -> dict[str, float]:
    """Milliseconds: what binds as many rows writes into their own table, by statements of 1,000 in the order of the
    hosts, without a look before, a lock, a booking, an event or a decision. Nothing of it stays."""
    from django.conf import settings
    from django.db import connection, transaction

    from tests.large_fleet import steady

    steady.wait(max(1, pending // EACH), each=min(EACH, pending))
    steady.analyze()
    database = Server(Path(settings.VAR))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id::text FROM containers_container WHERE status = 'pending'")
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT host_id FROM hosts_hostbooking ORDER BY host_id")
        hosts = [row[0] for row in cursor.fetchall()]
        cursor.execute("ALTER TABLE containers_container DISABLE TRIGGER ALL")
        at = sorted(hosts[number % len(hosts)] for number in range(len(ids)))
        cpu_s, began_s = cpu_of(database), time.perf_counter()
        for start in range(0, len(ids), BATCH):
            with transaction.atomic():
                cursor.execute(FLOOR, [f"{{{','.join(ids[start : start + BATCH])}}}", at[start : start + BATCH]])
        spent = {"database_cpu": (cpu_of(database) - cpu_s) * 1000, "total": (time.perf_counter() - began_s) * 1000}
        steady.forget_waiting()
        cursor.execute("ALTER TABLE containers_container ENABLE TRIGGER ALL")
    steady.analyze()
    return spent


@contextmanager
def clocks() -> Iterator[dict[str, float]]:
    """Time spent inside the parts of a pass, each without regard to what it calls."""
    from scheduler import binding, snapshot
    from scheduler.controllers import pending
    from scheduler.decisions import Draft
    from scheduler.standing import Standing

    spent: dict[str, float] = defaultdict(float)
    parts: list[tuple[Any, str, str]] = [
        (snapshot, "read", "read"),
        (Standing, "look", "read: changes"),
        (snapshot, "read_fleet", "read: hosts"),
        (snapshot, "_shapes", "read: rules"),
        (pending, "plan", "place"),
        (binding, "write", "write"),
        (binding, "bind_plain", "write: bind"),
        (Draft, "keep", "write: decisions"),
    ]
    before = [(where, name, getattr(where, name)) for where, name, _ in parts]
    for where, name, words in parts:
        setattr(where, name, timed(getattr(where, name), words, spent))
    try:
        yield spent
    finally:
        for where, name, function in before:
            setattr(where, name, function)


@contextmanager
def counted(connection: Any) -> Iterator[list[str]]:
    """What this thread sends to the server; a message may hold several statements. COPY, BEGIN and COMMIT go beside."""
    sent: list[str] = []

    def keep(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        sent.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(keep):
        yield sent


def timed(function: Callable[..., Any], words: str, spent: dict[str, float]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        began_s = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            spent[words] += (time.perf_counter() - began_s) * 1000

    return call


def idle_turns() -> dict[str, dict[str, list[float]]]:
    """Per loop: the first look of a new leader, then turns with nothing to do, in milliseconds."""
    from scheduler.daemon import LOOPS
    from scheduler.turn import Done
    from tests.scheduler.lease import given

    turn = given()
    found: dict[str, dict[str, list[float]]] = {}
    for spec in LOOPS:
        act, took, done = spec.begin(), [], Done()
        for _ in range(IDLE_TURNS):
            began_s = time.perf_counter()
            done = act(turn)
            took.append(round((time.perf_counter() - began_s) * 1000, 3))
        if done.changes:
            raise SystemExit(f"{spec.name} found something to do: {done.message}")
        found[spec.name] = {"first": took[:1], "idle": took[2:]}
    return found


def cpu_of(database: Server) -> float:
    """Of the postmaster and all that it has started, also of what has ended."""
    postmaster = database.pid()
    assert postmaster is not None
    return cpu_s_of([postmaster, *children_of(postmaster)])


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:5]))
