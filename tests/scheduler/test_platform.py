"""Orchestra itself over the API: its living processes, who leads, which agent speaks for which hosts, its database."""

from typing import Any
from uuid import uuid4

import pytest

from core.accounts.models import User
from hosts.models import HostHold, Process
from scheduler.models import SchedulerLease
from tests import rows
from tests.api.conftest import person_of

pytestmark = pytest.mark.django_db


def process(role: str, name: str, *, retired: bool = False) -> Process:
    return Process.objects.create(id=uuid4(), role=role, name=name, beat=7, retired=retired)


def test_it_tells_who_leads_and_who_speaks_for_whom(django_assert_max_num_queries: Any) -> None:
    admin = person_of(User.objects.create_superuser("ada", password="x"))
    leader, standby = process("scheduler", "a:1"), process("scheduler", "b:2")
    agent, gone = process("agent", "a:3"), process("agent", "b:4", retired=True)
    SchedulerLease.objects.update_or_create(name="scheduler", defaults={"holder": leader.pk, "epoch": 3})
    for name, holder in (("h1", agent), ("h2", agent), ("h3", gone), ("h4", None)):
        HostHold.objects.filter(host=rows.host(name)).update(agent=holder and holder.pk)
    with django_assert_max_num_queries(12):
        told = admin.get("/platform").json()
    by_name = {one["name"]: one for one in told["processes"]}
    assert list(by_name) == ["a:1", "b:2", "a:3"]
    assert [by_name[one.name]["leads"] for one in (leader, standby, agent)] == [True, False, False]
    assert (by_name["a:3"]["hosts"], told["unspoken_hosts"]) == (["h1", "h2"], ["h3", "h4"])
    assert by_name["a:3"]["beat"] == 7
    assert told["database"]["size_bytes"] > 1_000_000
    assert told["database"]["connections"] >= 1
    assert told["web"]["python"].startswith("3.")
