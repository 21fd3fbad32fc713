"""Logs and events: in order, followed, and ended from another thread while nothing comes."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from hosts.engine.errors import Closed, EngineDown, EngineError
from hosts.engine.types import EngineEvent, LogLine
from tests.engine.world import World, until


class Reader(threading.Thread):
    """Reads a stream to its end in a thread of its own."""

    def __init__(self, stream: object) -> None:
        super().__init__(daemon=True)
        self.stream = stream
        self.got: list[object] = []
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            for one in self.stream:  # type: ignore[attr-defined]  # any iterator
                self.got.append(one)
        except EngineError as error:
            self.error = error

    def ended(self, timeout_s: float) -> bool:
        self.join(timeout_s)
        return not self.is_alive()


def said(world: World, name: str, count: int) -> list[LogLine]:
    until(lambda: len(list(world.engine.logs(name))) >= count)
    return list(world.engine.logs(name))


def test_a_log_is_read_in_order_with_its_streams(world: World) -> None:
    world.run("one", "say", "5")
    lines = said(world, "one", 6)
    assert [line.text for line in lines if line.stream == "stdout"] == [f"line {n}" for n in range(1, 6)]
    assert [line.text for line in lines if line.stream == "stderr"] == ["and an error"]
    times = [line.at for line in lines if line.at is not None]
    assert len(times) == 6
    assert abs(times[0] - datetime.now(UTC)) < timedelta(seconds=30)


def test_a_log_can_begin_late(world: World) -> None:
    world.run("one", "say", "50")
    lines = said(world, "one", 51)
    out = [line for line in lines if line.stream == "stdout"]
    assert {line.text for line in world.engine.logs("one", tail=2)} <= {line.text for line in lines[-4:]}
    assert len(list(world.engine.logs("one", tail=2))) == 2
    assert list(world.engine.logs("one", tail=0)) == []
    late = [line.text for line in world.engine.logs("one", since=out[30].at) if line.stream == "stdout"]
    assert late == [line.text for line in out[30:]]


def test_following_goes_on_until_the_container_ends(world: World) -> None:
    world.run("one", "say", "3")
    reader = Reader(world.engine.logs("one", follow=True))
    assert until(lambda: len(reader.got) == 4)
    assert reader.is_alive()
    world.engine.kill("one")
    assert reader.ended(5)
    assert reader.error is None


def test_following_is_cancelled_while_nothing_comes(world: World) -> None:
    world.run("one", "say", "3")
    cancel = threading.Event()
    reader = Reader(world.engine.logs("one", follow=True, tail=1, cancel=cancel))
    assert until(lambda: reader.got)
    began = time.monotonic()
    cancel.set()
    assert reader.ended(2)
    assert time.monotonic() - began < 1
    assert reader.error is None
    assert world.engine.inspect("one").state == "running"


def test_closing_the_client_ends_its_streams(world: World) -> None:
    world.run("one", "wait")
    client = world.open()
    readers = [
        Reader(client.logs("one", follow=True)),
        Reader(client.events(since=None, cancel=threading.Event())),
    ]
    until(lambda: readers[0].got or world.kind == "fake")
    client.close()
    assert [reader.ended(2) for reader in readers] == [True, True]
    with pytest.raises(Closed):
        client.info()


def actions(reader: Reader) -> list[tuple[str, str]]:
    return [(one.container_name, one.action) for one in reader.got if isinstance(one, EngineEvent)]


def test_events_tell_of_our_containers_only(world: World) -> None:
    cancel = threading.Event()
    reader = Reader(world.engine.events(since=None, cancel=cancel))
    world.run("ours", "exit", "7")
    body = world.body("wait")
    world.engine.create("theirs", {**body, "Labels": {"orchestra.cluster": "other"}})
    world.engine.start("theirs")
    assert until(lambda: ("ours", "die") in actions(reader))
    world.engine.remove("theirs")
    world.engine.remove("ours")
    assert until(lambda: ("ours", "destroy") in actions(reader))
    cancel.set()
    assert reader.ended(2)
    assert reader.error is None
    assert [a for a in actions(reader) if a[0] == "ours"] == [
        ("ours", action) for action in ("create", "start", "die", "destroy")
    ]
    assert {name for name, _ in actions(reader)} == {"ours"}
    (died,) = [one for one in reader.got if isinstance(one, EngineEvent) and one.action == "die"]
    assert died.exit_code == 7
    assert dict(died.labels) == dict(body["Labels"])
    assert abs(died.at - datetime.now(UTC)) < timedelta(seconds=30)


def test_events_are_replayed_from_a_moment(world: World) -> None:
    began = datetime.now(UTC)
    world.run("one", "wait")
    cancel = threading.Event()
    reader = Reader(world.engine.events(since=began, cancel=cancel))
    assert until(lambda: len(reader.got) >= 2)
    cancel.set()
    assert reader.ended(2)
    assert actions(reader) == [("one", "create"), ("one", "start")]


def test_events_are_cancelled_while_nothing_comes(world: World) -> None:
    cancel = threading.Event()
    reader = Reader(world.engine.events(since=None, cancel=cancel))
    time.sleep(0.1)
    cancel.set()
    assert reader.ended(1)
    assert reader.error is None


def test_streams_end_with_the_engine(world: World) -> None:
    world.run("one", "wait")
    events = Reader(world.engine.events(since=None, cancel=threading.Event()))
    try:
        world.kill_engine()
        assert events.ended(5)
        assert isinstance(events.error, EngineDown)
    finally:
        world.recover()
