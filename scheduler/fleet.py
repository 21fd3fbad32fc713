"""Host rows -> the columns placement reads; ports, volumes and images only where a waiting shape needs them.

Before: snapshot.read, inside its transaction. After: placement.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from django.conf import settings

from containers.reasons import Reason
from containers.states import Status
from hosts.queries import usage_of
from hosts.states import FLAPPING, Reachable, Responsive
from hosts.taints import Taint, parse_taint
from scheduler.company import read_counts
from scheduler.gpus import park_of, read_gpus
from scheduler.placement import Fleet, Shape
from scheduler.placement.fleet import OF_HOSTS, Countable, PortTable
from scheduler.placement.ports import listen_address
from scheduler.placement.types import Volume
from scheduler.reading import as_json, query

PORT_BARRED_S = 600
RECKONED_MAX = 10_000
NOBODY = -1  # no project has this id
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


class Steady(NamedTuple):
    """What of a host's row changes seldom, as placement wants it. `before`, `after`: why it takes nothing, said before
    and after the question who speaks for it."""

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


_CHANGING = (
    "SELECT h.id, h.version, p.id IS NOT NULL, b.cpu_millis_allocatable, b.cpu_millis_reserved,"
    " b.memory_bytes_allocatable, b.memory_bytes_reserved, b.resources_allocatable, b.resources_reserved"
    " FROM hosts_host h JOIN hosts_hostbooking b ON b.host_id = h.id"
    " LEFT JOIN hosts_hosthold o ON o.host_id = h.id"
    " LEFT JOIN hosts_process p ON p.id = o.agent AND NOT p.retired"
    ' ORDER BY h.name COLLATE "C"'
)
_SELDOM = (
    "SELECT h.id, h.version, h.name, h.availability, h.reachable, h.responsive,"
    f" CASE WHEN {BLOCKED} THEN h.conditions ELSE '{{}}' END, h.labels, h.architecture, h.data_address, h.taints,"
    " h.projects, h.gpu_sharing FROM hosts_host h WHERE h.id = ANY(%s)"
)


class Columns:
    """The same of all hosts, and what was reckoned from it: good as long as no host's row changes."""

    def __init__(self, hosts: Sequence[Steady]) -> None:
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
    """What is known of hosts from earlier passes, by the versions of their rows; for one thread.

    Every change of a host's row gives it another version, which a trigger sees to.
    """

    def __init__(self) -> None:
        self._of: dict[int, Steady] = {}
        self._seen: tuple[tuple[int, int], ...] | None = None
        self._columns = Columns(())

    def columns(self, rows: Sequence[tuple[Any, ...]]) -> Columns:
        """Of these hosts (id, version, ...), in this order; those that have changed are read."""
        seen = tuple([(row[0], row[1]) for row in rows])
        if seen != self._seen:
            changed = [host for host, version in seen if (it := self._of.get(host)) is None or it.version != version]
            read = {row[0]: _steady(row) for row in query(_SELDOM, [changed])} if changed else {}
            self._of = {host: read.get(host) or self._of[host] for host, _ in seen}
            self._columns, self._seen = Columns(list(self._of.values())), seen
        if len(self._columns.reckoned) > RECKONED_MAX:
            self._columns.reckoned = {}
        return self._columns


def _steady(row: tuple[Any, ...]) -> Steady:
    _, version, name, availability, reachable, responsive, conditions, labels, architecture, address, *rest = row
    return Steady(
        version=version,
        name=name,
        availability=availability,
        before="" if reachable == Reachable.OK else UNREADY_WORDS[Reachable(reachable)],
        after=_unready(responsive, conditions),
        labels=as_json(labels),
        architecture=ARCHITECTURES.get(architecture, architecture),
        data_address=listen_address(address),
        taints=_taints(rest[0]),
        projects=rest[1],
        gpu_sharing=rest[2],
    )


def read_fleet(counts: Mapping[int, int] | None = None, known: KnownHosts | None = None) -> Fleet:
    """`counts`: of containers by host, where they are known already; `known`: what a loop keeps between its passes."""
    hosts = query(_CHANGING)
    columns = (known or KnownHosts()).columns(hosts)
    return fleet_of(hosts, columns, read_counts() if counts is None else counts, read_gpus())


def no_fleet() -> Fleet:
    return fleet_of([], Columns(()), {})


def fleet_of(
    hosts: Sequence[tuple[Any, ...]],
    columns: Columns,
    counts: Mapping[int, int],
    gpus: Sequence[tuple[int, int, str, int]] = (),
) -> Fleet:
    """From the rows of _CHANGING, what is known of these hosts, and the rows of their GPUs."""
    ids, _, speakers, *numbers = list(zip(*hosts, strict=True)) or [()] * 9
    cpu, cpu_reserved, memory, memory_reserved = (np.array(column, dtype=np.int64) for column in numbers[:4])
    words = columns.words if all(speakers) and memory.all() else tuple(map(_word, columns.before, columns.after, hosts))
    return Fleet(
        ids=np.array(ids, dtype=np.int64),
        names=columns.names,
        ready=np.array([not word for word in words], dtype=np.bool_),
        unready_words=words,
        availability=columns.availability,
        cpu_allocatable=cpu,
        cpu_reserved=cpu_reserved,
        memory_allocatable=memory,
        memory_reserved=memory_reserved,
        containers=np.array([counts.get(host, 0) for host in ids], dtype=np.int64),
        labels=columns.labels,
        architectures=columns.architectures,
        data_addresses=columns.data_addresses,
        taints=columns.taints,
        projects=_projects(columns.projects),
        resources=_resources(numbers[4], numbers[5]),
        park=park_of(gpus, ids, columns.gpu_sharing) if gpus else None,
        port_range=settings.PORT_RANGE,
        columns={OF_HOSTS: columns.reckoned},
    )


