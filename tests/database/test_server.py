"""The embedded PostgreSQL as a process: one server whoever starts it, nothing acknowledged lost, closed to others."""

import os
import signal
import stat
import threading
from pathlib import Path

import psycopg
import pytest

from orchestra.database.server import SOCKET_PATH_MAX, USER, Server, ServerFailed
from tests.conftest import Spawn

START = "import sys; from pathlib import Path; from orchestra.database.server import Server; "
ENSURE = START + "server = Server(Path(sys.argv[1])); server.ensure(); print(server.pid())"


def connect(server: Server) -> psycopg.Connection[tuple[int]]:
    return psycopg.connect(host=os.fspath(server.run), user=USER, dbname=USER, autocommit=True)


def kill(server: Server) -> None:
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def test_racing_starters_make_one_server(server: Server, spawn: Spawn) -> None:
    racers = [spawn("-c", ENSURE, os.fspath(server.home.parent)) for _ in range(6)]
    answers = [racer.communicate(timeout=60) for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * 6, answers
    assert {out.strip() for out, _ in answers} == {str(server.pid())}


def test_no_acknowledged_commit_is_lost_by_kill_9(server: Server) -> None:
    server.ensure()
    with connect(server) as connection:
        connection.execute("CREATE TABLE kept (number int)")
    acknowledged: list[int] = []

    def write() -> None:
        with connect(server) as connection:
            for number in range(1_000_000):
                connection.execute("INSERT INTO kept VALUES (%s)", [number])
                acknowledged.append(number)

    for _ in range(3):
        before = len(acknowledged)
        writer = threading.Thread(target=_until_cut, args=(write,))
        writer.start()
        while len(acknowledged) < before + 200:
            writer.join(0.005)
            assert writer.is_alive()
        kill(server)
        writer.join()
        assert server.ready() is False
        server.ensure()
    with connect(server) as connection:
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert found is not None
    assert len(acknowledged) <= found[0] <= len(acknowledged) + 3  # an unanswered commit may be there or not


def _until_cut(write: "object") -> None:
    assert callable(write)
    with pytest.raises(psycopg.OperationalError):
        write()


def test_only_its_owner_may_enter(server: Server) -> None:
    server.ensure()
    for folder in (server.home, server.data, server.run):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_deep_directory_gets_a_short_socket_path(tmp_path: Path) -> None:
    deep = Server(tmp_path / ("d" * 100) / "var")
    assert len(os.fspath(deep.run)) < SOCKET_PATH_MAX
    deep.ensure()
    try:
        assert deep.ready()
        assert stat.S_IMODE(deep.run.stat().st_mode) == 0o700
    finally:
        deep.stop()
        deep.run.rmdir()


def test_a_stale_pid_file_that_names_a_stranger_is_no_server(server: Server) -> None:
    server.ensure()
    server.stop()
    (server.data / "postmaster.pid").write_text(
        f"{os.getpid()}\n{server.data}\n0\n5432\n{server.run}\n\n  1 2\nready\n"
    )
    assert server.pid() is None
    assert not server.ready()
    server.ensure()
    assert server.pid() not in (None, os.getpid())


def test_a_server_that_cannot_start_says_its_own_words(server: Server) -> None:
    server.ensure()
    server.stop()
    (server.data / "postgresql.conf").write_text("no_such_setting = on\n")
    with pytest.raises(ServerFailed, match="no_such_setting"):
        server.ensure()


def test_stop_is_silent_when_it_is_down(server: Server) -> None:
    server.stop()
    assert server.pid() is None
