"""Which host the machine's own engine is: by its marker and its containers, never by its address alone."""

from collections.abc import Iterator

import pytest

from containers.models import Container
from containers.states import Status
from core.accounts.models import cluster_id
from core.lib.lease import Hold
from hosts.conditions import Capacity, set_capacity
from hosts.engine import EngineAddress, open_engine
from hosts.engine.fake import fleet, forget
from hosts.models import Host
from orchestra.supervisor.engine import Found
from orchestra.supervisor.local_host import adopt
from tests import rows

pytestmark = pytest.mark.django_db

URL = "fake://machine/one"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    forget("machine")
    yield
    forget("machine")


def found(url: str = URL) -> Found:
    return Found(url=url, tls=None, words="")


def mark(url: str, host: Host) -> None:
    """What the host's agent does at its first contact."""
    open_engine(EngineAddress(url), cluster=cluster_id()).write_marker(str(host.marker))


def running_here(host: Host) -> Container:
    """A container that runs on this host, as far as the rows know."""
    seen = Capacity(cpu_millis=4000, memory_bytes=8 << 30, architecture="amd64", facts={})
    set_capacity(host.pk, seen, actor="agent:test", hold=Hold("hosts_hosthold", "host_id", host.pk, 0))
    Host.objects.filter(pk=host.pk).update(reachable="ok")
    container = rows.slot()
    assert rows.bind(container, host)
    rows.advance(container, Status.RUNNING)
    return container


def names() -> list[str]:
    return sorted(Host.objects.values_list("name", flat=True))


def test_the_first_engine_is_local_and_stays_it() -> None:
    adopt(found())
    mark(URL, Host.objects.get())
    adopt(found())
    assert names() == ["local"]


def test_it_is_followed_to_another_address_by_its_marker() -> None:
    adopt(found())
    mark("fake://machine/two", Host.objects.get())
    assert "instead of" in adopt(found("fake://machine/two"))
    assert list(Host.objects.values_list("name", "url")) == [("local", "fake://machine/two")]


def test_a_second_engine_at_another_address_is_a_second_host() -> None:
    adopt(found())
    assert "another engine" in adopt(found("fake://machine/two"))
    assert names() == ["local", "local-2"]


def test_another_engine_at_the_same_address_is_a_second_host_and_said() -> None:
    adopt(found())
    running_here(Host.objects.get())
    assert "ANOTHER engine" in adopt(found())
    assert names() == ["local", "local-2"]
    mark(URL, Host.objects.get(name="local-2"))
    adopt(found())
    assert names() == ["local", "local-2"]


def test_an_engine_that_only_lost_its_marker_is_still_the_same() -> None:
    adopt(found())
    container = running_here(Host.objects.get())
    engine = open_engine(EngineAddress(URL), cluster=cluster_id())
    labels = {"orchestra.cluster": cluster_id(), "orchestra.role": "workload"}
    fleet("machine").publish("registry.test/web:1")
    engine.pull("registry.test/web:1")
    engine.create(f"orc-{container.pk}", {"Image": "registry.test/web:1", "Labels": labels})
    adopt(found())
    assert names() == ["local"]
