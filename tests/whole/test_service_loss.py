"""Hosts that go while services run there: replaced once, never twice, and what must not be doubled stays.

One installation of three hosts for all of them; each leaves it healed and empty.
"""

import time
from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest

from tests.lab import Lab, LabHost
from tests.whole.chaos import settle
from tests.whole.installation import Installation, wait_for
from tests.whole.invariants import Auditor
from tests.whole.replicated import Service

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(240)]

HOSTS = 3
REPLICAS = 6
DETECTED_WITHIN_S = 20.0  # the bench measures it; here engines, Orchestra and the test share two cores
ONE_COPY_WITHIN_S = 6.0
QUIET_FOR_S = 8.0  # longer than any silence that counts


class Fleet:
    """The installation, its engines and who asks them."""

    def __init__(self, installation: Installation, engines: list[LabHost], auditor: Auditor, image: str) -> None:
        self.installation, self.engines, self.auditor, self.image = installation, engines, auditor, image

    def service(self, name: str, *, replicas: int = REPLICAS, **more: object) -> Service:
        made = Service.create(self.installation, name, self.image, replicas=replicas, **more)
        made.await_running(replicas)
        return made

    def engine(self, host: str) -> LabHost:
        return self.engines[int(host.removeprefix("h")) - 1]

    def state(self, host: str) -> str:
        return str(self.installation.call("GET", f"/hosts/{host}").body["state"])

    def await_state(self, host: str, state: str, *, timeout_s: float = 40) -> None:
        wait_for(
            lambda: self.state(host) == state,
            timeout_s=timeout_s,
            what=f"{host} is {state}",
            last=lambda: self.state(host),
        )

    def copies(self, service: Service) -> Counter[str]:
        """Running engine containers by slot, by the engines' own word; engines without power have none."""
        slots = {one.slot for one in service.replicas()}
        running: Counter[str] = Counter()
        for engine in self.engines:
            if engine.pid is not None:
                running.update(
                    one["Labels"]["orchestra.slot"]
                    for one in engine.containers(**{"orchestra.cluster": self.auditor.cluster})
                    if one["State"] == "running" and one["Labels"]["orchestra.slot"] in slots
                )
        return running

    def has_one_copy_each(self, service: Service) -> bool:
        copies = self.copies(service)
        return len(copies) == len(service.replicas()) and set(copies.values()) == {1}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, lab: Lab) -> Iterator[Fleet]:
    installation = Installation(tmp_path_factory.mktemp("loss") / "var")
    try:
        installation.start("web-1", "scheduler-1", "agent-1")
        for number, engine in enumerate(lab.hosts[:HOSTS], 1):
            installation.add_host(f"h{number}", engine, labels={"zone": f"z{number}"})
        installation.await_hosts_ready(HOSTS)
        auditor = Auditor(installation, lab.hosts[:HOSTS])
        yield Fleet(installation, lab.hosts[:HOSTS], auditor, lab.image("act:1"))
        auditor.close()
    finally:
        installation.stop()
        lab.restore()


@pytest.fixture(autouse=True)
def healed(fleet: Fleet) -> Iterator[None]:
    """Each begins with three hosts that take work, whatever the one before has done to them."""
    yield
    for engine in fleet.engines:
        engine.heal()
        engine.on()
    for number in range(1, HOSTS + 1):
        fleet.installation.insist("POST", f"/hosts/h{number}/uncordon", {})
    fleet.installation.await_hosts_ready(HOSTS)


def busiest(service: Service) -> str:
    return Counter(one.host for one in service.replicas()).most_common(1)[0][0]


def test_a_host_without_power_is_replaced_and_its_return_doubles_nothing(fleet: Fleet) -> None:
    service = fleet.service("web")
    host = busiest(service)
    before = {one.key: one for one in service.replicas()}
    fleet.engine(host).off()
    service.await_running(REPLICAS, away_from=host, timeout_s=DETECTED_WITHIN_S)
    assert fleet.state(host) == "lost"
    for one in service.replicas():
        moved = before[one.key].host == host
        assert (one.id == before[one.key].id) != moved, f"{one.key}: only what was on the lost host is new"
        assert one.attempt == (2 if moved else 1)
    assert fleet.has_one_copy_each(service)
    fleet.engine(host).on()
    wait_for(lambda: fleet.engine(host).answers(), timeout_s=30, what="its engine is back")
    time.sleep(5.0)
    assert fleet.has_one_copy_each(service), fleet.copies(service)
    fleet.await_state(host, "ready")
    settle(fleet.auditor)
    service.remove()


