"""Losing a host on real rows and real sockets: an engine that is silent, one that refuses, one that answers."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings

from containers.models import Container
from containers.states import Status
from core.events.models import Event
from core.lib.lease import HoldLost
from hosts.models import Host, HostBooking
from scheduler.controllers import hosthealth, pending
from scheduler.controllers.hosthealth import HostHealth
from scheduler.controllers.silence import HostSeen
from scheduler.trouble import Trouble
from tests.scheduler.lease import given, take_lease
from tests.scheduler.rows import GIB, attempts, container, current, host, walk

pytestmark = pytest.mark.django_db(transaction=True)

RUN = (Status.PREPARING, Status.STARTING, Status.RUNNING)


@contextmanager
def engine(answer: bytes) -> Iterator[str]:
    """Something that accepts connections and says this to each request ("" says nothing)."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()
        kept: list[socket.socket] = []

        def serve() -> None:
            server.settimeout(0.1)
            while not ended.is_set():
                try:
                    peer, _ = server.accept()
                except TimeoutError:
                    continue
                kept.append(peer)
                if answer:
                    peer.recv(4096)
                    peer.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()
            for peer in kept:
                peer.close()


SAYS_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {
        "HOST_SUSPECT_AFTER_S": 0.2,
        "HOST_LOST_AFTER_S": 0.6,
        "ENGINE_DOWN_LOST_AFTER_S": 1.2,
        "HOST_PING_S": 0.05,
        "HOST_PING_TIMEOUT_S": 0.15,
    }.items():
        monkeypatch.setattr(settings, name, seconds)


def watch(seconds: float, until: Callable[[], bool] = lambda: False) -> None:
    """Run the loop as the daemon does: again on every wake-up and on a timer."""
    loop, turn, end_s = HostHealth(), given(), time.monotonic() + seconds
    while time.monotonic() < end_s and not until():
        loop.turn(turn)
        time.sleep(0.02)


def is_lost(row: Host) -> Callable[[], bool]:
    return lambda: Host.objects.filter(pk=row.pk, reachable="lost").exists()


def suspect(name: str, url: str, word: str = "suspect") -> Host:
    row = host(name)
    Host.objects.filter(pk=row.pk).update(url=url, reachable=word)
    return row


def test_a_silent_engine_is_lost_after_the_time_that_is_set() -> None:
    host("h1")
    with engine(b"") as url:
        dead, began_s = suspect("h2", url), time.monotonic()
        watch(5, until=is_lost(dead))
        took_s = time.monotonic() - began_s
    dead.refresh_from_db()
    assert dead.reachable == "lost"
    assert took_s >= 0.4
    assert Event.objects.filter(kind="host.lost", object_id=str(dead.pk)).count() == 1


def test_an_engine_that_answers_the_leader_is_not_lost() -> None:
    host("h1")
    with engine(SAYS_OK) as url:
        row = suspect("h2", url)
        watch(1.5)
    row.refresh_from_db()
    assert row.reachable == "suspect"


def test_an_engine_that_is_down_has_longer() -> None:
    host("h1")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    row, began_s = suspect("h2", f"tcp://127.0.0.1:{port}", "refused"), time.monotonic()
    watch(6, until=is_lost(row))
    assert time.monotonic() - began_s >= 1.2
    assert is_lost(row)()


def test_when_most_hosts_fall_silent_nothing_is_lost_and_it_is_said() -> None:
    host("h1")
    with engine(b"") as url:
        rows = [suspect("h2", url), suspect("h3", url)]
        watch(1.5)
    assert not any(is_lost(row)() for row in rows)
    assert "2 of 3 hosts do not answer" in Event.objects.get(kind="fleet.brake").message


def running_on(row: Host, name: str, **fields: Any) -> Container:
    """A container that runs there."""
    others = Host.objects.exclude(pk=row.pk)
    others.update(availability="cordoned")
    made = container(name, **fields)
    pending.turn(given())
    others.update(availability="active")
    made.refresh_from_db()
    assert made.host_id == row.pk
    return walk(made, *RUN)


def test_only_what_may_be_replaced_is_replaced_and_the_old_one_keeps_its_room() -> None:
    host("h1")
    dead = host("h2")
    always = running_on(dead, "always", restart="always", resources={"memory": "1g"})
    rule_none = running_on(dead, "none")
    on_failure = running_on(dead, "on-failure", restart="on-failure")
    volume = running_on(dead, "volume", restart="always", volumes=[{"name": "data", "path": "/data"}])
    Host.objects.filter(pk=dead.pk).update(reachable="lost")
    turn = given()
    assert HostHealth().turn(turn).changes == 1
    assert HostHealth().turn(turn).changes == 0
    old, new = attempts(always)
    assert (old.status, old.reason, old.superseded) == ("lost", "host-lost", True)
    assert (new.status, new.message) == ("pending", "host h2 is lost")
    for row in (rule_none, on_failure, volume):
        assert current(row).status == "running"
    assert HostBooking.objects.get(host=dead).memory_bytes_reserved == GIB
    pending.turn(turn)
    new.refresh_from_db()
    assert (new.status, new.host.name if new.host else None) == ("bound", "h1")


def test_a_host_that_came_back_meanwhile_keeps_its_containers() -> None:
    host("h1")
    dead, back = host("h2"), host("h3")
    rows = [running_on(dead, "gone", restart="always"), running_on(back, "here", restart="always")]
    Host.objects.filter(pk=dead.pk).update(reachable="lost")  # h3 answers again
    done = hosthealth.replace_attempts([(row.pk, "h") for row in rows], hold=take_lease(), trouble=Trouble())
    assert done == 1
    assert [len(attempts(row)) for row in rows] == [2, 1]


def test_what_is_lost_comes_back_in_an_order_that_a_plan_knows() -> None:
    dead = host("h2", cpu=16_000)
    rows = [running_on(dead, f"c{number}", restart="always", priority=number % 3 - 2) for number in range(9)]
    Host.objects.filter(pk=dead.pk).update(reachable="lost")
    assert HostHealth().turn(given()).changes == 9
    wanted = [row.slot_id for row in sorted(rows, key=lambda row: (-row.priority, row.slot_id))]
    waiting = Container.objects.filter(status="pending").order_by("created_at")
    assert list(waiting.values_list("slot_id", flat=True)) == wanted


def test_a_stale_leader_declares_nothing_lost() -> None:
    host("h1")
    dead = host("h2")
    row = running_on(dead, "always", restart="always")
    old = take_lease()
    take_lease()
    with pytest.raises(HoldLost):
        hosthealth.declare_lost(HostSeen(dead.pk, "h2", "suspect"), "silent", hold=old)
    with pytest.raises(HoldLost):
        hosthealth.replace_attempts([(row.pk, "h2")], hold=old, trouble=Trouble())
    assert len(attempts(row)) == 1
    assert not is_lost(dead)()
