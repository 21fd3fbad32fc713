"""Real scheduler processes on the test database."""

import subprocess
import time
from collections.abc import Callable
from urllib.parse import quote

from django.db import connection

from tests.conftest import Spawn


def database_url() -> str:
    """The test database as a child process may name it."""
    params = connection.get_connection_params()
    user, password = quote(str(params["user"])), params.get("password")
    secret = f":{quote(str(password))}" if password else ""
    port = f"&port={params['port']}" if params.get("port") else ""
    return f"postgres://{user}{secret}@/{params['dbname']}?host={params['host']}{port}"


def scheduler(spawn: Spawn) -> subprocess.Popen[str]:
    return spawn("manage.py", "scheduler", DATABASE_URL=database_url(), DJANGO_SETTINGS_MODULE="orchestra.settings")


def eventually(true: Callable[[], bool], within_s: float, what: str) -> float:
    """Wait until it is true; the seconds it took."""
    began_s = time.monotonic()
    while not true():
        assert time.monotonic() - began_s < within_s, f"{what}: not within {within_s} s"
        time.sleep(0.02)
    return time.monotonic() - began_s
