"""The operator's word on a real power-off: no rule would move it, it moves; data stays; the return leaves one copy."""

import pytest

from tests.lab import Lab, LabHost
from tests.whole.installation import Installation, wait_for

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.alone]


def running_copies(engines: list[LabHost], slot: str) -> int:
    found = [one for engine in engines if engine.answers() for one in engine.containers(**{"orchestra.slot": slot})]
    return sum(one["State"] == "running" for one in found)


def test_power_off_said_dead_and_back(two_hosts: Installation, engines: list[LabHost], lab: Lab) -> None:
    image, on_h1 = lab.image("act:1"), {"constraints": ["zone=z1"]}
    here = two_hosts.run("none", image)["slot"]
    data = two_hosts.run("data", image, volumes=[{"name": "d", "path": "/data"}], **on_h1)["slot"]
    for slot in (here, data):
        two_hosts.await_state(slot, "running", timeout_s=60)
    dead = two_hosts.container(here)["host"]
    alive = "h2" if dead == "h1" else "h1"
    path = f"/hosts/{dead}/mark-dead"
    assert two_hosts.call("POST", path, {"confirm": dead}).body["code"] == "host-answers"

    engines[int(dead[1:]) - 1].off()
    wait_for(
        lambda: two_hosts.call("GET", f"/hosts/{dead}").body["state"] != "ready",
        timeout_s=15,
        what="its silence is seen",
    )
    said = two_hosts.call("POST", path, {"confirm": dead})
    assert said.status == 200, said.body
    assert [one["name"] for one in said.body["moves"]] == ["none"]
    assert [one["name"] for one in said.body["stays"]] == (["data"] if dead == "h1" else [])
    wait_for(
        lambda: (two_hosts.container(here)["host"], two_hosts.container(here)["state"]) == (alive, "running"),
        timeout_s=30,
        what="it runs elsewhere",
    )

    engines[int(dead[1:]) - 1].on()
    wait_for(lambda: two_hosts.call("GET", f"/hosts/{dead}").body["state"] == "ready", timeout_s=40, what="it is back")
    waiting = "SELECT count(*) FROM containers_container WHERE status = 'lost' AND gone_at IS NULL"
    wait_for(lambda: two_hosts.sql(waiting)[0][0] == 0, timeout_s=15, what="the lost one is seen gone")
    assert running_copies(engines, here) == 1