def test_a_link_that_heals_while_its_containers_are_replaced_leaves_one_of_each(fleet: Fleet) -> None:
    """Its containers went on running all the while; healed at different moments of the replacement."""
    service = fleet.service("web")
    for moment in (is_lost, one_is_bound):
        host = busiest(service)
        fleet.engine(host).cut()
        wait_for(partial(moment, fleet, service, host), timeout_s=DETECTED_WITHIN_S, what="it moves")
        fleet.engine(host).heal()
        wait_for(
            lambda: max(fleet.copies(service).values()) == 1,
            timeout_s=ONE_COPY_WITHIN_S,
            what="at most one of each",
            last=lambda: (fleet.copies(service), service.replicas()),
        )
        wait_for(lambda: fleet.has_one_copy_each(service), timeout_s=30, what="one of each")
        settle(fleet.auditor)
        fleet.installation.insist("POST", f"/hosts/{host}/uncordon", {})
    service.remove()


def is_lost(fleet: Fleet, service: Service, host: str) -> bool:
    return fleet.state(host) == "lost"


def one_is_bound(fleet: Fleet, service: Service, host: str) -> bool:
    """The first of those that replace what was there has its host."""
    return any(one.attempt > 1 and one.host not in ("", host) and one.status != "running" for one in service.replicas())


@pytest.mark.parametrize("fault", ["freeze", pytest.param("hang", marks=pytest.mark.soak), "cut"])
def test_three_seconds_move_nothing(fleet: Fleet, fault: str) -> None:
    service = fleet.service(f"web-{fault}")
    before, host = service.replicas(), busiest(service)
    where = [f"zone=z{host.removeprefix('h')}"]
    by_itself = fleet.installation.run(f"calm-{fault}", fleet.image, restart="always", constraints=where)["id"]
    fleet.installation.await_state(by_itself, "running")
    getattr(fleet.engine(host), fault)()
    time.sleep(3.0)
    fleet.engine(host).heal()
    time.sleep(QUIET_FOR_S)
    assert service.replicas() == before
    assert fleet.installation.container(by_itself)["state"] == "running"
    lost = "SELECT count(*) FROM containers_container WHERE status = 'lost' AND (service_id = %s OR id = %s)"
    assert fleet.installation.sql(lost, service.id, by_itself) == [(0,)]
    fleet.installation.verb(by_itself, "remove")
    service.remove()


def test_strict_ones_and_data_stay_until_somebody_says_that_the_host_is_dead(fleet: Fleet) -> None:
    loose = fleet.service("loose", replicas=3)
    strict = fleet.service("strict", replicas=3, strict=True)
    data = fleet.service("data", replicas=1, container={"volumes": [{"name": "d", "path": "/data"}]})
    host = data.replicas()[0].host
    staying = [one for one in strict.replicas() if one.host == host]
    assert staying, "spread over the hosts"
    fleet.engine(host).off()
    loose.await_running(3, away_from=host, timeout_s=DETECTED_WITHIN_S)
    time.sleep(2.0)  # some more turns: nothing else may follow
    assert [one for one in strict.replicas() if one.host == host] == staying
    assert data.replicas()[0].host == host
    assert fleet.installation.container(staying[0].slot)["state"] == "unknown"
    said = fleet.installation.insist("POST", f"/hosts/{host}/mark-dead", {"confirm": host})
    assert said.status == 200, said.body
    assert sorted(one["name"] for one in said.body["moves"]) == sorted(f"strict.{one.key}" for one in staying)
    assert [one["name"] for one in said.body["stays"]] == ["data.1"]
    strict.await_running(3, away_from=host, timeout_s=30)
    assert data.replicas()[0].host == host, "its data is nowhere else"
    fleet.engine(host).on()
    fleet.await_state(host, "ready")
    wait_for(lambda: fleet.has_one_copy_each(strict), timeout_s=15, what="one copy of each strict one")
    data.await_running(1, timeout_s=30)
    settle(fleet.auditor)
    for service in (loose, strict, data):
        service.remove()
