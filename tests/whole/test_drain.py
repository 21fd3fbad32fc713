"""Emptying a host that is full of services: within their bounds at every instant, what is in the way is named, and
a drain that is called off leaves everything as it stands.

The slice has a few containers; `make soak` has twenty, with a stand-alone one and one with data.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.lab import Lab
from tests.whole.bounds import Watch
from tests.whole.chaos import settle
from tests.whole.installation import Installation, wait_for
from tests.whole.invariants import Auditor
from tests.whole.service import ServiceHandle

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(400)]

FULL, EMPTY = "h1", "h2"


@dataclass
class Load:
    """What was put on the host: services that may move, and what stays with a word of why."""

    moving: list[ServiceHandle]
    fixed: list[ServiceHandle]
    blocked: dict[str, str]  # name of the container -> words of its reason

    @property
    def services(self) -> list[ServiceHandle]:
        return [*self.moving, *self.fixed]

    @property
    def count(self) -> int:
        return sum(one.spec["replicas"] for one in self.moving)


def fill(two_hosts: Installation, lab: Lab, *, sizes: tuple[int, int, int]) -> Load:
    """Everything on one host, because the other takes nothing meanwhile; then that is free."""
    say(two_hosts, EMPTY, "cordon")
    serves = {"image": lab.image("web:1"), "command": ["act", "serve"], "ports": [{"container_port": 80}]}
    checked = {**serves, "health_check": {"http": {"port": 80}, "interval": 1, "start_period": 20}}
    waits = {"image": lab.image("act:1"), "command": ["act", "wait"]}
    web, api, work = sizes
    quick = {"health_window": 1}
    slower = {**quick, "order": "stop-first", "max_unavailable": 2, "max_surge": 0, "batch": 2}
    moving = [
        ServiceHandle.create(two_hosts, "web", checked, replicas=web, update={**quick, "max_surge": 2, "batch": 2}),
        ServiceHandle.create(two_hosts, "api", waits, replicas=api, stop_delay=1),
        ServiceHandle.create(two_hosts, "work", waits, replicas=work, update=slower),
    ]
    data = {**waits, "volumes": [{"name": "data", "path": "/data"}]}
    here = {**waits, "constraints": ["zone=z1"]}
    fixed = [
        ServiceHandle.create(two_hosts, "store", data, replicas=1),
        ServiceHandle.create(two_hosts, "here", here, replicas=1),
        ServiceHandle.create(two_hosts, "loose", here, replicas=2, update={**quick, "max_unavailable": 1}),
    ]
    alone = two_hosts.run("alone", lab.image("act:1"))
    for one in (*moving, *fixed):
        rows = one.await_serving(one.spec["replicas"], timeout_s=90)
        assert {row.host for row in rows} == {FULL}
        one.await_rollout("done")
    two_hosts.await_state(alone["id"], "running")
    say(two_hosts, EMPTY, "uncordon")
    nowhere = "no host fits: 1 of 2 is draining, 1 does not match zone=z1"
    named = {"alone": "it stands alone", "store.1": "its data is on this host only (data)"}
    return Load(moving, fixed, {**named, "here.1": nowhere, "loose.1": nowhere, "loose.2": nowhere})


def say(installation: Installation, host: str, verb: str) -> Any:
    answer = installation.insist("POST", f"/hosts/{host}/{verb}", {})
    assert answer.status in (200, 202), answer.body
    return answer.body


def left(service: ServiceHandle) -> int:
    """How many of it are on the host that shall be empty."""
    return sum(row.host == FULL for row in service.rows())


def drained(two_hosts: Installation) -> Any:
    return two_hosts.call("GET", f"/hosts/{FULL}/drain").body


def drain_all(two_hosts: Installation, auditor: Auditor, lab: Lab, sizes: tuple[int, int, int]) -> None:
    load = fill(two_hosts, lab, sizes=sizes)
    preview = drained(two_hosts)
    assert len(preview["moves"]) == load.count
    assert {one["to"] for one in preview["moves"]} == {EMPTY}
    reasons = {one["name"]: one["why"] for one in preview["blocked"]}
    assert reasons.keys() == load.blocked.keys()
    assert all(words in reasons[name] for name, words in load.blocked.items()), reasons
    kept = {row.id for one in load.fixed for row in one.rows()}
    with Watch(auditor, load.services) as watch:
        say(two_hosts, FULL, "drain")
        took_s = wait_for(
            lambda: not any(map(left, load.moving)),
            timeout_s=200,
            what="all have moved",
            last=lambda: [(one.spec["name"], one.rows()) for one in load.moving if left(one)],
        )
        for one in load.moving:
            one.await_serving(one.spec["replicas"])
        wait_for(lambda: drained(two_hosts)["done"] == load.count, timeout_s=10, what="it says so")
        wait_for(lambda: watch.samples > 400, timeout_s=60, what="what stays was looked at for a while")
        now = drained(two_hosts)
    print(f"{load.count} containers of {len(load.moving)} services moved in {took_s:.1f} s")  # noqa: T201
    print(f"{now['summary']}\n{watch.summary()}")  # noqa: T201
    print(*(f"  {one['name']}: {one['why']}" for one in now["blocked"]), sep="\n")  # noqa: T201
    assert watch.broken == []
    assert (now["done"], now["total"], now["moves"]) == (load.count, load.count, [])
    assert {one["name"] for one in now["blocked"]} == load.blocked.keys()
    serving = {row.id for one in load.fixed for row in one.rows() if row.serves}
    assert kept == serving, "what cannot move was not stopped"
    assert (
        two_hosts.container(two_hosts.call("GET", "/projects/default/containers?q=alone").body["results"][0]["id"])[
            "state"
        ]
        == "running"
    )


def test_a_drain_moves_services_within_their_bounds(two_hosts: Installation, auditor: Auditor, lab: Lab) -> None:
    drain_all(two_hosts, auditor, lab, (4, 2, 2))


@pytest.mark.soak
def test_a_drain_of_twenty(two_hosts: Installation, auditor: Auditor, lab: Lab) -> None:
    drain_all(two_hosts, auditor, lab, (8, 7, 5))


def test_a_drain_that_is_called_off_leaves_everything_in_order(
    two_hosts: Installation, auditor: Auditor, lab: Lab
) -> None:
    waits = {"image": lab.image("act:1"), "command": ["act", "wait"]}
    say(two_hosts, EMPTY, "cordon")
    service = ServiceHandle.create(two_hosts, "web", waits, replicas=6, update={"health_window": 2})
    service.await_serving(6)
    service.await_rollout("done")
    say(two_hosts, EMPTY, "uncordon")
    with Watch(auditor, [service]) as watch:
        say(two_hosts, FULL, "drain")
        service.await_rows(lambda rows: sum(row.host == EMPTY and row.serves for row in rows) == 2, what="two moved")
        say(two_hosts, FULL, "uncordon")
        rows = service.await_serving(6)
        settle(auditor)
    assert watch.broken == []
    assert 2 <= sum(row.host == FULL for row in rows) <= 5, "it stopped on its way"
    assert [row.id for row in service.rows()] == [row.id for row in rows], "nothing moves any more"
    assert two_hosts.call("GET", f"/hosts/{FULL}").body["availability"] == "active"
