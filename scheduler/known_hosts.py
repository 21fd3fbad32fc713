"""The hosts as placement reads them, kept between passes: read once, then only what has changed since.

A pass asks of each host what it is and what room it has; of a thousand hosts few change between two passes. Changed is
what a transaction wrote that was not over at the last look. Before: snapshot.read, in its transaction. After: fleet.py
makes columns of it. A full read on the timer heals whatever was missed.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from core.lib.clock import monotonic_s
from hosts.states import FLAPPING, Reachable, Responsive
from hosts.taints import Taint, parse_taint
from scheduler.placement.ports import listen_address
from scheduler.placement.types import Ints
from scheduler.reading import Question, as_json, query

EVERYTHING_EVERY_S = 300.0
RECKONED_MAX = 10_000
BLOCKING_CONDITIONS = ("marker", "disk", "keys", FLAPPING)
BLOCKED = " OR ".join(f"h.conditions #>> '{{{name},status}}' = 'bad'" for name in BLOCKING_CONDITIONS)
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"}
BLOCKED_WORDS = {FLAPPING: "it was lost several times lately and must be steady first"}
UNREADY_WORDS = {
    Reachable.UNKNOWN: "its engine has not answered yet",
    Reachable.SUSPECT: "its engine does not answer",
    Reachable.REFUSED: "its engine is down",
    Reachable.LOST: "it is lost",
}

_NOW = (
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, (SELECT count(*) FROM hosts_hostbooking),"
    " ARRAY(SELECT id FROM hosts_process WHERE NOT retired)"
)
_HOSTS = (
    "SELECT h.id, h.version, o.agent, b.cpu_millis_allocatable, b.cpu_millis_reserved, b.memory_bytes_allocatable,"
    " b.memory_bytes_reserved, b.resources_allocatable, b.resources_reserved, h.name, h.availability, h.reachable,"
    f" h.responsive, CASE WHEN {BLOCKED} THEN h.conditions ELSE '{{}}' END, h.labels, h.architecture, h.data_address,"
    " h.taints, h.projects, h.gpu_sharing"
    " FROM hosts_host h JOIN hosts_hostbooking b ON b.host_id = h.id LEFT JOIN hosts_hosthold o ON o.host_id = h.id"
)
# Bookings and holds bear no mark of their own but that of the transaction which wrote them: its number, without epoch.
_OLD = "(SELECT age(((%(since)s::bigint %% 4294967296)::text)::xid))"
_CHANGED = (
    " WHERE h.id IN (SELECT id FROM hosts_host WHERE changed_xid >= %(since)s"
    f" UNION ALL SELECT host_id FROM hosts_hostbooking WHERE age(xmin) <= {_OLD}"
    f" UNION ALL SELECT host_id FROM hosts_hosthold WHERE age(xmin) <= {_OLD})"
)


class Steady(NamedTuple):
    """What of a host changes seldom, as placement wants it. `before`, `after`: why it takes nothing, said before and
    after the question who speaks for it."""

    version: int
    name: str
    availability: str
    before: str
    after: str
    labels: Mapping[str, str]
    architecture: str
    data_address: str
    taints: tuple[Taint, ...]
    projects: str
    gpu_sharing: bool


class Booked(NamedTuple):
    """What of a host changes often. The resources are JSON."""

    agent: UUID | None
    cpu_allocatable: int
    cpu_reserved: int
    memory_allocatable: int
    memory_reserved: int
    resources_allocatable: str
    resources_reserved: str


class Columns:
    """What is steady of all hosts, and what was reckoned from it: good as long as no host's row changes."""

    def __init__(self, hosts: Sequence[Steady] = ()) -> None:
        self.names = tuple(one.name for one in hosts)
        self.availability = tuple(one.availability for one in hosts)
        self.before, self.after = tuple(one.before for one in hosts), tuple(one.after for one in hosts)
        self.words = tuple(one.before or one.after for one in hosts)
        self.labels = tuple(one.labels for one in hosts)
        self.architectures = tuple(one.architecture for one in hosts)
        self.data_addresses = tuple(one.data_address for one in hosts)
        self.taints = tuple(one.taints for one in hosts) if any(one.taints for one in hosts) else ()
        self.projects = [one.projects for one in hosts]
        self.gpu_sharing = [one.gpu_sharing for one in hosts]
        self.reckoned: dict[object, Any] = {}


