"""From a ContainerSpec back to JSON: the one canonical form, which the row stores and the hash is taken of.

Fields at their default are left out, so that a field added later does not change the hash of stored specs.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final

from containers.spec.types import (
    Affinity,
    ContainerSpec,
    GpuRequest,
    HealthCheck,
    HttpProbe,
    PortSpec,
    Resources,
    TmpfsMount,
    VolumeMount,
)
from core.lib.quantity import plain_cpu, plain_memory
from hosts.devices import WHOLE_MILLIS

_AS_IT_IS: Final = ("user", "workdir", "init", "stop_signal", "read_only", "restart", "placement_policy", "priority")
_DEFAULTS: Final = ContainerSpec(name="x", image="x")
_HTTP: Final = HttpProbe(port=1)
_AFFINITY: Final = Affinity()
# Lists whose order means nothing, and so must not change the hash.
_UNORDERED: Final = ("ports", "volumes", "tmpfs", "constraints", "affinity")


def dump(spec: ContainerSpec) -> dict[str, Any]:
    """JSON that `parse` reads back to an equal spec."""
    found: dict[str, Any] = {"name": spec.name, "image": spec.image}
    for field in _AS_IT_IS:
        if getattr(spec, field) != getattr(_DEFAULTS, field):
            found[field] = getattr(spec, field)
    if spec.command is not None:
        found["command"] = list(spec.command)
    if spec.entrypoint is not None:
        found["entrypoint"] = list(spec.entrypoint)
    if spec.stop_grace_s != _DEFAULTS.stop_grace_s:
        found["stop_grace"] = spec.stop_grace_s
    if spec.health_check is not None:
        found["health_check"] = _health_check(spec.health_check)
    return found | _filled(
        env=dict(spec.env),
        labels=dict(spec.labels),
        ports=[_port(port) for port in spec.ports],
        volumes=[_volume(volume) for volume in spec.volumes],
        tmpfs=[_tmpfs(tmpfs) for tmpfs in spec.tmpfs],
        resources=_resources(spec.resources),
        constraints=[str(constraint) for constraint in spec.constraints],
        tolerations=list(spec.tolerations),
        affinity=[_affinity(rule) for rule in spec.affinity],
        max_per=dict(spec.max_per),
        needs=dict(spec.needs),
    )


def spec_hash(spec: ContainerSpec) -> str:
    """sha256 over the canonical JSON without the name: equal for equal work, whatever it is called."""
    found = dump(spec)
    del found["name"]
    for field in _UNORDERED:
        if field in found:
            found[field] = _in_order(found[field])
    text = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _in_order(entries: Iterable[Any]) -> list[Any]:
    return sorted(entries, key=lambda entry: json.dumps(entry, sort_keys=True))


def _filled(**parts: Any) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part}


def _port(port: PortSpec) -> dict[str, Any]:
    found: dict[str, Any] = {"container_port": port.container_port, "protocol": port.protocol}
    if port.host_port is not None:
        found["host_port"] = port.host_port
    if port.host_address is not None:
        found["host_address"] = port.host_address
    return found


def _volume(volume: VolumeMount) -> dict[str, Any]:
    return {"name": volume.name, "path": volume.path, "read_only": volume.read_only}


def _tmpfs(tmpfs: TmpfsMount) -> dict[str, Any]:
    return {"path": tmpfs.path, "size": plain_memory(tmpfs.size_bytes)}


def _resources(resources: Resources) -> dict[str, Any]:
    found = _filled(
        cpu=resources.cpu_request_millis and plain_cpu(resources.cpu_request_millis),
        memory=resources.memory_request_bytes and plain_memory(resources.memory_request_bytes),
    )
    if resources.cpu_limit_millis is not None:
        found["cpu_limit"] = plain_cpu(resources.cpu_limit_millis)
    if resources.memory_limit_bytes is not None:
        found["memory_limit"] = plain_memory(resources.memory_limit_bytes)
    if resources.gpus is not None:
        found["gpus"] = _gpus(resources.gpus)
    return found


def _gpus(asked: GpuRequest) -> dict[str, Any]:
    amount = {"count": asked.number} if asked.millis == WHOLE_MILLIS else {"share": plain_cpu(asked.millis)}
    return {**amount, **_filled(models=list(asked.models))}


def _affinity(rule: Affinity) -> dict[str, Any]:
    found = _filled(service=rule.service, label=rule.label, apart=rule.apart, prefer=rule.prefer)
    return found if rule.within == _AFFINITY.within else {**found, "within": rule.within}


def _health_check(check: HealthCheck) -> dict[str, Any]:
    return {
        **_question(check),
        "interval": check.interval_s,
        "timeout": check.timeout_s,
        "retries": check.retries,
        "start_period": check.start_period_s,
    }


def _question(check: HealthCheck) -> dict[str, Any]:
    if check.http is not None:
        return {"http": _http(check.http)}
    if check.tcp is not None:
        return {"tcp": {"port": check.tcp.port}}
    return {"test": list(check.test)}


def _http(probe: HttpProbe) -> dict[str, Any]:
    found: dict[str, Any] = {"port": probe.port, "path": probe.path}
    if (probe.low, probe.high) != (_HTTP.low, _HTTP.high):
        found["status"] = str(probe.low) if probe.low == probe.high else f"{probe.low}-{probe.high}"
    if probe.host_header is not None:
        found["host_header"] = probe.host_header
    return found
