"""What people do in a simulation: register its hosts, ask for its services and containers, scale them now and then.

Through the actions that the API calls. Before: the database is there, the hosts answer. After: scheduler and agents,
which know nothing of a simulation.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

from django.db import connection

from containers import actions as containers
from containers import service_actions as services
from containers.models import Service
from core.accounts.models import default_project
from core.lib.problems import Problem
from hosts import actions as hosts
from orchestra.simulation.made_up import MadeUp

ACTOR: Final = "simulation"
SCALED_BY: Final = 0.1
STATES = """
SELECT status, count(*) FROM containers_container WHERE NOT superseded AND desired = 'run' GROUP BY status
"""
READY = "SELECT count(*) FROM hosts_host WHERE reachable = 'ok'"


def register_hosts(wanted: MadeUp) -> None:
    """Every host with its labels and countable resources."""
    for one in wanted.hosts:
        made = hosts.register(one.name, url=one.url, labels=one.labels, actor=ACTOR)
        if one.resources:
            hosts.update(made, hosts.Changes(resources=dict(one.resources)), actor=ACTOR)


def ask_for_all(wanted: MadeUp, *, go_on: Callable[[], bool]) -> None:
    """All services and containers, one after the other, as long as `go_on` says."""
    project = default_project()
    for spec in wanted.services:
        if not go_on():
            return
        services.create(project, dict(spec), actor=ACTOR)
    for spec in wanted.containers:
        if not go_on():
            return
        containers.run(project, dict(spec), actor=ACTOR)


def scale_one(chance: Random) -> None:
    """Some service gets a few more or fewer than before; another hand may be first."""
    rows = list(Service.objects.filter(gone_at=None, mode="replicated").order_by("pk")[:1_000])
    if not rows:
        return
    service = chance.choice(rows)
    step = max(1, round(service.replicas * SCALED_BY * chance.random()))
    wanted = max(1, service.replicas + chance.choice((-step, step)))
    try:
        services.scale(service, wanted, actor=ACTOR)
    except Problem:
        return  # it is being removed, by somebody who looks on


def counts() -> tuple[int, dict[str, int]]:
    """Hosts that answer, and containers by their status."""
    with connection.cursor() as cursor:
        cursor.execute(READY)
        row: Any = cursor.fetchone()
        cursor.execute(STATES)
        return int(row[0]), dict(cursor.fetchall())