class KnownHosts:
    """All hosts in the order of their names, as of the last `look`; for one thread."""

    def __init__(self) -> None:
        self._since: int | None = None
        self._everything_at_s = 0.0
        self._live: frozenset[UUID] = frozenset()
        self._forget()

    def _forget(self) -> None:
        self._steady: dict[int, Steady] = {}
        self._booked: dict[int, Booked] = {}
        self.ids: list[int] = []
        self.columns = Columns()

    def asks(self) -> list[Question]:
        """What the next look will most likely ask."""
        return [(_NOW, ()), *([] if self._since is None else [(_HOSTS + _CHANGED, {"since": self._since})])]

    def look(self) -> None:
        """What has changed since the last look, or everything when that is long ago or somebody is gone."""
        ((xmin, count, live),) = query(_NOW)
        since, self._since = self._since, None  # after a look that fails half-way the next one begins anew
        if since is None or monotonic_s() >= self._everything_at_s:
            self._read_all()
        else:
            self._take(query(_HOSTS + _CHANGED, {"since": since}))
            if len(self._booked) != count:  # one that is gone leaves no mark
                self._read_all()
        self._live, self._since = frozenset(live), xmin

    def _read_all(self) -> None:
        self._forget()
        self._everything_at_s = monotonic_s() + EVERYTHING_EVERY_S
        self._take(query(_HOSTS))

    def _take(self, rows: Sequence[tuple[Any, ...]]) -> None:
        is_other = False
        for host, version, *row in rows:
            self._booked[host] = Booked(*row[:7])
            before = self._steady.get(host)
            if before is None or before.version != version:
                self._steady[host], is_other = _steady(version, *row[7:]), True
        if is_other:
            self.ids = sorted(self._steady, key=lambda host: self._steady[host].name)
            self.columns = Columns([self._steady[host] for host in self.ids])
        elif len(self.columns.reckoned) > RECKONED_MAX:
            self.columns.reckoned = {}

    def booked(self) -> list[Booked]:
        return [self._booked[host] for host in self.ids]

    def words(self, booked: Sequence[Booked]) -> tuple[str, ...]:
        """Why each takes nothing at the moment, "" when it does. Project members read it: no words of the engine."""
        if all(one.memory_allocatable and one.agent in self._live for one in booked):
            return self.columns.words
        spoken_for = (one.agent in self._live for one in booked)
        memories = (one.memory_allocatable for one in booked)
        return tuple(map(_word, self.columns.before, self.columns.after, spoken_for, memories))


def numbers(column: Sequence[int]) -> Ints:
    return np.array(column, dtype=np.int64)


def _word(before: str, after: str, is_spoken_for: object, memory_allocatable: int) -> str:
    if before:
        return before
    if not is_spoken_for:
        return "no agent speaks for it"
    return after or ("" if memory_allocatable else "its capacity is not known yet")


def _steady(version: int, name: str, availability: str, *row: Any) -> Steady:
    reachable, responsive, conditions, labels, architecture, address, taints, projects, gpu_sharing = row
    return Steady(
        version=version,
        name=name,
        availability=availability,
        before="" if reachable == Reachable.OK else UNREADY_WORDS[Reachable(reachable)],
        after=_unready(responsive, conditions),
        labels=as_json(labels),
        architecture=ARCHITECTURES.get(architecture, architecture),
        data_address=listen_address(address),
        taints=_taints(taints),
        projects=projects,
        gpu_sharing=gpu_sharing,
    )


def _unready(responsive: str, conditions: str) -> str:
    seen = as_json(conditions)
    for name in BLOCKING_CONDITIONS:
        if seen.get(name, {}).get("status") == "bad":
            return BLOCKED_WORDS.get(name, f"its condition {name} is bad, ask an admin")
    return "its engine is slow to answer" if responsive == Responsive.SLOW else ""


@lru_cache(maxsize=4096)
def _taints(text: str) -> tuple[Taint, ...]:
    return tuple(taint for one in as_json(text) if (taint := parse_taint(one)) is not None)
