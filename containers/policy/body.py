"""The judgement of one engine body: a table of the keys that may stand in it, each with the check of its value.

The tables at the bottom are the policy. A check yields refusals with pointers below its key.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from containers.policy import values
from containers.policy.mounts import binds, mounts, tmpfs
from containers.policy.project import DEFAULT_CAPABILITIES, ProjectPolicy, Refusal
from containers.spec.errors import shown, step
from containers.spec.unknown import refused_words

Check = Callable[[Any, "Judged"], Iterator[Refusal]]

OUR_LABELS: Final = frozenset({"cluster", "role", "container", "slot", "spec", "project"})
LATER_LABELS: Final = frozenset({"service", "revision"})
ROLES: Final = ("workload", "helper")
NO_NEW_PRIVILEGES: Final = ("no-new-privileges", "no-new-privileges:true")


@dataclass(frozen=True, slots=True)
class Judged:
    """What the checks of single values must know of the whole."""

    policy: ProjectPolicy
    project: str


def refusals(body: Mapping[str, Any], policy: ProjectPolicy) -> list[Refusal]:
    """Everything in the body that the policy does not allow; empty means it may be sent. Never raises."""
    labels = body.get("Labels")
    project = labels.get("orchestra.project") if isinstance(labels, Mapping) else None
    judged = Judged(policy, project if isinstance(project, str) else "")
    return list(_keys(body, judged, table=BODY, required=("Image", "Labels", "HostConfig")))


def _keys(
    data: Mapping[Any, Any], judged: Judged, *, table: Mapping[str, Check], required: tuple[str, ...]
) -> Iterator[Refusal]:
    for key, value in data.items():
        check = table.get(key) if isinstance(key, str) else None
        pointer = step(key if isinstance(key, str) else shown(key))
        if check is None:
            yield Refusal(
                pointer, refused_words(key) or f"{shown(key)} is not a field that Orchestra sends; leave it out"
            )
            continue
        for refusal in check(value, judged):
            yield Refusal(pointer + refusal.pointer, refusal.message)
    for key in required:
        if key not in data:
            yield Refusal(step(key), f"{key} must always be set")


def _host_config(value: Any, judged: Judged) -> Iterator[Refusal]:
    if not isinstance(value, Mapping):
        yield Refusal("", "HostConfig must be an object")
        return
    yield from _keys(value, judged, table=HOST, required=ALWAYS)
    yield from values.limits_fit(value)


def _labels(value: Any, judged: Judged) -> Iterator[Refusal]:
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for pair in value.items() for text in pair):
        yield Refusal("", "labels must be an object of strings")
        return
    for key in value:
        prefix, dot, name = key.partition(".")
        ours = prefix == "orchestra" and name in OUR_LABELS | LATER_LABELS
        if dot and prefix.strip().lower() == "orchestra" and not ours:
            yield Refusal(step(key), "labels under orchestra. belong to Orchestra; choose another name")
    for name in sorted(OUR_LABELS):
        if not value.get(f"orchestra.{name}"):
            yield Refusal(step(f"orchestra.{name}"), f"the label orchestra.{name} must always be set")
    if value.get("orchestra.role") not in ROLES:
        yield Refusal("/orchestra.role", f"the role must be one of {', '.join(ROLES)}")


def _privileged(value: Any, judged: Judged) -> Iterator[Refusal]:
    if value is not False and not (value is True and judged.policy.allow_privileged):
        yield Refusal("", refused_words("Privileged") or "")


def _network(value: Any, judged: Judged) -> Iterator[Refusal]:
    own = f"orc-{judged.project}"
    if value in ("default", "bridge") or (isinstance(value, str) and (value == own or value.startswith(f"{own}."))):
        return
    if value != "host" or not judged.policy.allow_host_network:
        yield Refusal("", refused_words("NetworkMode") or "")


def _security_opt(value: Any, judged: Judged) -> Iterator[Refusal]:
    if not isinstance(value, list) or not any(option in NO_NEW_PRIVILEGES for option in value):
        yield Refusal("", "no-new-privileges must always be set")
        return
    for index, option in enumerate(value):
        if option not in NO_NEW_PRIVILEGES:
            yield Refusal(step(index), refused_words("SecurityOpt") or "")


def _cap_add(value: Any, judged: Judged) -> Iterator[Refusal]:
    allowed = DEFAULT_CAPABILITIES | set(judged.policy.extra_capabilities)
    if not isinstance(value, list):
        yield Refusal("", "CapAdd must be a list")
        return
    for index, name in enumerate(value):
        if not isinstance(name, str) or name.upper().removeprefix("CAP_") not in allowed:
            words = f"the capability {shown(name)} is refused; allowed are {', '.join(sorted(allowed))}"
            yield Refusal(step(index), words)


def _binds(value: Any, judged: Judged) -> Iterator[Refusal]:
    return binds(value, prefixes=judged.policy.allowed_bind_prefixes)


def _mounts(value: Any, judged: Judged) -> Iterator[Refusal]:
    return mounts(value, prefixes=judged.policy.allowed_bind_prefixes, project=judged.project)


def _plain(check: Callable[[Any], Iterator[Refusal]]) -> Check:
    return lambda value, judged: check(value)


HOST: Final[Mapping[str, Check]] = {
    "RestartPolicy": _plain(values.exactly({"Name": "no"}, "the engine must not restart anything: Orchestra does")),
    "PidsLimit": _plain(values.number(1, 65536)),
    "LogConfig": _plain(values.log_config),
    "SecurityOpt": _security_opt,
    "Init": _plain(values.boolean),
    "ReadonlyRootfs": _plain(values.boolean),
    "Memory": _plain(values.number(1, 2**60)),
    "MemorySwap": _plain(values.number(1, 2**60)),
    "MemoryReservation": _plain(values.number(1, 2**60)),
    "CpuShares": _plain(values.number(2, 262_144)),
    "CpuPeriod": _plain(values.number(1_000, 1_000_000)),
    "CpuQuota": _plain(values.number(1_000, 2**40)),
    "PortBindings": _plain(values.port_bindings),
    "Mounts": _mounts,
    "Binds": _binds,
    "Tmpfs": _plain(tmpfs),
    "NetworkMode": _network,
    "Privileged": _privileged,
    "CapAdd": _cap_add,
    "CapDrop": _plain(values.strings),
    "DeviceRequests": _plain(values.device_requests),
}
ALWAYS: Final = ("RestartPolicy", "PidsLimit", "LogConfig", "SecurityOpt")

BODY: Final[Mapping[str, Check]] = {
    "Image": _plain(values.filled),
    "Cmd": _plain(values.strings),
    "Entrypoint": _plain(values.strings),
    "Env": _plain(values.strings),
    "Labels": _labels,
    "ExposedPorts": _plain(values.exposed_ports),
    "Healthcheck": _plain(values.health_check),
    "StopSignal": _plain(values.filled),
    "StopTimeout": _plain(values.number(0, 86_400)),
    "User": _plain(values.filled),
    "WorkingDir": _plain(values.filled),
    "HostConfig": _host_config,
}
