"""The prober with real rows and real servers: what it asks, what it writes, and whom it leaves alone."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from containers.agent.plan import Do
from containers.agent.probe_judge import DARK_WORDS
from containers.agent.probe_targets import Map
from containers.agent.probe_wire import Place
from containers.agent.worker import HostWorker
from containers.models import Container
from containers.states import Desired
from containers.transitions import BoundPort, want
from core.events.models import Event
from hosts.models import Host
from tests import rows
from tests.agent.conftest import IMAGE, Bench, until


class Page(ThreadingHTTPServer):
    """Answers with the status it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        self.status, self.asked = 200, 0
        super().__init__(("127.0.0.1", 0), _Answer)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def end(self) -> None:
        self.shutdown()
        self.server_close()


class _Answer(BaseHTTPRequestHandler):
    server: Page

    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def pages() -> Iterator[list[Page]]:
    made = [Page() for _ in range(4)]
    yield made
    for page in made:
        page.end()


@pytest.fixture
def idle_worker(bench: Bench, settings: Any) -> Iterator[HostWorker]:
    """Of the bench's host, to be started."""
    settings.COMPARE_S = 0.2
    made = HostWorker(bench.hands, on_lost=lambda: None)
    yield made
    made.stop(wait=True)


@pytest.fixture
def worker(idle_worker: HostWorker) -> HostWorker:
    """The same, at work."""
    idle_worker.start()
    return idle_worker


def probed(bench: Bench, page: Page | None = None, **check: Any) -> Container:
    """Bound, its port 80 published where the page listens; not published without a page."""
    asked = {"http": {"port": 80, "path": "/healthz"}, "interval": 1, "retries": 1, **check}
    ports = (BoundPort(80, "tcp", "0.0.0.0", page.server_port),) if page else ()
    wished = [{"container_port": 80}] if page else []
    container = rows.slot(image=IMAGE, command=["act", "wait"], ports=wished, health_check=asked)
    assert rows.bind(container, bench.host, ports=ports)
    return container


def health(container: Container) -> str:
    return Container.objects.get(pk=container.pk).health


def several_compares(bench: Bench) -> None:
    seen = bench.fake.calls["list"]
    until(lambda: bench.fake.calls["list"] >= seen + 3)


def test_it_counts_as_starting_from_the_move_to_running(bench: Bench) -> None:
    assert bench.do(Do.BRING_UP, probed(bench)).health == "starting"
    assert bench.do(Do.BRING_UP, bench.bound()).health == "none"


def test_it_is_well_then_broken_then_well_again(bench: Bench, worker: HostWorker, pages: list[Page]) -> None:
    """The engine says "none" all the time, and each compare leaves what the agent found."""
    container = probed(bench, pages[0])
    worker.compare_soon()
    until(lambda: health(container) == "healthy")
    several_compares(bench)
    assert health(container) == "healthy"
    pages[0].status = 500
    until(lambda: health(container) == "unhealthy")
    several_compares(bench)
    broken = Container.objects.get(pk=container.pk)
    words = f"GET http://127.0.0.1:{pages[0].server_port}/healthz: answered 500, wanted is 200 to 399"
    assert (broken.health, broken.message) == ("unhealthy", words)
    assert Event.objects.get(kind="container.unhealthy").message == f"its health check says unhealthy: {words}"
    pages[0].status = 204
    until(lambda: health(container) == "healthy")
    assert Container.objects.get(pk=container.pk).message == ""


def test_the_first_good_answer_is_not_waited_an_interval_for(
    bench: Bench, worker: HostWorker, pages: list[Page]
) -> None:
    pages[0].status = 503
    container = probed(bench, pages[0], interval=3600)
    worker.compare_soon()
    until(lambda: pages[0].asked >= 2)
    assert health(container) == "starting"
    pages[0].status = 200
    until(lambda: health(container) == "healthy", within_s=10)


def test_most_of_a_host_that_fall_silent_at_once_are_unknown(
    bench: Bench, worker: HostWorker, pages: list[Page]
) -> None:
    containers = [probed(bench, page, retries=3) for page in pages]
    worker.compare_soon()
    until(lambda: {health(c) for c in containers} == {"healthy"})
    for page in pages[:3]:
        page.end()
    until(lambda: [health(c) for c in containers] == ["unknown"] * 3 + ["healthy"])
    assert Container.objects.get(pk=containers[0].pk).message.startswith(DARK_WORDS)
    assert not Event.objects.filter(kind="container.unhealthy").exists()


