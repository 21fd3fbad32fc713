"""Services on the socket: the feed's table, the topics of a service and of its endpoints are what GET answers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from containers import service_actions
from containers.models import Container, Service
from containers.states import Status
from containers.transitions import Observation, hold_stop, observe_many
from core.accounts.models import Project, default_project
from core.accounts.roles import Role
from hosts.models import Host
from tests import rows, services
from tests.realtime.conftest import Member
from tests.realtime.live import Fleet, Json, Live
from tests.realtime.web import Web

ACTOR = "user:test"
SAME = (
    "id", "name", "project", "mode", "replicas", "desired_count", "ready", "live", "state", "paused", "generation",
    "version",
)  # fmt: skip


def of_api(one: Json) -> Json:
    rollout = one["rollout"]
    told = "" if rollout["status"] in ("done", "superseded") else rollout["message"]
    return {name: one[name] for name in SAME} | {
        "revision": one["revision"]["number"],
        "image": one["revision"]["image"],
        "rollout": rollout["status"],
        "rollout_done": rollout["done"],
        "rollout_total": rollout["total"],
        "message": told,
        "created": round(datetime.fromisoformat(one["created_at"]).timestamp() * 1_000_000) // 1000,
    }


class Watched:
    """Everything about one service that a console watches, and the comparison with what the API says."""

    def __init__(self, web: Web, token: str, live: Live, made: Service) -> None:
        self.web, self.token, self.live = web, token, live
        self.path = f"/projects/default/services/{made.pk}"
        self.fleet_sub = live.sub("fleet", project="default")
        self.service, self.endpoints = live.sub(f"service:{made.pk}"), live.sub(f"endpoints:{made.pk}")

    @property
    def fleet(self) -> Fleet:
        return self.live.fleets[self.fleet_sub]

    def shown(self) -> tuple[Any, ...]:
        where = (self.live.object(self.endpoints) or {}).get("endpoints")
        return list(self.fleet.rows["services"].values()), self.live.object(self.service), where

    def agrees(self) -> Json:
        """GET's answer, when everything else says the same."""
        one: Json = self.web.call("GET", self.path, self.token)
        where = self.web.call("GET", f"{self.path}/endpoints", self.token)["endpoints"]
        self.live.until(lambda: self.shown() == ([of_api(one)], one, where), patience_s=5)
        return one

    def states(self) -> list[str]:
        where = (self.live.object(self.endpoints) or {}).get("endpoints", [])
        return [f"{one['slot']}:{one['state']}" for one in where]


@pytest.fixture
def watched(web: Web, admin: str) -> Iterator[Watched]:
    with web.live(admin) as live:
        yield Watched(web, admin, live, services.service())


def test_everything_that_decides_is_told(watched: Watched) -> None:
    host = rows.host("h1")
    made = Service.objects.get()
    assert watched.agrees()["state"] == "updating"
    first, second = services.replicas(made, "1", "2")
    assert watched.agrees()["live"] == 2
    for one, port in ((first, 20001), (second, 20002)):
        services.run(one, host, port=port)
    assert watched.agrees()["ready"] == 2
    assert watched.states() == ["1:ready", "2:ready"]
    watched.live.until(lambda: "web.1" in watched.fleet.by("containers", "name"))  # told after its service
    assert watched.fleet.by("containers", "name")["web.1"]["service"] == "web"
    observe_many([Observation(first.pk, {"health": "unhealthy"})], actor="agent:test")
    assert watched.agrees()["ready"] == 1
    assert watched.states() == ["2:ready"]
    hold_stop(second.pk, delay_s=30, actor=ACTOR)
    assert watched.agrees()["ready"] == 0
    assert watched.states() == ["2:draining"]
    Host.objects.filter(pk=host.pk).update(reachable="suspect")  # without a hint, as if it were lost
    watched.agrees()
    assert watched.states() == []


def test_every_verb(watched: Watched) -> None:
    made = Service.objects.get()
    service_actions.scale(made, 5, actor=ACTOR)
    assert watched.agrees()["desired_count"] == 5
    changed = {**services.SPEC, "container": {"image": "registry.test/web:2"}}
    service_actions.update(made, changed, actor=ACTOR)
    assert watched.agrees()["revision"]["number"] == 2
    service_actions.pause(made, actor=ACTOR)
    assert watched.agrees()["state"] == "paused"
    service_actions.resume(made, actor=ACTOR)
    service_actions.abort(made, actor=ACTOR)
    assert watched.agrees()["rollout"]["kind"] == "roll-back"
    service_actions.remove(made, actor=ACTOR)
    assert watched.agrees()["state"] == "removing"


