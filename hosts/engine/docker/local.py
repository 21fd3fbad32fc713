"""What can be read beside an engine on our own machine: cgroup files, /proc, free space.

Far cheaper than asking the engine (0.1 ms against 3 ms of its CPU). An engine in a pid namespace of its own is
found through the process behind its socket. Nothing here raises: what cannot be read is None.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from core.lib.clock import monotonic_s

CGROUP = Path("/sys/fs/cgroup")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Reading:
    """CPU seconds used since the start, memory without what the kernel would give back, and when."""

    cpu_s: float
    memory_bytes: int
    memory_limit_bytes: int
    at_s: float


@dataclass(frozen=True, slots=True)
class CgroupFiles:
    """Where one container's figures stand; `version` 1 or 2."""

    version: int
    cpu: Path
    memory: Path

    def read(self) -> Reading | None:
        """None when the container has ended."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            return self._read_1() if self.version == 1 else self._read_2()
        return None

    def _read_1(self) -> Reading:
        used_s = int((self.cpu / "cpuacct.usage").read_text()) / 1e9
        cold = _table(self.memory / "memory.stat")["total_inactive_file"]
        memory = int((self.memory / "memory.usage_in_bytes").read_text()) - cold
        limit = int((self.memory / "memory.limit_in_bytes").read_text())
        return Reading(used_s, max(0, memory), min(limit, machine_memory_bytes()), monotonic_s())

    def _read_2(self) -> Reading:
        used_s = _table(self.cpu / "cpu.stat")["usage_usec"] / 1e6
        cold = _table(self.memory / "memory.stat")["inactive_file"]
        memory = int((self.memory / "memory.current").read_text()) - cold
        limit = (self.memory / "memory.max").read_text().strip()
        top = machine_memory_bytes()
        return Reading(used_s, max(0, memory), top if limit == "max" else min(int(limit), top), monotonic_s())


def _table(path: Path) -> dict[str, int]:
    rows = (line.split() for line in path.read_text().splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}


def machine_memory_bytes() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def engine_root(socket_path: str) -> Path | None:
    """The engine's own view of the file system, by the process that listens; None when that is not for us to see."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(1.0)
        peer.connect(socket_path)
        pid, _, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        root = Path(f"/proc/{pid}/root")
        if pid > 0 and (root / "proc/self").parent.is_dir():
            return root
    return None


def cgroup_files(root: Path, *, pid: int, container_id: str) -> CgroupFiles | None:
    """By the container's first process, believed only when its cgroup bears the container's id."""
    try:
        text = (root / "proc" / str(pid) / "cgroup").read_text()
    except OSError:
        return None
    paths: dict[str, str] = {}
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        if container_id in path:
            paths.update(dict.fromkeys(controllers.split(","), path.lstrip("/")))
    if "cpuacct" in paths and "memory" in paths:
        return CgroupFiles(1, _mount("cpuacct") / paths["cpuacct"], _mount("memory") / paths["memory"])
    if "" in paths:
        unified = CGROUP / paths[""]
        return CgroupFiles(2, unified, unified)
    return None


def _mount(controller: str) -> Path:
    """Where a v1 controller stands: cpuacct is often mounted together with cpu."""
    return next((p for p in (CGROUP / controller, CGROUP / "cpu,cpuacct") if p.is_dir()), CGROUP / controller)


def machine() -> Reading | None:
    """The whole machine, from /proc: CPU seconds that were not idle, memory that is not available."""
    with contextlib.suppress(OSError, ValueError, KeyError, IndexError):
        ticks = [int(part) for part in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        memory = {
            row.split(":")[0]: int(row.split()[1]) << 10 for row in Path("/proc/meminfo").read_text().splitlines()
        }
        used_s = (sum(ticks) - ticks[3] - ticks[4]) / TICKS_PER_S
        total = memory["MemTotal"]
        return Reading(used_s, total - memory["MemAvailable"], total, monotonic_s())
    return None


def free_bytes(root: Path, path: str) -> int | None:
    with contextlib.suppress(OSError):
        disk = os.statvfs(root / path.lstrip("/"))
        return disk.f_bavail * disk.f_frsize
    return None
