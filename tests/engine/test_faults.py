"""An engine that is frozen, dead, cut off or a stranger: which error, how soon, and who else has to wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from hosts.engine import EngineAddress, TlsPair, open_engine
from hosts.engine.errors import Deadline, EngineDown, Invalid, Unreachable, Untrusted
from tests.engine.world import RealWorld, World, until
from tests.lab.certs import Authority


@contextmanager
def within(least_s: float, most_s: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert least_s <= time.monotonic() - began <= most_s


@pytest.fixture
def healed(world: World) -> Iterator[World]:
    yield world
    world.recover()


def test_a_ping_is_answered(world: World) -> None:
    with within(0, 2):
        world.engine.ping(timeout_s=2)


def test_facts_of_the_host(world: World) -> None:
    info = world.engine.info()
    assert info.os == "linux"
    assert info.architecture == "amd64"
    assert info.cpu_count >= 1
    assert info.memory_bytes > 1 << 28
    assert info.engine_version.startswith("20.")
    assert info.api_version == "1.41"
    assert info.hostname
    assert info.clock is not None
    if world.kind == "unix":
        assert info.data_root_free_bytes is not None


def test_a_frozen_engine_is_slow_not_lost(healed: World) -> None:
    engine = healed.open(deadline_s=0.6)
    engine.info()
    healed.freeze()
    with within(0.5, 0.9), pytest.raises(Deadline):
        engine.ping(timeout_s=0.6)
    calls: list[Callable[[], object]] = [
        engine.info,
        lambda: engine.list(labels={}),
        lambda: engine.inspect("one"),
        lambda: engine.stats(["one", "two"]),
        lambda: engine.logs("one"),
        lambda: engine.events(since=None, cancel=threading.Event()),
        engine.read_marker,
    ]
    with within(0.5, 1.5), ThreadPoolExecutor(len(calls)) as threads:
        errors = [asked.exception() for asked in [threads.submit(call) for call in calls]]
    assert [type(error) for error in errors] == [Deadline] * len(calls)
    healed.recover()
    engine.ping(timeout_s=2)
    assert engine.list(labels={}) == ()


def test_a_client_that_meets_a_frozen_engine_first(healed: World) -> None:
    """Nothing is known yet, not even the API version: the deadline is for all of it together."""
    healed.freeze()
    engine = healed.open(deadline_s=1.0)
    with within(0.8, 1.6), pytest.raises(Deadline):
        engine.list(labels={})
    with within(0.5, 0.9), pytest.raises(Deadline):
        engine.ping(timeout_s=0.6)


@pytest.mark.kinds("tcp")
def test_the_usual_deadline_is_five_seconds(healed: World) -> None:
    """And of many calls at once: those that wait for a place do not wait longer than that."""
    healed.engine.info()
    healed.freeze()
    with within(4.5, 6.5), ThreadPoolExecutor(20) as threads:
        asked = [threads.submit(healed.engine.list, labels={}) for _ in range(20)]
        with within(0.4, 1.0), pytest.raises(Deadline):
            healed.engine.ping(timeout_s=0.5)  # has a connection of its own
        errors = [one.exception() for one in asked]
    assert [type(error) for error in errors] == [Deadline] * 20, errors


def test_long_waits_take_no_place_from_others(world: World) -> None:
    engine = world.open(pool=2)
    for name in ("aa", "bb", "cc"):
        world.run(name, "stubborn")
    for name in ("aa", "bb", "cc"):
        until(lambda name=name: list(engine.logs(name)) or world.kind == "fake")  # type: ignore[misc]  # loop variable
    stops = [threading.Thread(target=engine.stop, args=(n,), kwargs={"grace_s": 2}) for n in ("aa", "bb", "cc")]
    for thread in stops:
        thread.start()
    time.sleep(0.2)
    with within(0, 1.5):
        assert len(engine.list(labels={})) == 3
    for thread in stops:
        thread.join()


def test_a_dead_engine_refuses_at_once_and_comes_back(healed: World) -> None:
    healed.run("one", "wait")
    healed.engine.stats(["one"])
    healed.kill_engine()
    for _ in range(2):
        with within(0, 1), pytest.raises(EngineDown):
            healed.engine.ping(timeout_s=2)
        with within(0, 1), pytest.raises(EngineDown):
            healed.engine.list(labels={})
    healed.recover()
    healed.engine.ping(timeout_s=2)
    assert [facts.name for facts in healed.engine.list(labels={})] == ["one"]


@pytest.mark.kinds("fake", "tcp")
def test_a_cut_is_told_from_a_frozen_engine(healed: World) -> None:
    """Also on a connection that was used before, where both are nothing but silence."""
    wait_s = 0.3 if healed.kind == "fake" else 2.0
    engine = healed.open(deadline_s=wait_s)
    engine.ping(timeout_s=2)
    engine.list(labels={})
    healed.cut()
    calls: list[Callable[[], object]] = [
        lambda: engine.ping(timeout_s=wait_s),
        lambda: engine.list(labels={}),
        lambda: engine.ping(timeout_s=wait_s),  # a new connection this time
        lambda: healed.open(deadline_s=wait_s).list(labels={}),
    ]
    for call in calls:
        with within(0.2, wait_s + 0.5), pytest.raises(Unreachable):
            call()
    healed.recover()
    engine.ping(timeout_s=2)


@pytest.mark.kinds("tcp")
def test_a_silent_stream_notices_the_cut(healed: World) -> None:
    healed.run("one", "wait")
    stream = healed.engine.events(since=None, cancel=threading.Event())
    healed.cut()
    with within(0, 12), pytest.raises(Unreachable):
        next(stream)


@pytest.mark.kinds("tcp")
def test_a_host_without_power_is_unreachable(healed: World) -> None:
    assert isinstance(healed, RealWorld)
    healed.run("one", "wait")
    healed.host.off()
    with within(0, 2.5), pytest.raises(Unreachable):
        healed.engine.ping(timeout_s=2)
    healed.host.on()
    healed.engine.ping(timeout_s=2)
    assert healed.engine.inspect("one").state == "exited"


@pytest.mark.kinds("tcp")
def test_strangers_are_not_trusted(world: World) -> None:
    stranger = Authority.new("stranger").client()
    pair = world.address.tls
    assert pair is not None
    wrong = {
        "an engine signed by others": TlsPair(ca=stranger.ca, cert=pair.cert, key=pair.key),
        "a client signed by others": TlsPair(ca=pair.ca, cert=stranger.cert, key=stranger.key),
    }
    for tls in wrong.values():
        engine = open_engine(EngineAddress(world.address.url, tls), cluster="suite")
        for call in (lambda e=engine: e.ping(timeout_s=2), engine.info):
            with pytest.raises(Untrusted) as caught:
                call()
            assert "certificate" in caught.value.words
        engine.close()


@pytest.mark.kinds("tcp")
def test_public_authorities_are_strangers_too(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The engine's certificate is good by the library's own bundle, and not by the one we were given."""
    pair = world.address.tls
    assert pair is not None
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(pair.ca)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(bundle))
    tls = TlsPair(ca=Authority.new("stranger").client().ca, cert=pair.cert, key=pair.key)
    engine = open_engine(EngineAddress(world.address.url, tls), cluster="suite")
    with pytest.raises(Untrusted):
        engine.ping(timeout_s=2)
    engine.close()


