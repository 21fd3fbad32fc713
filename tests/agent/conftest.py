"""One host on a fake engine with real rows, and the hands of its agent."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from containers.agent.apply import do
from containers.agent.hands import Hands
from containers.agent.images import ImageDesk
from containers.agent.observe import Cluster, rows_of
from containers.agent.plan import Do, Plan, Step, plan
from containers.models import Container
from core.lib.clock import monotonic_s
from core.lib.lease import Hold
from hosts.engine import EngineAddress, open_engine
from hosts.engine.fake import FakeHost, fake_host, fleet, forget
from hosts.models import Host
from tests import rows

CLUSTER = "cluster-of-tests"
IMAGE = "registry.test/web:1"


@dataclass
class Bench:
    """A host row, its fake engine, and hands that may act."""

    host: Host
    fake: FakeHost
    hands: Hands
    desk: ImageDesk = field(default_factory=ImageDesk)
    live: bool = True

    def bound(self, name: str = "", **spec: Any) -> Container:
        """A container that the scheduler has just bound here."""
        container = rows.slot(name, **{"image": IMAGE, "command": ["act", "wait"], **spec})
        assert rows.bind(container, self.host)
        return container

    def do(self, verb: Do, container: Container) -> Container:
        """Do one step and read the row again."""
        do(Step(verb, container.pk, "a test says so"), self.hands, self.desk)
        return Container.objects.get(pk=container.pk)

    def plan(self) -> Plan:
        """What a compare would do now."""
        facts = self.hands.engine.list(labels=Cluster(CLUSTER).filter)
        return plan(rows_of(self.host.pk, facts), facts, frozenset())

    def turn(self, times: int = 3) -> None:
        """Compare and do, as the worker does."""
        for _ in range(times):
            for step in self.plan().steps:
                do(step, self.hands, self.desk)


def until(true: Callable[[], bool], within_s: float = 30.0) -> None:
    """Look until it is so."""
    end_s = monotonic_s() + within_s
    while not true():
        assert monotonic_s() < end_s, "it did not come"
        time.sleep(0.02)


@pytest.fixture
def bench(transactional_db: None) -> Iterator[Bench]:
    forget("agent")
    fleet("agent").publish(IMAGE)
    url = "fake://agent/h1"
    host = rows.host("h1")
    made = Bench(host, fake_host(url), _hands(host, url, lambda: made.live))
    yield made
    made.hands.engine.close()
    forget("agent")


def _hands(host: Host, url: str, may_act: Callable[[], bool]) -> Hands:
    return Hands(
        host_id=host.pk,
        host_name=host.name,
        engine=open_engine(EngineAddress(url), cluster=CLUSTER),
        hold=Hold("hosts_hosthold", "host_id", host.pk, 0),
        may_act=may_act,
        actor="agent:test",
        cluster=CLUSTER,
    )
