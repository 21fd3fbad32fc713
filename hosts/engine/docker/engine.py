"""The `Engine` protocol over the Docker Engine API: which request each verb is, and what its answers mean.

Before: the agent's apply and observe, the web's logs. After: client.py sends, read.py reads, streams.py goes on.
"""

from __future__ import annotations

import builtins
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from core.lib.clock import monotonic_s
from hosts.engine.base import RegistryAuth
from hosts.engine.docker import local, read
from hosts.engine.docker.client import Ask, EngineClient, encode_auth, version_key
from hosts.engine.docker.faults import from_registry, hushed
from hosts.engine.docker.pull import Tally, split
from hosts.engine.docker.streams import Stream, log_lines, objects
from hosts.engine.docker.usage import Meter
from hosts.engine.errors import (
    Closed,
    Conflict,
    Deadline,
    EngineDown,
    EngineError,
    ImageMissing,
    Invalid,
    NameTaken,
    Refused,
    RegistryError,
)
from hosts.engine.types import (
    LABEL_CLUSTER,
    LABEL_MARKER,
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

T = TypeVar("T")

PULL_STALL_S = 60.0
REGISTRY_S = 15.0  # a registry is further away than an engine
IMPORT_S = 60.0
STOP_EXTRA_S = 5.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOLD = ["create", "start", "stop", "kill", "die", "oom", "pause", "unpause", "rename", "destroy", "health_status"]
"""Health checks cause a flood of exec_* events: those are not asked for."""


class DockerEngine:
    def __init__(self, address: EngineAddress, *, cluster: str, deadline_s: float = 5.0, pool: int = 8) -> None:
        self.cluster = cluster
        self.stall_s = PULL_STALL_S
        self._socket = address.url.removeprefix("unix://") if address.url.startswith("unix://") else None
        self._client = EngineClient(address, deadline_s=deadline_s, pool=pool)
        self._meter = Meter(self._client, self.inspect, self._root)
        self._seen_root: Path | None = None
        self._streams: set[Stream] = set()

    def ping(self, *, timeout_s: float) -> None:
        self._client.ping(timeout_s=timeout_s)

    def info(self) -> EngineInfo:
        about = self._client.json(Ask(path="/info"))
        version = self._client.json(Ask(path="/version"))
        root = self._root()
        free = local.free_bytes(root, str(about.get("DockerRootDir", "/"))) if root else None
        return read.info(about, version, api_version=self._client.version(), free_bytes=free)

    def list(self, *, labels: Mapping[str, str | None]) -> tuple[Facts, ...]:
        wanted = [key if value is None else f"{key}={value}" for key, value in labels.items()]
        params = {"all": 1, "filters": json.dumps({"label": wanted})}
        return tuple(read.facts(row) for row in self._client.json(Ask(path="/containers/json", params=params)))

    def inspect(self, name: str) -> Inspected:
        return read.inspected(self._client.json(Ask(path=_container(name, "json"))))

    def create(self, name: str, body: Mapping[str, Any]) -> str:
        ask = Ask(
            method="POST",
            path="/containers/create",
            params={"name": name},
            body=body,
            missing=ImageMissing,
            conflict=NameTaken,
        )
        return str(self._client.json(ask)["Id"])

    def start(self, name: str) -> None:
        self._client.ask(Ask(method="POST", path=_container(name, "start")))

    def stop(self, name: str, *, grace_s: int, signal: str | None = None) -> None:
        params: dict[str, Any] = {"t": grace_s}
        if signal is not None and version_key(self._client.version()) >= (1, 42):
            params["signal"] = signal
        elif signal is not None and not self._ended_by(name, signal, grace_s=grace_s):
            params["t"] = 0
        path = _container(name, "stop")
        self._client.ask(Ask(method="POST", path=path, params=params, wait_s=grace_s + STOP_EXTRA_S, slot=False))

    def _ended_by(self, name: str, signal: str, *, grace_s: int) -> bool:
        """Engines before API 1.42 stop with the container's own signal only: send ours and wait."""
        try:
            self.kill(name, signal=signal)
            self._client.ask(Ask(method="POST", path=_container(name, "wait"), wait_s=grace_s, slot=False))
        except Conflict:
            return True
        except Deadline:
            return False
        return True

    def kill(self, name: str, *, signal: str = "KILL") -> None:
        self._client.ask(Ask(method="POST", path=_container(name, "kill"), params={"signal": signal}))

    def rename(self, name: str, new_name: str) -> None:
        path = _container(name, "rename")
        self._client.ask(Ask(method="POST", path=path, params={"name": new_name}, conflict=NameTaken))

    def remove(self, name: str, *, force: bool = True) -> None:
        params = {"force": int(force), "v": 1}
        try:
            self._client.ask(
                Ask(method="DELETE", path=f"/containers/{quote(name, safe='')}", params=params, missing=_Gone)
            )
        except _Gone:
            return
        except Conflict as error:
            if "already in progress" not in error.words:
                raise

    def image(self, ref: str) -> ImageFacts:
        path = f"/images/{quote(ref, safe='/:@')}/json"
        return read.image(self._client.json(Ask(path=path, missing=ImageMissing)))

    def images(self) -> tuple[ImageFacts, ...]:
        found = (read.image(row) for row in self._client.json(Ask(path="/images/json")))
        return tuple(image for image in found if image.tags or image.digests)

    def check_login(self, auth: RegistryAuth) -> None:
        ask = Ask(method="POST", path="/auth", body=auth, wait_s=REGISTRY_S, slot=False, registry=True)
        with hushed(auth):
            try:
                self._client.ask(ask)
            except (ImageMissing, Invalid) as error:  # "not found" is a name without an address here
                raise RegistryError(error.words) from error

    def resolve(self, ref: str, *, auth: RegistryAuth | None = None) -> Resolved:
        path = f"/distribution/{quote(ref, safe='/:@')}/json"
        ask = Ask(path=path, headers=_auth(auth), wait_s=REGISTRY_S, slot=False, registry=True)
        with hushed(auth):
            return read.resolved(self._client.json(ask))

    def pull(
        self, ref: str, *, auth: RegistryAuth | None = None, progress: Callable[[PullProgress], None] | None = None
    ) -> ImageFacts:
        """An exception of `progress` ends the pull: the engine stops when we hang up."""
        name, what = split(ref)
        ask = Ask(
            method="POST",
            path="/images/create",
            params={"fromImage": name, "tag": what},
            headers=_auth(auth),
            wait_s=self.stall_s,
            slot=False,
            stream=True,
            registry=True,
        )
        with hushed(auth):
            stream = self._open(ask, cancel=None, silence_s=self.stall_s)
            try:
                self._follow_pull(stream, progress)
            except Refused as error:
                if stream.cancelled:  # a message was cut off in its middle, by us
                    raise Closed("this client was closed during a pull") from error
                raise
            finally:
                self._shut(stream)
        return self.image(f"{name}@{what}" if what.startswith("sha256:") else f"{name}:{what}")

    def _follow_pull(self, stream: Stream, progress: Callable[[PullProgress], None] | None) -> None:
        tally = Tally(monotonic_s())
        for message in objects(stream.chunks()):
            if "error" in message:
                raise from_registry(str((message.get("errorDetail") or {}).get("message") or message["error"]))
            now = tally.add(message, monotonic_s())
            if monotonic_s() - tally.moved_at_s > self.stall_s:
                raise Deadline(f"the pull made no progress for {self.stall_s:g} s: {now.text}")
            if progress is not None:
                progress(now)

    def import_image(self, tar: bytes, ref: str, *, changes: Sequence[str] = ()) -> ImageFacts:
        name, tag = split(ref)
        params = {"fromSrc": "-", "repo": name, "tag": tag, "changes": list(changes)}
        ask = Ask(method="POST", path="/images/create", params=params, body=tar, wait_s=IMPORT_S, slot=False)
        for message in objects(iter([self._client.ask(ask).content])):
            if "error" in message:
                raise Refused(str(message["error"]))
        return self.image(f"{name}:{tag}")

    def logs(
        self,
        name: str,
        *,
        tail: int | None = None,
        since: datetime | None = None,
        follow: bool = False,
        cancel: threading.Event | None = None,
    ) -> Iterator[LogLine]:
        tty = bool(self._client.json(Ask(path=_container(name, "json")))["Config"].get("Tty"))
        params = {
            "stdout": 1,
            "stderr": 1,
            "timestamps": 1,
            "follow": int(follow),
            "tail": "all" if tail is None else tail,
            "since": _moment(since),
        }
        ask = Ask(path=_container(name, "logs"), params=params, slot=False, stream=True)
        stream = self._open(ask, cancel=cancel, silence_s=None if follow else self._client.deadline_s)
        return self._reading(stream, log_lines(stream.chunks(), tty=tty))

    def stats(self, names: builtins.list[str] | tuple[str, ...]) -> tuple[Sample, ...]:
        return self._meter.containers(names)

    def host_usage(self) -> Sample | None:
        return self._meter.host()

    def events(self, *, since: datetime | None, cancel: threading.Event) -> Iterator[EngineEvent]:
        filters = {"type": ["container"], "event": TOLD, "label": [f"{LABEL_CLUSTER}={self.cluster}"]}
        params = {"filters": json.dumps(filters), "since": _moment(since)}
        ask = Ask(path="/events", params=params, slot=False, stream=True)
        stream = self._open(ask, cancel=cancel, silence_s=None)
        return self._reading(stream, self._told(stream))

    def _told(self, stream: Stream) -> Iterator[EngineEvent]:
        for row in objects(stream.chunks()):
            event = read.event(row)
            if event is not None:
                yield event
        if not stream.cancelled:
            raise EngineDown("the engine ended its event stream")

    def read_marker(self) -> str | None:
        return next((str(volume["Labels"][LABEL_MARKER]) for volume in self._markers()), None)

    def write_marker(self, uuid: str) -> None:
        for volume in self._markers():
            if volume["Labels"][LABEL_MARKER] != uuid:
                self._client.ask(Ask(method="DELETE", path=f"/volumes/{quote(str(volume['Name']), safe='')}"))
        self.ensure_volume(f"orchestra-marker-{self.cluster}", labels={LABEL_MARKER: uuid, LABEL_CLUSTER: self.cluster})

    def _markers(self) -> builtins.list[dict[str, Any]]:
        """Ours only: an engine may serve other clusters too."""
        wanted = json.dumps({"label": [LABEL_MARKER, f"{LABEL_CLUSTER}={self.cluster}"]})
        return self._client.json(Ask(path="/volumes", params={"filters": wanted}))["Volumes"] or []

    def ensure_volume(self, name: str, *, labels: Mapping[str, str]) -> None:
        body = {"Name": name, "Labels": dict(labels)}
        volume = self._client.json(Ask(method="POST", path="/volumes/create", body=body))
        if volume.get("Driver") != "local" or volume.get("Options"):
            raise Conflict(f"volume {name} was made by somebody else: driver {volume.get('Driver')}, with options")

    def close(self) -> None:
        for stream in tuple(self._streams):
            stream.end()
        self._client.close()

    def _open(self, ask: Ask, *, cancel: threading.Event | None, silence_s: float | None) -> Stream:
        stream = Stream(self._client.ask(ask), cancel=cancel, silence_s=silence_s)
        self._streams.add(stream)
        return stream

    def _shut(self, stream: Stream) -> None:
        self._streams.discard(stream)
        stream.close()

    def _reading(self, stream: Stream, items: Iterator[T]) -> Iterator[T]:
        try:
            yield from items
        finally:
            self._shut(stream)

    def _root(self) -> Path | None:
        """The engine's file system, when it is a process of this machine."""
        if self._socket is not None and (self._seen_root is None or not _stands(self._seen_root)):
            self._seen_root = local.engine_root(self._socket)
        return self._seen_root


class _Gone(EngineError):
    """404 on remove."""


def _stands(root: Path) -> bool:
    try:
        return (root / "proc").is_dir()
    except OSError:
        return False


def _container(name: str, verb: str) -> str:
    return f"/containers/{quote(name, safe='')}/{verb}"


def _moment(at: datetime | None) -> str:
    """As the engine reads it, to the microsecond: as a float it would be up to a microsecond late."""
    if at is None:
        return ""
    passed = at - EPOCH
    return f"{passed.days * 86_400 + passed.seconds}.{passed.microseconds:06d}"


def _auth(auth: RegistryAuth | None) -> dict[str, str]:
    return {} if auth is None else {"X-Registry-Auth": encode_auth(auth)}
