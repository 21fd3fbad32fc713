"""Plans over HTTP: what would happen, who may ask, that nothing stays of it, and that a stale one is refused."""

from typing import Any

import pytest

from containers.models import Container, Service
from containers.states import Status
from core.accounts.models import Project
from core.events.models import Event
from hosts.models import Host
from scheduler.models import Plan
from tests import rows as plain
from tests import services
from tests.api.conftest import Person
from tests.api.specs import WEB
from tests.scheduler import rows

pytestmark = pytest.mark.django_db
SMALL = {"image": "registry.test/web:1", "resources": {"cpu": "500m", "memory": "256m"}}


def scale(replicas: int) -> dict[str, Any]:
    return {"verb": "service.scale", "project": "shop", "service": "web", "body": {"replicas": replicas}}


def running(project: Project, hosts: list[Host], *, name: str = "web", **spec: Any) -> Service:
    """One of the service on each of the hosts, proved."""
    made = services.service(project=project, name=name, replicas=len(hosts), **{"container": SMALL, **spec})
    found = services.replicas(made, *(str(n + 1) for n in range(len(hosts))))
    for port, (host, row) in enumerate(zip(hosts, found, strict=True), 20_000 + Container.objects.count()):
        services.run(row, host, port=port)
        Container.objects.filter(pk=row.pk).update(proved=True)
    made.rollouts.update(status="done")
    made.refresh_from_db()
    return made


def doings(answer: Any) -> list[tuple[str, str, str | None]]:
    return [(one["doing"], one["container"], one["host"]) for one in answer["steps"]]


def test_a_plan_of_a_scale_shows_what_starts_where_and_leaves_nothing(operator: Person, shop: Project) -> None:
    hosts = [rows.host("h1"), rows.host("h2")]
    made = running(shop, [hosts[0]])
    before = (Container.objects.count(), Event.objects.count(), made.generation)
    answer = operator.post("/plans", {"changes": [scale(3)]})
    assert answer.status_code == 201, answer.content
    plan = answer.json()
    assert doings(plan) == [("start", "web.2", "h2"), ("start", "web.3", "h1")]
    assert plan["steps"][0]["why"] == "web.2 is one of 3; the best of 2 hosts that fit"
    assert plan["summary"] == "2 start"
    assert plan["peak"] == {"cpu_millis": 1000, "memory_bytes": 512 * rows.MIB}
    assert [one["host"] for one in plan["peaks"]] == ["h1", "h2"]
    assert (plan["unplaced"], plan["stays"], plan["stale"], plan["is_whole"]) == ([], [], [], True)
    made.refresh_from_db()
    assert (Container.objects.count(), Event.objects.count(), made.generation) == before
    assert operator.get(f"/plans/{plan['id']}").json() == plan


def test_what_finds_no_host_is_told_with_its_reason(operator: Person, shop: Project) -> None:
    running(shop, [rows.host("h1", memory=600 * rows.MIB)])
    plan = operator.post("/plans", {"changes": [scale(3)]}).json()
    assert plan["summary"] == "1 starts; 1 finds no host"
    (waiting,) = plan["unplaced"]
    assert waiting["container"] == "web.3"
    assert waiting["why"] == "no host fits: h1 lacks memory (needs 256 MiB, most free is 88 MiB on h1)"


def test_an_apply_does_it_and_a_stale_plan_is_refused_by_name(operator: Person, admin: Person, shop: Project) -> None:
    host = rows.host("h1")
    made = running(shop, [host])
    was = made.generation
    words = f"service web: generation {was} when planned, {was + 1} now"
    first, second = (operator.post("/plans", {"changes": [scale(n)]}).json() for n in (2, 3))
    done = operator.post(f"/plans/{first['id']}/apply", {}, Idempotency_Key="a")
    assert done.status_code == 202, done.content
    assert done.json()["applied_by"] == "user:otto"
    made.refresh_from_db()
    assert (made.replicas, made.generation) == (2, was + 1)
    stale = operator.post(f"/plans/{second['id']}/apply", {})
    assert (stale.status_code, stale.json()["code"]) == (409, "plan-stale")
    assert words in stale.json()["detail"]
    assert operator.get(f"/plans/{second['id']}").json()["stale"] == [words]
    assert operator.post(f"/plans/{first['id']}/apply", {}).json()["code"] == "plan-applied"
    third = operator.post("/plans", {"changes": [scale(4)]}).json()
    Host.objects.filter(pk=host.pk).update(reachable="lost")
    assert "host h1 was ready, is lost" in operator.post(f"/plans/{third['id']}/apply", {}).json()["detail"]
    made.refresh_from_db()
    assert made.replicas == 2


