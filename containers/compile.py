"""From a typed spec to the body of the engine's "create container" call: only what is named here is ever sent.

Comes after binding (host and host ports are known) and image resolution; policy.py checks the body before it is sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from containers.spec import ContainerSpec, HealthCheck, Resources, spec_hash
from containers.spec.types import PortSpec, VolumeMount

# Enough for any ordinary program (JVMs and web servers stay in the hundreds), and far below a kernel's pid_max, so
# that a fork bomb ends in its own container. OpenShift chose the same figure.
PIDS_LIMIT: Final = 4096
LOG_DRIVER: Final = "json-file"
LOG_OPTIONS: Final = {"max-size": "10m", "max-file": "3"}
SECURITY_OPT: Final = ("no-new-privileges:true",)
MIN_RESERVATION_BYTES: Final = 6 * 1024**2  # the engine refuses a smaller memory reservation
CPU_PERIOD_US: Final = 100_000
MIN_CPU_SHARES: Final = 2
MAX_CPU_SHARES: Final = 262_144  # the kernel's own bounds
NANOSECONDS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Port:
    """A port as it was bound: host address and host port are known."""

    container_port: int
    protocol: str
    host_address: str
    host_port: int


def volume_name(project: str, volume: str) -> str:
    """The engine's name of a project's volume.

    The dot keeps projects apart: project names have none. With a dash, volume "b-c" of project "a" would be
    volume "c" of project "a-b".
    """
    return f"orc-{project}.{volume}"


def engine_body(  # noqa: PLR0913 - everything the engine must know is named by the caller
    spec: ContainerSpec,
    *,
    container_id: object,
    slot_id: object,
    cluster: object,
    project: str,
    image_ref: str,
    ports: Sequence[Port] = (),
    network: str | None = None,
    of_service: tuple[str, int] | None = None,
    gpus: Sequence[str] = (),
) -> dict[str, Any]:
    """The body for POST /containers/create. `image_ref` is what runs (a digest or an image id), not spec.image.

    `of_service`: the name of its service and the number of its revision. `gpus`: the engine's names of the devices that
    were booked for it; how much of a device is its share nobody tells the engine, which could not enforce it.
    """
    labels = {
        "orchestra.cluster": str(cluster),
        "orchestra.role": "workload",
        "orchestra.container": str(container_id),
        "orchestra.slot": str(slot_id),
        "orchestra.spec": spec_hash(spec),
        "orchestra.project": project,
    }
    if of_service is not None:
        labels |= {"orchestra.service": of_service[0], "orchestra.revision": str(of_service[1])}
    return {
        "Image": image_ref,
        "Env": [f"{name}={value}" for name, value in spec.env],
        "Labels": {**dict(spec.labels), **labels},
        "StopTimeout": spec.stop_grace_s,
        "HostConfig": {**_host_config(spec, project=project, ports=ports, network=network), **device_requests(gpus)},
        **_exposed(spec.ports, ports),
        **_program(spec),
    }


def _program(spec: ContainerSpec) -> dict[str, Any]:
    """What is only sent when the spec says it, because the image has its own answer."""
    found: dict[str, Any] = {}
    if spec.command is not None:
        found["Cmd"] = list(spec.command)
    if spec.entrypoint is not None:
        found["Entrypoint"] = list(spec.entrypoint)
    if spec.user is not None:
        found["User"] = spec.user
    if spec.workdir is not None:
        found["WorkingDir"] = spec.workdir
    if spec.stop_signal is not None:
        found["StopSignal"] = f"SIG{spec.stop_signal}"
    if spec.health_check is not None:
        found["Healthcheck"] = _health_check(spec.health_check)
    return found


def _host_config(spec: ContainerSpec, *, project: str, ports: Sequence[Port], network: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "RestartPolicy": {"Name": "no"},  # Orchestra restarts; the engine never does
        "PidsLimit": PIDS_LIMIT,
        "LogConfig": {"Type": LOG_DRIVER, "Config": dict(LOG_OPTIONS)},
        "SecurityOpt": list(SECURITY_OPT),
        "Init": spec.init,
        "ReadonlyRootfs": spec.read_only,
        **_resources(spec.resources),
    }
    if ports:
        found["PortBindings"] = _bindings(ports)
    if spec.volumes:
        found["Mounts"] = [_mount(project, volume) for volume in spec.volumes]
    if spec.tmpfs:
        found["Tmpfs"] = {mount.path: f"rw,nosuid,nodev,noexec,size={mount.size_bytes}" for mount in spec.tmpfs}
    if network is not None:
        found["NetworkMode"] = network
    return found


def _resources(resources: Resources) -> dict[str, int]:
    """Limits are hard; requests become weights, which matter only when the host is short.

    The CPU limit is a quota and not NanoCpus: the same to the kernel, but the engine refuses NanoCpus above the
    host's own CPU count, and a limit that a smaller host cannot reach is no error.
    """
    found: dict[str, int] = {}
    if resources.memory_limit_bytes is not None:
        found["Memory"] = resources.memory_limit_bytes
        found["MemorySwap"] = resources.memory_limit_bytes  # equal: no swap
    if resources.memory_request_bytes >= MIN_RESERVATION_BYTES:
        found["MemoryReservation"] = resources.memory_request_bytes
    if resources.cpu_limit_millis is not None:
        found["CpuPeriod"] = CPU_PERIOD_US
        found["CpuQuota"] = resources.cpu_limit_millis * CPU_PERIOD_US // 1000
    if resources.cpu_request_millis:
        shares = resources.cpu_request_millis * 1024 // 1000
        found["CpuShares"] = min(max(shares, MIN_CPU_SHARES), MAX_CPU_SHARES)
    return found


def device_requests(gpus: Sequence[str]) -> dict[str, Any]:
    """Exactly these devices. No driver is named: the engine takes the one it has for GPUs, or says that it has none."""
    return {"DeviceRequests": [{"DeviceIDs": list(gpus), "Capabilities": [["gpu"]]}]} if gpus else {}


def _exposed(wished: Iterable[PortSpec], bound: Iterable[Port]) -> dict[str, Any]:
    names = {f"{port.container_port}/{port.protocol}" for port in wished}
    names |= {f"{port.container_port}/{port.protocol}" for port in bound}
    return {"ExposedPorts": {name: {} for name in sorted(names)}} if names else {}


def _bindings(ports: Iterable[Port]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for port in ports:
        binding = {"HostIp": port.host_address, "HostPort": str(port.host_port)}
        found.setdefault(f"{port.container_port}/{port.protocol}", []).append(binding)
    return found


def _mount(project: str, volume: VolumeMount) -> dict[str, Any]:
    source = volume_name(project, volume.name)
    return {"Type": "volume", "Source": source, "Target": volume.path, "ReadOnly": volume.read_only}


def _health_check(check: HealthCheck) -> dict[str, Any]:
    if check.probe is not None or check.test == ("NONE",):  # NONE also silences a check of the image's own
        return {"Test": ["NONE"]}
    return {
        "Test": list(check.test),
        "Interval": check.interval_s * NANOSECONDS,
        "Timeout": check.timeout_s * NANOSECONDS,
        "Retries": check.retries,
        "StartPeriod": check.start_period_s * NANOSECONDS,
    }
