"""Hosts that die or lose their link: what may move moves, nothing else does, and nothing runs twice.

Those that only stand still for a moment are in test_service_loss.
"""

import time

import pytest

from tests.lab import LabHost
from tests.whole.chaos import settle
from tests.whole.installation import Installation, wait_for
from tests.whole.invariants import Auditor

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(240)]

MOVED_WITHIN_S = 10.0
NOISE_S = 5.0  # this machine runs the engines, Orchestra and the test on two cores


def on_host(engines: list[LabHost], host: str) -> LabHost:
    """The lab engine behind a host's name."""

    return engines[int(host.removeprefix("h")) - 1]


def attempts(installation: Installation, slot: str) -> int:
    """How many attempts a slot has had."""
    return int(installation.sql("SELECT max(attempt) FROM containers_container WHERE slot_id = %s", slot)[0][0])


def two_containers(installation: Installation, act: str) -> tuple[str, str, str]:
    """(host, slot that restarts always, slot that never does), both on one host."""
    moving = installation.await_state(installation.run("moving", act, restart="always")["id"], "running")
    zone = f"zone=z{moving['host'].removeprefix('h')}"
    staying = installation.await_state(installation.run("staying", act, constraints=[zone])["id"], "running")
    assert staying["host"] == moving["host"]
    return moving["host"], moving["slot"], staying["slot"]


def test_a_host_without_power_loses_what_may_move_and_gets_nothing_back_twice(
    two_hosts: Installation, engines: list[LabHost], act: str, auditor: Auditor
) -> None:
    host, moving, staying = two_containers(two_hosts, act)
    engine = on_host(engines, host)
    engine.off()
    took_s = wait_for(
        lambda: (c := two_hosts.container(moving))["host"] != host and c["state"] == "running",
        timeout_s=40,
        what="it runs on the other host",
        last=lambda: two_hosts.container(moving),
    )
    assert took_s <= MOVED_WITHIN_S + NOISE_S
    assert two_hosts.call("GET", f"/hosts/{host}").body["state"] == "lost"
    assert two_hosts.container(staying)["state"] == "unknown", "nobody said that it may move"
    attempts_of_it = two_hosts.call("GET", f"/projects/default/containers/{moving}/attempts").body
    assert [one["status"] for one in attempts_of_it] == ["running", "lost"]
    engine.on()
    settle(auditor)
    assert two_hosts.container(moving)["host"] != host
    assert attempts(two_hosts, staying) == 1


def test_a_cut_that_heals_leaves_one_copy(
    two_hosts: Installation, engines: list[LabHost], act: str, auditor: Auditor
) -> None:
    host, moving, _ = two_containers(two_hosts, act)
    engine = on_host(engines, host)
    engine.cut()
    wait_for(lambda: two_hosts.container(moving)["host"] not in (host, None), timeout_s=40, what="it was placed anew")
    engine.heal()
    settle(auditor)
    running = [seen for seen in auditor.seen() if seen.running]
    assert len({seen.container for seen in running}) == len(running) == 2


def test_a_killed_engine_is_down_and_not_lost(
    two_hosts: Installation, engines: list[LabHost], act: str, auditor: Auditor
) -> None:
    host, moving, _ = two_containers(two_hosts, act)
    engine = on_host(engines, host)
    engine.kill()
    wait_for(lambda: two_hosts.call("GET", f"/hosts/{host}").body["state"] == "engine-down", timeout_s=15, what="down")
    time.sleep(5)
    assert two_hosts.container(moving)["host"] == host, "its containers outlive their engine"
    engine.start()
    settle(auditor)
