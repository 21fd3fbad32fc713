"""The engine's JSON as our values. Pure: no call is made here, nothing unknown raises.

Before: engine.py got an answer. After: the protocol's callers. Field names are those of the Engine API 1.41.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast, get_args

from hosts.devices import DEVICE_PATTERN, MOST_GPUS
from hosts.engine.types import (
    EngineEvent,
    EngineHealth,
    EngineInfo,
    EngineState,
    Facts,
    ImageFacts,
    Inspected,
    PublishedPort,
    Resolved,
)

GENERIC_WORDS = re.compile(r"[a-z0-9]+")
Json = Mapping[str, Any]

NOT_LABELS = {"name", "image", "exitCode", "execDuration", "signal", "oldName"}  # an event mixes these with labels


def moment(text: object) -> datetime | None:
    """RFC 3339 with any number of digits; the engine's year 1 means never."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.year > 1 and at.tzinfo else None


def info(about: Json, version: Json, *, api_version: str, free_bytes: int | None) -> EngineInfo:
    return EngineInfo(
        engine_version=str(about.get("ServerVersion", "")),
        api_version=api_version,
        os=str(about.get("OSType", "linux")),
        architecture=str(version.get("Arch") or about.get("Architecture", "")),
        kernel=str(about.get("KernelVersion", "")),
        cpu_count=int(about.get("NCPU", 0)),
        memory_bytes=int(about.get("MemTotal", 0)),
        storage_driver=str(about.get("Driver", "")),
        hostname=str(about.get("Name", "")),
        clock=moment(about.get("SystemTime")),
        data_root_free_bytes=free_bytes,
        cgroup_version=str(about.get("CgroupVersion", "1")),
        gpus=gpus_of(about.get("GenericResources")),
    )


def gpus_of(resources: Any) -> tuple[str, ...]:
    """Of `node-generic-resources` (dockerd's setting) those whose kind speaks of GPUs, such as NVIDIA-GPU=GPU-45cbf7b3.

    The engine takes names and numbers of devices alike: where a mere count is told, they are numbered from 0.
    """
    names: list[str] = []
    for entry in resources or ():
        named, counted = entry.get("NamedResourceSpec") or {}, entry.get("DiscreteResourceSpec") or {}
        if "gpu" in GENERIC_WORDS.findall(str(named.get("Kind", "")).lower()):
            names.append(str(named.get("Value", "")))
        elif "gpu" in GENERIC_WORDS.findall(str(counted.get("Kind", "")).lower()):
            names += [str(number) for number in range(min(int(counted.get("Value") or 0), MOST_GPUS))]
    return tuple(dict.fromkeys(name for name in names if re.fullmatch(DEVICE_PATTERN, name)))[:MOST_GPUS]


def facts(row: Json) -> Facts:
    """One entry of a list."""
    return Facts(
        id=str(row["Id"]),
        name=_own_name(row.get("Names") or ()),
        labels=dict(row.get("Labels") or {}),
        state=_state(row.get("State")),
        health=health_in_status(str(row.get("Status", ""))),
        image=str(row.get("Image", "")),
        image_id=str(row.get("ImageID", "")),
        created_at=datetime.fromtimestamp(int(row["Created"]), UTC) if row.get("Created") else None,
    )


def _own_name(names: Any) -> str:
    """A linked container is also listed as /other/alias; its own name has one slash."""
    return next((str(name)[1:] for name in names if str(name).count("/") == 1), "")


def _state(text: object) -> EngineState:
    return cast(EngineState, text) if text in get_args(EngineState) else "dead"


def health_in_status(status: str) -> EngineHealth:
    """A list tells health only in its text, as in `Up 3 seconds (health: starting)`."""
    if status.endswith("(healthy)"):
        return "healthy"
    if status.endswith("(unhealthy)"):
        return "unhealthy"
    return "starting" if status.endswith("(health: starting)") else "none"


def inspected(row: Json) -> Inspected:
    state: Json = row.get("State") or {}
    config: Json = row.get("Config") or {}
    health = (state.get("Health") or {}).get("Status")
    return Inspected(
        id=str(row["Id"]),
        name=str(row.get("Name", "")).removeprefix("/"),
        labels=dict(config.get("Labels") or {}),
        state=_state(state.get("Status")),
        health=cast(EngineHealth, health) if health in get_args(EngineHealth) else "none",
        image=str(config.get("Image", "")),
        image_id=str(row.get("Image", "")),
        created_at=moment(row.get("Created")),
        exit_code=int(state.get("ExitCode", 0)),
        oom_killed=bool(state.get("OOMKilled")),
        error=str(state.get("Error", "")),
        started_at=moment(state.get("StartedAt")),
        finished_at=moment(state.get("FinishedAt")),
        pid=int(state.get("Pid", 0)),
        ports=tuple(_ports((row.get("NetworkSettings") or {}).get("Ports") or {})),
        restart_count=int(row.get("RestartCount", 0)),
        address=_own_address(row.get("NetworkSettings") or {}),
    )


def _own_address(network: Json) -> str:
    """On the default network, or on the first of those that have one."""
    networks = (network.get("Networks") or {}).values()
    found = [network.get("IPAddress"), *(one.get("IPAddress") or one.get("GlobalIPv6Address") for one in networks)]
    return next((str(address) for address in found if address), "")


def _ports(published: Json) -> Iterator[PublishedPort]:
    for inside, bindings in published.items():
        number, _, protocol = str(inside).partition("/")
        for binding in bindings or ():
            yield PublishedPort(int(number), protocol, str(binding.get("HostIp", "")), int(binding["HostPort"]))


def image(row: Json) -> ImageFacts:
    """An inspected image, or (without architecture) an entry of the list of images."""
    return ImageFacts(
        id=str(row["Id"]),
        digests=tuple(d for d in row.get("RepoDigests") or () if not d.startswith("<none>")),
        architecture=str(row.get("Architecture", "")),
        os=str(row.get("Os", "")),
        size_bytes=int(row.get("Size", 0)),
        tags=tuple(t for t in row.get("RepoTags") or () if not t.startswith("<none>")),
    )


def resolved(row: Json) -> Resolved:
    known = {
        str(p["architecture"]) for p in row.get("Platforms") or () if p.get("architecture") not in (None, "unknown")
    }
    return Resolved(digest=str(row["Descriptor"]["digest"]), architectures=tuple(sorted(known)))


def event(row: Json) -> EngineEvent | None:
    """None for what is not an event of a container or the daemon."""
    kind = row.get("Type")
    if kind not in ("container", "daemon"):
        return None
    actor: Json = row.get("Actor") or {}
    attributes = dict(actor.get("Attributes") or {})
    code = attributes.get("exitCode")
    nanos = int(row.get("timeNano") or int(row.get("time", 0)) * 1_000_000_000)
    return EngineEvent(
        kind=cast(Any, kind),
        action=str(row.get("Action", "")),
        container_name=str(attributes.get("name", "")),
        labels={key: value for key, value in attributes.items() if key not in NOT_LABELS},
        exit_code=int(code) if code is not None and str(row.get("Action")) == "die" else None,
        at=datetime.fromtimestamp(nanos / 1e9, UTC),
    )
