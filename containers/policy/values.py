"""Checks of single values of an engine body: shapes and bounds that no project's policy changes."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from containers.policy.project import Refusal
from containers.spec.errors import shown, step
from hosts.devices import DEVICE_PATTERN

_LOG_DRIVERS: Final = ("json-file", "local")
_LOG_OPTIONS: Final = {"max-size": r"[1-9][0-9]{0,3}[km]", "max-file": r"[1-9][0-9]?"}
_PORT: Final = re.compile(r"[0-9]{1,5}/(?:tcp|udp)")
_DEVICE: Final = re.compile(DEVICE_PATTERN)
_HEALTH_KEYS: Final = frozenset({"Test", "Interval", "Timeout", "Retries", "StartPeriod"})


def number(low: int, high: int) -> Callable[[Any], Iterator[Refusal]]:
    """A whole number in a range: 0 and -1 mean "no limit" to the engine."""

    def check(value: Any) -> Iterator[Refusal]:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            yield Refusal("", f"must be a whole number from {low} to {high}, not {shown(value)}")

    return check


def exactly(wanted: object, words: str) -> Callable[[Any], Iterator[Refusal]]:
    """One value and no other."""

    def check(value: Any) -> Iterator[Refusal]:
        if value != wanted:
            yield Refusal("", f"{words}; leave it as it is")

    return check


def boolean(value: Any) -> Iterator[Refusal]:
    """Neither a text nor a number that looks like true or false."""
    if not isinstance(value, bool):
        yield Refusal("", f"must be true or false, not {shown(value)}")


def filled(value: Any) -> Iterator[Refusal]:
    """A string that is not empty."""
    if not isinstance(value, str) or not value:
        yield Refusal("", f"must be a filled string, not {shown(value)}")


def strings(value: Any) -> Iterator[Refusal]:
    """A list of strings."""
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        yield Refusal("", "must be a list of strings")


def log_config(value: Any) -> Iterator[Refusal]:
    """A driver that writes to the engine's own folder, with a bounded size: others send logs elsewhere."""
    options = value.get("Config") if isinstance(value, Mapping) else None
    if not isinstance(options, Mapping) or set(value) != {"Type", "Config"} or value["Type"] not in _LOG_DRIVERS:
        yield Refusal("", f"the log driver must be one of {', '.join(_LOG_DRIVERS)}, with a size")
        return
    for name, pattern in _LOG_OPTIONS.items():
        if not isinstance(options.get(name), str) or not re.fullmatch(pattern, options[name]):
            yield Refusal(f"/Config/{name}", f"{name} must be set, and bounded")
    for name in options:
        if name not in _LOG_OPTIONS:
            yield Refusal("/Config" + step(name), f"the log option {shown(name)} is refused; leave it out")


def limits_fit(host_config: Mapping[Any, Any]) -> Iterator[Refusal]:
    """What holds between limits: swap equal to memory (no swap), and a quota only with its period."""
    if host_config.get("MemorySwap") != host_config.get("Memory"):
        yield Refusal("/MemorySwap", "must be set together with Memory, and equal to it, so that nothing is swapped")
    if ("CpuQuota" in host_config) != ("CpuPeriod" in host_config):
        yield Refusal("/CpuQuota", "CpuQuota and CpuPeriod are set together")


def exposed_ports(value: Any) -> Iterator[Refusal]:
    """{"80/tcp": {}}."""
    if not isinstance(value, Mapping):
        yield Refusal("", "must be an object of ports")
        return
    for name, content in value.items():
        if not isinstance(name, str) or not _PORT.fullmatch(name) or content != {}:
            yield Refusal(step(name), 'a port is written as "80/tcp": {}')


def port_bindings(value: Any) -> Iterator[Refusal]:
    """Each binding names its host port: ports that the engine chooses change on restart and collide unseen."""
    if not isinstance(value, Mapping):
        yield Refusal("", "must be an object of ports")
        return
    for name, bindings in value.items():
        good = isinstance(name, str) and _PORT.fullmatch(name) and isinstance(bindings, list) and bindings
        if not good or not all(_binding(binding) for binding in bindings):
            yield Refusal(step(name), 'a port is bound as [{"HostIp": "...", "HostPort": "8080"}]')


def _binding(value: Any) -> bool:
    if not isinstance(value, Mapping) or set(value) != {"HostIp", "HostPort"} or not isinstance(value["HostIp"], str):
        return False
    port = value["HostPort"]
    return isinstance(port, str) and re.fullmatch(r"[0-9]{1,5}", port) is not None and 1 <= int(port) <= 65535


def device_requests(value: Any) -> Iterator[Refusal]:
    """Certain GPUs by their names and nothing else: no count (the engine would choose), no driver, no options."""
    request = value[0] if isinstance(value, list) and len(value) == 1 else None
    if not isinstance(request, Mapping) or set(request) != {"DeviceIDs", "Capabilities"}:
        yield Refusal("", 'devices are asked for as one [{"DeviceIDs": [...], "Capabilities": [["gpu"]]}]')
        return
    if request["Capabilities"] != [["gpu"]]:
        yield Refusal("/0/Capabilities", 'no devices but GPUs are given out: [["gpu"]]')
    names = request["DeviceIDs"]
    if not isinstance(names, list) or not names or not all(isinstance(one, str) for one in names):
        yield Refusal("/0/DeviceIDs", "the devices must be named, each by its own name")
        return
    for index, name in enumerate(names):
        if name == "all" or not _DEVICE.fullmatch(name) or name in names[:index]:
            yield Refusal(f"/0/DeviceIDs/{index}", f"{shown(name)} is not the name of one device")


def health_check(value: Any) -> Iterator[Refusal]:
    """Keys by allow-list; what it runs is the project's own affair, inside its container."""
    if not isinstance(value, Mapping) or not set(value) <= _HEALTH_KEYS:
        yield Refusal("", f"must be an object of {', '.join(sorted(_HEALTH_KEYS))}")
