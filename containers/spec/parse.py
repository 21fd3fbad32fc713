"""From JSON to a ContainerSpec: all errors at once, each with a pointer to its field. Also the schema of that JSON.

Comes after the API (or Compose) and before the row: nothing enters Container.spec that did not pass here.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from containers.spec import fields as f
from containers.spec.company import affinity, max_per, needs
from containers.spec.constraints import MAX_CONSTRAINTS, constraint, tolerations
from containers.spec.errors import FieldError, SpecErrors, shown, step, wrong
from containers.spec.gpus import gpus
from containers.spec.health import health_check
from containers.spec.instead import mount_instead, port_instead, refuse_mount_lists, volume_instead
from containers.spec.kinds import Field, Kind, T, Values, choice, flag, many, record, whole
from containers.spec.types import ContainerSpec, PortSpec, Resources, TmpfsMount, VolumeMount
from containers.spec.unknown import unknown_keys
from core.lib.quantity import show_cpu, show_memory


def _or_instead(kind: Kind[T], instead: Callable[[object], SpecErrors | None]) -> Kind[T]:
    """The kind, but with a better answer for values that are known from elsewhere."""

    def read(value: object) -> T:
        answer = instead(value)
        if answer is not None:
            raise answer
        return kind.read(value)

    return Kind(read, kind.schema)


_port = record(
    PortSpec,
    {
        "container_port": Field(
            "container_port",
            whole(1, 65535, say="the port inside the container").described(
                "the port that the program listens on", examples=[80]
            ),
            required=True,
        ),
        "protocol": Field(
            "protocol", choice(("tcp", "udp"), say="a protocol").described("the transport protocol", default="tcp")
        ),
        "host_port": Field(
            "host_port",
            whole(1, 65535, say="the port on the host").described(
                "the port on the host; left out: the scheduler chooses a free one", examples=[8080]
            ),
        ),
        "host_address": Field("host_address", f.address),
    },
    say='write a port as {"container_port": 80, "host_port": 8080}',
    unknown=unknown_keys,
)

_volume = record(
    VolumeMount,
    {
        "name": Field("name", f.volume_name, required=True),
        "path": Field("path", f.mount_path, required=True),
        "read_only": Field(
            "read_only", flag(say="read_only").described("the container cannot write to it", default=False)
        ),
    },
    say='write a volume as {"name": "data", "path": "/data"}',
    unknown=unknown_keys,
)

_tmpfs = record(
    TmpfsMount,
    {
        "path": Field("path", f.mount_path, required=True),
        "size": Field(
            "size_bytes",
            f.memory(f.MIN_TMPFS_BYTES, what="the size of a tmpfs").described(
                "its largest size, in bytes or with k, m, g", default="64m"
            ),
        ),
    },
    say='write a tmpfs as {"path": "/tmp", "size": "64m"}',
    unknown=unknown_keys,
)


def _limits_hold_requests(values: Values) -> Iterator[FieldError]:
    memory, memory_limit = values.get("memory_request_bytes", 0), values.get("memory_limit_bytes")
    if memory_limit is not None and memory > memory_limit:
        words = f"the limit of {show_memory(memory_limit)} is below the request of {show_memory(memory)}"
        yield FieldError("/memory_limit", "invalid", f"{words}; raise the limit or lower memory")
    cpu, cpu_limit = values.get("cpu_request_millis", 0), values.get("cpu_limit_millis")
    if cpu_limit is not None and cpu > cpu_limit:
        words = f"the limit of {show_cpu(cpu_limit)} is below the request of {show_cpu(cpu)}"
        yield FieldError("/cpu_limit", "invalid", f"{words}; raise the limit or lower cpu")


_resources = record(
    Resources,
    {
        "cpu": Field(
            "cpu_request_millis",
            f.cpu(0, what="the CPU request").described(
                "CPU reserved on the host, in cores or thousandths (m); left out: none", examples=["0.5", "500m"]
            ),
        ),
        "memory": Field(
            "memory_request_bytes",
            f.memory(0, what="the memory request").described(
                "memory reserved on the host, in bytes or with k, m, g; left out: none", examples=["256m"]
            ),
        ),
        "cpu_limit": Field(
            "cpu_limit_millis",
            f.cpu(f.MIN_CPU_LIMIT_MILLIS, what="the CPU limit").described(
                "CPU it may use at most, in cores or thousandths (m); left out: no limit", examples=["1"]
            ),
        ),
        "memory_limit": Field(
            "memory_limit_bytes",
            f.memory(f.MIN_MEMORY_LIMIT_BYTES, what="the memory limit").described(
                "memory it may use at most, in bytes or with k, m, g; beyond, the kernel ends it", examples=["512m"]
            ),
        ),
        "gpus": Field("gpus", gpus),
    },
    say='write resources as {"cpu": "0.5", "memory": "256m", "memory_limit": "512m"}',
    unknown=unknown_keys,
    check=_limits_hold_requests,
)

_restart = choice(
    ("none", "on-failure", "always"),
    say="a restart rule",
    instead={
        "no": 'write "none"',
        "unless-stopped": 'write "always": what was stopped on purpose is never started again',
        "on-failure:3": 'write "on-failure"; the pauses between attempts grow by themselves',
    },
)


def _nothing_twice(values: Values) -> Iterator[FieldError]:
    yield from _paths_twice(values)
    yield from _ports_twice(values.get("ports", ()))
    for field in ("constraints", "affinity"):
        rules = values.get(field, ())
        for index, rule in enumerate(rules):
            if rule in rules[:index]:
                words = f"{rule} stands" if field == "constraints" else "the same rule stands"
                yield FieldError(f"/{field}/{index}", "duplicate", f"{words} here twice; remove one")


def _paths_twice(values: Values) -> Iterator[FieldError]:
    seen: dict[str, str] = {}
    for field in ("volumes", "tmpfs"):
        for index, mount in enumerate(values.get(field, ())):
            pointer = f"/{field}/{index}/path"
            if mount.path in seen:
                words = f"{shown(mount.path)} is taken by {seen[mount.path]}; choose another path"
                yield FieldError(pointer, "duplicate", words)
            seen.setdefault(mount.path, pointer)


def _ports_twice(ports: Iterable[PortSpec]) -> Iterator[FieldError]:
    seen: list[PortSpec] = []
    for index, port in enumerate(ports):
        pointer = f"/ports/{index}"
        if port in seen:
            yield FieldError(pointer, "duplicate", "the same port stands here twice; remove one")
        elif any(_clash(port, other) for other in seen):
            words = f"host port {port.host_port}/{port.protocol} is asked for twice; choose another, or leave it out"
            yield FieldError(f"{pointer}/host_port", "duplicate", words)
        seen.append(port)


def _clash(one: PortSpec, other: PortSpec) -> bool:
    if one.host_port is None or (one.host_port, one.protocol) != (other.host_port, other.protocol):
        return False
    everywhere = {None, "0.0.0.0", "::"}
    return one.host_address == other.host_address or bool({one.host_address, other.host_address} & everywhere)


def _command(value: object) -> tuple[str, ...] | None:
    return f.arguments.read(value) or None


def _entrypoint(value: object) -> tuple[str, ...]:
    found = f.arguments.read(value)
    if found and not found[0]:
        raise wrong("the program's name is empty; write [] to clear the image's entrypoint", at=step(0))
    return found


SPEC: Final[dict[str, Field]] = {
    "name": Field("name", f.name, required=True),
    "image": Field("image", f.image, required=True),
    "command": Field(
        "command",
        Kind(_command, f.arguments.schema).described(
            "arguments; left out or empty: the image's own", examples=[["serve", "--port", "80"]]
        ),
    ),
    "entrypoint": Field(
        "entrypoint",
        Kind(_entrypoint, f.arguments.schema).described(
            "the program; left out: the image's own, []: none", examples=[["/bin/sh", "-c"]]
        ),
    ),
    "env": Field("env", f.env),
    "labels": Field("labels", f.labels),
    "ports": Field(
        "ports",
        many(_or_instead(_port, port_instead), most=f.MAX_PORTS, say="ports is a list").described(
            "published ports", examples=[[{"container_port": 80}]]
        ),
    ),
    "volumes": Field(
        "volumes",
        many(_or_instead(_volume, volume_instead), most=f.MAX_VOLUMES, say="volumes is a list").described(
            "named volumes; the container runs where they are",
            examples=[[{"name": "data", "path": "/data"}]],
        ),
    ),
    "tmpfs": Field(
        "tmpfs",
        many(_or_instead(_tmpfs, mount_instead), most=f.MAX_TMPFS, say="tmpfs is a list").described(
            "folders in memory, counted as the container's memory",
            examples=[[{"path": "/cache", "size": "64m"}]],
        ),
    ),
    "resources": Field(
        "resources",
        _resources.described(
            "what is reserved, and what it may use at most",
            examples=[{"cpu": "0.5", "memory": "256m", "memory_limit": "512m"}],
        ),
    ),
    "user": Field("user", f.user),
    "workdir": Field(
        "workdir", f.path.described("the folder the program starts in; left out: the image's own", examples=["/app"])
    ),
    "init": Field(
        "init", flag(say="init").described("run a small init as process 1, which passes signals on", default=True)
    ),
    "stop_signal": Field(
        "stop_signal",
        f.signal.described(
            "the signal that asks it to end; left out: the image's own, or TERM", examples=["TERM", "INT"]
        ),
    ),
    "stop_grace": Field("stop_grace_s", f.seconds(0, "the time between the stop signal and KILL", 10)),
    "read_only": Field(
        "read_only", flag(say="read_only").described("the root file system is read-only", default=False)
    ),
    "health_check": Field(
        "health_check",
        health_check.described(
            "how it is asked whether it is well, and how often: exactly one of test, http and tcp",
            examples=[{"http": {"port": 80, "path": "/healthz"}, "interval": 10}],
        ),
    ),
    "restart": Field(
        "restart",
        _restart.described(
            "what follows when it ends: nothing, a new attempt after a failure, or always one", default="none"
        ),
    ),
    "constraints": Field(
        "constraints",
        many(constraint, most=MAX_CONSTRAINTS, say='constraints is a list, like ["zone=fra"]').described(
            "rules on host labels, all of which must hold",
            examples=[["zone=fra", "disk!=hdd", "gpu", "!spot", "cores>8"]],
        ),
    ),
    "tolerations": Field("tolerations", tolerations),
    "affinity": Field("affinity", affinity),
    "max_per": Field("max_per", max_per),
    "needs": Field("needs", needs),
    "placement_policy": Field("placement_policy", f.policy_name),
    "priority": Field("priority", f.priority),
}


def _spec_unknown(data: Any, known: Iterable[str]) -> list[FieldError]:
    return [*unknown_keys(data, known), *refuse_mount_lists(data)]


_spec = record(
    ContainerSpec,
    SPEC,
    say='write a container as an object, like {"name": "web", "image": "nginx:1.27"}',
    unknown=_spec_unknown,
    check=_nothing_twice,
)


def parse(data: object) -> ContainerSpec:
    """The typed spec; raises SpecErrors with everything that is wrong, and nothing else, on any JSON value."""
    return _spec.read(data)


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 (OpenAPI 3.1) of a spec. It accepts all that `parse` accepts; `parse` is stricter."""
    return {"title": "ContainerSpec", **_spec.schema}
