"""Services on real engines: every verb, what fails and comes back, and nothing left behind."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab import Lab
from tests.whole.installation import Installation, wait_for
from tests.whole.invariants import Auditor
from tests.whole.service import SERVICES, ServiceHandle, a_name

pytestmark = [pytest.mark.engine, pytest.mark.slow]

WAITS = {"command": ["act", "wait"]}
AT_ONCE = {"health_window": 0}  # proved as soon as it runs: nothing here is judged by seconds
TICKS = {"command": ["act", "tick"]}
ENDS = {"command": ["act", "exit", "3"]}


@pytest.fixture
def made(shared: Installation, shared_auditor: Auditor, act: str) -> Iterator[Any]:
    """Makes services, and removes them: afterwards no engine has anything of them."""
    all_of_them: list[ServiceHandle] = []

    def make(container: dict[str, Any], **more: Any) -> ServiceHandle:
        one = ServiceHandle.create(shared, a_name("s"), {"image": act, **container}, **{"update": AT_ONCE, **more})
        all_of_them.append(one)
        return one

    yield make
    for one in all_of_them:
        assert one.try_say("remove").status in (202, 404)
    for one in all_of_them:
        one.await_gone()
    assert shared_auditor.seen() == []
    assert shared_auditor.at_rest() == []


def revisions(service: ServiceHandle) -> list[int]:
    return [row.revision for row in service.rows()]


def test_create_and_scale(made: Any) -> None:
    service = made(WAITS, replicas=2)
    service.await_serving(2)
    assert service.await_rollout("done")["message"] == "all 2 replaced and ready"
    service.say("scale", replicas=4)
    assert [row.slot for row in service.await_serving(4)] == ["1", "2", "3", "4"]
    assert len({row.host for row in service.rows()}) == 2
    service.say("scale", replicas=1)
    assert [row.slot for row in service.await_serving(1)] == ["1"]
    assert (service.get()["state"], service.get()["ready"]) == ("running", 1)


def test_an_update_replaces_all_and_the_same_again_nothing(made: Any) -> None:
    service = made(WAITS, replicas=2)
    before = service.await_serving(2)
    service.await_rollout("done")
    service.update(container=TICKS)
    ended = service.await_rollout("done")
    after = service.await_serving(2)
    assert (ended["kind"], ended["revision"], ended["done"], ended["total"]) == ("update", 2, 2, 2)
    assert {row.id for row in before}.isdisjoint(row.id for row in after)
    assert service.update()["revision"]["number"] == 2
    assert len(service.rollouts()) == 2
    service.say("roll-back", revision=1)
    service.await_rollout("done", kind="roll-back")
    assert revisions(service) == [1, 1]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (ENDS, "code 3"),
        ({"health_check": {"test": ["CMD", "false"], "interval": 1, "retries": 1}}, "unhealthy"),
    ],
    ids=["ends", "never-healthy"],
)
def test_a_bad_image_stops_at_the_threshold_and_goes_back(made: Any, broken: dict[str, Any], words: str) -> None:
    service = made(WAITS, replicas=3, update={"health_window": 3})
    before = service.await_serving(3)
    service.await_rollout("done")
    service.update(container=broken)
    service.await_rollout("done", kind="roll-back")
    back, failed = service.rollouts()[:2]
    assert (failed["status"], failed["failures"]) == ("rolled-back", 1)
    assert words in failed["message"], failed["message"]
    assert "the revision before is wanted again" in failed["message"]
    assert back["revision"] == 1
    assert [row.id for row in service.await_serving(3)] == [row.id for row in before], service.story()


def test_pause_and_resume(lab: Lab, made: Any) -> None:
    service = made(WAITS, replicas=2)
    service.await_serving(2)
    service.await_rollout("done")
    service.say("pause")
    assert service.update(container=TICKS)["state"] == "paused"
    crash(service, lab)
    assert revisions(service) == [1, 1]
    service.say("resume")
    service.await_rollout("done")
    assert revisions(service) == [2, 2]
    assert service.try_say("resume").body["code"] == "not-paused"


def test_a_canary_holds_until_it_is_promoted_and_can_be_aborted(made: Any) -> None:
    service = made(WAITS, replicas=3, update={**AT_ONCE, "hold_after_first": True})
    service.await_rollout("done")
    service.update(container=TICKS)
    held = service.await_rollout("holding")
    assert "until it is promoted" in held["message"]
    assert sorted(revisions(service)) == [1, 1, 2]
    service.say("promote")
    service.await_rollout("done")
    assert revisions(service) == [2, 2, 2]
    service.update(container=WAITS)
    service.await_rollout("holding")
    service.say("abort")
    service.await_rollout("done", kind="roll-back")
    assert revisions(service) == [2, 2, 2]
    assert [one["status"] for one in service.rollouts()] == ["done", "aborted", "done", "done"]


def test_a_rolling_restart_replaces_all(made: Any) -> None:
    service = made(WAITS, replicas=2)
    before = service.await_serving(2)
    service.await_rollout("done")
    service.say("restart")
    assert service.await_rollout("done", kind="restart")["message"] == "all 2 restarted and ready"
    after = service.await_serving(2)
    assert {row.id for row in before}.isdisjoint(row.id for row in after)
    assert revisions(service) == [1, 1]


def test_a_crash_is_restarted_in_its_slot(lab: Lab, made: Any) -> None:
    service = made(WAITS, replicas=2)
    service.await_serving(2)
    service.await_rollout("done")
    crash(service, lab)


def test_a_global_service_is_on_every_host_and_follows_labels(shared: Installation, made: Any) -> None:
    everywhere = made(WAITS, mode="global")
    labelled = made({**WAITS, "constraints": ["disk=ssd"]}, mode="global")
    assert {row.host for row in everywhere.await_serving(2)} == {"h1", "h2"}
    assert labelled.rows() == []
    label(shared, "h2", {"zone": "z2", "disk": "ssd"})
    assert [row.host for row in labelled.await_serving(1)] == ["h2"]
    label(shared, "h2", {"zone": "z2"})
    labelled.await_rows(lambda rows: rows == [], what="it left the host")
    assert len(everywhere.rows()) == 2


def test_remove_leaves_nothing(shared: Installation, shared_auditor: Auditor, made: Any) -> None:
    """While it updates; a new one of the same name follows. The fixture looks at the engines."""
    service = made(WAITS, replicas=2)
    service.await_serving(2)
    service.update(container=TICKS)
    service.await_rows(lambda rows: any(row.is_successor for row in rows), what="the update began")
    service.say("remove")
    service.await_gone()
    assert shared_auditor.seen() == []
    assert shared.call("GET", f"{SERVICES}/{service.id}").status == 404


def test_endpoints_name_what_serves_and_what_leaves(lab: Lab, made: Any) -> None:
    serves = {"image": lab.image("web:1"), "command": ["act", "serve"], "ports": [{"container_port": 80}]}
    checked = {"health_check": {"http": {"port": 80}, "interval": 1}}
    service = made({**serves, **checked}, replicas=2, stop_delay=2)
    service.await_serving(2)
    first, second = service.endpoints()
    assert [first["slot"], second["slot"]] == ["1", "2"]
    assert {one["address"] for one in (first, second)} <= {host.address for host in lab.hosts}
    service.say("scale", replicas=1)
    wait_for(
        lambda: [one["state"] for one in service.endpoints()] == ["ready", "draining"], timeout_s=5, what="it drains"
    )
    assert [row.status for row in service.rows()] == ["running", "running"], "it still answers what is under way"
    service.await_serving(1)
    assert service.endpoints() == [first]


# --- what the tests say


def crash(service: ServiceHandle, lab: Lab) -> None:
    """The first slot's program dies; the slot has its next attempt, and the others are as they were."""
    victim, *others = service.rows()
    assert victim.host is not None
    lab.hosts[int(victim.host.removeprefix("h")) - 1].docker("kill", f"orc-{victim.id}")
    service.await_rows(
        lambda rows: rows[0].attempt == victim.attempt + 1 and all(row.serves for row in rows), what="it is back"
    )
    assert [row.id for row in service.rows()[1:]] == [row.id for row in others]


def label(shared: Installation, host: str, labels: dict[str, str]) -> None:
    answer = shared.call("PATCH", f"/hosts/{host}", {"labels": labels})
    assert answer.status == 200, answer.body
