"""The knobs of the fake: what a test turns, a client sees."""

from __future__ import annotations

import threading
import time

import pytest

from hosts.engine import EngineAddress, open_engine
from hosts.engine.errors import ImageMissing, Invalid, PortTaken, Refused
from hosts.engine.fake import FakeEngine, fake_host, fleet
from tests.engine.world import FakeWorld


@pytest.fixture
def fake() -> FakeWorld:
    return FakeWorld()


def test_clients_of_one_url_share_a_host_and_others_do_not(fake: FakeWorld) -> None:
    fake.run("one", "wait")
    again = open_engine(EngineAddress("fake://suite/one"), cluster="suite")
    other = open_engine(EngineAddress("fake://suite/two"), cluster="suite")
    assert [facts.name for facts in again.list(labels={})] == ["one"]
    assert other.list(labels={}) == ()


def test_a_host_is_sized_by_its_url() -> None:
    fleet("sized")
    url = "fake://sized/big?cpu=64&memory_mib=1024&architecture=arm64&any_image=1"
    engine = open_engine(EngineAddress(url), cluster="suite")
    info = engine.info()
    assert (info.cpu_count, info.memory_bytes, info.architecture, info.hostname) == (64, 1 << 30, "arm64", "big")
    assert engine.pull("whatever:3").tags == ("whatever:3",)


def test_ends_that_a_test_asks_for(fake: FakeWorld) -> None:
    for name in ("exits", "starves", "stays"):
        fake.run(name, "wait")
    fake.host.exit("exits", 4)
    fake.host.oom("starves")
    assert fake.engine.inspect("exits").exit_code == 4
    assert (fake.engine.inspect("starves").exit_code, fake.engine.inspect("starves").oom_killed) == (137, True)
    assert fake.host.running() == ["stays"]
    fake.host.power_off()
    fake.host.thaw()
    assert fake.engine.inspect("stays").exit_code == 137


def test_planned_failures_come_once_each_and_only_where_asked(fake: FakeWorld) -> None:
    fake.make("one", "wait")
    fake.make("two", "wait")
    fake.host.fail_start(words="no such runtime", name="one", times=2)
    fake.engine.start("two")
    for _ in range(2):
        with pytest.raises(Refused, match="no such runtime"):
            fake.engine.start("one")
    fake.engine.start("one")
    fake.host.fail("info", Invalid("x"))
    with pytest.raises(Invalid):
        fake.engine.info()
    assert fake.host.calls["start"] == 4


def test_a_port_of_somebody_outside(fake: FakeWorld) -> None:
    fake.host.take_port(8080)
    fake.host.add_image(fake.image("act:1"))
    body = fake.body("wait", PortBindings={"80/tcp": [{"HostPort": "8080"}]}) | {"ExposedPorts": {"80/tcp": {}}}
    fake.engine.create("one", body)
    with pytest.raises(PortTaken):
        fake.engine.start("one")


def test_a_tag_that_moves(fake: FakeWorld) -> None:
    ref = fake.image("act:1")
    old = fake.engine.pull(ref)
    fake.host.fleet.publish(ref, version="newer")
    new = fake.engine.pull(ref)
    assert new.id != old.id
    assert fake.engine.image(ref).id == new.id
    assert fake.engine.image(old.digests[0]).tags == ()


def test_a_call_in_a_frozen_host_goes_on_when_it_thaws(fake: FakeWorld) -> None:
    fake.host.freeze()
    threading.Timer(0.2, fake.host.thaw).start()
    began = time.monotonic()
    fake.engine.info()
    assert 0.15 < time.monotonic() - began < 2


def test_a_thousand_hosts_are_cheap() -> None:
    began = time.monotonic()
    engines = [open_engine(EngineAddress(f"fake://scale/{n}?any_image=1"), cluster="c") for n in range(1000)]
    for engine in engines:
        assert isinstance(engine, FakeEngine)
        engine.pull("x:1")
        for name in ("a", "b", "c"):
            engine.create(name, {"Image": "x:1"})
            engine.start(name)
    assert sum(len(engine.list(labels={})) for engine in engines) == 3000
    assert time.monotonic() - began < 10


def test_images_must_be_there(fake: FakeWorld) -> None:
    with pytest.raises(ImageMissing):
        fake.engine.create("one", fake.body("wait"))
    assert fake_host("fake://suite/one") is fake.host
