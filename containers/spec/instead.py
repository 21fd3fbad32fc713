"""Answers to mounts and ports written the way Docker and Compose write them: refused, with our form beside.

A bind is recognised in every spelling here only to give a good answer; what keeps binds out is that no field of a
spec can hold one, and policy.py on the compiled body.
"""

import posixpath
import re
from collections.abc import Mapping
from typing import Any, Final

from containers.spec.errors import FieldError, SpecErrors, shown, wrong
from containers.spec.fields import VOLUME_PATTERN
from containers.spec.unknown import BIND_WORDS, SOCKET_WORDS

_SOURCES: Final = ("source", "src", "Source", "host", "host_path", "hostPath", "device")
_OPTIONS: Final = (
    "driver",
    "driver_opts",
    "driver_config",
    "DriverConfig",
    "volume",
    "VolumeOptions",
    "bind",
    "BindOptions",
)


def looks_like_path(source: str) -> bool:
    """Whether Docker would read this mount source as a folder of the host."""
    return source[:1] in {"/", ".", "~", "$"} or "/" in source or "\\" in source


def _bind_words(source: str) -> str:
    if posixpath.basename(source.rstrip("/")).endswith(".sock"):
        return f"mounting {shown(source)} is refused: {SOCKET_WORDS}"
    return f"mounting {shown(source)} is refused: {BIND_WORDS}"


def volume_instead(value: object) -> SpecErrors | None:
    """For an entry of volumes."""
    if isinstance(value, str):
        source, colon, rest = value.partition(":")
        if re.match(r"[A-Za-z]:[\\/]", value):
            source = value
        if looks_like_path(source):
            return wrong(_bind_words(source), code="forbidden")
        name = source if re.fullmatch(VOLUME_PATTERN, source) else "data"
        path = rest.partition(":")[0] if colon else ""
        path = path if re.fullmatch(r"/[A-Za-z0-9_./-]{1,60}", path) else "/data"
        return wrong(f'write a volume as {{"name": "{name}", "path": "{path}"}}, not {shown(value)}')
    if not isinstance(value, Mapping):
        return None
    return mount_instead(value) or _path_as_name(value)


def _path_as_name(value: Mapping[Any, object]) -> SpecErrors | None:
    name = value.get("name")
    if isinstance(name, str) and looks_like_path(name):
        return wrong(_bind_words(name), code="forbidden", at="/name")
    return None


def mount_instead(value: object) -> SpecErrors | None:
    """For an object that describes a mount in Docker's words (type, source, driver options), and for a tmpfs text."""
    if isinstance(value, str):
        return wrong(f'write a tmpfs as {{"path": {shown(value.split(":")[0])}, "size": "64m"}}, not {shown(value)}')
    if not isinstance(value, Mapping):
        return None
    kind = value.get("type", value.get("Type"))
    source = next((value[key] for key in _SOURCES if isinstance(value.get(key), str)), None)
    if kind == "bind" or (isinstance(source, str) and looks_like_path(source)):
        at = "/type" if "type" in value else ""
        return wrong(_bind_words(source if isinstance(source, str) else "a host folder"), code="forbidden", at=at)
    options = next((key for key in _OPTIONS if key in value), None)
    if options:
        words = "volume drivers and their options are refused, because they can show any folder of the host"
        return wrong(f'{words}; write {{"name": "data", "path": "/data"}}', code="forbidden", at=f"/{options}")
    return None


def refuse_mount_lists(data: Mapping[Any, object]) -> list[FieldError]:
    """Every bind inside a list called mounts, which is no field of ours, beside the answer to mounts itself."""
    mounts = data.get("mounts", data.get("Mounts"))
    if not isinstance(mounts, list | tuple):
        return []
    field = "mounts" if "mounts" in data else "Mounts"
    answers = [(index, volume_instead(mount)) for index, mount in enumerate(mounts[:20])]
    return [
        FieldError(f"/{field}/{index}{error.pointer}", error.code, error.message)
        for index, answer in answers
        if answer is not None
        for error in answer.errors
        if error.code == "forbidden"
    ]


def port_instead(value: object) -> SpecErrors | None:
    """For "8080:80" and 80, Docker's short forms."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536 else value
    if not isinstance(text, str):
        return None
    match = re.fullmatch(r"(?:(?:[0-9.]+:)?([0-9]{1,5}):)?([0-9]{1,5})(?:/(tcp|udp))?", text)
    if match is None:
        return wrong(f'write a port as {{"container_port": 80, "host_port": 8080}}, not {shown(value)}')
    host = f', "host_port": {match[1]}' if match[1] else ""
    protocol = ', "protocol": "udp"' if match[3] == "udp" else ""
    return wrong(f'write this port as {{"container_port": {match[2]}{host}{protocol}}}, not {shown(value)}')
