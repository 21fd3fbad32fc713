"""What cannot be done is refused in words that name the field or the cause; nothing is stuck, nothing is half done."""

import json
from typing import Any

import pytest

from tests.lab import Lab
from tests.whole.installation import Installation, wait_for
from tests.whole.invariants import Auditor

pytestmark = [pytest.mark.engine, pytest.mark.slow]

CONTAINERS = "/projects/default/containers"


def removed(shared: Installation, slot: str) -> bool:
    """Remove it and see it go: what failed is not stuck."""
    assert shared.verb(slot, "remove").status == 202
    wait_for(lambda: shared.container(slot)["gone_at"] is not None, timeout_s=15, what="it is gone")
    return True


def test_an_image_that_does_not_exist(shared: Installation, lab: Lab) -> None:
    made = shared.run("no-image", lab.image("act:1").replace("act:1", "nothing:9"))
    failed = shared.await_state(made["slot"], "failed", timeout_s=30)
    assert failed["reason"] == "image-missing"
    assert "nothing" in failed["message"]
    assert removed(shared, made["slot"])


def test_a_port_that_is_taken_on_the_host(shared: Installation, act: str, shared_auditor: Auditor, lab: Lab) -> None:
    """Taken by a stranger on one host: tried on the other. Taken on both by our own: pending, with the reason."""
    engine = shared_auditor.engines[lab.hosts[0].name]
    engine.pull(act)
    bindings = {"80/tcp": [{"HostIp": "", "HostPort": "8088"}]}
    engine.create(
        "squatter",
        {
            "Image": act,
            "Cmd": ["act", "wait"],
            "ExposedPorts": {"80/tcp": {}},
            "HostConfig": {"PortBindings": bindings},
        },
    )
    engine.start("squatter")
    port = [{"container_port": 80, "host_port": 8088}]
    first = shared.run("ported", act, ports=port)
    wait_for(lambda: shared.container(first["slot"])["state"] == "running", timeout_s=30, what="runs on the other host")
    assert shared.container(first["slot"])["host"] == "h2"
    second = shared.run("ported-too", act, ports=port)
    wait_for(
        lambda: "8088" in shared.container(second["slot"])["message"],
        timeout_s=20,
        what="the port is named",
        last=lambda: shared.container(second["slot"]),
    )
    engine.remove("squatter")
    assert removed(shared, second["slot"])
    assert removed(shared, first["slot"])


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"resources": {"memory": "10t"}}, ["memory", "10 TiB"]),
        ({"constraints": ["planet=mars"]}, ["planet=mars"]),
    ],
)
def test_what_fits_nowhere_waits_and_says_why(
    shared: Installation, act: str, more: dict[str, Any], words: list[str]
) -> None:
    made = shared.run("nowhere", act, **more)
    wait_for(
        lambda: all(word in shared.container(made["slot"])["message"] for word in words),
        timeout_s=10,
        what=f"{words} in the message",
        last=lambda: shared.container(made["slot"])["message"],
    )
    decision = shared.call("GET", f"{CONTAINERS}/{made['slot']}/decision").body
    assert decision["verdict"] == "refused"
    assert len(decision["refused"]) == 2, "every host with its reason"
    assert removed(shared, made["slot"])


@pytest.mark.parametrize(
    ("field", "pointer"),
    [
        ({"privileged": True}, "/privileged"),
        ({"volumes": ["/:/host"]}, "/volumes/0"),
        ({"constraints": ["what is this"]}, "/constraints/0"),
        ({"resources": {"memory": "lots"}}, "/resources/memory"),
        ({"comand": ["x"]}, "/comand"),
    ],
)
def test_a_bad_field_is_named(shared: Installation, act: str, field: dict[str, Any], pointer: str) -> None:
    answer = shared.call("POST", CONTAINERS, {"name": "bad", "image": act, **field})
    assert answer.status == 400
    assert pointer in [error["pointer"] for error in answer.body["errors"]]
    assert shared.call("GET", f"{CONTAINERS}?q=bad").body["results"] == []


def test_a_megabyte_of_json(shared: Installation, act: str) -> None:
    body = json.dumps({"name": "big", "image": act, "env": {"X": "x" * 1024 * 1024}}).encode()
    answer = shared.call("POST", CONTAINERS, body)
    assert answer.status == 413
    assert answer.body["code"]


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1", "tcp://10.0.0.1", "tcp://10.0.0.1:2376", "unix://docker.sock", "nonsense", "ssh://x"]
)
def test_a_bad_url_of_a_host(shared: Installation, url: str) -> None:
    answer = shared.call("POST", "/hosts", {"name": "bad-url", "url": url})
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (400, "/url")
    assert shared.call("GET", "/hosts/bad-url").status == 404


def test_a_host_that_is_not_there(shared: Installation) -> None:
    assert shared.call("POST", "/hosts", {"name": "ghost", "url": "unix:///nowhere/docker.sock"}).status == 201
    wait_for(
        lambda: shared.call("GET", "/hosts/ghost").body["state"] in ("engine-down", "suspect", "lost"),
        timeout_s=15,
        what="it is shown as not answering",
    )
    events = shared.call("GET", "/events").body["results"]
    assert any(event["object_kind"] == "host" and "nowhere" in event["message"] for event in events[:20])
    assert shared.call("DELETE", "/hosts/ghost").status == 204
