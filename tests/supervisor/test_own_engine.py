"""The Docker engine that `up` starts: answers, outlives its starter with its containers, and ends when told to."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hosts.engine import EngineAddress, open_engine
from orchestra.supervisor import root
from orchestra.supervisor.own_engine import OwnEngine
from orchestra.supervisor.probe import why_silent
from tests.conftest import Spawn
from tests.supervisor.conftest import Watched

pytestmark = pytest.mark.engine


@pytest.fixture
def own(tmp_path: Path) -> Iterator[OwnEngine]:
    engine = OwnEngine(tmp_path)
    yield engine
    engine.stop()
    assert engine.pid() is None
    assert not Path(f"/sys/class/net/{engine.bridge}").exists()
    assert os.fspath(tmp_path) not in Path("/proc/self/mounts").read_text()


@pytest.mark.parametrize("length", range(40, 100))
def test_its_sockets_are_short_enough_wherever_it_lives(length: int) -> None:
    """Containerd takes paths of 104 bytes at most."""
    longest = OwnEngine(Path("/" + "v" * (length - 1))).run / "exec" / "containerd" / "containerd-debug.sock"
    assert len(os.fspath(longest)) <= 104


def test_it_starts_answers_and_ends(own: OwnEngine) -> None:
    own.start()
    assert why_silent(own.url) is None
    engine = open_engine(EngineAddress(own.url), cluster="test")
    try:
        assert engine.info().cpu_count >= 1
    finally:
        engine.close()
    pid = own.pid()
    own.start()
    assert own.pid() == pid, "a second start finds it running"
    assert own.stop()
    assert why_silent(own.url) is not None
    assert not own.stop(), "and says that there is nothing to stop"


def test_a_killed_engine_starts_again_beside_its_leftovers(own: OwnEngine) -> None:
    own.start()
    assert root.run("kill", "-9", str(own.pid())).returncode == 0
    while own.pid() is not None:
        pass
    own.start()
    assert why_silent(own.url) is None


def test_up_takes_it_as_host_local_and_leaves_it_running(spawn: Spawn, own: OwnEngine) -> None:
    own.start()  # as if an earlier `up` had started it
    var = own.home.parent
    run = Watched(spawn("manage.py", "up", "--port", "0", ORCHESTRA_VAR=os.fspath(var), DOCKER_HOST=""))
    run.wait_for("engine .*still runs.* is host local from now on", timeout_s=60)
    run.wait_for("speaking for host local", timeout_s=60)
    run.process.terminate()
    run.wait_for("^Stopped")
    assert run.ended() == 0
    assert why_silent(own.url) is None
    again = Watched(spawn("manage.py", "up", "--port", "0", ORCHESTRA_VAR=os.fspath(var), DOCKER_HOST=""))
    again.wait_for("engine .*; host local ", timeout_s=60)
    again.wait_for("web: listening", timeout_s=60)
    again.process.terminate()
    assert again.ended() == 0