def test_room_that_was_taken_since_makes_it_stale(operator: Person, shop: Project) -> None:
    host = rows.host("h1", memory=1024 * rows.MIB)
    running(shop, [host])
    plan = operator.post("/plans", {"changes": [scale(3)]}).json()
    host.booking.memory_bytes_reserved = 900 * rows.MIB
    host.booking.save(update_fields=["memory_bytes_reserved"])
    detail = operator.post(f"/plans/{plan['id']}/apply", {}).json()["detail"]
    assert "host h1: the plan takes 512 MiB of memory there, 124 MiB is free now" in detail


def test_a_host_that_is_lost_or_drained(admin: Person, shop: Project) -> None:
    hosts = [rows.host("h1"), rows.host("h2")]
    running(shop, [hosts[0], hosts[0]])
    alone = rows.container("alone", project=shop)
    assert plain.bind(alone, hosts[0])
    plain.advance(alone, Status.RUNNING)
    lost = admin.post("/plans", {"changes": [{"verb": "host.lost", "host": "h1"}]}).json()
    assert sorted(doings(lost)) == [
        ("lose", "web.1", "h1"),
        ("lose", "web.2", "h1"),
        ("start", "web.1", "h2"),
        ("start", "web.2", "h2"),
    ]
    refused = admin.post(f"/plans/{lost['id']}/apply", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-to-apply")
    drained = admin.post("/plans", {"changes": [{"verb": "host.drain", "host": "h1"}]}).json()
    assert doings(drained) == [
        ("start", "web.1", "h2"),
        ("stop", "web.1", "h1"),
        ("start", "web.2", "h2"),
        ("stop", "web.2", "h1"),
    ]
    assert [(one["container"], one["host"]) for one in drained["stays"]] == [("alone", "h1")]
    assert Host.objects.get(name="h1").availability == "active"


def test_several_changes_see_one_another(operator: Person, shop: Project) -> None:
    """A service that is made, scaled and beside it one that goes; with a host more there is room for it."""
    running(shop, [rows.host("h1", memory=600 * rows.MIB)], name="old")
    changes = [
        {"verb": "service.remove", "project": "shop", "service": "old"},
        {"verb": "service.create", "project": "shop", "body": {"name": "web", "container": SMALL}},
        scale(4),
        {"verb": "container.run", "project": "shop", "body": {**WEB, "name": "alone"}},
    ]
    tight = operator.post("/plans", {"changes": changes}).json()
    assert tight["summary"].startswith("2 start, 1 stops; 3 find no host"), tight
    more = {"verb": "host.added", "body": {"cpu": "4", "memory": "4g"}}
    roomy = operator.post("/plans", {"changes": [more, *changes]}).json()
    assert (roomy["unplaced"], roomy["supposed"]) == ([], ["host.added"])
    assert Host.objects.count() == 1
    assert operator.post(f"/plans/{roomy['id']}/apply", {}).status_code == 202
    assert Service.objects.get(name="web").replicas == 4
    assert Container.objects.filter(name="alone").exists()


def test_what_would_be_refused_is_refused_with_its_place(operator: Person, viewer: Person, shop: Project) -> None:
    rows.host("h1")
    services.service(project=shop)
    wrong = operator.post("/plans", {"changes": [scale(2), {**scale(-1)}]})
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["pointer"] == "/changes/1/body/replicas"
    for body, code in (({}, 400), ({"changes": []}, 400), ({"changes": [{"verb": "no"}]}, 400)):
        assert operator.post("/plans", body).status_code == code
    missing = operator.post("/plans", {"changes": [{**scale(1), "service": "none"}]})
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (404, "/changes/0")
    assert viewer.post("/plans", {"changes": [scale(2)]}).status_code == 403
    assert operator.post("/plans", {"changes": [{"verb": "host.drain", "host": "h1"}]}).status_code == 403
    assert Plan.objects.count() == 0


def test_members_may_suppose_and_see_no_foreign_names(
    viewer: Person, stranger: Person, admin: Person, shop: Project
) -> None:
    running(shop, [rows.host("h1")])
    rows.host("h2")
    lost = {"changes": [{"verb": "host.lost", "host": "h1"}]}
    own = viewer.post("/plans", lost).json()
    assert {one["container"] for one in own["steps"]} == {"web.1"}
    foreign = stranger.post("/plans", lost).json()
    assert {(one["container"], one["project"], one["why"]) for one in foreign["steps"]} == {
        ("one of another project", None, "of another project")
    }
    assert stranger.get(f"/plans/{own['id']}").status_code == 404
    assert admin.get(f"/plans/{own['id']}").status_code == 200