@pytest.mark.kinds("tcp")
def test_certificates_that_are_none_are_told_at_once(world: World) -> None:
    with pytest.raises(Invalid, match="TLS"):
        open_engine(EngineAddress(world.address.url, TlsPair("no", "such", "thing")), cluster="suite")


@pytest.mark.kinds("unix")
def test_the_environment_is_not_heeded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    assert isinstance(world, RealWorld)
    for address in (world.host.unix, world.host.tcp):
        engine = open_engine(address, cluster="suite")
        engine.ping(timeout_s=2)
        assert engine.info().os == "linux"
        engine.close()


@pytest.mark.kinds("unix")
def test_a_socket_that_is_not_there(world: World) -> None:
    engine = open_engine(EngineAddress("unix:///nowhere/docker.sock"), cluster="suite")
    with pytest.raises(EngineDown):
        engine.ping(timeout_s=1)
    with pytest.raises(EngineDown):
        engine.info()


@pytest.mark.kinds("tcp")
def test_nobody_at_the_address(world: World) -> None:
    net = world.address.url.rpartition(".")[0]
    engine = open_engine(EngineAddress(f"{net}.250:2376"), cluster="suite", deadline_s=1.5)
    with within(0.5, 3.5), pytest.raises(Unreachable):
        engine.ping(timeout_s=1)
    with within(0.5, 3.5), pytest.raises(Unreachable):
        engine.info()


@pytest.mark.parametrize("url", ["http://1.2.3.4", "1.2.3.4", "ssh://x", "tcp:/", "fake://only"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(Invalid):
        open_engine(EngineAddress(url), cluster="suite")
