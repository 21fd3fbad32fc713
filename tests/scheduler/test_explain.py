"""What the API tells of a container that waits, as things are now, and of the decisions about a service."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from containers.models import Container, Service
from containers.states import Status
from core.accounts.models import Project, User
from hosts.models import Host
from scheduler.controllers import pending
from scheduler.history import REFUSED_SHOWN
from scheduler.models import Decision
from tests.scheduler.lease import given
from tests.scheduler.rows import MIB, container, host
from tests.scheduler.test_api import decision_of, speaks
from tests.services import replicas, service

pytestmark = pytest.mark.django_db(transaction=True)

Get = Callable[[str], Any]


@pytest.fixture
def shop() -> Project:
    return Project.objects.create(name="shop")


@pytest.fixture
def ada(shop: Project) -> Get:
    return speaks(User.objects.create_superuser("ada", password="ada-long-password"))


def test_what_would_let_it_in_is_told_as_the_fleet_is_now(shop: Project, ada: Get) -> None:
    host("h1", labels={"zone": "fra"})
    host("h2", availability="cordoned")
    row = container(project=shop, constraints=["zone=ams"])
    pending.turn(given())
    now = ada(decision_of(row)).json()["now"]
    assert (now["waiting"], now["fits"], now["hosts_total"], now["note"]) == (1, 0, 2, "")
    assert [step["filter"] for step in now["funnel"] if step["refused"]] == ["availability", "labels"]
    assert now["misses"][0] == {
        "host": "h1",
        "reasons": [{"filter": "labels", "reason": "wants zone=ams, has zone=fra", "missing": ""}],
    }
    assert now["lacking"] == [{"filters": ["labels"], "hosts": 1}]
    assert [fix["words"] for fix in now["fixes"]] == [
        "add label zone=ams to host h1: 1 host",
        "drop the constraint zone=ams: 1 host",
    ]
    assert now["fixes"][0]["changes"] == [
        {
            "kind": "label",
            "field": "labels",
            "value": {"zone": "ams"},
            "shown": "zone=ams",
            "words": "add label zone=ams to host h1",
            "host": "h1",
            "alike": 0,
        }
    ]


def test_the_kept_part_is_of_then_and_the_other_of_now(shop: Project, ada: Get) -> None:
    host("h1")
    row = container(project=shop, constraints=["gpu"])
    pending.turn(given())
    then = ada(decision_of(row)).json()
    host("h2", labels={"gpu": "1"})
    body = ada(decision_of(row)).json()
    assert (body["at"], body["funnel"], body["hosts_total"]) == (then["at"], then["funnel"], 1)
    assert (body["now"]["hosts_total"], body["now"]["fits"], body["now"]["fixes"]) == (2, 1, [])
    assert body["now"]["text"] == "1 host fits now: the next pass places it"
    assert body["now"]["at"] > then["now"]["at"] > then["at"]
    pending.turn(given())
    assert ada(decision_of(row)).json()["now"] is None


def test_a_fix_that_is_made_places_it(shop: Project, ada: Get) -> None:
    host("h1", availability="cordoned")
    row = container(project=shop)
    pending.turn(given())
    (fix,) = ada(decision_of(row)).json()["now"]["fixes"]
    (change,) = fix["changes"]
    assert (change["field"], change["host"], fix["hosts"]) == ("availability", "h1", 1)
    Host.objects.filter(name=change["host"]).update(**{change["field"]: change["value"]})
    pending.turn(given())
    row.refresh_from_db()
    assert row.status == Status.BOUND


def test_a_spec_that_cannot_be_read_says_so(shop: Project, ada: Get) -> None:
    host("h1")
    row = container(project=shop)
    Container.objects.filter(pk=row.pk).update(spec={"name": 7}, spec_hash="broken")
    now = ada(decision_of(row)).json()["now"]
    assert now["text"].startswith("its spec cannot be read")
    assert now["fixes"] == []


# --- a service


def add(made: Service, count: int, *, first: int = 1) -> None:
    """So many of its containers, which wait."""
    replicas(made, *[str(first + n) for n in range(count)])


def told(ada: Get, made: Service, more: str = "") -> Any:
    answer = ada(f"/projects/shop/services/{made.pk}/decisions{more}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_hundred_containers_are_one_explanation(shop: Project, ada: Get) -> None:
    for n in range(12):
        host(f"h{n:02}", availability="cordoned" if n else "active")
    made = service(project=shop)
    add(made, 100)
    container("stranger", project=shop)
    pending.turn(given())
    body = told(ada, made)
    (group,) = body["results"]
    assert body["waiting"] == []
    assert group["containers"] == 100
    assert group["hosts"] == [{"host": "h00", "containers": 100}]
    assert group["text"] == "100 placed on h00: the only host that fits; refused: 11 by availability"
    assert (len(group["refused"]), group["refused_total"]) == (REFUSED_SHOWN, 11)
    assert len(group["examples"]) == 5
    assert all(one["name"].startswith("web") for one in group["examples"])


def test_each_pass_is_a_group_newest_first_and_those_who_wait_are_told_together(shop: Project, ada: Get) -> None:
    host("h1", memory=1000 * MIB)
    made = service(project=shop, container={"image": "web:1", "resources": {"memory": "400m"}})
    add(made, 5)
    pending.turn(given())
    body = told(ada, made)
    assert [(one["verdict"], one["containers"]) for one in body["results"]] == [("refused", 3), ("placed", 2)]
    (now,) = body["waiting"]
    assert (now["waiting"], now["fixes"][0]["of"]) == (3, 3)
    assert [fix["words"] for fix in now["fixes"]] == [
        "lower memory to 66 MiB: 1 host, 3 of 3 placed",
        "lower memory to 200 MiB: 1 host, 1 of 3 placed",
    ]
    host("h2")
    pending.turn(given())
    assert [one["containers"] for one in told(ada, made)["results"]] == [3, 3, 2]
    assert [one["containers"] for one in told(ada, made, "?limit=1")["results"]] == [3]


def test_decisions_outlive_the_containers(shop: Project, ada: Get) -> None:
    host("h1")
    made = service(project=shop)
    add(made, 2)
    pending.turn(given())
    Container.objects.filter(service=made).delete()
    (group,) = told(ada, made)["results"]
    assert (group["containers"], group["examples"][0]["name"]) == (2, None)
    assert set(Decision.objects.values_list("service_id", flat=True)) == {made.pk}


def test_of_another_service_nothing_is_told(shop: Project, ada: Get) -> None:
    host("h1")
    made, other = service(project=shop), service(project=shop, name="db")
    add(made, 2)
    pending.turn(given())
    assert told(ada, other) == {"waiting": [], "results": []}
    assert ada(f"/projects/shop/services/{made.pk}/decisions?limit=0").status_code == 400


def test_however_many_decisions_it_is_asked_in_a_few_queries(shop: Project, ada: Get) -> None:
    host("h1")
    made = service(project=shop)
    told(ada, made)  # the first time notes that the token is used
    counts = []
    for times in range(2):
        for more in range(3):
            add(made, 4, first=1 + 12 * times + 4 * more)
            pending.turn(given())
        with CaptureQueriesContext(connection) as seen:
            told(ada, made)
        counts.append(len(seen))
    assert counts[0] == counts[1]
