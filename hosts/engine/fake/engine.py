"""The `Engine` protocol over a fake host: same answers, same errors, same deadlines as a real one.

Before: open_engine of a fake:// URL. After: hosts/engine/fake/host, the world it speaks to.
"""

from __future__ import annotations

import builtins
import hashlib
import io
import tarfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from core.lib.clock import monotonic_s, utc_now
from hosts.engine.base import RegistryAuth
from hosts.engine.errors import (
    Closed,
    Conflict,
    Deadline,
    DeviceRefused,
    EngineDown,
    Invalid,
    NameTaken,
    PortTaken,
    Refused,
    Unreachable,
)
from hosts.engine.fake.container import KILLED, FakeContainer
from hosts.engine.fake.fleet import full_ref, sha256
from hosts.engine.fake.host import FakeHost, fake_host
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

PULL_STEPS = 4


class FakeEngine:
    def __init__(self, address: EngineAddress, *, cluster: str, deadline_s: float = 5.0, stall_s: float = 60.0) -> None:
        self.host: FakeHost = fake_host(address.url)
        self.cluster = cluster
        self.deadline_s = deadline_s
        self.stall_s = stall_s
        self._closed = threading.Event()
        self._read_before: set[str] = set()

    @contextmanager
    def _call(self, verb: str, name: str | None = None, *, deadline_s: float | None = None) -> Iterator[FakeHost]:
        """One exchange with the host: waits out its faults, then acts alone."""
        host = self.host
        if host.latency_s:
            time.sleep(host.latency_s)
        with host.turn:
            self._reach(verb, self.deadline_s if deadline_s is None else deadline_s)
            host.calls[verb] += 1
            host.settle()
            planned = host.planned_failure(verb, name)
            if planned is not None:
                raise planned
            yield host

    def _reach(self, verb: str, deadline_s: float) -> None:
        """Raises what a client sees of the host's mode; silence lasts as long as it does in truth."""
        if self._closed.is_set():
            raise Closed("this client is closed")
        end = monotonic_s() + deadline_s
        while self.host.mode in ("frozen", "cut"):
            left = end - monotonic_s()
            if left <= 0:
                error = Deadline if self.host.mode == "frozen" else Unreachable
                raise error(f"{verb}: no answer in {deadline_s:g} s")
            self.host.turn.wait(left)
            if self._closed.is_set():
                raise Closed(f"{verb}: this client was closed")
        if self.host.mode == "refused":
            raise EngineDown("Connection refused")

    def ping(self, *, timeout_s: float) -> None:
        with self._call("ping", deadline_s=timeout_s):
            pass

    def info(self) -> EngineInfo:
        with self._call("info") as host:
            return EngineInfo(
                engine_version="20.10.24-fake",
                api_version="1.41",
                os="linux",
                architecture=host.architecture,
                kernel="0.0-fake",
                cpu_count=host.cpu_count,
                memory_bytes=host.memory_bytes,
                storage_driver="fake",
                hostname=host.name,
                clock=utc_now(),
                data_root_free_bytes=None,
                cgroup_version="1",
                gpus=host.gpus,
            )

    def list(self, *, labels: Mapping[str, str | None]) -> tuple[Facts, ...]:
        with self._call("list") as host:
            now = utc_now()
            return tuple(c.facts(now) for c in host.containers.values() if _bears(c.labels, labels))

    def inspect(self, name: str) -> Inspected:
        with self._call("inspect", name) as host:
            return host.find(name).inspected(utc_now())

    def create(self, name: str, body: Mapping[str, Any]) -> str:
        with self._call("create", name) as host:
            if name in host.containers:
                taken = host.containers[name]
                raise NameTaken(f'Conflict. The container name "/{name}" is already in use by container "{taken.id}".')
            if not body.get("Image"):
                raise Invalid("No command specified" if "Image" in body else "config cannot be empty")
            image = host.stored(str(body["Image"]))
            anonymous = tuple(host.new_id(f"{name} {path}") for path in body.get("Volumes") or ())
            container = FakeContainer(host.new_id(name), name, body, image.id, utc_now(), anonymous_volumes=anonymous)
            for mount in container.host_config.get("Mounts") or ():
                host.volumes.setdefault(str(mount["Source"]), {})
            host.volumes.update({volume: {} for volume in anonymous})
            host.containers[name] = container
            host.record("create", container)
            return container.id

    def start(self, name: str) -> None:
        with self._call("start", name) as host:
            container = host.find(name)
            if container.state == "running":
                return
            port = host.busy_port(container)
            if port is not None:
                container.error = f"driver failed programming external connectivity: Bind for {port} failed: "
                container.error += "port is already allocated"
                raise PortTaken(container.error)
            container.error = host.missing_device(container)
            if container.error:
                raise DeviceRefused(container.error)
            host.begin(container)

    def stop(self, name: str, *, grace_s: int, signal: str | None = None) -> None:
        with self._call("stop", name) as host:
            container = host.find(name)
            if container.state != "running":
                return
            code = host.signal_exit(container, signal or str(container.body.get("StopSignal") or "TERM"))
            if code is None:
                host.turn.wait_for(lambda: container.state != "running", timeout=grace_s)
                code = KILLED
            host.end(container, code)
            host.record("stop", container)

    def kill(self, name: str, *, signal: str = "KILL") -> None:
        with self._call("kill", name) as host:
            container = host.find(name)
            if container.state != "running":
                raise Conflict(f"Cannot kill container: {name}: Container {container.id} is not running")
            code = host.signal_exit(container, signal)
            host.record("kill", container)
            if code is not None:
                host.end(container, code)

    def rename(self, name: str, new_name: str) -> None:
        with self._call("rename", name) as host:
            container = host.find(name)
            if new_name in host.containers:
                raise NameTaken(f'Conflict. The container name "/{new_name}" is already in use')
            del host.containers[container.name]
            due = host._due.pop(container.name, None)
            container.name = new_name
            host.containers[new_name] = container
            if due is not None:
                host._due[new_name] = due
            host.record("rename", container)

    def remove(self, name: str, *, force: bool = True) -> None:
        with self._call("remove", name) as host:
            container = host.containers.get(name) or next((c for c in host.containers.values() if c.id == name), None)
            if container is None:
                return
            if container.state == "running" and not force:
                raise Conflict("You cannot remove a running container. Stop the container before attempting removal")
            host.end(container, KILLED)
            del host.containers[container.name]
            for volume in container.anonymous_volumes:
                host.volumes.pop(volume, None)
            host.record("destroy", container)

    def image(self, ref: str) -> ImageFacts:
        with self._call("image", ref) as host:
            return host.stored(ref)

    def images(self) -> tuple[ImageFacts, ...]:
        with self._call("images") as host:
            return tuple({image.id: image for image in host.images.values()}.values())

    def check_login(self, auth: RegistryAuth) -> None:
        with self._call("check_login") as host:
            host.fleet.log_in(auth["serveraddress"], auth)

    def resolve(self, ref: str, *, auth: RegistryAuth | None = None) -> Resolved:
        with self._call("resolve", ref) as host:
            return host.fleet.resolve(ref, auth)

    def pull(
        self, ref: str, *, auth: RegistryAuth | None = None, progress: Callable[[PullProgress], None] | None = None
    ) -> ImageFacts:
        with self._call("pull", ref, deadline_s=self.stall_s) as host:
            image = host.fleet.look_up(ref, auth)
        for step in range(1, PULL_STEPS + 1):
            time.sleep(host.pull_s / PULL_STEPS)
            with host.turn:
                self._reach("pull", self.stall_s)
            if progress is not None:
                size = image.size_bytes
                progress(PullProgress(1, int(step == PULL_STEPS), size * step // PULL_STEPS, size, "Downloading"))
        with host.turn:
            return host.store(image)

    def import_image(self, tar: bytes, ref: str, *, changes: Sequence[str] = ()) -> ImageFacts:
        try:
            tarfile.open(fileobj=io.BytesIO(tar), mode="r:").close()
        except tarfile.TarError as error:
            raise Refused(str(error)) from error
        with self._call("import_image", ref) as host:
            about = "\n".join([hashlib.sha256(tar).hexdigest(), *changes])
            made = ImageFacts(
                id=sha256(about),
                digests=(),
                architecture=host.architecture,
                os="linux",
                size_bytes=len(tar),
                tags=(full_ref(ref),),
            )
            return host.store(made)

    def logs(
        self,
        name: str,
        *,
        tail: int | None = None,
        since: datetime | None = None,
        follow: bool = False,
        cancel: threading.Event | None = None,
    ) -> Iterator[LogLine]:
        with self._call("logs", name) as host:
            container = host.find(name)
            lines = [line for line in container.log if since is None or line.at is None or line.at >= since]
            start = len(lines) if tail is None else tail
            shown = lines[max(0, len(lines) - start) :]
            seen = len(container.log)
        return self._read_log(container, shown, seen if follow else None, cancel or threading.Event())

    def _read_log(
        self, container: FakeContainer, shown: builtins.list[LogLine], seen: int | None, cancel: threading.Event
    ) -> Iterator[LogLine]:
        yield from shown
        while seen is not None and not cancel.is_set() and not self._closed.is_set():
            with self.host.turn:
                self.host.settle()
                fresh, over = container.log[seen:], container.state != "running"
                if not fresh and not over:
                    self.host.turn.wait(self.host.fleet.look_s)
            yield from fresh
            seen += len(fresh)
            if over and not fresh:
                return

    def stats(self, names: builtins.list[str] | tuple[str, ...]) -> tuple[Sample, ...]:
        with self._call("stats") as host:
            found = [host.containers[name] for name in names if name in host.containers]
            alive = [c for c in found if c.state == "running"]
            known = [c for c in alive if c.id in self._read_before]
            self._read_before = {c.id for c in host.containers.values() if c.id in self._read_before} | {
                c.id for c in alive
            }
            now = monotonic_s()
            return tuple(
                Sample(
                    container_id=c.id,
                    cpu_millis=cpu_millis,
                    memory_bytes=memory_bytes,
                    memory_limit_bytes=c.memory_limit_bytes or host.memory_bytes,
                    at_monotonic=now,
                    name=c.name,
                )
                for c in known
                for cpu_millis, memory_bytes in [host.use_of(c)]
            )

    def host_usage(self) -> Sample | None:
        with self._call("host_usage") as host:
            used = [host.use_of(c) for c in host.containers.values() if c.state == "running"]
            return Sample(
                container_id=None,
                cpu_millis=min(sum(cpu for cpu, _ in used), host.cpu_count * 1000),
                memory_bytes=sum(memory for _, memory in used),
                memory_limit_bytes=host.memory_bytes,
                at_monotonic=monotonic_s(),
            )

    def events(self, *, since: datetime | None, cancel: threading.Event) -> Iterator[EngineEvent]:
        with self._call("events") as host:
            kept = list(host.events)
            old = [event for event in kept if since is not None and event.at >= since]
            return self._read_events(old, host.events_seen, cancel)

    def _read_events(
        self, old: builtins.list[EngineEvent], seen: int, cancel: threading.Event
    ) -> Iterator[EngineEvent]:
        fresh = old
        while True:
            yield from (event for event in fresh if event.labels.get(LABEL_CLUSTER) == self.cluster)
            if cancel.is_set() or self._closed.is_set():
                return
            with self.host.turn:
                if self.host.mode == "refused":
                    raise EngineDown("the event stream ended")
                self.host.settle()
                if self.host.events_seen == seen or self.host.mode != "ok":
                    self.host.turn.wait(self.host.fleet.look_s)
                count = self.host.events_seen - seen if self.host.mode == "ok" else 0
                fresh = list(self.host.events)[-count:] if count else []
                seen += count

    def read_marker(self) -> str | None:
        with self._call("read_marker") as host:
            return next((v[LABEL_MARKER] for v in host.volumes.values() if self._is_marker(v)), None)

    def write_marker(self, uuid: str) -> None:
        with self._call("write_marker") as host:
            for name in [name for name, labels in host.volumes.items() if self._is_marker(labels)]:
                del host.volumes[name]
            host.volumes[f"orchestra-marker-{self.cluster}"] = {LABEL_MARKER: uuid, LABEL_CLUSTER: self.cluster}

    def _is_marker(self, labels: Mapping[str, str]) -> bool:
        return LABEL_MARKER in labels and labels.get(LABEL_CLUSTER) == self.cluster

    def ensure_volume(self, name: str, *, labels: Mapping[str, str]) -> None:
        with self._call("ensure_volume", name) as host:
            host.volumes.setdefault(name, dict(labels))

    def close(self) -> None:
        self._closed.set()
        with self.host.turn:
            self.host.turn.notify_all()


def _bears(labels: Mapping[str, str], wanted: Mapping[str, str | None]) -> bool:
    return all(key in labels and value in (None, labels[key]) for key, value in wanted.items())
