"""What all tests share. Databases come from pytest-django on the embedded server, which ends with its last user."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import TransactionTestCase

pytest_plugins = ["tests.lab.fixtures"]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job: children would not hear it either
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent

Spawn = Callable[..., subprocess.Popen[str]]

KEPT = ["django_migrations", "django_content_type", "auth_permission"]
EMPTY = """
DO $$
DECLARE one regclass;
BEGIN
    SET LOCAL session_replication_role = replica;  -- neither keys nor triggers: everything goes
    FOR one IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
          AND relname <> ALL (%s)
    LOOP
        EXECUTE format('DELETE FROM %%s', one);
    END LOOP;
END $$
"""


@pytest.fixture(autouse=True, scope="session")
def quick_flush() -> Iterator[None]:
    """After a test with transactions of its own: rows are deleted where there are any.

    Django truncates every table and makes its permissions anew, which takes 120 ms of two processes each time.
    """

    def empty(_: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute(EMPTY, [KEPT])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests first: they take longest, and the other core has all else to do meanwhile."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Start a real Python process in the repository (`spawn("-c", code, VARIABLE="value")`); it ends with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
