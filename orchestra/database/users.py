"""Decides when a server that nobody owns may stop: its last user turns the light off.

Every process outside `manage.py up` that uses the embedded server holds a shared lock for as long as it lives
(the kernel drops it, however the process ends). Who finds no other user at its own end stops the server.
"""

import atexit
import fcntl
import os
from pathlib import Path
from typing import IO

from orchestra.database.server import Server

_held: dict[Path, tuple[int, IO[str]]] = {}


def register(server: Server) -> None:
    """Count this process as a user until it ends. Waits while the last user before us is stopping the server."""
    if _held.get(server.home, (0, None))[0] == os.getpid():
        return
    server.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = (server.home / "users.lock").open("w")
    fcntl.flock(file, fcntl.LOCK_SH)
    _held[server.home] = (os.getpid(), file)
    atexit.register(_leave, server)


def _leave(server: Server) -> None:
    owner, file = _held[server.home]
    if owner != os.getpid():  # a fork that ended through exit()
        return
    del _held[server.home]
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # somebody else still uses it
    else:
        server.stop()
    finally:
        file.close()
