"""Paths as a policy must read them: spelt one way, and never a way to an engine's socket."""

import posixpath
from collections.abc import Iterable
from typing import Final

SOCKET_NAMES: Final = frozenset(
    {"docker.sock", "containerd.sock", "containerd.sock.ttrpc", "podman.sock", "crio.sock", "dockershim.sock"}
)
SOCKETS: Final = ("/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock")


def normal(path: str) -> str | None:
    """One spelling (no double or trailing slashes); None when it is relative or has '.' or '..' parts.

    '..' is refused and not resolved, because what it means depends on links that only the host knows.
    """
    parts = [part for part in path.split("/") if part]
    if not path.startswith("/") or "\0" in path or any(part in {".", ".."} for part in parts):
        return None
    return "/" + "/".join(parts)


def socket_named(path: str) -> bool:
    """Whether the last part of a path, in any spelling, is the name of an engine's socket."""
    return posixpath.basename(path.rstrip("/.")) in SOCKET_NAMES


def reaches_engine(path: str) -> bool:
    """Whether a normal path is an engine's socket, or a folder in which one lies."""
    if socket_named(path):
        return True
    real = "/run" + path.removeprefix("/var/run") if f"{path}/".startswith("/var/run/") else path
    return real == "/var" or any(below(socket, real) for socket in SOCKETS)


def below(path: str, folder: str) -> bool:
    """Whether a normal path is a folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def allowed(path: str, prefixes: Iterable[str]) -> bool:
    """Whether a normal path lies below one of the prefixes."""
    return any(below(path, prefix) for prefix in prefixes)
