"""An `Engine` whose fake host lives in another process: every verb is one request, its answer or its error.

Before: open_engine of a fake:// URL where ORCHESTRA_FAKE_SOCKET names a served fleet. After: serve.py, which asks the
FakeEngine there, so that both are held to one suite.
"""

from __future__ import annotations

import builtins
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any
from uuid import uuid4

from core.lib.clock import monotonic_s
from hosts.engine.base import RegistryAuth
from hosts.engine.errors import Closed, Deadline, EngineError
from hosts.engine.fake.wire import Reply, Request, hear, tell, wire_to
from hosts.engine.types import (
    EngineAddress,
    EngineEvent,
    EngineInfo,
    Facts,
    ImageFacts,
    Inspected,
    LogLine,
    PullProgress,
    Resolved,
    Sample,
)

PATIENCE_S = 5.0  # beyond the deadline, which the other side keeps
PULL_S = 120.0
LOOK_S = 0.5  # how often a stream looks whether it was cancelled or closed


class FarEngine:
    def __init__(
        self, address: EngineAddress, *, socket: str, cluster: str, deadline_s: float = 5.0, stall_s: float = 60.0
    ) -> None:
        self.url, self.cluster, self.deadline_s, self.stall_s = address.url, cluster, deadline_s, stall_s
        self._wire = wire_to(socket)
        self._client = uuid4().hex
        self._closed = threading.Event()

    def _request(self, verb: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Request:
        return Request(self._client, self.url, self.cluster, self.deadline_s, verb, args, kwargs)

    def _call(
        self,
        verb: str,
        *args: Any,
        wait_s: float | None = None,
        on_item: Callable[[Any], None] | None = None,
        **kw: Any,
    ) -> Any:
        """One request; `wait_s` is how long the host itself may take."""
        if self._closed.is_set():
            raise Closed("this client is closed")
        end_s = monotonic_s() + (self.deadline_s if wait_s is None else wait_s) + PATIENCE_S
        with self._wire.borrowed() as connection:
            tell(connection, self._request(verb, args, kw))
            while True:
                reply = self._reply(connection, verb, end_s)
                if reply.kind != "item":
                    break
                if on_item is not None:
                    on_item(reply.content)
        if reply.kind == "error":
            raise reply.content
        return reply.content

    @staticmethod
    def _reply(connection: Connection[Any, Any], verb: str, end_s: float) -> Reply:
        reply = hear(connection, timeout_s=end_s - monotonic_s())
        if reply is None:
            raise Deadline(f"{verb}: no answer in time")
        return reply

    def ping(self, *, timeout_s: float) -> None:
        self._call("ping", wait_s=timeout_s, timeout_s=timeout_s)

    def info(self) -> EngineInfo:
        found: EngineInfo = self._call("info")
        return found

    def list(self, *, labels: Mapping[str, str | None]) -> tuple[Facts, ...]:
        found: tuple[Facts, ...] = self._call("list", labels=dict(labels))
        return found

    def inspect(self, name: str) -> Inspected:
        found: Inspected = self._call("inspect", name)
        return found

    def create(self, name: str, body: Mapping[str, Any]) -> str:
        return str(self._call("create", name, body))

    def start(self, name: str) -> None:
        self._call("start", name)

    def stop(self, name: str, *, grace_s: int, signal: str | None = None) -> None:
        self._call("stop", name, wait_s=self.deadline_s + grace_s, grace_s=grace_s, signal=signal)

    def kill(self, name: str, *, signal: str = "KILL") -> None:
        self._call("kill", name, signal=signal)

    def rename(self, name: str, new_name: str) -> None:
        self._call("rename", name, new_name)

    def remove(self, name: str, *, force: bool = True) -> None:
        self._call("remove", name, force=force)

    def image(self, ref: str) -> ImageFacts:
        found: ImageFacts = self._call("image", ref)
        return found

    def images(self) -> tuple[ImageFacts, ...]:
        found: tuple[ImageFacts, ...] = self._call("images")
        return found

    def check_login(self, auth: RegistryAuth) -> None:
        self._call("check_login", dict(auth))

    def resolve(self, ref: str, *, auth: RegistryAuth | None = None) -> Resolved:
        found: Resolved = self._call("resolve", ref, auth=auth)
        return found

    def pull(
        self, ref: str, *, auth: RegistryAuth | None = None, progress: Callable[[PullProgress], None] | None = None
    ) -> ImageFacts:
        found: ImageFacts = self._call("pull", ref, wait_s=PULL_S, on_item=progress, auth=auth)
        return found

    def import_image(self, tar: bytes, ref: str, *, changes: Sequence[str] = ()) -> ImageFacts:
        found: ImageFacts = self._call("import_image", tar, ref, changes=tuple(changes))
        return found

    def logs(
        self,
        name: str,
        *,
        tail: int | None = None,
        since: datetime | None = None,
        follow: bool = False,
        cancel: threading.Event | None = None,
    ) -> Iterator[LogLine]:
        return self._stream("logs", (name,), cancel, {"tail": tail, "since": since, "follow": follow})

    def events(self, *, since: datetime | None, cancel: threading.Event) -> Iterator[EngineEvent]:
        return self._stream("events", (), cancel, {"since": since})

    def _stream(
        self, verb: str, args: tuple[Any, ...], cancel: threading.Event | None, kwargs: dict[str, Any]
    ) -> Iterator[Any]:
        """Opened at the call, which raises what the other side does; read until its end, or until it is cancelled."""
        if self._closed.is_set():
            raise Closed("this client is closed")
        connection = self._wire.take()
        try:
            tell(connection, self._request(verb, args, kwargs))
            reply = self._reply(connection, verb, monotonic_s() + self.deadline_s + PATIENCE_S)
        except EngineError:
            connection.close()
            raise
        if reply.kind == "error":
            self._wire.give_back(connection)
            raise reply.content
        return self._read(connection, cancel or threading.Event())

    def _read(self, connection: Connection[Any, Any], cancel: threading.Event) -> Iterator[Any]:
        """A stream's connection ends with it: its closing tells the other side."""
        with connection:
            while not cancel.is_set() and not self._closed.is_set():
                reply = hear(connection, timeout_s=LOOK_S)
                if reply is None:
                    continue
                if reply.kind == "error":
                    raise reply.content
                if reply.kind == "end":
                    return
                yield reply.content

    def stats(self, names: builtins.list[str] | tuple[str, ...]) -> tuple[Sample, ...]:
        found: tuple[Sample, ...] = self._call("stats", tuple(names))
        return found

    def host_usage(self) -> Sample | None:
        found: Sample | None = self._call("host_usage")
        return found

    def read_marker(self) -> str | None:
        found: str | None = self._call("read_marker")
        return found

    def write_marker(self, uuid: str) -> None:
        self._call("write_marker", uuid)

    def ensure_volume(self, name: str, *, labels: Mapping[str, str]) -> None:
        self._call("ensure_volume", name, labels=dict(labels))

    def close(self) -> None:
        """What is under way on the other side ends with Closed; this client says nothing more."""
        if self._closed.is_set():
            return
        try:
            with self._wire.borrowed() as connection:
                tell(connection, self._request("close", (), {}))
                self._reply(connection, "close", monotonic_s() + 1.0)
        except EngineError:
            pass  # nobody serves any more: closed all the same
        self._closed.set()
