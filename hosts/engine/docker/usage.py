"""Use of containers and host: two readings, one difference.

From cgroup files when the engine is on this machine, else from the engine's one-shot statistics, asked in parallel
(each waits for the engine's own tick of a second). Before: engine.stats. After: the agent writes samples.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.lib.clock import monotonic_s
from hosts.engine.docker import local
from hosts.engine.docker.client import Ask, EngineClient
from hosts.engine.docker.local import CgroupFiles, Reading
from hosts.engine.docker.read import moment
from hosts.engine.errors import NO_ANSWER, EngineError, NotFound
from hosts.engine.types import Inspected, Sample

log = logging.getLogger(__name__)

AT_ONCE = 32
FORGET_S = 600.0
SHORTEST_S = 0.01  # readings closer together say nothing


@dataclass(frozen=True, slots=True)
class _Known:
    """A container met before: its id, and its files when it is on this machine."""

    id: str
    files: CgroupFiles | None


class Meter:
    def __init__(
        self, client: EngineClient, inspect: Callable[[str], Inspected], root: Callable[[], Path | None]
    ) -> None:
        self._client = client
        self._inspect = inspect
        self._root = root
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}
        self._before: dict[str | None, tuple[Reading, float]] = {}  # and when we read it, by our clock

    def containers(self, names: Sequence[str]) -> tuple[Sample, ...]:
        """Those that run and were read before. One container's trouble is not the others'; a silent engine raises."""
        near = self._root() is not None
        readings = {name: read for name in names if near and (read := self._read_known(name))}
        if rest := [name for name in names if name not in readings]:
            readings |= self._read_at_once(rest)
        found = [self._sample(name, *readings[name]) for name in names if name in readings]
        self._forget()
        return tuple(sample for sample in found if sample is not None)

    def _read_known(self, name: str) -> tuple[str, Reading] | None:
        """From files that were read before: that is no more work than to hand it to a thread."""
        known = self._known.get(name)
        reading = known.files.read() if known and known.files else None
        return None if known is None or reading is None else (known.id, reading)

    def _read_at_once(self, names: Sequence[str]) -> dict[str, tuple[str, Reading]]:
        """Those of which the engine must be asked."""
        threads = ThreadPoolExecutor(min(AT_ONCE, len(names)), thread_name_prefix="engine-stats")
        try:
            readings = list(threads.map(self._read, names))
        finally:
            threads.shutdown(cancel_futures=True)  # one deadline is enough: the rest are not asked any more
        return {name: read for name, read in zip(names, readings, strict=True) if read}

    def host(self) -> Sample | None:
        reading = local.machine() if self._root() is not None else None
        return None if reading is None else self._sample(None, None, reading)

    def _read(self, name: str) -> tuple[str, Reading] | None:
        try:
            return self._read_files(name) or self._ask(name)
        except NotFound:
            self._known.pop(name, None)
            return None
        except NO_ANSWER:
            raise
        except EngineError as error:
            log.info("no figures of %s this time: %s", name, error)
            return None

    def _read_files(self, name: str) -> tuple[str, Reading] | None:
        root = self._root()
        if root is None:
            return None
        known = self._known.get(name)
        reading = known.files.read() if known and known.files else None
        if reading is None:  # new, started again, or ended
            now = self._inspect(name)
            known = _Known(now.id, local.cgroup_files(root, pid=now.pid, container_id=now.id) if now.pid else None)
            self._known[name] = known
            reading = known.files.read() if known.files else None
        return None if known is None or reading is None else (known.id, reading)

    def _ask(self, name: str) -> tuple[str, Reading] | None:
        known = self._known.get(name)
        if known is not None and known.files is not None:
            return None  # it has files, and they are gone: it does not run
        ask = Ask(path=f"/containers/{name}/stats", params={"stream": 0, "one-shot": 1}, slot=False)
        return api_reading(self._client.json(ask))

    def _sample(self, name: str | None, container_id: str | None, reading: Reading) -> Sample | None:
        with self._lock:
            before, _ = self._before.get(container_id, (None, 0.0))
            self._before[container_id] = (reading, monotonic_s())
        if before is None or reading.at_s - before.at_s < SHORTEST_S or reading.cpu_s < before.cpu_s:
            return None
        used = (reading.cpu_s - before.cpu_s) / (reading.at_s - before.at_s)
        return Sample(
            container_id=container_id,
            cpu_millis=round(used * 1000),
            memory_bytes=reading.memory_bytes,
            memory_limit_bytes=reading.memory_limit_bytes,
            at_monotonic=monotonic_s(),
            name=name,
        )

    def _forget(self) -> None:
        """What nobody has asked for in ten minutes, so that neither table grows with the containers of a year."""
        with self._lock:
            oldest_s = monotonic_s() - FORGET_S
            self._before = {key: kept for key, kept in self._before.items() if kept[1] > oldest_s}
            alive = set(self._before)
            self._known = {name: known for name, known in self._known.items() if known.id in alive}


def api_reading(stats: dict[str, Any]) -> tuple[str, Reading] | None:
    """None for a container that does not run: the engine answers with a time of year 1 and no memory."""
    at = moment(stats.get("read"))
    memory = stats.get("memory_stats") or {}
    if at is None or "usage" not in memory:
        return None
    detail = memory.get("stats") or {}
    cold = int(detail.get("total_inactive_file", detail.get("inactive_file", 0)))
    cpu_s = int(stats["cpu_stats"]["cpu_usage"]["total_usage"]) / 1e9
    used = max(0, int(memory["usage"]) - cold)
    return str(stats.get("id", "")), Reading(cpu_s, used, int(memory.get("limit", 0)), at.timestamp())
