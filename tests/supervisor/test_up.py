"""`manage.py up` as a person meets it: one at a time, clear refusals, and what stays when it ends or is killed."""

import fcntl
import json
import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestra.database.server import Server
from tests.conftest import Spawn
from tests.supervisor.conftest import Watched, children_of, gone

URL = r"^  (http://127\.0\.0\.1:\d+)(/first-admin#token=\S+)?$"


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    Server(tmp_path).stop()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def up(spawn: Spawn, var: Path, port: int) -> Watched:
    return Watched(spawn("manage.py", "up", "--no-engine", "--port", str(port), ORCHESTRA_VAR=os.fspath(var)))


def test_it_serves_and_ctrl_c_leaves_nothing(spawn: Spawn, var: Path, port: int) -> None:
    run = up(spawn, var, port)
    found = run.wait_for(URL, timeout_s=60)
    assert found[2], "the first start shows the link for the first admin"
    with urllib.request.urlopen(f"{found[1]}/readyz", timeout=5) as answer:
        assert json.load(answer) == {"status": "ok"}
    children = children_of(run.process.pid)
    database = Server(var).pid()
    assert len(children) >= 3
    assert database is not None
    with (Server(var).home / "users.lock").open() as another_user:
        fcntl.flock(another_user, fcntl.LOCK_SH)
        run.process.send_signal(signal.SIGINT)
        run.wait_for("^Stopped")
        assert run.ended() == 0
        assert gone(*children, database), "the owner stops its database, whoever else uses it"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_end_before_everything_is_up_is_orderly_too(
    spawn: Spawn, var: Path, port: int, number: signal.Signals
) -> None:
    run = up(spawn, var, port)
    run.wait_for("database .*PostgreSQL", timeout_s=60)
    database = Server(var).pid()
    assert database is not None
    run.process.send_signal(number)
    assert run.ended() == 130
    assert gone(database)


def test_a_second_one_says_where_the_first_is(spawn: Spawn, var: Path, port: int) -> None:
    run = up(spawn, var, port)
    url = run.wait_for(URL, timeout_s=60)[1]
    second = spawn("manage.py", "up", "--no-engine", "--port", "0", ORCHESTRA_VAR=os.fspath(var))
    out, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"already runs from {var}: {url} (pid {run.process.pid})" in out
    assert "Way out:" in out


def test_a_taken_port_is_named_with_its_owner(spawn: Spawn, var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        run = spawn("manage.py", "up", "--no-engine", "--port", str(number), ORCHESTRA_VAR=os.fspath(var))
        out, _ = run.communicate(timeout=30)
    assert run.returncode == 1
    assert f"Port {number} of 127.0.0.1 is taken by" in out
    assert f"(pid {os.getpid()})" in out
    assert Server(var).pid() is None, "nothing was started"


def test_after_kill_9_the_database_survives_and_is_adopted(spawn: Spawn, var: Path, port: int) -> None:
    run = up(spawn, var, port)
    run.wait_for(URL, timeout_s=60)
    database = Server(var).pid()
    children = [pid for pid in children_of(run.process.pid) if pid != database]
    run.process.kill()
    run.ended()
    assert gone(*children, timeout_s=3.0)
    assert Server(var).pid() == database
    again = up(spawn, var, port)
    again.wait_for("database .*found running")
    again.wait_for(URL, timeout_s=60)
    assert Server(var).pid() == database


def test_a_killed_database_is_started_again(spawn: Spawn, var: Path, port: int) -> None:
    run = up(spawn, var, port)
    url = run.wait_for(URL, timeout_s=60)[1]
    pid = Server(var).pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    run.wait_for("PostgreSQL runs again")
    with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("url", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:1"])
def test_a_named_engine_that_is_silent_is_refused(spawn: Spawn, var: Path, port: int, url: str) -> None:
    run = spawn("manage.py", "up", "--port", str(port), ORCHESTRA_VAR=os.fspath(var), DOCKER_HOST=url)
    out, _ = run.communicate(timeout=60)
    assert run.returncode == 1
    assert f"DOCKER_HOST is {url}, but no engine answers there" in out
    assert "Way out: start that engine, or correct or unset DOCKER_HOST" in out
    assert Server(var).pid() is None, "the database was stopped again"
