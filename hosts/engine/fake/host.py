"""A fake host: the world behind one fake:// URL, and the knobs that tests turn.

Everything happens under one condition, `turn`; time-driven changes are settled whenever somebody looks.
Before: hosts/engine/fake/engine calls it as an engine's client would. After: nothing, it has no outside.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from core.lib.clock import utc_now
from hosts.engine.errors import EngineError, ImageMissing, Invalid, NotFound, Refused
from hosts.engine.fake.container import KILLED, TERMINATED, FakeContainer
from hosts.engine.fake.fleet import FakeFleet, fleet, full_ref, sha256
from hosts.engine.types import EngineEvent, EngineHealth, ImageFacts, LogLine

EVENTS_KEPT = 256  # as many as a real engine can replay
LOG_LINES_KEPT = 10_000

Mode = Literal["ok", "frozen", "cut", "refused"]


@dataclass
class FakeHost:
    name: str
    fleet: FakeFleet
    cpu_count: int = 8
    memory_bytes: int = 32 << 30
    architecture: str = "amd64"
    gpus: tuple[str, ...] = ()
    latency_s: float = 0.0
    pull_s: float = 0.0
    mode: Mode = "ok"
    containers: dict[str, FakeContainer] = field(default_factory=dict)
    images: dict[str, ImageFacts] = field(default_factory=dict)
    volumes: dict[str, dict[str, str]] = field(default_factory=dict)
    events: deque[EngineEvent] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    events_seen: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    turn: threading.Condition = field(default_factory=lambda: threading.Condition(threading.RLock()))
    _made: int = 0
    _failures: list[tuple[str, str | None, EngineError]] = field(default_factory=list)
    _foreign_ports: set[int] = field(default_factory=set)
    _due: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    # Knobs: the host as a whole

    def set_mode(self, mode: Mode) -> None:
        with self.turn:
            self.mode = mode
            self.turn.notify_all()

    def freeze(self) -> None:
        """Calls hang until `thaw`, or their deadline. Containers go on."""
        self.set_mode("frozen")

    def cut(self) -> None:
        """No packet comes through until `thaw`. Containers go on."""
        self.set_mode("cut")

    def refuse(self) -> None:
        """The engine's process is gone until `thaw`. Containers go on; events to replay are lost, as in truth."""
        with self.turn:
            self.set_mode("refused")
            self.events.clear()

    def thaw(self) -> None:
        self.set_mode("ok")

    def power_off(self) -> None:
        """Silent, and nothing runs any more: what the engine says of it after `thaw` is exit code 137."""
        with self.turn:
            self.set_mode("cut")
            for container in self.containers.values():
                self.end(container, KILLED)
            self.events.clear()

    def fail(self, verb: str, error: EngineError, *, times: int = 1, name: str | None = None) -> None:
        """The next `times` calls of `verb` (of container `name`, or any) raise `error`."""
        with self.turn:
            self._failures += [(verb, name, error)] * times

    def fail_start(self, *, words: str = "OCI runtime create failed", times: int = 1, name: str | None = None) -> None:
        self.fail("start", Refused(words), times=times, name=name)

    def take_port(self, port: int) -> None:
        """Somebody outside listens on `port` now."""
        with self.turn:
            self._foreign_ports.add(port)

    def add_image(self, ref: str, **published: Any) -> ImageFacts:
        """The image is published in the fleet's registry and present here."""
        with self.turn:
            self.fleet.publish(ref, **published)
            return self.store(self.fleet.published[full_ref(ref)])

    # Knobs: one container

    def find(self, name: str) -> FakeContainer:
        container = self.containers.get(name)
        if container is None:
            container = next((c for c in self.containers.values() if c.id == name), None)
        if container is None:
            raise NotFound(f"No such container: {name}")
        return container

    def exit(self, name: str, code: int = 0) -> None:
        """The container's program ends by itself."""
        with self.turn:
            self.end(self.find(name), code)

    def oom(self, name: str) -> None:
        """The kernel kills it for its memory."""
        with self.turn:
            container = self.find(name)
            container.oom_killed = True
            self.record("oom", container)
            self.end(container, KILLED)

    def say(self, name: str, text: str, *, stream: Literal["stdout", "stderr"] = "stdout") -> None:
        with self.turn:
            self.write(self.find(name), text, stream)

    def set_health(self, name: str, health: EngineHealth) -> None:
        with self.turn:
            container = self.find(name)
            container.forced_health = health
            self.record(f"health_status: {health}", container)

    def set_usage(self, name: str, *, cpu_millis: int, memory_bytes: int) -> None:
        with self.turn:
            container = self.find(name)
            container.cpu_millis, container.memory_used_bytes = cpu_millis, memory_bytes

    def running(self) -> list[str]:
        """Names of what runs, asked behind every client's back."""
        with self.turn:
            self.settle()
            return sorted(c.name for c in self.containers.values() if c.state == "running")

    # What happens inside (callers hold `turn`)

    def use_of(self, container: FakeContainer) -> tuple[int, int]:
        """Thousandths of a CPU and bytes, now; within its limit."""
        found = container.cpu_millis, container.memory_used_bytes
        cpu_millis, memory_bytes = found if self.fleet.load is None else self.fleet.load(container)
        return min(cpu_millis, container.cpu_limit_millis or cpu_millis), memory_bytes

    def planned_failure(self, verb: str, name: str | None) -> EngineError | None:
        for index, (failing, only, error) in enumerate(self._failures):
            if failing == verb and only in (None, name):
                del self._failures[index]
                return error
        return None

    def settle(self) -> None:
        """Programs whose time has come end now."""
        now = utc_now()
        for name, (_, code) in [item for item in self._due.items() if item[1][0] <= now]:
            self._due.pop(name, None)
            if name in self.containers:
                self.end(self.containers[name], code)

    def record(self, action: str, container: FakeContainer) -> None:
        code = container.exit_code if action == "die" else None
        self.events.append(EngineEvent("container", action, container.name, container.labels, code, utc_now()))
        self.events_seen += 1
        self.turn.notify_all()

    def write(self, container: FakeContainer, text: str, stream: Literal["stdout", "stderr"] = "stdout") -> None:
        container.log.append(LogLine(stream, utc_now(), text))
        del container.log[:-LOG_LINES_KEPT]
        self.turn.notify_all()

    def new_id(self, name: str) -> str:
        self._made += 1
        return sha256(f"{self.fleet.name}/{self.name}/{name}/{self._made}").partition(":")[2]

    def busy_port(self, container: FakeContainer) -> int | None:
        """The first host port of `container` that another one, or somebody outside, holds."""
        taken = {(p.protocol, p.host_port) for c in self.containers.values() if c.state == "running" for p in c.ports()}
        for port in container.ports():
            if port.host_port and ((port.protocol, port.host_port) in taken or port.host_port in self._foreign_ports):
                return port.host_port
        return None

    def missing_device(self, container: FakeContainer) -> str:
        """What an engine says that cannot give `container` the devices it asks for; "" when it can."""
        for request in container.host_config.get("DeviceRequests") or ():
            if not self.gpus:
                driver, wanted = request.get("Driver") or "", request.get("Capabilities") or []
                told = " ".join("[" + " ".join(one) + "]" for one in wanted)
                return f'could not select device driver "{driver}" with capabilities: [{told}]'
            for name in set(request.get("DeviceIDs") or ()) - set(self.gpus):
                return f"nvidia-container-cli: device error: {name}: unknown device"
        return ""

    def begin(self, container: FakeContainer) -> None:
        container.state, container.exit_code, container.error = "running", 0, ""
        container.oom_killed = False
        container.started_at, container.finished_at = utc_now(), None
        container.pid = 1000 + self._made
        self.record("start", container)
        self._act(container)

    def _act(self, container: FakeContainer) -> None:
        verb, number = container.program
        if verb == "exit":
            self.write(container, f"leaving with {number}")
            self._due[container.name] = (utc_now() + timedelta(milliseconds=50), number)
        elif verb == "say":
            for line in range(1, number + 1):
                self.write(container, f"line {line}")
            self.write(container, "and an error", "stderr")
        elif verb == "burn":
            container.cpu_millis = 1000
        elif verb == "eat" and 0 < container.memory_limit_bytes < number << 20:
            self.oom(container.name)

    def end(self, container: FakeContainer, code: int) -> None:
        if container.state != "running":
            return
        self._due.pop(container.name, None)
        container.state, container.exit_code, container.pid = "exited", code, 0
        container.finished_at = utc_now()
        self.record("die", container)

    def signal_exit(self, container: FakeContainer, signal: str) -> int | None:
        """The exit code that `signal` leads to; None when the program lives on."""
        if signal in ("KILL", "SIGKILL", "9"):
            return KILLED
        verb, _ = container.program
        if verb == "stubborn":
            return None
        return 0 if verb == "wait" and container.body.get("Cmd", [""])[0] == "act" else TERMINATED

    def stored(self, ref: str) -> ImageFacts:
        image = self.images.get(ref) or self.images.get(full_ref(ref))
        if image is None:
            raise ImageMissing(f"No such image: {full_ref(ref)}")
        return image

    def store(self, image: ImageFacts) -> ImageFacts:
        """Keeps a pulled image; a tag that moved is taken from the image it named before."""
        for old in [i for i in self.images.values() if i.id != image.id and set(i.tags) & set(image.tags)]:
            bare = replace(old, tags=tuple(t for t in old.tags if t not in image.tags))
            self.images.update(dict.fromkeys((bare.id, *bare.digests), bare))
        self.images.update(dict.fromkeys((image.id, *image.digests, *image.tags), image))
        return image


def fake_host(url: str) -> FakeHost:
    """The host behind fake://fleet/name in this process, made on first use.

    The first use may set knobs: fake://fleet/name?cpu=4&memory_mib=8192&architecture=arm64&latency_ms=5&gpus=GPU-1,GPU-2
    """
    parts = urlsplit(url)
    name = parts.path.strip("/")
    if parts.scheme != "fake" or not parts.netloc or not name:
        raise Invalid(f"{url!r} is no fake engine: fake://fleet/host")
    group = fleet(parts.netloc)
    if name not in group.hosts:
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        group.any_image = group.any_image or asked.get("any_image") == "1"
        host = FakeHost(
            name=name,
            fleet=group,
            cpu_count=int(asked.get("cpu", 8)),
            memory_bytes=int(asked.get("memory_mib", 32 << 10)) << 20,
            architecture=asked.get("architecture", "amd64"),
            gpus=tuple(filter(None, asked.get("gpus", "").split(","))),
            latency_s=float(asked.get("latency_ms", 0)) / 1000,
        )
        return group.hosts.setdefault(name, host)
    return group.hosts[name]
