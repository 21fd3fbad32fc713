"""Log topics: what an engine prints arrives clean and in order, and nobody reads on while the client is slow."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from containers.models import Container, LogTail
from containers.states import Status
from core.accounts.models import cluster_id
from hosts.connect import engine_of
from hosts.engine import EngineAddress, open_engine
from hosts.engine.fake import FakeHost, fake_host, forget
from hosts.engine.types import LABEL_CLUSTER
from hosts.models import Host
from orchestra.realtime import logs
from orchestra.realtime.access import Topic
from orchestra.realtime.logs import FRAME_BYTES_MAX, WAITING_BYTES_MAX, LogSubscription
from tests import rows
from tests.lab import Lab
from tests.lab.host import LabHost
from tests.realtime.web import Web

IMAGE = "registry.test/act:1"


def running(host: Host) -> Container:
    one = rows.slot("talker")
    assert rows.bind(one, host)
    rows.advance(one, Status.RUNNING)
    return one


class Talker:
    """A container on a fake engine in this process, and a follower of its log."""

    def __init__(self) -> None:
        self.fleet = f"logs-{uuid4().hex[:6]}"
        host = rows.host("h1")
        Host.objects.filter(pk=host.pk).update(url=f"fake://{self.fleet}/h1")
        host.refresh_from_db()
        self.container = running(host)
        self.name = f"orc-{self.container.pk}"
        self.engine_host: FakeHost = fake_host(f"fake://{self.fleet}/h1")
        self.engine_host.add_image(IMAGE)
        engine = engine_of(host, cluster=cluster_id())
        engine.create(self.name, {"Image": IMAGE, "Cmd": ["act", "wait"], "Labels": {LABEL_CLUSTER: cluster_id()}})
        engine.start(self.name)
        self.say("ready")
        self.woken = 0
        connections.close_all()

    def follow(self, *, tail: int = 100) -> LogSubscription:
        def wake() -> None:
            self.woken += 1

        topic = Topic("logs", key=self.container.pk, project_id=self.container.project_id)
        follower = LogSubscription(1, topic, tail=tail, wake=wake)
        follower.start()
        return follower

    def say(self, text: str) -> None:
        self.engine_host.say(self.name, text)


@pytest.fixture
async def talker(transactional_db: None) -> AsyncIterator[Talker]:
    made = await sync_to_async(Talker, thread_sensitive=False)()
    yield made
    forget(made.fleet)


async def until(true: Callable[[], Any], *, patience_s: float = 10.0) -> None:
    end_s = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end_s, "never came true"
        await asyncio.sleep(0.02)


def take(follower: LogSubscription, into: list[str]) -> list[str]:
    """Take what is there; all that was taken so far."""
    while (frame := follower.peek()) is not None:
        assert frame.size_bytes(1) <= FRAME_BYTES_MAX + 20_000
        follower.taken()
        into.append(frame.text(1))
    return into


async def test_lines_come_as_they_are_said_without_what_moves_the_cursor(talker: Talker) -> None:
    follower = talker.follow()
    said: list[str] = []
    try:
        await until(lambda: "ready" in "".join(take(follower, said)))
        talker.say("\x1b[31mred\x1b[0m \x1b[2Jgone \x1b]0;title\x07 ä")
        await until(lambda: len(take(follower, said)) > 1)
        assert "\\u001b[31mred\\u001b[0m gone  \\u00e4" in said[-1]
        assert talker.woken >= 2
    finally:
        follower.close()


async def test_the_thread_stands_still_while_nobody_takes(talker: Talker) -> None:
    for number in range(5_000):
        talker.say(f"line {number} " + "x" * 90)
    follower = talker.follow(tail=5_000)
    try:
        await until(lambda: follower._waiting_bytes > WAITING_BYTES_MAX)
        await asyncio.sleep(0.3)
        assert follower._waiting_bytes <= WAITING_BYTES_MAX + 1_000
        said: list[str] = []
        await until(lambda: "line 4999 " in "".join(take(follower, said)[-1:]))
        joined = "".join(said)
        places = [joined.index(f'"line {number} x') for number in range(5_000)]
        assert places == sorted(places)
    finally:
        follower.close()


async def test_the_end_is_told_once(talker: Talker) -> None:
    follower = talker.follow()
    said: list[str] = []
    await until(lambda: "ready" in "".join(take(follower, said)))
    talker.engine_host.exit(talker.name, 3)
    await until(lambda: "logend" in take(follower, said)[-1])
    assert "".join(said).count("logend") == 1
    assert follower.peek() is None


async def test_a_closed_follower_gives_its_place_back(talker: Talker, monkeypatch: pytest.MonkeyPatch) -> None:
    free = logs._places._value
    followers = [talker.follow() for _ in range(3)]
    assert logs._places._value == free - 3
    for follower in followers:
        follower.close()
    await until(lambda: logs._places._value == free)


def test_the_kept_end_of_a_finished_attempt(web: Web, admin: str) -> None:
    one = running(rows.host("h1"))
    rows.end(one, Status.FAILED, exit_code=1)
    LogTail.objects.create(container=one, text="first\nlast \x1b[2Jwords")
    with web.live(admin) as live:
        sub = live.sub(f"logs:{one.pk}", tail=5)
        live.until(lambda: live.told("logend", sub))
        lines = [line["text"] for frame in live.told("log", sub) for line in frame["lines"]]
        assert lines == ["first", "last words"]


def test_a_host_that_does_not_answer_is_said(web: Web, admin: str) -> None:
    host = rows.host("h1")
    Host.objects.filter(pk=host.pk).update(url="unix:///nowhere/docker.sock")
    one = running(host)
    with web.live(admin) as live:
        sub = live.sub(f"logs:{one.pk}")
        live.until(lambda: live.told("logend", sub))
        assert "does not answer" in live.told("logend", sub)[0]["reason"]


@pytest.mark.engine
def test_a_real_engine(web: Web, admin: str, lab: Lab, engines: list[LabHost]) -> None:
    host = rows.host("h1")
    Host.objects.filter(pk=host.pk).update(url=engines[0].unix.url)
    one = running(host)
    engine = open_engine(EngineAddress(engines[0].unix.url), cluster=cluster_id())
    try:
        engine.pull(lab.image("act:1"))
        body = {"Image": lab.image("act:1"), "Cmd": ["act", "tick"], "Labels": {LABEL_CLUSTER: cluster_id()}}
        engine.create(f"orc-{one.pk}", body)
        engine.start(f"orc-{one.pk}")
        with web.live(admin) as live:
            sub = live.sub(f"logs:{one.pk}", tail=10)

            def lines() -> list[str]:
                return [line["text"] for frame in live.told("log", sub) for line in frame["lines"]]

            live.until(lambda: len(lines()) >= 10)
            numbers = [int(text.removeprefix("tick ")) for text in lines()]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
            live.send({"op": "unsub", "id": sub})
            again = live.sub(f"logs:{one.pk}", tail=0)
            engine.stop(f"orc-{one.pk}", grace_s=1)
            live.until(lambda: live.told("logend", again))
    finally:
        engine.close()
