"""Plan equals deed on three real engines: create, scale, drain, a rebalance by itself and a lost host go as planned."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.lab import Lab, LabHost
from tests.whole.installation import Installation, wait_for
from tests.whole.service import ServiceHandle

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(300)]

Places = Counter[str]
HOSTS = 3
STARTED = (
    "SELECT h.name FROM containers_container c JOIN hosts_host h ON h.id = c.host_id WHERE c.bound_at > %s::timestamptz"
)
ENDED = (
    "SELECT h.name FROM containers_container c JOIN hosts_host h ON h.id = c.host_id"
    " WHERE c.status IN ('stopped', 'lost') AND c.status_since > %s::timestamptz"
)


class Planner:
    """Plans over HTTP, and what then happened by SQL."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation

    def plan(self, *changes: dict[str, Any]) -> Any:
        answer = self.installation.insist("POST", "/plans", {"changes": list(changes)})
        assert answer.status == 201, answer.body
        print(answer.body["summary"], *(f"  {one}" for one in answer.body["steps"]), sep="\n")  # noqa: T201
        return answer.body

    def apply(self, plan: Any) -> None:
        answer = self.installation.insist("POST", f"/plans/{plan['id']}/apply", {})
        assert answer.status == 202, answer.body

    def agree(self, plan: Any, settled: Callable[[], bool]) -> None:
        """Once it has settled, what started and ended where is what the plan said."""
        wait_for(settled, timeout_s=120, what=plan["summary"], last=lambda: self.happened(plan))
        assert self.happened(plan) == (of(plan, "start"), of(plan, "stop", "lose"))

    def happened(self, plan: Any) -> tuple[Places, Places]:
        since = plan["created_at"]
        started, ended = (self.installation.sql(sql, since) for sql in (STARTED, ENDED))
        return Counter(row[0] for row in started), Counter(row[0] for row in ended)


def of(plan: Any, *doings: str) -> Places:
    return Counter(one["host"] for one in plan["steps"] if one["doing"] in doings)


@pytest.fixture
def three(installation: Installation, engines: list[LabHost]) -> Iterator[Installation]:
    installation.start("web-1", "scheduler-1", "agent-1")
    for number, engine in enumerate(engines[:HOSTS], 1):
        installation.add_host(f"h{number}", engine, labels={"zone": f"z{number}"})
    installation.await_hosts_ready(HOSTS)
    yield installation
    for engine in engines[:HOSTS]:
        engine.on()


def test_create_scale_drain_and_a_lost_host_go_as_planned(
    three: Installation, engines: list[LabHost], lab: Lab
) -> None:
    planner = Planner(three)
    container = {"image": lab.image("act:1"), "command": ["act", "wait"], "stop_grace": 3, "restart": "always"}
    spec = {"name": "web", "replicas": 4, "container": container, "update": {"health_window": 1}}
    plan = planner.plan({"verb": "service.create", "project": "default", "body": spec})
    planner.apply(plan)
    web = ServiceHandle(three, spec, three.call("GET", "/projects/default/services").body["results"][0]["id"])
    web.await_rollout("done")
    planner.agree(plan, lambda: serving(web) == 4)

    of_web = {"project": "default", "service": "web"}
    plan, other = (planner.plan({"verb": "service.scale", **of_web, "body": {"replicas": n}}) for n in (6, 7))
    planner.apply(plan)
    planner.agree(plan, lambda: serving(web) == 6)
    stale = three.insist("POST", f"/plans/{other['id']}/apply", {})
    assert (stale.status, stale.body["code"]) == (409, "plan-stale")
    assert "service web: generation" in stale.body["detail"]

    plan = planner.plan({"verb": "host.drain", "host": "h1"})
    planner.apply(plan)
    planner.agree(plan, lambda: serve_without(web, "h1", 6))
    three.insist("POST", "/hosts/h1/uncordon", {})
    by_itself(three, web)

    plan = planner.plan({"verb": "host.lost", "host": "h2"})
    engines[1].off()
    planner.agree(plan, lambda: serve_without(web, "h2", 6))
    answer = three.call("GET", "/what-if/host-loss").body
    assert {one["name"]: one["unplaced"] for one in answer["worst"]} == {"h1": 0, "h2": 0, "h3": 0}


def by_itself(three: Installation, web: ServiceHandle) -> None:
    """h1 has nothing since it was emptied; once the project has said so, a container moves there, and that is told."""
    path = "/projects/default/rebalance"
    three.sql("UPDATE hosts_host SET reachable_since = now() - interval '1 hour' RETURNING id")
    before = Counter(row.host for row in web.rows())
    answer = three.insist("PATCH", path, {"is_on": True, "moves": 1, "interval_s": 3600})
    assert (answer.status, answer.body["is_on"]) == (200, True), answer.body

    def moved() -> bool:
        found = three.call("GET", path).body
        return bool(found["moved"]) and not found["is_under_way"]

    wait_for(moved, timeout_s=60, what="a round", last=lambda: three.call("GET", path).body)
    found = three.call("GET", path).body
    (move,) = found["moved"]
    print(found["message"], move, sep="\n")  # noqa: T201
    assert found["message"] == "1 container was moved as planned"
    assert Counter(row.host for row in web.rows() if row.serves) == before - Counter([move["host"]]) + Counter(
        [move["to"]]
    )


def serving(service: ServiceHandle) -> int:
    return sum(row.serves for row in service.rows())


def serve_without(service: ServiceHandle, host: str, count: int) -> bool:
    """By one look: between two of them those of a lost host can have become ones that wait."""
    rows = service.rows()
    return sum(row.serves for row in rows) == count and not any(row.host == host for row in rows)