def test_a_later_reading_of_endpoints_has_the_higher_version(watched: Watched, admin: str) -> None:
    watched.agrees()
    before = watched.live.told("obj", watched.endpoints)[-1]["object"]["version"]
    (row,) = services.replicas(Service.objects.get(), "1")
    services.run(row, rows.host("h1"), port=20001)
    watched.live.until(lambda: watched.states() == ["1:ready"])
    told = [one["object"]["version"] for one in watched.live.told("obj", watched.endpoints)]
    assert told == sorted(set(told))
    assert told[-1] > before
    assert watched.web.call("GET", f"{watched.path}/endpoints", admin)["version"] >= told[-1]


def test_endpoints_are_silent_while_nothing_of_them_changes(watched: Watched) -> None:
    (row,) = services.replicas(Service.objects.get(), "1")
    services.run(row, rows.host("h1"), port=20001)
    watched.live.until(lambda: watched.states() == ["1:ready"])
    before = 0
    for word in ("a word", "another word"):  # what the subscription itself told is over with the first
        before = len(watched.live.told("obj", watched.endpoints))
        observe_many([Observation(row.pk, {"message": word})], actor="agent:test")
        watched.live.until(lambda: _message(watched, str(row.slot_id)) == word)  # noqa: B023 - waited for at once
        watched.agrees()
    assert len(watched.live.told("obj", watched.endpoints)) == before


def _message(watched: Watched, slot: str) -> str:
    found: str = watched.fleet.by("containers", "slot").get(slot, {}).get("message", "")
    return found


def test_what_is_gone_is_told_and_leaves_the_table(watched: Watched) -> None:
    watched.agrees()
    made = Service.objects.get()
    Service.objects.filter(pk=made.pk).update(gone_at=made.created_at)
    live = watched.live
    live.until(lambda: not watched.fleet.rows["services"])
    live.until(lambda: {one["sub"] for one in live.told("error")} == {watched.service, watched.endpoints})
    assert {one["code"] for one in live.told("error")} == {"gone"}


def test_deleted_rows_leave_the_table_too(watched: Watched) -> None:
    watched.agrees()
    Service.objects.update(revision=None)
    Service.objects.all().delete()
    watched.live.until(lambda: not watched.fleet.rows["services"], patience_s=8)


def test_a_slot_stays_one_row_while_its_successor_comes(watched: Watched) -> None:
    host = rows.host("h1")
    (first,) = services.replicas(Service.objects.get(), "1")
    services.run(first, host, port=20001)
    services.run(services.successor(first), host, port=20002)
    one = watched.agrees()
    assert (one["live"], one["ready"]) == (2, 2)
    assert watched.states() == ["1:ready", "1:ready"]
    watched.live.until(lambda: watched.fleet.rows["containers"])  # told after its service
    assert [row["id"] for row in watched.fleet.rows["containers"].values()] == [str(first.pk)]


def test_members_see_the_services_of_their_project_alone(web: Web, admin: str, member: Member) -> None:
    shop = Project.objects.create(name="shop")
    mine, theirs = services.service(project=shop, name="mine"), services.service(name="theirs")
    services.replicas(theirs, "1")
    token = member("vera", shop, Role.VIEWER)
    with web.live(token) as live, web.live(admin) as above:
        fleet, platform = live.sub("fleet", project="shop"), above.sub("fleet")
        live.until(lambda: "services" in live.fleets[fleet].complete)
        assert list(live.fleets[fleet].by("services", "name")) == ["mine"]
        above.until(lambda: "services" in above.fleets[platform].complete)
        by_name = above.fleets[platform].by("services", "name")
        assert {name: row["project"] for name, row in by_name.items()} == {"mine": "shop", "theirs": "default"}
        own = live.sub(f"service:{mine.pk}")
        foreign = [live.sub(f"service:{theirs.pk}"), live.sub(f"endpoints:{theirs.pk}")]
        live.until(lambda: live.object(own) and len(live.told("error")) == 2)
        assert {(one["sub"], one["code"]) for one in live.told("error")} == {(one, "not-found") for one in foreign}
        theirs.refresh_from_db()
        service_actions.scale(theirs, 3, actor=ACTOR)
        above.until(lambda: above.fleets[platform].by("services", "name")["theirs"]["replicas"] == 3)
        assert list(live.fleets[fleet].by("services", "name")) == ["mine"]
    assert Container.objects.filter(status=Status.PENDING).count() == 1
    assert default_project().name == "default"
