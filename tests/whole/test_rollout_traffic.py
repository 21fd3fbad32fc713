"""Rolling updates behind a haproxy that is fed from the endpoints, under load: no request fails.

Nobody tries anything twice: neither the clients nor haproxy. `make soak` has 12 replicas of each kind of program.
"""

from typing import Any

import pytest

from tests.lab import Lab
from tests.whole.bounds import Watch
from tests.whole.installation import Installation, wait_for
from tests.whole.invariants import Auditor
from tests.whole.service import ServiceHandle, a_name
from tests.whole.traffic import Load, Proxy

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(300)]

KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "starts-slowly": {"env": {"START_S": "3"}},
    "ignores-term": {"env": {"STUBBORN": "1"}, "stop_grace": 2},
    "answers-in-1-s": {"env": {"ANSWER_S": "1"}},
    "all-of-it": {"env": {"START_S": "2", "ANSWER_S": "1", "STUBBORN": "1"}, "stop_grace": 1},
}


def update_under_load(
    shared: Installation, auditor: Auditor, lab: Lab, kind: str, *, replicas: int, batch: int, stop_delay: int = 3
) -> Load:
    """From web:1 to web:2, all the way; the load that was on it."""
    program = {
        "image": lab.image("web:1"),
        "command": ["act", "serve"],
        "ports": [{"container_port": 80}],
        "health_check": {"http": {"port": 80}, "interval": 1, "start_period": 20},
        **KINDS[kind],
    }
    policy = {"health_window": 1, "max_surge": batch, "batch": batch}
    service = ServiceHandle.create(
        shared, a_name("web"), program, replicas=replicas, update=policy, stop_delay=stop_delay
    )
    service.await_serving(replicas, timeout_s=90)
    service.await_rollout("done")
    with Proxy(service) as proxy, Watch(auditor, [service]) as watch, Load(proxy.port) as load:
        wait_for(lambda: len(load.answers) >= replicas, timeout_s=30, what="all take part", last=load.summary)
        service.update(container={"image": lab.image("web:2")})
        service.await_rollout("done", timeout_s=200)
        after = len(load.took_s)
        wait_for(lambda: len(load.took_s) > after + 20, timeout_s=30, what="it goes on", last=load.summary)
        fed = proxy.log("feed").splitlines()
        told = proxy.logs() if load.failures else ""
    print(f"{kind}, {replicas} replicas, {batch} at a time: {load.summary()}\n{watch.summary()}")  # noqa: T201
    service.say("remove")
    service.await_gone()
    print(told, *load.failures[:5], service.story() if told else "", sep="\n")  # noqa: T201
    assert watch.broken == []
    assert {text.rpartition(" ")[2] for text in load.last.values()} == {"2"}
    assert len(fed) <= 2 * replicas * 4, "an endpoint comes (two lines), drains and goes: nothing is said twice"
    assert len(load.answers) == 2 * replicas, "every container, old and new, had its share"
    return load


def test_an_update_fails_no_request(shared: Installation, shared_auditor: Auditor, lab: Lab) -> None:
    assert update_under_load(shared, shared_auditor, lab, "all-of-it", replicas=4, batch=2).failures == []


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_an_update_of_twelve_fails_no_request(
    shared: Installation, shared_auditor: Auditor, lab: Lab, kind: str
) -> None:
    assert update_under_load(shared, shared_auditor, lab, kind, replicas=12, batch=3).failures == []
