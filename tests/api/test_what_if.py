"""What-if over HTTP: on real rows, in words, and for whom."""

from collections.abc import Iterator
from typing import Any

import pytest

from containers import service_actions
from containers.models import Container
from core.accounts.models import Project
from scheduler.whatif.read import KEPT
from tests import rows as plain
from tests.api.conftest import Person
from tests.api.test_plans import SMALL, running
from tests.scheduler import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    KEPT.forget()
    yield
    KEPT.forget()


def test_any_host_or_zone_lost(admin: Person, viewer: Person, shop: Project) -> None:
    sizes = {"h1": 1024 * rows.MIB, "h2": 600 * rows.MIB}
    first, second = (rows.host(name, memory=size, labels={"zone": "a"}) for name, size in sizes.items())
    running(shop, [first, first, second])
    alone = rows.container("alone", project=shop)
    assert plain.bind(alone, second)
    found = viewer.get("/what-if/host-loss").json()
    assert (found["fits"], found["asked"], found["failing"]) == (False, 2, 1)
    assert found["summary"] == "1 of 2 hosts cannot be lost: after h1 1 container finds no host"
    worst, other = found["worst"]
    assert worst == {
        "name": "h1",
        "hosts": 1,
        "moves": 2,
        "ends": 0,
        "unplaced": 1,
        "reasons": [{"count": 1, "why": ""}],
    }
    assert (other["moves"], other["ends"], other["unplaced"]) == (1, 1, 0)
    (reason,) = admin.get("/what-if/host-loss").json()["worst"][0]["reasons"]
    assert "1 lacks memory (needs 256 MiB, most free is 88 MiB on h2)" in reason["why"]
    zones = admin.get("/what-if/host-loss?label=zone").json()
    assert [(one["name"], one["hosts"], one["unplaced"]) for one in zones["worst"]] == [("a", 2, 3)]
    assert admin.get("/what-if/host-loss?label=rack").status_code == 400


def test_how_many_more_fit(viewer: Person, stranger: Person, shop: Project) -> None:
    running(shop, [rows.host("h1", memory=1024 * rows.MIB), rows.host("h2", memory=600 * rows.MIB)])
    found = viewer.get("/what-if/fits?project=shop&service=web").json()
    assert (found["more"], found["is_least"]) == (4, False)
    assert found["hosts"] == [{"host": "h1", "more": 3}, {"host": "h2", "more": 1}]
    assert "lack memory" in found["why"]
    assert stranger.get("/what-if/fits?project=shop&service=web").status_code == 404
    service_actions.create(shop, {"name": "all", "mode": "global", "container": SMALL}, actor="user:test")
    assert viewer.get("/what-if/fits?project=shop&service=all").json()["code"] == "is-global"


def test_how_many_hosts_are_needed(admin: Person, shop: Project) -> None:
    host = rows.host("h1", memory=600 * rows.MIB)
    running(shop, [host])
    asked = "/what-if/hosts?project=shop&service=web&more=10"
    found = admin.get(f"{asked}&like=h1").json()
    assert (found["containers"], found["hosts"], found["left"]) == (10, 5, 0)
    assert admin.get(f"{asked}&cpu=8&memory=8g").json()["hosts"] == 1
    assert admin.get(f"{asked}&cpu=8&memory=100m").json()["hosts"] is None
    rows.container("waits", project=shop, resources={"memory": "2g"})
    waiting = admin.get("/what-if/hosts?cpu=8&memory=8g").json()
    assert (waiting["containers"], waiting["hosts"]) == (1, 1)
    for wrong in ("cpu=8", "like=none", "cpu=many&memory=8g", "cpu=8&memory=8g&labels=a b=c"):
        assert admin.get(f"/what-if/hosts?{wrong}").status_code == 400, wrong


ASK = "/what-if/placement"
SPREAD = {"service": "simulated", "apart": True, "within": "zone", "prefer": 50}


def landed(found: dict[str, Any]) -> dict[str, int]:
    return {one["host"]: one["containers"] for one in found["hosts"]}


