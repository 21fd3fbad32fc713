"""Outlives the owner of an installation: when the pipe from it ends, for whatever reason, its database goes.

Everything else of an installation dies with its owner by itself; PostgreSQL is made to outlive who started it.
"""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path

from orchestra.database.server import Server, ServerFailed

DYING_S = 0.5
"""Processes that are being killed must not start the database again."""


def clear(database: Server) -> None:
    """Stop it, and leave no folder of its socket outside of its own."""
    if database.home.is_dir():
        database.stop()
    if database.home not in database.run.parents:
        with contextlib.suppress(OSError):
            database.run.rmdir()


if __name__ == "__main__":
    if not sys.stdin.buffer.read():  # the owner had no time to say that it has cleared up
        time.sleep(DYING_S)
        with contextlib.suppress(OSError, ServerFailed):
            clear(Server(Path(sys.argv[1])))