def test_what_cannot_be_reached_says_what_to_do(bench: Bench, worker: HostWorker) -> None:
    container = probed(bench)
    worker.compare_soon()
    until(lambda: health(container) == "unknown")
    assert "publish it with ports" in Container.objects.get(pk=container.pk).message


def test_what_is_on_its_way_out_is_not_unwell(bench: Bench) -> None:
    container = bench.do(Do.BRING_UP, probed(bench))
    want(container.pk, Desired.STOP, actor="user:a")
    bench.hands.note_health({container.pk: ("unhealthy", "it is closing")})
    assert health(container) == "starting"


def test_another_agent_goes_on_from_what_the_row_says(bench: Bench, idle_worker: HostWorker, pages: list[Page]) -> None:
    """The container is well since long; nothing is written, and it is asked within its interval."""
    container = bench.do(Do.BRING_UP, probed(bench, pages[0]))
    bench.hands.note_health({container.pk: ("healthy", "")})
    version = Container.objects.get(pk=container.pk).version
    idle_worker.start()
    until(lambda: pages[0].asked >= 2)
    assert Container.objects.get(pk=container.pk).version == version


def test_what_another_agent_found_unwell_is_asked_at_once(
    bench: Bench, idle_worker: HostWorker, pages: list[Page]
) -> None:
    """It may be well by now, and shall not be replaced for an old word."""
    container = bench.do(Do.BRING_UP, probed(bench, pages[0], interval=300))
    bench.hands.note_health({container.pk: ("unhealthy", "it was")})
    idle_worker.start()
    until(lambda: health(container) == "healthy")


def test_what_stopped_is_asked_no_more(bench: Bench, worker: HostWorker, pages: list[Page]) -> None:
    container = probed(bench, pages[0])
    worker.compare_soon()
    until(lambda: health(container) == "healthy")
    want(container.pk, Desired.STOP, actor="user:a")
    worker.wake()
    until(lambda: Container.objects.get(pk=container.pk).status == "stopped")
    until(lambda: not worker.prober._wanted - worker.prober._added.keys())
    worker.prober.forget_all()
    until(lambda: not worker.prober._asked)
    assert health(container) == "none"


@pytest.mark.parametrize(
    ("url", "data_address", "bound", "expected"),
    [
        ("tcp://10.0.0.7:2376", "10.0.0.7", "0.0.0.0", Place("10.0.0.7", 20001)),
        ("tcp://10.0.0.7:2376", "10.0.0.7", "::", Place("10.0.0.7", 20001)),
        ("tcp://10.0.0.7:2376", "10.0.0.7", "10.0.0.8", Place("10.0.0.8", 20001)),
        ("tcp://10.0.0.7:2376", "10.0.0.7", "127.0.0.1", "published for the host itself only"),
        ("tcp://10.0.0.7:2376", "10.0.0.7", None, "publish it with ports"),
        ("tcp://10.0.0.7:2376", "no-such-host.invalid", "0.0.0.0", "has no IP address"),
        ("tcp://10.0.0.7:2376", "localhost", "0.0.0.0", Place("127.0.0.1", 20001)),
        ("unix:///run/docker.sock", "127.0.0.1", "127.0.0.1", Place("127.0.0.1", 20001)),
        ("unix:///run/docker.sock", "127.0.0.1", None, Place("172.17.0.2", 80)),
    ],
)
def test_where_it_is_asked(bench: Bench, url: str, data_address: str, bound: str | None, expected: Place | str) -> None:
    check = {"tcp": {"port": 80}, "start_period": 7}
    ports = [{"container_port": 80, "host_address": bound}] if bound else []
    container = rows.slot(image=IMAGE, command=["act", "wait"], ports=ports, health_check=check)
    assert rows.bind(container, bench.host, ports=(BoundPort(80, "tcp", bound, 20001),) if bound else ())
    bench.do(Do.BRING_UP, container)
    Host.objects.filter(pk=bench.host.pk).update(url=url, data_address=data_address)
    (target,) = Map(bench.hands).read([container.pk])
    assert (target.check.start_period_s, target.age_s < 60) == (7, True)
    if isinstance(expected, Place):
        assert (target.place, target.trouble) == (expected, "")
    else:
        assert target.place is None
        assert expected in target.trouble
