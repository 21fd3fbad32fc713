"""After every verb, what the frames told is what the API answers: no row too many, none too few, no old value."""

from typing import Any

import pytest

from containers.models import Container
from containers.states import By, Status
from containers.transitions import Move, Observation, add_next, move, observe_many
from core.accounts.models import Project, default_project
from core.accounts.roles import Role
from hosts.models import Host
from tests import rows
from tests.realtime.conftest import Member
from tests.realtime.live import Fleet, Live
from tests.realtime.web import Web

SAME_CONTAINER = (
    "id", "slot", "name", "project", "host", "status", "state", "health", "image", "reason", "message", "attempt",
    "desired", "generation", "service",
)  # fmt: skip
SAME_HOST = ("name", "state", "availability", "containers", "url")


def shown_by_api(web: Web, token: str, project: str) -> tuple[dict[str, Any], dict[str, Any]]:
    containers = web.call("GET", f"/projects/{project}/containers?limit=200", token)["results"]
    hosts = web.call("GET", "/hosts?limit=200", token)["results"]
    return (
        {one["slot"]: {name: one[name] for name in SAME_CONTAINER} for one in containers},
        {
            one["name"]: {name: one[name] for name in SAME_HOST}
            | {
                "cpu_reserved": one["reserved"]["cpu_millis"],
                "memory_reserved": one["reserved"]["memory_bytes"],
                "cpu_capacity": one["capacity"]["cpu_millis"],
                "cpu_used": one["usage"] and one["usage"]["cpu_millis"],
            }
            for one in hosts
        },
    )


def shown_live(fleet: Fleet) -> tuple[dict[str, Any], dict[str, Any]]:
    more = ("cpu_reserved", "memory_reserved", "cpu_capacity", "cpu_used")
    return (
        {slot: {name: row[name] for name in SAME_CONTAINER} for slot, row in fleet.by("containers", "slot").items()},
        {name: {key: row[key] for key in (*SAME_HOST, *more)} for name, row in fleet.by("hosts", "name").items()},
    )


class Watched:
    """A fleet that somebody watches, and the comparison with what the API says.

    An admin's GET of hosts shows what all projects run there: that is the platform's stream (None).
    """

    def __init__(self, web: Web, token: str, live: Live, project: str | None) -> None:
        self.web, self.token, self.live, self.project = web, token, live, project or "default"
        self.sub = live.sub("fleet", project=project)
        live.until(lambda: self.fleet.complete == {"hosts", "services", "containers"})

    @property
    def fleet(self) -> Fleet:
        return self.live.fleets[self.sub]

    def agrees(self) -> None:
        wanted = shown_by_api(self.web, self.token, self.project)
        self.live.until(lambda: shown_live(self.fleet) == wanted, patience_s=5)


@pytest.mark.parametrize("who", ["admin", "viewer"])
def test_every_verb(web: Web, admin: str, member: Member, who: str) -> None:
    token = admin if who == "admin" else member("vera", default_project(), Role.VIEWER)
    with web.live(token) as live:
        watched = Watched(web, token, live, None if who == "admin" else "default")
        watched.agrees()
        host = rows.host("h1", labels={"zone": "fra"})
        Host.objects.filter(pk=host.pk).update(availability="active")
        watched.agrees()
        ids = [
            web.call("POST", "/projects/default/containers", admin, {"name": f"c{n}", "image": "registry.test/web:1"})[
                "id"
            ]
            for n in range(3)
        ]
        watched.agrees()
        first, second, third = (Container.objects.get(pk=key) for key in ids)
        for one in (first, second):
            assert rows.bind(one, host)
            watched.agrees()
        rows.advance(first, Status.RUNNING)
        watched.agrees()
        observe_many([Observation(first.pk, {"health": "unhealthy"})], actor="agent:test")
        watched.agrees()
        assert rows.end(second, Status.FAILED, exit_code=137)
        watched.agrees()
        web.call("POST", f"/projects/default/containers/{first.pk}/stop", admin)
        watched.agrees()
        web.call("POST", f"/projects/default/containers/{third.pk}/remove", admin)
        watched.agrees()
        Host.objects.filter(pk=host.pk).update(reachable="suspect")  # without a hint, as if it were lost
        watched.agrees()
        assert watched.fleet.by("containers", "name")["c0"]["state"] == "unknown"
        web.call("POST", "/hosts/h1/cordon", admin)
        watched.agrees()


def test_a_next_attempt_stays_in_its_row(web: Web, admin: str) -> None:
    first = rows.slot("again", asked=rows.Asked(restart="always"))
    host = rows.host("h1")
    rows.bind(first, host)
    with web.live(admin) as live:
        watched = Watched(web, admin, live, None)
        live.until(lambda: len(watched.fleet.rows["containers"]) == 1)
        (row,) = watched.fleet.rows["containers"]
        assert rows.end(first, Status.FAILED, exit_code=1)
        second = add_next(first.pk, actor="scheduler", message="again")
        assert second is not None
        live.until(lambda: watched.fleet.rows["containers"][row]["id"] == str(second))
        watched.agrees()


def test_members_see_their_own_rows_and_no_addresses(web: Web, admin: str, member: Member) -> None:
    shop = Project.objects.create(name="shop")
    host = rows.host("h1")
    mine, theirs = rows.slot("mine", project=shop), rows.slot("theirs")
    rows.bind(mine, host)
    rows.bind(theirs, host)
    token = member("olga", shop, Role.OPERATOR)
    with web.live(token) as live:
        watched = Watched(web, token, live, "shop")
        watched.agrees()
        (row,) = watched.fleet.rows["hosts"].values()
        assert (row["url"], row["engine"], row["containers"]) == ("", "", 1)
        assert list(watched.fleet.by("containers", "name")) == ["mine"]


def test_object_topics_are_what_get_answers(web: Web, admin: str) -> None:
    host, one = rows.host("h1"), rows.slot("one")
    with web.live(admin) as live:
        container, seen = live.sub(f"container:{one.pk}"), live.sub("host:h1")

        def agrees() -> None:
            wanted = [
                web.call("GET", f"/projects/default/containers/{one.pk}", admin),
                web.call("GET", "/hosts/h1", admin),
            ]
            live.until(lambda: [live.object(container), live.object(seen)] == wanted, patience_s=5)

        agrees()
        rows.bind(one, host)
        agrees()
        move(Move(one.pk, Status.PREPARING), by=By.AGENT, actor="agent:test")
        agrees()
        assert (live.object(container) or {})["status"] == "preparing"


def test_events_come_once_and_in_order(web: Web, admin: str) -> None:
    host = rows.host("h1")
    with web.live(admin) as live:
        sub = live.sub("events:default")
        live.until(lambda: any(frame["t"] == "beat" for frame in live.frames))
        one = rows.slot("one")
        rows.bind(one, host)
        rows.advance(one, Status.RUNNING)

        def told() -> list[dict[str, Any]]:
            return [frame["event"] for frame in live.frames if frame["t"] == "event" and frame["sub"] == sub]

        live.until(lambda: told() and told()[-1]["kind"] == "container.running")
        live.until(lambda: live.frames[-1]["t"] == "beat")
        wanted = web.call("GET", "/events?project=default", admin)["results"]
        assert told() == wanted[::-1]
