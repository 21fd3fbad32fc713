"""The Django backend `orchestra.database`: Django's own for PostgreSQL, on a server that is there when it is needed.

The first connection starts the server of settings VAR; each later one only looks whether its process lives, and
whether its own socket still stands: both without a word to the server, because a visit to it is often one statement.
Under `manage.py up` the server has an owner (ORCHESTRA_DATABASE_OWNER): then this backend waits and never starts.
"""

import os
import select
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.postgresql import base as postgresql
from psycopg_pool import ConnectionPool

from orchestra.database import users
from orchestra.database.binaries import NoBinaries
from orchestra.database.server import USER, Server, ServerFailed

OWNER_VARIABLE = "ORCHESTRA_DATABASE_OWNER"  # the pid of the `up` that starts, restarts and stops the server
OWNER_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Life:
    """A server that was seen running. The kernel tells of its end by the descriptor, whoever gets its number later."""

    home: Path
    pid: int
    descriptor: int

    @classmethod
    def of(cls, server: Server) -> "Life | None":
        pid = server.pid()
        try:
            return None if pid is None else cls(server.home, pid, os.pidfd_open(pid))
        except OSError:
            return None

    def lasts(self) -> bool:
        return not _tells(self.descriptor)


def _tells(descriptor: int) -> bool:
    """Whether there is something to read, an end included."""
    asked = select.poll()
    asked.register(descriptor, select.POLLIN)
    return bool(asked.poll(0))


def _stands(connection: psycopg.Connection[Any]) -> None:
    """A kept connection on which nothing waits is sound; one that has something to say may have been cut: ask it."""
    if _tells(connection.fileno()):
        ConnectionPool.check_connection(connection)


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """Adds to Django's wrapper where the server is, and that it runs."""

    _connection_pools: dict[str, Any]  # Django's, shared by all wrappers of the process
    _pool_pid: int | None = None  # the server that the connections of this process's pool belong to
    _seen: Life | None = None  # the server, as this process knows it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._server = Server(Path(self.settings_dict["VAR"]))

    @property
    def pool(self) -> Any:
        pool = super().pool
        if pool is not None and pool._check is ConnectionPool.check_connection:
            pool._check = _stands
        return pool

    def get_connection_params(self) -> dict[str, Any]:
        self._be_there()
        parameters: dict[str, Any] = super().get_connection_params()
        return parameters | {"host": os.fspath(self._server.run), "user": USER}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._be_there()
        return super().get_new_connection(conn_params)

    def _be_there(self) -> None:
        seen = DatabaseWrapper._seen
        if seen is not None and seen.home == self._server.home and seen.lasts():
            return
        try:
            if os.environ.get(OWNER_VARIABLE):
                self._server.wait(timeout_s=OWNER_WAIT_S)
            else:
                users.register(self._server)
                self._server.ensure()
        except (ServerFailed, NoBinaries) as error:
            raise psycopg.OperationalError(str(error)) from error
        DatabaseWrapper._seen = seen = Life.of(self._server)
        self._renew_pool(None if seen is None else seen.pid)

    def _renew_pool(self, pid: int | None) -> None:
        """Let go of the connections to a server that is gone: finding them one by one takes the pool seconds."""
        pool = self._connection_pools.get(self.alias)
        if pool is not None and DatabaseWrapper._pool_pid != pid:
            DatabaseWrapper._pool_pid = pid
            pool.drain()
