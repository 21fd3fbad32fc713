"""The hosts as a loop remembers them from pass to pass are the hosts as they are, whatever has changed meanwhile."""

from collections.abc import Sequence
from dataclasses import fields
from itertools import count
from random import Random
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.accounts.models import Project
from core.lib.notify import listen_dsn
from hosts.models import Host, HostBooking, HostHold, Process
from scheduler.controllers import pending
from scheduler.fleet import read_fleet
from scheduler.known_hosts import KnownHosts
from scheduler.placement import Fleet
from scheduler.reading import query
from scheduler.standing import Standing
from tests.scheduler import lease
from tests.scheduler.rows import container, host, speaker

pytestmark = pytest.mark.django_db(transaction=True)

BAD = {"disk": {"status": "bad", "message": "full", "since": "2026-01-01T00:00:00+00:00"}}
CHANGES: tuple[dict[str, Any], ...] = (
    {"labels": {"zone": "a"}},
    {"labels": {"zone": "b", "gpu": ""}},
    {"availability": "cordoned"},
    {"availability": "active"},
    {"reachable": "suspect"},
    {"reachable": "ok"},
    {"responsive": "slow"},
    {"responsive": "ok"},
    {"conditions": BAD},
    {"conditions": {}},
    {"architecture": "aarch64"},
    {"data_address": "10.9.9.9"},
    {"taints": ["gpu"]},
    {"projects": ["shop"]},
    {"projects": []},
    {"name": "a-new-name"},
)
NUMBERS = count()
ADD, REMOVE, BOOK, SILENCE, SPEAK = "add", "remove", "book", "silence", "speak"


def told(fleet: Fleet) -> dict[str, object]:
    """Every column, as plain values."""
    found = {field.name: getattr(fleet, field.name) for field in fields(fleet) if field.compare}
    found["resources"] = {
        name: (one.allocatable.tolist(), one.reserved.tolist()) for name, one in found["resources"].items()
    }
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in found.items()}


def change(what: str | int, chance: Random) -> None:
    hosts = list(Host.objects.order_by("pk"))
    one = chance.choice(hosts) if hosts else None
    if what == ADD:
        host(f"h{next(NUMBERS)}", labels={"zone": chance.choice("ab")})
    elif one is None:
        return
    elif what == REMOVE:
        one.delete()
    elif what == BOOK:
        wanted = {
            "cpu_millis_reserved": chance.randrange(4000),
            "resources_allocatable": {"seats": chance.randrange(9)},
        }
        HostBooking.objects.filter(pk=one.pk).update(**wanted)
    elif what == SILENCE:
        HostHold.objects.filter(pk=one.pk).update(agent=None)
    elif what == SPEAK:
        HostHold.objects.filter(pk=one.pk).update(agent=speaker().pk)
    else:
        wish = CHANGES[int(what)]
        name = {"name": f"{wish['name']}-{one.pk}"} if "name" in wish else {}
        Host.objects.filter(pk=one.pk).update(**{**wish, **name})


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.one_of(st.sampled_from([ADD, REMOVE, BOOK, SILENCE, SPEAK]), st.integers(0, len(CHANGES) - 1)),
        min_size=5,
        max_size=14,
    ),
    st.randoms(use_true_random=False),
)
def test_known_hosts_are_as_they_are(steps: list[str | int], chance: Random) -> None:
    Host.objects.all().delete()
    Project.objects.get_or_create(name="shop")
    known = KnownHosts()
    for step in [ADD, ADD, *steps]:
        change(step, chance)
        if chance.random() < 0.7:
            assert told(read_fleet({}, known)) == told(read_fleet({}))
    Process.objects.update(retired=True)
    assert told(read_fleet({}, known)) == told(read_fleet({}))


def names_read_by(known: KnownHosts) -> list[str]:
    """Grows with each look."""
    read: list[str] = []
    take = known._take

    def note(rows: Sequence[tuple[Any, ...]]) -> None:
        read.extend(row[9] for row in rows)
        take(rows)

    known._take = note  # type: ignore[method-assign]
    return read


def test_only_hosts_that_have_changed_are_read() -> None:
    for name in ("h1", "h2", "h3"):
        host(name)
    known = KnownHosts()
    read_fleet({}, known)
    ((known._since,),) = query("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    HostBooking.objects.filter(host__name="h1").update(cpu_millis_reserved=7)
    HostHold.objects.filter(host__name="h3").update(agent=None)
    read = names_read_by(known)
    fleet = read_fleet({}, known)
    assert sorted(read) == ["h1", "h3"]
    assert (fleet.cpu_reserved.tolist(), fleet.unready_words) == ([7, 0, 0], ("", "", "no agent speaks for it"))


def test_a_change_that_was_under_way_during_a_look_is_seen_by_the_next() -> None:
    host("h1")
    known = KnownHosts()
    read_fleet({}, known)
    conninfo, keywords = listen_dsn()
    with psycopg.connect(conninfo, **{**keywords, "autocommit": False}) as slow:
        slow.execute("UPDATE hosts_hostbooking SET cpu_millis_reserved = 9")
        Project.objects.create(name="later")  # a later transaction that ends sooner
        assert read_fleet({}, known).cpu_reserved.tolist() == [0]
        slow.commit()
    assert read_fleet({}, known).cpu_reserved.tolist() == [9]


def test_what_was_reckoned_from_labels_goes_with_them() -> None:
    there = host("h1", labels={"disk": "hdd"})
    standing, turn = Standing(), lease.given()
    waits = container("waits", constraints=["disk=ssd"])
    pending.turn(turn, standing)
    waits.refresh_from_db()
    assert waits.message == "no host fits: h1 does not match disk=ssd"
    Host.objects.filter(pk=there.pk).update(labels={"disk": "ssd"})
    pending.turn(turn, standing)
    waits.refresh_from_db()
    assert waits.status == "bound"
