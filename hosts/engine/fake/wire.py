"""How fake engines are reached from other processes: requests and answers over one unix socket.

One process serves a fleet (serve.py), so that agents, scheduler and web speak to the same fake hosts. Both ends are
ours and of one version: a folder that only its owner may enter is the whole protection. Before: far.py and serve.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Client, Connection
from threading import Lock
from typing import Any, Literal

from hosts.engine.errors import EngineDown

SOCKET_VARIABLE = "ORCHESTRA_FAKE_SOCKET"
GONE = "the process of the fake engines does not answer"
IDLE_KEPT = 64  # connections per process that wait for their next request


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a client; `client` keeps what that client has read before apart from others'."""

    client: str
    url: str
    cluster: str
    deadline_s: float
    verb: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """`value` ends a call, `error` too; `item` is one of a stream or of a pull's progress, `begun` opens a stream."""

    kind: Literal["value", "error", "item", "begun", "end"]
    content: Any = None


class Wire:
    """The connections of this process to one socket; each is used by one call at a time."""

    def __init__(self, socket: str) -> None:
        self.socket = socket
        self._idle: list[Connection[Any, Any]] = []
        self._lock = Lock()

    def take(self) -> Connection[Any, Any]:
        """A connection for one call. EngineDown when nobody serves."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        try:
            return Client(self.socket, "AF_UNIX")
        except OSError as error:
            raise EngineDown(GONE) from error

    def give_back(self, connection: Connection[Any, Any]) -> None:
        """After a call that ended in order; any other connection is closed by its user."""
        with self._lock:
            if len(self._idle) < IDLE_KEPT:
                self._idle.append(connection)
                return
        connection.close()

    @contextmanager
    def borrowed(self) -> Iterator[Connection[Any, Any]]:
        """`take` and `give_back`; a call that breaks off takes its connection along."""
        connection = self.take()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self.give_back(connection)


def tell(connection: Connection[Any, Any], asked: Request) -> None:
    """EngineDown when the other side has gone."""
    try:
        connection.send(asked)
    except OSError as error:
        raise EngineDown(GONE) from error


def hear(connection: Connection[Any, Any], *, timeout_s: float) -> Reply | None:
    """The next reply; None when none came in time. EngineDown when the other side has gone."""
    try:
        if not connection.poll(max(0.0, timeout_s)):
            return None
        reply: Reply = connection.recv()
    except (OSError, EOFError) as error:
        raise EngineDown(GONE) from error
    return reply


_wires: dict[tuple[int, str], Wire] = {}


def wire_to(socket: str) -> Wire:
    """This process's own: a child does not speak over what its parent has opened."""
    return _wires.setdefault((os.getpid(), socket), Wire(socket))
