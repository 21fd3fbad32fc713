"""A pull on its row: how long it has stood still, that it ends with the wish, and what is forgotten afterwards."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from containers.agent import progress
from containers.agent.apply import do
from containers.agent.memory import Memory
from containers.agent.observe import rows_of
from containers.agent.plan import Do, Step
from containers.agent.progress import Pull, Teller
from containers.models import Container
from containers.states import Desired, Status
from containers.transitions import want
from hosts.engine.types import PullProgress
from tests import rows
from tests.agent.conftest import Bench, until


@pytest.fixture(autouse=True)
def _talkative(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word of a pull is told."""
    monkeypatch.setattr(progress, "TOLD_EVERY_S", 0.0)


@pytest.fixture
def old(bench: Bench) -> Container:
    """It has been preparing for ten minutes."""
    container = bench.bound()
    rows.advance(container, Status.PREPARING)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE containers_container SET status_since = now() - interval '10 min' WHERE id = %s", [container.pk]
        )
    return container


def test_a_long_pull_that_moves_goes_on_under_another_agent(bench: Bench, old: Container) -> None:
    assert [step.do for step in bench.plan().steps] == [Do.GIVE_UP]
    tell(bench, old, 100)
    assert [step.do for step in bench.plan().steps] == [Do.BRING_UP]


def test_only_more_than_ever_is_a_move(bench: Bench, old: Container) -> None:
    """An engine that begins the same pull again and again, and never comes to its end."""
    tell(bench, old, 100, 200)
    before = moved_at(old)
    tell(bench, old, 0, 100, 200)
    assert moved_at(old) == before
    tell(bench, old, 201)
    assert moved_at(old) > before


def test_a_clock_that_ran_ahead_keeps_nothing_alive(bench: Bench, old: Container) -> None:
    Container.objects.filter(pk=old.pk).update(progress={"moved_at": time.time() + 3600})
    assert rows_of(bench.host.pk, [])[old.pk].still_s >= 0


def test_a_stop_ends_the_pull(bench: Bench) -> None:
    bench.fake.pull_s = 4.0
    container = bench.bound()
    with ThreadPoolExecutor(1) as other:
        step = other.submit(do, Step(Do.BRING_UP, container.pk, ""), bench.hands, bench.desk)
        until(lambda: bench.fake.calls["pull"] == 1)
        want(container.pk, Desired.STOP, actor="user:a")
        step.result(timeout=30)
    assert (bench.fake.images, Container.objects.get(pk=container.pk).status) == ({}, Status.PREPARING)
    bench.turn(1)
    assert Container.objects.get(pk=container.pk).status == Status.STOPPED
    assert bench.desk._pulling == {}


def test_a_stop_ends_also_the_wait_for_anothers_pull(bench: Bench) -> None:
    bench.fake.pull_s = 16.0
    first, second = bench.bound(), bench.bound()
    with ThreadPoolExecutor(2) as others:
        pull = others.submit(do, Step(Do.BRING_UP, first.pk, ""), bench.hands, bench.desk)
        until(lambda: bench.fake.calls["pull"] == 1)
        wait = others.submit(do, Step(Do.BRING_UP, second.pk, ""), bench.hands, bench.desk)
        want(second.pk, Desired.STOP, actor="user:a")
        wait.result(timeout=30)
        assert not pull.done()
        want(first.pk, Desired.STOP, actor="user:a")


def test_a_memory_forgets_what_is_old_and_is_bounded() -> None:
    memory: Memory[int, str] = Memory(for_s=60.0, most=3)
    for number in range(5):
        memory.put(number, str(number))
    assert [memory.get(number) for number in range(5)] == [None, None, "2", "3", "4"]
    short: Memory[int, str] = Memory(for_s=0.0)
    short.put(1, "a")
    short.put(2, "b")
    assert (short.get(2), len(short)) == (None, 0)


def tell(bench: Bench, container: Container, *sizes: int) -> None:
    """A pull of its own that comes to these sizes."""
    teller = Teller(bench.hands, Container.objects.get(pk=container.pk), Pull())
    for size in sizes:
        teller(PullProgress(1, 0, size, 1000, "Downloading"))


def moved_at(container: Container) -> float:
    return float(Container.objects.get(pk=container.pk).progress["moved_at"])
