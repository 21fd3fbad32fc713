"""Who stands where, by what has changed since the last look, is what counting anew would say; for random changes."""

from itertools import count
from random import Random
from typing import Any

import psycopg
import pytest
from django.db import DataError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from containers.models import Container
from containers.states import FINAL, Status
from containers.transitions import Binding, bind_many
from core.accounts.models import default_project
from core.lib.notify import listen_dsn
from hosts.models import Host
from scheduler import snapshot
from scheduler import standing as module
from scheduler.company import ANEW, Company
from scheduler.fleet import read_fleet
from scheduler.placement import Fleet
from scheduler.placement.company import Kin
from scheduler.reading import query, repeatable_read
from scheduler.standing import Standing
from tests.scheduler.rows import container, host, walk

pytestmark = pytest.mark.django_db(transaction=True)

RULES: tuple[dict[str, Any], ...] = (
    {},
    {"affinity": [{"label": "tier=web", "apart": True}]},
    {"affinity": [{"service": "db", "apart": True, "within": "zone"}], "labels": {"tier": "web"}},
    {"labels": {"tier": "web", "colour": "red"}},
)
LOOK, ADD, BIND, RUN, END, FORGET = range(6)
NUMBERS = count()
Seen = tuple[dict[str, int], object, object]


def seen_by(company: Company) -> Seen:
    project = default_project().pk  # made where it is not there, which a look must not
    with repeatable_read():
        if isinstance(company, Standing):
            company.look()
        fleet: Fleet = read_fleet(company.on_host())
        at = {int(one): row for row, one in enumerate(fleet.ids.tolist())}
        company.shunned(fleet, at)
        asked = [Kin(project, "label", "tier=web"), Kin(project, "label", "colour=red"), Kin(project, "service", "db")]
        company.company(fleet, at, asked)
        return dict(zip(fleet.names, fleet.containers.tolist(), strict=True)), fleet.shunned, fleet.company


def change(what: int, chance: Random, hosts: list[Host]) -> None:
    """One thing that the rows of an installation go through."""
    if what == ADD:
        container(f"c-{next(NUMBERS)}", **chance.choice(RULES))
        return
    wanted: list[str] = {
        BIND: ["pending"],
        RUN: ["bound"],
        END: ["bound", "running"],
        FORGET: [one.value for one in FINAL],
    }[what]
    rows = list(Container.objects.filter(status__in=wanted).order_by("created_at", "id"))
    if not rows:
        return
    row = chance.choice(rows)
    if what == BIND:
        to = chance.choice(hosts)
        bind_many([Binding(row.pk, to.pk, to.name)], actor="scheduler")
    elif what == RUN:
        walk(row, Status.PREPARING, Status.STARTING, Status.RUNNING)
    elif what == END:
        walk(row, Status.FAILED)
    else:
        row.delete()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from([LOOK, ADD, ADD, BIND, BIND, RUN, END]), max_size=30), st.randoms(use_true_random=False)
)
def test_what_changed_is_all_that_matters(steps: list[int], chance: Random) -> None:
    Container.objects.all().delete()
    hosts = list(Host.objects.order_by("pk")) or [
        host("h1", labels={"zone": "a"}, cpu=10**9),
        host("h2", labels={"zone": "b"}, cpu=10**9),
    ]
    standing = Standing()
    for step in steps:
        if step == LOOK:
            assert seen_by(standing) == seen_by(ANEW)
            change(FORGET, chance, hosts)  # the reaper takes only what has long ended
        else:
            change(step, chance, hosts)
    assert seen_by(standing) == seen_by(ANEW)


def test_a_change_that_was_under_way_during_a_look_is_seen_by_the_next() -> None:
    to = host("h1")
    row, other = container("late"), container("early")
    standing = Standing()
    seen_by(standing)
    conninfo, keywords = listen_dsn()
    with psycopg.connect(conninfo, **{**keywords, "autocommit": False}) as slow:
        slow.execute("UPDATE containers_container SET status = 'bound', host_id = %s WHERE id = %s", [to.pk, row.pk])
        bind_many([Binding(other.pk, to.pk, to.name)], actor="scheduler")  # a later transaction that ends sooner
        assert seen_by(standing)[0] == {"h1": 1}
        slow.commit()
    assert seen_by(standing)[0] == {"h1": 2}


def test_a_pass_reads_only_what_changed() -> None:
    to = host("h1")
    for number in range(5):
        bind_many([Binding(container(f"c{number}").pk, to.pk, to.name)], actor="scheduler")
    standing = Standing()
    container("waits")
    first = snapshot.read(standing)
    assert first is not None
    assert first.fleet.containers.tolist() == [5]
    taken: list[object] = []
    standing._take = taken.extend  # type: ignore[method-assign,assignment]
    ((standing._since,),) = query("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")  # as if all were over
    snapshot.read(standing)
    assert taken == []


def test_a_look_that_failed_is_followed_by_one_at_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    to = host("h1")
    bind_many([Binding(container("there").pk, to.pk, to.name)], actor="scheduler")
    standing = Standing()
    assert seen_by(standing)[0] == {"h1": 1}
    standing._everything_at_s = 0.0  # all is to be read anew, and that is cut off
    with monkeypatch.context() as cut:
        cut.setattr(module, "_ROWS", "SELECT 1 / 0, %s::text[] FROM containers_container c WHERE ")
        with pytest.raises(DataError):
            seen_by(standing)
    assert seen_by(standing)[0] == {"h1": 1}
