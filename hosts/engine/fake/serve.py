"""Serves the fake hosts of this process to others, over one unix socket: a thread for each connection.

Before: far.py in an agent, a scheduler or a web process. After: the FakeEngine of each client and URL, in this process.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any

from core.lib.clock import monotonic_s
from hosts.engine.base import Engine
from hosts.engine.errors import EngineError, Refused
from hosts.engine.fake.engine import FakeEngine
from hosts.engine.fake.wire import Reply, Request
from hosts.engine.types import EngineAddress

log = logging.getLogger(__name__)

BACKLOG = 1024
LOOK_S = 0.05
VERBS = frozenset(name for name in vars(Engine) if not name.startswith("_"))
STREAMS = frozenset({"logs", "events"})


class FleetServer:
    """`start`, then `stop`. Its socket lies in a folder that only its owner may enter."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self._engines: dict[tuple[str, str], FakeEngine] = {}
        self._lock = threading.Lock()
        self._listener: Listener | None = None
        self._connected = 0

    def start(self) -> None:
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.socket.parent.stat().st_uid != os.geteuid():
            raise PermissionError(f"{self.socket.parent} belongs to somebody else")
        self.socket.parent.chmod(0o700)
        self.socket.unlink(missing_ok=True)
        self._listener = Listener(os.fspath(self.socket), "AF_UNIX", backlog=BACKLOG)
        threading.Thread(target=self._accept, args=(self._listener,), name="fleet", daemon=True).start()

    def stop(self, *, patience_s: float = 0.0) -> None:
        """Take nobody new; those who are connected may leave first, so that they do not see the world end."""
        end_s = monotonic_s() + patience_s
        while self._connected and monotonic_s() < end_s:
            time.sleep(LOOK_S)
        if self._listener is not None:
            self._listener.close()

    def _accept(self, listener: Listener) -> None:
        while True:
            try:
                connection = listener.accept()
            except OSError:
                return  # closed by `stop`
            threading.Thread(target=self._serve, args=(connection,), name="call", daemon=True).start()

    def _serve(self, connection: Connection[Any, Any]) -> None:
        self._count(1)
        try:
            with connection:
                while True:
                    self._answer(connection, connection.recv())
        except (EOFError, OSError):
            return  # the client has gone
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._lock:
            self._connected += change

    def _answer(self, connection: Connection[Any, Any], asked: Request) -> None:
        try:
            if asked.verb in STREAMS:
                self._stream(connection, asked)
                return
            connection.send(Reply("value", self._call(connection, asked)))
        except EngineError as error:
            connection.send(Reply("error", error))
        except (EOFError, OSError):
            raise
        except Exception as error:
            log.exception("%s of %s failed", asked.verb, asked.url)
            connection.send(Reply("error", Refused(f"{type(error).__name__}: {error}")))

    def _call(self, connection: Connection[Any, Any], asked: Request) -> Any:
        if asked.verb not in VERBS:
            raise Refused(f"{asked.verb!r} is no verb of an engine")
        engine = self._engine(asked)
        if asked.verb == "close":
            with self._lock:
                self._engines.pop((asked.client, asked.url), None)
        if asked.verb == "pull":
            return engine.pull(*asked.args, **asked.kwargs, progress=lambda seen: connection.send(Reply("item", seen)))
        return getattr(engine, asked.verb)(*asked.args, **asked.kwargs)

    def _stream(self, connection: Connection[Any, Any], asked: Request) -> None:
        engine, left = self._engine(asked), _ReaderLeft(connection)
        if asked.verb == "logs":
            items: Iterator[Any] = engine.logs(*asked.args, **asked.kwargs, cancel=left)
        else:
            items = engine.events(**asked.kwargs, cancel=left)
        connection.send(Reply("begun"))
        for item in items:
            connection.send(Reply("item", item))
        connection.send(Reply("end"))

    def _engine(self, asked: Request) -> FakeEngine:
        key = (asked.client, asked.url)
        with self._lock:
            if key not in self._engines:
                address = EngineAddress(asked.url)
                self._engines[key] = FakeEngine(address, cluster=asked.cluster, deadline_s=asked.deadline_s)
            return self._engines[key]


class _ReaderLeft(threading.Event):
    """Set when the reader of a stream has gone. It says nothing: all that can be read is the connection's end."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        super().__init__()
        self._connection = connection

    def is_set(self) -> bool:
        try:
            return super().is_set() or self._connection.poll()
        except OSError:
            return True