def test_where_so_many_would_go_and_why_the_rest_waits(viewer: Person, stranger: Person, shop: Project) -> None:
    sizes = {"a1": (1024, "a"), "a2": (1024, "a"), "b1": (1024, "b"), "b2": (300, "b")}
    for name, (size, zone) in sizes.items():
        rows.host(name, memory=size * rows.MIB, labels={"zone": zone})
    small = {"resources": {"memory": "256m"}}
    found = viewer.post(ASK, {"project": "shop", "count": 4, "container": {**small, "affinity": [SPREAD]}}).json()
    assert (found["placed"], found["left"], found["needed"], found["policy"]) == (4, None, None, "spread")
    hosts = landed(found)
    assert hosts.get("a1", 0) + hosts.get("a2", 0) == 2, "two in each zone"
    alike = viewer.post(ASK, {"project": "shop", "count": 20, "container": small, "host": {"like": "a1"}}).json()
    assert (alike["placed"], landed(alike)) == (13, {"a1": 4, "a2": 4, "b1": 4, "b2": 1})
    left = alike["left"]
    assert (left["waiting"], left["hosts_total"], left["fits"]) == (7, 4, 0)
    assert left["text"].startswith("no host fits: 4 of 4 lack memory (needs 256 MiB, most free is 44 MiB on b2)")
    assert {one["host"] for one in left["refused"]} == set(sizes)
    assert left["fixes"][0]["changes"][0]["kind"] == "memory"
    assert alike["funnel"][-1]["left"] == 4
    assert alike["needed"] == {"containers": 20, "hosts": 2, "left": 0, "why": alike["needed"]["why"]}
    assert stranger.post(ASK, {"project": "shop", "container": {}}).status_code == 404


def test_as_more_of_a_service_and_with_its_ports(viewer: Person, shop: Project) -> None:
    running(shop, [rows.host("h1", memory=1024 * rows.MIB), rows.host("h2", memory=600 * rows.MIB)])
    found = viewer.post(ASK, {"project": "shop", "service": "web", "count": 9}).json()
    assert (found["placed"], found["left"]["waiting"]) == (4, 5)
    asked = {"ports": [{"container_port": 80, "host_port": 8080}]}
    found = viewer.post(ASK, {"project": "shop", "container": asked, "count": 3}).json()
    assert (landed(found), found["left"]["waiting"]) == ({"h1": 1, "h2": 1}, 1)
    assert "port" in found["left"]["text"]
    assert found["left"]["fits"] == 0, "the ports of those that landed are taken"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({}, "/container"),
        ({"container": {}, "service": "web"}, "/container"),
        ({"container": []}, "/container"),
        ({"container": {"resources": {"cpu": "many"}}}, "/container/resources/cpu"),
        ({"container": {"placement_policy": "none-such"}}, "/container/placement_policy"),
        ({"container": {}, "count": 0}, "/count"),
        ({"container": {"volumes": [{"name": "d", "path": "/d"}]}, "count": 1001}, "/count"),
        ({"container": {}, "host": {"cpu": "8"}}, "/host/memory"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(viewer: Person, shop: Project, wrong: dict[str, Any], pointer: str) -> None:
    refused = viewer.post(ASK, {"project": "shop", **wrong})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, pointer)


def test_who_would_give_way_and_what_is_kept_for_others(admin: Person, viewer: Person, shop: Project) -> None:
    """Two less important ones of which one may go, and a large one that waits and has the second host kept for it."""
    hosts = [rows.host(name, memory=512 * rows.MIB) for name in ("h1", "h2")]
    Project.objects.filter(pk=shop.pk).update(policy={"max_priority": 100})
    running(shop, hosts[:1] * 2, update={"max_unavailable": 1})
    kept = rows.container("large", project=shop, resources={"memory": "512m"}, priority=5)
    Container.objects.filter(pk=kept.pk).update(nominated_host=hosts[1])
    asked = {"project": "shop", "count": 3, "container": {"resources": {"memory": "256m"}}}
    equal = viewer.post(ASK, asked).json()
    assert (equal["placed"], equal["left"]["gives_way"]) == (0, None)
    assert "1 is kept for what waits already (priority 5, it has 0)" in equal["left"]["text"]
    asked["container"]["priority"] = 5  # type: ignore[index]
    found = viewer.post(ASK, asked).json()["left"]["gives_way"]
    assert (found["placed"], found["is_least"]) == (1, False)
    (stops,) = found["stops"]
    assert (stops["container"].startswith("web."), stops["host"], stops["priority"]) == (True, "h1", 0)
    assert found["why"] == "1 of lower priority on h1 would make room, but web may miss none now"