@lru_cache(maxsize=4096)
def _taints(text: str) -> tuple[Taint, ...]:
    return tuple(taint for one in as_json(text) if (taint := parse_taint(one)) is not None)


def _resources(allocatable: Sequence[str], reserved: Sequence[str]) -> dict[str, Countable]:
    names = sorted({name for text in set(allocatable) for name in as_json(text)})
    return {name: Countable(_amounts(name, allocatable), _amounts(name, reserved)) for name in names}


def _amounts(name: str, texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([as_json(text).get(name, 0) for text in texts], dtype=np.int64)


def _projects(columns: Sequence[str]) -> tuple[frozenset[int], ...]:
    """Per host the projects that may use it; one that is kept for a project that is not there is for nobody."""
    if all(text == "[]" for text in columns):
        return ()
    ids = dict(query("SELECT name, id FROM accounts_project"))
    sets = {text: frozenset(ids.get(name, NOBODY) for name in as_json(text)) for text in set(columns)}
    return tuple(sets[text] for text in columns)


def _word(before: str, after: str, row: tuple[Any, ...]) -> str:
    """Why a host takes nothing at the moment, "" when it does. Project members read it: no words of the engine."""
    _, _, has_speaker, _, _, memory_allocatable, *_ = row
    if before:
        return before
    if not has_speaker:
        return "no agent speaks for it"
    return after or ("" if memory_allocatable else "its capacity is not known yet")


def _unready(responsive: str, conditions: str) -> str:
    seen = as_json(conditions)
    for name in BLOCKING_CONDITIONS:
        if seen.get(name, {}).get("status") == "bad":
            return BLOCKED_WORDS.get(name, f"its condition {name} is bad, ask an admin")
    return "its engine is slow to answer" if responsive == Responsive.SLOW else ""


# --- what only some shapes need


def read_more(fleet: Fleet, rows: Mapping[int, int], shapes: Sequence[Shape], *, now: datetime) -> None:
    if any(shape.ports for shape in shapes):
        fleet.used_ports.update(_ports(query("SELECT host_id, address, protocol, port FROM containers_hostport"), rows))
        fleet.barred_ports.update(_ports(_barred(now), rows))
        fleet.count_ports()
    volumes = {volume for shape in shapes for volume in shape.volumes}
    if volumes:
        for project, name, host in query("SELECT project_id, name, host_id FROM containers_volume"):
            if Volume(project, name) in volumes:
                fleet.volumes[Volume(project, name)] = rows.get(host, -1)
    fleet.images = _images({name for shape in shapes for name in (shape.image, shape.image_only_there) if name}, rows)


def read_usage(fleet: Fleet, rows: Mapping[int, int]) -> None:
    """Shares of CPU and memory in use by the last readings; a host without a fresh one counts as half used."""
    cpu, memory = np.full(len(fleet), 0.5), np.full(len(fleet), 0.5)
    for host, used in usage_of(rows).items():
        row = rows[host]
        cpu[row] = used.cpu_millis / max(int(fleet.cpu_allocatable[row]), 1)
        memory[row] = used.memory_bytes / max(int(fleet.memory_allocatable[row]), 1)
    fleet.used = (cpu, memory)


def _ports(held: Iterable[tuple[Any, ...]], rows: Mapping[int, int]) -> PortTable:
    table: PortTable = {}
    for host, address, protocol, port in held:
        if host in rows:
            key = (rows[host], port)
            table[key] = table.get(key, frozenset()) | {(address, protocol)}
    return table


def _barred(now: datetime) -> list[tuple[Any, ...]]:
    """Ports of attempts that failed because something outside of us held them, for ten minutes."""
    return [
        (host, port["host_address"], port["protocol"], port["host_port"])
        for host, ports in query(
            "SELECT host_id, ports FROM containers_container WHERE status = %s AND reason = %s"
            " AND status_since > %s - make_interval(secs => %s)",
            [Status.FAILED.value, Reason.PORT_TAKEN.value, now, PORT_BARRED_S],
        )
        for port in as_json(ports)
    ]


def _images(names: set[str], rows: Mapping[int, int]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    if names:
        listed = list(names)
        for host, ref, image_id in query(
            "SELECT host_id, ref, image_id FROM hosts_hostimage WHERE ref = ANY(%s) OR image_id = ANY(%s)",
            [listed, listed],
        ):
            for name in names & {ref, image_id}:
                if host in rows:
                    found.setdefault(name, set()).add(rows[host])
    return {name: frozenset(at) for name, at in found.items()}
