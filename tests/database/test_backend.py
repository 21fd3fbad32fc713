"""The Django backend: who starts the server, who only waits for it, and who stops it."""

import os
import subprocess
import sys

import pytest

from orchestra.database.base import OWNER_VARIABLE
from orchestra.database.server import Server
from tests.conftest import ROOT, Spawn

QUERY = """
import django, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "orchestra.settings"
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT 41 + 1")
    print(cursor.fetchone()[0], flush=True)
"""
AND_WAIT = QUERY + "import time; time.sleep(60)"
ONLY_SETTINGS = "import os; from orchestra import settings; print(settings.DATABASES['default']['ENGINE'])"


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=90, check=False
    )


@pytest.fixture
def var(server: Server) -> str:
    return os.fspath(server.home.parent)


def test_importing_the_settings_starts_and_writes_nothing(server: Server, var: str) -> None:
    assert run(ONLY_SETTINGS, ORCHESTRA_VAR=var).stdout.strip() == "orchestra.database"
    assert not server.home.parent.exists()


def test_the_first_connection_starts_it_and_the_last_user_stops_it(server: Server, var: str, spawn: Spawn) -> None:
    stays = spawn("-c", AND_WAIT, ORCHESTRA_VAR=var)
    assert stays.stdout is not None
    assert stays.stdout.readline() == "42\n"
    started = server.pid()
    assert started is not None
    assert run(QUERY, ORCHESTRA_VAR=var).stdout == "42\n"
    assert server.pid() == started, "one user left, another is still there"
    stays.kill()
    stays.wait()
    assert run(QUERY, ORCHESTRA_VAR=var).stdout == "42\n"
    assert server.pid() is None, "the last user left"


def test_the_pool_finds_it_again_after_kill_9(server: Server, var: str) -> None:
    code = (
        QUERY
        + """
from orchestra.database.server import Server
from pathlib import Path
import select, signal, time
server = Server(Path(os.environ["ORCHESTRA_VAR"]))
for _ in range(3):
    connection.close()
    ended = os.pidfd_open(server.pid())
    os.kill(server.pid(), signal.SIGKILL)
    select.select([ended], [], [])
    with connection.cursor() as cursor:
        cursor.execute("SELECT 7")
        print(cursor.fetchone()[0], flush=True)
    print(time.monotonic(), file=sys.stderr)
"""
    )
    done = run(code, ORCHESTRA_VAR=var)
    assert done.stdout == "42\n7\n7\n7\n", done.stderr


def test_under_an_owner_it_only_waits(server: Server, var: str) -> None:
    code = "import orchestra.database.base as base; base.OWNER_WAIT_S = 0.3" + QUERY
    refused = run(code, ORCHESTRA_VAR=var, **{OWNER_VARIABLE: "1"})
    assert refused.returncode != 0
    assert "`make up` starts it" in refused.stderr
    assert server.pid() is None
    server.ensure()
    assert run(code, ORCHESTRA_VAR=var, **{OWNER_VARIABLE: "1"}).stdout == "42\n"
    assert server.pid() is not None, "and leaves it running"


def test_every_connection_has_its_limits(var: str, server: Server) -> None:
    code = (
        QUERY
        + """
for name in ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout", "TimeZone"):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        print(cursor.fetchone()[0])
"""
    )
    assert run(code, ORCHESTRA_VAR=var).stdout.split() == ["42", "2s", "2s", "15s", "UTC"]
