"""The road with curl's means: an API call, a real engine, and back."""

import time
import urllib.request

import pytest

from tests.lab import Lab
from tests.whole.installation import Installation, wait_for
from tests.whole.invariants import Auditor

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def test_run_reach_measure_read_stop_remove(shared: Installation, lab: Lab, shared_auditor: Auditor) -> None:
    asked = shared.run("web", lab.image("web:1"), "serve", ports=[{"container_port": 80}])
    assert asked["status"] == "pending"
    seen = shared.await_state(asked["id"], "running")
    assert seen["image_digest"].startswith("sha256:")

    port = seen["ports"][0]
    host = shared.call("GET", f"/hosts/{seen['host']}").body
    page = f"http://{host['data_address']}:{port['host_port']}"
    with urllib.request.urlopen(f"{page}/", timeout=5) as answer:
        assert answer.status == 200

    with urllib.request.urlopen(f"{page}/cgi-bin/burn?3", timeout=10) as answer:
        assert answer.read() == b"burnt\n"
    wait_for(
        lambda: shared.sql("SELECT max(cpu_millis) FROM hosts_sample WHERE container_id = %s", seen["id"])[0][0] > 100,
        timeout_s=15,
        what="the burnt CPU is in the samples",
    )

    lines = shared.call("GET", f"/projects/default/containers/{seen['id']}/logs?tail=50").body["lines"]
    assert any("serving" in line["text"] for line in lines)
    decision = shared.call("GET", f"/projects/default/containers/{seen['id']}/decision").body
    assert decision["verdict"] == "placed"

    assert shared.verb(seen["id"], "stop").status == 202
    assert shared.await_state(seen["id"], "stopped")["message"]
    kept = shared.call("GET", f"/projects/default/containers/{seen['id']}/logs").body["lines"]
    assert any("serving" in line["text"] for line in kept), "the log's end outlives its engine container"
    assert shared.verb(seen["id"], "remove").status == 202
    wait_for(
        lambda: shared.call("GET", "/projects/default/containers").body["results"] == [],
        timeout_s=10,
        what="removed",
    )
    assert shared_auditor.at_rest() == []


def test_a_crash_is_restarted_and_a_stop_is_final(shared: Installation, act: str, shared_auditor: Auditor) -> None:
    asked = shared.run("crash", act, "wait", restart="always")
    first = shared.await_state(asked["id"], "running")
    engine = next(
        e for e in shared_auditor.engines.values() if any(f.name == f"orc-{first['id']}" for f in e.list(labels={}))
    )
    engine.kill(f"orc-{first['id']}")
    wait_for(
        lambda: (c := shared.container(first["slot"]))["attempt"] == 2 and c["state"] == "running",
        timeout_s=10,
        what="the second attempt runs",
    )
    shared.verb(first["slot"], "stop")
    shared.await_state(first["slot"], "stopped")
    time.sleep(3)
    assert shared.container(first["slot"])["state"] == "stopped"
    attempts = shared.call("GET", f"/projects/default/containers/{first['slot']}/attempts").body
    assert len(attempts["results"] if isinstance(attempts, dict) else attempts) == 2
    assert shared_auditor.at_rest() == []


def test_restart_by_hand_makes_a_new_attempt(shared: Installation, act: str) -> None:
    first = shared.await_state(shared.run("again", act)["id"], "running")
    assert shared.verb(first["slot"], "restart").status == 202
    wait_for(
        lambda: (c := shared.container(first["slot"]))["attempt"] == 2 and c["state"] == "running",
        timeout_s=15,
        what="the second attempt runs",
    )


def test_a_volume_keeps_its_user_on_its_host(shared: Installation, act: str) -> None:
    first = shared.await_state(shared.run("db", act, volumes=[{"name": "data", "path": "/d"}])["id"], "running")
    for _ in range(3):
        shared.verb(first["slot"], "restart")
        wait_for(lambda: shared.container(first["slot"])["state"] == "running", timeout_s=15, what="running again")
        assert shared.container(first["slot"])["host"] == first["host"]


def test_what_is_not_ours_is_never_touched(shared: Installation, act: str, shared_auditor: Auditor, lab: Lab) -> None:
    """I11: a stranger's container, and one with our label but no row, outlive several compares."""
    engine = shared_auditor.engines[lab.hosts[0].name]
    engine.pull(act)
    body = {"Image": act, "Cmd": ["act", "wait"], "Labels": {}}
    ours = {"orchestra.cluster": shared_auditor.cluster, "orchestra.role": "workload"}
    engine.create("stranger", body)
    engine.create("orc-00000000-0000-0000-0000-000000000001", {**body, "Labels": ours})
    for name in ("stranger", "orc-00000000-0000-0000-0000-000000000001"):
        engine.start(name)
    wait_for(
        lambda: shared.call("GET", "/hosts/h1").body["conditions"]["quarantine"]["status"] == "bad",
        timeout_s=15,
        what="the unknown one is shown",
    )
    for name in ("stranger", "orc-00000000-0000-0000-0000-000000000001"):
        assert engine.inspect(name).state == "running"
        engine.remove(name)


def test_an_engine_is_registered_once(shared: Installation, lab: Lab) -> None:
    """The same engine under a second address is found by its marker and gets no work."""
    engine = lab.hosts[0]
    answer = shared.call("POST", "/hosts", {"name": "twin", "url": f"unix://{engine.socket}"})
    assert answer.status == 201
    wait_for(
        lambda: shared.call("GET", "/hosts/twin").body["state"] == "unready",
        timeout_s=10,
        what="the twin is refused",
    )
    assert "h1" in shared.call("GET", "/hosts/twin").body["conditions"]["marker"]["message"]
    assert shared.call("DELETE", "/hosts/twin").status == 204
