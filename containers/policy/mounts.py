"""What may be mounted: the project's own named volumes, memory, and folders of the host that an admin granted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from containers.policy.paths import allowed, normal, reaches_engine, socket_named
from containers.policy.project import Refusal
from containers.spec.errors import shown, step
from containers.spec.unknown import BIND_WORDS, SOCKET_WORDS

_MOUNT_KEYS: Final = frozenset({"Type", "Source", "Target", "ReadOnly"})
_TMPFS_OPTION: Final = re.compile(r"rw|ro|nosuid|nodev|noexec|size=[1-9][0-9]{0,15}|mode=0?[0-7]{3,4}")


def mounts(value: Any, *, prefixes: Sequence[str], project: str) -> Iterator[Refusal]:
    """HostConfig.Mounts: volumes named for the project (no driver options), and granted binds."""
    if not isinstance(value, list):
        yield Refusal("", "must be a list of mounts")
        return
    for index, mount in enumerate(value):
        for refusal in _mount(mount, prefixes=prefixes, project=project):
            yield Refusal(step(index) + refusal.pointer, refusal.message)


def _mount(mount: Any, *, prefixes: Sequence[str], project: str) -> Iterator[Refusal]:
    if not isinstance(mount, Mapping):
        yield Refusal("", "a mount is an object")
        return
    for key in mount:
        if key not in _MOUNT_KEYS:
            words = "driver options can show any folder of the host; only Type, Source, Target and ReadOnly are sent"
            yield Refusal(step(key), f"{shown(key)} is refused: {words}")
    source, target = mount.get("Source"), mount.get("Target")
    if not isinstance(target, str) or normal(target) in {None, "/"}:
        yield Refusal("/Target", f"must be an absolute path below /, not {shown(target)}")
    if not isinstance(mount.get("ReadOnly", False), bool):
        yield Refusal("/ReadOnly", "must be true or false")
    if mount.get("Type") == "bind":
        yield from _bind(source, prefixes=prefixes, at="/Source")
    elif mount.get("Type") != "volume":
        yield Refusal("/Type", f"mounts of type {shown(mount.get('Type'))} are refused; use a named volume")
    elif not _own_volume(source, project):
        words = f"a volume is named for its project, orc-{shown(project)[1:-1]}.<name>"
        yield Refusal("/Source", f"{shown(source)} is refused: {words}")


def _own_volume(source: Any, project: str) -> bool:
    pattern = rf"orc-{re.escape(project)}\.[a-z0-9][a-z0-9_.-]{{0,62}}"
    return isinstance(source, str) and bool(project) and "." not in project and bool(re.fullmatch(pattern, source))


def _bind(source: Any, *, prefixes: Sequence[str], at: str) -> Iterator[Refusal]:
    path = normal(source) if isinstance(source, str) else None
    if isinstance(source, str) and (socket_named(source) or (path is not None and reaches_engine(path))):
        yield Refusal(at, f"mounting {shown(source)} is refused: {SOCKET_WORDS}")
    elif path is None or not allowed(path, prefixes):
        granted = f"; this project may mount what lies below {', '.join(prefixes)}" if prefixes else ""
        yield Refusal(at, f"mounting {shown(source)} is refused: {BIND_WORDS}{granted}")


def binds(value: Any, *, prefixes: Sequence[str]) -> Iterator[Refusal]:
    """HostConfig.Binds: "source:target[:ro]", granted folders only; volumes go through Mounts."""
    if not isinstance(value, list):
        yield Refusal("", "must be a list of binds")
        return
    for index, entry in enumerate(value):
        source, _, rest = entry.partition(":") if isinstance(entry, str) else ("", "", "")
        target, _, options = rest.partition(":")
        if normal(target) in {None, "/"} or options not in {"", "ro", "rw"}:
            yield Refusal(step(index), f'{shown(entry)} is refused: a bind is "source:target" or "source:target:ro"')
        yield from _bind(source, prefixes=prefixes, at=step(index))


def tmpfs(value: Any) -> Iterator[Refusal]:
    """HostConfig.Tmpfs: paths and options of memory file systems, with a size."""
    if not isinstance(value, Mapping):
        yield Refusal("", "must be an object of paths")
        return
    for path, options in value.items():
        if not isinstance(path, str) or normal(path) in {None, "/"}:
            yield Refusal(step(path), "must be an absolute path below /")
        elif not isinstance(options, str) or "size=" not in options or not _all_known(options):
            yield Refusal(step(path), "a tmpfs has a size, and no options but rw, ro, nosuid, nodev, noexec and mode")


def _all_known(options: str) -> bool:
    return all(_TMPFS_OPTION.fullmatch(option) for option in options.split(","))
