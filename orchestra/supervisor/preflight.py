"""What must be true before `up` starts anything: it is the only one here, it may write, its port is free."""

import errno
import fcntl
import json
import os
import socket
from pathlib import Path
from typing import IO, Any

from orchestra.supervisor.refusal import Refusal

BACKLOG = 512


class Seat:
    """The place of the one `up` of a var directory. Held by a lock that the kernel drops when the process ends."""

    def __init__(self, var: Path) -> None:
        self._file = var / "up.lock"
        self._held: IO[str] | None = None

    def take(self) -> None:
        """Take the seat, or raise a Refusal that says who sits there."""
        try:
            self._file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            held = self._file.open("a+")
        except OSError as error:
            raise Refusal(
                f"{self._file.parent} cannot be written: {error.strerror}.",
                way_out="own that folder, or choose another one with ORCHESTRA_VAR",
            ) from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.close()
            about = self.holder()
            raise Refusal(
                f"Orchestra already runs from {self._file.parent}: {about.get('url', 'it is just starting')} "
                f"(pid {about.get('pid', 'unknown')}).",
                way_out="use that one; or stop it with Ctrl-C there; or start another with ORCHESTRA_VAR and a PORT",
            ) from None
        self._held = held
        self.tell(url="")

    def tell(self, *, url: str) -> None:
        """Leave word for those who come after us."""
        assert self._held is not None
        self._held.seek(0)
        self._held.truncate()
        json.dump({"pid": os.getpid()} | ({"url": url} if url else {}), self._held)
        self._held.flush()

    def holder(self) -> dict[str, Any]:
        """What the one who sits here has told; empty when nobody does."""
        try:
            with self._file.open() as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return dict(json.loads(file.read() or "{}"))
        except (FileNotFoundError, ValueError):
            return {}
        return {}


def listen(host: str, port: int) -> socket.socket:
    """The socket that web processes inherit: bound here, it outlives each of them and no request is refused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise _cannot_listen(host, port, error) from error
    listener.set_inheritable(True)
    return listener


def _cannot_listen(host: str, port: int, error: OSError) -> Refusal:
    other_port = f"another port: `make up PORT={port + 1 if 1024 <= port < 65535 else 8000}`"
    match error.errno:
        case errno.EADDRINUSE:
            return Refusal(
                f"Port {port} of {host} is taken{_by_whom(port)}.", way_out=f"stop what listens there, or {other_port}"
            )
        case errno.EACCES:
            return Refusal(f"This user may not listen on port {port}.", way_out=f"run it as root, or {other_port}")
        case errno.EADDRNOTAVAIL:
            return Refusal(f"{host} is no address of this machine.", way_out="another address: `make up HOST=0.0.0.0`")
    return Refusal(f"Cannot listen on {host} port {port}: {error.strerror}.", way_out=other_port)


def _by_whom(port: int) -> str:
    """The program that listens there, where we may see it."""
    wanted = _listening_inodes(port)
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if any(os.fspath(fd.readlink()) in wanted for fd in (entry / "fd").iterdir()):
                return f" by {(entry / 'comm').read_text().strip()} (pid {entry.name})"
        except OSError:
            continue
    return ""


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found
