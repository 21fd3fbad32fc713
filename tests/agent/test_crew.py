"""The pools of a host: no kind of step waits behind a slower one."""

from collections.abc import Iterator

import pytest

from containers.agent import crew as crew_module
from containers.agent import progress
from containers.agent.crew import Crew
from containers.agent.plan import Do, Step, live_name
from containers.models import Container
from containers.states import Desired, Status
from containers.transitions import want
from tests.agent.conftest import IMAGE, Bench, until

OTHER = "registry.test/other:1"


@pytest.fixture
def crew(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crew]:
    """One pair of hands in each pool."""
    for name in ("UP_THREADS", "DOWN_THREADS"):
        monkeypatch.setattr(crew_module, name, 1)
    monkeypatch.setattr(progress, "TOLD_EVERY_S", 0.0)
    made = Crew(bench.hands, on_done=lambda: None, on_failed=lambda: None, on_lost=lambda: None)
    yield made
    made.dismiss(wait=True)


def status(container: Container) -> str:
    return Container.objects.get(pk=container.pk).status


def test_a_long_pull_keeps_no_other_image_waiting(bench: Bench, crew: Crew) -> None:
    bench.fake.add_image(OTHER)
    bench.fake.pull_s = 24.0
    slow, quick = bench.bound(image=IMAGE), bench.bound(image=OTHER)
    crew.take([Step(Do.BRING_UP, slow.pk, "")])
    until(lambda: bench.fake.calls["pull"] == 1)
    crew.take([Step(Do.BRING_UP, quick.pk, "")])
    until(lambda: status(quick) == Status.RUNNING, within_s=16.0)
    assert status(slow) == Status.PREPARING
    want(slow.pk, Desired.STOP, actor="user:a")


def test_a_slow_stop_keeps_no_end_unnoticed(bench: Bench, crew: Crew) -> None:
    stubborn = bench.do(Do.BRING_UP, bench.bound(command=["act", "stubborn"], stop_grace=20))
    other = bench.do(Do.BRING_UP, bench.bound())
    want(stubborn.pk, Desired.STOP, actor="user:a")
    crew.take([Step(Do.STOP, stubborn.pk, "")])
    until(lambda: bench.fake.calls["stop"] == 1)
    bench.fake.exit(live_name(other.pk), 1)
    crew.take([Step(Do.FINISH, other.pk, "")])
    until(lambda: status(other) == Status.FAILED, within_s=15.0)
    assert status(stubborn) == Status.STOPPING
    bench.hands.engine.kill(live_name(stubborn.pk))
