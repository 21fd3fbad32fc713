"""The Django backend `orchestra.database`: Django's own for PostgreSQL, on a server that is there when it is needed.

The first connection starts the server of settings VAR; each later one only looks whether its process lives.
Under `manage.py up` the server has an owner (ORCHESTRA_DATABASE_OWNER): then this backend waits and never starts.
"""

import os
from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.postgresql import base as postgresql

from orchestra.database import users
from orchestra.database.binaries import NoBinaries
from orchestra.database.server import USER, Server, ServerFailed

OWNER_VARIABLE = "ORCHESTRA_DATABASE_OWNER"  # the pid of the `up` that starts, restarts and stops the server
OWNER_WAIT_S = 10.0


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """Adds to Django's wrapper where the server is, and that it runs."""

    _connection_pools: dict[str, Any]  # Django's, shared by all wrappers of the process
    _pool_pid: int | None = None  # the server that the connections of this process's pool belong to

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._server = Server(Path(self.settings_dict["VAR"]))
        self._known_pid: int | None = None

    def get_connection_params(self) -> dict[str, Any]:
        self._be_there()
        parameters: dict[str, Any] = super().get_connection_params()
        return parameters | {"host": os.fspath(self._server.run), "user": USER}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._be_there()
        return super().get_new_connection(conn_params)

    def _be_there(self) -> None:
        if self._known_pid is not None and self._server.pid() == self._known_pid:
            return
        try:
            if os.environ.get(OWNER_VARIABLE):
                self._server.wait(timeout_s=OWNER_WAIT_S)
            else:
                users.register(self._server)
                self._server.ensure()
        except (ServerFailed, NoBinaries) as error:
            raise psycopg.OperationalError(str(error)) from error
        self._known_pid = self._server.pid()
        self._renew_pool()

    def _renew_pool(self) -> None:
        """Let go of the connections to a server that is gone: finding them one by one takes the pool seconds."""
        pool = self._connection_pools.get(self.alias)
        if pool is not None and DatabaseWrapper._pool_pid != self._known_pid:
            DatabaseWrapper._pool_pid = self._known_pid
            pool.drain()
