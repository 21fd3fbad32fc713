"""A host loses its power: its work runs elsewhere, only what may; when it returns nothing runs twice.

Real engines, real processes. A freeze of three seconds moves nothing.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import Lab, LabHost
from tests.whole.installation import Installation, wait_for

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.alone]


@pytest.fixture
def three_hosts(tmp_path: Path, engines: list[LabHost]) -> Iterator[Installation]:
    made = Installation(tmp_path / "var")
    try:
        made.start("web-1", "scheduler-1", "agent-1")
        for number, engine in enumerate(engines[:3], 1):
            made.add_host(f"h{number}", engine)
        made.await_hosts_ready(3)
        yield made
    finally:
        made.stop()


def engine_of(engines: list[LabHost], host_name: str) -> LabHost:
    return engines[int(host_name.removeprefix("h")) - 1]


def running_copies(engines: list[LabHost], slot: str) -> int:
    """Asked of the engines that answer, not of the product."""
    return sum(
        1
        for engine in engines
        if engine.answers()
        for one in engine.containers(**{"orchestra.slot": slot})
        if one["State"] == "running"
    )


def test_power_off_moves_what_may_move_and_the_return_leaves_one(
    three_hosts: Installation, engines: list[LabHost], lab: Lab
) -> None:
    image = lab.image("act:1")
    movable = [three_hosts.run(f"always{n}", image, restart="always") for n in range(3)]
    pinned = [three_hosts.run(f"none{n}", image) for n in range(3)]
    for row in (*movable, *pinned):
        three_hosts.await_state(row["id"], "running", timeout_s=60)
    dead = three_hosts.container(movable[0]["slot"])["host"]
    moves = [row for row in movable if three_hosts.container(row["slot"])["host"] == dead]
    stays = [row for row in pinned if three_hosts.container(row["slot"])["host"] == dead]

    def replaced() -> bool:
        seen = [three_hosts.container(row["slot"]) for row in moves]
        return all(one["host"] not in (None, dead) and one["status"] == "running" for one in seen)

    engine_of(engines, dead).off()
    wait_for(replaced, timeout_s=20, what="replaced elsewhere")
    assert three_hosts.call("GET", f"/hosts/{dead}").body["state"] == "lost"
    attempts = three_hosts.call("GET", f"/projects/default/containers/{moves[0]['slot']}/attempts").body
    assert [one["status"] for one in attempts] == ["running", "lost"]
    for row in stays:
        assert three_hosts.container(row["slot"])["attempt"] == 1

    engine_of(engines, dead).on()
    wait_for(
        lambda: three_hosts.call("GET", f"/hosts/{dead}").body["state"] == "ready", timeout_s=40, what="it is back"
    )
    wait_for(lambda: all(running_copies(engines, r["slot"]) == 1 for r in moves), timeout_s=15, what="one copy each")
    waiting = "SELECT count(*) FROM containers_container WHERE status = 'lost' AND gone_at IS NULL"
    wait_for(lambda: three_hosts.sql(waiting)[0][0] == 0, timeout_s=15, what="the lost ones are seen gone")


def test_a_freeze_of_three_seconds_moves_nothing(three_hosts: Installation, engines: list[LabHost], lab: Lab) -> None:
    row = three_hosts.run("calm", lab.image("act:1"), restart="always")
    seen = three_hosts.await_state(row["id"], "running", timeout_s=60)
    engine = engine_of(engines, seen["host"])
    engine.hang()
    time.sleep(3)
    engine.unhang()
    time.sleep(6)
    after = three_hosts.container(row["slot"])
    assert (after["id"], after["host"], after["status"]) == (seen["id"], seen["host"], "running")
    lost = "SELECT count(*) FROM events_event WHERE kind = 'host.lost'"
    assert three_hosts.sql(lost)[0][0] == 0
